public import SeamarkJournal

/// What the journal needs from the outside, by the system's libcrypto and zlib.
///
/// Holds no state, so it may be made anywhere and shared freely. Every function gives the same answer for the same input on
/// every thread.
public struct SystemPrimitives: Primitives {
    private let deflateLevel: Int32

    /// - Parameter deflateLevel: zlib's, 1 to 9. Level 6 takes more than three times as long as 2 for blocks that are 6 % smaller, and was
    ///   half of a device's work in a first push.
    public init(deflateLevel: Int32 = 2) { self.deflateLevel = deflateLevel }

    public func sha256(_ bytes: Span<UInt8>) -> Hash256 { Digest.sha256(bytes) }

    public func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool {
        SigningKey.verifies(signature, of: message, by: key)
    }

    /// At most 2^32 - 1 bytes; more is a mistake of ours.
    public func deflate(_ bytes: [UInt8]) -> [UInt8] { Deflater.deflate(bytes, level: deflateLevel) }

    /// Refuses a negative `length`, and one that no stream of this size can reach (1,032 to 1), before anything is allocated.
    /// Bytes after the stream are damage. The caller bounds `length` by what it is ready to hold.
    public func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] {
        try Inflater.inflate(bytes, toExactly: length)
    }

    /// The same for a stream without a head and a sum (RFC 1951), as it lies in zip files; nil where `inflate` throws.
    public func inflateRaw(_ bytes: [UInt8], toExactly length: Int) -> [UInt8]? {
        try? Inflater.inflate(bytes.span, toExactly: length, isRaw: true)
    }
}
