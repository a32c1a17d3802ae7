internal import SeamarkCrypto
package import SeamarkJournal
internal import SeamarkModel
package import SeamarkStore

/// Redactions by headquarters: its signed changes, like everything it writes.
package struct HeadquartersRedaction {
    private let transaction: TenantTransaction
    private let signer: any Signer
    private let now: Int64
    private let draw: @Sendable () throws -> UInt64

    package init(
        transaction: TenantTransaction, signer: any Signer, now: Int64, draw: @escaping @Sendable () throws -> UInt64 = { try Randomness.word() }
    ) {
        self.transaction = transaction
        self.signer = signer
        self.now = now
        self.draw = draw
    }

    package typealias Found = TenantSnapshot.SensitiveHold

    /// The sensitive values that the scope still holds, in its log and in quarantine, and `reach` means.
    static func values(_ reach: RedactionReach, in scope: Identifier, _ snapshot: TenantSnapshot) throws -> [Found] {
        var reach = reach
        try snapshot.forEachChange(in: scope, onlySensitive: true) { change, _ in reach.read(change) }
        return reach.values(SystemPrimitives()).map { Found(record: $0.record, type: $0.type, target: $0.target, redacted: $0.redacted) }
    }

    /// The bytes that rows of evidence name, as what is to be redacted: for each row what it ever named that is not redacted yet.
    static func bytes(of evidence: some Sequence<RecordView>, in scope: Identifier, _ snapshot: TenantSnapshot) throws -> [Found] {
        try evidence.filter { $0.type === Catalogue.evidence }.sorted { $0.id < $1.id }.flatMap { row in
            try row.state.heads(of: .field(EvidenceField.hash)).compactMap { head in
                guard let hash = head.content.value?.bytes.flatMap({ Hash256(bytes: $0) }) else { return nil }
                let leaf = Redaction.leaf(ofAttachment: hash, namedBy: row.id, SystemPrimitives())
                guard try !snapshot.isBarred(leaf, in: scope) else { return nil }
                return Found(record: row.id, type: Catalogue.evidence.number, target: .field(EvidenceField.hash), redacted: Redaction.Redacted(edit: head.name, leaf: leaf))
            }
        }
    }

    /// Whatever bytes only redacted rows of the scope's evidence name, the scope holds no more.
    static func eraseAttachments(in scope: Identifier, _ transaction: TenantTransaction) throws {
        var (gone, named): (Set<Hash256>, Set<Hash256>) = ([], [])
        try transaction.records(in: scope, ofType: Catalogue.evidence.number) { id, state in
            for hash in state.heads(of: .field(EvidenceField.hash)).compactMap({ $0.content.value?.bytes.flatMap { Hash256(bytes: $0) } }) {
                if try transaction.isBarred(Redaction.leaf(ofAttachment: hash, namedBy: id, SystemPrimitives()), in: scope) { gone.insert(hash) } else { named.insert(hash) }
            }
        }
        for hash in gone.subtracting(named).sorted() { try transaction.eraseAttachment(hash, in: scope) }
    }

    /// Redacts these values; those of one field of one record in one record of the log, as far as it may hold them.
    ///
    /// - Returns: how many redactions were written.
    @discardableResult
    package func redact(_ values: [Found], in scope: Identifier, reason: String) throws -> Int {
        struct Place: Hashable {
            let record: Identifier
            let type: UInt32
            let target: Target
        }
        var order: [Place] = []
        var grouped: [Place: [Redaction.Redacted]] = [:]
        for value in values {
            let place = Place(record: value.record, type: value.type, target: value.target)
            if grouped[place] == nil { order.append(place) }
            grouped[place, default: []].append(value.redacted)
        }
        let identity = try transaction.identity()
        var changes: [Change] = []
        for place in order {
            guard let number = place.target.number else { continue }
            let key = Catalogue.type(place.type)?.field(number)?.key ?? String(number)
            let values = grouped[place] ?? []
            for start in stride(from: 0, to: values.count, by: Redaction.mostValues) {
                let id = Identifier.timeOrdered(milliseconds: now, dice: (high: try draw(), low: try draw()))
                var editing = RecordEditing(record: id, type: Catalogue.redaction, state: nil) { .zero }
                editing.redact(
                    Array(values[start..<min(start + Redaction.mostValues, values.count)]), of: place.record, field: key, reason: reason,
                    handle: "RD-HQ-" + Hexadecimal.text(of: Array(id.bytes.suffix(4))), at: now)
                changes.append(
                    Change(
                        scope: scope, stamp: Stamp(time: now, device: identity.author), member: identity.author, schema: identity.schema,
                        edits: editing.edits, primitives: SystemPrimitives()))
            }
        }
        guard !changes.isEmpty else { return 0 }
        _ = try transaction.author(changes, in: scope, by: signer, received: now)
        if values.contains(where: { $0.type == Catalogue.evidence.number }) { try Self.eraseAttachments(in: scope, transaction) }
        try transaction.noteAct("redaction.make", detail: "\(scope) \(values.count)", at: now)
        return changes.count
    }
}
