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
        /// The store was locked while nothing came; with what had been typed of a line on a terminal.
        case locked(String)
    }

    enum Keys {
        case keys([InterviewKey])
        case redraw
        /// To be stopped for a while; to go on after it.
        case suspend, resume
        case end([InterviewKey])
        case locked
    }

    static let longestLine = 256 * 1024
    /// A terminal that edits lines itself drops what a line has beyond this.
    private static let terminalLine = 4095
    /// Milliseconds without a byte that end a text which is pasted without saying so.
    private static let quiet: Int32 = 60
    /// The same where keys are asked for: a paste that comes in pieces, over a slow line, must not become keys after its first one.
    private static let quietAtQuestion: Int32 = 500
    /// How often it is asked whether the store was locked.
    private static let look: Int32 = 1000

    private let isLocked: () -> Bool

    private var held: [UInt8] = []
    private var isSkipping = false
    private var hasEnded = false
    /// How many lines were begun so far.
    private(set) var lineNumber = 0
    /// What came while something else was waited for.
    private var told: Wait?
    private var decoder = KeyDecoder()
    /// Looks on while nobody reads keys.
    private var watch: ArrivalWatch?

    init(isLocked: @escaping () -> Bool) { self.isLocked = isLocked }

    // MARK: Lines

    mutating func line() -> Line {
        lineNumber += 1
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
            case .locked: return .locked(Terminal.inputIsTerminal ? begun() : "")
            case .redraw, .pause, .suspend, .resume: break
            }
        }
    }

    /// What stands of a line on the terminal, which holds it until Enter: it would be typed to the shell.
    private func begun() -> String {
        var before = termios()
        guard tcgetattr(0, &before) == 0 else { return "" }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON)
        guard tcsetattr(0, TCSANOW, &raw) == 0 else { return "" }
        defer { tcsetattr(0, TCSANOW, &before) }
        var ready = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: Self.terminalLine + 1)
        guard poll(&ready, 1, 0) > 0 else { return "" }
        let count = read(0, &buffer, buffer.count)
        return count > 0 ? String(validating: buffer[..<count], as: UTF8.self) ?? "" : ""
    }

    // MARK: Keys

    /// What was pressed; waits for it, and at most so long. More than fingers press at once is a pasted text, all of it until there is a pause.
    ///
    /// - Parameter inText: a text is being written.
    mutating func keys(_ milliseconds: Int32, inText: Bool) -> Keys {
        let arrivals = watch?.end() ?? []
        watch = nil
        defer { watch = ArrivalWatch() }
        switch wait(decoder.waits ? 60 : milliseconds) {
        case .input:
            guard fill() else { return .end(decoder.finish()) }
            // All that is read now was seen to come.
            let isTypedAhead = arrivals.reduce(0) { $0 + $1.bytes } == held.count && KeyBurst.wereTyped(arrivals)
            var keys = fed()
            if isTypedAhead { return .keys(keys) }
            var (isCut, isResized) = (false, false)
            while KeyBurst.isOne(keys), !keys.contains(.control("c")), !(inText && keys.count > EntryLine.most) {
                // What an Enter may store is looked at longer: what follows it would be keys.
                let next = wait(inText && keys.last != .enter ? Self.quiet : Self.quietAtQuestion)
                if next == .redraw {
                    isResized = true
                    continue
                }
                guard next == .input, fill() else {
                    if next != .pause { told = next == .input ? .end : next }
                    break
                }
                let more = fed()
                if keys.count < EntryLine.most { keys += more } else if !more.isEmpty { isCut = true }
                if isCut, more.contains(.control("c")) { keys.append(.control("c")) }
            }
            if isResized, told == nil { told = .redraw }
            return .keys(KeyBurst.taken(keys, inText: inText, isCut: isCut))
        case .end: return .end(decoder.finish())
        case .suspend: return .suspend
        case .resume: return .resume
        case .redraw: return .redraw
        case .locked: return .locked
        case .pause: return decoder.waits ? .keys(decoder.settle()) : .redraw
        }
    }

    /// Another program has the terminal: what comes now is not meant for this one.
    mutating func lookAway() {
        _ = watch?.end()
        watch = nil
    }

    private mutating func fed() -> [InterviewKey] {
        defer { held = [] }
        return decoder.feed(held)
    }

    // MARK: Waiting

    private enum Wait { case input, end, suspend, resume, redraw, pause, locked }

    private mutating func wait(_ milliseconds: Int32) -> Wait {
        if let told {
            self.told = nil
            return told
        }
        var left = milliseconds
        while true {
            let words = InterviewSignals.take()
            if words.contains(.interrupt) || words.contains(.end) { return .end }
            if words.contains(.suspend) { return .suspend }
            if words.contains(.resume) { return .resume }
            if !words.isEmpty { return .redraw }
            var both = [pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: InterviewSignals.descriptor, events: Int16(POLLIN), revents: 0)]
            let turn = left < 0 ? Self.look : min(left, Self.look)
            let count = poll(&both, 2, turn)
            if count == 0 {
                if isLocked() { return .locked }
                guard left >= 0 else { continue }
                left -= turn
                if left == 0 { return .pause }
            }
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
