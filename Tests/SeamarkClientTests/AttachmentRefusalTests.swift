import SeamarkClient
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Testing

struct AttachmentRefusalTests {
    @Test func `what was refused is remembered until a sync is refused nothing, and noting the same again writes nothing`() throws {
        let laptop = try Laptop("A")
        let rows = (1...3).map { Identifier(high: 0x0190_0000_0000_7009, low: 0x8000_0000_0000_0000 + $0) }
        let attachment = try #require(Attachment(hash: .zero, size: 7))
        func refusals(_ rows: [Identifier]) -> [AttachmentLane.Refusal] {
            rows.map { AttachmentLane.Refusal(item: .init(scope: Laptop.scope, record: $0, attachment: attachment), code: .attachmentTooLarge) }
        }
        let before = laptop.device.store.reach
        try laptop.device.note(refused: [])
        #expect(laptop.device.store.reach == before)
        try laptop.device.note(refused: refusals(rows))
        #expect(try Device.attachmentRefusals(laptop.device.state) == Dictionary(uniqueKeysWithValues: rows.map { ($0, 4042) }))
        let noted = laptop.device.store.reach
        try laptop.device.note(refused: refusals(rows))
        #expect(laptop.device.store.reach == noted)
        try laptop.device.note(refused: refusals([rows[1]]))
        #expect(try Array(Device.attachmentRefusals(laptop.device.state).keys) == [rows[1]])
        try laptop.device.note(refused: [])
        #expect(try Device.attachmentRefusals(laptop.device.state).isEmpty)
    }
}
