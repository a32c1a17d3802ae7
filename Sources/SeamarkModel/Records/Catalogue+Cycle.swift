extension Catalogue {
    // The ninety days: moves and their checks, quick checks, drift, gates, what the board is told, and what people ruled on figures.

    /// One of the few things that are done in these ninety days.
    public static let move = RecordType(50, "move", "move", handles: "MV", [
        FieldDefinition(10, "title", .name, .contested, required: true),
        FieldDefinition(11, "owner", .name, .contested, label: "owner (a role)"),
        FieldDefinition(12, "due", .date, .contested, label: "due date"),
        FieldDefinition(13, "measure", .group(GroupDefinition([
            GroupMember(1, "name", .name, required: true),
            GroupMember(2, "threshold", .name, required: true),
        ])), .group, label: "leading measure"),
        FieldDefinition(14, "lines", .reference([40]), .set),
        FieldDefinition(15, "seams", .reference([30]), .set),
        FieldDefinition(16, "state", .choice(.moveState), .contested),
        FieldDefinition(17, "completedAt", .date, .register, label: "completion date", past: true),
        FieldDefinition(18, "evidence", .reference([28]), .set),
        FieldDefinition(19, "initiative", .reference([35]), .register),
    ])

    /// One look at a move. Rows of their own, so they cannot conflict.
    public static let moveCheck = RecordType(51, "moveCheck", "move check", handles: "MC", [
        FieldDefinition(10, "move", .reference([50]), .once, required: true),
        FieldDefinition(11, "date", .date, .once, required: true, past: true),
        FieldDefinition(12, "reading", .group(GroupDefinition([
            GroupMember(1, "isOnTrack", .boolean, required: true),
            GroupMember(2, "value", .number(-1e15...1e15)),
            GroupMember(3, "note", .line),
        ])), .once, required: true),
    ])

    /// The five-signal check of one initiative or area: five sections of five boxes, ticked once and never changed.
    public static let quickCheck = RecordType(52, "quickCheck", "five-signal check", handles: "QC", [
        FieldDefinition(10, "subject", .name, .once, label: "initiative or area", required: true),
        FieldDefinition(11, "unit", .reference([22]), .once),
        FieldDefinition(12, "person", .reference([23]), .once, label: "who answered"),
        FieldDefinition(13, "date", .date, .once, required: true, past: true),
        FieldDefinition(14, "boxes", .list(.boolean, 25...25), .once, label: "boxes, section by section", required: true),
        FieldDefinition(15, "note", .narrative, .once, sensitive: true),
    ])

    public static let driftSignal = RecordType(53, "driftSignal", "drift signal", handles: "DF", [
        FieldDefinition(10, "kind", .choice(.drift), .once, required: true),
        FieldDefinition(11, "object", .reference([30, 32, 34, 50]), .contested, label: "what drifts"),
        FieldDefinition(12, "observedAt", .date, .once, label: "day of observation", required: true, past: true),
        FieldDefinition(13, "severity", .score, .author),
        FieldDefinition(14, "note", .line, .author),
        FieldDefinition(15, "state", .choice(.driftState), .contested),
        FieldDefinition(16, "observer", .name, .author, label: "observer (a role)"),
    ])

    /// A review of whether automated decisions may be scaled.
    public static let gateReview = RecordType(54, "gateReview", "gate review", handles: "GR", [
        FieldDefinition(10, "initiative", .reference([35]), .once, required: true),
        FieldDefinition(11, "extent", .name, .contested, label: "scope (site, line)"),
        FieldDefinition(12, "reviewer", .name, .register, label: "reviewer (a role)"),
        FieldDefinition(13, "date", .date, .once, required: true, past: true),
        FieldDefinition(14, "validDays", .integer(1...366), .register, label: "days of validity"),
        FieldDefinition(15, "isLive", .boolean, .contested, label: "already live"),
        FieldDefinition(16, "isRegulated", .boolean, .contested, label: "regulated"),
        FieldDefinition(17, "decision", .choice(.gateVerdict), .contested, label: "decision of a person"),
        FieldDefinition(18, "rollbackTrigger", .line, .contested),
    ])

    /// One criterion of one review; its id is derived from the two.
    public static let gateResult = RecordType(55, "gateResult", "gate result", [
        FieldDefinition(10, "review", .reference([54]), .once, required: true),
        FieldDefinition(11, "criterion", .choice(.gateCriterion), .once, required: true),
        FieldDefinition(12, "finding", .group(GroupDefinition([
            GroupMember(1, "result", .choice(.gateOutcome), required: true),
            GroupMember(2, "value", .number(-1e15...1e15)),
            GroupMember(3, "note", .line),
            // The outcome measure of G2, a value for each period, live and before: they are what it is computed from.
            GroupMember(4, "live", .list(.number(-1e15...1e15), 1...400)),
            GroupMember(5, "baseline", .list(.number(-1e15...1e15), 1...400)),
        ])), .group, required: true),
        FieldDefinition(13, "evidence", .reference([28]), .set),
    ])

    public static let cycle = RecordType(56, "cycle", "cycle", handles: "CY", [
        FieldDefinition(10, "number", .integer(1...1000), .contested, required: true),
        FieldDefinition(11, "startDate", .date, .contested, required: true),
    ])

    /// What the board is told in words about one of its six questions.
    public static let boardAnswer = RecordType(57, "boardAnswer", "board answer", handles: "BA", [
        FieldDefinition(10, "question", .integer(1...6), .once, required: true),
        FieldDefinition(11, "narrative", .narrative, .text, required: true),
        FieldDefinition(12, "approvedBy", .name, .contested, label: "who approved it (a role)"),
        FieldDefinition(13, "snapshot", .code, .register),
    ])

    /// A person's ruling on an initiative, beside the computed verdict.
    public static let sequenceDecision = RecordType(58, "sequenceDecision", "sequence decision", handles: "SD", [
        FieldDefinition(10, "initiative", .reference([35]), .once, required: true),
        FieldDefinition(11, "ruling", .group(GroupDefinition([
            GroupMember(1, "verdict", .choice(.sequenceVerdict), required: true),
            GroupMember(2, "reason", .text(TextRule(longest: 2000, isName: false)), required: true),
            GroupMember(3, "approver", .name, required: true),
        ])), .group, required: true),
    ])

    /// A person's answer to a structural check, so that it no longer stands in the way of a board-ready report.
    public static let checkAnswer = RecordType(59, "checkAnswer", "answer to a structural check", handles: "CA", [
        FieldDefinition(10, "check", .choice(.structuralCheck), .once, required: true),
        FieldDefinition(11, "subject", .reference([40, 30, 32, 34]), .once, required: true),
        FieldDefinition(12, "other", .reference([40]), .once, label: "other line"),
        FieldDefinition(13, "reason", .text(TextRule(longest: 2000, isName: false)), .contested, required: true),
    ])

    /// A lead's ruling on what a question scores in one scope. It replaces no answer; the scores use it and say so.
    public static let scoreReview = RecordType(61, "scoreReview", "score review", handles: "SR", [
        FieldDefinition(10, "question", .code, .once, required: true),
        FieldDefinition(11, "site", .reference([21]), .once),
        FieldDefinition(12, "unit", .reference([22]), .once),
        FieldDefinition(13, "ruling", .group(GroupDefinition([
            GroupMember(1, "value", .score, required: true),
            GroupMember(2, "reason", .text(TextRule(longest: 2000, isName: false)), required: true),
        ])), .group, required: true),
    ])
}
