import Glibc
import SeamarkModel

/// Standard input of a guided interview, as keys or as lines. It holds no more than a line or a pasted text, whatever comes.
struct InterviewInput {
    enum Line {
        case text(String)
        /// As long as a terminal takes; its end may be missing.
        case cut
        case tooLong, notText
        /// The end of the input, or a signal that asks for it.
        case end
    }

    enum Keys {
        case keys([InterviewKey])
        case redraw
        case end([InterviewKey])
    }

    static let longestLine = 256 * 1024
    /// A terminal that edits lines itself drops what a line has beyond this.
    private static let terminalLine = 4095

    private var held: [UInt8] = []
    private var isSkipping = false
    private var hasEnded = false
    private var decoder = KeyDecoder()

    // MARK: Lines

    mutating func line() -> Line {
        while true {
            if let end = held.firstIndex(of: UInt8(ascii: "\n")) {
                var bytes = Array(held[..<end])
                held.removeSubrange(...end)
                if isSkipping || bytes.count > Self.longestLine {
                    isSkipping = false
                    return .tooLong
                }
                if Terminal.inputIsTerminal, bytes.count >= Self.terminalLine { return .cut }
                if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
                guard let text = String(validating: bytes, as: UTF8.self) else { return .notText }
                return .text(text)
            }
            if held.count > Self.longestLine {
                held = []
                isSkipping = true
            }
            if hasEnded {
                // A last line without its end counts: nobody typed it halfway.
                guard !held.isEmpty || isSkipping else { return .end }
                held.append(UInt8(ascii: "\n"))
                continue
            }
            switch wait(-1) {
            case .input: if !fill() { hasEnded = true }
            case .end: return .end
            case .redraw, .pause: break
            }
        }
    }

    // MARK: Keys

    /// What was pressed; waits for it, and at most so long.
    mutating func keys(_ milliseconds: Int32) -> Keys {
        switch wait(decoder.waits ? 60 : milliseconds) {
        case .input:
            guard fill() else { return .end(decoder.finish()) }
            defer { held = [] }
            return .keys(decoder.feed(held))
        case .end: return .end(decoder.finish())
        case .redraw: return .redraw
        case .pause: return decoder.waits ? .keys(decoder.settle()) : .redraw
        }
    }

    // MARK: Waiting

    private enum Wait { case input, end, redraw, pause }

    private func wait(_ milliseconds: Int32) -> Wait {
        while true {
            let words = InterviewSignals.take()
            if words.contains(where: { $0 != .redraw }) { return .end }
            if !words.isEmpty { return .redraw }
            var both = [pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: InterviewSignals.descriptor, events: Int16(POLLIN), revents: 0)]
            let count = poll(&both, 2, milliseconds)
            if count == 0 { return .pause }
            if count < 0, errno != EINTR { return .end }
            if count > 0, both[0].revents != 0, both[1].revents == 0 { return .input }
        }
    }

    /// False at the end of the input, or when the terminal is gone.
    private mutating func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = read(0, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            held += buffer[..<count]
            return true
        }
    }
}
