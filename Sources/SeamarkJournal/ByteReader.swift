/// Why bytes are not a canonical encoding. Says what was being read, never what it held.
public struct DecodeError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Hashable, Sendable {
        case truncated, notShortest, outOfBounds, notUTF8, trailingBytes, badMagic, wrongOrder, badReference, damaged, badSignature, badRoot
    }

    public let reason: Reason
    public let reading: StaticString

    public init(_ reason: Reason, reading: StaticString) {
        self.reason = reason
        self.reading = reading
    }

    public static func == (left: DecodeError, right: DecodeError) -> Bool {
        left.reason == right.reason && left.reading.description == right.reading.description
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(reason) }

    public var description: String { "reading \(reading): \(reason.rawValue)" }
}

/// Reads what `ByteWriter` writes and refuses everything else: lengths are compared with what is left before a byte is held.
public struct ByteReader: Sendable {
    private let bytes: [UInt8]
    public private(set) var position: Int
    private let end: Int

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    public var remaining: Int { end - position }

    public mutating func byte() throws(DecodeError) -> UInt8 {
        guard position < end else { throw DecodeError(.truncated, reading: "byte") }
        defer { position += 1 }
        return bytes[position]
    }

    /// LEB128; longer forms than needed are refused, so that one value has one encoding.
    public mutating func varint() throws(DecodeError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < end else { throw DecodeError(.truncated, reading: "number") }
            let next = bytes[position]
            position += 1
            guard shift < 63 || next <= 1 else { throw DecodeError(.outOfBounds, reading: "number") }
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 {
                guard next != 0 || shift == 0 else { throw DecodeError(.notShortest, reading: "number") }
                return value
            }
            shift += 7
            guard shift <= 63 else { throw DecodeError(.outOfBounds, reading: "number") }
        }
    }

    /// A count of things that take at least `each` bytes; refused when so many cannot follow, before anything is held.
    public mutating func count(each: Int = 1, atMost limit: Int = .max) throws(DecodeError) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw DecodeError(.outOfBounds, reading: "count") }
        guard each == 0 || value <= UInt64(remaining / each) else { throw DecodeError(.truncated, reading: "count") }
        return Int(value)
    }

    public mutating func signed() throws(DecodeError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    public mutating func fixed64() throws(DecodeError) -> UInt64 {
        guard remaining >= 8 else { throw DecodeError(.truncated, reading: "word") }
        var value: UInt64 = 0
        for index in position..<position + 8 { value = value << 8 | UInt64(bytes[index]) }
        position += 8
        return value
    }

    public mutating func identifier() throws(DecodeError) -> Identifier {
        Identifier(high: try fixed64(), low: try fixed64())
    }

    public mutating func hash() throws(DecodeError) -> Hash256 {
        Hash256(words: (try fixed64(), try fixed64(), try fixed64(), try fixed64()))
    }

    public mutating func raw(_ count: Int) throws(DecodeError) -> [UInt8] {
        guard count >= 0, remaining >= count else { throw DecodeError(.truncated, reading: "bytes") }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    public mutating func blob(atMost limit: Int = .max) throws(DecodeError) -> [UInt8] {
        try raw(count(atMost: limit))
    }

    /// UTF-8, refused when damaged: nothing is repaired on the way in.
    public mutating func text(atMost limit: Int = .max) throws(DecodeError) -> String {
        let count = try count(atMost: limit)
        let text: String
        // Twice as quick as `String(validating:as:)`, which goes through generic code; and texts are most of what is read.
        do {
            text = String(copying: try UTF8Span(validating: bytes.span.extracting(position..<position + count)))
        } catch {
            throw DecodeError(.notUTF8, reading: "text")
        }
        position += count
        return text
    }

    /// Nothing may follow.
    public func finish() throws(DecodeError) {
        guard remaining == 0 else { throw DecodeError(.trailingBytes, reading: "end") }
    }
}
