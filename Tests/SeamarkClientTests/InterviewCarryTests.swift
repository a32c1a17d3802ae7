import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import SeamarkTestSupport
import Testing

/// Drafts on devices that go on under a later edition of their instrument.
@Suite struct InterviewCarryTests {
    private static let first = Instrument.core9.json.compact

    /// LB1 has other words, LB2 is another question that says it is comparable, LB3 is gone; the rest is asked as before.
    static let second: Instrument = {
        let text = first.replacing(#""edition":1"#, with: #""edition":2"#).replacing("In the last two weeks, what waited", with: "In the last month, what waited")
            .replacing(#"{"id":"LB2","#, with: #"{"id":"LB2a","comparable":{"1":"LB2"},"#).replacing(#"{"id":"LB3","#, with: #"{"id":"LB3x","#)
        do { return try Instrument(document: text) } catch { preconditionFailure("\(error)") }
    }()

    private static func publish(_ instrument: Instrument, to laptops: [Laptop]) throws {
        for laptop in laptops {
            try laptop.device.store.transaction { transaction in
                let id = DerivedIdentifiers.instrument(key: instrument.key, edition: instrument.edition, by: SystemPrimitives())
                var editing = RecordEditing(record: id, type: Catalogue.instrument, state: nil) { Identifier(high: 7, low: 7) }
                editing.create(at: 1_800_000_000_000, handle: "I-" + instrument.reference)
                for (key, value) in [("key", Value.text(instrument.key)), ("edition", .int(Int64(instrument.edition))), ("document", .text(instrument.json.compact))] {
                    if let field = Catalogue.instrument.field(key: key) { editing.set(field, value) }
                }
                let change = Change(
                    scope: Laptop.shared, stamp: Stamp(time: 1_800_000_000_000 + Int64(instrument.edition), device: transaction.state.identity.device), member: laptop.member,
                    schema: Catalogue.version, edits: editing.edits, primitives: SystemPrimitives())
                try transaction.append(.replica(Laptop.shared, .captured(change)))
            }
        }
    }

    private static func score(_ laptop: Laptop, _ interview: String, _ question: String, _ score: Int, _ more: String...) throws {
        let words = ["interview=\(interview)", "question=\(question)", "response.score=\(score)", "response.grade=D"] + more
        let assignments = try words.map { try Assignment($0) }
        _ = try laptop.device.capture(in: Laptop.scope) { try $0.adding(Catalogue.answer, assignments) }
    }

    private static func carry(_ laptop: Laptop, _ interview: String, to edition: String? = nil, isTrial: Bool = false) throws -> CarriedInterview {
        try laptop.device.carry(draft: interview, to: edition, in: Laptop.scope, isTrial: isTrial)
    }

    /// Rows of answers that are there: interview, question, scorer, score and origin.
    private static func rows(_ laptop: Laptop) throws -> [String] {
        let finder = try laptop.finder
        return finder.all.filter { $0.type === Catalogue.answer && !$0.isDeleted }.map { row in
            let response = row.group("response"), interview = row.reference("interview").map { finder.name(of: $0) } ?? ""
            return "\(interview) \(row.text("question") ?? "") \(row.reference("scorer") == laptop.member ? "own" : "other") \(response?.integer("score") ?? -1) \(response?.text("carriedFrom") ?? "-")"
        }.sorted()
    }

    private static func digest(_ laptop: Laptop) throws -> ScopeDigest? { try laptop.device.state.replicas[Laptop.scope]?.confirmed.digest }

    @Test(arguments: [false, true])
    func `two scorers carry one draft offline: one interview, a row each, every answer names its origin, and nothing of before is touched`(annFirst: Bool) throws {
        let lead = try Laptop("L", role: .lead), ann = try Laptop("A"), ben = try Laptop("B")
        try Self.publish(Self.second, to: [lead, ann, ben])
        let person = try lead.add(Catalogue.person, "level=manager")
        let draft = try lead.add(Catalogue.interview, "persons=\(person)", "startedAt=2026-03-02T09:00:00Z", "mode=onSite", "attribution=roleOk")
        try Laptop.exchange(lead, onlyReading: [ann, ben])
        for (question, score) in [("LB1", 1), ("LB2", 2), ("LB3", 3), ("LB4", 4)] { try Self.score(ann, draft, question, score, "rationale=canary \(question)", "reference=ledger \(question)", "person=\(person)") }
        try Self.score(ben, draft, "LB4", 0)
        try Laptop.exchange(ann, ben, onlyReading: [lead])
        let before = try Self.rows(ann)
        let preview = try Self.carry(ann, draft, isTrial: true)
        #expect(preview.from == "core-9@1" && preview.to == "core-9@2" && preview.into == "IV-L001.2" && preview.others == 1)
        #expect(preview.rows.map(\.fate.fate) == [.asksOtherwise, .mapped(to: "LB2a"), .gone, .same] && preview.rows.map(\.fate.question) == ["LB1", "LB2", "LB3", "LB4"])
        #expect(try Self.rows(ann) == before && ann.finder.replica.unsentCount == 0, "a preview stores nothing")
        #expect(try Self.carry(ann, draft).carried.count == 2)
        #expect(try Self.carry(ben, draft, to: "core-9@2").carried.count == 1)
        try annFirst ? Laptop.exchange(ann, ben, onlyReading: [lead]) : Laptop.exchange(ben, ann, onlyReading: [lead])
        let digest = try Self.digest(ann)
        for laptop in [lead, ann, ben] {
            #expect(try Self.digest(laptop) == digest)
            let carried = try laptop.finder.all.filter { $0.type === Catalogue.interview && $0.text("instrument") == "core-9@2" }
            #expect(carried.count == 1 && carried.allSatisfy { $0.handle == "IV-L001.2" && $0.references("persons").count == 1 && $0.choice("attribution") == "roleOk" && $0.choice("mode") == "onSite" })
            #expect(try carried.first?.reference("carriedFrom") == laptop.record(draft).id)
            #expect(try laptop.finder.all.allSatisfy { $0.conflicts.isEmpty })
        }
        #expect(try Self.rows(ann) == (before + ["IV-L001.2 LB2a own 2 LB2", "IV-L001.2 LB4 own 4 LB4", "IV-L001.2 LB4 other 0 LB4"]).sorted())
        #expect(try ann.record("IV-L001.2/LB2a").text("rationale") == "canary LB2" && ann.record("IV-L001.2/LB2a").reference("person") == ann.record(person).id)
        #expect(try ann.record("IV-L001.2/LB2a").text("reference") == "ledger LB2" && ann.record("IV-L001.2/LB2a").group("response")?.text("reference") == nil)
        // Once is enough, for everybody.
        for laptop in [ann, ben] {
            let again = try Self.carry(laptop, draft)
            #expect(again.carried.isEmpty && !again.isNew)
            #expect(try laptop.finder.replica.unsentCount == 0)
        }
    }

    @Test func `what was answered there, or taken away there, stays so; what is answered to the draft later follows`() throws {
        let lead = try Laptop("L", role: .lead)
        try Self.publish(Self.second, to: [lead])
        let draft = try lead.add(Catalogue.interview, "startedAt=now", "attribution=roleOk")
        for question in ["LB2", "LB4", "LB5"] { try Self.score(lead, draft, question, 3) }
        _ = try Self.carry(lead, draft)
        try lead.set("\(draft).2/LB4", "response.score=1")
        try lead.delete("\(draft).2/LB5")
        try Self.score(lead, draft, "LB6", 2)
        let person = try lead.add(Catalogue.person, "level=manager")
        try lead.set(draft, "attribution=teamOnly", "persons+=\(person)")
        let again = try Self.carry(lead, draft)
        #expect(again.rows.map(\.fate.fate) == [.answered("LB2a"), .answered("LB4"), .takenAway("LB5"), .same])
        #expect(try lead.record("\(draft).2/LB4").group("response")?.integer("score") == 1 && lead.record("\(draft).2/LB5").isDeleted)
        #expect(try lead.record("\(draft).2").choice("attribution") == "teamOnly" && lead.record("\(draft).2").references("persons") == [lead.record(person).id])
        // A later edition goes on with what goes on.
        let third = try Instrument(document: Self.second.json.compact.replacing(#""edition":2"#, with: #""edition":3"#))
        try Self.publish(third, to: [lead])
        let next = try Self.carry(lead, "\(draft).2")
        #expect(next.into == "\(draft).3" && next.from == "core-9@2" && next.carried.map(\.fate.question) == ["LB2a", "LB4", "LB6"], "\(next.rows)")
    }

    @Test func `a draft alone moves, forward alone, and not what somebody said who withdrew consent`() throws {
        let lead = try Laptop("L", role: .lead), analyst = try Laptop("Y", role: .analyst)
        let draft = try lead.add(Catalogue.interview, "startedAt=now"), person = try lead.add(Catalogue.person, "level=manager", "consent.state=given", "consent.method=written")
        try Self.score(lead, draft, "LB4", 1)
        func refusal(_ interview: String, to edition: String? = nil) throws -> InterviewCarryFailure? {
            let before = try Self.rows(lead)
            for isTrial in [true, false] {
                do { _ = try Self.carry(lead, interview, to: edition, isTrial: isTrial) } catch let error as InterviewCarryFailure {
                    #expect(try Self.rows(lead) == before && error.words.hasSuffix("Nothing was stored."))
                    if !isTrial { return error }
                }
            }
            return nil
        }
        guard case .nothingLater("core-9@1")? = try refusal(draft) else { Issue.record("nothing later is published"); return }
        try Self.publish(Self.second, to: [lead, analyst])
        guard case .notPublished("core-9@7", _)? = try refusal(draft, to: "core-9@7") else { Issue.record("no such edition"); return }
        guard case .notLater("core-9@1", _)? = try refusal(draft, to: "core-9@1") else { Issue.record("no later edition"); return }
        let final = try lead.add(Catalogue.interview, "persons=\(person)", "startedAt=2026-03-02T09:00:00Z", "endedAt=2026-03-02T10:00:00Z")
        try Self.score(lead, final, "LB4", 1)
        try lead.set(final, "status=finalised")
        guard case .isFinal? = try refusal(final) else { Issue.record("it is finalised"); return }
        let gone = try lead.add(Catalogue.interview, "startedAt=now")
        try lead.delete(gone)
        guard case .isDeleted? = try refusal(gone) else { Issue.record("it was deleted"); return }
        let withdrawn = try lead.add(Catalogue.interview, "persons=\(person)", "startedAt=now")
        try lead.set(person, "consent.state=withdrawn")
        guard case .consentWithdrawn? = try refusal(withdrawn) else { Issue.record("somebody withdrew"); return }
        // An analyst reads, and makes no interview; who goes on with a deleted one brings it back first.
        try Laptop.exchange(lead, onlyReading: [analyst])
        #expect(throws: Device.Refused.self) { try Self.carry(analyst, draft) }
        _ = try Self.carry(lead, draft)
        try lead.delete("\(draft).2")
        guard case .isDeleted? = try refusal(draft) else { Issue.record("what goes on was deleted"); return }
    }

    @Test func `a rationale that was redacted stays behind, and rows of merged interviews are carried once`() throws {
        let lead = try Laptop("L", role: .lead)
        try Self.publish(Self.second, to: [lead])
        let kept = try lead.add(Catalogue.interview, "startedAt=2026-03-02T09:00:00Z"), gone = try lead.add(Catalogue.interview, "startedAt=2026-03-02T09:00:00Z")
        try Self.score(lead, kept, "LB4", 1, "rationale=canary")
        try Self.score(lead, gone, "LB4", 2)
        try Self.score(lead, gone, "LB5", 3)
        try Laptop.exchange(lead)
        _ = try lead.device.capture(in: Laptop.scope) { try $0.redacting(try $0.finder.record("\(kept)/LB4"), field: "rationale", reason: "names a customer") }
        _ = try lead.device.capture(in: Laptop.scope) { try $0.merging(try $0.finder.record(kept), try $0.finder.record(gone), takings: [:], rest: .keep) }
        let done = try Self.carry(lead, gone)
        #expect(done.draft == kept && done.into == "\(kept).2" && done.rows.map(\.lacksWords) == [true, false])
        let first = try lead.record("\(kept).2/LB4")
        #expect(first.group("response")?.integer("score") == 1 && first.text("rationale") == nil, "the interview that stands goes first")
        #expect(try lead.record("\(kept).2/LB5").group("response")?.text("carriedFrom") == "LB5")
    }
}
