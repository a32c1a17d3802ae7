import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

struct Conflicts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Where two people said different things and neither had seen the other.",
        discussion: """
            For example:
              seamark conflicts
              seamark conflicts L-A001

            Both stay until somebody settles it with 'seamark resolve'; meanwhile value 1 is shown.
            """)

    @Argument(help: "Only those of this record.", completion: HandleCompletion.of()) var handle: String?
    @Option(help: ArgumentHelp("Only those in which this person said something: a name, a handle, or me.", valueName: "person"), completion: HandleCompletion.people) var by: String?
    @Flag(help: "One line each, of all your engagements (or the one that --engagement names).") var list = false
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let place = try Workplace(work, to: .read)
        if list { return try list(place) }
        let finder = try place.finder()
        try requireSomebody(finder)
        var conflicts = finder.conflicts.filter { isMeant($0, finder) }
        var prices = ConflictPrices(finder)
        if let handle {
            let record = try finder.record(handle)
            conflicts = conflicts.filter { $0.record.id == record.id }
        }
        let references = finder.references
        if format.json { return Terminal.json(.array(conflicts.map { document($0, finder, references, &prices) }), .conflict) }
        let identity = try place.device.state.identity
        if conflicts.isEmpty { return Terminal.line("No conflicts.") }
        for (index, conflict) in conflicts.enumerated() {
            if index > 0 { Terminal.line("") }
            show(conflict, finder, references, &prices, maySettle: maySettle(conflict, identity))
        }
    }

    /// Does the role table let this member settle it? Whoever may not is told who may, not sent into a refusal.
    func maySettle(_ conflict: ConflictDescription, _ identity: DeviceIdentity) -> Bool {
        guard let role = Role(rawValue: Int64(identity.role)), let type = conflict.record.type else { return false }
        let operation: RoleTable.Operation = conflict.isDeletion ? .delete : .resolve
        return RoleTable.allows(role, operation, type, isOwn: conflict.record.author == identity.member)
    }

    private func show(_ conflict: ConflictDescription, _ finder: RecordFinder, _ references: References, _ prices: inout ConflictPrices, maySettle: Bool) {
        let name = finder.name(of: conflict.record.id)
        let title = conflict.record.text("title") ?? conflict.record.text("name") ?? ""
        Terminal.line(.init(name, .bold), "  \(title)", .init("  conflict \(RecordFinder.short(conflict.id))", .dim))
        evidence(conflict.record, finder, references)
        if let field = conflict.field {
            Terminal.line("  ", .init(field.label, .yellow), " has \(counted(conflict.sides.count, "value")):")
            let shared = sharedParts(conflict, field, references)
            if !sideBySide(conflict, field, leavingOut: shared, finder, references) {
                for (index, side) in conflict.sides.enumerated() { value(side, "\(index + 1)", field, leavingOut: shared, finder, references) }
                for base in conflict.bases { value(base, "was", field, leavingOut: shared, finder, references) }
            }
            if let priced = prices.prices(conflict) {
                for (index, spread) in priced.enumerated() { Terminal.line(.init("    with \(index + 1): \(prices.words(spread))", .dim)) }
            } else {
                Terminal.line(.init(handle == nil ? "    What each is worth: seamark conflicts \(name)" : "    What each is worth is calculated for \(ConflictPrices.most) values at a time.", .dim))
            }
            if !shared.isEmpty { Terminal.line(.init("    all: " + shared.map { "\($0.key)=\($0.text)" }.joined(separator: ", "), .dim)) }
            let offer = conflict.mergeOffer
            if let merge = offer.merge { propose(merge) }
            if case .none(let reason) = offer, reason != .notText { Terminal.block(MergeWords.why(reason), indent: "    ", .dim) }
            let both = conflict.bothTexts.text == nil ? "" : ", --both"
            let ways = offer.merge.map { $0.overlaps == 0 ? "--merged (or --choose 1\(both), --editor)" : "--merged --choose 1 (or --choose 1\(both), --editor)" }
            if conflict.record.type === Catalogue.evidence, field.number == EvidenceField.hash {
                Terminal.line(.init("    Look at each first, and keep what you need: what is not chosen cannot be fetched afterwards. seamark attach get \(name) --choose 2 --output FILE", .dim))
            }
            let how = maySettle ? "Settle it: seamark resolve \(name) \(field.key) \(ways ?? (both.isEmpty ? "--choose 1" : "--choose 1 (or --both, --editor)"))" : Self.askALead
            Terminal.line("  \(how)")
            return
        }
        for side in conflict.sides where side.kind == .deletion { Terminal.line("  ", .init("Deleted", .yellow), " by ", .init(finder.person(side.member), .bold), ", \(TimeText.local(side.time)).") }
        // One line a change: whoever edits several fields at once did one thing.
        for side in conflict.sides where side.kind == .editUnseen {
            Terminal.line("  ", .init("Edited", .yellow), " by ", .init(finder.person(side.member), .bold), ", \(TimeText.local(side.time)): \(edit(side, references))")
        }
        if let priced = prices.prices(conflict) {
            for (words, spread) in zip(["if it stays", "if it goes"], priced) { Terminal.line(.init("    \(words): \(prices.words(spread))", .dim)) }
        }
        let how = maySettle ? "Settle it: seamark resolve \(name) --keep (or --delete)" : Self.askALead
        Terminal.line("  It stays visible. \(how)")
    }

    private static let askALead = "A lead settles it, from any laptop that has synced; what you know about it helps: add a note."

    /// The merged text with what each brought, and both where they overlap.
    private func propose(_ merge: TextMerge) {
        let words = merge.overlaps == 0 ? "a proposal" : "a proposal; both changed the same place in \(counted(merge.overlaps, "place")), marked"
        Terminal.line("    ", .init("merged", .bold), "  ", .init("(\(words); nothing is written until you take it)", .dim))
        Terminal.block(merge.text { MergeWords.mark(1, $0) + MergeWords.mark(2, $1) }, indent: "         ")
    }

    private func names(ofEvidence record: RecordView, _ references: References) -> [String] {
        guard let field = record.type?.field(key: "evidence") else { return [] }
        return record.elements(field).map { field.kind.textToRead(of: $0, references: references) }.sorted(by: HandleOrder.precedes)
    }

    /// What stands behind the record: it may decide who is right.
    private func evidence(_ record: RecordView, _ finder: RecordFinder, _ references: References) {
        let names = self.names(ofEvidence: record, references)
        if !names.isEmpty { Terminal.block(names.joined(separator: ", "), first: [.init("  evidence: ", .dim)], indent: "    ") }
    }

    /// The parts of a group in which the sides differ, or on a terminal whatever else it is: each side a column with its author and time, and whole. False
    /// where there is no room.
    private func sideBySide(
        _ conflict: ConflictDescription, _ field: FieldDefinition, leavingOut shared: [(key: String, text: String)], _ finder: RecordFinder, _ references: References
    ) -> Bool {
        let columns = conflict.bases.map { ("was", $0) } + conflict.sides.enumerated().map { ("\($0.offset + 1)", $0.element) }
        let parts = columns.map { $0.1.value.flatMap { GroupText($0, of: field) }?.parts(references) }
        guard columns.count <= 4 else { return false }
        var rows: [(key: String, cells: [String])] = []
        if parts.allSatisfy({ $0 != nil }) {
            for part in parts.flatMap({ $0 ?? [] }) where !rows.contains(where: { $0.key == part.key }) && !shared.contains(where: { $0.key == part.key && $0.text == part.text }) {
                rows.append((part.key, parts.map { $0?.first { $0.key == part.key }?.text ?? "" }))
            }
        } else {
            guard Terminal.width != nil else { return false }
            rows = [("", columns.map { text($0.1, field, leavingOut: shared, references) })]
        }
        rows.append(("by", columns.map { finder.person($0.1.member) }))
        rows.append(("at", columns.map { TimeText.local($0.1.time) }))
        let keyed = rows.map { TerminalText.width($0.key) }.max() ?? 0
        let room = Terminal.width.map { ($0 - 4 - keyed) / columns.count - 2 }
        if let room, room < Self.leastSide { return false }
        var table = Table([""] + columns.map(\.0))
        for row in rows {
            // Whoever decides sees every value whole.
            let cells = row.cells.map { cell in
                room.map { room in TerminalText.lines(cell).split(separator: "\n", omittingEmptySubsequences: false).flatMap { TerminalText.wrapped(String($0), to: room) } } ?? [cell]
            }
            for line in 0..<(cells.map(\.count).max() ?? 0) { table.add([line == 0 ? row.key : ""] + cells.map { line < $0.count ? $0[line] : "" }) }
        }
        table.show(indent: "    ")
        return true
    }

    /// Narrower columns are worse to read than one below the other.
    private static let leastSide = 20

    private func value(
        _ side: ConflictDescription.Side, _ mark: String, _ field: FieldDefinition, leavingOut shared: [(key: String, text: String)],
        _ finder: RecordFinder, _ references: References
    ) {
        Terminal.block(
            text(side, field, leavingOut: shared, references), first: ["    ", .init(mark.count < 3 ? "  " + mark : mark, .bold), "  "], indent: "         ")
        Terminal.line(.init("         \(finder.person(side.member)), \(TimeText.local(side.time))", .dim))
    }

    private func text(_ side: ConflictDescription.Side, _ field: FieldDefinition, leavingOut shared: [(key: String, text: String)], _ references: References) -> String {
        guard let value = side.value else { return "(withheld)" }
        guard let group = GroupText(value, of: field) else { return EditWords.text(value, field, references) }
        let own = group.parts(references).filter { part in !shared.contains { $0.key == part.key && $0.text == part.text } }
        return own.map { "\($0.key)=\($0.text)" }.joined(separator: ", ")
    }

    /// The parts of a group that all sides have alike: said once.
    private func sharedParts(_ conflict: ConflictDescription, _ field: FieldDefinition, _ references: References) -> [(key: String, text: String)] {
        let all = conflict.sides + conflict.bases
        let parts = all.map { $0.value.flatMap { GroupText($0, of: field) }?.parts(references) ?? [] }
        guard let first = parts.first else { return [] }
        return first.filter { part in parts.allSatisfy { $0.contains { $0.key == part.key && $0.text == part.text } } }
    }

    private func edit(_ side: ConflictDescription.Side, _ references: References) -> String {
        guard let field = side.field else { return "a field of a newer version" }
        if case .element(_, let element) = side.target { return "\(field.label): \(side.value == .bool(true) ? "+" : "−")\(field.kind.textToRead(of: element, references: references))" }
        return "\(field.label): \(side.value.map { EditWords.text($0, field, references) } ?? "(withheld)")"
    }

    // MARK: - JSON

    private func document(_ conflict: ConflictDescription, _ finder: RecordFinder, _ references: References, _ prices: inout ConflictPrices) -> JSONValue {
        let priced = prices.prices(conflict)
        var members = [
            JSONMember("id", .string(conflict.id.description)), JSONMember("record", .string(conflict.record.id.description)),
            JSONMember("name", .string(finder.name(of: conflict.record.id))), JSONMember("type", .string(conflict.record.type?.key ?? "")),
            JSONMember("field", .string(conflict.key)), JSONMember("evidence", .array(names(ofEvidence: conflict.record, references).map(JSONValue.string))),
        ]
        if conflict.isDeletion {
            members.append(JSONMember("deletions", .array(conflict.sides.filter { $0.kind == .deletion }.map { document($0, nil, finder, references) })))
            members.append(JSONMember("edits", .array(conflict.sides.filter { $0.kind == .editUnseen }.map { document($0, nil, finder, references) })))
        } else {
            members.append(JSONMember("values", .array(conflict.sides.enumerated().map { document($0.element, $0.offset + 1, finder, references) })))
            members.append(JSONMember("base", .array(conflict.bases.map { document($0, nil, finder, references) })))
            if let merge = conflict.mergeOffer.merge { members.append(JSONMember("merged", MergeWords.json(merge))) }
        }
        members.append(JSONMember("priced", priced.map { .array($0.map(ConflictPrices.json)) } ?? .null))
        members.append(JSONMember("currency", .string(prices.currency)))
        return .object(members)
    }

    private func document(_ side: ConflictDescription.Side, _ choice: Int?, _ finder: RecordFinder, _ references: References) -> JSONValue {
        var members: [JSONMember] = []
        if let choice { members.append(JSONMember("choose", .integer(Int64(choice)))) }
        if let field = side.field {
            if side.kind == .editUnseen { members.append(JSONMember("field", .string(field.key))) }
            switch side.target {
            case .element(_, let element): members.append(JSONMember("element", field.kind.json(of: element, references: references)))
            case .field, .life: members.append(JSONMember("value", side.value.map { field.kind.json(of: $0, references: references) } ?? "(withheld)"))
            }
        }
        members.append(JSONMember("author", .string(finder.person(side.member))))
        members.append(JSONMember("authorId", .string(side.member.description)))
        members.append(JSONMember("device", .string(side.device.description)))
        members.append(JSONMember("time", .string(CalendarDate.text(milliseconds: side.time))))
        members.append(JSONMember("change", .string(side.change.description)))
        return .object(members)
    }
}
