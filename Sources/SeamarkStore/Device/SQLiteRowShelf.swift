internal import Foundation
internal import GRDB

/// Rows in one SQLite file: one table of `(number, sealed)`, nothing else. Shared between processes.
///
/// A commit is durable when it returns (WAL, `synchronous=FULL`), what is deleted is overwritten, nothing but sealed bytes
/// reaches the file or its journal, and SQLite keeps no temporary files.
final class SQLiteRowShelf: RowShelf {
    private static let doing: StaticString = "using the device's store"
    private static let format = 1
    /// "SMds": tells our files from other databases.
    private static let applicationID = 0x534d_6473
    private static let schema = "CREATE TABLE row (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL)"
    private let queue: DatabaseQueue
    /// Nil where the file lies on no disk of the machine.
    private let path: String?

    /// Opens the file, which exists; an empty one is made a store of no rows if `create` says so.
    /// `vfs`: the SQLite VFS under which the path lies, for simulations of disks.
    init(path: String, through vfs: String? = nil, create: Bool = false, busyTimeoutSeconds: Double = 10) throws {
        precondition(SQLiteComplaint.isHeard)
        self.path = vfs == nil ? path : nil
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.prepareDatabase { database in
            database.ignoreWhatStatementsTouch()
            try database.defend()
            for (setting, value) in Self.settings { try database.execute(sql: "PRAGMA \(setting) = \(value)") }
        }
        do {
            queue = try DatabaseQueue(path: StoreFile.location(of: path, through: vfs), configuration: configuration)
            try queue.writeWithoutTransaction { database in
                if create {
                    try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
                    try database.execute(sql: "PRAGMA user_version = \(Self.format)")
                    try database.execute(sql: Self.schema)
                }
                try Self.check(database)
            }
        } catch { throw StoreError.of(error, doing: Self.doing, at: path) }
    }

    /// What is set on the connection, and what SQLite says when asked for it.
    private static let settings = [
        ("journal_mode", "wal"), ("synchronous", "2"), ("secure_delete", "1"), ("temp_store", "2"), ("trusted_schema", "0"),
        ("cell_size_check", "1"), ("wal_autocheckpoint", "4000"),
    ]

    private static func check(_ database: Database) throws {
        guard database.isDefended else { throw DeviceStoreError.settingRefused }
        for (setting, value) in settings {
            guard try String.fetchOne(database, sql: "PRAGMA \(setting)") == value else { throw DeviceStoreError.settingRefused }
        }
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID else { throw DeviceStoreError.notAStore }
        guard try Int.fetchOne(database, sql: "PRAGMA user_version") == format else { throw DeviceStoreError.newerVersion }
        // A trigger or view from elsewhere would run with our rights.
        guard try String.fetchAll(database, sql: "SELECT sql FROM sqlite_schema") == [schema] else { throw DeviceStoreError.notAStore }
        // A page that was lost or misplaced may take rows with it that nobody would miss: seals know rows, not gaps.
        guard try String.fetchOne(database, sql: "PRAGMA quick_check(1)") != "ok" else { return }
        guard let code = database.failedRead else { throw DeviceStoreError.damagedFile }
        throw StoreError(system: code, doing: doing, detail: "the disk did not give a page")
    }

    func write<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value {
        try within(.immediate, body)
    }

    func read<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value {
        try within(.deferred, body)
    }

    private func within<Value>(_ kind: Database.TransactionKind, _ body: (any RowAccess) throws -> Value) throws -> Value {
        do {
            return try queue.writeWithoutTransaction { database in
                try database.transaction(kind, doing: Self.doing) { try body(SQLiteRowAccess(database: database)) }
            }
        } catch DeviceStoreError.readOnly where path.map(StoreFile.obstacle(to:)) == 0 {
            // SQLITE_READONLY: it was not opened for writing, although it may be.
            throw DeviceStoreError.failed(code: 8)
        } catch { throw StoreError.of(error, doing: Self.doing, at: path) }
    }

    /// Closing the last connection moves everything into the one file. Nothing may be asked of the shelf after.
    func close() throws {
        do { try queue.close() } catch { throw StoreError.of(error, doing: Self.doing, at: path) }
    }

    /// For tests: reaches the connection.
    func withConnection<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.writeWithoutTransaction(body) }

    func eraseTraces() throws {
        do {
            try queue.writeWithoutTransaction { database in
                // The first column says whether somebody was in the way.
                guard try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0 else { throw DeviceStoreError.busy }
            }
        } catch { throw StoreError.of(error, doing: Self.doing, at: path) }
    }
}

private struct SQLiteRowAccess: RowAccess {
    private static let reading: StaticString = "reading the device's store"
    private static let writing: StaticString = "writing to the device's store"
    let database: Database

    func highest() throws(StoreError) -> Int64 {
        let statement = try PreparedStatement("SELECT max(number) FROM row", in: database, doing: Self.reading)
        defer { statement.reset() }
        return try statement.step(doing: Self.reading) ? statement.int(0) : 0
    }

    func forEach(after number: Int64, _ body: (Int64, [UInt8]) throws -> Void) throws {
        let statement = try PreparedStatement(
            "SELECT number, sealed FROM row WHERE number > ? ORDER BY number", in: database, doing: Self.reading)
        defer { statement.reset() }
        statement.bind(number, at: 1)
        while try statement.step(doing: Self.reading) { try body(statement.int(0), statement.bytes(1)) }
    }

    func row(_ number: Int64) throws(StoreError) -> [UInt8]? {
        let statement = try PreparedStatement("SELECT sealed FROM row WHERE number = ?", in: database, doing: Self.reading)
        defer { statement.reset() }
        statement.bind(number, at: 1)
        return try statement.step(doing: Self.reading) ? statement.bytes(0) : nil
    }

    func insert(_ sealed: [UInt8], at number: Int64) throws(StoreError) {
        let statement = try PreparedStatement("INSERT INTO row VALUES (?, ?)", in: database, doing: Self.writing)
        statement.bind(number, at: 1)
        statement.bind(sealed, at: 2)
        try statement.run(doing: Self.writing)
    }

    func replace(_ sealed: [UInt8], at number: Int64) throws(StoreError) {
        let statement = try PreparedStatement("UPDATE row SET sealed = ? WHERE number = ?", in: database, doing: Self.writing)
        statement.bind(sealed, at: 1)
        statement.bind(number, at: 2)
        try statement.run(doing: Self.writing)
    }

    func remove(_ numbers: ClosedRange<Int64>) throws(StoreError) {
        let statement = try PreparedStatement("DELETE FROM row WHERE number BETWEEN ? AND ?", in: database, doing: Self.writing)
        statement.bind(numbers.lowerBound, at: 1)
        statement.bind(numbers.upperBound, at: 2)
        try statement.run(doing: Self.writing)
    }
}
