internal import Foundation
internal import Glibc
internal import SeamarkModel
internal import Synchronization

/// A line for standard output. It takes the place of the standard library's, which does not say when it could not write: there is one door.
func print(_ text: String) { Output.lines(text) }

/// Prints for people and for programs. What goes to standard output is gathered, and written at the end of the verb, which fails where it cannot be written
/// whole: somebody who reads less than all of it must not take it for all.
enum Output {
    private static let gathered = Mutex<(text: [UInt8], done: [String])>(([], []))

    /// Gathers text for standard output, as it is. Lines are given to `print`.
    static func text(_ text: String) { gathered.withLock { $0.text.append(contentsOf: text.utf8) } }

    /// Lines, on a terminal broken between words. Whatever they repeat is shown and obeyed by no terminal; what must keep to one line passes `shown` before.
    static func lines(_ text: String) {
        let room = isatty(STDOUT_FILENO) == 1 ? width ?? 80 : nil
        self.text(TerminalText.lines(text).split(separator: "\n", omittingEmptySubsequences: false).map { broken(String($0), to: room) + "\n" }.joined())
    }

    private static func broken(_ line: String, to columns: Int?) -> String {
        guard let columns else { return line }
        return TerminalText.broken([line], to: columns).map { $0.map(\.text).joined() }.joined(separator: "\n")
    }

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
        let isCut = errno == EPIPE
        // Nothing was changed, and whoever reads has read enough.
        if isCut, done.isEmpty { return nil }
        return (isCut ? "whoever was to read the output was gone before its end." : "the output could not be written whole; check the free space where it goes.") + (done.isEmpty ? "" : " This was done all the same: " + done.joined(separator: " "))
    }

    /// Writes at once, cleaned as `lines` are. False when it could not be written whole.
    @discardableResult
    static func say(_ text: String, on file: Int32) -> Bool {
        let text = TerminalText.lines(text)
        var size = winsize()
        guard isatty(file) == 1, ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return write(Array(text.utf8), file) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { broken(String($0), to: Int(size.ws_col)) }
        return write(Array(lines.joined(separator: "\n").utf8), file)
    }

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

    /// Columns side by side, as wide as the terminal where there is one; nothing but `empty` when there are no rows.
    ///
    /// - Parameter spare: columns that a terminal without room for all goes without, the first of them first: documents have them.
    /// - Parameter whole: columns that are not cut on any terminal.
    static func table(_ head: [String], _ rows: [[String]], empty: String, spare: [Int] = [], whole: Set<Int> = []) {
        guard !rows.isEmpty else { return print(empty) }
        let room = isatty(STDOUT_FILENO) == 1 ? width ?? 80 : nil
        var columns = Array(head.indices)
        func made() -> TextTable<Never> {
            var table = TextTable<Never>(columns.map { head[$0] }, whole: Set(columns.indices.filter { place in whole.contains(columns[place]) || holdsTimes(rows.map { $0[columns[place]] }) }))
            for row in rows { table.add(columns.map { row[$0] }) }
            return table
        }
        for column in spare where !made().isWhole(in: room) { columns.removeAll { $0 == column } }
        // One below the other there is room for everything.
        if made().isStacked(in: room) { columns = Array(head.indices) }
        for line in made().lines(in: room) { print(line.map(\.text).joined()) }
    }

    /// Times, whatever the reader's locale makes of them, or a word such as `never`.
    private static func holdsTimes(_ cells: [String]) -> Bool {
        func isTime(_ cell: String) -> Bool { cell.count <= 20 && cell.contains(":") && cell.first?.isNumber == true }
        return cells.contains(where: isTime) && cells.allSatisfy { isTime($0) || $0.count <= 6 }
    }

    /// Text that somebody typed, on one line.
    static func shown(_ text: String) -> String { TerminalText.line(text) }

    private static let dates = ReaderDates(environment: ProcessInfo.processInfo.environment)

    /// Milliseconds since 1970 as `2026-11-22 19:20` in this machine's time zone, or as the reader's locale has it. Programs read `iso`.
    static func time(_ milliseconds: Int64) -> String {
        var seconds = time_t((milliseconds >= 0 ? milliseconds : milliseconds - 999) / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "?" }
        return dates.date(year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday)) + " " + dates.time(hour: Int(parts.tm_hour), minute: Int(parts.tm_min))
    }

    /// The same in a document for programs: `2026-11-22T19:20:00Z`.
    static func iso(_ milliseconds: Int64) -> JSONValue { .string(CalendarDate.text(milliseconds: milliseconds)) }
    static func iso(_ milliseconds: Int64?) -> JSONValue { milliseconds.map { iso($0) } ?? .null }
}

extension JSONValue {
    /// With these members of an object, which hold milliseconds since 1970 in files of their own formats, as in every other document.
    func withTimes(_ keys: String...) -> JSONValue {
        guard let members else { return self }
        return .object(members.map { member in
            guard keys.contains(member.name), case .integer(let time) = member.value else { return member }
            return JSONMember(member.name, Output.iso(time))
        })
    }
}
