import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Who changed what, when: of one record, or of the engagement; the newest first.",
        discussion: """
            For example:
              seamark log
              seamark log L-A001 --limit 0 --reverse
            """)

    @Argument(help: "A record. Without one: everything.", completion: HandleCompletion.of()) var handle: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Show only the newest so many changes; 0 for all.", valueName: "n"))
    var limit: Int = 50

    @Flag(help: "The oldest first, as in JSON always.")
    var reverse = false

    @OptionGroup var pager: PagerOption
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        guard limit >= 0 else { throw Explained(.usage, "--limit is \(limit); it must not be negative.") }
        let place = try Workplace(work, to: .read)
        let finder = try place.finder()
        let record = try handle.map { try finder.record($0) }
        let all = History(of: record?.id, in: finder.replica, except: Set(finder.concealed.map(\.id))).steps
        let steps = limit == 0 ? all[...] : all.suffix(limit)
        let references = finder.references
        if format.json { return Terminal.json(.array(steps.map { document($0, finder, references) }), .log) }
        Terminal.page(unless: pager.noPager)
        let cut = steps.count < all.count ? "The newest \(steps.count) of \(counted(all.count, "change")); --limit 0 shows all." : nil
        if reverse, let cut { Terminal.line(.init(cut, .dim)) }
        for step in reverse ? Array(steps) : steps.reversed() {
            Terminal.line(.init(TimeText.local(step.change.stamp.time), .dim), "  ", .init(finder.person(step.change.member), .bold), Self.standing(step.standing))
            for (id, edits) in step.records { show(id, edits, finder, references) }
        }
        if !reverse, let cut { Terminal.line(.init(cut, .dim)) }
        if record == nil, !finder.concealed.isEmpty { Terminal.line(.init(ConsentWords.hidden(finder.concealed), .dim)) }
        if all.isEmpty { Terminal.line("Nothing has happened here yet.") }
    }

    private func show(_ id: Identifier, _ edits: [Edit], _ finder: RecordFinder, _ references: References) {
        let type = edits.first.flatMap { Catalogue.type($0.type) }
        let isNew = edits.contains { $0.target == .field(CommonField.createdAt) }
        Terminal.line("  \(isNew ? "added \(type?.label ?? "record") " : "")", .init(finder.name(of: id), .bold))
        for edit in edits where edit.target != .field(CommonField.createdAt) && edit.target != .field(CommonField.mergeSaw) && edit.target != .field(CommonField.handle) {
            Terminal.line("    \(EditWords.words(edit, type, references, RedactionWords(finder)))", .init(previous(edit, type, finder, references), .dim))
        }
    }

    /// What stood there before, as the author saw it.
    private func previous(_ edit: Edit, _ type: RecordType?, _ finder: RecordFinder, _ references: References) -> String {
        guard case .field(let number) = edit.target, let field = type?.field(number), !edit.supersedes.isEmpty else { return "" }
        let superseded = edit.supersedes.compactMap { name -> (name: EditName, edit: Edit)? in
            guard let change = finder.change(name.change), Int(name.index) < change.edits.count else { return nil }
            return (name, change.edits[Int(name.index)])
        }
        // An edit names what its own device had written before that, too: what stood there is what no other of them took the place of.
        let older = Set(superseded.flatMap(\.edit.supersedes))
        let texts = superseded.filter { !older.contains($0.name) }.reduce(into: [String]()) { texts, one in
            let text = EditWords.text(one.edit.content, field, references, RedactionWords(finder))
            if !texts.contains(text) { texts.append(text) }
        }
        return texts.isEmpty ? "" : "  (was \(texts.joined(separator: " and ")))"
    }

    private static func standing(_ standing: History.Standing) -> Terminal.Piece {
        switch standing {
        case .waiting: .init("  not yet sent", .yellow)
        case .sent: .init("  sent", .dim)
        case .acknowledged: ""
        case .quarantined(let refusal): .init("  in quarantine: \(RefusalWords.words(refusal))", .yellow)
        }
    }

    private func document(_ step: History.Step, _ finder: RecordFinder, _ references: References) -> JSONValue {
        let refusal: JSONValue = if case .quarantined(let reason) = step.standing { .integer(Int64(reason.rawValue)) } else { .null }
        return .object([
            JSONMember("change", .string(step.change.id.description)), JSONMember("time", .string(CalendarDate.text(milliseconds: step.change.stamp.time))),
            JSONMember("author", .string(finder.person(step.change.member))), JSONMember("authorId", .string(step.change.member.description)),
            JSONMember("device", .string(step.change.stamp.device.description)), JSONMember("standing", .string(step.standing.key)), JSONMember("refusal", refusal),
            JSONMember("records", .array(step.records.map { id, edits in
                let type = edits.first.flatMap { Catalogue.type($0.type) }
                return .object([
                    JSONMember("id", .string(id.description)), JSONMember("name", .string(finder.name(of: id))), JSONMember("type", .string(type?.key ?? "")),
                    JSONMember("edits", .array(edits.map { EditWords.json($0, type, references) })),
                ])
            })),
        ])
    }
}
