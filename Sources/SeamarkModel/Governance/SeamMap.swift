/// Output 2: the seams by risk index, with their own failure cost beside what the lines attribute to them.
public struct SeamMap: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public var key: String
        public var rank: Int
        /// The mean that lines attribute to it.
        public var exposure: Double
        /// 0…4; nil: not scored.
        public var severity: Double?
        /// Exposure × severity / 4.
        public var index: Double
        /// Failures a week × 52 × cost of one: a cross-check, never money in the figures. Nil: not captured.
        public var failureCost: YearlyCost?
        /// The cost differs from the exposure by more than 30 %.
        public var costDiffers: Bool
        /// What the acceleration scenario adds at this seam.
        public var stressAdded: Double?
    }

    /// The distance from which on a seam's own cost is questioned, as a share of its exposure.
    public static let tolerance = 0.30

    /// The greatest index first; ties by exposure, then key.
    public let rows: [Row]

    public init(_ exposures: [Exposure], failureCosts: [String: YearlyCost] = [:], stress: Stress? = nil) {
        let sorted = exposures.sorted { left, right in
            let (a, b) = (left.riskIndex ?? 0, right.riskIndex ?? 0)
            if a != b { return a > b }
            return left.net.mean != right.net.mean ? left.net.mean > right.net.mean : left.key < right.key
        }
        rows = sorted.enumerated().map { place, exposure in
            let cost = failureCosts[exposure.key]
            return Row(
                key: exposure.key, rank: place + 1, exposure: exposure.net.mean, severity: exposure.severity, index: exposure.riskIndex ?? 0,
                failureCost: cost, costDiffers: cost?.differs(from: exposure.net.mean, by: Self.tolerance) ?? false,
                stressAdded: stress?.bySeam.first { $0.key == exposure.key }?.added)
        }
    }

    /// Failures a week × 52 × average cost of one.
    public static func failureCost(failuresPerWeek: ThreePoint, costPerFailure: ThreePoint) -> YearlyCost? {
        YearlyCost(of: [failuresPerWeek, costPerFailure], grade: DecisionView.grade, times: 52)
    }
}
