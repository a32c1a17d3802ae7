import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel

/// A conflict as a person settles it: what each says, who said it when, and what both replaced.
public struct ConflictDescription: Sendable {
    /// One of the values, or one of the edits on the other side of a deletion.
    public struct Side: Sendable {
        public enum Kind: Sendable { case value, deletion, editUnseen }

        public let kind: Kind
        /// The field that was edited; nil for a deletion.
        public let field: FieldDefinition?
        public let target: Target
        /// Nil where it is withheld from this reader.
        public let value: Value?
        public let member: Identifier
        /// By its author's device: milliseconds since 1970.
        public let time: Int64
        public let device: Identifier
        public let change: Identifier
    }

    /// Stable: it names exactly these heads.
    public let id: Identifier
    public let record: RecordView
    /// Nil for a deletion.
    public let field: FieldDefinition?
    /// The distinct values, the one shown first in front; for a deletion the deletions, then the edits that they did not see.
    public let sides: [Side]
    /// What those who differ had before them; empty when the field was new to both.
    public let bases: [Side]

    public var key: String { field?.key ?? "life" }
    public var isDeletion: Bool { field == nil }

    init(_ conflict: Conflict, of record: RecordView, history: (Identifier) -> Change?, _ primitives: any Primitives) {
        id = conflict.id(primitives)
        self.record = record
        let type = record.type
        field = conflict.target.number.flatMap { type?.field($0) }
        guard conflict.target != .life else {
            let slots = record.state.slots
            sides = conflict.heads.map { head in
                let target = slots.first { $0.heads.contains { $0.name == head.name } }?.target ?? .life
                return Side(
                    kind: target == .life ? .deletion : .editUnseen, field: target.number.flatMap { type?.field($0) }, target: target,
                    value: head.content.value, member: head.member, time: head.stamp.time, device: head.stamp.device, change: head.name.change)
            }
            bases = []
            return
        }
        let field = field
        let target = conflict.target
        sides = Self.distinct(conflict.heads).map { head in
            Side(
                kind: .value, field: field, target: target, value: head.content.value, member: head.member, time: head.stamp.time,
                device: head.stamp.device, change: head.name.change)
        }
        bases = ConflictBase.names(of: conflict.heads, target: target, in: history).compactMap { name in
            guard let change = history(name.change), Int(name.index) < change.edits.count else { return nil }
            return Side(
                kind: .value, field: field, target: target, value: change.edits[Int(name.index)].content.value, member: change.member,
                time: change.stamp.time, device: change.stamp.device, change: change.id)
        }
    }

    /// One head for each different value, in the order in which they are shown: what `--choose` counts.
    static func distinct(_ heads: [Head]) -> [Head] {
        var distinct: [Head] = []
        for head in heads {
            let isKnown = distinct.contains { other in
                if let a = other.content.value, let b = head.content.value { return a == b }
                return other.content == head.content
            }
            if !isKnown { distinct.append(head) }
        }
        return distinct
    }
}

extension RecordFinder {
    /// All conflicts of the scope, in the order of what their records are called.
    public var conflicts: [ConflictDescription] {
        let primitives = SystemPrimitives()
        let found = all.flatMap { record in
            record.conflicts.map { ConflictDescription($0, of: record, history: change, primitives) }
        }
        return found.map { (name: name(of: $0.record.id), conflict: $0) }
            .sorted { HandleOrder.precedes($0.name, $1.name) }.map(\.conflict)
    }
}
