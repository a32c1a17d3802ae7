public import SeamarkJournal

extension EngagementFile {
    /// The edits that make the scope say what the document says, a run of edits a change: real differences only, so a second import
    /// of the same document has none. Fields and records that the document does not mention stay as they are.
    ///
    /// Each run stays inside the bounds of a change, and a record is never split, so that each change can be judged by itself.
    ///
    /// - Parameters:
    ///   - lookup: the record's state as it is now.
    ///   - time: when new records were made, milliseconds since 1970.
    ///   - salt: sixteen fresh random bytes at each call.
    public func edits(lookup: (Identifier) -> RecordState?, at time: Int64, salt: @escaping () -> Identifier) -> [[Edit]] {
        var runs: [[Edit]] = []
        var run: [Edit] = []
        var size = ChangeSize()
        for row in rows {
            var editing = RecordEditing(record: row.id, type: row.type, state: lookup(row.id), salt: salt)
            editing.create(at: time)
            for (field, value) in row.values {
                // The engagement keeps the handle that headquarters gave it; others are met by theirs, whatever the case.
                if field.number == CommonField.handle, editing.state?.heads(of: .field(field.number)).isEmpty == false { continue }
                editing.set(field, value)
            }
            for (field, elements) in row.sets { editing.setElements(field, elements) }
            // Half of the bounds: an edit over one's own unsent ones will name a few more.
            var together = size
            for edit in editing.edits { together.add(edit) }
            if !run.isEmpty, !together.fits(oneOf: 2) {
                runs.append(run)
                run = []
                together = ChangeSize(editing.edits)
            }
            run.append(contentsOf: editing.edits)
            size = together
        }
        if !run.isEmpty { runs.append(run) }
        return runs
    }
}
