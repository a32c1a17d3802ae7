public import SeamarkJournal

/// Which sensitive values a redaction of some records deletes: merging copies values from one record into another, and what was copied goes too.
///
/// Of the records that are meant all goes that they ever said. Of another record goes what it took over: what a change said of it that merged a record
/// which is meant into it, and the same value where it was handed on by a merge from there; also where the merges were taken back since. What somebody
/// typed anew elsewhere is not reached.
public struct RedactionReach: Sendable {
    /// A value that goes, and where it stands.
    public struct Reached: Hashable, Sendable {
        public let record: Identifier
        public let type: UInt32
        public let target: Target
        public let redacted: Redaction.Redacted
    }

    private struct Place: Hashable {
        let record: Identifier
        let target: Target
    }

    private struct Said {
        let name: EditName
        let edit: Edit
        let value: SensitiveValue
        /// The records that its change merged into the one that it is about.
        let merged: Set<Identifier>
    }

    private let records: Set<Identifier>
    private let target: Target?
    private var said: [Said] = []
    private var seen: Set<EditName> = []

    /// - Parameter field: nil for every field.
    public init(of records: Set<Identifier>, field: UInt32? = nil) {
        self.records = records
        target = field.map { .field($0) }
    }

    /// The record and all that were merged with it, whichever of them stands for the others.
    ///
    /// - Parameter records: all of its type, deleted ones too.
    public static func merged(with record: Identifier, among records: [RecordView]) -> Set<Identifier> {
        let twins = Twins(records)
        let root = twins.root(record)
        return Set(records.map(\.id).filter { twins.root($0) == root } + [record])
    }

    /// Takes note of what a change says; a change that comes again counts once.
    public mutating func read(_ change: Change) {
        for (index, edit) in change.edits.enumerated() {
            guard case .sensitive(let value) = edit.content, target == nil || edit.target == target, seen.insert(change.name(index)).inserted else { continue }
            let merges = change.edits.filter { $0.type == edit.type && $0.target == .field(CommonField.mergedInto) && $0.content.value == .id(edit.record) }
            said.append(Said(name: change.name(index), edit: edit, value: value, merged: Set(merges.map(\.record))))
        }
    }

    /// What goes of all that was read, in the order in which it was read.
    public func values(_ primitives: any Primitives) -> [Reached] {
        var reached = Set(said.indices.filter { records.contains(said[$0].edit.record) })
        var handedOn: [Place: Set<Value>] = [:]
        let taken = said.indices.filter { !reached.contains($0) && !said[$0].merged.isEmpty }
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            for index in taken where !reached.contains(index) {
                let one = said[index]
                let isCopy = one.merged.contains { records.contains($0) || handedOn[Place(record: $0, target: one.edit.target)]?.contains(one.value.value) == true }
                guard isCopy else { continue }
                reached.insert(index)
                handedOn[Place(record: one.edit.record, target: one.edit.target), default: []].insert(one.value.value)
                hasGrown = true
            }
        }
        return reached.sorted().map { index in
            let (name, edit) = (said[index].name, said[index].edit)
            return Reached(
                record: edit.record, type: edit.type, target: edit.target,
                redacted: Redaction.Redacted(edit: name, leaf: SensitiveTree.leaf(said[index].value, primitives)))
        }
    }
}
