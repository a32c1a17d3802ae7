import SeamarkJournal
public import SeamarkStore

/// This device's own changes, and which of them wait for a receipt: what a sync says of them besides what it sent.
public struct OwnChanges: Sendable {
    public struct News: Equatable, Sendable {
        /// Changes that waited, and that the log turned out to hold: an earlier sync was cut before their receipt.
        public let arrived: Int
        /// Own changes that this store did not hold any more: it was put back to an older copy.
        public let fetchedBack: Int

        public init(arrived: Int, fetchedBack: Int) {
            self.arrived = arrived
            self.fetchedBack = fetchedBack
        }
    }

    private var known: Set<Identifier> = []
    private var waiting: Set<Identifier> = []

    public init(_ state: DeviceState) {
        for replica in state.replicas.values {
            for change in replica.history.values where change.stamp.device == state.identity.device { known.insert(change.id) }
            waiting.formUnion(replica.fresh.map(\.id))
            waiting.formUnion(replica.waiting.flatMap(\.changes))
            waiting.formUnion(replica.stranded.map(\.id))
        }
    }

    /// - Parameter sent: changes that were sent meanwhile and got their receipts.
    public func news(since before: OwnChanges, sent: Int) -> News {
        let settled = before.waiting.subtracting(waiting).intersection(known).count
        return News(arrived: max(0, settled - sent), fetchedBack: max(0, known.subtracting(before.known).subtracting(waiting).count - max(0, sent - settled)))
    }
}
