import Foundation
import Testing

/// What is printed goes to a full disk, or to an output that is closed: no verb ends well, and who changed something says that it stands.
@Suite(.sharedHeadquarters, .serialized) struct LostOutputTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    private static let ways = [">/dev/full", ">&-"]

    /// Verbs of the laptop's program that read, by the words with which they print something.
    private static let reading: [[String]] = [
        ["status"], ["status", "--json"], ["list"], ["list", "site"], ["list", "site", "--json"], ["show", "ST-A001"], ["show", "ST-A001", "--json"], ["log"], ["log", "ST-A001"], ["log", "--json"], ["diff", "--since", "2020-01-01"],
        ["search", "plant"], ["search", "plant", "--json"], ["check"], ["signals"], ["conflicts"], ["conflicts", "--json"], ["duplicates"], ["doctor"], ["verify"], ["report"], ["report", "--json"], ["export", "-"], ["export", "-", "--format", "jsonl"],
        ["use"], ["use", "--json"], ["snapshot", "list"], ["form", "list"], ["form", "list", "--json"], ["attach", "list"], ["attach", "list", "--json"], ["sync", "--forecast"], ["undo", "--dry-run"], ["--help"], ["--version"], ["site", "--help"],
    ]
    /// The same of the server's.
    private static let readingServer: [[String]] = [
        ["status"], ["status", "--json"], ["tenant", "list"], ["tenant", "list", "--json"], ["member", "list"], ["member", "list", "--json"], ["engagement", "list"], ["engagement", "list", "--json"],
        ["device", "list"], ["device", "list", "--json"], ["quarantine", "list"], ["quarantine", "list", "--json"], ["audit", "list"], ["audit", "list", "--json"], ["audit", "verify"], ["retention", "show"], ["retention", "show", "--json"], ["schema", "show"], ["verify"], ["verify", "--json"],
        ["tenant", "authority", "status", "halden"], ["tenant", "signing-key", "status", "halden"], ["authority", "status"], ["device", "wipe", "A"], ["person", "erase", "baseline", "P-A001"], ["tenant", "shred", "halden", "--dry-run"],
    ]

    private func server(_ words: [String], _ way: String, passphrase: String? = nil) throws -> Program.Result {
        let data = words.first?.hasPrefix("--") == true || words.first == "roles" ? [] : ["--data", headquarters.data.path]
        return try shell("seamark-server", words + data, way, passphrase: passphrase)
    }

    private func shell(_ name: String, _ words: [String], _ way: String, environment: [String: String] = [:], passphrase: String? = nil) throws -> Program.Result {
        let path = try #require(Program.folder).appendingPathComponent(name).path
        return try headquarters.program("/bin/sh", ["-c", "exec \"$0\" \"$@\" \(way)", path] + words, environment: environment, passphrase: passphrase).finish()
    }

    @Test(arguments: ways) func `a laptop's verb that reads does not end well where nobody can read what it says`(way: String) throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let site = try ann.must("site", "add", "name=Dayton plant").trimmingCharacters(in: .whitespacesAndNewlines)
        for words in Self.reading {
            let words = words.map { $0 == "ST-A001" ? site : $0 }
            let done = try ann.run(words, into: way)
            #expect(done.status == 73 && done.error.contains("could not be written whole") && !done.error.contains("stored"), "\(words) \(way): \(done)")
        }
    }

    @Test(arguments: ways) func `what a laptop captured and could not print is said to be stored, by its name, and is there once`(way: String) throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        for words in [["site", "add", "name=Lima"], ["site", "add", "name=Toledo", "--json"]] {
            let before = try ann.must("list", "site", "--json").components(separatedBy: "\"handle\"").count
            let done = try ann.run(words, into: way)
            #expect(done.status == 73 && done.error.contains("is stored all the same: ST-"), "\(words) \(way): \(done)")
            #expect(try ann.must("list", "site", "--json").components(separatedBy: "\"handle\"").count == before + 1)
        }
        let site = try ann.must("site", "add", "name=Erie").trimmingCharacters(in: .whitespacesAndNewlines)
        for words in [["site", "set", site, "headcount=7"], ["undo"], ["redo"], ["site", "delete", site]] {
            let done = try ann.run(words, into: way)
            #expect(done.status == 73 && done.error.contains("is stored all the same: ST-"), "\(words) \(way): \(done)")
        }
        // A trial stores nothing, and a refusal keeps its own status.
        let trial = try ann.run(["site", "add", "name=Akron", "--dry-run"], into: way)
        #expect(trial.status == 73 && !trial.error.contains("stored"), "\(trial)")
        #expect(try ann.run(["show", "ST-NOPE"], into: way).status == 66)
        try ann.must("verify")
    }

    @Test(arguments: ways) func `a server's verb that reads does not end well where nobody can read what it says`(way: String) throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("person", "add", "name=Bea", "level=manager")
        try ann.must("sync")
        for words in Self.readingServer + [["roles"], ["roles", "--json"], ["--help"], ["--version"], ["member", "--help"]] {
            let words = words.map { $0 == "P-A001" ? "P-\(Self.letters(ann))001" : $0 }
            let done = try server(words, way)
            #expect(done.status == 73 && done.error.contains("could not be written whole") && !done.error.contains("This was done"), "\(words) \(way): \(done)")
        }
    }

    private static func letters(_ laptop: Laptop) -> String { (try? laptop.status()["letters"] as? String) ?? "A" }

    @Test(arguments: ways) func `what a server's verb changed and could not print is said to be done`(way: String) throws {
        let name = way.contains("full") ? "full" : "closed"
        for (words, said) in [
            (["member", "add", name, "--role", "lead"], "Added \(name) as lead"), (["engagement", "add", name, "--currency", "EUR"], "Added the engagement \(name)"),
            (["engagement", "staff", name, name], "Staffed \(name) on \(name)"), (["invite", name], "An invitation of \(name) was made"),
            (["schema", "set", "--read", "1", "--json"], "The least schemas were set"), (["retention", "set", "4000", "--yes"], "The retention was agreed"),
        ] {
            let done = try server(words, way)
            #expect(done.status == 73 && done.error.contains("could not be written whole") && done.error.contains(said), "\(words) \(way): \(done)")
            // The secret of an invitation is in no message.
            #expect(!done.error.contains("seamark://"))
        }
        for json in [[], ["--json"]] {
            let done = try server(["backup", "make", "halden", "--to", headquarters.folder.appendingPathComponent("backups-\(name)").path] + json, way, passphrase: Laptop.passphrase)
            #expect(done.status == 73 && done.error.contains("was made, verified and sealed"), "\(done)")
        }
        #expect(try headquarters.verb("member", "list").contains(name))
        // Nothing that was to be printed went into a file of the server's.
        try headquarters.verb("verify")
        try headquarters.verb("audit", "verify")
    }
}
