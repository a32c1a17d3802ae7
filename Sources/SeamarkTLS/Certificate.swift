internal import COpenSSL

/// One X.509 certificate of the library, held until the last user lets go.
///
/// Never changed after `init`, and OpenSSL guards what it computes late with a lock of its own, so it may be shared.
final class Certificate: @unchecked Sendable {
    let handle: OpaquePointer

    /// From DER, or from PEM text of exactly one certificate.
    init(_ bytes: [UInt8]) throws(TLSError) {
        let context = try TLSLibrary.context()
        guard bytes.count <= Self.longest else { throw .unusableCertificate }
        let parsed =
            bytes.first == UInt8(ascii: "-")
            ? Self.parsePEM(bytes, in: context) : TLSLibrary.call { Self.parseDER(bytes, in: context) }
        ERR_clear_error()
        guard let parsed else { throw .unusableCertificate }
        handle = parsed
    }

    deinit { X509_free(handle) }

    /// Bytes: as much as a peer may send as a whole chain.
    static let longest = 16 * 1024

    private static func parseDER(_ bytes: [UInt8], in context: OpaquePointer) -> OpaquePointer? {
        bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            guard let start = buffer.baseAddress else { return nil }
            var empty = X509_new_ex(context, nil)
            var next: UnsafePointer<UInt8>? = start
            guard let parsed = d2i_X509(&empty, &next, buffer.count) else {
                return nil  // d2i has freed what it was given
            }
            guard next == start + buffer.count else {
                X509_free(parsed)
                return nil
            }
            return parsed
        }
    }

    private static func parsePEM(_ bytes: [UInt8], in context: OpaquePointer) -> OpaquePointer? {
        bytes.withUnsafeBytes { buffer -> OpaquePointer? in
            ERR_clear_error()
            guard let source = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else { return nil }
            defer { BIO_free(source) }
            var empty = X509_new_ex(context, nil)
            guard let parsed = PEM_read_bio_X509(source, &empty, refusePassphrase, nil) else {
                X509_free(empty)
                return nil
            }
            return parsed
        }
    }

    // MARK: What verification asks of a certificate

    /// The certificate as DER.
    static func der(_ certificate: OpaquePointer) -> [UInt8] {
        let length = Int(TLSLibrary.call { i2d_X509(certificate, nil) })
        guard length > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var next = buffer.baseAddress
            count = i2d_X509(certificate, &next) == Int32(length) ? length : 0
        }
    }

    /// Whether it says CA:TRUE itself (1): not by being old or by usage alone.
    static func isAuthority(_ certificate: OpaquePointer) -> Bool { TLSLibrary.call { X509_check_ca(certificate) } == 1 }

    /// Whether its key is on the curve P-256, given by name.
    static func isOnP256(_ certificate: OpaquePointer) -> Bool {
        guard let key = TLSLibrary.call({ X509_get0_pubkey(certificate) }) else { return false }
        return PrivateKey.isOnP256(key)
    }

    /// SHA-256 of the subject public key info, as DER: what a pin is.
    static func pin(_ certificate: OpaquePointer) -> [UInt8]? {
        guard let context = try? TLSLibrary.context(), let info = X509_get_X509_PUBKEY(certificate) else { return nil }
        let length = Int(TLSLibrary.call { i2d_X509_PUBKEY(info, nil) })
        guard length > 0 else { return nil }
        let der = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var next = buffer.baseAddress
            count = i2d_X509_PUBKEY(info, &next) == Int32(length) ? length : 0
        }
        var digest = [UInt8](repeating: 0, count: 32)
        var written = 0
        let done = TLSLibrary.call { EVP_Q_digest(context, "SHA256", nil, der, der.count, &digest, &written) }
        return done == 1 && written == 32 && der.count == length ? digest : nil
    }
}

/// OpenSSL would ask the terminal for a passphrase; we have none to give.
let refusePassphrase: @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = { _, _, _, _ in -1 }
