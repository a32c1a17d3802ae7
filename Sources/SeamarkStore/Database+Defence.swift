internal import CSQLite
internal import GRDB
internal import GRDBSQLite

/// What every connection to a store's file has set before it reads a page: the file may come from a backup, a stick or a disk that failed
/// (sqlite.org/security.html). No statement of ours comes near a limit.
extension Database {
    /// By number: what SQLite calls it, and the most that it may be.
    static let limits: [(number: Int32, name: String, most: Int32)] = [
        // A row holds a block with its sensitive values at most, or a record with all its heads.
        (SQLITE_LIMIT_LENGTH, "LENGTH", 256 << 20), (SQLITE_LIMIT_SQL_LENGTH, "SQL_LENGTH", 100_000), (SQLITE_LIMIT_COLUMN, "COLUMN", 100),
        (SQLITE_LIMIT_EXPR_DEPTH, "EXPR_DEPTH", 100), (SQLITE_LIMIT_COMPOUND_SELECT, "COMPOUND_SELECT", 10), (SQLITE_LIMIT_FUNCTION_ARG, "FUNCTION_ARG", 16),
        // No store opens another file beside its own.
        (SQLITE_LIMIT_ATTACHED, "ATTACHED", 0), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, "LIKE_PATTERN_LENGTH", 50), (SQLITE_LIMIT_VARIABLE_NUMBER, "VARIABLE_NUMBER", 100),
        (SQLITE_LIMIT_WORKER_THREADS, "WORKER_THREADS", 0),
    ]

    /// Sets them, and that no statement can alter the file past SQLite's own rules. Throws where SQLite does not take it.
    func defend() throws(StoreError) {
        if let connection = sqliteConnection { _ = seamark_sqlite_defensive(UnsafeMutableRawPointer(connection), 1) }
        for limit in Self.limits { sqlite3_limit(sqliteConnection, limit.number, limit.most) }
        guard isDefended else {
            throw StoreError(.failed, doing: "opening a store", detail: "the system's SQLite refused a setting that keeps work safe; it is too old or was changed")
        }
    }

    /// Is all of it as `defend` sets it? Asks SQLite.
    var isDefended: Bool {
        guard let connection = sqliteConnection, seamark_sqlite_defensive(UnsafeMutableRawPointer(connection), -1) == 1 else { return false }
        return Self.limits.allSatisfy { sqlite3_limit(connection, $0.number, -1) == $0.most }
    }
}
