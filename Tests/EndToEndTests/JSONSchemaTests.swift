import Foundation
import Glibc
import Testing

/// What `--json` prints is what `Documentation/Schema` says, with the real programs. All people are fictitious.
@Suite struct JSONSchemaTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let folder = root.appendingPathComponent("Documentation/Schema")
    private static let passphrase = "nine slow kettles sing"

    /// Verbs with words that show much, in the order in which a laptop is given them. `FOLDER` is a folder of the test's.
    private static let laptop: [[String]] = [
        ["status"], ["use"], ["list"], ["list", "site"], ["list", "line"], ["list", "interview"], ["show", "L2"], ["show", "ST1"], ["show", "Q1"], ["search", "furnace"], ["log"],
        ["log", "L2", "--limit", "0"], ["diff"], ["diff", "--since", "2020-01-01"], ["check"], ["signals"], ["signals", "--boxes"], ["conflicts"], ["conflicts", "--list"], ["duplicates"], ["verify"], ["report", "--trace", "D3"],
        ["snapshot", "list"], ["snapshot", "show", "SN-A001"], ["snapshot", "compare", "SN-A001", "SN-A002"], ["attach", "list"], ["form", "list"], ["form", "status", "IV-A01", "fine"],
        ["sync", "--forecast"], ["sync"], ["bundle", "export", "FOLDER/none", "--dry-run"], ["undo", "--dry-run"], ["site", "set", "ST1", "headcount=5", "--dry-run"],
        ["attach", "evict", "--all", "--dry-run"], ["attach", "get", "EV-A001", "--output", "FOLDER/got"], ["sync", "--max-bytes", "1M"],
        // The next edition of a form, to which an answer is carried over.
        ["form", "add", "FOLDER/finer.md", "--key", "fine"], ["form", "carry", "IV-A01", "fine", "--dry-run"],
        // A draft that goes on under a later edition, with an answer and what stays behind.
        ["interview", "carry", "IV-DRAFT", "--dry-run"],
        // Two of one name, before they are merged and after.
        ["site", "add", "name=Twin works"], ["site", "add", "name=Twin works"], ["duplicates"], ["merge", "ST-A002", "ST-A003", "--rest", "keep"], ["duplicates"], ["show", "ST-A002"], ["show", "ST-A003"],
        ["bundle", "export", "FOLDER/stick"],
    ]
    /// What a laptop says once headquarters has taken its bundle in and has written its evidence.
    private static let laptopAfterwards: [[String]] = [
        ["bundle", "import", "FOLDER/reply"], ["sync"], ["verify", "--evidence", "FOLDER/evidence", "--report", "FOLDER/report/report.json"],
        ["redact", "Q1", "text", "--reason", "it names somebody"], ["show", "Q1"], ["log", "Q1"],
    ]
    private static let server: [[String]] = [
        ["status"], ["tenant", "list"], ["member", "list"], ["engagement", "list"], ["device", "list"], ["quarantine", "list"], ["audit", "list"], ["audit", "verify"], ["snapshot", "list", "baseline"], ["publication", "list"],
        ["snapshot", "compare", "baseline", "SN-A001", "SN-A002"], ["retention", "show"], ["retention", "set", "400"], ["retention", "set", "none"], ["retention", "apply", "--dry-run"], ["schema", "show"],
        ["schema", "set", "--read", "1", "--write", "1"], ["roles"], ["verify"], ["tenant", "signing-key", "status", "halden"], ["authority", "status"], ["tenant", "authority", "status", "halden"],
        ["bundle", "import", "FOLDER/stick", "--dry-run"], ["bundle", "import", "FOLDER/stick", "--reply", "FOLDER/reply"], ["person", "export", "baseline", "P-A01", "--out", "FOLDER/person.json"], ["person", "erase", "baseline", "P-A01"],
        ["evidence", "export", "baseline", "--out", "FOLDER/evidence"], ["verify", "--evidence", "FOLDER/evidence", "--report", "FOLDER/report/report.json"],
    ]

    /// One headquarters, and which schemas were seen there.
    private final class Story {
        let headquarters: Headquarters
        private(set) var seen: Set<String> = []

        init() throws { headquarters = try Headquarters() }

        func path(_ name: String) -> String { headquarters.folder.appendingPathComponent(name).path }

        private func filled(_ words: [String]) -> [String] { words.map { $0.replacing("FOLDER", with: headquarters.folder.path) } }

        /// What the laptop says to these words, judged. Empty where that was no object.
        @discardableResult
        func ask(_ laptop: Laptop, _ words: [String], input: String = "", ending status: Int32 = 0) throws -> [String: Any] {
            let done = try laptop.run(filled(words) + ["--json"], input: input)
            #expect(done.status == status, "\(words): \(done)")
            return try judge(done.output, words).first ?? [:]
        }

        /// Of a verb that opens no store, or only one that is unlocked.
        func askWithoutPassphrase(_ laptop: Laptop, _ words: [String], ending statuses: Set<Int32>) throws {
            let done = try headquarters.program("seamark", filled(words) + ["--json"], environment: ["SEAMARK_HOME": laptop.home.path]).finish()
            #expect(statuses.contains(done.status), "\(words): \(done)")
            try judge(done.output, words)
        }

        @discardableResult
        func askServer(_ words: [String], passphrase: String? = nil) throws -> [String: Any] {
            let done = try headquarters.program("seamark-server", filled(words) + ["--json"] + (words == ["roles"] ? [] : ["--data", headquarters.data.path]), passphrase: passphrase).finish()
            #expect(done.status == 0, "\(words): \(done)")
            return try judge(done.output, words).first ?? [:]
        }

        @discardableResult
        func judge(_ output: String, _ words: [String]) throws -> [[String: Any]] {
            let document = try JSONSerialization.jsonObject(with: Data(output.utf8))
            let documents = document as? [[String: Any]] ?? [document as? [String: Any] ?? [:]]
            for one in documents {
                let name = try #require(one["schema"] as? String, "\(words) names no schema")
                seen.insert(name)
                let file = JSONSchemaTests.file(of: name)
                guard FileManager.default.fileExists(atPath: JSONSchemaTests.folder.appendingPathComponent(file).path) else {
                    Issue.record("\(words): \(name) has no file")
                    continue
                }
                for fault in SchemaCheck.faults(of: one, by: try JSONSchemaTests.schema(file)) { Issue.record("\(words): \(fault)") }
            }
            return documents
        }
    }

    private static func file(of name: String) -> String { name.replacingOccurrences(of: "/", with: ".") + ".json" }

    private static func schema(_ file: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appendingPathComponent(file))) as? [String: Any], "\(file)")
    }

    /// The names that the programs' enums hold, as `case a, b` or `case c = "d-e"`.
    private static func names() throws -> Set<String> {
        var names: Set<String> = []
        for (source, program) in [("Client/SeamarkCommand", "seamark"), ("Server/SeamarkServerCommand", "seamark-server")] {
            let text = try String(contentsOf: root.appendingPathComponent("\(source)/JSONSchema.swift"), encoding: .utf8)
            let second = Set(try #require(text.firstMatch(of: /second: Set<JSONSchema> = \[(.*?)\]/)).1.split(separator: ", ").map { String($0.dropFirst()) })
            for line in text.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) where line.hasPrefix("case ") {
                for one in line.dropFirst(5).split(separator: ",") {
                    let quoted = one.split(separator: "\"").dropFirst().first.map(String.init)
                    let word = one.prefix { $0 != "=" }.trimmingCharacters(in: .whitespaces)
                    names.insert("\(program).\(quoted ?? word)/\(second.contains(word) ? 2 : 1)")
                }
            }
        }
        return names
    }

    @Test func `every document that a verb writes for programs names its schema, and has what that asks for and nothing else`() throws {
        let story = try Story()
        let headquarters = story.headquarters
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters), bob = try Laptop(of: "bob", at: headquarters)
        try prepare(story, ann, bob)
        try wipe(story, member: "bob")
        for words in Self.laptop { try story.ask(ann, words) }
        #expect(try story.ask(ann, ["conflicts", "L2"])["evidence"] as? [String] == ["EV2"])
        #expect(try (story.ask(ann, ["conflicts", "ST1"])["evidence"] as? [Any])?.isEmpty == true)
        try story.askWithoutPassphrase(ann, ["form", "check", "FOLDER/refused.md"], ending: [65])
        // On a machine with little room that is at fault.
        try story.askWithoutPassphrase(ann, ["doctor"], ending: [0, 65])
        for words in Self.server { try story.askServer(words) }
        for words in Self.laptopAfterwards { try story.ask(ann, words) }
        let held = try story.askServer(["quarantine", "list"])
        let change = try #require(held["change"] as? String)
        try story.askServer(["quarantine", "show", change])
        try story.askServer(["quarantine", "show", change, "--sensitive"])
        try story.askServer(["quarantine", "release", change])
        try restore(story)
        // Of a store whose file lost its head.
        let rows = ann.store.appendingPathComponent("rows.sqlite")
        var bytes = try Data(contentsOf: rows)
        bytes.replaceSubrange(0..<100, with: Data(count: 100))
        try bytes.write(to: rows)
        try story.judge(try ann.run(["salvage", "--json"], passphrase: Laptop.passphrase).output, ["salvage"])
        let never = try Self.names().subtracting(story.seen)
        #expect(never.isEmpty, "no verb here wrote \(never.sorted())")
    }

    /// An engagement with a conflict about a value, one about a deletion, a form, an attachment, two snapshots and something that is not sent yet.
    private func prepare(_ story: Story, _ ann: Laptop, _ bob: Laptop) throws {
        for (name, text) in [
            ("fine.md", "| survey |\n| | type | name | label |\n| | text | said | Said? |\n| | integer | number | How many? |\n"),
            ("finer.md", "| survey |\n| | type | name | label |\n| | text | said | Said? |\n| | text | more | And then? |\n"),
            ("refused.md", "| survey |\n| | type | name | label | calculation |\n| | calculate | total | | 1 + 1 |\n"),
        ] { try Data(text.utf8).write(to: URL(fileURLWithPath: story.path(name))) }
        try story.ask(ann, ["import", Self.root.appendingPathComponent("Samples/halden.json").path])
        try story.ask(ann, ["form", "add", "FOLDER/fine.md", "--key", "fine"])
        try story.ask(ann, ["form", "answer", "IV-A01", "fine", "said=yes"])
        try Data(try InstrumentStoryTests.document(2).utf8).write(to: URL(fileURLWithPath: story.path("second.json")))
        try story.headquarters.verb("instrument", "publish", story.path("second.json"))
        let draft = try ann.must("interview", "add", "handle=IV-DRAFT", "startedAt=now").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("answer", "add", "interview=\(draft)", "question=LB1", "response.score=2", "response.grade=D")
        try ann.must("observation", "add", "interview=\(draft)", "text=Pallets wait at the gate")
        try story.ask(ann, ["attach", "add", "FOLDER/fine.md", "title=An extract"])
        try story.ask(ann, ["sync"])
        try story.headquarters.verb("report", "baseline", "--out", story.path("report"))
        try story.ask(ann, ["snapshot", "freeze", "First"])
        try ann.must("sync")
        try bob.must("sync")
        for (laptop, value) in [(ann, "640k/910k/1400k"), (bob, "500k/700k/900k")] { try story.ask(laptop, ["line", "set", "L2", "amount.range=\(value)"]) }
        for (laptop, value) in [(ann, "Dayton plant, north"), (bob, "Dayton works")] { try laptop.must("site", "set", "ST1", "name=\(value)") }
        try story.ask(bob, ["site", "delete", "ST2"])
        try ann.must("site", "set", "ST2", "headcount=12")
        try bob.must("sync")
        try ann.must("sync")
        try ann.must("sync")
        try ann.must("snapshot", "freeze", "Second")
        try ann.must("sync")
        try ann.must("site", "add", "name=Not sent yet")
        // A client viewer, with what is published and what was withdrawn.
        try story.headquarters.verb("member", "add", "vera", "--role", "clientViewer")
        try story.headquarters.verb("engagement", "staff", "baseline", "vera")
        for snapshot in ["SN-A001", "SN-A002"] { try story.headquarters.verb("publication", "add", "baseline", "--snapshot", snapshot, "--draft") }
        try story.headquarters.verb("publication", "withdraw", "PB-HQ001", "--reason", "priced twice")
        let vera = try Laptop(of: "vera", at: story.headquarters)
        for words in [["report"], ["report", "PB-HQ002"], ["report", "PB-HQ001"], ["status"], ["use"]] { try story.ask(vera, words) }
    }

    /// A laptop that enrols, watches, and is wiped by an order with work that has no receipt: that goes to the quarantine.
    private func wipe(_ story: Story, member: String) throws {
        let line = try story.headquarters.invitation(member)
        let laptop = Laptop(story.headquarters)
        try story.ask(laptop, ["enrol", "--dry-run"], input: line)
        let enrolled = try story.ask(laptop, ["enrol", "--name", "Another laptop"], input: line)
        try laptop.must("sync")
        try laptop.must("site", "add", "name=Seen by the watch")
        let watch = try laptop.start(["sync", "--watch", "--json"])
        try eventually("it watches") {
            try #require(watch.status == nil, "it ended: \(watch.outputSoFar)\(watch.errorSoFar)")
            return watch.outputSoFar.contains("\"watching\"") ? true : nil
        }
        watch.send(SIGTERM)
        let watched = try watch.finish()
        #expect(watched.status == 0, "\(watched)")
        let events = try watched.output.split(separator: "\n").flatMap { try story.judge(String($0), ["sync", "--watch"]) }.compactMap { $0["event"] as? String }
        #expect(events.contains("synced") && events.last == "ended", "\(events)")
        try laptop.must("site", "add", "name=Without a receipt", "notes=Kept at headquarters")
        try story.headquarters.verb("device", "wipe", try #require(enrolled["letters"] as? String), "--yes")
        try story.ask(laptop, ["sync"], ending: 77)
    }

    /// A backup that is made, looked at and put back; then other keys.
    private func restore(_ story: Story) throws {
        let made = try story.askServer(["backup", "make", "halden", "--to", "FOLDER/backups"], passphrase: Self.passphrase)
        let file = try #require(made["file"] as? String)
        try story.askServer(["backup", "verify", file], passphrase: Self.passphrase)
        #expect(try story.headquarters.stop() == 0)
        try story.askServer(["restore", file], passphrase: Self.passphrase)
        try story.askServer(["tenant", "signing-key", "replace", "halden"])
        try story.headquarters.start()
        try story.askServer(["tenant", "authority", "begin", "halden"])
        try story.askServer(["authority", "begin"])
    }

    @Test func `every schema that the programs name has a file that says only what is checked, and every file is of such a name`() throws {
        let names = try Self.names()
        #expect(names.count > 60 && names.isSuperset(of: ["seamark.status/1", "seamark.quick-checks/1", "seamark-server.status/2", "seamark-server.file-verification/1"]), "\(names.sorted())")
        let files = Set(try FileManager.default.contentsOfDirectory(atPath: Self.folder.path))
        let odd = files.symmetricDifference(names.map { Self.file(of: $0) })
        #expect(odd.isEmpty, "without a name, or without a file: \(odd.sorted())")
        for name in names where files.contains(Self.file(of: name)) {
            let schema = try Self.schema(Self.file(of: name))
            #expect(((schema["properties"] as? [String: Any])?["schema"] as? [String: Any])?["const"] as? String == name)
            let faults = SchemaCheck.faults(ofSchema: schema)
            #expect(faults.isEmpty, "\(name): \(faults)")
        }
    }

    /// A time as documents for programs have it.
    private static let time = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$"
    private static let timeNames: Set<String> = [
        "time", "made", "received", "receivedByServer", "enrolled", "revoked", "wiped", "wipeOrdered", "heard", "began", "finished", "noted", "shredded", "newest", "last", "until", "lastCompleteSync",
    ]

    private static func isTime(_ name: String) -> Bool {
        timeNames.contains(name) || ["At", "Until", "Since"].contains { name.hasSuffix($0) } || name.hasPrefix("oldest") && !name.hasSuffix("Seconds")
    }

    /// The members of a schema whose names say a time, each with its place.
    private static func times(in schema: [String: Any], at place: String) -> [(place: String, member: [String: Any])] {
        var found: [(place: String, member: [String: Any])] = []
        for (name, member) in schema["properties"] as? [String: [String: Any]] ?? [:] {
            if isTime(name) { found.append((place: "\(place).\(name)", member: member)) }
            found += times(in: member, at: "\(place).\(name)")
        }
        for word in ["additionalProperties", "items"] {
            if let below = schema[word] as? [String: Any] { found += times(in: below, at: place) }
        }
        return found
    }

    @Test func `every member that says a time is ISO 8601 in UTC, or says by a truth that there was one`() throws {
        var count = 0
        for name in try Self.names() {
            for (place, member) in Self.times(in: try Self.schema(Self.file(of: name)), at: name) {
                let types = member["type"] as? [String] ?? (member["type"] as? String).map { [$0] } ?? []
                // Whether it was, or an object that has its time in it.
                if types.contains("boolean") || types.contains("object") { continue }
                #expect(types.first == "string" && Set(types).isSubset(of: ["string", "null"]) && member["pattern"] as? String == Self.time, "\(place)")
                count += 1
            }
        }
        #expect(count > 50)
    }

    @Test func `the check of schemas finds a member too many, one too few, and one of another kind`() throws {
        let schema: [String: Any] = [
            "type": "object", "required": ["a"],
            "properties": [
                "t": ["type": ["string", "null"], "pattern": Self.time], "a": ["type": ["integer", "null"]], "b": ["type": "array", "items": ["type": "string"]], "c": ["const": "x"], "open": ["description": "Anything."],
                "rest": ["type": "object", "additionalProperties": true], "counts": ["type": "object", "additionalProperties": ["type": "integer"]],
                "rows": ["type": "array", "items": ["type": "object", "properties": ["e": ["type": "string"]]]],
            ] as [String: [String: Any]],
        ]
        #expect(SchemaCheck.faults(ofSchema: schema).isEmpty)
        for right in [
            ["a": 1, "b": ["x"], "c": "x"], ["a": NSNull()], ["a": 1, "open": ["z": 1]], ["a": 1, "rest": ["z": "1"]], ["a": 1, "counts": ["z": 1]], ["a": 1, "rows": [["e": "1"]]],
            ["a": 1, "t": NSNull()], ["a": 1, "t": "2026-11-22T19:20:00Z"], ["a": 1, "t": "2026-11-22T19:20:00.044Z"],
        ] as [[String: Any]] {
            #expect(SchemaCheck.faults(of: right, by: schema).isEmpty, "\(right)")
        }
        for wrong in [
            ["b": []], ["a": 1, "d": 1], ["a": "1"], ["a": 1.5], ["a": true], ["a": 1, "b": ["x", 2]], ["a": 1, "c": "y"], ["a": 1, "counts": ["z": "1"]], ["a": 1, "rows": [["z": 1]]],
            ["a": 1, "t": 1_795_379_044_989], ["a": 1, "t": "2026-11-22 19:20"], ["a": 1, "t": "2026-11-22T19:20:00+01:00"], ["a": 1, "t": "since 2026-11-22T19:20:00Z"],
        ] as [[String: Any]] {
            #expect(!SchemaCheck.faults(of: wrong, by: schema).isEmpty, "\(wrong)")
        }
        for wrong in [["propertys": 1], ["required": ["a"]], ["items": ["enum": "x"]], ["properties": ["a": "string"]], ["pattern": "("]] as [[String: Any]] {
            #expect(!SchemaCheck.faults(ofSchema: wrong).isEmpty, "\(wrong)")
        }
    }
}
