/// What a log says, up to some position: the records' heads, what was applied, what was refused, the digest.
///
/// It is a function of the log alone: two devices at the same cursor hold equal states.
public struct ScopeState: Sendable {
    public private(set) var records: [Identifier: RecordState] = [:]
    public private(set) var applied: Set<Identifier> = []
    /// Changes in quarantine, with the reason; a release moves them out.
    public private(set) var refused: [Identifier: (change: Change, refusal: Refusal)] = [:]
    public private(set) var digest = ScopeDigest.zero
    /// Records elsewhere are let go of as they come; nil keeps all.
    private let kept: [RecordRange]?

    public init() { kept = nil }

    /// Only the records of these ranges, and what was applied and refused. The digest is theirs alone.
    public init(only ranges: [RecordRange]) { kept = ranges }

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
        if let kept, !change.edits.contains(where: { edit in kept.contains { $0.contains(edit.record) } }) { return }
        var shelf = Shelf(state: self)
        self.records = [:]
        digest.add(Merge.apply(change, received: received, to: &shelf))
        records = shelf.records
        guard let kept else { return }
        for id in change.records where !kept.contains(where: { $0.contains(id) }) {
            if let state = records.removeValue(forKey: id) { digest.subtract(ScopeDigest(of: state)) }
        }
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

        init(state: borrowing ScopeState) {
            records = state.records
            applied = state.applied
        }

        mutating func take(_ record: Identifier) -> RecordState? { records.removeValue(forKey: record) }
        mutating func put(_ state: RecordState, as record: Identifier) { records[record] = state }
        func isApplied(_ change: Identifier) -> Bool { applied.contains(change) }
    }
}
