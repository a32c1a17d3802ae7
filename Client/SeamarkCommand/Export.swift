import ArgumentParser
import SeamarkClient
import SeamarkModel
import SeamarkStore

struct Export: ParsableCommand {
    /// What the file holds.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// The engagement file that 'seamark import' takes in again.
        case json
        case csv, xlsx, jsonl, sqlite

        /// By the end of the file's name; nil where it says something else. A name without an end is the engagement file.
        init?(of file: String) {
            let lower = file.lowercased()
            let told = Self.allCases.first { format in format.export.map { lower.hasSuffix("." + $0.suffix) } ?? false }
            let says = lower.split(separator: "/").last?.dropFirst().contains(".") == true
            guard let format = told ?? (!says || lower.hasSuffix(".json") ? .json : nil) else { return nil }
            self = format
        }

        var export: EngagementExport.Format? { EngagementExport.Format(rawValue: rawValue) }
    }

    static let configuration = CommandConfiguration(
        abstract: "Write the engagement into one file: as JSON that 'seamark import' takes in again, as a workbook, as tables, or line by line.",
        discussion: """
            For example:
              seamark export baseline.json
              seamark export baseline.xlsx --headers labels
              seamark export - --format jsonl | wc -l

            What it holds follows from the end of its name, unless --format says: .xlsx is a workbook with a sheet for each kind of record; .zip holds a table of \
            comma-separated values for each; .sqlite is a database with a table for each and views over them; .jsonl has one JSON document a line; .json, or no such end, is the engagement file; any other end is refused. All but .jsonl also hold \
            the history, one row for each edit ('audit'), and what each column is ('columns'). What you may not see, and words of people who withdrew consent, are left out.

            The file is not sealed: it holds names and quotes in the open. It is made for your eyes alone (mode 0600).
            """)

    @Argument(help: ArgumentHelp("The file; - for standard output (JSON alone).", valueName: "file"), completion: .file()) var file: String
    @Option(help: "json, csv, xlsx, sqlite or jsonl (default: by the end of the file's name).") var format: Format?
    @Option(help: "What the first row of a table says: keys for programs, labels for people.") var headers: TableHeaders = .keys
    @Flag(help: "Replace the file if it exists.") var replace = false
    @OptionGroup var work: WorkOptions

    func run() throws {
        guard let format = format ?? Format(of: file) else {
            throw Explained(.usage, "The end of the name '\(file)' says nothing that an export can be. Nothing was written: give it a name that ends in .json, .xlsx, .zip (tables as .csv in it), .sqlite or .jsonl, or say --format.")
        }
        guard file != "-" || format == .json || format == .jsonl else {
            throw Explained(.usage, "A \(format == .xlsx ? "workbook" : format == .sqlite ? "database" : "zip file") is no text to print. Name a file, such as engagement.\(format.export?.suffix ?? "json").")
        }
        let place = try Workplace(work, to: .read)
        guard let format = format.export else {
            let document = try EngagementExchange.give(try place.engagement(), of: place.device)
            if file == "-" { return Terminal.json(ofFormat: document) }
            var bytes: [UInt8] = []
            JSONWriter.writePretty(document, to: &bytes)
            return try write(bytes, "")
        }
        let export = try EngagementExchange.export(try place.engagement(), of: place.device)
        if file == "-" { return Terminal.json(export.records.lines) }
        try write(export.bytes(as: format, headers: headers, at: place.device.now(), place.device.primitives, database: TableDatabase.bytes), counted(export.count, "record") + ", ")
    }

    private func write(_ bytes: [UInt8], _ count: String) throws {
        try InputFile.write(bytes, to: file, replacing: replace)
        Terminal.line("Wrote \(file) (\(count)\(bytesInWords(bytes.count))). It is not sealed; keep it safe.")
    }
}
