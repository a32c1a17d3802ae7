internal import COpenSSL

/// Verifies a peer's certificate: OpenSSL's own verification, whole, and then what it does not ask.
///
/// It runs in place of `X509_verify_cert` and calls it, so it can refuse more than OpenSSL, never less. There is no verify callback
/// (the one whose result turns errors into successes).
enum PeerVerification {
    /// OpenSSL's number for the extended key usage that the peer must have.
    enum Purpose {
        case device, server

        var usage: UInt32 {
            switch self {
            case .device: UInt32(XKU_SSL_CLIENT)
            case .server: UInt32(XKU_SSL_SERVER)
            }
        }
    }

    /// A device's certificate, on the server.
    ///
    /// On the wire a certificate that the label's authority did not sign is always "unknown authority", as it is for a label that does not
    /// exist. Only what OpenSSL finds after the signatures (the leaf's time) and what we ask after it is told apart: by then the
    /// certificate is proven to be the tenant's own. The true reason stays in the notes, for our log.
    static func ofDevice(_ check: OpaquePointer) -> Int32 {
        if run(check) {
            guard let objection = furtherObjection(check, to: .device) else { return 1 }
            X509_STORE_CTX_set_error(check, objection)
            return 0
        }
        let code = X509_STORE_CTX_get_error(check)
        let isTime = code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CERT_NOT_YET_VALID
        if !(isTime && X509_STORE_CTX_get_error_depth(check) == 0) {
            notes(of: check)?.refusal = reason(code)
            X509_STORE_CTX_set_error(check, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
        }
        return 0
    }

    /// The server's certificate, on a device. With a pin, the only anchor is the certificate in the server's chain whose key has that
    /// SHA-256 and which that key has signed itself: everything in it is then its owner's word.
    static func ofServer(_ check: OpaquePointer, pin: [UInt8]?) -> Int32 {
        guard let pin else { return conclude(check) }
        guard let anchors = OPENSSL_sk_new_null() else {
            X509_STORE_CTX_set_error(check, X509_V_ERR_OUT_OF_MEM)
            return 0
        }
        defer { OPENSSL_sk_free(anchors) }
        let shown = X509_STORE_CTX_get0_untrusted(check)
        for index in 0..<max(0, OPENSSL_sk_num(shown)) {
            guard let item = OPENSSL_sk_value(shown, index) else { continue }
            let certificate = OpaquePointer(item)
            if Certificate.pin(certificate) == pin, isAnchor(certificate) {
                OPENSSL_sk_push(anchors, item)
                break
            }
        }
        X509_STORE_CTX_set0_trusted_stack(check, anchors)
        return conclude(check)
    }

    /// An authority's own certificate, on P-256, which its key has signed.
    static func isAnchor(_ certificate: OpaquePointer) -> Bool {
        guard Certificate.isAuthority(certificate), Certificate.isOnP256(certificate), let key = X509_get0_pubkey(certificate) else { return false }
        return TLSLibrary.call { X509_verify(certificate, key) } == 1
    }

    private static func conclude(_ check: OpaquePointer) -> Int32 {
        guard run(check) else { return 0 }
        guard let objection = furtherObjection(check, to: .server) else { return 1 }
        X509_STORE_CTX_set_error(check, objection)
        return 0
    }

    /// OpenSSL's own verification. A failure never leaves "no error" behind.
    private static func run(_ check: OpaquePointer) -> Bool {
        let isVerified = TLSLibrary.call { X509_verify_cert(check) } == 1
        if !isVerified, X509_STORE_CTX_get_error(check) == X509_V_OK { X509_STORE_CTX_set_error(check, X509_V_ERR_UNSPECIFIED) }
        return isVerified
    }

    /// What OpenSSL does not ask: an extended key usage that is there and names this end; P-256 in the whole chain; CA:TRUE above the leaf.
    private static func furtherObjection(_ check: OpaquePointer, to purpose: Purpose) -> Int32? {
        guard let chain = X509_STORE_CTX_get0_chain(check), OPENSSL_sk_num(chain) > 0 else { return X509_V_ERR_UNSPECIFIED }
        for index in 0..<OPENSSL_sk_num(chain) {
            guard let item = OPENSSL_sk_value(chain, index) else { return X509_V_ERR_UNSPECIFIED }
            let certificate = OpaquePointer(item)
            if index == 0 {
                let usage = TLSLibrary.call { X509_get_extended_key_usage(certificate) }
                guard usage != UInt32.max, usage & purpose.usage != 0 else { return X509_V_ERR_INVALID_PURPOSE }
                guard !Certificate.isAuthority(certificate) else { return X509_V_ERR_INVALID_PURPOSE }
            } else {
                guard Certificate.isAuthority(certificate) else { return X509_V_ERR_INVALID_CA }
            }
            guard Certificate.isOnP256(certificate) else { return wrongKey }
        }
        return nil
    }

    /// OpenSSL has no number for "not on P-256"; this one sends "bad certificate".
    private static let wrongKey = X509_V_ERR_EE_KEY_TOO_SMALL

    private static func notes(of check: OpaquePointer) -> SessionNotes? {
        X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()).flatMap { SessionNotes.of(OpaquePointer($0)) }
    }

    /// OpenSSL's number as ours.
    static func reason(_ code: Int32) -> TLSError {
        switch code {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE,
            X509_V_ERR_CERT_UNTRUSTED:
            .unknownAuthority
        case X509_V_ERR_CERT_HAS_EXPIRED: .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
        case X509_V_ERR_HOSTNAME_MISMATCH: .wrongName
        case X509_V_ERR_INVALID_PURPOSE: .wrongPurpose
        case wrongKey: .wrongKey
        case X509_V_ERR_CERT_CHAIN_TOO_LONG: .chainTooLong
        default: .badCertificate(code: code)
        }
    }
}
