import SeamarkModel

/// The initiatives of the two invented engagements, in thousands, with the settings of their sequences.
extension InventedEngagements {
    static let haldenInitiatives = [
        initiative("I2", 1, 700, 4, ""), initiative("I1", 2, 1200, 6, "L1 10 L8 20", { $0.isAIScale = true; $0.gate = .hold }),
        initiative("I5", 3, 220, 3, "L2 20 L5 25 L7 10 L3 20"), initiative("I3", 4, 600, 5, "L7 45 L4 25 L1 15", { $0.relievesConstraint = "K1" }),
        initiative("I6", 5, 250, 3, "L3 40 L2 10", { $0.treatsSeam = "S3" }), initiative("I4", 6, 120, 1, "L1 35 L6 30 L8 50", { $0.treatsSeam = "S1" }),
    ]

    static let northlinkInitiatives = [
        initiative("N1", 1, 14_000, 14, "L1 15 L4 10", { $0.mandate = .endOfLife }),
        initiative("N2", 2, 6_500, 6, "L1 20", { $0.isAIScale = true; $0.gate = .hold; $0.addsLoadTo = ["S1"] }),
        initiative("N3", 3, 9_000, 12, "L3 10", { $0.hasGrowthCase = true }), initiative("N4", 4, 4_500, 9, "L2 25 L1 5"),
        initiative("N5", 5, 3_500, 8, ""), initiative("N6", 6, 2_500, 5, "L6 50 L3 20 L4 20 L1 15", { $0.relievesConstraint = "K1" }),
        initiative("N7", 7, 450, 2, "L5 60 L2 25 L4 10", { $0.treatsSeam = "S2"; $0.stage = .idea }),
        initiative("N8", 8, 180, 1, "L1 20 L4 20 L6 10", { $0.treatsSeam = "S1"; $0.stage = .idea }),
        initiative("N9", 9, 1_600, 9, "L6 35 L3 10 L4 10", { $0.relievesConstraint = "K1"; $0.stage = .idea }),
    ]

    /// Targets as text: line, percent, line, percent …
    static func initiative(
        _ key: String, _ rank: Int?, _ cost: Double, _ delay: Double, _ targets: String, _ change: (inout InitiativeReading) -> Void = { _ in }
    ) -> InitiativeReading {
        var reading = InitiativeReading(key: key, declaredRank: rank, cost: range(cost, cost, cost), delayMonths: delay, targets: points(targets).map { target in
            let share = target.points / 100
            return .init(target.key, range(share, share, share))
        })
        change(&reading)
        return reading
    }
}
