/// A beta distribution on 0...1 as PERT makes it: both shape parameters at least 1, so the density is bounded.
public struct UnitBeta: Hashable, Sendable {
    public let a: Double
    public let b: Double

    /// `modePosition` 0...1 is where the density peaks, `concentration` how sharply.
    public init(modePosition: Double, concentration: Double) {
        precondition(modePosition >= 0 && modePosition <= 1 && concentration >= 0 && concentration <= 100,
            "a mode position is 0...1 and a concentration 0...100")
        a = 1 + concentration * modePosition
        b = 1 + concentration * (1 - modePosition)
    }

    init(a: Double, b: Double) {
        self.a = a
        self.b = b
    }

    var mirrored: UnitBeta { UnitBeta(a: b, b: a) }

    /// The share of the distribution below `x`.
    public func cumulative(_ x: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        return BetaCurve(self).at(x).cumulative
    }

    /// The value that a share `p` of the distribution lies below; `p` outside 0...1 counts as the nearer end.
    public func quantile(_ p: Double) -> Double {
        var values = quantiles(first: p, step: 0, count: 1)
        return values.removeLast()
    }

    /// The quantiles at `first`, `first + step`, … (`count` of them, not falling): a whole table costs little more
    /// than one evaluation of the curve for each value, because every value starts from its neighbour.
    ///
    /// Values with p above 1/2 are found from the mirrored curve, so that both tails keep their relative accuracy.
    public func quantiles(first: Double, step: Double, count: Int) -> [Double] {
        precondition(step >= 0 && !first.isNaN, "quantiles are asked for in rising order")
        var values = [Double](repeating: 0, count: count)
        func share(_ index: Int) -> Double { min(1, max(0, first + Double(index) * step)) }

        if let inverse = closedInverse {
            for index in values.indices { values[index] = inverse(share(index)) }
            return values
        }
        var index = 0
        var lower = QuantileWalk(BetaCurve(self))
        while index < count, share(index) <= 0.5 {
            values[index] = lower.next(share(index))
            index += 1
        }
        let middle = index
        index = count - 1
        var upper = QuantileWalk(BetaCurve(mirrored))
        while index >= middle {
            values[index] = 1 - upper.next(1 - share(index))
            index -= 1
        }
        return values
    }

    /// With a mode at an end of the interval (or no mode at all) the inverse has a closed form.
    private var closedInverse: ((Double) -> Double)? {
        let (a, b) = (a, b)
        if a == 1, b == 1 { return { $0 } }
        if a == 1 { return { 1 - Elementary.power(1 - $0, 1 / b) } }
        if b == 1 { return { Elementary.power($0, 1 / a) } }
        return nil
    }
}

/// The density and cumulative function of one beta distribution, with what they share computed once.
struct BetaCurve {
    let a: Double
    let b: Double
    /// ln of the beta function B(a, b).
    let logBeta: Double

    init(_ shape: UnitBeta) {
        a = shape.a
        b = shape.b
        logBeta = Elementary.log(Self.gamma(a)) + Elementary.log(Self.gamma(b)) - Elementary.log(Self.gamma(a + b))
    }

    /// Both at once, for 0 < x < 1: they share one exponential.
    func at(_ x: Double) -> (cumulative: Double, density: Double) {
        let y = 1 - x
        let front = Elementary.exp(a * Elementary.log(x) + b * Elementary.log(y) - logBeta)
        let density = front / (x * y)
        // The continued fraction converges fast on the near side of this point; beyond it, use the mirror image.
        if x < (a + 1) / (a + b + 2) {
            return (front * Self.fraction(x, a, b) / a, density)
        }
        return (1 - front * Self.fraction(y, b, a) / b, density)
    }

    /// The continued fraction of the incomplete beta function (DLMF 8.17.22) by the modified Lentz method.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        var c = 1.0
        var d = 1 / (1 - (a + b) * x / (a + 1))
        var h = d
        var m = 1.0
        while m < 300 {
            let twice = a + 2 * m
            let even = m * (b - m) * x / ((twice - 1) * twice)
            d = 1 / (1 + even * d)
            c = 1 + even / c
            h *= d * c
            let odd = -(a + m) * (a + b + m) * x / (twice * (twice + 1))
            d = 1 / (1 + odd * d)
            c = 1 + odd / c
            let factor = d * c
            h *= factor
            if (factor - 1).magnitude < 2e-16 { break }
            m += 1
        }
        return h
    }

    /// The gamma function for z >= 1, by Lanczos' approximation (g = 7, nine terms).
    private static func gamma(_ z: Double) -> Double {
        let x = z - 1
        var sum = 0.99999999999980993
        sum += 676.5203681218851 / (x + 1)
        sum += -1259.1392167224028 / (x + 2)
        sum += 771.32342877765313 / (x + 3)
        sum += -176.61502916214059 / (x + 4)
        sum += 12.507343278686905 / (x + 5)
        sum += -0.13857109526572012 / (x + 6)
        sum += 9.9843695780195716e-6 / (x + 7)
        sum += 1.5056327351493116e-7 / (x + 8)
        let t = x + 7.5
        return 2.5066282746310002 * Elementary.exp((x + 0.5) * Elementary.log(t) - t) * sum
    }
}

/// Walks up the lower half of one beta curve, from quantile to quantile.
struct QuantileWalk {
    private let curve: BetaCurve
    /// The last quantile: its share, its place, the density there, and the next two derivatives over the density.
    private var last: (p: Double, x: Double, density: Double, slope: Double, bend: Double)?

    init(_ curve: BetaCurve) { self.curve = curve }

    /// The quantile of `p`, 0...1/2, not below the one before.
    mutating func next(_ p: Double) -> Double {
        if p <= 0 { return 0 }
        var low = 0.0, high = 1.0
        var x = guess(p)
        // Each round is one evaluation: a Halley step, kept inside a bracket that bisection would keep too.
        for _ in 0..<200 {
            let (cumulative, density) = curve.at(x)
            if cumulative < p { low = x } else { high = x }
            let slope = (curve.a - 1) / x - (curve.b - 1) / (1 - x)
            let newton = (cumulative - p) / density
            let step = newton / max(0.5, 1 - 0.5 * newton * slope)
            let better = x - step
            // The error of a Halley step is of the third order: below 1e-6 of x, what is left is below the last bit.
            if step.magnitude <= 1e-6 * x {
                let bend = -(curve.a - 1) / (x * x) - (curve.b - 1) / ((1 - x) * (1 - x))
                let grown = 1 - step * (slope - 0.5 * step * (slope * slope + bend))
                last = (p, better, density * grown, slope, bend)
                return better
            }
            // Written so that a step which is no number (the density underflowed) bisects too.
            if better > low && better < high {
                x = better
            } else {
                x = low + (high - low) / 2
                if x == low || x == high { return x }
            }
        }
        return x
    }

    /// From the neighbour by the inverse function's Taylor series; from nothing by the curve's behaviour near 0.
    private func guess(_ p: Double) -> Double {
        guard let last, last.density > 0 else {
            let near = Elementary.exp((Elementary.log(p * curve.a) + curve.logBeta) / curve.a)
            return min(0.5, max(1e-300, near))
        }
        let y = (p - last.p) / last.density
        let series = y * (1 + y * (-0.5 * last.slope + y * (2 * last.slope * last.slope - last.bend) / 6))
        let x = last.x + series
        return x > 0 && x < 1 ? x : last.x
    }
}
