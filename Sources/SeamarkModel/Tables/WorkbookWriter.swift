public import SeamarkJournal

/// Tables as a workbook (Office Open XML, ECMA-376): a sheet each, typed cells, the first row held in place.
///
/// No cell holds a formula: texts are of the kind that is text, and carry the format "text", so that they stay so when somebody edits them.
public enum WorkbookWriter {
    /// Why a table makes no sheet.
    public enum Failure: Error, Hashable, Sendable {
        /// More rows than a sheet has; the table's name.
        case tooManyRows(String)
        /// Four gigabytes.
        case tooLarge
        /// The database did not take a table; SQLite's extended code, 0 where it has none.
        case refused(Int)

        public var words: String {
            switch self {
            case .tooManyRows(let name): "a sheet of a workbook has 1,048,576 rows, and \(name) has more; write tables (csv) instead"
            case .refused(let code): "the database does not take one of the tables (SQLite's code \(code)); write JSON lines (jsonl) instead, and report this"
            case .tooLarge: "it would be larger than such a file can be, four gigabytes; write JSON lines (jsonl) instead"
            }
        }
    }

    private static let mostRows = 1_048_575
    private static let longestText = 32_767
    /// 1970-01-01 as spreadsheets count days.
    private static let firstDay: Int64 = 25_569

    /// Places in `styles`.
    private enum Style: Int { case plain, header, date, time, text, quoted }

    /// - Parameter time: when it is made; milliseconds since 1970.
    public static func bytes(of tables: [DataTable], headers: TableHeaders, at time: Int64, _ primitives: any Primitives) throws(Failure) -> [UInt8] {
        precondition(!tables.isEmpty, "a workbook has a sheet")
        var archive = ZipArchive(at: time, primitives)
        do throws(ZipArchive.TooLarge) {
            try archive.add("[Content_Types].xml", contentTypes(tables.count))
            try archive.add("_rels/.rels", relations([("officeDocument", "xl/workbook.xml")]))
            try archive.add("xl/workbook.xml", workbook(tables))
            try archive.add("xl/_rels/workbook.xml.rels", relations(tables.indices.map { ("worksheet", "worksheets/sheet\($0 + 1).xml") } + [("styles", "styles.xml")]))
            try archive.add("xl/styles.xml", styles)
        } catch { throw .tooLarge }
        for (place, table) in tables.enumerated() {
            guard table.rows.count <= mostRows else { throw .tooManyRows(table.name) }
            let sheet = sheet(table, headers)
            do throws(ZipArchive.TooLarge) { try archive.add("xl/worksheets/sheet\(place + 1).xml", sheet) } catch { throw .tooLarge }
        }
        return archive.finished()
    }

    // MARK: - Parts

    private static let head = #"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"# + "\n"
    private static let spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let package = "http://schemas.openxmlformats.org/package/2006"

    private static func contentTypes(_ sheets: Int) -> [UInt8] {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        var text = head + #"<Types xmlns="\#(package)/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#
        text += #"<Override PartName="/xl/workbook.xml" ContentType="\#(kind).sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="\#(kind).styles+xml"/>"#
        for number in 1...sheets { text += #"<Override PartName="/xl/worksheets/sheet\#(number).xml" ContentType="\#(kind).worksheet+xml"/>"# }
        return Array((text + "</Types>").utf8)
    }

    private static func relations(_ parts: [(kind: String, target: String)]) -> [UInt8] {
        var text = head + #"<Relationships xmlns="\#(package)/relationships">"#
        for (place, part) in parts.enumerated() { text += #"<Relationship Id="r\#(place + 1)" Type="\#(office)/\#(part.kind)" Target="\#(part.target)"/>"# }
        return Array((text + "</Relationships>").utf8)
    }

    private static func workbook(_ tables: [DataTable]) -> [UInt8] {
        var text = head + #"<workbook xmlns="\#(spreadsheet)" xmlns:r="\#(office)"><sheets>"#
        for (place, table) in tables.enumerated() { text += #"<sheet name="\#(table.name.prefix(31))" sheetId="\#(place + 1)" r:id="r\#(place + 1)"/>"# }
        text += "</sheets><definedNames>"
        for (place, table) in tables.enumerated() {
            text += #"<definedName name="_xlnm._FilterDatabase" localSheetId="\#(place)" hidden="1">'\#(table.name.prefix(31))'!$A$1:$\#(letters(table.columns.count - 1))$\#(table.rows.count + 1)</definedName>"#
        }
        return Array((text + "</definedNames></workbook>").utf8)
    }

    private static let styles = Array(
        (head + #"<styleSheet xmlns="\#(spreadsheet)">"#
            + #"<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>"#
            + #"<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>"#
            + #"<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE8EDF2"/></patternFill></fill></fills>"#
            + #"<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">"#
            + #"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#
            + #"<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyNumberFormat="1"/>"#
            + #"<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#
            + #"<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#
            + #"<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#
            + #"<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/>"#
            + #"</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#).utf8)

    // MARK: - Sheets

    private static func sheet(_ table: DataTable, _ headers: TableHeaders) -> [UInt8] {
        let last = letters(table.columns.count - 1)
        var out: [UInt8] = []
        func put(_ text: String) { out.append(contentsOf: text.utf8) }
        put(head + #"<worksheet xmlns="\#(spreadsheet)"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>"#)
        for (place, column) in table.columns.enumerated() {
            put(#"<col min="\#(place + 1)" max="\#(place + 1)" width="\#(width(headers.text(column), table.rows.prefix(200).map { $0[place] }))" customWidth="1"/>"#)
        }
        put("</cols><sheetData>")
        func row(_ number: Int, _ cells: [DataTable.Cell], _ style: Style?) {
            put(#"<row r="\#(number)">"#)
            for (place, cell) in cells.enumerated() { write(cell, at: letters(place) + String(number), style, to: &out) }
            put("</row>")
        }
        row(1, table.columns.map { .text(headers.text($0)) }, .header)
        for (place, cells) in table.rows.enumerated() { row(place + 2, cells, nil) }
        put(#"</sheetData><autoFilter ref="A1:\#(last)\#(table.rows.count + 1)"/></worksheet>"#)
        return out
    }

    private static func write(_ cell: DataTable.Cell, at place: String, _ style: Style?, to out: inout [UInt8]) {
        func put(_ text: String) { out.append(contentsOf: text.utf8) }
        switch cell {
        case .empty: return
        case .text(let text):
            let clean = cut(CellText.clean(text))
            let style = style ?? (CellText.looksLikeFormula(clean) ? .quoted : .text)
            put(#"<c r="\#(place)" s="\#(style.rawValue)" t="inlineStr"><is><t xml:space="preserve">"#)
            escape(clean, to: &out)
            put("</t></is></c>")
        case .number(let digits): put(#"<c r="\#(place)"><v>\#(digits)</v></c>"#)
        case .boolean(let value): put(#"<c r="\#(place)" t="b"><v>\#(value ? 1 : 0)</v></c>"#)
        case .date(let days):
            // Spreadsheets count days wrongly before March 1900, and know none before that year.
            guard CalendarDate.days.contains(days), days + firstDay > 60 else { return write(.text(CalendarDate.text(days: days)), at: place, style, to: &out) }
            put(#"<c r="\#(place)" s="\#(Style.date.rawValue)"><v>\#(days + firstDay)</v></c>"#)
        case .time(let time):
            let seconds = Double(time) / 86_400_000 + Double(firstDay)
            guard seconds > 60, seconds < 2_958_466 else { return write(.text(CalendarDate.text(milliseconds: time)), at: place, style, to: &out) }
            put(#"<c r="\#(place)" s="\#(Style.time.rawValue)"><v>\#(seconds)</v></c>"#)
        }
    }

    /// A cell holds so many UTF-16 units and no more.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > longestText, text.utf16.count > longestText else { return text }
        var kept = ""
        var units = 0
        for character in text {
            units += character.utf16.count
            guard units < longestText else { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// XML, and `_x000D_` where somebody wrote just that: workbooks read it as a character's number.
    private static func escape(_ text: String, to out: inout [UInt8]) {
        let bytes = Array(text.utf8)
        for (place, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "&"): out.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): out.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): out.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "_") where isEscape(bytes[place...]): out.append(contentsOf: "_x005F_".utf8)
            case _: out.append(byte)
            }
        }
    }

    private static func isEscape(_ bytes: ArraySlice<UInt8>) -> Bool {
        let part = Array(bytes.prefix(7))
        guard part.count == 7, part[1] == UInt8(ascii: "x"), part[6] == UInt8(ascii: "_") else { return false }
        return part[2..<6].allSatisfy { (48...57).contains($0) || (97...102).contains($0 | 32) }
    }

    /// A, B … Z, AA, AB …
    static func letters(_ column: Int) -> String {
        var rest = column + 1
        var out = ""
        while rest > 0 {
            rest -= 1
            out = String(UnicodeScalar(UInt8(65 + rest % 26))) + out
            rest /= 26
        }
        return out
    }

    private static func width(_ header: String, _ cells: [DataTable.Cell]) -> Int {
        let longest = cells.map { cell in
            switch cell {
            case .text(let text): text.split(separator: "\n", maxSplits: 1).first?.count ?? 0
            case .number(let digits): digits.count
            case .time: 19
            case .date: 10
            case .empty, .boolean: 5
            }
        }.max() ?? 0
        return min(60, max(8, max(header.count, longest) + 2))
    }
}
