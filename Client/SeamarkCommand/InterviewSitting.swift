import SeamarkClient
import SeamarkModel

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

    init(_ desk: InterviewDesk, _ instrument: Instrument, _ input: InterviewInput) throws {
        self.desk = desk
        self.input = input
        interview = GuidedInterview(instrument, try desk.records())
        ending = interview.ending
    }

    mutating func run(inLines: Bool) throws {
        if ending == nil {
            if inLines { try lines() } else { screens() }
        }
        // Whether anybody reads it any more does not matter: all is stored.
        defer { if let refusal { Terminal.error([Terminal.Piece(refusal.sentence)]) } }
        let name = interview.records.name
        switch ending ?? .paused {
        case .paused:
            if let refusal { throw Explained(refusal.status, GuidedInterviewWords.goOn(name)) }
            Terminal.line("\(GuidedInterviewWords.stopped) \(GuidedInterviewWords.goOn(name))")
        case .finished: Terminal.line("\(GuidedInterviewWords.finished(name))")
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
            case .text(let text): carryOut(.line(text))
            case .cut: try misread(GuidedInterviewWords.cutByTerminal)
            case .tooLong: try misread(GuidedInterviewWords.lineTooLong)
            case .notText: try misread(GuidedInterviewWords.notText)
            case .end: carryOut(.hungUp)
            }
            // Who is not there to read it must not go on as if it were stored.
            if isScripted, let refusal {
                self.refusal = nil
                throw Explained(refusal.status, refusal.sentence)
            }
        }
        say(interview.statements(now: TimeText.now()))
    }

    private func misread(_ sentence: String) throws {
        if isScripted { throw Explained(.refused, sentence) }
        say([sentence])
    }

    @discardableResult
    private func say(_ lines: [String]) -> Bool {
        for line in lines { Terminal.line(Terminal.Piece(line)) }
        return Terminal.flush()
    }

    private func ask() -> Bool { isScripted ? true : Terminal.prompt("> ") }

    // MARK: - Full screen

    private mutating func screens() {
        defer { InterviewTerminal.leave() }
        guard InterviewTerminal.take() else { return carryOut(.hungUp) }
        hasTerminal = true
        while ending == nil {
            let size = InterviewTerminal.size
            guard InterviewTerminal.show(interview.screen(width: size.columns, height: size.rows, now: TimeText.now())) else { return carryOut(.hungUp) }
            switch input.keys(20_000) {
            case .keys(let keys): for key in keys where ending == nil { carryOut(.key(key)) }
            case .redraw: break
            case .end(let keys):
                for key in keys where ending == nil { carryOut(.key(key)) }
                if ending == nil { carryOut(.hungUp) }
            }
        }
    }

    // MARK: - Carrying out

    private mutating func carryOut(_ event: GuidedInterview.Event) {
        var waiting = interview.handle(event)
        while !waiting.isEmpty {
            switch waiting.removeFirst() {
            case .store(let write): waiting = interview.handle(stored(write)) + waiting
            // Losing a bookmark loses no work.
            case .remember(let bookmark): try? desk.remember(bookmark)
            case .edit(let text, let most): waiting = interview.handle(edited(text, most)) + waiting
            case .end(let ending): self.ending = ending
            }
        }
    }

    private mutating func stored(_ write: InterviewWrite) -> GuidedInterview.Event {
        do {
            let receipt = try desk.carryOut(write)
            refusal = nil
            return .stored(receipt)
        } catch is InterviewDesk.ChangedSince {
            if let records = try? desk.records() { return .changedSince(records) }
            return .refused(GuidedInterviewWords.changedSince)
        } catch {
            let explanation = Explanation(error)
            refusal = explanation
            return .refused(explanation.sentence)
        }
    }

    private func edited(_ text: String, _ most: Int) -> GuidedInterview.Event {
        guard !isScripted else { return .notEdited(Explanation(TextEditor.Failure.notStarted).sentence) }
        if hasTerminal { InterviewTerminal.leave() }
        defer {
            // Ctrl-C in the editor was meant for the editor.
            InterviewSignals.forgetInterrupts()
            if hasTerminal { _ = InterviewTerminal.take() }
        }
        // Twice what fits may come back: it is said then, and nothing is lost.
        do { return .edited(try TextEditor.edit(text, atMost: max(EntryLine.most, most) * 4)) } catch { return .notEdited(Explanation(error).sentence) }
    }
}
