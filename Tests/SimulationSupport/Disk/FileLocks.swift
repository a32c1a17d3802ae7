internal import GRDBSQLite

/// The locks on one database file, between the connections of one process (sqlite.org/lockingv3.html).
final class FileLocks {
    private var holders: [ObjectIdentifier: Int32] = [:]

    /// SQLITE_OK, or SQLITE_BUSY where another connection is in the way.
    func take(_ level: Int32, for holder: ObjectIdentifier) -> Int32 {
        let own = holders[holder] ?? SQLITE_LOCK_NONE
        guard own < level else { return SQLITE_OK }
        let highest = holders.lazy.filter { $0.key != holder }.map(\.value).max() ?? SQLITE_LOCK_NONE
        switch level {
        case SQLITE_LOCK_SHARED where highest >= SQLITE_LOCK_PENDING: return SQLITE_BUSY
        case SQLITE_LOCK_RESERVED where highest >= SQLITE_LOCK_RESERVED: return SQLITE_BUSY
        case SQLITE_LOCK_PENDING where highest >= SQLITE_LOCK_PENDING: return SQLITE_BUSY
        case SQLITE_LOCK_EXCLUSIVE where highest >= SQLITE_LOCK_SHARED:
            // Who waits for the others to leave lets nobody new in.
            if highest < SQLITE_LOCK_PENDING { holders[holder] = SQLITE_LOCK_PENDING }
            return SQLITE_BUSY
        case _:
            holders[holder] = level
            return SQLITE_OK
        }
    }

    func release(to level: Int32, for holder: ObjectIdentifier) { holders[holder] = level == SQLITE_LOCK_NONE ? nil : level }

    var isExclusive: Bool { holders.values.contains(SQLITE_LOCK_EXCLUSIVE) }

    var isReserved: Bool { holders.values.contains { $0 >= SQLITE_LOCK_RESERVED } }
}
