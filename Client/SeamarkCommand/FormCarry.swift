import ArgumentParser
import SeamarkClient
import SeamarkModel

struct FormCarry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carry", abstract: "Carry your answers to an earlier edition of a questionnaire over to another.",
        discussion: """
            For example:
              seamark form carry IV-A001 shift-check --dry-run
              seamark form carry IV-A001 shift-check@2 --from shift-check@1

            An answer is carried over where the question is called the same, is of the same kind and has the same choices, where it is asked, and where it \
            is not answered yet. Answers to the earlier edition stay. --dry-run shows what would become of each and stores nothing.
            """)

    @Argument(help: "The interview's handle.", completion: HandleCompletion.of(Catalogue.interview)) var interview: String
    @Argument(help: "The questionnaire to answer: its handle, its key, or key@edition.", completion: HandleCompletion.questionnaires) var questionnaire: String
    @Option(help: ArgumentHelp("The edition that was answered; the last one before it in which you answered if not said.", valueName: "questionnaire"), completion: HandleCompletion.of(Catalogue.questionnaire)) var from: String?
    @Flag(help: "Show what would be carried over; store nothing.") var dryRun = false
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let place = try Workplace(work, to: .read)
        let done = try place.device.carry(from: from, to: questionnaire, of: interview, in: try place.engagement(), clock: FormVerb.clock, isTrial: dryRun)
        let form = done.carrying.after.questionnaire
        func item(_ name: String) -> Questionnaire.Item? { form.all.first { $0.name == name } }
        let missing = done.carrying.after.missing.map(\.name)
        if format.json {
            return Terminal.json(.object([
                JSONMember("stored", .bool(!dryRun && !done.carrying.carried.isEmpty)), JSONMember("from", .string(done.from)), JSONMember("to", .string(done.to)),
                JSONMember("questions", .array(done.carrying.rows.map { row in
                    var members = [JSONMember("question", .string(row.question)), JSONMember("becomes", .string(Self.words(row.fate)))]
                    if case .carried(let answer) = row.fate, let item = item(row.question) { members.append(JSONMember("answer", FormStatus.json(answer, item))) }
                    return .object(members)
                })),
                JSONMember("missing", .array(missing.map { .string($0) })),
            ]), .formCarried)
        }
        var table = Table(["question", "from \(done.from) to \(done.to)", "answer"])
        for row in done.carrying.rows {
            var text = ""
            if case .carried(let answer) = row.fate, let item = item(row.question) { text = form.text(of: answer, to: item, in: form.languages[0]) }
            table.add([row.question, Self.words(row.fate), text])
        }
        table.show()
        Terminal.line("\(counted(done.carrying.carried.count, "answer")) \(dryRun ? "would be carried over; nothing was stored" : "carried over").\(missing.isEmpty ? "" : " Still to be answered: \(missing.joined(separator: ", ")).")")
    }

    static func words(_ fate: FormCarrying.Fate) -> String {
        switch fate {
        case .carried: "carried over"
        case .answered: "answered already"
        case .asksOtherwise: "is asked in another way"
        case .gone: "not asked any more"
        case .hidden: "its words were redacted"
        case .refused(.tooMuchWork): "takes more work to look at than one change may"
        case .refused(.notAsked): "not asked, as the others are answered"
        case .refused: "does not meet the condition any more"
        }
    }
}
