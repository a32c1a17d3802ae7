extension Catalogue {
    // What consultants conclude from fieldwork, what they recommend, and what a lead says of an interview (`domain.md` 6.3: 7, 20, 21).

    /// A statement that rests on what was seen and said. Its words are the team's: they may repeat what somebody said in confidence, so they
    /// are sensitive as a whole, whoever may read the finding beside them.
    public static let finding = RecordType(37, "finding", "finding", handles: "F", [
        FieldDefinition(10, "statement", .narrative, .text, sensitive: true, required: true),
        FieldDefinition(11, "domains", .code, .set),
        FieldDefinition(12, "seams", .reference([30]), .set),
        FieldDefinition(13, "sources", .reference([25, 26, 28, 64]), .set, label: "evidence, observations and answers that it rests on"),
        FieldDefinition(14, "severity", .score, .contested),
        FieldDefinition(15, "status", .choice(.findingStatus), .lattice(Lattice(loweredBy: .lead, leadFrom: 2))),
        FieldDefinition(16, "confidentiality", .choice(.confidentiality), .lattice(Lattice(loweredBy: .nobody))),
    ])

    /// What the team advises. Open: it is written for the client.
    public static let recommendation = RecordType(38, "recommendation", "recommendation", handles: "R", [
        FieldDefinition(10, "text", .narrative, .text, required: true),
        FieldDefinition(11, "findings", .reference([37]), .set),
        FieldDefinition(12, "effect", .threePoint(.anyMoney), .group, label: "expected effect a year"),
        FieldDefinition(13, "effort", .choice(.effort), .register),
        FieldDefinition(14, "rank", .integer(1...1000), .headquarters),
    ])

    /// What a lead says of an interview: one row a look, never changed. The reviewer is whoever made it.
    public static let interviewReview = RecordType(39, "interviewReview", "interview review", handles: "IR", interviewField: 10, [
        FieldDefinition(10, "interview", .reference([24]), .once, required: true),
        FieldDefinition(11, "verdict", .choice(.reviewVerdict), .once, required: true),
        FieldDefinition(12, "comment", .narrative, .once, sensitive: true),
    ])
}

extension Choices {
    static let findingStatus = Choices("draft", "reviewed", "accepted")
    static let confidentiality = Choices("normal", "teamOnly")
    static let effort = Choices("days", "weeks", "months", "quarters")
    static let reviewVerdict = Choices("approved", "hasIssues", "rejected")
}
