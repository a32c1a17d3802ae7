internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct ReportVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write an engagement's report: what it costs, where it comes from, in order.",
        discussion: """
            For example:
              seamark-server report baseline --out report
              seamark-server report baseline --as-of SN-A001 --out first-quarter

            Writes report.html (self-contained), report.md and report.json into the folder. The files are for their owner alone.

            --as-of makes it from the log as it stood earlier: at a snapshot (its handle, id or name), at a position of the log, or at the end of a day \
            (UTC). Such a report is the same bytes whenever it is made. Of a snapshot it is made only if the inputs are what the snapshot says.
            """)

    @OptionGroup var tenant: TenantOption
    @Argument(help: "The engagement's short name or id.")
    var engagement: String
    @Option(help: ArgumentHelp("Of when: a snapshot such as SN-A001, a position, or a day such as 2026-03-31.", valueName: "when"))
    var asOf: String?
    @Option(help: "The folder to write to; made if it is not there.")
    var out = "."
    @Flag(help: "Write inputs.json too: the bytes whose SHA-256 the report names.") var inputs = false
    @Flag(help: "Print the report as JSON, and write nothing.") var json = false

    func validate() throws {
        guard !json || !inputs else { throw ValidationError("--inputs writes a file, and --json writes none") }
    }

    func run() throws {
        let report = try tenant.open().report(
            on: engagement, asOf: asOf.map { AsOf($0) }, inputs: inputs, software: "seamark-server \(SeamarkServerCommand.configuration.version)")
        if json { return Output.json(ofFormat: report.document) }
        let files = [("report.html", report.html), ("report.md", report.markdown), ("report.json", report.json)] + (inputs ? [("inputs.json", report.inputs)] : [])
        for path in try TenantOffice.write(files, to: out) { Output.done("Wrote \(path).") }
    }
}
