import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One record with all it says, who made it, and what is open about it.",
        discussion: """
            For example:
              seamark show L-A001
              seamark show IV-A003/LB1   an answer, by its interview and question
            """)

    @Argument(help: "Its handle, or what else it is called.", completion: HandleCompletion.of()) var handle: String
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let place = try Workplace(work, to: .read)
        let finder = try place.finder()
        let record = try finder.record(handle)
        let references = finder.references
        let history = History(of: record.id, in: finder.replica)
        if format.json { return Terminal.json(document(record, finder, references, history), .record) }
        let name = finder.name(of: record.id)
        Terminal.line(.init(name, .bold), "  \(record.type?.label ?? "record of a newer version")", .init("  \(record.id)", .dim))
        if record.isDeleted { Terminal.line(.init("  It was deleted. Bring it back with 'restore \(name)'.", .yellow)) }
        let survivor = finder.merges.survivor(of: record.id)
        if survivor != record.id { Terminal.line(.init("  It was merged into \(finder.name(of: survivor)). Take that back with 'seamark unmerge \(name)'.", .yellow)) }
        if MergeWitness.isChanged(record) { Terminal.line(.init("  It was changed by somebody who did not know that it was merged: take over what belongs to the other.", .yellow)) }
        let twins = finder.merges.standsFor(record.id).map { finder.name(of: $0) }
        if !twins.isEmpty { Terminal.line("  It stands for \(twins.joined(separator: ", ")) too.") }
        fields(record, finder.shownReferences, RedactionWords(finder))
        for number in record.unknownFields { Terminal.line("  field \(number) needs a newer version of Seamark.") }
        let children = self.children(record, finder)
        if !children.isEmpty { Terminal.line("  with \(children)") }
        if let author = record.author, let created = record.integer("createdAt") {
            Terminal.line(.init("  Made by \(finder.person(author)), \(TimeText.local(created)).", .dim))
        }
        let waiting = history.steps.count { $0.standing == .waiting }
        if waiting > 0 { Terminal.line(.init("  \(counted(waiting, "change")) to it not yet sent.", .yellow)) }
        for step in history.steps {
            if case .quarantined(let refusal) = step.standing, step.change.stamp.device == finder.replica.stream.device {
                Terminal.line(.init("  A change to it is in quarantine: \(RefusalWords.words(refusal)).", .yellow))
            }
        }
        for conflict in record.conflicts {
            Terminal.line(.init("  Conflict about \(conflict.key == "life" ? "deleting it" : conflict.key): see 'seamark conflicts'.", .yellow))
        }
    }

    private func fields(_ record: RecordView, _ references: References, _ redactions: RedactionWords) {
        var rows: [(label: String, text: String, inConflict: Bool)] = []
        let disputed = Set(record.conflicts.map(\.key))
        for field in record.type?.fields ?? [] where field.number > CommonField.mergeSaw {
            if field.isSet {
                let elements = record.elements(field).map { field.kind.textToRead(of: $0, references: references) }.sorted(by: HandleOrder.precedes)
                if !elements.isEmpty { rows.append((field.label, elements.joined(separator: ", "), false)) }
                continue
            }
            switch record.shown(field) {
            case .nothing: continue
            case .withheld: rows.append((field.label, redactions.words(record, field), false))
            case .value(let value):
                if let group = GroupText(value, of: field) {
                    rows.append((field.label, "", disputed.contains(field.key)))
                    for (key, text) in group.parts(references) { rows.append(("  " + key, text, false)) }
                } else {
                    rows.append((field.label, field.kind.textToRead(of: value, references: references), disputed.contains(field.key)))
                }
            }
        }
        let width = rows.map { TerminalText.width($0.label) }.max() ?? 0
        for row in rows {
            let padding = String(repeating: " ", count: width - TerminalText.width(row.label))
            Terminal.block(
                row.text + (row.inConflict ? "  (in conflict)" : ""), first: ["  ", .init(row.label + padding, row.inConflict ? .yellow : .dim), "  "],
                indent: String(repeating: " ", count: width + 4))
        }
    }

    /// "6 seam mode scores", "3 answers": what refers to the record as its own.
    private func children(_ record: RecordView, _ finder: RecordFinder) -> String {
        var counts: [(RecordType, Int)] = []
        for other in finder.all where !other.isDeleted {
            guard let type = other.type, let owner = type.field(10), case .reference = owner.kind, case .once = owner.merge, other.reference(owner.key).map({ finder.merges.survivor(of: $0) }) == record.id
            else { continue }
            if let place = counts.firstIndex(where: { $0.0 === type }) { counts[place].1 += 1 } else { counts.append((type, 1)) }
        }
        return counts.sorted { $0.0.number < $1.0.number }.map { Plural.of($0.1, $0.0.label) }.joined(separator: ", ")
    }

    private func document(_ record: RecordView, _ finder: RecordFinder, _ references: References, _ history: History) -> JSONValue {
        var members = record.json(references: references).members ?? []
        // What it is called; `name` is a field of some types, and stands there already.
        let name = JSONValue.string(finder.name(of: record.id))
        members.append(JSONMember("recordName", name))
        if !members.contains(where: { $0.name == "name" }) { members.append(JSONMember("name", name)) }
        if let author = record.author {
            members.append(JSONMember("author", .string(finder.person(author))))
            members.append(JSONMember("authorId", .string(author.description)))
        }
        members.append(JSONMember("redacted", RedactionWords(finder).json(record)))
        let survivor = finder.merges.survivor(of: record.id)
        if survivor != record.id {
            members.append(JSONMember("survivor", .string(finder.name(of: survivor))))
            members.append(JSONMember("changedSinceMerge", .bool(MergeWitness.isChanged(record))))
        }
        let twins = finder.merges.standsFor(record.id)
        if !twins.isEmpty { members.append(JSONMember("standsFor", .array(twins.map { .string(finder.name(of: $0)) }))) }
        members.append(JSONMember("deleted", .bool(record.isDeleted)))
        members.append(JSONMember("unsentChanges", .integer(Int64(history.steps.count { $0.standing == .waiting }))))
        members.append(
            JSONMember(
                "quarantined",
                .array(
                    history.steps.compactMap { step in
                        guard case .quarantined(let refusal) = step.standing else { return nil }
                        return .object([
                            JSONMember("change", .string(step.change.id.description)), JSONMember("refusal", .integer(Int64(refusal.rawValue))),
                            JSONMember("reason", .string(RefusalWords.words(refusal))),
                        ])
                    })))
        return .object(members)
    }
}
