import SeamarkJournal
@testable import SeamarkModel
import SeamarkTestSupport
import Testing

/// What holds whatever is pressed or typed, from seeds: the records say everything, and a sitting that ends anywhere goes on there.
@Suite struct GuidedInterviewTests {
    private func sit(_ seed: UInt64, events: Int = 60, _ look: (inout PaperDesk, inout GuidedInterview) -> Void) {
        var desk = PaperDesk(level: RespondentLevel.allCases[Int(seed % 6)])
        var interview = GuidedInterview(.core9, desk.records)
        var fingers = Fingers(seed)
        for _ in 0..<events {
            guard desk.carryOut(fingers.event(seed % 2 == 0), &interview) == nil else { return }
            look(&desk, &interview)
        }
    }

    @Test(arguments: UInt64(0)..<80)
    func `after every event the sitting knows what the records say, and a new one stands at the same place`(seed: UInt64) {
        sit(seed) { desk, interview in
            #expect(interview.records.answers == desk.records.answers)
            let next = GuidedInterview(.core9, desk.records)
            #expect(next.place == interview.place)
            #expect(next.open == interview.open && next.progress == interview.progress)
        }
    }

    /// Killed before the write, after it, and before the bookmark.
    @Test(arguments: UInt64(0)..<80)
    func `a sitting that is cut off at any step has stored all or nothing of it and goes on beside it`(seed: UInt64) {
        for cut in 0...1 {
            sit(seed) { desk, interview in
                var (other, cutDesk) = (interview, desk)
                var fingers = Fingers(seed &+ 7 &+ UInt64(desk.rows.count))
                let event = fingers.event(seed % 2 == 0)
                let before = desk.shown
                _ = cutDesk.carryOut(event, &other, cut: cut)
                var (whole, wholeDesk) = (interview, desk)
                _ = wholeDesk.carryOut(event, &whole)
                #expect(cut == 0 ? cutDesk.shown == before : cutDesk.shown == before || cutDesk.shown == wholeDesk.shown)
                let next = GuidedInterview(.core9, cutDesk.records)
                if cutDesk.bookmark == wholeDesk.bookmark, cutDesk.shown == wholeDesk.shown { #expect(next.place == whole.place) }
                for question in desk.records.answers.keys where cutDesk.shown == before { #expect(next.records.answers[question] != nil) }
            }
        }
    }

    @Test(arguments: UInt64(0)..<80)
    func `undoing everything leaves what stood there before, and doing it again brings all of it back`(seed: UInt64) {
        var desk = PaperDesk()
        var fingers = Fingers(seed)
        var first = GuidedInterview(.core9, desk.records)
        for _ in 0..<20 { if desk.carryOut(fingers.event(false), &first) != nil { break } }
        let before = desk.shown
        var interview = GuidedInterview(.core9, desk.records)
        for _ in 0..<40 { if desk.carryOut(fingers.event(true), &interview) != nil { return } }
        // An undo in the middle leaves something to redo, which the next write forgets.
        _ = desk.carryOut(.line("4 a last answer"), &interview)
        if interview.prompt != .question { return }
        let after = desk.shown
        var count = 0
        while interview.canUndo, count < 100 {
            _ = desk.carryOut(.line("undo"), &interview)
            #expect(GuidedInterview(.core9, desk.records).place == interview.place)
            count += 1
        }
        #expect(desk.shown == before)
        for _ in 0..<count { _ = desk.carryOut(.line("redo"), &interview) }
        #expect(desk.shown == after)
    }

    @Test(arguments: UInt64(0)..<100)
    func `undo never takes back what somebody changed since`(seed: UInt64) {
        var desk = PaperDesk()
        var fingers = Fingers(seed)
        var interview = GuidedInterview(.core9, desk.records)
        for _ in 0..<30 { if desk.carryOut(fingers.event(true), &interview) != nil { return } }
        guard let subject = desk.rows.keys.sorted(by: { "\($0)" < "\($1)" }).randomElement(using: &fingers.dice), desk.rows[subject]?.isThere == true else { return }
        desk.meddle(subject)
        let theirs = (desk.rows[subject]?.heads, desk.rows[subject]?.answer)
        // Whatever is being asked is left first.
        while interview.prompt != .question { guard desk.carryOut(.key(.escape), &interview) == nil else { return } }
        for _ in 0..<60 { _ = desk.carryOut(.line("undo"), &interview) }
        #expect(!interview.canUndo)
        #expect(desk.rows[subject]?.isThere == true && desk.rows[subject]?.heads == theirs.0 && desk.rows[subject]?.answer == theirs.1)
        for _ in 0..<60 { _ = desk.carryOut(.line("redo"), &interview) }
        #expect(desk.rows[subject]?.isThere == true && desk.rows[subject]?.heads == theirs.0)
    }

    @Test func `nothing is asked before consent, and nothing of an answer is taken`() {
        var desk = PaperDesk(consent: .none)
        var interview = GuidedInterview(.core9, desk.records)
        for key in ["3", "t", "u", "j"] { #expect(desk.carryOut(.key(.character(Character(key))), &interview) == nil) }
        #expect(desk.rows.isEmpty && interview.prompt == .consent(0, .given))
        var refusing = interview
        #expect(desk.carryOut(.key(.character("n")), &refusing) == .noConsent)
        for key: InterviewKey in [.character("y"), .character("v"), .character("r"), .enter] { #expect(desk.carryOut(.key(key), &interview) == nil) }
        #expect(interview.prompt == .question)
        #expect(desk.respondents[0].consent.state == .given && desk.respondents[0].consent.scope == .role)
        // Nobody agreed to quotes.
        _ = desk.carryOut(.key(.character("q")), &interview)
        #expect(interview.prompt == .question)
        desk = PaperDesk(consent: .withdrawn)
        #expect(GuidedInterview(.core9, desk.records).ending == .withdrawn)
    }

    @Test func `one key answers and the next open question follows; grade and rationale reach the answer just given`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        #expect(interview.question?.id == "LB1")
        _ = desk.carryOut(.key(.character("3")), &interview)
        #expect(interview.question?.id == "LB2")
        for key: InterviewKey in [.character("e"), .character("b")] { _ = desk.carryOut(.key(key), &interview) }
        _ = desk.carryOut(.key(.paste("ledger 6410", isCut: false)), &interview)
        _ = desk.carryOut(.key(.enter), &interview)
        _ = desk.carryOut(.key(.character("r")), &interview)
        _ = desk.carryOut(.key(.paste("They phone.\nEvery morning.", isCut: false)), &interview)
        _ = desk.carryOut(.key(.enter), &interview)
        #expect(interview.question?.id == "LB2")
        #expect(desk.records.answers["LB1"]?.content == OwnAnswer.Content(.scored, score: 3, grade: .b, reference: "ledger 6410", rationale: "They phone.\nEvery morning."))
        // Scoring it again keeps both.
        _ = desk.carryOut(.line("b"), &interview)
        _ = desk.carryOut(.line("2"), &interview)
        #expect(desk.records.answers["LB1"]?.content == OwnAnswer.Content(.scored, score: 2, grade: .b, reference: "ledger 6410", rationale: "They phone.\nEvery morning."))
        _ = desk.carryOut(.line("x would not say"), &interview)
        #expect(desk.records.answers["LB2"]?.content == OwnAnswer.Content(.declined, rationale: "would not say"))
    }

    @Test func `a level is asked its own questions in the instrument's order, and every answered one is passed over`() {
        for level in RespondentLevel.allCases {
            let desk = PaperDesk(level: level)
            let asked = Instrument.core9.domains.flatMap(\.questions).filter { $0.asked.contains(level) }.map(\.id)
            let all = Instrument.core9.domains.flatMap(\.questions).map(\.id)
            #expect(GuidedInterview(.core9, desk.records).open.map(\.id) == (asked.isEmpty ? all : asked), "\(level)")
        }
    }

    @Test func `a text that is too long is not stored and not lost`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        let text = String(repeating: "The schedule is rewritten by hand. ", count: 2858)
        _ = desk.carryOut(.key(.character("t")), &interview)
        _ = desk.carryOut(.key(.paste(text, isCut: false)), &interview)
        _ = desk.carryOut(.key(.enter), &interview)
        #expect(desk.rows.isEmpty && interview.notice.contains("8000") && interview.entry.text == text)
        // Left, it comes back; and when the terminal is lost, it becomes notes.
        _ = desk.carryOut(.key(.escape), &interview)
        _ = desk.carryOut(.key(.character("t")), &interview)
        #expect(interview.entry.text == text)
        #expect(desk.carryOut(.hungUp, &interview) == .paused)
        #expect(desk.rows.count == 13 && desk.notes.allSatisfy { $0.unicodeScalars.count <= 8000 })
    }

    @Test func `a write that is refused leaves the question and the text where they were`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        _ = interview.handle(.key(.character("3")))
        #expect(interview.handle(.refused("The disk is full.")) == [])
        #expect(interview.question?.id == "LB1" && interview.notice == "The disk is full." && !interview.canUndo)
        _ = interview.handle(.key(.character("t")))
        _ = interview.handle(.key(.paste("A note", isCut: false)))
        _ = interview.handle(.key(.enter))
        _ = interview.handle(.refused("The disk is full."))
        #expect(interview.prompt == .text(.note) && interview.entry.text == "A note")
        _ = desk.carryOut(.key(.enter), &interview)
        #expect(desk.notes == ["A note"])
    }

    @Test func `what a terminal would obey is never taken in`() {
        for hostile in HostileText.all {
            var desk = PaperDesk()
            var interview = GuidedInterview(.core9, desk.records)
            _ = desk.carryOut(.key(.paste(hostile.text, isCut: false)), &interview)
            #expect(desk.rows.isEmpty, "pasted text is no key")
            _ = desk.carryOut(.line("t " + hostile.text), &interview)
            for note in desk.notes { #expect(HostileText.live(in: note).isEmpty) }
        }
    }
}
