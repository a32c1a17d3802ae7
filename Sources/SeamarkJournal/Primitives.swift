/// What the journal needs from the outside: hashing, checking signatures, deflating. It computes nothing of the kind
/// itself and imports nothing; `SeamarkCrypto` provides the real thing, a simulation may provide a cheap one.
public protocol Primitives: Sendable {
    /// SHA-256 (FIPS 180-4).
    func sha256(_ bytes: Span<UInt8>) -> Hash256

    /// Is `signature` (64 bytes) the Ed25519 signature (RFC 8032) of `message` under `key` (32 bytes)? Wrong lengths are a no.
    func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool

    /// The bytes as a zlib stream (RFC 1950).
    func deflate(_ bytes: [UInt8]) -> [UInt8]

    /// The inverse of `deflate`. Throws when the stream is damaged or does not inflate to exactly `length` bytes;
    /// never holds more than `length` bytes of output.
    func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8]
}

/// A compressed stream that is damaged, or longer or shorter than it was said to be.
public struct InflateError: Error, Hashable, Sendable {
    public init() {}
}

/// A device's or server's Ed25519 signing key.
public protocol Signer: Sendable {
    /// Thirty-two bytes.
    var publicKey: [UInt8] { get }

    /// The Ed25519 signature (RFC 8032) of `message`: sixty-four bytes, the same every time.
    func sign(_ message: [UInt8]) -> [UInt8]
}
