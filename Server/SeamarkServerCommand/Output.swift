internal import Glibc
internal import SeamarkModel
internal import Synchronization

/// A line for standard output. It takes the place of the standard library's, which does not say when it could not write: there is one door.
func print(_ text: String) { Output.text(text + "\n") }

/// Prints for people and for programs. What goes to standard output is gathered, and written at the end of the verb, which fails where it cannot be written
/// whole: somebody who reads less than all of it must not take it for all.
enum Output {
    private static let gathered = Mutex<(text: [UInt8], done: [String])>(([], []))

    /// Gathers text for standard output, as it is. Lines are given to `print`.
    static func text(_ text: String) { gathered.withLock { $0.text.append(contentsOf: text.utf8) } }

    /// A line that tells of what was changed. Where it cannot be written it is said with the failure, or somebody would do it again.
    static func done(_ sentence: String) {
        print(sentence)
        note(sentence)
    }

    /// What was changed, in a sentence that is only said where the output cannot be written: it tells no secret.
    static func note(_ sentence: String) { gathered.withLock { $0.done.append(sentence) } }

    /// Writes what was gathered. Nil when it was written; else what to say of it.
    static func flush() -> String? {
        let (text, done) = gathered.withLock { gathered in
            defer { gathered = ([], []) }
            return (gathered.text, gathered.done)
        }
        if write(text, STDOUT_FILENO) { return nil }
        return "the output could not be written whole; check the free space where it goes." + (done.isEmpty ? "" : " This was done all the same: " + done.joined(separator: " "))
    }

    /// Writes at once. False when it could not be written whole.
    @discardableResult
    static func say(_ text: String, on file: Int32) -> Bool { write(Array(text.utf8), file) }

    private static func write(_ bytes: [UInt8], _ file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
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
        self.text(isatty(STDOUT_FILENO) == 1 ? TerminalText.json(text) : text)
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
