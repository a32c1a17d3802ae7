internal import SeamarkCrypto
internal import SeamarkJournal

/// A device's store whose rows lie in a file that SQLite reaches through a VFS of the caller's own: for simulations of disks. The rows,
/// their sealing and their file are those of a `DeviceStore`; its lock, which is no database, is left out. The bytes of attachments lie in
/// a folder behind a door of the caller's, where one is given.
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
    /// - Parameter attachments: the folder with the bytes of attachments, and the door that it lies behind; nil for a device that keeps none.
    public func open(at path: String, attachments: (folder: String, files: any FileDoor)? = nil) throws(DeviceStoreError) -> OpenDeviceStore {
        do {
            let store = try open(SQLiteRowShelf(path: path, through: vfs), attachments.map { AttachmentFolder($0.folder, through: $0.files) })
            guard try !store.state.isEmpty else { throw DeviceStoreError.notAStore }
            return store
        } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    private func open(_ shelf: SQLiteRowShelf, _ attachments: AttachmentFolder? = nil) throws(DeviceStoreError) -> OpenDeviceStore {
        try OpenDeviceStore(id: id, storeKey: key, shelf: shelf, attachmentFolder: attachments) { () throws(DeviceStoreError) in SyncLock {} }
    }

    // MARK: Wiping

    /// What a store's lock is called, and its rows, for a store that lies in the root of a disk. Their bytes say nothing here: who opens the store
    /// holds its key.
    public static let files = (lock: DeviceFiles("").lock, rows: DeviceFiles("").rows)

    /// Was the store's key destroyed? As every program asks before it opens one.
    public static func isWiped(through files: any FileDoor) throws(DeviceStoreError) -> Bool { try DeviceFiles("").isWiped(through: files) }

    /// Destroys the store, its wrapped key first: what `DeviceStore.wipe` does, and `finishWipe` goes on with.
    public static func wipe(through files: any FileDoor) throws(DeviceStoreError) {
        do throws(FileRefusal) { try DeviceFiles("").erase(through: files) } catch { throw DeviceFiles.error(error.code) }
    }
}
