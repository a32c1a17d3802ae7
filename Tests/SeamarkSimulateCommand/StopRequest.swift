internal import Dispatch
internal import Glibc
internal import Synchronization

/// Somebody asked a run to end: SIGINT or SIGTERM. A worker ends behind the schedule that it plays; the leader passes the request on and says what was
/// played until then, so that a long run never ends without its count.
final class StopRequest {
    private final class State: Sendable {
        let isMade = Atomic(false)
        let workers = Mutex<Set<pid_t>>([])

        func make() {
            isMade.store(true, ordering: .releasing)
            workers.withLock { for worker in $0 { kill(worker, SIGTERM) } }
        }
    }

    private let state: State
    private let sources: [any DispatchSourceSignal]

    /// Heeds the two signals from here on.
    init() {
        let state = State()
        self.state = state
        sources = [SIGINT, SIGTERM].map { number in
            // The source hears it; the signal's own action would end the process.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { state.make() }
            source.activate()
            return source
        }
    }

    var wasMade: Bool { state.isMade.load(ordering: .acquiring) }

    /// Tells this process too when the request comes, and at once where it came already.
    func follow(_ worker: pid_t) {
        state.workers.withLock { _ = $0.insert(worker) }
        if wasMade { kill(worker, SIGTERM) }
    }

    /// The process is gone: its number may be another's soon.
    func forget(_ worker: pid_t) {
        state.workers.withLock { _ = $0.remove(worker) }
    }
}
