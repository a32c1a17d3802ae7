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

    private func merge(_ laptop: Laptop, _ kept: String, _ gone: String) throws {
        _ = try laptop.device.capture(in: Laptop.scope) { try $0.merging(try $0.finder.record(kept), try $0.finder.record(gone), rest: .gone) }
    }

    @Test func `a redaction leaves its words in no record that was merged with its own, whichever of them is named`() throws {
        for namesGone in [true, false] {
            let (author, lead) = (try Laptop("A"), try Laptop("C", role: .lead))
            let kept = try author.add(Catalogue.person, "level=manager")
            let gone = try lead.add(Catalogue.person, "level=manager", "name=Jane Canary")
            try Laptop.exchange(author, lead)
            try merge(author, kept, gone)
            try Laptop.exchange(author, lead)
            #expect(try lead.record(kept).text("name") == "Jane Canary" && told(lead).contains("Canary"))
            let (named, other) = namesGone ? (gone, kept) : (kept, gone)
            let trial = try lead.device.capture(in: Laptop.scope, isTrial: true) { try $0.redacting(try $0.finder.record(named), field: "name", reason: "asked for") }
            #expect(trial.loss == RecordCapture.Loss.values(2, label: "name", others: [other]))
            try redact(lead, named, "name")
            try Laptop.exchange(lead, author)
            for laptop in [author, lead] {
                #expect(try !told(laptop).contains("Canary"))
                for name in [kept, gone] { #expect(try laptop.record(name).isWithheld("name")) }
            }
        }
    }

    @Test func `after a merge was taken back a redaction reaches what had been taken over from its record, and spares what the other says itself`() throws {
        let lead = try Laptop("C", role: .lead)
        let kept = try lead.add(Catalogue.person, "level=manager", "name=Kim Keeper")
        let gone = try lead.add(Catalogue.person, "level=manager", "name=Jane Canary")
        try merge(lead, kept, gone)
        _ = try lead.device.capture(in: Laptop.scope) { try $0.unmerging(try $0.finder.record(gone)) }
        try Laptop.exchange(lead)
        #expect(try lead.record(kept).text("name") == "Kim Keeper" && lead.record(gone).text("name") == "Jane Canary")
        try redact(lead, gone, "name")
        try Laptop.exchange(lead)
        #expect(try !told(lead).contains("Canary"))
        #expect(try lead.record(gone).isWithheld("name") && lead.record(kept).text("name") == "Kim Keeper")
    }
}
