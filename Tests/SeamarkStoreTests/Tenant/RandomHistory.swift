import SeamarkCrypto
import SeamarkJournal
import SeamarkStore

/// Devices that write at random, and a store and its reference that take it in: every answer is compared.
///
/// Few records, fields and values, so that they collide.
struct RandomHistory {
    struct Laptop {
        let id: Identifier
        let member: TenantMember
        let key: SigningKey
        var clock: DeviceClock
        /// By scope: the stream in use and what was sealed in it.
        var streams: [Identifier: (name: StreamName, blocks: [Block])] = [:]
        var made: [Identifier: [Change]] = [:]
    }

    var dice: Dice
    let store: TenantStore
    var reference: ReferenceStore
    var laptops: [Laptop] = []
    let scopes: [Identifier]
    let records: [Identifier]
    var now: Int64 = 1000
    var seen: [String: Int] = [:]

    static let primitives = TenantSamples.primitives

    init(seed: UInt64, store: TenantStore) throws {
        dice = Dice(seed: seed)
        self.store = store
        reference = ReferenceStore(primitives: Self.primitives)
        scopes = [Identifier(high: 10, low: 1), Identifier(high: 10, low: 2)]
        records = (0..<4).map { Identifier(high: 20, low: $0) }
        for number in 0..<3 {
            let member = TenantMember(id: Identifier(high: 30, low: UInt64(number / 2)), name: "Fictitious", role: "consultant")
            let id = Identifier(high: 40, low: UInt64(number))
            laptops.append(
                Laptop(id: id, member: member, key: TenantSamples.key(UInt8(number + 1)), clock: DeviceClock(device: id)))
        }
        let (scopes, laptops) = (scopes, laptops)
        try store.write { transaction in
            for scope in scopes { try transaction.addScope(scope, kind: .engagement) }
            for laptop in laptops {
                if try transaction.member(laptop.member.id) == nil { try transaction.addMember(laptop.member) }
                try transaction.addDevice(TenantSamples.enrolment(laptop.id, key: laptop.key), of: laptop.member.id, at: 1)
                for scope in scopes { try transaction.staff(laptop.member.id, on: scope) }
            }
        }
        for scope in scopes {
            var made = ReferenceStore.Scope()
            made.staff = Set(laptops.map(\.member.id))
            reference.scopes[scope] = made
        }
        for laptop in laptops { reference.devices[laptop.id] = .init(member: laptop.member, key: laptop.key.publicKey) }
    }

    /// Refuses by value and by what the record held before: a wrong order of judging shows.
    static var judge: Judge { { change, member, look in
        for edit in change.edits {
            if edit.target == .field(3), edit.content.value == .int(2) { return .refused(.outOfBounds) }
            if edit.target == .field(2), try look(edit.record)?.heads(of: .field(3)).first?.content.value == .int(1) {
                return .refused(.finalised)
            }
        }
        return .accepted
    } }

    // MARK: Writing

    private mutating func content() -> Content {
        let value = Value.int(Int64(dice.below(3)))
        return dice.chance(20) ? .sensitive(SensitiveValue(salt: dice.identifier(), value: value)) : .open(value)
    }

    private mutating func change(by laptop: Int, in scope: Identifier) -> Change {
        var edits: [Edit] = []
        let known = reference.scopes[scope]?.state
        for _ in 0..<(1 + dice.below(3)) {
            let record = dice.pick(records)
            let target: Target =
                switch dice.below(8) {
                case 0: .life
                case 1, 2: .element(4, .int(Int64(dice.below(2))))
                case let other: .field(UInt32(other % 3 + 1))
                }
            var names: [EditName] = []
            if dice.chance(70) { names = known?.records[record]?.heads(of: target).map(\.name) ?? [] }
            // What this device made itself and the server may not hold, or will hold later.
            if dice.chance(30), let own = laptops[laptop].made[scope]?.last { names.append(own.name(0)) }
            names = Array(Set(names)).sorted()
            let witnessed = target == .life ? known?.records[record]?.fieldHeadNames ?? [] : []
            let content: Content = if case .field = target { content() } else { .open(.bool(dice.chance(50))) }
            edits.append(Edit(record: record, type: 5, target: target, content: content, supersedes: names, witnessed: witnessed))
        }
        let change = Change(
            scope: scope, stamp: laptops[laptop].clock.stamp(now: now + Int64(dice.below(40)) - 20),
            member: laptops[laptop].member.id, schema: 1, edits: edits, primitives: Self.primitives)
        laptops[laptop].made[scope, default: []].append(change)
        return change
    }

    private mutating func seal(_ changes: [Change], by laptop: Int, in scope: Identifier, fresh: Bool = false) -> Block {
        let device = laptops[laptop].id
        if laptops[laptop].streams[scope] == nil || fresh {
            laptops[laptop].streams[scope] = (StreamName(device: device, incarnation: dice.next(), scope: scope), [])
        }
        guard let (name, blocks) = laptops[laptop].streams[scope] else { fatalError("just made") }
        let block = Block.seal(changes, in: name, after: blocks.last?.end ?? .beginning, by: laptops[laptop].key, Self.primitives)
        laptops[laptop].streams[scope]?.blocks.append(block)
        return block
    }

    private mutating func nextBlocks() -> [(laptop: Int, block: Block)] {
        let laptop = dice.below(laptops.count)
        let scope = dice.pick(scopes)
        switch dice.below(12) {
        case 0:
            // A new incarnation that sends again what it made, and something new.
            let old = Array(laptops[laptop].made[scope, default: []].suffix(3))
            return [(laptop, seal(old + [change(by: laptop, in: scope)], by: laptop, in: scope, fresh: true))]
        case 1:
            guard let blocks = laptops[laptop].streams[scope]?.blocks, !blocks.isEmpty else { return [] }
            return [(laptop, dice.pick(blocks))]
        case 2:
            // The store was copied back: the same stream goes on from an older end.
            guard let count = laptops[laptop].streams[scope]?.blocks.count, count > 1 else { return [] }
            laptops[laptop].streams[scope]?.blocks.removeLast(1 + dice.below(count - 1))
            return [(laptop, seal([change(by: laptop, in: scope)], by: laptop, in: scope))]
        case 3:
            // One block is lost on the way, or comes after the next.
            let first = seal([change(by: laptop, in: scope)], by: laptop, in: scope)
            let second = seal([change(by: laptop, in: scope)], by: laptop, in: scope)
            return dice.chance(50) ? [(laptop, second), (laptop, first), (laptop, second)] : [(laptop, second)]
        case 4:
            // Another device's block, and one whose signature was altered.
            let other = (laptop + 1) % laptops.count
            let block = seal([change(by: laptop, in: scope)], by: laptop, in: scope)
            guard let forged = forged(block) else { return [] }
            return [(other, block), (laptop, forged), (laptop, block)]
        case _:
            // In order, from the end that the server has, if it is one of ours.
            let blocks = laptops[laptop].streams[scope]?.blocks ?? []
            let end = laptops[laptop].streams[scope].flatMap { reference.scopes[scope]?.streams[$0.name] } ?? .beginning
            if let last = blocks.last, last.end != end {
                if let index = blocks.firstIndex(where: { $0.first == end.number + 1 && $0.previous == end.hash }) {
                    return blocks[index...].map { (laptop, $0) }
                }
                return [(laptop, seal([change(by: laptop, in: scope)], by: laptop, in: scope, fresh: true))]
            }
            var changes: [Change] = []
            for _ in 0..<(1 + dice.below(3)) { changes.append(change(by: laptop, in: scope)) }
            return [(laptop, seal(changes, by: laptop, in: scope))]
        }
    }

    private func forged(_ block: Block) -> Block? {
        var bytes = block.bytes
        bytes[bytes.count - 1] ^= 1
        return try? Block.open(bytes, sensitive: block.sensitiveParts, Self.primitives)
    }

    // MARK: Running

    /// One step. Returns what differed between store and reference; nil when nothing did.
    mutating func step() throws -> String? {
        now += Int64(dice.below(30))
        switch dice.below(20) {
        case 0:
            let member = dice.pick(laptops).member.id
            let scope = dice.pick(scopes)
            let isStaffed = reference.scopes[scope]?.staff.contains(member) == true
            if isStaffed { reference.scopes[scope]?.staff.remove(member) } else { reference.scopes[scope]?.staff.insert(member) }
            try store.write { try isStaffed ? $0.unstaff(member, from: scope) : $0.staff(member, on: scope) }
            return nil
        case 1 where dice.chance(20):
            let device = dice.pick(laptops).id
            reference.devices[device]?.isRevoked = true
            try store.write { [now] in try $0.revokeDevice(device, at: now) }
            return nil
        case 2, 3: return try release()
        case 4: return try authored()
        case _: return try pushed()
        }
    }

    private mutating func pushed() throws -> String? {
        var pushes: [Push] = []
        for _ in 0..<(1 + dice.below(3)) {
            for (laptop, block) in nextBlocks() {
                pushes.append(
                    Push(
                        device: laptops[laptop].id, block: block,
                        sensitive: SensitivePart.encode(block.sensitiveParts, Self.primitives), received: now))
            }
        }
        var expected: [PushOutcome] = []
        for push in pushes { expected.append(try reference.push(push, judge: Self.judge)) }
        let found = try store.write { [pushes] in try $0.push(pushes, judge: Self.judge) }
        for outcome in found { count(outcome) }
        return found == expected ? nil : "outcomes \(found) instead of \(expected)"
    }

    private mutating func count(_ outcome: PushOutcome) {
        switch outcome {
        case .appended(let appended):
            seen["appended", default: 0] += 1
            for verdict in appended.verdicts where verdict != .accepted { seen[verdict == .duplicate ? "duplicate" : "refused change", default: 0] += 1 }
        case .present: seen["present", default: 0] += 1
        case .quarantined: seen["quarantined", default: 0] += 1
        case .refused(let problem, _): seen["\(problem)", default: 0] += 1
        }
    }

    private mutating func release() throws -> String? {
        var known: [Identifier] = []
        for scope in scopes {
            known += reference.scopes[scope]?.outside.keys.sorted() ?? []
            known += reference.scopes[scope]?.state.refused.keys.sorted() ?? []
        }
        guard !known.isEmpty else { return nil }
        var ids: [Identifier] = []
        for _ in 0..<(1 + dice.below(3)) { ids.append(dice.pick(known)) }
        let expected = reference.release(ids, received: now)
        let found = try store.write { [ids, now] in try $0.release(ids, received: now) }
        seen["release", default: 0] += 1
        return found == expected ? nil : "released at \(found) instead of \(expected)"
    }

    private mutating func authored() throws -> String? {
        let scope = dice.pick(scopes)
        let identity = TenantSamples.identity
        let edit = Edit(
            record: dice.pick(records), type: 5, target: .field(1), content: .open(.int(7)),
            supersedes: reference.scopes[scope]?.state.records[records[0]]?.heads(of: .field(1)).map(\.name) ?? [])
        let change = Change(
            scope: scope, stamp: Stamp(time: now, device: identity.author), member: identity.author, schema: 1, edits: [edit],
            primitives: Self.primitives)
        // The same act at the same moment is the same change: a duplicate, in both.
        let name = StreamName(device: identity.author, incarnation: identity.incarnation, scope: scope)
        let block = Block.seal(
            [change], in: name, after: reference.scopes[scope]?.streams[name] ?? .beginning, by: TenantSamples.author, Self.primitives)
        let expected = [reference.admit(block, received: now) { _, _ in .accepted }]
        let found = try store.write { [now] in try $0.author([change], in: scope, by: TenantSamples.author, received: now) }
        seen["authored", default: 0] += 1
        return found == expected ? nil : "authored \(found) instead of \(expected)"
    }

    // MARK: Comparing

    func key(of device: Identifier) -> [UInt8]? {
        device == TenantSamples.identity.author ? TenantSamples.author.publicKey : laptops.first { $0.id == device }?.key.publicKey
    }

    /// What a store says differently from the reference, by reading it in every way; nil when nothing.
    func difference(in store: TenantStore) throws -> String? {
        try store.read { snapshot in
            for id in scopes {
                guard let expected = reference.scopes[id], let scope = try snapshot.scope(id) else { return "a scope is missing" }
                if scope.digest != expected.state.digest { return "the digest differs" }
                if scope.place != expected.end { return "the log ends elsewhere" }
                var found: [Identifier: RecordState] = [:]
                try snapshot.records(in: id) { found[$0] = $1 }
                if found != expected.state.records { return "records differ" }
                for record in records where try snapshot.record(record, in: id) != expected.state.records[record] { return "a record differs" }
                if let difference = try replayed(id, expected, snapshot) { return difference }
                for (name, end) in expected.streams where try snapshot.streamEnd(name) != end { return "a stream ends elsewhere" }
                if let difference = try quarantine(id, expected, snapshot) { return difference }
            }
            let verification = try snapshot.verify { key(of: $0) }
            if case .fails(let fault) = verification { return "verify: \(fault)" }
            return nil
        }
    }

    /// A device that reads the log has the same state.
    private func replayed(_ id: Identifier, _ expected: ReferenceStore.Scope, _ snapshot: TenantSnapshot) throws -> String? {
        var state = ScopeState()
        var place = LogPlace.beginning
        while true {
            let entries = try snapshot.entries(of: id, after: place.position, credit: 700)
            if entries.isEmpty { break }
            for stored in entries {
                var changes: [Change] = []
                if !stored.block.isEmpty {
                    let parts = try SensitivePart.decode(stored.sensitive, Self.primitives)
                    changes = try Block.open(stored.block, sensitive: parts, Self.primitives).changes
                }
                place = LogPlace(position: place.position + 1, hash: stored.entry.logHash(after: place.hash, Self.primitives))
                if place != stored.place { return "an entry is misplaced" }
                state.read(stored.entry, changes: changes)
            }
        }
        for (place, _, _) in expected.log where try !snapshot.contains(place, in: id) { return "a place of the log is denied" }
        if try snapshot.contains(LogPlace(position: place.position + 1, hash: place.hash), in: id) { return "a place is made up" }
        return place == expected.end && state.records == expected.state.records && state.digest == expected.state.digest
            ? nil : "the log adds up to another state"
    }

    private func quarantine(_ id: Identifier, _ expected: ReferenceStore.Scope, _ snapshot: TenantSnapshot) throws -> String? {
        let found = try snapshot.quarantine().filter { $0.scope == id }
        if Set(found.filter { $0.position != nil }.map(\.id)) != Set(expected.state.refused.keys) { return "the quarantine in the log differs" }
        if Set(found.filter { $0.position == nil }.map(\.id)) != Set(expected.outside.keys) { return "the quarantine outside differs" }
        for change in found where change.refusal != (expected.outside[change.id]?.refusal ?? expected.state.refused[change.id]?.refusal) {
            return "a reason differs"
        }
        for id in expected.seen {
            guard let stored = try snapshot.change(id), stored.change.id == id else { return "a change is not found" }
            if stored.isApplied != expected.state.applied.contains(id) { return "a change is applied differently" }
        }
        return nil
    }
}
