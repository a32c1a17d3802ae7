import Foundation
import Testing

/// Who may no longer work for a client reads nothing more, and what they held is kept at headquarters.
@Suite(.serialized) struct StaffingTests {
    private func devices(_ headquarters: Headquarters) throws -> [[String: Any]] {
        let json = try JSONSerialization.jsonObject(with: Data(try headquarters.verb("device", "list", "--json").utf8))
        return try #require(json as? [[String: Any]])
    }

    private func quarantined(_ headquarters: Headquarters) throws -> Int {
        let status = try JSONSerialization.jsonObject(with: Data(try headquarters.verb("status", "--json").utf8)) as? [String: Any]
        return try #require((status?["tenants"] as? [[String: Any]])?.first?["quarantined"] as? Int)
    }

    @Test func `a revoked laptop hands in what it holds, and then neither shows nor takes anything`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        let site = try ann.must("site", "add", "name=Lima yard").trimmingCharacters(in: .whitespacesAndNewlines)
        let bob = try Laptop(of: "bob", at: headquarters)
        for laptop in [ann, bob] { try laptop.must("sync") }
        for (laptop, name) in [(ann, "Lima north"), (bob, "Lima south")] { try laptop.must("site", "set", site, "name=\(name)") }
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        #expect(try ann.must("status").contains("1 conflict to settle (\(site))"))
        try ann.must("site", "add", "name=Erie depot")
        let device = try #require(try devices(headquarters).first?["id"] as? String)
        try headquarters.verb("device", "revoke", device)
        let before = try quarantined(headquarters)
        let synced = try ann.run("sync")
        #expect((synced.output + synced.error).contains("revoked"), "\(synced.output) \(synced.error)")
        // What shows nothing names none of its records, and sends nobody where nothing is shown.
        for said in [synced, try ann.run("status"), try ann.run("doctor")] { #expect(!said.output.contains("conflict") && !said.output.contains(site), "\(said)") }
        #expect(try !ann.must("status", "--json").contains(site))
        #expect(try quarantined(headquarters) > before, "what the revoked laptop held was not kept")
        for words in [["list", "site"], ["site", "add", "name=Third"], ["export", "-"], ["show", "ST-A001"], ["report"], ["log"], ["conflicts"]] {
            let done = try ann.run(words)
            #expect(done.status == 77, "\(words): \(done.status) \(done.error)")
            #expect(done.error.contains("revoked"), "\(words): \(done.error)")
            #expect(!(done.output + done.error).contains("Dayton"), "\(words)")
        }
        try headquarters.verb("verify")
    }

    @Test func `being staffed on a second engagement does not unchoose the first`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        try ann.must("sync")
        try headquarters.verb("engagement", "add", "second", "--currency", "USD")
        try headquarters.verb("engagement", "staff", "second", "ann")
        try ann.must("sync")
        #expect(try ann.must("use").contains("second"))
        #expect(try ann.must("list", "site").contains("Dayton plant"))
        try ann.must("site", "add", "name=Erie depot")
        #expect(try ann.must("list", "site", "--engagement", "baseline").contains("Erie depot"))
        // Whoever gets two at once is asked which is meant.
        try headquarters.verb("engagement", "staff", "second", "bob")
        let bob = try Laptop(of: "bob", at: headquarters)
        #expect(try bob.run("list", "site").status == 78)
    }

    @Test func `the first work of a member who was taken off the engagement is kept and counted, and accepted once they are back`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        try ann.must("site", "add", "name=Dayton plant")
        try headquarters.verb("engagement", "staff", "baseline", "ann", "--remove")
        let before = try quarantined(headquarters)
        let synced = try ann.run("sync")
        #expect((synced.output + synced.error).contains("staffed"), "\(synced.output) \(synced.error)")
        #expect(try quarantined(headquarters) > before)
        try bob.must("sync")
        #expect(!(try bob.must("list", "site")).contains("Dayton"))
        try headquarters.verb("engagement", "staff", "baseline", "ann")
        // Nobody released anything.
        let back = try ann.must("sync")
        #expect(back.contains("1 change came out of quarantine and is applied now: the server takes your work there again."), "\(back)")
        try bob.must("sync")
        #expect(try bob.must("list", "site").contains("Dayton"))
        #expect(try ann.unsent() == 0)
        #expect(try ann.digests() == bob.digests())
        #expect(try quarantined(headquarters) == before)
        try headquarters.verb("verify")
    }

    @Test func `what headquarters did to an engagement is told as its doing, in words and for programs`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("engagement", "set", "title=Halden, before the winter")
        let log = try ann.must("log", "baseline", "--limit", "0")
        // Each change begins at the margin with its time and its author.
        let authors = log.split(separator: "\n").filter { !$0.hasPrefix(" ") }
        #expect(authors.count > 1 && authors.first?.contains("  ann") == true && authors.dropFirst().allSatisfy { $0.hasSuffix("  headquarters") }, "\(log)")
        #expect(log.contains(#/\ \ headquarters\n\ \ (added engagement )?baseline\n(    .*\n)*    .*\+bob/#), "\(log)")
        let steps = try #require(try JSONSerialization.jsonObject(with: Data(try ann.must("log", "baseline", "--limit", "0", "--json").utf8)) as? [[String: Any]])
        #expect(Set(steps.compactMap { $0["author"] as? String }) == ["ann", "headquarters"])
        #expect(Set(steps.filter { $0["author"] as? String == "headquarters" }.compactMap { $0["authorId"] as? String }).count == 1)
        #expect(try ann.must("show", "baseline").contains("  Made by headquarters, "))
        let shown = try JSONSerialization.jsonObject(with: Data(try ann.must("show", "baseline", "--json").utf8)) as? [String: Any]
        #expect(shown?["author"] as? String == "headquarters")
        let differing = try ann.must("diff", "baseline", "--since", "2020-01-01")
        #expect(differing.contains("by headquarters and ann, last "), "\(differing)")
    }
}
