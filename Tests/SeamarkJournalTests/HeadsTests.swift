import SeamarkJournal
import SeamarkTestSupport
import Testing

/// The merge rule: what survives depends on what was said, never on when or how often it arrived.
@Suite struct HeadsTests {
    static let primitives = CheapPrimitives()

    /// `count` changes of three devices that have seen more or less of one another, with the time the server received each.
    static func clash(_ seed: UInt64, _ count: Int) -> [(change: Change, received: Int64)] {
        var clash = Clash(seed: seed, primitives)
        var devices = [ScopeState(), ScopeState(), ScopeState()]
        var made: [(change: Change, received: Int64)] = []
        while made.count < count {
            let device = Int(clash.dice.next() % 3)
            if clash.dice.chance(40) {
                for (change, received) in made where clash.dice.chance(70) { devices[device].apply(change, received: received) }
            }
            let seen = devices[device]
            let change = clash.change(by: device, at: Int64(made.count) + Int64(clash.dice.next() % 20), seeing: { seen.records[$0] })
            guard !made.contains(where: { $0.change.id == change.id }) else { continue }
            made.append((change, Int64(clash.dice.next() % 20)))
            devices[device].apply(change, received: made[made.count - 1].received)
        }
        return made
    }

    static func state(_ changes: [(change: Change, received: Int64)]) -> ScopeState {
        var state = ScopeState()
        for (change, received) in changes { state.apply(change, received: received) }
        return state
    }

    static func digest(of state: ScopeState) -> ScopeDigest {
        var sum = ScopeDigest.zero
        for record in state.records.values { for slot in record.slots { for head in slot.heads { sum.add(head.name) } } }
        return sum
    }

    @Test(arguments: UInt64(0)..<24)
    func `every order of six clashing changes comes to the same heads`(seed: UInt64) {
        let changes = Self.clash(seed, 6)
        let first = Self.state(changes)
        #expect(first.records.values.allSatisfy { $0.early.isEmpty })
        var differing = 0
        withEveryPermutation(of: changes) { order in
            let state = Self.state(order)
            if state.records != first.records || state.digest != first.digest || state.applied != first.applied { differing += 1 }
        }
        #expect(differing == 0)
        #expect(first.digest == Self.digest(of: first))
    }

    @Test(arguments: UInt64(100)..<400)
    func `every order and repetition of four clashing changes comes to the same heads`(seed: UInt64) {
        let changes = Self.clash(seed, 4)
        let first = Self.state(changes)
        var differing = 0
        withEveryPermutation(of: changes) { order in
            var state = ScopeState()
            for (place, (change, received)) in order.enumerated() {
                state.apply(change, received: received)
                for (again, _) in order[...place] { state.apply(again, received: received &+ 7) }
            }
            if state.records != first.records || state.digest != first.digest { differing += 1 }
        }
        #expect(differing == 0)
    }

    /// The rule itself, with nothing looked up.
    private struct Plain {
        var heads: [Head] = []
        var early: Set<EditName> = []
        var applied: Set<Identifier> = []

        mutating func apply(_ change: Change) {
            applied.insert(change.id)
            for (index, edit) in change.edits.enumerated() {
                for name in edit.supersedes {
                    if heads.contains(where: { $0.name == name }) { heads.removeAll { $0.name == name } } else if !applied.contains(name.change) { early.insert(name) }
                }
                if early.remove(change.name(index)) != nil { continue }
                heads.append(Head(name: change.name(index), effective: change.stamp.time, stamp: change.stamp, member: change.member, content: edit.content))
            }
            heads.sort { $0.isShown(before: $1) }
        }
    }

    @Test(arguments: UInt64(500)..<560)
    func `of many values beside each other, and many that are superseded at once or before they come, the same is left as by the rule itself`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let (record, scope) = (Identifier(high: 7, low: 1), Identifier(high: 8, low: 1))
        var names: [EditName] = []
        var changes: [Change] = []
        for number in 0..<40 {
            let edits = (0..<(1 + dice.next() % 6)).map { place in
                let old = names.filter { _ in dice.next() % 12 == 0 }
                return Edit(record: record, type: 1, target: .field(1), content: .open(.int(Int64(place))), supersedes: old)
            }
            let change = Change(
                scope: scope, stamp: Stamp(time: Int64(dice.next() % 9), device: Identifier(high: 9, low: UInt64(number))), member: record, schema: 1, edits: edits,
                primitives: Self.primitives)
            changes.append(change)
            names += edits.indices.map { change.name($0) }
        }
        if seed % 3 > 0 { for place in changes.indices.dropFirst() { changes.swapAt(place, Int(dice.next() % UInt64(place + 1))) } }
        var (state, plain) = (ScopeState(), Plain())
        for change in changes {
            state.apply(change, received: nil)
            plain.apply(change)
            #expect(state.records[record]?.heads(of: .field(1)).map(\.name) == plain.heads.map(\.name))
            #expect(state.records[record]?.early.map(\.name) == plain.early.sorted())
            #expect(state.digest == Self.digest(of: state))
        }
    }

    @Test(arguments: UInt64(400)..<500)
    func `two replicas that exchange what they know agree, however the changes were split`(seed: UInt64) {
        let changes = Self.clash(seed, 6)
        let first = Self.state(changes)
        var differing = 0
        withEverySplit(of: changes) { left, right in
            var a = Self.state(left)
            var b = Self.state(right)
            for (change, received) in right.reversed() { a.apply(change, received: received) }
            for (change, received) in left { b.apply(change, received: received) }
            if a.records != first.records || b.records != first.records || a.digest != b.digest { differing += 1 }
        }
        #expect(differing == 0)
    }

    @Test(arguments: UInt64(0)..<300)
    func `every edit is a head, or superseded by an applied edit of its target that names it`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let changes = Self.clash(seed, 40).shuffled(using: &dice)
        let state = Self.state(changes)
        var named: Set<RecordTarget> = []
        for (change, _) in changes {
            for edit in change.edits { for name in edit.supersedes { named.insert(RecordTarget(edit.record, edit.target, name)) } }
        }
        for (change, _) in changes {
            for (index, edit) in change.edits.enumerated() {
                let name = change.name(index)
                let isHead = state.records[edit.record]?.heads(of: edit.target).contains { $0.name == name } ?? false
                #expect(isHead != named.contains(RecordTarget(edit.record, edit.target, name)))
            }
        }
    }

    struct RecordTarget: Hashable {
        let record: Identifier
        let target: Target
        let name: EditName

        init(_ record: Identifier, _ target: Target, _ name: EditName) {
            self.record = record
            self.target = target
            self.name = name
        }
    }

    // MARK: - One thing at a time

    static let record = Clash.record(1)

    static func edit(_ target: Target, _ value: Value, over names: [EditName] = [], seen: [EditName] = []) -> Edit {
        Edit(record: record, type: 1, target: target, content: .open(value), supersedes: names, witnessed: seen)
    }

    static func change(_ device: Int, at time: Int64, _ edits: Edit...) -> Change {
        Change(
            scope: Clash.scope, stamp: Stamp(time: time, device: Clash.device(device)), member: .zero, schema: 1, edits: edits,
            primitives: primitives)
    }

    static func heads(_ state: ScopeState, _ target: Target) -> [Value] {
        state.records[record]?.heads(of: target).compactMap(\.content.value) ?? []
    }

    @Test func `two who set one field are a conflict, a resolution settles it, a late third value reopens it`() {
        let first = Self.change(1, at: 1, Self.edit(.field(1), .int(1)))
        let second = Self.change(2, at: 2, Self.edit(.field(1), .int(2)))
        let resolution = Self.change(1, at: 3, Self.edit(.field(1), .int(3), over: [first.name(0), second.name(0)]))
        let late = Self.change(3, at: 0, Self.edit(.field(1), .int(4), over: [first.name(0)]))
        withEveryPermutation(of: [first, second, resolution, late]) { order in
            var state = ScopeState()
            var seen: Set<Identifier> = []
            for change in order {
                state.apply(change, received: 9)
                seen.insert(change.id)
                let expected = [(resolution, Value.int(3)), (second, .int(2)), (first, .int(1)), (late, .int(4))].filter { item in
                    guard seen.contains(item.0.id) else { return false }
                    return !seen.contains { id in
                        id == resolution.id && (item.0.id == first.id || item.0.id == second.id) || id == late.id && item.0.id == first.id
                    }
                }
                #expect(Self.heads(state, .field(1)) == expected.map(\.1))
            }
        }
    }

    @Test func `a name of another target supersedes nothing, whichever comes first`() {
        let first = Self.change(1, at: 1, Self.edit(.field(1), .int(1)))
        let second = Self.change(2, at: 2, Self.edit(.field(2), .int(2), over: [first.name(0)]))
        withEveryPermutation(of: [first, second]) { order in
            let state = Self.state(order.map { ($0, 9) })
            #expect(Self.heads(state, .field(1)) == [.int(1)])
            #expect(Self.heads(state, .field(2)) == [.int(2)])
        }
    }

    @Test func `elements whose spellings are only canonically equivalent are two elements, whichever comes first`() {
        let composed = Self.change(1, at: 1, Self.edit(.element(3, .text("é")), .bool(true)))
        let decomposed = Self.change(2, at: 2, Self.edit(.element(3, .text("e\u{301}")), .bool(false)))
        withEveryPermutation(of: [composed, decomposed]) { order in
            let state = Self.state(order.map { ($0, 9) })
            #expect(Self.heads(state, .element(3, .text("é"))) == [.bool(true)])
            #expect(Self.heads(state, .element(3, .text("e\u{301}"))) == [.bool(false)])
            #expect(state.records[Self.record]?.slots.count == 2)
        }
    }

    @Test func `of concurrent additions and removals of an element both are kept, and presence is among them`() {
        let target = Target.element(3, .text("a"))
        let add = Self.change(1, at: 1, Self.edit(target, .bool(true)))
        let remove = Self.change(2, at: 5, Self.edit(target, .bool(false), over: [add.name(0)]))
        let again = Self.change(3, at: 2, Self.edit(target, .bool(true)))
        withEveryPermutation(of: [add, remove, again]) { order in
            #expect(Self.heads(Self.state(order.map { ($0, 9) }), target) == [.bool(false), .bool(true)])
        }
    }

    @Test func `a deletion that saw every field hides the record, an edit it did not see keeps it visible, undeleting brings it back`() {
        let born = Self.change(1, at: 1, Self.edit(.field(1), .int(1)), Self.edit(.element(3, .text("a")), .bool(true)))
        let deletion = Self.change(1, at: 2, Self.edit(.life, .bool(false), seen: [born.name(0), born.name(1)]))
        let unseen = Self.change(2, at: 1, Self.edit(.field(1), .int(2), over: [born.name(0)]))
        let undelete = Self.change(3, at: 3, Self.edit(.life, .bool(true), over: [deletion.name(0)]))
        withEveryPermutation(of: [born, deletion]) { order in
            let record = Self.state(order.map { ($0, 9) }).records[Self.record]
            #expect(record?.isDeleted == true)
            #expect(record?.unwitnessed.isEmpty == true)
            #expect(record?.heads(of: .field(1)).count == 1)
        }
        withEveryPermutation(of: [born, deletion, unseen]) { order in
            let record = Self.state(order.map { ($0, 9) }).records[Self.record]
            #expect(record?.isDeleted == true)
            #expect(record?.unwitnessed.map(\.name) == [unseen.name(0)])
        }
        withEveryPermutation(of: [born, deletion, undelete]) { order in
            #expect(Self.state(order.map { ($0, 9) }).records[Self.record]?.isDeleted == false)
        }
    }

    @Test func `a field head that only one of two deletions saw is seen`() {
        let one = Self.change(1, at: 1, Self.edit(.field(1), .int(1)))
        let two = Self.change(2, at: 1, Self.edit(.field(2), .int(2)))
        let here = Self.change(1, at: 2, Self.edit(.life, .bool(false), seen: [one.name(0)]))
        let there = Self.change(2, at: 2, Self.edit(.life, .bool(false), seen: [two.name(0)]))
        withEveryPermutation(of: [one, two, here, there]) { order in
            #expect(Self.state(order.map { ($0, 9) }).records[Self.record]?.unwitnessed.isEmpty == true)
        }
    }

    // MARK: - Shown first

    @Test func `a clock a year ahead changes what is shown and never what survives, and the time received puts it back`() {
        let year: Int64 = 365 * 86_400_000
        for skew in [-year, 0, year] {
            let right = Self.change(1, at: 1000, Self.edit(.field(1), .int(1)))
            let wrong = Self.change(2, at: 900 + skew, Self.edit(.field(1), .int(2)))
            let early = Self.state([(right, 1100), (wrong, 950)])
            #expect(Set(Self.heads(early, .field(1))) == [.int(1), .int(2)])
            #expect(Self.heads(early, .field(1)).first == .int(1), "received before the other was made")
            let late = Self.state([(right, 1100), (wrong, 2000)])
            #expect(Self.heads(late, .field(1)).first == (skew > 0 ? .int(2) : .int(1)))
            #expect(late.records[Self.record]?.heads(of: .field(1)).map(\.effective).max() == (skew > 0 ? 2000 : 1000))
        }
    }

    @Test func `what is shown first is a total order, whatever the heads`() {
        var heads: [Head] = []
        for effective in [Int64.min, 0, .max] {
            for device in 0..<2 {
                for time in [Int64(0), 1] {
                    for index in UInt32(0)..<2 {
                        heads.append(
                            Head(
                                name: EditName(change: Identifier(high: UInt64(time), low: 1), index: index), effective: effective,
                                stamp: Stamp(time: time, device: Clash.device(device)), member: .zero, content: .open(.absent)))
                    }
                }
            }
        }
        for a in heads {
            #expect(!a.isShown(before: a))
            for b in heads where a != b {
                #expect(a.isShown(before: b) != b.isShown(before: a))
                for c in heads where a.isShown(before: b) && b.isShown(before: c) { #expect(a.isShown(before: c)) }
            }
        }
    }

    @Test func `equal effective times go by device, then by the device's own order, then by name`() {
        let low = Self.change(1, at: 8, Self.edit(.field(1), .int(1)))
        let high = Self.change(2, at: 7, Self.edit(.field(1), .int(2)))
        let later = Self.change(2, at: 9, Self.edit(.field(1), .int(3)), Self.edit(.field(1), .int(4)))
        withEveryPermutation(of: [low, high, later]) { order in
            #expect(Self.heads(Self.state(order.map { ($0, 5) }), .field(1)) == [.int(4), .int(3), .int(2), .int(1)])
        }
    }

    @Test func `the digest tells index from index and change from change`() {
        let id = Identifier(high: 7, low: 9)
        var seen: Set<ScopeDigest> = []
        for name in [
            EditName(change: id, index: 0), EditName(change: id, index: 1), EditName(change: Identifier(high: 9, low: 7), index: 0),
            EditName(change: Identifier(high: 7, low: 10), index: 0), EditName(change: Identifier(high: 8, low: 9), index: 0),
            EditName(change: id, index: .max),
        ] {
            var digest = ScopeDigest.zero
            digest.add(name)
            #expect(seen.insert(digest).inserted)
            digest.subtract(name)
            #expect(digest == .zero)
        }
    }
}
