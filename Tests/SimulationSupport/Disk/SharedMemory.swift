internal import GRDBSQLite

/// What the connections of one process to one database share beside it: the index of the write-ahead log, and eight locks.
final class SharedMemory {
    private var regions: [UnsafeMutableRawPointer] = []
    /// By lock, who holds it; an exclusive holder is alone.
    private var sharing: [Set<ObjectIdentifier>] = Array(repeating: [], count: Int(SQLITE_SHM_NLOCK))
    private var excluding: [ObjectIdentifier?] = Array(repeating: nil, count: Int(SQLITE_SHM_NLOCK))
    private(set) var users: Set<ObjectIdentifier> = []

    deinit { for region in regions { region.deallocate() } }

    /// A region of `size` bytes, zeroed when it is made; nil where there is none and none is to be made.
    func region(_ number: Int, size: Int, make: Bool, for user: ObjectIdentifier) -> UnsafeMutableRawPointer? {
        users.insert(user)
        guard number >= regions.count else { return regions[number] }
        guard make else { return nil }
        while regions.count <= number {
            let region = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
            region.initializeMemory(as: UInt8.self, repeating: 0, count: size)
            regions.append(region)
        }
        return regions[number]
    }

    func share(_ locks: Range<Int>, for user: ObjectIdentifier) -> Bool {
        guard locks.allSatisfy({ excluding[$0] == nil || excluding[$0] == user }) else { return false }
        for lock in locks { sharing[lock].insert(user) }
        return true
    }

    func exclude(_ locks: Range<Int>, for user: ObjectIdentifier) -> Bool {
        guard locks.allSatisfy({ (excluding[$0] == nil || excluding[$0] == user) && sharing[$0].isSubset(of: [user]) }) else { return false }
        for lock in locks { excluding[lock] = user }
        return true
    }

    func release(_ locks: Range<Int>, for user: ObjectIdentifier) {
        for lock in locks {
            sharing[lock].remove(user)
            if excluding[lock] == user { excluding[lock] = nil }
        }
    }

    func leave(_ user: ObjectIdentifier) {
        release(0..<Int(SQLITE_SHM_NLOCK), for: user)
        users.remove(user)
    }

    /// SQLite holds this lock while it moves the log into the file (sqlite.org/walformat.html, WAL_CKPT_LOCK).
    var isCheckpointing: Bool { excluding[1] != nil }
}
