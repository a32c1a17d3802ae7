import ArgumentParser
import SeamarkClient
import SeamarkModel

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the engagement as one JSON file that 'seamark import' takes in again.",
        discussion: "The file is not sealed: it holds names and quotes in the open. It is made for your eyes alone (mode 0600).")

    @Argument(help: ArgumentHelp("The file; - for standard output.", valueName: "file")) var file: String
    @Flag(help: "Replace the file if it exists.") var replace = false
    @OptionGroup var work: WorkOptions

    func run() throws {
        let place = try Workplace(work, to: .read)
        let document = try EngagementExchange.give(try place.engagement(), of: place.device)
        if file == "-" { return Terminal.json(document) }
        var bytes: [UInt8] = []
        JSONWriter.writePretty(document, to: &bytes)
        try InputFile.write(bytes, to: file, replacing: replace)
        Terminal.line("Wrote \(file) (\(bytesInWords(bytes.count))). It is not sealed; keep it safe.")
    }
}
