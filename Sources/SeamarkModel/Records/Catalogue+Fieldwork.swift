extension Catalogue {
    // What consultants capture about the engagement, its places and people, and what was said and seen.

    static let statusLattice = Lattice(loweredBy: .headquarters, leadFrom: 3)

    /// Its id is the id of its scope, so that there is one.
    public static let engagement = RecordType(20, "engagement", "engagement", handles: "E", [
        FieldDefinition(10, "title", .name, .register, required: true),
        FieldDefinition(11, "currency", .text(TextRule(shortest: 3, longest: 3, isCode: true)), .once, required: true),
        FieldDefinition(12, "financials", .group(GroupDefinition([
            GroupMember(1, "revenue", .positiveMoney, required: true),
            GroupMember(2, "plannedOperatingIncome", .anyMoney, required: true),
            GroupMember(3, "fiscalYear", .integer(1990...2200), required: true),
        ])), .group),
        FieldDefinition(13, "instrument", .code, .headquarters, label: "instrument (key@edition)"),
        FieldDefinition(14, "methodSettings", .group(GroupDefinition([
            GroupMember(1, "iterations", .integer(RiskSettings.iterationRange)),
            GroupMember(2, "seed", .integer(0...Int64.max)),
            GroupMember(3, "rho", .number(0...1)),
            GroupMember(4, "horizonMonths", .integer(1...240)),
            GroupMember(5, "hurdle", .number(0...100)),
            GroupMember(6, "minCell", .integer(3...1000)),
        ])), .headquarters),
        FieldDefinition(15, "inScopeDomains", .code, .set, label: "domains in scope"),
        FieldDefinition(16, "status", .choice(.engagementStatus), .lattice(Lattice(loweredBy: .headquarters, leadFrom: 4))),
        FieldDefinition(17, "budget", .positiveMoney, .contested),
        FieldDefinition(18, "team", .reference([2]), .set, headquarters: true),
        FieldDefinition(19, "note", .narrative, .text),
    ])

    public static let site = RecordType(21, "site", "site", handles: "ST", [
        FieldDefinition(10, "name", .name, .contested, required: true),
        FieldDefinition(11, "code", .code, .contested),
        FieldDefinition(12, "country", .text(TextRule(shortest: 2, longest: 2, isCode: true)), .register),
        FieldDefinition(13, "timeZone", .text(TextRule(longest: 60)), .register),
        FieldDefinition(14, "kind", .choice(.siteKind), .register),
        FieldDefinition(15, "headcount", .integer(0...100_000), .register),
        FieldDefinition(16, "notes", .narrative, .text, sensitive: true),
    ])

    public static let unit = RecordType(22, "unit", "unit", handles: "U", [
        FieldDefinition(10, "name", .name, .contested, required: true),
        FieldDefinition(11, "site", .reference([21]), .contested),
        FieldDefinition(12, "parent", .reference([22]), .contested),
        FieldDefinition(13, "kind", .choice(.unitKind), .register),
    ])

    /// An interviewee. The handle is the pseudonym: it alone stands in other records and in reports.
    public static let person = RecordType(23, "person", "person", handles: "P", [
        FieldDefinition(10, "name", .name, .contested, sensitive: true),
        FieldDefinition(11, "title", .name, .register, label: "role title"),
        FieldDefinition(12, "level", .choice(.level), .contested, required: true),
        FieldDefinition(13, "unit", .reference([22]), .contested),
        FieldDefinition(14, "site", .reference([21]), .contested),
        FieldDefinition(15, "consent", .group(GroupDefinition([
            GroupMember(Consent.Member.state, "state", .choice(.consentState), required: true),
            GroupMember(Consent.Member.method, "method", .choice(.consentMethod)),
            GroupMember(Consent.Member.at, "at", .time, past: true),
            GroupMember(Consent.Member.scope, "scope", .list(.choice(.consentScope), 0...4)),
            GroupMember(Consent.Member.recordedBy, "recordedBy", .reference([2, 29])),
        ], rules: [.ascendingChoices(Consent.Member.scope)])), .consent),
        FieldDefinition(16, "contact", .line, .register, sensitive: true),
    ])

    public static let interview = RecordType(24, "interview", "interview", handles: "IV", [
        FieldDefinition(10, "persons", .reference([23]), .set),
        FieldDefinition(11, "site", .reference([21]), .contested),
        FieldDefinition(12, "unit", .reference([22]), .contested),
        FieldDefinition(13, "startedAt", .time, .register, label: "start", past: true),
        FieldDefinition(14, "endedAt", .time, .register, label: "end", past: true),
        FieldDefinition(15, "place", .name, .register),
        FieldDefinition(16, "mode", .choice(.interviewMode), .register),
        FieldDefinition(17, "lead", .reference([2, 29]), .register, label: "lead consultant"),
        FieldDefinition(18, "noteTaker", .reference([2, 29]), .register),
        FieldDefinition(19, "instrument", .code, .once, label: "instrument (key@edition)"),
        FieldDefinition(20, "status", .choice(.interviewStatus), .lattice(Lattice(loweredBy: .lead, leadFrom: 3))),
        FieldDefinition(21, "attribution", .choice(.attribution), .lattice(Lattice(loweredBy: .nobody))),
        FieldDefinition(22, "summary", .narrative, .text, sensitive: true),
        FieldDefinition(23, "carriedFrom", .reference([24]), .once, label: "interview of an earlier edition that it goes on with"),
    ])

    /// Its id is derived from interview, question and scorer, so that two devices of one scorer meet in one row and two scorers never do.
    public static let answer = RecordType(25, "answer", "answer", interviewField: 10, [
        FieldDefinition(10, "interview", .reference([24]), .once, required: true),
        FieldDefinition(11, "question", .code, .once, required: true),
        FieldDefinition(12, "scorer", .reference([2, 29]), .once, required: true),
        FieldDefinition(13, "person", .reference([23]), .author, label: "who answered"),
        FieldDefinition(14, "response", .group(GroupDefinition([
            GroupMember(1, "outcome", .choice(.outcome), required: true),
            GroupMember(2, "score", .score),
            GroupMember(3, "grade", .choice(.grade)),
            // Of before schema 8: what is written since stands in the field of that name, where it can be redacted.
            GroupMember(AnswerReference.former, "reference", .line, retired: true),
            // The question of an earlier edition whose answer it goes on with, in the interview that its own was carried from.
            GroupMember(5, "carriedFrom", .code),
        ], rules: [.onlyWhen(1, is: 1, [2, 3])])), .author, required: true),
        FieldDefinition(15, "rationale", .narrative, .author, sensitive: true),
        FieldDefinition(16, "evidence", .reference([28]), .set),
        FieldDefinition(17, "reference", .line, .author, label: "what its grade rests on", sensitive: true),
    ])

    public static let observation = RecordType(26, "observation", "observation", handles: "O", interviewField: 11, [
        FieldDefinition(10, "text", .narrative, .author, label: "what was seen", sensitive: true, required: true),
        FieldDefinition(11, "interview", .reference([24]), .once),
        FieldDefinition(12, "site", .reference([21]), .contested),
        FieldDefinition(13, "place", .name, .author),
        FieldDefinition(14, "seenAt", .time, .author, label: "time", past: true),
        FieldDefinition(15, "domains", .code, .set),
        FieldDefinition(16, "seams", .reference([30]), .set),
        FieldDefinition(17, "polarity", .choice(.polarity), .author),
        FieldDefinition(18, "evidence", .reference([28]), .set),
        FieldDefinition(19, "corrects", .reference([26]), .once),
    ])

    public static let quote = RecordType(27, "quote", "quote", handles: "Q", interviewField: 10, [
        FieldDefinition(10, "interview", .reference([24]), .once, required: true),
        FieldDefinition(11, "text", .quote, .once, sensitive: true, required: true),
        FieldDefinition(12, "person", .reference([23]), .once),
        FieldDefinition(13, "attribution", .choice(.attribution), .lattice(Lattice(loweredBy: .nobody))),
        FieldDefinition(14, "domains", .code, .set),
        FieldDefinition(15, "approvedForReport", .boolean, .headquarters, label: "approved for the report"),
    ])

    /// The row of a piece of evidence; its bytes are a blob under their hash.
    public static let evidence = RecordType(28, "evidence", "evidence", handles: "EV", [
        FieldDefinition(10, "kind", .choice(.evidenceKind), .once, required: true),
        FieldDefinition(11, "title", .name, .register, required: true),
        FieldDefinition(12, "sha256", .bytes(32), .once, label: "SHA-256 of its bytes"),
        FieldDefinition(13, "size", .integer(0...64 * 1024 * 1024), .once, label: "size in bytes"),
        FieldDefinition(14, "mediaType", .text(TextRule(longest: 120)), .once),
        FieldDefinition(15, "capturedAt", .time, .once, past: true),
        FieldDefinition(16, "source", .name, .register, label: "source system"),
        FieldDefinition(17, "period", .group(GroupDefinition([
            GroupMember(1, "from", .date, required: true),
            GroupMember(2, "to", .date, required: true),
        ], rules: [.ascending([1, 2])])), .group),
        FieldDefinition(18, "sensitivity", .choice(.sensitivity), .lattice(Lattice(loweredBy: .nobody))),
        FieldDefinition(19, "redactedCopyOf", .reference([28]), .once),
    ])

    /// Someone who scored or led an interview and is not in this tenant's directory: made when an engagement file is imported.
    public static let contributor = RecordType(29, "contributor", "contributor", handles: "C", [
        FieldDefinition(10, "name", .name, .contested, sensitive: true),
    ])
}
