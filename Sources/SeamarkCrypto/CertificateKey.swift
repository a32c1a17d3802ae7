internal import COpenSSL

/// A P-256 key with a certificate to come: a device's or server's in TLS, or an authority's.
///
/// Sendable because nothing in it changes.
public final class CertificateKey: Sendable {
    public let publicKey: CertificatePublicKey
    let handle: KeyHandle

    private init(owning key: OpaquePointer) throws(CertificateError) {
        handle = KeyHandle(owning: key)
        publicKey = try CertificatePublicKey.of(key)
    }

    public static func generate() throws(NoEntropy) -> CertificateKey {
        let context = Library.created(EVP_PKEY_CTX_new_from_name(nil, "EC", nil), "a key maker")
        defer { EVP_PKEY_CTX_free(context) }
        Library.done(EVP_PKEY_keygen_init(context), "preparing a key")
        Library.done(EVP_PKEY_CTX_set_group_name(context, "P-256"), "choosing a curve")
        var key: OpaquePointer?
        ERR_clear_error()
        // Only randomness can be missing here.
        guard EVP_PKEY_generate(context, &key) == 1, let key else {
            ERR_clear_error()
            throw NoEntropy()
        }
        do throws(CertificateError) {
            return try CertificateKey(owning: key)
        } catch { preconditionFailure("a fresh key is a P-256 key") }
    }

    /// From an unencrypted PKCS #8 structure ("BEGIN PRIVATE KEY"). Our stores seal it themselves.
    public convenience init(pem: String) throws(CertificateError) {
        guard var der = PEM.der("PRIVATE KEY", pem) else { throw .malformed }
        defer { der.cleanse() }
        try self.init(der: der)
    }

    /// From an unencrypted PKCS #8 structure.
    public convenience init(der: [UInt8]) throws(CertificateError) {
        guard der.count <= Certificate.mostBytes,
            let info = Library.parsed(der, free: PKCS8_PRIV_KEY_INFO_free, { d2i_PKCS8_PRIV_KEY_INFO(nil, $0, $1) })
        else { throw .malformed }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let key = EVP_PKCS82PKEY(info) else { throw .malformed }
        try self.init(owning: key)
    }

    /// The private key as an unencrypted PKCS #8 structure. Seal it before it is written anywhere.
    public var der: [UInt8] {
        let info = Library.created(EVP_PKEY2PKCS8(handle.key), "a private key's structure")
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        guard let der = Library.der({ i2d_PKCS8_PRIV_KEY_INFO(info, $0) }) else { preconditionFailure("a private key has an encoding") }
        return der
    }

    /// `der` as text.
    public var pem: String { PEM.text("PRIVATE KEY", der) }

    /// ECDSA over SHA-256, in DER: seventy-two bytes at most, different every time.
    public func sign(_ message: [UInt8]) -> [UInt8] { handle.sign(message, digest: EVP_sha256()) }
}
