public import SeamarkCrypto
public import SeamarkJournal

/// A device's store on disk, locked: a directory for its owner alone with one SQLite file of sealed rows and its lock.
public struct DeviceStore: Sendable {
    let files: DeviceFiles
    /// As it was found. A key that was kept since then is the key of a store that was not locked since then.
    private let found: LastLocking?

    /// Finds the store at `path`. Says nothing of what it holds.
    public init(at path: String) throws(DeviceStoreError) {
        files = DeviceFiles(path)
        found = LastLocking(at: files.lastLocking)
        guard try DeviceFiles.exists(files.directory) else { throw .missing }
        if try files.isWiped() { throw .wiped }
        try files.finishReplacingRows()
        guard try DeviceFiles.exists(files.lock), try DeviceFiles.exists(files.rows) else { throw .notAStore }
    }

    public var path: String { files.directory }

    /// Makes a store at `path`, whose parent exists. It is there wholly, or not at all.
    public static func create(
        at path: String, identity: DeviceIdentity, passphrase: [UInt8], cost: StretchingCost = .floor,
        by stretching: any PassphraseStretching = Scrypt()
    ) throws(DeviceStoreError) -> OpenDeviceStore {
        let target = DeviceFiles(path)
        guard try !DeviceFiles.exists(target.directory) else { throw .exists }
        do {
            let key = try Randomness.secret(32)
            let words = try Randomness.identifierWords()
            let id = Identifier(high: words.high, low: words.low)
            let draft = DeviceFiles(target.directory + ".new-" + Hexadecimal.text(of: Array(id.bytes.prefix(6))))
            try draft.make()
            do {
                try draft.makeEmpty(draft.rows)
                let shelf = try SQLiteRowShelf(path: draft.rows, create: true)
                let store = try OpenDeviceStore(id: id, storeKey: key, shelf: shelf) { () throws(DeviceStoreError) in throw .busy }
                try store.transaction { try $0.append(.identity(identity)) }
                try shelf.close()
                let lock = try DeviceLock(store: id, key: key, passphrase: passphrase, cost: cost, stretching: stretching)
                try draft.replaceLock(by: lock.bytes)
                try draft.move(to: target)
            } catch {
                _ = try? draft.destroy()
                throw error
            }
            return try DeviceStore(at: path).unlock(storeKey: key)
        } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    /// The id under which a keyring may keep the store's key.
    public var id: Identifier {
        get throws(DeviceStoreError) { try readLock().store }
    }

    /// - Parameter limit: only rows before this number, to read what lies before a damaged one; then nothing can be written.
    public func unlock(
        passphrase: [UInt8], before limit: Int64 = .max, by stretching: any PassphraseStretching = Scrypt()
    ) throws(DeviceStoreError) -> OpenDeviceStore {
        try unlock(with: .passphrase(passphrase), before: limit, by: stretching)
    }

    public func unlock(
        with proof: DeviceProof, before limit: Int64 = .max, by stretching: any PassphraseStretching = Scrypt()
    ) throws(DeviceStoreError) -> OpenDeviceStore {
        do {
            let lock = try readLock()
            // Whoever shows that they may opens a locked store.
            return try open(lock, key: try lock.open(with: proof, by: stretching), limit, LastLocking(at: files.lastLocking))
        } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    /// With the key that an open store gave out. Where it was asked for after this store was found, a locking since then ends what this opens.
    public func unlock(storeKey: SecretBytes, before limit: Int64 = .max) throws(DeviceStoreError) -> OpenDeviceStore {
        let lock = try readLock()
        guard lock.fits(storeKey) else { throw .wrongKey }
        return try open(lock, key: storeKey, limit, found)
    }

    /// The store's key, for whoever shows that they may open it.
    func key(for proof: DeviceProof, by stretching: any PassphraseStretching) throws -> SecretBytes { try readLock().open(with: proof, by: stretching) }

    private func open(_ lock: DeviceLock, key: SecretBytes, _ limit: Int64, _ before: LastLocking?) throws(DeviceStoreError) -> OpenDeviceStore {
        files.tighten()
        let shelf: any RowShelf
        do { shelf = try SQLiteRowShelf(path: files.rows) } catch {
            let failure = DeviceStoreError.of(error) ?? .notAStore
            // A disk that cannot be written keeps nobody from reading.
            guard failure == .full || failure == .readOnly else { throw failure }
            do { shelf = try UnwritableRows(of: files.rows) } catch { throw DeviceStoreError.of(error) ?? failure }
        }
        let (path, locked) = (files.syncLock, files.lastLocking)
        // A file that is gone says nothing: a wipe took it, and has its own words.
        let isLocked: @Sendable () -> Bool = { LastLocking(at: locked).map { $0 != before } ?? false }
        let isGone: @Sendable () -> Bool = { [files = self.files, id = lock.store] in files.isGone(id) }
        let store = try OpenDeviceStore(
            id: lock.store, storeKey: key, shelf: shelf, limit: limit, attachmentFolder: AttachmentFolder(files.attachments), isLocked: isLocked, isGone: isGone
        ) { () throws(DeviceStoreError) in try SyncLock.take(path: path) }
        guard try !store.state.isEmpty else { throw .notAStore }
        return store
    }

    /// Replaces the passphrase; cut off at any point, the old one or the new one opens. The rows stay as they are, and so does the recovery
    /// code; whoever knew the old passphrase and holds an old copy of the lock opens that copy, and the rows of today where they can put it back
    /// (`Protocol/Decisions/0046-a-new-passphrase-wraps-the-same-key.md`).
    public func changePassphrase(
        from proof: DeviceProof, to new: [UInt8], cost: StretchingCost = .floor, by stretching: any PassphraseStretching = Scrypt()
    ) throws(DeviceStoreError) {
        try relock(proof, by: stretching) { try $0.renew($1, passphrase: new, cost: cost, by: stretching) }
    }

    /// Makes a recovery code, which takes the place of an earlier one. It exists in what this returns alone.
    public func makeRecoveryCode(
        with proof: DeviceProof, cost: StretchingCost = .floor, by stretching: any PassphraseStretching = Scrypt()
    ) throws(DeviceStoreError) -> RecoveryCode {
        let code: RecoveryCode
        do { code = try RecoveryCode() } catch { throw .noEntropy }
        try relock(proof, by: stretching) { try $0.renew($1, recovery: code, cost: cost, by: stretching) }
        return code
    }

    private func relock(
        _ proof: DeviceProof, by stretching: any PassphraseStretching, _ alter: (inout DeviceLock, SecretBytes) throws -> Void
    ) throws(DeviceStoreError) {
        do {
            // One after the other, and never beside a wipe: what another process put there is not undone.
            let turn = try files.takeTurn()
            defer { withExtendedLifetime(turn) {} }
            var lock = try readLock()
            let key = try lock.open(with: proof, by: stretching)
            try alter(&lock, key)
            try files.replaceLock(by: lock.bytes)
        } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    /// Destroys the store at `path`, its wrapped key first: cut off at any point it is either locked and whole, or noise that says so.
    /// May be repeated until it succeeds. Refuses while a sync of the store runs.
    public static func wipe(at path: String) throws(DeviceStoreError) { try DeviceFiles(path).destroy() }

    /// Goes on with a wipe that was cut off. False where none was begun.
    public static func finishWipe(at path: String) throws(DeviceStoreError) -> Bool {
        let files = DeviceFiles(path)
        guard try files.isWiped() else { return false }
        return try files.destroy(onlyIfBegun: true)
    }

    private func readLock() throws(DeviceStoreError) -> DeviceLock {
        do { return try DeviceLock(bytes: try files.readLock()) } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }
}
