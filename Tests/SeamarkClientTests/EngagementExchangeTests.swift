import Foundation
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

@testable import SeamarkCommand

struct EngagementExchangeTests {
    private static func sample(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent("Samples/\(name).json")))
    }

    @Test(arguments: ["halden", "northlink"])
    func `a sample goes through a device and comes out as it was`(name: String) throws {
        let laptop = try Laptop("A", role: .lead)
        let bytes = try Self.sample(name)
        let trial = try EngagementExchange.take(bytes, into: Laptop.scope, of: laptop.device, isTrial: true)
        #expect(try laptop.finder.all.isEmpty)
        let imported = try EngagementExchange.take(bytes, into: Laptop.scope, of: laptop.device)
        #expect(imported.newRecords == imported.records && imported.records > 200)
        #expect(trial.edits == imported.edits)
        let document = try EngagementExchange.give(Laptop.scope, of: laptop.device)
        #expect(document == (try JSONParser.parse(bytes)))
        // A second time there is nothing to say, and another device that reads the log says the same.
        #expect(try EngagementExchange.take(bytes, into: Laptop.scope, of: laptop.device).edits == 0)
        let other = try Laptop("B")
        try Laptop.exchange(laptop, other)
        #expect(try EngagementExchange.give(Laptop.scope, of: other.device) == document)
    }

    @Test func `answers under an edition that nobody published here are counted, by a trial and by a second import too`() throws {
        let laptop = try Laptop("A", role: .lead)
        let text = String(decoding: try Self.sample("halden"), as: UTF8.self)
        #expect(try EngagementExchange.take(Array(text.utf8), into: Laptop.scope, of: laptop.device, isTrial: true).unknownEditions.isEmpty)
        let later = Array(text.replacingOccurrences(of: "\"instrument\": \"core-9@1\"", with: "\"instrument\": \"core-9@7\"").utf8)
        for isTrial in [true, false, false] {
            let unknown = try EngagementExchange.take(later, into: Laptop.scope, of: laptop.device, isTrial: isTrial).unknownEditions
            #expect(unknown.map { "\($0.edition) \($0.answers) \($0.interviews)" } == ["core-9@7 530 18"])
            let words = unknown.map(Import.words).joined()
            #expect(words.hasPrefix("530 answers in 18 interviews of the file were given to core-9@7, an edition that is not known here.") && words.contains("instrument publish"), "\(words)")
        }
        // Of an interview that is here already, what it was asked with counts.
        let answers = text.replacingOccurrences(of: "      \"instrument\": \"core-9@1\",\n", with: "")
        #expect(try EngagementExchange.take(Array(answers.utf8), into: Laptop.scope, of: laptop.device, isTrial: true).unknownEditions.map(\.answers) == [530])
    }

    @Test func `one bad row keeps the whole file out and is named`() throws {
        let laptop = try Laptop("A", role: .lead)
        let text = String(decoding: try Self.sample("halden"), as: UTF8.self)
        let bad = text.replacingOccurrences(of: "\"country\": \"US\"", with: "\"country\": \"USA\"")
        let before = try laptop.device.state.unsentCount
        let error = #expect(throws: EngagementExchange.Failure.self) {
            try EngagementExchange.take(Array(bad.utf8), into: Laptop.scope, of: laptop.device)
        }
        guard case .file(.problems(let problems))? = error else { return #expect(Bool(false)) }
        #expect(problems.first?.description.hasPrefix("sites row 1 (ST1), country:") == true, "\(problems)")
        #expect(try laptop.device.state.unsentCount == before)
        #expect(try laptop.finder.all.isEmpty)
    }

    @Test func `what a role may not write is named by its row`() throws {
        let laptop = try Laptop("A", role: .consultant)
        let error = #expect(throws: EngagementExchange.Failure.self) {
            try EngagementExchange.take(try Self.sample("halden"), into: Laptop.scope, of: laptop.device)
        }
        guard case .refused(let complaints)? = error else { return #expect(Bool(false)) }
        #expect(complaints.first?.place?.section == "engagement")
        #expect(try laptop.finder.all.isEmpty)
    }
}
