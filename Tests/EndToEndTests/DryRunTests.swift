import Foundation
import Testing

/// `--dry-run` of every verb that writes, with the real programs: it says what would happen, and nothing does.
@Suite(.sharedHeadquarters, .serialized) struct DryRunTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    /// Words that would be done, for each verb; a noun's four are one implementation, tried with sites. `FILE` is a file, `FORM` a form, `NEW` a name
    /// of a file that is not there.
    private static let words: [(verb: String, words: [String])] = [
        ("use", ["halden", "second"]), ("engagement set", ["title=Other"]), ("site add", ["name=Another works"]), ("site set", ["ST-A001", "headcount=7"]),
        ("site delete", ["ST-A001"]), ("site restore", ["ST-A002"]), ("undo", []), ("redo", []), ("attach add", ["FILE", "--to", "O-A001"]),
        ("attach evict", ["EV-A001"]), ("merge", ["ST-A003", "ST-A004", "--rest", "keep"]), ("unmerge", ["ST-A006"]), ("redact", ["O-A001", "text", "--reason", "asked for"]), ("import", ["ENGAGEMENT"]),
        ("form add", ["FORM"]), ("form answer", ["IV-A001", "fine", "said=no"]), ("form carry", ["IV-A001", "fine"]), ("form retire", ["fine"]), ("bundle export", ["NEW"]), ("wipe", []),
    ]
    /// The same, while everything is with the server and a colleague wrote something else into S-A001.
    private static let onceSent: [(verb: String, words: [String])] = [("resolve", ["S-A001", "workaround", "--choose", "1"]), ("snapshot freeze", ["First"])]
    /// Tried below, or in the unhappy way alone.
    private static let elsewhere: Set<String> = ["bundle import", "enrol", "interview carry", "salvage"]

    /// What the laptop shows of itself, its whole log, and the names of its files but the store's.
    private func bytes(_ ann: Laptop) throws -> String { try ann.everything() + ann.must("log", "--limit", "0", "--json") + attachments(ann) }

    private func attachments(_ ann: Laptop) throws -> String {
        let files = FileManager.default.enumerator(at: ann.home, includingPropertiesForKeys: nil)?.compactMap { ($0 as? URL)?.path } ?? []
        return files.filter { !$0.contains(".sqlite") }.sorted().joined(separator: "\n")
    }

    @Test func `a trial of every verb that writes says what would happen, and neither store nor server has it afterwards`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let file = headquarters.folder.appendingPathComponent("extract.txt"), form = headquarters.folder.appendingPathComponent("fine.md")
        try Data("an extract".utf8).write(to: file)
        try Data("| survey |\n| | type | name | label |\n| | text | said | Said? |\n".utf8).write(to: form)
        try headquarters.verb("engagement", "add", "second", "--currency", "USD")
        try headquarters.verb("engagement", "staff", "second", "ann")
        try ann.must("sync")
        try ann.must("use", "halden", "baseline")
        let bob = try Laptop(of: "bob", at: headquarters)
        try ann.must("seam", "add", "name=Handing over")
        for laptop in [ann, bob] { try laptop.must("sync") }
        for (laptop, words) in [(ann, "ours"), (bob, "theirs")] { try laptop.must("seam", "set", "S-A001", "workaround=\(words)") }
        for laptop in [bob, ann] { try laptop.must("sync") }
        try tries(Self.onceSent, ann, standIns: [:])
        try ann.must("resolve", "S-A001", "workaround", "--choose", "1")
        for name in ["One", "Two", "Three", "Four", "Five", "Six"] { try ann.must("site", "add", "name=\(name)") }
        try ann.must("site", "delete", "ST-A002")
        try ann.must("merge", "ST-A005", "ST-A006", "--rest", "keep")
        try ann.must("observation", "add", "text=Something")
        try ann.must("interview", "add", "startedAt=now")
        try ann.must("form", "add", form.path, "--key", "fine")
        try ann.must("form", "answer", "IV-A001", "fine", "said=yes")
        // The next edition, and one more that is not taken over.
        for line in ["| | text | why | Why? |\n", "| | date | since | Since? |\n"] {
            try Data((String(contentsOf: form, encoding: .utf8) + line).utf8).write(to: form)
            if line.contains("why") { try ann.must("form", "add", form.path, "--key", "fine") }
        }
        try ann.must("attach", "add", file.path, "--to", "O-A001", "title=Kept")
        try Data("another extract".utf8).write(to: file)
        let engagement = try ann.file(ann.must("export", "-").replacing("\"Three\"", with: "\"Thirteen\""))
        for name in ["Seven", "Eight"] { try ann.must("site", "add", "name=\(name)") }
        #expect(try ann.run("redo", "--dry-run").status == 66)
        try ann.must("undo")
        let new = headquarters.folder.appendingPathComponent("stick").path
        let entries = try headquarters.entries()
        let before = try bytes(ann)
        let verbs = try verbs()
        #expect(verbs.subtracting((Self.words + Self.onceSent).map(\.verb)).subtracting(Self.elsewhere) == [], "a verb is new: say here with which words it is tried")
        try tries(Self.words, ann, standIns: ["FILE": file.path, "FORM": form.path, "NEW": new, "ENGAGEMENT": engagement])
        #expect(!FileManager.default.fileExists(atPath: new))
        // Judged in full: what the store would refuse is refused, and nothing is kept either.
        for (words, status) in [
            (["site", "add", "--dry-run"], 65), (["snapshot", "freeze", "First", "--dry-run"], 65), (["site", "set", "ST-A001", "headcount=many", "--dry-run"], 65), (["form", "carry", "IV-A001", "NOPE", "--dry-run"], 66), (["interview", "carry", "IV-A001", "--dry-run"], 66), (["resolve", "ST-A001", "name", "--choose", "1", "--dry-run"], 66),
            (["attach", "add", file.path, "--to", "ST-A001", "--dry-run"], 65), (["bundle", "import", file.path, "--dry-run"], 65), (["use", "halden", "NOPE", "--dry-run"], 78),
        ] as [([String], Int32)] {
            let done = try ann.run(words)
            #expect(done.status == status, "\(words): \(done)")
            #expect(try bytes(ann) == before, "\(words) changed something")
        }
        // Of a store that is whole there is nothing to salvage.
        #expect(try ann.run(["salvage", "--dry-run"], passphrase: Laptop.passphrase).status == 65)
        #expect(try bytes(ann) == before)
        #expect(try headquarters.entries() == entries)
        // An invitation that was tried is good afterwards.
        let line = try headquarters.invitation("bob")
        let tried = Laptop(headquarters)
        #expect(try tried.run(["enrol", "--dry-run"], input: line).output.contains("was not used"))
        #expect(!FileManager.default.fileExists(atPath: tried.home.path))
        #expect(try tried.run(["enrol", "--json"], input: line).status == 0)
        // What a reply would do is counted, and done afterwards.
        try ann.must("bundle", "export", new)
        try headquarters.verb("bundle", "import", new, "--reply", new + "-reply")
        let unsent = try ann.unsent()
        #expect(try ann.must("bundle", "import", new + "-reply", "--dry-run").contains("Receipts for \(unsent) changes"))
        #expect(try ann.unsent() == unsent)
        try ann.must("bundle", "import", new + "-reply")
        #expect(try ann.unsent() == 0)
    }

    /// Each of them says what it would do, in words and in JSON, and leaves the laptop as it was.
    private func tries(_ all: [(verb: String, words: [String])], _ ann: Laptop, standIns: [String: String]) throws {
        let before = try bytes(ann)
        for (verb, words) in all {
            let words = verb.split(separator: " ").map(String.init) + words.map { standIns[$0] ?? $0 }
            for json in ["use", "wipe"].contains(verb) ? [[]] : [[], ["--json"]] {
                let done = try ann.run(words + ["--dry-run"] + json)
                #expect(done.status == 0 && !done.output.isEmpty, "\(words): \(done)")
                if !json.isEmpty { #expect((try? JSONSerialization.jsonObject(with: Data(done.output.utf8))) != nil, "\(words): \(done.output)") }
                #expect(try bytes(ann) == before, "\(words) changed something")
            }
        }
    }

    /// The verbs with `--dry-run`; of the nouns' the sites'.
    private func verbs() throws -> Set<String> {
        let found = Set(try VerbTree.of("seamark").running.filter { $0.verb.options.contains("dry-run") }.map(\.words))
        let nouns = found.compactMap { $0.hasSuffix(" restore") ? String($0.dropLast(8)) : nil }.filter { $0 != "site" }
        return found.filter { verb in !nouns.contains { verb.hasPrefix($0 + " ") && ["add", "set", "delete", "restore"].contains(String(verb.dropFirst($0.count + 1))) } }
    }
}
