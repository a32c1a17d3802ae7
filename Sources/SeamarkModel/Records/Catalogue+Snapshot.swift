extension Catalogue {
    /// An engagement's figures as they stood at one place of its log, frozen by a lead or an analyst (`Snapshot`). It says everything at once and
    /// never changes.
    public static let snapshot = RecordType(62, "snapshot", "snapshot", handles: "SN", [
        FieldDefinition(10, "name", .name, .once, required: true),
        FieldDefinition(11, "position", .integer(1...Snapshot.furthest), .once, label: "position in the log", required: true),
        FieldDefinition(12, "logHash", .bytes(32), .once, label: "log hash", required: true),
        FieldDefinition(13, "digest", .bytes(16), .once, required: true),
        FieldDefinition(14, "day", .date, .once, label: "day that ages are counted to", required: true),
        FieldDefinition(15, "method", .code, .once, required: true),
        FieldDefinition(16, "instrument", .code, .once, required: true),
        FieldDefinition(17, "settings", .group(GroupDefinition([
            GroupMember(1, "iterations", .integer(RiskSettings.iterationRange), required: true),
            GroupMember(2, "seed", .integer(0...Int64.max), required: true),
            GroupMember(3, "rho", .number(0...1), required: true),
            GroupMember(4, "horizonMonths", .integer(1...240), required: true),
            GroupMember(5, "hurdle", .number(0...100), required: true),
            GroupMember(6, "minCell", .integer(3...1000), required: true),
        ])), .once, required: true),
        FieldDefinition(18, "inputsHash", .bytes(32), .once, label: "SHA-256 of the inputs", required: true),
    ])
}
