import SeamarkJournal

/// What one record says now that it did not say in an earlier state, field by field.
public struct RecordDifference: Sendable {
    public enum Fate: String, Hashable, Sendable { case added, changed, deleted, restored }

    public struct Field: Sendable {
        public let field: FieldDefinition
        /// Of a set: what is no longer in it, and what is in it now. Else at most one value each.
        public let before: [RecordView.Shown]
        public let after: [RecordView.Shown]
    }

    public let record: RecordView
    public let fate: Fate
    public let fields: [Field]

    /// Nil where nothing that people see differs.
    public init?(from old: RecordView?, to new: RecordView) {
        let wasThere = old.map { !$0.isDeleted } ?? false
        guard wasThere || !new.isDeleted else { return nil }
        record = new
        fate = new.isDeleted ? .deleted : wasThere ? .changed : old == nil ? .added : .restored
        var fields: [Field] = []
        for field in new.type?.fields ?? [] where field.number >= 10 || field.number == CommonField.mergedInto {
            if field.isSet {
                let before = old?.elements(field) ?? [], after = new.elements(field)
                let gone = before.filter { !after.contains($0) }, come = after.filter { !before.contains($0) }
                if !gone.isEmpty || !come.isEmpty { fields.append(Field(field: field, before: gone.map { .value($0) }, after: come.map { .value($0) })) }
                continue
            }
            // Which of several heads is shown first hangs on clocks, too: nobody wrote anything where the heads are the same.
            if let old, Set(old.state.heads(of: .field(field.number)).map(\.name)) == Set(new.state.heads(of: .field(field.number)).map(\.name)) { continue }
            let before = old?.shown(field) ?? .nothing, after = new.shown(field)
            if before != after { fields.append(Field(field: field, before: before == .nothing ? [] : [before], after: after == .nothing ? [] : [after])) }
        }
        self.fields = fields
        if fate == .changed, fields.isEmpty { return nil }
    }
}
