import Foundation
import Testing

/// Headquarters publishes frozen reports, and client viewers read them, with the real programs. All people and figures are fictitious.
@Suite(.serialized) struct PublicationTests {
    private static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Samples/halden.json").path
    /// Said where no viewer may read, before the report was frozen.
    private static let canaries = ["zzobservationqq", "zznotesqq", "zzquoteqq", "zzmemberqq", "zzpersonqq"]

    private struct Stage {
        let headquarters: Headquarters
        let ann: Laptop

        func path(_ name: String) -> String { headquarters.folder.appendingPathComponent(name).path }

        func server(_ words: String..., ending status: Int32 = 0) throws -> Program.Result {
            let done = try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish(within: 120)
            #expect(done.status == status, "\(words): \(done)")
            return done
        }

        func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

        func viewer(_ name: String, of engagement: String) throws -> Laptop {
            try headquarters.verb("member", "add", name, "--role", "clientViewer")
            try headquarters.verb("engagement", "staff", engagement, name)
            return try Laptop(of: name, at: headquarters)
        }

        func freeze(_ name: String) throws -> String {
            let handle = try ann.must("snapshot", "freeze", name, "--day", "2026-03-31").trimmingCharacters(in: .whitespacesAndNewlines)
            try ann.must("sync")
            return handle
        }

        /// Every document of a publication as the laptop writes it.
        func read(_ laptop: Laptop, _ publication: String...) throws -> [Data] {
            try ["html", "md", "json"].map { format in
                let file = "read-\(UUID().uuidString).\(format)"
                let done = try laptop.run(["report"] + publication + ["--format", format, "--output", path(file)])
                try #require(done.status == 0, "\(done)")
                // Printed, it is the same.
                #expect(try Data(laptop.run(["report"] + publication + ["--format", format]).output.utf8) == bytes(file))
                return try bytes(file)
            }
        }

        /// As headquarters makes it again.
        func made(_ snapshot: String) throws -> [Data] {
            _ = try server("report", "baseline", "--as-of", snapshot, "--for-viewers", "--out", path("made-\(snapshot)"))
            return try ["html", "md", "json"].map { try bytes("made-\(snapshot)/report.\($0)") }
        }
    }

    private func stage(_ headquarters: Headquarters) throws -> Stage {
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("import", Self.sample)
        try ann.must("observation", "add", "text=zzobservationqq", "polarity=drag")
        try ann.must("site", "set", "ST1", "notes=zznotesqq")
        try ann.must("quote", "add", "text=zzquoteqq", "interview=IV-A01", "person=P-A01", "attribution=teamOnly")
        try ann.must("person", "add", "level=frontline", "name=zzpersonqq", "--consent", "given", "--method", "written", "--scope", "quotes,role")
        try headquarters.verb("member", "add", "mia", "--role", "lead", "--name", "zzmemberqq")
        try ann.must("sync")
        return Stage(headquarters: headquarters, ann: ann)
    }

    @Test func `a viewer reads what headquarters froze, byte for byte, and nothing else; a withdrawn report is gone from the laptop at the next sync`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let stage = try stage(headquarters)
        try headquarters.verb("engagement", "add", "second", "--currency", "EUR")
        let (vera, vito) = (try stage.viewer("vera", of: "baseline"), try stage.viewer("vito", of: "second"))
        #expect(try vera.must("report").contains("Nothing is published for you yet"))
        #expect(try vera.must("status").contains("Nothing is published for you yet"))
        #expect(try stage.server("publication", "add", "baseline", ending: 66).error.contains("nothing is frozen"))
        let first = try stage.freeze("First quarter")

        // A trial leaves nothing.
        let entries = try headquarters.entries()
        #expect(try stage.server("publication", "add", "baseline", "--dry-run").output.contains("Would publish PB-HQ001 First quarter"))
        #expect(try headquarters.entries() == entries && stage.server("publication", "list").output.contains("Nothing is published"))
        let done = try stage.server("publication", "add", "baseline", "--snapshot", first).output
        #expect(done.contains("Published PB-HQ001 First quarter") && done.contains("1 viewer of baseline"), "\(done)")
        #expect(try stage.server("publication", "add", "baseline", ending: 65).error.contains("published already, as PB-HQ001"))

        // The viewer's laptop, and without the server too.
        #expect(try vera.must("sync").contains("PB-HQ001 First quarter"))
        let read = try stage.read(vera, "PB-HQ001")
        #expect(try read == stage.made(first) && stage.read(vera) == read)
        let listed = try #require(try JSONSerialization.jsonObject(with: Data(vera.must("report", "--json").utf8)) as? [[String: Any]])
        let documents = try #require(listed.first?["documents"] as? [String: [String: Any]])
        let python = try headquarters.program("/usr/bin/env", ["python3", "-c", "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest())", stage.path("made-\(first)/report.html")]).finish()
        #expect(documents["html"]?["sha256"] as? String == python.output.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(try vera.must("status").contains("PB-HQ001 First quarter: baseline, as of 2026-03-31"))
        for text in read {
            let text = String(decoding: text, as: UTF8.self)
            #expect(text.contains("First quarter"))
            for canary in Self.canaries { #expect(!text.contains(canary), "\(canary)") }
            // Nobody is named: neither who was asked nor who did something, by handle or short name.
            #expect(text.matches(of: /\b(P|IV|Q|O|EV)-[A-Z]\d+/).isEmpty, "\(text.matches(of: /\b(P|IV|Q|O|EV)-[A-Z]\d+/).map(\.output.0).prefix(5))")
            #expect(text.matches(of: /\b(ann|bob|mia)\b/).isEmpty)
        }
        // What a viewer cannot do is said, and how it is.
        for words in [["list", "site"], ["site", "add", "name=Mine"], ["export", "-"], ["check"], ["search", "furnace"], ["conflicts"], ["log"], ["report", "--trace", "D3"], ["snapshot", "list"]] {
            let refused = try vera.run(words)
            #expect(refused.status == 77 && refused.error.contains("'seamark report' lists") && refused.output.isEmpty, "\(words): \(refused)")
        }
        #expect(try vera.run("report", "PB-HQ009").status == 66)
        #expect(try stage.ann.run("report", "PB-HQ001").error.contains("Publications are for client viewers"))
        // Others' devices get nothing new of it, nor does another engagement's viewer.
        #expect(try stage.ann.must("sync").contains("Nothing new on either side"))
        #expect(try vito.must("sync").contains("Nothing new on either side"))
        #expect(try vito.must("report").contains("Nothing is published for you yet"))

        // Another one, with what was priced anew; the first stays as it is.
        try stage.ann.must("line", "set", "L8", "evidence=+EV2", "amount.grade=B", "amount.range=140k/180k/240k")
        try stage.ann.must("sync")
        let second = try stage.freeze("Second quarter")
        try headquarters.verb("publication", "add", "baseline", "--title", "=1+1 <b>for the board</b>")
        try vera.must("sync")
        let later = try stage.read(vera)
        #expect(try later == stage.made(second) && later != read && stage.read(vera, "PB-HQ001") == read)
        #expect(try vera.must("report").contains("=1+1 <b>for the board</b>"))
        let gone = try vera.run("report", "--engagement", "baselin")
        #expect(gone.status == 66 && gone.error.contains("baseline"), "\(gone)")

        // Taken back.
        #expect(try stage.server("publication", "withdraw", "PB-HQ001", "--reason", "L8 was priced twice", "--dry-run").output.contains("Would withdraw PB-HQ001"))
        #expect(try vera.must("sync").contains("Nothing new on either side") && stage.read(vera, "PB-HQ001") == read)
        try headquarters.verb("publication", "withdraw", "PB-HQ001", "--reason", "L8 was priced twice")
        #expect(try stage.server("publication", "list").output.contains("withdrawn: L8 was priced twice"))
        #expect(try stage.server("publication", "withdraw", "PB-HQ001", "--reason", "again", ending: 65).error.contains("already"))
        #expect(try stage.server("publication", "withdraw", "PB-HQ007", "--reason", "again", ending: 66).error.contains("publication list"))
        let told = try vera.must("sync")
        #expect(told.contains("Withdrawn by headquarters") && told.contains("L8 was priced twice"), "\(told)")
        let withdrawn = try vera.run("report", "PB-HQ001", "--format", "html")
        #expect(withdrawn.status == 66 && withdrawn.output.isEmpty && withdrawn.error.contains("L8 was priced twice"), "\(withdrawn)")
        #expect(try stage.read(vera) == later)
        #expect(try vera.must("status").contains("Published for you: 1 report; 1 withdrawn"))
        // The same snapshot may be published again; server and laptop hold together, and the acts are in the audit.
        try headquarters.verb("publication", "add", "baseline", "--snapshot", first)
        try vera.must("sync")
        #expect(try stage.read(vera, "PB-HQ003") == read)
        try vera.must("verify")
        try headquarters.verb("verify")
        let acts = try headquarters.verb("audit", "list")
        #expect(acts.contains("publication.add") && acts.contains("publication.withdraw"))

        // Who is no longer a viewer reads nothing from their next contact on.
        try headquarters.verb("engagement", "staff", "baseline", "vera", "--remove", "--release-copies")
        _ = try vera.run("sync")
        #expect(try vera.must("report").contains("Nothing is published for you yet"))
    }

    @Test func `a draft goes out with an explicit word alone, and a report that names somebody does not go out`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let stage = try stage(headquarters)
        let vera = try stage.viewer("vera", of: "baseline")
        try stage.ann.must("line", "add", "title=Agency, as P-A03 told", "category=LABOUR", "amount.range=100k/150k/260k", "amount.grade=B", "amount.kind=runRate")
        try stage.ann.must("sync")
        _ = try stage.freeze("Named")
        #expect(try stage.server("publication", "add", "baseline", "--draft", ending: 65).error.contains("in L-A001 title"))
        let named = try stage.server("publication", "add", "baseline", "--draft", ending: 65)
        #expect(named.error.contains("names somebody") && named.error.contains("P-A03"), "\(named)")
        #expect(try stage.server("report", "baseline", "--as-of", "Named", "--for-viewers", "--out", stage.path("named"), ending: 65).error.contains("P-A03"))
        // A name of several words, in a title that somebody typed.
        try stage.ann.must("person", "set", "P-A03", "name=Casey Quill (fictitious)")
        try stage.ann.must("line", "set", "L-A001", "title=Agency, says casey quill (fictitious)")
        try stage.ann.must("sync")
        _ = try stage.freeze("By name")
        #expect(try stage.server("publication", "add", "baseline", "--draft", ending: 65).error.contains("the name of a person"))
        try stage.ann.must("line", "set", "L-A001", "title=Agency")
        // Somebody who has not consented: the gate says so, in words of its own.
        let interview = try stage.ann.must("person", "add", "level=manager").trimmingCharacters(in: .whitespacesAndNewlines)
        try stage.ann.must("interview", "add", "handle=IV-NEW", "startedAt=2026-03-05T08:00:00Z", "persons=\(interview)")
        try stage.ann.must("answer", "add", "interview=IV-NEW", "question=LB1", "response.score=2", "response.grade=D")
        try stage.ann.must("sync")
        // What a snapshot is called stays: who freezes is told, its own report is refused for it, and no other one is.
        let frozen = try stage.ann.run("snapshot", "freeze", "As P-A03 told", "--day", "2026-03-31")
        #expect(frozen.status == 0 && frozen.error.contains("(P-A03)") && frozen.error.contains("cannot be published"), "\(frozen)")
        try stage.ann.must("sync")
        #expect(try stage.server("publication", "add", "baseline", "--draft", ending: 65).error.contains("\(frozen.output.trimmingCharacters(in: .whitespacesAndNewlines)) name"))
        let draft = try stage.freeze("Draft of Q1")
        let refused = try stage.server("publication", "add", "baseline", ending: 65)
        #expect(refused.error.contains("DRAFT") && refused.error.contains("--draft"), "\(refused)")
        #expect(try stage.server("publication", "list").output.contains("Nothing is published"))
        #expect(try stage.server("publication", "add", "baseline", "--draft").output.contains("It is a DRAFT"))
        #expect(try vera.must("sync").contains("PB-HQ001"))
        #expect(try vera.must("report").contains("DRAFT") && vera.must("status").contains("DRAFT"))
        let read = try stage.read(vera)
        #expect(try read == stage.made(draft))
        for text in read { #expect(String(decoding: text, as: UTF8.self).contains("consent") && !String(decoding: text, as: UTF8.self).contains("IV-NEW")) }
        // Of what is not frozen there is none.
        #expect(try stage.server("report", "baseline", "--for-viewers", "--out", stage.path("live"), ending: 65).error.contains("--as-of"))
        #expect(try stage.server("report", "baseline", "--as-of", "3", "--for-viewers", "--out", stage.path("live"), ending: 65).error.contains("snapshot"))
        #expect(try stage.server("publication", "add", "baseline", "--title", "a\u{1b}[31m", ending: 65).error.contains("one line"))
    }
}
