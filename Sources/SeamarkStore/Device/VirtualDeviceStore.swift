internal import SeamarkCrypto
internal import SeamarkJournal

/// A device's store whose rows lie in a file that SQLite reaches through a VFS of the caller's own: for simulations of disks. The rows,
/// their sealing and their file are those of a `DeviceStore`; its lock, which is no database, is left out. The bytes of attachments lie in
/// files of the system all the same, where a folder is given for them.
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
    ///
    /// - Parameter attachmentFolder: where the bytes of attachments lie; nil for a device that keeps none.
    public func open(at path: String, attachmentFolder: String? = nil) throws(DeviceStoreError) -> OpenDeviceStore {
        do {
            let store = try open(SQLiteRowShelf(path: path, through: vfs), attachmentFolder)
            guard try !store.state.isEmpty else { throw DeviceStoreError.notAStore }
            return store
        } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    private func open(_ shelf: SQLiteRowShelf, _ attachmentFolder: String? = nil) throws(DeviceStoreError) -> OpenDeviceStore {
        try OpenDeviceStore(id: id, storeKey: key, shelf: shelf, attachmentFolder: attachmentFolder) { () throws(DeviceStoreError) in SyncLock {} }
    }
}
