import SeamarkModel

/// Two invented engagements (all names and figures fictitious; amounts in thousands) with results from an independent
/// reference calculation in Python (10,000 iterations, seed 20260317).
enum InventedEngagements {
    /// A discrete manufacturer: revenue 100,000, planned operating income 8,000.
    static let halden = RiskInput(
        lines: [
            line("L1", .expedite, .a, .no, [range(380, 500, 720)], "D2 40 D3 30 D8 10", "S1 50 S2 20"),
            line("L2", .quality, .b, .yes, [range(600, 850, 1300)], "D6 35 D5 25 D2 20", "S3 40"),
            line("L3", .quality, .c, .no, [range(6, 10, 18), range(12, 20, 45)], "D9 40 D6 30 D2 20", "S3 60"),
            line("L4", .labour, .a, .yes, [range(300, 420, 600)], "D4 45 D8 20 D1 15", "S2 40"),
            line("L5", .labour, .c, .yes, [range(8, 12, 20), range(9, 14, 24)], "D4 60 D5 30", ""),
            line("L6", .penalty, .a, .no, [range(110, 150, 240)], "D2 50 D3 20 D9 20", "S1 60"),
            line("L7", .downtime, .b, .yes, [range(180, 260, 420), range(2.1, 2.4, 2.8)], "D8 45 D6 20 D3 15", "S2 50"),
            line("L8", .downtime, .d, .no, [range(120, 200, 380)], "D3 60 D1 30", "S2 30 S3 40"),
        ],
        overlaps: [Overlap("L4", "L7", share: 0.3), Overlap("L7", "L8", share: 0.5)],
        domains: domains(9),
        seams: [
            SeamReading(key: "S1", severity: 4), SeamReading(key: "S2", severity: 2), SeamReading(key: "S3", severity: 3),
        ],
        plannedOperatingIncome: 8000, revenue: 100_000)

    /// Regulated freight: revenue 310,000, planned operating income 18,600.
    static let northlink = RiskInput(
        lines: [
            line("L1", .expedite, .a, .unknown, [range(1400, 1900, 2900)], "D2 45 D3 25 D8 10", "S1 60"),
            line("L2", .quality, .b, .unknown, [range(40, 60, 95), range(9, 14, 26)], "D9 40 D2 30 D5 10", "S2 55"),
            line("L3", .labour, .a, .unknown, [range(1100, 1450, 2100)], "D4 40 D8 25 D1 10", "S1 30"),
            line("L4", .penalty, .a, .unknown, [range(700, 950, 1500)], "D2 45 D3 25 D9 15", "S1 45 S2 25"),
            line("L5", .penalty, .c, .unknown, [range(110, 160, 240), range(2.0, 3.2, 6.0)], "D3 40 D9 30 D1 20", "S2 80"),
            line("L6", .downtime, .b, .unknown, [range(900, 1300, 2000), range(0.9, 1.1, 1.4)], "D8 55 D2 20 D6 10", "S1 30 S3 40"),
            line("L7", .downtime, .d, .unknown, [range(300, 550, 1200)], "D8 45 D1 30 D7 15", "S3 70"),
        ],
        overlaps: [Overlap("L3", "L6", share: 0.25)],
        domains: domains(9),
        seams: [
            SeamReading(key: "S1", severity: 4, isAIExposed: true, velocity: range(1.8, 1.8, 1.8)),
            SeamReading(key: "S2", severity: 4), SeamReading(key: "S3", severity: 3),
        ],
        plannedOperatingIncome: 18_600, revenue: 310_000)

    static func domains(_ count: Int) -> [DomainReading] {
        (1...count).map { DomainReading(key: "D\($0)", severity: 0.5, confidence: 0.8) }
    }

    /// Points as text: key, points, key, points …
    static func points(_ text: String) -> [PointShare] {
        let words = text.split(separator: " ")
        return stride(from: 0, to: words.count, by: 2).compactMap { place in
            Double(words[place + 1]).map { PointShare(String(words[place]), $0) }
        }
    }

    static func line(
        _ key: String, _ category: LeakageCategory, _ grade: EvidenceGrade, _ inPlan: InPlan, _ parts: [ThreePoint],
        _ domains: String, _ seams: String
    ) -> PricedLine {
        PricedLine(
            key: key, category: category, grade: grade, amount: parts.count == 1 ? .amount(parts[0]) : .factors(parts),
            inPlan: inPlan, domainPoints: points(domains), seamPoints: points(seams))
    }
}

/// A range that is known to be one.
func range(_ low: Double, _ likely: Double, _ high: Double) -> ThreePoint {
    guard let range = try? ThreePoint(low: low, likely: likely, high: high) else {
        preconditionFailure("a test's range is not in order")
    }
    return range
}

/// Whether two numbers agree to a relative tolerance.
func agree(_ left: Double, _ right: Double, within tolerance: Double) -> Bool {
    (left - right).magnitude <= tolerance * max(left.magnitude, right.magnitude, 1e-300)
}
