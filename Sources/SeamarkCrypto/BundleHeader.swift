/// What a bundle says in the open: that it is one, and to which key it is sealed. It names nobody.
///
///     "SMBU" (4) ‖ version 1 (1) ‖ kind (1) ‖ key it is sealed to (32) ‖ key made for this bundle alone (32)
///
/// Every sealed part is bound to it (`Protocol/SPEC.md`, "Bundles").
public struct BundleHeader: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        /// A device's push, sealed to the tenant.
        case push = 1
        /// The server's receipts, sealed to the device.
        case reply = 2
    }

    public static let byteCount = 70
    private static let magic = Array("SMBU".utf8)
    private static let version: UInt8 = 1

    public let kind: Kind
    let recipient: [UInt8]
    let ephemeral: [UInt8]

    init(kind: Kind, recipient: [UInt8], ephemeral: [UInt8]) {
        self.kind = kind
        self.recipient = recipient
        self.ephemeral = ephemeral
    }

    public var bytes: [UInt8] { Self.magic + [Self.version, kind.rawValue] + recipient + ephemeral }

    init(_ bytes: [UInt8]) throws(BundleFault) {
        guard bytes.count >= 4, Array(bytes[0..<4]) == Self.magic else { throw .notABundle }
        guard bytes.count == Self.byteCount else { throw .cutShort }
        guard bytes[4] == Self.version else { throw .newerVersion }
        guard let kind = Kind(rawValue: bytes[5]) else { throw .newerVersion }
        self.init(kind: kind, recipient: Array(bytes[6..<38]), ephemeral: Array(bytes[38..<70]))
    }

    /// The key of the parts, from the secret that both ends share.
    func key(from secret: SecretBytes) -> SecretBytes {
        HKDF.sha256(secret: secret, salt: [], info: Array("seamark bundle parts 1".utf8) + bytes, count: 32)
    }
}

/// Why a bundle cannot be written or read.
public enum BundleFault: Error, Hashable, Sendable {
    case notABundle
    case newerVersion
    /// A push where a reply belongs, or the other way round.
    case otherKind
    /// Sealed to another tenant, or to another device.
    case otherRecipient
    /// The file ends before the bundle does.
    case cutShort
    /// A byte of it is not as it was written, or it holds what belongs into no bundle.
    case damaged
    /// There is a file of that name.
    case exists
    case noEntropy
    /// Reading or writing failed, by the system's number.
    case system(Int32)

    /// What is wrong with the bundle, by its number in `SPEC.md` section 8; nil where something else is.
    public var problem: UInt32? {
        switch self {
        case .notABundle: 4501
        case .newerVersion: 4502
        case .otherKind: 4503
        case .otherRecipient: 4504
        case .cutShort: 4505
        case .damaged: 4506
        case .exists, .noEntropy, .system: nil
        }
    }

    /// The number of a bundle whose signatures do not verify.
    public static let forged: UInt32 = 4507
}
