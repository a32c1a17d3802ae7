import Foundation
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import SeamarkTestSupport
import Testing

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// Replies on a stick and bytes of attachments that are not what was written, as a device gets them: the number, the count, and nothing lost.
@Suite struct HostileFilesTests {
    private final class Folder {
        let path: String

        init() throws {
            path = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-hostile-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func put(_ bytes: [UInt8]) throws -> String {
            let file = path + "/altered"
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            return file
        }
    }

    // MARK: - Replies

    /// What laptops seal their bundles to, as an enrolment gives it to them.
    private func agree(_ ends: BothEnds) throws -> AgreementKey {
        let key = try AgreementKey.generate()
        for laptop in ends.laptops {
            try laptop.device.store.transaction { transaction in
                var identity = transaction.state.identity
                identity.bundleKey = key.publicKey
                try transaction.append(.identity(identity))
            }
        }
        return key
    }

    /// Headquarters takes in what a laptop has to hand in.
    private func exchange(_ laptop: Int, of ends: BothEnds, _ key: AgreementKey, in folder: Folder) throws -> (push: String, reply: String) {
        let (push, reply) = (folder.path + "/push-\(laptop)", folder.path + "/reply-\(laptop)")
        _ = try #require(try ends.laptops[laptop].device.exportBundle(to: push))
        _ = try BundleReception(tenant: BothEnds.tenant, key: key) { ends.desk(on: $0) }.take(push, reply: reply)
        return (push, reply)
    }

    @Test func `a reply of the log before a restore counts for nothing once a device reads the restored one`() throws {
        let folder = try Folder()
        let ends = try BothEnds(laptops: 1)
        try ends.sync(0)
        try ends.name("s", by: 0)
        let reply = try exchange(0, of: ends, agree(ends), in: folder).reply
        let device = ends.laptops[0].device
        let unsent = try device.state.unsentCount
        // A sync that was cut when it had begun to read the log of a server that was put back.
        try device.store.transaction { try $0.append(.replica(BothEnds.scope, .rebuilt(epoch: 2))) }
        let answer = try device.importReply(from: reply)
        #expect(answer.acknowledged == 0 && answer.ofAnotherEpoch == 1)
        #expect(try device.state.unsentCount == unsent)
    }

    @Test func `a reply that was altered in any byte, cut anywhere, or is another's has its number, is counted, and the outbox stays as it is`() throws {
        let folder = try Folder()
        let ends = try BothEnds(laptops: 2)
        for laptop in 0..<2 { try ends.sync(laptop) }
        for laptop in 0..<2 { try ends.name("s\(laptop)", by: laptop) }
        let key = try agree(ends)
        let (device, unsent) = (ends.laptops[0].device, try ends.laptops[0].device.state.unsentCount)
        let ((push, reply), (_, foreign)) = (try exchange(0, of: ends, key, in: folder), try exchange(1, of: ends, key, in: folder))
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: reply)))
        var counts: [UInt32: Int64] = [:]
        func refuses(_ path: String, _ what: String, _ expected: UInt32? = nil) throws {
            do {
                _ = try device.importReply(from: path)
                Issue.record("\(what) was taken in")
            } catch let failure as Device.BundleFailure {
                let number = try #require(failure.problem, "\(what): \(failure)")
                #expect(expected.map { $0 == number } ?? (4501...4507).contains(number), "\(what): \(number)")
                counts[number, default: 0] += 1
            }
        }
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= UInt8(1) << UInt8(place % 8)
            try refuses(folder.put(bytes), "byte \(place)")
        }
        for length in 0..<whole.count { try refuses(folder.put(Array(whole[..<length])), "cut at \(length)", length < 4 ? 4501 : 4505) }
        try refuses(folder.put(whole + [0]), "a byte more", 4506)
        try refuses(push, "what goes to headquarters", 4503)
        try refuses(foreign, "another's reply", 4504)
        #expect(Set(counts.keys).isSuperset(of: [4501, 4502, 4503, 4504, 4505, 4506]))
        #expect(Dictionary(uniqueKeysWithValues: Device.findings(try device.state).map { ($0.problem, $0.count) }) == counts)
        #expect(try device.state.unsentCount == unsent)
        // A reply under a greeting that the tenant's authority did not sign, to the key that the device's bundle names.
        let forged = folder.path + "/forged"
        _ = try BundleReception(tenant: BothEnds.tenant, key: key) { ends.desk(on: $0, endorsedBy: ends.signer) }.take(push, reply: forged)
        try refuses(forged, "a forged reply", 4507)
        #expect(try device.state.unsentCount == unsent)
        #expect(try device.importReply(from: reply).acknowledged == 1)
        #expect(try device.state.unsentCount == unsent - 1)
        // A trial finds out the same, and counts nothing.
        #expect(throws: Device.BundleFailure.self) { _ = try device.importReply(from: folder.put([1, 2, 3]), isTrial: true) }
        #expect(Device.findings(try device.state).reduce(0) { $0 + $1.count } == counts.values.reduce(0, +))
    }

    // MARK: - Attachments

    private struct QuickStretching: PassphraseStretching {
        func stretch(_ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, count: Int) throws(StretchingFailure) -> SecretBytes {
            SecretBytes(copying: Array((passphrase + salt + [UInt8](repeating: 1, count: count)).prefix(count)))
        }
    }

    private struct Shelf {
        let folder: Folder
        let ends: BothEnds
        let store: OpenDeviceStore

        /// A laptop on a disk: a store in memory keeps no attachments.
        init() throws {
            folder = try Folder()
            ends = try BothEnds(laptops: 1)
            store = try DeviceStore.create(
                at: folder.path + "/store", identity: ends.laptops[0].device.state.identity, passphrase: Array("five fictitious words of nobody".utf8), by: QuickStretching())
            try ends.sync(0, store) { [$0] }
        }

        func has(_ attachment: Attachment) throws -> Bool { try store.attachments()?.has(attachment, in: BothEnds.scope) == true }

        var findings: [UInt32: Int64] {
            get throws { Dictionary(uniqueKeysWithValues: Device.findings(try store.state).map { ($0.problem, $0.count) }) }
        }
    }

    private static func content(_ size: Int) -> (bytes: [UInt8], attachment: Attachment) {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        guard let attachment = Attachment(hash: Digest.sha256(bytes), size: Int64(size)) else { preconditionFailure("a size within bounds") }
        return (bytes, attachment)
    }

    private static let record = Identifier(high: 8, low: 8)

    @Test func `what was fetched and does not match its hash is thrown away, numbered and counted, and comes whole from an honest server`() throws {
        let shelf = try Shelf()
        let (bytes, attachment) = Self.content(2 * Attachment.chunk + 100)
        var fetching = SyncRun.Attachments.none
        fetching.fetches = [(BothEnds.scope, Self.record, attachment)]
        func serve(_ bytes: [UInt8]) -> (AttachmentMessage) -> AttachmentMessage {
            { asked in
                guard case .wanted(let wanted) = asked else { preconditionFailure("nothing is handed in") }
                let chunk = Array(bytes[wanted.offset..<min(bytes.count, wanted.offset + Attachment.chunk)])
                return .chunk(.init(scope: wanted.scope, hash: wanted.hash, offset: wanted.offset, bytes: chunk))
            }
        }
        for place in [0, Attachment.chunk, bytes.count - 1] {
            var wrong = bytes
            wrong[place] ^= 1
            let report = try shelf.ends.sync(0, shelf.store, attachments: fetching, attach: serve(wrong)) { [$0] }
            #expect(report.attachments.refused.map(\.code) == [.attachmentMismatch] && report.attachments.fetched.isEmpty)
            #expect(report.attachments.mismatches == 3)
            #expect(try !shelf.has(attachment))
        }
        #expect(try shelf.findings == [4045: 9])
        let report = try shelf.ends.sync(0, shelf.store, attachments: fetching, attach: serve(bytes)) { [$0] }
        #expect(report.attachments.refused.isEmpty && report.attachments.fetched.count == 1 && report.attachments.mismatches == 0)
        #expect(try shelf.has(attachment))
        #expect(try shelf.findings == [4045: 9])
    }

    @Test func `answers about attachments that are none have their number, are counted, and keep nothing`() throws {
        let shelf = try Shelf()
        let (bytes, attachment) = Self.content(Attachment.chunk + 100)
        var fetching = SyncRun.Attachments.none
        fetching.fetches = [(BothEnds.scope, Self.record, attachment)]
        let scope = BothEnds.scope
        let stranger = try SigningKey.generate()
        let first = Array(bytes.prefix(Attachment.chunk))
        let answers: [(String, AttachmentMessage)] = [
            ("a chunk of another place", .chunk(.init(scope: scope, hash: attachment.hash, offset: Attachment.chunk, bytes: first))),
            ("half a chunk", .chunk(.init(scope: scope, hash: attachment.hash, offset: 0, bytes: Array(first.prefix(100))))),
            ("a chunk of another attachment", .chunk(.init(scope: scope, hash: .zero, offset: 0, bytes: first))),
            ("a chunk of another scope", .chunk(.init(scope: BothEnds.shared, hash: attachment.hash, offset: 0, bytes: first))),
            ("a receipt where a chunk was wanted", .held(.init(AttachmentReceipt(epoch: 1, scope: scope, attachment: attachment, received: 7, signer: stranger)))),
            ("a refusal of another attachment", .refused(.init(scope: scope, hash: .zero, code: .attachmentNotHere))),
        ]
        for (number, (what, answer)) in answers.enumerated() {
            do {
                try shelf.ends.sync(0, shelf.store, attachments: fetching, attach: { _ in answer }) { [$0] }
                Issue.record("\(what) was taken")
            } catch let failure as SyncRun.Failure { #expect(failure.problem == .unexpected, "\(what): \(failure.cause)") }
            #expect(try shelf.findings == [1003: Int64(number) + 1])
            #expect(try !shelf.has(attachment))
        }
        // A receipt for what waits here, that the server did not sign, takes nothing for handed in.
        let device = BothEnds.device(shelf.store)
        let file = try shelf.folder.put(bytes)
        _ = try device.attach(AttachmentSource(file), in: scope, to: nil, [])
        #expect(try device.attachmentsWaiting(in: scope).count == 1)
        do {
            try shelf.ends.sync(0, shelf.store, attach: { asked in
                guard case .offer(let offer) = asked else { preconditionFailure("nothing was taken yet") }
                return .held(.init(AttachmentReceipt(epoch: 1, scope: offer.scope, attachment: offer.attachment, received: 7, signer: stranger)))
            }) { [$0] }
            Issue.record("a forged receipt was taken")
        } catch let failure as SyncRun.Failure { #expect(failure.problem?.rawValue == 4603, "\(failure.cause)") }
        #expect(try device.attachmentsWaiting(in: scope).count == 1)
        #expect(try shelf.findings == [1003: Int64(answers.count), 4603: 1])
    }
}
