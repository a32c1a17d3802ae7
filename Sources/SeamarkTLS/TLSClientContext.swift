internal import COpenSSL

/// How a device talks to its server: whom it trusts, the name it verifies, the label it shows, and who it is.
///
/// Immutable; may be shared between threads.
public final class TLSClientContext: @unchecked Sendable {
    /// The only anchor. Nothing that the system trusts counts.
    public enum Trust: Sendable {
        /// The installation authority's certificate, DER or PEM; while that is being replaced, its successor's too.
        case authorities([[UInt8]])
        /// SHA-256 of the installation authority's subject public key info (DER): all that an invitation carries. The server sends the
        /// authority along; only the certificate with this key is trusted, and it is what `TLSSession.serverAuthority` returns.
        case pin([UInt8])

        /// One authority alone.
        public static func authority(_ certificate: [UInt8]) -> Trust { .authorities([certificate]) }
    }

    let settings: ConversationSettings
    let serverName: String
    let label: String
    private let pin: [UInt8]?
    private let authority: TrustedAuthority

    /// `serverName` is verified and never sent; `label` is sent and never verified. Without `identity` only the enrolment door answers.
    public init(trust: Trust, serverName: String, label: String, identity: TLSIdentity? = nil) throws(TLSError) {
        guard ServerNameExtension.isServerName(Array(serverName.utf8)), ServerNameExtension.isLabel(Array(label.utf8)) else {
            throw .unusableName
        }
        switch trust {
        case .authorities(let certificates):
            authority = try TrustedAuthority(certificates: certificates)
            pin = nil
        case .pin(let hash):
            guard hash.count == 32 else { throw .unusablePin }
            authority = try .nobody()
            pin = hash
        }
        let settings = try ConversationSettings(method: TLS_client_method(), identity: identity)
        self.settings = settings
        self.serverName = serverName
        self.label = label
        let context = settings.handle
        guard TLSLibrary.call({ copenssl_tls_set_context_verify_store(context, authority.store) }) == 1 else {
            throw TLSLibrary.failure(doing: "trust an authority")
        }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        // Every conversation holds this object, so the pointer outlives each call.
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        SSL_CTX_set_cert_verify_callback(
            context,
            { check, argument in
                guard let check, let argument else { return 0 }
                let context = Unmanaged<TLSClientContext>.fromOpaque(argument).takeUnretainedValue()
                return PeerVerification.ofServer(check, pin: context.pin)
            }, pointer)
    }

    /// What the label and the name are for: one is shown, the other verified.
    func prepare(_ ssl: OpaquePointer) -> Bool {
        SSL_set_hostflags(
            ssl, UInt32(X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        return TLSLibrary.call { SSL_set1_host(ssl, serverName) } == 1
            && TLSLibrary.call { copenssl_tls_set_server_name(ssl, label) } == 1
    }
}
