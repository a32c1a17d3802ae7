import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol

struct AttachGet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Write an attachment to a file; fetches it from the server where this device does not hold it.",
        discussion: """
            For example:
              seamark attach get EV-A001 --output press-3.jpg
              seamark attach get EV-A001 --choose 2 --output other.jpg

            Where two people attached to one row of evidence and headquarters let both in, it names both files: 'seamark conflicts' numbers them, and \
            --choose takes one. What is fetched stays on this device, sealed. A fetch that breaks goes on where it stopped.
            """)

    @Argument(help: "The handle of its evidence, such as EV-A001.", completion: HandleCompletion.of(Catalogue.evidence)) var handle: String
    @Option(name: .shortAndLong, help: ArgumentHelp("A file that does not exist yet; it is made for you alone.", valueName: "file"), completion: .file()) var output: String
    @Option(help: ArgumentHelp("Which of several files that it names, as 'seamark conflicts' numbers them; else the first.", valueName: "n")) var choose: Int?
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let place = try Workplace(work, to: .read)
        var one = try find(place)
        var fetched = 0
        if !one.isHere {
            var shown = SyncProgress(place)
            let report = try SyncRun.run(place.device, attachments: .fetching(one), stop: StopSignal.listen()) { shown.show($0) }
            Terminal.progress("")
            try place.obeyWipe(handedIn: report.isHandedIn)
            if let refusal = report.attachments.refused.first { throw AttachmentRefusal(code: refusal.code, name: handle, limit: refusal.limit, size: one.attachment.size) }
            fetched = report.attachments.bytesFetched
            one = try find(place)
        }
        try place.device.write(one.attachment, of: one.scope, called: handle, to: output)
        let count = one.record.attachmentsByValue.count
        if choose == nil, count > 1 { Terminal.warning("\(handle) names \(count) files, and this is the first. --choose takes another; 'seamark conflicts \(handle)' says whose they are.") }
        guard format.json else { return Terminal.line("Wrote ", .init(output, .bold), " (\(bytesInWords(one.attachment.size))).") }
        Terminal.json(
            .object([
                JSONMember("id", .string(one.record.id.description)), JSONMember("sha256", .string(one.attachment.hash.description)),
                JSONMember("size", .integer(Int64(one.attachment.size))), JSONMember("bytesFetched", .integer(Int64(fetched))),
            ]), .fetched)
    }

    private func find(_ place: Workplace) throws -> AttachmentStanding {
        let finder = try place.finder()
        let record = try finder.record(handle, type: Catalogue.evidence)
        let all = try place.device.attachments(of: record, in: finder.scope)
        let number = choose ?? 1
        guard all.isEmpty || (1...all.count).contains(number) else { throw RecordCapture.Failure.noSuchChoice(number, of: all.count) }
        guard !all.isEmpty, let one = all[number - 1] else { throw Device.AttachmentFailure.noBytes(finder.name(of: record.id)) }
        return one
    }
}
