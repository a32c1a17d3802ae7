import SeamarkClient
import SeamarkJournal
import SeamarkModel
import Testing

@testable import SeamarkCommand

/// Questionnaires on devices: taken over, answered, retired, exchanged.
@Suite struct FormCaptureTests {
    private static let text = """
        | survey |
        | | type | name | label | required | relevant | constraint | constraint_message |
        | | select_one yesno | covered | Is it covered? | yes | | | |
        | | integer | people | How many? | yes | ${covered} = 'yes' | . > 0 | More than none, not ${people} |
        | | text | said | What did they say? | | | | |
        | choices |
        | | list_name | name | label |
        | | yesno | yes | Yes |
        | | yesno | no | No |
        | settings |
        | | form_title | form_id |
        | | Shift check | shift |
        """

    private static func form(_ text: String = text) throws -> Questionnaire { try Questionnaire(file: Array(text.utf8), format: .markdown, name: "form") { _, _ in nil } }

    private static func answer(_ laptop: Laptop, _ interview: String, _ questionnaire: String = "shift", _ answers: (String, FormAnswer?)...) throws {
        try laptop.device.answer(questionnaire, of: interview, in: Laptop.scope, clock: .day(20_000)) { _, _ in answers.map { ($0.0, $0.1) } }
    }

    @Test func `a form becomes a questionnaire, the same once, a changed one its next edition`() throws {
        let lead = try Laptop("L", role: .lead)
        func add(_ text: String) throws -> RecordCapture.Result { try lead.device.capture(in: Laptop.scope) { try $0.adding(try Self.form(text)) } }
        #expect(try add(Self.text).name == "QN-L001")
        #expect(try add(Self.text).edits.isEmpty)
        #expect(try add(Self.text.replacing("How many?", with: "How many people?")).name == "QN-L002")
        #expect(try lead.finder.questionnaires.map(\.reference) == ["shift@1", "shift@2"])
        #expect(try lead.finder.questionnaire("shift").handle == "QN-L002" && lead.finder.questionnaire("shift@1").handle == "QN-L001")
        // A consultant takes none over.
        let consultant = try Laptop("A")
        #expect(throws: Device.Refused.self) { try consultant.device.capture(in: Laptop.scope) { try $0.adding(try Self.form()) } }
        let long = Self.text.replacing("How many?", with: String(repeating: "How many? ", count: 190))
        let rows = (0..<40).map { "| | note | n\($0) | \(String(repeating: "x", count: 1900)) | | | | |\n" }.joined()
        #expect(throws: RecordCapture.Failure.self) { try add(long.replacing("| choices |", with: rows + "| choices |")) }
    }

    @Test func `answers are typed, stored all or none, found by their parts, and those of two scorers stand side by side after they met`() throws {
        let lead = try Laptop("L", role: .lead), ann = try Laptop("A"), ben = try Laptop("B")
        _ = try lead.device.capture(in: Laptop.scope) { try $0.adding(try Self.form()) }
        let interview = try lead.add(Catalogue.interview, "startedAt=now")
        try Laptop.exchange(lead, onlyReading: [ann, ben])
        try Self.answer(ann, interview, "shift", ("covered", .choices(["yes"])), ("people", .integer(11)), ("said", .text("canary")))
        try Self.answer(ben, interview, "QN-L001", ("covered", .choices(["no"])))
        #expect(throws: FormCaptureFailure.self) { try Self.answer(ben, interview, "shift", ("said", .text("x")), ("people", .integer(3))) }
        #expect(throws: FormCaptureFailure.self) { try Self.answer(ann, interview, "shift", ("people", .integer(0))) }
        try Laptop.exchange(lead, ann, ben)
        for laptop in [lead, ann, ben] {
            let records = try laptop.finder.formAnswers(laptop.finder.questionnaire("shift").record, in: laptop.record(interview).id)
            #expect(records.count == 4 && records.allSatisfy { $0.record.conflicts.isEmpty })
        }
        #expect(try ann.record("\(interview)/QN-L001/people").group("response")?.integer("integer") == 11)
        let hers = try ann.record("\(interview)/QN-L001/people").id
        #expect(try ben.record(hers.description).reference("scorer") == ann.member && ben.finder.name(of: hers).hasPrefix("\(interview)/QN-L001/people/"))
        #expect(try ann.finder.name(of: ann.record("\(interview)/QN-L001/people").id) == "\(interview)/QN-L001/people")
        #expect(throws: Device.Refused.self, "an answer is its author's") { try ben.set(hers.description, "response.integer=3") }
        try Self.answer(ann, interview, "shift", ("people", nil))
        let talk = try #require(try ann.finder.formInterview(ann.finder.questionnaire("shift"), in: ann.record(interview).id, clock: .day(20_000)))
        #expect(talk.answers.count == 2 && talk.missing.map(\.name) == ["people"])
    }

    @Test func `retiring a questionnaire destroys nothing: what was begun is finished, and nothing is begun`() throws {
        let lead = try Laptop("L", role: .lead)
        _ = try lead.device.capture(in: Laptop.scope) { try $0.adding(try Self.form()) }
        let begun = try lead.add(Catalogue.interview, "startedAt=now"), new = try lead.add(Catalogue.interview, "startedAt=now")
        try Self.answer(lead, begun, "shift", ("covered", .choices(["no"])))
        func state(_ text: String) throws {
            _ = try lead.device.capture(in: Laptop.scope) { try $0.changing(try $0.finder.questionnaire("shift").view, [Assignment(key: "state", text: text)]) }
        }
        try state("retired")
        #expect(throws: FormCaptureFailure.self) { try Self.answer(lead, new, "shift", ("covered", .choices(["no"]))) }
        try Self.answer(lead, begun, "shift", ("said", .text("still")))
        #expect(try lead.finder.formAnswers(lead.finder.questionnaire("shift").record, in: lead.record(begun).id).count == 2)
        try state("open")
        try Self.answer(lead, new, "shift", ("covered", .choices(["no"])))
    }

    @Test func `nothing is captured of an interview that was finalised, or of somebody who withdrew consent`() throws {
        let lead = try Laptop("L", role: .lead)
        _ = try lead.device.capture(in: Laptop.scope) { try $0.adding(try Self.form()) }
        let person = try lead.add(Catalogue.person, "level=manager", "consent.state=given", "consent.method=written")
        let interview = try lead.add(Catalogue.interview, "persons=\(person)", "startedAt=2026-03-02T09:00:00Z", "endedAt=2026-03-02T10:00:00Z")
        try Self.answer(lead, interview, "shift", ("covered", .choices(["no"])))
        try lead.set(interview, "status=finalised")
        #expect(throws: Device.Refused.self) { try Self.answer(lead, interview, "shift", ("covered", .choices(["yes"]))) }
        try lead.set(interview, "status=draft")
        try lead.set(person, "consent.state=withdrawn")
        #expect(throws: Device.Refused.self) { try Self.answer(lead, interview, "shift", ("said", .text("canary"))) }
        #expect(try lead.finder.concealed.count { $0.type === Catalogue.formAnswer } == 1)
        // A check of theirs is refused like a quote; one of somebody else's is taken.
        let other = try lead.add(Catalogue.person, "level=manager", "consent.state=given", "consent.method=written")
        func check(_ named: String, _ number: UInt64) throws {
            let named = try lead.record(named).id
            var editing = RecordEditing(record: Identifier(high: 99, low: number), type: Catalogue.quickCheck, state: nil) { Identifier(high: 7, low: 7) }
            editing.create(at: 1_800_000_000_000, handle: "QC-L00\(number)")
            let values: [(String, Value)] = [
                ("subject", .text("receiving")), ("date", .int(20_000)), ("boxes", .list([Value](repeating: .bool(true), count: 25))), ("person", .id(named)), ("note", .text("canary")),
            ]
            for (key, value) in values { if let field = Catalogue.quickCheck.field(key: key) { editing.set(field, value) } }
            let edits = editing.edits
            try lead.device.capture(in: Laptop.scope) { _, _ in edits }
        }
        try check(other, 1)
        #expect {
            try check(person, 2)
        } throws: { error in
            guard case .consentWithdrawn(_)? = error as? Device.Refused else { return false }
            return true
        }
    }

    @Test func `after a merge the answers of both interviews are the surviving one's, changed and taken away there`() throws {
        let lead = try Laptop("L", role: .lead)
        _ = try lead.device.capture(in: Laptop.scope) { try $0.adding(try Self.form()) }
        let kept = try lead.add(Catalogue.interview, "startedAt=2026-03-02T09:00:00Z"), gone = try lead.add(Catalogue.interview, "startedAt=2026-03-02T09:00:00Z")
        let name = try lead.add(Catalogue.person, "level=manager"), person = try lead.record(name).id
        let given: [(String, FormAnswer?)] = [("covered", .choices(["yes"])), ("people", .integer(11)), ("said", .text("canary"))]
        try lead.device.answer("shift", of: gone, in: Laptop.scope, person: name, clock: .day(20_000)) { _, _ in given.map { ($0.0, $0.1) } }
        _ = try lead.device.capture(in: Laptop.scope) { try $0.merging(try $0.finder.record(kept), try $0.finder.record(gone), takings: [:], rest: .keep) }
        func talk(_ interview: String) throws -> FormInterview {
            try #require(try lead.finder.formInterview(lead.finder.questionnaire("shift"), in: lead.record(interview).id, clock: .day(20_000)))
        }
        let said: [String: FormAnswer] = ["covered": .choices(["yes"]), "people": .integer(11), "said": .text("canary")]
        for interview in [kept, gone] { #expect(try talk(interview).answers == said && talk(interview).missing.isEmpty) }
        try Self.answer(lead, gone, "shift", ("people", .integer(12)))
        #expect(try lead.finder.formAnswers.count == 3 && talk(kept).answers["people"] == .integer(12))
        #expect(try lead.record("\(kept)/QN-L001/people").reference("person") == person, "who answered stays who it was")
        #expect(try lead.record("\(kept)/QN-L001/people").group("response")?.integer("integer") == 12, "it is noted in the interview that stands")
        try Self.answer(lead, kept, "shift", ("people", nil))
        #expect(try talk(kept).answers["people"] == nil && talk(gone).missing.map(\.name) == ["people"], "what was taken away stands as taken away")
        // What only the gone interview's row holds is taken away by a row of the surviving one, once.
        try Self.answer(lead, kept, "shift", ("said", nil))
        #expect(try talk(kept).answers == ["covered": .choices(["yes"])] && lead.finder.formAnswers.count == 3)
        #expect(try lead.record("\(kept)/QN-L001/said").reference("person") == person)
        try Self.answer(lead, kept, "shift", ("said", nil))
        _ = try lead.device.capture(in: Laptop.scope) { try $0.unmerging(try $0.finder.record(gone)) }
        #expect(try talk(gone).answers == said && talk(kept).answers.isEmpty, "the gone interview's rows were never written")
    }

    @Test func `answers to the former edition are carried over with a preview, once, and stay where they were`() throws {
        let lead = try Laptop("L", role: .lead)
        _ = try lead.device.capture(in: Laptop.scope) { try $0.adding(try Self.form()) }
        let interview = try lead.add(Catalogue.interview, "startedAt=now"), other = try lead.add(Catalogue.interview, "startedAt=now")
        try Self.answer(lead, interview, "shift", ("covered", .choices(["yes"])), ("people", .integer(11)), ("said", .text("canary")))
        _ = try lead.device.capture(in: Laptop.scope) { try $0.adding(try Self.form(Self.text.replacing("Is it covered?", with: "Covered?").replacing("| integer |", with: "| decimal |"))) }
        func carry(_ interview: String, from: String? = nil, isTrial: Bool = false) throws -> (from: String, to: String, carrying: FormCarrying) {
            try lead.device.carry(from: from, to: "shift", of: interview, in: Laptop.scope, clock: .day(20_000), isTrial: isTrial)
        }
        func count(_ edition: String) throws -> Int { try lead.finder.formAnswers(lead.finder.questionnaire(edition).record, in: lead.record(interview).id).count }
        let preview = try carry(interview, isTrial: true)
        #expect(preview.from == "shift@1" && preview.to == "shift@2")
        #expect(preview.carrying.rows.map(\.question) == ["covered", "people", "said"])
        #expect(preview.carrying.rows.map(\.fate) == [.carried(.choices(["yes"])), .asksOtherwise, .carried(.text("canary"))])
        #expect(try count("shift@2") == 0, "a preview stores nothing")
        #expect(try carry(interview, from: "shift@1").carrying.carried.count == 2)
        #expect(try count("shift@2") == 2 && count("shift@1") == 3)
        #expect(try carry(interview).carrying.rows.map(\.fate) == [.answered, .asksOtherwise, .answered])
        #expect(try count("shift@2") == 2)
        #expect(throws: FormCaptureFailure.self, "nothing was answered before") { try carry(other) }
        #expect(throws: FormCaptureFailure.self, "an edition is not its own former one") { try carry(interview, from: "shift@2") }
    }

    @Test(arguments: [
        (1_773_700_000_000, 0, 20_528), (1_773_700_000_000, 14 * 3600, 20_529), (1_773_700_000_000, -12 * 3600, 20_528), (1_773_700_000_000, -14 * 3600, 20_528), (86_399_999, 0, 0), (86_399_999, 3600, 1), (0, -3600, -1),
        (-86_400_000, 0, -1), (-86_400_001, 0, -2),
    ] as [(Int64, Int, Int64)])
    func `today is the day where the laptop is`(_ time: Int64, _ seconds: Int, _ day: Int64) {
        #expect(FormClock(milliseconds: time, secondsFromUTC: seconds).today == day)
    }
}
