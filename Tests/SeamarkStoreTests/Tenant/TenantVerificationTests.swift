import Foundation
import GRDB
import SeamarkJournal
@testable import SeamarkStore
import Testing

@Suite struct `Verifying a tenant's store` {
    /// Columns that follow from the logs, are chained, or hold what people decided. A reason and time of what lies in quarantine outside the
    /// logs, and when a device was last heard, are the server's notes alone.
    static let columns: [String: [String]] = [
        "tenant": ["id", "name", "schema", "epoch", "author", "incarnation", "least_schema", "least_read_schema", "decisions"],
        "member": ["id", "name", "role", "active"],
        "staffing": ["member", "scope"],
        "device": ["key", "id", "member", "name", "letters", "certificate", "signing_key", "enrolled", "revoked", "certificate_end"],
        "wipe_order": ["device", "ordered", "wiped"],
        "invitation": ["token", "member", "made", "expires", "redeemed", "device"],
        "departure": ["member", "scope", "position", "released", "time"],
        "barred": ["leaf", "scope"],
        "withdrawn": ["scope", "person"],
        "scope": ["key", "id", "kind", "engagement", "position", "log_hash", "digest"],
        "stream": ["device", "incarnation", "scope", "number", "hash"],
        "entry": ["key", "stream", "first", "block_hash", "verdicts", "received", "log_hash", "content", "sensitive"],
        "change": ["id", "entry", "place", "waiting"],
        "record": ["scope", "id", "type", "heads", "document"],
        "sensitive": ["record", "leaf", "sealed"],
        "quarantined_block": ["hash", "scope", "device", "content", "sensitive"],
        "quarantined_change": ["id", "block"],
        "audit": ["number", "time", "act", "detail", "hash"],
    ]

    private func history() throws -> (TenantStore, RandomHistory) {
        let store = try TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        var history = try RandomHistory(seed: 31, store: store)
        for _ in 0..<80 { _ = try history.step() }
        try store.write { transaction in
            for number in 0..<3 { try transaction.noteAct("test", detail: "act \(number)", at: Int64(number)) }
            let (member, scope) = (history.laptops[0].member.id, history.scopes[0])
            try transaction.addScope(Identifier(high: 10, low: 9), kind: .published, engagement: scope)
            try transaction.revokeDevice(history.laptops[2].id, at: 7)
            try transaction.orderWipe(of: history.laptops[2].id, at: 8)
            _ = try transaction.noteWiped(history.laptops[2].id, at: 9)
            try transaction.renewDevice(history.laptops[0].id, certificate: .zero, until: 90)
            let token = Hash256(words: (1, 2, 3, 4))
            try transaction.addInvitation(token: token, member: member, made: 1, expires: 200)
            _ = try transaction.redeem(token, for: TenantSamples.enrolment(Identifier(high: 40, low: 77), key: TenantSamples.key(9)), at: 9)
            try transaction.noteDeparture(of: member, from: scope, releasingCopies: true, at: 8)
            for (query, values) in [(Query.bar, [Hash256(words: (9, 9, 9, 9)).bytes]), (.addWithdrawnPerson, [Identifier(high: 50, low: 1).bytes])] {
                let row = try transaction.statement(query, doing: "testing")
                row.bind(try transaction.knownScope(scope, doing: "testing").key, at: query == .bar ? 2 : 1)
                row.bind(values[0], at: query == .bar ? 1 : 2)
                try row.run(doing: "testing")
            }
        }
        return (store, history)
    }

    /// A value with one bit or one unit altered.
    private func altered(_ value: DatabaseValue, _ dice: inout Dice) -> DatabaseValue? {
        switch value.storage {
        case .null: return nil
        case .int64(let number): return (number ^ Int64(1) << Int64(dice.below(4))).databaseValue
        case .double: return nil
        case .string(let text):
            var bytes = Array(text.utf8)
            guard !bytes.isEmpty else { return nil }
            bytes[dice.below(bytes.count)] ^= 1
            return String(decoding: bytes, as: UTF8.self).databaseValue
        case .blob(let data):
            var data = data
            guard !data.isEmpty else { return nil }
            data[data.startIndex + dice.below(data.count)] ^= UInt8(1) << UInt8(dice.below(8))
            return data.databaseValue
        }
    }

    @Test(arguments: Self.columns.flatMap { table in table.value.map { "\(table.key).\($0)" } }.sorted())
    func `a flipped bit in any column is found`(name: String) throws {
        let (table, column) = (name.split(separator: ".")[0], name.split(separator: ".")[1])
        let (store, history) = try history()
        #expect(try store.read { try $0.verify(keyOf: history.key) } != .fails(.noKey))
        guard case .holds = try store.read({ try $0.verify(keyOf: history.key) }) else {
            Issue.record("it does not hold before")
            return
        }
        var dice = Dice(seed: 5)
        var tried = 0
        try store.withConnection { try $0.execute(sql: "PRAGMA foreign_keys = OFF") }
        let rows = try store.withConnection { try Row.fetchAll($0, sql: "SELECT \(column) FROM \(table) ORDER BY 1") }
        for _ in 0..<30 where tried < 6 && !rows.isEmpty {
            let old: DatabaseValue = rows[dice.below(rows.count)][0]
            guard let new = altered(old, &dice) else { continue }
            func set(_ value: DatabaseValue, _ at: DatabaseValue) throws {
                try store.withConnection {
                    try $0.execute(sql: "UPDATE \(table) SET \(column) = ? WHERE \(column) = ?", arguments: [value, at])
                }
            }
            do { try set(new, old) } catch { continue }  // it would meet another row's key
            tried += 1
            // Whether the records are held all at once or a few at a time.
            for few in [15, 50_000] {
                if case .holds = try store.read({ try $0.verify(recordsAtOnce: few, keyOf: history.key) }) { Issue.record("\(name) is not covered, \(few) at once") }
            }
            if try store.withConnection({ try Int.fetchOne($0, sql: "SELECT count(DISTINCT \(column)) FROM \(table)") }) ?? 0 < Set(rows.map { $0[0] as DatabaseValue }).count {
                return  // two rows' values fell together: cannot be undone by value
            }
            try set(old, new)
        }
        #expect(tried > 0)
        guard case .holds = try store.read({ try $0.verify(keyOf: history.key) }) else {
            Issue.record("it does not hold after the damage was undone")
            return
        }
    }

    @Test func `a store of which a few records are held at a time holds as it does all at once`() throws {
        let (store, history) = try history()
        let whole = try store.read { try $0.verify(keyOf: history.key) }
        guard case .holds(_, _, let records) = whole else {
            Issue.record("it does not hold")
            return
        }
        try #require(records > 6, "several shares")
        for few in [1, 2, 5, records, records + 1] { #expect(try store.read { try $0.verify(recordsAtOnce: few, keyOf: history.key) } == whole) }
    }

    @Test func `what is decided after damage does not make the damage what was decided, until somebody accepts it`() throws {
        let (store, history) = try history()
        func fault() throws -> VerificationFault? {
            if case .fails(let fault) = try store.read({ try $0.verify(keyOf: history.key) }) { fault } else { nil }
        }
        try store.write { try $0.setLeastSchemas(write: 1, read: 1, at: 5) }
        #expect(try fault() == nil)
        try store.withConnection { try $0.execute(sql: "UPDATE member SET name = name || '!'") }
        for _ in 0..<2 {
            #expect(try fault()?.scope == nil && fault()?.detail.contains("members") == true)
            try store.write { try $0.setLeastSchemas(write: 2, read: 1, at: 6) }
        }
        try store.write { try $0.acceptDecisions() }
        #expect(try fault() == nil)
        try store.write { try $0.setLeastSchemas(write: 1, read: 1, at: 7) }
        #expect(try fault() == nil)
    }

    @Test func `the first entry that fails is named`() throws {
        let (store, history) = try history()
        let scope = history.scopes[0]
        let key = try store.read { try $0.knownScope(scope, doing: "testing").key }
        for position in [9, 5, 2] as [UInt64] {
            try store.withConnection {
                try $0.execute(
                    sql: "UPDATE entry SET received = received + 1 WHERE key = ?",
                    arguments: [EntryKey(scope: key, position: position).value])
            }
            guard case .fails(let fault) = try store.read({ try $0.verify(keyOf: history.key) }) else {
                Issue.record("not found")
                return
            }
            #expect(fault.scope == scope && fault.position == position)
        }
    }

    @Test func `entries that are missing at the end, and rows that no log accounts for, are found`() throws {
        for damage in [
            "DELETE FROM entry WHERE key = (SELECT max(key) FROM entry)", "DELETE FROM change WHERE id = (SELECT min(id) FROM change)",
            "DELETE FROM record WHERE key = (SELECT min(key) FROM record)", "DELETE FROM audit WHERE number = 2",
            "INSERT INTO change VALUES (x'00', 1, 1, 0)", "DELETE FROM sensitive WHERE key = (SELECT min(key) FROM sensitive)",
            "INSERT INTO record VALUES (999, 1, x'00112233445566778899aabbccddeeff', 5, x'01000000', '')",
            "INSERT INTO stream VALUES (999, x'00112233445566778899aabbccddeeff', 1, 1, 0, x'00')",
        ] {
            let (store, history) = try history()
            try store.withConnection { try $0.execute(sql: "PRAGMA foreign_keys = OFF; \(damage)") }
            for few in [1, 50_000] {
                guard case .fails = try store.read({ try $0.verify(recordsAtOnce: few, keyOf: history.key) }) else {
                    Issue.record("\(damage) is not found, \(few) at once")
                    return
                }
            }
        }
    }
}
