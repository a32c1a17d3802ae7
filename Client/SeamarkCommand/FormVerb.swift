import ArgumentParser
import SeamarkCrypto
import SeamarkModel

struct FormVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "form", abstract: "Questionnaires of one's own, as spreadsheets (XLSForm).", subcommands: [FormCheck.self])
}

struct FormCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a questionnaire; say what it asks, or everything in it that cannot be taken over, by sheet, row and column.",
        discussion: """
            The file is a workbook (.xlsx), comma-separated values (.csv) or Markdown tables (.md) with the sheets survey, choices and \
            settings of an XLSForm. Nothing is stored, and no network is needed. What is taken over is listed in Documentation/Questionnaires.md.
            """)

    @Argument(help: ArgumentHelp("The file: .xlsx, .csv or .md.", valueName: "file")) var file: String
    @Option(help: ArgumentHelp("The language whose words are shown; the form's first if not said.", valueName: "name")) var language: String?
    @OptionGroup var format: JSONOption

    func run() throws {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        guard let ending = last.split(separator: ".").last, last.contains("."), let kind = Questionnaire.FileFormat(rawValue: ending.lowercased()) else {
            throw Explained(.usage, "A questionnaire is a file that ends in .xlsx, .csv or .md. Save it as one of these.")
        }
        let bytes = try InputFile.read(file, atMost: FormSheet.mostBytes)
        let form: Questionnaire
        do {
            form = try Questionnaire(file: bytes, format: kind, name: String(last.dropLast(ending.count + 1))) { SystemPrimitives().inflateRaw($0, toExactly: $1) }
        } catch let refusal as FormRefusal {
            throw refused(refusal)
        }
        if format.json { return Terminal.json(form.json) }
        try show(form)
    }

    private func refused(_ refusal: FormRefusal) -> any Error {
        let faults = refusal.faults
        if format.json {
            Terminal.json(.object([JSONMember("refused", .array(faults.map { fault in
                var members = [JSONMember("sheet", .string(fault.sheet))]
                if let row = fault.row { members.append(JSONMember("row", .integer(Int64(row)))) }
                if let column = fault.column { members.append(JSONMember("column", .string(column))) }
                if let name = fault.name { members.append(JSONMember("name", .string(name))) }
                return .object(members + [JSONMember("problem", .string(fault.problem.sentence))])
            })), JSONMember("isCut", .bool(refusal.isCut))]))
        } else {
            for fault in faults { Terminal.line("\(fault.description)") }
        }
        let more = refusal.isCut ? "More than \(counted(faults.count, "thing"))" : counted(faults.count, "thing")
        return Explained(.refused, "\(more) in the form cannot be taken over. Change \(faults.count == 1 && !refusal.isCut ? "it" : "them"), and check once more.")
    }

    private func show(_ form: Questionnaire) throws {
        if let language, !form.languages.contains(language) {
            throw Explained(.usage, "The form has no words in that language. It has: \(form.languages.joined(separator: ", ")).")
        }
        let language = language ?? form.languages[0]
        Terminal.line([Terminal.Piece(form.title, .bold), Terminal.Piece("  \(form.reference)", .dim)])
        var table = Table(["name", "type", "asked", "words"])
        func add(_ items: [Questionnaire.Item], _ indent: String) {
            for item in items {
                let words = item.label.text(in: language, of: form.languages) ?? item.hint.text(in: language, of: form.languages) ?? ""
                let list = item.kind.list.map { " \($0)" } ?? ""
                let conditions = [item.relevant.map { "if \($0.source)" }, item.required.map { $0.source == "true()" ? "must be answered" : "must be answered if \($0.source)" }]
                table.add([indent + item.name, item.kind.word + list, conditions.compactMap { $0 }.joined(separator: "; "), words])
                add(item.items, indent + "  ")
            }
        }
        add(form.items, "")
        table.show()
        let questions = form.all.count { $0.kind.isAnswered }
        let lists = form.lists.isEmpty ? "" : ", \(counted(form.lists.count, "choice list"))"
        let languages = form.languages.count > 1 ? ", in \(form.languages.joined(separator: ", "))" : ""
        Terminal.line("\(counted(questions, "question"))\(lists)\(languages). Everything in the form can be taken over.")
    }
}
