internal import GRDBSQLite
internal import Glibc
internal import SeamarkStore

/// What SQLite is given in place of the operating system (sqlite.org/vfs.html): files that lie on a `SimulatedDisk`, reached through a
/// `Mount`. Time passes nowhere in it; chance and the rest are the system's.
public enum SimulatedVFS {
    /// Under which SQLite knows it.
    public static let name = "seamark-simulated-disk"

    /// SQLite calls from whichever thread runs a connection; one call at a time touches a disk.
    nonisolated(unsafe) private static let mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_FAST)

    static func alone<Value>(_ body: () -> Value) -> Value {
        sqlite3_mutex_enter(mutex)
        defer { sqlite3_mutex_leave(mutex) }
        return body()
    }

    private static let registered: Bool = {
        guard SQLiteComplaint.isHeard, let system = sqlite3_vfs_find(nil), let name = strdup(name) else { return false }
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        vfs.initialize(to: system.pointee)
        vfs.pointee.szOsFile = Int32(MemoryLayout<OpenFile>.size)
        vfs.pointee.pNext = nil
        vfs.pointee.zName = UnsafePointer(name)
        vfs.pointee.xOpen = { _, name, file, flags, outFlags in
            file.map { OpenFile.open(name, into: $0, flags, outFlags) } ?? SQLITE_CANTOPEN
        }
        vfs.pointee.xDelete = { _, name, durably in name.map { remove($0, durably: durably != 0) } ?? SQLITE_IOERR_DELETE }
        vfs.pointee.xAccess = { _, name, _, found in
            guard let name, let (mount, name) = Mount.find(name) else { return SQLITE_IOERR_ACCESS }
            return alone {
                found?.pointee = mount.disk.file(name) == nil ? 0 : 1
                return mount.isDead ? SQLITE_IOERR_ACCESS : SQLITE_OK
            }
        }
        vfs.pointee.xFullPathname = { _, name, size, out in
            guard let name, let out, strlen(name) < Int(size) else { return SQLITE_CANTOPEN }
            strcpy(out, name)
            return SQLITE_OK
        }
        // Whoever waits for a lock waits for a connection of the same thread: in vain, and not for long.
        vfs.pointee.xSleep = { _, microseconds in microseconds }
        return sqlite3_vfs_register(vfs, 0) == SQLITE_OK
    }()

    static func register() { precondition(registered, "SQLite takes another file system") }

    private static func remove(_ path: UnsafePointer<CChar>, durably: Bool) -> Int32 {
        guard let (mount, name) = Mount.find(path) else { return SQLITE_IOERR_DELETE }
        return alone {
            switch mount.meet(.name, refused: SQLITE_IOERR_DELETE) {
            case .refusal(let code): return code
            case .death(let dice):
                if dice & 1 == 1 { mount.disk.remove(name, durably: false) }
                mount.kill()
                return SQLITE_IOERR_DELETE
            case .nothing: break
            }
            guard mount.disk.file(name) != nil else { return SQLITE_IOERR_DELETE_NOENT }
            mount.disk.remove(name, durably: durably)
            return SQLITE_OK
        }
    }
}

// Macros of sqlite3.h that are computed, and so not imported.
private func extended(_ number: Int32) -> Int32 { SQLITE_IOERR | number << 8 }
let SQLITE_IOERR_READ = extended(1)
let SQLITE_IOERR_SHORT_READ = extended(2)
let SQLITE_IOERR_WRITE = extended(3)
let SQLITE_IOERR_FSYNC = extended(4)
let SQLITE_IOERR_TRUNCATE = extended(6)
let SQLITE_IOERR_FSTAT = extended(7)
let SQLITE_IOERR_DELETE = extended(10)
let SQLITE_IOERR_ACCESS = extended(13)
let SQLITE_IOERR_SHMMAP = extended(21)
let SQLITE_IOERR_SHMLOCK = extended(20)
let SQLITE_IOERR_DELETE_NOENT = extended(23)
