import SeamarkJournal
import SeamarkModel
import Testing

/// From records to the four outputs.
@Suite struct GovernanceTests {
    private static func id(_ handle: String, _ type: RecordType, in bench: Bench) throws -> Identifier {
        try #require(bench.views.first { $0.handle == handle && $0.type === type }?.id)
    }

    @Test func `a bridge from an earlier reading has the vector's steps`() throws {
        var bench = try ReportBench.bench("halden")
        let before = try EngagementReading(bench.views)
        try bench.write(try Self.id("L6", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("isWithdrawn", "yes")])
        try bench.write(try Self.id("L8", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("amount.grade", "B"), ("amount.range", "140k/180k/240k")])
        try bench.write(Identifier(high: 40, low: 9), Catalogue.leakageLine, handle: "L9", [
            ("title", "agency"), ("category", "LABOUR"), ("amount.range", "100k/150k/260k"), ("amount.grade", "B"), ("amount.kind", "runRate"),
        ])
        let report = try EngagementReport(views: bench.views, primitives: bench.primitives, provenance: ReportBench.provenance, earlier: .init(try ReportBench.snapshot(of: bench), .success(before)))
        let bridge = try #require(report.governance.bridge)
        #expect((bridge.difference / 1000 + 17.0833).magnitude < 0.1)
        #expect((bridge.changes.reduce(0) { $0 + $1.amount } - bridge.difference).magnitude < 1e-6)
        #expect(report.document["bridge"]?["steps"]?.elements?.count == 7)
        #expect(report.markdown.contains("| Closed lines | −156 | L6 −156 |") && report.html.contains("What changed"))
        #expect(report.boardQuestions[2].facts[0].contains("new lines +160k"))
        // A proven move explains what closed.
        try bench.write(Identifier(high: 50, low: 9), Catalogue.move, handle: "MV9", [
            ("title", "chargebacks end"), ("lines", "L6"), ("state", "done"), ("completedAt", "2026-03-10"), ("evidence", "EV4"),
        ])
        #expect(try EngagementReading(bench.views).moves.last?.lines == [])
    }

    @Test func `a move that names a seam alone is proven by what leaks there, and what it brought down is its own`() throws {
        var bench = try ReportBench.bench("halden")
        let move = Identifier(high: 50, low: 9)
        try bench.write(move, Catalogue.move, handle: "MV9", [("title", "one promise"), ("seams", "S1"), ("state", "doing")])
        let before = try EngagementReading(bench.views)
        // L6 leaks at S1 and ends; L2 leaks at S3 and is estimated anew.
        try bench.write(try Self.id("L6", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("isWithdrawn", "yes")])
        try bench.write(try Self.id("L2", Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("amount.range", "500k/800k/1250k")])
        func report() throws -> EngagementReport {
            try EngagementReport(views: bench.views, primitives: bench.primitives, provenance: ReportBench.provenance, earlier: .init(try ReportBench.snapshot(of: bench), .success(before)))
        }
        func lines(_ step: Bridge.Step, _ report: EngagementReport) -> [String]? { report.governance.bridge?.changes.first { $0.step == step }?.lines.map(\.key) }
        let open = try report()
        #expect(lines(.closedLines, open) == ["L6"] && lines(.estimates, open) == ["L2"] && lines(.verifiedMoves, open) == [])
        // MV1 names L6, MV2 the seam of L2, MV9 that of L6.
        #expect(open.governance.exitRules.first { $0.phase == .prove }?.missing == ["MV3 has no re-priced line."])
        try bench.write(move, Catalogue.move, [("state", "done"), ("completedAt", "2026-03-10"), ("evidence", "EV4")])
        let proven = try report()
        #expect(lines(.closedLines, proven) == [] && lines(.estimates, proven) == ["L2"] && lines(.verifiedMoves, proven) == ["L6"])
        let bridge = try #require(proven.governance.bridge)
        #expect((bridge.changes.reduce(0) { $0 + $1.amount } - bridge.difference).magnitude < 1e-6)
    }

    @Test func `of a circle of prerequisites the later edge is ignored`() throws {
        var bench = try ReportBench.bench("halden")
        let (i4, i6) = (try Self.id("I4", Catalogue.initiative, in: bench), try Self.id("I6", Catalogue.initiative, in: bench))
        try bench.write(i4, Catalogue.initiative, [("prerequisites", "I6")])
        try bench.write(i6, Catalogue.initiative, [("prerequisites", "I4")])
        let reading = try EngagementReading(bench.views)
        #expect(reading.initiatives.first { $0.key == "I4" }?.prerequisites == ["I6"])
        #expect(reading.initiatives.first { $0.key == "I6" }?.prerequisites == [])
        // And one that waits for what is paused is paused.
        try bench.write(i6, Catalogue.initiative, [("prerequisites", "I1")])
        let rows = try ReportBench.report(bench.views).governance.sequence.rows
        #expect(rows.filter { $0.verdict == .pause }.map(\.key) == ["I2", "I1", "I6", "I4"])
    }

    @Test func `a person's ruling is told beside the verdict and has a residual of its own`() throws {
        var bench = try ReportBench.bench("halden")
        try bench.write(Identifier(high: 58, low: 1), Catalogue.sequenceDecision, handle: "SD1", [
            ("initiative", "I4"), ("ruling.verdict", "pause"), ("ruling.reason", "the cell has no room"), ("ruling.approver", "chief operating officer"),
        ], by: Bench.lea)
        let report = try ReportBench.report(bench.views)
        let row = try #require(report.governance.sequence.rows.first { $0.key == "I4" })
        #expect(row.verdict == .fund && row.standing == .pause)
        let ruled = try #require(report.governance.ruledResidual)
        #expect(ruled.mean > report.governance.residual.mean + 100_000)
        let before = try ReportBench.halden.get()
        #expect(report.governance.residual == before.governance.residual && before.governance.ruledResidual == nil)
        #expect(report.markdown.contains("Fund; ruled: Pause") && report.markdown.contains("the cell has no room"))
    }

    @Test func `the last gate review counts, expires, and is held against the records`() throws {
        var bench = try ReportBench.bench("halden")
        func verdict(_ day: String) throws -> ScalingGate.Verdict? {
            let now = try #require(CalendarDate.milliseconds(day))
            let provenance = ReportProvenance(software: "seamark-test 0", madeAt: now)
            return try EngagementReport(views: bench.views, primitives: bench.primitives, provenance: provenance).governance.gates.first?.verdict
        }
        let review = Identifier(high: 54, low: 1)
        try bench.write(review, Catalogue.gateReview, handle: "GR2", [("initiative", "I1"), ("date", "2026-04-01")])
        for criterion in ScalingGate.Criterion.allCases.enumerated() {
            let result = DerivedIdentifiers.gateResult(review: review, criterion: Int64(criterion.offset) + 1, by: bench.primitives)
            try bench.write(result, Catalogue.gateResult, [("review", "GR2"), ("criterion", criterion.element.rawValue), ("finding.result", "pass")])
        }
        #expect(try verdict("2026-04-02") == .pass && verdict("2026-06-30") == .pass)
        #expect(try verdict("2026-07-01") == .hold)
        let report = try ReportBench.report(bench.views)
        #expect(report.governance.sequence.rows.first { $0.key == "I1" }?.verdict != .pause)
        let told = report.governance.gates[0].contradictions.map { String($0.prefix { $0 != ";" }) }
        #expect(told == ["G10 is recorded as passed"])
    }

    @Test func `a ruling of a lead replaces the mean of a question and is told`() throws {
        var bench = try ReportBench.bench("halden")
        let before = try ReportBench.halden.get()
        try bench.write(Identifier(high: 61, low: 1), Catalogue.scoreReview, handle: "SR1", [("question", "KT1"), ("ruling.value", "0"), ("ruling.reason", "two people are qualified now")], by: Bench.lea)
        let report = try ReportBench.report(bench.views)
        func severity(_ report: EngagementReport) -> Double { report.domains.first { $0.exposure.key == "D6" }?.exposure.severity ?? .nan }
        #expect(severity(report) < severity(before) && report.result.headline == before.result.headline)
        #expect(report.markdown.contains("Questions scored by a lead's ruling in place of the answers' mean: KT1."))
        #expect(report.inputsHash != before.inputsHash)
    }

    @Test func `a line without points follows what its own site says, where enough people answered there and elsewhere`() throws {
        var bench = try ReportBench.bench("halden")
        let line = try Self.id("L5", Catalogue.leakageLine, in: bench)
        try bench.write(line, Catalogue.leakageLine, [("domainPoints", "-")])
        let engagement = try #require(bench.views.first { $0.type === Catalogue.engagement }?.id)
        try bench.write(engagement, Catalogue.engagement, [("methodSettings.minCell", "50")], by: Bench.headquarters)
        let few = try #require(try EngagementReading(bench.views).input.lines.first { $0.key == "L5" })
        #expect(few.domainPoints == nil && few.readings == nil)
        try bench.write(engagement, Catalogue.engagement, [("methodSettings.minCell", "3")], by: Bench.headquarters)
        let reading = try EngagementReading(bench.views)
        let own = try #require(reading.input.lines.first { $0.key == "L5" }?.readings)
        #expect(own.count == 9 && own != reading.input.domains)
    }

    @Test func `moves say what they lack, and six open ones are a warning`() throws {
        var bench = try ReportBench.bench("halden")
        for number in 4...6 { try bench.write(Identifier(high: 50, low: UInt64(number)), Catalogue.move, handle: "MV\(number)", [("title", "one more")]) }
        let question = try ReportBench.report(bench.views).boardQuestions[3]
        let obstacles = question.obstacles
        try #require(obstacles.count == 3 && question.warnings.count == 1, "\(obstacles)")
        #expect(obstacles[0] == "MV4 lacks an owner and a due date and a linked line or seam: the answer cannot be approved.")
        #expect(question.warnings[0].hasPrefix("Warning: 6 moves"))
        // While two disagree about a date, the earlier one is shown.
        let move = try Self.id("MV1", Catalogue.move, in: bench)
        let early = try bench.setting(move, Catalogue.move, [("due", "2026-04-01")], by: Bench.ana)
        let late = try bench.setting(move, Catalogue.move, [("due", "2026-05-01")], by: Bench.ben)
        bench.apply(early)
        bench.apply(late)
        #expect(try EngagementReading(bench.views).moves.first?.due == CalendarDate.days("2026-04-01"))
    }

    @Test func `an instrument of ten domains goes all the way into the report`() throws {
        // Core-9 with one domain more, of the same edition.
        let core = Instrument.core9.json
        let tenth: JSONValue = [
            "code": "D10", "key": "tenth", "name": "Tenth domain", "description": "d", "mayBeNotAssessed": false, "drives": [], "evidence": "e",
            "questions": [["id": "TE1", "text": "t", "asked": ["manager"], "weight": 1, "anchors": core["domains"]?.elements?[0]["questions"]?.elements?[0]["anchors"] ?? .null]],
        ]
        let ten = try Instrument(json: .object((core.members ?? []).map { member in
            member.name == "domains" ? JSONMember("domains", .array((member.value.elements ?? []) + [tenth])) : member
        }))
        var bench = try ReportBench.bench("halden")
        let line = try Self.id("L1", Catalogue.leakageLine, in: bench)
        try bench.write(line, Catalogue.leakageLine, [("domainPoints", "D10=100")])
        let report = try EngagementReport(
            views: bench.views, instrument: ten, primitives: bench.primitives, provenance: ReportBench.provenance)
        #expect(report.domains.count == 10 && report.html.contains("D10 Tenth domain"))
        #expect(agree(report.domains.first { $0.exposure.key == "D10" }?.exposure.net.mean ?? .nan, 512_500, within: 1e-3))
    }

    @Test func `whom to interview first follows what domains are, under whatever codes`() throws {
        // The domains of core-9 under codes in reverse order.
        func changed(_ domain: JSONValue, _ place: Int) -> JSONValue {
            .object((domain.members ?? []).map { $0.name == "code" ? JSONMember("code", .string("D\(9 - place)")) : $0 })
        }
        let reversed = try Instrument(json: .object((Instrument.core9.json.members ?? []).map { member in
            member.name == "domains" ? JSONMember("domains", .array((member.value.elements ?? []).enumerated().map { changed($0.element, $0.offset) })) : member
        }))
        let bench = try ReportBench.bench("halden")
        func first(_ instrument: Instrument) throws -> [String] {
            try EngagementReport(views: bench.views, instrument: instrument, primitives: bench.primitives, provenance: ReportBench.provenance).governance.interviewFirst
        }
        #expect(try first(.core9) == ["D3", "D1", "D2", "D5", "D6", "D8", "D4"])
        #expect(try first(reversed) == ["D7", "D9", "D8", "D5", "D4", "D2", "D6"])
    }
}
