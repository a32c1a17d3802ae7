import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct AttachEvict: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evict", abstract: "Free the space of attachments that headquarters holds and has backed up.",
        discussion: """
            For example:
              seamark attach evict EV-A001 EV-A002
              seamark attach evict --all

            Syncs first, and asks the server for each whether it holds it. What the server lacks, and what none of its verified backups holds, stays on this device. What is evicted is fetched \
            again with 'seamark attach get'. Nothing is ever evicted by itself.
            """)

    @Argument(help: "Handles of evidence, such as EV-A001.", completion: HandleCompletion.of(Catalogue.evidence)) var handles: [String] = []
    @Flag(help: "Every attachment of the engagement.") var all = false
    @OptionGroup var trial: DryRunOption
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func validate() throws {
        guard all == handles.isEmpty else { throw ValidationError("name the evidence, or say --all") }
    }

    func run() throws {
        let place = try Workplace(work, to: .work)
        let named = try Set(handles.map { try place.finder().record($0, type: Catalogue.evidence).id })
        func choice() throws -> [AttachmentStanding] {
            try place.device.attachments(in: place.engagement()).filter { all ? $0.isHere : named.contains($0.record.id) }
        }
        if trial.dryRun { return try foresee(choice(), named, place) }
        var attachments = SyncRun.Attachments()
        attachments.offersAgain = try choice()
        var shown = SyncProgress(place)
        let report = try SyncRun.run(place.device, attachments: attachments, stop: StopSignal.listen()) { shown.show($0) }
        Terminal.progress("")
        try place.obeyWipe(handedIn: report.isHandedIn)
        let finder = try place.finder()
        let chosen = try choice()
        if let id = named.first(where: { id in !chosen.contains { $0.record.id == id } }) { throw Device.AttachmentFailure.noBytes(finder.name(of: id)) }
        let rows = zip(chosen, try place.device.evict(chosen, report.attachmentBackups))
            .map { (name: finder.name(of: $0.record.id), attachment: $0.attachment, result: $1) }
            .sorted { HandleOrder.precedes($0.name, $1.name) }
        let freed = Set(rows.filter { $0.result == .evicted }.map(\.attachment)).reduce(0) { $0 + $1.size }
        if format.json { return Terminal.json(document(rows, freed), .evicted) }
        if rows.isEmpty { return Terminal.line("No attachment is on this device.") }
        let evicted = rows.count { $0.result == .evicted }
        if evicted > 0 {
            Terminal.line("Freed ", .init(bytesInWords(freed), .bold), ": \(counted(evicted, "attachment")) of which headquarters has a backup. 'seamark attach get' fetches them again.")
        }
        for (result, words) in [
            (Device.Eviction.waiting, "the server did not take it yet; 'seamark attach list' and the next sync say more"),
            (.notBackedUp, "no backup of headquarters holds it yet; try again after the next one"), (.notHere, "not on this device"),
        ] {
            let names = rows.filter { $0.result == result }.map(\.name)
            if !names.isEmpty { Terminal.line(.init(names.joined(separator: ", "), .bold), ": \(words).") }
        }
    }

    /// What the server would be asked about; it is not asked, so what of it has a backup is not known.
    private func foresee(_ chosen: [AttachmentStanding], _ named: Set<Identifier>, _ place: Workplace) throws {
        let finder = try place.finder()
        if let id = named.first(where: { id in !chosen.contains { $0.record.id == id } }) { throw Device.AttachmentFailure.noBytes(finder.name(of: id)) }
        let rows = chosen.map { (name: finder.name(of: $0.record.id), standing: $0) }.sorted { HandleOrder.precedes($0.name, $1.name) }
        let asked = rows.filter { $0.standing.isHere && $0.standing.receipt != nil }
        // What waits is handed in first, and a backup may hold the same bytes already.
        let bytes = Set(rows.filter(\.standing.isHere).map(\.standing.attachment)).reduce(0) { $0 + $1.size }
        if format.json {
            return Terminal.json(
                .object([
                    JSONMember("bytesFreed", 0), JSONMember("bytesFreedAtMost", .integer(Int64(bytes))),
                    JSONMember("attachments", .array(rows.map {
                        let standing = !$0.standing.isHere ? "notHere" : $0.standing.receipt == nil ? "waiting" : "toBeAsked"
                        return .object([
                            JSONMember("name", .string($0.name)), JSONMember("bytes", .integer(Int64($0.standing.attachment.size))), JSONMember("result", .string(standing)),
                        ])
                    })),
                ]), .evicted)
        }
        if rows.isEmpty { return Terminal.line("No attachment is on this device.") }
        Terminal.line("Would ask headquarters about ", .init(counted(asked.count, "attachment"), .bold), ", and free at most ", .init(bytesInWords(bytes), .bold), ": of those alone that it has backed up. Nothing was evicted.")
        let rest = rows.filter { $0.standing.isHere && $0.standing.receipt == nil }.map(\.name)
        if !rest.isEmpty { Terminal.line(.init(rest.joined(separator: ", "), .bold), ": not with the server yet; it would be handed in first.") }
    }

    private func document(_ rows: [(name: String, attachment: Attachment, result: Device.Eviction)], _ freed: Int) -> JSONValue {
        .object([
            JSONMember("bytesFreed", .integer(Int64(freed))),
            JSONMember(
                "attachments",
                .array(
                    rows.map {
                        .object([JSONMember("name", .string($0.name)), JSONMember("bytes", .integer(Int64($0.attachment.size))), JSONMember("result", .string("\($0.result)"))])
                    })),
        ])
    }
}
