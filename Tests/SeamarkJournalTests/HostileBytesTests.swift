import SeamarkJournal
import SeamarkTestSupport
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
