import Foundation
import Testing

/// Snapshots with the real programs: frozen by a lead on a laptop, made again at headquarters. All people and figures are fictitious.
@Suite(.serialized) struct SnapshotCommandTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let canary = "canary: the night shift knows"
    private static let passphrase = "nine slow kettles sing"

    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// Independent of our JSON and our hash: reads the inputs, looks at their order, writes them anew, and hashes both.
    private static let recomputed = """
        import hashlib, json, sys
        text = open(sys.argv[1], 'rb').read()
        inputs = json.loads(text)
        ids = [record['id'] for record in inputs['records']]
        assert ids == sorted(ids) and len(set(ids)) == len(ids) > 100, 'the records are not sorted by id'
        anew = json.dumps(inputs, separators=(',', ':'), ensure_ascii=False).encode()
        print(inputs['method'], hashlib.sha256(text).hexdigest(), hashlib.sha256(anew).hexdigest())
        """

    @Test func `a frozen report is the same bytes after edits, a redaction, a withdrawn consent and a restore, and two snapshots are bridged exactly`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        func path(_ name: String) -> String { headquarters.folder.appendingPathComponent(name).path }
        func server(_ words: String...) throws -> Program.Result {
            try headquarters.program("seamark-server", words + ["--data", headquarters.data.path], passphrase: ["backup", "restore"].contains(words[0]) ? Self.passphrase : nil).finish(within: 300)
        }
        func report(_ folder: String, _ when: String) throws -> [Data] {
            let made = try server("report", "baseline", "--as-of", when, "--out", path(folder))
            try #require(made.status == 0, "\(made.error)")
            return try ["report.html", "report.md", "report.json"].map { try Data(contentsOf: URL(fileURLWithPath: path(folder) + "/" + $0)) }
        }
        try ann.must("import", Self.root.appendingPathComponent("Samples/halden.json").path)
        let early = try ann.run("snapshot", "freeze", "Too early")
        #expect(early.status == 65 && early.error.contains("not yet sent"), "\(early)")
        try ann.must("sync")
        let note = try ann.must("observation", "add", "text=\(Self.canary)", "polarity=drag").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("sync")
        let first = try ann.must("snapshot", "freeze", "First quarter", "--day", "2026-03-31").trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(first == "SN-A001")
        let shown = try document(try ann.must("snapshot", "show", first, "--json"))
        try ann.must("sync")
        let bytes = try report("first", first)
        #expect(try report("named", "first quarter") == bytes)
        #expect(try server("report", "baseline", "--as-of", first, "--inputs", "--out", path("first")).status == 0)
        let page = try document(String(decoding: bytes[2], as: UTF8.self))
        let method = try #require(page["method"] as? [String: Any])
        let inputs = try #require(method["inputsHash"] as? String)
        let position = try #require((method["frozen"] as? [String: Any])?["position"] as? Int)
        #expect(shown["inputsHash"] as? String == inputs && shown["position"] as? Int == position && shown["holds"] as? Bool == true)
        for text in bytes.prefix(3) {
            #expect(text.range(of: Data(inputs.utf8)) != nil && text.range(of: Data("First quarter".utf8)) != nil)
            #expect(text.range(of: Data(Self.canary.utf8)) == nil && text.range(of: Data("this is the baseline".utf8)) != nil)
        }
        // The laptop's figures are the report's.
        let headline = try #require((shown["headline"] as? [String: Any])?["mean"] as? Double)
        #expect(String(decoding: bytes[2], as: UTF8.self).contains("\"mean\": \(headline)"))
        let python = try headquarters.program("/usr/bin/env", ["python3", "-c", Self.recomputed, path("first/inputs.json")]).finish(within: 60)
        #expect(python.output == "oiar-1 \(inputs) \(inputs)\n", "\(python)")

        // Later.
        try ann.must("line", "set", "L8", "amount.grade=B", "amount.range=140k/180k/240k")
        try ann.must("line", "set", "L6", "isWithdrawn=yes")
        try ann.must("line", "add", "title=Agency", "category=LABOUR", "amount.range=100k/150k/260k", "amount.grade=B", "amount.kind=runRate")
        try ann.must("redact", note, "text", "--reason", "trial")
        try ann.must("person", "set", "P-A03", "consent.state=withdrawn", "--yes")
        try ann.must("sync")
        try headquarters.verb("engagement", "staff", "baseline", "bob", "--remove")
        for (words, said) in [(["first QUARTER"], "has already"), (["Third", "--day", "2999-01-01"], "has not come")] {
            let done = try ann.run(["snapshot", "freeze"] + words)
            #expect(done.status == 65 && done.error.contains(said), "\(done)")
        }
        let second = try ann.must("snapshot", "freeze", "Second quarter", "--day", "2026-06-30").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("sync")
        #expect(try report("again", first) == bytes)
        let single = try server("report", "baseline", "--as-of", first, "--inputs", "--out", path("single"))
        #expect(single.status == 65 && single.error.contains("taken their consent back"), "each answer stands in the inputs by itself: \(single)")
        #expect(!FileManager.default.fileExists(atPath: path("single")))
        let later = try report("later", second)
        #expect(later != bytes && String(decoding: later[1], as: UTF8.self).replacing("\\", with: "").contains("Compared with SN-A001 First quarter"))
        // By its place it is the same figures, not the same page: nobody's snapshot is named.
        let byPlace = try document(server("report", "baseline", "--as-of", String(position), "--json").output)
        #expect((byPlace["method"] as? [String: Any])?["inputsHash"] as? String == inputs && !(byPlace["method"] as? [String: Any] ?? [:]).isEmpty)

        // The bridge, on both sides.
        let compared = try server("snapshot", "compare", "baseline", first, second, "--json").output
        #expect(try ann.must("snapshot", "compare", first, second, "--json") == compared)
        let bridge = try #require(try document(compared)["bridge"] as? [String: Any])
        let steps = try #require(bridge["steps"] as? [[String: Any]]).compactMap { $0["amount"] as? Double }
        let difference = try #require(bridge["difference"] as? Double)
        // The vector's -17.083 thousand, but for what the simulation makes of half an overlap.
        #expect(steps.count == 7 && (steps.reduce(0, +) - difference).magnitude < 1e-6 && (difference / 1000 + 17.083333).magnitude < 0.1, "\(compared)")
        #expect(try ann.must("snapshot", "compare", first, second).contains("Closed lines"))
        #expect(try headquarters.verb("snapshot", "list", "baseline").contains("Second quarter") && ann.must("snapshot", "list").contains("SN-A002"))
        let live = try document(server("report", "baseline", "--json").output)
        #expect(live["comparedWith"] as? String == second && live["bridge"] is [String: Any])

        // Put back from a backup: another epoch, another key, the same bytes.
        let made = try server("backup", "halden", "--to", path("backups"))
        #expect(made.status == 0, "\(made.error)")
        try ann.must("line", "set", "L1", "amount.grade=B")
        try ann.must("sync")
        #expect(try headquarters.stop() == 0)
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: path("backups")).first { $0.hasPrefix("halden-") })
        let restored = try server("restore", path("backups/" + file))
        #expect(restored.status == 0, "\(restored.error)")
        #expect(try report("restored", first) == bytes && report("restored2", second) == later)
    }

    @Test func `what cannot be made is refused with its reason and its status`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        try headquarters.verb("engagement", "add", "second", "--currency", "USD")
        try headquarters.verb("engagement", "staff", "second", "ann")
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Plant", "--engagement", "baseline")
        try ann.must("sync")
        try ann.must("snapshot", "freeze", "Mine", "--engagement", "baseline")
        try ann.must("sync")
        func refused(_ status: Int32, _ words: String, _ when: String, engagement: String = "baseline") throws {
            let done = try headquarters.program("seamark-server", ["report", engagement, "--as-of", when, "--json", "--data", headquarters.data.path]).finish(within: 60)
            #expect(done.status == status && done.error.contains(words) && done.output.isEmpty, "\(when): \(done)")
        }
        let today = Date().formatted(.iso8601.year().month().day())
        try refused(66, "there is no snapshot called 'nothing'; there is SN-A001", "nothing")
        try refused(66, "position 999999 lies after the end of the log", "999999")
        try refused(66, "the log held nothing yet at position 0", "0")
        try refused(66, "the log held nothing yet at the end of 2001-01-01", "2001-01-01")
        try refused(65, "is not over", today)
        try refused(65, "is a snapshot of another engagement, baseline", "Mine", engagement: "second")
        try refused(66, "none is frozen yet", "x", engagement: "second")
        for (status, words) in [(Int32(66), ["show", "SN-Z999"]), (66, ["compare", "SN-A001", "nothing"]), (64, ["freeze", "x", "--day", "yesterday"]), (65, ["freeze", ""])] {
            let done = try ann.run(["snapshot"] + words + ["--engagement", "baseline"])
            #expect(done.status == status && !done.error.isEmpty, "\(words): \(done)")
        }
        // A consultant freezes nothing.
        try headquarters.verb("member", "add", "cora", "--role", "consultant")
        try headquarters.verb("engagement", "staff", "baseline", "cora")
        let cora = try Laptop(of: "cora", at: headquarters)
        let done = try cora.run("snapshot", "freeze", "Hers")
        #expect(done.status == 77, "\(done)")
        // Nor does anybody take one back.
        #expect(try ann.run("verify", "--report", headquarters.folder.appendingPathComponent("none.json").path).status == 66)
        try headquarters.verb("report", "baseline", "--as-of", "SN-A001", "--out", headquarters.folder.appendingPathComponent("frozen").path)
        let checked = try ann.run("verify", "--report", headquarters.folder.appendingPathComponent("frozen/report.json").path)
        #expect(checked.status == 65 && checked.error.contains("--as-of SN-A001"), "\(checked)")
    }
}
