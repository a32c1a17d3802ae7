/// What a log says, up to some position: the records' heads, what was applied, what was refused, the digest.
///
/// It is a function of the log alone: two devices at the same cursor hold equal states.
public struct ScopeState: Sendable {
    public private(set) var records: [Identifier: RecordState] = [:]
    public private(set) var applied: Set<Identifier> = []
    /// Changes in quarantine, with the reason; a release moves them out.
    public private(set) var refused: [Identifier: (change: Change, refusal: Refusal)] = [:]
    /// Of the records that are kept here.
    public private(set) var digest = ScopeDigest.zero
    /// Which records are kept; nil for all.
    private let part: Part?

    /// One of several shares of a scope's records, for whoever cannot hold all at once. A record is always in the same one.
    public struct Share: Hashable, Sendable {
        public let number: UInt64
        public let count: UInt64

        /// `number` is below `count`.
        public init(_ number: UInt64, of count: UInt64) {
            precondition(number < count, "a share is one of those that there are")
            self.number = number
            self.count = count
        }

        public func holds(_ record: Identifier) -> Bool { record.low % count == number }
    }

    private enum Part {
        case share(Share)
        case ranges([RecordRange])

        func holds(_ record: Identifier) -> Bool {
            switch self {
            case .share(let share): share.holds(record)
            case .ranges(let ranges): ranges.contains { $0.contains(record) }
            }
        }
    }

    public init() { part = nil }

    // The state of a part of the records. Changes are noted whole: what was applied and refused is the same in every part.

    public init(of share: Share) { part = .share(share) }

    public init(only ranges: [RecordRange]) { part = .ranges(ranges) }

    /// Reads the next entry. `changes` are those of its block, in order; empty for a release.
    public mutating func read(_ entry: LogEntry, changes: [Change]) {
        switch entry.content {
        case .block:
            for (change, verdict) in zip(changes, entry.verdicts) {
                switch verdict {
                case .accepted: apply(change, received: entry.received)
                case .refused(let refusal): refused[change.id] = (change, refusal)
                case .duplicate: break
                }
            }
        case .release(let ids):
            for id in ids {
                if let (change, _) = refused[id] { apply(change, received: entry.received) }
            }
        }
    }

    /// Applies a change once; a second time does nothing.
    public mutating func apply(_ change: Change, received: Int64?) {
        guard applied.insert(change.id).inserted else { return }
        refused[change.id] = nil
        var shelf = Shelf(state: self)
        self.records = [:]
        digest.add(Merge.apply(change, received: received, to: &shelf))
        records = shelf.records
    }

    /// Puts leaf hashes in place of redacted values of a change that was read. Heads keep their names, so the digest stays.
    mutating func withhold(_ leaves: Set<Hash256>, of change: Change, _ primitives: any Primitives) {
        if let (_, refusal) = refused[change.id] { refused[change.id] = (change, refusal) }
        for record in change.records {
            if let state = records[record] { records[record] = state.withholding(leaves, primitives) }
        }
    }

    /// The records of the state while a change is applied; holding them here alone keeps the dictionary unshared.
    private struct Shelf: RecordShelf {
        var records: [Identifier: RecordState]
        let applied: Set<Identifier>
        let part: Part?

        init(state: borrowing ScopeState) {
            records = state.records
            applied = state.applied
            part = state.part
        }

        func keeps(_ record: Identifier) -> Bool { part?.holds(record) ?? true }

        mutating func take(_ record: Identifier) -> RecordState? { records.removeValue(forKey: record) }
        mutating func put(_ state: RecordState, as record: Identifier) { records[record] = state }
        func isApplied(_ change: Identifier) -> Bool { applied.contains(change) }
    }
}
