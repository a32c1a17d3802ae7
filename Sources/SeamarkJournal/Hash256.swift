/// A SHA-256 hash (FIPS 180-4): what blocks, log entries and sensitive leaves are named by.
public struct Hash256: Hashable, Sendable {
    /// Big-endian words, the first eight bytes first.
    public var words: (UInt64, UInt64, UInt64, UInt64)

    public init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// Stands where a chain begins.
    public static let zero = Hash256(words: (0, 0, 0, 0))

    public static func == (left: Hash256, right: Hash256) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

extension Hash256: Comparable {
    public static func < (left: Hash256, right: Hash256) -> Bool { left.words < right.words }
}

extension Hash256 {
    /// The thirty-two bytes.
    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.hash(self)
        return writer.bytes
    }

    /// Nil unless `bytes` holds exactly thirty-two.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        var reader = ByteReader(bytes)
        guard let hash = try? reader.hash() else { return nil }
        self = hash
    }

    /// The first sixteen bytes as an identifier: how changes and conflicts are named.
    public var leadingIdentifier: Identifier { Identifier(high: words.0, low: words.1) }
}

extension Hash256: CustomStringConvertible {
    /// Sixty-four lower-case hexadecimal digits.
    public var description: String { Hexadecimal.text(of: bytes) }
}
