import SeamarkJournal
import SeamarkModel
import Testing

/// What people ruled and approved beside what is computed: the report says which is which, and never contradicts itself.
@Suite struct ReportJudgementTests {
    private static func id(_ handle: String, _ type: RecordType, in bench: Bench) throws -> Identifier {
        try #require(bench.views.first { $0.handle == handle && $0.type === type }?.id)
    }

    /// The lead pauses I6, which the rules fund, and funds I2, which they pause.
    static func ruled() throws -> Bench {
        var bench = try ReportBench.bench("halden")
        for (number, handle, verdict) in [(UInt64(1), "I6", "pause"), (2, "I2", "fund")] {
            try bench.write(Identifier(high: 63, low: number), Catalogue.sequenceDecision, handle: "SD\(number)", [
                ("initiative", handle), ("ruling.verdict", verdict), ("ruling.reason", "the board asked for it"), ("ruling.approver", "CFO"),
            ], by: Bench.lea)
        }
        return bench
    }

    @Test func `where a ruling differs from the rules, page one, the table of money and the residual say both`() throws {
        let report = try ReportBench.report(try Self.ruled().views)
        let asked = try #require(report.decisionsAsked.first { $0.hasPrefix("Hold ") })
        // 1,200 for I1 and 250 for I6 as ruled; 1,200 and 700 by the rules.
        #expect(asked.hasPrefix("Hold USD\u{a0}1.45M, where the rules alone hold USD\u{a0}1.9M: "), "\(asked)")
        #expect(asked.contains("CFO ruled pause, where the rules say fund: the board asked for it"))
        let markdown = report.markdown
        #expect(markdown.contains("| Verdict | By the rules | Share | As ruled | Share |") && markdown.contains("they differ over"))
        #expect(markdown.contains("| Pause | 1,900 | 61 % | 1,450 | 47 % |"), "\(markdown.split(separator: "\n").filter { $0.hasPrefix("| Pause") })")
        #expect(markdown.contains("After what people ruled it is") && markdown.contains("that the rules alone release"))
        #expect(report.document["sequence"]?["money"]?["pause"]?.number == 1_900_000 && report.document["sequence"]?["ruledMoney"]?["pause"]?.number == 1_450_000)
        let whole = InvestmentSequence.Verdict.allCases
        let sequence = report.governance.sequence
        #expect(whole.reduce(0) { $0 + sequence.money($1) } == whole.reduce(0) { $0 + sequence.ruledMoney($1) })
        let computed = try ReportBench.halden.get()
        #expect(computed.document["sequence"]?["ruledMoney"] == .null && computed.markdown.contains("| Verdict | Cost | Share |") && !computed.markdown.contains("the rules alone"))
    }

    @Test func `an approval against what stands in its way is told as such in one sentence, and is found by check`() throws {
        var bench = try ReportBench.bench("halden")
        try bench.write(Identifier(high: 64, low: 1), Catalogue.move, handle: "MV9", [("title", "somebody should do something")], by: Bench.lea)
        try bench.write(Identifier(high: 64, low: 2), Catalogue.boardAnswer, handle: "BA4", [
            ("question", "4"), ("narrative", "Four moves."), ("approvedBy", "CFO"), ("snapshot", "SN-NONE"),
        ], by: Bench.lea)
        let report = try ReportBench.report(bench.views)
        #expect(report.markdown.contains("Four moves. (Approved by: CFO, which does not hold, because MV9 lacks an owner and a due date and a linked line or seam.)"))
        #expect(report.document["boardQuestions"]?.elements?[3]["approvalHolds"] == .bool(false))
        // The first answer's approval stands.
        #expect(report.document["boardQuestions"]?.elements?[0]["approvalHolds"] == .bool(true) && report.markdown.contains("(Approved by: chief operating officer.)"))
        let found = Findings.all(in: bench.views).filter { $0.name == "BA4" }
        #expect(found.map(\.kind) == [.unknownSnapshot, .approvalBlocked] && found.last?.words.contains("MV9") == true)
        #expect(Findings.all(in: try ReportBench.bench("halden").views).allSatisfy { ![.unknownSnapshot, .approvalBlocked].contains($0.kind) })
        // A move that is complete is no obstacle any more.
        try bench.write(try Self.id("MV9", Catalogue.move, in: bench), Catalogue.move, [("owner", "COO"), ("due", "2026-05-01"), ("lines", "L1")], by: Bench.lea)
        #expect(Findings.all(in: bench.views).filter { $0.name == "BA4" }.map(\.kind) == [.unknownSnapshot])
        #expect(try ReportBench.report(bench.views).markdown.contains("Four moves. (Approved by: CFO.)"))
    }

    // MARK: - What stands behind a figure

    @Test func `a figure is followed to lines, interviews and evidence, without a person, and not at all where too few answered`() throws {
        let report = try ReportBench.northlink.get()
        let inputs = try #require(report.document["domains"]?.elements?.first { $0["key"]?.text == "D3" }?["inputs"])
        #expect(inputs["lines"]?.elements == ["L1", "L4", "L5"])
        #expect((inputs["people"]?.number ?? 0) >= 5 && (inputs["answers"]?.number ?? 0) > 20 && inputs["withheld"] == .null)
        let interviews = (inputs["interviews"]?.elements ?? []).compactMap(\.text)
        // The compliance director's interview is the team's alone, and so is what was seen in it.
        #expect(interviews.contains("IV-A02") && !interviews.contains("IV-A07") && inputs["observations"]?.elements == [])
        for text in [report.json, report.markdown, report.html] { #expect(!text.contains("IV-A07") && !text.contains("P-A11") && !text.contains("dispatcher (fictitious)")) }
        #expect(report.document["seams"]?.elements?.first { $0["key"]?.text == "S1" }?["inputs"]?["observations"]?.elements == ["O1"])
        #expect(report.document["constraint"]?["resources"]?.elements?[0]["inputs"]?["evidence"]?.elements == ["EV5"])
        let decision = try #require(report.document["decisions"]?.elements?[0]["inputs"])
        #expect(decision["lines"]?.elements != nil)
        #expect(report.origins(called: "l2").map(\.figure.kind) == [.line] && report.origins(called: "d3").count == 1 && report.origins(called: "x").isEmpty)
        // Four people's answers are nobody else's.
        var bench = try ReportBench.bench("halden")
        let answers = bench.views.filter { $0.type === Catalogue.answer && ($0.text("question") ?? "").hasPrefix("TR") }
        var people: [Identifier] = []
        for answer in answers {
            guard let person = answer.reference("person") else { continue }
            if people.count < 4, !people.contains(person) { people.append(person) }
            if people.contains(person) { continue }
            var editing = bench.draft(answer.id, Catalogue.answer).editing
            editing.delete()
            bench.apply(bench.change(editing.edits, by: Bench.lea))
        }
        let few = try ReportBench.report(bench.views)
        let hidden = try #require(few.document["domains"]?.elements?.first { $0["key"]?.text == "D5" }?["inputs"])
        #expect(hidden["people"] == .null && hidden["answers"] == .null && hidden["interviews"]?.elements == [] && hidden["withheld"]?.text != nil)
        #expect(few.html.contains("too few people answered to name the interviews"))
    }

    // MARK: - What a report consists of

    static func bridged() throws -> EngagementReport {
        var bench = try ReportBench.bench("northlink")
        let before = try EngagementReading(bench.views)
        try bench.write(try id("L2", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("isWithdrawn", "yes")])
        try bench.write(try id("L7", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("amount.grade", "B"), ("amount.range", "600k/800k/1200k")])
        return try EngagementReport(views: bench.views, primitives: bench.primitives, provenance: ReportBench.provenance, earlier: .init(try ReportBench.snapshot(of: bench), .success(before)))
    }

    @Test func `the page has its sections in order, and in each the drawing that belongs there`() throws {
        let html = try Self.bridged().html
        let parts = html.split(separator: "<section").dropFirst().map(String.init)
        let titles = parts.map { part in part.split(separator: "<h2>")[1].prefix { $0 != "<" } }
        #expect(titles == [
            "The figure", "Six questions", "From gross to net", "Where it comes from: domains", "What kind of money, and where", "Constraint first", "Seam map",
            "Decision rights and cadence", "Investment sequence", "What changed", "Gates for automated decisions", "The next ninety days", "Open conflicts", "Method", "Annex: lines",
        ])
        // Range bars, waterfall, constraint bars, seam grid, latency, sequence, bridge, tornado, exceedance.
        for (title, drawings) in [
            ("The figure", ["aria-label=\"Range of the yearly loss", "class=\"whisker\"", "class=\"plan\""]), ("Where it comes from: domains", ["class=\"whisker\"", "class=\"band\""]),
            ("From gross to net", ["class=\"solid\"", "class=\"hatched\""]), ("Constraint first", ["class=\"plan\""]), ("Seam map", ["<table class=\"grid\">", "class=\"s4\""]),
            ("Decision rights and cadence", ["aria-label=\"Latency against time to damage", "class=\"quietline\""]),
            ("Investment sequence", ["aria-label=\"From the declared to the computed order", "class=\"line\"", "class=\"quietline\""]),
            ("What changed", ["class=\"solid\"", "class=\"hatched\""]), ("Method", ["What drives the spread", "aria-label=\"Loss exceedance curve", "class=\"curve\""]),
        ] {
            let part = try #require(parts.first { $0.contains("<h2>\(title)</h2>") })
            for drawing in drawings { #expect(part.contains(drawing), "\(title): \(drawing)") }
        }
    }
}
