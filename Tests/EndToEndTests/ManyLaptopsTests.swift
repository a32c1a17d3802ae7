import Foundation
import Testing

/// Many real programs at once in one tenant.
@Suite struct ManyLaptopsTests {
    /// How many laptops, and how many records each hands in: making them takes longest. `SEAMARK_LAPTOPS=50x200` plays it whole.
    private static let (laptops, records): (Int, Int) = {
        let words = (ProcessInfo.processInfo.environment["SEAMARK_LAPTOPS"] ?? "").split(separator: "x").compactMap { Int($0) }
        return words.count == 2 ? (words[0], words[1]) : (12, 40)
    }()

    private func observations(_ prefix: String) -> String {
        let rows = (1...Self.records).map { "{\"handle\": \"\(prefix)-\($0)\", \"site\": \"ST1\", \"text\": \"Made up: what \(prefix) saw in place \($0).\"}" }
        return "{\"format\": \"seamark-engagement\", \"version\": 1, \"observations\": [\(rows.joined(separator: ",\n"))]}"
    }

    @Test func `laptops that sync at once in one tenant hand everything in at the first try, and then hold the same`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let began = DispatchTime.now()
        let first = try Laptop(of: "ann", at: headquarters)
        try first.must("import", first.file("{\"format\": \"seamark-engagement\", \"version\": 1, \"sites\": [{\"handle\": \"ST1\", \"name\": \"Dayton plant\"}]}"))
        try first.must("sync")
        var all: [Laptop] = []
        for number in 0..<Self.laptops {
            let laptop = try Laptop(of: number.isMultiple(of: 2) ? "ann" : "bob", at: headquarters)
            try laptop.must("import", laptop.file(observations("C\(number)")))
            all.append(laptop)
        }
        // A server that has counted nothing yet.
        let port = headquarters.port
        #expect(try headquarters.stop() == 0)
        try headquarters.start(port: port)
        let ready = DispatchTime.now()
        let syncs = try all.map { try $0.start(["sync", "--json"]) }
        var blocks = 0
        for sync in syncs {
            let done = try sync.finish()
            #expect(done.status == 0 && done.error.isEmpty, "\(done)")
            let document = try #require(try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any], "\(done)")
            #expect(document["sentChanges"] as? Int == Self.records && document["unsent"] as? Int == 0 && document["quarantined"] as? Int == 0)
            blocks += document["sentBlocks"] as? Int ?? 0
        }
        let end = DispatchTime.now()
        #expect(try headquarters.stop() == 0)
        let counts = try #require(
            (try JSONSerialization.jsonObject(with: Data(contentsOf: headquarters.data.appendingPathComponent("counts.json"))) as? [String: Any])?["counts"]
                as? [String: Int])
        #expect(counts["sessions"] == Self.laptops && counts["accepted"] == Self.laptops, "nobody connected twice")
        #expect(counts["pushes"] == blocks)
        let commits = try #require(counts["pushTransactions"])
        // A few slow programs may come one after the other.
        #expect(Self.laptops < 50 ? commits <= blocks : commits < blocks, "\(commits) commits for \(blocks) blocks")
        for name in ["refusedByLimit", "refusedByPenalty", "refusedPushes", "failedHandshakes", "tooSlow", "cutOff", "badFrames", "faults"] { #expect(counts[name] == 0, "\(name)") }
        func seconds(_ from: DispatchTime, _ to: DispatchTime) -> String { String(format: "%.1f", Double(to.uptimeNanoseconds - from.uptimeNanoseconds) / 1e9) }
        print("many laptops: \(Self.laptops) with \(Self.records) records each, \(blocks) blocks in \(commits) commits; made in \(seconds(began, ready)) s, synced in \(seconds(ready, end)) s")

        try headquarters.start(port: port)
        for laptop in [all[0], all[Self.laptops - 1], first] { try laptop.must("sync") }
        #expect(try all[0].digests() == first.digests() && all[Self.laptops - 1].digests() == first.digests())
        let scopes = try #require(try first.status()["scopes"] as? [[String: Any]])
        #expect(scopes.compactMap { $0["records"] as? Int }.max() ?? 0 >= Self.laptops * Self.records)
        try headquarters.verb("verify")
    }
}
