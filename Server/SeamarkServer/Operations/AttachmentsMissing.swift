internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// Attachments that rows of evidence in the logs name and whose bytes nobody has handed in: they lie on the laptop that attached them, if anywhere. What
/// was redacted, and recordings of people who withdrew consent, are wanted by nobody and left out.
///
/// What a laptop attached and has not sent the row of is not among them: of that headquarters knows what the laptop said (`UnsentWork`).
public struct AttachmentsMissing: Hashable, Sendable {
    public internal(set) var count = 0
    public internal(set) var bytes = 0
    /// When the first of them was named: milliseconds since 1970.
    public internal(set) var oldest: Int64?

    public init() {}

    mutating func add(_ attachment: Attachment, namedAt time: Int64) {
        count += 1
        bytes += attachment.size
        oldest = min(oldest ?? time, time)
    }

    /// By the device that named them. An attachment that several rows of an engagement name is counted once.
    static func all(_ snapshot: TenantSnapshot) throws -> [Identifier: AttachmentsMissing] {
        var missing: [Identifier: AttachmentsMissing] = [:]
        for scope in try snapshot.scopes() where scope.kind == .engagement {
            let named = try named(in: scope.id, snapshot)
            guard !named.isEmpty else { continue }
            let hidden = try hidden(in: scope.id, snapshot)
            var known: Set<Attachment> = []
            for one in named where !hidden.contains(one.record) && known.insert(one.attachment).inserted {
                missing[one.device, default: AttachmentsMissing()].add(one.attachment, namedAt: one.time)
            }
        }
        return missing
    }

    private struct Named {
        let record: Identifier
        let attachment: Attachment
        let device: Identifier
        let time: Int64
    }

    /// What the rows of a scope name and the scope does not hold.
    private static func named(in scope: Identifier, _ snapshot: TenantSnapshot) throws -> [Named] {
        let primitives = SystemPrimitives()
        var all: [Named] = []
        try snapshot.records(in: scope, ofType: Catalogue.evidence.number) { record, state in
            let sizes = state.heads(of: .field(EvidenceField.size))
            // A hash goes with the size that was said with it.
            for head in state.heads(of: .field(EvidenceField.hash)) {
                guard let bytes = head.content.value?.bytes, let hash = Hash256(bytes: bytes),
                    let size = sizes.first(where: { $0.name.change == head.name.change })?.content.value?.int, let attachment = Attachment(hash: hash, size: size)
                else { continue }
                if try snapshot.attachment(hash, in: scope) != nil { continue }
                if try snapshot.isBarred(Redaction.leaf(ofAttachment: hash, namedBy: record, primitives), in: scope) { continue }
                all.append(Named(record: record, attachment: attachment, device: head.stamp.device, time: head.effective))
            }
        }
        return all
    }

    /// The rows whose bytes are those of people who withdrew consent.
    private static func hidden(in scope: Identifier, _ snapshot: TenantSnapshot) throws -> Set<Identifier> {
        func views(_ types: [RecordType]) throws -> [RecordView] {
            var views: [RecordView] = []
            for type in types { try snapshot.records(in: scope, ofType: type.number) { views.append(RecordView(id: $0, state: $1)) } }
            return views
        }
        let withdrawals = Withdrawals(try views([Catalogue.person, Catalogue.interview]))
        guard !withdrawals.isEmpty else { return [] }
        return withdrawals.evidence(among: try views(Catalogue.types.filter { $0 === Catalogue.evidence || $0.field(key: "evidence") != nil }))
    }
}
