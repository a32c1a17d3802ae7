import Testing

@testable import SeamarkModel

struct DoubleCountingGuardTests {
    @Test func `half of the smaller amount is taken from the weaker line`() throws {
        let result = try run([constant("a", 100, .a), constant("b", 60, .c)], overlaps: [Overlap("b", "a", share: 0.5)])
        #expect(result.lines.map(\.net.mean) == [100, 30])
        #expect(result.lines.map(\.overlap) == [0, 30])
        // The grade decides, not the key.
        let other = try run([constant("a", 60, .c), constant("b", 100, .a)], overlaps: [Overlap("a", "b", share: 0.5)])
        #expect(other.lines.map(\.net.mean) == [30, 100])
    }

    @Test func `lines of one pool are scaled down to what was booked`() throws {
        var lines = [constant("a", 300, .a), constant("b", 200, .b), constant("c", 50, .a)]
        lines[0].pool = "gl"
        lines[1].pool = "gl"
        let result = try run(lines, pools: [LedgerPool(key: "gl", ceiling: 400)])
        #expect(result.lines.map(\.net.mean) == [240, 160, 50])
        #expect(result.waterfall == certain(gross: 550, overlap: 0, ceiling: 100, net: 450))
        let below = try run(lines, pools: [LedgerPool(key: "gl", ceiling: 501)])
        #expect(below.lines.map(\.net.mean) == [300, 200, 50])
    }

    @Test func `overlaps come before ceilings`() throws {
        var lines = [constant("a", 300, .a), constant("b", 200, .b)]
        for index in lines.indices { lines[index].pool = "gl" }
        let result = try run(lines, overlaps: [Overlap("a", "b", share: 1)], pools: [LedgerPool(key: "gl", ceiling: 150)])
        #expect(result.lines.map(\.net.mean) == [150, 0])
        #expect(result.waterfall == certain(gross: 500, overlap: 200, ceiling: 150, net: 150))
    }

    @Test(arguments: UInt64(0)..<40)
    func `two lines net between the larger and the sum`(seed: UInt64) throws {
        var dice = RandomStream(state: seed)
        let x = dice.nextUniform() * 100, y = dice.nextUniform() * 100
        let result = try run(
            [constant("a", x, grade(&dice)), constant("b", y, grade(&dice))], overlaps: [Overlap("a", "b", share: dice.nextUniform())])
        #expect(result.headline.mean >= max(x, y) * (1 - 1e-12))
        #expect(result.headline.mean <= (x + y) * (1 + 1e-12))
    }

    /// Up to seven lines with overlaps that keep the rules, ranges, grades and a pool: raising any amount never lowers
    /// the net total, and the samples stay between all-low and all-high.
    @Test(arguments: UInt64(0)..<200)
    func `the net total never falls when an amount rises`(seed: UInt64) throws {
        var dice = RandomStream(state: seed)
        let count = 2 + Int(dice.next() % 6)
        var amounts = (0..<count).map { _ in
            (low: dice.nextUniform() * 100, width: dice.nextUniform() * 100, grade: grade(&dice), pooled: dice.next() % 4 == 0)
        }
        var overlaps: [Overlap] = []
        for first in 0..<count {
            for second in first + 1..<max(count, first + 1) where dice.next() % 2 == 0 && amounts[first].pooled == amounts[second].pooled {
                // At most six of these on one side of a line.
                overlaps.append(Overlap("l\(first)", "l\(second)", share: dice.nextUniform() / Double(max(1, count - 1))))
            }
        }
        // Pairs may use up everything, where that keeps the rule.
        if overlaps.count == 1 { overlaps[0].share = dice.nextUniform() }
        func lines(widths: Bool) -> [PricedLine] {
            amounts.enumerated().map { index, amount in
                var line = constant("l\(index)", amount.low, amount.grade)
                if widths { line.amount = .amount(range(amount.low, amount.low + amount.width / 2, amount.low + amount.width)) }
                if amount.pooled { line.pool = "p" }
                return line
            }
        }
        let pools = [LedgerPool(key: "p", ceiling: 60)]
        let full = try run(lines(widths: true), overlaps: overlaps, pools: pools)
        #expect(full.findings.allSatisfy { if case .range = $0 { true } else { false } })
        try expectBounds(full, RiskInput(lines: lines(widths: true), overlaps: overlaps, pools: pools))
        #expect(full.waterfall.net.mean <= full.waterfall.gross.mean)
        #expect((full.waterfall.gross.mean - full.waterfall.overlap.mean - full.waterfall.ceiling.mean - full.waterfall.net.mean).magnitude < 1e-9)
        // What is taken is never less than nothing, and where nothing is agreed, nothing is taken in any iteration.
        for taken in [full.waterfall.overlap, full.waterfall.ceiling] { #expect(taken.p10 >= 0 && taken.p10 <= taken.p50 && taken.p50 <= taken.p90) }
        if overlaps.isEmpty { #expect(full.waterfall.overlap.p90 == 0) }
        for line in full.lines { #expect(line.net.p10 >= 0 && line.net.mean <= line.gross.mean * (1 + 1e-12)) }

        let before = try run(lines(widths: false), overlaps: overlaps, pools: pools).headline.mean
        for raised in Set([0, count / 2, count - 1]).sorted() {
            amounts[raised].low += 7
            #expect(try run(lines(widths: false), overlaps: overlaps, pools: pools).headline.mean >= before * (1 - 1e-12))
            amounts[raised].low -= 7
        }
    }

    /// The two invented engagements, the first with a pool and with what may not come at all.
    @Test func `no draw of an engagement lies outside all-low and all-high`() throws {
        var halden = InventedEngagements.halden
        for index in [0, 5] { halden.lines[index].pool = "p" }
        halden.pools = [LedgerPool(key: "p", ceiling: 700)]
        halden.lines[2].probability = 0.3
        for input in [halden, InventedEngagements.halden, InventedEngagements.northlink] {
            var calculation = RiskCalculation()
            let result = try calculation.run(input, settings: RiskSettings(iterations: 5000))
            #expect(result.allLow < result.headline.p10 && result.headline.p90 < result.allHigh)
            try expectBounds(result, input)
        }
    }

    /// Every iteration, at whatever dependence; those of the run's own are what its percentiles were taken of.
    private func expectBounds(_ result: RiskResult, _ input: RiskInput, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var sampled = SampledLines(input, settings: result.settings, cache: QuantileCache())
        for correlation in [0, result.settings.correlation, 1] {
            let total = sampled.net(correlation).total.sorted()
            let least = try #require(total.first), most = try #require(total.last)
            #expect(total.count == result.settings.iterations, sourceLocation: sourceLocation)
            #expect(least >= result.allLow * (1 - 1e-12) && most <= result.allHigh * (1 + 1e-12), "rho \(correlation)", sourceLocation: sourceLocation)
            if correlation == result.settings.correlation {
                #expect(Spread.percentile(0.1, of: total) == result.headline.p10 && Spread.percentile(0.9, of: total) == result.headline.p90, sourceLocation: sourceLocation)
            }
        }
    }

    @Test func `an overlap across a ceiling is found, since there the total can fall`() throws {
        var lines = [constant("a", 100, .a), constant("b", 100, .b)]
        lines[0].pool = "gl"
        let overlaps = [Overlap("a", "b", share: 1)], pools = [LedgerPool(key: "gl", ceiling: 20)]
        let more = try run(lines, overlaps: overlaps, pools: pools)
        #expect(more.findings.contains(.overlapCrossesCeiling(line: "a", with: "b")))
        lines[0].amount = .amount(range(50, 50, 50))
        #expect(try run(lines, overlaps: overlaps, pools: pools).headline.mean > more.headline.mean)
        #expect(try !run(lines, overlaps: overlaps).findings.contains(.overlapCrossesCeiling(line: "a", with: "b")))
    }

    @Test func `shares beyond one, unknown lines and repeated pairs are found`() throws {
        let lines = [constant("a", 100, .a), constant("b", 60, .b), constant("c", 60, .c)]
        let result = try run(lines, overlaps: [
            Overlap("a", "c", share: 0.6), Overlap("c", "b", share: 0.6), Overlap("a", "b", share: 0.6), Overlap("b", "a", share: 0.2),
            Overlap("a", "x", share: 0.1), Overlap("b", "b", share: 0.1),
        ])
        #expect(result.findings.filter { if case .range = $0 { false } else { true } } == [
            .overlapRepeated(line: "a", with: "b"), .overlapWithUnknownLine(line: "a", unknown: "x"), .overlapWithItself(line: "b"),
            .overlapsTowardWorseExceedOne(line: "a", sum: 1.2), .overlapsTowardBetterExceedOne(line: "c", sum: 1.2),
        ])
        // Even so no line nets below nothing.
        #expect(result.lines.allSatisfy { $0.net.p10 >= 0 })
        var pooled = lines
        pooled[0].pool = "none"
        #expect(try run(pooled).findings.contains(.unknownPool(line: "a", pool: "none")))
    }

    private func grade(_ dice: inout RandomStream) -> EvidenceGrade { EvidenceGrade.allCases[Int(dice.next() % 4)] }

    private func constant(_ key: String, _ amount: Double, _ grade: EvidenceGrade) -> PricedLine {
        PricedLine(key: key, category: .quality, grade: grade, amount: .amount(range(amount, amount, amount)), domainPoints: [])
    }

    /// The steps of amounts that are certain.
    private func certain(gross: Double, overlap: Double, ceiling: Double, net: Double) -> Waterfall {
        func same(_ amount: Double) -> Spread { Spread(mean: amount, p10: amount, p25: amount, p50: amount, p75: amount, p90: amount) }
        return Waterfall(gross: same(gross), overlap: same(overlap), ceiling: same(ceiling), net: same(net))
    }

    private func run(_ lines: [PricedLine], overlaps: [Overlap] = [], pools: [LedgerPool] = []) throws -> RiskResult {
        var calculation = RiskCalculation()
        return try calculation.run(
            RiskInput(lines: lines, overlaps: overlaps, pools: pools), settings: RiskSettings(iterations: 100))
    }
}
