import Foundation
import Testing

/// A later edition of core-9 and one of ten domains, with the real programs: published, chosen, asked, and drafts carried over. All people are fictitious.
@Suite struct InstrumentStoryTests {
    /// The built-in edition as its source says it; programs have no verb that prints it.
    static func document(_ edition: Int, _ change: (String) -> String = { $0 }) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let source = try String(contentsOf: root.appendingPathComponent("Sources/SeamarkModel/Instrument/Instrument+Core9.swift"), encoding: .utf8)
        let parts = source.components(separatedBy: "#\"\"\""), text = try #require(parts.count == 2 ? parts[1].components(separatedBy: "\"\"\"#").first : nil)
        return change(text.replacing("\"edition\": 1", with: "\"edition\": \(edition)"))
    }

    @Test func `drafts of two scorers go on under a second edition and one of ten domains, and everything still runs`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters), bob = try Laptop(of: "bob", at: headquarters)
        func file(_ name: String, _ text: String) throws -> String {
            let file = headquarters.folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            return file.path
        }
        func refused(_ status: Int32, _ says: String, _ words: String...) throws {
            let done = try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish()
            #expect(done.status == status && done.error.contains(says), "\(words): \(done)")
        }
        let person = try ann.must("person", "add", "level=manager").trimmingCharacters(in: .whitespacesAndNewlines)
        let draft = try ann.must("interview", "add", "persons=\(person)", "startedAt=now").trimmingCharacters(in: .whitespacesAndNewlines)
        for question in ["LB1", "LB2", "LB3", "LB4"] { try ann.must("answer", "add", "interview=\(draft)", "question=\(question)", "response.score=3", "response.grade=D") }
        try ann.must("sync")
        try bob.must("sync")
        try bob.must("answer", "add", "interview=\(draft)", "question=LB4", "response.score=1", "response.grade=D")
        #expect(try ann.run("interview", "carry", draft).status == 66, "nothing later is published")

        let second = try Self.document(2) { text in
            text.replacing("In the last two weeks, what waited", with: "In the last month, what waited")
                .replacing("\"id\": \"LB2\",", with: "\"id\": \"LB2a\", \"comparable\": {\"1\": \"LB2\"},").replacing("\"id\": \"LB3\",", with: "\"id\": \"LB3x\",")
        }
        let path = try file("second.json", second)
        #expect(try headquarters.verb("instrument", "publish", path, "--dry-run").contains("core-9@2: 9 domains, 54 questions; nothing was published"))
        try refused(66, "no such edition", "instrument", "use", "baseline", "core-9@2")
        #expect(try headquarters.verb("instrument", "publish", path).contains("Published core-9@2"))
        #expect(try headquarters.verb("instrument", "publish", path).contains("published already"))
        try refused(65, "an edition never changes", "instrument", "publish", try file("other.json", second.replacing("last month", with: "last year")))
        try refused(65, "an edition never changes", "instrument", "publish", try file("first.json", try Self.document(1) { $0.replacing("two weeks", with: "week") }))
        try refused(65, "comparable needs", "instrument", "publish", try file("late.json", second.replacing("{\"1\": \"LB2\"}", with: "{\"2\": \"LB2\"}")))
        try refused(66, "cannot be opened", "instrument", "publish", headquarters.folder.path + "/none.json")
        #expect(try headquarters.verb("instrument", "use", "baseline", "core-9@2").contains("asks core-9@2"))
        try ann.must("sync")
        try bob.must("sync")
        try ann.must("sync")

        let entries = try headquarters.entries()
        let preview = try ann.must("interview", "carry", draft, "--dry-run")
        for words in ["stays: is asked in another way", "carried over as LB2a", "stays: is not asked any more", "1 answer of other scorers", "nothing was stored"] { #expect(preview.contains(words), "\(preview)") }
        try ann.must("sync")
        #expect(try headquarters.entries() == entries)
        // Both carry before either has heard of the other.
        #expect(try ann.must("interview", "carry", draft).contains("2 answers carried over to \(draft).2"))
        #expect(try bob.must("interview", "carry", draft, "--to", "core-9@2").contains("1 answer carried over to \(draft).2"))
        for laptop in [ann, bob, ann, bob] { try laptop.must("sync") }
        for laptop in [ann, bob] {
            #expect(try laptop.must("conflicts").contains("No conflicts."))
            #expect(try laptop.must("interview", "carry", draft).contains("Nothing to carry over"))
        }
        #expect(try ann.must("export", "-") == bob.must("export", "-"))
        #expect(try ann.must("show", "\(draft).2/LB2a").contains("LB2"))
        #expect(try ann.must("show", "\(draft)/LB2").contains("3"), "what was answered stays where it was")
        for words in [["report"], ["check"], ["signals"]] { #expect(try [0, 65].contains(ann.run(words).status), "\(words)") }
        try headquarters.verb("report", "baseline", "--out", headquarters.folder.path + "/report")

        // Ten domains, under which the second edition's draft goes on once more.
        let domain = """
            {"code": "D10", "key": "tenth", "name": "Tenth", "description": "One more.", "mayBeNotAssessed": true, "drives": [], "evidence": "x", "questions": [
            {"id": "TT1", "text": "And what of this?", "asked": ["manager"], "weight": 1, "anchors": {"0": "none", "4": "all"}}]},
            """
        let ten = try file("ten.json", second.replacing("\"edition\": 2", with: "\"edition\": 3").replacing("\"domains\": [", with: "\"domains\": [\n" + domain))
        #expect(try headquarters.verb("instrument", "publish", ten).contains("10 domains, 55 questions"))
        try headquarters.verb("instrument", "use", "baseline", "core-9@3")
        try ann.must("sync")
        #expect(try ann.must("interview", "carry", "\(draft).2").contains("carried over to \(draft).3"))
        try ann.must("answer", "add", "interview=\(draft).3", "question=TT1", "response.score=4", "response.grade=D")
        try ann.must("sync")
        #expect(try ann.must("report").contains("at risk"))
        try headquarters.verb("report", "baseline", "--out", headquarters.folder.path + "/ten")
        let report = try String(contentsOfFile: headquarters.folder.path + "/ten/report.json", encoding: .utf8)
        #expect(report.contains("core-9@3") && report.contains("D10"))
        #expect(try headquarters.verb("verify").contains("everything holds"))
    }
}
