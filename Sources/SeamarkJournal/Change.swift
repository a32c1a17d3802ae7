/// The atomic group of edits of one user action, in one scope.
///
/// Its id is the first half of a SHA-256 over its content and over nothing that renumbering alters: the same change in
/// another stream is the same change. Sensitive values enter the id by their salted hash, so redacting one leaves the
/// id as it was.
public struct Change: Hashable, Sendable, Identifiable {
    public let id: Identifier
    public let scope: Identifier
    public let stamp: Stamp
    /// Who made it.
    public let member: Identifier
    /// The version of the record types that its author's software knew.
    public let schema: UInt32
    public let edits: [Edit]

    /// A change holds at most this many edits.
    public static let mostEdits = 4096
    /// Its canonical encoding holds at most this many bytes.
    public static let longest = 256 * 1024

    public init(
        scope: Identifier, stamp: Stamp, member: Identifier, schema: UInt32, edits: [Edit], primitives: any Primitives
    ) {
        var writer = ByteWriter(capacity: 64 + edits.count * 64)
        self.init(scope: scope, stamp: stamp, member: member, schema: schema, edits: edits, leaves: nil, scratch: &writer, primitives: primitives)
    }

    /// `leaves`: the hashes of the sensitive contents in order, where they are known already.
    init(
        scope: Identifier, stamp: Stamp, member: Identifier, schema: UInt32, edits: [Edit],
        leaves: ArraySlice<Hash256>?, scratch: inout ByteWriter, primitives: any Primitives
    ) {
        scratch.removeAll()
        scratch.text("seamark-change-1")
        scratch.identifier(scope)
        scratch.identifier(stamp.device)
        scratch.signed(stamp.time)
        scratch.identifier(member)
        scratch.varint(UInt64(schema))
        scratch.count(edits.count)
        var rest = leaves ?? []
        for edit in edits.indices {
            scratch.identifier(edits[edit].record)
            scratch.varint(UInt64(edits[edit].type))
            scratch.varint(edits[edit].target.code)
            if case .element(_, let element) = edits[edit].target { element.write(to: &scratch) }
            switch edits[edit].content {
            case .open(let value): value.write(to: &scratch)
            case .sensitive(let sensitive):
                scratch.byte(Value.sensitiveTag)
                scratch.hash(rest.popFirst() ?? SensitiveTree.leaf(sensitive, primitives))
            case .withheld(let leaf):
                _ = rest.popFirst()
                scratch.byte(Value.sensitiveTag)
                scratch.hash(leaf)
            }
            Change.write(edits[edit].supersedes, to: &scratch)
            if case .life = edits[edit].target { Change.write(edits[edit].witnessed, to: &scratch) }
        }
        id = primitives.sha256(scratch.bytes.span).leadingIdentifier
        self.scope = scope
        self.stamp = stamp
        self.member = member
        self.schema = schema
        self.edits = edits
    }

    static func write(_ names: [EditName], to writer: inout ByteWriter) {
        writer.count(names.count)
        for name in names {
            writer.identifier(name.change)
            writer.varint(UInt64(name.index))
        }
    }

    /// The name of the edit at `index`.
    public func name(_ index: Int) -> EditName { EditName(change: id, index: UInt32(index)) }

    /// The records that it touches, each once, in the order of its edits.
    var records: [Identifier] {
        guard let first = edits.first?.record else { return [] }
        // One record, nearly always.
        guard let other = edits.indices.first(where: { edits[$0].record != first }) else { return [first] }
        var records = [first]
        var known: Set<Identifier> = [first]
        for index in edits.indices[other...] where known.insert(edits[index].record).inserted { records.append(edits[index].record) }
        return records
    }

    /// Equal ids mean equal content.
    public static func == (left: Change, right: Change) -> Bool { left.id == right.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
