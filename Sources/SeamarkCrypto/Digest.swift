internal import COpenSSL
public import SeamarkJournal

/// SHA-256 (FIPS 180-4) for those who hold no `Primitives`.
public enum Digest {
    public static func sha256(_ bytes: Span<UInt8>) -> Hash256 {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        bytes.withUnsafeBufferPointer { message in
            withUnsafeMutableBytes(of: &words) { digest in
                copenssl_sha256(message.baseAddress, message.count, digest.baseAddress?.assumingMemoryBound(to: UInt8.self))
            }
        }
        return Hash256(words: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
    }

    public static func sha256(_ bytes: [UInt8]) -> Hash256 { sha256(bytes.span) }
}
