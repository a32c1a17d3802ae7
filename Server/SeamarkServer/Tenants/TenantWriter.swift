internal import Dispatch
internal import Synchronization

/// The one writer of a tenant's database, on a queue of its own so that waiting for the disk holds up nobody else.
///
/// Work is taken in the order in which it is given; pushes that wait together share one transaction and one wait for the disk.
/// Not an actor: an event loop hands over a connection's pushes in their order and without suspending, which tasks that
/// call an actor do not promise.
package final class TenantWriter: Sendable {
    private struct State {
        var waiting: [Work] = []
        var isScheduled = false
    }

    enum Work: Sendable {
        /// May share a transaction with its like.
        case push(PendingPush)
        /// Alone, between transactions.
        case alone(@Sendable () -> Void)
    }

    /// At most so many pushes in one transaction: a later one does not wait for ever.
    static let mostPushesTogether = 256

    /// Runs what it is given, one after the other.
    package typealias Schedule = @Sendable (@escaping @Sendable () -> Void) -> Void

    private let schedule: Schedule
    private let state = Mutex(State())
    private let commit: @Sendable ([PendingPush]) -> Void

    /// `commit` runs as scheduled: it applies all pushes in one transaction and answers each.
    init(schedule: @escaping Schedule = TenantWriter.ownQueue(), commit: @escaping @Sendable ([PendingPush]) -> Void) {
        self.schedule = schedule
        self.commit = commit
    }

    static func ownQueue(_ label: String = "seamark.tenant.writer", isUrgent: Bool = true) -> Schedule {
        let queue = DispatchQueue(label: label, qos: isUrgent ? .userInitiated : .utility)
        return { queue.async(execute: $0) }
    }

    /// How much work waits for the writer's queue.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func submit(_ work: Work) {
        let mustSchedule = state.withLock { state in
            state.waiting.append(work)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { schedule { self.work() } }
    }

    /// Runs `body` on the writer's queue, between transactions.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit(.alone { continuation.resume(with: Result { try body() }) })
        }
    }

    /// Returns when everything submitted before is done.
    func finish() async {
        await withCheckedContinuation { continuation in submit(.alone { continuation.resume() }) }
    }

    private func work() {
        while true {
            let taken: [Work] = state.withLock { state in
                let taken = state.waiting
                state.waiting = []
                if taken.isEmpty { state.isScheduled = false }
                return taken
            }
            guard !taken.isEmpty else { return }
            var together: [PendingPush] = []
            for work in taken {
                switch work {
                case .push(let push):
                    together.append(push)
                    if together.count == Self.mostPushesTogether {
                        commit(together)
                        together = []
                    }
                case .alone(let body):
                    if !together.isEmpty { commit(together) }
                    together = []
                    body()
                }
            }
            if !together.isEmpty { commit(together) }
        }
    }
}
