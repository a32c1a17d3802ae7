import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct ReportGateTests {
    private static func id(_ handle: String, _ type: RecordType, in bench: Bench) throws -> Identifier {
        try #require(bench.views.first { $0.handle == handle && $0.type === type }?.id)
    }

    /// Two people price L2 at the same time.
    static func disputed() throws -> Bench {
        var bench = try ReportBench.bench("halden")
        let line = try id("L2", Catalogue.leakageLine, in: bench)
        let low = try bench.setting(line, Catalogue.leakageLine, [("amount.range", "500k/800k/1250k")], by: Bench.ana)
        let high = try bench.setting(line, Catalogue.leakageLine, [("amount.range", "640k/910k/1400k")], by: Bench.ben)
        bench.apply(low)
        bench.apply(high)
        return bench
    }

    @Test func `the samples meet every condition, and say that they are invented`() throws {
        for report in [try ReportBench.halden.get(), try ReportBench.northlink.get()] {
            for kind in ReportGate.Condition.Kind.allCases { #expect(ReportBench.outcome(kind, report) == .met, "\(kind)") }
            #expect(report.gate.isBoardReady && report.gate.reasons.isEmpty)
            #expect(!report.html.contains("<b>DRAFT</b>") && report.markdown.hasPrefix("# Operating income at risk"))
            #expect(report.fictitious?.hasPrefix("FICTITIOUS SAMPLE.") == true)
            for text in [report.json, report.markdown, report.html] { #expect(text.contains("FICTITIOUS SAMPLE.")) }
        }
    }

    @Test func `a structural check without an answer is a draft on every page, and an answer or a decision of nought ends it`() throws {
        var bench = try ReportBench.bench("halden")
        let overlap = try #require(bench.views.first { $0.type === Catalogue.overlap && $0.group("judgement")?.integer("share") == 0 })
        var editing = bench.draft(overlap.id, Catalogue.overlap).editing
        editing.delete()
        bench.apply(bench.change(editing.edits, by: Bench.lea))
        let open = try ReportBench.report(bench.views)
        #expect(ReportBench.outcome(.structuralChecks, open) == .notMet && !open.gate.isBoardReady)
        #expect(open.gate.reasons.count == 1 && open.gate.reasons[0].hasPrefix("L1 and L6 may be one event"))
        #expect(open.html.contains("<b>DRAFT</b>") && open.markdown.hasPrefix("# DRAFT: ") && open.markdown.contains("## Six questions (DRAFT)"))
        try bench.write(Identifier(high: 59, low: 1), Catalogue.checkAnswer, handle: "CA1", [
            ("check", "expediteAndPenalty"), ("subject", "L6"), ("other", "L1"), ("reason", "order numbers were compared"),
        ], by: Bench.lea)
        let answered = try ReportBench.report(bench.views)
        #expect(answered.gate.isBoardReady && answered.governance.checks.contains { $0.answer == "order numbers were compared" })
        // The decision of nought takes nothing off: the figures are the same.
        #expect(try ReportBench.halden.get().result.headline == answered.result.headline)
    }

    @Test func `two prices for one line are a draft, both are shown, and the later one is used whole`() throws {
        let bench = try Self.disputed()
        let report = try EngagementReport(views: bench.views, primitives: bench.primitives, provenance: ReportBench.provenance) { member in
            member == Bench.ana.author.member ? "Ana" : member == Bench.ben.author.member ? "Ben" : nil
        }
        #expect(ReportBench.outcome(.conflicts, report) == .notMet)
        let conflict = try #require(report.conflicts.first)
        #expect(report.conflicts.count == 1 && conflict.record == "L2" && conflict.field == "amount" && conflict.touchesMoney)
        #expect(conflict.sayings.map(\.author) == ["Ben", "Ana"])
        #expect(conflict.sayings.map(\.isUsed) == [true, false])
        #expect(conflict.sayings.map(\.words) == ["range 640,000 / 910,000 / 1,400,000", "range 500,000 / 800,000 / 1,250,000"])
        let line = try #require(report.lines.first { $0.line.key == "L2" })
        #expect(line.priced.amount == .amount(range(640_000, 910_000, 1_400_000)))
        for text in [report.json, report.markdown, report.html] {
            #expect(text.contains("640,000 / 910,000 / 1,400,000") && text.contains("500,000 / 800,000 / 1,250,000"))
        }
    }

    @Test(arguments: [0, 1])
    func `two prices are a draft until somebody settles them, whichever stands`(side: Int) throws {
        var bench = try Self.disputed()
        let disputed = try ReportBench.report(bench.views)
        #expect(!disputed.gate.isBoardReady && disputed.html.contains("<b>DRAFT</b>") && disputed.markdown.hasPrefix("# DRAFT: "))
        let line = try #require(bench.views.first { $0.handle == "L2" && $0.type === Catalogue.leakageLine })
        let conflict = try #require(line.conflicts.first)
        var editing = bench.draft(line.id, Catalogue.leakageLine).editing
        editing.resolve(try #require(Catalogue.leakageLine.field(key: "amount")), try #require(conflict.heads[side].content.value))
        let change = bench.change(editing.edits, by: Bench.lea)
        #expect(bench.judge(change, by: Bench.lea).isEmpty)
        bench.apply(change)
        let settled = try ReportBench.report(bench.views)
        #expect(settled.conflicts.isEmpty && ReportBench.outcome(.conflicts, settled) == .met)
        #expect(settled.gate.isBoardReady && settled.gate.reasons.isEmpty)
        #expect(!settled.html.contains("<b>DRAFT</b>") && settled.markdown.hasPrefix("# Operating income at risk"))
        let prices = [range(640_000, 910_000, 1_400_000), range(500_000, 800_000, 1_250_000)]
        #expect(settled.lines.first { $0.line.key == "L2" }?.priced.amount == .amount(prices[side]))
    }

    @Test func `answers under an edition that is not here stand in the board's way, and are named by interview and question`() throws {
        var bench = try ReportBench.bench("halden")
        let interview = Identifier(high: 24, low: 7)
        try bench.write(interview, Catalogue.interview, handle: "IV-Z9", [("persons", "P-A01"), ("instrument", "core-9@7")])
        for question in ["LB1", "XA2"] {
            let scorer = Bench.ana.author.member
            try bench.write(DerivedIdentifiers.answer(interview: interview, question: question, scorer: scorer, by: bench.primitives), Catalogue.answer, [
                ("interview", "IV-Z9"), ("question", question), ("scorer", scorer.description), ("response.outcome", "scored"), ("response.score", "4"), ("response.grade", "C"),
            ])
        }
        let report = try ReportBench.report(bench.views)
        #expect(ReportBench.outcome(.records, report) == .notMet)
        #expect(report.gate.reasons == [
            "2 answers of IV-Z9 are not scored: its edition core-9@7 is none that this engagement asks; capture it anew, or give the engagement that edition.",
        ])
        #expect(Set(report.leftOut.map(\.name)) == ["IV-Z9/LB1", "IV-Z9/XA2"] && report.json.contains("\"IV-Z9/LB1\""))
        #expect(try ReportBench.halden.get().result.headline == report.result.headline)
    }

    @Test func `a conflict about words is listed and stands in no figure's way`() throws {
        var bench = try ReportBench.bench("halden")
        let line = try Self.id("L2", Catalogue.leakageLine, in: bench)
        try bench.dispute(line, Catalogue.leakageLine, "title", "scrap", "rework")
        let report = try ReportBench.report(bench.views)
        #expect(report.conflicts.map(\.field) == ["title"])
        #expect(ReportBench.outcome(.conflicts, report) == .met)
    }

    @Test func `a seam that one deleted and another edited stays, and is a conflict`() throws {
        var bench = try ReportBench.bench("halden")
        let seam = Identifier(high: 30, low: 4)
        try bench.write(seam, Catalogue.seam, handle: "S4", [("name", "Purchasing to planning")], by: Bench.ana)
        var editing = bench.draft(seam, Catalogue.seam).editing
        editing.delete()
        let deletion = bench.change(editing.edits, by: Bench.lea)
        let edit = try bench.setting(seam, Catalogue.seam, [("object", "purchase plan")], by: Bench.ben)
        bench.apply(deletion)
        bench.apply(edit)
        let report = try ReportBench.report(bench.views)
        #expect(report.seams.map(\.exposure.key).contains("S4"))
        let conflict = try #require(report.conflicts.first)
        #expect(conflict.record == "S4" && conflict.field == "life" && conflict.touchesMoney)
        #expect(conflict.sayings.map(\.words) == ["deleted it", "edited it without having seen the deletion"])
        #expect(conflict.sayings.map(\.isUsed) == [false, true])
    }

    @Test func `who withdrew is not counted and not named, and the report says how much was left out`() throws {
        var bench = try ReportBench.bench("halden")
        let before = try ReportBench.halden.get()
        let person = try Self.id("P-A02", Catalogue.person, in: bench)
        let hidden = bench.views.filter { $0.type === Catalogue.answer && $0.reference("person") == person }.count
        try bench.write(person, Catalogue.person, [("consent.state", "withdrawn")], by: Bench.ana)
        let report = try ReportBench.report(bench.views)
        #expect(ReportBench.outcome(.consent, report) == ReportBench.outcome(.consent, before))
        #expect(report.facts.answers < before.facts.answers && report.facts.people == before.facts.people - 1)
        #expect(report.facts.interviews == before.facts.interviews - 1)
        #expect(report.withdrawnAnswers >= hidden && report.withdrawnAnswers > 0)
        #expect(report.markdown.contains("Left out because consent was withdrawn: \(report.withdrawnAnswers) answers"))
        for words in report.gate.reasons + report.findings.map(\.description) + report.leftOut.map(\.words) {
            #expect(!words.contains("P-A02") && !words.contains("IV-A02"))
        }
        // Points are given, so the money stays where it is.
        #expect(report.result.headline == before.result.headline)
        #expect(report.domains.map(\.exposure.severity) != before.domains.map(\.exposure.severity))
    }

    @Test func `weak evidence is a draft`() throws {
        var bench = try ReportBench.bench("halden")
        let line = try Self.id("L2", Catalogue.leakageLine, in: bench)
        try bench.write(line, Catalogue.leakageLine, [("amount.grade", "D")], by: Bench.ana)
        let report = try ReportBench.report(bench.views)
        #expect(ReportBench.outcome(.evidence, report) == .notMet)
        #expect(report.gate.reasons.contains { $0.contains("at least 60 %") })
    }

    @Test func `a domain that carries money below confidence 0,5 is a draft and unranked`() throws {
        let bench = try ReportBench.bench("halden")
        // One person's single answer about D6 is left.
        let kept = bench.views.filter { $0.type === Catalogue.answer && ($0.text("question") ?? "").hasPrefix("KT") }.first?.id
        let views = bench.views.filter { $0.type !== Catalogue.answer || !($0.text("question") ?? "").hasPrefix("KT") || $0.id == kept }
        let report = try ReportBench.report(views)
        #expect(ReportBench.outcome(.confidence, report) == .notMet)
        let domain = try #require(report.domains.first { $0.exposure.key == "D6" })
        #expect(domain.exposure.rank == nil && domain.confidence == .low && domain.exposure.net.mean > 0)
        #expect(report.domains.last?.exposure.key == "D6")
        #expect(report.gate.reasons.contains { $0.hasPrefix("D6 Knowledge transfer is not ranked") })
        #expect(report.result.frontRunningDomains == ["D2"])
    }

    @Test func `a line without a price is a draft and named`() throws {
        var bench = try ReportBench.bench("halden")
        try bench.write(Identifier(high: 40, low: 9), Catalogue.leakageLine, handle: "L9", [("title", "agency"), ("category", "LABOUR")])
        let report = try ReportBench.report(bench.views)
        #expect(ReportBench.outcome(.records, report) == .notMet)
        #expect(report.gate.reasons.contains("L9 has no price; its money is not in the figures."))
        let before = try ReportBench.halden.get()
        #expect(report.lines.count == 8 && report.result.headline == before.result.headline)
    }

    @Test func `an engagement without a line has a report that says so`() throws {
        let bench = try ReportBench.bench("halden")
        let report = try ReportBench.report(bench.views.filter { $0.type !== Catalogue.leakageLine && $0.type !== Catalogue.overlap })
        #expect(ReportBench.outcome(.evidence, report) == .notMet)
        for text in [report.json, report.markdown, report.html] { #expect(text.contains("No line is priced yet")) }
        #expect(throws: ReportError.noEngagement) { try ReportBench.report([]) }
    }
}
