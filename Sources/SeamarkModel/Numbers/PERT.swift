/// The modified PERT distribution of a three-point quantity: low + (high - low) times a beta variable whose density
/// peaks exactly at likely.
///
/// The shape follows from the mode (a = 1 + k (M - L)/(H - L), b = 1 + k (H - M)/(H - L)), not from the moments: a
/// curve fitted by moments does not peak where the consultant said. A constant is allowed, and k = 0 is uniform.
public struct PERT: Hashable, Sendable {
    public let range: ThreePoint
    /// k: how strongly the most-likely value is believed, 0...100.
    public let concentration: Double

    public init(_ range: ThreePoint, concentration: Double) {
        precondition(concentration >= 0 && concentration <= 100, "the concentration of a PERT distribution is 0...100")
        self.range = range
        self.concentration = concentration
    }

    public init(_ range: ThreePoint, grade: EvidenceGrade) {
        self.init(range, concentration: grade.concentration)
    }

    public var mean: Double {
        if range.isConstant { return range.low }
        return (range.low + concentration * range.likely + range.high) / (concentration + 2)
    }

    public var variance: Double {
        (mean - range.low) * (range.high - mean) / (concentration + 3)
    }

    /// The value that the density peaks at; nil where it is flat (k = 0).
    public var mode: Double? {
        range.isConstant || concentration > 0 ? range.likely : nil
    }

    /// The beta distribution behind it; nil for a constant.
    public var shape: UnitBeta? {
        guard let position = range.modePosition else { return nil }
        return UnitBeta(modePosition: position, concentration: concentration)
    }

    /// The value that a share `p` (0...1) of the distribution lies below. 0 gives low, 1 gives high.
    public func quantile(_ p: Double) -> Double {
        guard let shape else { return range.low }
        return stretched(shape.quantile(p))
    }

    /// From the unit interval to the range, never beyond its ends.
    func stretched(_ x: Double) -> Double {
        min(range.high, range.low + (range.high - range.low) * x)
    }
}
