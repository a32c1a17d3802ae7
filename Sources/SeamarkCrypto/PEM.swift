internal import COpenSSL

/// The text form of DER structures (RFC 7468).
enum PEM {
    static func text(_ label: String, _ der: [UInt8]) -> String {
        let encoded = [UInt8](unsafeUninitializedCapacity: (der.count + 2) / 3 * 4 + 1) { output, initialized in
            initialized = Int(EVP_EncodeBlock(output.baseAddress, der, Int32(der.count)))
        }
        var text = "-----BEGIN \(label)-----\n"
        for start in stride(from: 0, to: encoded.count, by: 64) {
            text += String(decoding: encoded[start..<min(start + 64, encoded.count)], as: UTF8.self) + "\n"
        }
        return text + "-----END \(label)-----\n"
    }

    /// What the first block holds, if it is labelled `label` and not encrypted: a reader that would ask for a password on the
    /// terminal is never reached.
    static func der(_ label: String, _ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 2 * Certificate.mostBytes else { return nil }
        ERR_clear_error()
        defer { ERR_clear_error() }
        return bytes.withUnsafeBytes { bytes in
            let source = Library.created(BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)), "a reader")
            defer { BIO_free(source) }
            var name: UnsafeMutablePointer<CChar>?
            var header: UnsafeMutablePointer<CChar>?
            var data: UnsafeMutablePointer<UInt8>?
            var count = 0
            guard PEM_read_bio(source, &name, &header, &data, &count) == 1 else { return nil }
            defer {
                CRYPTO_free(name, nil, 0)
                CRYPTO_free(header, nil, 0)
                CRYPTO_clear_free(data, count, nil, 0)
            }
            guard let name, let header, let data, String(cString: name) == label, header.pointee == 0 else { return nil }
            return Array(UnsafeBufferPointer(start: data, count: count))
        }
    }
}
