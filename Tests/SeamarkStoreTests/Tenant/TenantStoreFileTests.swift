import Foundation
import Glibc
import GRDB
import GRDBSQLite
import SeamarkJournal
@testable import SeamarkStore
import Testing

@Suite struct `The file of a tenant's store` {
    private let directory = TemporaryDirectory()

    private func made() throws -> TenantStore {
        try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
    }

    private func reason(_ body: () throws -> TenantStore) -> StoreError.Reason? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? StoreError)?.reason }
    }

    @Test func `a commit waits for the disk`() throws {
        let store = try made()
        #expect(try store.withConnection { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try store.withConnection { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        try store.assertDurable()
        for pragma in ["synchronous = NORMAL", "synchronous = OFF", "foreign_keys = OFF"] {
            try store.withConnection { try $0.execute(sql: "PRAGMA \(pragma)") }
            #expect(throws: StoreError.self) { try store.assertDurable() }
            try store.withConnection { try $0.execute(sql: "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON") }
        }
        try store.assertDurable()
        try store.close()
        let again = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
        #expect(try again.withConnection { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    }

    @Test func `in a rehearsal each write sees those before it, one that fails is taken back alone, and at its end nothing was written`() throws {
        struct Refused: Error {}
        let store = try made()
        func kept(_ store: TenantStore) throws -> [String] { try store.read { try $0.audit() }.map(\.detail) }
        _ = try store.write { try $0.noteAct("test", detail: "before", at: 1) }
        let before = try kept(store)
        let files = [directory.store, directory.store + "-wal"].map { FileManager.default.contents(atPath: $0) }
        let seen = try store.rehearse { trial in
            // More than a cache of the connection holds.
            for number in 0..<3 { _ = try trial.write { try $0.noteAct("test", detail: "\(number)" + String(repeating: "x", count: 3_500_000), at: 2) } }
            #expect(throws: Refused.self) {
                try trial.write { transaction in
                    _ = try transaction.noteAct("test", detail: "taken back", at: 3)
                    throw Refused()
                }
            }
            _ = try trial.write { try $0.noteAct("test", detail: "behind it", at: 4) }
            #expect(try kept(store) == before, "who reads beside it sees what is committed")
            return try kept(trial).map { String($0.prefix(1)) }
        }
        #expect(seen == before.map { String($0.prefix(1)) } + ["0", "1", "2", "b"])
        #expect(try kept(store) == before)
        #expect([directory.store, directory.store + "-wal"].map { FileManager.default.contents(atPath: $0) } == files)
        #expect(throws: Refused.self) {
            try store.rehearse { trial in
                _ = try trial.write { try $0.noteAct("test", detail: "gone", at: 5) }
                throw Refused()
            }
        }
        _ = try store.write { try $0.noteAct("test", detail: "after", at: 6) }
        #expect(try kept(store) == before + ["after"])
    }

    @Test func `every connection is defended: no statement alters the file past SQLite's rules, and nothing exceeds its limits`() throws {
        let store = try made()
        func expectDefended(_ database: Database) throws {
            #expect(database.isDefended)
            #expect(try Int.fetchOne(database, sql: "PRAGMA trusted_schema") == 0 && Int.fetchOne(database, sql: "PRAGMA cell_size_check") == 1)
            for limit in Database.limits { #expect(sqlite3_limit(database.sqliteConnection, limit.number, -1) == limit.most, "\(limit.name)") }
            #expect(throws: DatabaseError.self) { try database.execute(sql: "ATTACH DATABASE ':memory:' AS other") }
            #expect(throws: DatabaseError.self) { try database.execute(sql: "SELECT zeroblob(268435457)") }
        }
        try store.withConnection { database in
            try expectDefended(database)
            #expect(throws: DatabaseError.self) { try database.execute(sql: "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '' WHERE name = 'tenant'") }
        }
        try store.read { try expectDefended($0.database) }
        try store.close()
        // And of a laptop's store.
        let laptop = try ScratchDirectory()
        _ = try laptop.create()
        try SQLiteRowShelf(path: laptop.store + "/rows.sqlite").withConnection { try expectDefended($0) }
    }

    @Test func `a store with a trigger or a view from elsewhere is not opened, and one with a damaged page is not restored`() throws {
        for sql in ["CREATE TRIGGER theirs AFTER INSERT ON audit BEGIN DELETE FROM audit; END", "CREATE VIEW theirs AS SELECT 1"] {
            let store = try made()
            try store.withConnection { try $0.execute(sql: sql) }
            try store.close()
            #expect(reason { try TenantStore.open(at: directory.store, tools: TenantSamples.tools()) } == .damaged, "\(sql)")
            for ending in ["", "-wal", "-shm"] { unlink(directory.store + ending) }
        }
        let store = try made()
        try store.write { transaction in for number in 0..<200 { try transaction.noteAct("test", detail: "an act of some length, so that there are pages", at: Int64(number)) } }
        let root = try #require(try store.withConnection { try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'audit'") })
        try store.close()
        let file = try #require(fopen(directory.store, "r+"))
        fseek(file, (root - 1) * 4096, SEEK_SET)
        _ = [UInt8](repeating: 0x5a, count: 4096).withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        fclose(file)
        #expect(reason { try TenantStore.open(at: directory.store, checksPages: true, tools: TenantSamples.tools()) } == .damaged)
    }

    @Test func `a checkpoint moves what was written into the file itself`() throws {
        let store = try made()
        let scope = Identifier(high: 1, low: 1)
        try store.write { try $0.addScope(scope, kind: .shared) }
        func holdsScope() throws -> Bool {
            copyFile(directory.store, directory.path + "/copy.sqlite")
            let copy = try TenantStore.open(at: directory.path + "/copy.sqlite", tools: TenantSamples.tools())
            defer { try? copy.close() }
            return try copy.read { try $0.scope(scope) } != nil
        }
        #expect(try !holdsScope())
        try store.checkpoint()
        #expect(try holdsScope())
        try store.close()
    }

    @Test func `the number that a server polls grows with every commit, its own and another process's, and with nothing else`() throws {
        let store = try made()
        let other = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
        var last = try store.dataVersion()
        for round in 0..<6 {
            _ = try store.read { try $0.scopes() }
            #expect(try store.dataVersion() == last)
            try (round % 2 == 0 ? store : other).write { try $0.addScope(Identifier(high: 1, low: UInt64(round)), kind: .engagement) }
            let now = try store.dataVersion()
            #expect(now > last, "after commit \(round)")
            last = now
        }
        try other.close()
        try store.close()
    }

    @Test func `nobody else may read it`() throws {
        let store = try made()
        try store.write { try $0.addScope(Identifier(high: 1, low: 1), kind: .shared) }
        var status = stat()
        for (path, mode) in [
            (directory.path + "/tenant", mode_t(0o700)), (directory.store, 0o600), (directory.store + "-wal", 0o600),
            (directory.store + "-shm", 0o600),
        ] {
            #expect(lstat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == mode, "\(path)")
        }
        try store.close()
    }

    @Test func `knows its tenant after a move, and keeps a renewed epoch`() throws {
        let store = try made()
        #expect(try store.read { try $0.identity() } == TenantSamples.identity)
        try store.write { try $0.renewEpoch(5, incarnation: 6) }
        try store.close()
        copyFile(directory.store, directory.path + "/copy.sqlite")
        let copy = try TenantStore.open(at: directory.path + "/copy.sqlite", tools: TenantSamples.tools())
        let identity = try copy.read { try $0.identity() }
        #expect(identity.id == TenantSamples.identity.id && identity.epoch == 5 && identity.incarnation == 6)
        try copy.close()
    }

    @Test func `is not made over another, and not opened where there is none`() throws {
        let tools = try TenantSamples.tools()
        #expect(reason { try TenantStore.open(at: directory.store, tools: tools) } == .missing)
        try made().close()
        #expect(reason { try made() } == .exists)
    }

    @Test func `another database is refused and left as it was`() throws {
        let tools = try TenantSamples.tools()
        let path = directory.path + "/copy.sqlite"
        // Before SQLite's first connection, whichever test comes first.
        #expect(SQLiteComplaint.isHeard)
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE theirs (x)") }
        try other.close()
        #expect(reason { try TenantStore.open(at: path, tools: tools) } == .notAStore)
        #expect(access(path + "-wal", F_OK) != 0)
        let text = fopen(path, "w")
        fputs("not a database", text)
        fclose(text)
        #expect(reason { try TenantStore.open(at: path, tools: tools) } == .notAStore)
    }

    @Test func `a store that is not of the tenant that is meant is refused, and its tables are left as they were`() throws {
        try made().close()
        let (own, other) = (TenantSamples.identity.id, Identifier(high: 8, low: 8))
        try TenantStore.open(at: directory.store, of: own, tools: TenantSamples.tools()).close()
        #expect(reason { try TenantStore.open(at: directory.store, of: other, tools: TenantSamples.tools()) } == .otherTenant)
        // Of an older program too, before it is migrated.
        let kept = "\(#filePath)".split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Databases/tenant-1.sqlite"
        let path = directory.path + "/copy.sqlite"
        copyFile(kept, path)
        #expect(reason { try TenantStore.open(at: path, of: other, tools: TenantSamples.tools()) } == .otherTenant)
        let old = try DatabaseQueue(path: path)
        #expect(try old.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM grdb_migrations") } == 1)
        try old.close()
        try TenantStore.open(at: path, of: own, tools: TenantSamples.tools()).close()
    }

    @Test func `a newer program's store is refused`() throws {
        let store = try made()
        try store.withConnection { try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999')") }
        try store.close()
        #expect(reason { try TenantStore.open(at: directory.store, tools: TenantSamples.tools()) } == .newerVersion)
    }

    @Test func `what throws half-way leaves nothing, even when the closure hides it`() throws {
        struct Stop: Error {}
        let store = try made()
        #expect(throws: Stop.self) {
            try store.write { transaction in
                try transaction.addScope(Identifier(high: 1, low: 1), kind: .shared)
                throw Stop()
            }
        }
        #expect(throws: StoreError.self) {
            try store.write { transaction in
                try transaction.addScope(Identifier(high: 1, low: 1), kind: .shared)
                _ = try? transaction.release([Identifier(high: 9, low: 9)], received: 1)
            }
        }
        #expect(try store.read { try $0.scopes() }.isEmpty)
        try store.close()
    }

    @Test func `of a device that was heard before its work was weighed the number of its changes stays, and the rest is not known`() throws {
        // Before SQLite's first connection, whichever test comes first.
        #expect(SQLiteComplaint.isHeard)
        let kept = "\(#filePath)".split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Databases/tenant-1.sqlite"
        let path = directory.path + "/copy.sqlite"
        copyFile(kept, path)
        let old = try DatabaseQueue(path: path)
        try old.write { try $0.execute(sql: "UPDATE device SET contact = 5, skew = -2, unsent = 7, version = 'seamark 0.1.0', incarnation = 9 WHERE key = 1") }
        try old.close()
        let store = try TenantStore.open(at: path, tools: TenantSamples.tools())
        let devices = try store.read { try $0.devices() }
        #expect(devices.first?.contact == DeviceContact(time: 5, skew: -2, work: UnsentWork(changes: 7), version: "seamark 0.1.0", incarnation: 9))
        #expect(devices.count == 3 && devices.dropFirst().allSatisfy { $0.contact == nil })
        #expect(try store.read { try $0.unsentWork() }.isEmpty)
        // And it is weighed when it is heard again.
        let work = UnsentWork(changes: 1, bytes: 90, oldest: 4, attachments: 1, attachmentBytes: 8)
        let contact = DeviceContact(time: 6, skew: 0, work: work, version: "seamark 0.2.0", incarnation: 9)
        let (device, scope) = (try #require(devices.first).id, try #require(try store.read { try $0.scopes() }.first).id)
        try store.write { try $0.noteContact(contact, by: [scope: work], of: device) }
        #expect(try store.read { try $0.device(device) }?.contact == contact)
        #expect(try store.read { try $0.unsentWork() }[device]?.map(\.work) == [work])
        try store.close()
    }

    /// The file was written by the first version; `SEAMARK_WRITE_DATABASE` makes one (see `Databases/README.md`).
    @Test func `a store of version 1 opens, and verifies`() throws {
        var history = try RandomHistory(
            seed: 4711, store: TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools()))
        for _ in 0..<40 { _ = try history.step() }
        let kept = "\(#filePath)".split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Databases/tenant-1.sqlite"
        if getenv("SEAMARK_WRITE_DATABASE") != nil {
            let store = try made()
            var history = try RandomHistory(seed: 4711, store: store)
            for _ in 0..<40 { _ = try history.step() }
            try store.close()
            copyFile(directory.store, kept)
        }
        let path = directory.path + "/copy.sqlite"
        copyFile(kept, path)
        let store = try TenantStore.open(at: path, tools: TenantSamples.tools())
        #expect(try history.difference(in: store) == nil)
        try store.close()
    }
}
