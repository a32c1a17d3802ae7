import SeamarkTestSupport
import Testing

@testable import SeamarkJournal

/// Bounds that are looked at before anything is read (the table is in `Server/THREATS.md`).
@Suite struct JournalLimitTests {
    @Test func `an attachment has a byte at least and 64 MiB at most`() {
        let most = Int64(64 * 1024 * 1024)
        for (size, isOne) in [(Int64.min, false), (-1, false), (0, false), (1, true), (2, true), (most - 1, true), (most, true), (most + 1, false), (.max, false)] {
            #expect((Attachment(hash: .zero, size: size) != nil) == isOne, "\(size) bytes")
        }
    }

    @Test func `a chunk has 65,536 bytes, and the last one what is left`() throws {
        for (size, last) in [(65_535, 65_535), (65_536, 65_536), (65_537, 1)] {
            let attachment = try #require(Attachment(hash: .zero, size: Int64(size)))
            #expect(attachment.chunkLength(at: 0) == min(size, 65_536))
            #expect(attachment.chunkLength(at: (size - 1) / 65_536 * 65_536) == last)
            #expect(attachment.chunkLength(at: size) == nil && attachment.chunkLength(at: 1) == nil && attachment.chunkLength(at: -65_536) == nil)
        }
    }

    private static func reason(_ bytes: [UInt8]) -> String? {
        do {
            _ = try Block.open(bytes, sensitive: [], CheapPrimitives())
            return nil
        } catch { return "\(error.reading)" }
    }

    @Test func `a block of a million bytes is looked at, and one of a byte more is not`() {
        for (count, reading) in [(999_999, "block"), (1_000_000, "block"), (1_000_001, "length of a block")] {
            #expect(Self.reason([UInt8](repeating: 0x53, count: count)) == reading, "\(count) bytes")
        }
        for (count, reading) in [(63, "length of a block"), (64, "length of a block"), (65, "bytes"), (68, "block")] {
            #expect(Self.reason([UInt8](repeating: 0x53, count: count)) == reading, "\(count) bytes")
        }
    }

    @Test func `a block that says a thousand changes is read on, and one that says a thousand and one is refused at the number`() {
        for (count, reading) in [(999, "previous block"), (1000, "previous block"), (1001, "count")] {
            var writer = ByteWriter()
            writer.raw(Block.magic)
            writer.identifier(.zero)
            writer.fixed64(1)
            writer.identifier(.zero)
            writer.identifier(.zero)
            writer.varint(1)
            writer.varint(1)
            writer.count(count)
            // Not what a first block's predecessor must be: the next thing that is looked at.
            writer.raw([UInt8](repeating: 9, count: 32 + 64))
            #expect(Self.reason(writer.bytes) == reading, "\(count) changes")
        }
    }
}
