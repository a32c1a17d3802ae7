@testable import SeamarkModel
import SeamarkTestSupport
import Testing

/// Bytes of a terminal, in pieces and broken.
@Suite struct KeyDecoderTests {
    private static let parts: [[UInt8]] = [
        Array("3".utf8), Array("é".utf8), Array("漢".utf8), Array("👍".utf8), Array("\u{1b}[A".utf8), Array("\u{1b}[3~".utf8), Array("\u{1b}OH".utf8), Array("\u{1b}[1;5C".utf8),
        Array("\u{1b}[200~pasted \u{1b}[A 漢\u{1b}[20 text\u{1b}[201~".utf8), [0x0d], [0x7f], [0x03], [0xff], [0xc3, 0x28], Array("\u{1b}[<0;1;1M".utf8), [0x1b, 0x78], Array("\u{1b}[".utf8) + Array(repeating: 0x31, count: 200),
    ]

    @Test(arguments: UInt64(0)..<200)
    func `the same bytes are the same keys, however they are cut`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let bytes = (0..<12).flatMap { _ in Self.parts.randomElement(using: &dice) ?? [] }
        var (whole, cut) = (KeyDecoder(), KeyDecoder())
        let all = whole.feed(bytes) + whole.finish()
        var pieces: [InterviewKey] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...5, using: &dice)
            pieces += cut.feed(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        #expect(pieces + cut.finish() == all)
    }

    @Test func `keys are what a terminal says`() {
        var decoder = KeyDecoder()
        #expect(decoder.feed(Array("\u{1b}[A\u{1b}[5~\u{1b}[1;2B\u{1b}OP漢3\r\u{3}".utf8)) == [.up, .pageUp, .down, .unknown, .character("漢"), .character("3"), .enter, .control("c")])
        #expect(decoder.feed([0x1b]) == [] && decoder.waits)
        #expect(decoder.settle() == [.escape])
        #expect(decoder.feed(Array("\u{1b}[200~3\u{1b}[201~".utf8)) == [.paste("3", isCut: false)])
        // A text that pretends that its paste has ended is keys from there on, as with every terminal; that terminals strip it is their part.
        #expect(decoder.feed(Array("\u{1b}[200~".utf8) + Array(repeating: 0x61, count: 2 * KeyDecoder.mostPasted)) == [])
        guard case .paste(let text, isCut: true)? = decoder.finish().first else { return #expect(Bool(false), "no paste") }
        #expect(text.utf8.count == KeyDecoder.mostPasted)
    }
}
