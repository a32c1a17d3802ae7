import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

struct Report: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case html, md, json, pdf
    }

    enum Paper: String, CaseIterable, ExpressibleByArgument {
        case a4, letter
    }

    static let configuration = CommandConfiguration(
        abstract: "A preview of the engagement's figures, from what this device holds; for client viewers, what headquarters published.",
        discussion: """
            For example:
              seamark report
              seamark report --format html --output preview.html
              seamark report --format pdf --paper a4 --output preview.pdf
              seamark report --trace D3
              seamark report --json
              seamark report PB-HQ001 --format html --output report.html

            The same calculation as headquarters', on your copy: only a report of the server is to be quoted. Without --format the figures are printed; \
            html, md and json hold all its sections, and say on every page that they are a preview. pdf needs a Chromium that is installed, and --output; it is on the paper that is usual where your locale says you are (LC_PAPER), or on what --paper names.

            --trace says what a figure is made of: lines with what each gives to it, answers and who was interviewed (by handle), observations, cases and evidence.

            A client viewer's laptop holds frozen reports that headquarters published, and no records. There 'seamark report' lists them, and with the name of \
            one, or with --format for the newest, it writes what was published, byte for byte and held against its SHA-256.
            """)

    @Argument(help: ArgumentHelp("For client viewers: a publication such as PB-HQ001.", valueName: "publication"), completion: HandleCompletion.publications) var publication: String?
    @OptionGroup var work: WorkOptions
    @OptionGroup var asJSON: JSONOption
    @Option(help: "The whole preview: html, md, json or pdf.") var format: Format?
    @Option(help: "Of a PDF: a4 or letter.") var paper: Paper?
    @Option(help: ArgumentHelp("The file to write it to; printed without one.", valueName: "file"), completion: .file()) var output: String?
    @Flag(help: "Replace the file if it exists.") var replace = false
    @Option(help: ArgumentHelp("A domain, seam, decision, constraint, line, site, initiative or move such as D3, S1 or L2, a category, or total: what stands behind it.", valueName: "figure")) var trace: String?

    func validate() throws {
        guard !asJSON.json || format == nil else { throw ValidationError("--json and --format exclude each other; --format json is the same") }
        guard trace == nil || format == nil && output == nil else { throw ValidationError("--trace prints, and takes neither --format nor --output") }
        guard output == nil || format != nil else { throw ValidationError("--output needs --format: html, md, json or pdf") }
        guard !replace || output != nil else { throw ValidationError("--replace goes with --output") }
        guard paper == nil || format == .pdf else { throw ValidationError("--paper goes with --format pdf") }
        guard format != .pdf || output != nil else { throw ValidationError("a PDF is no text to print; name a file with --output, such as preview.pdf") }
    }

    func run() throws {
        if format == .pdf, PagePrinter.browser() == nil { throw Self.notPrinted(.noBrowser) }
        let place = try Workplace(work, to: .read)
        if try place.readsPublications { return try showPublished(place) }
        guard publication == nil else {
            throw Explained(.refused, "Publications are for client viewers. 'seamark report' alone shows the figures of your engagement; headquarters lists what it published.")
        }
        let finder = try place.finder()
        let preview = ReportProvenance.Preview(unsent: finder.replica.unsentCount, position: finder.replica.cursor.position)
        let report = try EngagementReport(
            views: finder.all + finder.concealed, instrument: finder.instrument, former: finder.instrument, primitives: place.device.primitives, provenance: ReportProvenance(software: SyncRun.software, preview: preview),
            memberName: finder.person)
        if let trace { return try show(report, behind: trace) }
        if asJSON.json { return Terminal.json(ofFormat: report.document) }
        guard let format else { return Self.show(report) }
        var bytes: [UInt8] = []
        switch format {
        case .html: bytes = Array(report.html.utf8)
        case .md: bytes = Array(report.markdown.utf8)
        case .json: bytes = Array(report.json.utf8)
        case .pdf:
            do throws(PagePrinter.Failure) { bytes = try PagePrinter.pdf(of: report.html, on: sheet, in: EditorFolders.page) } catch { throw Self.notPrinted(error) }
        }
        guard let output else { return Terminal.json(bytes) }
        try InputFile.write(bytes, to: output, replacing: replace)
        Terminal.line("Wrote \(output) (\(bytesInWords(bytes.count))), a preview. It is not sealed; keep it safe.")
    }

    /// What is printed on.
    var sheet: PagePrinter.Paper { paper.flatMap { PagePrinter.Paper(rawValue: $0.rawValue) } ?? .usual() }

    static func notPrinted(_ failure: PagePrinter.Failure) -> Explained { Explained(.unreachable, "No PDF was made: \(failure.cause). \(failure.remedy.prefix(1).uppercased())\(failure.remedy.dropFirst()).") }

    // MARK: - What stands behind a figure

    private func show(_ report: EngagementReport, behind name: String) throws {
        let origins = report.origins(called: name)
        guard !origins.isEmpty else {
            throw Explained(.notFound, "No figure of the report is called that. Name a domain, seam, decision, constraint, line, site, initiative, move or category, or 'total', such as \(report.origins.first?.figure.key ?? "D1").")
        }
        if asJSON.json {
            return Terminal.json(.object([JSONMember("figures", .array(origins.map { origin in
                .object([
                    JSONMember("kind", .string(origin.figure.kind.rawValue)), JSONMember("key", .string(origin.figure.key)), JSONMember("name", .string(origin.name)),
                    JSONMember("inputs", EngagementReport.document(of: origin)),
                ])
            }))]), .trace)
        }
        for (place, origin) in origins.enumerated() {
            if place > 0 { Terminal.line("") }
            Terminal.line(.init("\(origin.figure.key) \(origin.name)", .bold), .init("  \(origin.figure.kind.rawValue), preview from this device", .dim))
            let isReduction = origin.figure.kind == .initiative
            var table = Table(["", "line", "grade", isReduction ? "takes off" : "points", isReduction ? "protects" : "gives", "mean", "P10", "P90"], rightAligned: [3, 4, 5, 6, 7])
            for part in origin.parts {
                guard let line = report.lines.first(where: { $0.line.key == part.line }) else { continue }
                let net = line.exposure.net
                let points = part.points.map { "\(DigitGroups.whole($0))\(isReduction ? " %" : "")" } ?? "all"
                table.add([part.line, line.line.title, line.exposure.grade.rawValue, points, report.inUnit(part.amount)] + [net.mean, net.p10, net.p90].map { report.inUnit($0) })
            }
            table.add(["", "Total", "", "", report.inUnit(origin.total), "", origin.spread.map { report.inUnit($0.p10) } ?? "", origin.spread.map { report.inUnit($0.p90) } ?? ""], styles: [1: .bold, 4: .bold])
            if origin.lines.isEmpty {
                Terminal.line("  No line gives to it.")
            } else {
                Terminal.line("  \(report.unitOf.prefix(1).uppercased())\(report.unitOf.dropFirst()) \(isReduction ? "over the horizon, by means" : "a year"); mean, P10 and P90 are of each line, after overlaps and ceilings:")
                table.show()
            }
            let told = origin.told
            Terminal.line("  Told by: \(report.words(of: origin)).")
            for (what, names) in [("Interviews", told.interviews), ("Observations", told.observations), ("Timed cases", told.samples), ("Evidence", told.evidence)] where !names.isEmpty {
                Terminal.line("  \(what): \(names.joined(separator: ", ")).")
            }
        }
    }

    // MARK: - The figures

    private static func show(_ report: EngagementReport) {
        let result = report.result
        Terminal.line(.init(report.facts.title, .bold), .init("  preview from this device", .dim))
        if let fictitious = report.fictitious { Terminal.line(.init("  \(fictitious)", .dim)) }
        Terminal.line("")
        let inUnit = report.inUnit as (Double) -> String
        Terminal.line("Operating income at risk, \(report.unit.words(report.facts.currency)) a year:")
        var headline = Table(["", "P10", "P25", "P50", "P75", "P90", "mean"], rightAligned: [1, 2, 3, 4, 5, 6])
        let h = result.headline
        headline.add([""] + [h.p10, h.p25, h.p50, h.p75, h.p90, h.mean].map(inUnit), styles: [3: .bold])
        headline.show()
        if case .unavailable = result.relative {} else { Terminal.line("  \(report.relativeSentence)") }
        ranking("domain", report.domains.map { ($0.exposure, $0.name) }, fronts: result.frontRunningDomains, rest: ("Outside execution, unallocated", result.unallocated), inUnit)
        ranking("seam", report.seams.map { ($0.exposure, $0.seam.name) }, fronts: result.frontRunningSeams, rest: ("Not at a seam", result.notAtASeam), inUnit)
        Terminal.line("")
        if report.gate.isBoardReady {
            Terminal.line("On this copy nothing stands in the way of the board; whether it is ready, headquarters' report says.")
        } else {
            Terminal.line(.init("Draft:", .yellow))
            for reason in report.reasonsInBrief { Terminal.line("  \(reason)") }
            if report.reasonsElsewhere != nil { Terminal.line(.init("  All of them: seamark report --format md, “Gate before the board”.", .dim)) }
        }
        if let unsent = report.provenance.preview?.unsent, unsent > 0 { Terminal.line(.init("\(counted(unsent, "change")) of yours in it are not yet sent.", .yellow)) }
    }

    private static func ranking(_ noun: String, _ rows: [(exposure: Exposure, name: String)], fronts: [String], rest: (name: String, net: Spread), _ inUnit: (Double) -> String) {
        guard !rows.isEmpty else { return }
        Terminal.line("")
        var table = Table(["", noun, "name", "mean", "P10", "P90", "first in"], rightAligned: [0, 3, 4, 5, 6])
        for (exposure, name) in rows {
            let isFront = fronts.contains(exposure.key)
            table.add(
                [
                    exposure.rank.map(String.init) ?? "", exposure.key, name, inUnit(exposure.net.mean), inUnit(exposure.net.p10),
                    inUnit(exposure.net.p90), "\(Int((exposure.firstShare * 100).rounded())) %",
                ], styles: isFront ? [1: .bold, 2: .bold] : [:])
        }
        // With it the means add up to the whole.
        table.add(["", "", rest.name, inUnit(rest.net.mean), inUnit(rest.net.p10), inUnit(rest.net.p90), ""])
        table.show()
    }
}
