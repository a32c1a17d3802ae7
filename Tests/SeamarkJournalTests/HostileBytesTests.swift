import SeamarkJournal
import SeamarkTestSupport
import Synchronization
import Testing

/// Bytes from strangers: they are refused, or they mean something; nothing of ours falls over.
@Suite struct HostileBytesTests {
    /// Believes every signature: what a device with a valid key may send.
    struct Gullible: Primitives {
        let inner = CheapPrimitives()
        func sha256(_ bytes: Span<UInt8>) -> Hash256 { inner.sha256(bytes) }
        func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool { true }
        func deflate(_ bytes: [UInt8]) -> [UInt8] { inner.deflate(bytes) }
        func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] {
            // Of any length that is said: what comes out then is what a stranger chose.
            guard length <= 1 << 16, bytes.count > 0 else { throw InflateError() }
            var out: [UInt8] = []
            for index in 0..<length { out.append(index + 1 < bytes.count ? bytes[index + 1] : 0) }
            return out
        }
    }

    static let nasty: [[UInt8]] = [
        [0], [1], [0xff], [0x7f], [0x80], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x80, 0x80, 0x80, 0x10], [8, 1], [9, 1, 1],
    ]

    /// One to four places overwritten, cut, doubled or replaced by numbers that overflow.
    static func mutate(_ bytes: [UInt8], _ dice: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0...(dice.next() % 4) {
            guard !bytes.isEmpty else { break }
            let place = Int(dice.next() % UInt64(bytes.count))
            switch dice.next() % 5 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
            case 1: bytes[place] = [0, 1, 2, 0x7f, 0x80, 0xff].randomElement(using: &dice) ?? 0
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int(dice.next() % 4)))
            case 3: bytes.replaceSubrange(place..<min(bytes.count, place + 1), with: nasty.randomElement(using: &dice) ?? [0])
            case _: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 8)], at: Int(dice.next() % UInt64(bytes.count + 1)))
            }
        }
        return bytes
    }

    @Test(arguments: UInt64(0)..<20)
    func `ten times ten thousand damaged blocks, values and entries are refused or mean something`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let block = BlockTests.seal(seed)
        let parts = block.sensitiveParts
        let sensitive = SensitivePart.encode(parts, Gullible())
        var clash = Clash(seed: seed, CheapPrimitives())
        var state = ScopeState()
        var opened = 0
        for round in 0..<2500 {
            if let hurt = try? Block.open(Self.mutate(block.bytes, &dice), sensitive: parts, Gullible()) {
                opened += 1
                // What opens must be fit to be applied, sealed anew and shown.
                for change in hurt.changes { state.apply(change, received: Int64(bitPattern: dice.next())) }
                _ = hurt.end
                if round.isMultiple(of: 16) { _ = Block.portion(of: hurt.changes[...]) }
            }
            _ = try? SensitivePart.decode(Self.mutate(sensitive, &dice), Gullible())
            var value = ByteReader(Self.mutate(clash.value().encoded, &dice))
            if let read = try? Value.read(from: &value) { _ = read.encoded }
            var writer = ByteWriter()
            LogEntry(content: .block(block.hash), verdicts: [.accepted, .duplicate, .refused(.finalised)], received: -1).write(to: &writer)
            LogEntry(content: .release([block.stream.device]), verdicts: [], received: .max).write(to: &writer)
            var entry = ByteReader(Self.mutate(writer.bytes, &dice))
            if let read = try? LogEntry.read(from: &entry) { _ = read.logHash(after: .zero, CheapPrimitives()) }
        }
        #expect(opened > 0, "mutations that all fail at once try nothing")
        #expect(HeadsTests.digest(of: state) == state.digest)
    }

    @Test(arguments: UInt64(0)..<50)
    func `damaged columns under a valid length and signature are refused or are the one form of what they mean`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        let block = BlockTests.seal(seed)
        let parts = block.sensitiveParts
        // Everything before the columns' length stays; the columns are what a stranger makes of them.
        let header = try Self.headerLength(of: block)
        var reader = ByteReader(Array(block.content[header...]))
        let length = try reader.count()
        _ = try reader.byte()
        let columns = try reader.raw(length)
        var opened = 0
        for round in 0..<400 {
            let hurt = round == 0 ? columns : Self.mutateColumns(columns, &dice)
            var writer = ByteWriter()
            writer.raw(Array(block.content[..<header]))
            writer.count(hurt.count)
            writer.raw([0x78] + hurt)
            guard let read = try? Block.open(writer.bytes + block.signature, sensitive: parts, CheapPrimitives()) else { continue }
            opened += 1
            guard Set(read.changes.map(\.id)).count == read.changes.count else { continue }
            let again = Block.seal(
                read.changes, in: read.stream, after: StreamEnd(number: read.first - 1, hash: read.previous), by: BlockTests.signer,
                CheapPrimitives())
            #expect(again.content == read.content, "two forms of one meaning")
        }
        #expect(opened > 0)
    }

    /// Damages one column, or swaps parts of it, and keeps the lengths right.
    static func mutateColumns(_ bytes: [UInt8], _ dice: inout SplitMix64) -> [UInt8] {
        var reader = ByteReader(bytes)
        var columns: [[UInt8]] = []
        while let column = try? reader.blob() { columns.append(column) }
        let place = Int(dice.next() % UInt64(columns.count))
        columns[place] = mutate(columns[place], &dice)
        var writer = ByteWriter()
        for column in columns { writer.blob(column) }
        return writer.bytes
    }

    static func headerLength(of block: Block) throws -> Int {
        var reader = ByteReader(block.content)
        _ = try reader.raw(4 + 16 + 8 + 16 + 16)
        _ = try reader.varint()
        _ = try reader.varint()
        _ = try reader.varint()
        _ = try reader.hash()
        if try reader.varint() > 0 { _ = try reader.hash() }
        return reader.position
    }

    // MARK: What a small block may make a reader hold

    /// A block of columns that a stranger wrote: `heads` edits in each change, each of the columns given.
    static func forge(edits heads: [Int], values: [UInt8], references: [UInt8], others: Int = 0, target: UInt64 = 2) -> [UInt8] {
        let count = heads.reduce(0, +)
        var head = ByteWriter()
        for edits in heads {
            head.signed(1)
            head.count(edits)
        }
        var record = ByteWriter()
        record.varint(1)
        record.identifier(Identifier(high: 1, low: 1))
        var targets = ByteWriter()
        for _ in 0..<count { targets.varint(target) }
        var other = ByteWriter()
        for index in 0..<others { other.identifier(Identifier(high: 7, low: UInt64(index))) }
        var columns = ByteWriter()
        for column in [head.bytes, record.bytes, [UInt8](repeating: 0, count: count), targets.bytes, values, references, other.bytes] { columns.blob(column) }
        var writer = ByteWriter()
        writer.raw(Array("SMB1".utf8))
        writer.identifier(BlockTests.stream.device)
        writer.fixed64(1)
        writer.identifier(BlockTests.stream.scope)
        writer.identifier(.zero)
        writer.varint(1)
        writer.varint(1)
        writer.count(heads.count)
        writer.hash(.zero)
        writer.count(0)
        writer.count(columns.count)
        writer.raw(CheapPrimitives().deflate(columns.bytes))
        return writer.bytes + [UInt8](repeating: 0, count: 64)
    }

    /// Counts what is hashed: a change is hashed once, when all of its edits have been read.
    final class Counting: Primitives {
        let inner = CheapPrimitives()
        let hashed = Mutex(0)
        func sha256(_ bytes: Span<UInt8>) -> Hash256 {
            hashed.withLock { $0 += 1 }
            return inner.sha256(bytes)
        }
        func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool { true }
        func deflate(_ bytes: [UInt8]) -> [UInt8] { inner.deflate(bytes) }
        func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] { try inner.inflate(bytes, toExactly: length) }
    }

    /// The changes that were held before the block was refused, and why it was.
    static func refusal(of block: [UInt8]) -> (held: Int, error: DecodeError?) {
        let primitives = Counting()
        do throws(DecodeError) {
            _ = try Block.open(block, sensitive: [], primitives)
            return (primitives.hashed.withLock { $0 }, nil)
        } catch { return (primitives.hashed.withLock { $0 }, error) }
    }

    @Test func `a block of more edits than any may have is refused before they are held`() {
        func block(_ edits: [Int]) -> [UInt8] {
            let count = edits.reduce(0, +)
            return Self.forge(edits: edits, values: [UInt8](repeating: 0, count: count), references: [UInt8](repeating: 0, count: count))
        }
        let whole = [Int](repeating: 4096, count: 4)
        #expect(Self.refusal(of: block(whole)).error == nil, "as many as it may have")
        let more = Self.refusal(of: block(whole + [1]))
        #expect(more.error == DecodeError(.outOfBounds, reading: "edits of a block"))
        let many = Self.refusal(of: block([Int](repeating: 4096, count: 60)))
        #expect(many.error == DecodeError(.outOfBounds, reading: "edits of a block"))
        // One hash for the root over no sensitive values, and one for each change that was read.
        #expect(many.held == more.held && many.held <= 5, "\(many.held)")
    }

    @Test func `a change longer than any may be is refused at the edit that makes it so`() {
        // Twenty edits of a text of sixty thousand bytes; the fifth is beyond the bound of a change.
        var text = ByteWriter()
        Value.text(String(repeating: "x", count: 60_000)).write(to: &text)
        let refused = DecodeError(.outOfBounds, reading: "length of a change")
        // Had it been read on, the sixth, which is no value, would have been met.
        let early = (0..<5).flatMap { _ in text.bytes } + [UInt8](repeating: 0xff, count: 40)
        #expect(Self.refusal(of: Self.forge(edits: [20], values: early, references: [UInt8](repeating: 0, count: 20))).error == refused)
    }

    @Test func `names beyond what a change or a block may hold are refused by their count`() {
        /// `names` names of one other change, by ascending index, for each edit.
        func block(_ names: [Int]) -> [UInt8] {
            var references = ByteWriter()
            for count in names {
                references.count(count)
                for index in 0..<count {
                    references.varint(1)
                    references.varint(UInt64(index))
                }
            }
            return Self.forge(
                edits: names.map { _ in 1 }, values: [UInt8](repeating: 0, count: names.count), references: references.bytes, others: 1)
        }
        let refused = DecodeError(.outOfBounds, reading: "count of names")
        #expect(Self.refusal(of: block([13_000])).error == nil)
        #expect(Self.refusal(of: block([15_500])).error == refused, "the change would be longer than it may be")
        #expect(Self.refusal(of: block([13_000, 13_000, 13_000, 13_000, 13_000, 536])).error == nil, "as many as a block may have")
        #expect(Self.refusal(of: block([13_000, 13_000, 13_000, 13_000, 13_000, 537])).error == refused)
    }

    @Test func `more sensitive values than a block may have edits are refused while they are read`() {
        func parts(_ count: Int) -> [UInt8] {
            SensitivePart.encode([SensitivePart](repeating: .leaf(.zero), count: count), CheapPrimitives())
        }
        #expect((try? SensitivePart.decode(parts(16_384), CheapPrimitives()))?.count == 16_384)
        #expect(throws: DecodeError(.outOfBounds, reading: "count of sensitive parts")) { try SensitivePart.decode(parts(16_385), CheapPrimitives()) }
    }

    @Test func `numbers have one form, and none overflows`() {
        for value in [0, 1, 127, 128, 300, UInt64(UInt32.max), 1 << 62, 1 << 63, .max] {
            var writer = ByteWriter()
            writer.varint(value)
            var reader = ByteReader(writer.bytes)
            #expect((try? reader.varint()) == value)
            var longer = writer.bytes
            longer[longer.count - 1] |= 0x80
            longer.append(0)
            var refused = ByteReader(longer)
            #expect(throws: DecodeError.self) { try refused.varint() }
        }
        for value in [0, -1, 1, .min, .max] as [Int64] {
            var writer = ByteWriter()
            writer.signed(value)
            var reader = ByteReader(writer.bytes)
            #expect((try? reader.signed()) == value)
        }
        for bytes in [[UInt8](repeating: 0xff, count: 9) + [2], [UInt8](repeating: 0xff, count: 10), [UInt8](repeating: 0x80, count: 11) + [0]] {
            var reader = ByteReader(bytes)
            #expect(throws: DecodeError.self) { try reader.varint() }
        }
    }

    @Test func `a count that cannot follow is refused before anything is held`() {
        for count in [4, 5, 1 << 40, UInt64.max] {
            var writer = ByteWriter()
            writer.varint(count)
            writer.raw([1, 2, 3])
            var reader = ByteReader(writer.bytes)
            #expect(throws: DecodeError(count == .max ? .outOfBounds : .truncated, reading: "count")) { try reader.count() }
            reader = ByteReader(writer.bytes)
            #expect(throws: DecodeError.self) { try reader.blob() }
            reader = ByteReader(writer.bytes)
            #expect(throws: DecodeError.self) { try reader.text() }
            reader = ByteReader(writer.bytes)
            #expect(throws: DecodeError(.outOfBounds, reading: "count")) { try reader.count(each: 0, atMost: 3) }
        }
    }
}
