internal import COpenSSL

/// AES-256-GCM under one key, with libcrypto's contexts kept between messages: a new message sets the nonce only.
///
/// Not Sendable: one message at a time. `Sealer` and `SealingKey` hold it behind a lock.
final class GCMContext {
    static let tagCount = 16
    static let nonceCount = 12

    private let sealing: OpaquePointer
    private let opening: OpaquePointer

    /// `key` points to thirty-two bytes.
    init(key: UnsafePointer<UInt8>) {
        sealing = Library.created(EVP_CIPHER_CTX_new(), "a cipher context")
        opening = Library.created(EVP_CIPHER_CTX_new(), "a cipher context")
        Library.done(EVP_EncryptInit_ex(sealing, EVP_aes_256_gcm(), nil, key, nil), "setting a sealing key")
        Library.done(EVP_DecryptInit_ex(opening, EVP_aes_256_gcm(), nil, key, nil), "setting an opening key")
    }

    convenience init(key: SecretBytes) {
        var copy = key.copy()
        self.init(key: copy)
        copy.cleanse()
    }

    deinit {
        EVP_CIPHER_CTX_free(sealing)
        EVP_CIPHER_CTX_free(opening)
    }

    /// `header` ‖ ciphertext ‖ tag, of which the header and `associated` are authenticated, in this order.
    func seal(_ plaintext: Span<UInt8>, nonce: UnsafePointer<UInt8>, header: [UInt8], associated: [UInt8]) -> [UInt8] {
        precondition(plaintext.count <= Int(Int32.max) - 1024, "a message to seal is shorter than two gigabytes")
        let total = header.count + plaintext.count + Self.tagCount
        return [UInt8](unsafeUninitializedCapacity: total) { output, initialized in
            guard let start = output.baseAddress else { preconditionFailure("a sealed message has a tag") }
            var written: Int32 = 0
            Library.done(EVP_EncryptInit_ex(sealing, nil, nil, nil, nonce), "setting a nonce")
            for part in [header, associated] where !part.isEmpty {
                Library.done(EVP_EncryptUpdate(sealing, nil, &written, part, Int32(part.count)), "authenticating")
            }
            for (index, byte) in header.enumerated() { output.initializeElement(at: index, to: byte) }
            let body = start + header.count
            plaintext.withUnsafeBufferPointer { plaintext in
                if !plaintext.isEmpty {
                    Library.done(EVP_EncryptUpdate(sealing, body, &written, plaintext.baseAddress, Int32(plaintext.count)), "sealing")
                }
            }
            let tag = body + plaintext.count
            Library.done(EVP_EncryptFinal_ex(sealing, tag, &written), "sealing")
            Library.done(EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagCount), tag), "reading a tag")
            initialized = total
        }
    }

    /// What was sealed; nil when any byte of `sealed`, the nonce or the associated bytes differs. `sealed` begins with the header.
    func open(_ sealed: Span<UInt8>, nonce: UnsafePointer<UInt8>, headerCount: Int, associated: [UInt8]) -> [UInt8]? {
        let count = sealed.count - headerCount - Self.tagCount
        guard count >= 0, sealed.count <= Int(Int32.max) else { return nil }
        var authentic = false
        var plaintext = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            sealed.withUnsafeBufferPointer { sealed in
                guard let start = sealed.baseAddress else { return }
                var written: Int32 = 0
                var rest: UInt8 = 0
                Library.done(EVP_DecryptInit_ex(opening, nil, nil, nil, nonce), "setting a nonce")
                if headerCount > 0 {
                    Library.done(EVP_DecryptUpdate(opening, nil, &written, start, Int32(headerCount)), "authenticating")
                }
                if !associated.isEmpty {
                    Library.done(EVP_DecryptUpdate(opening, nil, &written, associated, Int32(associated.count)), "authenticating")
                }
                if count > 0 {
                    Library.done(EVP_DecryptUpdate(opening, output.baseAddress, &written, start + headerCount, Int32(count)), "opening")
                }
                let tag = UnsafeMutableRawPointer(mutating: start + headerCount + count)
                Library.done(EVP_CIPHER_CTX_ctrl(opening, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagCount), tag), "setting a tag")
                authentic = EVP_DecryptFinal_ex(opening, &rest, &written) == 1
                initialized = count
            }
        }
        guard authentic else {
            ERR_clear_error()
            plaintext.cleanse()
            return nil
        }
        return plaintext
    }
}
