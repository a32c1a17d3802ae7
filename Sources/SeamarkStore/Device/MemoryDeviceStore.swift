internal import SeamarkCrypto
internal import SeamarkJournal
internal import Synchronization

/// A device's store that lies in memory: for simulations and tests. Rows are sealed as on disk, only nothing outlives it.
public final class MemoryDeviceStore: Sendable {
    private let shelf: MemoryRowShelf
    private let key: SecretBytes
    private let id: Identifier
    private let isSyncing = Mutex(false)

    /// A new store that holds `identity`.
    public convenience init(identity: DeviceIdentity) throws {
        let words = try Randomness.identifierWords()
        self.init(shelf: MemoryRowShelf([]), key: try Randomness.secret(32), id: Identifier(high: words.high, low: words.low))
        try open().transaction { try $0.append(.identity(identity)) }
    }

    private init(shelf: MemoryRowShelf, key: SecretBytes, id: Identifier) {
        self.shelf = shelf
        self.key = key
        self.id = id
    }

    /// Opens it once more, as a further process would.
    public func open() throws(DeviceStoreError) -> OpenDeviceStore {
        try OpenDeviceStore(id: id, storeKey: key, shelf: shelf) { () throws(DeviceStoreError) in try self.takeSyncLock() }
    }

    /// The store as it is now: a backup to be restored, or a clone.
    public func copy() -> MemoryDeviceStore { MemoryDeviceStore(shelf: MemoryRowShelf(shelf.all), key: key, id: id) }

    private func takeSyncLock() throws(DeviceStoreError) -> SyncLock {
        let taken = isSyncing.withLock { isSyncing in
            defer { isSyncing = true }
            return !isSyncing
        }
        guard taken else { throw .syncRunning }
        return SyncLock { self.isSyncing.withLock { $0 = false } }
    }
}
