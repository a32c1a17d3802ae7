public import SeamarkJournal

extension EngagementFile {
    /// The edits that make the scope say what the document says, a change a record: real differences only, so a second import of the
    /// same document has none. Fields and records that the document does not mention stay as they are.
    ///
    /// What is refused of one record takes no other with it.
    ///
    /// - Parameters:
    ///   - lookup: the record's state as it is now.
    ///   - time: when new records were made, milliseconds since 1970.
    ///   - salt: sixteen fresh random bytes at each call.
    public func edits(lookup: (Identifier) -> RecordState?, at time: Int64, salt: @escaping () -> Identifier) -> [[Edit]] {
        rows.compactMap { row in
            var editing = RecordEditing(record: row.id, type: row.type, state: lookup(row.id), salt: salt)
            editing.create(at: time)
            for (field, value) in Self.parted(row, over: editing.state) {
                // The engagement keeps the handle that headquarters gave it; others are met by theirs, whatever the case.
                if field.number == CommonField.handle, editing.state?.heads(of: .field(field.number)).isEmpty == false { continue }
                editing.set(field, value)
            }
            for (field, elements) in row.sets { editing.setElements(field, elements) }
            return editing.edits.isEmpty ? nil : editing.edits
        }
    }

    /// What the row says. Files of before have the reference of an answer in its response: it is taken in as the field that it is now, unless the record says just
    /// the same in the same form.
    private static func parted(_ row: Row, over state: RecordState?) -> [(field: FieldDefinition, value: Value)] {
        guard row.type === Catalogue.answer, let place = row.values.firstIndex(where: { $0.field.key == "response" }), let field = row.type.field(key: "reference"),
            let reference = row.values[place].value.member(AnswerReference.former), reference != .absent,
            state.flatMap({ RecordView(id: row.id, state: $0).value("response") }) != row.values[place].value
        else { return row.values }
        var values = row.values
        values[place].value = .group(AnswerReference.parted(values[place].value.group ?? []))
        if !values.contains(where: { $0.field === field }) { values.append((field, reference)) }
        return values
    }
}
