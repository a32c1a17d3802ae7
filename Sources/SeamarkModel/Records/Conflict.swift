public import SeamarkJournal

/// A disagreement that asks for a person: several different values of one field, or a deletion that did not see an edit.
///
/// It is derived from the heads and stored nowhere, so it is the same on every replica. It ends with an ordinary change that names
/// all its heads (`RecordEditing.resolve`).
public struct Conflict: Hashable, Sendable {
    public let record: Identifier
    public let type: RecordTypeNumber
    /// `.life` where the record was deleted and edited.
    public let target: Target
    /// The competing heads, the one shown first in front. For `.life`: the deleting heads, then the edits that they did not see.
    public let heads: [Head]

    /// The stable id: the hash of what disagrees. A late third value makes another conflict.
    public func id(_ primitives: any Primitives) -> Identifier {
        var writer = ByteWriter()
        writer.identifier(record)
        for name in heads.map(\.name).sorted() {
            writer.identifier(name.change)
            writer.varint(UInt64(name.index))
        }
        return .derived("conflict", from: writer.bytes, by: primitives)
    }

    /// The key of the field in dispute; "life" for a deletion, the number for a field of a newer version.
    public var key: String {
        guard let number = target.number else { return "life" }
        return Catalogue.type(type)?.field(number)?.key ?? String(number)
    }
}
