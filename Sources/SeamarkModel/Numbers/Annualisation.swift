/// What was observed over some months, as a year's: observed × 12 / months.
public struct Annualisation: Hashable, Sendable {
    public let months: Double

    /// `months` above 0 and at most 120.
    public init(months: Double) throws(PricingError) {
        guard months > 0 && months <= 120 else { throw .monthsOutOfBounds }
        self.months = months
    }

    /// A year's worth of `observed`. Throws if the result is not finite and within `ThreePoint.bound`.
    public func yearly(_ observed: Double) throws(PricingError) -> Double {
        let amount = observed * 12 / months
        // Written so that what is no number fails.
        guard amount.magnitude <= ThreePoint.bound else { throw .observedBeyondBound }
        return amount
    }

    /// The grade that data of this length support: at best C under three months.
    public func capped(_ grade: EvidenceGrade) -> EvidenceGrade {
        months < 3 ? max(grade, .c) : grade
    }
}
