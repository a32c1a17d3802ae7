import Foundation
import Testing

/// `--dry-run` of the server's verbs that write, with the real program: it says what would be done, what would be refused is refused, and the data
/// directory and the keys are afterwards as they were, byte for byte.
@Suite(.serialized) struct ServerDryRunTests {
    /// Words that would be done, and what is said of them. `BOB` is a device, `SITE` a handle, `FOLDER` one that is not there,
    /// `INSTRUMENT` a file, `BUNDLE` one with a change that is not here yet.
    private static let words: [(verb: String, words: [String], says: String)] = [
        ("tenant add", ["kestrel", "--name", "Kestrel"], "Would add the tenant kestrel"), ("member add", ["eve", "--role", "analyst"], "Would add eve as analyst of halden"),
        ("member set", ["carl", "--inactive"], "Would alter: carl is consultant, inactive"), ("member uninvite", ["carl"], "Would end 0 unused invitations"), ("engagement add", ["second", "--currency", "EUR"], "Would add the engagement second in EUR to halden"), ("engagement staff", ["baseline", "carl"], "Would staff carl on baseline"),
        ("invite", ["carl", "--confirm"], "Would make an invitation for carl, valid for 4320 minutes"), ("device revoke", ["BOB"], "Would revoke device BOB"),
        ("device wipe", ["BOB", "--yes"], "would be revoked and wiped"), ("quarantine release", ["--all"], "Would release 1 change"),
        ("redact", ["baseline", "SITE", "notes", "--reason", "asked for"], "Would redact the"), ("person erase", ["baseline", "PERSON", "--yes"], "Nothing was erased"),
        ("retention set", ["400", "--yes"], "not agreed yet"), ("retention apply", [], "Sensitive values are kept until"), ("schema set", ["--write", "1"], "Would let programs"),
        ("backup make", ["--all", "--to", "FOLDER"], "Would write a backup of each"), ("tenant shred", ["halden"], "Nothing was changed"),
        ("record set", ["sector=energy"], "Would set in tenant halden: sector"), ("instrument use", ["baseline", "core-9@1"], "Would have baseline ask core-9@1"),
        ("instrument publish", ["INSTRUMENT"], "nothing was published"), ("publication add", ["baseline", "--draft"], "Would publish PB-HQ002 Second"),
        ("publication withdraw", ["PB-HQ001", "--reason", "asked for"], "Would withdraw PB-HQ001"),
        ("init", ["--data", "FOLDER", "--name", "seamark.example.org:7440"], "Would make the data directory"), ("bundle import", ["BUNDLE", "--reply", "FOLDER"], "Would take in 1 change; 0 changes are here already"),
    ]
    /// Words that are refused in a trial as they would be without.
    private static let refused: [[String]] = [
        ["tenant", "add", "halden"], ["member", "add", "ann"], ["member", "set", "nobody", "--inactive"], ["member", "uninvite", "nobody"], ["engagement", "add", "baseline", "--currency", "EUR"], ["engagement", "staff", "baseline", "nobody"], ["invite", "nobody"],
        ["device", "revoke", "ZZ"], ["quarantine", "release", "00000000"], ["redact", "baseline", "NOPE", "notes", "--reason", "asked for"], ["schema", "set", "--read", "9999"],
        ["init"], ["init", "--data", "FOLDER", "--name", "nowhere"], ["init", "--data", "FOLDER/reply"], ["bundle", "import", "INSTRUMENT"], ["bundle", "import", "BUNDLE", "--reply", "FOLDER/reply"], ["backup", "make", "nobody", "--to", "FOLDER"], ["publication", "add", "baseline"], ["publication", "withdraw", "PB-HQ009", "--reason", "asked for"],
    ]
    /// Verbs that write and have no trial, and why.
    private static let without: [String: String] = [
        "run": "it is the server", "device confirm": "a wrong try counts, and a trial of one that does not would be a way round that",
        "device adopt": "as device confirm", "engagement adopt": "it is refused unless a laptop showed what the store has lost, and only says what it would mean until --yes",
        "restore": "'backup verify' tries a backup whole",
        "backup verify": "it reads", "tenant key": "it hands a secret out, which no trial can",
        "authority begin": "'authority status' says what stands, and begin alone ends nothing", "authority finish": "'authority status' says whom it would shut out",
        "tenant authority begin": "'tenant authority status' says what stands, and begin alone ends nothing", "tenant authority finish": "'tenant authority status' says whom it would shut out",
        "tenant signing-key replace": "it takes files and an epoch in steps that lean on one another", "tenant signing-key forget": "'tenant signing-key status' says what there is to forget",
        "person export": "it writes a new file alone, and notes it", "quarantine export": "it writes a new file alone, and notes it", "engagement export": "it writes a new file alone, and notes it",
        "audit export": "it writes a new file alone", "evidence export": "it writes a new file alone",
    ]
    /// Those that write nothing.
    static let reading: Set<String> = [
        "tenant list", "member list", "engagement list", "device list", "quarantine list", "quarantine show", "audit list", "audit verify", "report", "snapshot list", "snapshot compare", "publication list",
        "retention show", "schema show", "verify", "status", "authority status", "tenant authority status", "tenant signing-key status", "roles",
    ]

    @Test func `every verb of the server that reads has --json`() throws {
        let verbs = try VerbTree.of("seamark-server").running
        for name in Self.reading.union(["backup verify"]).sorted() {
            let verb = try #require(verbs.first { $0.words == name }, "there is no verb '\(name)' any more").verb
            #expect(verb.options.contains("json"), "\(name)")
        }
    }

    /// Every file below the folder but the index of a write-ahead log, which holds no data and is made anew by whoever opens it.
    private func bytes(_ folder: URL) throws -> [String: Data] {
        var all: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where !name.hasSuffix("-shm") {
            let path = folder.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder)
            all[name] = isFolder.boolValue ? Data() : try Data(contentsOf: path)
            // Whoever ends without closing leaves an empty log beside its file.
            if name.hasSuffix("-wal"), all[name]?.isEmpty == true { all[name] = nil }
            // The counters in the head of a database that each opening moves, of a verb that reads too: changes, tables, and for which of them it counts.
            if name.hasSuffix(".sqlite") { for place in [24..<28, 40..<44, 92..<96] { all[name]?.replaceSubrange(place, with: [0, 0, 0, 0]) } }
        }
        return all
    }

    @Test func `a trial of every verb of the server that writes says what would be done, and not a byte is another afterwards`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let running = Set(try VerbTree.of("seamark-server").running.map(\.words))
        let tried = Set(try VerbTree.of("seamark-server").running.filter { $0.verb.options.contains("dry-run") }.map(\.words))
        #expect(tried == Set(Self.words.map(\.verb)), "a trial is new: say here with which words")
        #expect(running.subtracting(tried).subtracting(Self.without.keys).subtracting(Self.reading) == [], "a verb is new: does it write, and what is its trial?")
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let site = try Interview.said(ann, ["site", "add", "name=Dayton plant", "notes=the night shift hides it"])
        let person = try Interview.said(ann, ["person", "add", "level=manager", "title=planner"])
        try ann.must("sync")
        // One that is published, and one that may be.
        for name in ["First", "Second"] {
            try ann.must("snapshot", "freeze", name)
            try ann.must("sync")
            if name == "First" { try headquarters.verb("publication", "add", "baseline", "--draft") }
        }
        try bob.must("site", "add", "name=Erie depot")
        try headquarters.verb("member", "add", "carl")
        try headquarters.verb("engagement", "staff", "baseline", "bob", "--remove")
        try bob.must("sync")
        let letters = try #require(try bob.status()["letters"] as? String)
        let bundle = headquarters.folder.appendingPathComponent("ann.bundle").path
        try ann.must("site", "add", "name=On a stick")
        try ann.must("bundle", "export", bundle)
        try #require(headquarters.stop() == 0)
        let folder = headquarters.folder.appendingPathComponent("backups-of-a-trial").path
        let instrument = headquarters.folder.appendingPathComponent("second.json")
        try Data(try InstrumentStoryTests.document(2).utf8).write(to: instrument)
        func run(_ words: [String]) throws -> Program.Result {
            let words = words.map { ["BOB": letters, "SITE": site, "PERSON": person, "FOLDER": folder, "INSTRUMENT": instrument.path, "BUNDLE": bundle, "FOLDER/reply": folder + "/reply"][$0] ?? $0 }
            return try headquarters.program("seamark-server", words + ["--dry-run"] + (words.contains("--data") ? [] : ["--data", headquarters.data.path])).finish()
        }
        let keys = URL(fileURLWithPath: headquarters.data.path + ".keys")
        // What opens the store first may bring its log into its file.
        try headquarters.verb("status")
        let before = (try bytes(headquarters.data), try bytes(keys))
        #expect(!before.0.isEmpty && !before.1.isEmpty)
        for (verb, words, says) in Self.words {
            let done = try run(verb.split(separator: " ").map(String.init) + words)
            #expect(done.status == 0 && done.output.contains(says.replacing("BOB", with: letters)), "\(verb): \(done)")
            #expect(!done.output.contains("seamark://"))
            #expect(try (bytes(headquarters.data), bytes(keys)) == before, "\(verb) changed something")
        }
        for words in Self.refused {
            let done = try run(words)
            #expect([64, 65, 66].contains(done.status) && done.output.isEmpty && !done.error.isEmpty, "\(words): \(done)")
            #expect(try (bytes(headquarters.data), bytes(keys)) == before, "\(words) changed something")
        }
        #expect(!FileManager.default.fileExists(atPath: folder))
        // Done, they are what was said.
        #expect(try headquarters.verb("bundle", "import", bundle).contains("Took in 1 change; 0 changes were here already"))
        #expect(try headquarters.verb("quarantine", "release", "--all").contains("Released 1 change"))
        #expect(try headquarters.verb("redact", "baseline", site, "notes", "--reason", "asked for").contains("1 value"))
    }
}
