import SeamarkModel
import Testing

struct InvestmentSequenceTests {
    private typealias Verdict = InvestmentSequence.Verdict

    private static func initiative(
        _ key: String, _ cost: Double, _ targets: String, _ change: (inout InitiativeReading) -> Void = { _ in }
    ) -> InitiativeReading { InventedEngagements.initiative(key, nil, cost, 0, targets, change) }

    @Test func `the vector's three initiatives`() {
        let sequence = InvestmentSequence([
            Self.initiative("a", 10, "X 50"), Self.initiative("b", 10, "X 50 Y 25"), Self.initiative("c", 15, "Y 50") { $0.relievesConstraint = "K" },
        ], in: .init(lines: ["X": 100, "Y": 80], governing: ["K"], budget: 30, horizonMonths: 12))
        #expect(sequence.rows.map(\.key) == ["c", "b", "a"])
        #expect(sequence.rows.map(\.verdict) == [.fundConstraint, .fund, .notFunded])
        #expect(sequence.rows.map(\.protected) == [40, 60, 25])
        #expect(sequence.residual == ["X": 50, "Y": 30] && sequence.budgetLeft == 5)
        #expect(sequence.rows[0].paybackMonths == 4.5)
    }

    @Test func `the carrier's programme comes out at the reference`() throws {
        var calculation = RiskCalculation()
        let means = try calculation.netMeans(InventedEngagements.northlink)
        let sequence = InvestmentSequence(InventedEngagements.northlinkInitiatives, in: .init(
            lines: means, governing: ["K1"], severeSeams: ["S1", "S2", "S3"], budget: 40_000))
        #expect(sequence.rows.map(\.key) == ["N1", "N6", "N9", "N8", "N7", "N4", "N3", "N2", "N5"])
        #expect(sequence.rows.map(\.verdict) == [.keepMandated, .fundConstraint, .review, .fund, .fund, .review, .review, .pause, .pause])
        #expect(agree(sequence.rows[1].protected, 3373, within: 1e-3))
        for (row, ratio) in [(1, 1.35), (2, 0.55), (3, 7.8), (4, 4.1), (5, 0.12)] {
            #expect(agree(sequence.rows[row].ratio ?? .nan, ratio, within: 0.05), "\(row)")
        }
        #expect(sequence.rows[7].holds == [.gateNotPassed, .addsLoad(to: "S1")] && sequence.rows[8].holds == [.noLink])
        #expect(sequence.money(.pause) == 10_000)
        #expect(sequence.before.share == 0.0625)
        #expect(agree(sequence.after.share ?? .nan, 0.146, within: 2e-3) && agree(sequence.freeChoice.share ?? .nan, 0.799, within: 1e-3))
        #expect(agree(sequence.residual.values.reduce(0, +), 4953, within: 1e-3))
        #expect(sequence.rows.first { $0.key == "N6" }?.moved == 4 && sequence.rows.first { $0.key == "N2" }?.moved == -6)
    }

    @Test func `the manufacturer's programme comes out at the reference`() throws {
        var calculation = RiskCalculation()
        let means = try calculation.netMeans(InventedEngagements.halden)
        let sequence = InvestmentSequence(InventedEngagements.haldenInitiatives, in: .init(
            lines: means, governing: ["K1"], severeSeams: ["S1", "S3"], budget: 1900))
        #expect(sequence.rows.map(\.key) == ["I3", "I4", "I6", "I5", "I2", "I1"])
        #expect(sequence.rows.map(\.verdict) == [.fundConstraint, .fund, .fund, .fund, .pause, .pause])
        for (row, protected, ratio) in [(0, 1094.0, 1.82), (1, 745, 6.2), (2, 521, 2.1), (3, 733, 3.3)] {
            #expect(agree(sequence.rows[row].protected, protected, within: 1e-3) && agree(sequence.rows[row].ratio ?? .nan, ratio, within: 0.02), "\(row)")
        }
        #expect(sequence.budgetLeft == 710 && sequence.after.all == 1190)
        #expect(agree(sequence.before.share ?? .nan, 0.194, within: 2e-3) && agree(sequence.after.share ?? .nan, 0.504, within: 1e-3))
        #expect(agree(sequence.residual.values.reduce(0, +), 1934, within: 1e-3))
    }

    @Test func `what is left is simulated with the same mean, and its range lies inside`() throws {
        var calculation = RiskCalculation()
        let input = InventedEngagements.halden
        let sequence = InvestmentSequence(InventedEngagements.haldenInitiatives, in: .init(
            lines: try calculation.netMeans(input), governing: ["K1"], severeSeams: ["S1", "S3"], budget: 1900))
        var steps = sequence.rows.map { row in
            let initiative = InventedEngagements.haldenInitiatives.first { $0.key == row.key }
            return RiskCalculation.Protecting(
                initiative: row.key, targets: initiative?.targets ?? [], years: max(0, 36 - (initiative?.delayMonths ?? 0)) / 12, isApplied: row.verdict.isFunded)
        }
        let left = try calculation.protection(input, by: steps)
        #expect(agree(left.residual.mean, sequence.residual.values.reduce(0, +), within: 1e-9) && agree(left.residual.mean, 1934, within: 1e-3))
        #expect(left.residual.p10 < left.residual.mean && left.residual.p90 > left.residual.mean && left.residual.p90 < 3069)
        for (row, spread) in zip(sequence.rows, left.protected) {
            #expect((row.protected - spread.mean).magnitude < 1e-9 * max(1, row.protected))
            #expect(spread.p10 <= spread.p90)
        }
        // The order of the funded makes no difference to what is left, nor does a target that no line has.
        let other = try calculation.protection(input, by: steps.reversed() + [.init(initiative: "x", targets: [.init("nobody", range(1, 1, 1))], years: 1, isApplied: true)])
        #expect(agree(other.residual.p10, left.residual.p10, within: 1e-12) && agree(other.residual.mean, left.residual.mean, within: 1e-12))
        #expect(try calculation.protection(input, by: []).residual.p50 == calculation.run(input).headline.p50)
        // A range of the reductions keeps the mean and widens the rest.
        for step in steps.indices {
            for target in steps[step].targets.indices {
                let share = steps[step].targets[target].reduction.likely
                steps[step].targets[target].reduction = range(0, share, 2 * share)
            }
        }
        let wide = try calculation.protection(input, by: steps)
        #expect(agree(wide.residual.mean, left.residual.mean, within: 1e-2) && wide.residual.p90 - wide.residual.p10 > left.residual.p90 - left.residual.p10)
    }

    @Test func `each rule of the pause, the tiers and the ties`() {
        func verdicts(_ readings: [InitiativeReading], _ setting: InvestmentSequence.Setting) -> [String: Verdict] {
            Dictionary(uniqueKeysWithValues: InvestmentSequence(readings, in: setting).rows.map { ($0.key, $0.verdict) })
        }
        let setting = InvestmentSequence.Setting(lines: ["X": 1000], governing: ["K"], severeSeams: ["S"], slowDecisions: ["D"], budget: 100, horizonMonths: 12)
        let found = verdicts([
            Self.initiative("ai", 1, "X 10") { $0.isAIScale = true }, Self.initiative("limited", 1, "X 10") { $0.isAIScale = true; $0.gate = .limited },
            Self.initiative("passed", 1, "X 10") { $0.isAIScale = true; $0.gate = .pass }, Self.initiative("loads", 1, "X 10") { $0.addsLoadTo = ["K"] },
            Self.initiative("mild", 1, "X 10") { $0.addsLoadTo = ["other"] }, Self.initiative("nothing", 1, ""), Self.initiative("unknown", 1, "Y 50"),
            Self.initiative("growth", 1, "") { $0.hasGrowthCase = true }, Self.initiative("must", 5, "") { $0.mandate = .safety },
            Self.initiative("waits", 1, "X 10") { $0.prerequisites = ["nothing"] }, Self.initiative("waitsToo", 1, "X 10") { $0.prerequisites = ["waits"] },
            Self.initiative("circle", 1, "X 10") { $0.prerequisites = ["circle"] }, Self.initiative("dear", 99, "X 10"),
        ], setting)
        #expect(found == [
            "ai": .pause, "limited": .pause, "passed": .fund, "loads": .pause, "mild": .fund, "nothing": .pause, "unknown": .pause, "growth": .review,
            "must": .keepMandated, "waits": .pause, "waitsToo": .pause, "circle": .fund, "dear": .review,
        ])
        let tiers = InvestmentSequence([
            Self.initiative("seam", 1, "X 1") { $0.treatsSeam = "S" }, Self.initiative("decision", 1, "X 2") { $0.treatsDecision = "D" },
            Self.initiative("plain", 1, "X 50"), Self.initiative("first", 1, "X 1") { $0.relievesConstraint = "K" },
            Self.initiative("law", 1, "") { $0.mandate = .regulatory }, Self.initiative("robot", 1, "X 90") { $0.isAIScale = true; $0.gate = .pass; $0.relievesConstraint = "K" },
        ], in: setting)
        #expect(tiers.rows.map(\.key) == ["law", "first", "decision", "seam", "plain", "robot"] && tiers.rows.map(\.tier) == [0, 1, 2, 2, 3, 5])
        let ties = InvestmentSequence([Self.initiative("b", 2, "X 20"), Self.initiative("c", 1, "Y 10"), Self.initiative("a", 2, "Z 20")], in: .init(
            lines: ["X": 100, "Y": 100, "Z": 100], horizonMonths: 12))
        #expect(ties.rows.map(\.key) == ["c", "a", "b"])
        let depends = InvestmentSequence([Self.initiative("b", 1, "X 20") { $0.prerequisites = ["a"] }, Self.initiative("a", 100, "X 1")], in: setting)
        #expect(depends.rows.first { $0.key == "b" }?.unfundedPrerequisites == ["a"])
        let free = InvestmentSequence([Self.initiative("free", 0, "X 1"), InitiativeReading(key: "unpriced", cost: nil, targets: [.init("X", range(1, 1, 1))])], in: setting)
        #expect(free.rows.map(\.verdict) == [.fund, .review] && free.rows[0].ratio == .infinity && free.rows[1].ratio == nil)
        let late = InvestmentSequence([InventedEngagements.initiative("late", nil, 1, 40, "X 50")], in: setting)
        #expect(late.rows[0].protected == 0 && late.rows[0].verdict == .review)
    }

    @Test func `a person's ruling stands beside the computed verdict and does not alter it`() {
        let setting = InvestmentSequence.Setting(lines: ["X": 100], budget: 30, horizonMonths: 12)
        let ruling = InvestmentSequence.Ruling(verdict: .pause, reason: "wait for the audit", approver: "chief financial officer")
        let plain = InvestmentSequence([Self.initiative("a", 10, "X 50")], in: setting)
        let ruled = InvestmentSequence([Self.initiative("a", 10, "X 50")], in: setting, rulings: ["a": ruling])
        #expect(ruled.rows[0].verdict == .fund && ruled.rows[0].standing == .pause && ruled.rows[0].ruling == ruling)
        #expect(ruled.residual == plain.residual && plain.rows[0].standing == .fund)
    }

    @Test func `what fits the budget to the last cent is funded, and a ratio that is the hurdle on paper reaches it`() {
        func thirds(_ budget: Double) -> InvestmentSequence {
            InvestmentSequence(["a", "b", "c"].map { Self.initiative($0, 1000.07, "X 50") }, in: .init(lines: ["X": 1_000_000], budget: budget))
        }
        // 3,000.21 less 1,000.07 twice is a little less than 1,000.07, as binary fractions are.
        #expect(thirds(3000.21).rows.map(\.verdict) == [.fund, .fund, .fund] && thirds(3000.21).budgetLeft == 0)
        #expect(thirds(3000.20).rows.map(\.verdict) == [.fund, .fund, .notFunded] && thirds(3000.20).budgetLeft == 1000.06)
        // Not whole hundredths: as nearly as can be told.
        let fine = InvestmentSequence(["a", "b", "c"].map { Self.initiative($0, 0.0073, "X 50") }, in: .init(lines: ["X": 1_000_000], budget: 0.0219))
        #expect(fine.rows.map(\.verdict) == [.fund, .fund, .fund])

        func verdicts(_ cost: Double) -> [Verdict] { InvestmentSequence([Self.initiative("a", cost, "X 29")], in: .init(lines: ["X": 100_000])).rows.map(\.verdict) }
        #expect(verdicts(87_000) == [.fund] && verdicts(87_000.01) == [.review])
    }

    @Test func `ratios that are equal on paper are ties: the lower cost goes first, then the lesser key`() {
        // 29 % of 100,000 over three years is 87,000, and a last bit less as it is reckoned.
        let lines = ["X": 100_000.0, "Y": 100_000, "Z": 29_000]
        let cost = InvestmentSequence([Self.initiative("a", 90_000, "Y 30"), Self.initiative("z", 87_000, "X 29")], in: .init(lines: lines))
        #expect(cost.rows.map(\.key) == ["z", "a"] && cost.rows[0].ratio != cost.rows[1].ratio)
        let key = InvestmentSequence([Self.initiative("b", 87_000, "Z 100"), Self.initiative("a", 87_000, "X 29")], in: .init(lines: lines))
        #expect(key.rows.map(\.key) == ["a", "b"])
    }

    /// Costs of whole cents, and budgets that three of them fit exactly or miss by a cent: against whole numbers.
    @Test(arguments: UInt64(0)..<120)
    func `a budget is spent to the last cent`(seed: UInt64) throws {
        var dice = RandomStream(state: seed)
        let costs = (0..<6).map { _ -> [Int64] in
            let points = (0..<3).map { _ in Int64(dice.next() % 2_000_000) + 1 }.sorted()
            return seed % 2 == 0 ? [points[1], points[1], points[1]] : points
        }
        /// The mean of a range, in sixths of a cent.
        func mean(_ cost: [Int64]) -> Int64 { cost[0] + 4 * cost[1] + cost[2] }
        let cheapest = costs.map(mean).sorted().prefix(3).reduce(0, +)
        let budget = (cheapest + 5) / 6 - Int64(dice.next() % 2)
        let readings = costs.enumerated().map { place, cost -> InitiativeReading in
            var reading = Self.initiative("i\(place)", 1, "L\(place) 50")
            reading.cost = range(Double(cost[0]) / 100, Double(cost[1]) / 100, Double(cost[2]) / 100)
            return reading
        }
        let lines = Dictionary(uniqueKeysWithValues: costs.indices.map { ("L\($0)", 1e9) })
        let sequence = InvestmentSequence(readings, in: .init(lines: lines, budget: Double(budget) / 100))
        var left = 6 * budget
        for row in sequence.rows {
            let place = try #require(Int(row.key.dropFirst()))
            let asked = mean(costs[place])
            let expected: Verdict = asked <= left ? .fund : .notFunded
            #expect(row.verdict == expected, "\(row.key)")
            if asked <= left { left -= asked }
        }
        #expect(sequence.budgetLeft == Double(left) / 600)
    }

    /// Random programmes, replayed step by step from the rows alone: every choice must have been the best one left in its tier, with the money
    /// and the residual that the rows before it leave.
    @Test(arguments: UInt64(0)..<150)
    func `every step takes the best that is left, money adds up, and the order of the input is not seen`(seed: UInt64) throws {
        var dice = RandomStream(state: seed)
        func chance(_ one: UInt64) -> Bool { dice.next() % one == 0 }
        let lines = Dictionary(uniqueKeysWithValues: (0..<4).map { ("L\($0)", Double(dice.next() % 200)) })
        let readings = (0..<8).map { place in
            // Whole numbers, so that ties occur.
            InventedEngagements.initiative("i\(place)", Int(dice.next() % 9), Double(dice.next() % 6) * 10, Double(dice.next() % 3) * 6, "L\(dice.next() % 4) \(dice.next() % 5 * 20)") {
                if chance(6) { $0.mandate = .safety }
                if chance(5) { $0.relievesConstraint = "K" }
                if chance(5) { $0.treatsSeam = "S" }
                if chance(6) { $0.isAIScale = true; $0.gate = chance(2) ? .pass : .hold }
                if chance(8) { $0.addsLoadTo = ["S"] }
                if chance(6) { $0.hasGrowthCase = true }
                if chance(3) { $0.prerequisites = ["i\(dice.next() % 8)"] }
            }
        }
        let setting = InvestmentSequence.Setting(lines: lines, governing: ["K"], severeSeams: ["S"], budget: 120, horizonMonths: 24)
        let sequence = InvestmentSequence(readings, in: setting)
        #expect(InvestmentSequence(readings.reversed(), in: setting) == sequence)
        #expect(Set(sequence.rows.map(\.key)) == Set(readings.map(\.key)) && sequence.rows.map(\.rank) == Array(1...8))
        let asked = readings.reduce(0) { $0 + ($1.cost?.likely ?? 0) }
        #expect((Verdict.allCases.reduce(0) { $0 + sequence.money($1) } - asked).magnitude < 1e-9)

        let byKey = Dictionary(uniqueKeysWithValues: readings.map { ($0.key, $0) })
        var funded: [InitiativeReading] = []
        /// From scratch each time: all that was funded so far, in any order.
        func left(_ line: String) -> Double {
            funded.flatMap(\.targets).filter { $0.line == line }.reduce(lines[line] ?? 0) { $0 * (1 - $1.reduction.likely) }
        }
        func protects(_ reading: InitiativeReading) -> Double {
            reading.targets.reduce(0) { $0 + left($1.line) * $1.reduction.likely } * max(0, 24 - reading.delayMonths) / 12
        }
        func ratio(_ reading: InitiativeReading) -> Double {
            let cost = reading.cost?.likely ?? 0
            return cost > 0 ? protects(reading) / cost : protects(reading) > 0 ? .infinity : 0
        }
        let paused = Set(sequence.rows.filter { $0.verdict == .pause }.map(\.key))
        for (place, row) in sequence.rows.enumerated() {
            let reading = try #require(byKey[row.key])
            let isBad = reading.isAIScale && reading.gate != .pass || !reading.addsLoadTo.isEmpty
                || reading.targets.allSatisfy { $0.reduction.high == 0 } && reading.mandate == nil && !reading.hasGrowthCase
            #expect(paused.contains(row.key) == (isBad || !reading.prerequisites.isDisjoint(with: paused.subtracting([row.key]))))
            if row.verdict == .pause { continue }
            #expect(agree(row.protected, protects(reading), within: 1e-9) || (row.protected - protects(reading)).magnitude < 1e-9)
            for other in sequence.rows[(place + 1)...] where other.verdict != .pause {
                #expect((other.tier ?? 9) >= (row.tier ?? 9))
                if other.tier == row.tier, let rival = byKey[other.key] {
                    #expect(ratio(rival) <= ratio(reading) * (1 + 1e-12))
                }
            }
            let cost = reading.cost?.likely ?? 0
            let spent = funded.reduce(0) { $0 + ($1.cost?.likely ?? 0) }
            if reading.mandate == nil, ratio(reading) < 1 - 1e-12 {
                #expect(row.verdict == .review)
            } else if spent + cost > 120 {
                #expect(row.verdict == .notFunded)
            } else {
                #expect(row.verdict.isFunded)
                funded.append(reading)
            }
        }
        for (line, value) in sequence.residual { #expect((value - left(line)).magnitude < 1e-9) }
        #expect(sequence.after.all == funded.reduce(0) { $0 + ($1.cost?.likely ?? 0) })
    }
}

struct SeamMapTests {
    @Test func `seams rank by exposure times severity, and a cost that is far off is pointed out`() throws {
        var calculation = RiskCalculation()
        let result = try calculation.run(InventedEngagements.halden, settings: RiskSettings(iterations: 1000))
        // 573 × 2/4, 550 × 3/4, 350 × 4/4.
        let cost = try #require(SeamMap.failureCost(failuresPerWeek: range(2, 3, 4), costPerFailure: range(2, 2, 2)))
        #expect(agree(cost.mean, 312, within: 1e-12) && cost.low == 208 && cost.high == 416)
        let map = SeamMap(result.seams, failureCosts: ["S3": cost, "S1": cost])
        #expect(map.rows.map(\.key) == ["S3", "S1", "S2"] && map.rows.map(\.rank) == [1, 2, 3])
        // 312 is 43 % below 550 and 11 % below 350.
        #expect(map.rows.map(\.costDiffers) == [true, false, false] && map.rows[2].failureCost == nil)
        for row in map.rows {
            let share = (row.severity ?? 0) / 4
            #expect(agree(row.index.mean, row.exposure.mean * share, within: 1e-12) && agree(row.index.p90, row.exposure.p90 * share, within: 1e-12))
        }
    }

    @Test func `what the scenario adds is the sum of what it adds at each seam`() throws {
        var input = InventedEngagements.northlink
        input.seams[1].isAIExposed = true
        input.seams[1].velocity = range(1, 1.3, 2)
        var calculation = RiskCalculation()
        let result = try calculation.run(input, settings: RiskSettings(iterations: 2000))
        let stress = try #require(result.stress)
        #expect(stress.bySeam.map(\.key) == ["S1", "S2"])
        #expect((stress.bySeam.reduce(0) { $0 + $1.added.mean } - stress.added.mean).magnitude < 1e-9)
        #expect((stress.net.mean - stress.added.mean - result.headline.mean).magnitude < 1e-9)
        // Percentiles of parts are no parts of the whole's.
        #expect(stress.added.p10 > stress.bySeam[0].added.p10 && stress.added.p90 < stress.bySeam.reduce(0) { $0 + $1.added.p90 })
        let s1 = try #require(result.seams.first { $0.key == "S1" })
        #expect(agree(stress.bySeam[0].added.mean, 0.8 * s1.net.mean, within: 1e-9) && agree(stress.bySeam[0].added.p90, 0.8 * s1.net.p90, within: 1e-9))
        #expect(SeamMap(result.seams, stress: stress).rows.first { $0.key == "S2" }?.stressAdded == stress.bySeam[1].added)
    }

    @Test func `the exceedance curve falls, and meets the headline's percentiles`() throws {
        var calculation = RiskCalculation()
        let result = try calculation.run(InventedEngagements.halden, settings: RiskSettings(iterations: 1000))
        #expect(result.exceedance.map(\.probability) == RiskResult.exceedances)
        #expect(zip(result.exceedance, result.exceedance.dropFirst()).allSatisfy { $0.amount <= $1.amount })
        func amount(_ probability: Double) -> Double { result.exceedance.first { $0.probability == probability }?.amount ?? .nan }
        #expect(agree(amount(0.9), result.headline.p10, within: 1e-12) && amount(0.5) == result.headline.p50 && amount(0.1) == result.headline.p90)
        #expect(result.exceedance.allSatisfy { $0.amount >= result.allLow && $0.amount <= result.allHigh })
    }
}
