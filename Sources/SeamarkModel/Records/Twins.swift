import SeamarkJournal

/// Which record stands for a person whose records were merged.
struct Twins {
    private let next: [Identifier: Identifier]

    /// - Parameter people: person records; others are passed over.
    init(_ people: [RecordView]) {
        next = Dictionary(people.compactMap { person in person.reference("mergedInto").map { (person.id, $0) } }) { first, _ in first }
    }

    /// Of a circle its least.
    func root(_ id: Identifier) -> Identifier {
        var way = [id]
        while let last = way.last, let next = next[last] {
            if let start = way.firstIndex(of: next) { return way[start...].min() ?? next }
            way.append(next)
        }
        return way[way.count - 1]
    }
}
