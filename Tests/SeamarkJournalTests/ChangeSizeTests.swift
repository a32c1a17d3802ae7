import SeamarkJournal
import SeamarkTestSupport
import Testing

/// What fits a change: found to be exact enough by sealing and opening at the limit.
@Suite struct ChangeSizeTests {
    /// Sensitive texts of the greatest length but the last, which has `length` characters.
    static func sensitive(_ length: Int) -> [Edit] {
        (Array(repeating: 60_000, count: 14) + [length]).map { count in
            let text = SensitiveValue(salt: .zero, value: .text(String(repeating: "x", count: count)))
            return Edit(record: Clash.record(1), type: 1, target: .field(1), content: .sensitive(text))
        }
    }

    static func open(_ length: Int) -> [Edit] {
        [65_536, 65_536, 65_536, length].map { BlockTests.field(.text(String(repeating: "x", count: $0))) }
    }

    /// The greatest length up to a whole text that fits.
    static func limit(_ edits: (Int) -> [Edit]) -> Int {
        var (low, high) = (0, 65_536)
        while low < high {
            let middle = (low + high + 1) / 2
            if Change.fitsABlock(edits(middle)) { low = middle } else { high = middle - 1 }
        }
        return low
    }

    @Test func `at most 4096 edits fit a change`() {
        for (count, fits) in [(4095, true), (4096, true), (4097, false)] {
            #expect(Change.fitsABlock(Array(repeating: BlockTests.field(.absent), count: count)) == fits, "\(count) edits")
        }
    }

    @Test func `what fits by its open values is opened by every reader, and what is a few bytes more by none`() {
        let limit = Self.limit(Self.open)
        #expect((1..<65_536).contains(limit))
        for (length, fits) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
            #expect(Change.fitsABlock(Self.open(length)) == fits)
        }
        #expect(BlockTests.opens(Self.open(limit)))
        // The bound counts a stamp and schema of full length, which this change does not have.
        #expect(!BlockTests.opens(Self.open(limit + 24)))
    }

    @Test func `what fits by its sensitive values fits a frame, and one character more is refused before a block is made`() {
        let limit = Self.limit(Self.sensitive)
        #expect((1..<60_000).contains(limit))
        for (length, fits) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
            #expect(Change.fitsABlock(Self.sensitive(length)) == fits)
        }
        let block = BlockTests.one(Self.sensitive(limit))
        let beside = SensitivePart.encode(block.sensitiveParts, BlockTests.primitives)
        #expect(block.bytes.count + beside.count + 34 * block.sensitiveParts.count <= Block.longest)
        #expect(BlockTests.open(block.bytes, beside) != nil)
        #expect(Block.portion(of: block.changes[...]) == 1)
    }

    @Test func `a part of a change has a part of each bound`() {
        let edits = Array(repeating: BlockTests.field(.absent), count: 2048)
        #expect(ChangeSize(edits).fits(oneOf: 2))
        #expect(!ChangeSize(edits + edits.prefix(1)).fits(oneOf: 2))
        #expect(ChangeSize(Self.sensitive(0).prefix(7)).fits(oneOf: 2))
        #expect(!ChangeSize(Self.sensitive(0).prefix(8)).fits(oneOf: 2))
    }
}
