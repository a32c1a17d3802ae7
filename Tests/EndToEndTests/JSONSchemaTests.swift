import Foundation
import Testing

/// What `--json` prints is what `Documentation/Schema` says, with the real programs.
@Suite struct JSONSchemaTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Documentation/Schema")

    /// Every verb that reads, with words that show much.
    private static let laptop: [[String]] = [
        ["status"], ["use"], ["list"], ["list", "site"], ["list", "line"], ["list", "interview"], ["show", "L2"], ["show", "ST1"], ["show", "Q1"], ["search", "furnace"], ["log"],
        ["log", "L2", "--limit", "0"], ["diff"], ["diff", "--since", "2020-01-01"], ["check"], ["signals"], ["signals", "--boxes"], ["conflicts"], ["conflicts", "--list"], ["duplicates"], ["verify"],
        ["snapshot", "list"], ["snapshot", "show", "SN-A001"], ["snapshot", "compare", "SN-A001", "SN-A002"], ["attach", "list"], ["form", "list"], ["form", "status", "IV-A01", "fine"],
        ["sync", "--forecast"], ["sync"], ["bundle", "export", "NEW", "--dry-run"], ["undo", "--dry-run"], ["site", "set", "ST1", "headcount=5", "--dry-run"], ["attach", "evict", "--all", "--dry-run"],
    ]
    private static let server: [[String]] = [
        ["status"], ["tenant", "list"], ["member", "list"], ["engagement", "list"], ["device", "list"], ["quarantine", "list"], ["audit", "list"], ["audit", "verify"], ["snapshot", "list", "baseline"],
        ["snapshot", "compare", "baseline", "SN-A001", "SN-A002"], ["retention", "show"], ["schema", "show"], ["verify"], ["tenant", "signing-key", "status", "halden"],
    ]

    @Test func `every document that a verb writes for programs names its schema, and has what that asks for`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters), bob = try Laptop(of: "bob", at: headquarters)
        let sample = Self.folder.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Samples/halden.json")
        try ann.must("import", sample.path)
        let form = headquarters.folder.appendingPathComponent("fine.md")
        try Data("| survey |\n| | type | name | label |\n| | text | said | Said? |\n| | integer | number | How many? |\n".utf8).write(to: form)
        try ann.must("form", "add", form.path, "--key", "fine")
        try ann.must("form", "answer", "IV-A01", "fine", "said=yes")
        try ann.must("attach", "add", form.path, "title=An extract")
        try ann.must("sync")
        try ann.must("snapshot", "freeze", "First")
        try ann.must("sync")
        try bob.must("sync")
        for (laptop, value) in [(ann, "640k/910k/1400k"), (bob, "500k/700k/900k")] { try laptop.must("line", "set", "L2", "amount.range=\(value)") }
        for (laptop, value) in [(ann, "Dayton plant, north"), (bob, "Dayton works")] { try laptop.must("site", "set", "ST1", "name=\(value)") }
        try bob.must("site", "delete", "ST2")
        try ann.must("site", "set", "ST2", "headcount=12")
        try bob.must("sync")
        try ann.must("sync")
        try ann.must("sync")
        try ann.must("snapshot", "freeze", "Second")
        try ann.must("site", "add", "name=Not sent yet")
        var seen: Set<String> = []
        for words in Self.laptop {
            let done = try ann.run(words.map { $0 == "NEW" ? headquarters.folder.appendingPathComponent("stick").path : $0 } + ["--json"])
            #expect(done.status == 0, "\(words): \(done)")
            try judge(done.output, words, &seen)
        }
        for words in Self.server {
            let done = try headquarters.program("seamark-server", words + ["--json", "--data", headquarters.data.path]).finish(within: 60)
            #expect(done.status == 0, "\(words): \(done)")
            try judge(done.output, words, &seen)
        }
        #expect(seen.count >= 30, "\(seen.sorted())")
    }

    /// What `Documentation/Json.md` says of the schemas that are still to be written.
    private static func unwritten() throws -> Substring {
        let page = try String(contentsOf: folder.deletingLastPathComponent().appendingPathComponent("Json.md"), encoding: .utf8)
        return page[try #require(page.range(of: "\n## Named, and not yet written down\n")).upperBound...]
    }

    private func judge(_ output: String, _ words: [String], _ seen: inout Set<String>) throws {
        let document = try JSONSerialization.jsonObject(with: Data(output.utf8))
        let documents = document as? [[String: Any]] ?? [document as? [String: Any] ?? [:]]
        for one in documents {
            let name = try #require(one["schema"] as? String, "\(words) names no schema")
            seen.insert(name)
            let file = Self.folder.appendingPathComponent(name.replacingOccurrences(of: "/", with: ".") + ".json")
            guard FileManager.default.fileExists(atPath: file.path) else {
                #expect(try Self.unwritten().contains("`\(name)`"), "\(name) has no file, and Json.md does not say so")
                continue
            }
            let schema = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            for fault in SchemaCheck.faults(of: one, by: schema) { Issue.record("\(words): \(fault)") }
        }
    }

    @Test func `the check of schemas finds a member too many, one too few, and one of another kind`() throws {
        let schema: [String: Any] = [
            "type": "object", "required": ["a"], "additionalProperties": false,
            "properties": ["a": ["type": ["integer", "null"]], "b": ["type": "array", "items": ["type": "string"]], "c": ["const": "x"]],
        ]
        #expect(SchemaCheck.faults(of: ["a": 1, "b": ["x"], "c": "x"], by: schema).isEmpty && SchemaCheck.faults(of: ["a": NSNull()], by: schema).isEmpty)
        for wrong in [["b": []], ["a": 1, "d": 1], ["a": "1"], ["a": 1.5], ["a": true], ["a": 1, "b": ["x", 2]], ["a": 1, "c": "y"]] as [[String: Any]] {
            #expect(!SchemaCheck.faults(of: wrong, by: schema).isEmpty, "\(wrong)")
        }
    }
}
