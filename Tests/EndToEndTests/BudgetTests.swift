import Foundation
import Testing

/// `sync --max-bytes` and `sync --forecast` with the real programs, over a line that counts what passes.
@Suite(.serialized) struct BudgetTests {
    /// What both sides say unasked, and the farewell.
    private static let slack = 1024

    private func json(_ laptop: Laptop, _ words: String...) throws -> [String: Any] {
        let done = try laptop.run(["sync", "--json"] + words)
        try #require(done.status == 0, "\(done.error)")
        return try #require(try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any])
    }

    private func photo(_ headquarters: Headquarters, _ size: Int) throws -> String {
        var numbers = SystemRandomNumberGenerator()
        let file = headquarters.folder.appendingPathComponent("\(UUID().uuidString).jpg")
        try Data((0..<size).map { _ in UInt8.random(in: 0...255, using: &numbers) }).write(to: file)
        return file.path
    }

    @Test func `no more passes than may, and syncs one after the other bring everything, small work first`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let bob = try Laptop(of: "bob", at: headquarters)
        // Blocks of some 7 KB: one that is larger than the budget would never come.
        for letter in ["B", "D", "E"] {
            try bob.must("import", bob.file(Interview.file(observations: 50, prefix: letter)))
            try bob.must("sync")
        }
        try ann.must("import", ann.file(Interview.file(observations: 150, prefix: "A")))
        try ann.must("attach", "add", try photo(headquarters, 150_000))
        func sync(_ limit: Int) throws -> [String: Any] {
            let before = link.passed
            let document = try json(ann, "--max-bytes", "\(limit)")
            let budget = try #require(document["budget"] as? [String: Any])
            let used = try #require(budget["usedBytes"] as? Int)
            #expect(used <= limit, "\(budget)")
            #expect(link.passed - before <= limit + Self.slack, "\(budget)")
            return budget
        }
        var (rounds, budget) = (0, try sync(20_000))
        var stages: [[Int]] = []
        func left(_ budget: [String: Any]) -> [Int] { ["changesLeft", "entriesLeft", "attachmentsLeft"].map { budget[$0] as? Int ?? -1 } }
        while rounds < 40, left(budget) != [0, 0, 1] {
            stages.append(left(budget))
            budget = try sync(20_000)
            rounds += 1
        }
        #expect(left(budget) == [0, 0, 1], "\(budget)")
        #expect(stages.contains { $0[0] > 0 } && stages.contains { $0[0] == 0 && $0[1] > 0 }, "what is captured here goes first: \(stages)")
        // A chunk does not fit, and is not cut in two.
        let stuck = try ann.must("sync", "--max-bytes", "20k")
        #expect(stuck.contains("Stopped at the limit of 20.0 KB") && stuck.contains("1 attachment (150.0 KB) to hand in") && stuck.contains("The next step alone needs"), "\(stuck)")
        #expect(budget["stopped"] as? Bool == true && budget["nextStepBytes"] as? Int ?? 0 > 65_536)
        rounds = 0
        while rounds < 6, budget["stopped"] as? Bool == true {
            budget = try sync(80_000)
            rounds += 1
        }
        #expect(rounds == 3 && budget["stopped"] as? Bool == false, "a chunk each: \(budget)")
        try bob.must("sync")
        #expect(try bob.must("export", "-") == ann.must("export", "-"))
        #expect(try bob.digests() == ann.digests())
        #expect(try json(ann)["budget"] is NSNull)
        try headquarters.verb("verify")
    }

    @Test func `a budget that does not reach for connecting is refused before anything passes`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let before = link.passed
        for words in [["--max-bytes", "3k"], ["--max-bytes", "0"]] {
            let refused = try ann.run(["sync"] + words)
            #expect(refused.status == 64 && refused.error.contains("Connecting alone may take"), "\(refused.error)")
        }
        for words in [["--max-bytes", "much"], ["--max-bytes", "-5"], ["--max-bytes", "20k", "--watch"], ["--forecast", "--watch"]] {
            #expect(try ann.run(["sync"] + words).status == 64, "\(words)")
        }
        #expect(link.passed == before)
        // What it asks for is enough to connect.
        let least = try ann.run("sync", "--max-bytes", "0").error.split(separator: " ").first { $0.hasSuffix("k") }
        let done = try ann.run("sync", "--max-bytes", String(try #require(least)))
        #expect(done.status == 0, "\(done.error)")
    }

    @Test func `a forecast says what the sync then moves, moves none of it, and works without a server`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let bob = try Laptop(of: "bob", at: headquarters, by: link)
        try ann.must("sync")
        func whole(_ laptop: Laptop) throws -> (up: Int, down: Int, changes: Int, entries: Int, connecting: Int) {
            let entries = try headquarters.entries()
            let unsent = try laptop.unsent()
            let before = link.passed
            let forecast = try json(laptop, "--forecast")
            let connecting = try #require(forecast["connectingBytesAtMost"] as? Int)
            let scopes = try #require(forecast["scopes"] as? [[String: Any]])
            #expect(link.passed - before < connecting + 1000, "a forecast transferred something")
            #expect(try headquarters.entries() == entries && laptop.unsent() == unsent)
            #expect(forecast["online"] as? Bool == true)
            return (
                try #require(forecast["bytesUpAtMost"] as? Int), try #require(forecast["bytesDownAtMost"] as? Int),
                scopes.reduce(0) { $0 + ($1["changesUp"] as? Int ?? 0) }, scopes.reduce(0) { $0 + ($1["entriesDown"] as? Int ?? 0) }, connecting)
        }
        // Up alone: blocks weigh what was said.
        try ann.must("import", ann.file(Interview.file(observations: 1200, prefix: "A")))
        let up = try whole(ann)
        #expect(try whole(ann) == up, "asked again it says the same")
        let sent = try json(ann)
        #expect(up.changes == sent["sentChanges"] as? Int && up.entries == 0)
        let bytesSent = try #require(sent["bytesSent"] as? Int), bytesReceived = try #require(sent["bytesReceived"] as? Int)
        #expect(up.up <= bytesSent && bytesSent <= up.up + up.connecting, "\(up), \(bytesSent)")
        #expect(bytesReceived <= up.down + up.connecting)
        // Down alone.
        let down = try whole(bob)
        let fetched = try json(bob)
        #expect(down.entries == fetched["fetchedEntries"] as? Int && down.changes == 0 && down.up == 0)
        let (bobSent, bobReceived) = (try #require(fetched["bytesSent"] as? Int), try #require(fetched["bytesReceived"] as? Int))
        #expect(bobSent + bobReceived <= down.down + down.connecting, "\(down), \(bobSent) + \(bobReceived)")
        #expect(down.down <= bobReceived + 128 * down.entries + 4000, "the bound is a close one: \(down), \(bobReceived)")
        // Both, and a photo.
        try bob.must("import", bob.file(Interview.file(observations: 100, prefix: "B")))
        try bob.must("attach", "add", try photo(headquarters, 100_000))
        try ann.must("import", ann.file(Interview.file(observations: 50, prefix: "C")))
        try ann.must("sync")
        let both = try whole(bob)
        let text = try bob.must("sync", "--forecast")
        #expect(text.contains("attachments  1 up (at most 100.0 KB)") && text.contains("In all at most"), "\(text)")
        let moved = try json(bob)
        #expect(both.changes == moved["sentChanges"] as? Int)
        let passed = try #require(moved["bytesSent"] as? Int) + #require(moved["bytesReceived"] as? Int)
        #expect(passed <= both.up + both.down + both.connecting)
        #expect(try bob.must("sync", "--forecast").contains("Nothing new on either side."))
        // Elsewhere, and without a server.
        try ann.must("sync")
        #expect(try ann.must("sync", "--forecast").contains("1 attachment (100.0 KB) is not on this device"))
        try ann.must("site", "add", "name=Erie depot")
        #expect(try headquarters.stop() == 0)
        let offline = try json(ann, "--forecast")
        #expect(offline["online"] as? Bool == false && offline["bytesDownAtMost"] is NSNull && offline["bytesUpAtMost"] as? Int ?? 0 > 100)
        #expect(try ann.must("sync", "--forecast").contains("The server does not answer, so what would come down is not known."))
    }
}
