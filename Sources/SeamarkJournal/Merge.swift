/// Where the merge rule finds and leaves records: a dictionary on a device, a database on the server.
public protocol RecordShelf {
    associatedtype Failure: Error

    /// Hands the record out; whoever took it puts it back.
    mutating func take(_ record: Identifier) throws(Failure) -> RecordState?

    mutating func put(_ state: RecordState, as record: Identifier) throws(Failure)

    /// Has the change been applied here?
    func isApplied(_ change: Identifier) throws(Failure) -> Bool

    /// Is the record this shelf's to keep? What is not is passed over, and counts for nothing.
    func keeps(_ record: Identifier) -> Bool
}

extension RecordShelf {
    public func keeps(_ record: Identifier) -> Bool { true }
}

/// The merge rule: apply = remove the superseded edits from the heads, add the edit.
public enum Merge {
    /// Applies a change that has not been applied to `shelf` before; the caller sees to that and notes it down.
    ///
    /// - Parameter received: when the server received it, or nil for a change that the log does not hold yet.
    /// - Returns: what the change alters in the scope's digest.
    public static func apply<Shelf: RecordShelf>(
        _ change: Change, received: Int64?, to shelf: inout Shelf
    ) throws(Shelf.Failure) -> ScopeDigest {
        let effective = received.map { min(change.stamp.time, $0) } ?? change.stamp.time
        var delta = ScopeDigest.zero
        var index = 0
        while index < change.edits.count {
            let record = change.edits[index].record
            var end = index + 1
            while end < change.edits.count, change.edits[end].record == record { end += 1 }
            guard shelf.keeps(record) else {
                index = end
                continue
            }
            var state = try shelf.take(record) ?? RecordState(type: change.edits[index].type, room: end - index)
            while index < end {
                // By index: an edit taken out whole costs a retain for each thing it holds, and this is the hot path.
                let head = Head(
                    name: change.name(index), effective: effective, stamp: change.stamp, member: change.member,
                    content: change.edits[index].content, witnessed: change.edits[index].witnessed)
                var missing: [EditName] = []
                delta.add(
                    state.apply(head, to: change.edits[index].target, superseding: change.edits[index].supersedes, missing: &missing))
                for name in missing where try !shelf.isApplied(name.change) { state.noteEarly(name, of: change.edits[index].target) }
                index += 1
            }
            try shelf.put(state, as: record)
        }
        return delta
    }
}
