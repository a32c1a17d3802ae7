internal import Glibc
internal import SeamarkJournal
public import SeamarkModel
internal import SeamarkStore

extension TenantOffice {
    /// What a redaction by headquarters did.
    public struct Redacted: Sendable {
        public let type: RecordType
        public let field: FieldDefinition
        /// How many values went, those that were replaced long ago among them.
        public let values: Int
        /// What other records are called that said some of them, because of a merge.
        public let others: [String]
    }

    /// Deletes all that a sensitive field of a record ever said, with what it says in records that were merged with this one or took it over from there
    /// (`RedactionReach`). Engagement and record are named by short name, handle or id.
    public func redact(_ field: String, of record: String, in engagement: String, reason: String) throws -> Redacted {
        let now = clock.now()
        let doing = "redacting"
        try Self.checkReason(reason, doing: doing)
        return try store.write { transaction in
            let scope = try Directory(transaction).engagement(called: engagement)
            var found: [RecordView] = []
            var (names, views): ([String], [RecordView]) = ([], [])
            let folded = record.lowercased()
            try transaction.records(in: scope) { id, state in
                let view = RecordView(id: id, state: state)
                if id.description == folded || view.handle?.lowercased() == folded { found.append(view) }
                if let handle = view.handle { names.append(handle) }
                views.append(view)
            }
            guard let view = found.first, let type = view.type, found.count == 1 else {
                throw OperationFailure(
                    .notFound, doing: doing, wrong: found.isEmpty ? "the engagement has no record '\(OperationFailure.repeated(record))'" : "several records have this handle",
                    remedy: found.isEmpty ? OperationFailure.remedy("name it by its handle or id", record, among: names) : "name it by its id")
            }
            guard let definition = type.field(key: field), definition.isSensitive else {
                let keys = type.fields.filter(\.isSensitive).map(\.key)
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "\(type.label) has no such sensitive field",
                    remedy: keys.isEmpty ? "nothing of such a record can be redacted" : "name one of: \(keys.joined(separator: ", "))")
            }
            let meant = RedactionReach.merged(with: view.id, among: views.filter { $0.type === type })
            let values = try HeadquartersRedaction.values(RedactionReach(of: meant, field: definition.number), in: scope, transaction)
            guard !values.isEmpty else {
                throw OperationFailure(.notFound, doing: doing, wrong: "nothing stands there that is not redacted already", remedy: "nothing is left to do")
            }
            try HeadquartersRedaction(transaction: transaction, signer: keys.signingKey, now: now).redact(values, in: scope, reason: reason)
            let others = Set(values.map(\.record)).subtracting([view.id]).sorted()
            return Redacted(
                type: type, field: definition, values: values.count,
                others: others.map { id in views.first { $0.id == id }?.handle ?? id.description })
        }
    }

    /// Takes the traces of what was deleted out of the store's files, and waits five seconds for those who read it. False when they read on: then the running server does it within
    /// a second of their end, or else whoever opens the store next.
    public func settleErasures() -> Bool {
        for round in 0..<20 {
            // Whoever writes is let in between two tries.
            if round > 0 { usleep(200_000) }
            if (try? store.isErasureOwed()) == false || store.settleErasures(waiting: 50) { return true }
        }
        return false
    }

    /// Everybody who may read the engagement reads it.
    static func checkReason(_ reason: String, doing: String) throws {
        guard !reason.isEmpty, reason.unicodeScalars.count <= 300, reason.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw OperationFailure(.badInput, doing: doing, wrong: "the reason is not one line of 1 to 300 characters", remedy: "say --reason in a line")
        }
    }
}
