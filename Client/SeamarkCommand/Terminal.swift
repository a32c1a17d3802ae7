import Foundation
import Glibc
import SeamarkClient
import SeamarkModel
import Synchronization

/// The only place where the command writes. Everything that is shown passes the sanitiser (`TerminalText`) here; colour appears on
/// terminals alone, and never with NO_COLOR.
enum Terminal {
    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    /// A stretch of one line.
    struct Piece: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        let text: String
        let style: Style?

        init(_ text: String, _ style: Style? = nil) {
            self.text = TerminalText.line(text)
            self.style = style
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    static let isTerminal = isatty(1) == 1
    static let errorsAreOnTerminal = isatty(2) == 1
    static let inputIsTerminal = isatty(0) == 1

    /// Does what is written to standard output carry colour?
    static var hasColour: Bool { hasColour(isTerminal) }

    private static func hasColour(_ isTerminal: Bool) -> Bool {
        hasColour(isTerminal, ProcessInfo.processInfo.environment, setting: SettingsFile.settings.hasColour)
    }

    static func hasColour(_ isTerminal: Bool, _ environment: [String: String], setting: Bool) -> Bool {
        isTerminal && setting && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Columns; nil where nobody cuts lines.
    static var width: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        if ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return 80
    }

    /// Columns of the terminal that errors and progress go to; nil where that is none.
    static var errorWidth: Int? {
        guard errorsAreOnTerminal else { return nil }
        var size = winsize()
        // The last one stays empty: some terminals go on to the next line when it is full.
        return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) - 1 : 79
    }

    // MARK: - Writing

    private static let buffer = Mutex<[UInt8]>([])

    static func line(_ pieces: Piece...) { line(pieces) }

    /// As many rows as it takes, broken between words.
    static func line(_ pieces: [Piece]) {
        for row in rows(pieces, width) { append(rendered(row, hasColour(isTerminal)) + "\n") }
    }

    private static func rows(_ pieces: [Piece], _ columns: Int?) -> [[Piece]] {
        guard let columns else { return [pieces] }
        return TerminalText.broken(pieces.map(\.text), to: columns).map { row in row.map { Piece($0.text, pieces[$0.place].style) } }
    }

    /// Text of several lines, each cleaned and broken between words where the terminal ends, with `indent` before each (`first` before the first).
    static func block(_ text: String, first: [Piece]? = nil, indent: String = "", _ style: Style? = nil) {
        // Where little room would be left, rows begin further out.
        let indent = width.map { $0 < TerminalText.width(indent) + 16 } == true ? String(indent.prefix(4)) : indent
        var start = first ?? [Piece(indent)]
        for part in TerminalText.lines(text).split(separator: "\n", omittingEmptySubsequences: false) {
            let rows = width.map { columns in
                let ahead = start.reduce(0) { $0 + TerminalText.width($1.text) }
                return TerminalText.wrapped(String(part), to: max(10, columns - TerminalText.width(indent)), first: max(0, columns - ahead))
            }
            for row in rows ?? [String(part)] {
                line(start + [Piece(row, style)])
                start = [Piece(indent)]
            }
        }
    }

    /// What a shell asked for: blanks at the ends of lines are part of it.
    static func answer(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { append(TerminalText.line(String(line)) + "\n") }
    }

    static func json(_ value: JSONValue, _ schema: JSONSchema) { json(ofFormat: value.named(schema.name)) }

    /// A document that says its own format and version, such as a report or an engagement file.
    static func json(ofFormat document: JSONValue) {
        var bytes: [UInt8] = []
        JSONWriter.writePretty(document, to: &bytes)
        json(bytes)
    }

    /// JSON that is written already, in any number of lines.
    static func json(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        append(isTerminal ? TerminalText.json(text) : text)
    }

    /// The value on one line.
    static func jsonLine(_ value: JSONValue, _ schema: JSONSchema) {
        var bytes: [UInt8] = []
        JSONWriter.write(value.named(schema.name), to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        append((isTerminal ? TerminalText.json(text) : text) + "\n")
    }

    /// To standard error, at once.
    static func warning(_ text: String) { error([Piece("Note: ", .yellow), Piece(text)]) }

    static func error(_ pieces: [Piece]) {
        let lines = rows(pieces, errorWidth).map { rendered($0, hasColour(errorsAreOnTerminal)) + "\n" }
        _ = write(Array(lines.joined().utf8), to: 2)
    }

    /// One line on a terminal's standard error that the next one takes the place of; an empty one wipes it.
    static func progress(_ text: String) {
        guard errorsAreOnTerminal else { return }
        _ = write(Array(("\r\u{1b}[K" + TerminalText.line(text)).utf8), to: 2)
    }

    static func rendered(_ pieces: [Piece], _ colour: Bool) -> String {
        // Nothing that ends a line is only there to fill it.
        var pieces = pieces
        while let last = pieces.last, last.text.allSatisfy({ $0 == " " }) { pieces.removeLast() }
        return pieces.map { piece in
            guard colour, let style = piece.style, !piece.text.isEmpty else { return piece.text }
            return "\u{1b}[\(style.rawValue)m\(piece.text)\u{1b}[0m"
        }.joined()
    }

    private static func append(_ text: String) {
        buffer.withLock { $0.append(contentsOf: text.utf8) }
    }

    /// At once and without a line's end: a person is to answer. False when it could not be written.
    static func prompt(_ text: String) -> Bool { flush() && write(Array(TerminalText.line(text).utf8), to: 1) }

    private static let device = Mutex<Device?>(nil)

    /// What is captured through it is told where the output cannot be written. Nil before the program ends, so that its store is closed.
    static func worksOn(_ device: Device?) { self.device.withLock { $0 = device } }

    /// What to say where the output could not be written whole: what was captured is stored, and must not be captured again. Nil where nothing was, and
    /// whoever reads has closed the pipe: they have read enough.
    static var lost: String? {
        let names = device.withLock { $0 }?.capturedNames ?? []
        let stored = names.prefix(mostStored).joined(separator: ", ") + (names.count > mostStored ? " and \(names.count - mostStored) more" : "")
        let isCut = isReaderGone.withLock(\.self)
        if isCut, names.isEmpty { return nil }
        return (isCut ? "Whoever was to read the output was gone before its end." : "The output could not be written whole. Check the free space where it goes.") + (names.isEmpty ? "" : " What was captured is stored all the same: \(stored).")
    }

    /// So many records that are stored are named.
    private static let mostStored = 5

    private static let isPaged = Mutex(false)

    /// What is gathered goes through the reader's pager at the end, where somebody sits at a terminal and it is longer than that.
    static func page(unless isUnwanted: Bool) { if !isUnwanted, isTerminal, inputIsTerminal { isPaged.withLock { $0 = true } } }

    /// The pager that what was gathered is to go through now.
    static var pager: String? {
        var size = winsize()
        guard isPaged.withLock({ $0 }), let pager = Pager.words(ProcessInfo.processInfo.environment), ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
        return buffer.withLock { $0.count { $0 == UInt8(ascii: "\n") } } < Int(size.ws_row) ? nil : pager
    }

    /// Writes what was gathered, through `pager`. False when it could not be written whole.
    static func flush(through pager: String) -> Bool {
        let isShown = Pager.show(buffer.withLock { $0 }, by: pager, ProcessInfo.processInfo.environment)
        if isShown { buffer.withLock { $0 = [] } }
        return flush()
    }

    /// Writes what was gathered. False when it could not be written whole.
    static func flush() -> Bool {
        let bytes = buffer.withLock { buffer in
            defer { buffer = [] }
            return buffer
        }
        let isWritten = write(bytes, to: 1)
        return hasFailed.withLock { hasFailed in
            hasFailed = hasFailed || !isWritten
            return !hasFailed
        }
    }

    private static let isReaderGone = Mutex(false)

    /// What could not be written once is missing at the end too.
    private static let hasFailed = Mutex(false)

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                if count < 0, errno == EPIPE, descriptor == 1 { isReaderGone.withLock { $0 = true } }
                return false
            }
            start += count
        }
        return true
    }
}
