internal import SeamarkCrypto
public import SeamarkJournal

/// The key over a tenant's keys: 32 random bytes, in the key folder alone. Without it a copy of the tenant's folder opens nothing that is sealed
/// and signs nothing, and none of its backups is readable, whoever knows their passphrase.
///
/// What it wraps is `sealed(key file)`, with the tenant's id and the role of the file authenticated, so that no file takes another's place. The
/// tenant's folder and its backups hold `check`, by which another key is told from a damaged file; it gives nothing away of 256 random bits.
public struct TenantKey: Sendable {
    static let byteCount = 32

    public let tenant: Identifier
    let secret: SecretBytes

    /// What a wrapped file holds.
    enum Role: String {
        case authority, signing, data
        /// While the authority is being replaced.
        case successor
        /// While the signing key is being replaced, and what it took the place of.
        case replacing, earlier

        /// What every tenant has.
        static let allCases: [Role] = [.authority, .signing, .data]

        /// No file of this role is longer. Two of them name a place of every log, once for each key that was replaced.
        var longest: Int {
            switch self {
            case .authority, .signing, .data, .successor: PrivateFile.mostBytes
            case .replacing, .earlier: PrivateFile.mostBytes + TenantKeys.mostEarlier * EarlierServerKey.longest
            }
        }
    }

    /// A new one.
    init(for tenant: Identifier) throws(NoEntropy) { self.init(of: tenant, try Randomness.secret(Self.byteCount)) }

    init(of tenant: Identifier, _ secret: SecretBytes) {
        self.tenant = tenant
        self.secret = secret
    }

    /// From its recovery text; nil for what is none, or was mistyped.
    public init?(_ text: String, of tenant: Identifier) {
        guard let secret = RecoveryText.secret(text, byteCount: Self.byteCount) else { return nil }
        self.init(of: tenant, secret)
    }

    /// The recovery text: fourteen groups of four letters and digits.
    public var text: String { RecoveryText.text(of: secret) }

    /// Sixteen bytes that tell one key from another.
    var check: [UInt8] { derived("check", count: 16).copy() }

    func wrap(_ bytes: [UInt8], as role: Role) throws -> [UInt8] {
        try SealingKey(dataKey: derived("wrap")).seal(bytes, authenticating: place(role))
    }

    func unwrap(_ bytes: [UInt8], as role: Role) throws -> [UInt8] {
        try SealingKey(dataKey: derived("wrap")).open(bytes, authenticating: place(role))
    }

    /// What seals a backup: from the secret under the passphrase and this key, so that neither opens it alone.
    func backupKey(_ secret: SecretBytes) -> SecretBytes {
        var both = secret.copy() + self.secret.copy()
        return HKDF.sha256(secret: SecretBytes(moving: &both), salt: [], info: Array("seamark backup key 2".utf8), count: 32)
    }

    private func derived(_ use: String, count: Int = 32) -> SecretBytes {
        HKDF.sha256(secret: secret, salt: tenant.bytes, info: Array("seamark tenant key \(use) 1".utf8), count: count)
    }

    private func place(_ role: Role) -> [UInt8] { Array("seamark wrapped key 1".utf8) + tenant.bytes + Array(role.rawValue.utf8) }

    static func missing(_ file: String, doing: String) -> OperationFailure {
        OperationFailure(
            .configuration, doing: doing, wrong: "the tenant key is not there (\(file)), and nothing else opens it",
            remedy: "put that file back, or name its folder with --keys; or type in its recovery text "
                + "(of a tenant that is here: seamark-server tenant key NAME --put-back; of a backup: --recovery-file or --recovery-fd). "
                + "If it was being shredded, run seamark-server tenant shred again: it ends that")
    }
}
