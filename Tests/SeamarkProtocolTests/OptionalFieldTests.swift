import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// What peers of before do not say: frames as they lie on the wire, without and with it, and beyond its bounds.
@Suite struct OptionalFieldTests {
    private typealias Field = (number: UInt64, value: UInt64)

    private static func part(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(number << 3 | 2)
        writer.blob(content)
        return writer.bytes
    }

    private static func numbers(_ fields: [Field]) -> [UInt8] {
        var writer = ByteWriter()
        for field in fields {
            writer.varint(field.number << 3)
            writer.varint(field.value)
        }
        return writer.bytes
    }

    private static let (id, hash) = ([UInt8](repeating: 0, count: 16), [UInt8](repeating: 0, count: 32))

    /// A Status with one cursor, which has three unsent changes and then these fields.
    private static func status(_ fields: [Field]) -> [UInt8] {
        part(3, part(4, part(1, id) + part(4, hash) + part(6, hash) + numbers([(8, 3)] + fields)))
    }

    private static func message(_ work: Message.UnsentWork?) -> Message {
        let cursor = Message.ScopeCursor(scope: .zero, epoch: 0, cursor: .beginning, mark: .beginning, incarnation: 0, unsent: 3, work: work)
        return .status(Message.Status(time: 0, software: "", schema: 0, scopes: [cursor]))
    }

    private static func refused(_ code: UInt64, _ fields: [Field]) -> [UInt8] { part(24, part(1, id) + part(2, hash) + numbers([(3, code)] + fields)) }

    private static func code(_ payload: [UInt8]) -> Problem.Code? {
        do throws(Problem) {
            _ = try Message(payload: payload)
            return nil
        } catch { return error.code }
    }

    @Test func `a device of before says nothing of what waits but a number, and one of now says nothing to it that was not there`() throws {
        #expect(try Message(payload: Self.status([])) == Self.message(nil))
        #expect(Self.message(nil).payload == Self.status([]), "not a byte more than before")
        // What is newer yet is passed over.
        #expect(try Message(payload: Self.status([(31, 7)])) == Self.message(nil))
    }

    @Test func `what waits is told in the fields 21 to 24, and that nothing waits in one`() throws {
        let cases: [([Field], Message.UnsentWork)] = [
            ([(23, 0)], .nothing),
            ([(21, 900), (22, 0), (23, 2), (24, 300)], Message.UnsentWork(bytes: 900, oldestAge: 0, attachments: 2, attachmentBytes: 300)),
            ([(21, 900), (22, 86_400), (23, 0)], Message.UnsentWork(bytes: 900, oldestAge: 86_400, attachments: 0, attachmentBytes: 0)),
        ]
        for (fields, work) in cases {
            #expect(try Message(payload: Self.status(fields)) == Self.message(work))
            #expect(Self.message(work).payload == Self.status(fields))
        }
        // Others may leave out what is nothing, or say it.
        #expect(try Message(payload: Self.status([(22, 5)])) == Self.message(Message.UnsentWork(bytes: 0, oldestAge: 5, attachments: 0, attachmentBytes: 0)))
        #expect(try Message(payload: Self.status([(21, 0), (23, 0), (24, 0)])) == Self.message(.nothing))
    }

    @Test func `what is said of waiting work is malformed beyond its bounds and taken at them`() {
        let (most, largest) = (UInt64(UInt32.max), UInt64(Attachment.largest))
        let cases: [([Field], isGood: Bool)] = [
            ([(21, 1 << 62 - 1)], true), ([(21, 1 << 62)], false), ([(21, .max)], false),
            ([(22, most)], true), ([(22, most + 1)], false),
            ([(23, most), (24, most)], true), ([(23, most + 1), (24, most + 1)], false),
            ([(23, 2), (24, 2)], true), ([(23, 2), (24, 1)], false), ([(23, 2), (24, 2 * largest)], true), ([(23, 2), (24, 2 * largest + 1)], false),
            ([(23, 1)], false), ([(24, 1)], false), ([(23, 0), (24, 1)], false),
        ]
        for (fields, isGood) in cases { #expect(Self.code(Self.status(fields)) == (isGood ? nil : .malformed), "\(fields)") }
    }

    @Test func `the limit goes with the refusal of what is too large, from a byte to the largest that there is, and with no other`() throws {
        let (tooLarge, largest) = (UInt64(Problem.Code.attachmentTooLarge.rawValue), UInt64(Attachment.largest))
        func refusal(_ limit: Int?) -> Message { .attachment(.refused(.init(scope: .zero, hash: .zero, code: .attachmentTooLarge, limit: limit))) }
        for (fields, limit) in [([], nil), ([(5, 1)], 1), ([(5, 26_214_400)], 26_214_400), ([(5, largest)], Attachment.largest)] as [([Field], Int?)] {
            #expect(try Message(payload: Self.refused(tooLarge, fields)) == refusal(limit))
            #expect(refusal(limit).payload == Self.refused(tooLarge, fields))
        }
        #expect(try Message(payload: Self.refused(tooLarge, [(5, 0)])) == refusal(nil))
        for limit in [largest + 1, .max] { #expect(Self.code(Self.refused(tooLarge, [(5, limit)])) == .malformed) }
        for code in [Problem.Code.attachmentOverQuota, .noRoomForAttachment] {
            #expect(Self.code(Self.refused(UInt64(code.rawValue), [(5, 100)])) == .malformed)
            #expect(Self.code(Self.refused(UInt64(code.rawValue), [])) == nil)
        }
    }

    @Test func `a Status passes on what was measured of each scope when it is said, after a new incarnation too, and nothing is measured twice`() {
        var server = Voyage.server()
        var ship = SyncSessionTests.afloat(&server, 3)
        let backup = ship
        /// One sync: what was measured, and what was told.
        func sync(_ ship: inout Voyage.Ship) -> (measured: [Int], told: [Message.ScopeCursor]) {
            var voyage = Voyage(seed: 78)
            var (measured, told): ([Int], [Message.ScopeCursor]) = ([], [])
            voyage.unsent = { replica in
                measured.append(replica.unsentCount)
                return Message.UnsentWork(bytes: 100 * UInt64(replica.unsentCount), oldestAge: 7, attachments: 1, attachmentBytes: 9)
            }
            voyage.beforeAnswer = { message, _ in if case .status(let status) = message { told += status.scopes } }
            #expect(voyage.sync(&ship, &server).isFinished)
            return (measured, told)
        }
        func work(_ count: UInt64) -> Message.UnsentWork { Message.UnsentWork(bytes: 100 * count, oldestAge: 7, attachments: 1, attachmentBytes: 9) }
        let first = sync(&ship)
        #expect(first.measured == [3] && first.told.map(\.unsent) == [3] && first.told.map(\.work) == [work(3)])
        let idle = sync(&ship)
        #expect(idle.measured == [0] && idle.told.map(\.work) == [work(0)])
        // Its work is sealed anew before the Status.
        var restored = backup
        var clash = Clash(seed: 99, Voyage.primitives)
        _ = restored.capture(&clash, now: 70)
        let again = sync(&restored)
        #expect(again.measured.count == 1 && again.told.map(\.unsent) == again.measured.map { UInt64($0) } && again.told.map(\.work) == again.measured.map { work(UInt64($0)) })
    }
}
