extension Catalogue {
    // The directory and the instruments: written by headquarters in the tenant's shared scope, read-only on devices.

    public static let tenant = RecordType(1, "tenant", "tenant", home: .shared, handles: "T", [
        FieldDefinition(10, "name", .name, .headquarters, required: true),
        FieldDefinition(11, "legalName", .name, .headquarters),
        FieldDefinition(12, "sector", .choice(.sector), .headquarters),
        FieldDefinition(13, "currency", .text(TextRule(shortest: 3, longest: 3, isCode: true)), .headquarters, label: "reporting currency"),
        FieldDefinition(14, "region", .name, .headquarters, label: "data region"),
        FieldDefinition(15, "retentionDays", .integer(1...36500), .headquarters),
        FieldDefinition(16, "status", .choice(.tenantStatus), .headquarters),
    ])

    public static let member = RecordType(2, "member", "member", home: .shared, handles: "M", [
        FieldDefinition(10, "name", .name, .headquarters, sensitive: true, required: true),
        FieldDefinition(11, "email", .line, .headquarters, label: "e-mail address", sensitive: true),
        FieldDefinition(12, "role", .choice(.role), .headquarters, required: true),
        FieldDefinition(13, "isActive", .boolean, .headquarters, label: "active"),
    ])

    public static let device = RecordType(3, "device", "device", home: .shared, handles: "DV", [
        FieldDefinition(10, "member", .reference([2]), .headquarters, required: true),
        FieldDefinition(11, "signingKey", .bytes(32), .headquarters, required: true),
        FieldDefinition(12, "letters", .code, .headquarters, label: "letters of its handles", required: true),
        FieldDefinition(13, "status", .choice(.deviceStatus), .headquarters),
        FieldDefinition(14, "name", .name, .headquarters),
    ])

    public static let instrument = RecordType(4, "instrument", "instrument", home: .shared, handles: "I", [
        FieldDefinition(10, "key", .code, .headquarters, required: true),
        FieldDefinition(11, "edition", .integer(1...100_000), .headquarters, required: true),
        FieldDefinition(12, "document", .text(TextRule(longest: 60_000, isName: false)), .headquarters, label: "published document", required: true),
    ])
}
