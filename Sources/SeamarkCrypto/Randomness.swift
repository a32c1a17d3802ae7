internal import COpenSSL

/// The system gave no entropy. Nothing that needs a secret may go on.
public struct NoEntropy: Error, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String { "drawing random bytes: the system gave none; check /dev/urandom and getrandom(2), then try again" }
}

/// Unpredictable bytes from libcrypto's generator, seeded by the kernel.
public enum Randomness {
    public static func bytes(_ count: Int) throws(NoEntropy) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let drawn = bytes.withUnsafeMutableBufferPointer { buffer in
            buffer.isEmpty || RAND_bytes(buffer.baseAddress, Int32(buffer.count)) == 1
        }
        guard drawn else { throw NoEntropy() }
        return bytes
    }

    /// Sixty-four random bits: an incarnation, an epoch.
    public static func word() throws(NoEntropy) -> UInt64 {
        try bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A hundred and twenty-eight random bits: what an identifier is made of.
    public static func identifierWords() throws(NoEntropy) -> (high: UInt64, low: UInt64) {
        (try word(), try word())
    }

    /// `count` random bytes for a key, in memory of their own.
    public static func secret(_ count: Int) throws(NoEntropy) -> SecretBytes {
        var drawn = false
        let secret = SecretBytes(count: count) { buffer in
            drawn = RAND_priv_bytes(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(buffer.count)) == 1
        }
        guard drawn else { throw NoEntropy() }
        return secret
    }
}
