import Foundation
import Testing

/// What the server keeps without applying it, as headquarters and the laptop see it, with the real programs.
@Suite(.serialized) struct QuarantineTests {
    private func list(_ headquarters: Headquarters, _ words: String...) throws -> [[String: Any]] {
        let done = try headquarters.program("seamark-server", ["quarantine", "list", "--json", "--data", headquarters.data.path] + words).finish()
        try #require(done.status == 0, "\(done.error)")
        return try #require(try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [[String: Any]])
    }

    private func run(_ headquarters: Headquarters, _ words: String...) throws -> Program.Result {
        try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish()
    }

    @Test func `work of somebody who was taken off is listed, shown, exported and released, and the laptop says so`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let bob = try Laptop(of: "bob", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        try ann.must("site", "add", "name=Erie depot")
        #expect(try headquarters.verb("quarantine", "list").contains("The quarantine is empty."))
        try headquarters.verb("engagement", "staff", "baseline", "ann", "--remove")
        let handedIn = try ann.must("sync")
        #expect(handedIn.contains("in quarantine") && handedIn.contains("not staffed") && handedIn.contains("headquarters"), "\(handedIn)")
        let standing = try ann.must("status")
        #expect(standing.contains("quarantine") && standing.contains("headquarters releases them"), "\(standing)")

        let held = try list(headquarters)
        #expect(held.count == 2)
        #expect(held.allSatisfy { $0["reason"] as? Int == 3001 && $0["member"] as? String == "ann" && $0["engagement"] as? String == "baseline" })
        #expect(try list(headquarters, "--member", "ann", "--reason", "3001").count == 2)
        #expect(try list(headquarters, "--member", "bob").isEmpty)
        let change = try #require(held[0]["change"] as? String)
        let words = try headquarters.verb("quarantine", "list")
        #expect(words.contains("was not staffed") && words.contains("outside") && words.contains(change.prefix(13)), "\(words)")
        let shown = try headquarters.verb("quarantine", "show", String(change.prefix(13)))
        #expect(shown.contains("Dayton plant") && shown.contains("3001"), "\(shown)")
        let file = headquarters.folder.appendingPathComponent("kept.json").path
        try headquarters.verb("quarantine", "export", "--out", file)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("Erie depot"))
        #expect(try run(headquarters, "quarantine", "export", "--out", file).status == 65)

        let released = try headquarters.verb("quarantine", "release", "--all", "--member", "ann")
        #expect(released.contains("Released 2 changes"), "\(released)")
        #expect(try list(headquarters).isEmpty)
        try bob.must("sync")
        #expect(try bob.must("export", "-").contains("Erie depot"))
        try headquarters.verb("engagement", "staff", "baseline", "ann")
        let told = try ann.must("sync")
        #expect(told.contains("2 changes came out of quarantine and are applied now: headquarters let them in."), "\(told)")
        #expect(try ann.unsent() == 0)
        try bob.must("sync")
        #expect(try ann.digests() == bob.digests())
        try headquarters.verb("verify")
        try ann.must("verify")
    }

    @Test func `what is not there, not named or not whole is refused, and nothing is released`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        for (words, status, part) in [
            (["quarantine", "show", "0123abcd"], Int32(66), "quarantine list"), (["quarantine", "show", "0123"], 65, "eight"),
            (["quarantine", "release"], 64, "--all"), (["quarantine", "release", "0123abcd", "--all"], 64, "--all"),
            (["quarantine", "release", "0123abcd", "--member", "ann"], 64, "--all"), (["quarantine", "release", "0123abcd"], 66, "released"),
            (["quarantine", "list", "--member", "nobody"], 66, "member list"), (["quarantine", "list", "--engagement", "none"], 66, "engagement list"),
            (["quarantine", "list", "--device", "Q"], 66, "device list"),
        ] {
            let done = try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish()
            #expect(done.status == status && done.error.contains(part), "\(words): \(done.status) \(done.error)")
        }
        #expect(try headquarters.verb("quarantine", "release", "--all").contains("nothing was changed"))
    }
}
