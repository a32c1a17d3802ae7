import Foundation
import GRDB
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkServer
import SeamarkTestSupport
import Testing

@testable import SeamarkStore

/// Whole devices and a whole server whose states are not what their logs say.
@Suite struct RepairInPlaceTests {
    /// Two laptops that have written and read everything; both say something of the same records.
    private static func worked(_ seed: UInt64, records: Int = 24) throws -> (ends: BothEnds, dice: SplitMix64) {
        var dice = SplitMix64(seed: seed)
        let ends = try BothEnds(laptops: 2)
        for laptop in 0..<2 { try ends.sync(laptop) }
        var ids: [Identifier] = []
        for number in 0..<records { ids.append(try ends.name("s\(number)", by: number % 2)) }
        for laptop in [0, 1, 0] { try ends.sync(laptop) }
        for number in 0..<6 { try ends.name("t\(number)", by: Int(dice.next() % 2), record: ids[Int(dice.next() % UInt64(ids.count))]) }
        for laptop in [0, 1, 0] { try ends.sync(laptop) }
        return (ends, dice)
    }

    /// What a broken program made of the laptop's log: some changes passed over, and one that no log holds.
    private static func spoil(_ laptop: BothEnds.Laptop, _ dice: inout SplitMix64) throws {
        var state = ScopeState()
        var own: [Hash256: [Change]] = [:]
        var events: [ReplicaEvent] = []
        try laptop.device.store.forEachEvent { _, event in if case .replica(BothEnds.scope, let event) = event { events.append(event) } }
        for event in events {
            switch event {
            case .sealed(let block): own[block.hash] = block.changes
            case .learnt(let entry, let block):
                guard case .block(let hash) = entry.content else { continue }
                let verdicts = entry.verdicts.map { dice.chance(15) ? .duplicate : $0 }
                state.read(LogEntry(content: entry.content, verdicts: verdicts, received: entry.received), changes: block?.changes ?? own[hash] ?? [])
            case .began, .captured, .receipted, .proven, .examined, .rebuilt: continue
            }
        }
        let edit = Edit(record: Identifier(high: 9, low: dice.next()), type: Catalogue.seam.number, target: .field(10), content: .open(.text("of no log")))
        let stamp = Stamp(time: 5, device: Identifier(high: 0xde, low: 99))
        state.apply(
            Change(scope: BothEnds.scope, stamp: stamp, member: .zero, schema: 1, edits: [edit], primitives: SystemPrimitives()), received: 5)
        let note = RepairNote(finding: .deviceWasWrong, place: .beginning, time: 0, count: 0, records: [])
        try laptop.device.store.transaction { try $0.append(.replica(BothEnds.scope, .examined(note, state))) }
    }

    /// Rows that a broken merge left, with a digest that follows from them.
    private static func spoil(_ store: TenantStore, _ dice: inout SplitMix64) throws {
        let key = try store.read { try $0.knownScope(BothEnds.scope, doing: "testing").key }
        try store.withConnection { database in
            let keys = try Int64.fetchAll(database, sql: "SELECT key FROM record WHERE scope = ? ORDER BY key", arguments: [key])
            for _ in 0..<(1 + dice.next() % 4) {
                let one = keys[Int(dice.next() % UInt64(keys.count))], other = keys[Int(dice.next() % UInt64(keys.count))]
                switch dice.next() % 3 {
                case 0: try database.execute(sql: "DELETE FROM record WHERE key = ?", arguments: [one])
                case 1:
                    try database.execute(
                        sql: "UPDATE record SET heads = (SELECT heads FROM record WHERE key = ?2) WHERE key = ?1 AND EXISTS (SELECT 1 FROM record WHERE key = ?2)",
                        arguments: [one, other])
                case _:
                    let id = Identifier(high: dice.next(), low: dice.next())
                    try database.execute(
                        sql: "INSERT INTO record (scope, id, type, heads, document) SELECT scope, ?, type, heads, document FROM record WHERE key = ?",
                        arguments: [Data(id.bytes), other])
                }
            }
        }
        let sum = try store.read { try $0.sums(of: [.all], in: BothEnds.scope, list: 0)[0].digest }
        try store.withConnection { try $0.execute(sql: "UPDATE scope SET digest = ? WHERE key = ?", arguments: [Data(sum.bytes), key]) }
    }

    private static func holds(_ ends: BothEnds) throws -> Bool {
        let keys = try ends.store.read { snapshot in try Dictionary(uniqueKeysWithValues: snapshot.devices().map { ($0.id, $0.signingKey) }) }
        let server = BothEnds.serverPublicKey
        if case .holds = try ends.store.read({ try $0.verify { keys[$0] ?? server } }) { return true }
        return false
    }

    @Test(arguments: UInt64(0)..<24)
    func `after one sync digests and views are equal, what was wrong is reported where it was wrong, and nothing that waited is lost`(seed: UInt64) throws {
        var (ends, dice) = try Self.worked(seed)
        let digest = try ends.serverScope.digest
        let which = seed % 3
        let waiting = try (0..<3).map { try ends.name("waiting \($0)", by: 0) }
        if which != 0 { try Self.spoil(ends.store, &dice) }
        if which != 1 { try Self.spoil(ends.laptops[0], &dice) }
        let serverIsWrong = try ends.serverScope.digest != digest
        let report = try ends.sync(0)
        let findings = report.outcome.examinations.map { $0.note?.finding }
        #expect(findings == (which != 1 ? [.deviceWasWrong] : []) + (serverIsWrong ? [.serverWasWrong] : []))
        #expect(try ends.laptops[0].replica.confirmed.digest == ends.serverScope.digest)
        #expect(try Self.holds(ends))
        try ends.sync(1)
        #expect(try ends.laptops[0].view == ends.laptops[1].view)
        for id in waiting { #expect(try ends.laptops[1].replica.record(id) != nil) }
        #expect(try ends.laptops[0].replica.unsentCount == 0 && DeviceVerification(ends.laptops[0].device).findings.isEmpty)
        // On the server: an alarm, and the chained log of acts.
        let kinds = try ends.store.read { try $0.alarms() }.map(\.kind)
        #expect(kinds == (serverIsWrong ? [.rowsRepaired] : []))
        #expect(try ends.store.read { try $0.audit() }.count { $0.act == "rows.repair" } == (serverIsWrong ? 1 : 0))
        // On the device: kept, also when the program is started again.
        try ends.reopen(0)
        let noted = try ends.laptops[0].replica.repairs.filter { $0.count > 0 }.map(\.finding)
        #expect(noted == findings.compactMap(\.self))
        #expect(try ends.laptops[0].view == ends.laptops[1].view)
        #expect(try ends.sync(0).outcome.examinations.isEmpty)
    }

    @Test func `one wrong row among two thousand costs a few kilobytes`() throws {
        let ends = try BothEnds(laptops: 1)
        try ends.sync(0)
        try ends.laptops[0].device.captureAll(in: BothEnds.scope) { _, _ in
            try (0..<2000).map { number in
                let id = try Identifier.timeOrdered(milliseconds: 1_800_000_000_000 + Int64(number) * 900, dice: (Randomness.word(), Randomness.word()))
                var editing = RecordEditing(record: id, type: Catalogue.seam, state: nil) { .zero }
                editing.create(at: 1_800_000_000_000, handle: "SM-\(number)")
                editing.set("name", .text("seam \(number)"))
                return editing.edits
            }
        }
        try ends.sync(0)
        try ends.sync(0)
        let least = ends.bytes
        let key = try ends.store.read { try $0.knownScope(BothEnds.scope, doing: "testing").key }
        try ends.store.withConnection { try $0.execute(sql: "DELETE FROM record WHERE key = (SELECT min(key) + 700 FROM record WHERE scope = ?)", arguments: [key]) }
        let sum = try ends.store.read { try $0.sums(of: [.all], in: BothEnds.scope, list: 0)[0].digest }
        try ends.store.withConnection { try $0.execute(sql: "UPDATE scope SET digest = ? WHERE key = ?", arguments: [Data(sum.bytes), key]) }
        let report = try ends.sync(0)
        #expect(report.outcome.examinations.map { $0.note?.finding } == [.serverWasWrong] && report.outcome.examinations[0].note?.count == 1)
        #expect(ends.bytes - least < 8000, "\(ends.bytes - least) bytes more than a sync with nothing to do")
        #expect(try Self.holds(ends))
    }

    @Test func `a device that asks and disputes without end alters no row and is told to wait; others are not held up, and an hour later it may again`() throws {
        let clock = Hours()
        let ends = try BothEnds(laptops: 2, clock: { clock.now })
        for laptop in 0..<2 { try ends.sync(laptop) }
        for number in 0..<20 { try ends.name("s\(number)", by: 0) }
        try ends.sync(0)
        let scope = try ends.serverScope
        let session = ends.session(of: 0)
        func compare(_ session: BothEnds.Session) throws -> Problem.Code? {
            guard case .refused(let problem) = try session.compare(Message.Compare(scope: BothEnds.scope, epoch: 1, ranges: [.all])) else { return nil }
            return problem.code
        }
        var count = 0
        while count < 5000, try compare(session) == nil { count += 1 }
        #expect((100..<5000).contains(count), "bounded, and more than a whole comparison needs: \(count)")
        let claims = [Message.Dispute.Claim(range: .all, digest: ScopeDigest(high: 1, low: 1))]
        guard case .refused(let problem) = try session.settle(Message.Dispute(scope: BothEnds.scope, epoch: 1, place: scope.place, claims: claims)) else {
            Issue.record("a dispute costs as well")
            return
        }
        #expect(problem.code == .comparisonsUsedUp && problem.scope == BothEnds.scope)
        // A new connection of the same device changes nothing; another device may.
        #expect(try compare(ends.session(of: 0)) == .comparisonsUsedUp)
        #expect(try compare(ends.session(of: 1)) == nil)
        clock.add(hours: 2)
        #expect(try compare(session) == nil)
        // Lies about what the log gives: nothing is altered, and the device is named.
        guard case .settled(let settled) = try session.settle(Message.Dispute(scope: BothEnds.scope, epoch: 1, place: scope.place, claims: claims)) else {
            Issue.record("not answered")
            return
        }
        #expect(settled.digests == [scope.digest] && settled.repaired == 0)
        #expect(try ends.serverScope == scope && Self.holds(ends))
        let alarms = try ends.store.read { try $0.alarms() }
        #expect(alarms.map(\.kind) == [.rulesDiffer] && alarms[0].device == ends.laptops[0].name.device)
    }

    @Test func `what is asked of another epoch, of a place that has passed, or by somebody who is not staffed, is answered by its number and alters nothing`() throws {
        let (ends, _) = try Self.worked(3)
        let scope = try ends.serverScope
        let session = ends.session(of: 0)
        func code(_ answer: BothEnds.Answer) -> Problem.Code? { if case .refused(let problem) = answer { problem.code } else { nil } }
        #expect(try code(session.compare(Message.Compare(scope: BothEnds.scope, epoch: 7, ranges: [.all]))) == .epochRenewed)
        #expect(try code(session.compare(Message.Compare(scope: .zero, epoch: 1, ranges: [.all]))) == .unknownScope)
        #expect(try code(session.settle(Message.Dispute(scope: BothEnds.scope, epoch: 7, place: scope.place, claims: []))) == .epochRenewed)
        guard case .settled(let settled) = try session.settle(Message.Dispute(scope: BothEnds.scope, epoch: 1, place: .beginning, claims: [])) else {
            Issue.record("not answered")
            return
        }
        #expect(settled.digests.isEmpty && settled.place == scope.place)
        try ends.store.write { try $0.unstaff(ends.laptops[0].name.member, from: BothEnds.scope) }
        #expect(try code(session.compare(Message.Compare(scope: BothEnds.scope, epoch: 1, ranges: [.all]))) == .unknownScope)
        #expect(try code(session.settle(Message.Dispute(scope: BothEnds.scope, epoch: 1, place: scope.place, claims: []))) == .unknownScope)
        #expect(try ends.store.read { try $0.alarms() }.isEmpty)
    }
}
