import SeamarkJournal
import Testing

@testable import SeamarkModel

/// A row for every rule: records in which it finds something, and the same mended, in which it does not.
@Suite struct FindingTableTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let kind: Finding.Kind
        /// Asked by whoever finalises, and never of records that stand.
        var whenFinalising = false
        let make: @Sendable (inout Bench) throws -> Void
        let mend: @Sendable (inout Bench) throws -> Void

        var testDescription: String { kind.rawValue }
    }

    private static func id(_ type: RecordType, _ number: UInt64) -> Identifier { Identifier(high: UInt64(type.number), low: number) }

    private static let line = id(Catalogue.leakageLine, 1)
    private static let interview = id(Catalogue.interview, 1)
    private static let ana = Bench.ana.author.member.description

    /// A line with nothing to find in it.
    private static func line(_ bench: inout Bench, _ more: [(String, String)] = []) throws {
        try bench.write(id(Catalogue.evidence, 9), Catalogue.evidence, handle: "EV9", [("kind", "ledger"), ("title", "freight account")])
        try bench.write(line, Catalogue.leakageLine, handle: "L1", [
            ("title", "premium freight"), ("category", "EXPEDITE"), ("amount.range", "380k/500k/720k"), ("amount.grade", "A"), ("amount.kind", "runRate"), ("evidence", "EV9"),
        ])
        if !more.isEmpty { try bench.write(line, Catalogue.leakageLine, more) }
    }

    /// An interview that may be finalised, with whoever agreed to everything.
    private static func talk(_ bench: inout Bench, consent: Bool = true, end: String? = "2026-03-03T10:00", isEmpty: Bool = false, _ more: [(String, String)] = []) throws {
        try bench.write(id(Catalogue.person, 1), Catalogue.person, handle: "P1", [("level", "manager")] + (consent ? [("consent.state", "given"), ("consent.scope", "quotes")] : []))
        try bench.write(interview, Catalogue.interview, handle: "IV1", [("persons", "P1"), ("startedAt", "2026-03-03T09:00")] + (end.map { [("endedAt", $0)] } ?? []) + more)
        if !isEmpty { try bench.write(id(Catalogue.observation, 1), Catalogue.observation, handle: "O1", [("interview", "IV1"), ("text", "Invented.")]) }
    }

    /// What nobody's device lets through, as it may come from elsewhere.
    private static func raw(_ bench: inout Bench, _ record: Identifier, _ type: RecordType, _ fields: [(String, Value)]) {
        let edits = fields.compactMap { key, value in
            type.field(key: key).map { field in
                Edit(record: record, type: type.number, target: .field(field.number), content: .open(value), supersedes: (bench.state.records[record]?.heads(of: .field(field.number)) ?? []).map(\.name))
            }
        }
        bench.apply(bench.change(edits, by: Bench.ana))
    }

    private static func delete(_ bench: inout Bench, _ record: Identifier, _ type: RecordType) {
        var editing = RecordEditing(record: record, type: type, state: bench.state.records[record]) { .zero }
        editing.delete()
        bench.apply(bench.change(editing.edits, by: Bench.ana))
    }

    private static func answer(_ bench: inout Bench, _ number: UInt64, _ fields: [(String, String)]) throws {
        bench.apply(try bench.setting(id(Catalogue.answer, number), Catalogue.answer, [("scorer", ana)] + fields))
    }

    private static func overlap(_ bench: inout Bench, _ share: String) throws {
        let lines = [id(Catalogue.leakageLine, 1), id(Catalogue.leakageLine, 2)]
        bench.apply(try bench.setting(DerivedIdentifiers.overlap(lines[0], lines[1], by: bench.primitives), Catalogue.overlap, [
            ("first", lines[0].description), ("second", lines[1].description), ("judgement.share", share), ("judgement.reason", "invented"),
        ]))
    }

    private static func range(_ low: Double, _ likely: Double, _ high: Double) -> Value {
        .group([Value.Member(1, .double(low)), Value.Member(2, .double(likely)), Value.Member(3, .double(high))])
    }

    private static func factors(_ parts: [(String, String, Double)]) -> Value {
        .group([
            Value.Member(LineAmount.factors, .list(parts.map { name, unit, value in
                .group([Value.Member(1, .text(name)), Value.Member(2, .text(unit)), Value.Member(3, range(value, value, value))])
            })),
            Value.Member(LineAmount.grade, .int(3)), Value.Member(LineAmount.kind, .int(1)),
        ])
    }

    private static func units(_ bench: inout Bench, _ type: RecordType) throws {
        for number in UInt64(1)...2 { try bench.write(id(type, number), type, handle: "X\(number)", [("name", "number \(number)")]) }
    }

    static let rows: [Row] = records + interviews + answers + money + governance

    private static let records: [Row] = [
        Row(kind: .incomplete) { raw(&$0, id(Catalogue.site, 1), Catalogue.site, [("handle", .text("ST1")), ("code", .text("A"))]) }
            mend: { raw(&$0, id(Catalogue.site, 1), Catalogue.site, [("name", .text("Dayton")), ("createdAt", .int(1_772_532_000_000))]) },
        Row(kind: .missingReference) { try line(&$0, [("site", id(Catalogue.site, 1).description)]) }
            mend: { try $0.write(id(Catalogue.site, 1), Catalogue.site, handle: "ST1", [("name", "Dayton")]) },
        Row(kind: .wrongReference) { try line(&$0, [("site", line.description)]) } mend: { try $0.write(line, Catalogue.leakageLine, [("site", "-")]) },
        Row(kind: .twinHandle) {
            try $0.write(id(Catalogue.site, 1), Catalogue.site, handle: "ST1", [("name", "Dayton")])
            try $0.write(id(Catalogue.site, 2), Catalogue.site, handle: "st1", [("name", "Erie")])
        } mend: { try $0.write(id(Catalogue.site, 2), Catalogue.site, [("mergedInto", id(Catalogue.site, 1).description)]) },
        Row(kind: .likelyTwin) {
            try $0.write(id(Catalogue.site, 1), Catalogue.site, handle: "ST1", [("name", "Dayton")])
            try $0.write(id(Catalogue.site, 2), Catalogue.site, handle: "ST2", [("name", "dayton")])
        } mend: { try $0.write(id(Catalogue.site, 2), Catalogue.site, [("name", "Erie")]) },
        Row(kind: .mergeCycle) {
            try units(&$0, Catalogue.site)
            try $0.write(id(Catalogue.site, 1), Catalogue.site, [("mergedInto", "X2")])
            try $0.write(id(Catalogue.site, 2), Catalogue.site, [("mergedInto", "X1")])
        } mend: { try $0.write(id(Catalogue.site, 2), Catalogue.site, [("mergedInto", "-")]) },
        Row(kind: .changedAfterMerge) { bench in
            try units(&bench, Catalogue.site)
            let gone = id(Catalogue.site, 2)
            let state = try #require(bench.state.records[gone])
            raw(&bench, gone, Catalogue.site, [("mergedInto", .id(id(Catalogue.site, 1))), ("mergeSaw", MergeWitness.value(of: state))])
            try bench.write(gone, Catalogue.site, [("kind", "plant")])
        } mend: { raw(&$0, id(Catalogue.site, 2), Catalogue.site, [("mergedInto", .absent)]) },
        Row(kind: .parentCycle) {
            try units(&$0, Catalogue.unit)
            try $0.write(id(Catalogue.unit, 1), Catalogue.unit, [("parent", "X2")])
            try $0.write(id(Catalogue.unit, 2), Catalogue.unit, [("parent", "X1")])
        } mend: { try $0.write(id(Catalogue.unit, 2), Catalogue.unit, [("parent", "-")]) },
        Row(kind: .prerequisiteCycle) {
            try units(&$0, Catalogue.initiative)
            try $0.write(id(Catalogue.initiative, 1), Catalogue.initiative, [("prerequisites", "X2")])
            try $0.write(id(Catalogue.initiative, 2), Catalogue.initiative, [("prerequisites", "X1")])
        } mend: { try $0.write(id(Catalogue.initiative, 2), Catalogue.initiative, [("prerequisites", "-X1")]) },
    ]

    private static let interviews: [Row] = [
        Row(kind: .future) {
            try talk(&$0)
            raw(&$0, interview, Catalogue.interview, [("endedAt", .int(1_900_000_000_000))])
        } mend: { raw(&$0, interview, Catalogue.interview, [("endedAt", .int(1_772_532_000_000))]) },
        Row(kind: .reviewRejected) {
            try talk(&$0, [("status", "finalised")])
            try $0.write(id(Catalogue.interviewReview, 1), Catalogue.interviewReview, handle: "IR1", [("interview", "IV1"), ("verdict", "rejected")], by: Bench.lea)
        } mend: { try $0.write(interview, Catalogue.interview, [("status", "draft")], by: Bench.lea) },
        Row(kind: .reviewOpen) {
            try talk(&$0)
            try $0.write(id(Catalogue.interviewReview, 1), Catalogue.interviewReview, handle: "IR1", [("interview", "IV1"), ("verdict", "hasIssues")], by: Bench.lea)
        } mend: { try $0.write(id(Catalogue.interviewReview, 2), Catalogue.interviewReview, handle: "IR2", [("interview", "IV1"), ("verdict", "approved")], by: Bench.lea) },
        Row(kind: .noConsent) { try talk(&$0, consent: false, [("status", "finalised")]) }
            mend: { try $0.write(id(Catalogue.person, 1), Catalogue.person, [("consent.state", "given")]) },
        Row(kind: .withdrawnConsent, whenFinalising: true) {
            try talk(&$0)
            try $0.write(id(Catalogue.person, 1), Catalogue.person, [("consent.state", "withdrawn")])
        } mend: { try $0.write(interview, Catalogue.interview, [("persons", "-P1")]) },
        Row(kind: .emptyInterview) { try talk(&$0, isEmpty: true, [("status", "finalised")]) }
            mend: { try $0.write(id(Catalogue.observation, 1), Catalogue.observation, handle: "O1", [("interview", "IV1"), ("text", "Invented.")]) },
        Row(kind: .noEnd) { try talk(&$0, end: nil, [("status", "finalised")]) } mend: { try $0.write(interview, Catalogue.interview, [("endedAt", "2026-03-03T10:00")]) },
        Row(kind: .endsBeforeStart) { try talk(&$0, end: "2026-03-03T09:00") } mend: { try $0.write(interview, Catalogue.interview, [("endedAt", "2026-03-03T09:01")]) },
        Row(kind: .longInterview) { try talk(&$0, end: "2026-03-03T17:01") } mend: { try $0.write(interview, Catalogue.interview, [("endedAt", "2026-03-03T17:00")]) },
        Row(kind: .unknownInstrument) {
            try talk(&$0, [("instrument", "nope@9")])
            raw(&$0, id(Catalogue.tenant, 1), Catalogue.tenant, [("handle", .text("T1")), ("name", .text("Halden"))])
        } mend: { raw(&$0, id(Catalogue.instrument, 1), Catalogue.instrument, [("handle", .text("I1")), ("key", .text("nope")), ("edition", .int(9)), ("document", .text("{}"))]) },
        Row(kind: .quoteWithoutConsent) {
            try talk(&$0, consent: false)
            try $0.write(id(Catalogue.quote, 1), Catalogue.quote, handle: "Q1", [("interview", "IV1"), ("text", "Invented.")])
        } mend: { try $0.write(id(Catalogue.person, 1), Catalogue.person, [("consent.state", "given"), ("consent.scope", "quotes")]) },
        Row(kind: .quoteBeyondConsent) {
            try talk(&$0)
            try $0.write(id(Catalogue.quote, 1), Catalogue.quote, handle: "Q1", [("interview", "IV1"), ("text", "Invented."), ("attribution", "roleOk")])
        } mend: { try $0.write(id(Catalogue.quote, 1), Catalogue.quote, [("attribution", "unattributed")]) },
        Row(kind: .recordingWithoutConsent) {
            try talk(&$0, consent: false)
            try $0.write(id(Catalogue.evidence, 1), Catalogue.evidence, handle: "EV1", [("kind", "audio"), ("title", "voice")])
            try $0.write(id(Catalogue.observation, 1), Catalogue.observation, [("evidence", "EV1")])
        } mend: { try $0.write(id(Catalogue.person, 1), Catalogue.person, [("consent.state", "given"), ("consent.scope", "audio")]) },
    ]

    private static let answers: [Row] = [
        Row(kind: .answeredTwice) {
            try talk(&$0)
            try $0.write(id(Catalogue.interview, 2), Catalogue.interview, handle: "IV2", [("persons", "P1")])
            for number in UInt64(1)...2 { try answer(&$0, number, [("interview", "IV\(number)"), ("question", "LB1"), ("response.outcome", "declined")]) }
            try $0.write(id(Catalogue.interview, 2), Catalogue.interview, [("mergedInto", "IV1")])
        } mend: { delete(&$0, id(Catalogue.answer, 2), Catalogue.answer) },
        Row(kind: .gradeWithoutEvidence) {
            try talk(&$0)
            try answer(&$0, 1, [("interview", "IV1"), ("question", "LB1"), ("response.outcome", "scored"), ("response.score", "2"), ("response.grade", "B")])
        } mend: { $0.apply(try $0.setting(id(Catalogue.answer, 1), Catalogue.answer, [("reference", "open-decision list")])) },
        Row(kind: .unknownQuestion) {
            try talk(&$0)
            try answer(&$0, 1, [("interview", "IV1"), ("question", "ZZ9"), ("response.outcome", "declined")])
        } mend: { delete(&$0, id(Catalogue.answer, 1), Catalogue.answer) },
        Row(kind: .unfitAnswer) { bench in
            try talk(&bench)
            let form = try FormRecordTests.read(), held = id(Catalogue.questionnaire, 1)
            try bench.write(held, Catalogue.questionnaire, handle: "QN1", [
                ("formKey", form.key), ("edition", "1"), ("version", form.edition), ("title", form.title), ("document", form.document),
            ], by: Bench.lea)
            raw(&bench, id(Catalogue.formAnswer, 1), Catalogue.formAnswer, [
                ("createdAt", .int(1_773_700_000_000)), ("interview", .id(interview)), ("questionnaire", .id(held)), ("question", .text("people")),
                ("scorer", .id(Bench.ana.author.member)), ("response", FormResponse.values(of: .integer(501)).0),
            ])
        } mend: { raw(&$0, id(Catalogue.formAnswer, 1), Catalogue.formAnswer, [("response", FormResponse.values(of: .integer(500)).0)]) },
    ]

    private static let money: [Row] = [
        Row(kind: .unknownDomain) { try line(&$0, [("domainPoints", "D99=10")]) } mend: { try $0.write(line, Catalogue.leakageLine, [("domainPoints", "D2=10")]) },
        Row(kind: .unpriced) { try line(&$0, [("amount", "-")]) } mend: { try $0.write(line, Catalogue.leakageLine, [("isWithdrawn", "yes")]) },
        Row(kind: .ledgerMissing) { try line(&$0, [("evidence", "-EV9")]) } mend: { try $0.write(line, Catalogue.leakageLine, [("evidence", "+EV9")]) },
        Row(kind: .tooNarrow) { try line(&$0, [("amount.grade", "B"), ("amount.range", "96k/100k/110k")]) }
            mend: { try $0.write(line, Catalogue.leakageLine, [("amount.reason", "counted twice")]) },
        Row(kind: .lopsided) { try line(&$0, [("amount.range", "100k/112k/200k")]) } mend: { try $0.write(line, Catalogue.leakageLine, [("amount.range", "100k/113k/200k")]) },
        Row(kind: .shortObservation) { try line(&$0, [("amount.grade", "B"), ("amount.monthsObserved", "2.9")]) }
            mend: { try $0.write(line, Catalogue.leakageLine, [("amount.monthsObserved", "3")]) },
        Row(kind: .abovePool) {
            try $0.write(id(Catalogue.pool, 1), Catalogue.pool, handle: "PL1", [("name", "freight"), ("booking.code", "6410"), ("booking.booked", "719k")])
            try line(&$0, [("pool", "PL1")])
        } mend: { try $0.write(id(Catalogue.pool, 1), Catalogue.pool, [("booking.booked", "720k")]) },
        Row(kind: .changedAfterReview) {
            try line(&$0)
            try $0.write(line, Catalogue.leakageLine, [("status", "reviewed")], by: Bench.lea)
            try $0.write(line, Catalogue.leakageLine, [("title", "premium freight, north")])
        } mend: { try $0.write(line, Catalogue.leakageLine, [("status", "reconciled")], by: Bench.lea) },
        Row(kind: .notPriceable) {
            try line(&$0)
            raw(&$0, line, Catalogue.leakageLine, [("amount", factors([("loads", "loads/yr", 1e14), ("cost", "money/load", 1e13)]))])
        } mend: { raw(&$0, line, Catalogue.leakageLine, [("amount", factors([("loads", "loads/yr", 1e7), ("cost", "money/load", 1e13)]))]) },
        Row(kind: .variantElsewhere) { try line(&$0, [("amount.variant", "scrap")]) } mend: { try $0.write(line, Catalogue.leakageLine, [("amount.variant", "ledger")]) },
        Row(kind: .basisDiffers) { try line(&$0, [("amount.observed", "360k"), ("amount.monthsObserved", "6"), ("amount.share", "50%/50%/50%")]) }
            mend: { try $0.write(line, Catalogue.leakageLine, [("amount.observed", "380k")]) },
        Row(kind: .overlapOfOne) {
            try line(&$0)
            raw(&$0, id(Catalogue.overlap, 1), Catalogue.overlap, [
                ("createdAt", .int(1_773_700_000_000)), ("first", .id(line)), ("second", .id(line)), ("judgement", .group([Value.Member(1, .int(100)), Value.Member(2, .text("invented"))])),
            ])
        } mend: { delete(&$0, id(Catalogue.overlap, 1), Catalogue.overlap) },
        Row(kind: .sharesAboveWhole) {
            try line(&$0)
            for number in UInt64(2)...3 {
                try $0.line(id(Catalogue.leakageLine, number), handle: "L\(number)")
                try $0.write(DerivedIdentifiers.overlap(line, id(Catalogue.leakageLine, number), by: $0.primitives), Catalogue.overlap, [
                    ("first", "L1"), ("second", "L\(number)"), ("judgement.share", "51%"), ("judgement.reason", "invented"),
                ])
            }
        } mend: {
            try $0.write(DerivedIdentifiers.overlap(line, id(Catalogue.leakageLine, 2), by: $0.primitives), Catalogue.overlap, [("judgement.share", "49%")])
        },
    ]

    private static let governance: [Row] = [
        Row(kind: .singleSource) {
            for number in UInt64(1)...2 {
                try $0.write(id(Catalogue.evidence, number), Catalogue.evidence, handle: "EV\(number)", [("kind", "extract"), ("title", "loads \(number)")])
            }
            try $0.write(id(Catalogue.finding, 1), Catalogue.finding, handle: "F1", [("statement", "Invented."), ("sources", "EV1")])
        } mend: { try $0.write(id(Catalogue.finding, 1), Catalogue.finding, [("sources", "+EV2")]) },
        Row(kind: .unknownSnapshot) {
            try $0.write(id(Catalogue.boardAnswer, 1), Catalogue.boardAnswer, handle: "BA1", [("question", "1"), ("narrative", "Invented."), ("snapshot", "SN9")], by: Bench.lea)
        } mend: { try $0.write(id(Catalogue.boardAnswer, 1), Catalogue.boardAnswer, [("snapshot", "-")], by: Bench.lea) },
        Row(kind: .approvalBlocked) {
            try $0.write(id(Catalogue.move, 1), Catalogue.move, handle: "MV1", [("title", "a cell")])
            try $0.write(id(Catalogue.boardAnswer, 1), Catalogue.boardAnswer, handle: "BA1", [("question", "4"), ("narrative", "Invented."), ("approvedBy", "CFO")], by: Bench.lea)
        } mend: { try $0.write(id(Catalogue.boardAnswer, 1), Catalogue.boardAnswer, [("approvedBy", "-")], by: Bench.lea) },
        Row(kind: .moveUnproven) { try $0.write(id(Catalogue.move, 1), Catalogue.move, handle: "MV1", [("title", "a cell"), ("state", "done"), ("completedAt", "2026-03-10")]) } mend: {
            try $0.write(id(Catalogue.evidence, 9), Catalogue.evidence, handle: "EV9", [("kind", "ledger"), ("title", "freight account")])
            try $0.write(id(Catalogue.move, 1), Catalogue.move, [("evidence", "EV9")])
        },
        Row(kind: .measuredWithoutEvidence) {
            try $0.write(id(Catalogue.evidence, 9), Catalogue.evidence, handle: "EV9", [("kind", "extract"), ("title", "loads")])
            try $0.write(id(Catalogue.constraint, 1), Catalogue.constraint, handle: "K1", [
                ("resource", "furnace"), ("status", "measured"), ("evidence", "EV9"), ("load.load", "150/158/160"), ("load.capacity", "160"), ("load.unit", "h"), ("load.period", "week"), ("load.grade", "C"),
            ])
        } mend: { try $0.write(id(Catalogue.constraint, 1), Catalogue.constraint, [("load.grade", "B")]) },
        Row(kind: .ownerMissing) { try $0.write(id(Catalogue.seam, 1), Catalogue.seam, handle: "S1", [("name", "release"), ("ownerFrom", "planner")]) }
            mend: { try $0.write(id(Catalogue.seam, 1), Catalogue.seam, [("ownerTo", "dispatcher")]) },
        Row(kind: .deciderMissing) { try $0.write(id(Catalogue.decisionRight, 1), Catalogue.decisionRight, handle: "DR1", [("name", "release"), ("decider", "director")]) }
            mend: { try $0.write(id(Catalogue.decisionRight, 1), Catalogue.decisionRight, [("deputy", "manager")]) },
        Row(kind: .noTimeToDamage) { try $0.write(id(Catalogue.decisionRight, 1), Catalogue.decisionRight, handle: "DR1", [("name", "release"), ("economics.timeToDamage", "0/0/8h")]) }
            mend: { try $0.write(id(Catalogue.decisionRight, 1), Catalogue.decisionRight, [("economics.timeToDamage", "0/1s/8h")]) },
    ]

    private static func found(_ bench: Bench, _ row: Row) -> [Finding] {
        let findings = row.whenFinalising ? Findings.obstacles(toFinalising: interview, in: bench.views) : Findings.all(in: bench.views, instrument: .core9) + FutureTimes.findings(in: bench.views, now: 1_773_800_000_000)
        return findings.filter { $0.kind == row.kind }
    }

    @Test func `every rule has one row`() {
        #expect(Self.rows.map(\.kind.rawValue).sorted() == Finding.Kind.allCases.map(\.rawValue).sorted())
    }

    @Test(arguments: rows)
    func `a rule finds what is against it, and nothing once that is mended`(row: Row) throws {
        var bench = Bench()
        try row.make(&bench)
        let found = Self.found(bench, row)
        #expect(!found.isEmpty)
        for finding in found { #expect(!finding.name.isEmpty && !finding.words.isEmpty) }
        try row.mend(&bench)
        #expect(Self.found(bench, row).map(\.description) == [])
    }

    @Test func `records with nothing to find in them have no findings`() throws {
        var bench = Bench()
        try Self.line(&bench)
        try Self.talk(&bench, [("status", "finalised")])
        #expect(Findings.all(in: bench.views, instrument: .core9).map(\.description) == [])
    }
}
