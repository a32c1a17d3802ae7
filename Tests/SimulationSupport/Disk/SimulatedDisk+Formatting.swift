internal import GRDBSQLite

extension SimulatedDisk {
    struct Refused: Error { let code: Int32 }

    /// A disk with one database of no tables, in pages of `pageSize` bytes, with a write-ahead log.
    convenience init(formatting name: String, pageSize: Int) throws {
        self.init()
        let mount = Mount(self)
        var handle: OpaquePointer?
        defer { sqlite3_close(handle) }
        let path = "file:\(mount.path(name))?vfs=\(SimulatedVFS.name)"
        var code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, nil)
        if code == SQLITE_OK { code = sqlite3_exec(handle, "PRAGMA page_size = \(pageSize); PRAGMA journal_mode = WAL; PRAGMA user_version = 0", nil, nil, nil) }
        guard code == SQLITE_OK else { throw Refused(code: code) }
    }
}
