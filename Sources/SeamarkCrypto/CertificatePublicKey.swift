internal import COpenSSL
public import SeamarkJournal

/// The public half of a P-256 key, as certificates and requests carry it.
public struct CertificatePublicKey: Hashable, Sendable {
    /// The SubjectPublicKeyInfo in DER: ninety-one bytes, one encoding for each key.
    public let info: [UInt8]

    /// The DER before the sixty-four bytes of an uncompressed point on the named curve prime256v1.
    private static let prefix: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
        0x07, 0x03, 0x42, 0x00, 0x04,
    ]

    /// Refuses every other kind of key, curve or encoding, and points that are not on the curve.
    public init(info: [UInt8]) throws(CertificateError) {
        guard let key = Self.key(info) else { throw .unsupportedKey }
        EVP_PKEY_free(key)
        try self.init(decoded: info)
    }

    /// Of bytes that libcrypto has decoded already, so the point is on its curve; decoding takes a tenth of a millisecond.
    private init(decoded info: [UInt8]) throws(CertificateError) {
        guard info.count == 91, info.starts(with: Self.prefix) else { throw .unsupportedKey }
        self.info = info
    }

    /// SHA-256 of `info`: what an invitation pins, and what the six words of a device are made from.
    public var pin: Hash256 { Digest.sha256(info) }

    /// Is `signature` an ECDSA signature in DER over the SHA-256 of `message`, by this key?
    public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count <= 72, let key = Self.key(info) else { return false }
        return KeyHandle(owning: key).verifies(signature, of: message, digest: EVP_sha256())
    }

    private static func key(_ info: [UInt8]) -> OpaquePointer? {
        guard info.count == 91 else { return nil }
        return Library.parsed(info, free: EVP_PKEY_free) { d2i_PUBKEY(nil, $0, $1) }
    }

    /// Of a handle that a caller keeps alive.
    static func of(_ key: OpaquePointer?) throws(CertificateError) -> CertificatePublicKey {
        guard let key, let info = Library.der({ i2d_PUBKEY(key, $0) }) else { throw .unsupportedKey }
        return try CertificatePublicKey(decoded: info)
    }
}
