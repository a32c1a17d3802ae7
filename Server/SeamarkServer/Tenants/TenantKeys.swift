internal import Foundation
public import SeamarkCrypto
public import SeamarkJournal

/// A tenant's secrets and the two facts that lead to it: its id and its label. They lie apart from its database.
public struct TenantKeys: Sendable {
    public let tenant: Identifier
    /// Thirty-two lower-case hexadecimal digits: what its devices show when they connect. Opaque, so that a listener on the way
    /// learns no client's name.
    public let label: String
    /// Signs the tenant's devices and the server's signing keys.
    public let authority: CertificateAuthority
    /// The server's own key for this tenant: receipts, checkpoints, headquarters' blocks.
    public let signingKey: SigningKey
    /// Seals what is sensitive in the database.
    public let dataKey: SecretBytes

    static let authorityValiditySeconds: Int64 = 20 * 365 * 86_400

    private struct Facts: Codable {
        var format: Int
        var tenant: String
        var label: String
    }

    /// Makes a tenant's folder with everything but its database. `finish` makes it count.
    static func create(in folder: TenantFolder, clock: WallClock) throws -> TenantKeys {
        try PrivateFile.makeFolder(folder.path)
        try PrivateFile.makeFolder(folder.data)
        try PrivateFile.makeFolder(folder.keys)
        let now = clock.now()
        let authority = try CertificateAuthority.create(
            commonName: "Seamark tenant", notBefore: now / 1000 - Installation.clockAllowanceSeconds,
            notAfter: now / 1000 + authorityValiditySeconds)
        let keys = try TenantKeys(
            tenant: Identifier.drawn(at: now), label: Hexadecimal.text(of: Randomness.bytes(16)), authority: authority,
            signingKey: SigningKey.generate(), dataKey: Randomness.secret(32))
        try PrivateFile.create(folder.authorityKey, Array(authority.key.pem.utf8))
        try PrivateFile.create(folder.authorityCertificate, Array(authority.certificate.pem.utf8))
        try PrivateFile.create(folder.signingKey, Array(Hexadecimal.text(of: keys.signingKey.seed.copy()).utf8))
        try PrivateFile.create(folder.dataKey, Array(Hexadecimal.text(of: keys.dataKey.copy()).utf8))
        return keys
    }

    /// The tenant is whole: from here on a server finds it.
    func finish(in folder: TenantFolder) throws {
        try PrivateFile.create(folder.facts, Array(JSONEncoder().encode(Facts(format: 1, tenant: tenant.description, label: label))))
    }

    /// Whose folder it says it is; nil where it does not say.
    static func tenant(in folder: TenantFolder) throws(OperationFailure) -> Identifier? {
        guard try PrivateFile.exists(folder.facts) else { return nil }
        let bytes = try PrivateFile.read(folder.facts)
        return (try? JSONDecoder().decode(Facts.self, from: Data(bytes))).flatMap { Identifier($0.tenant) }
    }

    /// Reads the keys of a tenant's folder. Refuses any that others may read.
    init(opening folder: TenantFolder) throws {
        let doing = "opening the tenant in \(folder.path)"
        for path in [folder.path, folder.data, folder.keys] { try PrivateFile.requirePrivate(path, isFolder: true) }
        let stored = try PrivateFile.read(folder.facts)
        guard let facts = try? JSONDecoder().decode(Facts.self, from: Data(stored)), facts.format == 1,
            let tenant = Identifier(facts.tenant), Hexadecimal.bytes(of: Array(facts.label.utf8))?.count == 16
        else {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "tenant.json is damaged", remedy: "restore it from a backup")
        }
        do {
            self.init(
                tenant: tenant, label: facts.label,
                authority: try CertificateAuthority(
                    keyPEM: PrivateFile.readText(folder.authorityKey), certificatePEM: PrivateFile.readText(folder.authorityCertificate)),
                signingKey: SigningKey(seed: try Self.secret(folder.signingKey)), dataKey: try Self.secret(folder.dataKey))
        } catch let error as CertificateError {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "its authority is damaged (\(error))", remedy: "restore the keys from a backup")
        }
    }

    private init(tenant: Identifier, label: String, authority: CertificateAuthority, signingKey: SigningKey, dataKey: SecretBytes) {
        self.tenant = tenant
        self.label = label
        self.authority = authority
        self.signingKey = signingKey
        self.dataKey = dataKey
    }

    private static func secret(_ path: String) throws(OperationFailure) -> SecretBytes {
        guard var bytes = Hexadecimal.bytes(of: try PrivateFile.read(path)), bytes.count == 32 else {
            throw OperationFailure(
                .configuration, doing: "reading \(path)", wrong: "it does not hold a key of 32 bytes", remedy: "restore it from a backup")
        }
        return SecretBytes(moving: &bytes)
    }
}

extension TenantKeys {
    /// What opens the bundles of the tenant's devices. Derived from the data key, so that every tenant has it, old ones too, and no
    /// backup can lack it.
    var bundleKey: AgreementKey {
        AgreementKey(privateBytes: HKDF.sha256(secret: dataKey, salt: [], info: Array("seamark tenant bundle key 1".utf8), count: 32))
    }
}

extension Identifier {
    /// A new time-ordered id.
    static func drawn(at milliseconds: Int64) throws(NoEntropy) -> Identifier {
        let dice = try Randomness.identifierWords()
        return .timeOrdered(milliseconds: milliseconds, dice: (dice.high, dice.low))
    }
}
