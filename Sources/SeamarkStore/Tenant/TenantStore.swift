internal import GRDB
internal import GRDBSQLite
public import SeamarkJournal
internal import Synchronization

/// What ends a trial's transaction.
private struct TrialIsOver: Error {}

/// One tenant's file on the server. Whoever holds it may reach this tenant and no other: no function takes a tenant's name.
///
/// One writer at a time, and readers beside it that see the last commit. The functions wait for the disk: they are for a
/// thread that may. Sendable, since GRDB queues its connections.
public final class TenantStore: Sendable {
    private let database: any DatabaseWriter
    private let tools: TenantTools
    /// Nil where the store lies on no disk of the machine.
    private let path: String?
    /// Every write is taken back at its end.
    private let isTrial: Bool
    /// Every write is a part of the transaction around it, which its maker takes back.
    private let isRehearsal: Bool
    /// This process deleted values and could not take their traces away yet. What counts is written down in the store.
    private let erasureIsOwed = Mutex(false)
    private let erasesAttachments = Mutex(false)
    /// Whom to tell of alarms.
    private let alarmListener = Mutex<(@Sendable (TenantAlarm.Raised) -> Void)?>(nil)
    /// How many writes of this process were committed.
    private let writes = Mutex<Int64>(0)

    private init(_ database: any DatabaseWriter, _ tools: TenantTools, at path: String? = nil, isTrial: Bool = false, isRehearsal: Bool = false) {
        self.database = database
        self.tools = tools
        self.path = path
        self.isTrial = isTrial
        self.isRehearsal = isRehearsal
    }

    /// The same store, for trials: each write is made and judged whole, and then taken back, whatever comes of it. One write does not see the one before.
    public var trial: TenantStore { TenantStore(database, tools, at: path, isTrial: true) }

    /// A trial of several writes: `body` gets a store in which each sees those before it, for reading and writing alone and only until it returns. All of it
    /// is one transaction, which is taken back at its end, whatever comes of it. Nothing of it reaches the disk meanwhile, and nobody else writes.
    public func rehearse<Value>(_ body: (TenantStore) throws -> Value) throws -> Value {
        let doing: StaticString = "trying out what would be written"
        var tried: Value?
        do {
            try whole(doing) {
                try database.writeWithoutTransaction { connection in
                    // Pages that do not fit the cache would go to the log, and those that a part may take back to a file of their own.
                    try connection.execute(sql: "PRAGMA cache_spill = OFF; PRAGMA temp_store = MEMORY")
                    defer { try? connection.execute(sql: "PRAGMA cache_spill = ON; PRAGMA temp_store = DEFAULT") }
                    try connection.transaction(.immediate, doing: doing) {
                        tried = try body(TenantStore(database, tools, at: path, isRehearsal: true))
                        throw TrialIsOver()
                    }
                }
            }
        } catch {
            guard tried != nil else { throw error }
        }
        guard let tried else { preconditionFailure("a rehearsal ends by throwing") }
        return tried
    }

    // MARK: Making and opening

    /// Creates the file (mode 0600, its directory 0700) and the tenant in it. Throws `exists` when a file is there.
    ///
    /// - Parameter vfs: the SQLite VFS under which `path` lies, for simulations of disks; what is there before is then the caller's business.
    public static func create(at path: String, through vfs: String? = nil, identity: TenantIdentity, tools: TenantTools) throws -> TenantStore {
        if vfs == nil { try StoreFile.create(path) }
        let store = try open(path, vfs, tools)
        try store.found(identity)
        return store
    }

    /// Opens an existing file and brings its tables up to this version.
    ///
    /// Throws `missing`, `notAStore` before anything is written, `newerVersion` for the file of a newer program, and `otherTenant` where it is not of `tenant`: a file that
    /// somebody copied into the wrong folder is nobody's there. `vfs` is as in `create`.
    ///
    /// - Parameters:
    ///   - tenant: whose the file is by what lies beside it; nil where nothing does.
    ///   - checksPages: looks at every page first, before the file is used: for one that comes from elsewhere.
    public static func open(
        at path: String, through vfs: String? = nil, of tenant: Identifier? = nil, checksPages: Bool = false, tools: TenantTools
    ) throws -> TenantStore {
        if vfs == nil { try StoreFile.check(path) }
        let store = try open(path, vfs, tools, of: tenant, checksPages: checksPages)
        _ = try store.read { try $0.identity() }
        return store
    }

    /// The same store without a file, for simulations and tests; gone with its last holder.
    public static func inMemory(identity: TenantIdentity, tools: TenantTools) throws -> TenantStore {
        let store = try whole("opening a store in memory", at: nil) {
            try prepare(TenantStore(DatabaseQueue(configuration: configuration), tools))
        }
        try store.found(identity)
        return store
    }

    /// A copy in memory of what is committed now, for tests: a backup that is put back later.
    public func copyInMemory() throws -> TenantStore {
        try whole("copying a store into memory") {
            let copy = try DatabaseQueue(configuration: Self.configuration)
            try database.backup(to: copy)
            try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let store = TenantStore(copy, tools)
            try store.assertDurable()
            return store
        }
    }

    private static func open(
        _ path: String, _ vfs: String?, _ tools: TenantTools, of tenant: Identifier? = nil, checksPages: Bool = false
    ) throws -> TenantStore {
        try whole("opening a store", at: vfs == nil ? path : nil) {
            let location = StoreFile.location(of: path, through: vfs)
            guard vfs == nil else {
                // A simulation lives on one thread: nobody reads beside its writer, and each connection would prepare its statements anew.
                var configuration = configuration
                configuration.journalMode = .wal
                return try prepare(TenantStore(DatabaseQueue(path: location, configuration: configuration), tools), of: tenant, checksPages: checksPages)
            }
            return try prepare(TenantStore(DatabasePool(path: location, configuration: configuration), tools, at: path), of: tenant, checksPages: checksPages)
        }
    }

    /// Pages of 4 KiB after which a commit moves the write-ahead log into the file while somebody waits for it: 32 MiB. `checkpoint` does
    /// so earlier, when nobody waits.
    private static let mostLogPages = 8000

    /// How long whoever would write waits for others who do.
    private static let busyMilliseconds: Int32 = 10_000

    private static var configuration: Configuration {
        precondition(SQLiteComplaint.isHeard)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(Double(busyMilliseconds) / 1000)
        configuration.label = "tenant"
        configuration.prepareDatabase { database in
            database.ignoreWhatStatementsTouch()
            try database.defend()
            try database.execute(
                sql: """
                    PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -8000;
                    PRAGMA wal_autocheckpoint = \(mostLogPages)
                    """)
        }
        return configuration
    }

    /// Before its tables are brought up to this version: what is another's, or made by others, is left as it is.
    private static func examine(_ store: TenantStore, of tenant: Identifier?, checksPages: Bool) throws {
        let doing: StaticString = "opening a store"
        try store.database.writeWithoutTransaction { database in
            if let tenant {
                let row = try PreparedStatement("SELECT id FROM tenant", in: database, doing: doing)
                defer { row.reset() }
                // A file without a tenant has its own words.
                if try row.step(doing: doing), try row.identifier(0, doing: doing) != tenant {
                    throw StoreError(.otherTenant, doing: doing, detail: "the database in this tenant's folder is another tenant's")
                }
            }
            // A trigger or view from elsewhere would run with our rights.
            guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index')") == 0 else {
                throw StoreError(.damaged, doing: doing, detail: "it holds a view or a trigger, which no version of this program makes")
            }
            guard checksPages, try String.fetchOne(database, sql: "PRAGMA quick_check(1)") != "ok" else { return }
            if let code = database.failedRead { throw StoreError(system: code, doing: doing, detail: "the disk did not give a page") }
            throw StoreError(.damaged, doing: doing, detail: "the file is damaged, by SQLite's own check")
        }
    }

    private static func prepare(_ store: TenantStore, of tenant: Identifier? = nil, checksPages: Bool = false) throws -> TenantStore {
        // GRDB's pool sets synchronous to NORMAL when it opens, after prepareDatabase: FULL comes last, and is read back.
        let migrator = TenantSchema.migrator
        let applied = try store.database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            return try migrator.appliedIdentifiers(database)
        }
        guard applied.isSubset(of: migrator.migrations) else {
            throw StoreError(.newerVersion, doing: "opening a store", detail: "a newer program wrote it; update this one")
        }
        if !applied.isEmpty { try examine(store, of: tenant, checksPages: checksPages) }
        if applied.count < migrator.migrations.count {
            try migrator.migrate(store.database)
            // What an older program left is taken as it is.
            if !applied.isEmpty { try store.write { try $0.noteDecisions() } }
        }
        // A program that was ended between deleting values and emptying the write-ahead log left them in it.
        store.settleErasures(waiting: longestWaitForReaders)
        try store.assertDurable()
        return store
    }

    private func found(_ identity: TenantIdentity) throws {
        try whole("creating a store") {
            try database.write { database in
                let transaction = TenantTransaction(database, tools)
                try transaction.found(identity)
                try transaction.noteDecisions()
            }
            // The mark by which a file is known for ours must lie in the file itself, not in its log.
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        }
    }

    /// Closes the store. Its file then holds everything by itself, unless another process is still reading. Reading and
    /// writing throw from here on.
    public func close() throws {
        try whole("closing a store") {
            // GRDB closes its writer first; the readers that remain may not empty the write-ahead log.
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            try database.close()
        }
    }

    /// Moves the write-ahead log into the file as far as no reader needs it, so that no commit has to. Commits are durable without it.
    public func checkpoint() throws {
        try whole("moving the log into the file") {
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }
        }
    }

    // MARK: Durability

    /// Refuses to go on unless a commit waits for the disk: acknowledged work would be lost with the power otherwise.
    func assertDurable() throws {
        let (synchronous, foreignKeys) = try database.writeWithoutTransaction { database in
            (try Int.fetchOne(database, sql: "PRAGMA synchronous"), try Int.fetchOne(database, sql: "PRAGMA foreign_keys"))
        }
        guard synchronous == 2, foreignKeys == 1 else {
            throw StoreError(
                .failed, doing: "opening a store",
                detail: "SQLite's synchronous is \(synchronous ?? -1) and foreign_keys \(foreignKeys ?? -1), not FULL (2) and on (1)")
        }
    }

    // MARK: Reading and writing

    /// Everything that `body` does becomes durable together before this returns; if it throws, nothing of it happened.
    public func write<Value>(_ body: (TenantTransaction) throws -> Value) throws -> Value {
        let doing: StaticString = "writing to a store"
        if isRehearsal {
            return try whole(doing) { try database.unsafeReentrantWrite { database in try database.part(doing: doing) { try made(body, in: database).value } } }
        }
        var tried: Value?
        let (value, hasErased, erases, raised): (Value, Bool, Bool, [TenantAlarm.Raised])
        do {
            (value, hasErased, erases, raised) = try whole(doing) {
                try database.writeWithoutTransaction { database in
                    try database.transaction(.immediate, doing: doing) {
                        let (value, transaction) = try made(body, in: database)
                        tried = value
                        if isTrial { throw TrialIsOver() }
                        return (value, transaction.hasErased, transaction.erasesAttachments, transaction.raised)
                    }
                }
            }
        } catch {
            guard isTrial, let tried else { throw error }
            return tried
        }
        writes.withLock { $0 &+= 1 }
        if !raised.isEmpty, let tell = alarmListener.withLock({ $0 }) { for alarm in raised { tell(alarm) } }
        if erases { erasesAttachments.withLock { $0 = true } }
        if hasErased { erasureIsOwed.withLock { $0 = true } }
        // A later write waits for no reader: it only looks whether they are gone.
        if erasureIsOwed.withLock({ $0 }) { settleErasures(waiting: hasErased ? Self.longestWaitForReaders : 0) }
        return value
    }

    /// What `body` writes, and what follows from it.
    private func made<Value>(_ body: (TenantTransaction) throws -> Value, in database: Database) throws -> (value: Value, transaction: TenantTransaction) {
        let transaction = TenantTransaction(database, tools)
        let value = try body(transaction)
        if let failure = transaction.failure { throw failure }
        try transaction.followRule()
        if transaction.altersDecisions, !transaction.foundDecisionsDamaged { try transaction.noteDecisions() }
        if transaction.hasErased { try transaction.oweErasure() }
        return (value, transaction)
    }

    /// Tells of each alarm that this process raises here from now on, once it is committed. One listener at a time; `tell` must not write to the store.
    public func onAlarm(_ tell: @escaping @Sendable (TenantAlarm.Raised) -> Void) { alarmListener.withLock { $0 = tell } }

    /// Were attachments erased by this process since the last call? Then their bytes are to go from the vault.
    public func takesErasedAttachments() -> Bool {
        erasesAttachments.withLock { erases in
            defer { erases = false }
            return erases
        }
    }

    /// Milliseconds that a write waits for readers when it has deleted something, and whoever opens the store.
    private static let longestWaitForReaders: Int32 = 200

    /// What was deleted is overwritten in the file (`secure_delete`); this takes it out of the write-ahead log too, and out of the pages that the log was still to
    /// overwrite. Whatever process deleted it wrote down that it is owed, in the same transaction; so it stays until somebody has done it.
    ///
    /// - Parameter milliseconds: how long readers are waited for. Nobody writes meanwhile.
    /// - Returns: false when somebody reads on: it is still owed, to the running server, which tries every second, and to whoever opens the store next.
    @discardableResult
    public func settleErasures(waiting milliseconds: Int32) -> Bool {
        guard !isTrial else { return true }
        let isDone = try? database.writeWithoutTransaction { database in
            // Asked before the log is emptied: what another process deletes between the two stays owed.
            let made = try? Int64.fetchOne(database, sql: "SELECT erasures FROM tenant")
            sqlite3_busy_timeout(database.sqliteConnection, milliseconds)
            defer { sqlite3_busy_timeout(database.sqliteConnection, Self.busyMilliseconds) }
            guard try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0 else { return false }
            if let made { try database.execute(sql: "UPDATE tenant SET erasures_settled = ? WHERE erasures_settled < ?", arguments: [made, made]) }
            return true
        }
        guard isDone == true else { return false }
        erasureIsOwed.withLock { $0 = false }
        return true
    }

    /// As `TenantSnapshot.isErasureOwed`.
    public func isErasureOwed() throws -> Bool { try read { snapshot in try snapshot.isErasureOwed() } }

    /// `body` sees one moment, whatever is written meanwhile.
    public func read<Value>(_ body: (TenantSnapshot) throws -> Value) throws -> Value {
        let doing: StaticString = "reading a store"
        // Not `read` of GRDB: it would switch the one connection of a store in memory to reading and back, at which SQLite forgets every
        // statement that it has prepared.
        if isRehearsal { return try whole(doing) { try database.unsafeReentrantWrite { try body(TenantSnapshot($0, tools)) } } }
        return try whole(doing) {
            try database.unsafeRead { database in try database.transaction(.deferred, doing: doing) { try body(TenantSnapshot(database, tools)) } }
        }
    }

    /// A number that grows with every commit, of this process or another: what a running server polls. SQLite's own leaves out what its
    /// connection commits itself.
    public func dataVersion() throws -> Int64 {
        let ofOthers = try whole("asking for changes") {
            try database.writeWithoutTransaction { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        }
        return ofOthers &+ writes.withLock { $0 }
    }

    /// For tests: reaches the writer's connection.
    func withConnection<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try database.writeWithoutTransaction(body)
    }

    private func whole<Value>(_ doing: StaticString, _ body: () throws -> Value) throws -> Value { try Self.whole(doing, at: path, body) }

    private static func whole<Value>(_ doing: StaticString, at path: String?, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw StoreError.of(error, doing: doing, at: path)
        }
    }
}

extension TenantStore {
    /// Writes the store as it is at one moment into a new file (mode 0600) at `path`, which becomes a whole store by itself.
    ///
    /// Reads beside the writer: pushes go on meanwhile. The copy is not made durable.
    public func copy(to path: String) throws {
        let doing: StaticString = "copying a store"
        try StoreFile.create(path)
        try Self.whole(doing, at: path) {
            let target = try DatabaseQueue(path: path)
            try database.backup(to: target)
            try target.close()
        }
    }
}
