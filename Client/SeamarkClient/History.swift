import SeamarkCrypto
public import SeamarkJournal

/// What happened to a scope or to one record of it, change by change, for people to read.
public struct History: Sendable {
    /// Where a change has come to.
    public enum Standing: Hashable, Sendable {
        /// On this device alone.
        case waiting
        /// The server has a block with it; this device has not read the log that far.
        case sent
        /// The server accepted it.
        case acknowledged
        /// The server keeps it and does not apply it.
        case quarantined(Refusal)

        /// As documents say it.
        public var key: String {
            switch self {
            case .waiting: "waiting"
            case .sent: "sent"
            case .acknowledged: "acknowledged"
            case .quarantined: "quarantined"
            }
        }
    }

    public struct Step: Sendable {
        public let change: Change
        public let standing: Standing
        /// The edits that speak of the records asked for, record by record.
        public let records: [(record: Identifier, edits: [Edit])]
    }

    /// Oldest first, by the clocks of the devices.
    public let steps: [Step]

    /// - Parameter record: nil for all of the scope.
    ///   - concealed: records of which nothing is told.
    public init(of record: Identifier?, in replica: Replica, except concealed: Set<Identifier> = []) {
        let fresh = Set(replica.fresh.map(\.id))
        let unsent = fresh.union(replica.waiting.flatMap(\.changes))
        var steps: [Step] = []
        let hidden = replica.concealedLeaves
        let primitives = SystemPrimitives()
        for known in replica.history.values {
            let change = hidden.isEmpty ? known : known.withholding(hidden, primitives) ?? known
            var records: [(record: Identifier, edits: [Edit])] = []
            for edit in change.edits where (record == nil || edit.record == record) && !concealed.contains(edit.record) {
                if let last = records.indices.last, records[last].record == edit.record {
                    records[last].edits.append(edit)
                } else {
                    records.append((edit.record, [edit]))
                }
            }
            guard !records.isEmpty else { continue }
            let standing: Standing =
                if replica.confirmed.applied.contains(change.id) {
                    .acknowledged
                } else if let refused = replica.confirmed.refused[change.id] {
                    .quarantined(refused.refusal)
                } else if unsent.contains(change.id) {
                    .waiting
                } else {
                    .sent
                }
            steps.append(Step(change: change, standing: standing, records: records))
        }
        self.steps = steps.sorted { $0.change.stamp != $1.change.stamp ? $0.change.stamp < $1.change.stamp : $0.change.id < $1.change.id }
    }
}
