import ArgumentParser
import Glibc
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

struct FormAsk: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Ask a questionnaire on this terminal, question by question.",
        discussion: """
            For example:
              seamark form ask IV-A001 shift-check
              seamark form ask IV-A004 shift-check --person P-A002

            Each answer is kept before the next question is shown, so that it may end at any time; it goes on with the first question without an answer. \
            An empty line goes on, '-' takes an answer away, '<' goes back, '.' ends; a '\\' before a line takes it as it stands. Choices are called by \
            their numbers, several with blanks between them.
            """)

    @Argument(help: "The interview's handle.", completion: HandleCompletion.of(Catalogue.interview)) var interview: String
    @Argument(help: "The questionnaire's handle, its key, or key@edition.", completion: HandleCompletion.questionnaires) var questionnaire: String
    @Option(help: ArgumentHelp("The language to ask in; the form's first if not said.", valueName: "name")) var language: String?
    @Option(help: ArgumentHelp("Who answers, where the interview has several people.", valueName: "handle"), completion: HandleCompletion.of(Catalogue.person)) var person: String?
    @OptionGroup var work: WorkOptions

    func run() throws {
        let place = try Workplace(work, to: .read)
        guard Terminal.inputIsTerminal else {
            throw Explained(.usage, "Questions are asked on a terminal, and standard input is none. Give the answers at once: 'seamark form answer INTERVIEW QUESTIONNAIRE QUESTION=VALUE'.")
        }
        let scope = try place.engagement(), finder = try place.finder()
        let held = try finder.questionnaire(questionnaire), asked = try finder.record(interview, type: Catalogue.interview)
        let form = try FormVerb.form(held), clock = FormVerb.clock
        let language = try FormVerb.language(language, of: form)
        guard let begun = finder.formInterview(held, in: asked.id, clock: clock) else { throw FormCaptureFailure.needsNewerVersion(held.reference) }
        if held.isRetired, begun.answers.isEmpty, begun.hidden.isEmpty { throw FormCaptureFailure.retired(held.reference) }
        if begun.isTooMuch { throw FormCaptureFailure.tooMuchWork(held.reference) }
        if let person { _ = try finder.record(person, type: Catalogue.person) }
        if begun.answers.isEmpty, let (former, answered) = finder.formerAnswers(to: held, in: asked.id, clock: clock) {
            let count = FormCarrying(answered, into: begun).carried.count
            let verb = "seamark form carry \(finder.name(of: asked.id)) \(held.handle)"
            if count > 0 { Terminal.block("\(counted(count, "answer")) of yours to \(former.reference) \(count == 1 ? "fits" : "fit"): '.' ends here, then '\(verb)' carries \(count == 1 ? "it" : "them") over, and with --dry-run shows what.", .dim) }
        }
        var talk = FormConversation(begun, language: language)
        Terminal.line(.init(form.title, .bold), .init("  \(held.reference), \(finder.name(of: asked.id)); '.' ends, '<' goes back", .dim))
        var count = 0
        asking: while true {
            for passed in talk.passed() {
                switch passed {
                case .heading(let words): Terminal.block(words, .bold)
                case .note(let words): Terminal.block(words)
                }
            }
            guard let prompt = talk.prompt else { break }
            show(prompt)
            guard Terminal.prompt("> "), let line = try line(place, "go on with 'seamark form ask \(finder.name(of: asked.id)) \(held.handle)'") else { break }
            switch talk.take(line) {
            case .ended: break asking
            case .moved: continue
            case .refused(let words): Terminal.block(words, .yellow)
            case .answered(let name, let answer):
                try place.device.answer(held.handle, of: asked.id.description, in: scope, person: person, clock: clock, language: language) { _, _ in [(name, answer)] }
                count += 1
            }
        }
        // What was kept went with the store.
        if place.device.store.isWiped { throw Workplace.Failure.wipedMeanwhile(tenant: place.tenant) }
        // An answer that is taken away may bring others back into the conditions.
        if talk.interview.isTooMuch { throw FormCaptureFailure.tooMuchWork(held.reference) }
        let missing = talk.interview.missing.map(\.name)
        Terminal.line("\(counted(count, "answer")) kept.\(missing.isEmpty ? "" : " Still to be answered: \(missing.joined(separator: ", ")).")")
    }

    /// Nil at the end of the input. A line that is being typed when the store is locked is not taken, and does not go to the shell.
    private func line(_ place: Workplace, _ then: String) throws -> String? {
        var ready = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        while poll(&ready, 1, 1000) <= 0, !place.device.store.isLocked {}
        guard place.device.store.isLocked else { return readLine(strippingNewline: true) }
        Terminal.line("")
        tcflush(0, TCIFLUSH)
        throw Workplace.Failure.endedMeanwhile(place.device.store, of: place.tenant, then: then)
    }

    private func show(_ prompt: FormConversation.Prompt) {
        Terminal.block(prompt.label + (prompt.isRequired ? " *" : ""), first: [.init("? ", .green)], indent: "  ")
        if let hint = prompt.hint { Terminal.block(hint, indent: "  ", .dim) }
        for (place, choice) in prompt.choices.enumerated() { Terminal.block(choice, first: [.init("  \(place + 1) ", .dim)], indent: "    ") }
        if prompt.isHidden { Terminal.block("answered; the words were redacted", indent: "  ", .dim) }
        if let present = prompt.present { Terminal.block(present, first: [.init("  answered: ", .dim)], indent: "    ") }
    }
}
