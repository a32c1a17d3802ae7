import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct EngagementReadingTests {
    @Test func `withdrawn and deleted lines are left out, drafts count`() throws {
        var bench = try ReportBench.bench("halden")
        func id(_ handle: String) throws -> Identifier { try #require(bench.views.first { $0.handle == handle && $0.type === Catalogue.leakageLine }?.id) }
        try bench.write(try id("L3"), Catalogue.leakageLine, [("isWithdrawn", "yes")])
        var editing = bench.draft(try id("L5"), Catalogue.leakageLine).editing
        editing.delete()
        bench.apply(bench.change(editing.edits, by: Bench.ana))
        try bench.write(Identifier(high: 40, low: 9), Catalogue.leakageLine, handle: "L10", [
            ("title", "agency"), ("category", "LABOUR"), ("amount.range", "10k/20k/40k"), ("amount.grade", "D"), ("amount.kind", "contingent"),
            ("amount.probability", "25%"), ("status", "draft"),
        ])
        let reading = try EngagementReading(bench.views)
        #expect(reading.lines.map(\.key) == ["L1", "L2", "L4", "L6", "L7", "L8", "L10"])
        let line = try #require(reading.input.lines.first { $0.key == "L10" })
        #expect(line.amount == .amount(range(10_000, 20_000, 40_000)) && line.probability == 0.25 && line.domainPoints == nil && line.grade == .d)
        #expect(try ReportBench.report(bench.views).withdrawn == ["L3"])
    }

    @Test func `two lines with one handle go by their ids`() throws {
        var bench = try ReportBench.bench("halden")
        let twin = Identifier(high: 40, low: 9)
        try bench.line(twin, handle: "l1")
        let reading = try EngagementReading(bench.views)
        #expect(reading.lines.count == 9 && Set(reading.lines.map(\.key)).count == 9)
        #expect(!reading.lines.map(\.key).contains("L1") && reading.lines.map(\.key).contains(twin.description))
    }

    @Test func `a seam merged into its twin leaves the totals as they were`() throws {
        var bench = try ReportBench.bench("halden")
        let before = try ReportBench.halden.get()
        func id(_ handle: String) throws -> Identifier { try #require(bench.views.first { $0.handle == handle && $0.type === Catalogue.seam }?.id) }
        try bench.write(try id("S1"), Catalogue.seam, [("mergedInto", "S2")])
        let report = try ReportBench.report(bench.views)
        #expect(report.seams.map(\.exposure.key) == ["S2", "S3"])
        let total = before.result.seams.filter { $0.key != "S3" }.reduce(0) { $0 + $1.net.mean }
        #expect(agree(report.seams[0].exposure.net.mean, total, within: 1e-9))
        #expect(report.result.headline == before.result.headline)
        // The twins' scorers count together: owners ambiguous 4 (grade C) and 1 (grade B), so (0.5 × 4 + 0.8 × 1) / 1.3.
        #expect(agree(report.seams[0].exposure.severity ?? .nan, 2.8 / 1.3, within: 1e-12))
        // A circle of merges: the least id stands for both.
        try bench.write(try id("S2"), Catalogue.seam, [("mergedInto", "S1")])
        let circle = try ReportBench.report(bench.views)
        #expect(circle.seams.map(\.exposure.key).sorted() == [min(try id("S1"), try id("S2")) == (try id("S1")) ? "S1" : "S2", "S3"])
        #expect(circle.result.headline == before.result.headline)
        #expect(circle.findings.filter { $0.kind == .mergeCycle }.count == 2)
    }

    @Test func `a grade is capped where fewer than three months were seen`() throws {
        var bench = try ReportBench.bench("halden")
        let id = try #require(bench.views.first { $0.handle == "L2" }?.id)
        try bench.write(id, Catalogue.leakageLine, [("amount.monthsObserved", "2")])
        let report = try ReportBench.report(bench.views)
        let line = try #require(report.lines.first { $0.line.key == "L2" })
        #expect(line.exposure.grade == .c && line.line.capturedGrade == .b)
        #expect(report.markdown.contains("C (captured as B, fewer than three months of data)"))
    }

    @Test func `a pool's ceiling is a year's of what was booked`() throws {
        var bench = try ReportBench.bench("halden")
        let id = try #require(bench.views.first { $0.handle == "PL1" }?.id)
        #expect(try EngagementReading(bench.views).input.pools == [LedgerPool(key: "PL1", ceiling: 900_000)])
        // Whole months count as months, as in × 12 / months; another period by its days, and a year is a year.
        for (first, last, times) in [
            ("2025-12-01", "2026-02-28", 4), ("2025-07-01", "2025-12-31", 2), ("2024-01-01", "2025-12-31", 0.5), ("2025-03-17", "2025-06-16", 4),
            ("2024-01-01", "2024-12-31", 1), ("2025-01-02", "2026-01-02", 1), ("2025-01-01", "2025-03-11", 365.25 / 70), ("2025-01-31", "2025-02-27", 365.25 / 28),
        ] {
            try bench.write(id, Catalogue.pool, [("booking.booked", "200k"), ("booking.from", first), ("booking.to", last)])
            let pool = try #require(try EngagementReading(bench.views).input.pools.first)
            #expect(agree(pool.ceiling, 200_000 * times, within: 1e-12), "\(first) to \(last)")
        }
    }

    @Test func `what is said of a line above its pool is what the ceiling does`() throws {
        var bench = try ReportBench.bench("halden")
        let pool = try #require(bench.views.first { $0.handle == "PL1" }?.id)
        // The line's high is 720,000. Of quarters, half years and two years, each a little below and above it.
        for (booked, first, last) in [
            ("180k", "2025-12-01", "2026-02-28"), ("179k", "2025-12-01", "2026-02-28"), ("360k", "2025-07-01", "2025-12-31"), ("359k", "2025-07-01", "2025-12-31"),
            ("1440k", "2024-01-01", "2025-12-31"), ("1439k", "2024-01-01", "2025-12-31"), ("138k", "2025-01-01", "2025-03-11"), ("137k", "2025-01-01", "2025-03-11"),
        ] {
            try bench.write(pool, Catalogue.pool, [("booking.booked", booked), ("booking.from", first), ("booking.to", last)])
            let ceiling = try #require(try EngagementReading(bench.views).input.pools.first?.ceiling)
            let isTold = Findings.all(in: bench.views, instrument: .core9).contains { $0.kind == .abovePool }
            #expect(isTold == (ceiling < 720_000), "\(booked) from \(first) to \(last): \(ceiling)")
        }
    }

    @Test func `the perception gap is shown only where five people stand on each side`() throws {
        let report = try ReportBench.halden.get()
        #expect(report.domains.allSatisfy { $0.perceptionGap == nil })
        #expect(report.markdown.contains("The perception gap between the floor and the top is not shown"))
    }

    @Test func `the inputs' hash follows every input and no name`() throws {
        var bench = try ReportBench.bench("halden")
        let before = try ReportBench.halden.get().inputsHash
        let person = try #require(bench.views.first { $0.handle == "P-A02" }?.id)
        try bench.write(person, Catalogue.person, [("name", "somebody else (fictitious)")])
        #expect(try ReportBench.report(bench.views).inputsHash == before)
        let overlap = try #require(bench.views.first { $0.type === Catalogue.overlap }?.id)
        try bench.write(overlap, Catalogue.overlap, [("judgement.share", "31%")])
        #expect(try ReportBench.report(bench.views).inputsHash != before)
    }

    @Test func `another edition of the instrument is refused`() throws {
        var bench = try ReportBench.bench("halden")
        let engagement = try #require(bench.views.first { $0.type === Catalogue.engagement }?.id)
        try bench.write(engagement, Catalogue.engagement, [("instrument", "core-9@2")], by: Bench.headquarters)
        #expect(throws: ReportError.otherInstrument(named: "core-9@2", given: "core-9@1")) { try ReportBench.report(bench.views) }
        #expect(EngagementReading.instrument(namedIn: bench.views) == "core-9@2")
    }

    @Test func `settings of the method are followed and printed`() throws {
        var bench = try ReportBench.bench("halden")
        let engagement = try #require(bench.views.first { $0.type === Catalogue.engagement }?.id)
        try bench.write(engagement, Catalogue.engagement, [
            ("methodSettings.iterations", "500"), ("methodSettings.seed", "7"), ("methodSettings.rho", "0.5"),
        ], by: Bench.headquarters)
        let report = try ReportBench.report(bench.views)
        #expect(report.result.settings == RiskSettings(iterations: 500, seed: 7, correlation: 0.5))
        #expect(report.document["method"]?["seed"]?.text == "7" && report.document["method"]?["rho"]?.number == 0.5)
    }
}
