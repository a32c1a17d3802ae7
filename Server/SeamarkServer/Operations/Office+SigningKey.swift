internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkStore

// Replacing the server's signing key of a tenant.
extension Office {
    /// With which key the server signs for a tenant, and with which it did.
    public struct SigningKeyStatus: Sendable {
        /// Thirty-two bytes.
        public let key: [UInt8]
        public let epoch: UInt64
        /// Those that it took the place of, the oldest first, and the last epoch of each.
        public let earlier: [(epoch: UInt64, key: [UInt8])]
    }

    public func signingKeyStatus(_ name: ShortName) throws -> SigningKeyStatus {
        let office = try tenant(name)
        defer { try? office.store.close() }
        return SigningKeyStatus(
            key: office.keys.signingKey.publicKey, epoch: try office.store.read { try $0.identity().epoch },
            earlier: office.keys.earlier.map { ($0.epoch, $0.key) })
    }

    /// Draws another signing key for the tenant, and begins a new epoch with it: each device hears of it when it is next there, and reads its logs
    /// anew. What the former one signed goes on verifying, and nothing that is shown of it from here on is believed. Refuses while a server runs.
    public func replaceSigningKey(of name: ShortName) throws {
        let doing = "replacing the server's signing key of the tenant \(name.text)"
        let alone = try DirectoryLock.alone(directory, doing: doing)
        let lock = try lockKeys(of: name)
        defer { withExtendedLifetime((alone, lock)) {} }
        let folder = directory.tenant(name)
        let office = try tenant(name)
        do {
            defer { try? office.store.close() }
            guard office.keys.earlier.count < TenantKeys.mostEarlier else {
                throw OperationFailure(
                    .exhausted, doing: doing, wrong: "it was replaced \(TenantKeys.mostEarlier) times, and a greeting names no more",
                    remedy: "found the tenant anew, and let its devices enrol and hand in")
            }
            _ = try office.keys.retired(office.store)
            // Noted first, as everything here: a log may tell of what was cut off before it began, and never leaves out what was done.
            let former = Hexadecimal.text(of: office.keys.signingKey.publicKey)
            _ = try office.store.write { try $0.noteAct("tenant.signingKey", detail: former, at: clock.now()) }
            // What was cut off before was ended by opening it; these are the keys of now.
            try office.keys.beginReplacement(in: folder, office.store)
        }
        try tenant(name).store.close()
    }
}
