import Foundation
import Glibc
import SeamarkModel

/// The whole terminal, for a guided interview: keys as they are pressed, and a screen of its own. What was there before comes back on every way out
/// that this program has a say in; after a `kill -9` the shell's `reset` brings it back.
enum InterviewTerminal {
    /// Written before the first signal may read them, and never afterwards.
    nonisolated(unsafe) private static var before = termios()
    nonisolated(unsafe) private static var isTaken = false
    /// Ends bracketed paste, shows the cursor, leaves the second screen.
    private static let leaving: StaticString = "\u{1b}[?2004l\u{1b}[?25h\u{1b}[0m\u{1b}[?1049l"

    /// Does this terminal take whole screens?
    static var allows: Bool {
        let term = ProcessInfo.processInfo.environment["TERM"] ?? ""
        return Terminal.isTerminal && Terminal.inputIsTerminal && !term.isEmpty && term != "dumb"
    }

    /// Does the locale say UTF-8? The first of these that is set decides (POSIX, 8.2).
    static var isUTF8: Bool {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let folded = locale.lowercased()
        return folded.contains("utf-8") || folded.contains("utf8")
    }

    static func take() -> Bool {
        if !isTaken {
            guard tcgetattr(0, &before) == 0 else { return false }
            // A program that was killed here may have left it as it was.
            before.c_lflag |= tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
            before.c_iflag |= tcflag_t(ICRNL)
            before.c_oflag |= tcflag_t(OPOST | ONLCR)
            atCrash()
        }
        var raw = before
        cfmakeraw(&raw)
        guard tcsetattr(0, TCSAFLUSH, &raw) == 0 else { return false }
        isTaken = true
        return write("\u{1b}[?1049h\u{1b}[?2004h\u{1b}[2J")
    }

    static func leave() {
        guard isTaken else { return }
        isTaken = false
        _ = Glibc.write(1, leaving.utf8Start, leaving.utf8CodeUnitCount)
        tcsetattr(0, TCSADRAIN, &before)
    }

    /// Stops the program with the terminal as the shell expects it, until somebody says to go on; false when the terminal is gone then.
    static func suspend() -> Bool {
        leave()
        InterviewSignals.stop()
        return take()
    }

    /// A mistake of our own must not leave a terminal behind that shows nothing of what is typed.
    private static func atCrash() {
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT] {
            signal(number) { number in
                InterviewTerminal.leave()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// False when the terminal takes no more.
    static func show(_ screen: InterviewScreen) -> Bool {
        let hasColour = (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        var out = "\u{1b}[?25l\u{1b}[H"
        for (row, line) in screen.lines.enumerated() {
            // Wiped before it is written: behind a full line some terminals would wipe its last letter.
            out += (row > 0 ? "\r\n" : "") + "\u{1b}[K"
            for span in line.spans {
                switch span.style {
                case .plain: out += span.text
                case .bold: out += "\u{1b}[1m\(span.text)\u{1b}[0m"
                case .dim: out += hasColour ? "\u{1b}[2m\(span.text)\u{1b}[0m" : span.text
                case .heading: out += "\u{1b}[7m\(span.text)\u{1b}[0m"
                }
            }
        }
        out += "\u{1b}[J"
        if let cursor = screen.cursor { out += "\u{1b}[\(cursor.row + 1);\(cursor.column + 1)H\u{1b}[?25h" }
        return write(out)
    }

    private static func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress! + start, $0.count - start) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var ready = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
                if poll(&ready, 1, 5000) > 0 { continue }
            }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }
}
