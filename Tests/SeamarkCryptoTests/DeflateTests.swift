import SeamarkCrypto
import SeamarkJournal
import Testing

@Suite struct DeflateTests {
    let primitives = SystemPrimitives()

    @Test(arguments: [0, 1, 2, 100, 65_535, 65_536, 300_000])
    func `what was deflated inflates to the same bytes and to no other length`(count: Int) throws {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }
        let deflated = primitives.deflate(message)
        #expect(try primitives.inflate(deflated.span, toExactly: count) == message)
        for wrong in [count - 1, count + 1, 0, -1, .min, .max, count * 2] where wrong != count {
            #expect(throws: InflateError()) { try primitives.inflate(deflated.span, toExactly: wrong) }
        }
    }

    /// Computed with Python's `zlib` at level 6.
    @Test func `an independent implementation deflates the same`() throws {
        let message = bytes(String(repeating: "seamark ", count: 10))
        #expect(SystemPrimitives(deflateLevel: 6).deflate(message) == hex("789c2b4e4dcc4d2cca5628a6120d00cfe01e29"))
    }

    @Test func `a compressor used before deflates as a fresh one`() {
        let messages = (0..<20).map { seed in (0..<(seed * 977)).map { UInt8(truncatingIfNeeded: $0 &* seed >> 2) } }
        let first = messages.map(primitives.deflate)
        #expect(messages.reversed().map(primitives.deflate) == first.reversed())
    }

    @Test func `compressors are shared safely between threads`() async throws {
        let message = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
        let expected = primitives.deflate(message)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { (0..<20).allSatisfy { _ in SystemPrimitives().deflate(message) == expected } } }
            for await same in group { #expect(same) }
        }
    }

    /// A zlib stream of a megabyte of zeroes and one: a zero, then 4,064 times the longest repetition, in the fixed code of RFC 1951.
    private static let bomb: [UInt8] = {
        var bits: [UInt8] = [1, 1, 0] + [0, 0, 1, 1, 0, 0, 0, 0]
        for _ in 0..<4064 { bits += [1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0] }
        bits += [0, 0, 0, 0, 0, 0, 0]
        var bytes: [UInt8] = [0x78, 0x9c]
        for start in stride(from: 0, to: bits.count, by: 8) {
            bytes.append(bits[start..<min(start + 8, bits.count)].enumerated().reduce(0) { $0 | $1.element << UInt8($1.offset) })
        }
        // Adler-32 of zeroes: their number modulo 65,521, then one.
        let count = UInt32(bombSize % 65_521)
        return bytes + [UInt8(count >> 8), UInt8(count & 0xff), 0, 1]
    }()
    private static let bombSize = 1 + 4064 * 258

    /// A megabyte of zeroes said to be a hundred bytes, and a hundred bytes said to be an exabyte.
    @Test func `a bomb is refused before it goes off`() throws {
        let bomb = Self.bomb
        #expect(bomb.count < 7000)
        #expect(try primitives.inflate(bomb.span, toExactly: Self.bombSize).count == Self.bombSize)
        #expect(throws: InflateError()) { try primitives.inflate(bomb.span, toExactly: 100) }
        #expect(throws: InflateError()) { try primitives.inflate(bomb.span, toExactly: 1 << 60) }
        #expect(throws: InflateError()) { try primitives.inflate(bomb.span, toExactly: bomb.count * 1032 + 1) }
    }

    @Test func `every cut, every altered byte and every addition is refused`() {
        let message = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 2) }
        let deflated = primitives.deflate(message)
        for count in 0..<deflated.count {
            #expect(throws: InflateError()) { try primitives.inflate(Array(deflated[..<count]).span, toExactly: message.count) }
        }
        #expect(throws: InflateError()) { try primitives.inflate((deflated + [0]).span, toExactly: message.count) }
        for bit in 0..<deflated.count * 8 {
            var altered = deflated
            altered[bit / 8] ^= 1 << (bit % 8)
            // Bits of the header that say nothing about the bytes may pass; other bytes may not come out.
            if let inflated = try? primitives.inflate(altered.span, toExactly: message.count) { #expect(inflated == message) }
        }
    }

    @Test(arguments: [6400, 6401, 8000, 60_000, 1_000_000])
    func `the same letter over and over stays within a hundred to one, so that readers take it`(count: Int) throws {
        let message = [UInt8](repeating: 0x2d, count: count)
        let deflated = primitives.deflate(message)
        #expect(count <= 100 * max(64, deflated.count))
        #expect(try primitives.inflate(deflated.span, toExactly: count) == message)
        // The compressor is as before.
        #expect(primitives.deflate([UInt8](repeating: 0x2d, count: 100)).count < 20)
    }
}
