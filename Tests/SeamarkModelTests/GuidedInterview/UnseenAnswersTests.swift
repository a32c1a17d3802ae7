import SeamarkJournal
@testable import SeamarkModel
import Testing

/// What other programs write while a sitting goes on is written over only when it has been seen; and nothing is written into a finalised interview.
@Suite struct UnseenAnswersTests {
    private func sit() -> (PaperDesk, GuidedInterview) {
        let desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        interview.wasShown()
        return (desk, interview)
    }

    private static func content(_ desk: PaperDesk, _ question: String = "LB1") -> OwnAnswer.Content? { desk.records.answers[question]?.content }

    @Test(arguments: [InterviewKey.character("4"), .character("d"), .character("0")])
    func `a key does not write over an answer that was not there when the question was shown, and once told it does`(key: InterviewKey) {
        var (desk, interview) = sit()
        desk.score("LB1", 1)
        _ = desk.carryOut(.looked(desk.records), &interview)
        let theirs = Self.content(desk)
        _ = desk.carryOut(.key(key), &interview)
        #expect(interview.isDeclined && interview.notice.contains("1 minor, grade C") && interview.question?.id == "LB1", "\(interview.notice)")
        #expect(Self.content(desk) == theirs)
        _ = desk.carryOut(.key(key), &interview)
        #expect(!interview.isDeclined && Self.content(desk) != theirs)
    }

    @Test func `in line mode the question is said again with what stands there, and the reason of the line waits`() {
        var (desk, interview) = sit()
        _ = interview.statements(now: 0)
        desk.score("LB1", 1)
        _ = desk.carryOut(.looked(desk.records), &interview)
        _ = desk.carryOut(.line("4 they phone"), &interview)
        #expect(Self.content(desk)?.score == 1 && interview.statements(now: 0).contains("Your answer: 1 minor, grade C."))
        #expect(interview.draft.texts.map(\.text) == ["they phone"])
    }

    @Test func `shown before the key, it is an answer like any other`() {
        var (desk, interview) = sit()
        desk.score("LB1", 1)
        _ = desk.carryOut(.looked(desk.records), &interview)
        interview.wasShown()
        _ = desk.carryOut(.key(.character("4")), &interview)
        #expect(Self.content(desk)?.score == 4 && !interview.isDeclined)
    }

    @Test func `a grade and a rationale are about an answer that stands elsewhere, and heed it too`() {
        var (desk, interview) = sit()
        _ = desk.carryOut(.key(.character("3")), &interview)
        interview.wasShown()
        desk.score("LB1", 1)
        _ = desk.carryOut(.looked(desk.records), &interview)
        for key in ["e", "d"] { _ = desk.carryOut(.key(.character(Character(key))), &interview) }
        #expect(interview.isDeclined && Self.content(desk)?.grade == .c)
        _ = desk.carryOut(.key(.character("d")), &interview)
        #expect(Self.content(desk)?.grade == .d && Self.content(desk)?.score == 1)
        // A rationale goes to the score that stands, whoever gave it; over another rationale it does not go.
        _ = desk.carryOut(.key(.character("r")), &interview)
        _ = desk.carryOut(.key(.paste("They phone.", isCut: false)), &interview)
        desk.score("LB1", 2)
        _ = desk.carryOut(.looked(desk.records), &interview)
        _ = desk.carryOut(.key(.enter), &interview)
        #expect(Self.content(desk)?.rationale == "They phone." && Self.content(desk)?.score == 2)
        _ = desk.carryOut(.key(.character("r")), &interview)
        _ = desk.carryOut(.key(.paste(" Every morning.", isCut: false)), &interview)
        desk.meddle(.answer("LB1"))
        _ = desk.carryOut(.looked(desk.records), &interview)
        _ = desk.carryOut(.key(.enter), &interview)
        #expect(Self.content(desk)?.rationale == "theirs" && interview.isDeclined && interview.entry.text == "They phone. Every morning.")
    }

    @Test func `an answer to a questionnaire is not written over either`() throws {
        var desk = PaperDesk()
        desk.questionnaires = [try FormRecordTests.read("| survey |\n| | type | name | label |\n| | integer | people | How many? |\n| settings |\n| | form_id |\n| | shift |\n")]
        var interview = GuidedInterview(.core9, desk.records)
        _ = desk.carryOut(.line("j people"), &interview)
        interview.wasShown()
        let spot = FormSpot(form: PaperDesk.form(0), name: "people")
        _ = desk.write(InterviewWrite(.formAnswer(spot, .integer(3))))
        _ = desk.carryOut(.looked(desk.records), &interview)
        _ = desk.carryOut(.line("7"), &interview)
        #expect(desk.given(PaperDesk.form(0))["people"]?.answer == .integer(3) && interview.isDeclined && interview.notice.contains("people"), "\(interview.notice)")
        _ = desk.carryOut(.line("7"), &interview)
        #expect(desk.given(PaperDesk.form(0))["people"]?.answer == .integer(7))
    }

    @Test func `nothing is written into a finalised interview, nothing of it undone, and its clock stands`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        _ = desk.carryOut(.line("3"), &interview)
        _ = desk.carryOut(.line("t They phone."), &interview)
        let stood = desk.shown
        (desk.isFinal, desk.endedAt) = (true, 30 * 60_000)
        _ = desk.carryOut(.looked(desk.records), &interview)
        for line in ["4", "t more", "s A seam", "q words", "r", "U", "u", "f"] {
            #expect(desk.carryOut(.line(line), &interview) == nil)
            _ = desk.carryOut(.key(.escape), &interview)
        }
        #expect(desk.shown == stood && desk.endedAt == 30 * 60_000)
        _ = desk.carryOut(.line("u"), &interview)
        #expect(interview.isDeclined && interview.notice.contains("finalised"))
        #expect(interview.minutes(100 * 60_000) == 30)
    }

    @Test func `a quote is offered no attribution beyond what was agreed to`() {
        var (desk, interview) = sit()
        func offered() -> [String] { interview.statements(now: 0).filter { $0.contains(": ") && $0.first?.isLowercase == true } }
        _ = desk.carryOut(.line("q We wait."), &interview)
        #expect(offered().map { String($0.prefix(1)) } == ["r", "u", "t"])
        _ = desk.carryOut(.line("n"), &interview)
        #expect(interview.isDeclined && desk.rows.isEmpty, "nobody agrees to being named")
        desk.respondents = desk.respondents.map { InterviewRecords.Respondent(id: $0.id, handle: $0.handle, title: $0.title, level: $0.level, consent: Consent(state: .given, scope: .quotes)) }
        _ = desk.carryOut(.looked(desk.records), &interview)
        #expect(offered().map { String($0.prefix(1)) } == ["u", "t"])
        _ = desk.carryOut(.line("r"), &interview)
        #expect(interview.isDeclined && desk.rows.isEmpty)
        _ = desk.carryOut(.line("u"), &interview)
        #expect(desk.rows.count == 1)
    }
}
