internal import Foundation
public import SeamarkCrypto
public import SeamarkJournal

/// A tenant's secrets and the two facts that lead to it: its id and its label. They lie apart from its database, each wrapped under the tenant key,
/// which lies in the key folder.
public struct TenantKeys: Sendable {
    let tenantKey: TenantKey
    public var tenant: Identifier { tenantKey.tenant }
    /// Thirty-two lower-case hexadecimal digits: what its devices show when they connect. Opaque, so that a listener on the way
    /// learns no client's name.
    public let label: String
    /// Signs the tenant's devices and the server's signing keys; while another one takes over from it, see `authority(at:)`.
    public let authority: CertificateAuthority
    /// While the authority is being replaced.
    let succession: Succession?
    /// What the authorities that were replaced said of who takes over, the oldest first.
    let words: [Certificate]
    /// The server's own key for this tenant: receipts, checkpoints, headquarters' blocks.
    public let signingKey: SigningKey
    /// Those that it took the place of, the oldest first.
    let earlier: [EarlierServerKey]
    /// While it takes the place of another one: until the store has come to its epoch, and the other's file is gone.
    let replacement: Replacement?
    /// Seals what is sensitive in the database.
    public let dataKey: SecretBytes

    static let authorityName = "Seamark tenant"
    static let authorityValiditySeconds: Int64 = 20 * 365 * 86_400

    /// What `tenant.json` says.
    struct Facts {
        let tenant: Identifier
        let label: String
        /// Which tenant key the others are wrapped under; nil where an earlier version left them plain.
        let keyCheck: [UInt8]?

        private struct Document: Codable {
            var format: Int
            var tenant: String
            var label: String
            var keyCheck: String?
        }

        init(tenant: Identifier, label: String, keyCheck: [UInt8]?) {
            self.tenant = tenant
            self.label = label
            self.keyCheck = keyCheck
        }

        /// Nil where the bytes do not say.
        init?(_ bytes: [UInt8]) {
            guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)), let tenant = Identifier(document.tenant),
                Hexadecimal.bytes(of: Array(document.label.utf8))?.count == 16
            else { return nil }
            let keyCheck = document.keyCheck.flatMap { Hexadecimal.bytes(of: Array($0.utf8)) }
            guard document.format == 1 && document.keyCheck == nil || document.format == 2 && keyCheck?.count == 16 else { return nil }
            self.init(tenant: tenant, label: document.label, keyCheck: keyCheck)
        }

        func write(in folder: TenantFolder) throws {
            let document = Document(
                format: keyCheck == nil ? 1 : 2, tenant: tenant.description, label: label, keyCheck: keyCheck.map(Hexadecimal.text))
            try PrivateFile.replace(folder.facts, Array(JSONEncoder().encode(document)))
        }
    }

    /// Makes a tenant's folder with everything but its database, and its tenant key. `finish` makes it count.
    static func create(in folder: TenantFolder, under keyFolder: KeyFolder, clock: WallClock) throws -> TenantKeys {
        try PrivateFile.makeFolder(folder.path)
        try PrivateFile.makeFolder(folder.data)
        try PrivateFile.makeFolder(folder.keys)
        let now = clock.now()
        let authority = try CertificateAuthority.create(
            commonName: authorityName, notBefore: now / 1000 - Installation.clockAllowanceSeconds,
            notAfter: now / 1000 + authorityValiditySeconds)
        let tenantKey = try TenantKey(for: Identifier.drawn(at: now))
        let keys = try TenantKeys(
            tenantKey: tenantKey, label: Hexadecimal.text(of: Randomness.bytes(16)), authority: authority,
            signingKey: SigningKey.generate(), dataKey: Randomness.secret(32))
        try keyFolder.keep(tenantKey)
        try PrivateFile.create(folder.authorityCertificate, Array(authority.certificate.pem.utf8))
        for (role, bytes) in [
            (TenantKey.Role.authority, Array(authority.key.pem.utf8)), (.signing, keys.signingKey.seed.copy()), (.data, keys.dataKey.copy()),
        ] { try PrivateFile.create(folder.wrapped(role), tenantKey.wrap(bytes, as: role)) }
        return keys
    }

    /// The tenant is whole: from here on a server finds it.
    func finish(in folder: TenantFolder) throws { try Facts(tenant: tenant, label: label, keyCheck: tenantKey.check).write(in: folder) }

    /// Whose folder it says it is; nil where it does not say.
    static func tenant(in folder: TenantFolder) throws(OperationFailure) -> Identifier? {
        guard try PrivateFile.exists(folder.facts) else { return nil }
        return Facts(try PrivateFile.read(folder.facts))?.tenant
    }

    static func facts(in folder: TenantFolder, doing: String) throws(OperationFailure) -> Facts {
        guard let facts = Facts(try PrivateFile.read(folder.facts)) else {
            throw OperationFailure(.configuration, doing: doing, wrong: "tenant.json is damaged", remedy: "restore it from a backup")
        }
        return facts
    }

    /// Reads the keys of a tenant's folder; what an earlier version left plain is wrapped first (`wrapPlain`). Refuses any that others may read.
    init(opening folder: TenantFolder, under keyFolder: KeyFolder) throws {
        let doing = "opening the tenant in \(folder.path)"
        for path in [folder.path, folder.data, folder.keys] { try PrivateFile.requirePrivate(path, isFolder: true) }
        if try Self.facts(in: folder, doing: doing).keyCheck == nil || Self.hasPlain(folder) { try Self.wrapPlain(in: folder, under: keyFolder, doing: doing) }
        let facts = try Self.facts(in: folder, doing: doing)
        try self.init(opening: folder, facts, under: keyFolder.key(of: facts.tenant, check: facts.keyCheck ?? [], doing: doing), doing: doing)
    }

    /// The wrapped keys of a folder, by a tenant key that is known to be its own.
    init(opening folder: TenantFolder, _ facts: Facts, under tenantKey: TenantKey, doing: String) throws {
        try self.init(folder, facts, tenantKey, doing: doing) { role, file in
            let bytes = try PrivateFile.read(file, atMost: role.longest)
            do { return try tenantKey.unwrap(bytes, as: role) } catch {
                throw OperationFailure(
                    .configuration, doing: doing, wrong: "\(file) is not as it was wrapped under this tenant's key", remedy: "restore the tenant from a backup")
            }
        }
    }

    /// The keys of an earlier version's backup, to look into it: they lie plain, and are left so.
    init(plainIn folder: TenantFolder, _ facts: Facts, doing: String) throws {
        try self.init(folder, facts, TenantKey(for: facts.tenant), doing: doing) { role, _ in try Self.plain(folder, role) }
    }

    private init(
        _ folder: TenantFolder, _ facts: Facts, _ tenantKey: TenantKey, doing: String, reading: (TenantKey.Role, _ file: String) throws -> [UInt8]
    ) throws {
        func secret(_ role: TenantKey.Role) throws -> SecretBytes {
            var bytes = try reading(role, folder.wrapped(role))
            guard bytes.count == 32 else {
                throw OperationFailure(
                    .configuration, doing: doing, wrong: "the \(role.rawValue) key does not have 32 bytes", remedy: "restore the tenant from a backup")
            }
            return SecretBytes(moving: &bytes)
        }
        do {
            let (authority, succession) = try Self.authorities(in: folder, reading: reading)
            let replacement = try Self.replacement(in: folder, reading: reading)
            self.init(
                tenantKey: tenantKey, label: facts.label, authority: authority, signingKey: SigningKey(seed: try replacement?.seed ?? secret(.signing)),
                dataKey: try secret(.data), succession: succession, words: try Self.words(in: folder),
                earlier: try Self.earlier(in: folder, replacement, reading: reading), replacement: replacement)
        } catch let error as DecodeError {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "a file of its signing keys is damaged (\(error))", remedy: "restore the tenant from a backup")
        } catch let error as CertificateError {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "its authority is damaged (\(error))", remedy: "restore the keys from a backup")
        }
    }

    private init(
        tenantKey: TenantKey, label: String, authority: CertificateAuthority, signingKey: SigningKey, dataKey: SecretBytes,
        succession: Succession? = nil, words: [Certificate] = [], earlier: [EarlierServerKey] = [], replacement: Replacement? = nil
    ) {
        self.earlier = earlier
        self.replacement = replacement
        self.succession = succession
        self.words = words
        self.tenantKey = tenantKey
        self.label = label
        self.authority = authority
        self.signingKey = signingKey
        self.dataKey = dataKey
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
