/// Writes the canonical encodings that are hashed and signed: one way to write each value, so equal values are equal bytes.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public init(capacity: Int) { bytes.reserveCapacity(capacity) }

    public var count: Int { bytes.count }

    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    public mutating func byte(_ value: UInt8) { bytes.append(value) }

    public mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }

    /// LEB128, shortest form: seven bits a byte, least significant first.
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    public mutating func count(_ value: Int) {
        precondition(value >= 0, "a count is never negative")
        varint(UInt64(value))
    }

    /// Zigzag, then `varint`: small magnitudes of either sign stay short.
    public mutating func signed(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    /// Eight bytes, most significant first.
    public mutating func fixed64(_ value: UInt64) {
        bytes.append(contentsOf: WordBytes(word: value))
    }

    public mutating func identifier(_ value: Identifier) {
        fixed64(value.high)
        fixed64(value.low)
    }

    public mutating func hash(_ value: Hash256) {
        fixed64(value.words.0)
        fixed64(value.words.1)
        fixed64(value.words.2)
        fixed64(value.words.3)
    }

    /// Length in bytes, then the bytes.
    public mutating func blob(_ value: [UInt8]) {
        count(value.count)
        raw(value)
    }

    /// Length in bytes of the UTF-8, then the UTF-8.
    public mutating func text(_ value: String) {
        count(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }
}

/// The eight bytes of a word, most significant first: appended together, room for them is asked for once.
private struct WordBytes: RandomAccessCollection {
    let word: UInt64

    var startIndex: Int { 0 }
    var endIndex: Int { 8 }
    subscript(index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word >> UInt64(56 - index * 8)) }
}
