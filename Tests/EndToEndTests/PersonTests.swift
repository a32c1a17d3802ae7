import Foundation
import Testing

/// What is held about one interviewee is handed out whole, and erased everywhere, with the real programs. All people are fictitious.
@Suite(.serialized) struct PersonTests {
    /// Two people, one interview of each and one of both; every word about the first holds "canary".
    private func capture(_ laptop: Laptop) throws {
        try laptop.must("person", "add", "name=Canary One", "contact=canary 2", "title=operator", "level=frontline", "--consent", "given", "--method", "written", "--scope", "quotes,role")
        try laptop.must("person", "add", "name=Other Person", "title=planner", "level=manager", "--consent", "given", "--method", "written", "--scope", "quotes,role")
        try laptop.must("interview", "add", "persons=P-A001", "summary=canary 3")
        try laptop.must("interview", "add", "persons=P-A002", "summary=what stays 1")
        try laptop.must("interview", "add", "persons=P-A001,P-A002", "summary=canary 4")
        try laptop.must("quote", "add", "interview=IV-A001", "person=P-A001", "text=canary 5")
        try laptop.must("interview", "set", "IV-A001", "summary=canary 6")
        try laptop.must("quote", "add", "interview=IV-A002", "person=P-A002", "text=what stays 2")
        try laptop.must("quote", "add", "interview=IV-A003", "person=P-A002", "text=what stays 3")
        try laptop.must("quote", "add", "interview=IV-A003", "text=canary 7")
        try laptop.must("answer", "add", "interview=IV-A001", "person=P-A001", "question=LB1", "score=3", "grade=C", "rationale=canary 8")
    }

    private func told(_ laptop: Laptop) throws -> String {
        try laptop.must("export", "-") + ["person", "interview", "quote", "answer"].map { try laptop.must("list", $0, "--json") }.joined()
    }

    private func occurrences(_ word: String, in text: String) -> Int { text.lowercased().components(separatedBy: word).count - 1 }

    @Test func `everything about one interviewee is handed out, and nothing about another; erased, it is gone everywhere`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        try capture(ann)
        try ann.must("sync")
        try bob.must("sync")
        // What waits in quarantine is held too.
        try ann.must("quote", "add", "interview=IV-A001", "person=P-A001", "text=canary 9")
        try headquarters.verb("engagement", "staff", "baseline", "ann", "--remove")
        try ann.must("sync")
        #expect(try headquarters.verb("quarantine", "list").contains("3001"))

        let file = headquarters.folder.appendingPathComponent("held.json").path
        let said = try headquarters.verb("person", "export", "baseline", "P-A001", "--out", file)
        #expect(said.contains("9 sensitive values"), "\(said)")
        let document = try String(contentsOfFile: file, encoding: .utf8)
        for number in 2...9 { #expect(document.contains("canary \(number)")) }
        #expect(document.contains("Canary One") && !document.contains("what stays") && !document.contains("Other Person"))
        #expect(document.contains("\"quarantine\"") && document.contains("\"replaced\"") && document.contains("\"stands\""))
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        let again = try headquarters.program("seamark-server", ["person", "export", "baseline", "P-A001", "--out", file, "--data", headquarters.data.path]).finish()
        #expect(again.status != 0, "no file is overwritten")
        #expect(try headquarters.verb("audit").contains("person.export"))

        // Told, and nothing done.
        let would = try headquarters.verb("person", "erase", "baseline", "P-A001")
        #expect(would.contains("9 sensitive values") && would.contains("Nothing was erased"))
        try bob.must("sync")
        #expect(try occurrences("canary", in: told(bob)) > 6)

        let done = try headquarters.verb("person", "erase", "baseline", "P-A001", "--yes")
        #expect(done.contains("9 sensitive values") && done.contains("not withdrawn consent"))
        try bob.must("sync")
        let left = try told(bob)
        #expect(occurrences("canary", in: left) == 0, "\(left)")
        for number in 1...3 { #expect(left.contains("what stays \(number)")) }
        #expect(left.contains("Other Person"))
        try bob.must("verify")
        try headquarters.verb("verify")
        // What comes later, from somebody who may go on asking, goes as it comes.
        try bob.must("quote", "add", "interview=IV-A001", "person=P-A001", "text=canary 10")
        try bob.must("sync")
        let empty = headquarters.folder.appendingPathComponent("empty.json").path
        #expect(try headquarters.verb("person", "export", "baseline", "p-a001", "--out", empty).contains("0 sensitive values"))
        #expect(try occurrences("canary", in: String(contentsOfFile: empty, encoding: .utf8)) == 0)
        // Who was removed meanwhile and is staffed again loses the words as well.
        try headquarters.verb("engagement", "staff", "baseline", "ann")
        try ann.must("sync")
        try ann.must("sync")
        #expect(try occurrences("canary", in: told(ann)) == 0)
    }

    @Test func `the acts of administrators are handed out with the hashes that verifying asks for`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let file = headquarters.folder.appendingPathComponent("acts.json").path
        try headquarters.verb("audit", "export", "--out", file)
        let document = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file))) as? [String: Any])
        let acts = try #require(document["acts"] as? [[String: Any]])
        let listed = try #require(try JSONSerialization.jsonObject(with: Data(headquarters.verb("audit", "list", "--json").utf8)) as? [[String: Any]])
        // The file has the milliseconds that the hashes cover.
        func but(_ keys: Set<String>, _ acts: [[String: Any]]) -> NSArray { acts.map { $0.filter { !keys.contains($0.key) } } as NSArray }
        #expect(but(["time"], acts) == but(["time", "schema"], listed))
        #expect(acts.allSatisfy { $0["time"] is Int } && listed.allSatisfy { ($0["time"] as? String)?.hasSuffix("Z") == true })
        #expect(acts.contains { $0["act"] as? String == "engagement.add" } && acts.count > 4)
        let hash = try #require(acts.last?["hash"] as? String)
        try headquarters.verb("member", "add", "cleo")
        #expect(try headquarters.verb("audit", "verify", "--hash", hash).contains("holds"))
        let again = try headquarters.program("seamark-server", ["audit", "export", "--out", file, "--data", headquarters.data.path]).finish()
        #expect(again.status != 0, "no file is overwritten")
    }

    @Test func `a person who is not there is not found, and no reason of two lines is taken`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        for words in [["export", "baseline", "P-A001", "--out", headquarters.folder.appendingPathComponent("x").path], ["erase", "baseline", "P-A001", "--yes"]] {
            let done = try headquarters.program("seamark-server", ["person"] + words + ["--data", headquarters.data.path]).finish()
            #expect(done.status == 66 && done.error.contains("no person"), "\(done.error)")
        }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("person", "add", "name=Canary One", "level=frontline")
        try ann.must("sync")
        let done = try headquarters.program("seamark-server", ["person", "erase", "baseline", "P-A001", "--yes", "--reason", "a\nb", "--data", headquarters.data.path]).finish()
        #expect(done.status == 65 && done.error.contains("one line"), "\(done.error)")
    }
}
