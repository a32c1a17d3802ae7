import SeamarkJournal

extension Catalogue {
    /// The act of deleting sensitive values for ever (`Redaction`). It says everything at once and never changes.
    public static let redaction = RecordType(Redaction.recordType, "redaction", "redaction", handles: "RD", [
        FieldDefinition(10, "record", .reference(Catalogue.typesThatAreRedacted), .once, label: "record", required: true),
        FieldDefinition(11, "field", .code, .once, label: "field", required: true),
        FieldDefinition(Redaction.valuesField, "values", .list(.group(GroupDefinition([
            GroupMember(Redaction.changeMember, "change", .bytes(16), required: true),
            GroupMember(Redaction.indexMember, "index", .integer(0...Int64(Change.mostEdits) - 1), required: true),
            GroupMember(Redaction.leafMember, "leaf", .bytes(32), required: true),
        ])), 1...Redaction.mostValues), .once, label: "redacted values", required: true),
        FieldDefinition(13, "reason", .line, .once, required: true),
    ])

    /// Those with sensitive fields, and evidence, whose bytes go. Listed by number, since the types themselves may not be asked while they are being made.
    private static let typesThatAreRedacted: [RecordTypeNumber] = [21, 23, 24, 25, 26, 27, 28, 29, 52, 64, 70, 71]
}
