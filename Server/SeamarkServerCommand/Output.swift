internal import Glibc
internal import SeamarkModel

/// Prints for people and for programs.
enum Output {
    /// Writes at once. Where nobody listens any more there is nothing left to tell.
    static func say(_ text: String, on file: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Columns of the terminal; nil where there is none, or it does not say.
    static var width: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    static func json(_ value: JSONValue, _ schema: JSONSchema) { json(ofFormat: value.named(schema.name)) }

    /// A document that says its own format and version, such as a report.
    static func json(ofFormat document: JSONValue) {
        var bytes: [UInt8] = []
        JSONWriter.writePretty(document, to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        print(isatty(STDOUT_FILENO) == 1 ? TerminalText.json(text) : text, terminator: "")
    }

    /// Columns side by side, each as wide as its widest cell; nothing but `empty` when there are no rows.
    static func table(_ head: [String], _ rows: [[String]], empty: String) {
        guard !rows.isEmpty else { return print(empty) }
        let all = ([head] + rows).map { $0.map(shown) }
        let widths = head.indices.map { column in all.map { TerminalText.width($0[column]) }.max() ?? 0 }
        for row in all {
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - TerminalText.width(cell))
            }
            print(cells.joined(separator: "  "))
        }
    }

    /// Text that somebody typed, on one line.
    static func shown(_ text: String) -> String { TerminalText.line(text) }

    /// Milliseconds since 1970 as `2026-11-22 19:20` in UTC.
    static func time(_ milliseconds: Int64) -> String {
        var days = milliseconds / 86_400_000
        if milliseconds < 0, milliseconds % 86_400_000 != 0 { days -= 1 }
        let inDay = (milliseconds - days * 86_400_000) / 1000
        // Civil date from days (Howard Hinnant, "chrono-compatible low-level date algorithms").
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * mp + 2) / 5 + 1
        let month = mp < 10 ? mp + 3 : mp - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(year)-\(two(month))-\(two(day)) \(two(inDay / 3600)):\(two(inDay % 3600 / 60))"
    }
}
