internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer
internal import SeamarkStore

struct ReportVerb: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case html, md, json, pdf
    }

    enum Paper: String, CaseIterable, ExpressibleByArgument {
        case a4, letter
    }

    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write an engagement's report: what it costs, where it comes from, in order.",
        discussion: """
            For example:
              seamark-server report baseline --out report
              seamark-server report baseline --as-of SN-A001 --out first-quarter
              seamark-server report baseline --as-of SN-A001 --for-viewers --out look
              seamark-server report baseline --format html --format pdf \\
                --paper letter --out report

            Writes report.html (self-contained), report.md and report.json into the folder, or what --format names: report.pdf is the page printed by a Chromium \
            that is installed, without the network, on the paper that is usual where this program's locale says it runs (LC_PAPER; A4 where it says nothing), or on what --paper \
            names. The page itself leaves it to the reader. The files are for their owner alone.

            --as-of makes it from the log as it stood earlier: at a snapshot (its handle, id or name), at a position of the log, or at the end of a day \
            (UTC). Such a report is the same bytes whenever it is made. Of a snapshot it is made only if the inputs are what the snapshot says.

            --for-viewers makes of a snapshot what 'publication add' gives to client viewers: the same figures, and nothing of what single people said.
            """)

    @OptionGroup var tenant: TenantOption
    @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
    var engagement: String
    @Option(help: ArgumentHelp("Of when: a snapshot such as SN-A001, a position, or a day such as 2026-03-31.", valueName: "when"))
    var asOf: String?
    @Option(help: "The folder to write to; made if it is not there.", completion: .directory)
    var out = "."
    @Option(help: ArgumentHelp("html, md, json or pdf; may be given several times (default: all but pdf).")) var format: [Format] = []
    @Option(help: "Of the PDF: a4 or letter.") var paper: Paper?
    @Flag(help: "Write inputs.json too: the bytes whose SHA-256 the report names.") var inputs = false
    @Flag(help: "As client viewers may read it; needs --as-of with a snapshot.") var forViewers = false
    @Flag(help: "Print the report as JSON, and write nothing.") var json = false

    func validate() throws {
        guard !json || format.isEmpty else { throw ValidationError("--format writes files, and --json writes none") }
        guard paper == nil || format.contains(.pdf) else { throw ValidationError("--paper goes with --format pdf") }
        guard !forViewers || !inputs else { throw ValidationError("--inputs writes each answer by itself, which no viewer reads") }
        guard !json || !inputs else { throw ValidationError("--inputs writes a file, and --json writes none") }
    }

    func run() throws {
        if format.contains(.pdf), PagePrinter.browser() == nil { throw Self.notPrinted(.noBrowser) }
        let report = try tenant.open().report(
            on: engagement, asOf: asOf.map { AsOf($0) }, inputs: inputs, forViewers: forViewers, software: "seamark-server \(SeamarkServerCommand.configuration.version)")
        let sheet = paper.flatMap { PagePrinter.Paper(rawValue: $0.rawValue) } ?? .usual()
        if json { return Output.json(ofFormat: report.document) }
        let chosen = format.isEmpty ? [.html, .md, .json] : Format.allCases.filter(format.contains)
        var files = try chosen.map { format in
            let bytes: [UInt8]
            switch format {
            case .html: bytes = Array(report.html.utf8)
            case .md: bytes = Array(report.markdown.utf8)
            case .json: bytes = Array(report.json.utf8)
            case .pdf: do throws(PagePrinter.Failure) { bytes = try PagePrinter.pdf(of: report.html, on: sheet) } catch { throw Self.notPrinted(error) }
            }
            return ("report." + format.rawValue, bytes)
        }
        if inputs { files.append(("inputs.json", Array(report.inputs.utf8))) }
        for path in try TenantOffice.write(files, to: out) { Output.done("Wrote \(Output.shown(path)).") }
    }

    private static func notPrinted(_ failure: PagePrinter.Failure) -> OperationFailure {
        OperationFailure(.unavailable, doing: "making the PDF", wrong: failure.cause, remedy: failure.remedy)
    }
}
