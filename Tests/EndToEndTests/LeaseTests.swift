import Foundation
import Glibc
import Testing

/// A laptop that has been out of touch for longer than its lease, with the real programs and a clock that the test sets.
@Suite(.sharedHeadquarters, .serialized) struct LeaseTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    /// What each verb is tried with. Those that are refused show what the device holds, or settle what others wrote, which shows it.
    private static let refused: [String: [String]] = [
        "list": [], "show": ["NOPE"], "log": [], "report": [], "export": ["-"], "conflicts": [], "duplicates": [], "attach list": [],
        "resolve": ["NOPE", "--keep"], "merge": ["NOPE", "NOPE2"], "unmerge": ["NOPE"], "attach get": ["NOPE", "--output", "nowhere"],
        "search": ["works"], "diff": [], "check": [], "signals": [], "undo": [], "redo": [],
        "snapshot freeze": ["First"], "snapshot list": [], "snapshot show": ["NOPE"], "snapshot compare": ["NOPE", "NOPE2"],
        "form add": ["no-such-file.md"], "form list": [], "form show": ["NOPE"], "form status": ["NOPE", "NOPE"], "form ask": ["NOPE", "NOPE"], "form carry": ["NOPE", "NOPE"], "interview carry": ["NOPE"],
    ]
    private static let allowed: [String: [String]] = [
        "enrol": [], "unlock": [], "salvage": [], "lock": [], "passphrase change": ["--new-passphrase-fd", "3"], "passphrase recovery": [], "wipe": [], "use": [], "status": [],
        "engagement set": ["title=Halden"], "attach add": ["no-such-file"], "attach evict": ["NOPE"], "sync": ["--forecast"], "bundle export": ["FILE"],
        "approve": [String(repeating: "0", count: 64)], "bundle import": ["no-such-file"], "redact": ["NOPE", "text", "--reason", "trial"], "import": ["-"], "verify": [], "interview run": ["NOPE", "--plain"],
        "form answer": ["NOPE", "NOPE", "x=1"], "form retire": ["NOPE"],
    ]

    @Test(.needsCompiler)
    func `a laptop out of touch for thirty days refuses every verb that reads and no other, until it has synced`() throws {
        var ann = try Laptop(of: "ann", at: headquarters)
        try ann.lock()
        let site = try ann.must("site", "add", "name=Lease works").trimmingCharacters(in: .whitespacesAndNewlines)
        let person = try ann.must("person", "add", "level=frontline", "--consent", "given", "--method", "written", "--scope", "quotes,role")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let interview = try ann.must("interview", "add", "persons=\(person)", "startedAt=2026-03-02T09:00").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("answer", "add", "interview=\(interview)", "question=LB1", "score=3", "grade=C")
        let clock = try Clock(headquarters)
        func later(_ days: Int, _ words: String...) throws -> Program.Result {
            try clock.set(ahead: days)
            return try start(words, ann, clock).finish(within: 60)
        }
        #expect(try later(5, "status").output.contains(/\nCertificate valid for 2[34] more days; readable without a sync for 24 days\.\n/))
        #expect(try later(29, "list", "site").output.contains("Lease works"))
        #expect(try later(29, "status").output.contains("for less than a day more"))
        let over = try later(31, "list", "site")
        #expect(over.status == 79 && over.error.contains("seamark sync") && over.output.isEmpty, "\(over)")
        #expect(try later(31, "status").output.contains("nothing is shown"))

        // The clock is right again, and what was seen of it is not forgotten.
        let verbs = Set(try VerbTree.of("seamark").running.map(\.words))
        #expect(verbs.isSuperset(of: Set(Self.refused.keys).union(Self.allowed.keys)))
        for verb in verbs.sorted() {
            let words = verb.split(separator: " ").map(String.init)
            if let arguments = Self.refused[verb] {
                let done = try ann.run(words + arguments)
                #expect(done.status == 79 && done.error.contains("seamark sync") && done.output.isEmpty, "\(verb): \(done)")
                continue
            }
            // These four are one implementation for all nouns; another verb of a noun is asked for below.
            if words.count == 2, ["add", "set", "delete", "restore"].contains(words[1]), !["attach", "engagement", "site"].contains(words[0]) { continue }
            let done: Program.Result
            switch words.last {
            case "lock": done = try ann.runWithoutPassphrase("lock")
            // It opens no store, and people do not start it.
            case "key-agent": done = try ann.runWithoutPassphrase("key-agent", "no-such-folder")
            // They open no store either, or only one that is unlocked.
            case "doctor": done = try ann.runWithoutPassphrase("doctor")
            case "check": done = try ann.runWithoutPassphrase("form", "check", "no-such-file.md")
            case "change": done = try ann.run(words + ["--new-passphrase-fd", "3"], passphrase: "\(Laptop.passphrase)\n\(Laptop.passphrase)")
            case "add" where Self.allowed[verb] == nil: done = try ann.run(words + ["x=1"])
            case "set" where Self.allowed[verb] == nil: done = try ann.run(words + ["NOPE", "x=1"])
            case "delete", "restore": done = try ann.run(words + ["NOPE"])
            case _:
                let arguments = try #require(Self.allowed[verb], "'\(verb)' is new: say here whether it reads")
                done = try ann.run(words + arguments.map { $0 == "FILE" ? ann.home.appendingPathExtension("bundle").path : $0 })
            }
            #expect(![64, 70, 79].contains(done.status), "\(verb): \(done)")
        }
        // What a change carries along of a value that nobody typed is not shown either.
        for flag in ["--dry-run", "--json"] {
            let done = try ann.run(["person", "set", person, "consent.method=verbal", flag])
            #expect(done.status == (flag == "--json" ? 0 : 79) && !done.output.contains("role"), "\(done)")
        }
        for words in [["verify"], ["bundle", "export", ann.home.appendingPathExtension("second").path]] {
            let done = try ann.run(words)
            #expect(done.status == 0, "\(words): \(done)")
        }
        let unsent = try ann.unsent()
        try ann.must("interview", "set", interview, "endedAt=2026-03-02T10:00", "status=finalised")
        #expect(try ann.must("site", "set", site, "headcount=310").contains(site))
        #expect(try ann.unsent() == unsent + 2)
        try ann.must("sync")
        #expect(try ann.must("list", "site").contains("Lease works"))
        #expect(try ann.must("show", interview).contains("finalised"))
        #expect(try ann.status()["offlineDaysLeft"] as? Int == 29)
    }

    @Test(.needsCompiler)
    func `a watch that outlasts the lease renews it`() throws {
        var ann = try Laptop(of: "ann", at: headquarters)
        try ann.lock()
        let clock = try Clock(headquarters)
        try clock.set(ahead: 0)
        let watch = try start(["sync", "--watch", "--keep-alive-seconds", "1"], ann, clock)
        defer {
            watch.send(SIGTERM)
            _ = try? watch.finish(within: 60)
        }
        try eventually("it watches", within: 60) { watch.outputSoFar.contains("atching") ? true : nil }
        try clock.set(ahead: 31)
        try eventually("the lease is renewed", within: 60) { try start(["list", "site"], ann, clock).finish(within: 60).status == 0 ? true : nil }
        #expect(watch.status == nil)
    }

    /// A clock that is wrong by more than the server's certificate allows is told as that, not as an attack, and costs nothing.
    @Test(.needsCompiler, arguments: [-400, -3, 400])
    func `a laptop whose clock is wrong is told to set it, and hands its work in once it is set`(days: Int) throws {
        var ann = try Laptop(of: "ann", at: headquarters)
        try ann.lock()
        let clock = try Clock(headquarters)
        try clock.set(ahead: days)
        #expect(try start(["site", "add", "name=Late works"], ann, clock).finish(within: 60).status == 0)
        let refused = try start(["sync"], ann, clock).finish(within: 60)
        #expect(refused.status == 76 && refused.error.contains("set the clock") && refused.error.contains("stays on this device"), "\(refused)")
        #expect(!refused.error.contains("pinned") && !refused.error.contains("network;"), "\(refused)")
        try clock.set(ahead: 0)
        let done = try start(["sync"], ann, clock).finish(within: 60)
        #expect(done.status == 0 && done.output.contains("Sent 1 change"), "\(done)")
    }

    @Test(.needsCompiler)
    func `where things stand names no record when nothing may be shown, neither in text nor in JSON`() throws {
        try headquarters.verb("member", "add", "olga", "--role", "lead")
        try headquarters.verb("engagement", "staff", "baseline", "olga")
        var olga = try Laptop(of: "olga", at: headquarters)
        try olga.lock()
        let site = try olga.must("site", "add", "name=Closed works").trimmingCharacters(in: .whitespacesAndNewlines)
        // What an analyst may not write is in quarantine.
        try headquarters.verb("member", "set", "olga", "--role", "analyst")
        try olga.must("sync")
        let ways = [["status"], ["status", "--json"]]
        for words in ways { #expect(try olga.run(words).output.contains(site), "\(words)") }
        let clock = try Clock(headquarters)
        try clock.set(ahead: 31)
        for words in ways {
            let over = try start(words, olga, clock).finish(within: 60)
            #expect(over.status == 0 && over.output.contains("quarantine") && !over.output.contains(site), "\(over)")
        }
    }

    private func start(_ words: [String], _ laptop: Laptop, _ clock: Clock) throws -> Program {
        try headquarters.program(
            "seamark", words, environment: clock.environment.merging(["SEAMARK_HOME": laptop.home.path]) { $1 }, passphrase: Laptop.passphrase)
    }
}
