import GRDBSQLite
import SeamarkTestSupport
import SimulationSupport
import Testing

/// The simulated disk is held against what SQLite promises of real ones: what is committed stays, whole, and nothing else shows.
@Suite struct SimulatedDiskTests {
    /// A connection of SQLite's own.
    private final class Connection {
        private var handle: OpaquePointer?
        var code: Int32 { sqlite3_extended_errcode(handle) }

        init?(_ mount: Mount, _ name: String = "a.sqlite", synchronous: String = "FULL") {
            let path = "file:\(mount.path(name))?vfs=\(SimulatedVFS.name)"
            guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, nil) == SQLITE_OK,
                run("PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous); PRAGMA wal_autocheckpoint = 20")
            else { return nil }
        }

        deinit { sqlite3_close(handle) }

        @discardableResult
        func run(_ sql: String) -> Bool { sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK }

        func numbers(_ sql: String) -> [Int64]? {
            var statement: OpaquePointer?
            guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { return nil }
            defer { sqlite3_finalize(statement) }
            var found: [Int64] = []
            while true {
                switch sqlite3_step(statement) {
                case SQLITE_ROW: found.append(sqlite3_column_int64(statement, 0))
                case SQLITE_DONE: return found
                case _: return nil
                }
            }
        }

        var isIntact: Bool { numbers("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == [1] }
    }

    /// Three rows that belong together, and tell by their number which commit they are of.
    private static func commit(_ number: Int, _ connection: Connection, _ dice: inout SplitMix64) -> Bool {
        guard connection.run("BEGIN IMMEDIATE") else { return false }
        for _ in 0..<3 {
            guard connection.run("INSERT INTO part (whole, content) VALUES (\(number), randomblob(\(dice.next() % 3000)))") else { break }
        }
        if connection.numbers("SELECT count(*) FROM part WHERE whole = \(number)") == [3], connection.run("COMMIT") { return true }
        connection.run("ROLLBACK")
        return false
    }

    /// What is wrong after some processes that died at some call, on a disk that lost its power now and then; nil for nothing.
    private func fault(seed: UInt64, _ honouring: Mount.Honouring) -> String? {
        var dice = SplitMix64(seed: seed)
        let disk = SimulatedDisk()
        var acknowledged = 0
        for life in 0..<4 {
            let mount = Mount(disk, honouring: honouring)
            if life > 0, dice.chance(80) { mount.fault = DiskFault(.death(dice: dice.next()), after: Int(dice.next() % 150)) }
            if let connection = Connection(mount), connection.run("CREATE TABLE IF NOT EXISTS part (id INTEGER PRIMARY KEY, whole, content)") {
                let wholes = connection.numbers("SELECT whole FROM part GROUP BY whole HAVING count(*) = 3 ORDER BY whole") ?? []
                let rows = connection.numbers("SELECT count(*) FROM part")?.first ?? 0
                let isIntact = connection.isIntact
                if !mount.isDead {
                    if wholes.count < acknowledged { return "of \(acknowledged) commits \(wholes.count) are there" }
                    if wholes != (0..<Int64(wholes.count)).map({ $0 }) || rows != 3 * wholes.count { return "parts of commits are there" }
                    if !isIntact { return "the file is damaged" }
                    // What a process finds that it was not told is durable only with its own next commit.
                    var next = wholes.count
                    for _ in 0..<25 where Self.commit(next, connection, &dice) {
                        next += 1
                        acknowledged = next
                    }
                }
                if dice.chance(50) { mount.kill() }
            }
            mount.kill()
            if dice.chance(80) { disk.losePower(&dice) }
        }
        return nil
    }

    @Test(arguments: [UInt64(0)..<40, 1000..<1040, 2000..<2040])
    func `what was committed survives every way of losing power, and what was not is never seen`(seeds: Range<UInt64>) {
        for seed in seeds { #expect(fault(seed: seed, .allSyncs) == nil, "seed \(seed)") }
    }

    @Test(arguments: [Mount.Honouring.checkpoints, .none])
    func `a disk whose syncs are left out loses commits`(honouring: Mount.Honouring) {
        let seed = (UInt64(0)..<40).first { fault(seed: $0, honouring)?.hasPrefix("of ") == true }
        #expect(seed != nil)
    }

    @Test(arguments: [DiskFault.Kind.inputOutput, .full], [true, false])
    func `a disk that refuses is told as such, keeps nothing of the step, and goes on when it takes again`(kind: DiskFault.Kind, isLasting: Bool) {
        var refusals = 0
        for after in 0..<40 {
            var dice = SplitMix64(seed: UInt64(after))
            let disk = SimulatedDisk()
            let mount = Mount(disk)
            guard let connection = Connection(mount), connection.run("CREATE TABLE part (id INTEGER PRIMARY KEY, whole, content)") else {
                Issue.record("not opened")
                return
            }
            var acknowledged: [Int64] = []
            mount.fault = DiskFault(kind, after: after, isLasting: isLasting)
            for number in 0..<6 {
                let isDone = Self.commit(number, connection, &dice)
                if isDone { acknowledged.append(Int64(number)) } else { refusals += 1 }
            }
            mount.fault = nil
            #expect(Self.commit(6, connection, &dice), "after \(after)")
            acknowledged.append(6)
            let read = "SELECT whole FROM part GROUP BY whole HAVING count(*) = 3 ORDER BY whole"
            #expect(connection.numbers(read) == acknowledged, "after \(after)")
            mount.kill()
            disk.losePower(&dice)
            let again = Connection(Mount(disk))
            #expect(again?.numbers(read) == acknowledged && again?.isIntact == true, "after \(after)")
        }
        #expect(refusals > 20)
    }

    @Test func `connections of one process see each other's commits, and one writes at a time`() {
        let mount = Mount(SimulatedDisk())
        guard let first = Connection(mount), let second = Connection(mount) else {
            Issue.record("not opened")
            return
        }
        #expect(first.run("CREATE TABLE t (x); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)"))
        #expect(second.numbers("SELECT x FROM t") == [])
        #expect(!second.run("BEGIN IMMEDIATE") && second.code & 0xff == SQLITE_BUSY)
        #expect(first.run("COMMIT"))
        #expect(second.run("BEGIN") && second.numbers("SELECT x FROM t") == [1])
        #expect(first.run("INSERT INTO t VALUES (2)"))
        #expect(second.numbers("SELECT x FROM t") == [1], "it sees one moment")
        #expect(second.run("COMMIT") && second.numbers("SELECT x FROM t") == [1, 2])
    }

    @Test func `copies of a disk share nothing that is written later, and the last to close leaves one file`() {
        let disk = SimulatedDisk()
        let mount = Mount(disk)
        var connection = Connection(mount)
        #expect(connection?.run("CREATE TABLE t (x); INSERT INTO t VALUES (1)") == true)
        let copy = disk.copy()
        #expect(connection?.run("INSERT INTO t VALUES (2)") == true)
        let other = Connection(Mount(copy))
        #expect(other?.numbers("SELECT x FROM t") == [1])
        #expect(other?.run("INSERT INTO t VALUES (3)") == true)
        #expect(connection?.numbers("SELECT x FROM t") == [1, 2])
        connection = nil
        #expect(disk["a.sqlite-wal"] == nil)
        #expect(Connection(Mount(disk))?.numbers("SELECT x FROM t") == [1, 2])
    }
}
