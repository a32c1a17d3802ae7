/// From pilot to production: may automated decisions be scaled? Twelve criteria, and one verdict computed from them.
public struct ScalingGate: Hashable, Sendable {
    public enum Criterion: String, CaseIterable, Hashable, Sendable {
        case g1 = "G1", g2 = "G2", g3 = "G3", g4 = "G4", g5 = "G5", g6 = "G6"
        case g7 = "G7", g8 = "G8", g9 = "G9", g10 = "G10", g11 = "G11", g12 = "G12"

        /// What it asks, in words.
        public var title: String {
            switch self {
            case .g1: "the governing constraint is known"
            case .g2: "live variance is not above the baseline"
            case .g3: "one definition of each KPI that is used"
            case .g4: "decisions are fast enough"
            case .g5: "decision owner and override right are written"
            case .g6: "exceptions are designed, not heroic"
            case .g7: "no severe seam on the path"
            case .g8: "overrides are measured"
            case .g9: "the fallback is drilled"
            case .g10: "people have the skills"
            case .g11: "decisions leave a traceable record"
            case .g12: "the constraint is relieved first"
            }
        }

        public func isMust(regulated: Bool) -> Bool {
            switch self {
            case .g1, .g2, .g4, .g5, .g9: true
            case .g11: regulated
            case .g3, .g6, .g7, .g8, .g10, .g12: false
            }
        }
    }

    public enum Result: String, CaseIterable, Hashable, Sendable { case pass, conditional, fail, notAssessed }

    public enum Verdict: String, CaseIterable, Hashable, Sendable {
        case pass
        /// Named sites only, reviewed after 30 days.
        case limited
        case hold
        /// It is live already: back to the last limits.
        case rollBack
    }

    /// Days for which a review counts where it says nothing else.
    public static let standardValidity = 90

    /// What was found; a criterion that is missing was not assessed.
    public var results: [Criterion: Result]
    public var isRegulated: Bool
    public var isLive: Bool
    /// Days since the review, and for how many it counts.
    public var age: Int
    public var validDays: Int

    public init(results: [Criterion: Result], isRegulated: Bool = false, isLive: Bool = false, age: Int = 0, validDays: Int = ScalingGate.standardValidity) {
        self.results = results
        self.isRegulated = isRegulated
        self.isLive = isLive
        self.age = age
        self.validDays = validDays
    }

    public var hasExpired: Bool { age > validDays }

    /// What was not assessed fails a must and makes the others conditional.
    public func result(_ criterion: Criterion) -> Result {
        let result = results[criterion] ?? .notAssessed
        guard result == .notAssessed else { return result }
        return criterion.isMust(regulated: isRegulated) ? .fail : .conditional
    }

    public var verdict: Verdict {
        let isHeld = hasExpired || Criterion.allCases.contains { $0.isMust(regulated: isRegulated) && result($0) == .fail }
        if isHeld { return isLive ? .rollBack : .hold }
        return Criterion.allCases.allSatisfy { result($0) == .pass } ? .pass : .limited
    }

    /// G2: the standard deviation live over that of the baseline, at most 1.10, with at least 20 periods of each. Nil: too few to tell.
    public static func variance(live: [Double], baseline: [Double]) -> Result? {
        guard live.count >= leastPeriods, baseline.count >= leastPeriods else { return nil }
        let (now, before) = (deviation(live), deviation(baseline))
        // A hair for the rounding of two square roots.
        return now <= 1.10 * before * (1 + 1e-12) ? .pass : .fail
    }

    /// Periods of each series that G2 needs.
    public static let leastPeriods = 20

    /// The standard deviation of a sample of at least two.
    public static func deviation(_ values: [Double]) -> Double {
        let mean = Spread.mean(of: values)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}
