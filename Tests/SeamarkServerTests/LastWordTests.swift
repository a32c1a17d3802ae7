import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer
@testable import SeamarkServerCommand

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// What headquarters knows of work that is on a laptop alone: as the laptop said it, less what has come in since.
@Suite struct LastWordTests {
    private static let now: Int64 = 1_800_000_000_000
    private static let (first, second) = (Identifier(high: 1, low: 1), Identifier(high: 1, low: 2))

    private static func word(_ said: [(scope: Identifier, unsent: UInt64, work: Message.UnsentWork?)], time: Int64 = now) -> LastWord {
        let scopes = said.map { Message.ScopeCursor(scope: $0.scope, epoch: 1, cursor: .beginning, mark: .beginning, incarnation: 5, unsent: $0.unsent, work: $0.work) }
        return LastWord(Message.Status(time: time, software: "seamark 1", schema: 1, scopes: scopes), at: now)
    }

    private static func attachment(_ number: UInt64, _ size: Int64) throws -> Attachment {
        try #require(Attachment(hash: Hash256(words: (number, 0, 0, 0)), size: size))
    }

    @Test func `blocks that come in take changes and bytes away, and the last one the age too; no more is taken than was said`() {
        let said = Message.UnsentWork(bytes: 1000, oldestAge: 60, attachments: 2, attachmentBytes: 300)
        var word = Self.word([(Self.first, 5, said), (Self.second, 4, said)])
        let oldest = Self.now - 60_000
        let whole = UnsentWork(changes: 4, bytes: 1000, oldest: oldest, attachments: 2, attachmentBytes: 300)
        #expect(word.scopes == [Self.first: UnsentWork(changes: 5, bytes: 1000, oldest: oldest, attachments: 2, attachmentBytes: 300), Self.second: whole])
        let steps: [(changes: Int, bytes: Int, left: UnsentWork)] = [
            (3, 400, UnsentWork(changes: 2, bytes: 600, oldest: oldest, attachments: 2, attachmentBytes: 300)),
            (1, 900, UnsentWork(changes: 1, bytes: 0, oldest: oldest, attachments: 2, attachmentBytes: 300)),
            (8, 1, UnsentWork(changes: 0, bytes: 0, oldest: nil, attachments: 2, attachmentBytes: 300)),
        ]
        for (changes, bytes, left) in steps {
            let altered = word.handedIn(changes, bytes: bytes, of: Self.first)
            #expect(altered && word.scopes[Self.first] == left)
        }
        let (again, elsewhere) = (word.handedIn(1, bytes: 1, of: Self.first), word.handedIn(1, bytes: 1, of: .zero))
        #expect(!again && !elsewhere && word.scopes[Self.second] == whole, "another scope is as it was")
        #expect(word.contact.work == UnsentWork(changes: 4, bytes: 1000, oldest: oldest, attachments: 4, attachmentBytes: 600))
        // What weighed less than was said leaves nothing of its weight behind.
        var light = Self.word([(Self.first, 2, said)])
        let isLess = light.handedIn(2, bytes: 10, of: Self.first)
        #expect(isLess && light.scopes[Self.first]?.bytes == 0)
    }

    @Test func `each attachment that comes in takes itself away once, whichever rows name it`() throws {
        let said = Message.UnsentWork(bytes: 0, oldestAge: nil, attachments: 2, attachmentBytes: 300)
        var word = Self.word([(Self.first, 0, said), (Self.second, 0, said)])
        let (small, large, another) = (try Self.attachment(1, 100), try Self.attachment(2, 150), try Self.attachment(3, 9))
        func left(_ attachments: Int64, _ bytes: Int64) -> UnsentWork { UnsentWork(changes: 0, bytes: 0, attachments: attachments, attachmentBytes: bytes) }
        let steps: [(Attachment, isNew: Bool, left: UnsentWork)] = [
            (small, true, left(1, 200)), (small, false, left(1, 200)), (large, true, left(0, 0)), (another, false, left(0, 0)),
        ]
        for (attachment, isNew, left) in steps {
            let altered = word.handedIn(attachment, to: Self.first)
            #expect(altered == isNew && word.scopes[Self.first] == left)
        }
        // The same bytes in another scope are another attachment.
        let beside = word.handedIn(small, to: Self.second)
        #expect(beside && word.scopes[Self.second] == left(1, 200) && word.contact.work == left(1, 200))
    }

    @Test func `a program of before says how many changes, and the rest is not known, here and in the sum`() throws {
        let said = Message.UnsentWork(bytes: 10, oldestAge: 1, attachments: 1, attachmentBytes: 3)
        var word = Self.word([(Self.first, 3, nil), (Self.second, 1, said)])
        #expect(word.scopes[Self.first] == UnsentWork(changes: 3))
        #expect(word.contact.work == UnsentWork(changes: 4, oldest: Self.now - 1000))
        let (block, file) = (word.handedIn(1, bytes: 7, of: Self.first), word.handedIn(try Self.attachment(1, 5), to: Self.first))
        #expect(block && !file && word.scopes[Self.first] == UnsentWork(changes: 2))
        #expect(Self.word([]).contact.work == UnsentWork(changes: 0), "who names no scope has said nothing")
    }

    @Test func `a laptop's wrong clock moves no time that is kept, and what cannot be is not believed`() {
        let said = Message.UnsentWork(bytes: 10, oldestAge: 3600, attachments: 0, attachmentBytes: 0)
        for time in [0, .min, .max, Self.now + 86_400_000] as [Int64] {
            let word = Self.word([(Self.first, 1, said)], time: time)
            #expect(word.scopes[Self.first]?.oldest == Self.now - 3_600_000 && word.contact.time == Self.now)
        }
        // Nothing unsent has no weight and no age; something has some weight.
        #expect(Self.word([(Self.first, 0, said)]).scopes[Self.first] == UnsentWork(changes: 0, bytes: 0, attachments: 0, attachmentBytes: 0))
        let weightless = Message.UnsentWork(bytes: 0, oldestAge: 5, attachments: 0, attachmentBytes: 0)
        #expect(Self.word([(Self.first, 2, weightless)]).scopes[Self.first] == UnsentWork(changes: 2, oldest: Self.now - 5000, attachments: 0, attachmentBytes: 0))
        // Beyond all bounds, and a scope that is named twice.
        let most = Message.UnsentWork(bytes: 1 << 62 - 1, oldestAge: .max, attachments: .max, attachmentBytes: UInt64(UInt32.max))
        let many = (0..<4).map { (scope: Identifier(high: 9, low: UInt64($0)), unsent: UInt64.max, work: Message.UnsentWork?.some(most)) }
        #expect(Self.word(many).contact.work == UnsentWork(
            changes: .max, bytes: .max, oldest: Self.now - Int64(UInt32.max) * 1000, attachments: 4 * Int64(UInt32.max), attachmentBytes: 4 * Int64(UInt32.max)))
        #expect(Self.word([(Self.first, 1, said), (Self.first, 3, nil), (Self.first, 2, said)]).scopes == [Self.first: UnsentWork(changes: 3)])
    }

    @Test func `what a laptop holds is said in a sentence of its own, and nothing of what was not said`() {
        let made = Output.time(Self.now)
        let cases: [(UnsentWork, String?)] = [
            (UnsentWork(changes: 0), nil), (UnsentWork(changes: 0, bytes: 0, attachments: 0, attachmentBytes: 0), nil),
            (UnsentWork(changes: 1), "1 change"), (UnsentWork(changes: 7), "7 changes"),
            (UnsentWork(changes: 1, bytes: 999, oldest: Self.now), "1 change (at most 999 B, made \(made))"),
            (UnsentWork(changes: 3, bytes: 1_234, oldest: Self.now, attachments: 0, attachmentBytes: 0), "3 changes (at most 1.2 KB, the oldest made \(made))"),
            (UnsentWork(changes: 0, bytes: 0, attachments: 1, attachmentBytes: 4_000_000), "1 attachment (4.0 MB)"),
            (UnsentWork(changes: 2, bytes: 5, attachments: 2, attachmentBytes: 31_249_999), "2 changes (at most 5 B) and 2 attachments (31.2 MB)"),
        ]
        for (work, words) in cases { #expect(DeviceText.words(work) == words) }
        let sizes: [(Int64, String)] = [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (1_049, "1.0 KB"), (1_050, "1.1 KB"), (1_999_999, "2.0 MB"), (.max, "9223372036854.8 MB")]
        for (bytes, words) in sizes { #expect(DeviceText.size(bytes) == words) }
    }
}
