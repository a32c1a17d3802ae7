import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol

struct AttachList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The attachments of the engagement, and where each is.",
        discussion: "For example:\n  seamark attach list")

    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let place = try Workplace(work, to: .read)
        let finder = try place.finder()
        let (shown, deleted) = (try place.device.attachments(in: finder.scope), try place.device.attachmentsThatWait(in: finder.scope).filter(\.record.isDeleted))
        let all = (shown + deleted).map { (name: finder.name(of: $0.record.id), standing: $0) }
            .sorted { HandleOrder.precedes($0.name, $1.name) }
        let refusals = Device.attachmentRefusals(try place.device.state)
        func refusal(_ one: AttachmentStanding) -> AttachmentRefusal? {
            guard one.isWaiting, let refusal = refusals[one.record.id] else { return nil }
            return AttachmentRefusal(refusal, size: one.attachment.size)
        }
        /// A row that names several files has a line for each.
        let lines = try all.flatMap { row -> [(name: String, standing: AttachmentStanding)] in
            let (name, one) = row
            let values = try place.device.attachments(of: one.record, in: finder.scope)
            guard values.count > 1 else { return [(name: name, standing: one)] }
            return values.enumerated().compactMap { index, value in value.map { (name: "\(name) (\(index + 1) of \(values.count))", standing: $0) } }
        }
        if format.json { return Terminal.json(.array(all.map { document($0.name, $0.standing, refusal($0.standing)) }), .attachment) }
        if all.isEmpty { return Terminal.line("No attachments yet. Attach a file with 'seamark attach add FILE --to HANDLE'.") }
        var table = Table(["", "title", "type", "size", "here", "server"], rightAligned: [3])
        for (name, one) in lines {
            let isRefused = refusal(one) != nil
            let server: String = isRefused ? "refused" : one.isWaiting ? "waiting" : one.receipt == nil ? "on demand" : "has it"
            let styles: [Int: Terminal.Style] = isRefused ? [0: .bold, 5: .red] : one.isWaiting ? [0: .bold, 5: .yellow] : [0: .bold]
            table.add(
                [
                    name, (one.record.text("title") ?? "") + (one.record.isDeleted ? " (deleted)" : ""), one.record.text("mediaType") ?? "", bytesInWords(one.attachment.size),
                    one.isHere ? "yes" : "no", server,
                ], styles: styles)
        }
        table.show()
        if lines.count > all.count { Terminal.line(.init("What names several files is in conflict: 'seamark conflicts' says whose they are, 'seamark attach get --choose' takes one.", .yellow)) }
        for (name, one) in lines {
            if let words = refusal(one)?.words { Terminal.line(.init("Refused by the server: ", .red), "\(name) (\(bytesInWords(one.attachment.size))): \(words).") }
        }
        let waiting = try place.device.attachmentsNotWithServer(in: finder.scope).toHandIn
        if waiting.count > 0 {
            Terminal.line(.init("\(counted(waiting.count, "attachment")) (\(bytesInWords(waiting.bytes))) not yet with the server: seamark sync", .yellow))
        }
    }

    private func document(_ name: String, _ one: AttachmentStanding, _ refusal: AttachmentRefusal?) -> JSONValue {
        .object([
            JSONMember("id", .string(one.record.id.description)), JSONMember("name", .string(name)),
            JSONMember("title", one.record.text("title").map(JSONValue.string) ?? .null),
            JSONMember("mediaType", one.record.text("mediaType").map(JSONValue.string) ?? .null),
            JSONMember("sha256", .string(one.attachment.hash.description)), JSONMember("size", .integer(Int64(one.attachment.size))),
            JSONMember("here", .bool(one.isHere)), JSONMember("waiting", .bool(one.isWaiting)),
            JSONMember("refused", refusal.map { .string($0.words) } ?? .null), JSONMember("limitBytes", refusal?.limit.map { JSONValue.integer(Int64($0)) } ?? .null),
            JSONMember("receivedByServer", one.receipt.map { .string(CalendarDate.text(milliseconds: $0.received)) } ?? .null),
        ])
    }
}
