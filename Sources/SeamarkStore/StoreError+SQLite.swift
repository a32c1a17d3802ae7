internal import GRDB
internal import GRDBSQLite

extension StoreError {
    /// An SQLite result code. Its text is SQLite's own sentence for the code: never the statement or its arguments.
    init(sqlite code: Int32, doing: StaticString) {
        let reason: Reason =
            switch code & 0xff {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            case SQLITE_CORRUPT: .damaged
            case SQLITE_NOTADB: .notAStore
            case SQLITE_CONSTRAINT: .taken
            case _: .failed
            }
        self.init(reason, code: code, doing: doing, detail: String(cString: sqlite3_errstr(code)))
    }

    /// What GRDB threw, without the statement and arguments that it may quote; an error of another kind as it is.
    static func of(_ error: any Error, doing: StaticString) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return StoreError(sqlite: error.extendedResultCode.rawValue, doing: doing)
    }
}
