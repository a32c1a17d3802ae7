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
            for (field, value) in row.values {
                // The engagement keeps the handle that headquarters gave it; others are met by theirs, whatever the case.
                if field.number == CommonField.handle, editing.state?.heads(of: .field(field.number)).isEmpty == false { continue }
                editing.set(field, value)
            }
            for (field, elements) in row.sets { editing.setElements(field, elements) }
            return editing.edits.isEmpty ? nil : editing.edits
        }
    }
}
