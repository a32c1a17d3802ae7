public import SeamarkJournal

/// A change says one thing of each target, and all that it says of a record in one place: whoever judges it looks at no edit that another
/// one of the same change replaces.
public enum OneWord {
    private struct Place: Hashable {
        let record: Identifier
        let target: Target
    }

    /// The first edit that says once more what the change has said, or goes back to a record that it had left; nil for none.
    static func doubled(_ edits: [Edit]) -> Int? {
        // Most changes are a few edits of one record, which cost less to compare than to hash.
        if edits.count <= 8 {
            for index in edits.indices.dropFirst() {
                let isOfTheLast = edits[index].record == edits[index - 1].record
                for before in 0..<index where edits[before].record == edits[index].record {
                    if !isOfTheLast || edits[before].target == edits[index].target { return index }
                }
            }
            return nil
        }
        var places: Set<Place> = []
        var records: Set<Identifier> = []
        for index in edits.indices {
            let edit = edits[index]
            if index == 0 || edits[index - 1].record != edit.record {
                if !records.insert(edit.record).inserted { return index }
            }
            if !places.insert(Place(record: edit.record, target: edit.target)).inserted { return index }
        }
        return nil
    }

    /// The same edits with those of one record together, in the order in which the records come first.
    public static func gathered(_ edits: [Edit]) -> [Edit] {
        var order: [Identifier: Int] = [:]
        for edit in edits where order[edit.record] == nil { order[edit.record] = order.count }
        return edits.enumerated().sorted { (order[$0.element.record] ?? 0, $0.offset) < (order[$1.element.record] ?? 0, $1.offset) }.map(\.element)
    }
}
