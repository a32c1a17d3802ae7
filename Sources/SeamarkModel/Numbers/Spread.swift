/// A range as it is reported: P10 "floor", P25...P75 "most-likely band", P50 "likely", P90 "upper", and the mean.
///
/// Means of parts add up to the mean of the whole; percentiles do not, and are never summed.
public struct Spread: Hashable, Sendable {
    public var mean: Double
    public var p10: Double
    public var p25: Double
    public var p50: Double
    public var p75: Double
    public var p90: Double

    public init(mean: Double, p10: Double, p25: Double, p50: Double, p75: Double, p90: Double) {
        self.mean = mean
        self.p10 = p10
        self.p25 = p25
        self.p50 = p50
        self.p75 = p75
        self.p90 = p90
    }

    /// Of values in rising order, with a mean that is known from elsewhere.
    init(sorted values: [Double], mean: Double) {
        self.init(
            mean: mean, p10: Self.percentile(0.10, of: values), p25: Self.percentile(0.25, of: values),
            p50: Self.percentile(0.50, of: values), p75: Self.percentile(0.75, of: values),
            p90: Self.percentile(0.90, of: values))
    }

    /// Every figure divided by `whole`: for shares of a plan.
    public func divided(by whole: Double) -> Spread {
        Spread(mean: mean / whole, p10: p10 / whole, p25: p25 / whole, p50: p50 / whole, p75: p75 / whole, p90: p90 / whole)
    }

    /// Every figure times `factor`, at least 0: the range of what is this fixed part of every value.
    public func multiplied(by factor: Double) -> Spread {
        Spread(mean: mean * factor, p10: p10 * factor, p25: p25 * factor, p50: p50 * factor, p75: p75 * factor, p90: p90 * factor)
    }

    /// Of what is nothing in every iteration.
    static let nothing = Spread(mean: 0, p10: 0, p25: 0, p50: 0, p75: 0, p90: 0)

    /// The percentile `p` (0...1) of values in rising order, at least one: linear interpolation at h = (N - 1) p
    /// (type 7 of Hyndman and Fan 1996).
    public static func percentile(_ p: Double, of sorted: [Double]) -> Double {
        precondition(!sorted.isEmpty && p >= 0 && p <= 1, "a percentile of nothing, or outside 0...1")
        let h = Double(sorted.count - 1) * p
        let floor = min(Int(h), sorted.count - 1)
        guard floor + 1 < sorted.count else { return sorted[floor] }
        return sorted[floor] + (h - Double(floor)) * (sorted[floor + 1] - sorted[floor])
    }

    /// The mean with the rounding errors of the sum carried along (Neumaier 1974).
    static func mean(of values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        var sum = 0.0, lost = 0.0
        for value in values {
            let next = sum + value
            lost += sum.magnitude >= value.magnitude ? (sum - next) + value : (value - next) + sum
            sum = next
        }
        return (sum + lost) / Double(values.count)
    }
}
