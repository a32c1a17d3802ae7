/// The permanent deletion of sensitive values: an ordinary record of a log that names the edits whose values go.
///
/// A value goes, its leaf hash stays in its place, so that every block, chain and id holds as before. From the entry on that
/// applies the redaction its leaf is *barred* in the scope of that log: a value with that leaf is kept there by nobody who has read the entry, wherever it
/// comes from. What another scope holds is that scope's.
public enum Redaction {
    /// The stable number of the record type, and of its field that lists the values (`Documentation/Records.md`).
    public static let recordType: UInt32 = 60
    public static let valuesField: UInt32 = 12
    /// Members of an element of the list.
    public static let changeMember: UInt32 = 1
    public static let indexMember: UInt32 = 2
    public static let leafMember: UInt32 = 3
    /// One record names at most so many values; more take more records.
    public static let mostValues = 64

    /// What is barred when the bytes that a row of evidence names are to go: H("seamark-attachment-redaction-1" ‖ record ‖ hash). It bars them for this row
    /// alone; another row that names the same bytes goes on doing so.
    public static func leaf(ofAttachment hash: Hash256, namedBy record: Identifier, _ primitives: any Primitives) -> Hash256 {
        var writer = ByteWriter(capacity: 96)
        writer.text("seamark-attachment-redaction-1")
        writer.identifier(record)
        writer.hash(hash)
        return primitives.sha256(writer.bytes.span)
    }

    /// A value that is to go: the edit that holds it, and its leaf.
    public struct Redacted: Hashable, Sendable {
        public let edit: EditName
        public let leaf: Hash256

        public init(edit: EditName, leaf: Hash256) {
            self.edit = edit
            self.leaf = leaf
        }
    }

    /// `values` as the field says them.
    public static func value(of values: [Redacted]) -> Value {
        .list(values.map { redacted in
            .group([
                Value.Member(changeMember, .bytes(redacted.edit.change.bytes)), Value.Member(indexMember, .int(Int64(redacted.edit.index))),
                Value.Member(leafMember, .bytes(redacted.leaf.bytes)),
            ])
        })
    }

    /// What the field says; elements of another form say nothing.
    public static func values(in value: Value) -> [Redacted] {
        (value.list ?? []).compactMap { element in
            guard let change = element.member(changeMember)?.bytes.flatMap({ Identifier(bytes: $0) }),
                let index = element.member(indexMember)?.int.flatMap({ UInt32(exactly: $0) }),
                let leaf = element.member(leafMember)?.bytes.flatMap({ Hash256(bytes: $0) })
            else { return nil }
            return Redacted(edit: EditName(change: change, index: index), leaf: leaf)
        }
    }
}

extension Change {
    /// The values that the change redacts, once a log applies it. A record of which it says anything under another type as well is none that
    /// redacts: who judged it by that type did not look at this.
    public var redacts: [Redaction.Redacted] {
        var values: [Redaction.Redacted] = []
        for edit in edits where edit.type == Redaction.recordType && edit.target == .field(Redaction.valuesField) {
            guard case .open(let value) = edit.content, edits.allSatisfy({ $0.record != edit.record || $0.type == Redaction.recordType }) else { continue }
            values += Redaction.values(in: value)
        }
        return values
    }

    /// The same change (the same id) with leaf hashes in place of those sensitive values whose leaf is among `leaves`; nil where there is none.
    public func withholding(_ leaves: Set<Hash256>, _ primitives: any Primitives) -> Change? {
        var isAltered = false
        let edits = edits.map { edit in
            guard case .sensitive(let value) = edit.content else { return edit }
            let leaf = SensitiveTree.leaf(value, primitives)
            guard leaves.contains(leaf) else { return edit }
            isAltered = true
            return edit.saying(.withheld(leaf: leaf))
        }
        guard isAltered else { return nil }
        return Change(scope: scope, stamp: stamp, member: member, schema: schema, edits: edits, primitives: primitives)
    }
}

extension Edit {
    func saying(_ content: Content) -> Edit {
        Edit(record: record, type: type, target: target, content: content, supersedes: supersedes, witnessed: witnessed)
    }
}

extension Change {
    /// The same change with the sensitive values that `known`, which is it too, has and this lacks; nil where there is none.
    func filled(from known: Change, _ primitives: any Primitives) -> Change? {
        var isAltered = false
        let edits = zip(edits, known.edits).map { edit, known in
            guard case .withheld = edit.content, case .sensitive = known.content else { return edit }
            isAltered = true
            return known
        }
        guard isAltered else { return nil }
        return Change(scope: scope, stamp: stamp, member: member, schema: schema, edits: edits, primitives: primitives)
    }
}

extension Block {
    /// The same block, byte for byte and by its hash, with leaf hashes in place of those sensitive values; nil where there is none.
    public func withholding(_ leaves: Set<Hash256>, _ primitives: any Primitives) -> Block? {
        guard root != .zero else { return nil }
        var isAltered = false
        let bare = changes.map { change in
            guard let bare = change.withholding(leaves, primitives) else { return change }
            isAltered = true
            return bare
        }
        guard isAltered else { return nil }
        return Block(
            stream: stream, member: member, schema: schema, first: first, previous: previous, changes: bare, root: root, hash: hash,
            content: content, signature: signature)
    }
}

extension ReplicaEvent {
    /// The event with leaf hashes in place of those sensitive values; nil where it holds none of them.
    public func withholding(_ leaves: Set<Hash256>, _ primitives: any Primitives) -> ReplicaEvent? {
        switch self {
        case .captured(let change): change.withholding(leaves, primitives).map { .captured($0) }
        case .sealed(let block): block.withholding(leaves, primitives).map { .sealed($0) }
        case .learnt(let entry, let block): block?.withholding(leaves, primitives).map { .learnt(entry, $0) }
        case .began, .receipted, .proven, .examined, .rebuilt: nil
        }
    }
}

extension RecordState {
    /// The same heads, with leaf hashes in place of those sensitive values.
    public func withholding(_ leaves: Set<Hash256>, _ primitives: any Primitives) -> RecordState {
        var isAltered = false
        let slots = slots.map { slot in
            Slot(target: slot.target, heads: slot.heads.map { head in
                guard case .sensitive(let value) = head.content else { return head }
                let leaf = SensitiveTree.leaf(value, primitives)
                guard leaves.contains(leaf) else { return head }
                isAltered = true
                return Head(
                    name: head.name, effective: head.effective, stamp: head.stamp, member: head.member, content: .withheld(leaf: leaf),
                    witnessed: head.witnessed)
            })
        }
        return isAltered ? RecordState(type: type, slots: slots, early: early) : self
    }
}

extension RecordState {
    /// The same heads, with leaf hashes in place of every sensitive value: what is left when nobody holds them any more.
    public func withholdingAll(_ primitives: any Primitives) -> RecordState {
        var isAltered = false
        let slots = slots.map { slot in
            Slot(target: slot.target, heads: slot.heads.map { head in
                guard case .sensitive(let value) = head.content else { return head }
                isAltered = true
                return Head(
                    name: head.name, effective: head.effective, stamp: head.stamp, member: head.member,
                    content: .withheld(leaf: SensitiveTree.leaf(value, primitives)), witnessed: head.witnessed)
            })
        }
        return isAltered ? RecordState(type: type, slots: slots, early: early) : self
    }
}
