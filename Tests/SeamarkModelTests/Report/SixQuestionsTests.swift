import SeamarkJournal
import Testing

@testable import SeamarkModel

/// What is computed for the board's six questions, and the published band that stands beside the figure.
@Suite struct SixQuestionsTests {
    /// Do these stand in the text, one behind the other?
    private static func stand(_ parts: [String], in text: String) -> Bool {
        var rest = text[...]
        for part in parts {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    @Test(arguments: ["halden", "northlink"]) func `each of the six questions is answered from the figures and records that it asks about`(sample: String) throws {
        let bench = try ReportBench.bench(sample), report = try ReportBench.report(bench.views), reading = try EngagementReading(bench.views)
        let facts = report.boardQuestions.map { $0.facts.joined(separator: "\n") }
        try #require(facts.count == 6 && facts.allSatisfy { !$0.isEmpty })
        // 1 the largest domains, seams and sites, in their order.
        let domains = report.result.domains.filter { $0.net.mean > 0 }.sorted { $0.net.mean > $1.net.mean }.prefix(3).map { $0.key + " " }
        let seams = report.result.seams.sorted { $0.net.mean > $1.net.mean }.prefix(3).map { $0.key + " " }
        let sites = report.result.sites.sorted { $0.net.mean > $1.net.mean }.prefix(3).compactMap(\.site)
        #expect(Self.stand(domains, in: facts[0]) && Self.stand(seams, in: facts[0]) && Self.stand(sites, in: facts[0]), "\(facts[0])")
        // 2 the range as a share of the plan, and what it rests on.
        let plan = try #require(reading.input.plannedOperatingIncome), headline = report.result.headline
        for share in [headline.p10 / plan, headline.p90 / plan] { #expect(facts[1].contains(ReportFigures.percent(share)), "\(facts[1])") }
        #expect(Self.stand(report.result.evidence.map { "\($0.grade.rawValue)\u{a0}\(ReportFigures.percent($0.share))" }, in: facts[1]), "\(facts[1])")
        // 3 without an earlier snapshot there is nothing to compare with.
        #expect(facts[2].contains("no earlier snapshot"))
        // 4 each move with its owner and its day.
        let moves = bench.views.filter { $0.type === Catalogue.move }
        #expect(!moves.isEmpty)
        for move in moves {
            let due = try #require(move.integer("due")), owner = try #require(move.text("owner"))
            #expect(Self.stand([move.handle ?? "", owner, CalendarDate.text(days: due)], in: facts[3]), "\(facts[3])")
        }
        // 5 who decides too late, and where nobody owns a side.
        for decision in reading.decisions where (DecisionView(decision.reading).ratio ?? 0) > 1 { #expect(facts[4].contains(decision.reading.key), "\(facts[4])") }
        for seam in reading.seams where seam.ownerFrom == nil || seam.ownerTo == nil { #expect(facts[4].contains(seam.key + " "), "\(facts[4])") }
        // 6 what is looked at, what is paused, and what would roll back.
        for move in moves {
            let threshold = try #require(move.group("measure")?.text("threshold"))
            #expect(facts[5].contains(threshold), "\(facts[5])")
        }
        for row in report.governance.sequence.rows where row.standing == .pause { #expect(facts[5].contains(row.key + " "), "\(facts[5])") }
        for gate in bench.views where gate.type === Catalogue.gateReview {
            if let trigger = gate.text("rollbackTrigger") { #expect(facts[5].contains(trigger), "\(facts[5])") }
        }
    }

    @Test func `the published band is a share of the plan with its source, and is not there without a plan above nought`() throws {
        #expect(ReferenceBand.low == 0.10 && ReferenceBand.high == 0.46)
        var bench = try ReportBench.bench("halden")
        let report = try ReportBench.report(bench.views)
        let sentence = try #require(report.referenceSentence)
        #expect(Self.stand([ReportFigures.percent(0.10), ReportFigures.percent(0.46), "of planned operating income", ReferenceBand.source], in: sentence) && sentence.contains("never an input"))
        #expect(report.html.contains("purplewins.io"))
        try bench.write(Bench.scope, Catalogue.engagement, [("financials.plannedOperatingIncome", "-2M")], by: Bench.lea)
        let without = try ReportBench.report(bench.views)
        #expect(without.referenceSentence == nil && !without.html.contains("purplewins.io") && without.result.headline == report.result.headline)
    }
}
