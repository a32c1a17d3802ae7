import SeamarkJournal
import SeamarkModel
import Testing

/// What the records say of a gate's criteria beside what was ticked.
@Suite struct GateFactsTests {
    private static func id(_ type: RecordType, _ number: UInt64) -> Identifier { Identifier(high: UInt64(type.number), low: number) }

    private static func put(_ bench: inout Bench, _ record: Identifier, _ type: RecordType, handle: String? = nil, _ fields: [(String, String)]) throws {
        bench.apply(try bench.setting(record, type, handle: handle, fields))
    }

    private static func mode(_ bench: inout Bench, _ mode: String, _ score: Int) throws {
        try put(&bench, id(Catalogue.seamModeScore, UInt64(score)), Catalogue.seamModeScore, [
            ("seam", "S1"), ("mode", mode), ("scorer", Bench.ana.author.member.description), ("rating.score", "\(score)"), ("rating.grade", "A"),
        ])
    }

    /// Three people on three levels, who all say the same of the six questions on skills.
    private static func skills(_ bench: inout Bench, _ score: Int) throws {
        for (person, level) in ["frontline", "manager", "director"].enumerated() {
            let number = UInt64(person) + 1
            try put(&bench, id(Catalogue.person, number), Catalogue.person, handle: "P\(number)", [("level", level), ("consent.state", "given")])
            try put(&bench, id(Catalogue.interview, number), Catalogue.interview, handle: "IV\(number)", [("persons", "P\(number)")])
            for question in 1...6 {
                try put(&bench, id(Catalogue.answer, number * 10 + UInt64(question)), Catalogue.answer, [
                    ("interview", "IV\(number)"), ("question", "AI\(question)"), ("scorer", Bench.ana.author.member.description), ("response.outcome", "scored"),
                    ("response.score", "\(score)"), ("response.grade", "A"), ("response.reference", "counted"),
                ])
            }
        }
    }

    private static func tick(_ bench: inout Bench, _ criterion: ScalingGate.Criterion, _ more: [(String, String)]) throws {
        let number = Int64(ScalingGate.Criterion.allCases.firstIndex(of: criterion) ?? 0) + 1
        try bench.write(
            DerivedIdentifiers.gateResult(review: id(Catalogue.gateReview, 1), criterion: number, by: bench.primitives), Catalogue.gateResult,
            [("review", "GR1"), ("criterion", criterion.rawValue)] + more)
    }

    private static func series(_ deviation: Double, _ count: Int = 20) -> String {
        (0..<count).map { FieldKind.number(-1e9...1e9).text(of: .double(100 + (Double($0 % 5) - 2) * deviation), references: .none) }.joined(separator: ";")
    }

    /// An initiative that may be scaled: whatever is ticked as passed is so in the records.
    private static func good(ticked result: String = "pass") throws -> Bench {
        var bench = Bench()
        try bench.write(Bench.scope, Catalogue.engagement, handle: "E1", [("title", "Invented"), ("currency", "USD"), ("budget", "1M")], by: Bench.headquarters)
        try bench.line()
        try bench.write(id(Catalogue.constraint, 1), Catalogue.constraint, handle: "K1", [
            ("resource", "furnace"), ("valueStream", "gears"), ("status", "measured"), ("load.load", "160/160/160"), ("load.capacity", "160"), ("load.unit", "h"), ("load.period", "week"),
        ])
        try bench.write(id(Catalogue.seam, 1), Catalogue.seam, handle: "S1", [("name", "release"), ("valueStream", "gears")])
        try mode(&bench, "ownershipAmbiguity", 2)
        try mode(&bench, "dataMismatch", 1)
        try bench.write(id(Catalogue.decisionRight, 1), Catalogue.decisionRight, handle: "DR1", [
            ("name", "release"), ("seam", "S1"), ("decider", "director"), ("deputy", "manager"), ("limit", "10k"), ("latency", "10h/10h/10h"), ("economics.timeToDamage", "10h/10h/10h"),
        ])
        try bench.write(id(Catalogue.initiative, 1), Catalogue.initiative, handle: "N1", [("name", "scheduling"), ("isAIScale", "yes"), ("addsLoadTo", "S1"), ("cost", "10k/10k/10k")])
        try bench.write(id(Catalogue.initiative, 2), Catalogue.initiative, handle: "N2", [("name", "furnace relief"), ("relievesConstraint", "K1"), ("cost", "10k/10k/10k")])
        try put(&bench, id(Catalogue.initiativeTarget, 1), Catalogue.initiativeTarget, [("initiative", "N2"), ("line", "L1"), ("reduction", "50%/50%/50%")])
        try skills(&bench, 1)
        try bench.write(id(Catalogue.gateReview, 1), Catalogue.gateReview, handle: "GR1", [("initiative", "N1"), ("date", "2026-03-17")])
        for criterion in ScalingGate.Criterion.allCases {
            try tick(&bench, criterion, [("finding.result", result)] + (criterion == .g2 ? [("finding.live", series(1.1)), ("finding.baseline", series(1))] : []))
        }
        return bench
    }

    private static func contradictions(_ bench: Bench) throws -> [String] { try #require(try ReportBench.report(bench.views).governance.gates.first).contradictions }

    struct Against: CustomTestStringConvertible, Sendable {
        let criterion: ScalingGate.Criterion
        let alter: @Sendable (inout Bench) throws -> Void

        var testDescription: String { criterion.rawValue }
    }

    static let against: [Against] = [
        Against(criterion: .g1) { try $0.write(id(Catalogue.constraint, 1), Catalogue.constraint, [("status", "suspected")]) },
        Against(criterion: .g2) { try tick(&$0, .g2, [("finding.live", series(1.11))]) },
        Against(criterion: .g3) { try mode(&$0, "dataMismatch", 3) },
        Against(criterion: .g4) { try $0.write(id(Catalogue.decisionRight, 1), Catalogue.decisionRight, [("latency", "10h/11h/12h")]) },
        Against(criterion: .g5) { try $0.write(id(Catalogue.decisionRight, 1), Catalogue.decisionRight, [("deputy", "-")]) },
        Against(criterion: .g7) { try mode(&$0, "kpiConflict", 3) },
        Against(criterion: .g10) { try skills(&$0, 3) },
        Against(criterion: .g12) { try $0.write(id(Catalogue.initiative, 2), Catalogue.initiative, [("relievesConstraint", "-")]) },
    ]

    @Test func `records that bear a gate out say nothing against it`() throws {
        #expect(try Self.contradictions(try Self.good()) == [])
    }

    @Test(arguments: against)
    func `what was ticked as passed is contradicted by the records that say otherwise, and by no others`(against: Against) throws {
        var bench = try Self.good()
        try against.alter(&bench)
        let found = try Self.contradictions(bench)
        #expect(found.count == 1 && found[0].hasPrefix("\(against.criterion.rawValue) is recorded as passed; "), "\(found)")
    }

    @Test func `what was ticked as failed is contradicted by records that bear it out`() throws {
        let found = try Self.contradictions(try Self.good(ticked: "fail"))
        #expect(found.map { String($0.prefix { $0 != " " }) } == Self.against.map(\.criterion.rawValue))
        #expect(found.allSatisfy { $0.contains(" is recorded as failed; ") }, "\(found)")
    }

    @Test func `G2 is what the two series say, and not assessed with fewer than twenty periods of either`() throws {
        func gate(_ live: String, _ baseline: String, _ ticked: String) throws -> (ScalingGate.Result?, ScalingGate.Verdict, [String]) {
            var bench = try Self.good()
            try Self.tick(&bench, .g2, [("finding.result", ticked), ("finding.live", live), ("finding.baseline", baseline)])
            let gate = try #require(try ReportBench.report(bench.views).governance.gates.first)
            return (gate.review?.gate.results[.g2], gate.verdict, gate.contradictions)
        }
        #expect(try gate(Self.series(1.1), Self.series(1), "pass") == (.pass, .pass, []))
        let measured = try gate(Self.series(1), Self.series(1), "fail")
        #expect(measured.0 == .pass && measured.1 == .pass && measured.2.count == 1)
        let worse = try gate(Self.series(1.11), Self.series(1), "pass")
        #expect(worse.0 == .fail && worse.1 == .hold)
        for (live, baseline) in [(Self.series(1, 19), Self.series(1)), (Self.series(1), Self.series(1, 19))] {
            let few = try gate(live, baseline, "pass")
            #expect(few.0 == .notAssessed && few.1 == .hold && few.2.first?.contains("20 periods") == true)
        }
        // Without series it is what somebody ticked.
        var bench = try Self.good()
        try Self.tick(&bench, .g2, [("finding.live", "-"), ("finding.baseline", "-")])
        #expect(try ReportBench.report(bench.views).governance.gates.first?.verdict == .pass)
    }
}
