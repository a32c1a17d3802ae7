public import SeamarkJournal

extension RecordEditing {
    /// Makes a redaction whole: everything is said in the change that makes it.
    public mutating func redact(
        _ values: [Redaction.Redacted], of record: Identifier, field: String, reason: String, handle: String, at time: Int64
    ) {
        precondition(type === Catalogue.redaction, "a redaction is a record of its own")
        create(at: time, handle: handle)
        func set(_ key: String, _ value: Value) { if let field = type.field(key: key) { self.set(field, value) } }
        set("record", .id(record))
        set("field", .text(field))
        set("values", Redaction.value(of: values))
        set("reason", .text(reason))
    }
}
