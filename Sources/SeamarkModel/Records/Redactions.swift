public import SeamarkJournal

/// Who redacted which value, when and why: read from the redactions among some records.
public struct Redactions: Sendable {
    public struct Act: Hashable, Sendable {
        /// The redaction's record.
        public let record: Identifier
        /// Who did it; the server's device where headquarters did.
        public let member: Identifier
        /// By its author's clock: milliseconds since 1970.
        public let time: Int64
        public let reason: String
    }

    private let acts: [Hash256: Act]

    /// - Parameter records: deleted ones too; what was redacted stays so.
    public init(_ records: [RecordView]) {
        var acts: [Hash256: Act] = [:]
        for record in records.filter({ $0.type === Catalogue.redaction }).sorted(by: { ($0.integer("createdAt") ?? 0, $0.id) < ($1.integer("createdAt") ?? 0, $1.id) }) {
            let act = Act(
                record: record.id, member: record.author ?? .zero, time: record.integer("createdAt") ?? 0, reason: record.text("reason") ?? "")
            for value in record.value("values").map(Redaction.values) ?? [] where acts[value.leaf] == nil { acts[value.leaf] = act }
        }
        self.acts = acts
    }

    public var isEmpty: Bool { acts.isEmpty }
    public var count: Int { acts.count }

    /// The act that redacted this content; nil where it was not, or is withheld from this reader alone.
    public func act(on content: Content) -> Act? {
        guard case .withheld(let leaf) = content else { return nil }
        return acts[leaf]
    }

    /// The act that redacted the bytes that a row of evidence names.
    public func act(onAttachment hash: Hash256, namedBy row: Identifier, _ primitives: any Primitives) -> Act? {
        acts[Redaction.leaf(ofAttachment: hash, namedBy: row, primitives)]
    }

    /// The act that redacted what `field` of `record` would show.
    public func act(on field: FieldDefinition, of record: RecordView) -> Act? {
        let heads = record.state.heads(of: .field(field.number))
        return heads.lazy.compactMap { act(on: $0.content) }.first
    }
}
