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

    /// Into a pipe whose reader is gone before the program begins.
    private func unread(_ name: String, _ words: [String], environment: [String: String] = [:], passphrase: String? = nil) throws -> Program.Result {
        let path = try #require(Program.folder).appendingPathComponent(name).path
        let script = "import os,subprocess,sys\nr,w=os.pipe();os.close(r)\nsys.exit(subprocess.run(sys.argv[1:],stdout=w,close_fds=False).returncode)"
        return try headquarters.program("/usr/bin/python3", ["-c", script, path] + words, environment: environment, passphrase: passphrase).finish()
    }

    @Test func `who closes the pipe has read enough, and hears what was stored`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        func laptop(_ words: String...) throws -> Program.Result { try unread("seamark", words, environment: ["SEAMARK_HOME": ann.home.path], passphrase: ann.passphrase) }
        for (words, said) in [(["site", "add", "name=Hull"], true), (["site", "add", "name=Leeds", "--json"], true), (["list", "site"], false), (["status", "--json"], false), (["log"], false), (["export", "-"], false)] {
            let done = try unread("seamark", words, environment: ["SEAMARK_HOME": ann.home.path], passphrase: ann.passphrase)
            if said {
                #expect(done.status == 73 && done.error.contains("gone before its end") && done.error.contains("is stored all the same: ST-"), "\(words): \(done)")
            } else {
                #expect(done.status == 0 && done.error.isEmpty, "\(words): \(done)")
            }
        }
        #expect(try ann.must("list", "site", "--json").components(separatedBy: "\"handle\"").count == 3)
        // A refusal keeps its own status and sentence.
        let refused = try laptop("show", "ST-NOPE")
        #expect(refused.status == 66 && !refused.error.isEmpty, "\(refused)")
        for words in [["tenant", "list"], ["status", "--json"], ["roles"], ["--help"]] {
            let done = try unread("seamark-server", words + (words[0].hasPrefix("--") || words == ["roles"] ? [] : ["--data", headquarters.data.path]))
            #expect(done.status == 0 && done.error.isEmpty, "\(words): \(done)")
        }
        let done = try unread("seamark-server", ["member", "add", "unread", "--role", "lead", "--data", headquarters.data.path])
        #expect(done.status == 73 && done.error.contains("gone before its end") && done.error.contains("Added unread as lead"), "\(done)")
    }

    @Test func `a word that is no UTF-8 text is refused before anything is done`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        func run(_ name: String, _ words: String, passphrase: String? = nil) throws -> Program.Result {
            let path = try #require(Program.folder).appendingPathComponent(name).path
            return try headquarters.program("/bin/sh", ["-c", "exec \"$0\" \(words) \"$@\"", path], environment: ["SEAMARK_HOME": ann.home.path], passphrase: passphrase).finish()
        }
        let done = try run("seamark", "site add \"name=$(printf 'M\\374nchen')\"", passphrase: ann.passphrase)
        #expect(done.status == 65 && done.error.contains("Word 3 of the command is no UTF-8 text, so nothing was done"), "\(done)")
        #expect(try ann.must("list", "site", "--json").filter { !$0.isWhitespace } == "[]")
        let server = try run("seamark-server", "member add mueller --role lead --name \"$(printf 'M\\374ller')\" --data '\(headquarters.data.path)'")
        #expect(server.status == 65 && server.error.contains("word 7 of the command is no UTF-8 text, so nothing was done"), "\(server)")
        #expect(try !headquarters.verb("member", "list").contains("mueller"))
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
