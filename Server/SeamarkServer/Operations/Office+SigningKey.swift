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
        /// Those that it took the place of, the oldest first.
        public let earlier: [Earlier]

        public struct Earlier: Sendable {
            /// The last one in which it signed.
            public let epoch: UInt64
            public let key: [UInt8]
            /// Its word counts for no log, also for one that was put back to before it was replaced.
            public let isForgotten: Bool
        }
    }

    public func signingKeyStatus(_ name: ShortName) throws -> SigningKeyStatus {
        let office = try tenant(name)
        defer { try? office.store.close() }
        return SigningKeyStatus(
            key: office.keys.signingKey.publicKey, epoch: try office.store.read { try $0.identity().epoch },
            earlier: office.keys.earlier.map { .init(epoch: $0.epoch, key: $0.key, isForgotten: $0.isForgotten) })
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
            _ = try office.store.read { try office.keys.retired($0) }
            // Noted first, as everything here: a log may tell of what was cut off before it began, and never leaves out what was done.
            let former = Hexadecimal.text(of: office.keys.signingKey.publicKey)
            _ = try office.store.write { try $0.noteAct("tenant.signingKey", detail: former, at: clock.now()) }
            // What was cut off before was ended by opening it; these are the keys of now.
            try office.keys.beginReplacement(in: folder, office.store)
        }
        try tenant(name).store.close()
    }

    /// Ends what a restore from before a replacement leaves open: from here on the word of an earlier key counts for no log, wherever that was put back to.
    /// What it signed goes on verifying, and devices hear of it as ever. Refuses while a server runs; nothing where it is forgotten already.
    ///
    /// - Parameter text: the key, as `signingKeyStatus` has it, in hexadecimal.
    public func forgetSigningKey(_ text: String, of name: ShortName) throws {
        let doing = "forgetting a signing key of the tenant \(name.text)"
        guard let key = Hexadecimal.bytes(of: text), key.count == 32 else {
            throw OperationFailure(.badInput, doing: doing, wrong: "a key is 64 hexadecimal digits", remedy: "take it from seamark-server tenant signing-key status \(name.text)")
        }
        let alone = try DirectoryLock.alone(directory, doing: doing)
        let lock = try lockKeys(of: name)
        defer { withExtendedLifetime((alone, lock)) {} }
        let office = try tenant(name)
        defer { try? office.store.close() }
        guard key != office.keys.signingKey.publicKey else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "it is the one that signs now", remedy: "replace it first: seamark-server tenant signing-key replace \(name.text)")
        }
        guard let earlier = office.keys.earlier.first(where: { $0.key == key }) else {
            throw OperationFailure(
                .notFound, doing: doing, wrong: "the tenant had no such key", remedy: "see seamark-server tenant signing-key status \(name.text)")
        }
        guard !earlier.isForgotten else { return }
        _ = try office.store.write { try $0.noteAct("tenant.signingKeyForget", detail: Hexadecimal.text(of: key), at: clock.now()) }
        try office.keys.forget(earlier, in: directory.tenant(name))
    }
}
