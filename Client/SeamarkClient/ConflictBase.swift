import SeamarkJournal

/// What those who disagree had before them, as the history tells.
enum ConflictBase {
    /// The latest edits that every head stands on; where there are none, the edits that the heads replaced. Ascending.
    static func names(of heads: [Head], target: Target, in history: (Identifier) -> Change?) -> [EditName] {
        func replaced(_ name: EditName) -> [EditName] {
            guard let change = history(name.change), Int(name.index) < change.edits.count else { return [] }
            let edit = change.edits[Int(name.index)]
            // A name of another target's edit supersedes nothing.
            return edit.target == target ? edit.supersedes : []
        }
        func allBefore(_ name: EditName) -> Set<EditName> {
            var all: Set<EditName> = []
            var open = replaced(name)
            while let next = open.popLast() { if all.insert(next).inserted { open.append(contentsOf: replaced(next)) } }
            return all
        }
        var common: Set<EditName>?
        for head in heads {
            let before = allBefore(head.name)
            common = common?.intersection(before) ?? before
        }
        guard let common, !common.isEmpty else { return Set(heads.flatMap { replaced($0.name) }).sorted() }
        let further = common.reduce(into: Set<EditName>()) { $0.formUnion(allBefore($1)) }
        return common.subtracting(further).sorted()
    }
}
