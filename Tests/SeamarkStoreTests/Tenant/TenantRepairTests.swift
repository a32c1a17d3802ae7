import Foundation
import GRDB
import SeamarkJournal
import Testing

@testable import SeamarkStore

/// Rows that are not what the log says, and disputes about rows that are.
@Suite struct TenantRepairTests {
    private static func history(_ seed: UInt64) throws -> (store: TenantStore, history: RandomHistory, scope: Identifier) {
        let store = try TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        var history = try RandomHistory(seed: seed, store: store)
        for _ in 0..<60 { _ = try history.step() }
        return (store, history, history.scopes[0])
    }

    private static func right(_ store: TenantStore, _ scope: Identifier) throws -> [RecordDigest] {
        try store.read { try $0.reckon([.all], in: scope).state.recordDigests }
    }

    /// What a broken merge leaves: rows lacking, altered, of no record, or not to be read at all; and the digest of just these.
    private static func spoil(_ store: TenantStore, _ scope: Identifier, _ dice: inout Dice) throws {
        let key = try store.read { try $0.knownScope(scope, doing: "testing").key }
        try store.withConnection { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            for _ in 0..<(1 + dice.below(4)) {
                let row = try Row.fetchOne(database, sql: "SELECT key, id FROM record WHERE scope = ? ORDER BY random() LIMIT 1", arguments: [key])
                let at: Int64 = row?["key"] ?? 0
                switch dice.below(6) {
                case 0: try database.execute(sql: "DELETE FROM record WHERE key = ?", arguments: [at])
                case 1:
                    try database.execute(
                        sql: "UPDATE record SET heads = (SELECT heads FROM record WHERE key <> ?1 LIMIT 1) WHERE key = ?1 AND (SELECT count(*) FROM record) > 1",
                        arguments: [at])
                case 2: try database.execute(sql: "UPDATE record SET heads = x'01ff' WHERE key = ?", arguments: [at])
                case 3: try database.execute(sql: "UPDATE record SET document = 'another' WHERE key = ?", arguments: [at])
                case 4: try database.execute(sql: "DELETE FROM sensitive WHERE record = ?", arguments: [at])
                case _:
                    try database.execute(
                        sql: "INSERT INTO record (scope, id, type, heads, document) VALUES (?, ?, 5, x'01000000', '')",
                        arguments: [key, Data(dice.identifier().bytes)])
                }
            }
        }
        let sum = try store.read { try $0.sums(of: [.all], in: scope, list: 0)[0].digest }
        try store.withConnection { try $0.execute(sql: "UPDATE scope SET digest = ? WHERE key = ?", arguments: [Data(sum.bytes), key]) }
    }

    private static func holds(_ store: TenantStore, _ history: RandomHistory) throws -> Bool {
        if case .holds = try store.read({ try $0.verify(keyOf: history.key) }) { true } else { false }
    }

    @Test(arguments: UInt64(0)..<40)
    func `rows that are not what the log says are computed anew from it, whatever was done to them, and an alarm and the audit log tell`(seed: UInt64) throws {
        let (store, history, scope) = try Self.history(seed)
        let other = try store.read { try $0.scope(history.scopes[1]) }
        var dice = Dice(seed: seed &+ 900)
        try Self.spoil(store, scope, &dice)
        guard try !Self.holds(store, history) else { return }
        let digests = try Self.right(store, scope)
        let dispute = RowDispute(
            device: history.laptops[0].id, scope: scope, ranges: [.all],
            digests: [digests.reduce(into: ScopeDigest.zero) { $0.add($1.digest) }])
        let reckoning = try store.read { try $0.reckon(dispute.ranges, in: scope) }
        #expect(try store.read { try $0.isWrong(dispute, reckoning) })
        let settled = try store.write { try $0.settle(dispute, at: 50) }
        #expect(settled.digests == dispute.digests && settled.repaired == reckoning.wrong.count)
        #expect(try Self.holds(store, history))
        #expect(try store.read { try $0.scope(history.scopes[1]) } == other)
        #expect(try store.read { try $0.alarms() }.map(\.kind) == [.rowsRepaired])
        let act = try #require(try store.read { try $0.audit() }.last)
        #expect(act.act == "rows.repair" && act.detail.hasPrefix("\(scope) \(history.laptops[0].id) \(reckoning.wrong.count)"))
        // A second time there is nothing to do.
        let again = try store.read { try $0.reckon(dispute.ranges, in: scope) }
        #expect(try again.wrong.isEmpty && !store.read { try $0.isWrong(dispute, again) })
    }

    @Test(arguments: UInt64(0)..<20)
    func `only the rows of the disputed ranges are looked at and written`(seed: UInt64) throws {
        let (store, history, scope) = try Self.history(seed)
        let key = try store.read { try $0.knownScope(scope, doing: "testing").key }
        let ids = try Self.right(store, scope).map(\.record)
        guard ids.count > 2 else { return }
        try store.withConnection { try $0.execute(sql: "UPDATE record SET document = 'another' WHERE scope = ?", arguments: [key]) }
        func documents() throws -> [Identifier: [UInt8]?] {
            try store.read { snapshot in try Dictionary(uniqueKeysWithValues: ids.map { ($0, try snapshot.document(of: $0, in: scope)) }) }
        }
        let range = RecordRange(of: ids[1])
        let digest = try store.read { try $0.reckon([range], in: scope).digests }
        let settled = try store.write { try $0.settle(RowDispute(device: history.laptops[0].id, scope: scope, ranges: [range], digests: digest), at: 1) }
        #expect(settled.repaired == 1)
        for (id, document) in try documents() { #expect((document == Array("another".utf8)) == (id != ids[1])) }
    }

    @Test(arguments: UInt64(0)..<20)
    func `a device that disputes rows which are right alters nothing, and is named as computing otherwise`(seed: UInt64) throws {
        let (store, history, scope) = try Self.history(seed)
        var dice = Dice(seed: seed)
        func dump() throws -> [[DatabaseValue]] {
            try store.withConnection { database in
                try ["record", "sensitive", "scope", "entry", "change", "stream"].flatMap { table in
                    try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1").map { row in row.map(\.1) }
                }
            }
        }
        let before = try dump()
        let ends = (0..<6).map { _ in dice.identifier() }.sorted()
        let ranges = [RecordRange(first: .zero, last: ends[0]), RecordRange(first: ends[1], last: ends[2]), RecordRange(first: ends[3], last: ends[5])]
        let dispute = RowDispute(
            device: history.laptops[1].id, scope: scope, ranges: ranges,
            digests: ranges.map { _ in ScopeDigest(high: dice.next(), low: dice.next()) })
        let reckoning = try store.read { try $0.reckon(ranges, in: scope) }
        #expect(try !store.read { try $0.isWrong(dispute, reckoning) })
        for _ in 0..<2 { #expect(try store.write { try $0.settle(dispute, at: 50) }.repaired == 0) }
        #expect(try dump() == before)
        let alarms = try store.read { try $0.alarms() }
        #expect(alarms.map(\.kind) == [.rulesDiffer] && alarms[0].device == history.laptops[1].id && alarms[0].count == 2)
        #expect(try store.read { try $0.audit() }.count { $0.act == "rows.dispute" } == 1)
        #expect(try Self.holds(store, history))
    }

    @Test func `a scope's digest that is not that of its rows is put right, though no row is wrong`() throws {
        let (store, history, scope) = try Self.history(4)
        let digest = try #require(try store.read { try $0.scope(scope) }).digest
        try store.withConnection { try $0.execute(sql: "UPDATE scope SET digest = x'00000000000000000000000000000001' WHERE id = ?", arguments: [Data(scope.bytes)]) }
        let dispute = RowDispute(device: history.laptops[0].id, scope: scope, ranges: [], digests: [])
        let reckoning = try store.read { try $0.reckon([], in: scope) }
        #expect(try store.read { try $0.isWrong(dispute, reckoning) })
        #expect(try store.write { try $0.settle(dispute, at: 50) }.repaired == 0)
        #expect(try store.read { try $0.scope(scope) }?.digest == digest)
        #expect(try Self.holds(store, history))
    }

    @Test func `nothing is computed from a log that does not hold together itself`() throws {
        for damage in [
            "UPDATE entry SET received = received + 1 WHERE key = (SELECT max(key) FROM entry WHERE key < 2199023255552)",
            "DELETE FROM entry WHERE key = (SELECT min(key) FROM entry)",
        ] {
            let (store, history, scope) = try Self.history(6)
            try store.withConnection { try $0.execute(sql: damage) }
            #expect(throws: StoreError.self) { try store.read { try $0.reckon([.all], in: scope) } }
            #expect(throws: StoreError.self) {
                try store.write { try $0.settle(RowDispute(device: history.laptops[0].id, scope: scope, ranges: [.all], digests: [.zero]), at: 1) }
            }
        }
    }

    @Test(arguments: UInt64(0)..<10)
    func `sums over ranges are those of the rows, listed where they are few`(seed: UInt64) throws {
        let (store, _, scope) = try Self.history(seed)
        let records = try Self.right(store, scope)
        let ranges = [RecordRange.all] + records.map { RecordRange(of: $0.record) }
        let sums = try store.read { try $0.sums(of: ranges, in: scope, list: 1) }
        #expect(try sums[0].count == records.count && sums[0].digest == store.read { try $0.scope(scope) }?.digest)
        #expect(sums[0].records.isEmpty == (records.count > 1))
        #expect(sums.dropFirst().map(\.records) == records.map { [$0] })
    }
}
