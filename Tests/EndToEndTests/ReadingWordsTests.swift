import Foundation
import Testing

/// What `diff` and `signals` say in words.
@Suite(.sharedHeadquarters, .serialized) struct ReadingWordsTests {
    private static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Samples/halden.json").path
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    private func iso(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    @Test func `diff tells of one record or of all, since the last sync or since a time, what changed, by whom and when`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        func add(_ name: String) throws -> String { try ann.must("site", "add", "name=\(name)").trimmingCharacters(in: .whitespacesAndNewlines) }
        let dayton = try add("Dayton plant"), erie = try add("Erie depot")
        try ann.must("sync")
        let between = iso(Date())
        try ann.must("site", "set", dayton, "name=Dayton works")
        try ann.must("site", "set", erie, "headcount=40")
        func isOfDayton(_ text: String) -> Bool {
            text.split(separator: "\n").contains { $0.hasPrefix("\(dayton)  site  changed  by ann, ") && $0.contains(/\d:\d\d/) } && text.contains("plant-]") && text.contains("works+}")
        }
        func diff(_ words: [String]) throws -> String {
            let done = try ann.run(["diff"] + words)
            #expect(done.status == 0, "\(words): \(done)")
            return done.output
        }
        for since in [[], ["--since", between]] {
            let one = try diff([dayton] + since)
            #expect(isOfDayton(one) && !one.contains(erie), "\(since): \(one)")
            let all = try diff(since)
            #expect(isOfDayton(all) && all.contains("\(erie)  site  changed  by ann, ") && all.contains("{+40+}"), "\(since): \(all)")
        }
        try ann.must("sync")
        #expect(try ann.must("diff", dayton) == "Nothing that is shown of it differs from headquarters' log, as this device last read it.\n")
        #expect(try ann.must("diff") == "Everything here is in headquarters' log, as this device last read it.\n")
        #expect(isOfDayton(try ann.must("diff", dayton, "--since", between)))
        #expect(try ann.must("diff", dayton, "--since", "2020-01-01").contains("\(dayton)  site  added  by ann, "))
        #expect(try ann.must("diff", dayton, "--since", iso(Date())) == "Nothing that is shown differs from then.\n")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(try ann.must("diff", dayton, "--since", between, "--json").utf8)) as? [[String: Any]])
        #expect(document.count == 1 && document[0]["name"] as? String == dayton && document[0]["fate"] as? String == "changed", "\(document)")
        #expect((document[0]["edits"] as? [[String: Any]])?.compactMap { $0["author"] as? String } == ["ann"])
        let fields = try #require(document[0]["fields"] as? [[String: Any]])
        #expect(fields.count == 1 && fields[0]["before"] as? String == "Dayton plant" && fields[0]["after"] as? String == "Dayton works", "\(fields)")
        // A time that has not come, but for what zones and clocks differ by.
        for since in ["2999-01-01", iso(Date(timeIntervalSinceNow: 90_000))] { try ann.refuses(["diff", "--since", since], 64, saying: ["'\(since)'", "has not come"]) }
        try ann.must("diff", "--since", iso(Date(timeIntervalSinceNow: 3600)))
    }

    @Test func `signals shows each check's five lights and where to interview first, and reads out the boxes`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        #expect(try ann.must("signals").hasPrefix("No five-signal check is captured yet."))
        try ann.must("import", Self.sample)
        let text = try ann.must("signals")
        for title in ["Decision latency", "Handoff friction", "Ownership drift", "Capacity strain", "Knowledge concentration"] { #expect(text.split(separator: "\n").first?.contains(title) == true, "\(text)") }
        #expect(text.contains(/\nQC1 +Order promise +2026-03-03 +amber 3\/5 +amber 3\/5 +amber 2\/5 +dark 1\/5 +amber 2\/5\n/), "\(text)")
        // Decision latency points to D1 and D3, handoffs to D2, ownership to D3 and D8, capacity to D4 and D1, knowledge to D6 and D5.
        let order = try #require(text.range(of: "\nInterview first\n").map { text[$0.upperBound...] }).split(separator: "\n")
        let domains = order.compactMap { $0.firstMatch(of: /^  (D\d)  .+  (\d) ticks?$/).map { "\($0.1) \($0.2)" } }
        #expect(domains == ["D3 5", "D1 4", "D2 3", "D5 2", "D6 2", "D8 2", "D4 1"] && order.count == 7, "\(text)")
        let boxes = try ann.must("signals", "--boxes")
        #expect(boxes.contains("Decision latency  points to leadership bandwidth, decision ownership\n   1  The last exception took longer to decide than to fix.\n"), "\(boxes)")
        #expect(boxes.hasSuffix("  25  An audit would find the method in someone's head.\n"), "\(boxes)")
    }
}
