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
        var size = 0
        for row in rows {
            var editing = RecordEditing(record: row.id, type: row.type, state: lookup(row.id), salt: salt)
            editing.create(at: time)
            for (field, value) in row.values {
                // The engagement keeps the handle that headquarters gave it; others are met by theirs, whatever the case.
                if field.number == CommonField.handle, editing.state?.heads(of: .field(field.number)).isEmpty == false { continue }
                editing.set(field, value)
            }
            for (field, elements) in row.sets { editing.setElements(field, elements) }
            let added = editing.edits.reduce(0) { $0 + EngagementFile.size(of: $1) }
            if !run.isEmpty, run.count + editing.edits.count > Change.mostEdits / 2 || size + added > Change.longest / 2 {
                runs.append(run)
                run = []
                size = 0
            }
            run.append(contentsOf: editing.edits)
            size += added
        }
        if !run.isEmpty { runs.append(run) }
        return runs
    }

    /// About how many bytes an edit takes in its change.
    private static func size(of edit: Edit) -> Int {
        let element: Int = if case .element(_, let element) = edit.target { element.encoded.count } else { 0 }
        return 64 + element + (edit.content.value?.encoded.count ?? 0) + edit.supersedes.count * 24
    }
}
