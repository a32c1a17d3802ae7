import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// What an engagement's report says where the method's text decides and a program may easily do otherwise.
@Suite struct MethodAsWrittenTests {
    /// The report of an engagement of these sections, of few iterations: nothing here hangs on how many.
    private static func report(_ sections: String) throws -> EngagementReport {
        var bench = Bench()
        let file = #"{"format": "seamark-engagement", "version": 1, "engagement": {"handle": "E1", "title": "Invented", "currency": "USD", "inScopeDomains": ["D1", "D3"]}, "contributors": [{"handle": "C1", "name": "One"}, {"handle": "C2", "name": "Two"}], "sites": [{"handle": "ST1", "name": "Works"}], "evidence": [{"handle": "EV1", "kind": "ledger", "title": "Ledger"}], "#
        try EngagementFileTests.load(Array((file + sections + "}").utf8), into: &bench)
        let engagement = try #require(bench.views.first { $0.type === Catalogue.engagement }?.id)
        try bench.write(engagement, Catalogue.engagement, [("methodSettings.iterations", "\(RiskSettings.iterationBounds.lowerBound)")], by: Bench.headquarters)
        return try ReportBench.report(bench.views)
    }

    private static func line(_ key: String, _ rest: String = "") -> String {
        #"{"handle": "\#(key)", "title": "\#(key)", "category": "DOWNTIME", "amount": {"range": {"low": 100000000, "likely": 100000000, "high": 100000000}, "grade": "B", "kind": "runRate", "reason": "exact", "valuation": "contribution"}, "evidence": ["EV1"]\#(rest)}"#
    }

    private static func initiative(_ key: String, _ rest: String) -> String {
        #"{"handle": "\#(key)", "name": "\#(key)", "cost": {"low": 10000000, "likely": 10000000, "high": 10000000}, "targets": [{"line": "L1", "reduction": {"low": 1000, "likely": 1000, "high": 1000}}], \#(rest)}"#
    }

    @Test func `two scorers who both see a severe seam make it severe, and what loads it waits`() throws {
        let report = try Self.report("""
            "seams": [{"handle": "S1", "name": "s", "modeScores": [
              {"mode": "kpiConflict", "scorer": "C1", "rating": {"score": 3, "grade": "D"}}, {"mode": "kpiConflict", "scorer": "C2", "rating": {"score": 3, "grade": "C"}}]}],
            "lines": [\(Self.line("L1"))], "initiatives": [\(Self.initiative("I1", #""addsLoadTo": ["S1"], "schedule": {"delayMonths": 0}"#))]
            """)
        #expect(report.document["seams"]?.elements?.first?["severity"]?.number == 3)
        #expect(report.document["sequence"]?["rows"]?.elements?.first?["verdict"]?.text == "pause")
    }

    /// A relieved resource, the market itself, none that is full, and one that governs; each with a line at contribution.
    private static let streams = Result { try report("""
        "constraints": [\(["vs1 99 relieved false", "vs2 99 measured true", "vs3 80 measured false", "vs4 98 measured false"].enumerated().map { place, words in
            let words = words.split(separator: " ")
            return #"{"handle": "K\#(place + 1)", "resource": "press", "valueStream": "\#(words[0])", "load": {"load": {"low": \#(words[1]), "likely": \#(words[1]), "high": \#(words[1])}, "capacity": 100, "unit": "h", "period": "week", "grade": "B"}, "status": "\#(words[2])", "isMarket": \#(words[3]), "evidence": ["EV1"]}"#
        }.joined(separator: ", "))],
        "lines": [\((1...4).map { line("L\($0)", #", "constraint": "K\#($0)""#) }.joined(separator: ", ")), \(line("L5", #", "constraint": "K4", "valueStream": "vs2""#))]
        """) }

    @Test func `why the market is the constraint is told as it is`() throws {
        let report = try Self.streams.get()
        let text = report.markdown
        #expect(text.contains("In vs1 what is loaded to 95 % is relieved (K1): the market is the constraint."))
        #expect(text.contains("In vs2 the market (K2) is loaded to 95 % and governs: the market is the constraint."))
        #expect(text.contains("In vs3 no resource is loaded to 95 %: the market is the constraint."))
        #expect(text.contains("In vs4 K4 press governs: 98 of 100 h a week."))
        let streams = try #require(report.document["constraint"]?["streams"]?.elements)
        #expect(streams.map { $0["governing"]?.text } == [nil, nil, nil, "K4"])
        #expect(streams.map { $0["because"]?.text } == ["relieved", "market", "noneFull", "governs"])
    }

    @Test func `contribution is asked about wherever the market is the constraint`() throws {
        let checks = try #require(Self.streams.get().document["structuralChecks"]?.elements).filter { $0["kind"]?.text == "contributionBelowLoad" }
        #expect(checks.map { $0["subject"]?.text } == ["L1", "L2", "L3", "L5"])
        #expect(checks.first?["words"]?.text?.contains("the market is the constraint") == true)
    }

    @Test func `an initiative that was stopped has no place in the sequence, takes no money, and is named`() throws {
        let stages = ["idea", "planned", "live", "stopped"].enumerated().map { place, stage in Self.initiative("I\(place + 1)", #""schedule": {"delayMonths": 0, "stage": "\#(stage)"}"#) }
        let report = try Self.report("""
            "lines": [\(Self.line("L1"))], "initiatives": [\(stages.joined(separator: ", "))], "sequenceDecisions": [{"handle": "SD1", "initiative": "I4", "ruling": {"verdict": "fund", "reason": "r", "approver": "a"}}]
            """)
        let sequence = try #require(report.document["sequence"])
        #expect(sequence["rows"]?.elements?.map { $0["key"]?.text } == ["I1", "I2", "I3"])
        #expect(sequence["stopped"]?.elements?.map(\.text) == ["I4"])
        #expect(report.document["constraint"]?["alignmentBefore"]?["all"]?.number == 200_000 && report.document["constraint"]?["alignmentAfter"]?["all"]?.number == 300_000)
        #expect(report.markdown.contains("Stopped, and not in the sequence: I4."))
        #expect(report.leftOut.map(\.words) == ["rules on an initiative that was stopped; it has no place in the sequence"])
        // What is drawn stands beside what the ratio is made of.
        let row = try #require(sequence["rows"]?.elements?.first)
        #expect(row["protectedByMeans"]?.number == (row["ratio"]?.number ?? .nan) * 100_000)
    }

    @Test func `a ruling on a question that nobody scored is used and told`() throws {
        let report = try Self.report(#""scoreReviews": [{"handle": "SR1", "question": "DR6", "ruling": {"value": 3, "reason": "r"}}], "lines": [\#(Self.line("L1"))]"#)
        let domain = try #require(report.document["domains"]?.elements?.first { $0["key"]?.text == "D3" })
        #expect(domain["severity"]?.number == 0.75 && domain["confidence"]?.number == 0 && domain["rank"] == .null)
        #expect(domain["reviewedQuestions"]?.elements?.map(\.text) == ["DR6"])
        #expect(report.markdown.contains("Questions scored by a lead's ruling in place of the answers' mean: DR6."))
    }

    @Test func `a confidence that is 0.5 on paper is enough for the ranking, the gate and the baseline alike`() throws {
        // The fourth root of 1 × 1/3 × 0.3 × 5/8, and a last bit below it as it is reckoned.
        let answers = [("IV1", [1, 1]), ("IV2", [2, 3])].flatMap { interview, scores -> [String] in
            (1...6).map { number -> String in
                let response = number <= 2 ? #"{"outcome": "scored", "score": \#(scores[number - 1]), "grade": "D"}"# : #"{"outcome": "notApplicable"}"#
                return #"{"interview": "\#(interview)", "question": "DR\#(number)", "scorer": "C1", "response": \#(response)}"#
            }
        }
        let report = try Self.report("""
            "people": [{"handle": "P1", "level": "manager", "consent": {"state": "given"}}, {"handle": "P2", "level": "manager", "consent": {"state": "given"}}],
            "interviews": [{"handle": "IV1", "persons": ["P1"], "instrument": "core-9@1"}, {"handle": "IV2", "persons": ["P2"], "instrument": "core-9@1"}],
            "answers": [\(answers.joined(separator: ", "))], "lines": [\(Self.line("L1"))]
            """)
        let domain = try #require(report.domains.first { $0.exposure.key == "D3" })
        let confidence = try #require(domain.exposure.confidence)
        #expect(confidence < 0.5 && agree(confidence, 0.5, within: 1e-15) && domain.exposure.rank == 1)
        #expect(ReportBench.outcome(.confidence, report) == .met)
        // D1 is in scope, and nobody was asked about it.
        let baseline = try #require(report.governance.exitRules.first { $0.phase == .baseline })
        #expect(baseline.missing == ["Below confidence 0.5: D1.", "No snapshot is frozen."])
    }

    @Test func `where no time to damage is known nobody knows what a forum can decide`() throws {
        let report = try Self.report(#""decisions": [{"handle": "DR1", "name": "d", "cadence": {"forum": "weekly", "interval": 604800}}], "lines": [\#(Self.line("L1"))]"#)
        let decision = try #require(report.document["decisions"]?.elements?.first)
        #expect(decision["forumMeanWait"]?.number == 302_400 && decision["cannotBeDecidedInForum"] == .null)
    }

    @Test func `whom to interview first names domains in scope alone`() throws {
        func report(_ ticked: Range<Int>) throws -> EngagementReport {
            let boxes = (0..<25).map { ticked.contains($0) ? "true" : "false" }.joined(separator: ", ")
            return try Self.report(#""quickChecks": [{"handle": "Q1", "subject": "s", "date": "2026-03-01", "boxes": [\#(boxes)]}], "lines": [\#(Self.line("L1"))]"#)
        }
        #expect(try report(0..<25).document["cycle"]?["interviewFirst"]?.elements?.map(\.text) == ["D1", "D3"])
        // The second section points to D2, which is not.
        #expect(try report(5..<10).markdown.contains("They point to no domain in scope."))
    }

    @Test func `a line takes of each domain its own unit's reading, else its site's, else the engagement's`() throws {
        var bench = Bench()
        try bench.write(Bench.scope, Catalogue.engagement, handle: "E1", [("title", "Invented"), ("currency", "USD"), ("methodSettings.minCell", "3")], by: Bench.headquarters)
        for number in 1...2 as ClosedRange<UInt64> {
            try bench.write(Identifier(high: 21, low: number), Catalogue.site, handle: "ST\(number)", [("name", "site \(number)")])
            try bench.write(Identifier(high: 22, low: number), Catalogue.unit, handle: "U\(number)", [("name", "unit \(number)"), ("site", "ST1")])
        }
        // Of D2 enough people of both units were heard, of D1 enough of the site and too few of the first unit, of D3 too few of the site.
        var number: UInt64 = 0
        for (unit, count, answers) in [("U1", 2, [("XA1", 1), ("LB1", 2)]), ("U1", 2, [("XA1", 1)]), ("U2", 4, [("XA1", 3), ("LB1", 2)]), (nil, 4, [("XA1", 4), ("LB1", 4), ("DR1", 4)])] as [(String?, Int, [(String, Int)])] {
            for _ in 0..<count {
                number += 1
                try bench.write(Identifier(high: 23, low: number), Catalogue.person, handle: "P\(number)", [("level", "manager"), ("consent.state", "given")])
                let interview = Identifier(high: 24, low: number)
                try bench.write(interview, Catalogue.interview, handle: "IV\(number)", [("persons", "P\(number)"), unit.map { ("unit", $0) } ?? ("site", "ST2")])
                let member = Bench.ana.author.member
                for (question, score) in answers {
                    try bench.write(DerivedIdentifiers.answer(interview: interview, question: question, scorer: member, by: bench.primitives), Catalogue.answer, [
                        ("interview", "IV\(number)"), ("question", question), ("scorer", member.description), ("response.outcome", "scored"), ("response.score", "\(score)"), ("response.grade", "C"),
                    ])
                }
            }
        }
        for (low, place) in [[("unit", "U1")], [("unit", "U1"), ("site", "ST1")], [("unit", "U1"), ("site", "ST2")], [("site", "ST1")], []].enumerated() {
            try bench.write(Identifier(high: 40, low: UInt64(low) + 1), Catalogue.leakageLine, handle: "L\(low + 1)", [
                ("title", "freight"), ("category", "EXPEDITE"), ("amount.range", "1k/2k/4k"), ("amount.grade", "C"), ("amount.kind", "runRate"),
            ] + place)
        }
        let reading = try EngagementReading(bench.views)
        func severities(_ line: Int) -> [Double?] {
            let readings = reading.input.lines[line].readings ?? reading.input.domains
            return ["D2", "D1", "D3"].map { key in readings.first { $0.key == key }?.severity }
        }
        #expect(reading.input.lines.count == 5)
        #expect((0..<4).map(severities) == [[0.25, 0.5, 1], [0.25, 0.5, 1], [0.25, 1, 1], [0.5, 0.5, 1]])
        #expect(reading.input.lines[4].readings == nil)
    }
}
