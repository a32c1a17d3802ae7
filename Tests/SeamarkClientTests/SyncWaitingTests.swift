import SeamarkJournal
import SeamarkModel
import Testing

@testable import SeamarkClient
@testable import SeamarkCommand

/// What an ended sync says of what waits.
struct SyncWaitingTests {
    private func waiting(_ changes: Int, toHandIn: (count: Int, bytes: Int) = (0, 0), refused: (count: Int, bytes: Int) = (0, 0)) -> SyncWaiting {
        var attachments = AttachmentsWaiting()
        (attachments.toHandIn.count, attachments.toHandIn.bytes) = (toHandIn.count, toHandIn.bytes)
        (attachments.refused.count, attachments.refused.bytes) = (refused.count, refused.bytes)
        return SyncWaiting(changes: changes, attachments: attachments)
    }

    @Test func `changes and attachments that wait are said with their bytes, and what was refused apart from them`() {
        #expect(waiting(0).words(without: "one") == nil && waiting(0).refusedWords == nil)
        #expect(waiting(1).words(without: "one") == "1 change without one waits here")
        #expect(waiting(3).words(without: "a receipt") == "3 changes without a receipt wait here")
        #expect(waiting(0, toHandIn: (1, 4_000_000)).words(without: "one") == "1 attachment (4.0 MB) waits here")
        #expect(waiting(1, toHandIn: (2, 34_000_000)).words(without: "one") == "1 change without one and 2 attachments (34.0 MB) wait here")
        let refused = waiting(0, refused: (1, 30_000_000))
        #expect(refused.words(without: "one") == nil && refused.refusedWords == "1 attachment (30.0 MB) stays here, since the server refused it")
    }

    @Test func `bytes that several rows name count once, and as refused only if every row was`() throws {
        let (first, second, third) = (Identifier(high: 7, low: 1), Identifier(high: 7, low: 2), Identifier(high: 7, low: 3))
        func standing(_ record: Identifier, _ number: UInt8) throws -> AttachmentStanding {
            let hash = try #require(Hash256(bytes: [UInt8](repeating: number, count: 32)))
            let named = SeamarkJournal.Attachment(hash: hash, size: Int64(number) * 100)
            let attachment = try #require(named)
            return AttachmentStanding(
                scope: Laptop.scope, record: RecordView(id: record, state: RecordState(type: Catalogue.evidence.number)), attachment: attachment, isHere: true,
                receipt: nil)
        }
        let standings = [try standing(first, 1), try standing(second, 1), try standing(third, 2)]
        func sum(_ refused: [Identifier: AttachmentsWaiting.Refusal]) -> AttachmentsWaiting {
            var waiting = AttachmentsWaiting()
            waiting.add(standings, refusedBefore: refused)
            return waiting
        }
        let (large, many) = (AttachmentsWaiting.Refusal(code: 4042, limit: 90), AttachmentsWaiting.Refusal(code: 4043))
        let cases: [(refused: [Identifier: AttachmentsWaiting.Refusal], toHandIn: [Int], stays: [Int])] = [
            ([:], [2, 300], [0, 0]), ([first: large], [2, 300], [0, 0]), ([first: large, second: large], [1, 200], [1, 100]), ([third: many], [1, 100], [1, 200]),
        ]
        for (refused, toHandIn, stays) in cases {
            let found = sum(refused)
            #expect([found.toHandIn.count, found.toHandIn.bytes] == toHandIn && [found.refused.count, found.refused.bytes] == stays, "\(refused)")
            #expect(found.refusals.values.reduce(0, +) == stays[0])
        }
        #expect(sum([first: large, second: large, third: many]).refusals == [large: 1, many: 1], "each in its way, with how large it may be")
    }
}
