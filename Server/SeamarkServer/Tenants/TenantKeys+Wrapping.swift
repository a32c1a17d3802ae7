internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkStore

/// From the plain key files of earlier versions to wrapped ones. Cut off anywhere, the next opening goes on: a plain file is touched only when its
/// wrapped one is durable and the act is in the audit log.
extension TenantKeys {
    /// Are there key files of an earlier version?
    static func hasPlain(_ folder: TenantFolder) throws(OperationFailure) -> Bool {
        for role in TenantKey.Role.allCases where try PrivateFile.exists(folder.plain(role)) { return true }
        return false
    }

    /// What an earlier version kept: the authority's key as a PEM, the others in hexadecimal.
    static func plain(_ folder: TenantFolder, _ role: TenantKey.Role) throws -> [UInt8] {
        let bytes = try PrivateFile.read(folder.plain(role))
        guard role != .authority else { return bytes }
        guard let plain = Hexadecimal.bytes(of: bytes), plain.count == 32 else {
            throw OperationFailure(
                .configuration, doing: "reading \(folder.plain(role))", wrong: "it does not hold a key of 32 bytes", remedy: "restore it from a backup")
        }
        return plain
    }

    /// Draws a tenant key where the tenant has none, says in `tenant.json` which it is, and wraps what lies plain. `settle` ends it.
    static func wrapPlain(in folder: TenantFolder, under keyFolder: KeyFolder, doing: String) throws {
        let lock = try DirectoryLock.waiting(forFolder: folder.path)
        defer { withExtendedLifetime(lock) {} }
        let facts = try facts(in: folder, doing: doing)
        let key: TenantKey
        if let check = facts.keyCheck {
            key = try keyFolder.key(of: facts.tenant, check: check, doing: doing)
            try keyFolder.keep(key)
        } else {
            key = try keyFolder.key(of: facts.tenant) ?? TenantKey(for: facts.tenant)
            try keyFolder.keep(key)
            try Facts(tenant: facts.tenant, label: facts.label, keyCheck: key.check).write(in: folder)
        }
        for role in TenantKey.Role.allCases where try PrivateFile.exists(folder.plain(role)) && !PrivateFile.exists(folder.wrapped(role)) {
            try PrivateFile.create(folder.wrapped(role), key.wrap(plain(folder, role), as: role))
        }
        // What an opening before this one made may not have been durable when it was cut off.
        for path in [folder.path, folder.keys] { try PrivateFile.makeDurable(folder: path) }
    }

    /// Notes in the audit log that the tenant has a key of its own from here on, then overwrites and removes what lies plain.
    ///
    /// - Returns: whether anything did.
    @discardableResult
    func settle(_ folder: TenantFolder, _ store: TenantStore, at time: Int64) throws -> Bool {
        try finishReplacement(in: folder, store, at: time)
        guard try Self.hasPlain(folder) else { return false }
        let lock = try DirectoryLock.waiting(forFolder: folder.path)
        defer { withExtendedLifetime(lock) {} }
        let detail = Hexadecimal.text(of: tenantKey.check)
        try store.write { transaction in
            guard try !transaction.audit().contains(where: { $0.act == Self.made && $0.detail == detail }) else { return }
            try transaction.noteAct(Self.made, detail: detail, at: time)
        }
        for role in TenantKey.Role.allCases { try PrivateFile.destroy(folder.plain(role)) }
        return true
    }

    /// The act from which on a tenant's backups are sealed under its tenant key too.
    static let made = "key.make"
}
