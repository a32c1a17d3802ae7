import Foundation
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

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

    @Test func `what a deleted row names waits as any other, and so does all that a row in conflict names`() throws {
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
        func photo(_ byte: UInt8) throws -> (path: String, attachment: Attachment) {
            let (path, bytes) = (folder.path + "/photo-\(byte).bin", [UInt8](repeating: byte, count: 1000 + Int(byte)))
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            return (path, try #require(Attachment(hash: Digest.sha256(bytes), size: Int64(bytes.count))))
        }
        let made = try device.attach(AttachmentSource(try photo(1).path), in: Laptop.scope, to: nil, [])
        func waiting() throws -> Set<Attachment> {
            let waiting = Set(try device.attachmentsThatWait(in: Laptop.scope).map(\.attachment))
            #expect(try device.attachmentsWaiting(in: Laptop.scope).count == waiting.count)
            return waiting
        }
        // Somebody attached to the same row at the same time.
        let other = try photo(2)
        let (shelf, source) = (try #require(try store.attachments()), try AttachmentSource(other.path))
        #expect(try shelf.add(other.attachment, to: Laptop.scope, from: { try source.read($0) }))
        #expect(try waiting() == [made.attachment])
        try store.transaction { transaction in
            let edits = [(EvidenceField.hash, Value.bytes(other.attachment.hash.bytes)), (EvidenceField.size, .int(Int64(other.attachment.size)))].map { field, value in
                Edit(record: made.result.record, type: Catalogue.evidence.number, target: .field(field), content: .open(value), supersedes: [])
            }
            var clock = transaction.state.clock
            let change = Change(
                scope: Laptop.scope, stamp: clock.stamp(now: 1_800_000_000_001), member: identity.member, schema: Catalogue.version, edits: edits,
                primitives: SystemPrimitives())
            try transaction.append(.replica(Laptop.scope, .captured(change)))
        }
        #expect(try waiting() == [made.attachment, other.attachment])
        let row = try #require(RecordFinder(try device.state, scope: Laptop.scope)).record(made.result.name)
        let named = try device.attachments(of: row, in: Laptop.scope)
        #expect(named.map { $0?.attachment } == [made.attachment, other.attachment] && named.allSatisfy { $0?.isHere == true }, "each can be had, as 'conflicts' numbers them")
        #expect(row.conflicts.map(\.key) == ["sha256"])
        _ = try device.capture(in: Laptop.scope) { try $0.deleting(try $0.finder.record(made.result.name)) }
        #expect(try device.attachments(in: Laptop.scope).isEmpty, "the row was deleted")
        #expect(try waiting() == [made.attachment, other.attachment])
        try device.removeAttachments(of: Laptop.scope)
        #expect(try waiting().isEmpty && !shelf.has(made.attachment, in: Laptop.scope) && !shelf.has(other.attachment, in: Laptop.scope))
    }
}
