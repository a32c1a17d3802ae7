internal import COpenSSL
public import SeamarkJournal

/// The Ed25519 key (RFC 8032) with which a device or a server signs its blocks and receipts.
///
/// Sendable because nothing in it changes.
public final class SigningKey: Signer, Sendable {
    public let publicKey: [UInt8]
    /// The thirty-two bytes the key is made from: what a store seals and keeps.
    public let seed: SecretBytes
    private let handle: KeyHandle

    /// `seed` has thirty-two bytes.
    public init(seed: SecretBytes) {
        self.seed = seed
        handle = KeyHandle(privateBytes: seed, type: EVP_PKEY_ED25519)
        publicKey = handle.rawPublicKey
    }

    public static func generate() throws(NoEntropy) -> SigningKey { SigningKey(seed: try Randomness.secret(32)) }

    public func sign(_ message: [UInt8]) -> [UInt8] { handle.sign(message, digest: nil) }

    /// Wrong lengths are a no.
    public static func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool {
        guard signature.count == 64, key.count == 32 else { return false }
        ERR_clear_error()
        guard let handle = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, key, key.count) else {
            ERR_clear_error()
            return false
        }
        return KeyHandle(owning: handle).verifies(signature, of: message, digest: nil)
    }
}
