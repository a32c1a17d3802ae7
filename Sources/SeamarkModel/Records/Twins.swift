import SeamarkJournal

/// Which record stands for a person whose records were merged.
struct Twins {
    /// Of everybody who was merged into another.
    private let roots: [Identifier: Identifier]

    /// - Parameter people: person records; others are passed over.
    init(_ people: [RecordView]) {
        self.init(merges: Dictionary(people.compactMap { person in person.reference("mergedInto").map { (person.id, $0) } }) { first, _ in first })
    }

    /// Every way is gone once, however long: it ends where one before it came along.
    init(merges next: [Identifier: Identifier]) {
        var roots: [Identifier: Identifier] = [:]
        for start in next.keys where roots[start] == nil {
            var way: [Identifier] = []
            var places: [Identifier: Int] = [:]
            var last = start
            while roots[last] == nil, places[last] == nil, let further = next[last] {
                places[last] = way.count
                way.append(last)
                last = further
            }
            let root = roots[last] ?? places[last].flatMap { way[$0...].min() } ?? last
            for id in way { roots[id] = root }
        }
        self.roots = roots
    }

    /// Of a circle its least.
    func root(_ id: Identifier) -> Identifier { roots[id] ?? id }
}
