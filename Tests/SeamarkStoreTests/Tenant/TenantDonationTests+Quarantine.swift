import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import Testing

// What somebody hands in who may not write here any more, or who never had its sensitive values, is kept outside the log.
extension `A store that lost something` {
    @Test func `keeps what a device hands in that may not write here any more, outside the log`() throws {
        let (whole, restored) = (try Self.store(), try Self.store())
        let block = Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0])
        try Self.push(block, to: whole, at: 100)
        let outcome = try Self.donate(Self.held(whole), to: restored, by: Identifier(high: 40, low: 3))
        #expect(outcome == .quarantined(.notStaffed, unverified: 0))
        let kept = try restored.read { try $0.quarantine() }
        #expect(kept.map(\.id) == [block.changes[0].id] && kept[0].position == nil && kept[0].device == Self.devices[0])
        #expect(try Self.holds(restored))
        // Somebody who is staffed gives it too: it leaves the quarantine.
        #expect(try Self.donate(Self.held(whole), to: restored) == .admitted(unverified: 0))
        #expect(try restored.read { try $0.quarantine() }.isEmpty && restored.read { try $0.scope(Self.scope) }?.place.position == 1)
    }

    @Test func `verifies a block of headquarters in quarantine that a key signed which was replaced since`() throws {
        let restored = try Self.store()
        let author = TenantSamples.identity.author
        let (former, present) = (TenantSamples.key(8), TenantSamples.key(9))
        let block = Block.seal(
            [Self.change(author, 1, 1)], in: StreamName(device: author, incarnation: 1, scope: Self.scope), after: .beginning, by: former, TenantSamples.primitives)
        let given = Donation(
            device: Identifier(high: 40, low: 3), scope: Self.scope, items: [.block(block, sensitive: [], verdicts: [.accepted], received: 5)], received: 9)
        func key(_ id: Identifier, _ snapshot: TenantSnapshot) throws -> [UInt8]? { id == author ? present.publicKey : try snapshot.device(id)?.signingKey }
        let outcome = try restored.write { transaction in
            try transaction.donate(given, judge: Self.strict, earlierServerKeys: [former.publicKey]) { try key($0, transaction) }
        }
        #expect(outcome == .quarantined(.notStaffed, unverified: 0))
        func holds(_ earlier: [[UInt8]]) throws -> Bool {
            if case .holds = try restored.read({ snapshot in try snapshot.verify(earlierServerKeys: earlier) { try key($0, snapshot) } }) { true } else { false }
        }
        #expect(try holds([former.publicKey]) && !holds([]) && !holds([TenantSamples.key(7).publicKey]))
    }

    @Test func `releases what headquarters said itself and somebody gave back who is not staffed`() throws {
        let (restored, key) = (try Self.store(), TenantSamples.key(9))
        let author = TenantSamples.identity.author
        let said = Change(
            scope: Self.scope, stamp: Stamp(time: 1, device: author), member: author, schema: 1,
            edits: [Edit(record: Self.record, type: 5, target: .field(1), content: .open(.int(2)), supersedes: [])], primitives: TenantSamples.primitives)
        let block = Block.seal([said], in: StreamName(device: author, incarnation: 1, scope: Self.scope), after: .beginning, by: key, TenantSamples.primitives)
        let given = Donation(
            device: Identifier(high: 40, low: 3), scope: Self.scope, items: [.block(block, sensitive: [], verdicts: [.accepted], received: 5)], received: 9)
        let outcome = try restored.write { transaction in
            try transaction.donate(given, judge: Self.strict) { try $0 == author ? key.publicKey : transaction.device($0)?.signingKey }
        }
        #expect(outcome == .quarantined(.notStaffed, unverified: 0))
        let places = try restored.write { try $0.release([said.id], received: 10, judge: Self.strict) }
        #expect(places.map(\.position) == [1])
        #expect(try restored.read { try $0.quarantine() }.isEmpty)
    }

    @Test(arguments: [0, 2])
    func `keeps what comes without its sensitive values outside the log, whoever brings it, until it comes whole`(donor: Int) throws {
        let (primitives, restored, device) = (TenantSamples.primitives, try Self.store(), Self.devices[0])
        let donor = Identifier(high: 40, low: UInt64(donor) + 1)
        let words: [Change] = [UInt64(1), 2].map { number in
            let value = SensitiveValue(salt: Identifier(high: 77, low: number), value: .text("words of nobody"))
            return Change(
                scope: Self.scope, stamp: Stamp(time: Int64(number), device: device), member: Self.member.id, schema: 1,
                edits: [Edit(record: Self.record, type: 5, target: .field(UInt32(number)), content: .sensitive(value), supersedes: [])], primitives: primitives)
        }
        let block = Self.block(words, device)
        let bare = try #require(block.withholding(Set(words.compactMap { SensitiveTree.leaf(of: $0.edits[0].content, primitives) }), primitives))
        func beside(_ block: Block) -> [UInt8] { SensitivePart.encode(block.sensitiveParts, primitives) }
        let whole = Donation.Item.block(block, sensitive: beside(block), verdicts: [.accepted, .accepted], received: 5)
        func give(_ item: Donation.Item, by device: Identifier, to store: TenantStore) throws { _ = try Self.donate([item], to: store, by: device) }
        func kept(_ store: TenantStore, _ refusal: Refusal?, _ contents: [Content]) throws {
            var kept: [HeldChange] = []
            try store.read { snapshot in try snapshot.heldChanges { kept.append($0) } }
            #expect(kept.map(\.change.id) == (refusal == nil ? [] : words.map(\.id)) && kept.allSatisfy { $0.refusal == refusal && $0.position == nil })
            #expect(kept.map { $0.change.edits[0].content } == contents)
            #expect(try Self.holds(store))
        }
        let (said, hidden) = (words.map { $0.edits[0].content }, bare.changes.map { $0.edits[0].content })
        for _ in 0..<2 {
            try give(.bare(bare, sensitive: beside(bare)), by: donor, to: restored)
            try kept(restored, .withoutSensitive, hidden)
        }
        #expect(try restored.write { try $0.release(words.map(\.id), received: 950) }.isEmpty)
        try kept(restored, .withoutSensitive, hidden)
        // From somebody who may not write here any more it comes whole: the words are kept in the place of their hashes, and none goes back.
        try give(whole, by: Identifier(high: 40, low: 3), to: restored)
        try kept(restored, .notStaffed, said)
        try give(.bare(bare, sensitive: beside(bare)), by: donor, to: restored)
        try kept(restored, .notStaffed, said)
        try give(whole, by: Self.devices[1], to: restored)
        try kept(restored, nil, [])
        try give(.bare(bare, sensitive: beside(bare)), by: donor, to: restored)
        try kept(restored, nil, [])
        // Or its author pushes it, in the block that was lost or in another.
        for incarnation in [UInt64(1), 2] {
            let store = try Self.store()
            try give(.bare(bare, sensitive: beside(bare)), by: donor, to: store)
            let pushed = Self.block(words, device, incarnation: incarnation)
            let outcome = try store.write {
                try $0.push([Push(device: device, block: pushed, sensitive: beside(pushed), received: 960)], judge: Self.strict)
            }
            guard case .appended = outcome[0] else { return #expect(Bool(false), "\(outcome)") }
            try kept(store, nil, [])
            #expect(try store.read { try $0.record(Self.record, in: Self.scope) }?.slots.map { $0.heads[0].content } == said)
        }
    }
}
