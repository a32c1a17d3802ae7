internal import Glibc
internal import SeamarkJournal

/// The directory of one device's store, and the few things done to it outside SQLite. For its owner alone.
struct DeviceFiles {
    static let longestPath = 3500
    let directory: String

    var rows: String { directory + "/rows.sqlite" }
    var lock: String { directory + "/lock" }
    var syncLock: String { directory + "/sync.lock" }
    /// Empty; its time says when the store was locked last.
    var lastLocking: String { directory + "/locked" }
    /// The bytes of attachments, each in a file of its own.
    var attachments: String { directory + "/attachments" }

    /// The rows that take the damaged ones' place: being written, and whole.
    private var draftRows: String { rows + ".draft" }
    private var freshRows: String { rows + ".new" }

    /// A lock that was being written when its program ended.
    private var freshLock: String { lock + ".new" }

    /// All that a store leaves behind; the lock last, because it says what became of the rest.
    private var all: [String] { [rows + "-wal", rows, rows + "-shm", rows + "-journal", rows + StoreFile.trialEnding, draftRows, draftRows + "-wal", draftRows + "-shm", freshRows, freshLock, syncLock, lastLocking, lock] }

    init(_ directory: String) {
        self.directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    }

    /// Throws where the system does not say: what cannot be looked at is not missing.
    static func exists(_ path: String) throws(DeviceStoreError) -> Bool {
        var status = stat()
        if lstat(path, &status) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw error(errno) }
        return false
    }

    /// Has another process the rows open? Each connection of SQLite holds one byte of the shared memory beside its log, shared.
    func isOpenElsewhere() throws(DeviceStoreError) -> Bool {
        let descriptor = Glibc.open(rows + "-shm", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw Self.error(errno)
        }
        defer { close(descriptor) }
        var mark = flock()
        (mark.l_type, mark.l_whence, mark.l_start, mark.l_len) = (Int16(F_WRLCK), Int16(SEEK_SET), 128, 1)
        guard fcntl(descriptor, F_GETLK, &mark) == 0 else { throw Self.error(errno) }
        return mark.l_type != Int16(F_UNLCK)
    }

    /// Makes the directory; refuses when something is there.
    func make() throws(DeviceStoreError) {
        guard mkdir(directory, 0o700) == 0 else { throw Self.error(errno) }
    }

    /// An empty file for its owner alone.
    func makeEmpty(_ path: String) throws(DeviceStoreError) {
        let descriptor = Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.error(errno) }
        close(descriptor)
    }

    /// Takes away what others may do here; a copy that was restored may allow too much. Where it cannot, the seals still hold.
    func tighten() {
        chmod(directory, 0o700)
        for path in all { chmod(path, 0o600) }
        chmod(attachments, 0o700)
    }

    func readLock() throws(DeviceStoreError) -> [UInt8] {
        let descriptor = Glibc.open(lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw errno == ENOENT ? .notAStore : Self.error(errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: DeviceLock.longest + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + filled, $0.count - filled) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.error(errno) }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes[0..<filled])
    }

    /// Puts a new lock in the place of the old one: wholly, or not at all, and durably before this returns.
    func replaceLock(by bytes: [UInt8]) throws(DeviceStoreError) {
        let fresh = freshLock
        let descriptor = Glibc.open(fresh, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.error(errno) }
        var failure: Int32?
        var written = 0
        while written < bytes.count, failure == nil {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count < 0, errno != EINTR { failure = errno }
            if count > 0 { written += count }
        }
        if failure == nil, fsync(descriptor) != 0 { failure = errno }
        close(descriptor)
        if failure == nil, rename(fresh, lock) != 0 { failure = errno }
        if let failure {
            unlink(fresh)
            throw Self.error(failure)
        }
        try Self.sync(directory: directory)
    }

    /// While it is held, no other process alters the lock. Letting go of it, or the end of the process, ends it.
    func takeTurn() throws(DeviceStoreError) -> SyncLock {
        let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(errno) }
        while flock(descriptor, LOCK_EX) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            throw Self.error(code)
        }
        return SyncLock { close(descriptor) }
    }

    /// Was the key destroyed, and files are left? False where there is no lock.
    func isWiped(through files: any FileDoor = SystemFiles()) throws(DeviceStoreError) -> Bool {
        do throws(FileRefusal) {
            let file = try files.open(lock, .reading)
            defer { files.close(file) }
            var bytes = [UInt8](repeating: 0, count: DeviceLock.longest)
            let count = try files.read(file, into: &bytes, at: 0)
            return DeviceLock.isTombstone(Array(bytes[..<count]))
        } catch {
            guard error.code == ENOENT || error.code == ENOTDIR else { throw Self.error(error.code) }
            return false
        }
    }

    /// Is the store of this id no longer here: wiped, removed or moved away, or with another in its place? False where the system does not say.
    func isGone(_ store: Identifier) -> Bool {
        do {
            guard try Self.exists(lock) else { return true }
            // Passphrases may change meanwhile, ids do not.
            return try DeviceLock(bytes: readLock()).store != store
        } catch {
            // Destroyed, or removed since it was looked for.
            let failure = DeviceStoreError.of(error)
            return failure == .wiped || failure == .notAStore
        }
    }

    /// Overwrites a lock where it lies. One that is gone is no hindrance.
    private func overwrite(_ path: String, through files: any FileDoor) throws(FileRefusal) {
        let file: Int32
        do throws(FileRefusal) { file = try files.open(path, .altering) } catch {
            guard error.code == ENOENT || error.code == ENOTDIR else { throw error }
            return
        }
        defer { files.close(file) }
        let bytes = DeviceLock.tombstone(min(try files.facts(of: file).size, DeviceLock.longest))
        guard try files.write(file, bytes, at: 0) == bytes.count else { throw FileRefusal(code: ENOSPC) }
        try files.sync(file, .all)
    }

    /// Makes the directory's entries durable.
    static func sync(directory: String) throws(DeviceStoreError) {
        let descriptor = Glibc.open(directory.isEmpty ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error(errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw error(errno) }
    }

    var parent: String {
        guard let slash = directory.lastIndex(of: "/") else { return "." }
        return slash == directory.startIndex ? "/" : String(directory[..<slash])
    }

    /// Gives a finished store its name.
    func move(to target: DeviceFiles) throws(DeviceStoreError) {
        guard try !Self.exists(target.directory) else { throw .exists }
        guard rename(directory, target.directory) == 0 else { throw Self.error(errno) }
        try Self.sync(directory: target.parent)
    }

    /// Overwrites every copy of the wrapped key, the lock last: from then on the store is wiped, and says so until its last file is gone.
    /// Files that are gone already are no hindrance.
    ///
    /// - Parameter begun: only what is wiped already; false where it is not.
    @discardableResult
    func destroy(onlyIfBegun begun: Bool = false) throws(DeviceStoreError) -> Bool {
        guard try Self.exists(directory) else { return true }
        let turn = try takeTurn()
        defer { withExtendedLifetime(turn) {} }
        // Somebody else may have finished it meanwhile.
        guard try Self.exists(directory) else { return true }
        if begun, try !isWiped() { return false }
        let sync = try SyncLock.take(path: syncLock)
        defer { withExtendedLifetime(sync) {} }
        let target = try linked()
        do throws(FileRefusal) { try (target ?? self).erase(through: SystemFiles()) } catch { throw Self.error(error.code) }
        guard target != nil else { return true }
        guard unlink(directory) == 0 || errno == ENOENT else { throw Self.error(errno) }
        try Self.sync(directory: parent)
        return true
    }

    /// The folder that holds the store where a link to it has its name: it is wiped, and the link then goes, which is called as the client is. Nil where
    /// the folder itself has the name.
    private func linked() throws(DeviceStoreError) -> DeviceFiles? {
        var facts = stat()
        guard lstat(directory, &facts) == 0 else { throw Self.error(errno) }
        guard facts.st_mode & S_IFMT == S_IFLNK else { return nil }
        guard let path = realpath(directory, nil) else { throw Self.error(errno) }
        defer { free(path) }
        return DeviceFiles(String(cString: path))
    }

    /// What a wipe does with the files, for whoever is alone at them: the key first. Wherever it ends, `isWiped` says so or nothing was done, until
    /// nothing is left.
    func erase(through files: any FileDoor) throws(FileRefusal) {
        for path in [freshLock, lock] { try overwrite(path, through: files) }
        for path in try named(in: attachments, through: files) { try files.removeIfThere(path) }
        try removeFolder(attachments, through: files)
        for folder in try named(in: directory, through: files) where Self.isDamaged(folder) {
            for path in try named(in: folder, through: files) { try files.removeIfThere(path) }
            try removeFolder(folder, through: files)
        }
        for path in all where path != lock { try files.removeIfThere(path) }
        // The lock says that the store is wiped, so its name goes when no other can come back with the power.
        try files.syncNames(in: directory)
        try files.removeIfThere(lock)
        try removeFolder(directory, through: files)
        try files.syncNames(in: parent)
    }

    // MARK: - Rows in the place of damaged ones

    private static let damagedName = "damaged-"

    private static func isDamaged(_ path: String) -> Bool { path.split(separator: "/").last?.hasPrefix(damagedName) == true }

    /// The rows that others took the place of, the oldest first.
    func damaged() throws(DeviceStoreError) -> [String] {
        do throws(FileRefusal) {
            let names = try SystemFiles().names(in: directory).filter { $0.hasPrefix(Self.damagedName) }
            return names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.map { "\(directory)/\($0)/rows.sqlite" }
        } catch { throw Self.error(error.code) }
    }

    /// Removes the rows that others took the place of. Returns how many there were.
    func removeDamaged() throws(DeviceStoreError) -> Int {
        do throws(FileRefusal) {
            let files = SystemFiles()
            let folders = try files.names(in: directory).filter { $0.hasPrefix(Self.damagedName) }.map { directory + "/" + $0 }
            for folder in folders {
                for path in try named(in: folder, through: files) { try files.removeIfThere(path) }
                try removeFolder(folder, through: files)
            }
            if !folders.isEmpty { try files.syncNames(in: directory) }
            return folders.count
        } catch { throw Self.error(error.code) }
    }

    /// Keeps the rows as they are under names of their own, has others written, and puts these in their place: wholly, or not at all, unless
    /// `finishReplacingRows` has to end it.
    func replaceRows(by write: (_ path: String) throws -> Void) throws {
        let turn = try takeTurn()
        defer { withExtendedLifetime(turn) {} }
        // Somebody may have removed one of them.
        var number = try damaged().count + 1
        while mkdir("\(directory)/\(Self.damagedName)\(number)", 0o700) != 0 {
            guard errno == EEXIST else { throw Self.error(errno) }
            number += 1
        }
        let folder = "\(directory)/\(Self.damagedName)\(number)"
        for ending in ["", "-wal"] where link(rows + ending, folder + "/rows.sqlite" + ending) != 0 {
            guard errno == ENOENT else { throw Self.error(errno) }
        }
        try Self.sync(directory: folder)
        for path in [draftRows, draftRows + "-wal", draftRows + "-shm"] { unlink(path) }
        try makeEmpty(draftRows)
        try write(draftRows)
        guard rename(draftRows, freshRows) == 0 else { throw Self.error(errno) }
        try Self.sync(directory: directory)
        try putFreshRows()
    }

    /// Goes on where a program ended before the new rows had their place. They are whole.
    func finishReplacingRows() throws(DeviceStoreError) {
        guard try Self.exists(freshRows) else { return }
        let turn = try takeTurn()
        defer { withExtendedLifetime(turn) {} }
        if try Self.exists(freshRows) { try putFreshRows() }
    }

    private func putFreshRows() throws(DeviceStoreError) {
        // The log of the damaged rows would be taken for one of the new ones.
        for path in [rows + "-wal", rows + "-shm"] where unlink(path) != 0 {
            guard errno == ENOENT else { throw Self.error(errno) }
        }
        try Self.sync(directory: directory)
        guard rename(freshRows, rows) == 0 else { throw Self.error(errno) }
        try Self.sync(directory: directory)
    }

    private func named(in folder: String, through files: any FileDoor) throws(FileRefusal) -> [String] {
        do throws(FileRefusal) { return try files.names(in: folder).map { folder + "/" + $0 } } catch {
            guard error.code == ENOENT else { throw error }
            return []
        }
    }

    private func removeFolder(_ path: String, through files: any FileDoor) throws(FileRefusal) {
        do throws(FileRefusal) { try files.removeFolder(path) } catch {
            guard error.code == ENOENT else { throw error }
        }
    }

    static func error(_ code: Int32) -> DeviceStoreError {
        switch code {
        case ENOENT, ENOTDIR: .missing
        case EEXIST, ENOTEMPTY: .exists
        case ENOSPC, EDQUOT: .full
        case EROFS, EACCES, EPERM: .readOnly
        case EMFILE, ENFILE, ENOMEM: .exhausted
        case _: .failed(code: code)
        }
    }
}
