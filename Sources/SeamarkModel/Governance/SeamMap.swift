/// Output 2: the seams by risk index, with their own failure cost beside what the lines attribute to them.
public struct SeamMap: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public var key: String
        public var rank: Int
        /// What lines attribute to it.
        public var exposure: Spread
        /// 0…4; nil: not scored.
        public var severity: Double?
        /// Exposure × severity / 4; nothing where it is not scored.
        public var index: Spread
        /// Failures a week × 52 × cost of one: a cross-check, never money in the figures. Nil: not captured.
        public var failureCost: YearlyCost?
        /// The cost differs from the exposure by more than 30 %.
        public var costDiffers: Bool
        /// What the acceleration scenario adds at this seam.
        public var stressAdded: Spread?
    }

    /// The distance from which on a seam's own cost is questioned, as a share of its exposure.
    public static let tolerance = 0.30

    /// The greatest index first; ties by exposure, then key.
    public let rows: [Row]

    public init(_ exposures: [Exposure], failureCosts: [String: YearlyCost] = [:], stress: Stress? = nil) {
        let sorted = exposures.sorted { left, right in
            let (a, b) = (left.riskIndex?.mean ?? 0, right.riskIndex?.mean ?? 0)
            if a != b { return a > b }
            return left.net.mean != right.net.mean ? left.net.mean > right.net.mean : left.key < right.key
        }
        rows = sorted.enumerated().map { place, exposure in
            let cost = failureCosts[exposure.key]
            return Row(
                key: exposure.key, rank: place + 1, exposure: exposure.net, severity: exposure.severity, index: exposure.riskIndex ?? .nothing,
                failureCost: cost, costDiffers: cost?.differs(from: exposure.net.mean, by: Self.tolerance) ?? false,
                stressAdded: stress?.bySeam.first { $0.key == exposure.key }?.added)
        }
    }

    /// Failures a week × 52 × average cost of one.
    public static func failureCost(failuresPerWeek: ThreePoint, costPerFailure: ThreePoint) -> YearlyCost? {
        YearlyCost(of: [failuresPerWeek, costPerFailure], grade: DecisionView.grade, times: 52)
    }
}
