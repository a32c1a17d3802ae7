import SeamarkCrypto
import SeamarkJournal
public import SeamarkModel
import SeamarkStore

extension RecordCapture {
    /// Redactions of all that `field` of `record` ever said, as far as this device knows: of each value its edit and its leaf.
    public func redacting(_ record: RecordView, field key: String, reason: String) throws(Failure) -> Result {
        guard let type = record.type else { throw .notCaptured("record of a newer version") }
        guard let field = type.field(key: key) else { throw .unknownField(key, type: type.label, fields: type.fields.filter(\.isSensitive).map(\.key)) }
        guard field.isSensitive else { throw .notSensitive(field.label, fields: type.fields.filter(\.isSensitive).map(\.key)) }
        let primitives = SystemPrimitives()
        let concealed = finder.replica.concealedLeaves
        var values: [Redaction.Redacted] = []
        for change in finder.replica.history.values.sorted(by: { ($0.stamp, $0.id) < ($1.stamp, $1.id) }) {
            for (index, edit) in change.edits.enumerated() where edit.record == record.id && edit.target == .field(field.number) {
                guard case .sensitive(let value) = edit.content else { continue }
                let leaf = SensitiveTree.leaf(value, primitives)
                if !concealed.contains(leaf) { values.append(Redaction.Redacted(edit: change.name(index), leaf: leaf)) }
            }
        }
        guard !values.isEmpty else { throw .nothingToRedact(field.label) }
        var edits: [Edit] = []
        var taken = finder.takenHandles
        var first: (id: Identifier, handle: String)?
        for start in stride(from: 0, to: values.count, by: Redaction.mostValues) {
            let id: Identifier
            do { id = .timeOrdered(milliseconds: now, dice: try Randomness.identifierWords()) } catch { throw .noEntropy }
            let handle = Handles.next(prefix: "RD", letters: identity.letters, existing: taken)
            taken.append(handle)
            first = first ?? (id, handle)
            let part = Array(values[start..<min(start + Redaction.mostValues, values.count)])
            edits += Self.redaction(id, handle, of: record.id, field, part, reason, at: now)
        }
        guard let first else { throw .nothingToRedact(field.label) }
        var result = Result(record: first.id, type: Catalogue.redaction, name: first.handle, edits: edits)
        result.loss = .values(values.count, label: field.label)
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
