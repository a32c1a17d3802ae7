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
        // Left, it comes back; and when the terminal is lost, it stands there again.
        _ = desk.carryOut(.key(.escape), &interview)
        _ = desk.carryOut(.key(.character("t")), &interview)
        #expect(interview.entry.text == text)
        #expect(desk.carryOut(.hungUp, &interview) == .paused && desk.rows.isEmpty)
        #expect(GuidedInterview(.core9, desk.records, draft: InterviewDraft(interview.draft.value)).entry.text == text)
    }

    @Test func `a rationale that is too long is refused with its bound, and its score and its text stay`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        let text = String(repeating: "why ", count: 3000)
        _ = desk.carryOut(.line("3b " + text), &interview)
        #expect(desk.records.answers["LB1"]?.content == OwnAnswer.Content(.scored, score: 3, grade: .b))
        #expect(interview.isDeclined && interview.notice.contains("Saved LB1") && interview.notice.contains(" fit"), "\(interview.notice)")
        #expect(interview.prompt == .text(.rationale("LB1")) && interview.entry.text == text.trimmed && interview.question?.id == "LB2")
        // Scored once more with the same score, which writes nothing.
        _ = desk.carryOut(.key(.escape), &interview)
        _ = desk.carryOut(.line("b"), &interview)
        _ = desk.carryOut(.line("3 " + text), &interview)
        #expect(interview.prompt == .text(.rationale("LB1")) && interview.entry.text == text.trimmed)
        // Mended, it is stored.
        _ = desk.carryOut(.line("They phone."), &interview)
        #expect(desk.records.answers["LB1"]?.content == OwnAnswer.Content(.scored, score: 3, grade: .b, rationale: "They phone."))
        // A refused write keeps it for the next try.
        _ = interview.handle(.line("2 They write."))
        _ = interview.handle(.refused("The disk is full."))
        _ = desk.carryOut(.line("2"), &interview)
        _ = desk.carryOut(.line("r"), &interview)
        #expect(interview.entry.text == "They write.")
    }

    @Test func `a script that is mended and run again answers what it is meant to, and what it had begun is still kept`() {
        var desk = PaperDesk()
        let text = String(repeating: "why ", count: 3000).trimmed
        var stopped = GuidedInterview(.core9, desk.records, isScripted: true)
        for line in ["j LB1", "3", "j LB2", "2 " + text] { _ = desk.carryOut(.line(line), &stopped) }
        #expect(stopped.isDeclined && stopped.draft.texts.map(\.text) == [text])
        var draft = InterviewDraft(stopped.draft.value)
        draft.texts.insert(InterviewDraft.Text(.note, "half a note", .aside), at: 0)
        var again = GuidedInterview(.core9, desk.records, draft: draft, isScripted: true)
        #expect(again.prompt == .question && again.entry.isEmpty && !again.isDeclined && !again.notice.isEmpty)
        for line in ["j LB1", "3", "j LB2", "2 They phone.", "4", "t", "A whole note."] {
            _ = desk.carryOut(.line(line), &again)
            #expect(!again.isDeclined, "\(line): \(again.notice)")
        }
        let answers = desk.records.answers.mapValues { $0.content }
        #expect(answers["LB1"] == OwnAnswer.Content(.scored, score: 3, grade: .d))
        #expect(answers["LB2"] == OwnAnswer.Content(.scored, score: 2, grade: .d, rationale: "They phone."))
        #expect(answers["LB3"] == OwnAnswer.Content(.scored, score: 4, grade: .d) && answers.count == 3)
        #expect(desk.notes == ["A whole note."])
        #expect(Set(again.draft.texts.map(\.text)) == ["half a note", text])
    }

    @Test func `what waits is added to and never written over, and goes when it is stored`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        _ = desk.carryOut(.line("3"), &interview)
        for key: InterviewKey in [.character("r"), .paste("They phone.", isCut: false), .escape] { _ = desk.carryOut(.key(key), &interview) }
        _ = desk.carryOut(.line("b"), &interview)
        // The same line twice waits once.
        for _ in 0..<2 {
            _ = interview.handle(.line("2 They write."))
            _ = interview.handle(.refused("The disk is full."))
            #expect(interview.draft.texts.map(\.text) == ["They phone.", "They write."])
        }
        _ = desk.carryOut(.line("2 They write."), &interview)
        #expect(desk.records.answers["LB1"]?.content == OwnAnswer.Content(.scored, score: 2, grade: .d, rationale: "They write."))
        #expect(interview.draft.texts.map(\.text) == ["They phone."])
        // What a line has no room for waits on.
        let long = InterviewDraft([InterviewDraft.Text(.note, String(repeating: "x", count: EntryLine.most) + "the rest", .aside)])
        var full = GuidedInterview(.core9, desk.records, draft: long)
        _ = desk.carryOut(.key(.character("t")), &full)
        #expect(full.entry.characters.count == EntryLine.most && !full.notice.isEmpty)
        #expect(full.draft.texts.map(\.text).contains("the rest"))
    }

    @Test func `what waits keeps all its words when what stood there already is stored again`() {
        var desk = PaperDesk()
        var earlier = GuidedInterview(.core9, desk.records)
        _ = desk.carryOut(.line("3 Daily."), &earlier)
        let waits = [InterviewDraft.Text(.rationale("LB1"), "They phone.\nDaily.", .aside), InterviewDraft.Text(.seam, "Order release", .aside)]
        var interview = GuidedInterview(.core9, desk.records, draft: InterviewDraft(waits))
        _ = desk.carryOut(.line("b"), &interview)
        _ = desk.carryOut(.key(.character("4")), &interview)
        #expect(desk.records.answers["LB1"]?.content == OwnAnswer.Content(.scored, score: 4, grade: .d, rationale: "Daily."))
        _ = desk.carryOut(.line("s release"), &interview)
        #expect(interview.draft.texts == waits)
        // Two texts that begin or end alike are two.
        _ = desk.carryOut(.key(.character("s")), &interview)
        #expect(interview.entry.text == "Order release")
    }

    @Test func `what waits of an interview that names nobody goes on waiting, and a quote is not shown where nobody may be quoted`() {
        var desk = PaperDesk()
        let draft = InterviewDraft([InterviewDraft.Text(.note, "half a note", .writing(cursor: 11)), InterviewDraft.Text(.quote, "Nobody knows.", .aside)])
        let somebody = desk.respondents
        desk.respondents = []
        let nobody = GuidedInterview(.core9, desk.records, draft: draft)
        #expect(nobody.ending == .nobody && nobody.draft == draft)
        desk.respondents = somebody.map {
            InterviewRecords.Respondent(id: $0.id, handle: $0.handle, title: $0.title, level: $0.level, consent: Consent(state: .given, scope: [.role]))
        }
        let quote = InterviewDraft([InterviewDraft.Text(.quote, "Nobody knows.", .person)])
        let unquoted = GuidedInterview(.core9, desk.records, draft: quote)
        #expect(unquoted.prompt == .question && unquoted.draft.texts.map(\.text) == ["Nobody knows."])
    }

    @Test func `where nothing of before may be shown any more, what was taken up waits unseen and what is being written stays`() {
        var desk = PaperDesk()
        var earlier = GuidedInterview(.core9, desk.records)
        _ = desk.carryOut(.line("3 They phone."), &earlier)
        var blind = desk.records
        blind.isBlind = true
        let draft = InterviewDraft([InterviewDraft.Text(.note, "an old note", .aside), InterviewDraft.Text(.seam, "Release", .writing(cursor: 7))])
        let interview = GuidedInterview(.core9, desk.records, draft: draft)
        #expect(interview.entry.text == "Release")
        var unseen = interview
        _ = unseen.handle(.looked(blind))
        #expect(unseen.prompt == .question && unseen.entry.isEmpty && !unseen.notice.isEmpty)
        #expect(Set(unseen.draft.texts) == Set(draft.texts))
        _ = unseen.handle(.key(.character("t")))
        #expect(unseen.entry.isEmpty)
        // Somebody is in the middle of it.
        var written = interview
        _ = written.handle(.key(.character("X")))
        _ = written.handle(.looked(blind))
        #expect(written.entry.text == "ReleaseX" && Set(written.draft.texts.map(\.text)) == ["an old note", "ReleaseX"])
        // A rationale of before, opened to be read.
        var reading = GuidedInterview(.core9, desk.records)
        for line in ["b", "r"] { _ = reading.handle(.line(line)) }
        #expect(reading.entry.text == "They phone.")
        _ = reading.handle(.looked(blind))
        #expect(reading.prompt == .question && reading.entry.isEmpty && reading.draft.isEmpty)
    }

    /// Killed at any step: what was being written stands there again, in the same place of the text.
    @Test(arguments: UInt64(0)..<80)
    func `what is begun and not stored goes on in the next sitting`(seed: UInt64) {
        sit(seed, events: 120) { desk, interview in
            let draft = interview.draft
            #expect(InterviewDraft(draft.value) == draft)
            let next = GuidedInterview(.core9, desk.records, draft: InterviewDraft(draft.value))
            #expect(next.draft == draft && next.place == interview.place)
            switch interview.prompt {
            case .text(.jump), .text(.search): break
            case .text where draft.texts.last?.stage == .aside || draft.isEmpty: break
            case .text: #expect(next.prompt == interview.prompt && next.entry == interview.entry)
            case .quotedPerson, .attribution, .category: #expect(next.prompt == interview.prompt)
            case .question, .help, .grade, .found, .consent: break
            }
            #expect(desk.misjudged == 0)
            // Where nothing of before may be shown it is kept, and not seen.
            var blind = desk.records
            blind.isBlind = true
            let unseen = GuidedInterview(.core9, blind, draft: draft)
            #expect(unseen.draft == draft && unseen.entry.isEmpty && unseen.prompt == .question)
        }
    }

    @Test func `a withdrawal that others stored is noticed before the next answer, and what was being written goes`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        _ = desk.carryOut(.key(.character("t")), &interview)
        _ = desk.carryOut(.key(.paste("half a note", isCut: false)), &interview)
        #expect(!interview.draft.isEmpty)
        // Something else that others wrote changes nothing of what is asked.
        _ = desk.carryOut(.looked(desk.records), &interview)
        #expect(interview.entry.text == "half a note")
        // Consent that is open again is asked for, and the text waits.
        var asked = interview
        asked.handle(.looked(PaperDesk(consent: .none).records)).forEach { _ in #expect(Bool(false), "nothing is done") }
        #expect(asked.prompt == .consent(0, .given) && asked.draft.texts.map(\.text) == ["half a note"])
        #expect(desk.carryOut(.looked(PaperDesk(consent: .withdrawn).records), &interview) == .withdrawn)
        #expect(interview.draft.isEmpty && desk.rows.isEmpty)
        _ = desk.carryOut(.key(.character("3")), &interview)
        #expect(desk.rows.isEmpty)
    }

    @Test func `a line that is not done says so, and one that is done does not`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        for line in ["nonsense", "5", "u", "U", "b", "j ZZ9", "e b", "r why", "e", "/ no such words"] {
            _ = desk.carryOut(.line(line), &interview)
            #expect(interview.isDeclined && !interview.notice.isEmpty, "\(line)")
        }
        // What is searched for is asked again.
        for line in ["", "3", "", "k", "b", "?", "w", "t They phone.", "u", "U", "q They wait.", "t", "j AI1", "/ overtime", "1", "3", "e"] {
            _ = desk.carryOut(.line(line), &interview)
            #expect(!interview.isDeclined, "\(line): \(interview.notice)")
        }
    }

    @Test func `many keys at once are a paste, unless they are a text with its end`() {
        func keys(_ text: String) -> [InterviewKey] { text.map { $0 == "\n" ? .enter : .character($0) } }
        for typed in ["3", "eb", "3\n", "tab"] { for inText in [true, false] { #expect(KeyBurst.taken(keys(typed), inText: inText) == keys(typed)) } }
        #expect(KeyBurst.taken(keys("3210\ndnx"), inText: false) == [.paste("3210\ndnx", isCut: false)])
        #expect(KeyBurst.taken(keys("3210"), inText: false, isCut: true) == [.paste("3210", isCut: true)])
        #expect(KeyBurst.taken(keys("They phone.\n"), inText: true) == keys("They phone.\n"))
        #expect(KeyBurst.taken(keys("They phone.\n3\n"), inText: true) == [.paste("They phone.\n3\n", isCut: false)])
        // What was mistyped and mended in it is mended.
        let mistyped: [InterviewKey] = keys("They phonr") + [InterviewKey.backspace] + keys("e.\nDaily.")
        let mended: [InterviewKey] = [.paste("They phonr", isCut: false), .backspace, .paste("e.\nDaily.", isCut: false)]
        #expect(KeyBurst.taken(mistyped, inText: true) == mended)
        #expect(KeyBurst.taken(mistyped, inText: false) == [.paste("They phonre.\nDaily.", isCut: false)])
        #expect(KeyBurst.taken([.down, .down, .down, .down, .enter], inText: false) == [.down, .down, .down, .down, .enter])
    }

    @Test(arguments: UInt64(0)..<60)
    func `an answer that was altered unseen is never written back, and what was typed waits for another look`(seed: UInt64) {
        var desk = PaperDesk()
        var fingers = Fingers(seed)
        var interview = GuidedInterview(.core9, desk.records)
        _ = desk.carryOut(.line("3 They phone."), &interview)
        _ = desk.carryOut(.line("b"), &interview)
        desk.score("LB1", 1)
        let theirs = desk.records.answers["LB1"]?.content
        let way = ["r", "e", "3", "d"].randomElement(using: &fingers.dice) ?? "r"
        switch way {
        case "r":
            _ = desk.carryOut(.line("r"), &interview)
            _ = desk.carryOut(.edited("They write."), &interview)
            #expect(interview.prompt == .text(.rationale("LB1")) && interview.entry.text == "They write.")
        case "e": _ = desk.carryOut(.line("e c"), &interview)
        case _: _ = desk.carryOut(.line(way + " They write."), &interview)
        }
        #expect(desk.records.answers["LB1"]?.content == theirs && interview.isDeclined, "\(way): \(interview.notice)")
        #expect(interview.records.answers == desk.records.answers && interview.question?.id == "LB1")
        // It is known now, and what is said is said of it.
        if way == "r" {
            _ = desk.carryOut(.key(.enter), &interview)
            #expect(desk.records.answers["LB1"]?.content == OwnAnswer.Content(.scored, score: 1, grade: .c, rationale: "They write."))
        } else if way == "3" {
            #expect(interview.draft.texts.map(\.text) == ["They write."])
            _ = desk.carryOut(.line("3"), &interview)
            #expect(desk.records.answers["LB1"]?.content?.score == 3)
        }
    }

    @Test func `a quote that waits where nobody may be quoted any more can be read and emptied, and not stored`() {
        var desk = PaperDesk()
        desk.respondents = desk.respondents.map {
            InterviewRecords.Respondent(id: $0.id, handle: $0.handle, title: $0.title, level: $0.level, consent: Consent(state: .given, scope: [.role]))
        }
        let draft = InterviewDraft([InterviewDraft.Text(.quote, "Nobody knows.", .aside)])
        for inLines in [true, false] {
            var interview = GuidedInterview(.core9, desk.records, draft: draft)
            _ = desk.carryOut(inLines ? .line("q") : .key(.character("q")), &interview)
            #expect(interview.entry.text == "Nobody knows." && interview.notice.contains("no consent"))
            _ = desk.carryOut(inLines ? .line("They wait.") : .key(.enter), &interview)
            #expect(desk.rows.isEmpty && interview.isDeclined && interview.draft.texts.map(\.text) == [inLines ? "They wait." : "Nobody knows."])
            for event: GuidedInterview.Event in inLines ? [.line("-")] : [.key(.control("u")), .key(.enter)] { _ = desk.carryOut(event, &interview) }
            #expect(interview.prompt == .question && interview.draft.isEmpty)
            _ = desk.carryOut(.line("q"), &interview)
            #expect(interview.prompt == .question && interview.isDeclined)
        }
        // What is written anew is not begun, nor does a script go on in the middle of it.
        var scripted = GuidedInterview(.core9, desk.records, draft: draft, isScripted: true)
        for line in ["q", "q They wait."] {
            _ = desk.carryOut(.line(line), &scripted)
            #expect(scripted.prompt == .question && scripted.isDeclined && scripted.draft == draft)
        }
    }

    @Test func `in line mode a dash empties a text, and takes a rationale away`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records, draft: InterviewDraft([InterviewDraft.Text(.note, "half a note", .aside)]))
        for line in ["t", "-"] { _ = desk.carryOut(.line(line), &interview) }
        #expect(interview.prompt == .question && interview.draft.isEmpty && desk.rows.isEmpty)
        for line in ["3 They phone.", "b", "r", "-"] { _ = desk.carryOut(.line(line), &interview) }
        #expect(desk.records.answers["LB1"]?.content == OwnAnswer.Content(.scored, score: 3, grade: .d))
    }

    @Test func `a grade of documents that names none says so, and how to name it`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        _ = desk.carryOut(.line("2b"), &interview)
        #expect(interview.notice.contains("supports grade B: e, then b asks for it") && !interview.isDeclined)
        for line in ["e b", "ledger 6410"] { _ = desk.carryOut(.line(line), &interview) }
        #expect(desk.records.answers["LB1"]?.content?.reference == "ledger 6410" && !interview.notice.contains("supports"))
        _ = desk.carryOut(.line("2c"), &interview)
        #expect(!interview.notice.contains("supports"))
    }

    @Test func `Ctrl-C comes out of a burst, and nothing of the burst is a key`() {
        func keys(_ text: String) -> [InterviewKey] { text.map { $0 == "\n" ? .enter : $0 == "^" ? .control("c") : .character($0) } }
        #expect(KeyBurst.taken(keys("3210^dnx"), inText: false) == [.paste("3210", isCut: false), .control("c")])
        #expect(KeyBurst.taken(keys("3^dnxd"), inText: false) == [.paste("3", isCut: false), .control("c")])
        #expect(KeyBurst.taken(keys("They phone.\n^3"), inText: true) == keys("They phone.^"))
        #expect(KeyBurst.taken(keys("3^"), inText: false) == keys("3^"))
    }

    @Test(arguments: UInt64(0)..<40)
    func `what came one after the other was typed, however much of it; what came at once was not`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        var time: Int64 = 0
        var typed: [KeyBurst.Arrival] = []
        for _ in 0..<Int.random(in: 1...40, using: &dice) {
            time += Int64.random(in: 40...400, using: &dice)
            typed.append(KeyBurst.Arrival(milliseconds: time, bytes: 1))
        }
        #expect(KeyBurst.wereTyped(typed))
        // A paste somewhere in it, at once or byte by byte over a slow line.
        let place = Int.random(in: 0...typed.count, using: &dice)
        let start = place == 0 ? 0 : typed[place - 1].milliseconds
        let pasted = Bool.random(using: &dice) ? [KeyBurst.Arrival(milliseconds: start, bytes: 4)] : (0..<4).map { KeyBurst.Arrival(milliseconds: start + $0 * 10, bytes: 1) }
        #expect(!KeyBurst.wereTyped((typed[..<place] + pasted + typed[place...]).sorted { $0.milliseconds < $1.milliseconds }))
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
