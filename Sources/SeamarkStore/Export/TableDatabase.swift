internal import GRDB
internal import GRDBSQLite
public import SeamarkModel

/// Tables as a database file of SQLite: what was typed is typed, references can be joined, and the views that analysts ask for are there.
///
/// Numbers are integers where they are whole, else doubles; truth is 1 and 0; dates and times are ISO 8601 in UTC, which SQLite's date functions
/// read. Texts are as they were captured: nothing in such a file is obeyed by whoever reads a column.
public enum TableDatabase {
    /// The same tables give the same bytes by the same version of SQLite.
    ///
    /// - Throws: `tooLarge` where the file does not fit into memory, `refused` where SQLite does not take a table, as of two columns of one name.
    public static func bytes(of tables: [DataTable], views: [AnalystView]) throws(WorkbookWriter.Failure) -> [UInt8] {
        _ = SQLiteComplaint.isHeard
        do {
            return try DatabaseQueue().writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA user_version = \(Catalogue.version)")
                try database.inTransaction {
                    for table in tables { try write(table, to: database) }
                    for view in views { try database.execute(sql: "CREATE VIEW \(quoted(view.name)) AS \(view.sql)") }
                    return .commit
                }
                var count: sqlite3_int64 = 0
                guard let file = sqlite3_serialize(database.sqliteConnection, "main", &count, 0) else { throw WorkbookWriter.Failure.tooLarge }
                defer { sqlite3_free(file) }
                return Array(UnsafeBufferPointer(start: file, count: Int(count)))
            }
        } catch {
            if let error = error as? WorkbookWriter.Failure { throw error }
            // Names of columns come from forms that people wrote. Its code alone: what it says beside may hold what was captured.
            guard let error = error as? DatabaseError else { throw .refused(0) }
            let isTooLarge = [.SQLITE_NOMEM, .SQLITE_FULL, .SQLITE_TOOBIG].contains(error.resultCode)
            throw isTooLarge ? .tooLarge : .refused(Int(error.extendedResultCode.rawValue))
        }
    }

    private static func write(_ table: DataTable, to database: Database) throws {
        // A record has many edits.
        let columns = table.columns.map { quoted($0.key) + ($0.key == "KEY" && table.name != "audit" ? " TEXT PRIMARY KEY" : "") }
        try database.execute(sql: "CREATE TABLE \(quoted(table.name)) (\(columns.joined(separator: ", ")))")
        let places = table.columns.map { _ in "?" }.joined(separator: ", ")
        let insert = try database.makeStatement(sql: "INSERT INTO \(quoted(table.name)) VALUES (\(places))")
        for row in table.rows { try insert.execute(arguments: StatementArguments(row.map(value))) }
    }

    private static func value(_ cell: DataTable.Cell) -> DatabaseValue {
        switch cell {
        case .empty: .null
        case .text(let text): text.databaseValue
        case .number(let digits): Int64(digits)?.databaseValue ?? Double(digits)?.databaseValue ?? digits.databaseValue
        case .boolean(let value): (value ? 1 : 0).databaseValue
        case .date(let days): CalendarDate.text(days: days).databaseValue
        case .time(let time): CalendarDate.text(milliseconds: time).databaseValue
        }
    }

    /// Byte by byte, as SQLite reads it: a quote with an accent on it is one character and still a quote. Names of forms' choices come here.
    static func quoted(_ name: String) -> String {
        var out: [UInt8] = [UInt8(ascii: "\"")]
        for byte in name.utf8 where byte != 0 {
            if byte == UInt8(ascii: "\"") { out.append(byte) }
            out.append(byte)
        }
        return String(decoding: out + [UInt8(ascii: "\"")], as: UTF8.self)
    }
}
