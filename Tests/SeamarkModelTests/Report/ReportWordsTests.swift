import Foundation
import SeamarkJournal
import SeamarkModel
import Testing

/// What a report says, and in which units, for the smallest and for the largest of engagements.
@Suite struct ReportWordsTests {
    private static let extreme = Result { try ExtremeEngagement.report() }
    private static let tiny = Result { try ExtremeEngagement.tiny() }

    private static func id(_ handle: String, _ type: RecordType, in bench: Bench) throws -> Identifier {
        try #require(bench.views.first { $0.handle == handle && $0.type === type }?.id)
    }

    /// Between two marks.
    private static func part(_ text: String, from: String, to: String) throws -> Substring {
        let start = try #require(text.firstRange(of: from)?.upperBound)
        let rest = text[start...]
        return rest[..<(try #require(rest.firstRange(of: to)?.lowerBound))]
    }

    @Test func `amounts are in a unit that fits the figure, from single ones to billions`() throws {
        let tiny = try Self.tiny.get(), extreme = try Self.extreme.get()
        #expect(try ReportBench.halden.get().unitOf == "USD thousand" && tiny.unitOf == "EUR" && ["CHF million", "CHF billion"].contains(extreme.unitOf))
        let row = try #require(tiny.markdown.split(separator: "\n").first { $0.hasPrefix("| L-A001 |") })
        #expect(row.contains("900 / 1,200 / 2,000"), "\(row)")
        // No figure of three groups of thousands, and no small one that is gone.
        let rows = extreme.markdown.split(separator: "\n").filter { $0.hasPrefix("| L") }
        #expect(rows.count >= 60)
        for row in rows { #expect(!row.contains("| 0 |") && !row.contains("0 / 0 / 0") && row.wholeMatch(of: /.*[0-9]+,[0-9]+,[0-9]+,[0-9]+.*/) == nil, "\(row)") }
    }

    @Test func `an amount is as exact in its unit as written out, and the unit follows the headline`() {
        let thousands = AmountUnit(of: 3_069_290)
        #expect(thousands.words("USD") == "thousand USD" && thousands.text(3_052_650) == "3,053" && thousands.written(3_052_650) == "3,053,000")
        // Parts that are small beside it keep a digit.
        #expect(thousands.text(-4_230) == "−4.2" && thousands.written(-4_230) == "−4,200" && thousands.written(12) == "10" && thousands.written(0) == "0")
        let single = AmountUnit(of: 19_999), millions = AmountUnit(of: 2e9)
        #expect(single.words("EUR") == "EUR" && single.text(1_234) == "1,234" && single.written(1_234.4) == "1,234" && AmountUnit(of: 20_000).word == "thousand")
        #expect(millions.words("") == "million" && millions.written(2_345_678_901) == "2,346,000,000" && AmountUnit(of: 1).words("") == "units of money")
        #expect(AmountUnit(of: 0).word == "thousand" && thousands.written(.nan) == "–")
    }

    @Test func `what is known keeps its digits, and what is estimated has two`() throws {
        #expect(try ReportBench.northlink.get().markdown.contains("planned operating income USD\u{a0}18.6M"))
        let halden = try ReportBench.halden.get()
        #expect(halden.markdown.contains("revenue USD\u{a0}100M · planned operating income USD\u{a0}8.0M") && halden.html.contains("plan USD\u{a0}8.0M"))
    }

    @Test func `many reasons are told in a line each on page one, and one by one at the gate`() throws {
        let report = try Self.extreme.get()
        #expect(report.gate.reasons.count > 20)
        let brief = try Self.part(report.html, from: "aria-label=\"Status\"", to: "</div>")
        #expect(brief.components(separatedBy: "<li>").count - 1 <= ReportGate.Condition.Kind.allCases.count, "\(brief)")
        #expect(brief.contains(" times. The first: ") && brief.contains("All of them stand under “Gate before the board”."))
        for reason in report.gate.conditions.filter({ $0.kind != .structuralChecks && $0.outcome != .met }).flatMap(\.words) { #expect(report.markdown.contains(reason.prefix(12)), "\(reason)") }
        #expect(report.markdown.contains("structural checks are not answered; each stands below."))
        // A few stand there whole.
        let few = try ReportBench.report(try ReportGateTests.disputed().views)
        #expect(!few.gate.reasons.isEmpty && few.gate.reasons == few.reasonsInBrief && few.reasonsElsewhere == nil)
    }

    @Test func `a few reasons that are long are told in brief, so that page one keeps the range and what is asked`() throws {
        let report = try ReportLookTests.reasoned()
        #expect(report.gate.reasons.count { $0.contains("may be one event") } == 7 && report.gate.reasons.count <= 8)
        #expect(report.reasonsInBrief.contains { $0.hasPrefix("Structural check not answered, 7 times. The first: L1 and L20") }, "\(report.reasonsInBrief)")
        #expect(report.reasonsElsewhere != nil)
    }

    @Test func `names in the drawing of the sequence are whole where a second or third line holds them`() throws {
        let drawing = try Self.part(try ReportBench.northlink.get().html, from: "From the declared to the computed order", to: "</figure>")
        #expect(drawing.contains("keep: mandated") && drawing.contains("replacement") && !drawing.contains("…"))
    }

    @Test func `points to check speak of people without handles and of fields in words`() throws {
        var bench = try ReportBench.bench("halden")
        try bench.write(Identifier(high: 70, low: 1), Catalogue.person, handle: "P-Z01", [("name", "Pat Sample"), ("title", "planner"), ("level", "frontline")], by: Bench.lea)
        try bench.write(Identifier(high: 70, low: 2), Catalogue.interview, handle: "IV-Z01", [
            ("persons", "P-Z01"), ("startedAt", "2026-03-03T09:00:00Z"), ("endedAt", "2026-03-03T10:00:00Z"), ("lead", "C-HAL1"), ("status", "finalised"),
        ], by: Bench.lea)
        let report = try ReportBench.report(bench.views)
        #expect(report.findings.contains { $0.words.contains("P-Z01") })
        for text in [report.markdown, report.html] {
            #expect(text.contains("somebody who was asked has not given consent") && text.contains("nobody owns the receiving side"))
            for word in ["P-Z01", "ownerTo", "ownerFrom", "domainPoints", "find out who does"] { #expect(!text.contains(word), "\(word)") }
        }
    }

    @Test func `a frozen report says once why it names none of those who told, instead of dashes`() throws {
        let bench = try ReportBench.bench("halden")
        let frozen = try EngagementReport(
            views: bench.views, primitives: bench.primitives,
            provenance: ReportProvenance(software: "seamark-test 0", madeAt: 20_530 * 86_400_000, frozen: .init(
                scope: Bench.scope, place: LogPlace(position: 3, hash: .zero), day: 20_530, asOf: "SN-A001", snapshot: try ReportBench.snapshot(of: bench), author: "lea"))) { _ in nil }
        let annex = try Self.part(frozen.markdown, from: "From a figure to what stands behind it", to: "\n\n|")
        #expect(annex.contains("people may withdraw consent after it was made"))
        let header = try #require(frozen.markdown.split(separator: "\n").first { $0.hasPrefix("| Figure | Lines |") })
        let open = try ReportBench.halden.get().markdown
        #expect(!header.contains("Interviews") && open.contains("| Figure | Lines | Told by | Interviews |"))
        #expect(!frozen.markdown.contains("Rests on | Expected effect"))
    }

    @Test func `evidence is listed with its title, source and period, but for what only the team may know and for viewers`() throws {
        var bench = try ReportBench.bench("halden")
        let row = "| EV1 | ledger | Premium freight account, twelve months | general ledger | 2025-03-01 to 2026-02-28 |"
        #expect(try ReportBench.report(bench.views).markdown.contains(row))
        #expect(try ReportBench.report(bench.views).document["evidenceList"]?.elements?.first?["source"]?.text == "general ledger")
        let frozen = try EngagementReport(
            views: bench.views, primitives: bench.primitives,
            provenance: ReportProvenance(software: "seamark-test 0", madeAt: 20_530 * 86_400_000, frozen: .init(
                scope: Bench.scope, place: LogPlace(position: 3, hash: .zero), day: 20_530, asOf: "SN-A001", snapshot: try ReportBench.snapshot(of: bench), author: "lea"))) { _ in nil }
        #expect(frozen.markdown.contains(row) && frozen.forViewers?.markdown.contains("Premium freight account, twelve months | general ledger") == false)
        try bench.write(try Self.id("EV1", Catalogue.evidence, in: bench), Catalogue.evidence, [("sensitivity", "teamOnly")], by: Bench.lea)
        #expect(!(try ReportBench.report(bench.views).markdown.contains("| EV1 |")))
    }

    @Test func `a mean outside its range says why beside it`() throws {
        let report = try Self.extreme.get()
        let rare = try #require(report.lines.first { $0.line.key == "L7" })
        #expect(rare.exposure.net.p90 == 0 && rare.exposure.net.mean > 0)
        #expect(report.markdown.contains("lies outside P10 to P90, because of what happens in few runs: L7 in 5 %"))
        #expect(!(try ReportBench.halden.get().markdown.contains("lies outside P10 to P90")))
    }

    @Test func `a draft's first page has its date, and counts are words`() throws {
        let bench = try ReportBench.bench("halden")
        let report = try EngagementReport(views: bench.views, primitives: bench.primitives, provenance: ReportProvenance(software: "seamark-test 0", madeAt: 20_530 * 86_400_000)) { _ in nil }
        for text in [report.html, report.markdown] { #expect(text.contains("As it stood on 2026-03-18 00:00 UTC")) }
        let tiny = try Self.tiny.get()
        for text in [tiny.html, tiny.markdown] {
            #expect(text.contains("0 interviews, 1 priced line") && !text.contains("1 priced lines") && !text.contains("0 scored answer,"))
            #expect(!text.contains("released after re-ranking it is no money"))
        }
        #expect(tiny.html.contains("<span class=\"h\">L-A001</span>") && !tiny.html.contains(">L-A001<\u{2f}td>"))
    }

    @Test func `sentences end once, and a latency is so many times the time to damage`() throws {
        var bench = try ReportJudgementTests.ruled()
        try bench.write(Identifier(high: 63, low: 2), Catalogue.sequenceDecision, [("ruling.verdict", "fund"), ("ruling.reason", "The board asked for it."), ("ruling.approver", "CFO")], by: Bench.lea)
        let markdown = try ReportBench.report(bench.views).markdown
        #expect(markdown.contains("The board asked for it") && !markdown.contains(".);") && !markdown.contains(".;") && !markdown.contains(".)."))
        #expect(markdown.contains(" times the time to damage)") && !markdown.contains("× of the time"))
    }
}
