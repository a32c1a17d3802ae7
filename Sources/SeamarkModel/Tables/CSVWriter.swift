/// Tables as comma-separated values (RFC 4180): UTF-8, CR LF after each row, texts quoted where they must be.
///
/// What a spreadsheet would take for a formula has an apostrophe before it, at the beginning of a text and within, whichever separator it takes
/// (`CellText.guarded`); spreadsheets take that for "this is text".
public enum CSVWriter {
    public static func bytes(of table: DataTable, headers: TableHeaders = .keys) -> [UInt8] {
        var out: [UInt8] = []
        write(table.columns.map { .text(headers.text($0)) }, to: &out)
        for row in table.rows { write(row, to: &out) }
        return out
    }

    private static func write(_ row: [DataTable.Cell], to out: inout [UInt8]) {
        for (place, cell) in row.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            switch cell {
            case .empty: continue
            case .text(let text): write(text, to: &out)
            case .number(let digits): out.append(contentsOf: digits.utf8)
            case .boolean(let value): out.append(contentsOf: (value ? "TRUE" : "FALSE").utf8)
            case .date(let days): out.append(contentsOf: CalendarDate.text(days: days).utf8)
            case .time(let time): out.append(contentsOf: CalendarDate.text(milliseconds: time).utf8)
            }
        }
        out.append(contentsOf: [13, 10])
    }

    private static func write(_ text: String, to out: inout [UInt8]) {
        let text = CellText.guarded(CellText.clean(text))
        guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ";") || $0 == 10 || $0 == 13 }) || text.first == " " || text.last == " "
        else { return out.append(contentsOf: text.utf8) }
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { out.append(byte) }
            out.append(byte)
        }
        out.append(UInt8(ascii: "\""))
    }
}
