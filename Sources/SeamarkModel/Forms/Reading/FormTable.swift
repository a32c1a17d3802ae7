/// A sheet with its header understood: what stands in the columns that the form language knows, whatever they were called.
struct FormTable {
    struct Column: Hashable {
        /// What it means: `label`, `constraint_message`; of headers in several languages the part before the colons.
        let meaning: String
        /// Behind the colons, as its author wrote it; nil where there is none.
        let language: String?
        /// The whole header, as its author wrote it, or the column's letters.
        let header: String
    }

    struct Row {
        let number: Int
        let cells: [(column: Column, text: String)]

        /// Of the column of that meaning without a language.
        subscript(_ meaning: String) -> String? { cell(meaning)?.text }
        func cell(_ meaning: String) -> (column: Column, text: String)? { cells.first { $0.column.meaning == meaning && $0.column.language == nil } }
    }

    let sheet: String
    let columns: [Column]
    let rows: [Row]

    /// Headers by other names that mean the same (pyxform 4.5, `aliases.py`).
    private static let otherNames = [
        "caption": "label", "command": "type", "tag": "name", "value": "name", "relevance": "relevant", "bind::relevant": "relevant",
        "constraining_message": "constraint_message", "bind::jr:constraintmsg": "constraint_message", "requiredmsg": "required_message",
        "bind::jr:requiredmsg": "required_message", "bind::required": "required", "bind::constraint": "constraint",
        "set_form_title": "form_title", "title": "form_title", "set_form_id": "form_id", "id_string": "form_id", "list name": "list_name",
    ]

    /// What may be said in several languages.
    private static let translated: Set<String> = ["label", "hint", "constraint_message", "required_message"]

    init(_ sheet: FormSheet, faults: inout FormFaults) {
        self.sheet = sheet.name
        var columns: [Column?] = []
        // One colon parts too, in a sheet where no header has two (pyxform 4.5, `sheet_headers.py`).
        let colons = sheet.rows.first?.cells.contains { $0.contains("::") } == false ? ":" : "::"
        for (index, header) in (sheet.rows.first?.cells ?? []).enumerated() {
            guard !header.isEmpty else {
                columns.append(nil)
                continue
            }
            let column = Self.column(header, colons)
            if header.unicodeScalars.contains(where: \.steers) {
                faults.add(FormFault(sheet: sheet.name, row: sheet.rows[0].number, column: FormSheet.letters(ofColumn: index), name: nil, problem: .steers))
            }
            if columns.contains(where: { $0?.meaning == column.meaning && $0?.language == column.language }) {
                faults.add(FormFault(sheet: sheet.name, row: sheet.rows[0].number, column: header, name: FormSheet.letters(ofColumn: index), problem: .columnTwice))
            }
            columns.append(column)
        }
        self.columns = columns.compactMap { $0 }
        rows = sheet.rows.dropFirst().map { row in
            Row(number: row.number, cells: row.cells.enumerated().compactMap { index, text in
                guard !text.isEmpty else { return nil }
                let column = (index < columns.count ? columns[index] : nil)
                    ?? Column(meaning: "", language: nil, header: FormSheet.letters(ofColumn: index))
                return (column, text)
            })
        }
    }

    private static func column(_ header: String, _ colons: String) -> Column {
        let plain = header.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: "_")
        if let meaning = otherNames[plain] { return Column(meaning: meaning, language: nil, header: header) }
        if let range = header.firstRange(of: colons) {
            let before = header[..<range.lowerBound].lowercased().split(whereSeparator: \.isWhitespace).joined(separator: "_")
            let meaning = otherNames[before] ?? before
            let language = FormTextTables.trimmed(header[range.upperBound...])
            if translated.contains(meaning), !language.isEmpty { return Column(meaning: meaning, language: language, header: header) }
        }
        return Column(meaning: plain, language: nil, header: header)
    }
}

/// The faults that were found, at most as many as are told.
struct FormFaults {
    private(set) var all: [FormFault] = []
    private(set) var isCut = false

    mutating func add(_ fault: FormFault) {
        if all.count < FormRefusal.most { all.append(fault) } else { isCut = true }
    }
}
