import Foundation
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

@Suite struct AttachmentEpochTests {
    @Test func `an attachment waits again when the epoch was renewed, since the receipt is of another log`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-epoch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // A laptop's store on a disk: one in memory keeps no attachments.
        let laptop = try Laptop("A")
        let identity = try laptop.device.state.identity
        let store = try DeviceStore.create(at: folder.path + "/store", identity: identity, passphrase: Array("five fictitious words of nobody".utf8))
        let device = Device(store: store) { 1_800_000_000_000 }
        let stream = StreamName(device: identity.device, incarnation: 1, scope: Laptop.scope)
        try store.transaction { transaction in
            try transaction.append(.scopeAdded(DeviceScope(id: Laptop.scope, kind: .engagement, name: "")))
            try transaction.append(.replica(Laptop.scope, .began(stream, epoch: 1)))
        }
        let file = folder.path + "/photo.bin"
        try Data((0..<1000).map { UInt8(truncatingIfNeeded: $0) }).write(to: URL(fileURLWithPath: file))
        let attachment = try device.attach(AttachmentSource(file), in: Laptop.scope, to: nil, []).attachment
        func waiting() throws -> Int { try device.attachmentsWaiting(in: Laptop.scope).count }
        #expect(try waiting() == 1)
        let receipt = AttachmentReceipt(epoch: 1, scope: Laptop.scope, attachment: attachment, received: 5, signer: try SigningKey.generate())
        try #require(try store.attachments()).note(receipt)
        #expect(try waiting() == 0)
        try store.transaction { try $0.append(.replica(Laptop.scope, .rebuilt(epoch: 2))) }
        #expect(try waiting() == 1, "the server that was put back may not have the bytes")
    }
}
