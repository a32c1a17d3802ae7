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

    @Test func `a file of before has an answer's reference in its response: it is taken in as a field, and a row that stands so already is left`() throws {
        func file(_ reference: String) -> [UInt8] {
            Array(#"""
                {"format": "seamark-engagement", "version": 1, "contributors": [{"handle": "C1"}], "interviews": [{"handle": "IV1"}],
                 "answers": [{"interview": "IV1", "question": "LB1", "scorer": "C1", "response": {"outcome": "scored", "score": 3, "grade": "B"\#(reference)}}]}
                """#.utf8)
        }
        let before = file(#", "reference": "ledger 6410""#)
        func answer(_ laptop: Laptop) throws -> RecordView { try #require(try laptop.finder.all.first { $0.type === Catalogue.answer }) }
        let laptop = try Laptop("A", role: .lead)
        #expect(try EngagementExchange.take(before, into: Laptop.scope, of: laptop.device, isTrial: true).edits == EngagementExchange.take(before, into: Laptop.scope, of: laptop.device).edits)
        #expect(try answer(laptop).text("reference") == "ledger 6410" && answer(laptop).group("response")?.text("reference") == nil)
        #expect(try EngagementExchange.take(before, into: Laptop.scope, of: laptop.device).edits == 0)
        // As a program of before took it in.
        let other = try Laptop("B", role: .lead)
        _ = try EngagementExchange.take(file(""), into: Laptop.scope, of: other.device)
        let id = try answer(other).id
        try other.device.capture(in: Laptop.scope) { _, replica in
            var editing = RecordEditing(record: id, type: Catalogue.answer, state: replica.record(id)) { .zero }
            let members = [Value.Member(1, .int(1)), Value.Member(2, .int(3)), Value.Member(3, .int(2)), Value.Member(4, .text("ledger 6410"))]
            if let response = Catalogue.answer.field(key: "response") { editing.set(response, .group(members)) }
            return editing.edits
        }
        #expect(try EngagementExchange.take(before, into: Laptop.scope, of: other.device).edits == 0)
        #expect(try AnswerReference.text(of: answer(other)) == "ledger 6410" && answer(other).text("reference") == nil)
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
