import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The records of one type, or how many there are of each.",
        discussion: """
            For example:
              seamark list                   how many there are of each type
              seamark list lines
              seamark list seams --deleted

            Types: 
            """ + CapturedTypes.nouns.map(\.noun).joined(separator: ", ") + ".")

    @Argument(help: "A type, such as line or seam.", completion: HandleCompletion.nouns) var type: String?
    @Flag(help: "Show deleted records instead.") var deleted = false
    @Flag(help: "Show records that were merged into another, too.") var merged = false
    @OptionGroup var pager: PagerOption
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        Terminal.page(unless: pager.noPager || format.json)
        let place = try Workplace(work, to: .read)
        let finder = try place.finder()
        let records = finder.all.filter { $0.isDeleted == deleted && (merged || deleted || !finder.merges.isGone($0.id)) }
        guard let word = type else { return counts(records) }
        guard let type = CapturedTypes.type(word) else {
            throw CapturedTypes.unknown(word)
        }
        let found = records.filter { $0.state.type == type.number }.map { (name: finder.name(of: $0.id), record: $0) }
            .sorted { HandleOrder.precedes($0.name, $1.name) }
        let references = finder.shownReferences
        if format.json { return Terminal.json(.array(found.map { $0.record.json(references: references) }), .list) }
        if found.isEmpty, finder.concealed.isEmpty {
            return Terminal.line(deleted ? "No \(type.label) was deleted." : "No \(type.label) yet. Capture one with 'seamark \(CapturedTypes.verb(capturing: type))'.")
        }
        show(found, type, references, RedactionWords(finder), finder)
        let hidden = finder.concealed.filter { $0.state.type == type.number && $0.isDeleted == deleted }
        if !hidden.isEmpty { Terminal.line(.init(ConsentWords.hidden(hidden), .dim)) }
    }

    private func counts(_ records: [RecordView]) {
        var rows: [(type: RecordType, count: Int, conflicts: Int)] = []
        for type in Catalogue.types {
            let own = records.filter { $0.state.type == type.number }
            if !own.isEmpty { rows.append((type, own.count, own.reduce(0) { $0 + $1.conflicts.count })) }
        }
        let unknown = records.count { $0.type == nil }
        if format.json {
            return Terminal.json(.object(rows.map { JSONMember($0.type.key, .integer(Int64($0.count))) }), .counts)
        }
        if rows.isEmpty { return Terminal.line(deleted ? "Nothing was deleted." : "Nothing is captured yet.") }
        var table = Table(["type", "records", ""], rightAligned: [1])
        for row in rows {
            table.add(
                [CapturedTypes.noun(of: row.type), "\(row.count)", row.conflicts > 0 ? counted(row.conflicts, "conflict") : ""], styles: [2: .yellow])
        }
        table.show()
        if unknown > 0 { Terminal.line("\(counted(unknown, "record")) need a newer version of Seamark.") }
    }

    /// The handle and as many fields as people look for first.
    private func show(
        _ found: [(name: String, record: RecordView)], _ type: RecordType, _ references: References, _ redactions: RedactionWords, _ finder: RecordFinder
    ) {
        let columns = Self.columns(of: type)
        var table = Table(["handle"] + columns.map(\.label) + [""])
        for (name, record) in found {
            let cells = columns.map { field in
                if field.isSet { return record.elements(field).map { field.kind.textToRead(of: $0, references: references) }.joined(separator: ",") }
                switch record.shown(field) {
                case .nothing: return ""
                case .value(let value): return Self.brief(value, field, references)
                case .withheld: return redactions.words(record, field)
                }
            }
            let survivor = finder.merges.survivor(of: record.id)
            let mark = survivor != record.id ? "merged into \(finder.name(of: survivor))"
                : record.isDeletedButEdited ? "deleted and edited" : record.conflicts.isEmpty ? "" : "conflict"
            table.add([name] + cells + [mark], styles: [0: .bold, columns.count + 1: .yellow])
        }
        table.show()
    }

    private static func columns(of type: RecordType) -> [FieldDefinition] {
        let keys: [String] =
            switch type.number {
            case Catalogue.site.number: ["name", "country", "kind", "headcount"]
            case Catalogue.unit.number: ["name", "site", "kind"]
            case Catalogue.person.number: ["title", "level", "unit", "consent"]
            case Catalogue.interview.number: ["persons", "site", "startedAt", "status"]
            case Catalogue.answer.number: ["response", "rationale"]
            case Catalogue.observation.number: ["text", "domains", "polarity"]
            case Catalogue.quote.number: ["text", "person", "attribution"]
            case Catalogue.evidence.number: ["kind", "title", "period"]
            case Catalogue.seam.number: ["name", "fromUnit", "toUnit"]
            case Catalogue.seamModeScore.number: ["rating"]
            case Catalogue.decisionRight.number: ["name", "decider", "limit"]
            case Catalogue.decisionSample.number: ["decision", "times"]
            case Catalogue.constraint.number: ["resource", "site", "status"]
            case Catalogue.initiative.number: ["name", "sponsor", "declaredRank"]
            case Catalogue.initiativeTarget.number: ["reduction"]
            case Catalogue.leakageLine.number: ["title", "category", "amount", "status"]
            case Catalogue.overlap.number: ["judgement"]
            case Catalogue.pool.number: ["name", "booking"]
            case Catalogue.engagement.number: ["title", "currency", "status"]
            case Catalogue.redaction.number: ["record", "field", "reason"]
            case Catalogue.questionnaire.number: ["formKey", "edition", "title", "state"]
            case Catalogue.formAnswer.number: ["response", "text"]
            case Catalogue.snapshot.number: ["name", "day", "position", "method"]
            case Catalogue.finding.number: ["statement", "severity", "status"]
            case Catalogue.quickCheck.number: ["subject", "date", "note"]
            case Catalogue.gateReview.number: ["initiative", "extent", "date", "decision"]
            case _: type.field(key: "name") != nil ? ["name"] : type.fields.filter { $0.number >= 10 }.prefix(4).map(\.key)
            }
        return keys.compactMap { type.field(key: $0) }
    }

    /// Of a large group what matters most.
    private static func brief(_ value: Value, _ field: FieldDefinition, _ references: References) -> String {
        guard let group = GroupText(value, of: field) else { return field.kind.textToRead(of: value, references: references) }
        func texts(_ keys: String...) -> String { keys.compactMap { group.text($0, references) }.joined(separator: " ") }
        switch field.key {
        case "amount": return FigureText.amount(value) + texts("grade")
        case "consent": return texts("state", "scope")
        case "response": return group.text("score", references) == nil ? texts("outcome") : texts("score", "grade")
        case "rating": return texts("score", "grade")
        case "reading": return texts("isOnTrack", "value", "note")
        case "finding": return texts("result", "value", "note")
        case "ruling": return texts("verdict", "value", "reason")
        case "measure": return texts("name", "threshold")
        case _: return field.kind.textToRead(of: value, references: references)
        }
    }
}
