import Foundation
import SeamarkCrypto
import SeamarkJournal
import Testing

@testable import SeamarkStore

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// Attachments at rest, on both sides.
@Suite struct AttachmentStoreTests {
    private static let canary = Array("canary that nobody may read ".utf8)

    private func content(_ size: Int) throws -> (bytes: [UInt8], attachment: Attachment) {
        let bytes = (0..<size).map { Self.canary[$0 % Self.canary.count] }
        return (bytes, try #require(Attachment(hash: Digest.sha256(bytes), size: Int64(size))))
    }

    private func reader(_ bytes: [UInt8]) -> (Int) -> [UInt8] {
        var rest = bytes[...]
        return { count in
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
    }

    private func chunks(_ bytes: [UInt8]) -> [(offset: Int, bytes: [UInt8])] {
        stride(from: 0, to: bytes.count, by: Attachment.chunk).map { ($0, Array(bytes[$0..<min(bytes.count, $0 + Attachment.chunk)])) }
    }

    // MARK: A device

    private func shelf(_ directory: ScratchDirectory) throws -> (OpenDeviceStore, AttachmentShelf) {
        let store = try directory.create()
        try store.transaction { transaction in for event in Sample.begin() { try transaction.append(event) } }
        return (store, try #require(try store.attachments()))
    }

    @Test func `what is added comes back whole, and lies sealed under a name that says nothing`() throws {
        let directory = try ScratchDirectory()
        let (_, shelf) = try shelf(directory)
        let (bytes, attachment) = try content(200_000)
        #expect(try shelf.add(attachment, to: Sample.scope, from: reader(bytes)))
        #expect(try shelf.has(attachment, in: Sample.scope))
        #expect(try chunks(bytes).allSatisfy { try shelf.read($0.offset, of: attachment, in: Sample.scope) == $0.bytes })
        for (name, file) in try ScratchDirectory.files(below: directory.path) {
            #expect(Data(file).range(of: Data(Self.canary)) == nil, "\(name) holds plain text")
            #expect(Data(file).range(of: Data(attachment.hash.bytes)) == nil, "\(name) holds the hash")
            #expect(!name.contains(attachment.hash.description))
        }
    }

    @Test func `a file that changes or ends while it is taken in leaves nothing`() throws {
        let directory = try ScratchDirectory()
        let (_, shelf) = try shelf(directory)
        let (bytes, attachment) = try content(200_000)
        var altered = bytes
        altered[150_000] ^= 1
        #expect(try !shelf.add(attachment, to: Sample.scope, from: reader(altered)))
        #expect(try !shelf.add(attachment, to: Sample.scope, from: reader(Array(bytes.dropLast()))))
        #expect(try !shelf.has(attachment, in: Sample.scope))
        #expect(try FileManager.default.contentsOfDirectory(atPath: shelf.folder.path).isEmpty)
    }

    @Test(arguments: [1, 200_000, 2 * Attachment.chunk])
    func `looking for it by its hash and a wrong size finds nothing, and costs nothing`(size: Int) throws {
        let directory = try ScratchDirectory()
        let (_, shelf) = try shelf(directory)
        let (bytes, attachment) = try content(size)
        #expect(try shelf.add(attachment, to: Sample.scope, from: reader(bytes)))
        for wrong in [1, size - 1, size + 1, size + Attachment.chunk, size / 2] where wrong > 0 && wrong != size {
            #expect(try !shelf.has(try #require(Attachment(hash: attachment.hash, size: Int64(wrong))), in: Sample.scope))
            #expect(try shelf.has(attachment, in: Sample.scope), "\(wrong)")
        }
        #expect(try chunks(bytes).allSatisfy { try shelf.read($0.offset, of: attachment, in: Sample.scope) == $0.bytes })
    }

    @Test func `a fetch goes on behind its last good chunk, whatever the power cut tore`() throws {
        let directory = try ScratchDirectory()
        let (_, shelf) = try shelf(directory)
        let (bytes, attachment) = try content(4 * Attachment.chunk + 5)
        let all = chunks(bytes)
        for (offset, bytes) in all.prefix(3) { try shelf.append(bytes, at: offset, of: attachment, in: Sample.scope) }
        #expect(try shelf.held(attachment, in: Sample.scope) == 3 * Attachment.chunk)
        let part = shelf.folder.path + "/" + (try #require(try FileManager.default.contentsOfDirectory(atPath: shelf.folder.path).first))
        let file = try #require(FileHandle(forUpdatingAtPath: part))
        // Torn in its last chunk; then a last chunk of zeros, as a file that grew before its bytes were there.
        try file.truncate(atOffset: try file.seekToEnd() - 7)
        #expect(try shelf.held(attachment, in: Sample.scope) == 2 * Attachment.chunk)
        try file.seekToEnd()
        try file.write(contentsOf: Data(count: Attachment.chunk + SealingKey.overhead))
        #expect(try shelf.held(attachment, in: Sample.scope) == 2 * Attachment.chunk)
        for (offset, bytes) in all.dropFirst(2) { try shelf.append(bytes, at: offset, of: attachment, in: Sample.scope) }
        #expect(try shelf.finish(attachment, in: Sample.scope))
        #expect(try shelf.has(attachment, in: Sample.scope))
    }

    @Test func `what was fetched and does not match is thrown away`() throws {
        let directory = try ScratchDirectory()
        let (_, shelf) = try shelf(directory)
        let (bytes, attachment) = try content(70_000)
        for (offset, bytes) in chunks(bytes.map { $0 ^ 1 }) { try shelf.append(bytes, at: offset, of: attachment, in: Sample.scope) }
        #expect(try !shelf.finish(attachment, in: Sample.scope))
        #expect(try shelf.held(attachment, in: Sample.scope) == 0)
    }

    @Test func `a receipt is kept, and nothing is evicted without one that is older than the backup`() throws {
        let directory = try ScratchDirectory()
        let (_, shelf) = try shelf(directory)
        let (bytes, attachment) = try content(10)
        #expect(try shelf.add(attachment, to: Sample.scope, from: reader(bytes)))
        #expect(try !shelf.evict(attachment, from: Sample.scope, backedUpAt: 100, epoch: 1))
        let key = SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 3, count: 32)))
        let receipt = AttachmentReceipt(epoch: 1, scope: Sample.scope, attachment: attachment, received: 50, signer: key)
        try shelf.note(receipt)
        #expect(try shelf.receipt(for: attachment, in: Sample.scope) == receipt)
        #expect(try !shelf.evict(attachment, from: Sample.scope, backedUpAt: 50, epoch: 1), "a backup that is not younger")
        #expect(try !shelf.evict(attachment, from: Sample.scope, backedUpAt: 100, epoch: 2), "a backup of another epoch")
        #expect(try shelf.has(attachment, in: Sample.scope))
        try shelf.forgetReceipts()
        #expect(try shelf.receipt(for: attachment, in: Sample.scope) == nil && shelf.has(attachment, in: Sample.scope))
        #expect(try !shelf.evict(attachment, from: Sample.scope, backedUpAt: 100, epoch: 1), "a receipt of another log")
        try shelf.note(receipt)
        #expect(try shelf.evict(attachment, from: Sample.scope, backedUpAt: 100, epoch: 1))
        #expect(try !shelf.has(attachment, in: Sample.scope))
    }

    @Test func `a scope that was left leaves attachments that nobody can open, and a wipe takes them along`() throws {
        let directory = try ScratchDirectory()
        let (store, shelf) = try shelf(directory)
        let (bytes, attachment) = try content(10)
        #expect(try shelf.add(attachment, to: Sample.scope, from: reader(bytes)))
        try store.transaction { try $0.append(.scopeLeft(Sample.scope)) }
        #expect(try !shelf.has(attachment, in: Sample.scope))
        // Entered again, the scope has another key.
        try store.transaction { transaction in for event in Sample.begin(incarnation: 2) { try transaction.append(event) } }
        #expect(try !shelf.has(attachment, in: Sample.scope))
        try DeviceStore.wipe(at: directory.store)
        #expect(!FileManager.default.fileExists(atPath: directory.store))
    }

    // MARK: The server

    private func vault() throws -> (AttachmentVault, URL) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-vault-\(UUID().uuidString)")
        return (try AttachmentVault(at: folder.path, dataKey: SecretBytes(copying: [UInt8](repeating: 8, count: 32))), folder)
    }

    @Test func `the server keeps one copy for a tenant, sealed, and tells scopes apart until the bytes were handed in`() throws {
        let (vault, folder) = try vault()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (bytes, attachment) = try content(150_000)
        let (one, two) = (Identifier(high: 1, low: 1), Identifier(high: 1, low: 2))
        for (offset, bytes) in chunks(bytes) { try vault.append(bytes, at: offset, of: attachment, by: one) }
        #expect(try vault.held(attachment, by: two) == 0, "another scope sees what this one handed in")
        #expect(try vault.finish(attachment, by: one))
        #expect(try vault.held(attachment, by: two) == 0)
        for (offset, bytes) in chunks(bytes) { try vault.append(bytes, at: offset, of: attachment, by: two) }
        #expect(try vault.finish(attachment, by: two))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count == 1, "the same bytes lie twice")
        #expect(try vault.matches(attachment))
        for file in files {
            let sealed = try Data(contentsOf: folder.appendingPathComponent(file))
            #expect(sealed.range(of: Data(Self.canary)) == nil)
            #expect(!file.contains(attachment.hash.description))
        }
        // A byte that rots is found, and not handed out.
        let path = folder.appendingPathComponent(files[0])
        var rotten = try Data(contentsOf: path)
        rotten[70_000] ^= 1
        try rotten.write(to: path)
        #expect(try !vault.matches(attachment))
        #expect(throws: StoreError.self) { try vault.read(Attachment.chunk, of: attachment) }
        #expect(try vault.read(0, of: attachment) == Array(bytes.prefix(Attachment.chunk)))
    }

    @Test func `an upload that does not match its hash is dropped and can begin anew`() throws {
        let (vault, folder) = try vault()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (bytes, attachment) = try content(100)
        let scope = Identifier(high: 1, low: 1)
        try vault.append(bytes.map { $0 ^ 1 }, at: 0, of: attachment, by: scope)
        #expect(try !vault.finish(attachment, by: scope))
        #expect(try vault.held(attachment, by: scope) == 0 && !vault.holds(attachment))
        try vault.append(bytes, at: 0, of: attachment, by: scope)
        #expect(try vault.finish(attachment, by: scope) && vault.holds(attachment))
    }

    @Test func `half uploads that nobody goes on with expire, younger ones stay`() throws {
        let (vault, folder) = try vault()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (bytes, attachment) = try content(Attachment.chunk + 1)
        for scope in [Identifier(high: 1, low: 1), Identifier(high: 1, low: 2)] {
            try vault.append(Array(bytes.prefix(Attachment.chunk)), at: 0, of: attachment, by: scope)
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let old = Date(timeIntervalSinceNow: -Double(AttachmentVault.halfUploadSeconds) - 60)
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: folder.appendingPathComponent(files[0]).path)
        vault.expire()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [files[1]])
    }
}
