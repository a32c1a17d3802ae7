import SeamarkJournal
@testable import SeamarkModel
import SeamarkTestSupport
import Testing

/// Questionnaires of one's own inside a guided interview: what holds whatever is pressed or typed, from seeds, and what is drawn and said.
@Suite struct InterviewFormTests {
    private static let text = """
        | survey |
        | | type | name | label | hint | required | required_message | relevant | constraint | constraint_message |
        | | begin group | works | The works | | | | | | |
        | | select_one yesno | covered | Is the shift covered? | Ask whoever is there. | yes | Somebody knows. | | | |
        | | integer | people | How many people? | | yes | | ${covered} = 'yes' | . > 0 and . <= 500 | Between 1 and 500 |
        | | end group | | | | | | | | |
        | | select_multiple late | why | Why was it late? | | | | | | |
        | | note | thanks | So ${people} people. | | | | | | |
        | | text | said | What did they say? | | | | | | |
        | | note | end | Say goodbye. | | | | | | |
        | choices |
        | | list_name | name | label |
        | | yesno | yes | Yes |
        | | yesno | no | No |
        | | late | parts | Parts |
        | | late | staff | Staff |
        | settings |
        | | form_title | form_id | version |
        | | Shift check | shift-check | 3 |
        """
    private static let other = "| survey |\n| | type | name | label |\n| | date | since | Since when? |\n| | decimal | share | Which share? |\n| settings |\n| | form_id |\n| | other |\n"

    private func desk() throws -> PaperDesk {
        var desk = PaperDesk()
        desk.questionnaires = [try FormRecordTests.read(Self.text), try FormRecordTests.read(Self.other)]
        return desk
    }

    private func begin(_ desk: PaperDesk) -> GuidedInterview { GuidedInterview(InterviewScreenTests.wide, desk.records) }

    private func sit(_ seed: UInt64, events: Int = 60, _ look: (inout PaperDesk, inout GuidedInterview) -> Void) throws {
        var desk = try desk()
        var interview = begin(desk)
        var fingers = Fingers(seed)
        for _ in 0..<events {
            guard desk.carryOut(fingers.event(seed % 2 == 0), &interview) == nil else { return }
            look(&desk, &interview)
        }
    }

    @Test(arguments: UInt64(0)..<80)
    func `after every event the sitting knows what the records say, a new one stands at the same place, and what is asked is what the form asks`(seed: UInt64) throws {
        try sit(seed) { desk, interview in
            #expect(interview.records.forms == desk.records.forms)
            let next = begin(desk)
            #expect(next.place == interview.place)
            #expect(next.openSpots == interview.openSpots && next.progress == interview.progress)
            if let spot = interview.spot { #expect(interview.form(spot)?.talk.isAsked(spot.name) == true) }
            let draft = interview.draft
            #expect(InterviewDraft(draft.value) == draft)
            let resumed = GuidedInterview(InterviewScreenTests.wide, desk.records, draft: InterviewDraft(draft.value))
            #expect(resumed.draft == draft && resumed.place == interview.place)
            if case .text(.own) = interview.prompt, interview.draft.texts.last?.stage != .aside, !draft.isEmpty { #expect(resumed.prompt == interview.prompt && resumed.entry == interview.entry) }
            #expect(desk.misjudged == 0)
            for form in desk.records.forms {
                var talk = FormInterview(form.talk.questionnaire, clock: .day(20_000))
                // In the form's order every answer that is asked stands its rules.
                for item in form.asked { if let answer = form.talk.answers[item.name] { #expect(throws: Never.self) { try talk.answer(item.name, answer, language: "default") } } }
            }
        }
    }

    @Test(arguments: UInt64(0)..<80)
    func `a sitting that is cut off at any step has stored all or nothing of it`(seed: UInt64) throws {
        for cut in 0...1 {
            try sit(seed, events: 30) { desk, interview in
                var (other, cutDesk) = (interview, desk)
                var fingers = Fingers(seed &+ 7 &+ UInt64(desk.rows.count))
                let event = fingers.event(seed % 2 == 0)
                let before = desk.shown
                _ = cutDesk.carryOut(event, &other, cut: cut)
                var (whole, wholeDesk) = (interview, desk)
                _ = wholeDesk.carryOut(event, &whole)
                #expect(cut == 0 ? cutDesk.shown == before : cutDesk.shown == before || cutDesk.shown == wholeDesk.shown)
                if cutDesk.bookmark == wholeDesk.bookmark, cutDesk.shown == wholeDesk.shown { #expect(begin(cutDesk).place == whole.place) }
            }
        }
    }

    @Test(arguments: UInt64(0)..<80)
    func `undoing everything leaves what stood there before, and doing it again brings all of it back`(seed: UInt64) throws {
        var desk = try desk()
        var fingers = Fingers(seed)
        var first = begin(desk)
        for _ in 0..<20 { if desk.carryOut(fingers.event(false), &first) != nil { break } }
        let before = desk.shown
        var interview = begin(desk)
        for _ in 0..<40 { if desk.carryOut(fingers.event(true), &interview) != nil { return } }
        _ = desk.carryOut(.line("t a last note"), &interview)
        if interview.prompt != .question { return }
        let after = desk.shown
        var count = 0
        while interview.canUndo, count < 100 {
            _ = desk.carryOut(.line("undo"), &interview)
            #expect(begin(desk).place == interview.place)
            count += 1
        }
        #expect(desk.shown == before)
        for _ in 0..<count { _ = desk.carryOut(.line("redo"), &interview) }
        #expect(desk.shown == after)
    }

    @Test(arguments: UInt64(0)..<60)
    func `undo never takes back an answer that somebody changed since`(seed: UInt64) throws {
        var desk = try desk()
        var interview = begin(desk)
        for line in ["k", "1", "12", "1 2", "a They phone."] { _ = desk.carryOut(.line(line), &interview) }
        var fingers = Fingers(seed)
        guard let subject = desk.rows.keys.sorted(by: { "\($0)" < "\($1)" }).randomElement(using: &fingers.dice) else { return }
        desk.meddle(subject)
        let theirs = (desk.rows[subject]?.heads, desk.rows[subject]?.form?.answer)
        for _ in 0..<9 { _ = desk.carryOut(.line("undo"), &interview) }
        #expect(!interview.canUndo && desk.rows[subject]?.heads == theirs.0 && desk.rows[subject]?.form?.answer == theirs.1)
    }

    @Test func `behind the instrument's questions those of questionnaires follow, as their rules say`() throws {
        var desk = try desk()
        var interview = begin(desk)
        #expect(interview.progress == (0, 6) && interview.question?.id == "Q1")
        _ = desk.carryOut(.key(.character("3")), &interview)
        let form = PaperDesk.form(0)
        func given(_ name: String) -> FormAnswer? { desk.given(form)[name]?.answer }
        #expect(interview.place == .form(FormSpot(form: form, name: "covered")))
        // What scores elsewhere does nothing here; one of a few choices is one key.
        _ = desk.carryOut(.key(.character("d")), &interview)
        #expect(interview.isDeclined)
        _ = desk.carryOut(.key(.character("3")), &interview)
        #expect(interview.isDeclined && given("covered") == nil)
        _ = desk.carryOut(.key(.character("1")), &interview)
        #expect(given("covered") == .choices(["yes"]) && interview.progress == (2, 7) && interview.spot?.name == "people")
        // Another person knows nothing of it before it was stored.
        for key: InterviewKey in [.character("9"), .character("0"), .character("0")] { _ = desk.carryOut(.key(key), &interview) }
        #expect(interview.entry.text == "900" && given("people") == nil)
        _ = desk.carryOut(.key(.enter), &interview)
        #expect(interview.notice == "Between 1 and 500" && interview.entry.text == "900" && given("people") == nil)
        for key: InterviewKey in [.backspace, .enter] { _ = desk.carryOut(.key(key), &interview) }
        #expect(given("people") == .integer(90) && interview.spot?.name == "why")
        for line in ["1 2", "a They phone every morning.", "a today", "0.25"] { _ = desk.carryOut(.line(line), &interview) }
        #expect(given("why") == .choices(["parts", "staff"]) && given("said") == .text("They phone every morning."))
        #expect(desk.given(PaperDesk.form(1)).mapValues(\.answer) == ["since": .date(20_000), "share": .decimal(0.25)])
        #expect(interview.place == .end && interview.openSpots.isEmpty)
        #expect(interview.endStatements.contains("Say goodbye."))

        // Found by its name, by the questionnaire's and by its words.
        for (line, name) in [("j people", "people"), ("j other", "since"), ("j shift-check@1/why", "why"), ("/ which share", "share")] {
            _ = desk.carryOut(.line(line), &interview)
            #expect(interview.spot?.name == name, "\(line)")
        }
        // What must be answered is not taken away; what is not asked any more is not counted, and is kept.
        _ = desk.carryOut(.line("j covered"), &interview)
        for line in ["a", "-"] { _ = desk.carryOut(.line(line), &interview) }
        #expect(interview.isDeclined && interview.notice == "Somebody knows." && given("covered") == .choices(["yes"]))
        _ = desk.carryOut(.line("2"), &interview)
        #expect(given("covered") == .choices(["no"]) && given("people") == .integer(90) && interview.progress == (6, 6))
        _ = desk.carryOut(.line("j people"), &interview)
        #expect(interview.isDeclined)
        // Taken away, it is open again.
        for line in ["j why", "a", "-"] { _ = desk.carryOut(.line(line), &interview) }
        #expect(given("why") == nil && interview.openSpots.map(\.name) == ["why"])
    }

    @Test func `what others store takes away a question that stands there, and the text waits`() throws {
        var desk = try desk()
        var interview = begin(desk)
        for line in ["k", "1"] { _ = desk.carryOut(.line(line), &interview) }
        for key: InterviewKey in [.enter, .character("7")] { _ = desk.carryOut(.key(key), &interview) }
        #expect(interview.spot?.name == "people" && interview.entry.text == "7")
        _ = desk.write(InterviewWrite(.formAnswer(FormSpot(form: PaperDesk.form(0), name: "covered"), .choices(["no"]))))
        _ = desk.carryOut(.looked(desk.records), &interview)
        #expect(interview.spot?.name == "why" && interview.prompt == .question && interview.draft.texts.map(\.text) == ["7"])
        // An answer that another program gave is not written over unseen.
        _ = desk.write(InterviewWrite(.formAnswer(FormSpot(form: PaperDesk.form(0), name: "why"), .choices(["parts"]))))
        _ = desk.carryOut(.line("2"), &interview)
        #expect(interview.isDeclined && desk.given(PaperDesk.form(0))["why"]?.answer == .choices(["parts"]))
    }

    @Test func `where nothing of before may be shown no questionnaire is asked, and that is said`() throws {
        var desk = try desk()
        var interview = begin(desk)
        for line in ["3", "1"] { _ = desk.carryOut(.line(line), &interview) }
        for key: InterviewKey in [.enter, .character("7")] { _ = desk.carryOut(.key(key), &interview) }
        var blind = desk.records
        (blind.forms, blind.isBlind, blind.hidesForms) = ([], true, true)
        _ = desk.carryOut(.looked(blind), &interview)
        #expect(interview.prompt == .question && interview.place == .end && interview.draft.texts.map(\.text) == ["7"])
        #expect(interview.endStatements.contains { $0.contains("until the next sync") })
        #expect(!interview.statements(now: 0).joined().contains("people"))
    }

    @Test func `of each questionnaire the edition that was begun is asked, else the newest that is not retired`() throws {
        var bench = Bench()
        let form = try FormRecordTests.read(Self.text)
        for (edition, state) in [(1, "retired"), (2, "open"), (3, "open"), (4, "retired")] {
            try bench.write(
                Identifier(high: 63, low: UInt64(edition)), Catalogue.questionnaire, handle: "QN\(edition)",
                [("formKey", form.key), ("edition", "\(edition)"), ("version", form.edition), ("title", form.title), ("document", form.document), ("state", state)], by: Bench.lea)
        }
        let all = HeldQuestionnaire.all(in: bench.views)
        func asked(_ begun: Int...) -> [String] {
            HeldQuestionnaire.asked(of: all, begun: Set(begun.map { Identifier(high: 63, low: UInt64($0)) })).map { "\($0.held.edition) \($0.successor ?? "")" }
        }
        #expect(asked() == ["3 "] && asked(1) == ["1 shift-check@3"] && asked(1, 2) == ["2 shift-check@3"] && asked(4) == ["4 "] && asked(3, 4) == ["4 "])
    }

    // MARK: - What is drawn and said

    @Test func `the screens of a question and the end of a questionnaire are those that were looked at`() throws {
        var desk = try desk()
        var interview = begin(desk)
        for line in ["k", "1", "12"] { _ = desk.carryOut(.line(line), &interview) }
        func drawn(_ width: Int, _ height: Int) -> String {
            interview.screen(width: width, height: height, now: 23 * 60_000).lines.map(\.text).map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
        }
        _ = desk.carryOut(.line("b"), &interview)
        _ = desk.carryOut(.line("b"), &interview)
        #expect(drawn(60, 18) == Self.covered)
        for line in ["j said", "a They phone.", "k", "k"] { _ = desk.carryOut(.line(line), &interview) }
        #expect(drawn(60, 12) == Self.end)
        _ = desk.carryOut(.line("j people"), &interview)
        #expect(interview.statements(now: 0).joined(separator: "\n") == Self.people)
    }

    private static let covered = """
        IV-A001  P-A001 planning manager, manager     2 of 7  23 min
        Shift check, shift-check@1, must be answered
        The works
        covered  Is the shift covered?
        Ask whoever is there.

        >1  Yes
         2  No

        Your answer: Yes






        1-9 answers  ? help  z stop  u undo  b back  k skip  t note
        r why  q quote  e evidence  j jump  / find  s seam
        """
    private static let end = """
        IV-A001  P-A001 planning manager, manager     3 of 7  23 min
        4 questions are still open:
        Q1, shift-check/why, other/since, other/share
        Say goodbye.
        f ends the interview, j jumps to a question, z stops.




        Skipped other/share; it stays open.
        0-4 d n x  ? help  z stop  u undo  b back  k skip  t note
        r why  q quote  e evidence  j jump  / find  s seam
        """
    private static let people = """
        3 of 7 answered, 0 min since the beginning.
        Question shift-check/people, 3 of 7. Shift check.
        The works
        How many people?
        must be answered.
        Your answer: 12.
        Answer with a and what they say, or with the number alone, several choices with blanks between them.
        """
}
