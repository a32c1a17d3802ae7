import ArgumentParser
import SeamarkModel

struct FormCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a questionnaire; say what it asks, or everything in it that cannot be taken over, by sheet, row and column.",
        discussion: """
            For example:
              seamark form check shift-check.xlsx

            The file is a workbook (.xlsx), comma-separated values (.csv) or Markdown tables (.md) with the sheets survey, choices and \
            settings of an XLSForm. Nothing is stored, and no network is needed. What is taken over is listed in Documentation/Questionnaires.md.
            """)

    @Argument(help: ArgumentHelp("The file: .xlsx, .csv or .md.", valueName: "file"), completion: .file()) var file: String
    @Option(help: ArgumentHelp("The language whose words are shown; the form's first if not said.", valueName: "name")) var language: String?
    @OptionGroup var format: JSONOption

    func run() throws {
        let form = try FormFile.read(file, json: format.json)
        if format.json { return Terminal.json(ofFormat: form.json) }
        FormText.show(form, in: try FormVerb.language(language, of: form))
        Terminal.line("Everything that the form asks can be taken over: 'seamark form add' does it.")
    }
}
