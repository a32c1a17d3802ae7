import SeamarkClient
import SeamarkJournal
import SeamarkModel
import Testing

struct RedactionTests {
    private func redact(_ laptop: Laptop, _ name: String, _ field: String) throws {
        _ = try laptop.device.capture(in: Laptop.scope) { try $0.redacting(try $0.finder.record(name), field: field, reason: "names a customer") }
    }

    /// Everything that the history of the scope tells on a laptop.
    private func told(_ laptop: Laptop) throws -> String { "\(History(of: nil, in: try laptop.finder.replica).steps)" }

    @Test func `a lead redacts a note and its author rewords it: the redacted words are gone, the new ones stay`() throws {
        for leadFirst in [true, false] {
            let (author, lead) = (try Laptop("A"), try Laptop("C", role: .lead))
            let note = try author.add(Catalogue.observation, "text=a canary of a customer's name")
            try Laptop.exchange(author, lead)
            try redact(lead, note, "text")
            #expect(try lead.record(note).isWithheld("text"), "hidden at once where it was done")
            #expect(try !told(lead).contains("canary") && told(author).contains("canary"))
            try author.set(note, "text=other words")
            if leadFirst { try Laptop.exchange(lead, author) } else { try Laptop.exchange(author, lead) }
            for laptop in [author, lead] {
                #expect(try laptop.record(note).text("text") == "other words")
                #expect(try !told(laptop).contains("canary"))
                #expect(try laptop.finder.conflicts.isEmpty)
            }
        }
    }

    @Test func `a redaction is a lead's, names what is sensitive and there, and is never taken back`() throws {
        let (author, lead) = (try Laptop("A"), try Laptop("C", role: .lead))
        let note = try author.add(Catalogue.observation, "text=some words", "place=Bay 9")
        try Laptop.exchange(author, lead)
        #expect(throws: Device.Refused.self) { try redact(author, note, "text") }
        #expect(throws: RecordCapture.Failure.notSensitive("place", fields: ["text"])) { try redact(lead, note, "place") }
        try redact(lead, note, "text")
        #expect(throws: RecordCapture.Failure.nothingToRedact("what was seen")) { try redact(lead, note, "text") }
        let act = try #require(try lead.finder.all.first { $0.type === Catalogue.redaction })
        let name = try #require(act.handle)
        #expect(throws: Device.Refused.self) { try lead.delete(name) }
        #expect(throws: Device.Refused.self) { try lead.set(name, "reason=another") }
    }
}
