public import SeamarkCrypto
public import SeamarkJournal

/// What a device cannot do by itself: cryptography, and chance. A simulation passes cheap and repeatable ones.
public struct DeviceTools: Sendable {
    public let primitives: any Primitives
    /// The device's signing key, by its seed.
    public let signer: @Sendable (SecretBytes) -> any Signer
    /// Sixty-four random bits: an incarnation.
    public let word: @Sendable () throws -> UInt64
    /// Reads a tenant authority's certificate (DER) into: did it sign this message with this signature?
    public let endorsement: @Sendable ([UInt8]) throws -> @Sendable (_ message: [UInt8], _ signature: [UInt8]) -> Bool

    public init(
        primitives: any Primitives, signer: @escaping @Sendable (SecretBytes) -> any Signer, word: @escaping @Sendable () throws -> UInt64,
        endorsement: @escaping @Sendable ([UInt8]) throws -> @Sendable (_ message: [UInt8], _ signature: [UInt8]) -> Bool
    ) {
        self.primitives = primitives
        self.signer = signer
        self.word = word
        self.endorsement = endorsement
    }

    /// The real thing.
    public static let system = DeviceTools(
        primitives: SystemPrimitives(), signer: { SigningKey(seed: $0) }, word: { try Randomness.word() },
        endorsement: { der in
            let authority = try Certificate(der: der)
            return { message, signature in authority.publicKey.verifies(signature, of: message) }
        })
}
