import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct FormList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The engagement's questionnaires, those that are retired too.",
        discussion: "For example:\n  seamark form list")

    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let finder = try Workplace(work, to: .read).finder()
        let all = finder.questionnaires
        let answers = Dictionary(grouping: finder.formAnswers, by: \.questionnaire)
        if format.json {
            return Terminal.json(.array(all.map { held in
                .object([
                    JSONMember("name", .string(held.handle)), JSONMember("id", .string(held.record.description)), JSONMember("key", .string(held.key)),
                    JSONMember("edition", .integer(held.edition)), JSONMember("version", .string(held.version)), JSONMember("title", .string(held.title)),
                    JSONMember("retired", .bool(held.isRetired)), JSONMember("questions", held.form.map { .integer(Int64($0.all.count { $0.kind.isAnswered })) } ?? .null),
                    JSONMember("answers", .integer(Int64(answers[held.record]?.count ?? 0))),
                ])
            }), .form)
        }
        if all.isEmpty { return Terminal.line("There is no questionnaire yet. A lead or an analyst takes one over with 'seamark form add FILE'.") }
        var table = Table(["questionnaire", "form", "title", "questions", "answers", ""], rightAligned: [3, 4])
        for held in all {
            let questions = held.form.map { "\($0.all.count { $0.kind.isAnswered })" } ?? "newer version"
            table.add([held.handle, held.reference, held.title, questions, "\(answers[held.record]?.count ?? 0)", held.isRetired ? "retired" : ""], styles: [0: .bold])
        }
        table.show()
    }
}

struct FormShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "What a questionnaire asks, and under which conditions.",
        discussion: """
            For example:
              seamark form show shift-check
              seamark form show shift-check@2 --language French
            """)

    @Argument(help: "Its handle, its key, or key@edition.", completion: HandleCompletion.questionnaires) var questionnaire: String
    @Option(help: ArgumentHelp("The language whose words are shown; the form's first if not said.", valueName: "name")) var language: String?
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let held = try Workplace(work, to: .read).finder().questionnaire(questionnaire)
        let form = try FormVerb.form(held)
        if format.json { return Terminal.json(ofFormat: form.json) }
        Terminal.line(.init(held.handle, .bold), "  \(held.reference)", .init(held.isRetired ? "  retired" : "", .yellow))
        FormText.show(form, in: try FormVerb.language(language, of: form))
        for list in form.lists {
            let language = try FormVerb.language(language, of: form)
            Terminal.block(list.choices.map { "\($0.name) (\($0.label.text(in: language, of: form.languages) ?? $0.name))" }.joined(separator: ", "), first: [.init("  \(list.name): ", .dim)], indent: "    ")
        }
    }
}

struct FormStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What was answered to a questionnaire in an interview, and what is missing.",
        discussion: """
            For example:
              seamark form status IV-A001 shift-check
              seamark form status IV-A001 shift-check --scorer bob
            """)

    @Argument(help: "The interview's handle.", completion: HandleCompletion.of(Catalogue.interview)) var interview: String
    @Argument(help: "The questionnaire's handle, its key, or key@edition.", completion: HandleCompletion.questionnaires) var questionnaire: String
    @Option(help: ArgumentHelp("Whose answers; your own if not said.", valueName: "member"), completion: HandleCompletion.people) var scorer: String?
    @Option(help: ArgumentHelp("The language whose words are shown; the form's first if not said.", valueName: "name")) var language: String?
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let finder = try Workplace(work, to: .read).finder()
        let held = try finder.questionnaire(questionnaire), interview = try finder.record(interview, type: Catalogue.interview)
        let form = try FormVerb.form(held)
        let language = try FormVerb.language(language, of: form)
        var who: Identifier?
        if let scorer {
            who = finder.references.identifier(scorer, [Catalogue.member.number, Catalogue.contributor.number])
            guard who != nil else { throw RecordFinder.Failure.notFound(scorer, types: "member or contributor") }
        }
        let records = finder.formAnswers(held.record, in: interview.id)
        guard let talk = finder.formInterview(held, in: interview.id, by: who, clock: FormVerb.clock) else { throw FormCaptureFailure.needsNewerVersion(held.reference) }
        let questions = form.all.filter(\.kind.isAnswered)
        let asked = Set(talk.asked.map(\.name)), missing = talk.missing.map(\.name)
        let others = Dictionary(grouping: records.filter(\.isGiven), by: \.scorer)
        let redacted = Set(records.filter { $0.scorer == who ?? finder.member && finder.isRedacted($0) }.map(\.question))
        if format.json {
            return Terminal.json(.object([
                JSONMember("interview", .string(finder.name(of: interview.id))), JSONMember("questionnaire", .string(held.handle)), JSONMember("form", .string(held.reference)),
                JSONMember("answers", .object(questions.compactMap { item in talk.answers[item.name].map { JSONMember(item.name, Self.json($0, item)) } })),
                JSONMember("missing", .array(missing.map { .string($0) })),
                JSONMember("redacted", .array(questions.filter { talk.hidden.contains($0.name) && redacted.contains($0.name) }.map { .string($0.name) })),
                JSONMember("withheld", .array(questions.filter { talk.hidden.contains($0.name) && !redacted.contains($0.name) }.map { .string($0.name) })),
                JSONMember("unanswered", .array(questions.filter { asked.contains($0.name) && !talk.isAnswered($0.name) }.map { .string($0.name) })),
                JSONMember("notAsked", .array(questions.filter { !asked.contains($0.name) }.map { .string($0.name) })),
                JSONMember("scorers", .array(others.map { (finder.person($0.key), $0.value.count) }.sorted { $0 < $1 }.map {
                    .object([JSONMember("scorer", .string($0.0)), JSONMember("answers", .integer(Int64($0.1)))])
                })),
            ]), .formStatus)
        }
        Terminal.line(.init(finder.name(of: interview.id), .bold), "  \(form.title)", .init("  \(held.reference)\(held.isRetired ? ", retired" : "")", .dim))
        var table = Table(["question", "answer", "words"])
        for item in questions {
            let hidden = talk.hidden.contains(item.name) ? redacted.contains(item.name) ? "(answered, redacted)" : "(answered, not shown to you)" : nil
            let answer = talk.answers[item.name].map { form.text(of: $0, to: item, in: language) } ?? hidden
            guard asked.contains(item.name) || answer != nil else { continue }
            let words = item.label.text(in: language, of: form.languages) ?? item.hint.text(in: language, of: form.languages) ?? ""
            let state = missing.contains(item.name) ? "must be answered" : !asked.contains(item.name) ? "\(answer ?? "") (not asked now)" : answer ?? ""
            table.add([item.name, state, talk.words(words)], styles: missing.contains(item.name) ? [1: .yellow] : [:])
        }
        table.show()
        let answered = questions.count { talk.isAnswered($0.name) && asked.contains($0.name) }
        if talk.isTooMuch { Terminal.line(.init("What was answered takes more work to look at than one change may: nothing is asked until a long answer is taken away or shortened.", .yellow)) }
        Terminal.line("\(answered) of \(counted(questions.count { asked.contains($0.name) }, "question")) answered\(missing.isEmpty ? "" : "; \(missing.count) must be").")
        let more = others.filter { $0.key != who ?? finder.member }.map { "\(finder.person($0.key)) (\($0.value.count))" }.sorted()
        if !more.isEmpty { Terminal.line("Also answered by \(more.joined(separator: ", ")): see --scorer.") }
    }

    static func json(_ answer: FormAnswer, _ item: Questionnaire.Item) -> JSONValue {
        switch answer {
        case .text(let text): .string(text)
        case .integer(let value): .integer(value)
        case .decimal(let value): .number(value)
        case .date(let days): .string(CalendarDate.text(days: days))
        case .choices(let names): item.kind.word == "select_one" ? .string(names.first ?? "") : .array(names.map { .string($0) })
        }
    }
}
