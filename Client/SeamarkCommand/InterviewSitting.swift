import SeamarkClient
import SeamarkModel
import SeamarkStore

/// Carries out what a guided interview decides, on the whole screen or line by line. What it is told to store is durable before it asks for more.
struct InterviewSitting {
    private let desk: InterviewDesk
    private var interview: GuidedInterview
    private var input: InterviewInput
    private let isScripted = !Terminal.inputIsTerminal
    /// The last write was refused, and nothing was stored since.
    private var refusal: Explanation?
    private var ending: GuidedInterview.Ending?
    private var hasTerminal = false
    private var drafts: InterviewDrafts
    /// When what is being written could not be kept, and why; it is tried again after a while, and at the end.
    private var notKept: (at: ContinuousClock.Instant, sentence: String)?
    /// Why nothing may be shown or taken here any more.
    private var closed: Explanation?
    /// The laptop is to be wiped: texts of an editor go as all else does.
    private var isToBeWiped = false
    /// The store was locked: what comes is kept as what was begun to write, nothing is stored as a record any more, and then all ends.
    private var isLocked = false
    private let tenant: String
    /// How far the store was read.
    private var reach: Int64
    /// Texts that an editor left and that could not be taken, to be said again at the end.
    private var left: [TextEditor.Left] = []
    /// Texts of an editor that were taken and are not durable yet: their files stay until then.
    private var unkept: [TextEditor.Left] = []

    init(_ desk: InterviewDesk, _ instrument: Instrument, _ input: InterviewInput, language: String?, of tenant: String) throws {
        self.desk = desk
        self.tenant = tenant
        self.input = input
        reach = desk.device.store.reach
        drafts = InterviewDrafts(desk, sitting: .random(in: .min ... .max))
        interview = GuidedInterview(instrument, try desk.records(), draft: try drafts.takeUp(), isScripted: isScripted, language: language)
        ending = interview.ending
    }

    mutating func run(inLines: Bool) throws {
        // Whether anybody reads it any more does not matter: all is stored.
        defer {
            if let refusal { Terminal.error([Terminal.Piece(refusal.sentence)]) }
            for left in left + unkept { if isToBeWiped { left.remove() } else { Terminal.warning(Explanation(left).sentence) } }
            if let notKept { Terminal.warning(notKept.sentence) }
            if closed == nil, !drafts.kept.isEmpty { Terminal.warning(GuidedInterviewWords.draftsStay) }
        }
        if ending == nil {
            if inLines { try lines() } else { screens() }
        }
        try endIfLocked()
        keepDraft(always: true)
        if let closed { throw Explained(closed.status, closed.sentence) }
        let name = interview.records.name
        switch ending ?? .paused {
        case .paused:
            if let refusal { throw Explained(refusal.status, GuidedInterviewWords.goOn(name)) }
            Terminal.line("\(drafts.kept.isEmpty && notKept == nil && left.isEmpty && unkept.isEmpty ? GuidedInterviewWords.stopped + " " : "")\(GuidedInterviewWords.goOn(name))")
        case .finished:
            let (answered, all) = interview.progress
            Terminal.line("\(GuidedInterviewWords.finished(name, open: all - answered, of: all))")
        case .noConsent: throw Explained(.refused, GuidedInterviewWords.noConsent)
        case .nobody: throw Explained(.refused, GuidedInterviewWords.nobody(name))
        case .withdrawn: throw Explained(.refused, GuidedInterviewWords.withdrawn)
        }
    }

    // MARK: - Line mode

    private mutating func lines() throws {
        say([GuidedInterviewWords.lineMode])
        while ending == nil {
            guard say(interview.statements(now: TimeText.now())), ask() else { return carryOut(.hungUp) }
            switch input.line() {
            case .text(let text):
                if look() { carryOut(.line(text)) } else if ending == nil { try misread(GuidedInterviewWords.changedMeanwhile) }
            case .cut: try misread(GuidedInterviewWords.cutByTerminal)
            case .tooLong: try misread(GuidedInterviewWords.lineTooLong)
            case .notText: try misread(GuidedInterviewWords.notText)
            case .end: carryOut(.hungUp)
            case .locked(let begun):
                isLocked = true
                if !isScripted { say([""]) }
                if !begun.isEmpty { carryOut(.line(begun)) }
            }
            keepDraft()
            try endIfLocked()
            // Who is not there to read it must not go on as if it were stored: what follows would answer other questions than were meant.
            if isScripted, let refusal {
                self.refusal = nil
                throw stopped(refusal.status, refusal.sentence)
            }
            if isScripted, closed == nil, interview.isDeclined { throw stopped(.refused, interview.notice) }
        }
        if closed == nil { say(interview.statements(now: TimeText.now())) }
    }

    private func misread(_ sentence: String) throws {
        if isScripted { throw stopped(.refused, sentence) }
        say([sentence])
    }

    private func stopped(_ status: ExitStatus, _ sentence: String) -> Explained {
        Explained(status, GuidedInterviewWords.stoppedAt(input.lineNumber, sentence, interview.records.name))
    }

    @discardableResult
    private func say(_ lines: [String]) -> Bool {
        for line in lines { Terminal.line(Terminal.Piece(line)) }
        return Terminal.flush()
    }

    private func ask() -> Bool { isScripted ? true : Terminal.prompt("> ") }

    // MARK: - Full screen

    private mutating func screens() {
        defer {
            InterviewTerminal.leave()
            InterviewSignals.hearSuspending(false)
        }
        guard InterviewTerminal.take() else { return carryOut(.hungUp) }
        InterviewSignals.hearSuspending(true)
        hasTerminal = true
        while ending == nil {
            let size = InterviewTerminal.size
            guard InterviewTerminal.show(interview.screen(width: size.columns, height: size.rows, now: TimeText.now())) else { return carryOut(.hungUp) }
            interview.wasShown()
            let inText = if case .text = interview.prompt { true } else { false }
            switch input.keys(20_000, inText: inText) {
            case .keys(let keys): guard press(keys) else { return carryOut(.hungUp) }
            case .redraw: break
            case .suspend: guard InterviewTerminal.suspend() else { return carryOut(.hungUp) }
            case .resume: guard InterviewTerminal.take() else { return carryOut(.hungUp) }
            case .end(let keys):
                _ = press(keys)
                if ending == nil { carryOut(.hungUp) }
            case .locked: isLocked = true
            }
            try? endIfLocked()
        }
    }

    /// What is written is kept before the screen shows it. False when the terminal is gone.
    private mutating func press(_ keys: [InterviewKey]) -> Bool {
        guard !keys.isEmpty else { return true }
        if !look() {
            if ending == nil { carryOut(.told(GuidedInterviewWords.changedMeanwhile)) }
            return true
        }
        for (index, key) in keys.enumerated() where ending == nil {
            if key == .control("z") {
                keepDraft()
                guard InterviewTerminal.suspend() else { return false }
                continue
            }
            carryOut(.key(key))
            // What was typed ahead was meant for what would be asked then.
            let isInText = if case .text = interview.prompt { true } else { false }
            if interview.isDeclined, !isInText, index < keys.count - 1, ending == nil {
                carryOut(.told(GuidedInterviewWords.typedAhead))
                // To end is never meant for a question.
                if keys[(index + 1)...].contains(.control("c")) { carryOut(.key(.control("c"))) }
                break
            }
        }
        keepDraft()
        return true
    }

    // MARK: - Others, and what is being written

    /// Looks at what other programs stored, before the next answer is taken. False when something else is asked now than was answered.
    private mutating func look() -> Bool {
        guard !desk.device.store.isLocked else {
            isLocked = true
            return true
        }
        let asked = interview.prompt
        do {
            guard let records = try desk.look(&reach, isBlind: interview.records.isBlind) else { return true }
            carryOut(.looked(records))
        } catch let error as InterviewDesk.Closed {
            close(error)
        } catch {
            // A store that cannot be read says so when it is written to.
            return true
        }
        return ending == nil && interview.prompt == asked
    }

    private mutating func close(_ error: InterviewDesk.Closed) {
        closed = Explanation(error)
        isToBeWiped = error == .wipeOrdered
        ending = .paused
    }

    /// What was being written is kept first, unless the store was wiped: then nothing can be. Throws where nobody is there to answer a screen: in line mode, with the line of a script.
    private mutating func endIfLocked() throws {
        guard closed == nil else { return }
        var isWiped = desk.device.store.isWiped
        guard isLocked || isWiped else { return }
        if !isWiped {
            keepDraft(always: true)
            guard closed == nil else { return }
            isWiped = desk.device.store.isWiped
        }
        if isWiped {
            (isLocked, isToBeWiped, notKept) = (true, true, nil)
            // By an order of headquarters? What was stored last can still be read here.
            do { _ = try desk.look(&reach, isBlind: true) } catch let error as InterviewDesk.Closed { close(error) } catch {}
            isToBeWiped = true
            guard closed == nil else { return refusal = nil }
        }
        let failure: Workplace.Failure =
            isWiped ? .wipedMeanwhile(tenant: tenant) : .lockedMeanwhile(tenant: tenant, then: GuidedInterviewWords.goOnAgain(interview.records.name))
        let explanation = Explanation(failure)
        let words = explanation.sentence + (isWiped || drafts.kept.isEmpty ? "" : " " + GuidedInterviewWords.draftsStay)
        (closed, ending, refusal) = (Explanation(explanation.status, words), .paused, nil)
        if isScripted { throw stopped(explanation.status, words) }
    }

    /// Makes durable what is being written.
    private mutating func keepDraft(always: Bool = false) {
        guard closed == nil else { return }
        guard interview.draft != drafts.kept else {
            removeTaken()
            return notKept = nil
        }
        // A full disk has to be read anew after each try.
        if let notKept, !always, notKept.at.duration(to: .now) < .seconds(2) { return carryOut(.told(notKept.sentence)) }
        do {
            let others = try drafts.keep(interview.draft)
            if !others { reach = desk.device.store.reach }
            notKept = nil
            removeTaken()
        } catch let error as InterviewDesk.Closed {
            close(error)
        } catch {
            let sentence = GuidedInterviewWords.notKept(Explanation(error).sentence)
            notKept = (.now, sentence)
            carryOut(.told(sentence))
        }
    }

    /// What an editor left is durable now, as a record or as a draft.
    private mutating func removeTaken() {
        for taken in unkept { taken.remove() }
        unkept = []
    }

    // MARK: - Carrying out

    private mutating func carryOut(_ event: GuidedInterview.Event) {
        var waiting = interview.handle(event)
        while !waiting.isEmpty {
            switch waiting.removeFirst() {
            case .store(let write): waiting = interview.handle(stored(write)) + waiting
            // Losing a bookmark loses no work.
            case .remember(let bookmark): if let others = try? desk.remember(bookmark), !others { reach = desk.device.store.reach }
            case .edit(let text, let most): if !isLocked { waiting = interview.handle(edited(text, most)) + waiting }
            case .end(let ending): self.ending = ending
            }
        }
    }

    private mutating func stored(_ write: InterviewWrite) -> GuidedInterview.Event {
        // What it said of a text stays as a draft.
        if isLocked { return .refused("") }
        do {
            let rest = interview.draftOnceStored
            let receipt = try drafts.carryOut(write, leaving: rest)
            refusal = nil
            if drafts.kept == rest { removeTaken() }
            reach = desk.device.store.reach
            return .stored(receipt)
        } catch is InterviewDesk.ChangedSince {
            if let records = try? desk.records() { return .changedSince(records) }
            return .refused(GuidedInterviewWords.changedSince)
        } catch {
            // Who withdrew consent just now is not asked on; the next look says so.
            reach = .min
            let explanation = Explanation(error)
            refusal = explanation
            return .refused(explanation.sentence)
        }
    }

    private mutating func edited(_ text: String, _ most: Int) -> GuidedInterview.Event {
        guard !isScripted else { return .notEdited(GuidedInterviewWords.noEditorForFiles, left: nil) }
        keepDraft()
        input.lookAway()
        if hasTerminal {
            InterviewTerminal.leave()
            // Ctrl-Z in the editor stops both.
            InterviewSignals.hearSuspending(false)
        }
        defer {
            // Ctrl-C in the editor was meant for the editor.
            InterviewSignals.forgetInterrupts()
            if hasTerminal {
                InterviewSignals.hearSuspending(true)
                _ = InterviewTerminal.take()
            }
        }
        // Twice what fits may come back: it is said then, and nothing is lost.
        do {
            let taken = try TextEditor.edit(text, atMost: EntryLine.most * 4) { if $0.count > EntryLine.most { throw Explained(.refused, GuidedInterviewWords.editedTooLong) } }
            guard look() else { return setAside(taken.left(Explained(.refused, GuidedInterviewWords.changedWhileEdited))) }
            unkept.append(taken.left(Explained(.cannotWrite, GuidedInterviewWords.editedNotKept)))
            return .edited(taken.text)
        } catch let failed as TextEditor.Left {
            let left = TextEditor.Left(path: failed.path, text: failed.text, cause: Self.inWordsOfAnInterview(failed.cause))
            guard look() else { return setAside(left) }
            // A text goes on in the line, not stored, and is kept there.
            guard let text = left.text, text.count <= EntryLine.most else {
                self.left.append(left)
                return .notEdited(Explanation(left).sentence, left: nil)
            }
            unkept.append(left)
            return .notEdited(Explanation(left.cause).sentence + " " + GuidedInterviewWords.editorLeft, left: text)
        } catch {
            _ = look()
            return .notEdited(Explanation(Self.inWordsOfAnInterview(error)).sentence, left: nil)
        }
    }

    /// Elsewhere a text can be given with an option, too.
    private static func inWordsOfAnInterview(_ error: any Error) -> any Error {
        guard let failure = error as? TextEditor.Failure else { return error }
        let status = Explanation(failure).status
        return switch failure {
        case .nowhere: Explained(status, GuidedInterviewWords.noPlaceToEdit)
        case .notStarted: Explained(status, GuidedInterviewWords.noEditor)
        case .empty: Explained(status, GuidedInterviewWords.editedNothing)
        // Nothing is marked here.
        case .marksLeft: failure
        }
    }

    /// What came back belongs nowhere any more: its file stays.
    private mutating func setAside(_ left: TextEditor.Left) -> GuidedInterview.Event {
        self.left.append(left)
        return .notEdited(Explanation(left).sentence, left: nil)
    }
}
