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
              seamark attach add ledger.csv --to L-A002 kind=ledger \\
                title="Premium freight account" period.from=2025-03-01 period.to=2026-02-28

            The file's name becomes the title unless another is given: leave names of people out of it. Of a JPEG or PNG only the picture \
            is kept, pixel for pixel, and not the place, time and device that the camera wrote into the file; --keep-metadata keeps them. \
            Other formats are taken as they are. At most 64 MiB; a server may take less.
            """)

    @Argument(help: "A plain file.", completion: .file()) var file: String
    @Option(help: ArgumentHelp("What it is evidence for: an answer, observation, decision or line, or a row of evidence without bytes.", valueName: "handle"), completion: HandleCompletion.evidenceHolders)
    var to: String?
    @Argument(help: ArgumentHelp("What else its row says: title, kind, source, period, sensitivity.", valueName: "key=value"), completion: FieldCompletion.of(Catalogue.evidence, except: ["sha256", "size", "mediaType"]))
    var words: [String] = []
    @Flag(help: "Keep what the camera wrote into a photo: place, time, device.") var keepMetadata = false
    @OptionGroup var trial: DryRunOption
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let assignments = try words.map { try Assignment($0) }
        // A trial shows what it would capture.
        let place = try Workplace(work, to: trial.dryRun ? .read : .work)
        let scope = try place.engagement()
        let source = try AttachmentSource(file)
        let metadata = keepMetadata ? .left : try source.withoutMetadata()
        let (result, attachment) = try place.device.attach(source, in: scope, to: to, assignments, isTrial: trial.dryRun)
        switch metadata {
        case .left, .removed(bytes: 0): break
        case .removed(let bytes): Terminal.warning("\(bytesInWords(bytes)) that the camera wrote beside the picture (such as place, time, device) were left out.")
        case .unknown(let format):
            Terminal.warning("what a \(format) file says of place, time and device cannot be taken out here; it goes along. Attach a JPEG or PNG of it instead if that matters.")
        }
        guard format.json else {
            if trial.dryRun {
                Terminal.line("Would attach ", .init(bytesInWords(attachment.size), .bold), " as ", .init(result.name, .bold), ":")
                let finder = try place.finder()
                if let to, try finder.record(to).state.type != Catalogue.evidence.number { Terminal.line("  and names it as evidence of \(to)") }
                for edit in result.edits { Terminal.line("  \(EditWords.words(edit, result.type, finder.references))") }
            } else {
                Terminal.line(.init(result.name, .bold))
            }
            return
        }
        Terminal.json(
            .object([
                JSONMember("id", .string(result.record.description)), JSONMember("name", .string(result.name)),
                JSONMember("sha256", .string(attachment.hash.description)), JSONMember("size", .integer(Int64(attachment.size))),
                JSONMember("metadataRemoved", .integer(metadata.removedBytes)), JSONMember("stored", .bool(!trial.dryRun)),
            ]), .attached)
    }
}

extension AttachmentSource.Metadata {
    fileprivate var removedBytes: Int64 {
        switch self {
        case .removed(let bytes): Int64(bytes)
        case .left, .unknown: 0
        }
    }
}
