import Foundation
import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct EngagementFileTests {
    static let names = ["halden", "northlink"]

    static func sample(_ name: String) throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: root.appending(path: "Samples/\(name).json")))
    }

    /// The records that come of importing `bytes` into `bench`, judged as a lead's.
    @discardableResult
    static func load(_ bytes: [UInt8], into bench: inout Bench, directory: References = .none) throws -> [[Edit]] {
        let file = try EngagementFile(reading: bytes, scope: Bench.scope, existing: bench.views, directory: directory, primitives: bench.primitives)
        var salt: UInt64 = 0
        let state = bench.state
        let runs = file.edits(lookup: { state.records[$0] }, at: 1_773_700_000_000) {
            salt += 1
            return Identifier(high: 5, low: salt)
        }
        for edits in runs {
            let change = bench.change(edits, by: Bench.lea)
            let complaints = bench.judge(change, by: Bench.lea)
            guard complaints.isEmpty else { throw Bench.Refused(complaints: complaints) }
            bench.apply(change)
        }
        return runs
    }

    @Test(arguments: names)
    func `a sample is canonical: records made of it give the same bytes again`(name: String) throws {
        let bytes = try EngagementFileTests.sample(name)
        var bench = Bench()
        try EngagementFileTests.load(bytes, into: &bench)
        #expect(bench.views.allSatisfy { $0.isWhole && $0.conflicts.isEmpty && $0.unknownFields.isEmpty })
        let written = EngagementFile.document(bench.views, directory: .none).pretty
        #expect(written == String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: names, [false, true])
    func `two who import the same file unseen have one engagement, whoever is first, and what only one file has arrives`(name: String, fullerFirst: Bool) throws {
        let bytes = try EngagementFileTests.sample(name)
        var source = Bench()
        try EngagementFileTests.load(bytes, into: &source)
        let whole = try EngagementFile(reading: bytes, scope: Bench.scope, existing: [], directory: .none, primitives: source.primitives)
        let extra = try #require(whole.rows.last { $0.type.number == Catalogue.observation.number }).id
        var bench = Bench()
        func changes(by person: Bench.Person, at time: Int64, isWhole: Bool) -> [Change] {
            var salt: UInt64 = UInt64(time)
            return whole.edits(lookup: { _ in nil }, at: time) {
                salt += 1
                return Identifier(high: 6, low: salt)
            }.filter { edits in isWhole || edits.allSatisfy { $0.record != extra } }.map { bench.change($0, by: person) }
        }
        let ben = Bench.Person(author: Author(member: Bench.ben.author.member, role: .lead), device: Bench.ben.device)
        let mine = (Bench.lea, changes(by: Bench.lea, at: 1_000_000, isWhole: fullerFirst)), theirs = (ben, changes(by: ben, at: 2_000_000, isWhole: !fullerFirst))
        for order in [[mine, theirs], [theirs, mine]] {
            bench.state = ScopeState()
            for (person, changes) in order {
                for change in changes {
                    #expect(change.edits.allSatisfy { $0.record == change.edits[0].record })
                    #expect(bench.judge(change, by: person).isEmpty)
                    bench.apply(change)
                }
            }
            #expect(bench.view(extra) != nil && bench.views.count == source.views.count)
            #expect(bench.views.allSatisfy { $0.isWhole && $0.conflicts.isEmpty })
            #expect(bench.views.allSatisfy { $0.id == extra || $0.author == Bench.lea.author.member && $0.integer("createdAt") == 1_000_000 })
            #expect(EngagementFile.document(bench.views, directory: .none).pretty == String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test(arguments: names)
    func `a second import edits nothing, and one changed word is one edit`(name: String) throws {
        let bytes = try EngagementFileTests.sample(name)
        var bench = Bench()
        try EngagementFileTests.load(bytes, into: &bench)
        let before = bench.state.digest
        #expect(try EngagementFileTests.load(bytes, into: &bench).isEmpty)
        let text = String(decoding: bytes, as: UTF8.self)
        let renamed = text.replacingOccurrences(of: "\"title\": \"Quality escapes\"", with: "\"title\": \"Escapes of quality\"")
            .replacingOccurrences(of: "\"title\": \"Service credits\"", with: "\"title\": \"Credits\"")
        #expect(try EngagementFileTests.load(Array(renamed.utf8), into: &bench).map(\.count) == [1])
        #expect(bench.state.digest != before)
    }

    @Test(arguments: names)
    func `a record's document is the same bytes, written at once or by way of a value`(name: String) throws {
        var bench = Bench()
        try EngagementFileTests.load(try EngagementFileTests.sample(name), into: &bench)
        let line = try #require(bench.views.first { $0.handle == "L2" }), seam = try #require(bench.views.first { $0.handle == "S3" })
        for (title, person) in [("one", Bench.ana), ("two", Bench.ben)] {
            bench.apply(bench.change([Edit(record: line.id, type: 40, target: .field(10), content: .open(.text(title)))], by: person))
        }
        bench.apply(bench.change([
            Edit(record: line.id, type: 40, target: .field(500), content: .open(.int(1))), Edit(record: line.id, type: 40, target: .field(11), content: .open(.int(99))),
            Edit(record: line.id, type: 40, target: .element(10, .int(3)), content: .open(.bool(true))),
            Edit(record: line.id, type: 40, target: .field(16), content: .open(.group([.init(1, .int(2)), .init(77, .text("x"))]))),
            Edit(record: seam.id, type: 30, target: .field(17), content: .open(.absent)), Edit(record: seam.id, type: 30, target: .field(19), content: .open(.list([.bool(true)]))),
            Edit(record: seam.id, type: 30, target: .life, content: .open(.bool(false))),
            Edit(record: Identifier(high: 6, low: 6), type: 600, target: .field(1), content: .open(.text("of a newer version"))),
            Edit(record: Identifier(high: 6, low: 7), type: 23, target: .field(10), content: .withheld(leaf: .zero)),
        ], by: Bench.lea, schema: 2))
        let references = bench.references()
        for view in bench.views {
            var bytes: [UInt8] = []
            view.write(to: &bytes, references: references)
            #expect(String(decoding: bytes, as: UTF8.self) == view.json(references: references).compact)
        }
    }

    @Test func `records that were captured with these handles are met, not doubled`() throws {
        var bench = Bench()
        try bench.line(Identifier(high: 40, low: 77), handle: "L1")
        try EngagementFileTests.load(try EngagementFileTests.sample("halden"), into: &bench)
        let lines = bench.views.filter { $0.type === Catalogue.leakageLine }
        #expect(lines.count == 8)
        #expect(lines.first { $0.handle == "L1" }?.id == Identifier(high: 40, low: 77))
        #expect(lines.first { $0.handle == "L1" }?.text("title") == "Premium freight on late orders")
    }

    @Test func `a contributor who is a member of the tenant is that member`() throws {
        var bench = Bench()
        let directory = References(
            identifier: { handle, types in handle == "C-HAL1" && types.contains(2) ? Bench.ana.author.member : nil },
            handle: { $0 == Bench.ana.author.member ? "C-HAL1" : nil })
        let bytes = try EngagementFileTests.sample("halden")
        try EngagementFileTests.load(bytes, into: &bench, directory: directory)
        #expect(bench.views.filter { $0.type === Catalogue.contributor }.map(\.handle) == ["C-HAL2"])
        let document = EngagementFile.document(bench.views, directory: directory)
        #expect(document["contributors"]?.elements?.compactMap { $0["handle"]?.text } == ["C-HAL1", "C-HAL2"])
        // The document stands by itself: another tenant reads it back to the same records.
        var other = Bench()
        try EngagementFileTests.load(Array(document.compact.utf8), into: &other)
        #expect(other.views.filter { $0.type === Catalogue.answer }.count == bench.views.filter { $0.type === Catalogue.answer }.count)
    }

    @Test func `the worked example stands in the sample with its figures`() throws {
        var bench = Bench()
        try EngagementFileTests.load(try EngagementFileTests.sample("halden"), into: &bench)
        let lines = bench.views.filter { $0.type === Catalogue.leakageLine }
        var gross = 0.0
        for line in lines {
            let amount = try #require(line.group("amount"))
            let grade = try #require(amount.choice("grade").flatMap(EvidenceGrade.init(rawValue:)))
            let ranges = amount.threePoint("range").map { [$0] } ?? amount.groups("factors").compactMap { $0.threePoint("range") }
            gross += ranges.reduce(1) { $0 * ($1.low + grade.concentration * $1.likely + $1.high) / (grade.concentration + 2) }
        }
        #expect(abs(gross / 100_000 - 3309.858889) < 1e-6)
        #expect(bench.views.filter { $0.type === Catalogue.overlap }.count == 3)
        #expect(bench.views.first { $0.type === Catalogue.engagement }?.group("financials")?.integer("plannedOperatingIncome") == 800_000_000)
    }

    @Test(arguments: names)
    func `a sample says that it is invented, and nothing in it stands in a board's way`(name: String) throws {
        var bench = Bench()
        try EngagementFileTests.load(try EngagementFileTests.sample(name), into: &bench)
        let engagement = try #require(bench.views.first { $0.type === Catalogue.engagement })
        #expect(engagement.text("note")?.contains("FICTITIOUS") == true)
        #expect(engagement.text("title")?.contains("fictitious") == true)
        let findings = Findings.all(in: bench.views, instrument: .core9)
        #expect(findings.filter(\.blocksBoard).map(\.description) == [])
        // A wide price from one interview and seams without an owner are left in for people to find.
        #expect(findings.contains { $0.kind == .ownerMissing })
    }

    // MARK: - What is not taken

    private func problems(_ text: String, in bench: Bench = Bench()) -> [String] {
        do throws(EngagementFileError) {
            _ = try EngagementFile(reading: Array(text.utf8), scope: Bench.scope, existing: bench.views, directory: .none, primitives: bench.primitives)
        } catch {
            if case .problems(let problems) = error { return problems.map(\.description) }
            return [error.description]
        }
        return []
    }

    private func file(_ sections: String) -> String { "{\"format\": \"seamark-engagement\", \"version\": 1, \(sections)}" }

    @Test func `every problem is named with section, row and field, and nothing is taken`() {
        let found = problems(file("""
            "sites": [{"handle": "ST1", "name": "a"}, {"handle": "ST1", "name": "b"}, {"name": "c"}, 7],
            "lies": []
            """))
        #expect(found == [
            "lies: is no section; remove it or update Seamark",
            "sites row 2 (ST1), handle: stands on two rows; give one another handle",
            "sites row 3, handle: must be given: a short code of letters and digits that is unique among sites",
            "sites row 4: must be an object",
        ])
        let fields = problems(file("""
            "sites": [{"handle": "ST1", "nmae": "a", "headcount": 100001}],
            "lines": [{"handle": "L1", "title": "t", "category": "EXPEDITE", "site": "ST2",
              "amount": {"range": {"low": 50000, "likely": 40000, "high": 72000}, "grade": "A", "kind": "runRate"}}],
            "seams": [{"handle": "S1", "name": "s", "modeScores": [{"mode": "x", "scorer": "C1", "rating": {"score": 5, "grade": "A"}}]}],
            "overlaps": [{"lines": ["L1", "L1"], "judgement": {"share": 1, "reason": "r"}}]
            """))
        #expect(fields == [
            "sites row 1 (ST1), nmae: is no field of a site; remove it or correct its name",
            "sites row 1 (ST1), headcount: headcount is 100001, must lie between 0 and 100000",
            "seams row 1 (S1), modeScores row 1, mode: must be ownershipAmbiguity, kpiConflict, approvalLatency, exceptionByHeroics, relationshipDependence or dataMismatch",
            "seams row 1 (S1), modeScores row 1, scorer: names no member or contributor here; use the handle of one that exists",
            "seams row 1 (S1), modeScores row 1, rating: rating (score) is 5, must lie between 0 and 4",
            "lines row 1 (L1), site: names no site here; use the handle of one that exists",
            "lines row 1 (L1), amount: amount (range): likely is 400, must lie between low 500 and high 720",
            "overlaps row 1, lines: must be the handles of two different lines, such as [\"L4\", \"L7\"]",
        ])
    }

    @Test func `other formats and newer versions are told apart`() {
        #expect(problems("{}")[0].contains("no engagement file"))
        #expect(problems("{\"format\": \"seamark-engagement\", \"version\": 3}").first?.contains("newer version") == true)
        #expect(problems("{\"format\": ")[0].contains("line 1"))
        #expect(problems(file("\"overlaps\": []")) == [])
    }

    @Test func `the same row twice is refused, whichever line of an overlap stands first`() {
        let line = { (handle: String) in
            "{\"handle\": \"\(handle)\", \"title\": \"\(handle)\", \"category\": \"EXPEDITE\"}"
        }
        let judgement = "\"judgement\": {\"share\": 1, \"reason\": \"r\"}"
        let found = problems(file("""
            "lines": [\(line("L1")), \(line("L2"))],
            "overlaps": [{"lines": ["L1", "L2"], \(judgement)}, {"lines": ["L2", "L1"], \(judgement)}]
            """))
        #expect(found == ["overlaps row 2: says the same thing a second time; merge the two rows"])
    }

    @Test func `ten thousand damaged documents are refused or taken, and never stop the program`() throws {
        let small = file("""
            "engagement": {"handle": "E1", "title": "t", "currency": "USD", "financials": {"revenue": 1, "plannedOperatingIncome": -1, "fiscalYear": 2026}},
            "contributors": [{"handle": "C1"}], "sites": [{"handle": "ST1", "name": "a"}],
            "people": [{"handle": "P1", "level": "manager", "consent": {"state": "given", "scope": ["quotes", "role"], "at": "2026-03-02T08:00:00Z"}}],
            "seams": [{"handle": "S1", "name": "s", "modeScores": [{"mode": "kpiConflict", "scorer": "C1", "rating": {"score": 4, "grade": "A"}}]}],
            "interviews": [{"handle": "IV1", "persons": ["P1"], "status": "draft"}],
            "answers": [{"interview": "IV1", "question": "LB1", "scorer": "C1", "response": {"outcome": "scored", "score": 3, "grade": "C"}}],
            "lines": [{"handle": "L1", "title": "t", "category": "EXPEDITE", "domainPoints": {"D1": 40}, "seamPoints": {"S1": 60},
              "amount": {"factors": [{"name": "n", "unit": "h/yr", "range": {"low": 1.5, "likely": 2.0, "high": 3e2}},
                {"name": "m", "unit": "money/h", "range": {"low": 1.0, "likely": 2.0, "high": 3.0}}], "grade": "D", "kind": "contingent", "probability": 0.5}}],
            "overlaps": []
            """)
        #expect(problems(small) == [])
        let tokens = ["\"", "{", "}", "[", "]", ",", ":", "-", "1e308", "9223372036854775807", "-9223372036854775808", "null", "true", "\\u0000", "\\ud800", "0", "\u{202e}", "1e-400", "\"\""]
        let original = Array(small.utf8)
        var random = SeededRandom(20_260_317)
        var taken = 0
        let bench = Bench()
        for _ in 0..<10_000 {
            var bytes = original
            for _ in 0...random.next(below: 3) {
                let place = random.next(below: bytes.count)
                switch random.next(below: 4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.next(below: 8)))
                case 2: bytes.replaceSubrange(place..<min(bytes.count, place + random.next(below: 3)), with: Array(tokens[random.next(below: tokens.count)].utf8))
                case _:
                    let from = random.next(below: bytes.count)
                    bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + random.next(below: 60))], at: place)
                }
            }
            do throws(EngagementFileError) {
                let file = try EngagementFile(reading: bytes, scope: Bench.scope, existing: [], directory: .none, primitives: bench.primitives)
                _ = file.edits(lookup: { _ in nil }, at: 0, salt: { .zero })
                taken += 1
            } catch { #expect(!error.description.isEmpty) }
        }
        // Some damage falls inside a text and harms nothing; most does.
        #expect(taken > 0 && taken < 9_000)
    }
}
