import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct AttachAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Attach a file; prints what its evidence is called.",
        discussion: """
            For example:
              seamark attach add press-3.jpg --to O-A001
              seamark attach add ledger.csv --to L-A002 kind=ledger title="Premium freight account" period.from=2025-03-01 period.to=2026-02-28

            The file's name becomes the title unless another is given: leave names of people out of it. A photo is kept byte for byte,
            with whatever place and time the camera wrote into it. At most 64 MiB; a server may take less.
            """)

    @Argument(help: "A plain file.") var file: String
    @Option(help: ArgumentHelp("What it is evidence for: an answer, observation, decision or line, or a row of evidence without bytes.", valueName: "handle"))
    var to: String?
    @Argument(help: ArgumentHelp("What else its row says: title, kind, source, period, sensitivity.", valueName: "key=value"))
    var words: [String] = []
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let assignments = try words.map { try Assignment($0) }
        let place = try Workplace(work)
        let scope = try place.engagement()
        let source = try AttachmentSource(file)
        let (result, attachment) = try place.device.attach(source, in: scope, to: to, assignments)
        guard format.json else { return Terminal.line(.init(result.name, .bold)) }
        Terminal.json(
            .object([
                JSONMember("id", .string(result.record.description)), JSONMember("name", .string(result.name)),
                JSONMember("sha256", .string(attachment.hash.description)), JSONMember("size", .integer(Int64(attachment.size))),
            ]))
    }
}
