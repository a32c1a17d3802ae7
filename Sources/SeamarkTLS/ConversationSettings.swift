internal import COpenSSL

/// OpenSSL's context with everything that both ends have in common. Complete before a conversation is made from it, then never changed.
final class ConversationSettings {
    let handle: OpaquePointer

    /// The bytes of certificates that a peer may show.
    static let longestCertificateList = 16 * 1024
    /// Certificates between the peer's own and the authority.
    static let mostIntermediates: Int32 = 1

    init(method: OpaquePointer?, identity: TLSIdentity?) throws(TLSError) {
        let library = try TLSLibrary.context()
        guard let handle = TLSLibrary.call({ SSL_CTX_new_ex(library, nil, method) }) else {
            throw TLSLibrary.failure(doing: "make a TLS context")
        }
        self.handle = handle
        SSL_CTX_set_options(handle, copenssl_tls_options())
        copenssl_tls_set_session_cache_mode(handle, Int(SSL_SESS_CACHE_OFF))
        // Without AUTO_RETRY a read returns after each record without content, so that a flood is counted while it lasts.
        copenssl_tls_clear_mode(handle, Int(SSL_MODE_AUTO_RETRY))
        copenssl_tls_set_mode(
            handle, Int(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN))
        copenssl_tls_set_max_certificate_list(handle, Self.longestCertificateList)
        SSL_CTX_set_verify_depth(handle, Self.mostIntermediates)
        SSL_CTX_set_security_level(handle, 2)
        guard TLSLibrary.call({ copenssl_tls_set_min_version(handle, TLS1_3_VERSION) }) == 1,
            TLSLibrary.call({ copenssl_tls_set_max_version(handle, TLS1_3_VERSION) }) == 1,
            TLSLibrary.call({ copenssl_tls_set_groups(handle, "X25519:P-256:P-384") }) == 1,
            TLSLibrary.call({ copenssl_tls_set_signature_algorithms(handle, "ecdsa_secp256r1_sha256") }) == 1,
            TLSLibrary.call({ copenssl_tls_set_client_signature_algorithms(handle, "ecdsa_secp256r1_sha256") }) == 1,
            TLSLibrary.call({
                SSL_CTX_set_ciphersuites(handle, "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256")
            }) == 1,
            TLSLibrary.call({ SSL_CTX_set_num_tickets(handle, 0) }) == 1,
            TLSLibrary.call({ SSL_CTX_set_max_early_data(handle, 0) }) == 1,
            TLSLibrary.call({ SSL_CTX_set_recv_max_early_data(handle, 0) }) == 1
        else { throw TLSLibrary.failure(doing: "set up a TLS context") }
        if let identity { try use(identity) }
    }

    deinit { SSL_CTX_free(handle) }

    private func use(_ identity: TLSIdentity) throws(TLSError) {
        guard TLSLibrary.call({ SSL_CTX_use_certificate(handle, identity.certificate.handle) }) == 1 else { throw .unusableCertificate }
        guard TLSLibrary.call({ SSL_CTX_use_PrivateKey(handle, identity.key.handle) }) == 1,
            TLSLibrary.call({ SSL_CTX_check_private_key(handle) }) == 1
        else {
            ERR_clear_error()
            throw .keyMismatch
        }
        for further in identity.chain
        where TLSLibrary.call({ copenssl_tls_add_chain_certificate(handle, further.handle) }) != 1 { throw .unusableCertificate }
    }
}
