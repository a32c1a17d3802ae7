import SeamarkModel
import SeamarkTestSupport
import Testing

struct TextMergeTests {
    private static let words = ["furnace", "the", "waits", "for", "release,", "ruft", "é", "e\u{301}", "👩‍🔧", "Tor", "\n", "—"]

    private func text(_ dice: inout SplitMix64, _ count: UInt64) -> [String] {
        (0..<count).map { _ in Self.words[Int(dice.next() % UInt64(Self.words.count))] }
    }

    /// `text` with some words taken away, put in or replaced.
    private func edited(_ text: [String], _ dice: inout SplitMix64) -> [String] {
        var out = text
        for _ in 0..<(dice.next() % 5) {
            let place = Int(dice.next() % UInt64(out.count + 1))
            switch dice.next() % 3 {
            case 0: out.insert(Self.words[Int(dice.next() % UInt64(Self.words.count))], at: place)
            case 1: if place < out.count { out.remove(at: place) }
            case _: if place < out.count { out[place] = Self.words[Int(dice.next() % UInt64(Self.words.count))] }
            }
        }
        return out
    }

    private func same(_ left: String?, _ right: String) -> Bool { left.map { $0.utf8.elementsEqual(right.utf8) } ?? false }

    @Test(arguments: UInt64(0)..<400)
    func `who changed alone is taken, the same change is taken once, and swapping the two swaps the sides alone`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        let words = text(&dice, dice.next() % 24)
        let base = words.joined(separator: " ")
        let one = edited(words, &dice).joined(separator: " "), other = edited(words, &dice).joined(separator: " ")
        #expect(same(TextMerge(base: base, first: base, second: one)?.text, one))
        #expect(same(TextMerge(base: base, first: one, second: base)?.text, one))
        #expect(same(TextMerge(base: base, first: one, second: one)?.text, one))
        guard let merge = TextMerge(base: base, first: one, second: other) else { return }
        let swapped = try #require(TextMerge(base: base, first: other, second: one))
        #expect(merge.overlaps == swapped.overlaps)
        #expect(same(merge.text(overlapsBy: .first), swapped.text(overlapsBy: .second)))
        #expect(same(merge.text(overlapsBy: .second), swapped.text(overlapsBy: .first)))
        // Nothing but what one of the two wrote, and all of both where the sides are read one by one.
        let known = Set((Array(one) + Array(other)).map { Array($0.utf8) })
        #expect(merge.text(overlapsBy: .first).allSatisfy { known.contains(Array($0.utf8)) })
        #expect(same(side(merge, \.first), one) && same(side(merge, \.second), other) && same(side(merge, \.was), base))
    }

    private struct Sides { var first = "", second = "", was = "" }

    /// A whole text, read back from the pieces.
    private func side(_ merge: TextMerge, _ path: KeyPath<Sides, String>) -> String {
        var sides = Sides()
        for piece in merge.pieces {
            let (first, second, was) =
                switch piece {
                case .kept(let text): (text, text, text)
                case .first(let text, let was): (text, was, was)
                case .second(let text, let was): (was, text, was)
                case .both(let text, let was): (text, text, was)
                case .overlap(let first, let second, let was): (first, second, was)
                }
            sides.first += first
            sides.second += second
            sides.was += was
        }
        return sides[keyPath: path]
    }

    @Test(arguments: UInt64(0)..<100)
    func `edits with an unchanged word between them are both in`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        let count = 6 + Int(dice.next() % 20)
        let base = (0..<count).map { "word\($0)" }
        let one = Int(dice.next() % UInt64(count)), other = (one + 2 + Int(dice.next() % UInt64(count - 3))) % count
        guard abs(one - other) >= 2 else { return }
        func change(_ words: [String], _ place: Int, _ name: String) -> [String] {
            var words = words
            words[place] = place.isMultiple(of: 3) ? "" : name
            return words
        }
        let first = change(base, one, "anna"), second = change(base, other, "ben")
        let merge = try #require(TextMerge(base: base.joined(separator: " "), first: first.joined(separator: " "), second: second.joined(separator: " ")))
        #expect(same(merge.text, change(first, other, "ben").joined(separator: " ")))
    }

    @Test func `an overlap holds both and chooses neither; neighbouring words of two people are one place`() throws {
        let merge = try #require(TextMerge(
            base: "The furnace waits. Nobody knows.", first: "The old furnace stops. Nobody knows.", second: "The furnace idles. Nobody asks."))
        #expect(merge.text == nil)
        #expect(merge.pieces == [
            .kept("The "), .first("old ", was: ""), .kept("furnace "), .overlap(first: "stops", second: "idles", was: "waits"), .kept(". Nobody "),
            .second("asks", was: "knows"), .kept("."),
        ])
        #expect(merge.text { "<\($0)|\($1)>" } == "The old furnace <stops|idles>. Nobody asks.")
        let neighbours = try #require(TextMerge(base: "red door open", first: "blue door open", second: "red gate open"))
        #expect(neighbours.pieces == [.overlap(first: "blue door", second: "red gate", was: "red door"), .kept(" open")])
        let appended = try #require(TextMerge(base: "Line one", first: "Line one\nmine", second: "Line one\nyours"))
        #expect(appended.overlaps == 1)
    }

    @Test func `equal letters of different bytes are different`() throws {
        let merge = try #require(TextMerge(base: "caf\u{e9} a b c", first: "cafe\u{301} a b c", second: "caf\u{e9} a b d"))
        #expect(same(merge.text, "cafe\u{301} a b d"))
    }

    @Test func `what would cost too much is not offered, and says so quickly`() {
        let many = (0..<3000).map { "a\($0)" }.joined(separator: " "), others = (0..<3000).map { "b\($0)" }.joined(separator: " ")
        #expect(TextMerge(base: many, first: others, second: many) == nil)
        #expect(TextMerge(base: String(repeating: "a", count: 65 * 1024), first: "", second: "") == nil)
        // Much that was only added or taken away is cheap.
        #expect(TextMerge(base: "", first: many, second: "")?.text == many)
        #expect(TextMerge(base: many, first: many, second: "")?.text == "")
    }
}
