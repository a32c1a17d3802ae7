/// A long file as sealed parts, so that it can be written and read without being held: backups and bundles. Each part is
///
///     last (1: 1 in the last part, otherwise 0) ‖ length (4, big-endian) ‖ AES-256-GCM ciphertext and tag
///
/// under a key of the file's own. The nonce is the part's number; the hash of the file's header, the number and `last` are
/// authenticated, so no part can be altered, moved, left out, taken from another file, or be missing at the end.
public enum SealedParts {
    /// Plaintext bytes of one part.
    public static let most = 64 * 1024

    public static func nonce(_ number: UInt64) -> [UInt8] { [0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }

    public static func associated(_ header: [UInt8], _ number: UInt64, last: Bool) -> [UInt8] { header + nonce(number) + [last ? 1 : 0] }
}
