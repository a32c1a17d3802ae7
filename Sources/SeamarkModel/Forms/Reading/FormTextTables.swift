/// Forms as text: the sheet's name stands in the first column of a row of its own or before its header, the cells in the columns behind it.
/// Both shapes are those that pyxform reads.
enum FormTextTables {
    /// Markdown: a line a row, cells between `|`, `\|` for the character itself; lines of dashes and lines from `#` on are passed over.
    static func markdown(_ bytes: [UInt8]) throws(FormFileError) -> [FormSheet] {
        var sheets = Sheets()
        for (index, line) in try text(bytes).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = trimmed(line)
            guard line.hasPrefix("|") else { continue }
            var cells = cells(ofLine: line)
            // What follows the last bar is no cell, and may be a remark.
            if cells.count > 1 {
                let last = cells.removeLast()
                guard last.isEmpty || last.hasPrefix("#") else { throw .openRow(line: index + 1) }
            }
            guard !cells.allSatisfy({ !$0.isEmpty && $0.allSatisfy { "-: ".contains($0) } }) else { continue }
            try sheets.add(cells, number: index + 1)
        }
        return try sheets.all()
    }

    /// Comma-separated values (RFC 4180).
    static func commaSeparated(_ bytes: [UInt8]) throws(FormFileError) -> [FormSheet] {
        var sheets = Sheets()
        var cells: [String] = [], cell = String.UnicodeScalarView()
        var (line, start) = (1, 1)
        var state = State.plain
        func end() {
            cells.append(trimmed(String(cell)))
            cell = .init()
            state = .plain
        }
        // A line break at the end ends the last row also where the file has none.
        for scalar in Array(try text(bytes).unicodeScalars) + ["\n"] {
            switch (state, scalar) {
            case (.quoted, "\""): state = .afterQuote
            case (.quoted, _):
                cell.append(scalar)
                if scalar == "\n" { line += 1 }
            case (.afterQuote, "\""):
                cell.append(scalar)
                state = .quoted
            case (_, ","): end()
            case (_, "\n"):
                end()
                try sheets.add(cells, number: start)
                cells = []
                line += 1
                start = line
            case (_, "\r"): continue
            case (.afterQuote, _): throw .brokenTable(line: line)
            case (.plain, "\"") where cell.isEmpty: state = .quoted
            case (.plain, _): cell.append(scalar)
            }
            guard cells.count <= FormSheet.mostColumns else { throw .tooMany("columns", most: FormSheet.mostColumns) }
        }
        guard state == .plain, cells.isEmpty else { throw .brokenTable(line: start) }
        return try sheets.all()
    }

    private enum State { case plain, quoted, afterQuote }

    private static func text(_ bytes: [UInt8]) throws(FormFileError) -> String {
        guard bytes.count <= FormSheet.mostBytes else { throw .tooLarge }
        guard var text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        if text.unicodeScalars.first == "\u{feff}" { text.unicodeScalars.removeFirst() }
        // Line breaks as one scalar: CR LF is one character to Swift.
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\r" }))
    }

    private static func cells(ofLine line: String) -> [String] {
        var cells: [String] = []
        var cell = "", escaped = false
        for character in line.dropFirst() {
            switch character {
            case "|" where !escaped:
                cells.append(trimmed(cell))
                cell = ""
            case "\\" where !escaped:
                escaped = true
                continue
            case _:
                if escaped, character != "|" { cell.append("\\") }
                cell.append(character)
            }
            escaped = false
        }
        if escaped { cell.append("\\") }
        cells.append(trimmed(cell))
        return cells
    }

    /// Without the blanks around it.
    static func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// Rows become sheets: a text in the first column begins one.
    private struct Sheets {
        private var name: String?
        private var rows: [FormSheet.Row] = []
        private var done: [FormSheet] = []

        mutating func add(_ cells: [String], number: Int) throws(FormFileError) {
            if let first = cells.first, !first.isEmpty {
                end()
                name = first
                guard done.count < FormSheet.mostSheets else { throw .tooMany("sheets", most: FormSheet.mostSheets) }
            }
            guard name != nil else { return }
            rows.append(FormSheet.Row(number: number, cells: Array(cells.dropFirst())))
            try FormSheet.check(rows.last, count: rows.count)
        }

        private mutating func end() {
            if let name { done.append(FormSheet(name: name, rows: rows)) }
            rows = []
        }

        mutating func all() throws(FormFileError) -> [FormSheet] {
            end()
            return done
        }
    }
}

extension FormSheet {
    /// The bounds of a row that was read as number `count` of its sheet.
    static func check(_ row: Row?, count: Int) throws(FormFileError) {
        guard count <= mostRows else { throw .tooMany("rows a sheet", most: mostRows) }
        guard let row else { return }
        guard row.cells.count <= mostColumns else { throw .tooMany("columns", most: mostColumns) }
        guard row.cells.allSatisfy({ $0.unicodeScalars.count <= longestCell }) else { throw .tooMany("characters in a cell", most: longestCell) }
    }
}
