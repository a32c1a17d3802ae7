internal import COpenSSL

/// HMAC with SHA-256 (RFC 2104): thirty-two bytes.
public enum HMAC {
    public static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { message in key.withUnsafeBytes { code(of: message, key: $0) } }
    }

    public static func sha256(_ message: [UInt8], key: SecretBytes) -> [UInt8] {
        message.withUnsafeBytes { message in key.withBuffer { code(of: message, key: UnsafeRawBufferPointer($0)) } }
    }

    static func code(of message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> [UInt8] {
        guard let context = EVP_MAC_CTX_dup(template) else { preconditionFailure("libcrypto could not begin an HMAC") }
        defer { EVP_MAC_CTX_free(context) }
        return [UInt8](unsafeUninitializedCapacity: 32) { output, initialized in
            // A null key would mean "the one before" to libcrypto.
            var none: UInt8 = 0
            withUnsafeBytes(of: &none) { empty in
                let key = (start: key.baseAddress ?? empty.baseAddress, count: key.count)
                Library.done(EVP_MAC_init(context, key.start?.assumingMemoryBound(to: UInt8.self), key.count, nil), "setting an HMAC's key")
            }
            Library.done(EVP_MAC_update(context, message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count), "an HMAC")
            Library.done(EVP_MAC_final(context, output.baseAddress, &initialized, 32), "an HMAC")
        }
    }

    /// An HMAC before its key: looking algorithms up by their names costs libcrypto more than computing a short one.
    private nonisolated(unsafe) static let template: OpaquePointer = {
        let algorithm = Library.created(EVP_MAC_fetch(nil, "HMAC", nil), "an HMAC")
        defer { EVP_MAC_free(algorithm) }
        let context = Library.created(EVP_MAC_CTX_new(algorithm), "an HMAC")
        // The parameters keep both pointers.
        "digest".withCString { parameter in
            var digest = Array("SHA2-256".utf8CString)
            digest.withUnsafeMutableBufferPointer { name in
                let parameters = [OSSL_PARAM_construct_utf8_string(parameter, name.baseAddress, 0), OSSL_PARAM_construct_end()]
                Library.done(EVP_MAC_CTX_set_params(context, parameters), "choosing an HMAC's digest")
            }
        }
        return context
    }()
}

/// HKDF with SHA-256 (RFC 5869): independent keys from one secret.
public enum HKDF {
    /// `info` says what the key is for; `salt` may be empty. At most 255 × 32 bytes.
    public static func sha256(secret: SecretBytes, salt: [UInt8], info: [UInt8], count: Int) -> SecretBytes {
        var output = derive(secret: secret, salt: salt, info: info, count: count)
        return SecretBytes(moving: &output)
    }

    /// The same in ordinary memory, which the caller zeroes.
    static func derive(secret: SecretBytes, salt: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        precondition(count > 0 && count <= 255 * 32, "HKDF gives at most 255 blocks")
        var key = salt.withUnsafeBytes { salt in secret.withBuffer { HMAC.code(of: UnsafeRawBufferPointer($0), key: salt) } }
        defer { key.cleanse() }
        var output = [UInt8](repeating: 0, count: count)
        var block: [UInt8] = []
        defer { block.cleanse() }
        var filled = 0
        var number: UInt8 = 1
        while filled < count {
            var input = block + info + [number]
            block.cleanse()
            block = HMAC.sha256(input, key: key)
            input.cleanse()
            for byte in block.prefix(count - filled) {
                output[filled] = byte
                filled += 1
            }
            number &+= 1
        }
        return output
    }
}

extension Array where Element == UInt8 {
    /// Zeroes the bytes in a way the compiler may not leave out.
    mutating func cleanse() {
        withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
