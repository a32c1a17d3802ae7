extension Catalogue {
    /// A frozen report that headquarters gave to a client's viewers (`Publication`). It says what it is of and what its documents are; their text lies
    /// in parts. Nothing of it changes but that it is withdrawn, which takes its texts from every device.
    public static let publication = RecordType(70, "publication", "publication", home: .published, handles: "PB", [
        FieldDefinition(10, "title", .name, .headquarters, sensitive: true, required: true),
        FieldDefinition(11, "engagement", .code, .headquarters, label: "short name of the engagement", required: true),
        FieldDefinition(12, "snapshot", .code, .headquarters, required: true),
        FieldDefinition(13, "day", .date, .headquarters, label: "day that ages are counted to", required: true),
        FieldDefinition(14, "isDraft", .boolean, .headquarters, label: "draft: the board-ready gate has not passed", required: true),
        FieldDefinition(15, "html", .group(document), .headquarters, label: "page", required: true),
        FieldDefinition(16, "markdown", .group(document), .headquarters, required: true),
        FieldDefinition(17, "json", .group(document), .headquarters, label: "JSON", required: true),
        FieldDefinition(18, "withdrawal", .line, .headquarters, label: "why it was withdrawn"),
    ])

    private static let document = GroupDefinition([
        GroupMember(1, "sha256", .bytes(32), required: true),
        GroupMember(2, "size", .integer(1...Int64(Publication.longestDocument)), required: true),
        GroupMember(3, "parts", .integer(1...Int64(Publication.mostParts)), required: true),
    ])

    /// One piece of one document of a publication: bytes of its UTF-8, cut between characters. Its id is derived from the other three.
    public static let publicationPart = RecordType(71, "publicationPart", "publication part", home: .published, [
        FieldDefinition(10, "publication", .reference([70]), .headquarters, required: true),
        FieldDefinition(11, "document", .choice(.publicationDocument), .headquarters, required: true),
        FieldDefinition(12, "number", .integer(1...Int64(Publication.mostParts)), .headquarters, required: true),
        FieldDefinition(13, "text", .text(TextRule(longest: Publication.longestPart, isName: false)), .headquarters, sensitive: true, required: true),
    ])
}
