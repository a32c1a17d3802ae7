public import SeamarkJournal

/// Records as tables: one for each type, one row for each record, the columns as the catalogue has them. Deleted records are left out.
///
/// A group is spread over columns, low, likely and high too; a list or set is one cell, its parts separated by `; `; a list of choices has a column of 1 and 0
/// for each choice besides. What a reader may not see is an
/// empty cell, and the column `withheld` names it.
public struct RecordTables: Sendable {
    /// In the order of the catalogue, those without rows too.
    public let tables: [DataTable]
    /// What questionnaires were answered: a table for each edition, a row for each interview and scorer.
    public let forms: [DataTable]
    /// The records that another one stands for since they were merged, deleted ones too: what leads a reference to the record that is meant.
    public let merged: DataTable
    /// What the columns are.
    public let dictionary: DataTable
    /// One JSON document a line, of the same records in the same order, and with every character as it was captured.
    public let lines: [UInt8]

    /// - Parameters:
    ///   - records: of one engagement, `engagement`.
    ///   - directory: finds the handles of members.
    ///   - sensitive: false leaves names, narrative and quotes out, as if they were withheld.
    ///   - instrument: the edition that the engagement names: with another nobody can say which answers a report uses, and those cells are empty.
    ///   - former: earlier editions, by what interviews call them.
    ///   - received: when changes came to the server, by its clock, as far as that is known.
    public init(
        _ records: [RecordView], of engagement: Identifier, directory: References, sensitive: Bool = true, instrument: Instrument = .core9,
        former: (String) -> Instrument? = Instrument.builtIn, received: [Identifier: Int64] = [:]
    ) {
        let present = records.filter { !$0.isDeleted && $0.type != nil }
        let computed = ComputedCells(records, instrument: instrument, former: former)
        let own = References(present)
        let references = References(identifier: own.identifier, handle: { own.handle($0) ?? directory.handle($0) })
        var tables: [DataTable] = []
        var dictionary: [[DataTable.Cell]] = []
        var lines: [UInt8] = []
        for type in Catalogue.types where type.home == .engagement {
            let rows = EngagementFile.sorted(present.filter { $0.type === type }, references)
            let columns = Self.columns(of: type)
            let table = DataTable(type.key, columns, rows.map { Self.row($0, type, engagement, references, computed, sensitive) })
            tables.append(table)
            for column in columns { dictionary.append([.text(type.key), .text(column.key), .text(column.label), .boolean(column.isSensitive)]) }
            for record in rows {
                JSONWriter.write(Self.document(record, references, sensitive), to: &lines)
                lines.append(10)
            }
        }
        let forms = FormTables.tables(
            present, references, computed.merges, sensitive: sensitive, received: received, besides: tables.map(\.name) + [ChangeTable.name, "merged", "columns"])
        let merged = computed.merged(references)
        for table in forms + [merged] {
            for column in table.columns { dictionary.append([.text(table.name), .text(column.key), .text(column.label), .boolean(column.isSensitive)]) }
        }
        self.tables = tables
        self.forms = forms
        self.merged = merged
        self.dictionary = DataTable(
            "columns", [.init("table", "table"), .init("column", "column"), .init("label", "in words"), .init("sensitive", "name, narrative or quote")], dictionary)
        self.lines = lines
    }

    // MARK: - Columns

    private static func columns(of type: RecordType) -> [DataTable.Column] {
        var columns = [DataTable.Column("KEY", "id"), DataTable.Column("PARENT_KEY", "id of what it belongs to")]
        for field in fields(of: type) {
            columns += self.columns(field.kind, field.key, field.label, isSet: field.isSet, isSensitive: field.isSensitive)
        }
        return columns + ComputedCells.columns(of: type) + [
            .init("author", "made by"), .init("changedAt", "last changed (by the clock of who did)"), .init("changedBy", "last changed by"), .init("edits", "edits that stand"),
            .init("conflicts", "fields that people disagree on"), .init("withheld", "fields that are not shown here"),
        ]
    }

    private static func fields(of type: RecordType) -> [FieldDefinition] { type.fields.filter { $0.number != CommonField.mergeSaw && !isLeftOut($0, type) } }

    /// The form itself is a text of its own kind, longer than a cell: JSON lines have it.
    private static func isLeftOut(_ field: FieldDefinition, _ type: RecordType) -> Bool { type === Catalogue.questionnaire && field.key == "document" }

    private static func columns(_ kind: FieldKind, _ key: String, _ label: String, isSet: Bool, isSensitive: Bool) -> [DataTable.Column] {
        func one(_ unit: String = "") -> [DataTable.Column] { [.init(key, unit.isEmpty ? label : "\(label) (\(unit))", isSensitive: isSensitive)] }
        switch kind {
        case .reference: return one() + [.init(key + ".KEY", label + (isSet ? ", ids" : ", id"), isSensitive: isSensitive)]
        case _ where isSet: return one()
        case .basisPoints: return one("percent")
        case .duration: return one("seconds")
        case .threePoint(let kind):
            return ["low", "likely", "high"].flatMap { columns(kind, "\(key).\($0)", "\(label), \($0)", isSet: false, isSensitive: isSensitive) }
        case .group(let group):
            return group.members.flatMap {
                columns($0.kind, "\(key).\($0.key)", "\(label), \(FieldDefinition.words(of: $0.key))", isSet: false, isSensitive: isSensitive)
            }
        case .list(.choice(let choices), _):
            return one() + choices.choices.map { .init("\(key)/\($0.key)", "\(label): \(FieldDefinition.words(of: $0.key))", isSensitive: isSensitive) }
        case .text, .integer, .number, .money, .score, .boolean, .choice, .date, .time, .bytes, .list, .points: return one()
        }
    }

    // MARK: - Rows

    private static func row(
        _ record: RecordView, _ type: RecordType, _ engagement: Identifier, _ references: References, _ computed: ComputedCells, _ sensitive: Bool
    ) -> [DataTable.Cell] {
        var cells: [DataTable.Cell] = [.text(record.id.description), type === Catalogue.engagement ? .empty : .text((parent(of: record, type) ?? engagement).description)]
        var withheld: [String] = []
        for field in fields(of: type) {
            let isHidden = field.isSensitive && !sensitive
            if field.isSet {
                cells += set(isHidden ? [] : record.elements(field), field.kind, references)
            } else {
                cells += self.cells(isHidden ? nil : record.value(of: field), field.kind, references)
            }
            if isHidden ? !record.state.heads(of: .field(field.number)).isEmpty : !field.isSet && record.shown(field) == .withheld { withheld.append(field.key) }
        }
        cells += computed.cells(of: record, type, references)
        let heads = record.state.slots.flatMap(\.heads)
        let newest = heads.max { ($0.stamp.time, $0.name) < ($1.stamp.time, $1.name) }
        cells += [
            name(record.author, references), newest.map { .time($0.stamp.time) } ?? .empty, name(newest?.member, references), .number(String(heads.count)),
            list(record.conflicts.map(\.key)), list(withheld),
        ]
        return cells
    }

    /// What a record belongs to: the interview that it is of, else the first record it must name, else the engagement.
    private static func parent(of record: RecordView, _ type: RecordType) -> Identifier? {
        if let field = type.interviewField, let interview = record.state.heads(of: .field(field)).last?.content.value?.id { return interview }
        return type.fields.lazy.filter { if case .reference = $0.kind { $0.isRequired && !$0.isSet } else { false } }.compactMap { record.value(of: $0)?.id }.first
    }

    private static func name(_ id: Identifier?, _ references: References) -> DataTable.Cell { id.map { .text(references.text($0)) } ?? .empty }

    private static func list(_ parts: [String]) -> DataTable.Cell { parts.isEmpty ? .empty : .text(parts.joined(separator: "; ")) }

    private static func set(_ elements: [Value], _ kind: FieldKind, _ references: References) -> [DataTable.Cell] {
        let elements = elements.map { (text: kind.text(of: $0, references: references), id: $0.id) }.sorted { HandleOrder.precedes($0.text, $1.text) }
        if case .reference = kind { return [list(elements.map(\.text)), list(elements.compactMap { $0.id?.description })] }
        return [list(elements.map(\.text))]
    }

    private static func cells(_ value: Value?, _ kind: FieldKind, _ references: References) -> [DataTable.Cell] {
        let value = value == .absent ? nil : value
        switch (kind, value) {
        case (.reference, .id(let id)?): return [.text(references.text(id)), .text(id.description)]
        case (.reference, _): return [value.map { .text(kind.text(of: $0, references: references)) } ?? .empty, .empty]
        case (.threePoint(let kind), _):
            return (UInt32(1)...3).flatMap { cells(value?.member($0), kind, references) }
        case (.group(let group), _):
            return group.members.flatMap { cells(value?.member($0.number), $0.kind, references) }
        case (.list(.choice(let choices), _), _):
            let chosen = value?.list?.compactMap(\.int)
            return [value.map { .text(kind.text(of: $0, references: references)) } ?? .empty]
                + choices.choices.map { choice in chosen.map { .number($0.contains(choice.number) ? "1" : "0") } ?? .empty }
        case (_, nil): return [.empty]
        case (.money, .int(let hundredths)?): return [.number(Money.text(hundredths))]
        case (.basisPoints, .int(let points)?): return [.number(Money.text(points))]
        case (.integer, .int(let number)?), (.number, .int(let number)?), (.score, .int(let number)?), (.duration, .int(let number)?): return [.number(String(number))]
        case (.number, .double(let number)?): return [number.isFinite ? .number(digits(number)) : .text(String(number))]
        case (.boolean, .bool(let value)?): return [.boolean(value)]
        case (.date, .int(let days)?): return [.date(days)]
        case (.time, .int(let time)?): return [.time(time)]
        case (_, let value?): return [.text(kind.text(of: value, references: references))]
        }
    }

    /// `12`, not `12.0`.
    static func digits(_ number: Double) -> String {
        let text = String(number)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    // MARK: - Lines

    private static func document(_ record: RecordView, _ references: References, _ sensitive: Bool) -> JSONValue {
        let document = record.json(references: references)
        guard !sensitive, let type = record.type, let members = document.members else { return document }
        let hidden = Set(type.fields.filter(\.isSensitive).map(\.key))
        return .object(members.filter { !hidden.contains($0.name) })
    }
}
