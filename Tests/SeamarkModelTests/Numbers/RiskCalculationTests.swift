import SeamarkModel
import Testing

struct RiskCalculationTests {
    private let quick = RiskSettings(iterations: 1000)

    @Test func `the order of the input makes no difference to any bit`() throws {
        var input = InventedEngagements.halden
        input.overlaps += [Overlap("L2", "nobody", share: 0.2), Overlap("L1", "someone", share: 0.2), Overlap("L3", "L3", share: 1)]
        input.lines[5].seamPoints = [PointShare("S1", 10), PointShare("S2", 20), PointShare("S3", 30)]
        input.lines[0].pool = "p"
        input.lines[1].pool = "p"
        input.pools = [LedgerPool(key: "p", ceiling: 1200), LedgerPool(key: "q", ceiling: 1)]
        input.matrix = Self.core9
        input.lines[3].domainPoints = nil
        input.seams[0].isAIExposed = true
        input.seams[0].velocity = range(1, 1.5, 3)
        var first = RiskCalculation()
        let expected = try first.run(input, settings: quick)
        var dice = RandomStream(state: 9)
        for _ in 0..<12 {
            shuffle(&input.lines, &dice)
            shuffle(&input.overlaps, &dice)
            shuffle(&input.pools, &dice)
            shuffle(&input.domains, &dice)
            shuffle(&input.seams, &dice)
            shuffle(&input.matrix.entries, &dice)
            for index in input.overlaps.indices {
                input.overlaps[index] = Overlap(input.overlaps[index].second, input.overlaps[index].first, share: input.overlaps[index].share)
            }
            for index in input.lines.indices {
                input.lines[index].domainPoints?.reverse()
                input.lines[index].seamPoints.reverse()
            }
            var other = RiskCalculation(cache: QuantileCache(capacity: 0))
            #expect(try other.run(input, settings: quick) == expected)
        }
    }

    @Test func `a kept cache, another run before and a repetition change nothing`() throws {
        var fresh = RiskCalculation(), used = RiskCalculation()
        _ = try used.run(InventedEngagements.northlink, settings: quick)
        let expected = try fresh.run(InventedEngagements.halden, settings: quick)
        #expect(try used.run(InventedEngagements.halden, settings: quick) == expected)
        #expect(try used.run(InventedEngagements.halden, settings: quick) == expected)
        var seeded = quick
        seeded.seed = 1
        #expect(try used.run(InventedEngagements.halden, settings: seeded).headline != expected.headline)
    }

    @Test func `tables of one shape at other probabilities are not confused`() throws {
        func line(_ probability: Double) -> PricedLine {
            PricedLine(
                key: "fine", category: .penalty, grade: .b, amount: .amount(range(40, 90, 400)), probability: probability,
                domainPoints: [])
        }
        var used = RiskCalculation(), fresh = RiskCalculation()
        _ = try used.draws(of: line(0.2001), settings: quick)
        #expect(try used.draws(of: line(0.2004), settings: quick) == fresh.draws(of: line(0.2004), settings: quick))
    }

    @Test func `an unrelated line leaves the other lines' draws as they were`() throws {
        var input = InventedEngagements.halden
        var calculation = RiskCalculation()
        let before = try calculation.run(input, settings: quick)
        let draws = try calculation.draws(of: input.lines[2], settings: quick)
        input.lines.insert(
            InventedEngagements.line("L0", .labour, .b, .no, [range(1, 2, 3), range(5, 8, 9)], "D1 100", ""), at: 3)
        let after = try calculation.run(input, settings: quick)
        for line in before.lines {
            let same = after.lines.first { $0.key == line.key }
            #expect(same?.gross == line.gross)
            #expect(same?.net == line.net)
        }
        #expect(try calculation.draws(of: input.lines[2], settings: quick) == draws)
        // And two lines alike in all but their keys do not rise and fall together.
        var twin = input.lines[0]
        twin.key = "twin"
        let one = try calculation.draws(of: input.lines[0], settings: quick), two = try calculation.draws(of: twin, settings: quick)
        #expect(one != two)
        #expect(one.sorted() == two.sorted())
    }

    @Test func `means hold and percentiles move little whatever the seed`() throws {
        var calculation = RiskCalculation()
        let reference = try calculation.run(InventedEngagements.halden).headline
        for seed in UInt64(1)...4 {
            let other = try calculation.run(InventedEngagements.halden, settings: RiskSettings(seed: seed)).headline
            #expect(agree(other.mean, reference.mean, within: 0.0005))
            #expect(agree(other.p10, reference.p10, within: 0.0075))
            #expect(agree(other.p50, reference.p50, within: 0.0075))
            #expect(agree(other.p90, reference.p90, within: 0.0075))
        }
    }

    @Test func `more dependence widens the range`() throws {
        var input = InventedEngagements.halden
        input.overlaps = []
        var calculation = RiskCalculation()
        var last: Spread?
        for step in 0...4 {
            let spread = try calculation.run(input, settings: RiskSettings(correlation: Double(step) / 4)).headline
            if let last {
                #expect(spread.p90 > last.p90)
                #expect(spread.p10 < last.p10)
            }
            last = spread
        }
    }

    @Test func `a contingent constant is there in exactly its share of the iterations`() throws {
        let line = PricedLine(
            key: "fine", category: .penalty, grade: .b, amount: .amount(range(100, 100, 100)), probability: 0.2, domainPoints: [])
        var calculation = RiskCalculation()
        let draws = try calculation.draws(of: line)
        #expect(draws.count { $0 == 100 } == 2000)
        #expect(draws.count { $0 == 0 } == 8000)
        let result = try calculation.run(RiskInput(lines: [line]))
        #expect(result.headline.mean == 20)
        #expect(result.headline.p50 == 0)
        #expect(result.headline.p90 == 100)
        #expect(result.lines[0].exactMean == 20)
        #expect([result.allLow, result.allLikely, result.allHigh] == [0, 20, 100])
    }

    @Test func `a contingent range has the mean of its magnitude times the probability`() throws {
        for probability in [0, 0.013, 0.2, 0.75, 1] {
            var line = PricedLine(
                key: "fine", category: .penalty, grade: .d, amount: .amount(range(40, 90, 400)), probability: probability, domainPoints: [])
            var calculation = RiskCalculation()
            let result = try calculation.run(RiskInput(lines: [line])).lines[0]
            #expect(agree(result.exactMean, probability * 620 / 4, within: 1e-14))
            #expect(agree(result.gross.mean, result.exactMean, within: 2e-4))
            if probability == 1 {
                line.probability = nil
                #expect(try calculation.run(RiskInput(lines: [line])).lines[0].gross == result.gross)
            }
            line.amount = .factors([range(4, 9, 40), range(9, 10, 11)])
            line.probability = probability
            let product = try calculation.run(RiskInput(lines: [line])).lines[0]
            #expect(agree(product.gross.mean, product.exactMean, within: 2e-3))
        }
    }

    @Test func `an event too rare for the iterations is pointed out`() throws {
        let line = PricedLine(
            key: "flood", category: .downtime, grade: .a, amount: .amount(range(4, 9, 40)), probability: 0.0004, domainPoints: [])
        var calculation = RiskCalculation()
        let result = try calculation.run(RiskInput(lines: [line]), settings: quick)
        #expect(result.findings.contains(.tooRareToSample(line: "flood")))
        #expect(result.lines[0].exactMean > 0)
        #expect(result.lines[0].gross.mean == 0)
        #expect(result.domains.isEmpty)
    }

    @Test func `a preview is the line alone`() throws {
        let line = InventedEngagements.halden.lines[6]
        var calculation = RiskCalculation()
        let preview = try calculation.preview(line)
        #expect(preview.mean == line.mean)
        let result = try calculation.run(InventedEngagements.halden)
        #expect(preview.p10 == result.lines[6].gross.p10)
        #expect(preview.p90 == result.lines[6].gross.p90)
    }

    @Test func `a line without points follows the matrix, severity and confidence`() throws {
        var input = InventedEngagements.halden
        input.matrix = Self.core9
        input.lines[0].domainPoints = nil
        input.domains[1] = DomainReading(key: "D2", severity: 1, confidence: 0.5)
        input.domains[2] = DomainReading(key: "D3", severity: 0.25, confidence: 1)
        for index in [0, 5, 7] { input.domains[index].severity = 0 }
        var calculation = RiskCalculation()
        let result = try calculation.run(input, settings: quick)
        #expect(result.lines[0].usesDefaultPoints)
        #expect(!result.lines[1].usesDefaultPoints)
        // Expedite: D2 3 x 1 x 0.5 = 1.5, D3 3 x 0.25 x 1 = 0.75, the others 0: two thirds and one third.
        #expect(result.lines[0].domainPoints.map(\.key) == ["D2", "D3"])
        #expect(agree(result.lines[0].domainPoints[0].points, 200.0 / 3, within: 1e-14))
        // The line's own scope comes first.
        input.lines[0].readings = [DomainReading(key: "D8", severity: 0.1, confidence: 0.1)]
        #expect(try calculation.run(input, settings: quick).lines[0].domainPoints == [PointShare("D8", 100)])
        // Nothing known: nothing allocated.
        input.lines[0].readings = []
        let none = try calculation.run(input, settings: quick)
        #expect(none.lines[0].usesDefaultPoints)
        #expect(none.lines[0].domainPoints.isEmpty)
        #expect(none.unallocated.mean > 512)
    }

    @Test func `an instrument of ten domains, or of none, runs`() throws {
        var input = InventedEngagements.halden
        input.domains = InventedEngagements.domains(10)
        input.lines[0].domainPoints = [PointShare("D10", 100)]
        var calculation = RiskCalculation()
        let result = try calculation.run(input, settings: quick)
        #expect(result.domains.count == 10)
        #expect(agree(result.domains.first { $0.key == "D10" }?.net.mean ?? 0, 512.5, within: 1e-4))
        #expect((result.domains.reduce(result.unallocated.mean) { $0 + $1.net.mean } - result.headline.mean).magnitude < 1e-9)
        let empty = try calculation.run(RiskInput(lines: []), settings: quick)
        #expect(empty.headline.mean == 0)
        #expect(empty.domains.isEmpty)
        #expect(empty.frontRunningSeams.isEmpty)
    }

    @Test func `a domain of low or unknown confidence is shown and not ranked`() throws {
        var input = InventedEngagements.halden
        input.domains[1].confidence = 0.49
        input.domains.removeAll { $0.key == "D6" }
        var calculation = RiskCalculation()
        let result = try calculation.run(input, settings: quick)
        #expect(result.domains.map(\.key) == ["D8", "D3", "D4", "D5", "D9", "D1", "D7", "D2", "D6"])
        #expect(result.domains.map(\.rank) == [1, 2, 3, 4, 5, 6, 7, nil, nil])
        #expect(result.domains[7].firstShare == 0)
        #expect(result.domains[7].net.mean > 500)
        #expect(!result.frontRunningDomains.contains("D2"))
        #expect(result.findings == [.domainWithoutReading(domain: "D6")])
    }

    @Test func `merging two seams leaves the totals`() throws {
        var input = InventedEngagements.halden
        var calculation = RiskCalculation()
        let before = try calculation.run(input, settings: quick)
        for line in input.lines.indices {
            for point in input.lines[line].seamPoints.indices where input.lines[line].seamPoints[point].key == "S3" {
                input.lines[line].seamPoints[point].key = "S1"
            }
        }
        let after = try calculation.run(input, settings: quick)
        #expect(after.headline == before.headline)
        #expect(after.notAtASeam == before.notAtASeam)
        let merged = before.seams.reduce(0) { $1.key == "S2" ? $0 : $0 + $1.net.mean }
        #expect(agree(after.seams.first { $0.key == "S1" }?.net.mean ?? 0, merged, within: 1e-12))
    }

    @Test func `a plan that is not positive gives shares of revenue and says why`() throws {
        var input = InventedEngagements.halden
        var calculation = RiskCalculation()
        let headline = try calculation.run(input, settings: quick).headline
        input.plannedOperatingIncome = -200
        #expect(try calculation.run(input, settings: quick).relative
            == .ofRevenue(headline.divided(by: 100_000), because: .planNotPositive))
        input.plannedOperatingIncome = nil
        #expect(try calculation.run(input, settings: quick).relative == .ofRevenue(headline.divided(by: 100_000), because: .planUnknown))
        input.revenue = nil
        #expect(try calculation.run(input, settings: quick).relative == .unavailable(because: .planUnknown))
    }

    @Test func `a velocity range stresses within its bounds, and an unknown one is left out`() throws {
        var input = InventedEngagements.northlink
        input.seams[0].velocity = range(1, 1.8, 2.6)
        input.seams[1].isAIExposed = true
        var calculation = RiskCalculation()
        let result = try calculation.run(input, settings: quick)
        let stress = try #require(result.stress)
        #expect(stress.seams == ["S1"])
        #expect(result.findings.contains(.velocityUnknown(seam: "S2")))
        let exposure = result.seams[0].net.mean
        #expect(stress.added.mean > 0 && stress.added.mean < 1.6 * exposure)
        #expect(agree(stress.added.mean, 0.8 * exposure, within: 0.01))
        #expect(stress.added.p10 > 0 && stress.added.p10 < stress.added.mean && stress.added.p90 > stress.added.mean && stress.bySeam.map(\.added) == [stress.added])
    }

    @Test func `narrow ranges are found by line and factor`() throws {
        let line = InventedEngagements.line("X", .quality, .d, .no, [range(5, 10, 15), range(95, 100, 150)], "", "")
        var calculation = RiskCalculation()
        #expect(try calculation.run(RiskInput(lines: [line]), settings: quick).findings == [
            .range(line: "X", part: 1, .tooNarrow(.low, share: 0.05, required: 0.30)),
            .range(line: "X", part: 1, .modeNearAnEnd(position: 5.0 / 55)),
        ])
    }

    @Test func `input without a meaning is refused by a typed error`() {
        refuse(.repeated(.line, key: "L2")) { $0.lines[0].key = "L2" }
        refuse(.factorCount(line: "L1", 1)) { $0.lines[0].amount = .factors([range(1, 2, 3)]) }
        refuse(.factorCount(line: "L1", 5)) { $0.lines[0].amount = .factors([ThreePoint](repeating: range(1, 2, 3), count: 5)) }
        refuse(.outOfBounds(.amount, key: "L1", least: 0, most: 1e18)) { $0.lines[0].amount = .amount(range(-1, 2, 3)) }
        refuse(.outOfBounds(.amount, key: "L1", least: 0, most: 1e18)) {
            $0.lines[0].amount = .factors([range(1, 2, 1e10), range(1, 2, 1e10)])
        }
        refuse(.outOfBounds(.probability, key: "L1", least: 0, most: 1)) { $0.lines[0].probability = .nan }
        refuse(.pointsExceedHundred(line: "L1", .domain, sum: 101)) {
            $0.lines[0].domainPoints = [PointShare("D1", 60), PointShare("D2", 41)]
        }
        refuse(.pointsExceedHundred(line: "L1", .seam, sum: 110)) {
            $0.lines[0].seamPoints = [PointShare("S1", 60), PointShare("S2", 50)]
        }
        refuse(.pointsRepeated(line: "L1", .seam, key: "S1")) { $0.lines[0].seamPoints = [PointShare("S1", 1), PointShare("S1", 2)] }
        refuse(.outOfBounds(.points, key: "L1", least: 0, most: 100)) { $0.lines[0].seamPoints = [PointShare("S1", -1)] }
        refuse(.outOfBounds(.overlapShare, key: "L4", least: 0, most: 1)) { $0.overlaps[0].share = 1.01 }
        refuse(.outOfBounds(.ceiling, key: "p", least: 0, most: 1e18)) { $0.pools = [LedgerPool(key: "p", ceiling: .infinity)] }
        refuse(.outOfBounds(.severity, key: "D1", least: 0, most: 1)) { $0.domains[0].severity = 2 }
        refuse(.outOfBounds(.velocity, key: "S1", least: 1, most: 1000)) { $0.seams[0].velocity = range(0.5, 1, 2) }
        refuse(.outOfBounds(.iterations, key: "", least: 100, most: 100_000), RiskSettings(iterations: 10_000_000)) { _ in }
        refuse(.outOfBounds(.correlation, key: "", least: 0, most: 1), RiskSettings(correlation: 1.5)) { _ in }
        refuse(.tooLarge(values: 20_100_000, most: 20_000_000), RiskSettings(iterations: 100_000)) { input in
            input.lines = (0..<201).map { index in
                var line = InventedEngagements.halden.lines[0]
                line.key = "\(index)"
                return line
            }
        }
    }

    private func refuse(_ error: RiskError, _ settings: RiskSettings = RiskSettings(iterations: 100), _ spoil: (inout RiskInput) -> Void) {
        var input = InventedEngagements.halden
        spoil(&input)
        #expect(throws: error) {
            var calculation = RiskCalculation()
            return try calculation.run(input, settings: settings)
        }
    }

    private func shuffle<Element>(_ elements: inout [Element], _ dice: inout RandomStream) {
        guard elements.count > 1 else { return }
        for index in elements.indices { elements.swapAt(index, Int(dice.next() % UInt64(elements.count))) }
    }

    /// The default matrix of the method's first instrument.
    private static let core9 = CategoryMatrix([
        .init(.expedite, "D2", 3), .init(.expedite, "D3", 3), .init(.expedite, "D1", 1), .init(.expedite, "D6", 1),
        .init(.expedite, "D8", 1), .init(.quality, "D5", 3), .init(.quality, "D6", 3), .init(.quality, "D2", 1),
        .init(.quality, "D4", 1), .init(.quality, "D7", 1), .init(.quality, "D9", 1), .init(.labour, "D4", 3),
        .init(.labour, "D1", 2), .init(.labour, "D5", 1), .init(.labour, "D6", 1), .init(.labour, "D8", 1),
        .init(.penalty, "D2", 3), .init(.penalty, "D3", 2), .init(.penalty, "D9", 2), .init(.penalty, "D1", 1),
        .init(.downtime, "D8", 3), .init(.downtime, "D3", 2), .init(.downtime, "D6", 2), .init(.downtime, "D4", 1),
        .init(.downtime, "D7", 1),
    ])
}
