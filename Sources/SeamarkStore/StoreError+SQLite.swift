internal import GRDB
internal import GRDBSQLite
internal import Glibc

extension StoreError {
    /// An SQLite result code. Its text is SQLite's own sentence for the code: never the statement or its arguments.
    ///
    /// - Parameter systemError: `errno` as SQLite kept it for the connection, 0 where that is not known. SQLite calls a full disk
    ///   `SQLITE_FULL` only when writing a page: growing the shared memory beside the log (its only cause) and waiting for the disk fail
    ///   as input and output.
    init(sqlite code: Int32, systemError: Int32 = 0, doing: StaticString) {
        let reason: Reason =
            switch code & 0xff {
            case SQLITE_IOERR where code == Self.sharedMemoryFull || systemError == ENOSPC || systemError == EDQUOT: .full
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            case SQLITE_CORRUPT: .damaged
            case SQLITE_NOTADB: .notAStore
            case SQLITE_CONSTRAINT: .taken
            case _: .failed
            }
        self.init(reason, code: code, doing: doing, detail: String(cString: sqlite3_errstr(code)))
    }

    /// SQLITE_IOERR_SHMSIZE, a macro that is not imported.
    private static let sharedMemoryFull = SQLITE_IOERR | 19 << 8

    /// What GRDB threw, without the statement and arguments that it may quote; an error of another kind as it is.
    static func of(_ error: any Error, doing: StaticString) -> any Error {
        // A table of ours holds what no program of ours writes there; the error itself quotes the row.
        if error is RowDecodingError { return StoreError(.damaged, doing: doing, detail: "not what was written; verify the store") }
        guard let error = error as? DatabaseError else { return error }
        return StoreError(sqlite: error.extendedResultCode.rawValue, doing: doing)
    }
}
