/// Reads JSON (RFC 8259) strictly: nothing repaired, nothing guessed, every bound looked at before anything is held.
///
/// Refused beyond the grammar: names that occur twice, numbers that are not finite, half surrogate pairs, damaged UTF-8.
public struct JSONParser {
    /// Documents larger than this are refused unread, unless the caller allows more.
    public static let usualLimit = 16 * 1024 * 1024
    public static let greatestDepth = 64

    private enum Step {
        case member(String)
        case element(Int)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var path: [Step] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The document in `bytes`, which may hold at most `limit` bytes.
    public static func parse(_ bytes: [UInt8], atMost limit: Int = usualLimit) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes)
        guard bytes.count <= limit else { throw parser.error(.tooLarge) }
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.error(.trailingCharacters) }
        return value
    }

    public static func parse(_ text: String, atMost limit: Int = usualLimit) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), atMost: limit)
    }

    // MARK: - The grammar

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case _: throw error(.unexpectedCharacter)
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.description.utf8 {
            guard position < bytes.count else { throw error(.unexpectedEnd) }
            guard bytes[position] == byte else { throw error(.unexpectedCharacter) }
            position += 1
        }
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < Self.greatestDepth else { throw error(.tooDeep) }
        position += 1
        var members: [JSONMember] = []
        var names: Set<String> = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard position < bytes.count else { throw error(.unexpectedEnd) }
            guard bytes[position] == UInt8(ascii: "\"") else { throw error(.unexpectedCharacter) }
            let start = position
            let name = try string()
            guard names.insert(name).inserted else {
                position = start
                throw error(.duplicateName)
            }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            path.append(.member(name))
            members.append(JSONMember(name, try value(depth: depth + 1)))
            path.removeLast()
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < Self.greatestDepth else { throw error(.tooDeep) }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            skipSpace()
            path.append(.element(elements.count))
            elements.append(try value(depth: depth + 1))
            path.removeLast()
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        var whole = true
        _ = take(UInt8(ascii: "-"))
        let first = position
        try digits()
        // A leading zero stands alone.
        guard bytes[first] != UInt8(ascii: "0") || position == first + 1 else {
            position = first
            throw error(.badNumber)
        }
        if take(UInt8(ascii: ".")) {
            whole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            whole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if whole, let integer = Int64(text) { return integer == 0 && bytes[start] == UInt8(ascii: "-") ? .number(0) : .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            position = start
            throw error(.badNumber)
        }
        return .number(number == 0 ? 0 : number)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw error(position < bytes.count ? .badNumber : .unexpectedEnd) }
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        var start = position
        var out: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                out.append(contentsOf: bytes[start..<position])
                guard let text = String(validating: out, as: UTF8.self) else { throw error(.badText) }
                position += 1
                return text
            } else if byte == UInt8(ascii: "\\") {
                out.append(contentsOf: bytes[start..<position])
                out.append(contentsOf: String(try escape()).utf8)
                start = position
            } else if byte < 0x20 {
                throw error(.badText)
            } else {
                position += 1
            }
        }
        throw error(.unexpectedEnd)
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        position += 1
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexadecimalUnit()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            // A leading surrogate must be followed by a trailing one.
            guard unit < 0xdc00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw error(.badEscape) }
            let second = try hexadecimalUnit()
            guard second >= 0xdc00, second <= 0xdfff,
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (second - 0xdc00))
            else { throw error(.badEscape) }
            return scalar
        case _:
            position -= 1
            throw error(.badEscape)
        }
    }

    private mutating func hexadecimalUnit() throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw error(.unexpectedEnd) }
            let digit = bytes[position]
            switch digit {
            case 48...57: unit = unit << 4 | UInt32(digit - 48)
            case 97...102: unit = unit << 4 | UInt32(digit - 87)
            case 65...70: unit = unit << 4 | UInt32(digit - 55)
            case _: throw error(.badEscape)
            }
            position += 1
        }
        return unit
    }

    // MARK: - Where we are

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            case _: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        guard take(byte) else { throw error(.unexpectedCharacter) }
    }

    private func error(_ reason: JSONError.Reason) -> JSONError {
        var line = 1
        var column = 1
        for byte in bytes[..<min(position, bytes.count)] {
            if byte == 0x0a {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        var words = ""
        for step in path {
            switch step {
            case .member(let name): words += words.isEmpty ? Self.shortened(name) : "." + Self.shortened(name)
            case .element(let index): words += "[\(index)]"
            }
        }
        return JSONError(reason: reason, line: line, column: column, path: words)
    }

    /// Names in a path come from the document: only plain ones are repeated, so that an error cannot carry a terminal's escapes.
    private static func shortened(_ name: String) -> String {
        let plain = name.utf8.count <= 40 && name.utf8.allSatisfy { $0 == 95 || $0 == 45 || $0 >= 48 && $0 <= 57 || $0 >= 65 && $0 <= 90 || $0 >= 97 && $0 <= 122 }
        return plain && !name.isEmpty ? name : "…"
    }
}
