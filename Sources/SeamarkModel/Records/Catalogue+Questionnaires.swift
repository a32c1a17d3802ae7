extension Catalogue {
    /// One edition of a questionnaire of one's own (`HeldQuestionnaire`). What it asks never changes: a changed form is another record, so that
    /// answers keep the form that they were given to. Retiring one hides it from asking, and destroys nothing.
    public static let questionnaire = RecordType(63, "questionnaire", "questionnaire", handles: "QN", [
        FieldDefinition(10, "formKey", .code, .once, label: "key", required: true),
        FieldDefinition(11, "edition", .integer(1...HeldQuestionnaire.mostEditions), .once, required: true),
        FieldDefinition(12, "version", .code, .once, label: "version by its author", required: true),
        FieldDefinition(13, "title", .name, .once, required: true),
        FieldDefinition(14, "document", .text(TextRule(longest: HeldQuestionnaire.longestDocument, isName: false)), .once, label: "document of the form", required: true),
        FieldDefinition(15, "state", .choice(.questionnaireState), .lattice(Lattice(loweredBy: .lead))),
    ])

    /// A supplementary answer: what one scorer noted as the answer to one question of a questionnaire in one interview. Its id is derived from these
    /// four, so that two devices of one scorer meet in one row and two scorers never do.
    public static let formAnswer = RecordType(64, "formAnswer", "form answer", interviewField: 10, [
        FieldDefinition(10, "interview", .reference([24]), .once, required: true),
        FieldDefinition(11, "questionnaire", .reference([63]), .once, required: true),
        FieldDefinition(12, "question", .text(TextRule(longest: 120, isCode: true)), .once, required: true),
        FieldDefinition(13, "scorer", .reference([2, 29]), .once, required: true),
        FieldDefinition(14, "person", .reference([23]), .author, label: "who answered"),
        FieldDefinition(15, "response", .group(GroupDefinition([
            GroupMember(FormResponse.integer, "integer", .integer(-FormResponse.greatest...FormResponse.greatest)),
            GroupMember(FormResponse.number, "number", .number(-1e15...1e15)),
            GroupMember(FormResponse.date, "date", .date),
            GroupMember(FormResponse.choices, "choices", .list(.text(TextRule(longest: 120)), 1...FormResponse.mostChoices)),
        ], rules: [.exactlyOne([FormResponse.integer, FormResponse.number, FormResponse.date, FormResponse.choices])])), .author),
        FieldDefinition(16, "text", .narrative, .author, label: "words", sensitive: true),
    ])
}
