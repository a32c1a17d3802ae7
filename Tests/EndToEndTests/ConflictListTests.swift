import Foundation
import Testing

/// Whose conflicts are shown, of which record and in which engagement, where three people work on two engagements.
@Suite(.serialized) struct ConflictListTests {
    private struct Row: Equatable, Comparable {
        let engagement: String
        let people: [String]
        static func < (one: Row, other: Row) -> Bool { one.engagement < other.engagement }
    }

    private func documents(_ laptop: Laptop, _ words: [String]) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(try laptop.run(words + ["--json"]).output.utf8)) as? [[String: Any]], "\(words)")
    }

    private func rows(_ laptop: Laptop, _ words: String...) throws -> [Row] {
        try documents(laptop, ["conflicts", "--list"] + words).map { Row(engagement: $0["engagement"] as? String ?? "", people: ($0["people"] as? [String] ?? []).sorted()) }.sorted()
    }

    @Test func `conflicts are listed by engagement, by person and by record, and each choice leaves out the others`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        try headquarters.verb("member", "add", "lea", "--name", "Lea Quay", "--role", "lead")
        try headquarters.verb("engagement", "add", "expansion", "--currency", "EUR")
        try headquarters.verb("engagement", "staff", "expansion", "ann", "lea")
        let ann = try Laptop(of: "ann", at: headquarters), bob = try Laptop(of: "bob", at: headquarters), lea = try Laptop(of: "lea", at: headquarters)
        func add(_ engagement: String, _ name: String) throws -> String {
            try ann.must("site", "add", "name=\(name)", "--engagement", engagement).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let dayton = try add("baseline", "Dayton plant"), erie = try add("expansion", "Erie depot")
        for laptop in [ann, bob, lea] { try laptop.must("sync") }
        // Each of two names it anew, and neither has seen the other.
        for (laptop, site, engagement, name) in [(ann, dayton, "baseline", "Dayton north"), (bob, dayton, "baseline", "Dayton works"), (ann, erie, "expansion", "Erie store"), (lea, erie, "expansion", "Erie yard")] {
            try laptop.must("site", "set", site, "name=\(name)", "--engagement", engagement)
        }
        for laptop in [ann, bob, lea, ann] { try laptop.must("sync") }
        let baseline = Row(engagement: "baseline", people: ["ann", "bob"]), expansion = Row(engagement: "expansion", people: ["Lea Quay", "ann"])

        // In lines, of all engagements.
        #expect(try rows(ann) == [baseline, expansion])
        #expect(try rows(ann, "--engagement", "expansion") == [expansion])
        #expect(try rows(ann, "--by", "bob") == [baseline])
        for lea in ["lea", "le", "LEA Q", "Lea Quay"] { #expect(try rows(ann, "--by", lea) == [expansion], "\(lea)") }
        for person in ["me", "ann"] { #expect(try rows(lea, "--by", person) == [expansion], "\(person)") }
        #expect(try rows(ann, "--by", "me") == [baseline, expansion])
        #expect(try rows(ann, "--by", "bob", "--engagement", "expansion").isEmpty)
        #expect(try rows(bob) == [baseline] && rows(bob, "--by", "lea").isEmpty)
        let text = try ann.must("conflicts", "--list")
        for (row, people) in [("baseline", ["ann", "bob"]), ("expansion", ["ann", "Lea Quay"])] {
            #expect(text.split(separator: "\n").contains { line in line.hasPrefix(row) && people.allSatisfy { line.contains($0) } && line.contains("name") }, "\(text)")
        }
        #expect(text.contains("2 conflicts."))
        let ofBob = try ann.must("conflicts", "--list", "--by", "bob")
        #expect(ofBob.contains("baseline") && !ofBob.contains("expansion") && ofBob.contains("1 conflict."), "\(ofBob)")
        #expect(try ann.must("conflicts", "--list", "--by", "bob", "--engagement", "expansion") == "No conflicts.\n")

        // A record by whatever it is called.
        let record = try #require(try documents(ann, ["conflicts", "--list", "--engagement", "baseline"]).first?["record"] as? String)
        for name in [record, String(record.dropLast()), record.uppercased()] { #expect(try rows(ann, name) == [baseline], "\(name)") }
        #expect(try rows(ann, dayton, "--engagement", "baseline") == [baseline])
        #expect(try rows(ann, dayton.lowercased(), "--by", "bob") == [baseline])
        #expect(try rows(ann, erie, "--by", "lea") == [expansion])
        #expect(try rows(ann, record, "--by", "lea").isEmpty)
        // One that only the other engagement knows.
        let elsewhere = try ann.run("conflicts", record, "--list", "--engagement", "expansion")
        #expect(elsewhere.status == 66 && elsewhere.error.contains("'\(record)'") && elsewhere.output.isEmpty, "\(elsewhere)")

        // Side by side, of one engagement.
        func shown(_ words: String...) throws -> String { try ann.must("conflicts", "--engagement", words[0], "--by", words[1]) }
        for (engagement, person, other, name) in [("baseline", "bob", "lea", "Dayton works"), ("expansion", "le", "bob", "Erie yard")] {
            for person in [person, "me"] { #expect(try shown(engagement, person).contains(name), "\(engagement) \(person)") }
            #expect(try shown(engagement, other) == "No conflicts.\n")
            #expect(try documents(ann, ["conflicts", "--engagement", engagement, "--by", person]).count == 1)
            #expect(try documents(ann, ["conflicts", "--engagement", engagement, "--by", other]).isEmpty)
        }
    }
}
