import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel

extension RecordFinder {
    /// What an engagement is compared with.
    public enum Earlier: Hashable, Sendable {
        /// The log as this device last read it: the difference is what headquarters and colleagues do not see yet.
        case log
        /// What had been captured before this time, by the clocks of the laptops: milliseconds since 1970.
        case time(Int64)
    }

    /// What the records that may be shown say now and did not say then, in the order of their names.
    ///
    /// - Parameter record: nil for all.
    public func differences(from earlier: Earlier, of record: Identifier? = nil) -> [RecordDifference] {
        let then: ScopeState
        switch earlier {
        case .log: then = replica.confirmed
        case .time(let time):
            var state = ScopeState()
            for change in replica.history.values where change.stamp.time < time && replica.confirmed.refused[change.id] == nil { state.apply(change, received: nil) }
            then = state
        }
        // What a redaction that is not sent yet hides must not be told as what stood there before.
        let hidden = replica.concealedLeaves
        let primitives = SystemPrimitives()
        return all.filter { record == nil || $0.id == record }.compactMap { view in
            RecordDifference(from: then.records[view.id].map { RecordView(id: view.id, state: hidden.isEmpty ? $0 : $0.withholding(hidden, primitives)) }, to: view)
        }.map { (name: name(of: $0.record.id), difference: $0) }.sorted { HandleOrder.precedes($0.name, $1.name) }.map(\.difference)
    }
}
