import Foundation
import GRDB
import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import Testing

/// Changes with one sensitive value, and redactions of them, by the server's own device. Everything in them is made up.
enum RedactionSamples {
    static let primitives = TenantSamples.primitives
    static let scope = Identifier(high: 5, low: 5)

    static func saying(
        _ text: String, record: UInt64, salt: UInt64, at time: Int64, superseding: [EditName] = [], by device: Identifier = TenantSamples.identity.author,
        in scope: Identifier = RedactionSamples.scope
    ) -> Change {
        let value = SensitiveValue(salt: Identifier(high: 77, low: salt), value: .text(text))
        return Change(
            scope: scope, stamp: Stamp(time: time, device: device), member: device, schema: 1,
            edits: [
                Edit(record: Identifier(high: 9, low: record), type: 26, target: .field(10), content: .sensitive(value), supersedes: superseding),
                Edit(record: Identifier(high: 9, low: record), type: 26, target: .field(17), content: .open(.int(1))),
            ], primitives: primitives)
    }

    static func redacted(_ change: Change) -> Redaction.Redacted {
        Redaction.Redacted(edit: change.name(0), leaf: SensitiveTree.leaf(of: change.edits[0].content, primitives) ?? .zero)
    }

    static func redacting(_ changes: [Change], record: UInt64 = 1000, at time: Int64, by device: Identifier = TenantSamples.identity.author) -> Change {
        Change(
            scope: scope, stamp: Stamp(time: time, device: device), member: device, schema: 1,
            edits: [
                Edit(
                    record: Identifier(high: 9, low: record), type: Redaction.recordType, target: .field(Redaction.valuesField),
                    content: .open(Redaction.value(of: changes.map(redacted))))
            ], primitives: primitives)
    }
}

@Suite struct TenantRedactionTests {
    private typealias Sample = RedactionSamples
    private static let canary = "canary of a sentence that must go, said by nobody"

    private func author(_ changes: [Change], in store: TenantStore, at time: Int64 = 50) throws -> [Appended] {
        try store.write { try $0.author(changes, in: Sample.scope, by: TenantSamples.author, received: time) }
    }

    private func verify(_ store: TenantStore) throws -> Verification {
        try store.read { try $0.verify { id in id == TenantSamples.identity.author ? TenantSamples.author.publicKey : nil } }
    }

    /// Everything sensitive that the store can still open.
    private func opened(_ store: TenantStore) throws -> String {
        try store.read { snapshot in
            var text = ""
            for entry in try snapshot.entries(of: Sample.scope, after: 0) {
                text += "\(try SensitivePart.decode(entry.sensitive, Sample.primitives))"
            }
            try snapshot.records(in: Sample.scope) { _, state in text += "\(state)" }
            try snapshot.recordRows(in: Sample.scope) { row in text += String(decoding: row.document, as: UTF8.self) }
            return text
        }
    }

    /// The sealed bytes of a change's value, as they lie beside its record and beside its block.
    private func sealed(_ store: TenantStore) throws -> [Data] {
        try store.withConnection { database in
            try Data.fetchAll(database, sql: "SELECT sealed FROM sensitive") + Data.fetchAll(database, sql: "SELECT sensitive FROM entry WHERE length(sensitive) > 0")
        }
    }

    private func files(_ directory: TemporaryDirectory) -> Data {
        ["", "-wal", "-shm"].reduce(into: Data()) { $0 += FileManager.default.contents(atPath: directory.store + $1) ?? Data() }
    }

    @Test func `a redacted value is gone from every table and every byte of the files, and the log verifies as before`() throws {
        let directory = TemporaryDirectory()
        let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
        try store.write { try $0.addScope(Sample.scope, kind: .engagement) }
        let first = Sample.saying(Self.canary + " 1", record: 1, salt: 1, at: 10)
        let second = Sample.saying(Self.canary + " 2", record: 1, salt: 2, at: 11, superseding: [first.name(0)])
        _ = try author([first], in: store)
        _ = try author([second, Sample.saying("what stays", record: 2, salt: 3, at: 12)], in: store)
        let before = try store.read { try $0.scopes() }
        let going = try sealed(store)
        #expect(going.count == 4 && going.allSatisfy { self.files(directory).range(of: $0) != nil }, "what is searched for is there to be found")
        #expect(try opened(store).contains(Self.canary))
        let entries = try store.read { try $0.entries(of: Sample.scope, after: 0) }

        _ = try author([Sample.redacting([first, second], at: 20)], in: store)
        #expect(try !opened(store).contains(Self.canary))
        #expect(try opened(store).contains("what stays"))
        // What lay beside the block of the second value was sealed anew, since another value of the block stays.
        let kept = try Set(sealed(store))
        #expect(kept.count == 3)
        for bytes in going where !kept.contains(bytes) { #expect(files(directory).range(of: bytes) == nil) }
        #expect(try verify(store) == .holds(entries: 3, changes: 4, records: 3))
        let after = try store.read { try $0.entries(of: Sample.scope, after: 0, atMost: 2) }
        #expect(after.map(\.place) == entries.map(\.place) && after.map(\.block) == entries.map(\.block))
        #expect(after.last?.place == before.first?.place)
        let head = try store.read { try $0.record(Identifier(high: 9, low: 1), in: Sample.scope) }?.heads(of: .field(10)).first
        #expect(head?.content == .withheld(leaf: Sample.redacted(second).leaf))
        #expect(head?.name == second.name(0))
        #expect(try store.read { try $0.barredCounts() } == (2, 0))
    }

    @Test(arguments: [false, true])
    func `what is deleted while somebody reads is owed in the file itself, by whatever process, until the log was emptied`(isOpenedAnew: Bool) throws {
        let directory = TemporaryDirectory()
        let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
        try store.write { try $0.addScope(Sample.scope, kind: .engagement) }
        let gone = Sample.saying(Self.canary, record: 1, salt: 1, at: 10)
        _ = try author([gone], in: store)
        #expect(try !store.isErasureOwed(), "nothing was deleted yet")
        let going = try sealed(store)
        func holds() -> Bool { going.contains { files(directory).range(of: $0) != nil } }

        // As another process that makes a backup or a report.
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: directory.store, configuration: configuration)
        try reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM record") == 1)
        }
        do {
            // The program that redacts ends before the reader does.
            let other = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
            _ = try author([Sample.redacting([gone], at: 20)], in: other)
            #expect(try other.isErasureOwed() && !other.settleErasures(waiting: 10))
            #expect(other.trial.settleErasures(waiting: 10), "a trial owes nothing")
        }
        #expect(try store.isErasureOwed() && !store.settleErasures(waiting: 10))
        #expect(going.count == 2 && holds(), "what is searched for is there to be found")
        // An ordinary write pays nothing of it.
        _ = try store.write { try $0.noteAct("test", detail: "an act", at: 30) }
        #expect(try store.isErasureOwed())

        try reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        if isOpenedAnew {
            let again = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
            #expect(try !again.isErasureOwed())
        } else {
            #expect(store.settleErasures(waiting: 200))
        }
        #expect(try !store.isErasureOwed())
        #expect(!holds())
        #expect(try verify(store) == .holds(entries: 2, changes: 2, records: 2))
        try reader.close()
    }

    @Test func `a barred value that comes again is not kept, in no table, and is counted`() throws {
        let store = try TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        try store.write { try $0.addScope(Sample.scope, kind: .engagement) }
        let gone = Sample.saying(Self.canary, record: 1, salt: 1, at: 10)
        // The redaction comes first, as after a restore from an old backup; then the value, in this and in another change.
        _ = try author([Sample.redacting([gone], at: 20)], in: store)
        _ = try author([gone], in: store)
        _ = try author([Sample.saying(Self.canary, record: 2, salt: 1, at: 30)], in: store)
        #expect(try !opened(store).contains(Self.canary))
        #expect(try store.read { try $0.barredCounts() } == (1, 2))
        #expect(try verify(store) == .holds(entries: 3, changes: 3, records: 3))
        // With another salt it is another value: somebody says it anew.
        _ = try author([Sample.saying(Self.canary, record: 3, salt: 2, at: 40)], in: store)
        #expect(try opened(store).contains(Self.canary))
    }

    @Test func `a barred value in quarantine goes too, and neither enters it again`() throws {
        let store = try TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        let (device, member) = (Identifier(high: 3, low: 1), Identifier(high: 3, low: 2))
        let key = TenantSamples.key(5)
        try store.write { transaction in
            try transaction.addScope(Sample.scope, kind: .engagement)
            try transaction.addMember(TenantMember(id: member, name: "nobody", role: "consultant", isActive: true))
            let token = Hash256(words: (1, 2, 3, 4))
            try transaction.addInvitation(token: token, member: member, made: 0, expires: 100)
            _ = try transaction.redeem(token, for: TenantSamples.enrolment(device, key: key), at: 1)
        }
        func block(_ salt: UInt64, incarnation: UInt64) -> (Change, Block) {
            let said = Sample.saying(Self.canary, record: salt, salt: salt, at: 10, by: device)
            let change = Change(scope: said.scope, stamp: said.stamp, member: member, schema: 1, edits: said.edits, primitives: Sample.primitives)
            let stream = StreamName(device: device, incarnation: incarnation, scope: Sample.scope)
            return (change, Block.seal([change], in: stream, after: .beginning, by: key, Sample.primitives))
        }
        func push(_ block: Block) throws -> [PushOutcome] {
            let push = Push(device: device, block: block, sensitive: SensitivePart.encode(block.sensitiveParts, Sample.primitives), received: 20)
            return try store.write { try $0.push([push]) { _, _, _ in .accepted } }
        }
        let (first, second) = (block(1, incarnation: 1), block(2, incarnation: 2))
        #expect(try push(first.1) == [.quarantined(.notStaffed)])
        _ = try author([Sample.redacting([first.0, second.0], at: 30)], in: store)
        #expect(try push(second.1) == [.quarantined(.notStaffed)])
        let held = try store.withConnection { try Int64.fetchAll($0, sql: "SELECT key FROM quarantined_block") }
        #expect(held.count == 2)
        for key in held {
            let row = try store.read { try $0.quarantinedBlockRow(key) }
            #expect(row.block.changes[0].edits[0].content.value == nil)
        }
        // Released later, they hold their leaf hashes.
        _ = try store.write { try $0.release([first.0.id, second.0.id], received: 60) }
        #expect(try !opened(store).contains(Self.canary))
    }

    @Test func `a redaction in one scope takes nothing from another, there, in quarantine or when it comes, whatever it names`() throws {
        let directory = TemporaryDirectory()
        let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
        let other = Identifier(high: 5, low: 6)
        try store.write { transaction in
            try transaction.addScope(Sample.scope, kind: .engagement)
            try transaction.addScope(other, kind: .engagement)
        }
        func said(_ number: UInt64) -> Change { Sample.saying(Self.canary + " \(number)", record: number, salt: number, at: Int64(number), in: other) }
        func author(_ change: Change) throws { _ = try store.write { try $0.author([change], in: other, by: TenantSamples.author, received: 50) } }
        func holds(_ number: UInt64) throws -> Bool {
            let head = try store.read { try $0.record(Identifier(high: 9, low: number), in: other) }?.heads(of: .field(10)).first
            let beside = try store.read { try $0.entries(of: other, after: 0) }.map { "\(try SensitivePart.decode($0.sensitive, Sample.primitives))" }.joined()
            return head?.content.value == .text(Self.canary + " \(number)") && beside.contains(Self.canary + " \(number)")
        }
        try author(said(1))
        // It names one that is there, and one that comes later; and one of its own.
        let own = Sample.saying("of this scope", record: 3, salt: 3, at: 3)
        _ = try self.author([own], in: store)
        _ = try self.author([Sample.redacting([said(1), said(2), own], at: 20)], in: store)
        try author(said(2))
        #expect(try holds(1) && holds(2))
        #expect(try !opened(store).contains("of this scope"))
        for (scope, bars) in [(Sample.scope, true), (other, false)] {
            #expect(try store.read { snapshot in try [said(1), said(2)].allSatisfy { try snapshot.isBarred(Sample.redacted($0).leaf, in: scope) == bars } })
        }
        #expect(try verify(store) == .holds(entries: 4, changes: 4, records: 4))
        // In its own scope it does what it always did.
        let redaction = Change(
            scope: other, stamp: Stamp(time: 60, device: TenantSamples.identity.author), member: TenantSamples.identity.author, schema: 1,
            edits: Sample.redacting([said(1)], record: 1001, at: 60).edits, primitives: Sample.primitives)
        try author(redaction)
        #expect(try !holds(1) && holds(2))
        try store.close()
        let again = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
        #expect(try verify(again) == .holds(entries: 5, changes: 5, records: 5))
    }

    @Test func `what an earlier program barred goes on being barred everywhere`() throws {
        let store = try TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        try store.write { try $0.addScope(Sample.scope, kind: .engagement) }
        let gone = Sample.saying(Self.canary, record: 1, salt: 1, at: 10)
        // As the migration leaves it: of no scope.
        let leaf = Data(Sample.redacted(gone).leaf.bytes)
        try store.withConnection { try $0.execute(sql: "INSERT INTO barred (leaf, scope, arrivals) VALUES (?, 0, 0)", arguments: [leaf]) }
        _ = try author([gone], in: store)
        #expect(try !opened(store).contains(Self.canary))
        #expect(try store.read { try $0.barredCounts() } == (1, 1))
    }

    @Test func `an edit that calls itself of a redaction, of a record that the change calls something else, redacts nothing`() throws {
        let store = try TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        try store.write { try $0.addScope(Sample.scope, kind: .engagement) }
        let kept = Sample.saying(Self.canary, record: 1, salt: 1, at: 10)
        _ = try author([kept], in: store)
        let redacting = Sample.redacting([kept], at: 20)
        for edits in [[0, 1], [1, 0]] {
            let all = redacting.edits + [Edit(record: redacting.edits[0].record, type: 9999, target: .field(4000), content: .open(.int(1)))]
            let masked = Change(
                scope: Sample.scope, stamp: Stamp(time: Int64(20 + edits[0]), device: TenantSamples.identity.author), member: TenantSamples.identity.author, schema: 9,
                edits: edits.map { all[$0] }, primitives: Sample.primitives)
            #expect(masked.redacts.isEmpty)
            _ = try author([masked], in: store)
        }
        #expect(try opened(store).contains(Self.canary) && store.read { try $0.barredCounts() } == (0, 0))
    }

    @Test func `verifying finds a value that was redacted and still lies there`() throws {
        let store = try TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        try store.write { try $0.addScope(Sample.scope, kind: .engagement) }
        let gone = Sample.saying(Self.canary, record: 1, salt: 1, at: 10)
        _ = try author([gone], in: store)
        let row = try store.withConnection { try Data.fetchOne($0, sql: "SELECT sensitive FROM entry WHERE length(sensitive) > 0") }
        _ = try author([Sample.redacting([gone], at: 20)], in: store)
        try store.withConnection { try $0.execute(sql: "UPDATE entry SET sensitive = ? WHERE length(sensitive) > 0", arguments: [row]) }
        guard case .fails(let fault) = try verify(store) else {
            Issue.record("it holds")
            return
        }
        #expect(fault.position == 1)
        #expect(fault.detail.contains("redacted"))
    }
}
