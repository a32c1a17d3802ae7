import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What was changed here and is not in headquarters' log yet, or since a day.",
        discussion: """
            For example:
              seamark diff
              seamark diff IV-A003
              seamark diff --since 2026-03-02

            Of texts the words that went and came are shown: in colour on a terminal, else [-gone-] and {+come+}.
            """)

    @Argument(help: "A record. Without one: everything.", completion: HandleCompletion.of()) var handle: String?
    @Option(help: ArgumentHelp("Compare with what was captured before this day (UTC) or time, by the clocks of the laptops.", valueName: "yyyy-mm-dd")) var since: String?
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let earlier = try since.map { word in
            guard let time = CalendarDate.milliseconds(word) else {
                throw Explained(.usage, "--since is '\(word)'; it must be a day such as 2026-03-02, or a time such as 2026-03-02T14:00:00Z.")
            }
            // Of a year that was mistyped "nothing differs" would be taken for an answer.
            guard time <= TimeText.now() + FutureTimes.grace else { throw Explained(.usage, "--since is '\(word)', which has not come: choose a day or a time before now.") }
            return RecordFinder.Earlier.time(time)
        }
        let finder = try Workplace(work, to: .read).finder()
        let record = try handle.map { try finder.record($0).id }
        let differences = finder.differences(from: earlier ?? .log, of: record)
        if format.json { return Terminal.json(.array(differences.map { document($0, finder) }), .differences) }
        if differences.isEmpty { Terminal.line(.init(words(finder, of: record))) }
        for difference in differences { show(difference, finder) }
        if record == nil, !finder.concealed.isEmpty { Terminal.line(.init(ConsentWords.hidden(finder.concealed), .dim)) }
    }

    private func words(_ finder: RecordFinder, of record: Identifier?) -> String {
        guard since == nil else { return "Nothing that is shown differs from then." }
        guard record == nil else { return "Nothing that is shown of it differs from headquarters' log, as this device last read it." }
        let waiting = finder.replica.unsentCount + finder.replica.stranded.count
        if waiting > 0 { return "Nothing that is shown differs from headquarters' log; \(counted(waiting, "change")) not yet sent." }
        return "Everything here is in headquarters' log, as this device last read it."
    }

    private func show(_ difference: RecordDifference, _ finder: RecordFinder) {
        let style: Terminal.Style = difference.fate == .deleted ? .red : difference.fate == .changed ? .yellow : .green
        let edits = Self.edits(difference)
        let authors = edits.reduce(into: [String]()) { names, head in
            let name = finder.person(head.member)
            if !names.contains(name) { names.append(name) }
        }
        let last = edits.last.map { "  by \(authors.joined(separator: " and ")), \(authors.count > 1 ? "last " : "")\(TimeText.local($0.stamp.time))" } ?? ""
        Terminal.line(
            .init(finder.name(of: difference.record.id), .bold), "  \(difference.record.type?.label ?? "record")  ", .init(difference.fate.rawValue, style), .init(last, .dim))
        guard difference.fate != .deleted else { return }
        for field in difference.fields {
            let before = texts(field.before, difference, field, finder), after = texts(field.after, difference, field, finder)
            Terminal.line([.init("  \(field.field.label): ", .dim)] + (field.field.isSet ? elements(before, after) : words(before.first ?? "", after.first ?? "")))
        }
    }

    /// What stands where the two differ, the oldest first: who wrote it, and when.
    private static func edits(_ difference: RecordDifference) -> [Head] {
        let numbers = Set(difference.fields.map(\.field.number))
        let isWhole = difference.fate == .deleted || difference.fate == .restored
        return difference.record.state.slots.filter { slot in isWhole ? slot.target == .life : slot.target.number.map { numbers.contains($0) } ?? false }
            .flatMap(\.heads).sorted { $0.stamp < $1.stamp }
    }

    private func elements(_ gone: [String], _ come: [String]) -> [Terminal.Piece] {
        let pieces = gone.map { Terminal.Piece("−\($0) ", .red) } + come.map { Terminal.Piece("+\($0) ", .green) }
        return pieces
    }

    private func words(_ before: String, _ after: String) -> [Terminal.Piece] {
        let isColoured = Terminal.hasColour
        return TextDifference.parts(from: before, to: after).map { part in
            switch part.kind {
            case .same: Terminal.Piece(part.text)
            case .removed: Terminal.Piece(isColoured ? part.text : "[-\(part.text)-]", .red)
            case .added: Terminal.Piece(isColoured ? part.text : "{+\(part.text)+}", .green)
            }
        }
    }

    private func texts(_ shown: [RecordView.Shown], _ difference: RecordDifference, _ field: RecordDifference.Field, _ finder: RecordFinder) -> [String] {
        shown.map { one in
            switch one {
            case .nothing: ""
            case .withheld: RedactionWords(finder).words(difference.record, field.field)
            case .value(let value): field.field.kind.textToRead(of: value, references: finder.shownReferences)
            }
        }.sorted(by: HandleOrder.precedes)
    }

    private func document(_ difference: RecordDifference, _ finder: RecordFinder) -> JSONValue {
        func values(_ shown: [RecordView.Shown], _ field: FieldDefinition) -> JSONValue {
            let values = shown.map { one -> JSONValue in if case .value(let value) = one { field.kind.json(of: value, references: finder.references) } else { .null } }
            return field.isSet ? .array(values) : values.first ?? .null
        }
        return .object([
            JSONMember("name", .string(finder.name(of: difference.record.id))), JSONMember("id", .string(difference.record.id.description)),
            JSONMember("type", .string(difference.record.type?.key ?? "")), JSONMember("fate", .string(difference.fate.rawValue)),
            JSONMember("edits", .array(Self.edits(difference).map { head in
                .object([JSONMember("author", .string(finder.person(head.member))), JSONMember("authorId", .string(head.member.description)), JSONMember("time", .string(CalendarDate.text(milliseconds: head.stamp.time)))])
            })),
            JSONMember("fields", .array(difference.fields.map { field in
                .object([JSONMember("field", .string(field.field.key)), JSONMember("before", values(field.before, field.field)), JSONMember("after", values(field.after, field.field)), JSONMember("withheld", .bool((field.before + field.after).contains(.withheld)))])
            })),
        ])
    }
}
