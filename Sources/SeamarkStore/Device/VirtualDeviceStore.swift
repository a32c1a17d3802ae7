internal import SeamarkCrypto
internal import SeamarkJournal

/// A device's store whose rows lie in a file that SQLite reaches through a VFS of the caller's own: for simulations of disks. The rows,
/// their sealing and their file are those of a `DeviceStore`; its lock, which is no database, is left out.
public struct VirtualDeviceStore: Sendable {
    private let id: Identifier
    private let key: SecretBytes
    private let vfs: String

    /// Makes the store at `path`, where no rows are.
    public static func create(at path: String, through vfs: String, identity: DeviceIdentity) throws -> VirtualDeviceStore {
        let words = try Randomness.identifierWords()
        let made = VirtualDeviceStore(id: Identifier(high: words.high, low: words.low), key: try Randomness.secret(32), vfs: vfs)
        let shelf = try SQLiteRowShelf(path: path, through: vfs, create: true)
        try made.open(shelf).transaction { try $0.append(.identity(identity)) }
        try shelf.close()
        return made
    }

    /// Opens it, or a copy of it, as a process would that is alone at it.
    public func open(at path: String) throws(DeviceStoreError) -> OpenDeviceStore {
        do {
            let store = try open(SQLiteRowShelf(path: path, through: vfs))
            guard try !store.state.isEmpty else { throw DeviceStoreError.notAStore }
            return store
        } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    private func open(_ shelf: SQLiteRowShelf) throws(DeviceStoreError) -> OpenDeviceStore {
        try OpenDeviceStore(id: id, storeKey: key, shelf: shelf) { () throws(DeviceStoreError) in SyncLock {} }
    }
}
