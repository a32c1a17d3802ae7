extension Catalogue {
    // Leakage lines, and what keeps them from being counted twice.

    /// Money that leaks. `amount` is one value with kind, variant and plan share: a price is never mixed from two people's work.
    public static let leakageLine = RecordType(40, "leakageLine", "leakage line", handles: "L", [
        FieldDefinition(10, "title", .name, .contested, required: true),
        FieldDefinition(11, "category", .choice(.category), .once, required: true),
        FieldDefinition(12, "site", .reference([21]), .contested),
        FieldDefinition(13, "unit", .reference([22]), .contested),
        FieldDefinition(14, "valueStream", .name, .contested),
        FieldDefinition(15, "pool", .reference([42]), .contested),
        FieldDefinition(16, "amount", .group(GroupDefinition([
            GroupMember(LineAmount.range, "range", .threePoint(.positiveMoney)),
            GroupMember(LineAmount.factors, "factors", .list(.group(GroupDefinition([
                GroupMember(LineAmount.Factor.name, "name", .name, required: true),
                GroupMember(LineAmount.Factor.unit, "unit", .text(TextRule(longest: 40)), required: true),
                GroupMember(LineAmount.Factor.range, "range", .threePoint(.amount), required: true),
            ])), 2...4)),
            GroupMember(LineAmount.grade, "grade", .choice(.grade), required: true),
            GroupMember(LineAmount.kind, "kind", .choice(.lineKind), required: true),
            GroupMember(LineAmount.probability, "probability", .number(0...1)),
            GroupMember(LineAmount.inPlan, "inPlan", .choice(.inPlan)),
            GroupMember(LineAmount.variant, "variant", .choice(.variant)),
            GroupMember(LineAmount.currency, "currency", .text(TextRule(shortest: 3, longest: 3, isCode: true))),
            GroupMember(LineAmount.monthsObserved, "monthsObserved", .number(0.25...120)),
            GroupMember(LineAmount.observed, "observed", .positiveMoney),
            GroupMember(LineAmount.baseline, "baseline", .positiveMoney),
            GroupMember(LineAmount.share, "share", .threePoint(.number(0...1))),
            GroupMember(LineAmount.basis, "basis", .text(TextRule(longest: 2000, isName: false))),
            GroupMember(LineAmount.reason, "reason", .text(TextRule(longest: 2000, isName: false))),
            GroupMember(LineAmount.valuation, "valuation", .choice(.valuation)),
            GroupMember(LineAmount.inputs, "inputs", .list(.group(GroupDefinition([
                GroupMember(LineAmount.Factor.name, "name", .choice(.pricingInput), required: true),
                GroupMember(LineAmount.Factor.unit, "unit", .text(TextRule(longest: 40)), required: true),
                GroupMember(LineAmount.Factor.range, "range", .threePoint(.amount), required: true),
            ])), 1...4)),
        ], rules: [
            .exactlyOneOrElse([LineAmount.range, LineAmount.factors, LineAmount.inputs], LineAmount.observed),
            .onlyWhen(LineAmount.kind, is: 2, [LineAmount.probability]),
            .unitsGiveMoneyPerYear(LineAmount.factors),
            .hasAPrice,
        ])), .group),
        FieldDefinition(17, "domainPoints", .points(.domains), .group),
        FieldDefinition(18, "seamPoints", .points(.seams), .group),
        FieldDefinition(19, "evidence", .reference([28]), .set),
        FieldDefinition(20, "owner", .reference([2, 29]), .register, label: "owning consultant"),
        FieldDefinition(21, "status", .choice(.lineStatus), .lattice(statusLattice)),
        FieldDefinition(22, "isWithdrawn", .boolean, .contested, label: "withdrawn"),
        FieldDefinition(23, "constraint", .reference([34]), .contested),
        FieldDefinition(24, "decision", .reference([32]), .contested),
    ])

    /// How much of two lines is the same money. Its id is derived from the pair, the lesser id first, so both devices make the same.
    public static let overlap = RecordType(41, "overlap", "overlap", [
        FieldDefinition(10, "first", .reference([40]), .once, label: "first line", required: true),
        FieldDefinition(11, "second", .reference([40]), .once, label: "second line", required: true),
        FieldDefinition(12, "judgement", .group(GroupDefinition([
            GroupMember(1, "share", .basisPoints(10_000), required: true),
            GroupMember(2, "reason", .text(TextRule(longest: 2000, isName: false)), required: true),
        ])), .group, required: true),
    ])

    /// A booked amount that several lines draw on and together cannot exceed.
    public static let pool = RecordType(42, "pool", "pool", handles: "PL", [
        FieldDefinition(10, "name", .name, .contested, required: true),
        FieldDefinition(11, "booking", .group(GroupDefinition([
            GroupMember(1, "code", .code, required: true),
            GroupMember(2, "booked", .positiveMoney, required: true),
            GroupMember(3, "from", .date),
            GroupMember(4, "to", .date),
        ], rules: [.ascending([3, 4])])), .group, required: true),
        FieldDefinition(12, "site", .reference([21]), .contested),
    ])
}

/// The members of a line's `amount`, by number.
public enum LineAmount {
    public static let range: UInt32 = 1
    public static let factors: UInt32 = 2
    public static let grade: UInt32 = 3
    public static let kind: UInt32 = 4
    public static let probability: UInt32 = 5
    public static let inPlan: UInt32 = 6
    public static let variant: UInt32 = 7
    public static let currency: UInt32 = 8
    public static let monthsObserved: UInt32 = 9
    public static let observed: UInt32 = 10
    public static let baseline: UInt32 = 11
    public static let share: UInt32 = 12
    public static let basis: UInt32 = 13
    /// Why a range is narrower than its grade allows.
    public static let reason: UInt32 = 14
    /// What a unit is priced at: what was paid or booked, its variable cost, its contribution, its revenue.
    public static let valuation: UInt32 = 15
    /// The named inputs of the variant, which price it by its formula. Their members are those of factors, with a choice for the name.
    public static let inputs: UInt32 = 16

    /// The members of one factor. A factor whose unit holds money counts hundredths.
    public enum Factor {
        public static let name: UInt32 = 1
        public static let unit: UInt32 = 2
        public static let range: UInt32 = 3
    }
}
