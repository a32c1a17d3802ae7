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

    static func line(_ pieces: [Piece]) {
        append(rendered(pieces, hasColour(isTerminal)) + "\n")
    }

    /// Text of several lines, each cleaned and broken between words where the terminal ends, with `indent` before each (`first` before the first).
    static func block(_ text: String, first: [Piece]? = nil, indent: String = "", _ style: Style? = nil) {
        let room = width.map { max(10, $0 - TerminalText.width(indent)) }
        var start = first ?? [Piece(indent)]
        for part in TerminalText.lines(text).split(separator: "\n", omittingEmptySubsequences: false) {
            for row in room.map({ TerminalText.wrapped(String(part), to: $0) }) ?? [String(part)] {
                line(start + [Piece(row, style)])
                start = [Piece(indent)]
            }
        }
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

    static func error(_ pieces: [Piece]) { _ = write(Array((rendered(pieces, hasColour(errorsAreOnTerminal)) + "\n").utf8), to: 2) }

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

    /// What to say where the output could not be written whole: what was captured is stored, and must not be captured again.
    static var lost: String {
        let names = device.withLock { $0 }?.capturedNames ?? []
        let stored = names.prefix(mostStored).joined(separator: ", ") + (names.count > mostStored ? " and \(names.count - mostStored) more" : "")
        return "The output could not be written whole. Check the free space where it goes." + (names.isEmpty ? "" : " What was captured is stored all the same: \(stored).")
    }

    /// So many records that are stored are named.
    private static let mostStored = 5

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

    /// What could not be written once is missing at the end too.
    private static let hasFailed = Mutex(false)

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }
}
