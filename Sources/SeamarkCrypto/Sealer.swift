internal import COpenSSL
internal import Synchronization

/// AES-256-GCM (NIST SP 800-38D) under one key, the nonce chosen by the caller.
///
/// A nonce used twice under one key gives away both messages and the power to forge: use this only with keys that seal one
/// message, or with nonces that cannot repeat. For everything a store writes there is `SealingKey`, which counts by itself.
/// Sendable through its lock.
public final class Sealer: Sendable {
    public static let nonceCount = 12
    public static let overhead = 16

    private let context: Mutex<GCMContext>

    /// `key` has thirty-two bytes.
    public init(key: SecretBytes) {
        precondition(key.count == 32, "AES-256 takes thirty-two bytes")
        context = Mutex(GCMContext(key: key))
    }

    /// Ciphertext ‖ tag (16 bytes).
    public func seal(_ plaintext: [UInt8], nonce: [UInt8], authenticating associated: [UInt8]) -> [UInt8] {
        precondition(nonce.count == Self.nonceCount, "a nonce has twelve bytes")
        return context.withLock { $0.seal(plaintext.span, nonce: nonce, header: [], associated: associated) }
    }

    public func open(_ sealed: [UInt8], nonce: [UInt8], authenticating associated: [UInt8]) throws(SealError) -> [UInt8] {
        guard nonce.count == Self.nonceCount, sealed.count >= Self.overhead else { throw .truncated }
        guard
            let plaintext = context.withLock({ $0.open(sealed.span, nonce: nonce, headerCount: 0, associated: associated) })
        else { throw .notAuthentic }
        return plaintext
    }
}
