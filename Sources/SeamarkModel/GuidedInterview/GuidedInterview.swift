public import SeamarkJournal

/// One sitting of a guided interview: what a person presses or types goes in, what is to be stored or shown comes out.
///
/// Everything that counts stands in the records. After each write the records are taken in anew, and where the interview stands follows from
/// them and from one bookmark (`Place`), so that a sitting that ends anywhere goes on where it was. Only what this sitting has written can be undone.
public struct GuidedInterview: Sendable {
    /// A question of the instrument, and whether these respondents are asked it.
    public struct Question: Hashable, Sendable {
        public let domain: InstrumentDomain
        public let question: InstrumentQuestion
        public let isAsked: Bool
        public var id: String { question.id }
    }

    /// Where an interview stands.
    public enum Place: Hashable, Sendable {
        case question(Int)
        /// Of a questionnaire of one's own.
        case form(FormSpot)
        /// After the last question.
        case end
    }

    /// What is being asked of the consultant.
    public enum Prompt: Hashable, Sendable {
        case question
        case help
        case grade(String)
        case text(TextUse)
        case quotedPerson(String)
        case attribution(String, person: Identifier?)
        case category(String)
        case found([Place])
        case consent(Int, ConsentStep)
    }

    public enum TextUse: Hashable, Sendable {
        case rationale(String)
        /// What supports a grade A or B.
        case reference(String, OwnAnswer.Content.Grade)
        case note, quote, seam, decision, leak, jump, search
        /// The answer to a question of a questionnaire; `isLong` where it is free words.
        case own(FormSpot, isLong: Bool)

        /// May it hold line breaks?
        var isLong: Bool {
            switch self {
            case .rationale, .note, .quote: true
            case .own(_, let isLong): isLong
            case .reference, .seam, .decision, .leak, .jump, .search: false
            }
        }
    }

    public enum ConsentStep: Hashable, Sendable {
        case given
        case method
        case scope(method: Int64)
    }

    public enum Event: Hashable, Sendable {
        case key(InterviewKey)
        /// A line, in line mode.
        case line(String)
        /// What an editor left.
        case edited(String)
        /// The editor gave nothing to store back, and why; with what it left, where that is a text.
        case notEdited(String, left: String?)
        case stored(InterviewReceipt)
        /// Nothing was stored, and why: a whole sentence.
        case refused(String)
        /// What was to be written over, undone or done again was changed since, and is left alone; all as it stands.
        case changedSince(InterviewRecords)
        /// Somebody else wrote, or what may be shown changed: all as it stands, before the next key or line.
        case looked(InterviewRecords)
        /// A whole sentence that is to be heard besides.
        case told(String)
        /// The terminal is lost, or somebody asked the program to end.
        case hungUp
    }

    public enum Effect: Hashable, Sendable {
        case store(InterviewWrite)
        case remember(InterviewBookmark)
        case edit(String, atMost: Int)
        case end(Ending)
    }

    public enum Ending: Hashable, Sendable {
        case paused
        case finished
        /// There is no consent, so nothing is asked.
        case noConsent
        /// The interview names nobody who could have agreed.
        case nobody
        case withdrawn
    }

    /// Something of this sitting that can be taken back.
    enum Done: Hashable, Sendable {
        case answer(String, before: OwnAnswer.Content?, after: OwnAnswer.Content?)
        case own(FormSpot, before: FormAnswer?, after: FormAnswer?)
        case made(Identifier, String)
    }

    /// What was done, or undone, with the change that did it; nil where nothing was to be changed for it.
    struct Step: Hashable, Sendable {
        let done: Done
        let change: Identifier?
    }

    enum Doing: Hashable, Sendable {
        /// `movesOn`: the next open question follows.
        case first(InterviewWrite.Capture, Done?, movesOn: Bool)
        case undo(Step)
        case redo(Step)
    }

    public let instrument: Instrument
    public let questions: [Question]
    public internal(set) var records: InterviewRecords
    public internal(set) var place: Place
    public internal(set) var prompt: Prompt = .question
    public internal(set) var entry = EntryLine()
    /// What there is to say of the last event; empty for nothing.
    public internal(set) var notice = ""
    /// What the last key or line asked for was not done; the notice says why.
    public internal(set) var isDeclined = false
    /// Rows that the reader has moved the text up by.
    public internal(set) var scroll = 0
    /// The question that was answered last in this sitting.
    public internal(set) var lastAnswered: String?

    /// What line mode said last, so that it says a question once.
    var lastSpoken: Place?

    var done: [Step] = []
    var undone: [Step] = []
    /// How the records that this sitting wrote stood after it did.
    var marks: [InterviewSubject: RecordMark] = [:]
    var doing: Doing?
    /// Where to go back to when a write is refused.
    private var before: (prompt: Prompt, entry: EntryLine)?
    /// Where somebody else wrote, what this sitting has shown last.
    var unseen: [InterviewSubject: InterviewWrite.Standing] = [:]
    /// Texts that were begun and left, by what they were for, in the order in which they were left. They are opened together.
    var kept: [TextUse: [String]] = [:]
    /// For what there waits a text of earlier sittings.
    var takenUp: Set<TextUse> = []
    /// The text of earlier sittings that was opened, as it was then.
    var opened: InterviewDraft.Text?
    /// The lines come from a file: whoever wrote them does not know what an earlier sitting had begun.
    let isScripted: Bool
    /// The language of questionnaires, where they have it.
    let language: String?
    /// What earlier sittings had begun, where nothing of before may be shown.
    var hidden: [InterviewDraft.Text] = []
    /// A text that is to be mended when the write that is under way is durable, and why.
    var afterwards: (use: TextUse, text: String, fault: String)?
    /// Questions that nobody had answered before this sitting did.
    private var own: Set<String> = []
    /// Nothing more is asked.
    public private(set) var ending: Ending?
    var remembered: InterviewBookmark?
    /// To end with open questions was asked for, and it was said how many there are: it counts when it is asked for once more, next.
    var isAskedToFinish = false

    /// - Parameters:
    ///   - draft: what earlier sittings had begun to write.
    ///   - isScripted: the lines come from a file, so that every line means what it would mean without a draft.
    ///   - language: the language of questionnaires of one's own; of each its first where it does not have it.
    public init(_ instrument: Instrument, _ records: InterviewRecords, draft: InterviewDraft = InterviewDraft(), isScripted: Bool = false, language: String? = nil) {
        self.instrument = instrument
        self.isScripted = isScripted
        self.language = language
        self.records = records
        let levels = records.respondents.compactMap(\.level)
        var all: [(InstrumentDomain, InstrumentQuestion, Bool)] = []
        for domain in instrument.domains {
            let isInScope = records.domains.isEmpty || records.domains.contains(domain.code)
            for question in domain.questions { all.append((domain, question, isInScope && question.asked.contains(where: levels.contains))) }
        }
        // Who stands outside the levels of the instrument may be asked anything.
        let asksNone = !all.contains { $0.2 }
        questions = all.map { Question(domain: $0.0, question: $0.1, isAsked: asksNone || $0.2) }
        place = .end
        remembered = records.bookmark
        place = Self.place(questions, records, records.bookmark)
        if records.isFinal { notice = GuidedInterviewWords.isFinal }
        askConsent()
        resume(draft)
    }

    // MARK: - What there is to know

    public var question: Question? {
        if case .question(let index) = place { questions[index] } else { nil }
    }

    public func index(of id: String) -> Int? { questions.firstIndex { $0.id.lowercased() == id.lowercased() } }

    /// How many of those asked are answered, and how many are asked.
    public var progress: (answered: Int, of: Int) {
        let asked = questions.filter(\.isAsked)
        let own = records.forms.flatMap { form in form.asked.map { form.talk.isAnswered($0.name) } }
        return (asked.count { records.answers[$0.id] != nil } + own.count { $0 }, asked.count + own.count)
    }

    public var open: [Question] { questions.filter { $0.isAsked && records.answers[$0.id] == nil } }

    /// What stands for a question; nil where nothing does or may be shown.
    public func shownAnswer(_ id: String) -> OwnAnswer.Content? {
        isShown(id) ? records.answers[id]?.content : nil
    }

    /// Where nothing of before may be shown, what this sitting began itself.
    func isShown(_ id: String) -> Bool { !records.isBlind || own.contains(id) }

    private func isTold(_ change: Done) -> Bool { 
        switch change {
        case .answer(let question, _, _): isShown(question)
        case .own: !records.isBlind
        case .made: true
        }
    }

    public var canUndo: Bool { !done.isEmpty }

    // MARK: - Events

    /// Takes an event in; says what must be done, in this order, before the next event. A write is answered by `stored` or `refused`.
    public mutating func handle(_ event: Event) -> [Effect] {
        var effects: [Effect] = []
        switch event {
        case .stored(let receipt): effects = stored(receipt)
        case .refused(let sentence): goBack(sentence)
        case .changedSince(let records):
            var (sentence, told): (String, InterviewSubject?) = (GuidedInterviewWords.changedSince, nil)
            switch doing {
            case .undo?: done.removeLast()
            case .redo?: undone.removeLast()
            case .first(let capture, _, _)?: (sentence, told) = (GuidedInterviewWords.changedMeanwhile, capture.answered)
            case nil: sentence = GuidedInterviewWords.changedMeanwhile
            }
            goBack(sentence)
            take(records, told: told)
        case .looked(let records):
            take(records)
            if ending == nil, doing == nil {
                askConsent()
                effects = ending.map { [.end($0)] } ?? []
            }
        case .told(let sentence): notice = [notice, sentence].filter { !$0.isEmpty }.joined(separator: " ")
        case .hungUp:
            // It was said already.
            notice = ""
            effects = ending == nil ? end(.paused) : []
        case .key, .line, .edited, .notEdited:
            (notice, isDeclined) = ("", false)
            guard ending == nil else { return [] }
            let wasAskedToFinish = isAskedToFinish
            switch event {
            case .key(let key): effects = press(key)
            case .line(let line): effects = type(line)
            case .edited(let text):
                entry = EntryLine(text)
                effects = finishText()
            case .notEdited(let sentence, let left):
                if let left { entry = EntryLine(left) }
                decline(sentence)
            case .stored, .refused, .changedSince, .looked, .told, .hungUp: break
            }
            if wasAskedToFinish { isAskedToFinish = false }
        }
        if doing == nil, ending == nil, let bookmark = bookmark() {
            remembered = bookmark
            effects.append(.remember(bookmark))
        }
        return effects
    }

    /// Nothing was stored: where it was asked for stands again, with the text.
    private mutating func goBack(_ sentence: String) {
        // A rationale that came with its score waits for the answer to be given again.
        if case .first(.answer(let question, let content?), _, _)? = doing, before?.prompt == .question, let rationale = afterwards?.text ?? content.rationale,
            rationale != records.answers[question]?.content?.rationale
        { putAside(.rationale(question), rationale) }
        (doing, afterwards) = (nil, nil)
        if let before { (prompt, entry) = before }
        before = nil
        decline(sentence)
    }

    private mutating func stored(_ receipt: InterviewReceipt) -> [Effect] {
        let turnsBlind = receipt.records.isBlind && !records.isBlind
        let hadEnd = records.endedAt != nil
        adopt(receipt.records, own: receipt.subject)
        marks[receipt.subject] = receipt.mark
        before = nil
        let doing = doing
        self.doing = nil
        switch doing {
        case .first(let capture, let change, let movesOn)?:
            undone = []
            forget(stored: capture)
            opened = nil
            prompt = .question
            entry = EntryLine()
            switch (capture, receipt.subject) {
            case (.answer(let question, let content), _):
                if let change { done.append(Step(done: change, change: receipt.change)) }
                if case .answer(_, before: nil, _)? = change { own.insert(question) }
                notice = isShown(question) ? GuidedInterviewWords.saved(question, content) : GuidedInterviewWords.saved(question)
                lastAnswered = question
                if movesOn { goOn(after: question) }
                if let afterwards { mend(afterwards) }
            case (.formAnswer(let spot, let answer), _):
                if let change { done.append(Step(done: change, change: receipt.change)) }
                notice = saved(spot, answer)
                if movesOn { go(to: Self.next(after: .form(spot), questions, records)) }
            case (.note, .record(let id)), (.quote, .record(let id)), (.seam, .record(let id)), (.decision, .record(let id)), (.leak, .record(let id)):
                done.append(Step(done: .made(id, receipt.name), change: receipt.change))
                notice = GuidedInterviewWords.saved(receipt.name)
            case (.end, _): return end(.finished)
            case (.consent, _): notice = GuidedInterviewWords.consentSaved(receipt.name)
            case (.note, _), (.quote, _), (.seam, _), (.decision, _), (.leak, _), (.delete, _), (.restore, _): break
            }
        case .undo(let step)?:
            let change = step.done
            done.removeLast()
            undone.append(Step(done: change, change: receipt.change))
            notice = isTold(change) ? undone(change) : GuidedInterviewWords.undoneUnseen
            // It is asked again.
            if case .answer(let question, let old, let new) = change {
                if old?.outcome != new?.outcome || old?.score != new?.score, let index = index(of: question) { go(to: .question(index)) }
                if old == nil, lastAnswered == question { lastAnswered = nil }
            }
            if case .own(let spot, _, _) = change { go(to: .form(spot)) }
        case .redo(let step)?:
            let change = step.done
            undone.removeLast()
            done.append(Step(done: change, change: receipt.change))
            notice = isTold(change) ? redone(change) : GuidedInterviewWords.redoneUnseen
            if case .answer(let question, let old, let new) = change {
                lastAnswered = question
                if old?.outcome != new?.outcome || old?.score != new?.score { goOn(after: question) }
            }
            if case .own(let spot, _, _) = change { go(to: Self.next(after: .form(spot), questions, records)) }
        case nil: break
        }
        if hadEnd != (records.endedAt != nil) { notice += " " + (hadEnd ? GuidedInterviewWords.endIsGone(records.name) : GuidedInterviewWords.endIsBack) }
        afterwards = nil
        settle()
        if turnsBlind { hide(standing: nil) }
        if ending == nil { askConsent() }
        return ending.map { [.end($0)] } ?? []
    }

    // MARK: - Writing

    mutating func store(_ capture: InterviewWrite.Capture, _ change: Done? = nil, movesOn: Bool = false) -> [Effect] {
        if before == nil { before = (prompt, entry) }
        doing = .first(capture, change, movesOn: movesOn)
        if let reason = isFinal(capture) ? GuidedInterviewWords.isFinal : tellUnseen(capture) {
            goBack(reason)
            // Line mode says the question again, with what stands there.
            lastSpoken = nil
            return []
        }
        switch capture {
        case .answer(let question, _): return [.store(InterviewWrite(capture, onto: .answer(records.answers[question]?.content)))]
        case .formAnswer(let spot, _): return [.store(InterviewWrite(capture, onto: .form(form(spot)?.talk.answers[spot.name])))]
        case .note, .quote, .seam, .decision, .leak, .consent, .delete, .restore, .end: return [.store(InterviewWrite(capture))]
        }
    }

    /// Writes an answer as it is to be from now on.
    mutating func answer(_ question: String, _ content: OwnAnswer.Content, movesOn: Bool = false) -> [Effect] {
        let old = records.answers[question]?.content
        guard old != content else {
            // It says that already.
            forget(stored: .answer(question: question, content))
            notice = GuidedInterviewWords.saved(question, content)
            lastAnswered = question
            (prompt, entry) = (.question, EntryLine())
            if movesOn { goOn(after: question) }
            if let afterwards { mend(afterwards) }
            afterwards = nil
            return []
        }
        return store(.answer(question: question, content), .answer(question, before: old, after: content), movesOn: movesOn)
    }

    /// What was asked for is not done.
    mutating func decline(_ sentence: String) { (notice, isDeclined) = (sentence, true) }

    private mutating func mend(_ after: (use: TextUse, text: String, fault: String)) {
        forget(after.use, after.text)
        (prompt, entry) = (.text(after.use), EntryLine(after.text))
        decline(notice + " " + after.fault)
    }

    /// What a finalised interview holds stands. Consent is the person's and not the interview's.
    private func isFinal(_ capture: InterviewWrite.Capture) -> Bool {
        if case .consent = capture { false } else { records.isFinal }
    }

    // MARK: - Ending

    /// Nothing is asked of somebody who has not agreed.
    private mutating func askConsent() {
        if records.respondents.isEmpty { return ending = .nobody }
        if records.respondents.contains(where: { $0.consent.state == .withdrawn }) { return ending = .withdrawn }
        let index = records.respondents.firstIndex { $0.consent.state == .none }
        // It is being asked already.
        if case .consent(let asked, _) = prompt {
            if asked == index { return }
            (prompt, entry) = (.question, EntryLine())
        }
        guard let index else { return }
        setAside()
        (prompt, entry) = (.consent(index, .given), EntryLine())
    }

    mutating func end(_ ending: Ending) -> [Effect] {
        self.ending = ending
        return [.end(ending)]
    }
}
