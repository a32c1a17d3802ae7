internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore

// The server's signing key of a tenant is replaced as its epoch is renewed, so that no epoch has two (SPEC section 4). What counts is one name in one
// folder: `replacing.wrapped` appears, with the key and the epoch that it begins. From then on whoever opens the tenant has that key, and brings the
// store to that epoch before anything else; then what is left is to note the former one down and to destroy its file. Cut off anywhere, the next
// opening goes on.
extension TenantKeys {
    /// A key that takes the place of another one.
    struct Replacement: Sendable {
        let seed: SecretBytes
        let epoch: UInt64
        let incarnation: UInt64
        let former: EarlierServerKey

        var bytes: [UInt8] {
            var writer = ByteWriter()
            writer.raw(seed.copy())
            writer.fixed64(epoch)
            writer.fixed64(incarnation)
            EarlierServerKey.write([former], to: &writer)
            return writer.bytes
        }

        init(seed: SecretBytes, epoch: UInt64, incarnation: UInt64, former: EarlierServerKey) {
            self.seed = seed
            self.epoch = epoch
            self.incarnation = incarnation
            self.former = former
        }

        init(_ bytes: [UInt8]) throws(DecodeError) {
            var reader = ByteReader(bytes)
            var seed = try reader.raw(32)
            self.seed = SecretBytes(moving: &seed)
            epoch = try reader.fixed64()
            incarnation = try reader.fixed64()
            former = try EarlierServerKey.read(1, from: &reader)[0]
            try reader.finish()
        }
    }

    /// As many fit a greeting, and a file of evidence.
    static let mostEarlier = Message.Welcome.mostEarlierKeys

    static func replacement(in folder: TenantFolder, reading: (TenantKey.Role, _ file: String) throws -> [UInt8]) throws -> Replacement? {
        guard try PrivateFile.exists(folder.wrapped(.replacing)) else { return nil }
        return try Replacement(reading(.replacing, folder.wrapped(.replacing)))
    }

    static func earlier(
        in folder: TenantFolder, _ replacement: Replacement?, reading: (TenantKey.Role, _ file: String) throws -> [UInt8]
    ) throws -> [EarlierServerKey] {
        var earlier: [EarlierServerKey] = []
        if try PrivateFile.exists(folder.wrapped(.earlier)) {
            var reader = ByteReader(try reading(.earlier, folder.wrapped(.earlier)))
            earlier = try EarlierServerKey.read(reader.count(each: 41, atMost: mostEarlier), from: &reader)
            try reader.finish()
        }
        if let replacement, earlier.last?.key != replacement.former.key { earlier.append(replacement.former) }
        return earlier
    }

    static func bytes(_ earlier: [EarlierServerKey]) -> [UInt8] {
        var writer = ByteWriter()
        writer.count(earlier.count)
        EarlierServerKey.write(earlier, to: &writer)
        return writer.bytes
    }

    /// What is to be kept of the present key once it is replaced. Refuses where that is more than can be read again.
    func retired(_ snapshot: TenantSnapshot) throws -> EarlierServerKey {
        let (epoch, scopes) = (try snapshot.identity().epoch, try snapshot.scopes())
        let ends = scopes.filter { $0.place.position > 0 }.map { ($0.id, $0.place) }
        guard ends.count <= EarlierServerKey.mostScopes else {
            throw OperationFailure(
                .exhausted, doing: "replacing the server's signing key",
                wrong: "the tenant has \(ends.count) logs, and the place of each would have to be kept; \(EarlierServerKey.mostScopes) can be",
                remedy: "found another tenant for new engagements")
        }
        let key = signingKey.publicKey
        return EarlierServerKey(
            epoch: epoch, key: key, ends: Dictionary(uniqueKeysWithValues: ends), farewell: signingKey.sign(ServerKeyStatement.farewell(tenant: tenant, key: key)))
    }

    /// Draws another key, and with it the epoch that it begins. One file: it is there whole, or not at all. Whoever opens the tenant next goes on.
    func beginReplacement(in folder: TenantFolder, _ store: TenantStore) throws {
        let (seed, epoch, incarnation) = (try SigningKey.generate().seed, try Randomness.word(), try Randomness.word())
        // Nobody writes between the places that are kept and the file: whoever signs for one after that finds the file (`requirePresentKey`).
        try store.write { transaction in
            let replacement = Replacement(seed: seed, epoch: epoch, incarnation: incarnation, former: try retired(transaction))
            try PrivateFile.create(folder.wrapped(.replacing), tenantKey.wrap(replacement.bytes, as: .replacing))
        }
    }

    /// Brings the store to the epoch of a key that takes another's place, and destroys that one's file. Goes on where an earlier call was cut off;
    /// nothing where none is being replaced.
    ///
    /// - Parameter step: called before each step that alters something.
    func finishReplacement(in folder: TenantFolder, _ store: TenantStore, at time: Int64, step: () throws -> Void = {}) throws {
        guard let replacement else { return }
        let lock = try DirectoryLock.waiting(forFolder: folder.path)
        defer { withExtendedLifetime(lock) {} }
        // Somebody else may have ended it while this one waited.
        guard try PrivateFile.exists(folder.wrapped(.replacing)) else { return }
        try step()
        try store.write { transaction in
            guard try transaction.identity().epoch != replacement.epoch else { return }
            try transaction.renewEpoch(replacement.epoch, incarnation: replacement.incarnation, because: .otherKey, at: time)
        }
        try step()
        try PrivateFile.replace(folder.wrapped(.earlier), tenantKey.wrap(Self.bytes(earlier), as: .earlier))
        try step()
        if try PrivateFile.exists(folder.wrapped(.signing)) { try PrivateFile.destroy(folder.wrapped(.signing)) }
        try step()
        try PrivateFile.create(folder.wrapped(.signing), tenantKey.wrap(replacement.seed.copy(), as: .signing))
        try step()
        try PrivateFile.destroy(folder.wrapped(.replacing))
    }

    /// From here on the word of an earlier key counts for no log. Whoever calls this keeps others from altering the tenant's keys.
    func forget(_ key: EarlierServerKey, in folder: TenantFolder) throws {
        try PrivateFile.replace(folder.wrapped(.earlier), tenantKey.wrap(Self.bytes(earlier.map { $0.key == key.key ? $0.forgotten : $0 }), as: .earlier))
    }

    /// Puts this tenant's signing key, and those that it took the place of, into a copy of its folder from before it was replaced, as long as no
    /// server has the copy: a key that was replaced does not come back with a backup, nor the word of one that was forgotten. False where the copy has
    /// this key already, or a later one.
    func succeed(in copy: TenantFolder, under keyFolder: KeyFolder) throws -> Bool {
        let former = try TenantKeys(opening: copy, under: keyFolder)
        let hasThisKey = former.signingKey.publicKey == signingKey.publicKey
        guard former.tenant == tenant, hasThisKey || earlier.contains(where: { $0.key == former.signingKey.publicKey }) else { return false }
        let forgotten = Set((earlier + former.earlier).filter(\.isForgotten).map(\.key))
        let kept = (hasThisKey ? former.earlier : earlier).map { forgotten.contains($0.key) ? $0.forgotten : $0 }
        if kept != former.earlier { try PrivateFile.replace(copy.wrapped(.earlier), tenantKey.wrap(Self.bytes(kept), as: .earlier)) }
        guard !hasThisKey else { return false }
        try PrivateFile.replace(copy.wrapped(.signing), tenantKey.wrap(signingKey.seed.copy(), as: .signing))
        if former.replacement != nil { try PrivateFile.destroy(copy.wrapped(.replacing)) }
        return true
    }
}
