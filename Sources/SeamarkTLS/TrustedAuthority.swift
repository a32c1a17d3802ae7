internal import COpenSSL

/// The one or two (while it is being replaced) certificates that a peer's certificate must come from.
///
/// Built once, checked when built, never changed; OpenSSL counts references to its store and locks it, so conversations share it.
public final class TrustedAuthority: @unchecked Sendable {
    let store: OpaquePointer
    private let certificates: [Certificate]

    /// Each certificate is DER, or PEM of one, on P-256, and says that it may sign others.
    public convenience init(certificates: [[UInt8]]) throws(TLSError) {
        guard (1...2).contains(certificates.count) else { throw .unusableAuthority }
        var parsed: [Certificate] = []
        for bytes in certificates { parsed.append(try Certificate(bytes)) }
        try self.init(parsed)
    }

    private init(_ certificates: [Certificate]) throws(TLSError) {
        for certificate in certificates {
            guard Certificate.isAuthority(certificate.handle), Certificate.isOnP256(certificate.handle) else { throw .unusableAuthority }
        }
        guard let store = TLSLibrary.call({ X509_STORE_new() }) else { throw TLSLibrary.failure(doing: "make a trust store") }
        self.store = store
        self.certificates = certificates
        for certificate in certificates where TLSLibrary.call({ X509_STORE_add_cert(store, certificate.handle) }) != 1 {
            throw TLSLibrary.failure(doing: "trust an authority")
        }
    }

    deinit { X509_STORE_free(store) }

    /// Trusts nobody: what an unknown label gets.
    static func nobody() throws(TLSError) -> TrustedAuthority { try TrustedAuthority([]) }
}
