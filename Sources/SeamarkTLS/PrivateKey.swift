internal import COpenSSL

/// One private key on P-256, held until the last user lets go. Never changed after `init`, so it may be shared.
final class PrivateKey: @unchecked Sendable {
    let handle: OpaquePointer

    /// From PKCS #8 or SEC 1, as DER or PEM, without a passphrase.
    init(_ bytes: [UInt8]) throws(TLSError) {
        let context = try TLSLibrary.context()
        guard bytes.count <= 16 * 1024 else { throw .unusableKey }
        let parsed = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            ERR_clear_error()
            guard let start = buffer.baseAddress else { return nil }
            if start.pointee == UInt8(ascii: "-") {
                guard let source = BIO_new_mem_buf(start, Int32(buffer.count)) else { return nil }
                defer { BIO_free(source) }
                return PEM_read_bio_PrivateKey_ex(source, nil, refusePassphrase, nil, context, nil)
            }
            var next: UnsafePointer<UInt8>? = start
            return d2i_AutoPrivateKey_ex(nil, &next, buffer.count, context, nil)
        }
        ERR_clear_error()
        guard let parsed else { throw .unusableKey }
        guard Self.isOnP256(parsed) else {
            EVP_PKEY_free(parsed)
            throw .unusableKey
        }
        handle = parsed
    }

    deinit { EVP_PKEY_free(handle) }

    static func isOnP256(_ key: OpaquePointer) -> Bool {
        var name = [CChar](repeating: 0, count: 32)
        var length = 0
        guard TLSLibrary.call({ EVP_PKEY_is_a(key, "EC") }) == 1,
            TLSLibrary.call({ EVP_PKEY_get_group_name(key, &name, name.count, &length) }) == 1
        else { return false }
        return name.prefix(length).elementsEqual("prime256v1".utf8.map { CChar($0) })
    }
}
