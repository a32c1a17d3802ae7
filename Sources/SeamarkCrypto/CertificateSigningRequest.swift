internal import COpenSSL
public import SeamarkJournal

/// A key's request to be certified (PKCS #10), with its proof that whoever asks holds the key. It may say nothing else: what
/// the certificate will say is the authority's decision, so requests with extensions or other attributes are refused, and a
/// subject is never looked at.
public struct CertificateSigningRequest: Hashable, Sendable {
    public let der: [UInt8]
    public let publicKey: CertificatePublicKey

    /// Asks for a certificate for `key`.
    public init(for key: CertificateKey) {
        let request = Library.created(X509_REQ_new(), "a request")
        defer { X509_REQ_free(request) }
        Library.done(X509_REQ_set_version(request, 0), "setting a request's version")
        Library.done(X509_REQ_set_pubkey(request, key.handle.key), "setting a request's key")
        precondition(X509_REQ_sign(request, key.handle.key, EVP_sha256()) > 0, "a key signs its request")
        guard let der = Library.der({ i2d_X509_REQ(request, $0) }) else { preconditionFailure("a request has an encoding") }
        self.der = der
        publicKey = key.publicKey
    }

    /// Reads a stranger's request: at most 16 KiB, whole, a P-256 key, signed by it, and asking for nothing.
    public init(der: [UInt8]) throws(CertificateError) {
        guard der.count <= Certificate.mostBytes,
            let request = Library.parsed(der, free: X509_REQ_free, { d2i_X509_REQ(nil, $0, $1) })
        else { throw .malformed }
        defer { X509_REQ_free(request) }
        guard X509_REQ_get_attr_count(request) <= 0 else { throw .asksForMore }
        let key = X509_REQ_get0_pubkey(request)
        publicKey = try CertificatePublicKey.of(key)
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard X509_REQ_verify(request, key) == 1 else { throw .noProofOfPossession }
        self.der = der
    }

    /// SHA-256 of the key's SubjectPublicKeyInfo: what two people compare in words before the certificate is issued.
    public var fingerprint: Hash256 { publicKey.pin }

    public var pem: String { PEM.text("CERTIFICATE REQUEST", der) }
}
