internal import COpenSSL

/// The other side's public key has the wrong length, or is one of the few with which everybody shares the same secret.
public struct UnusablePublicKey: Error, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String { "agreeing on a secret: the other public key is not usable; ask for a fresh one" }
}

/// An X25519 key (RFC 7748): two holders agree on a secret that nobody else knows. The secret is no key yet: pass it through
/// `HKDF` with both public keys in `info`.
///
/// Sendable because nothing in it changes.
public final class AgreementKey: Sendable {
    public let publicKey: [UInt8]
    /// The thirty-two bytes that a store seals and keeps.
    public let privateBytes: SecretBytes
    private let handle: KeyHandle

    /// `privateBytes` has thirty-two bytes.
    public init(privateBytes: SecretBytes) {
        self.privateBytes = privateBytes
        handle = KeyHandle(privateBytes: privateBytes, type: EVP_PKEY_X25519)
        publicKey = handle.rawPublicKey
    }

    public static func generate() throws(NoEntropy) -> AgreementKey { AgreementKey(privateBytes: try Randomness.secret(32)) }

    /// The thirty-two bytes shared with the holder of `publicKey`.
    public func sharedSecret(with publicKey: [UInt8]) throws(UnusablePublicKey) -> SecretBytes {
        guard publicKey.count == 32 else { throw UnusablePublicKey() }
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nil, publicKey, publicKey.count) else {
            throw UnusablePublicKey()
        }
        defer { EVP_PKEY_free(peer) }
        let context = Library.created(EVP_PKEY_CTX_new(handle.key, nil), "an agreement")
        defer { EVP_PKEY_CTX_free(context) }
        Library.done(EVP_PKEY_derive_init(context), "preparing an agreement")
        var agreed = EVP_PKEY_derive_set_peer(context, peer) == 1
        let secret = SecretBytes(count: 32) { output in
            var count = 32
            agreed = agreed && EVP_PKEY_derive(context, output.baseAddress?.assumingMemoryBound(to: UInt8.self), &count) == 1 && count == 32
        }
        guard agreed else { throw UnusablePublicKey() }
        return secret
    }
}
