import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct FormAnswers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer", abstract: "Note what was answered to a questionnaire in an interview.",
        discussion: """
            For example:
              seamark form answer IV-A001 shift-check covered=yes people=11 \\
                why=parts,people since=2026-03-02

            All or none is stored. Choices are called by their names, several with commas; a value @FILE is read from that file, @- from standard \
            input; QUESTION=- or --clear takes an answer away. A question is answered where it is asked, as the others are answered.
            """)

    @Argument(help: "The interview's handle.", completion: HandleCompletion.of(Catalogue.interview)) var interview: String
    @Argument(help: "The questionnaire's handle, its key, or key@edition.", completion: HandleCompletion.questionnaires) var questionnaire: String
    @Argument(help: ArgumentHelp("What was answered.", valueName: "question=value"), completion: FormCompletion.answers) var words: [String] = []
    @Option(name: .customLong("clear"), help: ArgumentHelp("Take the answer to this question away; may be said several times.", valueName: "question"), completion: FormCompletion.answered) var cleared: [String] = []
    @Option(help: ArgumentHelp("Who answered, where the interview has several people.", valueName: "handle"), completion: HandleCompletion.of(Catalogue.person)) var person: String?
    @OptionGroup var capture: CaptureOptions
    @OptionGroup var work: WorkOptions

    func run() throws {
        let assignments = try capture.assignments(words)
        guard !assignments.isEmpty || !cleared.isEmpty else { throw Explained(.usage, "Say what was answered, such as people=11, or what to take away, such as --clear people.") }
        let place = try Workplace(work, to: .work)
        let scope = try place.engagement()
        let clock = FormVerb.clock
        var given: [(question: String, answer: FormAnswer?)] = []
        let after: FormInterview
        do {
            after = try place.device.answer(questionnaire, of: interview, in: scope, person: person, clock: clock, isTrial: capture.dryRun) { _, form in
                given = try typed(assignments, form, clock.today)
                return given
            }
        } catch FormCaptureFailure.answer(let question, let fault, _) where !place.shows {
            // The form's own words may show what was answered before.
            throw Explained(.refused, "\(question) \(fault.demand). Nothing was stored.")
        }
        let form = after.questionnaire
        let missing = place.shows ? after.missing.map(\.name) : []
        if capture.json {
            return Terminal.json(.object([
                JSONMember("stored", .bool(!capture.dryRun)),
                JSONMember("answers", .object(given.map { question, answer in
                    JSONMember(question, answer.flatMap { answer in form.all.first { $0.name == question }.map { FormStatus.json(answer, $0) } } ?? .null)
                })),
                JSONMember("missing", .array(missing.map { .string($0) })),
            ]), .formAnswers)
        }
        for (question, answer) in given {
            let item = form.all.first { $0.name == question }
            let text = item.flatMap { item in answer.map { form.text(of: $0, to: item, in: form.languages[0]) } } ?? "(taken away)"
            Terminal.block(text, first: [.init(question, .bold), "  "], indent: "    ")
        }
        if capture.dryRun { Terminal.line("Nothing was stored.") }
        if !missing.isEmpty { Terminal.line("Still to be answered: \(missing.joined(separator: ", ")).") }
    }

    /// In the form's order: whether one is asked may hang on another.
    private func typed(_ assignments: [Assignment], _ form: Questionnaire, _ today: Int64) throws -> [(question: String, answer: FormAnswer?)] {
        var given: [String: FormAnswer?] = [:]
        for assignment in assignments {
            // A name may end with a dash.
            let name = assignment.sign == .remove ? assignment.key + "-" : assignment.key
            guard assignment.sign != .add else { throw Explained(.usage, "An answer is given whole: \(assignment.key)=a,b.") }
            guard let item = form.all.first(where: { $0.name == name && $0.kind.isAnswered }) else { throw FormCaptureFailure.answer(question: name, .unknownQuestion, form) }
            guard given[name] == nil else { throw Explained(.usage, "\(name) is answered twice here.") }
            if assignment.text == "-" {
                given[name] = .some(nil)
                continue
            }
            do throws(FormAnswerFault) { given[name] = .some(try form.answer(typed: assignment.text, to: item, today: today)) } catch {
                throw FormCaptureFailure.answer(question: name, error, form)
            }
        }
        for name in cleared {
            guard form.all.contains(where: { $0.name == name && $0.kind.isAnswered }) else { throw FormCaptureFailure.answer(question: name, .unknownQuestion, form) }
            guard given[name] == nil else { throw Explained(.usage, "\(name) is answered and taken away here.") }
            given[name] = .some(nil)
        }
        return form.all.compactMap { item in given[item.name].map { (item.name, $0) } }
    }
}
