import SeamarkJournal
import SeamarkTestSupport
import Testing

/// Blocks: what is sealed opens to itself, and nothing else opens under its signature.
@Suite struct BlockTests {
    static let primitives = CheapPrimitives()
    static let signer = CheapSigner(1)
    static let stream = StreamName(device: Clash.device(1), incarnation: 77, scope: Clash.scope)

    /// One to eight changes with values of every kind, sensitive ones, and references inside the block and out of it.
    static func changes(_ seed: UInt64, _ primitives: any Primitives = primitives) -> [Change] {
        var clash = Clash(seed: seed, primitives)
        var changes: [Change] = []
        var names = (0..<4).map { _ in EditName(change: clash.dice.identifier(), index: UInt32(clash.dice.next() % 3)) }
        names.append(EditName(change: clash.dice.identifier(), index: .max))
        for _ in 0...(clash.dice.next() % 8) {
            var edits: [Edit] = []
            for _ in 0...(clash.dice.next() % 5) {
                let target: Target =
                    switch clash.dice.next() % 4 {
                    case 0: .life
                    case 1: .element([1, .max].randomElement(using: &clash.dice) ?? 1, clash.value())
                    case _: .field([1, 2, 200, .max].randomElement(using: &clash.dice) ?? 1)
                    }
                let content: Content =
                    if case .field = target {
                        switch clash.dice.next() % 4 {
                        case 0: .sensitive(SensitiveValue(salt: clash.dice.identifier(), value: clash.value()))
                        case 1: .withheld(leaf: primitives.sha256([UInt8(truncatingIfNeeded: seed)].span))
                        case _: .open(clash.value())
                        }
                    } else {
                        .open(.bool(clash.dice.chance(50)))
                    }
                edits.append(
                    Edit(
                        record: Clash.record(Int(clash.dice.next() % 3)), type: [0, 1, .max].randomElement(using: &clash.dice) ?? 0,
                        target: target, content: content, supersedes: names.filter { _ in clash.dice.chance(30) },
                        witnessed: target == .life ? names.filter { _ in clash.dice.chance(30) } : []))
            }
            let time = [0, .max, .min, Int64(clash.dice.next() % 100)].randomElement(using: &clash.dice) ?? 0
            let change = Change(
                scope: Clash.scope, stamp: Stamp(time: time, device: Clash.device(1)), member: Identifier(high: 3, low: 4), schema: 9, edits: edits,
                primitives: primitives)
            guard !changes.contains(change) else { continue }
            changes.append(change)
            names.append(change.name(Int(clash.dice.next() & 1)))
        }
        return changes
    }

    static func seal(_ seed: UInt64) -> Block {
        let end = seed.isMultiple(of: 2) ? StreamEnd.beginning : StreamEnd(number: seed, hash: primitives.sha256([1].span))
        return Block.seal(changes(seed), in: stream, after: end, by: signer, primitives)
    }

    /// Opens what came from outside, and asks for the signature, as everyone must.
    static func open(_ bytes: [UInt8], _ sensitive: [UInt8]) -> Block? {
        guard let parts = try? SensitivePart.decode(sensitive, primitives), let block = try? Block.open(bytes, sensitive: parts, primitives) else {
            return nil
        }
        return block.isSigned(by: signer.publicKey, primitives) ? block : nil
    }

    /// What a block means: everything but the bytes.
    static func isSame(_ a: Block, _ b: Block) -> Bool {
        a.stream == b.stream && a.member == b.member && a.schema == b.schema && a.first == b.first && a.previous == b.previous && a.root == b.root
            && a.hash == b.hash && a.end == b.end && a.changes == b.changes && a.changes.map(\.stamp) == b.changes.map(\.stamp)
            && a.changes.map(\.edits) == b.changes.map(\.edits) && a.changes.allSatisfy { $0.scope == b.stream.scope }
    }

    @Test(arguments: UInt64(0)..<300)
    func `what was sealed opens to itself`(seed: UInt64) throws {
        let block = Self.seal(seed)
        let opened = try #require(Self.open(block.bytes, SensitivePart.encode(block.sensitiveParts, Self.primitives)))
        #expect(Self.isSame(opened, block))
        #expect(opened.bytes == block.bytes)
        #expect(block.last == block.first + UInt64(block.changes.count) - 1)
    }

    @Test(arguments: UInt64(0)..<100)
    func `a redacted value leaves ids, root, hash and signature as they were`(seed: UInt64) throws {
        let block = Self.seal(seed)
        let parts = block.sensitiveParts
        for (place, part) in parts.enumerated() {
            guard case .value(let value) = part else { continue }
            var redacted = parts
            redacted[place] = .leaf(SensitiveTree.leaf(value, Self.primitives))
            let opened = try #require(Self.open(block.bytes, SensitivePart.encode(redacted, Self.primitives)))
            #expect(opened.changes.map(\.id) == block.changes.map(\.id))
            #expect(opened.hash == block.hash && opened.root == block.root)
            #expect(opened.sensitiveParts == redacted)
            // Another value, another salt or another leaf is refused.
            for wrong in [
                SensitivePart.value(SensitiveValue(salt: value.salt, value: .int(4711))),
                .value(SensitiveValue(salt: Identifier(high: 1, low: 1), value: value.value)), .leaf(block.hash),
            ] {
                redacted[place] = wrong
                #expect(throws: DecodeError(.badRoot, reading: "sensitive parts")) {
                    try Block.open(block.bytes, sensitive: redacted, Self.primitives)
                }
            }
        }
        for wrong: ArraySlice<SensitivePart> in [parts.dropLast(), parts.dropFirst(), (parts + [.leaf(.zero)])[...]] where wrong.count != parts.count {
            #expect(throws: DecodeError.self) { try Block.open(block.bytes, sensitive: Array(wrong), Self.primitives) }
        }
    }

    @Test(arguments: UInt64(0)..<40)
    func `no flipped bit of a block or of its sensitive values opens under the same signature`(seed: UInt64) {
        let block = Self.seal(seed)
        let sensitive = SensitivePart.encode(block.sensitiveParts, Self.primitives)
        for place in block.bytes.indices {
            for bit in [0, 3, 7] {
                var bytes = block.bytes
                bytes[place] ^= 1 << bit
                #expect(Self.open(bytes, sensitive) == nil, "byte \(place)")
            }
        }
        for place in sensitive.indices {
            var bytes = sensitive
            bytes[place] ^= 1 << UInt8(place % 8)
            #expect(Self.open(block.bytes, bytes) == nil, "sensitive byte \(place)")
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `a block cut short anywhere, or with bytes after it, does not open`(seed: UInt64) {
        let block = Self.seal(seed)
        let sensitive = SensitivePart.encode(block.sensitiveParts, Self.primitives)
        for length in 0..<block.bytes.count { #expect(Self.open(Array(block.bytes[..<length]), sensitive) == nil, "\(length) bytes") }
        for length in 0..<sensitive.count { #expect(Self.open(block.bytes, Array(sensitive[..<length])) == nil, "\(length) sensitive bytes") }
        #expect(Self.open(block.bytes + [0], sensitive) == nil)
        #expect(Self.open(block.bytes, sensitive + [0]) == nil)
    }

    @Test func `a block signed by another key, or whose signature is another block's, is not the device's`() {
        let changes = Self.changes(5)
        let forged = Block.seal(changes, in: Self.stream, after: .beginning, by: CheapSigner(2), Self.primitives)
        #expect(!forged.isSigned(by: Self.signer.publicKey, Self.primitives))
        let one = Self.seal(6)
        let other = Self.seal(8)
        let sensitive = SensitivePart.encode(one.sensitiveParts, Self.primitives)
        #expect(Self.open(one.content + one.signature, sensitive) != nil)
        #expect(Self.open(one.content + other.signature, sensitive) == nil)
    }

    // MARK: - Ids

    @Test func `a change's id depends on everything it says and on nothing that renumbering alters`() throws {
        let name = EditName(change: Identifier(high: 1, low: 2), index: 3)
        func make(
            scope: UInt64 = 1, device: Int = 1, time: Int64 = 5, member: UInt64 = 1, schema: UInt32 = 1, record: Int = 1, type: UInt32 = 1,
            target: Target = .field(1), content: Content = .open(.int(1)), supersedes: [EditName] = [], witnessed: [EditName] = [], count: Int = 1
        ) -> Identifier {
            let edit = Edit(
                record: Clash.record(record), type: type, target: target, content: content, supersedes: supersedes, witnessed: witnessed)
            return Change(
                scope: Identifier(high: 9, low: scope), stamp: Stamp(time: time, device: Clash.device(device)), member: Identifier(high: 8, low: member),
                schema: schema, edits: Array(repeating: edit, count: count), primitives: Self.primitives
            ).id
        }
        let salt = Identifier(high: 5, low: 5)
        let ids = [
            make(), make(scope: 2), make(device: 2), make(time: 6), make(member: 2), make(schema: 2), make(record: 2), make(type: 2),
            make(target: .field(2)), make(target: .element(1, .int(1))), make(target: .element(1, .int(2))), make(target: .life),
            make(target: .life, witnessed: [name]), make(content: .open(.int(2))), make(content: .open(.bool(true))),
            make(content: .sensitive(SensitiveValue(salt: salt, value: .int(1)))), make(content: .sensitive(SensitiveValue(salt: .zero, value: .int(1)))),
            make(supersedes: [name]), make(supersedes: [EditName(change: name.change, index: 4)]), make(count: 2),
        ]
        #expect(Set(ids).count == ids.count)

        let block = Self.seal(10)
        let elsewhere = Block.seal(
            block.changes, in: StreamName(device: Clash.device(1), incarnation: 78, scope: Clash.scope),
            after: StreamEnd(number: 41, hash: block.hash), by: Self.signer, Self.primitives)
        #expect(elsewhere.hash != block.hash)
        let opened = try #require(Self.open(elsewhere.bytes, SensitivePart.encode(elsewhere.sensitiveParts, Self.primitives)))
        #expect(opened.changes.map(\.id) == block.changes.map(\.id))
    }

    // MARK: - Bounds

    static func one(_ edits: [Edit]) -> Block {
        let change = Change(
            scope: Clash.scope, stamp: Stamp(time: 1, device: Clash.device(1)), member: .zero, schema: 1, edits: edits, primitives: primitives)
        return Block.seal([change], in: stream, after: .beginning, by: signer, primitives)
    }

    static func opens(_ edits: [Edit]) -> Bool {
        let block = one(edits)
        return open(block.bytes, SensitivePart.encode(block.sensitiveParts, primitives)) != nil
    }

    static func field(_ value: Value) -> Edit { Edit(record: Clash.record(1), type: 1, target: .field(1), content: .open(value)) }

    @Test func `a change holds at most 4096 edits`() {
        for (count, isIn) in [(4095, true), (4096, true), (4097, false)] {
            #expect(Self.opens(Array(repeating: Self.field(.absent), count: count)) == isIn, "\(count) edits")
        }
    }

    @Test func `a change is at most 262144 bytes long`() {
        // Four texts of 64 KiB less what is around them: the encoding is linear in the last one's length.
        func edits(_ length: Int) -> [Edit] { [65_536, 65_536, 65_536, length].map { Self.field(.text(String(repeating: "x", count: $0))) } }
        var writer = ByteWriter()
        writer.text("seamark-change-1")
        // Scope, device, stamp, member, schema, count; then for each: record, type, code, kind, length, text, two counts of names.
        let around = writer.count + 16 + 16 + 1 + 16 + 1 + 1 + 4 * (16 + 1 + 1 + 1 + 3 + 1)
        let length = Change.longest - around - 3 * 65_536
        for (length, isIn) in [(length - 1, true), (length, true), (length + 1, false)] { #expect(Self.opens(edits(length)) == isIn) }
    }

    @Test func `texts and bytes hold at most 65536 bytes, lists nest at most sixteen deep`() {
        for (count, isIn) in [(65_535, true), (65_536, true), (65_537, false)] {
            #expect(Self.opens([Self.field(.text(String(repeating: "x", count: count)))]) == isIn)
            #expect(Self.opens([Self.field(.bytes(Array(repeating: 1, count: count)))]) == isIn)
            #expect(Self.opens([Self.field(.unknown(kind: 16, Array(repeating: 1, count: count)))]) == isIn)
        }
        for (depth, isIn) in [(15, true), (16, true), (17, false)] {
            #expect(Self.opens([Self.field((1...depth).reduce(.int(1)) { value, _ in .list([value]) })]) == isIn)
            #expect(Self.opens([Self.field((1...depth).reduce(.int(1)) { value, _ in .group([Value.Member(1, value)]) })]) == isIn)
        }
    }

    @Test func `a block holds at most a thousand changes and a million bytes, and the count is what is said`() {
        let changes = (0..<1000).map { time in
            Change(
                scope: Clash.scope, stamp: Stamp(time: Int64(time), device: Clash.device(1)), member: .zero, schema: 1, edits: [Self.field(.int(1))],
                primitives: Self.primitives)
        }
        let block = Block.seal(changes, in: Self.stream, after: .beginning, by: Self.signer, Self.primitives)
        #expect(Self.open(block.bytes, [])?.changes.count == 1000)
        // The count lies after magic, device, incarnation, scope, member, schema and first number: two bytes for 1000.
        for (low, high) in [(UInt8(0xe7), UInt8(7)), (0xe9, 7), (0x80, 8), (0x80, 0)] {
            var content = block.content
            #expect(content[62] == 0xe8 && content[63] == 7)
            content[62] = low
            content[63] = high
            #expect(throws: DecodeError.self) { try Block.open(content + block.signature, sensitive: [], Self.primitives) }
        }
        let edits = Array(repeating: Self.field(.text(String(repeating: "x", count: 65_000))), count: 4)
        let long = (0..<4).map { time in
            Change(
                scope: Clash.scope, stamp: Stamp(time: Int64(time), device: Clash.device(1)), member: .zero, schema: 1, edits: edits,
                primitives: Self.primitives)
        }
        #expect(Block.portion(of: long[...]) == 3)
        let tooLong = Block.seal(long, in: Self.stream, after: .beginning, by: Self.signer, Self.primitives)
        #expect(tooLong.bytes.count > Block.longest)
        #expect(throws: DecodeError(.outOfBounds, reading: "length of a block")) { try Block.open(tooLong.bytes, sensitive: [], Self.primitives) }
    }

    @Test func `a portion is of one member and schema, at most a thousand changes, and never nothing`() {
        func change(_ time: Int64, member: UInt64 = 1, schema: UInt32 = 1, length: Int = 1) -> Change {
            Change(
                scope: Clash.scope, stamp: Stamp(time: time, device: Clash.device(1)), member: Identifier(high: 0, low: member), schema: schema,
                edits: [Self.field(.text(String(repeating: "x", count: length)))], primitives: Self.primitives)
        }
        #expect(Block.portion(of: []) == 0)
        #expect(Block.portion(of: (0..<1500).map { change($0) }[...]) == 1000)
        #expect(Block.portion(of: [change(1), change(2), change(3, member: 2)][...]) == 2)
        #expect(Block.portion(of: [change(1), change(2, schema: 2)][...]) == 1)
        #expect(Block.portion(of: (0..<20).map { change($0, length: 60_000) }[...]) == 14)
    }

    /// A stream that says it inflates to more than it may is refused before it is inflated.
    struct Bomb: Primitives {
        let inner = CheapPrimitives()
        func sha256(_ bytes: Span<UInt8>) -> Hash256 { inner.sha256(bytes) }
        func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool { true }
        func deflate(_ bytes: [UInt8]) -> [UInt8] { inner.deflate(bytes) }
        func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] {
            guard length <= max(64, bytes.count) * 100, length <= 1 << 20 else { preconditionFailure("asked to inflate \(length) bytes") }
            return Array(repeating: 2, count: length)
        }
    }

    @Test func `columns and sensitive values inflate to at most one MiB, and a hundred times their size`() {
        func outcome(_ length: UInt64, of deflated: Int) -> DecodeError.Reason? {
            var writer = ByteWriter()
            writer.varint(length)
            writer.raw(Array(repeating: 0, count: deflated))
            do throws(DecodeError) {
                _ = try SensitivePart.decode(writer.bytes, Bomb())
                return nil
            } catch { return error.reason == .outOfBounds && "\(error.reading)" == "kind of sensitive part" ? nil : error.reason }
        }
        #expect(outcome(6399, of: 3) == nil)
        #expect(outcome(6400, of: 3) == nil)
        #expect(outcome(6401, of: 3) == .outOfBounds)
        #expect(outcome(100_000, of: 1000) == nil)
        #expect(outcome(100_001, of: 1000) == .outOfBounds)
        #expect(outcome(1 << 20, of: 50_000) == nil)
        #expect(outcome((1 << 20) + 1, of: 50_000) == .outOfBounds)
        #expect(outcome(.max, of: 50_000) == .outOfBounds)
    }
}
