import SeamarkJournal
import Testing

@testable import SeamarkModel

/// What a board-ready report may not pass over, and what it may not say.
@Suite struct BoardTruthTests {
    private static func id(_ handle: String, _ type: RecordType, in bench: Bench) throws -> Identifier {
        try #require(bench.views.first { $0.handle == handle && $0.type === type }?.id)
    }

    /// Midnight of a day, in milliseconds since 1970.
    private static func report(_ views: [RecordView], on day: String) throws -> EngagementReport {
        try EngagementReport(
            views: views, primitives: CheapPrimitives(), provenance: ReportProvenance(software: "test", madeAt: try #require(CalendarDate.days(day)) * 86_400_000))
    }

    // MARK: - Disputes

    struct Dispute: CustomTestStringConvertible, Sendable {
        var handle: String
        var type: RecordType
        /// What two people say, by field.
        var field: String
        var one: String
        var other: String
        /// A row of the sequence that it marks, and how.
        var marks: (row: String, words: String)?

        var testDescription: String { "\(handle) \(field)" }
    }

    private static let disputes: [Dispute] = [
        Dispute(handle: "N6", type: Catalogue.initiative, field: "cost", one: "1500k/1900k/2500k", other: "3M/3600k/5M", marks: ("N6", "cost")),
        Dispute(handle: "N6", type: Catalogue.initiative, field: "mandate.kind", one: "safety", other: "regulatory", marks: ("N6", "mandate")),
        Dispute(handle: "N6", type: Catalogue.initiative, field: "schedule.delayMonths", one: "7", other: "30", marks: ("N6", "schedule")),
        Dispute(handle: "N6", type: Catalogue.initiative, field: "treatsSeam", one: "S2", other: "S3", marks: ("N6", "treats seam")),
        Dispute(handle: "K1", type: Catalogue.constraint, field: "rate.contributionPerUnit", one: "800/1000/1300", other: "90/110/140", marks: ("N6", "K1, rate")),
        Dispute(handle: "K1", type: Catalogue.constraint, field: "status", one: "suspected", other: "relieved", marks: ("N6", "K1, status")),
        Dispute(handle: "S1", type: Catalogue.seam, field: "velocity", one: "1/1.5/2", other: "2/3/4", marks: ("N2", "S1, velocity")),
        Dispute(handle: "L6", type: Catalogue.leakageLine, field: "site", one: "ST1", other: "ST3", marks: ("N6", "L6, site")),
        Dispute(handle: "NORTHLINK-2026", type: Catalogue.engagement, field: "budget", one: "30M", other: "50M"),
    ]

    @Test(arguments: disputes) func `a dispute about what figures or the sequence rest on is a draft, and marks its rows`(dispute: Dispute) throws {
        var bench = try ReportBench.bench("northlink")
        let record = try #require(bench.views.first { $0.type === dispute.type && ($0.handle == dispute.handle || dispute.type === Catalogue.engagement) }?.id)
        try bench.dispute(record, dispute.type, dispute.field, dispute.one, dispute.other)
        let report = try ReportBench.report(bench.views)
        #expect(report.conflicts.count == 1 && report.conflicts.allSatisfy(\.touchesMoney))
        #expect(ReportBench.outcome(.conflicts, report) == .notMet && !report.gate.isBoardReady)
        guard let marks = dispute.marks else { return }
        #expect(report.disputed(marks.row) == [marks.words])
        #expect(report.html.contains("in dispute: \(marks.words)") && report.markdown.contains("in dispute: \(marks.words)"))
        #expect(report.disputed("N5") == [])
    }

    @Test func `what an initiative takes off in dispute is named by initiative and line`() throws {
        var bench = try ReportBench.bench("northlink")
        let (initiative, line) = (try Self.id("N6", Catalogue.initiative, in: bench), try Self.id("L6", Catalogue.leakageLine, in: bench))
        let target = try #require(bench.views.first { $0.type === Catalogue.initiativeTarget && $0.reference("initiative") == initiative && $0.reference("line") == line }?.id)
        try bench.dispute(target, Catalogue.initiativeTarget, "reduction", "40%/50%/60%", "1%/2%/3%")
        let report = try ReportBench.report(bench.views)
        #expect(report.conflicts.map(\.record) == ["N6 on L6"] && ReportBench.outcome(.conflicts, report) == .notMet)
        #expect(report.disputed("N6") == ["N6 on L6, reduction"] && report.disputed("N9") == [])
        #expect(report.markdown.contains("in dispute: N6 on L6, reduction"))
        let rows = try #require(report.document["sequence"]?["rows"]?.elements)
        #expect(rows.filter { ($0["inDispute"]?.elements ?? []) != [] }.map { $0["key"]?.text } == ["N6"])
    }

    @Test func `what the board is asked to release says that its cost is in dispute`() throws {
        var bench = try ReportBench.bench("northlink")
        let initiative = try Self.id("N6", Catalogue.initiative, in: bench)
        try bench.dispute(initiative, Catalogue.initiative, "cost", "1500k/1900k/2500k", "1400k/1900k/2400k")
        let asked = try ReportBench.report(bench.views).decisionsAsked
        #expect(asked.contains { $0.contains("N6") && $0.contains("in dispute: cost") }, "\(asked)")
    }

    // MARK: - Evidence

    @Test func `a grade counts as far as its evidence proves it, and one that is not proven is a draft`() throws {
        let proven = try ReportBench.halden.get().result.evidence.filter { $0.grade <= .b }.reduce(0) { $0 + $1.share }
        func report(_ line: String, _ fields: [(String, String)]) throws -> EngagementReport {
            var bench = try ReportBench.bench("halden")
            try bench.write(try Self.id(line, Catalogue.leakageLine, in: bench), Catalogue.leakageLine, fields)
            return try ReportBench.report(bench.views)
        }
        func counted(_ report: EngagementReport) -> Double { ReportGate.strongShare(report.result, report.lines.map(\.line)) }
        // Of no evidence at all.
        let bare = try report("L1", [("evidence", "-EV1")])
        #expect(ReportBench.outcome(.records, bare) == .notMet && bare.findings.contains { $0.kind == .ledgerMissing && $0.blocksBoard })
        let first = try #require(bare.result.lines.first { $0.key == "L1" })
        #expect((proven - counted(bare) - first.net.mean / bare.result.headline.mean).magnitude < 1e-9)
        #expect(bare.gate.conditions[0].words.contains { $0.hasSuffix("does not count: L1.") })
        // An extract proves B of what is graded A.
        let extract = try report("L1", [("evidence", "-EV1"), ("evidence", "+EV2")])
        #expect(ReportBench.outcome(.records, extract) == .notMet && (counted(extract) - proven).magnitude < 1e-9)
        // Nothing but words proves no B, and C needs none.
        let told = try report("L8", [("amount.grade", "B")])
        #expect(ReportBench.outcome(.records, told) == .notMet && told.findings.contains { $0.kind == .gradeWithoutEvidence && $0.blocksBoard && $0.name == "L8" })
        #expect(counted(told) <= proven + 0.02 && told.gate.conditions[0].words.contains { $0.hasSuffix("does not count: L8.") })
        #expect(try report("L8", [("amount.grade", "C")]).gate.isBoardReady)
        #expect(try report("L8", [("amount.grade", "B"), ("evidence", "+EV2")]).gate.isBoardReady)
        #expect(EvidenceGrade.b.proven(by: ["audio"]) == .d && EvidenceGrade.a.proven(by: ["link"]) == .b && EvidenceGrade.c.proven(by: []) == .c)
    }

    // MARK: - Domains and interviews

    @Test func `without an interview no domain stands out, and the board sees a draft`() throws {
        var bench = try ReportBench.bench("halden")
        for line in bench.views where line.type === Catalogue.leakageLine { try bench.write(line.id, Catalogue.leakageLine, [("domainPoints", "-")]) }
        let report = try ReportBench.report(bench.views.filter { $0.type !== Catalogue.answer && $0.type !== Catalogue.interview })
        #expect(report.gate.conditions.filter { $0.outcome == .notMet }.map(\.kind) == [.confidence] && report.gate.reasons == ["No domain is scored: no interview says where it leaks."])
        #expect(report.domainRunners.hasPrefix("No domain is ranked") && report.facts.interviews == 0)
    }

    @Test func `a domain that was asked about in vain was asked, and is a draft`() throws {
        var bench = try ReportBench.bench("halden")
        let answers = bench.views.filter { $0.type === Catalogue.answer && ($0.text("question") ?? "").hasPrefix("AI") }
        #expect(!answers.isEmpty)
        for answer in answers { bench.apply(try bench.setting(answer.id, Catalogue.answer, [("response.outcome", "dontKnow"), ("response.score", "-"), ("response.grade", "-")])) }
        let report = try ReportBench.report(bench.views)
        let domain = try #require(report.domains.first { $0.exposure.key == "D7" })
        #expect(domain.isAskedInVain && domain.coverage == 0 && domain.confidence == nil)
        #expect(ReportBench.outcome(.confidence, report) == .notMet && report.gate.reasons == ["D7 Upskilling and AI readiness is not ranked: asked, and nobody could score it."])
        #expect(report.markdown.contains("Asked, not scored") && report.document["domains"]?.elements?.first { $0["key"]?.text == "D7" }?["coverage"]?.number == 0)
        // Never asked: nothing is known, and nothing carries money.
        let unasked = try ReportBench.report(bench.views.filter { view in !answers.contains { $0.id == view.id } })
        #expect(unasked.gate.isBoardReady && unasked.domains.first { $0.exposure.key == "D7" }?.coverage == nil && unasked.markdown.contains("Not assessed"))
    }

    @Test func `an interview of whose answers none is used is none that the figures rest on`() throws {
        var bench = try ReportBench.bench("halden")
        try bench.write(Identifier(high: 23, low: 900), Catalogue.person, handle: "P-Z1", [("level", "manager")])
        try bench.write(Identifier(high: 24, low: 900), Catalogue.interview, handle: "IV-Z1", [("persons", "P-Z1"), ("startedAt", "2026-03-03T09:00")])
        let report = try ReportBench.report(bench.views)
        #expect(report.facts.interviews == 18 && report.facts.people == 18)
    }

    // MARK: - Equals

    @Test func `two that are always equal are two front runners, and neither is number one`() throws {
        var bench = try ReportBench.bench("halden")
        for line in bench.views where line.type === Catalogue.leakageLine {
            try bench.write(line.id, Catalogue.leakageLine, [("domainPoints", "D2=50,D3=50"), ("seamPoints", "S1=40,S2=40")])
        }
        let report = try ReportBench.report(bench.views)
        #expect(report.result.frontRunningDomains == ["D2", "D3"] && report.result.frontRunningSeams == ["S1", "S2"])
        #expect(report.domainRunners.hasPrefix("Two front runners: D2") && report.seamRunners.hasPrefix("Two front runners: S1"))
        #expect(report.result.domains.filter { ["D2", "D3"].contains($0.key) }.allSatisfy { $0.firstShare == 1 && $0.firstThreeShare == 1 })
    }

    @Test func `front runners stand in the order of the shares that are printed beside them`() throws {
        var report = try ReportBench.halden.get()
        #expect(report.result.frontRunningDomains == ["D2", "D6"])
        for (key, share) in [("D2", 0.47), ("D6", 0.5)] {
            let place = try #require(report.result.domains.firstIndex { $0.key == key }), told = try #require(report.domains.firstIndex { $0.exposure.key == key })
            report.result.domains[place].firstShare = share
            report.domains[told].exposure.firstShare = share
        }
        #expect(report.domainRunners.hasPrefix("Two front runners: D6 Knowledge transfer (first in 50 % of runs) and D2"), "\(report.domainRunners)")
        #expect(report.document["frontRunners"]?["domains"]?.elements?.map { $0.text } == ["D6", "D2"])
    }

    @Test func `every amount of a check has its currency and its unit`() throws {
        var bench = try ReportBench.bench("halden")
        let seam = try Self.id("S1", Catalogue.seam, in: bench)
        try bench.write(seam, Catalogue.seam, [("volumetrics.failuresPerWeek", "1/2/3"), ("volumetrics.costPerFailure", "100/150/200")])
        let report = try ReportBench.report(bench.views)
        let words = try #require(report.governance.checks.first { $0.kind == .seamCostDiffers }).words
        let amount = #"USD\u{a0}[0-9.]+[kM]? \([0-9.]+[kM]? to [0-9.]+[kM]?\)"#
        let told = try Regex("costs \(amount) a year by its failures and \(amount) by the lines")
        #expect(words.contains(told), "\(words)")
    }

    // MARK: - Days

    @Test func `a move whose day is past is overdue and not of the next ninety days`() throws {
        let views = try ReportBench.bench("halden").views
        let due = try #require(EngagementReading(views).moves.compactMap(\.due).max())
        let late = try Self.report(views, on: CalendarDate.text(days: due + 1)), early = try Self.report(views, on: CalendarDate.text(days: due - 400))
        let open = late.openMoves.map(\.key)
        #expect(!open.isEmpty && late.boardQuestions[3].facts.contains { $0.hasPrefix("Overdue on") && $0.hasSuffix(open.joined(separator: ", ") + ".") })
        #expect(late.markdown.contains("✗ overdue") && !early.markdown.contains("verdue"))
        #expect(late.document["cycle"]?["moves"]?.elements?.contains { $0["overdue"] == .bool(true) } == true)
        let last = try #require(late.openMoves.last?.due)
        #expect(late.openMoves.allSatisfy { $0.isOverdue(on: due + 1) } && !late.openMoves.contains { $0.due == last && $0.isOverdue(on: last) })
        let cycle = try #require(late.governance.cycle)
        let ended = try Self.report(views, on: CalendarDate.text(days: cycle.days.start + 90))
        #expect(ended.cycleSentence == "Cycle \(cycle.number) ended on \(CalendarDate.text(days: cycle.days.start + 89)).")
    }

    // MARK: - Words

    @Test func `nothing is owned where nothing is captured`() throws {
        let views = try ReportBench.bench("halden").views
        let report = try ReportBench.report(views.filter { view in ![Catalogue.seam, Catalogue.decisionRight, Catalogue.decisionSample].contains { $0 === view.type } })
        #expect(report.boardQuestions[4].facts[0] == "No decision and no seam is captured yet, so nobody can say who owns them.")
        #expect(report.seamRunners == "No seam is captured yet." && !report.markdown.contains("Every decision has"))
    }

    @Test func `money that people release against the rules stands on page one`() throws {
        var bench = try ReportBench.bench("halden")
        for (number, initiative, verdict) in [(UInt64(1), "I2", "fund"), (2, "I3", "pause")] {
            try bench.write(Identifier(high: 58, low: number), Catalogue.sequenceDecision, handle: "SD\(number)", [
                ("initiative", initiative), ("ruling.verdict", verdict), ("ruling.reason", "promised"), ("ruling.approver", "chief operating officer"),
            ], by: Bench.lea)
        }
        let asked = try ReportBench.report(bench.views).decisionsAsked
        #expect(asked.first?.contains("Against the rules, USD\u{a0}700k is released: USD\u{a0}700k for I2") == true, "\(asked)")
        #expect(!(try ReportBench.halden.get().decisionsAsked.contains { $0.contains("Against the rules") }))
    }

    @Test func `what is left of three decisions goes to seams that nobody owns`() throws {
        var bench = try ReportBench.bench("halden")
        for seam in bench.views where seam.type === Catalogue.seam { try bench.write(seam.id, Catalogue.seam, [("ownerFrom", "-")]) }
        let views = bench.views.filter { view in ![Catalogue.decisionRight, Catalogue.initiative].contains { $0 === view.type } }
        let asked = try ReportBench.report(views).decisionsAsked
        #expect(asked.count == 3 && asked.allSatisfy { $0.hasPrefix("Name an owner for S") } && Set(asked).count == 3)
    }

    @Test func `an overlap with a line that is gone is called by its lines`() throws {
        var bench = try ReportBench.bench("halden")
        try bench.write(try Self.id("L4", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("isWithdrawn", "yes")])
        let report = try ReportBench.report(bench.views)
        #expect(report.exclusions.contains("L7 and L4 (overlap) joins a line that is not counted; nothing was taken off for it."), "\(report.exclusions)")
    }

    @Test func `what waits in quarantine is told, and is no record that was left out`() throws {
        let report = try EngagementReport(
            views: try ReportBench.bench("halden").views, primitives: CheapPrimitives(),
            provenance: ReportProvenance(software: "test", quarantined: [.init(changes: 3, reason: "the device was revoked"), .init(changes: 1, reason: "a text is too long")]))
        #expect(report.exclusions.contains("In quarantine, and in no figure: 3 changes, since the device was revoked."))
        #expect(report.gate.isBoardReady && report.gate.conditions.first { $0.kind == .records }?.words[0].hasSuffix("4 changes wait in quarantine.") == true)
    }

    // MARK: - What was said of other figures

    @Test func `a narrative that was written before figures changed says so, until somebody writes or approves it anew`() throws {
        var bench = try ReportBench.bench("halden")
        func warnings(_ bench: Bench) throws -> [String] { try ReportBench.report(bench.views).boardQuestions[0].warnings }
        #expect(try warnings(bench) == [])
        try bench.write(try Self.id("L8", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("title", "waiting")])
        #expect(try warnings(bench) == [])
        try bench.write(try Self.id("L8", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("amount.range", "140k/180k/240k")])
        let told = try warnings(bench)
        #expect(told.count == 1 && told[0].hasPrefix("What is said here was written before figures changed on 2026-"))
        try bench.write(try Self.id("BA1", Catalogue.boardAnswer, in: bench), Catalogue.boardAnswer, [("approvedBy", "chief executive")], by: Bench.lea)
        #expect(try warnings(bench) == [])
    }

    @Test func `what nobody approved is in no frozen report, which says so`() throws {
        let bench = try ReportBench.bench("halden")
        let frozen = FrozenRecords(bench.state, at: LogPlace(position: 3, hash: Hash256(words: (1, 2, 3, 3))), day: 20_540, bench.primitives)
        let snapshot = try ReportBench.snapshot(of: bench, day: 20_540)
        let report = try EngagementReport(
            frozen: frozen, of: Bench.scope, asOf: .snapshot("SN-A001"), snapshot: snapshot, software: "test", primitives: bench.primitives, earlier: nil, instrument: { _ in nil }, memberName: { _ in nil })
        let question = report.boardQuestions[1]
        #expect(question.narrative == nil && question.warnings.last == "What somebody wrote about this was not approved, and is left out." && report.boardQuestions[0].narrative != nil)
        #expect(!report.markdown.contains("weakest line") && !report.markdown.contains("Not approved yet"))
        #expect(try ReportBench.report(bench.views).boardQuestions[1].narrative?.contains("weakest line") == true)
        // The day that ages are counted to, and the day of the data.
        let days = (CalendarDate.text(days: 20_540), CalendarDate.text(days: snapshot.frozenAt / 86_400_000))
        #expect(days.0 != days.1 && report.frozenLine?.contains("as of \(days.0) (its data were frozen on \(days.1))") == true, "\(report.frozenLine ?? "")")
    }

    @Test func `the difference between two snapshots is a line of its own`() throws {
        var bench = try ReportBench.bench("halden")
        let before = try EngagementReading(bench.views), snapshot = try ReportBench.snapshot(of: bench)
        try bench.write(try Self.id("L8", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("amount.range", "120k/200k/370k")])
        let comparison = try SnapshotComparison(snapshot, before, snapshot, try EngagementReading(bench.views))
        let rows = comparison.rows
        #expect(rows[rows.count - 2][0] == "Difference" && rows[rows.count - 2][1] == "−" + ReportFigures.oneDecimal(comparison.bridge.difference.magnitude / 1000))
        // Every amount with one place, since some are small.
        #expect(rows.allSatisfy { $0[1].split(separator: ".").count == 2 }, "\(rows)")
        let report = try EngagementReport(views: bench.views, primitives: bench.primitives, provenance: ReportBench.provenance, earlier: .init(snapshot, .success(before)))
        #expect(report.markdown.contains("| Difference | −") && report.boardQuestions[2].facts[0].contains(" in all. Steps of the mean: "))
    }

    // MARK: - From a figure to its parts

    @Test(arguments: ["halden", "northlink"]) func `the parts of every figure add up to it`(sample: String) throws {
        let report = try (sample == "halden" ? ReportBench.halden : ReportBench.northlink).get()
        func check(_ name: String, _ mean: Double) throws {
            let origin = try #require(report.origins(called: name).first)
            #expect((origin.parts.reduce(0) { $0 + $1.amount } - origin.total).magnitude < 1e-6 && (origin.total - mean).magnitude < 1e-6 * max(1, mean), "\(name)")
        }
        for domain in report.domains { try check(domain.exposure.key, domain.exposure.net.mean) }
        for seam in report.seams { try check(seam.exposure.key, seam.exposure.net.mean) }
        for category in report.result.categories { try check(category.category.rawValue, category.net.mean) }
        for site in report.result.sites { try check(try #require(report.siteNames.first { $0.value == site.site }?.key), site.net.mean) }
        for row in report.governance.sequence.rows { try check(row.key, row.protected) }
        for name in ["total", "P50", "p90"] { try check(name, report.result.headline.mean) }
        for move in report.governance.moves { #expect(report.origins(called: move.key).first?.lines == move.lines) }
        let parts = try #require(report.document["domains"]?.elements?.first?["inputs"]?["parts"]?.elements)
        #expect(!parts.isEmpty && parts.allSatisfy { $0["line"]?.text != nil && $0["points"]?.number != nil && $0["amount"]?.number != nil })
    }
}
