import Foundation
import Testing

/// "Is my work safe?", answered on the laptop and at headquarters, with the real programs.
@Suite(.serialized) struct StandingTests {
    private static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Samples/halden.json").path

    private func engagement(_ laptop: Laptop) throws -> [String: Any] {
        let scopes = try #require(try laptop.status()["scopes"] as? [[String: Any]])
        return try #require(scopes.first { $0["kind"] as? String == "engagement" })
    }

    private func server(_ headquarters: Headquarters) throws -> [String: Any] {
        let status = try JSONSerialization.jsonObject(with: Data(try headquarters.verb("status", "--json").utf8)) as? [String: Any]
        return try #require((status?["tenants"] as? [[String: Any]])?.first { $0["tenant"] as? String == "halden" })
    }

    @Test func `a laptop says how many interviews are drafts, what waits and how heavy it is, and which records are in conflict`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters), bob = try Laptop(of: "bob", at: headquarters)
        #expect(try engagement(ann)["unsentBytesAtMost"] as? Int == 0)
        try ann.must("import", Self.sample)
        let listed = try #require(try JSONSerialization.jsonObject(with: Data(try ann.must("list", "interview", "--json").utf8)) as? [[String: Any]])
        let statuses = listed.map { $0["status"] as? String ?? "draft" }
        let counted = try #require(try engagement(ann)["interviews"] as? [String: Int])
        for status in ["draft", "finalised", "reviewed", "locked"] { #expect(counted[status] == statuses.count { $0 == status }, "\(counted) \(statuses)") }
        #expect(!statuses.isEmpty)
        let first = try ann.must("interview", "add", "site=ST1", "startedAt=2026-11-20T09:00:00Z").trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try (engagement(ann)["interviews"] as? [String: Int])?["draft"] == (counted["draft"] ?? 0) + 1)
        #expect(try ann.must("status").contains("\((counted["draft"] ?? 0) + 1) draft"), "\(first)")
        // A text that was begun and not stored.
        #expect(try (engagement(ann)["drafts"] as? [Any])?.isEmpty == true)
        let level = try ann.must("person", "add", "level=manager", "--consent", "given", "--method", "verbal", "--scope", "role").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("interview", "set", first, "persons=\(level)")
        let begun = try ann.run(["interview", first, "--plain"], input: "t\n\n2 \(String(repeating: "x", count: 9000))\n")
        #expect(begun.status == 65, "\(begun)")
        let drafts = try #require(try engagement(ann)["drafts"] as? [[String: Any]])
        #expect(drafts.count == 1 && drafts[0]["interview"] as? String == first && drafts[0]["texts"] as? Int == 1, "\(drafts)")
        #expect(try ann.must("status").contains("1 text in \(first) that you began waits, not stored: seamark interview \(first)"))
        let heavy = try #require(try engagement(ann)["unsentBytesAtMost"] as? Int)
        let sent = try JSONSerialization.jsonObject(with: Data(try ann.must("sync", "--json").utf8)) as? [String: Any]
        // Connecting and greeting come on top of what the changes weigh.
        let bytes = try #require(sent?["bytesSent"] as? Int)
        #expect(bytes > heavy / 2 && bytes < heavy + 4_000, "\(heavy), then \(bytes)")
        #expect(try engagement(ann)["unsentBytesAtMost"] as? Int == 0)
        try bob.must("sync")
        for (laptop, value) in [(ann, "Dayton plant, north"), (bob, "Dayton works")] { try laptop.must("site", "set", "ST1", "name=\(value)") }
        try ann.must("sync")
        try bob.must("sync")
        #expect(try bob.must("status").contains("1 conflict to settle (ST1): seamark conflicts"))
    }

    @Test func `a laptop of two clients says of the other one whether its work is handed in, and nothing once that is locked`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try headquarters.verb("tenant", "add", "kestrel", "--name", "Kestrel")
        try headquarters.verb("member", "add", "eve", "--name", "Eve Example", "--tenant", "kestrel")
        try ann.must("site", "add", "name=Dayton plant")
        let invitation = try headquarters.verb("invite", "eve", "--tenant", "kestrel", "--name", "127.0.0.1:\(headquarters.port)")
        let enrolled = try ann.run(["enrol", "--name", "Laptop"], input: invitation, passphrase: Laptop.passphrase)
        #expect(enrolled.status == 0, "\(enrolled.error)")
        let status = try ann.status()
        #expect(status["tenant"] as? String == "kestrel")
        let other = try #require((status["otherTenants"] as? [[String: Any]])?.first)
        #expect(other["tenant"] as? String == "halden")
        let text = try ann.must("status")
        #expect(other["locked"] as? Bool == false && other["unsent"] as? Int == 1)
        #expect(text.contains("Also on this laptop: halden, 1 change not yet sent; last complete sync"), "\(text)")
        try ann.must("lock", "--tenant", "halden")
        let locked = try #require((try ann.status()["otherTenants"] as? [[String: Any]])?.first)
        #expect(locked["locked"] as? Bool == true && locked["unsent"] is NSNull)
        #expect(try ann.must("status").contains("Also on this laptop: halden, locked: what waits of it is not seen (seamark unlock --tenant halden)."))
    }

    @Test func `headquarters sees of each laptop when it was heard, what it holds and what of it is in quarantine`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters), bob = try Laptop(of: "bob", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        // In UTC, with as many figures as years have for long: earlier ones come first.
        let began = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        try ann.must("sync")
        try ann.must("site", "add", "name=Erie depot")
        /// A running server notes contacts every few seconds.
        func heard() throws -> [[String: Any]] {
            try eventually("headquarters has noted what the laptops said", within: 30) {
                let devices = try #require(try server(headquarters)["deviceList"] as? [[String: Any]])
                guard try (#require(devices.first)["heard"] as? String ?? "") >= began else { return nil }
                return devices.allSatisfy({ $0["unsent"] as? Int == 0 }) ? devices : nil
            }
        }
        var devices = try heard()
        #expect(devices.map { $0["device"] as? String } == ["A", "B"])
        #expect(devices.map { $0["quarantined"] as? Int } == [0, 0])
        #expect(devices.allSatisfy { $0["software"] is String && $0["heard"] is String })
        let text = try headquarters.verb("status")
        for row in ["halden  A       ann", "halden  B       bob"] { #expect(text.contains(row), "\(text)") }
        // The digest of the engagement is the one that a laptop that read it all shows.
        try bob.must("sync")
        let scopes = try #require(try server(headquarters)["scopes"] as? [[String: Any]])
        let digest = try engagement(bob)["digest"] as? String
        #expect(digest != nil && scopes.contains { $0["kind"] as? String == "engagement" && $0["digest"] as? String == digest })
        try headquarters.verb("device", "revoke", "A")
        _ = try ann.run("sync")
        devices = try #require(try server(headquarters)["deviceList"] as? [[String: Any]])
        #expect(devices.first?["quarantined"] as? Int == 1 && devices.last?["quarantined"] as? Int == 0, "\(devices)")
        let after = try headquarters.verb("status")
        #expect(!after.contains("halden  A") && after.contains("halden  B"), "\(after)")
    }

    @Test func `headquarters sees on which laptop the attachments are that its logs name and it does not have`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters), bob = try Laptop(of: "bob", at: headquarters)
        func missing() throws -> [[Int]] {
            try #require(try server(headquarters)["deviceList"] as? [[String: Any]]).map { [$0["attachmentsMissing"] as? Int ?? -1, $0["attachmentBytesMissing"] as? Int ?? -1] }
        }
        for (name, size) in [("one.bin", 150_000), ("two.bin", 50_000)] {
            let file = headquarters.folder.appendingPathComponent(name)
            try Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3 &+ size) }).write(to: file)
            try ann.must("attach", "add", file.path)
        }
        #expect(try missing() == [[0, 0], [0, 0]], "what is not sent headquarters cannot know")
        try ann.must("sync", "--no-attachments")
        try bob.must("sync")
        #expect(try missing() == [[2, 200_000], [0, 0]])
        let text = try headquarters.verb("status")
        #expect(text.contains("halden: 2 attachments (200.0 KB) of device A (ann) are not here yet, the oldest named "), "\(text)")
        /// A running server notes what laptops say every few seconds.
        try eventually("the laptop's own word is noted", within: 30) { try headquarters.verb("status").contains("halden: device A (ann) has yet to hand in 2 attachments (200.0 KB) of baseline, as it said ") ? true : nil }
        let devices = try #require(try server(headquarters)["deviceList"] as? [[String: Any]])
        #expect(devices.first?["oldestAttachmentMissing"] is String && devices.last?["oldestAttachmentMissing"] is NSNull, "\(devices)")
        try ann.must("sync")
        #expect(try missing() == [[0, 0], [0, 0]])
        #expect(!(try headquarters.verb("status")).contains("not here yet"))
    }

    @Test func `headquarters sees how much a laptop could not hand in, how old that is, and which attachments wait with their rows`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let began = Date(timeIntervalSinceNow: -1)
        try ann.must("site", "add", "name=Dayton plant")
        let file = headquarters.folder.appendingPathComponent("one.bin")
        try Data(repeating: 7, count: 150_000).write(to: file)
        try ann.must("attach", "add", file.path)
        let heavy = try #require(try engagement(ann)["unsentBytesAtMost"] as? Int)
        // Greeted, and cut before the first block.
        let cut = try ann.run("sync", "--cut-after-blocks", "0")
        #expect(cut.status != 0, "\(cut)")
        func device(_ what: String, unsent: Int) throws -> [String: Any] {
            try eventually(what, within: 30) {
                let first = try #require((try server(headquarters)["deviceList"] as? [[String: Any]])?.first)
                return first["unsent"] as? Int == unsent && first["attachmentsWaiting"] as? Int == (unsent > 0 ? 1 : 0) ? first : nil
            }
        }
        let waiting = try device("headquarters has noted what waits", unsent: 2)
        #expect(waiting["unsentBytesAtMost"] as? Int == heavy && waiting["attachmentBytesWaiting"] as? Int == 150_000, "\(waiting)")
        let said = try #require(waiting["oldestUnsent"] as? String)
        let oldest = try Date(String(said.prefix(19)) + "Z", strategy: .iso8601)
        #expect(oldest >= began.addingTimeInterval(-2) && oldest <= Date(), "\(waiting)")
        let each = try #require(waiting["unsentByEngagement"] as? [[String: Any]])
        #expect(each.count == 1 && each.first?["engagement"] as? String == "baseline" && each.first?["unsent"] as? Int == 2 && each.first?["attachmentsWaiting"] as? Int == 1, "\(each)")
        #expect(waiting["attachmentsMissing"] as? Int == 0, "the row is not here")
        let text = try headquarters.verb("status")
        #expect(text.contains(/halden: device A \(ann\) has yet to hand in 2 changes \(at most [\d.]+ K?B, the oldest made [^)]+\) and 1 attachment \(150\.0 KB\) of baseline, as it said/), "\(text)")
        #expect(try headquarters.verb("device", "wipe", "A").contains("it held 2 changes (at most "))
        try ann.must("sync")
        let done = try device("headquarters has noted that nothing waits", unsent: 0)
        #expect(done["unsentBytesAtMost"] as? Int == 0 && done["oldestUnsent"] is NSNull && done["attachmentBytesWaiting"] as? Int == 0, "\(done)")
        #expect((done["unsentByEngagement"] as? [Any])?.isEmpty == true, "\(done)")
        #expect(!(try headquarters.verb("status")).contains("has yet to hand in"))
    }

    @Test(.needsTerminal) func `three laptops fit a terminal of eighty columns and twenty-four rows`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let laptops = [try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters), try Laptop(of: "ann", at: headquarters)]
        /// A running server notes contacts and counters every few seconds.
        try eventually("all are heard", within: 30) {
            try #require(try server(headquarters)["deviceList"] as? [[String: Any]]).allSatisfy { $0["heard"] is String } ? true : nil
        }
        let program = try #require(Program.folder).appendingPathComponent("seamark-server").path
        let window = try Window(laptops[0], "\(program) status --data '\(headquarters.data.path)'; echo no more; sleep 60")
        defer { window.close() }
        let lines = try window.shows("no more").split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("Data directory") == true, "\(lines)")
        for row in ["A       ann", "B       bob", "C       ann"] { #expect(lines.contains { $0.contains(row) && $0.hasSuffix("active") }, "\(lines)") }
        #expect(lines.allSatisfy { !$0.contains(" 0 faults") }, "\(lines)")
    }

    @Test(.needsCompiler) func `since when a schedule waits for somebody to look at the clock is said in JSON as every other time`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        try headquarters.verb("retention", "set", "400", "--yes")
        let clock = try Clock(headquarters)
        try clock.set(ahead: 100)
        let done = try headquarters.program("seamark-server", ["retention", "show", "--json", "--data", headquarters.data.path], environment: clock.environment).finish()
        let said = try #require(try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any], "\(done)")
        #expect((said["silentSince"] as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) != nil, "\(said)")
    }
}
