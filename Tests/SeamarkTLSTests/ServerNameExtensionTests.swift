import SeamarkTLS
import Testing

/// Pitfall 2: the label is parsed by hand, from bytes that anyone may send.
@Suite struct ServerNameExtensionTests {
    private func entry(_ name: [UInt8], type: UInt8 = 0) -> [UInt8] { [type, UInt8(name.count >> 8), UInt8(name.count & 0xff)] + name }
    private func body(_ entries: [UInt8]) -> [UInt8] { [UInt8(entries.count >> 8), UInt8(entries.count & 0xff)] + entries }
    private func label(_ text: String) -> [UInt8]? { ServerNameExtension.label(in: body(entry(Array(text.utf8)))) }

    @Test func `a label is found byte for byte`() {
        for text in ["a", "k7-0z", String(repeating: "x", count: 63)] { #expect(label(text) == Array(text.utf8)) }
    }

    @Test func `pitfall 2, what is spelt otherwise is no label`() {
        for text in [
            "", "A", "Label", "label.", ".label", "a.b", "127.0.0.1", "::1", "a_b", "a b", "a\0", "\0", "å", "a\n", String(repeating: "x", count: 64),
            String(repeating: "x", count: 256), String(repeating: "x", count: 4_096),
        ] { #expect(label(text) == nil) }
    }

    @Test func `pitfall 2, two names, other types and lengths that lie are no label`() {
        let a = Array("label-a".utf8)
        let wrong: [[UInt8]] = [
            [], [0], [0, 0], [0, 3, 0, 0, 0], body([]), body(entry(a) + entry(Array("label-b".utf8))), body(entry(a) + entry(a)),
            body(entry(a, type: 1)), body(entry(a)) + [0], Array(body(entry(a)).dropLast()), [0, 9] + entry(a), [0, 11] + entry(a),
            [255, 255] + entry(a), body([0, 0, 6] + a), body([0, 0, 8] + a), body([0, 255, 255] + a), body([0, 0, 0] + a), a,
        ]
        for bytes in wrong { #expect(ServerNameExtension.label(in: bytes) == nil) }
    }

    @Test func `pitfall 2, no input traps the parser or makes it read what is not exactly one label`() {
        var random = SplitMix(seed: 22)
        let seeds: [[UInt8]] = [body(entry(Array("label-a".utf8))), body(entry([97])), body(entry(Array("a".utf8)) + entry(Array("b".utf8))), []]
        var found = 0
        for _ in 0..<100_000 {
            var bytes = seeds[Int(random.next() % 4)]
            for _ in 0..<(random.next() % 4) {
                let place = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: if !bytes.isEmpty { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
                case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                case 2: if !bytes.isEmpty { bytes.remove(at: place) }
                default: bytes = Array(bytes.prefix(place)) + bytes
                }
            }
            guard let label = ServerNameExtension.label(in: bytes) else { continue }
            found += 1
            guard ServerNameExtension.isLabel(label), body(entry(label)) == bytes else {
                Issue.record("\(bytes) is not the one encoding of \(label)")
                return
            }
        }
        #expect((1_000..<99_000).contains(found))
    }
}

/// Random numbers from a seed.
struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
