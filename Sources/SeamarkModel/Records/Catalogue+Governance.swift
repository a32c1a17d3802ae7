extension Catalogue {
    // Seams, decisions, constraints and initiatives.

    public static let seam = RecordType(30, "seam", "seam", handles: "S", [
        FieldDefinition(10, "name", .name, .contested, required: true),
        FieldDefinition(11, "valueStream", .name, .register),
        FieldDefinition(12, "fromUnit", .reference([22]), .contested),
        FieldDefinition(13, "toUnit", .reference([22]), .contested),
        FieldDefinition(14, "object", .name, .register, label: "what is handed over"),
        FieldDefinition(15, "ownerFrom", .name, .contested),
        FieldDefinition(16, "ownerTo", .name, .contested),
        FieldDefinition(17, "volumetrics", .group(GroupDefinition([
            GroupMember(1, "volumePerWeek", .amount),
            GroupMember(2, "failuresPerWeek", .threePoint(.amount)),
            GroupMember(3, "costPerFailure", .threePoint(.positiveMoney)),
        ])), .group),
        FieldDefinition(18, "aiExposed", .boolean, .contested, label: "exposed to automated decisions"),
        FieldDefinition(19, "velocity", .threePoint(.number(1...1000)), .group, label: "velocity multiplier"),
        FieldDefinition(20, "workaround", .narrative, .text),
    ])

    /// One scorer's view of one mode of one seam; its id is derived from the three.
    public static let seamModeScore = RecordType(31, "seamModeScore", "seam mode score", [
        FieldDefinition(10, "seam", .reference([30]), .once, required: true),
        FieldDefinition(11, "mode", .choice(.seamMode), .once, required: true),
        FieldDefinition(12, "scorer", .reference([2, 29]), .once, required: true),
        FieldDefinition(13, "rating", .group(GroupDefinition([
            GroupMember(1, "score", .score, required: true),
            GroupMember(2, "grade", .choice(.grade), required: true),
        ])), .author, required: true),
    ])

    public static let decisionRight = RecordType(32, "decisionRight", "decision right", handles: "DR", [
        FieldDefinition(10, "name", .name, .contested, required: true),
        FieldDefinition(11, "trigger", .line, .register),
        FieldDefinition(12, "seam", .reference([30]), .contested),
        FieldDefinition(13, "domain", .code, .register),
        FieldDefinition(14, "decider", .name, .contested, label: "decider (a role)"),
        FieldDefinition(15, "deputy", .name, .contested, label: "deputy (a role)"),
        FieldDefinition(16, "limit", .positiveMoney, .contested),
        FieldDefinition(17, "inputs", .name, .set),
        FieldDefinition(18, "escalation", .list(.name, 0...12), .group, label: "escalation steps"),
        FieldDefinition(19, "cadence", .group(GroupDefinition([
            GroupMember(1, "forum", .name),
            GroupMember(2, "interval", .duration(0...63_072_000)),
        ])), .group),
        FieldDefinition(20, "economics", .group(GroupDefinition([
            GroupMember(1, "timeToDamage", .threePoint(.duration(0...63_072_000))),
            GroupMember(2, "eventsPerYear", .threePoint(.amount)),
            GroupMember(3, "costPerHour", .threePoint(.positiveMoney)),
        ])), .group),
        FieldDefinition(21, "latency", .threePoint(.duration(0...63_072_000)), .group, label: "latency as told"),
        FieldDefinition(22, "bandwidth", .group(GroupDefinition([
            GroupMember(1, "arrivalsPerWeek", .amount, required: true),
            GroupMember(2, "minutesPerDecision", .amount, required: true),
            GroupMember(3, "minutesPerWeek", .number(1...10_080), required: true),
        ])), .group),
        FieldDefinition(23, "proposedCadence", .group(GroupDefinition([
            GroupMember(1, "forum", .name),
            GroupMember(2, "interval", .duration(0...63_072_000)),
        ])), .group),
    ])

    /// One measured decision. Rows of their own, so they cannot conflict.
    public static let decisionSample = RecordType(33, "decisionSample", "decision sample", handles: "DS", [
        FieldDefinition(10, "decision", .reference([32]), .once, required: true),
        FieldDefinition(11, "times", .group(GroupDefinition([
            GroupMember(1, "detectedAt", .time, required: true, past: true),
            GroupMember(2, "escalatedAt", .time, past: true),
            GroupMember(3, "decidedAt", .time, required: true, past: true),
            GroupMember(4, "actedAt", .time, required: true, past: true),
        ], rules: [.ascending([1, 2, 3, 4])])), .once, required: true),
        FieldDefinition(12, "reopened", .boolean, .register),
        FieldDefinition(13, "levels", .integer(0...12), .register, label: "levels that it climbed"),
        FieldDefinition(14, "isRoutine", .boolean, .register, label: "routine case"),
    ])

    public static let constraint = RecordType(34, "constraint", "constraint", handles: "K", [
        FieldDefinition(10, "resource", .name, .contested, required: true),
        FieldDefinition(11, "site", .reference([21]), .contested),
        FieldDefinition(12, "kind", .choice(.constraintKind), .register),
        FieldDefinition(13, "valueStream", .name, .register),
        FieldDefinition(14, "load", .group(GroupDefinition([
            GroupMember(1, "load", .threePoint(.amount), required: true),
            GroupMember(2, "capacity", .number(0.000_001...1e15), required: true),
            GroupMember(3, "unit", .name, required: true),
            GroupMember(4, "period", .choice(.loadPeriod), required: true),
            GroupMember(5, "grade", .choice(.grade)),
        ])), .group),
        FieldDefinition(15, "rate", .group(GroupDefinition([
            GroupMember(1, "contributionPerUnit", .threePoint(.positiveMoney), required: true),
            GroupMember(2, "method", .choice(.rateMethod), required: true),
        ])), .group),
        FieldDefinition(16, "lostUnitsPerYear", .threePoint(.amount), .group),
        FieldDefinition(17, "status", .choice(.constraintStatus), .contested),
        FieldDefinition(18, "isMarket", .boolean, .register, label: "the market is the constraint"),
        FieldDefinition(19, "evidence", .reference([28]), .set),
    ])

    public static let initiative = RecordType(35, "initiative", "initiative", handles: "N", [
        FieldDefinition(10, "name", .name, .contested, required: true),
        FieldDefinition(11, "sponsor", .name, .contested, label: "sponsor (a role)"),
        FieldDefinition(12, "declaredRank", .integer(1...1000), .contested),
        FieldDefinition(13, "cost", .threePoint(.positiveMoney), .group),
        FieldDefinition(14, "schedule", .group(GroupDefinition([
            GroupMember(1, "delayMonths", .number(0...240), required: true),
            GroupMember(2, "stage", .choice(.stage)),
        ])), .group),
        FieldDefinition(15, "isAIScale", .boolean, .contested, label: "scales automated decisions"),
        FieldDefinition(16, "mandate", .group(GroupDefinition([
            GroupMember(1, "kind", .choice(.mandate), required: true),
            GroupMember(2, "date", .date),
        ])), .group),
        FieldDefinition(17, "growthCase", .threePoint(.positiveMoney), .group),
        FieldDefinition(18, "relievesConstraint", .reference([34]), .contested),
        FieldDefinition(19, "addsLoadTo", .reference([30, 34]), .set),
        FieldDefinition(20, "prerequisites", .reference([35]), .set),
        FieldDefinition(21, "treatsSeam", .reference([30]), .contested),
        FieldDefinition(22, "treatsDecision", .reference([32]), .contested),
        FieldDefinition(23, "evidence", .reference([28]), .set, label: "evidence of its growth case"),
    ])

    /// What an initiative takes off a line; its id is derived from the two.
    public static let initiativeTarget = RecordType(36, "initiativeTarget", "initiative target", [
        FieldDefinition(10, "initiative", .reference([35]), .once, required: true),
        FieldDefinition(11, "line", .reference([40]), .once, required: true),
        FieldDefinition(12, "reduction", .threePoint(.basisPoints(10_000)), .group, required: true),
    ])
}
