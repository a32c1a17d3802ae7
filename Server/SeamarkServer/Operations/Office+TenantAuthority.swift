internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkStore

// Replacing a tenant's authority, which certifies its devices and what the server signs for them.
extension Office {
    /// Which authority of a tenant signs, and which devices have certificates of the former one.
    public struct TenantAuthorityStatus: Sendable {
        /// SHA-256 of the key of the one that signs, or is about to.
        public let pin: Hash256
        /// Milliseconds since 1970.
        public let until: Int64
        /// While one is being replaced.
        public let succession: Succession?

        public struct Succession: Sendable {
            public let formerPin: Hash256
            /// From when on the next one signs: milliseconds since 1970.
            public let began: Int64
            /// The letters of devices that are not revoked and have a certificate of the former one.
            public let waiting: [String]
        }
    }

    public func tenantAuthorityStatus(_ name: ShortName) throws -> TenantAuthorityStatus {
        let office = try tenant(name)
        defer { try? office.store.close() }
        return try Self.authorityStatus(office)
    }

    private static func authorityStatus(_ office: TenantOffice) throws -> TenantAuthorityStatus {
        let keys = office.keys
        let succession = try keys.succession.map { succession in
            let waiting = try office.store.read { try $0.devices() }.filter { $0.revoked == nil && $0.certificateIssued < succession.begins }
            return TenantAuthorityStatus.Succession(
                formerPin: keys.authority.certificate.publicKey.pin, began: succession.begins, waiting: waiting.map(\.letters))
        }
        let signs = keys.authority(at: .max).certificate
        return TenantAuthorityStatus(pin: signs.publicKey.pin, until: signs.notAfter * 1000, succession: succession)
    }

    /// Makes the tenant's next authority. Noted in its audit log, with the pin of the one that it takes over from.
    public func beginAuthority(of name: ShortName) throws {
        let lock = try lockKeys(of: name)
        defer { withExtendedLifetime(lock) {} }
        let office = try tenant(name)
        defer { try? office.store.close() }
        let folder = directory.tenant(name)
        try office.keys.requireNoSuccession(in: folder)
        // Noted first, as everything here: a log may tell of what was cut off before it began, and never leaves out what was done.
        try note("tenant.authorityBegin", office)
        try office.keys.beginSuccession(in: folder, at: clock.now())
    }

    /// Takes the tenant's former authority away and destroys its key. Refuses while a device that is not revoked has a certificate of that one, unless
    /// `force`: such a device is let in no more, and has its certificate renewed at the enrolment door by its signing key. Noted in the tenant's
    /// audit log, with the pin of the one that goes, or stays where that is gone.
    public func finishAuthority(of name: ShortName, force: Bool) throws {
        let doing = "finishing with the tenant's former authority"
        let lock = try lockKeys(of: name)
        defer { withExtendedLifetime(lock) {} }
        let office = try tenant(name)
        defer { try? office.store.close() }
        let folder = directory.tenant(name)
        // Cut off before: nothing is left to ask.
        if let succession = try Self.authorityStatus(office).succession {
            guard force || succession.waiting.isEmpty else {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "devices that have a certificate of it: \(succession.waiting.count)",
                    remedy: "see seamark-server tenant authority status \(name.text); wait until they have renewed it, revoke them, or say --force")
            }
        } else if try !PrivateFile.exists(folder.finishing) {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "it is not being replaced", remedy: "begin with seamark-server tenant authority begin \(name.text)")
        }
        try note("tenant.authorityFinish", office)
        try office.keys.finishSuccession(in: folder)
    }

    /// Whoever wants to alter the tenant's keys waits for whoever does.
    func lockKeys(of name: ShortName) throws -> DirectoryLock {
        let folder = directory.tenant(name)
        guard try PrivateFile.exists(folder.facts) else { throw Self.noTenant(name) }
        return try DirectoryLock.waiting(forFolder: folder.keys)
    }

    private func note(_ act: String, _ office: TenantOffice) throws {
        _ = try office.store.write { try $0.noteAct(act, detail: office.keys.authority.certificate.publicKey.pin.description, at: clock.now()) }
    }
}
