/// The bytes behind a row of evidence: named by their hash, and as many as the row says.
///
/// They are no part of the log. They travel and lie in chunks of 64 KiB, the last of which holds the rest, so that a cut costs at most
/// one chunk (`Protocol/SPEC.md`, section 7.1).
public struct Attachment: Hashable, Sendable {
    /// Bytes of every chunk but the last.
    public static let chunk = 65_536
    /// Bytes that any attachment may have; a server may allow fewer.
    public static let largest = 64 * 1024 * 1024

    public let hash: Hash256
    /// Bytes.
    public let size: Int

    /// Nil unless the size is 1 to `largest`.
    public init?(hash: Hash256, size: Int64) {
        guard size >= 1, size <= Int64(Self.largest) else { return nil }
        self.hash = hash
        self.size = Int(size)
    }

    /// How long the chunk is that begins at `offset`; nil where none begins.
    public func chunkLength(at offset: Int) -> Int? {
        guard offset >= 0, offset < size, offset % Self.chunk == 0 else { return nil }
        return min(Self.chunk, size - offset)
    }
}
