internal import GRDB
internal import GRDBSQLite
internal import SeamarkJournal

extension Database {
    /// GRDB has SQLite tell it of every table and column that a statement names, for its observers and its cache of schemas. Nothing here observes
    /// or asks for a schema, and the telling takes a tenth of the time of a process that opens stores and prepares statements all the while.
    /// Before any statement: it makes those that are prepared be prepared anew.
    func ignoreWhatStatementsTouch() { sqlite3_set_authorizer(sqliteConnection, nil, nil) }
}

/// A statement of a connection, stepped and bound through SQLite's own functions.
///
/// GRDB owns it and keeps it in its cache; its row and argument types would cost an allocation a value, which is most of
/// what a push does. Whoever steps resets before leaving: a statement that is left open holds its snapshot.
struct PreparedStatement {
    private let owner: Statement
    private let handle: OpaquePointer

    init(_ sql: String, in database: Database, doing: StaticString) throws(StoreError) {
        do {
            owner = try database.cachedStatement(sql: sql)
        } catch {
            throw StoreError.of(error, doing: doing) as? StoreError ?? StoreError(.failed, doing: doing, detail: "preparing a statement")
        }
        handle = owner.sqliteStatement
        sqlite3_reset(handle)
    }

    // MARK: Binding; places count from 1

    /// SQLite copies the bytes before the call returns.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    func bind(_ value: Int64, at place: Int32) { sqlite3_bind_int64(handle, place, value) }
    func bind(_ value: UInt64, at place: Int32) { sqlite3_bind_int64(handle, place, Int64(bitPattern: value)) }
    func bindNull(at place: Int32) { sqlite3_bind_null(handle, place) }

    func bind(_ value: Int64?, at place: Int32) {
        if let value { bind(value, at: place) } else { bindNull(at: place) }
    }

    func bind(_ value: Identifier, at place: Int32) {
        withUnsafeBytes(of: (value.high.bigEndian, value.low.bigEndian)) { bytes in
            _ = sqlite3_bind_blob(handle, place, bytes.baseAddress, 16, Self.transient)
        }
    }

    func bind(_ value: Hash256, at place: Int32) {
        let words = value.words
        withUnsafeBytes(of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)) { bytes in
            _ = sqlite3_bind_blob(handle, place, bytes.baseAddress, 32, Self.transient)
        }
    }

    func bind(_ value: [UInt8], at place: Int32) {
        guard !value.isEmpty else { return void(sqlite3_bind_zeroblob(handle, place, 0)) }
        value.withUnsafeBytes { bytes in
            _ = sqlite3_bind_blob64(handle, place, bytes.baseAddress, UInt64(bytes.count), Self.transient)
        }
    }

    func bind(_ value: String, at place: Int32) { bind(utf8: Array(value.utf8), at: place) }

    /// Text, so that SQL sees it as such.
    func bind(utf8 value: [UInt8], at place: Int32) {
        guard !value.isEmpty else { return void(sqlite3_bind_text(handle, place, "", 0, Self.transient)) }
        value.withUnsafeBytes { bytes in
            _ = sqlite3_bind_text(
                handle, place, bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count), Self.transient)
        }
    }

    private func void(_: Int32) {}

    // MARK: Stepping

    /// True when there is a row to read.
    func step(doing: StaticString) throws(StoreError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let extended = sqlite3_extended_errcode(sqlite3_db_handle(handle))
            let told = extended & 0xff == code & 0xff ? extended : code
            // The connection's own number is taken when all is rolled back: by then another call may have left its own.
            let systemError = SQLiteComplaint.systemError(behind: told, exactly: true) ?? (code & 0xff == SQLITE_CORRUPT ? 0 : sqlite3_system_errno(sqlite3_db_handle(handle)))
            sqlite3_reset(handle)
            throw StoreError(sqlite: told, systemError: systemError, doing: doing)
        }
    }

    func reset() { sqlite3_reset(handle) }

    /// Steps a statement that gives no rows to its end.
    func run(doing: StaticString) throws(StoreError) {
        _ = try step(doing: doing)
        sqlite3_reset(handle)
    }

    // MARK: Columns; they count from 0

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    func word(_ column: Int32) -> UInt64 { UInt64(bitPattern: int(column)) }
    func intIfAny(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        // The pointer first, then the size: sqlite.org/c3ref/column_blob.html.
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    var columnCount: Int32 { sqlite3_column_count(handle) }

    /// The value with its type and length: different values are different bytes.
    func write(_ column: Int32, to writer: inout ByteWriter) {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: writer.byte(0)
        case SQLITE_INTEGER:
            writer.byte(1)
            writer.signed(int(column))
        case let type:
            writer.byte(type == SQLITE_TEXT ? 2 : 3)
            writer.blob(bytes(column))
        }
    }

    func byteCount(_ column: Int32) -> Int { Int(sqlite3_column_bytes(handle, column)) }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    /// Throws `damaged` unless the column holds sixteen bytes.
    func identifier(_ column: Int32, doing: StaticString) throws(StoreError) -> Identifier {
        guard let start = sqlite3_column_blob(handle, column), sqlite3_column_bytes(handle, column) == 16 else {
            throw StoreError(.damaged, doing: doing, detail: "an identifier does not have sixteen bytes; verify the store")
        }
        return Identifier(
            high: UInt64(bigEndian: start.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// Throws `damaged` unless the column holds thirty-two bytes.
    func hash(_ column: Int32, doing: StaticString) throws(StoreError) -> Hash256 {
        guard let start = sqlite3_column_blob(handle, column), sqlite3_column_bytes(handle, column) == 32 else {
            throw StoreError(.damaged, doing: doing, detail: "a hash does not have thirty-two bytes; verify the store")
        }
        func word(_ index: Int) -> UInt64 { UInt64(bigEndian: start.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)) }
        return Hash256(words: (word(0), word(1), word(2), word(3)))
    }
}
