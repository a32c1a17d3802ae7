internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct ReportVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write an engagement's report: what it costs, where it comes from, in order.",
        discussion: "Writes report.html (self-contained), report.md and report.json into the folder. The files are for their owner alone.")

    @OptionGroup var tenant: TenantOption
    @Argument(help: "The engagement's short name or id.")
    var engagement: String
    @Option(help: "The folder to write to; made if it is not there.")
    var out = "."
    @Flag(help: "Print the report as JSON, and write nothing.") var json = false

    func run() throws {
        let report = try tenant.open().report(on: engagement, software: "seamark-server \(SeamarkServerCommand.configuration.version)")
        if json { return Output.json(report.document) }
        let files = [("report.html", report.html), ("report.md", report.markdown), ("report.json", report.json)]
        for path in try TenantOffice.write(files, to: out) { print("Wrote \(path).") }
    }
}
