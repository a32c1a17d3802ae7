import SeamarkCrypto
import SeamarkJournal
import SeamarkStore
import Testing

/// The same suite for the store on a file and the one in memory, so that the second may be believed elsewhere.
@Suite struct `A tenant's store` {
    static let cases: [(UInt64, Home)] = (UInt64(0)..<40).flatMap { seed in Home.allCases.map { (seed, $0) } }

    @Test(arguments: cases)
    func `answers and holds what the reference does for random histories of several devices`(seed: UInt64, home: Home) throws {
        let directory = TemporaryDirectory()
        let store = try home == .file
            ? TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
            : TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        var history = try RandomHistory(seed: seed, store: store)
        for step in 0..<60 {
            if let difference = try history.step() {
                Issue.record("step \(step): \(difference)")
                return
            }
        }
        #expect(try history.difference(in: store) == nil)
        guard home == .file else { return }
        // Reopened after closing, and as a copy of file and write-ahead log without it.
        copyFile(directory.store, directory.path + "/copy.sqlite")
        copyFile(directory.store + "-wal", directory.path + "/copy.sqlite-wal")
        let copy = try TenantStore.open(at: directory.path + "/copy.sqlite", tools: TenantSamples.tools())
        #expect(try history.difference(in: copy) == nil)
        try copy.close()
        try store.close()
        let again = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
        #expect(try history.difference(in: again) == nil)
        try again.close()
    }

    @Test func `the random histories meet every answer there is`() throws {
        var seen: [String: Int] = [:]
        for seed in UInt64(100)..<110 {
            var history = try RandomHistory(
                seed: seed, store: TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools()))
            for _ in 0..<60 { _ = try history.step() }
            seen.merge(history.seen) { $0 + $1 }
        }
        for answer in [
            "appended", "present", "duplicate", "refused change", "quarantined", "gap", "fork", "foreignBlock", "badSignature", "release",
            "authored",
        ] {
            #expect(seen[answer, default: 0] > 5, "\(answer): \(seen[answer, default: 0])")
        }
    }

    @Test func `a release of very many changes becomes several entries, none longer than a frame holds`() throws {
        let directory = TemporaryDirectory()
        let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
        let (member, device, scope) = (Identifier(high: 1, low: 9), Identifier(high: 2, low: 9), Identifier(high: 3, low: 9))
        let key = TenantSamples.key(4)
        let stream = StreamName(device: device, incarnation: 1, scope: scope)
        var end = StreamEnd.beginning
        var ids: [Identifier] = []
        try store.write { transaction in
            try transaction.addScope(scope, kind: .engagement)
            try transaction.addMember(TenantMember(id: member, name: "Fictitious Member", role: "lead"))
            try transaction.staff(member, on: scope)
            try transaction.addDevice(TenantSamples.enrolment(device, key: key), of: member, at: 1)
            for block in 0..<3 {
                let changes = (0..<700).map { number in
                    Change(
                        scope: scope, stamp: Stamp(time: Int64(block * 700 + number), device: device), member: member, schema: 1,
                        edits: [Edit(record: Identifier(high: 4, low: UInt64(number)), type: 1, target: .field(1), content: .open(.int(Int64(block))))],
                        primitives: TenantSamples.primitives)
                }
                let sealed = Block.seal(changes, in: stream, after: end, by: key, TenantSamples.primitives)
                end = sealed.end
                ids += changes.map(\.id)
                _ = try transaction.push([Push(device: device, block: sealed, sensitive: [], received: 5)]) { _, _, _ in .refused(.finalised) }
            }
        }
        let places = try store.write { try $0.release(ids + ids, received: 6) }
        #expect(places.map(\.position) == [4, 5, 6])
        let entries = try store.read { try $0.entries(of: scope, after: 3) }
        #expect(entries.map { if case .release(let named) = $0.entry.content { named.count } else { 0 } } == [1000, 1000, 100])
        var left = 0
        try store.read { try $0.heldChanges { _ in left += 1 } }
        #expect(left == 0)
        let holds = try store.read { try $0.verify { $0 == device ? key.publicKey : nil } }
        #expect(holds == .holds(entries: 6, changes: 2100, records: 700))
        try store.close()
    }

    /// Records are written back between two blocks once a transaction holds more than 1,024 of them.
    @Test(arguments: [1023, 1024, 1025, 1026])
    func `what a later block says of a record reaches its row, however many records the transaction holds`(count: Int) throws {
        let store = try TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        let (member, device, scope) = (Identifier(high: 1, low: 9), Identifier(high: 2, low: 9), Identifier(high: 3, low: 9))
        let key = TenantSamples.key(4)
        let stream = StreamName(device: device, incarnation: 1, scope: scope)
        var (end, time) = (StreamEnd.beginning, Int64(0))
        func block(_ records: Range<Int>, saying value: Int64) -> Push {
            let changes = records.map { number in
                time += 1
                return Change(
                    scope: scope, stamp: Stamp(time: time, device: device), member: member, schema: 1,
                    edits: [Edit(record: Identifier(high: 4, low: UInt64(number)), type: 1, target: .field(1), content: .open(.int(value)), supersedes: [])],
                    primitives: TenantSamples.primitives)
            }
            let sealed = Block.seal(changes, in: stream, after: end, by: key, TenantSamples.primitives)
            end = sealed.end
            return Push(device: device, block: sealed, sensitive: [], received: 5)
        }
        let pushes = [block(0..<600, saying: 1), block(600..<count, saying: 1), block(count - 1..<count, saying: 2), block(0..<1, saying: 2)]
        try store.write { transaction in
            try transaction.addScope(scope, kind: .engagement)
            try transaction.addMember(TenantMember(id: member, name: "Fictitious Member", role: "lead"))
            try transaction.staff(member, on: scope)
            try transaction.addDevice(TenantSamples.enrolment(device, key: key), of: member, at: 1)
            _ = try transaction.push(pushes) { _, _, _ in .accepted }
        }
        for number in [0, count - 1] {
            let state = try store.read { try $0.record(Identifier(high: 4, low: UInt64(number)), in: scope) }
            #expect(Set(state?.heads(of: .field(1)).compactMap(\.content.value) ?? []) == [.int(1), .int(2)], "record \(number)")
        }
        let holds = try store.read { try $0.verify { $0 == device ? key.publicKey : nil } }
        #expect(holds == .holds(entries: 4, changes: count + 2, records: count))
    }
}
