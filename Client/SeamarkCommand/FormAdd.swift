import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct FormAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Take a questionnaire over into the engagement (for leads and analysts).",
        discussion: """
            For example:
              seamark form add shift-check.xlsx --dry-run
              seamark form add shift-check.xlsx

            The file is read as 'seamark form check' reads it: whole, or refused with every place. A form whose key is there already becomes its next \
            edition, and what becomes of each question is shown; answers keep the edition that they were given to. --dry-run shows it and stores nothing.
            """)

    @Argument(help: ArgumentHelp("The file: .xlsx, .csv or .md.", valueName: "file"), completion: .file()) var file: String
    @Option(help: ArgumentHelp("What the questionnaire is called, instead of its form_id.", valueName: "key")) var key: String?
    @Flag(help: "Check and show what would be taken over; store nothing.") var dryRun = false
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let place = try Workplace(work, to: .read)
        var form = try FormFile.read(file, json: format.json)
        if let key {
            guard Questionnaire.isKey(key) else { throw Explained(.usage, "A key is at most 40 letters, digits, '-', '_' and '.'.") }
            form = Questionnaire(form, key: key)
        }
        let scope = try place.engagement()
        let finder = try place.finder()
        let earlier = finder.questionnaires.last { $0.key.lowercased() == form.key.lowercased() }
        let answers = earlier.map { held in finder.formAnswers.count { $0.questionnaire == held.record } } ?? 0
        let result = try place.device.capture(in: scope, isTrial: dryRun) { try $0.adding(form) }
        let edition = result.edits.lazy.compactMap { $0.target == .field(11) ? $0.content.value?.int : nil }.first ?? earlier?.edition ?? 1
        let comparison = earlier?.form.map { QuestionnaireComparison($0, form) }
        let isNew = !result.edits.isEmpty
        if format.json { return json(form, result, edition, isNew ? comparison : nil) }
        Terminal.line(.init(result.name, .bold), "  \(form.title)", .init("  \(form.key)@\(edition)", .dim))
        guard isNew else { return Terminal.line("Nothing to change: its newest edition asks the same.") }
        Terminal.line("\(counted(form.all.count { $0.kind.isAnswered }, "question"))\(dryRun ? "; nothing was stored" : "").")
        guard let earlier, let comparison else { return }
        var table = Table(["question", "since \(earlier.reference)"])
        for row in comparison.rows where row.fate != .same { table.add([row.name, Self.words(row.fate)]) }
        if table.isEmpty { Terminal.line("Every question is asked as in \(earlier.reference).") } else { table.show() }
        let same = comparison.count(.same)
        if same > 0, same < comparison.rows.count { Terminal.line("\(counted(same, "question is", "questions are")) asked as before.") }
        if answers > 0 { Terminal.line("\(counted(answers, "answer")) to \(earlier.reference) \(answers == 1 ? "keeps its" : "keep their") form.") }
        if !dryRun, !earlier.isRetired { Terminal.line("\(earlier.reference) is still open: 'seamark form retire \(earlier.reference)' hides it from asking, and destroys nothing.") }
    }

    static func words(_ fate: QuestionnaireComparison.Fate) -> String {
        switch fate {
        case .same: "as before"
        case .changed: "other words, conditions or choices"
        case .otherKind(let was, let kind): "was \(was), is \(kind)"
        case .fewerChoices(let names): "without \(names.prefix(6).joined(separator: ", "))\(names.count > 6 ? " and \(names.count - 6) more" : "")"
        case .new: "new"
        case .gone: "not asked any more"
        }
    }

    private func json(_ form: Questionnaire, _ result: RecordCapture.Result, _ edition: Int64, _ comparison: QuestionnaireComparison?) {
        var members = [
            JSONMember("id", .string(result.record.description)), JSONMember("name", .string(result.name)), JSONMember("key", .string(form.key)),
            JSONMember("edition", .integer(edition)), JSONMember("title", .string(form.title)), JSONMember("stored", .bool(!dryRun && !result.edits.isEmpty)),
            JSONMember("questions", .integer(Int64(form.all.count { $0.kind.isAnswered }))),
        ]
        if let comparison {
            members.append(JSONMember("comparison", .array(comparison.rows.map { .object([JSONMember("question", .string($0.name)), JSONMember("becomes", .string(Self.words($0.fate)))]) })))
        }
        Terminal.json(.object(members), .formAdded)
    }
}

struct FormRetire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Hide an edition of a questionnaire from asking (for leads and analysts). It destroys nothing.",
        discussion: """
            For example:
              seamark form retire shift-check@1
              seamark form retire shift-check@1 --undo

            Interviews in which it was begun can be finished. A lead takes it back with --undo.
            """)

    @Argument(help: "Its handle, its key, or key@edition.", completion: HandleCompletion.questionnaires) var questionnaire: String
    @Flag(help: "Open it again.") var undo = false
    @OptionGroup var capture: CaptureOptions
    @OptionGroup var work: WorkOptions

    func run() throws {
        try capture.perform(work, to: .work) { capture in
            try capture.changing(try capture.finder.questionnaire(questionnaire).view, [Assignment(key: "state", text: undo ? "open" : "retired")])
        }
    }
}
