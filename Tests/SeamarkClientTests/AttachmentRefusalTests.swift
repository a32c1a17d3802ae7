import SeamarkClient
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkCommand

struct AttachmentRefusalTests {
    @Test func `what was refused is remembered until a sync is refused nothing, and noting the same again writes nothing`() throws {
        let laptop = try Laptop("A")
        let rows = (1...3).map { Identifier(high: 0x0190_0000_0000_7009, low: 0x8000_0000_0000_0000 + $0) }
        let attachment = try #require(Attachment(hash: .zero, size: 7))
        func refusals(_ rows: [Identifier], limit: Int? = nil) -> [AttachmentLane.Refusal] {
            rows.map { AttachmentLane.Refusal(item: .init(scope: Laptop.scope, record: $0, attachment: attachment), code: .attachmentTooLarge, limit: limit) }
        }
        let before = laptop.device.store.reach
        try laptop.device.note(refused: [])
        #expect(laptop.device.store.reach == before)
        try laptop.device.note(refused: refusals(rows))
        #expect(try Device.attachmentRefusals(laptop.device.state) == Dictionary(uniqueKeysWithValues: rows.map { ($0, AttachmentsWaiting.Refusal(code: 4042)) }))
        let noted = laptop.device.store.reach
        try laptop.device.note(refused: refusals(rows))
        #expect(laptop.device.store.reach == noted)
        try laptop.device.note(refused: refusals([rows[1]]))
        #expect(try Array(Device.attachmentRefusals(laptop.device.state).keys) == [rows[1]])
        // How large it may be is remembered with it.
        try laptop.device.note(refused: refusals([rows[1]], limit: 6))
        #expect(try Device.attachmentRefusals(laptop.device.state) == [rows[1]: AttachmentsWaiting.Refusal(code: 4042, limit: 6)])
        try laptop.device.note(refused: [])
        #expect(try Device.attachmentRefusals(laptop.device.state).isEmpty)
    }

    @Test(arguments: [
        (nil, 31_200_000, "it is larger than the server takes"), (26_214_400, nil, "it is larger than the 26.2 MB that the server takes"),
        (26_214_400, 31_200_000, "it is larger than the 26.2 MB that the server takes"),
        // In words both would be 26.2 MB.
        (26_214_400, 26_214_401, "it has 26214401 bytes, and the server takes 26214400 of one at most"),
        (10_000, 10_001, "it has 10001 bytes, and the server takes 10000 of one at most"), (100, 101, "it is larger than the 100 B that the server takes"),
    ] as [(Int?, Int?, String)])
    func `a refusal of what is too large says how large one may be, where the server said so`(limit: Int?, size: Int?, words: String) {
        #expect(AttachmentRefusal(code: .attachmentTooLarge, name: "", limit: limit, size: size).words == words + "; attach a smaller version")
        #expect(AttachmentRefusal(AttachmentsWaiting.Refusal(code: 4042, limit: limit), size: size).words == words + "; attach a smaller version")
    }
}
