internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// The server as an author: what headquarters alone may write travels as its signed blocks, like everybody's work.
///
/// Lives as long as one transaction of one tenant.
struct Headquarters {
    private let transaction: TenantTransaction
    private let keys: TenantKeys
    private let identity: TenantIdentity
    private let now: Int64
    let shared: Identifier

    init(_ transaction: TenantTransaction, keys: TenantKeys, now: Int64) throws {
        self.transaction = transaction
        self.keys = keys
        self.now = now
        identity = try transaction.identity()
        guard let shared = try transaction.scopes().first(where: { $0.kind == .shared }) else {
            throw OperationFailure(
                .fault, doing: "writing as headquarters", wrong: "the tenant has no shared scope", remedy: "run seamark-server verify")
        }
        self.shared = shared.id
    }

    /// Makes or alters one record: what `fill` sets, as one change; nothing when that alters nothing.
    func write(
        _ type: RecordType, _ record: Identifier, in scope: Identifier, handle: String? = nil, _ fill: (inout RecordEditing) -> Void
    ) throws {
        let state = try transaction.record(record, in: scope)
        var editing = RecordEditing(record: record, type: type, state: state, salt: Self.salt)
        editing.create(at: now, handle: handle)
        fill(&editing)
        guard !editing.edits.isEmpty else { return }
        let change = Change(
            scope: scope, stamp: Stamp(time: now, device: identity.author), member: identity.author, schema: identity.schema,
            edits: editing.edits, primitives: SystemPrimitives())
        let author = Author(member: identity.author, role: .tenantAdmin, isHeadquarters: true)
        // Our own rules bind us too; what breaks one came from an administrator's input.
        if let complaint = Judgement.verdict(on: change, author: author, primitives: SystemPrimitives(), lookup: { $0 == record ? state : nil }).first {
            throw OperationFailure(
                .badInput, doing: "writing as headquarters", wrong: complaint.description, remedy: "correct it and try again")
        }
        _ = try transaction.author([change], in: scope, by: keys.signingKey, received: now)
    }

    private static func salt() -> Identifier {
        do throws(NoEntropy) {
            let words = try Randomness.identifierWords()
            return Identifier(high: words.high, low: words.low)
        } catch {
            // Without entropy nothing that needs a secret may go on.
            preconditionFailure("\(error)")
        }
    }

    // MARK: The directory

    func publish(device row: TenantDevice) throws {
        try write(Catalogue.device, row.id, in: shared, handle: "DV-\(row.letters)") { record in
            record.set("member", .id(row.member))
            record.set("signingKey", .bytes(row.signingKey))
            record.set("letters", .text(row.letters))
            record.set("name", .text(row.name))
            record.set("status", .int(row.revoked == nil ? 1 : 2))
        }
    }

    func publish(member row: TenantMember, handle: ShortName, email: String?) throws {
        try write(Catalogue.member, row.id, in: shared, handle: handle.text) { record in
            record.set("name", .text(row.name))
            if let email { record.set("email", .text(email)) }
            if let role = Role(key: row.role) { record.set("role", .int(role.rawValue)) }
            record.set("isActive", .bool(row.isActive))
        }
    }

    func publish(tenant name: String, handle: ShortName) throws {
        try write(Catalogue.tenant, identity.id, in: shared, handle: handle.text) { record in
            record.set("name", .text(name))
            record.set("status", .int(1))
        }
    }
}

extension RecordEditing {
    /// Sets a field by its key in the catalogue; one that is not there is our bug.
    mutating func set(_ key: String, _ value: Value) {
        guard let field = type.field(key: key) else { preconditionFailure("the catalogue has no field \(key)") }
        set(field, value)
    }

    mutating func add(_ key: String, _ element: Value) {
        guard let field = type.field(key: key) else { preconditionFailure("the catalogue has no field \(key)") }
        add(field, element)
    }
}

extension Headquarters {
    /// Publishes an edition of an instrument. Published once, it never changes: whoever calls this has seen that it is not there, or the same.
    func publish(_ instrument: Instrument) throws {
        var document: [UInt8] = []
        JSONWriter.write(instrument.json, to: &document)
        let id = DerivedIdentifiers.instrument(key: instrument.key, edition: instrument.edition, by: SystemPrimitives())
        // A handle names one edition.
        let handle = instrument.edition == 1 ? instrument.key : instrument.reference
        try write(Catalogue.instrument, id, in: shared, handle: "I-\(handle.prefix(38))") { record in
            record.set("key", .text(instrument.key))
            record.set("edition", .int(Int64(instrument.edition)))
            record.set("document", .text(String(decoding: document, as: UTF8.self)))
        }
    }
}
