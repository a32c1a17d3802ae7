/// Makes keys of the bytes that a terminal sends. It holds no more than `mostPasted` bytes, whatever comes.
///
/// A lone escape key and the beginning of a sequence look alike: after a pause `settle` says which it was.
public struct KeyDecoder: Sendable {
    /// Bytes of one pasted text; the rest of it is dropped, and `paste` says so.
    public static let mostPasted = 1024 * 1024
    static let longestSequence = 32
    static let longestReport = 4096

    private enum State: Hashable {
        case ground, escape, sequence, single
        /// So many more bytes of a character are to come.
        case character(Int)
        case pasting
        /// What the terminal says of itself (OSC, DCS, APC, PM, SOS), up to its end; and whether an escape has just come, which may be that.
        case report(isEscaped: Bool)
    }

    private var state = State.ground
    private var held: [UInt8] = []
    /// The last bytes of a paste, which may be the beginning of its end.
    private var tail: [UInt8] = []
    private var isCut = false

    public init() {}

    /// Something has begun that a pause ends.
    public var waits: Bool {
        switch state {
        case .ground, .pasting, .report: false
        case .escape, .sequence, .single, .character: true
        }
    }

    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [InterviewKey] {
        var keys: [InterviewKey] = []
        for byte in bytes { take(byte, &keys) }
        return keys
    }

    /// There was a pause: what has begun is all that comes. A paste goes on.
    public mutating func settle() -> [InterviewKey] {
        // A late half of what the terminal says must not become keys.
        if case .report = state { return [] }
        defer { if state != .pasting { begin() } }
        switch state {
        case .ground, .pasting, .report: return []
        case .escape: return [.escape]
        case .sequence, .single: return [.unknown]
        case .character: return [.character("\u{fffd}")]
        }
    }

    /// The terminal is gone: the text of a paste whose end never came.
    public mutating func finish() -> [InterviewKey] {
        guard state == .pasting else { return settle() }
        defer { begin() }
        return [.paste(String(decoding: held + tail, as: UTF8.self), isCut: true)]
    }

    private mutating func begin() {
        state = .ground
        held = []
        tail = []
        isCut = false
    }

    private mutating func take(_ byte: UInt8, _ keys: inout [InterviewKey]) {
        switch state {
        case .ground: ground(byte, &keys)
        case .escape:
            switch byte {
            case UInt8(ascii: "["): state = .sequence
            case UInt8(ascii: "O"): state = .single
            case 0x1b: keys.append(.escape)
            case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"): state = .report(isEscaped: false)
            case _:
                // Alt with a key; it means nothing here.
                begin()
                keys.append(.unknown)
            }
        case .single:
            begin()
            keys.append(Self.cursor(byte) ?? .unknown)
        case .sequence:
            if (0x40...0x7e).contains(byte) {
                let parameters = held
                begin()
                if byte == UInt8(ascii: "~"), parameters == Array("200".utf8) {
                    state = .pasting
                } else {
                    keys.append(Self.key(parameters, byte))
                }
            } else if byte < 0x20 || byte > 0x3f || held.count >= Self.longestSequence {
                begin()
                keys.append(.unknown)
                // A control character begins anew; nothing of a broken sequence is taken for text.
                if byte == 0x1b { state = .escape }
            } else {
                held.append(byte)
            }
        case .character(let missing):
            guard byte & 0xc0 == 0x80 else {
                begin()
                keys.append(.character("\u{fffd}"))
                return ground(byte, &keys)
            }
            held.append(byte)
            guard missing == 1 else { return state = .character(missing - 1) }
            let text = String(decoding: held, as: UTF8.self)
            begin()
            keys.append(.character(text.count == 1 ? text.first ?? "\u{fffd}" : "\u{fffd}"))
        case .pasting: paste(byte, &keys)
        case .report(let isEscaped):
            // BEL, CAN, SUB and ESC \ end it; what a line could hold at most bounds it.
            held.append(byte)
            if byte == 0x07 || byte == 0x18 || byte == 0x1a || isEscaped || held.count > Self.longestReport {
                begin()
                keys.append(.unknown)
            } else if byte == 0x1b {
                state = .report(isEscaped: true)
            }
        }
    }

    private static let pasteEnd = Array("\u{1b}[201~".utf8)

    private mutating func paste(_ byte: UInt8, _ keys: inout [InterviewKey]) {
        tail.append(byte)
        if tail == Self.pasteEnd {
            let (text, cut) = (String(decoding: held, as: UTF8.self), isCut)
            begin()
            return keys.append(.paste(text, isCut: cut))
        }
        // What can no longer be the beginning of the end is text.
        while !tail.isEmpty, !Self.pasteEnd.starts(with: tail) {
            if held.count < Self.mostPasted { held.append(tail[0]) } else { isCut = true }
            tail.removeFirst()
        }
    }

    private mutating func ground(_ byte: UInt8, _ keys: inout [InterviewKey]) {
        switch byte {
        case 0x1b: state = .escape
        case 0x0d, 0x0a: keys.append(.enter)
        case 0x09: keys.append(.tab)
        case 0x08, 0x7f: keys.append(.backspace)
        case 0x01...0x1a: keys.append(.control(Character(Unicode.Scalar(byte + 0x60))))
        case 0x20..<0x7f: keys.append(.character(Character(Unicode.Scalar(byte))))
        case 0xc2...0xdf: (state, held) = (.character(1), [byte])
        case 0xe0...0xef: (state, held) = (.character(2), [byte])
        case 0xf0...0xf4: (state, held) = (.character(3), [byte])
        case 0x80...: keys.append(.character("\u{fffd}"))
        case _: keys.append(.unknown)
        }
    }

    private static func cursor(_ byte: UInt8) -> InterviewKey? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "M"): .enter
        case _: nil
        }
    }

    private static func key(_ parameters: [UInt8], _ last: UInt8) -> InterviewKey {
        guard last == UInt8(ascii: "~") else { return last == UInt8(ascii: "M") ? .unknown : cursor(last) ?? .unknown }
        switch String(decoding: parameters.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self) {
        case "1", "7": return .home
        case "3": return .delete
        case "4", "8": return .end
        case "5": return .pageUp
        case "6": return .pageDown
        case _: return .unknown
        }
    }
}
