/// A quantity as low, likely and high, where low and high are absolute bounds, not 10 %/90 % guesses.
///
/// `low <= likely <= high`, all finite and of magnitude at most `bound`: no arithmetic on one can overflow. The unit
/// is the caller's (money of one currency, hours, events a year).
public struct ThreePoint: Hashable, Sendable {
    public let low: Double
    public let likely: Double
    public let high: Double

    /// The largest magnitude of any of the three.
    public static let bound = 1e18

    public init(low: Double, likely: Double, high: Double) throws(ThreePointError) {
        for (point, value) in [(ThreePointError.Point.low, low), (.likely, likely), (.high, high)] {
            if value.isNaN { throw .notANumber(point) }
            if value.isInfinite { throw .infinite(point) }
            if value.magnitude > Self.bound { throw .beyondBound(point) }
        }
        guard low <= likely else { throw .outOfOrder(.low, above: .likely) }
        guard likely <= high else { throw .outOfOrder(.likely, above: .high) }
        // A negative zero would be the same quantity with other bits, and so another sampling table.
        self.low = low + 0
        self.likely = likely + 0
        self.high = high + 0
    }

    /// A quantity that is known exactly.
    public static func constant(_ value: Double) throws(ThreePointError) -> ThreePoint {
        try ThreePoint(low: value, likely: value, high: value)
    }

    /// Whether low and high are equal: nothing to sample.
    public var isConstant: Bool { low == high }

    /// Where likely lies between low and high, 0...1; nil for a constant.
    public var modePosition: Double? {
        isConstant ? nil : (likely - low) / (high - low)
    }
}

/// Why three numbers are not a `ThreePoint`.
public enum ThreePointError: Error, Hashable, Sendable {
    public enum Point: String, Hashable, Sendable { case low, likely, high }

    case notANumber(Point)
    case infinite(Point)
    /// The magnitude is above `ThreePoint.bound`.
    case beyondBound(Point)
    /// The first is larger than the second: exchange them, or correct one.
    case outOfOrder(Point, above: Point)
}
