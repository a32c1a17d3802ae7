import SeamarkJournal

/// Writes JSON deterministically: equal values become equal bytes. Doubles are the shortest text that reads back the same.
public enum JSONWriter {
    /// Appends `value` without any space: canonical form, as long as the members stand in a fixed order.
    public static func write(_ value: JSONValue, to out: inout [UInt8]) {
        switch value {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): write(value, to: &out)
        case .number(let value): write(value, to: &out)
        case .string(let value): write(value, to: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            var first = true
            for element in elements {
                if !first { out.append(UInt8(ascii: ",")) }
                first = false
                write(element, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            var first = true
            for member in members {
                if !first { out.append(UInt8(ascii: ",")) }
                first = false
                write(member.name, to: &out)
                out.append(UInt8(ascii: ":"))
                write(member.value, to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    /// A string in quotes. Only what JSON demands is escaped.
    public static func write(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        defer { out.append(UInt8(ascii: "\"")) }
        // Nearly every text is written as it is, in one piece.
        let bytes = text.utf8Span.span
        var special: UInt8 = 0
        for place in bytes.indices {
            let byte = bytes[place]
            special |= (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0) | (byte == UInt8(ascii: "\\") ? 1 : 0)
        }
        if special == 0 { return out.append(contentsOf: text.utf8) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            case 0x0a: out.append(contentsOf: "\\n".utf8)
            case 0x0d: out.append(contentsOf: "\\r".utf8)
            case 0x09: out.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                out.append(contentsOf: "\\u00".utf8)
                out.append(digit(byte >> 4))
                out.append(digit(byte & 15))
            case _: out.append(byte)
            }
        }
    }

    /// A whole number, without a String in between: documents are written a thousand at a time.
    public static func write(_ value: Int64, to out: inout [UInt8]) {
        if value < 0 { out.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = out.count
        repeat {
            out.append(48 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        out[start...].reverse()
    }

    public static func write(_ value: Double, to out: inout [UInt8]) {
        out.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
    }

    /// An identifier in quotes, as it describes itself.
    static func write(_ id: Identifier, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for (place, word) in [id.high, id.low].enumerated() {
            for nibble in 0..<16 {
                if place == 0 && (nibble == 8 || nibble == 12) || place == 1 && (nibble == 0 || nibble == 4) { out.append(UInt8(ascii: "-")) }
                out.append(digit(UInt8(truncatingIfNeeded: word >> UInt64(60 - nibble * 4)) & 15))
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

    // MARK: - For people

    /// A line holds at most this many characters before an array or object is opened up.
    static let widestLine = 120

    /// Two spaces a level; arrays and objects whose parts are all leaves, or that are short, stay on one line.
    public static func writePretty(_ value: JSONValue, to out: inout [UInt8]) {
        pretty(value, indent: 0, lead: 0, to: &out)
        out.append(0x0a)
    }

    private static func pretty(_ value: JSONValue, indent: Int, lead: Int, to out: inout [UInt8]) {
        if value.isLeaf { return write(value, to: &out) }
        var line: [UInt8] = []
        if spaced(value, to: &line, room: widestLine - indent - lead) {
            out.append(contentsOf: line)
            return
        }
        switch value {
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                newLine(indent + 2, after: index == 0 ? nil : UInt8(ascii: ","), to: &out)
                pretty(element, indent: indent + 2, lead: 0, to: &out)
            }
            newLine(indent, after: nil, to: &out)
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                newLine(indent + 2, after: index == 0 ? nil : UInt8(ascii: ","), to: &out)
                let start = out.count
                write(member.name, to: &out)
                out.append(contentsOf: ": ".utf8)
                pretty(member.value, indent: indent + 2, lead: out.count - start, to: &out)
            }
            newLine(indent, after: nil, to: &out)
            out.append(UInt8(ascii: "}"))
        case .null, .bool, .integer, .number, .string: write(value, to: &out)
        }
    }

    /// Everything on one line with a space after each comma and colon; false as soon as that is longer than `room`.
    private static func spaced(_ value: JSONValue, to out: inout [UInt8], room: Int) -> Bool {
        switch value {
        case .null, .bool, .integer, .number, .string: write(value, to: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(contentsOf: ", ".utf8) }
                guard spaced(element, to: &out, room: room) else { return false }
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(contentsOf: ", ".utf8) }
                write(member.name, to: &out)
                out.append(contentsOf: ": ".utf8)
                guard spaced(member.value, to: &out, room: room) else { return false }
            }
            out.append(UInt8(ascii: "}"))
        }
        return out.count <= room
    }

    private static func newLine(_ indent: Int, after byte: UInt8?, to out: inout [UInt8]) {
        if let byte { out.append(byte) }
        out.append(0x0a)
        for _ in 0..<indent { out.append(0x20) }
    }
}

extension JSONValue {
    /// Without any space.
    public var compact: String {
        var out: [UInt8] = []
        JSONWriter.write(self, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// For people; ends with a new line.
    public var pretty: String {
        var out: [UInt8] = []
        JSONWriter.writePretty(self, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
