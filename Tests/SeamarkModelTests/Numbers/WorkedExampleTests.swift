import SeamarkModel
import Testing

/// The discrete manufacturer against the reference calculation. The tolerance is that for the same generator across
/// mathematical libraries, 1e-3; the reference prints one to three decimals, so most agree to half a unit of those.
struct WorkedExampleTests {
    /// Calculated once for all tests: they only look.
    private static let calculated = Result {
        var calculation = RiskCalculation()
        return try calculation.run(InventedEngagements.halden)
    }
    private let result: RiskResult

    init() throws { result = try Self.calculated.get() }

    @Test func `the headline has the reference's figures`() {
        expect(result.headline, [3069.29, 2666.37, 2840.23, 3052.65, 3281.66, 3497.03], within: 2e-6)
    }

    @Test func `rho 0 and rho 1 have the reference's figures`() {
        expect(result.independent, [3069.4, 2798.7, 2917.2, 3064.5, 3212.4, 3351.3], within: 2e-5)
        expect(result.dependent, [3069.2, 2413.0, 2669.1, 3022.6, 3424.9, 3795.2], within: 2e-5)
    }

    @Test func `the headline is a share of the plan`() throws {
        guard case .ofPlannedOperatingIncome(let share) = result.relative else { return #expect(Bool(false)) }
        #expect((share.p10 * 100 - 33.3).magnitude < 0.05)
        #expect((share.p50 * 100 - 38.2).magnitude < 0.05)
        #expect((share.p90 * 100 - 43.7).magnitude < 0.05)
    }

    @Test func `lines have their exact and net means`() {
        #expect(result.lines.map(\.key) == ["L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8"])
        let exact = [512.5, 883 + 1.0 / 3, 252.72, 427.5, 192, 156.25, 660.5555555555555, 225]
        for (line, mean) in zip(result.lines, exact) { #expect(agree(line.exactMean, mean, within: 1e-14)) }
        #expect(agree(result.lines.reduce(0) { $0 + $1.exactMean }, 3309.858889, within: 1e-9))
        let net = [512.5, 883.3, 252.8, 427.5, 192.1, 156.25, 532.3, 112.5]
        for (line, mean) in zip(result.lines, net) { #expect((line.net.mean - mean).magnitude < 0.05) }
        // A line of one range keeps its exact mean whatever the seed.
        for line in result.lines where ["L1", "L2", "L4", "L6", "L8"].contains(line.key) {
            #expect(agree(line.gross.mean, line.exactMean, within: 1e-6))
        }
    }

    @Test func `the bounds are those reckoned by hand`() {
        #expect(agree(result.allLow, 1882, within: 1e-12))
        #expect(agree(result.allLikely, 2886, within: 1e-12))
        #expect(agree(result.allHigh, 5336, within: 1e-12))
    }

    @Test func `the waterfall leads from gross to net`() {
        let waterfall = result.waterfall
        #expect((waterfall.gross.mean - waterfall.overlap.mean - waterfall.ceiling.mean - waterfall.net.mean).magnitude < 1e-9)
        #expect((waterfall.overlap.mean - 240.7).magnitude < 0.05)
        #expect(waterfall.overlap.mean <= 240.75)
        #expect(waterfall.ceiling.mean == 0 && waterfall.ceiling.p10 == 0 && waterfall.ceiling.p90 == 0)
        #expect(waterfall.net == result.headline)
        // A range holds its median, and a year's gross is more than its net.
        for step in [waterfall.gross, waterfall.overlap] { #expect(step.p10 < step.p50 && step.p50 < step.p90) }
        #expect(waterfall.gross.p10 > waterfall.net.p10 && waterfall.gross.p90 > waterfall.net.p90)
    }

    @Test func `domains rank as in the reference, with two front runners`() {
        #expect(result.domains.map(\.key) == ["D2", "D6", "D8", "D3", "D4", "D5", "D9", "D1", "D7"])
        for (row, mean) in zip(result.domains, [510.4, 491.5, 376.3, 332.4, 307.6, 278.5, 132.4, 97.9, 0]) {
            #expect((row.net.mean - mean).magnitude < 0.06)
        }
        #expect((result.unallocated.mean - 542.5).magnitude < 0.05)
        #expect((result.domains[0].firstShare - 0.708).magnitude < 0.0005)
        #expect((result.domains[1].firstShare - 0.288).magnitude < 0.0005)
        #expect(result.frontRunningDomains == ["D2", "D6"])
        #expect(result.domains.map(\.rank) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(agree(result.domains.reduce(0) { $0 + $1.firstShare }, 1, within: 1e-12))
        #expect(agree(result.domains.reduce(0) { $0 + $1.firstThreeShare }, 3, within: 1e-12))
    }

    @Test func `seams rank as in the reference`() throws {
        #expect(result.seams.map(\.key) == ["S2", "S3", "S1"])
        for (row, mean) in zip(result.seams, [573.4, 550.0, 350.0]) { #expect((row.net.mean - mean).magnitude < 0.05) }
        #expect((result.notAtASeam.mean - 1595.9).magnitude < 0.05)
        #expect(result.frontRunningSeams == ["S2", "S3"])
        // Severity 2 of 4, in every run.
        let (index, exposure) = (try #require(result.seams[0].riskIndex), result.seams[0].net)
        for (part, whole) in [(index.mean, exposure.mean), (index.p10, exposure.p10), (index.p90, exposure.p90)] { #expect(agree(part, whole / 2, within: 1e-12)) }
    }

    @Test func `categories, evidence, plan and variance split the mean as in the reference`() {
        #expect(result.categories.map(\.category) == [.quality, .downtime, .labour, .expedite, .penalty])
        for (row, mean) in zip(result.categories, [1136.1, 644.8, 619.6, 512.5, 156.3]) {
            #expect((row.net.mean - mean).magnitude < 0.06)
        }
        for (row, share) in zip(result.evidence, [0.357, 0.461, 0.145, 0.037]) { #expect((row.share - share).magnitude < 0.0005) }
        #expect((result.inPlan.notInPlan - 1034.1).magnitude < 0.06)
        #expect((result.inPlan.inPlan - 2035.2).magnitude < 0.06)
        #expect(result.inPlan.unknown == 0)
        for (line, share) in [(1, 0.286), (6, 0.214), (2, 0.176)] {
            #expect((result.lines[line].varianceShare - share).magnitude < 0.0005)
        }
        #expect(agree(result.lines.reduce(0) { $0 + $1.varianceShare }, 1, within: 1e-12))
    }

    @Test func `every part adds up to the headline's mean`() {
        let mean = result.headline.mean
        #expect((result.domains.reduce(result.unallocated.mean) { $0 + $1.net.mean } - mean).magnitude < 1e-9)
        #expect((result.seams.reduce(result.notAtASeam.mean) { $0 + $1.net.mean } - mean).magnitude < 1e-9)
        #expect((result.categories.reduce(0) { $0 + $1.net.mean } - mean).magnitude < 1e-9)
        #expect((result.evidence.reduce(0) { $0 + $1.net.mean } - mean).magnitude < 1e-9)
        #expect((result.lines.reduce(0) { $0 + $1.net.mean } - mean).magnitude < 1e-9)
    }

    @Test func `the example raises no finding`() {
        #expect(result.findings.isEmpty)
        #expect(result.stress == nil)
    }

    @Test func `rho 1 without overlaps adds the lines' percentiles exactly`() throws {
        var input = InventedEngagements.halden
        input.overlaps = []
        var calculation = RiskCalculation()
        let result = try calculation.run(input, settings: RiskSettings(correlation: 1))
        for (whole, part, reference) in [
            (result.headline.p10, \Spread.p10, 2597.742), (result.headline.p50, \Spread.p50, 3260.476), (result.headline.p90, \Spread.p90, 4096.445),
        ] {
            #expect(agree(whole, result.lines.reduce(0) { $0 + $1.net[keyPath: part] }, within: 1e-12))
            #expect((whole - reference).magnitude < 0.0006)
        }
    }

    @Test func `rho 0 without overlaps has the exact mean and variance of five ranges`() throws {
        var input = InventedEngagements.halden
        input.overlaps = []
        input.lines.removeAll { $0.amount.parts.count > 1 }
        let settings = RiskSettings(correlation: 0)
        var calculation = RiskCalculation()
        let result = try calculation.run(input, settings: settings)
        #expect(agree(result.headline.mean, 2204.583333, within: 1e-6))
        #expect(result.independent == result.headline)
        let exact = input.lines.reduce(0) { $0 + $1.amount.parts.reduce(0) { $0 + PERT($1, grade: grade(of: $1)).variance } }
        func grade(of part: ThreePoint) -> EvidenceGrade {
            input.lines.first { $0.amount.parts == [part] }?.grade ?? .a
        }
        #expect((exact - 26_049.07).magnitude < 0.005)
        var total = [Double](repeating: 0, count: settings.iterations)
        for line in input.lines {
            for (n, value) in try calculation.draws(of: line, settings: settings).enumerated() { total[n] += value }
        }
        let mean = total.reduce(0, +) / Double(total.count)
        let variance = total.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(total.count)
        #expect(agree(variance, exact, within: 0.01))
    }

    /// Mean, P10, P25, P50, P75, P90.
    private func expect(_ spread: Spread, _ figures: [Double], within tolerance: Double) {
        let ours = [spread.mean, spread.p10, spread.p25, spread.p50, spread.p75, spread.p90]
        for (value, figure) in zip(ours, figures) {
            #expect(agree(value, figure, within: tolerance), "\(value) instead of \(figure)")
        }
    }
}

/// The freight company against the reference calculation, which prints whole thousands here.
struct NorthlinkExampleTests {
    @Test func `means, percentiles, domains, seams and stress have the reference's figures`() throws {
        var calculation = RiskCalculation()
        let result = try calculation.run(InventedEngagements.northlink)
        let exact = [1962.5, 947.916667, 1487.5, 987.5, 584.32, 1507.5, 650.0]
        for (line, mean) in zip(result.lines, exact) { #expect(agree(line.exactMean, mean, within: 1e-9)) }
        #expect(agree(result.lines.reduce(0) { $0 + $1.exactMean }, 8127.236667, within: 1e-9))
        for (value, figure) in [
            (result.headline.p10, 6761.0), (result.headline.p50, 7734), (result.headline.p90, 8856), (result.headline.mean, 7780),
        ] {
            #expect((value - figure).magnitude < 0.6, "\(value) instead of \(figure)")
        }
        #expect(result.domains.prefix(6).map(\.key) == ["D2", "D8", "D3", "D9", "D4", "D1"])
        for (row, mean) in zip(result.domains, [1844.0, 1499, 971, 703, 595, 461]) {
            #expect((row.net.mean - mean).magnitude < 0.6, "\(row.key) \(row.net.mean)")
        }
        #expect((result.domains[0].firstShare - 0.986).magnitude < 0.001)
        #expect(result.frontRunningDomains == ["D2"])
        for (row, mean) in zip(result.seams, [2416.0, 1236, 919]) {
            #expect((row.net.mean - mean).magnitude < 0.6, "\(row.key) \(row.net.mean)")
        }
        let stress = try #require(result.stress)
        #expect(stress.seams == ["S1"])
        #expect((stress.net.mean - 9713).magnitude < 0.6)
        #expect((stress.net.p90 - 10_994).magnitude < 0.6)
        // Exact for a constant velocity: (1.8 - 1) x 4/4 x the seam's exposure.
        #expect(agree(stress.added.mean, 0.8 * result.seams[0].net.mean, within: 1e-10))
        #expect(agree(stress.added.p10, 0.8 * result.seams[0].net.p10, within: 1e-10) && agree(stress.added.p90, 0.8 * result.seams[0].net.p90, within: 1e-10))
        guard case .ofPlannedOperatingIncome(let share) = result.relative else { return #expect(Bool(false)) }
        #expect([share.p10, share.p50, share.p90].map { ($0 * 100).rounded() } == [36, 42, 48])
    }
}
