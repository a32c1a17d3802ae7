internal import COpenSSL

/// Owns one of libcrypto's keys.
///
/// `@unchecked Sendable` because the key is never changed after it was made, and libcrypto allows any number of threads to sign,
/// verify and derive with an unchanging key (each use has a context of its own; the reference count is atomic).
final class KeyHandle: @unchecked Sendable {
    let key: OpaquePointer

    /// Takes ownership.
    init(owning key: OpaquePointer) { self.key = key }

    deinit { EVP_PKEY_free(key) }

    /// From the 32 private bytes of an Ed25519 or X25519 key.
    convenience init(privateBytes secret: SecretBytes, type: Int32) {
        precondition(secret.count == 32, "a private key of Curve25519 has thirty-two bytes")
        self.init(owning: secret.withBuffer {
            Library.created(EVP_PKEY_new_raw_private_key(type, nil, $0.baseAddress, $0.count), "a private key")
        })
    }

    /// The 32 public bytes of an Ed25519 or X25519 key.
    var rawPublicKey: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { output, initialized in
            var count = 32
            Library.done(EVP_PKEY_get_raw_public_key(key, output.baseAddress, &count), "reading a public key")
            initialized = count
        }
    }

    /// `digest` is nil for Ed25519, which hashes by itself.
    func sign(_ message: [UInt8], digest: OpaquePointer?) -> [UInt8] {
        let context = Library.created(EVP_MD_CTX_new(), "a signing context")
        defer { EVP_MD_CTX_free(context) }
        Library.done(EVP_DigestSignInit(context, nil, digest, nil, key), "preparing to sign")
        return [UInt8](unsafeUninitializedCapacity: Int(EVP_PKEY_get_size(key))) { output, initialized in
            var count = output.count
            Library.done(EVP_DigestSign(context, output.baseAddress, &count, message, message.count), "signing")
            initialized = count
        }
    }

    func verifies(_ signature: [UInt8], of message: [UInt8], digest: OpaquePointer?) -> Bool {
        let context = Library.created(EVP_MD_CTX_new(), "a verifying context")
        defer { EVP_MD_CTX_free(context) }
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
