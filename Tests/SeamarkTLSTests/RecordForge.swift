import COpenSSL

/// Seals records as a device would, with any content, from the secret of a bare OpenSSL end: what no library would send.
final class RecordForge {
    let peer: RawPeer
    private var key: [UInt8] = []
    private var vector: [UInt8] = []
    private var number: UInt64 = 0

    /// The secrets of peers by the pointer of their context, for the key log callback, which has no argument.
    private final class Log { var secret: [UInt8] = [] }
    private let log = Log()

    init(certificate: TestAuthority.Issued) {
        peer = RawPeer(certificate: certificate) { context in
            precondition(SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") == 1)
            SSL_CTX_set_keylog_callback(context) { ssl, line in
                guard let ssl, let line, let data = SSL_get_ex_data(ssl, RecordForge.place) else { return }
                let words = String(cString: line).split(separator: " ")
                guard words.count == 3, words[0] == "CLIENT_TRAFFIC_SECRET_0" else { return }
                let digits = Array(words[2])
                Unmanaged<Log>.fromOpaque(data).takeUnretainedValue().secret = stride(from: 0, to: digits.count, by: 2)
                    .compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
            }
        }
        SSL_set_ex_data(peer.ssl, Self.place, Unmanaged.passUnretained(log).toOpaque())
    }

    private static let place = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nil, nil, nil, nil)

    /// One record of inner `type` (21 alert, 22 handshake, 23 content).
    func record(type: UInt8, _ content: [UInt8], padding: Int = 0) -> [UInt8] {
        if key.isEmpty {
            key = expand("key", 16)
            vector = expand("iv", 12)
        }
        let inner = content + [type] + [UInt8](repeating: 0, count: padding)
        let length = inner.count + 16
        let header: [UInt8] = [23, 3, 3, UInt8(length >> 8), UInt8(length & 0xff)]
        var nonce = vector
        for index in 0..<8 { nonce[11 - index] ^= UInt8(truncatingIfNeeded: number >> (8 * UInt64(index))) }
        number += 1
        let context = EVP_CIPHER_CTX_new()!
        defer { EVP_CIPHER_CTX_free(context) }
        var sealed = [UInt8](repeating: 0, count: inner.count)
        var tag = [UInt8](repeating: 0, count: 16)
        var count: Int32 = 0
        precondition(EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nil, key, nonce) == 1)
        precondition(EVP_EncryptUpdate(context, nil, &count, header, 5) == 1)
        precondition(EVP_EncryptUpdate(context, &sealed, &count, inner, Int32(inner.count)) == 1)
        precondition(EVP_EncryptFinal_ex(context, nil, &count) == 1)
        precondition(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag) == 1)
        return header + sealed + tag
    }

    /// HKDF-Expand-Label of RFC 8446 section 7.1, for at most one block.
    private func expand(_ label: String, _ count: Int) -> [UInt8] {
        let name = Array("tls13 \(label)".utf8)
        let info = [0, UInt8(count), UInt8(name.count)] + name + [0, 1]
        var block = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        precondition(log.secret.count == 32)
        HMAC(EVP_sha256(), log.secret, 32, info, info.count, &block, &length)
        return Array(block.prefix(count))
    }
}
