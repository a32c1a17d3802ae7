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

    /// A change with words of nobody, the change that redacts them, by its author or by headquarters, and the leaf that stands for them.
    private static func redacted(byHeadquarters: Bool = false) -> (said: Change, redacting: Change, leaf: Hash256) {
        let primitives = TenantSamples.primitives
        let (author, consultant) = (TenantSamples.identity.author, (device: devices[0], member: member.id))
        func change(_ time: Int64, by who: (device: Identifier, member: Identifier), _ edit: Edit) -> Change {
            Change(scope: scope, stamp: Stamp(time: time, device: who.device), member: who.member, schema: 1, edits: [edit], primitives: primitives)
        }
        let words = SensitiveValue(salt: Identifier(high: 77, low: 1), value: .text("words of nobody"))
        let said = change(1, by: consultant, Edit(record: record, type: 5, target: .field(1), content: .sensitive(words), supersedes: []))
        let redacted = Redaction.Redacted(edit: said.name(0), leaf: SensitiveTree.leaf(words, primitives))
        let redacting = change(
            2, by: byHeadquarters ? (device: author, member: author) : consultant,
            Edit(
                record: Identifier(high: 9, low: 1000), type: Redaction.recordType, target: .field(Redaction.valuesField), content: .open(Redaction.value(of: [redacted])),
                supersedes: []))
        return (said, redacting, redacted.leaf)
    }

    @Test func `releases what headquarters redacted with its redaction, though nobody named that`() throws {
        let (primitives, key, author) = (TenantSamples.primitives, TenantSamples.key(9), TenantSamples.identity.author)
        let (said, redacting, leaf) = Self.redacted(byHeadquarters: true)
        let bare = try #require(Self.block([said], Self.devices[0]).withholding([leaf], primitives))
        let order = Block.seal([redacting], in: StreamName(device: author, incarnation: 1, scope: Self.scope), after: .beginning, by: key, primitives)
        let items = [bare, order].map { Donation.Item.block($0, sensitive: SensitivePart.encode($0.sensitiveParts, primitives), verdicts: [.accepted], received: 5) }
        let store = try Self.store()
        _ = try store.write { transaction in
            try transaction.donate(Donation(device: Identifier(high: 40, low: 3), scope: Self.scope, items: items, received: 9), judge: Self.closed) {
                try $0 == author ? key.publicKey : transaction.device($0)?.signingKey
            }
        }
        #expect(try store.read { try $0.quarantine() }.count == 2)
        #expect(try store.write { try $0.release([said.id], received: 10) }.map(\.position) == [1, 2])
        #expect(try store.read { try $0.quarantine() }.isEmpty && store.read { try $0.isBarred(leaf, in: Self.scope) })
    }

    /// Nobody has more of it from then on: nothing that comes later would be whole.
    @Test func `releases what came without its sensitive values once the log has redacted these, and not before`() throws {
        let (primitives, device, store) = (TenantSamples.primitives, Self.devices[0], try Self.store())
        let (said, redacting, leaf) = Self.redacted()
        let bare = try #require(Self.block([said], device).withholding([leaf], primitives))
        _ = try Self.donate([.bare(bare, sensitive: SensitivePart.encode(bare.sensitiveParts, primitives))], to: store)
        #expect(try store.write { try $0.release([said.id], received: 950) }.isEmpty)
        try Self.push(Self.block([redacting], device, incarnation: 2), to: store, at: 951)
        #expect(try store.read { try $0.quarantine() }.map(\.id) == [said.id])
        #expect(try !store.write { try $0.release([said.id], received: 952) }.isEmpty)
        #expect(try store.read { try $0.quarantine() }.isEmpty && Self.holds(store))
        #expect(try store.read { try $0.record(Self.record, in: Self.scope) }?.slots.first?.heads[0].content == .withheld(leaf: leaf))
    }

    /// A laptop whose member is not staffed any more gives back what was redacted, and the redaction: both wait. Let in alone, the change would stand in the log without
    /// its words, and nothing there would say why.
    @Test(arguments: [true, false], [true, false])
    func `releases what was redacted with its redaction, wherever that waits, and without one not at all`(together: Bool, isJudged: Bool) throws {
        let (primitives, device, gone, judge) = (TenantSamples.primitives, Self.devices[0], Identifier(high: 40, low: 3), isJudged ? Self.strict : nil)
        let (said, redacting, leaf) = Self.redacted()
        func beside(_ block: Block) -> [UInt8] { SensitivePart.encode(block.sensitiveParts, primitives) }
        let whole = Self.block(together ? [said, redacting] : [said], device)
        let later = together ? nil : Self.block([redacting], device, after: StreamEnd(number: 1, hash: whole.hash))
        let bare = try #require(whole.withholding([leaf], primitives))
        func item(_ block: Block) -> Donation.Item { .block(block, sensitive: beside(block), verdicts: block.changes.map { _ in .accepted }, received: 5) }
        func waiting(_ store: TenantStore) throws -> [Identifier] {
            var ids: [Identifier] = []
            try store.read { snapshot in try snapshot.heldChanges { ids.append($0.change.id) } }
            return ids
        }
        func isBarred(_ store: TenantStore) throws -> Bool { try store.read { try $0.isBarred(leaf, in: Self.scope) } }

        let restored = try Self.store()
        _ = try Self.donate([item(bare)] + (later.map { [item($0)] } ?? []), to: restored, by: gone)
        // What a redaction deletes is deleted for ever: one that nobody named comes along where the rules accept it.
        let judges: [Judge?] = isJudged ? [Self.closed] : [nil, Self.closed]
        for judge in judges {
            #expect(try restored.write { try $0.release([said.id], received: 950, judge: judge) }.isEmpty)
            #expect(try Set(waiting(restored)) == [said.id, redacting.id] && !isBarred(restored))
        }
        let named = isJudged ? [said.id] : [said.id, redacting.id]
        #expect(try !restored.write { try $0.release(named, received: 950, judge: judge) }.isEmpty)
        #expect(try waiting(restored).isEmpty && isBarred(restored) && Self.holds(restored))

        // Of the change alone nothing says who took its words: it waits until it comes whole, from whoever it may be.
        guard let later else { return }
        let other = try Self.store()
        _ = try Self.donate([item(bare)], to: other, by: gone)
        #expect(try other.write { try $0.release([said.id], received: 950, judge: judge) }.isEmpty)
        #expect(try waiting(other) == [said.id] && !isBarred(other))
        _ = try Self.donate([item(whole)], to: other, by: gone)
        _ = try Self.donate([item(bare)], to: other, by: gone)
        #expect(try !other.write { try $0.release([said.id], received: 960, judge: judge) }.isEmpty)
        #expect(try other.read { try $0.record(Self.record, in: Self.scope) }?.slots.first?.heads[0].content == said.edits[0].content)

        // A redaction that the log holds and refused counts too, where it is named.
        let third = try Self.store()
        _ = try third.write { try $0.push([Push(device: device, block: Self.block([redacting], device, incarnation: 2), sensitive: [], received: 6)], judge: { _, _, _ in .refused(.roleForbids) }) }
        _ = try Self.donate([item(bare), item(later)], to: third, by: gone)
        #expect(try third.write { try $0.release([said.id], received: 950, judge: judge) }.isEmpty)
        #expect(try !isBarred(third))
        #expect(try !third.write { try $0.release([said.id, redacting.id], received: 951, judge: judge) }.isEmpty)
        #expect(try isBarred(third) && !waiting(third).contains(said.id) && Self.holds(third))
    }

    /// A change that says words of nobody in so many fields of a record, and what a redaction of these names.
    private static func saying(_ number: UInt64, fields: UInt64 = 1) -> (change: Change, values: [Redaction.Redacted]) {
        let primitives = TenantSamples.primitives
        let words = (0..<fields).map { SensitiveValue(salt: Identifier(high: 77, low: number * 10 + $0), value: .text("words of nobody")) }
        let edits = words.enumerated().map { index, words in
            Edit(record: Identifier(high: 20, low: number), type: 5, target: .field(UInt32(index) + 1), content: .sensitive(words), supersedes: [])
        }
        let change = Change(
            scope: scope, stamp: Stamp(time: Int64(number), device: devices[0]), member: member.id, schema: 1, edits: edits, primitives: primitives)
        return (change, words.enumerated().map { Redaction.Redacted(edit: change.name($0), leaf: SensitiveTree.leaf($1, primitives)) })
    }

    private static func redacting(_ value: Redaction.Redacted, _ number: UInt64, by device: Identifier, of who: Identifier = member.id) -> Change {
        let edit = Edit(
            record: Identifier(high: 9, low: number), type: Redaction.recordType, target: .field(Redaction.valuesField),
            content: .open(Redaction.value(of: [value])), supersedes: [])
        let time = 1000 + Int64(number) * 10 + Int64(value.edit.index)
        return Change(scope: scope, stamp: Stamp(time: time, device: device), member: who, schema: 1, edits: [edit], primitives: TenantSamples.primitives)
    }

    /// Gives these blocks to a store, without the values that are named, by a laptop whose member is not staffed.
    private static func keep(_ blocks: [Block], without values: [Redaction.Redacted], in store: TenantStore) throws {
        let primitives = TenantSamples.primitives
        let items = blocks.map { block in
            let bare = block.withholding(Set(values.map(\.leaf)), primitives) ?? block
            return Donation.Item.block(
                bare, sensitive: SensitivePart.encode(bare.sensitiveParts, primitives), verdicts: bare.changes.map { _ in .accepted }, received: 5)
        }
        _ = try store.write { transaction in
            try transaction.donate(Donation(device: Identifier(high: 40, low: 3), scope: scope, items: items, received: 9), judge: closed) { id in
                try id == TenantSamples.identity.author ? TenantSamples.key(9).publicKey : transaction.device(id)?.signingKey
            }
        }
    }

    private static func waiting(_ store: TenantStore) throws -> Set<Identifier> {
        var ids: Set<Identifier> = []
        try store.read { snapshot in try snapshot.heldChanges { ids.insert($0.change.id) } }
        return ids
    }

    /// It may have been stolen, and its redaction may name more than what is released.
    @Test func `a redaction by a device that is revoked comes along only where it is named`() throws {
        let (said, values) = Self.saying(1)
        let redacting = Self.redacting(values[0], 1, by: Self.devices[1])
        let store = try Self.store()
        try Self.keep([Self.block([said], Self.devices[0]), Self.block([redacting], Self.devices[1])], without: values, in: store)
        try store.write { try $0.revokeDevice(Self.devices[1], at: 10) }
        #expect(try store.write { try $0.release([said.id], received: 11, judge: Self.strict) }.isEmpty)
        #expect(try Self.waiting(store) == [said.id, redacting.id] && !store.read { try $0.isBarred(values[0].leaf, in: Self.scope) })
        #expect(try store.write { try $0.release([said.id, redacting.id], received: 12, judge: Self.strict) }.count == 2)
        #expect(try Self.waiting(store).isEmpty && store.read { try $0.isBarred(values[0].leaf, in: Self.scope) })
    }

    /// Two redactions of one record: by themselves the rules accept both, and behind the first they refuse the second.
    @Test func `what the rules refuse as it comes along is not applied all the same, and what it redacts waits`() throws {
        let once: Judge = { change, _, lookup in try lookup(change.edits[0].record) == nil ? .accepted : .refused(.setOnce) }
        let (said, values) = Self.saying(1, fields: 2)
        let redactions = values.map { Self.redacting($0, 1, by: Self.devices[0]) }
        let store = try Self.store()
        try Self.keep([Self.block([said], Self.devices[0]), Self.block(redactions, Self.devices[0], incarnation: 2)], without: values, in: store)
        func barred() throws -> [Bool] { try values.map { value in try store.read { try $0.isBarred(value.leaf, in: Self.scope) } } }
        #expect(try store.write { try $0.release([said.id], received: 10, judge: once) }.count == 1)
        #expect(try Self.waiting(store) == [said.id, redactions[1].id] && barred() == [true, false])
        // Released once more, it is applied all the same.
        #expect(try store.write { try $0.release([said.id, redactions[1].id], received: 11, judge: once) }.count == 2)
        #expect(try Self.waiting(store).isEmpty && barred() == [true, true] && Self.holds(store))
    }

    /// The redaction of the first lies beside words that another one redacted, which lies in a third block.
    @Test func `what is named is released in whatever order it explains itself`() throws {
        let ((first, firstValues), (second, secondValues)) = (Self.saying(1), Self.saying(2))
        let redactions = [Self.redacting(firstValues[0], 1, by: Self.devices[0]), Self.redacting(secondValues[0], 2, by: Self.devices[0])]
        let store = try Self.store()
        let blocks = [[first], [second, redactions[0]], [redactions[1]]].enumerated().map { Self.block($1, Self.devices[0], incarnation: UInt64($0) + 1) }
        try Self.keep(blocks, without: firstValues + secondValues, in: store)
        #expect(try store.write { try $0.release([first.id, second.id] + redactions.map(\.id), received: 10) }.count == 3)
        #expect(try Self.waiting(store).isEmpty && Self.holds(store))
    }

    /// The second redaction enters the log beside the first, refused since nobody named it, and the rules were not asked.
    @Test(arguments: [true, false], [true, false])
    func `what was redacted in one block comes along one by one, whoever redacted it`(byHeadquarters: Bool, atOnce: Bool) throws {
        let author = TenantSamples.identity.author
        let (device, key) = byHeadquarters ? (author, TenantSamples.key(9)) : (Self.devices[1], Self.key(Self.devices[1]))
        let said = [Self.saying(1), Self.saying(2)]
        let values = said.flatMap(\.values)
        let redactions = values.enumerated().map { Self.redacting($1, UInt64($0) + 1, by: device, of: byHeadquarters ? author : Self.member.id) }
        let order = Block.seal(
            redactions, in: StreamName(device: device, incarnation: 1, scope: Self.scope), after: .beginning, by: key, TenantSamples.primitives)
        let store = try Self.store()
        let blocks = said.enumerated().map { Self.block([$1.change], Self.devices[0], incarnation: UInt64($0) + 1) }
        try Self.keep(blocks + [order], without: values, in: store)
        let ids = said.map(\.change.id)
        if atOnce {
            #expect(try store.write { try $0.release(ids, received: 10, judge: Self.strict) }.count == 4)
        } else {
            #expect(try store.write { try $0.release([ids[0]], received: 10, judge: Self.strict) }.count == 2)
            #expect(try Self.waiting(store) == [ids[1], redactions[1].id])
            #expect(try store.write { try $0.release([ids[1]], received: 11, judge: Self.strict) }.count == 2)
        }
        #expect(try Self.waiting(store).isEmpty && values.allSatisfy { value in try store.read { try $0.isBarred(value.leaf, in: Self.scope) } })
    }
}
