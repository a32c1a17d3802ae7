/// The sheet `survey`: rows become questions, notes and groups.
struct FormSurvey {
    typealias Item = Questionnaire.Item

    private(set) var faults: FormFaults
    /// In which row an item stands.
    private(set) var places: [String: Int] = [:]
    /// What is told and not taken over, in the order of its first row; the same in several rows is one.
    private(set) var notes: [FormNote] = []
    /// Names of facts that the record has.
    private(set) var facts: Set<String> = []

    private let table: FormTable
    private let reader: FormWordsReader
    private let choices: FormChoices
    /// The items of each open group, outermost first; the form itself is the first.
    private var open: [(row: FormTable.Row?, name: String?, items: [Item])] = [(nil, nil, [])]

    /// What ordinary columns mean; everything else in a row is refused by its header.
    private static let columns: Set<String> = [
        "type", "name", "label", "hint", "required", "required_message", "relevant", "constraint", "constraint_message",
    ]

    init(_ table: FormTable, _ reader: FormWordsReader, _ choices: FormChoices, faults: inout FormFaults) {
        self.table = table
        self.reader = reader
        self.choices = choices
        self.faults = faults
    }

    /// Reads everything, and notes every fault.
    mutating func items() -> [Item] {
        let missing = ["type", "name"].filter { meaning in !table.columns.contains { $0.meaning == meaning } }
        for meaning in missing { faults.add(FormFault(sheet: table.sheet, row: nil, column: meaning, name: nil, problem: .missingColumn)) }
        guard missing.isEmpty else { return [] }
        guard table.rows.count <= Questionnaire.mostItems else {
            add(nil, nil, .tooMany("rows of questions and groups", most: Questionnaire.mostItems))
            return []
        }
        for row in table.rows { take(row) }
        while open.count > 1 {
            let group = open.removeLast()
            add(group.row, nil, .beginWithoutEnd)
        }
        return open[0].items
    }

    private mutating func add(_ row: FormTable.Row?, _ column: String?, _ problem: FormProblem) {
        faults.add(FormFault(sheet: table.sheet, row: row?.number, column: column.flatMap { row?.cell($0)?.column.header } ?? column, name: row?["name"], problem: problem))
    }

    private mutating func take(_ row: FormTable.Row) {
        guard let type = row["type"] else { return add(row, nil, .missingType) }
        let form = FormType(type)
        switch form {
        case .end:
            guard open.count > 1 else { return add(row, "type", .endWithoutBegin) }
            let group = open.removeLast()
            // A group that was refused still holds what stands in it, so that its end is not refused too.
            guard let begin = group.row, group.name != nil else { return }
            if let item = item(begin, .group, items: group.items) { open[open.count - 1].items.append(item) }
        case .begin:
            check(row)
            open.append((row, name(of: row), []))
            if open.count > Questionnaire.deepestGroup + 1 { add(row, "type", .tooMany("groups in one another", most: Questionnaire.deepestGroup)) }
        case .fact(let fact):
            check(row)
            refuse(["relevant", "required", "required_message", "constraint", "constraint_message"], row)
            guard let name = name(of: row), let cell = row.cell("type") else { return }
            facts.insert(name)
            note(row, cell.column, .fact(fact))
        case .refused(let what, let opens):
            add(row, "type", .typeNotTakenOver(what))
            if opens { open.append((row, nil, [])) }
        case .unknown: add(row, "type", .typeUnknown(type.count > 40 ? type.prefix(40) + "…" : type))
        case .item(let kind):
            check(row)
            if let list = kind.list, choices.lists[list] == nil { add(row, "type", .missingList(list)) }
            guard name(of: row) != nil, let item = item(row, kind, items: []) else { return }
            open[open.count - 1].items.append(item)
        }
    }

    /// Columns that are not taken over: those without which the same is asked are told, the others refused.
    private mutating func check(_ row: FormTable.Row) {
        for cell in row.cells where !Self.columns.contains(cell.column.meaning) {
            let problem: FormProblem
            switch cell.column.meaning {
            case "appearance" where !cell.text.lowercased().contains("search("):
                note(row, cell.column, .appearance)
                continue
            case "appearance": problem = .typeNotTakenOver("choices from a file")
            case "default":
                note(row, cell.column, .presetAnswer)
                continue
            // What may be answered says nothing new.
            case let meaning where ["read_only", "readonly"].contains(meaning) && FormType.yesNo[cell.text.lowercased()] == false: continue
            case let meaning: problem = FormType.columns[meaning].map { FormProblem.typeNotTakenOver($0) } ?? .columnNotTakenOver
            }
            faults.add(FormFault(sheet: table.sheet, row: row.number, column: cell.column.header, name: row["name"], problem: problem))
        }
    }

    private mutating func note(_ row: FormTable.Row, _ column: FormTable.Column, _ kind: FormNote.Kind) {
        if let place = notes.firstIndex(where: { $0.column == column.header && $0.kind == kind }) {
            notes[place].rows.append(row.number)
            notes[place].name = nil
            return
        }
        notes.append(FormNote(sheet: table.sheet, rows: [row.number], column: column.header, name: row["name"], kind: kind))
    }

    /// Columns that say nothing in this row.
    private mutating func refuse(_ columns: [String], _ row: FormTable.Row) {
        for column in columns {
            for cell in row.cells where cell.column.meaning == column && FormType.yesNo[cell.text.lowercased()] != false {
                faults.add(FormFault(sheet: table.sheet, row: row.number, column: cell.column.header, name: row["name"], problem: .notHere))
            }
        }
    }

    private mutating func name(of row: FormTable.Row) -> String? {
        guard let name = row["name"] else {
            add(row, nil, .missingName)
            return nil
        }
        guard Questionnaire.isName(name) else {
            add(row, "name", .badName)
            return nil
        }
        guard places.updateValue(row.number, forKey: name) == nil else {
            add(row, "name", .nameTwice)
            return nil
        }
        return name
    }

    private mutating func item(_ row: FormTable.Row, _ kind: Questionnaire.Kind, items: [Item]) -> Item? {
        guard let name = row["name"] else { return nil }
        let place = (sheet: table.sheet, name: Optional(name))
        let label = reader.words("label", row, place, faults: &faults)
        let hint = reader.words("hint", row, place, faults: &faults)
        // A group may do without words of its own; a question may be its hint alone.
        if kind != .group, label.texts[reader.languages[0]] == nil, hint.texts[reader.languages[0]] == nil { add(row, "label", .missingLabel) }
        if !kind.isAnswered { refuse(["required", "required_message", "constraint", "constraint_message"], row) }
        return Item(
            name: name, kind: kind, label: label, hint: hint, required: kind.isAnswered ? required(row) : nil,
            requiredMessage: reader.words("required_message", row, place, faults: &faults), relevant: logic("relevant", row),
            constraint: kind.isAnswered ? logic("constraint", row) : nil,
            constraintMessage: reader.words("constraint_message", row, place, faults: &faults), items: items)
    }

    private mutating func required(_ row: FormTable.Row) -> FormLogic? {
        guard let text = row["required"] else { return nil }
        if let says = FormType.yesNo[text.lowercased()] { return says ? try? FormLogic("true()") : nil }
        if text.contains("(") || text.contains("$") { return logic("required", row) }
        guard let condition = try? FormLogic(text), !text.unicodeScalars.contains(where: \.steers) else {
            add(row, "required", .neitherYesNorNo)
            return nil
        }
        return condition
    }

    private mutating func logic(_ column: String, _ row: FormTable.Row) -> FormLogic? {
        guard let text = row[column] else { return nil }
        // `yes` and `true()` in a spreadsheet's own spelling.
        if let says = FormType.yesNo[text.lowercased()] { return try? FormLogic(says ? "true()" : "false()") }
        guard !text.unicodeScalars.contains(where: { $0 != "\n" && $0.steers }) else {
            add(row, column, .steers)
            return nil
        }
        do { return try FormLogic(text) } catch {
            add(row, column, .logic(error))
            return nil
        }
    }
}

/// What stands in the column `type`.
enum FormType: Hashable {
    case item(Questionnaire.Kind)
    case begin
    case end
    case fact(FormFact)
    /// What it is called in a message; whether an end belongs to it.
    case refused(String, opens: Bool)
    case unknown

    init(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let plain = words.joined(separator: " ").lowercased()
        switch plain {
        case "text", "string": self = .item(.text)
        case "integer", "int": self = .item(.integer)
        case "decimal": self = .item(.decimal)
        case "date": self = .item(.date)
        case "note": self = .item(.note)
        case "begin group", "begin_group": self = .begin
        case "end group", "end_group", "end repeat", "end_repeat", "end loop", "end_loop": self = .end
        case _:
            if let select = Self.select(words) { self = select } else if let fact = FormFact(type: plain) { self = .fact(fact) } else if let what = Self.kinds[plain] ?? Self.kinds[words.first?.lowercased() ?? ""] {
                self = .refused(what, opens: false)
            } else if plain.hasPrefix("begin repeat") || plain.hasPrefix("begin_repeat") || plain.hasPrefix("begin loop") || plain.hasPrefix("begin_loop") {
                self = .refused("repeats", opens: true)
            } else {
                self = .unknown
            }
        }
    }

    /// `select_one LIST` in its spellings (pyxform 4.5, `aliases.py`).
    private static func select(_ words: [String]) -> FormType? {
        let lowered = words.map { $0.lowercased() }
        for (spelling, isMultiple) in [
            (["select_one"], false), (["select", "one", "from"], false), (["select", "one"], false), (["select1"], false), (["select_multiple"], true),
            (["select", "all", "that", "apply", "from"], true), (["select", "all", "that", "apply"], true), (["select", "multiple"], true),
        ] where lowered.starts(with: spelling) {
            let rest = words.dropFirst(spelling.count)
            guard let list = rest.first else { return .unknown }
            if rest.count > 1 {
                return lowered.last == "or_other" || lowered.suffix(2) == ["or", "other"] || lowered.suffix(3) == ["or", "specify", "other"]
                    ? .refused("choices with another one to be typed (or_other)", opens: false) : .unknown
            }
            if list.hasPrefix("${") { return .refused("choices from a repeat", opens: false) }
            return .item(isMultiple ? .selectMultiple(list) : .selectOne(list))
        }
        return nil
    }

    /// Types that forms have and this has not, by what they are called.
    private static let kinds: [String: String] = [
        "calculate": "calculations", "hidden": "calculations", "select_one_from_file": "choices from a file", "select_multiple_from_file": "choices from a file",
        "select_one_external": "choices from a file", "rank": "rankings", "range": "ranges on a scale", "time": "times of day", "datetime": "times of day",
        "datetime_": "times of day", "geopoint": "places on a map", "geotrace": "places on a map", "geoshape": "places on a map", "start-geopoint": "places on a map",
        "image": "pictures", "photo": "pictures", "audio": "recordings", "video": "recordings", "background-audio": "recordings", "file": "attached files",
        "barcode": "barcodes", "acknowledge": "acknowledgements", "trigger": "acknowledgements", "email": "facts that the device notes",
        "phonenumber": "facts that the device notes", "subscriberid": "facts that the device notes", "simserial": "facts that the device notes",
        "audit": "facts that the device notes", "xml-external": "choices from a file", "csv-external": "choices from a file", "osm": "places on a map",
    ]

    /// Columns that forms have and this has not, by what they are called.
    static let columns: [String: String] = [
        "calculation": "calculations", "calculate": "calculations", "repeat_count": "repeats", "choice_filter": "choices that depend on answers",
        "trigger": "triggers", "read_only": "questions that nobody may answer",
        "readonly": "questions that nobody may answer", "parameters": "parameters", "image": "pictures", "audio": "recordings", "video": "recordings",
    ]

    static let yesNo: [String: Bool] = [
        "yes": true, "true": true, "true()": true, "no": false, "false": false, "false()": false,
    ]
}
