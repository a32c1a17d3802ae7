internal import Dispatch
internal import Glibc
internal import Synchronization

/// Somebody asked a run to end: SIGINT or SIGTERM. A worker ends behind the schedule that it plays; the leader passes the request on and says what was
/// played until then, so that a long run never ends without its count.
final class StopRequest: Sendable {
    private let isMade = Atomic(false)
    private let workers = Mutex<Set<pid_t>>([])
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    var wasMade: Bool { isMade.load(ordering: .acquiring) }

    /// Heeds the two signals from here on.
    func listen() {
        for number in [SIGINT, SIGTERM] {
            // The source hears it; the signal's own action would end the process.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { self.make() }
            source.activate()
            sources.withLock { $0.append(source) }
        }
    }

    private func make() {
        isMade.store(true, ordering: .releasing)
        workers.withLock { for worker in $0 { kill(worker, SIGTERM) } }
    }

    /// Tells this process too when the request comes, and at once where it came already.
    func follow(_ worker: pid_t) {
        workers.withLock { _ = $0.insert(worker) }
        if wasMade { kill(worker, SIGTERM) }
    }

    /// The process is gone: its number may be another's soon.
    func forget(_ worker: pid_t) {
        workers.withLock { _ = $0.remove(worker) }
    }
}
