internal import GRDB
internal import GRDBSQLite

extension Database {
    /// `errno` of a call on the file or its write-ahead log that failed since they were opened; nil when none did.
    ///
    /// SQLite's own checks of a file take a page that the disk did not give for a damaged one.
    var failedRead: Int32? {
        var main: Int32 = 0
        var log: Int32 = 0
        var file: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_LAST_ERRNO, &main)
        sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        if let file, let control = file.pointee.pMethods?.pointee.xFileControl { _ = control(file, SQLITE_FCNTL_LAST_ERRNO, &log) }
        return main != 0 ? main : log != 0 ? log : nil
    }
}
