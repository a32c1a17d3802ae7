import SeamarkCrypto
import SeamarkJournal
public import SeamarkModel
import SeamarkStore

extension RecordCapture {
    /// Redactions of all that `field` of `record` ever said, as far as this device knows: of each value its edit and its leaf. What it says in records
    /// that were merged with this one goes too, and so does what a record took over from one of these when they were merged (`RedactionReach`).
    public func redacting(_ record: RecordView, field key: String, reason: String) throws(Failure) -> Result {
        guard let type = record.type else { throw .notCaptured("record of a newer version") }
        guard let field = type.field(key: key) else { throw .unknownField(key, type: type.label, fields: type.fields.filter(\.isSensitive).map(\.key)) }
        guard field.isSensitive else { throw .notSensitive(field.label, fields: type.fields.filter(\.isSensitive).map(\.key)) }
        let alike = (finder.all + finder.concealed).filter { $0.type === type }
        var reach = RedactionReach(of: RedactionReach.merged(with: record.id, among: alike), field: field.number)
        for change in finder.replica.history.values.sorted(by: { ($0.stamp, $0.id) < ($1.stamp, $1.id) }) { reach.read(change) }
        let gone = finder.replica.concealedLeaves
        var values: [Identifier: [Redaction.Redacted]] = [:]
        for value in reach.values(SystemPrimitives()) where !gone.contains(value.redacted.leaf) { values[value.record, default: []].append(value.redacted) }
        guard !values.isEmpty else { throw .nothingToRedact(field.label) }
        var edits: [Edit] = []
        var taken = finder.takenHandles
        var first: (id: Identifier, handle: String)?
        let others = values.keys.filter { $0 != record.id }.sorted()
        for holder in [record.id] + others {
            let own = values[holder] ?? []
            for start in stride(from: 0, to: own.count, by: Redaction.mostValues) {
                let id: Identifier
                do { id = .timeOrdered(milliseconds: now, dice: try Randomness.identifierWords()) } catch { throw .noEntropy }
                let handle = Handles.next(prefix: "RD", letters: identity.letters, existing: taken)
                taken.append(handle)
                first = first ?? (id, handle)
                let part = Array(own[start..<min(start + Redaction.mostValues, own.count)])
                edits += Self.redaction(id, handle, of: holder, field, part, reason, at: now)
            }
        }
        guard let first else { throw .nothingToRedact(field.label) }
        var result = Result(record: first.id, type: Catalogue.redaction, name: first.handle, edits: edits)
        result.loss = .values(values.values.reduce(0) { $0 + $1.count }, label: field.label, others: others.map { finder.name(of: $0) })
        return result
    }

    private static func redaction(
        _ id: Identifier, _ handle: String, of record: Identifier, _ field: FieldDefinition, _ values: [Redaction.Redacted], _ reason: String,
        at time: Int64
    ) -> [Edit] {
        var editing = RecordEditing(record: id, type: Catalogue.redaction, state: nil) { .zero }
        editing.redact(values, of: record, field: field.key, reason: reason, handle: handle, at: time)
        return editing.edits
    }
}
