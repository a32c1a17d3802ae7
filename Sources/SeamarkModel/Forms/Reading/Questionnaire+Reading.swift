extension Questionnaire {
    public enum FileFormat: String, Hashable, Sendable, CaseIterable {
        case workbook = "xlsx"
        case commaSeparated = "csv"
        case markdown = "md"
    }

    /// Reads a form, without what is told of it (`FormOfFile`).
    public init(
        file bytes: [UInt8], format: FileFormat, name: String, inflate: @escaping @Sendable ([UInt8], Int) -> [UInt8]?
    ) throws {
        self = try FormOfFile(file: bytes, format: format, name: name, inflate: inflate).questionnaire
    }

    public init(sheets: [FormSheet], name: String) throws(FormRefusal) {
        self = try FormOfFile(sheets: sheets, name: name).questionnaire
    }

    /// The form's languages, the first of them the one that it names, or the one without a name, or the leftmost.
    fileprivate static func languages(_ tables: [FormTable], _ settings: FormSettings, faults: inout FormFaults) -> [String] {
        var found: [String] = []
        for table in tables {
            for column in table.columns where ["label", "hint", "constraint_message", "required_message"].contains(column.meaning) {
                let language = column.language ?? settings.language?.name ?? FormWordsReader.unnamed
                if !found.contains(language) { found.append(language) }
            }
        }
        if found.isEmpty { found = [settings.language?.name ?? FormWordsReader.unnamed] }
        let first = settings.language?.name ?? FormWordsReader.unnamed
        if let index = found.firstIndex(of: first) {
            found.insert(found.remove(at: index), at: 0)
        } else if let language = settings.language {
            faults.add(FormFault(sheet: settings.sheet, row: language.row, column: language.column, name: nil, problem: .unknownLanguage(first)))
        }
        if found.count > mostLanguages {
            faults.add(FormFault(sheet: tables[0].sheet, row: nil, column: nil, name: nil, problem: .tooMany("languages", most: mostLanguages)))
        }
        return found
    }
}

/// A form as a file has it: what is taken over, and what is told of the rest.
public struct FormOfFile: Hashable, Sendable {
    public let questionnaire: Questionnaire
    public let notes: [FormNote]

    /// Reads a form.
    /// - Parameter name: what it is called where it does not say so: the file's name without its ending.
    /// - Parameter inflate: inflates a raw stream (RFC 1951) to exactly so many bytes; nil if it is none of that length.
    /// - Throws: `FormFileError` if the file cannot be read at all, `FormRefusal` with everything in it that is not taken over.
    public init(
        file bytes: [UInt8], format: Questionnaire.FileFormat, name: String, inflate: @escaping @Sendable ([UInt8], Int) -> [UInt8]?
    ) throws {
        let sheets =
            switch format {
            case .workbook: try FormWorkbook.sheets(bytes, inflate)
            case .commaSeparated: try FormTextTables.commaSeparated(bytes)
            case .markdown: try FormTextTables.markdown(bytes)
            }
        try self.init(sheets: sheets, name: name)
    }

    public init(sheets: [FormSheet], name: String) throws(FormRefusal) {
        var faults = FormFaults()
        func table(_ name: String) -> FormTable? { sheets.first { $0.name.lowercased() == name && !$0.rows.isEmpty }.map { FormTable($0, faults: &faults) } }
        for name in ["survey", "choices", "settings"] {
            for again in sheets.filter({ $0.name.lowercased() == name && !$0.rows.isEmpty }).dropFirst() {
                faults.add(FormFault(sheet: again.name, row: again.rows[0].number, column: nil, name: nil, problem: .sheetTwice))
            }
        }
        for sheet in sheets where ["entities", "external_choices", "osm"].contains(sheet.name.lowercased()) && sheet.rows.count > 1 {
            faults.add(FormFault(sheet: sheet.name, row: nil, column: nil, name: nil, problem: .sheetNotTakenOver))
        }
        let settings = FormSettings(table("settings"), name: name, faults: &faults)
        guard let survey = table("survey"), !survey.rows.isEmpty else {
            faults.add(FormFault(sheet: "survey", row: nil, column: nil, name: nil, problem: .missingSheet))
            throw FormRefusal(faults: faults.all, isCut: faults.isCut)
        }
        let choices = table("choices")
        let languages = Questionnaire.languages([survey, choices].compactMap { $0 }, settings, faults: &faults)
        let reader = FormWordsReader(languages: languages)
        let lists = FormChoices(choices, reader, faults: &faults)
        var rows = FormSurvey(survey, reader, lists, faults: &faults)
        let items = rows.items()
        faults = rows.faults
        FormReferences(items: items, places: rows.places, table: survey, facts: rows.facts).check(&faults)
        if items.isEmpty, faults.all.isEmpty { faults.add(FormFault(sheet: survey.sheet, row: nil, column: nil, name: nil, problem: .nothingAsked)) }
        guard faults.all.isEmpty else { throw FormRefusal(faults: faults.all, isCut: faults.isCut) }
        var used: [String] = []
        for list in Questionnaire.flat(items).compactMap(\.kind.list) where !used.contains(list) { used.append(list) }
        questionnaire = Questionnaire(
            key: settings.key, edition: settings.edition, title: settings.title, languages: languages, items: items, lists: used.compactMap { lists.lists[$0] })
        notes = rows.notes
    }
}

/// The sheet `settings`: what the form is called.
struct FormSettings {
    let sheet: String
    let key: String
    let title: String
    let edition: String
    let language: (name: String, row: Int, column: String)?

    init(_ table: FormTable?, name: String, faults: inout FormFaults) {
        sheet = table?.sheet ?? "settings"
        let row = table?.rows.first
        for row in table?.rows.dropFirst() ?? [] {
            faults.add(FormFault(sheet: sheet, row: row.number, column: nil, name: nil, problem: .tooMany("rows of settings", most: 1)))
        }
        for cell in row?.cells ?? [] where !["form_title", "form_id", "version", "default_language"].contains(cell.column.meaning) {
            faults.add(FormFault(sheet: sheet, row: row?.number, column: cell.column.header, name: nil, problem: .columnNotTakenOver))
        }
        let plain = String(String.UnicodeScalarView(name.unicodeScalars.map { Questionnaire.isCode($0) ? $0 : "-" }.prefix(40)))
        key = row?["form_id"] ?? (plain.isEmpty ? "form" : plain)
        title = row?["form_title"] ?? key
        edition = row?["version"] ?? "1"
        for (meaning, text) in [("form_id", key), ("version", edition)] where !(1...40).contains(text.unicodeScalars.count) || !text.unicodeScalars.allSatisfy(Questionnaire.isCode) {
            faults.add(FormFault(sheet: sheet, row: row?.number, column: row?.cell(meaning)?.column.header, name: nil, problem: .badKey))
        }
        if title.unicodeScalars.count > 120 || title.unicodeScalars.contains(where: \.steers) {
            faults.add(FormFault(
                sheet: sheet, row: row?.number, column: row?.cell("form_title")?.column.header, name: nil, problem: title.unicodeScalars.count > 120 ? .tooLong(most: 120) : .steers))
        }
        language = row?.cell("default_language").map { ($0.text, row?.number ?? 0, $0.column.header) }
    }
}

/// Takes words in all languages from a row.
struct FormWordsReader {
    /// The language of a form that names none.
    static let unnamed = "default"
    /// Unicode scalars of one text.
    static let longest = 2000

    let languages: [String]

    func words(_ meaning: String, _ row: FormTable.Row, _ place: (sheet: String, name: String?), faults: inout FormFaults) -> FormWords {
        var texts: [String: String] = [:]
        for cell in row.cells where cell.column.meaning == meaning {
            let problem: FormProblem? =
                cell.text.unicodeScalars.count > Self.longest ? .tooLong(most: Self.longest) : cell.text.unicodeScalars.contains { $0 != "\n" && $0.steers } ? .steers : nil
            if let problem { faults.add(FormFault(sheet: place.sheet, row: row.number, column: cell.column.header, name: place.name, problem: problem)) }
            // A column without a language is in the form's own, which may have a column too.
            if texts.updateValue(cell.text, forKey: cell.column.language ?? languages[0]) != nil {
                faults.add(FormFault(sheet: place.sheet, row: row.number, column: cell.column.header, name: place.name, problem: .columnTwice))
            }
        }
        return FormWords(texts)
    }
}

/// The sheet `choices`: lists by name.
struct FormChoices {
    private(set) var lists: [String: Questionnaire.ChoiceList] = [:]

    init(_ table: FormTable?, _ reader: FormWordsReader, faults: inout FormFaults) {
        guard let table else { return }
        if table.rows.count > Questionnaire.mostChoices {
            faults.add(FormFault(sheet: table.sheet, row: nil, column: nil, name: nil, problem: .tooMany("choices", most: Questionnaire.mostChoices)))
        }
        let missing = ["list_name", "name"].filter { meaning in !table.columns.contains { $0.meaning == meaning } }
        for meaning in missing { faults.add(FormFault(sheet: table.sheet, row: nil, column: meaning, name: nil, problem: .missingColumn)) }
        guard missing.isEmpty else { return }
        var found: [String: [Questionnaire.ChoiceList.Choice]] = [:]
        var names: Set<[String]> = []
        for row in table.rows {
            // A row without a list belongs to nothing, as in pyxform.
            guard let list = row["list_name"] else { continue }
            // As in expressions: both are compared.
            let name = row["name"].map(FormLogic.straightened)
            func add(_ column: String?, _ problem: FormProblem) { faults.add(FormFault(sheet: table.sheet, row: row.number, column: column, name: name, problem: problem)) }
            for cell in row.cells where !["list_name", "name", "label"].contains(cell.column.meaning) { add(cell.column.header, .columnNotTakenOver) }
            guard !list.unicodeScalars.contains(where: \.steers) else {
                add(row.cell("list_name")?.column.header, .steers)
                continue
            }
            guard let name else {
                add(nil, .missingName)
                continue
            }
            guard name.unicodeScalars.count <= 120, !name.contains(where: \.isWhitespace), !name.unicodeScalars.contains(where: \.steers) else {
                add(row.cell("name")?.column.header, .badChoiceName)
                continue
            }
            guard names.insert([list, name]).inserted else {
                add(row.cell("name")?.column.header, .choiceTwice)
                continue
            }
            let label = reader.words("label", row, (table.sheet, name), faults: &faults)
            found[list, default: []].append(.init(name: name, label: label.isEmpty ? FormWords([reader.languages[0]: name]) : label))
        }
        lists = Dictionary(uniqueKeysWithValues: found.map { ($0.key, Questionnaire.ChoiceList(name: $0.key, choices: $0.value)) })
    }
}
