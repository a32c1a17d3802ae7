public import SeamarkJournal

/// How handles that people write become ids, and ids handles: the caller knows which records there are.
public struct References {
    /// The id of the record with this handle among these types.
    public let identifier: (_ handle: String, _ types: [RecordTypeNumber]) -> Identifier?
    public let handle: (Identifier) -> String?

    public init(
        identifier: @escaping (_ handle: String, _ types: [RecordTypeNumber]) -> Identifier?, handle: @escaping (Identifier) -> String?
    ) {
        self.identifier = identifier
        self.handle = handle
    }

    /// Knows no record: ids stand for themselves.
    public static var none: References { References(identifier: { _, _ in nil }, handle: { _ in nil }) }

    /// Over the records at hand. Of two with one handle the lesser id is meant; `Findings` reports the twins.
    public init(_ records: [RecordView]) {
        var ids: [String: [(type: RecordTypeNumber, id: Identifier)]] = [:]
        var handles: [Identifier: String] = [:]
        for record in records.sorted(by: { $0.id < $1.id }) {
            guard let handle = record.handle else { continue }
            ids[handle.lowercased(), default: []].append((record.state.type, record.id))
            handles[record.id] = handle
        }
        self.init(
            identifier: { handle, types in ids[handle.lowercased()]?.first { types.contains($0.type) }?.id },
            handle: { handles[$0] })
    }

    func value(_ text: String, _ types: [RecordTypeNumber]) throws(FieldFault) -> Value {
        if let id = identifier(text, types) ?? Identifier(text) { return .id(id) }
        let words = types.map { Catalogue.type($0)?.label ?? "record" }
        throw FieldFault(.unknownHandle(words.joined(separator: " or ")))
    }

    func text(_ id: Identifier) -> String { handle(id) ?? id.description }
}
