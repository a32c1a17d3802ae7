/// Everything that a guided interview says by itself, and the keys that it listens to: the one place to translate. The texts of questions and
/// anchors are the instrument's.
public enum GuidedInterviewWords {
    // MARK: Keys

    static func key(_ command: GuidedInterview.Command) -> String { words(command)[0] }

    /// The key first, then the words of line mode.
    static func words(_ command: GuidedInterview.Command) -> [String] {
        switch command {
        case .answer: ["a", "answer"]
        case .grade: ["e", "evidence", "grade"]
        case .rationale: ["r", "rationale", "why"]
        case .note: ["t", "note", "text"]
        case .quote: ["q", "quote"]
        case .seam: ["s", "seam"]
        case .decision: ["c", "decision"]
        case .leak: ["l", "leak"]
        case .jump: ["j", "jump", "goto"]
        case .search: ["/", "search", "find"]
        case .skip: ["k", "skip", "next"]
        case .back: ["b", "back"]
        case .undo: ["u", "undo"]
        case .redo: ["U", "redo"]
        case .again: ["w", "again", "where"]
        case .help: ["?", "help"]
        case .finish: ["f", "finish"]
        case .stop: ["z", "stop", "exit", "pause"]
        }
    }

    static func meaning(_ command: GuidedInterview.Command) -> String {
        switch command {
        case .answer: "answer the question of a questionnaire"
        case .grade: "evidence grade A to D of the answer that stands here, or else of the last one"
        case .rationale: "rationale of that answer"
        case .note: "a note, about the domain in front of you"
        case .quote: "a quote, with how it may be attributed"
        case .seam: "mark a seam, by its name"
        case .decision: "mark a decision right, by its name"
        case .leak: "mark a leak, by its title and category"
        case .jump: "jump to a question, by its code"
        case .search: "search the questions"
        case .skip: "skip this question; it stays open"
        case .back: "one question back"
        case .undo: "undo the last thing of this sitting ('seamark undo' goes further back)"
        case .redo: "do again what was undone"
        case .again: "say the question and the progress again"
        case .help: "this list"
        case .finish: "the interview is over: note the time, and stop; twice where questions are open"
        case .stop: "stop here; the next sitting goes on at this question"
        }
    }

    /// One word, for the line of keys.
    static func short(_ command: GuidedInterview.Command) -> String {
        switch command {
        case .answer: "answer"
        case .grade: "evidence"
        case .rationale: "why"
        case .note: "note"
        case .quote: "quote"
        case .seam: "seam"
        case .decision: "decision"
        case .leak: "leak"
        case .jump: "jump"
        case .search: "find"
        case .skip: "skip"
        case .back: "back"
        case .undo: "undo"
        case .redo: "redo"
        case .again: "again"
        case .help: "help"
        case .finish: "finish"
        case .stop: "stop"
        }
    }

    static func outcome(_ word: String) -> OwnAnswer.Content.Outcome? {
        switch word {
        case "d": .dontKnow
        case "n": .notApplicable
        case "x": .declined
        case _: nil
        }
    }

    static let editorLine = "!"
    static let emptyLine = "-"

    // MARK: Answers

    static let answerKeys = "0-4 d n x"
    static let formKeys = "Enter answers"
    static let choiceKeys = "1-9 answers"
    static let numberKeys = "0-9 answers"
    static let specialAnswers = ["d  don't know", "n  does not apply", "x  declined"]

    static let scores = "0 controlled, 1 minor, 2 material, 3 serious, 4 severe"

    static func meaning(ofScore score: Int64) -> String {
        ["controlled", "minor", "material", "serious", "severe"][min(4, max(0, Int(score)))]
    }

    static func between(_ low: Int, _ high: Int) -> String { "between \(low) and \(high)" }

    static func grade(_ grade: OwnAnswer.Content.Grade) -> String {
        switch grade {
        case .a: "A"
        case .b: "B"
        case .c: "C"
        case .d: "D"
        }
    }

    static let grades = [
        "a  reconciled to a ledger or system of record", "b  system extract or counted sample", "c  two or more people, independently",
        "d  one person's account",
    ]

    static func answer(_ content: OwnAnswer.Content) -> String {
        switch content.outcome {
        case .scored: "\(content.score ?? 0) \(meaning(ofScore: content.score ?? 0))" + (content.grade.map { ", grade \(grade($0))" } ?? "")
        case .dontKnow: "don't know"
        case .notApplicable: "does not apply"
        case .declined: "declined"
        }
    }

    static func saved(_ question: String, _ content: OwnAnswer.Content?) -> String {
        guard let content else { return "\(question) is open again." }
        let lacks = (content.grade == .a || content.grade == .b) && content.reference == nil
        return "Saved \(question): \(answer(content))" + (content.rationale == nil ? "." : ", with rationale.") + (lacks ? " " + noReference(content.grade ?? .d) : "")
    }

    /// Line mode takes the grade with the score, and asks for nothing by that.
    static func noReference(_ level: OwnAnswer.Content.Grade) -> String { "Nothing is named yet that supports grade \(grade(level)): e, then \(grade(level).lowercased()) asks for it." }

    static func saved(_ name: String) -> String { "Saved \(name)." }
    static func saved(_ name: String, words: String?) -> String { words.map { "Saved \(name): \($0)." } ?? "\(name) is open again." }
    static func undone(_ name: String, words: String?) -> String { words.map { "Undone: \(name) is \($0) again." } ?? "Undone: \(name) is open again." }
    static func redone(_ name: String, words: String?) -> String { words.map { "Done again: \(name) is \($0)." } ?? "Done again: \(name) is open." }
    static func consentSaved(_ name: String) -> String { "Saved the consent of \(name)." }

    /// Where what stood there before may not be shown.
    static let undoneUnseen = "Undone."
    static let redoneUnseen = "Done again."

    static func undone(_ change: GuidedInterview.Done) -> String {
        switch change {
        case .answer(let question, nil, _): "Undone: \(question) is open again."
        case .answer(let question, let old?, _): "Undone: \(question) stands again: \(answer(old))."
        case .own: undoneUnseen
        case .made(_, let name): "Undone: \(name) is gone."
        }
    }

    static func redone(_ change: GuidedInterview.Done) -> String {
        switch change {
        case .answer(let question, _, nil): "Done again: \(question) is open."
        case .answer(let question, _, let new?): "Done again: \(question) stands: \(answer(new))."
        case .own: redoneUnseen
        case .made(_, let name): "Done again: \(name) is back."
        }
    }

    static let yourAnswer = "Your answer"
    static let rationale = "Rationale"
    static let answered = "You have answered this; it is not shown until the next sync."

    // MARK: Notices

    static let isFirst = "This is the first question."
    static let isLast = "This is the end of the questions."
    static let nothingToUndo = "Nothing of this sitting is left to undo; 'seamark undo' takes back earlier steps."
    static let nothingToRedo = "Nothing was undone that could be done again."
    static func skipped(_ name: String) -> String { "Skipped \(name); it stays open." }
    /// Nil at the end.
    static func movesNothing(_ name: String?) -> String {
        name.map { "What was answered is stored already. k skips \($0), b goes back." } ?? "\(isLast) \(endKeys)"
    }
    static func emptyLine(_ name: String?) -> String {
        name.map { "Nothing was said, and \($0) stands here. k skips it, w says it again." } ?? "Nothing was said. \(isLast) \(endKeys)"
    }
    static func finishOnceMore(_ open: Int, _ of: Int) -> String { "\(stillOpen(open, of)). f once more ends the interview and notes the time; z only stops." }
    static func stillOpen(_ open: Int, _ of: Int) -> String { "\(open) of \(of) questions \(open == 1 ? "is" : "are") open" }
    static func endIsGone(_ name: String) -> String { "The end that was noted is not noted any more: f notes it again, or 'seamark interview set \(name) endedAt=…'." }
    static let endIsBack = "The end stands as it was noted before."
    static let noQuestionHere = "No question stands here. Jump to one with j, or go back with b."
    static let answerWithA = "This is answered with a, then the answer; where it has numbers, with the number."
    static let notAFormQuestion = "a answers questions of your own questionnaires. This one is answered 0 to 4, d, n or x."
    static func notAskedNow(_ name: String) -> String { "\(name) is not asked any more, as things are answered." }
    static let formsAreHidden = "Your questionnaires are not asked until the next sync, since what they ask tells what was answered."
    static func formIsNewer(_ name: String) -> String { "\(name) was made by a newer version of Seamark and is not asked here." }
    static func formIsTooMuch(_ name: String) -> String { "What was answered to \(name) takes more work to look at than one change may: nothing is asked until a long answer is taken away with 'seamark form answer'." }
    static func formHasSuccessor(_ name: String, _ successor: String, _ interview: String) -> String {
        "\(name) is asked on, since it was begun; 'seamark form carry \(interview) \(successor)' goes over to \(successor)."
    }
    static func mustBeAnswered(_ names: [String]) -> String { "Must be answered: \(names.joined(separator: ", "))." }
    static let mustBe = "must be answered"
    static let hiddenAnswer = "answered; the words were redacted"
    static let scoreFirst = "An evidence grade belongs to a score. Give the score first, 0 to 4."
    static let answerFirst = "A rationale belongs to an answer. Answer first."
    static let noConsentToQuotes = "There is no consent to quotes. Write a note (t) in your own words instead."
    static let notAGrade = "Say a, b, c or d."
    static func notAnAttribution(_ byRole: Bool) -> String { byRole ? "Say r, u or t." : "Say u or t: there is no consent to being named by role." }
    static let notACategory = "Say e, q, l, p or d."
    static let sayYesOrNo = "Say y or n."
    static let notAMethod = "Say w, v or e."
    static let notAScope = "Say any of q, r, a and c, or nothing for none."
    static let kept = "Not stored. What you wrote is kept on this laptop: begin the same again to go on with it."
    static let draftGoesOn = "Here is what you were writing. It is not stored yet."
    static func draftsWait(_ count: Int) -> String {
        (count == 1 ? "A text that you began is kept" : "\(count) texts that you began are kept") + " and not stored: begin the same again to go on."
    }
    static let draftIsHidden = "Texts that you began before are kept and not shown until the next sync."
    static let nothingStored = "Nothing was stored."
    public static let typedAhead = "What was typed after it was not taken."
    static let pasteIsNoKeys = "Pasted text was not taken for keys. To paste into a note, press t first."
    static let pasteIsNoChoice = "Pasted text was not taken for keys. Choose one of what is offered."
    static let pasteWasCut = "The text is longer than fits here; its end was left out. Press Ctrl-O to use your editor."
    static let isFinal = "This interview is finalised: its answers stand. A lead can reopen it."
    public static let changedSince = "It was changed since, so it was not undone."

    static func leftOut(_ count: Int) -> String { count == 1 ? "1 control character was left out." : "\(count) control characters were left out." }
    static func notUnderstood(_ word: String) -> String { "'\(TerminalText.shortened(TerminalText.line(word), to: 20))' means nothing here. ? lists the keys." }
    static func noSuchQuestion(_ text: String) -> String { "No question is called '\(TerminalText.shortened(TerminalText.line(text), to: 20))'. Search with /." }
    static func nothingFound(_ text: String) -> String { "No question holds '\(TerminalText.shortened(TerminalText.line(text), to: 20))'." }
    static func whichNumber(_ count: Int) -> String { "Say a number from 1 to \(count)." }

    static func tooLong(_ count: Int, most: Int, isLong: Bool) -> String {
        "The text has \(count) characters, and \(most) fit. " + (isLong ? "Shorten it here, or with Ctrl-O in your editor. In line mode, ! opens the editor." : "Shorten it.")
    }

    // MARK: Prompts

    static func prompt(_ use: GuidedInterview.TextUse) -> String {
        switch use {
        case .rationale(let question): "Rationale of \(question)"
        case .reference(let question, let level): "\(question), grade \(grade(level)): what supports it? (a document, ledger or extract; nothing for none)"
        case .note: "Note"
        case .quote: "Quote, in their words"
        case .seam: "Seam: name the handover, such as \"Release to planning\""
        case .decision: "Decision right: name it, such as \"Expedite above plan\""
        case .leak: "Leak: its title, such as \"Night shift overtime\""
        case .jump: "Jump to question"
        case .search: "Search the questions for"
        case .own(let spot, _): "Answer to \(spot.name)"
        }
    }

    static let textKeys = "Enter stores   Esc leaves   Ctrl-O your editor"
    static let shortTextKeys = "Enter takes it   Esc leaves"
    static let lineTextHint = "Type it on one line. An empty line leaves, - empties it, ! opens your editor."
    static let lineShortHint = "Type it on one line. An empty line leaves, - empties it."
    static let soFar = "So far, to be replaced:"
    static func gradePrompt(_ question: String) -> String { "Evidence grade of \(question)" }
    static let attributionPrompt = "How may the quote be attributed?"
    static let byRole = "r  by role"
    static let attributions = ["u  to nobody (a respondent)", "t  to nobody, team only"]

    static func attribution(_ word: String) -> Int64? {
        switch word {
        case "r": Consent.roleOk
        case "u": 3
        case "t": teamOnly
        case _: nil
        }
    }

    /// The number of that choice.
    static let teamOnly: Int64 = 4

    static let personPrompt = "Whose words are they? Say the number."
    static let categoryPrompt = "What kind of leak?"
    static let categories = ["e  expediting", "q  quality", "l  labour", "p  penalties", "d  downtime"]

    static func category(_ word: String) -> Int64? {
        switch word {
        case "e": 1
        case "q": 2
        case "l": 3
        case "p": 4
        case "d": 5
        case _: nil
        }
    }

    static let foundPrompt = "Which one? Say its number; nothing stays here."
    static let helpPrompt = "Any key goes back."

    // MARK: Consent

    static func consentGiven(_ person: String) -> String { "Before the first question: has \(person) agreed to this interview and to its being recorded here?" }
    static let consentGivenKeys = ["y  yes", "n  no: nothing is asked"]
    static let consentMethodPrompt = "How was it given?"
    static let consentMethods = ["w  in writing", "v  by word of mouth", "e  electronically"]
    static let consentScopePrompt = "What else did they agree to? Several letters, then Enter; nothing for none of these."
    static let consentScopes = ["q  being quoted", "r  their role being named", "a  audio", "c  being contacted again"]

    static func yesOrNo(_ word: String) -> Bool? {
        switch word {
        case "y", "yes": true
        case "n", "no": false
        case _: nil
        }
    }

    static func consentMethod(_ word: String) -> Int64? {
        switch word {
        case "w": 1
        case "v": 2
        case "e": 3
        case _: nil
        }
    }

    static func consentScope(_ word: String) -> Consent.Scope? {
        var scope: Consent.Scope = []
        for letter in word where letter != " " && letter != "," {
            switch letter {
            case "q": scope.insert(.quotes)
            case "r": scope.insert(.role)
            case "a": scope.insert(.audio)
            case "c": scope.insert(.recontact)
            case _: return nil
            }
        }
        return scope
    }

    // MARK: Heading, progress and time

    static func progress(_ answered: Int, _ of: Int) -> String { "\(answered) of \(of)" }
    static func minutes(_ minutes: Int64) -> String { minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min" }
    static func domain(_ domain: InstrumentDomain) -> String { "\(domain.code) \(domain.name)" }
    static let notAsked = "not usually asked at this level"
    static let more = "more: Page Down"
    static let allAnswered = "Every question is answered. f ends the interview; b goes back."
    static func stillOpen(_ count: Int) -> String { count == 1 ? "1 question is still open:" : "\(count) questions are still open:" }
    static let endKeys = "f ends the interview, j jumps to a question, z stops."
    static let tooSmall = "Widen the window."

    // MARK: Line mode

    static func lineHeading(_ question: String, _ number: Int, _ of: Int, _ domain: InstrumentDomain) -> String {
        "Question \(question), \(number) of \(of). Domain \(domain.code), \(domain.name)."
    }

    static func lineFormHeading(_ name: String, _ number: Int, _ of: Int, _ title: String) -> String { "Question \(name), \(number) of \(of). \(title)." }
    static let lineFormHint = "Answer with a and what they say, or with the number alone, several choices with blanks between them."

    static func lineProgress(_ answered: Int, _ of: Int, _ minutes: Int64?) -> String {
        "\(answered) of \(of) answered" + (minutes.map { ", \(self.minutes($0)) since the beginning." } ?? ".")
    }

    static let lineAnswerHint = "Answer 0 to 4, d for don't know, n for does not apply, x for declined. What follows on the line is the rationale. ? lists the commands."

    // MARK: Beginning and ending, said by the program

    public static let needsTerminal = "A guided interview is held at a terminal. Elsewhere use 'seamark answer add', 'observation add' and 'quote add', or --plain with one answer a line."
    public static let optionsBeginNew = "--person, --site and --mode begin a new interview; change one that is there with 'seamark interview set'."
    public static func isPerson(_ name: String) -> String { "\(name) is a person. A new interview with them begins with 'seamark interview --person \(name)'." }
    public static let whichInterview = "Which interview? Its number, or n for a new one"
    public static func noneOfThese(_ word: String) -> String { "'\(TerminalText.shortened(TerminalText.line(word), to: 20))' is none of these interviews." }
    public static let who = "Who is interviewed? A handle such as P-A001, several with commas, or nothing for somebody new"
    public static let level = "Their level: executive, director, manager, supervisor, frontline or external"
    public static func noLevel(_ word: String) -> String { "'\(TerminalText.shortened(TerminalText.line(word), to: 20))' is no level." }
    public static let title = "Their role title, such as planning manager; nothing for none"
    public static let fullName = "Their name, which is sealed and stands nowhere else; nothing for none"
    public static let site = "Where? The handle of a site; nothing for none"
    /// What was begun and not stored, when the program ends.
    public static let draftsStay = "What you had begun to write is not stored as a record yet. It is kept, sealed, on this laptop alone, and stands there when you go on."
    public static func stoppedAt(_ line: Int, _ sentence: String, _ name: String) -> String {
        "Line \(line): \(sentence) What stands before it is stored, and no line after it was read. \(goOn(name))"
    }
    public static func notOpened(_ line: Int, _ sentence: String) -> String { "Line \(line): \(sentence) No line after it was read." }
    public static let editorLeft = "What it left stands here, not stored yet."
    public static let editedTooLong = "The text has more than \(EntryLine.most) characters, which is more than can be taken."
    public static let changedWhileEdited = "The records were changed by another program while you wrote, and something else is asked now: nothing of the text was stored."
    /// What the program says of editors elsewhere names options that an interview does not have.
    public static let noPlaceToEdit = "There is no directory in memory to edit in (XDG_RUNTIME_DIR or /dev/shm); texts are not put on a disk in the open. Write the text here."
    public static let noEditor = "The editor could not be started, or ended with an error. Write the text here, or stop and set EDITOR. Nothing was changed."
    public static let editedNothing = "The text is empty; nothing was changed."
    public static let noEditorForFiles = "Lines that come from a file have no editor: write the text on the line."
    public static let editedNotKept = "A text of your editor could not be stored."
    static func answeredMeanwhile(_ name: String, words: String?) -> String {
        "\(name) was changed by another program meanwhile\(words.map { ": \($0)" } ?? ""). Nothing was written over that; say yours again if it is to stand."
    }
    /// An answer with what it rests on.
    static func whole(_ content: OwnAnswer.Content) -> String {
        answer(content) + (content.reference.map { ", " + TerminalText.shortened(TerminalText.line($0), to: 40) } ?? "") + (content.rationale == nil ? "" : ", with rationale")
    }
    public static let changedMeanwhile = "The records were changed by another program meanwhile, so what you said was not taken. See what is asked now."
    public static func notKept(_ reason: String) -> String { "What you are writing is not kept yet: \(reason)" }
    public static let stopped = "All is stored."
    public static func goOn(_ name: String) -> String { "Go on with: seamark interview \(name)" }
    public static func goOnAgain(_ name: String) -> String { "go on with 'seamark interview \(name)'" }
    /// Before it is said which one.
    public static let goOnOpening = "go on with 'seamark interview'"
    public static func begun(_ name: String) -> String { "Interview \(name)." }
    public static func finished(_ name: String, open: Int, of: Int) -> String {
        "The interview \(name) is over; its end is noted." + (open > 0 ? " \(stillOpen(open, of)). \(goOn(name))" : "")
    }
    public static let noConsent = "Without consent nothing is asked. Nothing but the interview itself and its people stands in the records."
    public static func nobody(_ name: String) -> String { "\(name) names nobody who is interviewed, so nobody could have agreed: name them with 'seamark interview set \(name) persons+=P-A001'." }
    public static let withdrawn = "Consent was withdrawn, so nothing is asked. Consenting again needs a new person record."
    public static let lineMode = "Line mode: one line, one answer. ? lists the commands."
    public static let cutByTerminal = "That line was as long as a terminal takes, so its end may be missing: nothing of it was stored. Use your editor (!) for long texts, or full screen."
    public static let notText = "That line was no UTF-8 text: nothing of it was stored."
    public static let lineTooLong = "That line was longer than 262,144 bytes: nothing of it was stored."
    public static let localeIsNotUTF8 = "The locale is not UTF-8, so this is line mode."
    public static func otherLanguage(_ language: String?, _ reference: String) -> String {
        "The instrument \(reference) is not on this device" + (language.map { " in '\(TerminalText.line($0))'." } ?? ".")
    }
}
