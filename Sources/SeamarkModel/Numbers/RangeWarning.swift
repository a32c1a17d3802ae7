/// Why a range looks too sure of itself. A warning asks for a reason; it refuses nothing.
public enum RangeWarning: Hashable, Sendable {
    /// The distance from likely to that end is `share` of likely, less than the grade supports (`required`).
    case tooNarrow(ThreePointError.Point, share: Double, required: Double)
    /// Likely lies at `position` (0...1) between low and high, outside 0.13...0.87 (the bound of Farnum and Stanton).
    case modeNearAnEnd(position: Double)
}

extension ThreePoint {
    /// What a consultant must be asked about this range before it is saved. A likely of 0 has no relative width and
    /// is not judged by it.
    public func warnings(grade: EvidenceGrade) -> [RangeWarning] {
        var warnings: [RangeWarning] = []
        if likely != 0 {
            let required = grade.minimumHalfWidth
            // 0.15 is not a binary fraction: a range that is exactly as wide as asked may compute a hair narrower.
            let slack = 1e-12
            let below = (likely - low) / likely.magnitude, above = (high - likely) / likely.magnitude
            if below < required - slack { warnings.append(.tooNarrow(.low, share: below, required: required)) }
            if above < required - slack { warnings.append(.tooNarrow(.high, share: above, required: required)) }
        }
        if let position = modePosition, position < 0.13 || position > 0.87 {
            warnings.append(.modeNearAnEnd(position: position))
        }
        return warnings
    }
}
