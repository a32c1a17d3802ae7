import Foundation
import GRDB
import SeamarkCrypto
import SeamarkJournal
import Testing

@testable import SeamarkModel
@testable import SeamarkStore

/// The views for analysts beside what a report reads of the same records: those of a sample, with duplicates that were merged, an interview that was carried
/// to an edition that nobody asks, and people who withdrew or never agreed. All people are fictitious.
@Suite struct AnalystViewTests {
    private static let scope = Identifier(high: 0xe0, low: 1)

    /// A row of a view.
    private struct Line {
        let cells: [String: DatabaseValue]

        func text(_ column: String) -> String? { cells[column].flatMap { String.fromDatabaseValue($0) } }
        func number(_ column: String) -> Double? { cells[column].flatMap { Double.fromDatabaseValue($0) } }
    }

    /// Records as one lead wrote them.
    private struct Engagement {
        private(set) var state = ScopeState()
        private var time: Int64 = 1_773_700_000_000
        private var salt: UInt64 = 0
        private var made: UInt64 = 0

        init(_ sample: String) throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let bytes = Array(try Data(contentsOf: root.appendingPathComponent("Samples/\(sample).json")))
            let file = try EngagementFile(reading: bytes, scope: AnalystViewTests.scope, existing: [], directory: .none, primitives: SystemPrimitives())
            var salts: UInt64 = 0
            let groups = file.edits(lookup: { _ in nil }, at: time) {
                salts += 1
                return Identifier(high: 5, low: salts)
            }
            for edits in groups { apply(edits) }
        }

        var views: [RecordView] { state.records.keys.sorted().compactMap { id in state.records[id].map { RecordView(id: id, state: $0) } } }

        mutating func apply(_ edits: [Edit]) {
            time += 1
            let change = Change(
                scope: AnalystViewTests.scope, stamp: Stamp(time: time, device: Identifier(high: 9, low: 3)), member: Identifier(high: 1, low: 3), schema: Catalogue.version,
                edits: edits, primitives: SystemPrimitives())
            state.apply(change, received: time)
        }

        private mutating func write(_ record: Identifier, _ type: RecordType, handle: String?, _ fields: [(String, String)]) throws {
            salt += 1000
            var next = salt
            let editing = RecordEditing(record: record, type: type, state: state.records[record]) {
                next += 1
                return Identifier(high: 77, low: next)
            }
            var draft = Draft(editing, references: References(views))
            if state.records[record] == nil { draft.create(at: time, handle: handle) }
            for (key, text) in fields { try draft.set(key, text) }
            apply(try draft.finish())
        }

        mutating func add(_ type: RecordType, _ handle: String? = nil, _ fields: (String, String)...) throws {
            made += 1
            try write(Identifier(high: UInt64(type.number), low: 0xa000 + made), type, handle: handle, fields)
        }

        mutating func set(_ type: RecordType, _ handle: String, _ fields: (String, String)...) throws {
            let record = try #require(views.first { $0.type === type && $0.handle == handle })
            try write(record.id, type, handle: nil, fields)
        }

        /// What a report reads of it.
        var reading: EngagementReading { get throws { try EngagementReading(views) } }

        /// What is exported of it, as a database that `query` is put to.
        func lines(_ query: String) throws -> [Line] {
            let hidden = Withdrawals.concealed(among: views)
            let export = EngagementExport(
                records: RecordTables(views.filter { !hidden.contains($0.id) }, of: AnalystViewTests.scope, directory: .none),
                changes: ChangeTable.table([], records: views, directory: .none))
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("views-\(UUID().uuidString).sqlite")
            try Data(try export.bytes(as: .sqlite, at: 0, SystemPrimitives(), database: TableDatabase.bytes)).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            return try DatabaseQueue(path: file.path).read { database in
                try Row.fetchAll(database, sql: query).map { row in Line(cells: Dictionary(uniqueKeysWithValues: row.map { ($0.0, $0.1) })) }
            }
        }
    }

    private static func tangled() throws -> Engagement {
        var all = try Engagement("halden")
        try all.add(Catalogue.site, "ST90", ("name", "Dayton works"))
        try all.add(Catalogue.pool, "PL90", ("name", "Freight again"), ("booking.code", "F90"), ("booking.booked", "9M"))
        // A chain of seams, with points and a score at its far end.
        try all.add(Catalogue.seam, "S90", ("name", "Promise"))
        try all.add(Catalogue.seam, "S91", ("name", "Promise once more"))
        try all.add(Catalogue.seamModeScore, nil, ("seam", "S91"), ("mode", "kpiConflict"), ("scorer", "C-HAL2"), ("rating.score", "4"), ("rating.grade", "A"))
        try all.add(
            Catalogue.leakageLine, "L90", ("title", "The same scrap"), ("category", "QUALITY"), ("amount.range", "100k/200k/300k"), ("amount.grade", "C"), ("amount.kind", "runRate"))
        try all.set(Catalogue.leakageLine, "L1", ("seamPoints", "S1=30,S91=15,S2=20"))
        try all.set(Catalogue.leakageLine, "L6", ("site", "ST90"), ("pool", "PL90"))
        try all.set(Catalogue.leakageLine, "L5", ("isWithdrawn", "yes"))
        try all.add(Catalogue.decisionRight, "DR90", ("name", "Promise of a date"))
        try all.add(
            Catalogue.decisionSample, "DS-901", ("decision", "DR90"), ("times.detectedAt", "2026-02-10T07:00:00Z"), ("times.decidedAt", "2026-02-11T07:00:00Z"),
            ("times.actedAt", "2026-02-12T19:30:00Z"))
        try all.add(Catalogue.initiative, "I90", ("name", "Scheduling, once more"))
        // A line that the survivor targets already, and one that it does not.
        for (initiative, line) in [("I90", "L1"), ("I90", "L2"), ("I3", "L90"), ("I6", "L90")] {
            try all.add(Catalogue.initiativeTarget, nil, ("initiative", initiative), ("line", line), ("reduction", "1%/2%/3%"))
        }
        try all.add(Catalogue.person, "P-A90", ("level", "frontline"), ("consent.state", "given"))
        for (type, gone, kept) in [
            (Catalogue.site, "ST90", "ST1"), (Catalogue.pool, "PL90", "PL1"), (Catalogue.seam, "S90", "S1"), (Catalogue.seam, "S91", "S90"), (Catalogue.leakageLine, "L90", "L7"),
            (Catalogue.decisionRight, "DR90", "DR1"), (Catalogue.initiative, "I90", "I1"), (Catalogue.interview, "IV-A02", "IV-A03"), (Catalogue.person, "P-A05", "P-A90"),
        ] { try all.set(type, gone, ("mergedInto", kept)) }
        // Two answers go on under an edition that the engagement does not ask.
        try all.add(Catalogue.interview, "IV-A04.2", ("persons", "P-A04"), ("instrument", "core-9@2"), ("carriedFrom", "IV-A04"))
        for question in ["LB1", "XA1"] { try Self.answer(question, "4", in: "IV-A04.2", to: &all) }
        try all.set(Catalogue.person, "P-A06", ("consent.state", "withdrawn"))
        // Who never agreed, and two who answered together and stand on two levels.
        try all.add(Catalogue.person, "P-A91", ("level", "manager"))
        try all.add(Catalogue.interview, "IV-A91", ("persons", "P-A91"), ("instrument", "core-9@1"))
        try all.add(Catalogue.interview, "IV-A92", ("persons", "P-A01,P-A90"), ("instrument", "core-9@1"))
        for interview in ["IV-A91", "IV-A92"] { try Self.answer("LB1", "4", in: interview, to: &all) }
        return all
    }

    private static func answer(_ question: String, _ score: String, in interview: String, to all: inout Engagement) throws {
        try all.add(
            Catalogue.answer, nil, ("interview", interview), ("question", question), ("scorer", "C-HAL2"), ("response.outcome", "scored"), ("response.score", score), ("response.grade", "D"))
    }

    private static func near(_ one: Double?, _ other: Double) -> Bool { one.map { abs($0 - other) <= 1e-9 * max(1, abs(other)) } ?? false }

    @Test func `lines of the view are those of a report, at their price, with the site, pool and seams that stand`() throws {
        let all = try Self.tangled(), reading = try all.reading
        let lines = try all.lines("SELECT * FROM leakage")
        #expect(lines.compactMap { $0.text("line") }.sorted() == reading.lines.map(\.key).sorted() && !lines.isEmpty)
        for line in lines {
            let key = try #require(line.text("line"))
            let priced = try #require(reading.input.lines.first { $0.key == key }), ends = priced.amount.ends
            #expect(Self.near(line.number("low"), ends.low) && Self.near(line.number("likely"), ends.likely) && Self.near(line.number("high"), ends.high), "\(key)")
            #expect(line.text("pool") == priced.pool, "\(key)")
            let site = line.text("site").flatMap { site in all.views.first { $0.type === Catalogue.site && $0.handle == site }?.text("name") }
            #expect(site == reading.lines.first { $0.key == key }?.site, "\(key)")
            let points = priced.seamPoints.map { "\($0.key)=\(Int($0.points))" }.sorted().joined(separator: ",")
            #expect((line.text("seam_points") ?? "") == points, "\(key)")
        }
        #expect(lines.first { $0.text("line") == "L1" }?.text("seam_points") == "S1=45,S2=20")
        #expect(lines.first { $0.text("line") == "L6" }?.text("pool") == "PL1")
    }

    @Test func `scores of the view are a report's: not of who withdrew or never agreed, nor of another edition or of several levels at once`() throws {
        let all = try Self.tangled(), reading = try all.reading
        let scored = Dictionary(uniqueKeysWithValues: reading.domains.compactMap(\.score).flatMap(\.questions).map { ($0.key, $0.score) })
        let lines = try all.lines("SELECT * FROM question_scores")
        #expect(lines.compactMap { $0.text("question") }.sorted() == scored.keys.sorted() && scored.count > 20)
        for line in lines {
            let question = try #require(line.text("question")), mean = try #require(scored[question])
            #expect(Self.near(line.number("mean"), mean), "\(question)")
        }
        #expect(lines.reduce(0) { $0 + ($1.number("answers") ?? 0) } == Double(reading.answers))

        let answers = try all.lines("SELECT * FROM answers")
        #expect(answers.count { $0.number("used") == 1 && $0.number("score") != nil } == reading.answers)
        #expect(answers.allSatisfy { $0.number("used") != 1 || $0.text("level") != nil })
        for interview in ["IV-A04.2", "IV-A91", "IV-A92"] {
            let own = answers.filter { $0.text("interview") == interview }
            #expect(!own.isEmpty && own.allSatisfy { $0.number("used") == 0 }, "\(interview)")
        }
        #expect(!answers.contains { $0.text("interview") == "IV-A02" || $0.text("interview") == "IV-A06" })
        // Whoever was merged into somebody else stands where that one does.
        let levels = Set(answers.filter { $0.text("interview") == "IV-A05" }.map { $0.text("level") })
        #expect(levels == ["frontline"])
    }

    @Test func `seams, decisions and initiatives of the views are a report's, wherever what tells of them was captured`() throws {
        let all = try Self.tangled(), reading = try all.reading
        var modes: [String: [SeamSeverity.ModeScore]] = [:]
        for line in try all.lines("SELECT * FROM seam_scores") {
            let seam = try #require(line.text("seam")), mode = try #require(line.text("mode").flatMap(SeamMode.init(rawValue:)))
            let score = try #require(line.number("score")), grade = try #require(line.text("grade").flatMap(EvidenceGrade.init(rawValue:)))
            modes[seam, default: []].append(SeamSeverity.ModeScore(mode, score: Int(score), grade: grade))
        }
        #expect(Set(modes.keys) == Set(reading.seams.filter { $0.severity != nil }.map(\.key)))
        for seam in reading.seams { #expect(try SeamSeverity(modes[seam.key] ?? []).value == seam.severity?.value, "\(seam.key)") }

        let times = Dictionary(grouping: try all.lines("SELECT * FROM decision_times")) { $0.text("decision") ?? "" }
        #expect(times["DR1"]?.count == 8 && times["DR90"] == nil)
        for decision in reading.decisions {
            let hours = decision.reading.samples.map { (($0.actedAt - $0.detectedAt) / 3600 * 1000).rounded() / 1000 }.sorted()
            #expect((times[decision.reading.key] ?? []).compactMap { $0.number("hours_to_act") }.sorted() == hours, "\(decision.reading.key)")
        }

        let targets = Dictionary(grouping: try all.lines("SELECT * FROM initiative_targets")) { $0.text("initiative") ?? "" }
        #expect(Set(targets.keys) == Set(reading.initiatives.filter { !$0.targets.isEmpty }.map(\.key)))
        for initiative in reading.initiatives {
            let own = (targets[initiative.key] ?? []).sorted { ($0.text("line") ?? "") < ($1.text("line") ?? "") }
            #expect(own.map { $0.text("line") } == initiative.targets.map(\.line).sorted(), "\(initiative.key)")
            for (line, target) in zip(own, initiative.targets.sorted { $0.line < $1.line }) {
                #expect(Self.near(line.number("reduction_low"), target.reduction.low * 100) && Self.near(line.number("reduction_high"), target.reduction.high * 100), "\(initiative.key) on \(target.line)")
            }
        }
    }

    @Test func `the table of merged records leads each to the one that stands for it, through a chain too`() throws {
        let lines = try Self.tangled().lines("SELECT * FROM merged")
        #expect(lines.count == 9)
        #expect(lines.first { $0.text("handle") == "S91" }?.text("survivor") == "S1")
        #expect(lines.allSatisfy { $0.text("survivor.KEY") != nil && $0.text("type") != nil })
    }
}
