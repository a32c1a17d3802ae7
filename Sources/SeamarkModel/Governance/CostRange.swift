/// What initiatives cost, or what hangs on that: the sum of their means, and the sums of their lows and of their highs, which are bounds and no percentiles.
public struct CostRange: Hashable, Sendable {
    public var mean: Double
    public var low: Double
    public var high: Double

    public init(mean: Double, low: Double, high: Double) {
        self.mean = mean
        self.low = low
        self.high = high
    }

    /// Of one: its mean is what the sequence counts.
    public init(_ cost: ThreePoint) { self.init(mean: PERT(cost, grade: DecisionView.grade).mean, low: cost.low, high: cost.high) }

    /// Of several together, added in this order; one whose cost is not known adds nothing.
    public init(of initiatives: [InitiativeReading]) {
        self.init(mean: 0, low: 0, high: 0)
        for cost in initiatives.compactMap({ $0.cost.map { CostRange($0) } }) {
            mean += cost.mean
            low += cost.low
            high += cost.high
        }
    }

    /// What is left of an amount that is known.
    public func left(of amount: Double) -> CostRange { CostRange(mean: amount - mean, low: amount - high, high: amount - low) }

    /// Nothing of it is an estimate.
    public var isKnown: Bool { low == high }
}
