/// One priced leakage line, as the calculation takes it: amounts a year, in one currency and unit throughout.
///
/// `key` names the line's random numbers (stream `line:<key>`), so it must stay the same from run to run: callers
/// pass the line's short handle or the text of its id. All lines of one calculation have different keys.
public struct PricedLine: Hashable, Sendable {
    /// What a year of this line costs.
    public enum Amount: Hashable, Sendable {
        /// One range of money.
        case amount(ThreePoint)
        /// Two to four ranges that are multiplied, such as events a year × average cost × share.
        case factors([ThreePoint])
        /// The named inputs of a variant, by its formula.
        case inputs(VariantPrice)

        /// The ranges that it is computed from: one or several.
        public var parts: [ThreePoint] {
            switch self {
            case .amount(let range): [range]
            case .factors(let ranges): ranges
            case .inputs(let price): price.inputs.map(\.range)
            }
        }

        /// The least, the likely and the most that a year can cost.
        public var ends: (low: Double, likely: Double, high: Double) {
            switch self {
            case .amount(let range): (range.low, range.likely, range.high)
            case .factors(let ranges):
                (ranges.reduce(1) { $0 * $1.low }, ranges.reduce(1) { $0 * $1.likely }, ranges.reduce(1) { $0 * $1.high })
            case .inputs(let price): (price.range.low, price.range.likely, price.range.high)
            }
        }
    }

    public var key: String
    public var category: LeakageCategory
    public var grade: EvidenceGrade
    public var amount: Amount
    /// For a contingent line the probability (0...1) that it happens within the year; nil for a running loss.
    public var probability: Double?
    public var inPlan: InPlan
    /// Points to domains, together at most 100. Nil: not given, so the default of `CategoryMatrix` applies.
    public var domainPoints: [PointShare]?
    /// Points to seams, together at most 100.
    public var seamPoints: [PointShare]
    /// The key of the `LedgerPool` that the line is drawn on.
    public var pool: String?
    /// Where the money leaks: names a row of the sites' table, and nothing else.
    public var site: String?
    /// The domains' readings at the line's own scope (a site, a unit), for the default points. Nil: the calculation's.
    public var readings: [DomainReading]?

    public init(
        key: String, category: LeakageCategory, grade: EvidenceGrade, amount: Amount, probability: Double? = nil,
        inPlan: InPlan = .unknown, domainPoints: [PointShare]? = nil, seamPoints: [PointShare] = [],
        pool: String? = nil, site: String? = nil, readings: [DomainReading]? = nil
    ) {
        self.key = key
        self.category = category
        self.grade = grade
        self.amount = amount
        self.probability = probability
        self.inPlan = inPlan
        self.domainPoints = domainPoints
        self.seamPoints = seamPoints
        self.pool = pool
        self.site = site
        self.readings = readings
    }

    /// The exact expected value, without any sampling: the product of the means (by the formula, for inputs), times the probability.
    public var mean: Double {
        if case .inputs(let price) = amount { return (probability ?? 1) * price.mean(grade: grade) }
        return amount.parts.reduce(probability ?? 1) { $0 * PERT($1, grade: grade).mean }
    }

    /// The line at its least, as is likely and at its most: what may not come at all is nothing at its least.
    var ends: (low: Double, likely: Double, high: Double) {
        let chance = probability ?? 1, ends = amount.ends
        return (chance < 1 ? 0 : ends.low, chance * ends.likely, chance > 0 ? ends.high : 0)
    }
}
