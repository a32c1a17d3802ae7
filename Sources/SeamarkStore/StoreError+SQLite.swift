internal import GRDB
internal import GRDBSQLite
internal import Glibc

extension StoreError {
    /// An SQLite result code. Its text is SQLite's own sentence for the code: never the statement or its arguments.
    ///
    /// - Parameter systemError: `errno` of the call that failed, 0 where that is not known. SQLite calls a full disk `SQLITE_FULL` only when
    ///   writing a page, and calls a page that the disk did not give `SQLITE_CORRUPT`; opening, growing the shared memory beside the log, and
    ///   waiting for the disk fail alike whatever the cause.
    init(sqlite code: Int32, systemError: Int32, doing: StaticString) {
        let code = code & 0xff == SQLITE_CORRUPT && Self.isOfTheDisk(systemError) ? Self.pageNotGiven : code
        let reason: Reason =
            switch code & 0xff {
            case SQLITE_IOERR where code == Self.outOfMemory: .exhausted
            case SQLITE_IOERR, SQLITE_CANTOPEN: Self.reason(of: systemError)
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            case SQLITE_READONLY: .readOnly
            case SQLITE_NOMEM: .exhausted
            case SQLITE_CORRUPT: .damaged
            case SQLITE_NOTADB: .notAStore
            case SQLITE_CONSTRAINT: .taken
            case _: .failed
            }
        self.init(reason, code: code, doing: doing, detail: String(cString: sqlite3_errstr(code)))
    }

    /// A call of our own that failed.
    init(system code: Int32, doing: StaticString, detail: String) {
        self.init(Self.reason(of: code), code: code, doing: doing, detail: detail)
    }

    /// SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_NOMEM and SQLITE_IOERR_CORRUPTFS, macros that are not imported.
    private static let sharedMemorySize = SQLITE_IOERR | 19 << 8
    private static let outOfMemory = SQLITE_IOERR | 12 << 8
    private static let pageNotGiven = SQLITE_IOERR | 33 << 8

    private static func reason(of systemError: Int32) -> Reason {
        switch systemError {
        case ENOSPC, EDQUOT: .full
        case EROFS, EACCES, EPERM: .readOnly
        case EMFILE, ENFILE, ENOMEM: .exhausted
        case _: .failed
        }
    }

    /// The numbers that SQLite takes for a file system that is damaged.
    static func isOfTheDisk(_ systemError: Int32) -> Bool { systemError == EIO || systemError == ENXIO || systemError == ERANGE }

    /// SQLite cannot tell whether what it wrote lies on the disk.
    var isOfInputOutput: Bool { code & 0xff == SQLITE_IOERR }

    /// What GRDB threw, without the statement and arguments that it may quote; an error of another kind as it is.
    ///
    /// - Parameter path: the database's file, where there is one: tried out where SQLite does not say why it cannot be opened or written.
    static func of(_ error: any Error, doing: StaticString, at path: String? = nil) -> any Error {
        let told: StoreError
        switch error {
        case let error as DatabaseError:
            let code = error.extendedResultCode.rawValue
            told = StoreError(sqlite: code, systemError: SQLiteComplaint.systemError(behind: code) ?? 0, doing: doing)
        // A table of ours holds what no program of ours writes there; the error itself quotes the row.
        case is RowDecodingError: return StoreError(.damaged, doing: doing, detail: "not what was written; verify the store")
        case let error as StoreError: told = error
        case _: return error
        }
        guard let path, told.isUnexplained else { return told }
        return StoreError(reason(of: StoreFile.obstacle(to: path)), code: told.code, doing: told.doing, detail: told.detail)
    }

    /// Where SQLite cannot open a file for writing it opens it for reading, whatever the cause, and calls it read-only from then on; where
    /// it cannot make one, it tells that there is none; and looking at the size of the shared memory fails under the number of its growing.
    private var isUnexplained: Bool {
        switch code & 0xff {
        case SQLITE_READONLY: true
        case SQLITE_CANTOPEN: reason == .failed
        case _: code == Self.sharedMemorySize && reason == .failed
        }
    }
}
