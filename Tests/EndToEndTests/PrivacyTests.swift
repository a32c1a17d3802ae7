import Foundation
import Testing

/// What becomes of sensitive words that were redacted, or whose speaker withdrew consent, with the real programs. All people are fictitious.
@Suite(.serialized) struct PrivacyTests {
    private static let canary = "canary the furnace in bay nine"

    /// What a laptop shows of the engagement in every way that it has.
    private func told(_ laptop: Laptop, _ handles: String...) throws -> String {
        var text = try laptop.must("export", "-") + laptop.must("log", "--limit", "0") + laptop.must("log", "--limit", "0", "--json") + laptop.must("list")
        for type in ["observation", "quote", "answer", "person"] { text += try laptop.must("list", type) + laptop.must("list", type, "--json") }
        for handle in handles {
            for words in [["show", handle], ["show", handle, "--json"], ["log", handle]] {
                let done = try laptop.run(words)
                text += done.output + done.error
            }
        }
        return text
    }

    /// The files of the server and of these laptops, as they lie there.
    private func files(_ headquarters: Headquarters, _ laptops: [Laptop]) throws -> Data {
        var all = Data()
        for folder in [headquarters.data] + laptops.map(\.home) {
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
                all += FileManager.default.contents(atPath: folder.appendingPathComponent(name).path) ?? Data()
            }
        }
        return all
    }

    @Test func `a redacted note is gone everywhere, everything verifies, and all are told by whom, when and why`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        for (member, role) in [("cleo", "analyst"), ("dora", "consultant")] {
            try headquarters.verb("member", "add", member, "--role", role)
            try headquarters.verb("engagement", "staff", "baseline", member)
        }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        try ann.must("site", "add", "name=Dayton plant")
        let note = try ann.must("observation", "add", "text=\(Self.canary)", "site=ST-A001").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("observation", "set", note, "text=\(Self.canary), in other words")
        let other = try ann.must("observation", "add", "text=what may stay", "site=ST-A001").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("sync")
        try bob.must("sync")
        #expect(try told(bob, note).contains(Self.canary))
        let (cleo, dora) = (try Laptop(of: "cleo", at: headquarters), try Laptop(of: "dora", at: headquarters))
        #expect(try !told(cleo, note).contains("canary"))
        #expect(try cleo.must("show", note).contains("(withheld)"))
        // Nor does searching find what she may not read.
        func hits(_ laptop: Laptop) throws -> String {
            let done = try laptop.run("search", "furnace")
            return done.output + done.error
        }
        #expect(try hits(bob).contains(note))
        #expect(try !hits(cleo).contains(note))

        // A consultant may not; what travels in the open cannot.
        try dora.refuses(["redact", note, "text", "--reason", "no"], 77, saying: ["ask a lead"])
        try bob.refuses(["redact", "ST-A001", "name", "--reason", "no"], 65, saying: ["cannot be redacted", "notes"])
        let act = try bob.must("redact", note, "text", "--reason", "it names a customer").trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(act.hasPrefix("RD-"))
        #expect(try !told(bob, note).contains("canary"), "hidden at once where it was done")
        #expect(try told(ann, note).contains(Self.canary))
        try bob.must("sync")
        for laptop in [ann, cleo, dora] { try laptop.must("sync") }
        for laptop in [ann, bob, cleo, dora] {
            #expect(try !told(laptop, note).contains("canary"))
            #expect(try !hits(laptop).contains(note))
            let shown = try laptop.must("show", note)
            #expect(shown.contains("(redacted on ") && shown.contains(" by bob: it names a customer)"), "\(shown)")
            #expect(try laptop.must("verify").isEmpty == false)
        }
        #expect(try ann.must("show", other).contains("what may stay"))
        #expect(try ann.must("list", "redaction").contains(note))
        #expect(try ann.digests() == bob.digests())
        // By headquarters.
        #expect(try headquarters.verb("redact", "baseline", other, "text", "--reason", "erasure asked for").contains("1 value"))
        try ann.must("sync")
        #expect(try ann.must("show", other).contains("by headquarters: erasure asked for"))
        try headquarters.verb("verify")
        let status = try headquarters.stop()
        #expect(status == 0)
        #expect(try files(headquarters, [ann, bob, cleo, dora]).range(of: Data("canary".utf8)) == nil)
    }

    @Test func `what is deleted while somebody reads the server's store is told to be owed, and gone from its files soon after they have ended`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        let note = try ann.must("observation", "add", "text=\(Self.canary)", "site=ST-A001").trimmingCharacters(in: .whitespacesAndNewlines)
        for title in ["operator", "planner"] {
            try ann.must("person", "add", "title=\(title)", "level=frontline", "--consent", "given", "--method", "written", "--scope", "quotes,role")
        }
        try ann.must("interview", "add", "persons=P-A001,P-A002")
        for person in ["P-A001", "P-A002"] { try ann.must("quote", "add", "interview=IV-A001", "person=\(person)", "text=\(Self.canary) of \(person)") }
        try ann.must("sync")

        let store = headquarters.data.appendingPathComponent("tenants/halden/data/tenant.sqlite").path
        func python(_ script: String) throws -> Program { try headquarters.program("/usr/bin/env", ["python3", "-c", script, store]) }
        /// The sealed bytes of every value that the store's tables hold.
        func sealed() throws -> Set<Data> {
            let dump = """
                import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute('PRAGMA busy_timeout=10000')
                for q in ('SELECT hex(sealed) FROM sensitive', 'SELECT hex(sensitive) FROM entry WHERE length(sensitive) > 0'):
                    for row in d.execute(q): print(row[0])
                d.close()
                """
            let done = try python(dump).finish()
            try #require(done.status == 0, "\(done.error)")
            return Set(done.output.split(separator: "\n").map { line in
                let digits = Array(line.utf8)
                return Data(stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) })
            })
        }
        func holds(_ values: Set<Data>) -> Bool {
            let bytes = ["", "-wal"].reduce(into: Data()) { $0 += FileManager.default.contents(atPath: store + $1) ?? Data() }
            return values.contains { bytes.range(of: $0) != nil }
        }
        func act(_ what: String, saying words: String?, _ body: () throws -> Program.Result) throws {
            let before = try sealed()
            // As a backup, an export or a report does, for as long as it takes.
            let reader = try python(
                "import sqlite3,sys,time; d=sqlite3.connect(sys.argv[1],isolation_level=None); d.execute('BEGIN'); d.execute('SELECT count(*) FROM record').fetchone(); print('reads',flush=True); time.sleep(600)")
            try eventually("somebody reads") { reader.outputSoFar.contains("reads") ? true : nil }
            let done = try body()
            #expect(done.status == 0, "\(what): \(done)")
            if let words { #expect(done.error.contains(words), "\(what): \(done)") }
            let gone = try before.subtracting(sealed())
            #expect(!gone.isEmpty && holds(gone), "\(what): what is searched for is there to be found")
            reader.kill()
            try eventually("\(what): the bytes are gone from the files", within: 30) { holds(gone) ? nil : true }
        }
        func verb(_ words: String...) throws -> Program.Result { try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish() }
        try act("redact", saying: "still lie in its files") { try verb("redact", "baseline", note, "text", "--reason", "names a customer") }
        try ann.must("person", "set", "P-A001", "consent.state=withdrawn", "--yes")
        try act("a withdrawal that is pushed", saying: nil) { try ann.run("sync") }
        try act("person erase", saying: "still lie in its files") { try verb("person", "erase", "baseline", "P-A002", "--yes") }
        // Without a reader nothing is owed, and nothing is said.
        let other = try ann.must("observation", "add", "text=\(Self.canary) again", "site=ST-A001").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("sync")
        let last = try sealed()
        let quiet = try verb("redact", "baseline", other, "text", "--reason", "names a customer")
        #expect(quiet.status == 0 && !quiet.error.contains("still lie"), "\(quiet)")
        #expect(try !holds(last.subtracting(sealed())))
        try headquarters.verb("verify")
    }

    @Test func `a withdrawal hides and erases what was said, in either order, also from somebody who did not know`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        try ann.must("person", "add", "title=operator", "level=frontline", "--consent", "given", "--method", "written", "--scope", "quotes,role")
        try ann.must("person", "add", "title=planner", "level=manager", "--consent", "given", "--method", "written", "--scope", "quotes,role")
        try ann.must("interview", "add", "persons=P-A001,P-A002")
        try ann.must("quote", "add", "interview=IV-A001", "person=P-A001", "text=\(Self.canary) 1")
        try ann.must("quote", "add", "interview=IV-A001", "person=P-A002", "text=what the planner said")
        try ann.must("answer", "add", "interview=IV-A001", "person=P-A001", "question=LB1", "score=3", "grade=C", "rationale=\(Self.canary) 2")
        try ann.must("sync")
        try bob.must("sync")
        #expect(try told(bob, "Q-A001").contains(Self.canary))
        // Bob is offline and does not know.
        let unaware = try bob.must("quote", "add", "interview=IV-A001", "person=P-A001", "text=\(Self.canary) 3").trimmingCharacters(in: .whitespacesAndNewlines)
        // What goes is counted, and nothing goes unasked.
        try ann.refuses(["person", "set", "P-A001", "--consent", "withdrawn"], 65, saying: ["1 quote and 1 answer of P-A001 go", "Nothing was changed", "--yes"])
        let trial = try ann.run("person", "set", "P-A001", "--consent", "withdrawn", "--dry-run")
        #expect(trial.status == 0 && trial.error.contains("1 quote and 1 answer of P-A001 go"), "\(trial)")
        try ann.must("person", "set", "P-A001", "consent.state=withdrawn", "--yes")
        let undone = try ann.run("undo")
        #expect(undone.status == 65 && undone.error.contains("stays withdrawn") && undone.error.contains("record a new person") && !undone.error.contains("in its place"), "\(undone)")
        // At once, without a network.
        #expect(try !told(ann, "Q-A001").contains("canary"))
        #expect(try ann.must("list", "quote").contains("1 record is not shown because consent was withdrawn."))
        #expect(try ann.run(["show", "Q-A001"]).error.contains("withdrawn consent"))
        try ann.refuses(
            ["quote", "add", "interview=IV-A001", "person=P-A001", "text=no"], 65, saying: ["P-A001 has withdrawn consent", "record a new person"])
        try ann.refuses(["quote", "add", "interview=IV-A001", "text=no"], 65, saying: ["withdrawn consent"])
        try ann.must("quote", "add", "interview=IV-A001", "person=P-A002", "text=the planner goes on")
        try ann.must("sync")
        try bob.must("sync")
        try bob.must("sync")
        try ann.must("sync")
        for laptop in [ann, bob] {
            #expect(try !told(laptop, "Q-A001", unaware).contains("canary"))
            #expect(try told(laptop).contains("what the planner said"))
            try laptop.must("verify")
        }
        #expect(try ann.digests() == bob.digests())
        let report = try headquarters.verb("report", "baseline", "--json")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(report.utf8)) as? [String: Any])
        #expect(json["leftOutForConsent"] as? [String: Int] == ["answers": 1, "quotes": 2])
        #expect(!report.contains("canary") && !report.contains("P-A001") && !report.contains("Q-A001"))
        let own = try ann.must("report", "--json")
        #expect(!own.contains("canary") && own.contains("leftOutForConsent"))
        // Nothing of it is left to be redacted, on either side.
        #expect(try ann.run(["redact", "Q-A001", "text", "--reason", "again"]).status == 66)
        let again = try headquarters.program("seamark-server", ["redact", "baseline", unaware, "text", "--reason", "again", "--data", headquarters.data.path]).finish()
        #expect(again.status == 66 && again.error.contains("redacted already"), "\(again.error)")
        try headquarters.verb("verify")
    }
}
