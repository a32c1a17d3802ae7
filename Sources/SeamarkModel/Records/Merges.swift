public import SeamarkJournal

/// Which records stand for which, after people merged duplicates (`mergedInto`): the one place that follows merges.
///
/// A function of the records alone, whatever their order, so every replica at rest says the same. A chain ends at its last record that is
/// not deleted: merging into a record that somebody deleted loses nothing. Where merges lead in a circle (two people merged the same two in
/// opposite directions) the least id on the circle that is not deleted stands for all of them, and `Findings` says so. Merging alters no
/// reference and no field of the record that is gone, so taking `mergedInto` away brings everything back.
public struct Merges: Sendable {
    /// Of records that have another one stand for them.
    private var survivors: [Identifier: Identifier] = [:]
    private var gone: [Identifier: [Identifier]] = [:]

    /// - Parameter records: all of an engagement, deleted ones too.
    public init(_ records: [RecordView]) {
        var next: [Identifier: (type: RecordTypeNumber, into: Identifier)] = [:]
        var types: [Identifier: RecordTypeNumber] = [:]
        var deleted: Set<Identifier> = []
        for record in records {
            types[record.id] = record.state.type
            if record.isDeleted { deleted.insert(record.id) }
            if let into = record.reference("mergedInto"), into != record.id { next[record.id] = (record.state.type, into) }
        }
        // A record of another type, or one that is not here, is no end of a merge.
        next = next.filter { types[$0.value.into] == $0.value.type }
        guard !next.isEmpty else { return }
        var known: [Identifier: Identifier] = [:]
        for start in next.keys.sorted() where known[start] == nil {
            var path: [Identifier] = []
            var places: [Identifier: Int] = [:]
            var at = start
            while known[at] == nil, places[at] == nil {
                places[at] = path.count
                path.append(at)
                guard let (_, into) = next[at] else { break }
                at = into
            }
            if let end = known[at], !deleted.contains(end) {
                for id in path { known[id] = end }
            } else if known[at] == nil, let place = places[at], next[at] != nil, let least = path[place...].filter({ !deleted.contains($0) }).min() {
                for id in path { known[id] = least }
            } else {
                // Each ends at the last on its way that is not deleted, or stands for itself.
                var last: Identifier?
                for id in path.reversed() {
                    if last == nil, !deleted.contains(id) { last = id }
                    known[id] = last ?? id
                }
            }
        }
        for (id, survivor) in known where id != survivor { survivors[id] = survivor }
        for id in survivors.keys.sorted() { if let survivor = survivors[id] { gone[survivor, default: []].append(id) } }
    }

    /// The record that stands for `id`: itself unless it was merged into another.
    public func survivor(of id: Identifier) -> Identifier { survivors[id] ?? id }

    public func isGone(_ id: Identifier) -> Bool { survivors[id] != nil }

    /// The records that `id` stands for beside itself, ascending.
    public func standsFor(_ id: Identifier) -> [Identifier] { gone[id] ?? [] }
}

/// What whoever merged a record had seen of it: the digest of its heads, kept in `mergeSaw` beside `mergedInto`.
///
/// An edit of a merged record by somebody who did not know alters no other head, whatever anybody's clock says: only so can it be told.
public enum MergeWitness {
    /// Of all fields but those of the merge.
    public static func value(of state: RecordState) -> Value {
        var digest = ScopeDigest.zero
        for slot in state.slots {
            guard let number = slot.target.number, number != CommonField.mergedInto, number != CommonField.mergeSaw else { continue }
            for head in slot.heads { digest.add(head.name) }
        }
        return .bytes(digest.bytes)
    }

    /// Was the record, which is merged into another, changed by somebody who did not know, or since? False where nothing was noted down.
    public static func isChanged(_ record: RecordView) -> Bool {
        guard record.reference("mergedInto") != nil else { return false }
        let seen = record.state.heads(of: .field(CommonField.mergeSaw)).compactMap(\.content.value).filter { $0 != .absent }
        return !seen.isEmpty && !seen.contains(value(of: record.state))
    }
}
