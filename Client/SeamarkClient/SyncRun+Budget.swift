import SeamarkJournal
import SeamarkModel
public import SeamarkProtocol
import SeamarkStore

// A sync that may move so many bytes. The session and the lane decide; here is only counted what has passed.
extension SyncRun {
    /// What became of a budget.
    public struct BudgetUse: Sendable {
        /// Bytes.
        public let limit: Int
        /// Bytes that passed, both ways.
        public let used: Int
        /// Why something was left; nil when all was done.
        public let shortfall: Shortfall?
        public let changesLeft: Int
        public let entriesLeft: Int
        public let attachmentsLeft: Int
        public let attachmentBytesLeft: Int
    }

    /// The budget may not even reach for connecting: nothing was begun.
    public struct BudgetTooSmall: Error, Sendable {
        /// Bytes that a budget must have.
        public let least: Int

        static func check(_ limit: Int, _ state: DeviceState) throws {
            guard limit >= least(state) else { throw BudgetTooSmall(least: least(state)) }
        }

        /// What a sync cannot do without.
        static func least(_ state: DeviceState) -> Int {
            ByteBudget.opening(scopes: state.scopes.count, proofs: state.replicas.values.compactMap(\.proof))
        }
    }

    /// The least budget with which this device begins a sync.
    package static func leastBudget(of device: Device) throws -> Int { BudgetTooSmall.least(try device.state) }

    var bytesPassed: Int { beside.sent + beside.received + (line.map { $0.bytesSent + $0.bytesReceived } ?? 0) }

    mutating func countBytes() {
        guard session.budget != nil else { return }
        let spent = spentBefore + bytesPassed + (lane?.owed ?? 0)
        session.budget?.spent = spent
    }

    mutating func roomForAttachments() throws -> Int {
        countBytes()
        guard let budget = session.budget else { return .max }
        return budget.room(owed: session.owed(try replicas()))
    }

    func budgetUse(_ outcome: SyncSession.Outcome) -> BudgetUse? {
        guard let budget = session.budget else { return nil }
        let left = (try? replicas()).map { session.remaining($0) } ?? (changes: 0, entries: 0)
        // Where it did not come to attachments they all wait.
        let waiting = attachments.handsIn && lane == nil ? (try? device.waitingAttachments()) ?? [] : []
        let bytes = lane.map { $0.remaining.up + $0.remaining.down } ?? waiting.reduce(0) { $0 + $1.attachment.size }
        return BudgetUse(
            limit: budget.limit, used: spentBefore + bytesPassed, shortfall: Shortfall.both(outcome.shortfall, lane?.outcome.shortfall),
            changesLeft: left.changes, entriesLeft: left.entries, attachmentsLeft: lane?.remainingCount ?? waiting.count, attachmentBytesLeft: bytes)
    }
}
