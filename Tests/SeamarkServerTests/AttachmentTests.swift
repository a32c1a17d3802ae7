import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// Attachments through the listener, by devices that say what no program of ours would.
@Suite struct AttachmentTests {
    private static func content(_ size: Int, _ byte: UInt8 = 7) throws -> (bytes: [UInt8], attachment: Attachment) {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) &+ byte }
        return (bytes, try #require(Attachment(hash: Digest.sha256(bytes), size: Int64(size))))
    }

    /// A block with a row of evidence that names the attachment.
    private static func row(_ attachment: Attachment, by author: Enrolment, in scope: Identifier, incarnation: UInt64 = 1, size: Int64? = nil) throws -> (Block, Identifier) {
        let now = WallClock.system.now()
        let id = try Identifier.drawn(at: now)
        var editing = RecordEditing(record: id, type: Catalogue.evidence, state: nil, salt: { .zero })
        editing.create(at: now, handle: "EV-\(incarnation)")
        for (key, value) in [
            ("kind", Value.int(1)), ("title", .text("Press 3 (fictitious)")), ("sha256", .bytes(attachment.hash.bytes)), ("size", .int(size ?? Int64(attachment.size))),
        ] {
            if let field = Catalogue.evidence.field(key: key) { editing.set(field, value) }
        }
        let change = Change(
            scope: scope, stamp: Stamp(time: now, device: author.enrolled.device), member: author.enrolled.member, schema: 1, edits: editing.edits,
            primitives: SystemPrimitives())
        let stream = StreamName(device: author.enrolled.device, incarnation: incarnation, scope: scope)
        return (Block.seal([change], in: stream, after: .beginning, by: author.signing, SystemPrimitives()), id)
    }

    private static func ask(_ laptop: Laptop, _ message: AttachmentMessage) throws -> AttachmentMessage? {
        try laptop.send(.attachment(message))
        if case .attachment(let answer) = try laptop.receive() { return answer }
        return nil
    }

    private static func code(_ answer: AttachmentMessage?) -> Problem.Code? { if case .refused(let refusal)? = answer { refusal.code } else { nil } }
    private static func limit(_ answer: AttachmentMessage?) -> Int? { if case .refused(let refusal)? = answer { refusal.limit } else { nil } }
    private static func held(_ answer: AttachmentMessage?) -> Int? {
        if case .held(let held)? = answer, case .partly(let count) = held.standing { count } else { nil }
    }
    private static func receipt(_ answer: AttachmentMessage?) -> AttachmentReceipt? {
        if case .held(let held)? = answer, case .wholly(let receipt) = held.standing { receipt } else { nil }
    }

    private static func accepted(_ block: Block, _ laptop: Laptop) throws {
        try laptop.send(.push(block))
        guard case .receipt(let receipt) = try laptop.receive() else { throw RawSocket.Ended.refused }
        try #require(receipt.verdicts == [.accepted])
    }

    @Test func `chunks out of order, of the wrong length or without an offer are refused by number, repeated ones are not taken twice`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            let (bytes, attachment) = try Self.content(2 * Attachment.chunk + 10)
            let (block, record) = try Self.row(attachment, by: anna, in: scope)
            func chunk(_ offset: Int, _ count: Int, alter: Bool = false) -> AttachmentMessage {
                var part = Array(bytes[offset..<offset + count])
                if alter { part[0] ^= 1 }
                return .chunk(.init(scope: scope, hash: attachment.hash, offset: offset, bytes: part))
            }
            let offer = AttachmentMessage.offer(.init(scope: scope, record: record, attachment: attachment))
            let wanted = AttachmentMessage.wanted(.init(scope: scope, record: record, hash: attachment.hash, offset: 0))
            #expect(try Self.code(Self.ask(laptop, chunk(0, Attachment.chunk))) == .chunkOutOfOrder, "without an offer")
            #expect(try Self.code(Self.ask(laptop, offer)) == .noSuchAttachment, "no record names it yet")
            #expect(try Self.code(Self.ask(laptop, chunk(0, Attachment.chunk))) == .noSuchAttachment, "a refused offer opened something")
            try Self.accepted(block, laptop)
            #expect(try Self.code(Self.ask(laptop, wanted)) == .attachmentNotHere)
            let wrong = try #require(Attachment(hash: attachment.hash, size: Int64(attachment.size) + 1))
            #expect(try Self.code(Self.ask(laptop, .offer(.init(scope: scope, record: record, attachment: wrong)))) == .noSuchAttachment)
            #expect(try Self.held(Self.ask(laptop, offer)) == 0)
            #expect(try Self.code(Self.ask(laptop, chunk(Attachment.chunk, Attachment.chunk))) == .chunkOutOfOrder)
            #expect(try Self.code(Self.ask(laptop, chunk(0, 10))) == .chunkOfWrongLength)
            #expect(try Self.held(Self.ask(laptop, chunk(0, Attachment.chunk))) == Attachment.chunk)
            #expect(try Self.held(Self.ask(laptop, chunk(0, Attachment.chunk))) == Attachment.chunk, "a repeated chunk")
            // Altered: the whole does not match; what was held is gone, and it begins anew.
            #expect(try Self.held(Self.ask(laptop, chunk(Attachment.chunk, Attachment.chunk, alter: true))) == 2 * Attachment.chunk)
            #expect(try Self.code(Self.ask(laptop, chunk(2 * Attachment.chunk, 10))) == .attachmentMismatch)
            #expect(try Self.held(Self.ask(laptop, offer)) == 0)
            try laptop.close()

            // Another connection goes on where the first stopped.
            let (first, _) = try anna.greeted(port: server.port)
            #expect(try Self.held(Self.ask(first, offer)) == 0)
            #expect(try Self.held(Self.ask(first, chunk(0, Attachment.chunk))) == Attachment.chunk)
            try first.close()
            let (second, greeting) = try anna.greeted(port: server.port)
            #expect(try Self.held(Self.ask(second, offer)) == Attachment.chunk, "it began from zero")
            // Without waiting for answers, as a lane does; they come in order.
            try second.send(.attachment(chunk(Attachment.chunk, Attachment.chunk)))
            try second.send(.attachment(chunk(2 * Attachment.chunk, 10)))
            _ = try second.receive()
            guard case .attachment(let last) = try second.receive() else {
                Issue.record("no answer")
                return
            }
            let receipt = try #require(Self.receipt(last))
            #expect(receipt.isSigned(by: greeting.serverKey.key, SystemPrimitives()) && receipt.attachment == attachment && receipt.epoch == greeting.epoch)
            #expect(try Self.receipt(Self.ask(second, offer)) == receipt, "the first receipt counts")
            guard case .chunk(let part)? = try Self.ask(second, wanted) else {
                Issue.record("nothing was given")
                return
            }
            #expect(part.bytes == Array(bytes.prefix(Attachment.chunk)))
            #expect(try Self.code(Self.ask(second, .wanted(.init(scope: scope, record: record, hash: attachment.hash, offset: 5)))) == .chunkOfWrongLength)
        }
        #expect(server.counts.mismatchedAttachments == 1)
        await server.stop()
    }

    @Test func `what a device said that waits is less by each block and each attachment that comes in, and of each engagement it is known`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        let (weight, scope) = try await blocking { () -> (Int, Identifier) in
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            let work = Message.UnsentWork(bytes: 50_000, oldestAge: 86_400, attachments: 2, attachmentBytes: 110)
            let cursor = Message.ScopeCursor(
                scope: scope, epoch: welcome.epoch, cursor: .beginning, mark: .beginning, incarnation: 1, unsent: 3, work: work)
            // Its own clock is a year behind.
            try laptop.send(.status(Message.Status(time: welcome.time - 31_536_000_000, software: "test", schema: 1, scopes: [cursor])))
            let (bytes, attachment) = try Self.content(10)
            let (block, record) = try Self.row(attachment, by: anna, in: scope)
            try Self.accepted(block, laptop)
            let offer = AttachmentMessage.offer(.init(scope: scope, record: record, attachment: attachment))
            #expect(try Self.held(Self.ask(laptop, offer)) == 0)
            #expect(try Self.receipt(Self.ask(laptop, .chunk(.init(scope: scope, hash: attachment.hash, offset: 0, bytes: bytes)))) != nil)
            // By another row that names it: the same attachment.
            #expect(try Self.receipt(Self.ask(laptop, offer)) != nil)
            return (block.bytes.count, scope)
        }
        await server.stop()
        let device = try #require(try tenant.devices().first)
        let contact = try #require(device.device.contact)
        let work = contact.work
        #expect(work.changes == 2 && work.bytes == 50_000 - Int64(weight) && work.attachments == 1 && work.attachmentBytes == 100)
        #expect(work.oldest == contact.time - 86_400_000, "by the server's clock")
        #expect(device.unsent.map(\.scope) == [scope] && device.unsent.map(\.work) == [work])
        #expect(try device.unsent.map(\.engagement) == tenant.engagements().map(\.handle), "\(device.unsent)")
    }

    /// Hands an attachment in as a lane does that begins anew where that may help; nil when it was given up.
    private static func handIn(
        _ bytes: [UInt8], _ attachment: Attachment, _ record: Identifier, in scope: Identifier, by laptop: Laptop, altering: Bool = false
    ) throws -> AttachmentReceipt? {
        var answer = try ask(laptop, .offer(.init(scope: scope, record: record, attachment: attachment)))
        var restarts = 0
        while restarts < 20 {
            if let receipt = receipt(answer) { return receipt }
            guard let offset = held(answer), let length = attachment.chunkLength(at: offset) else {
                restarts += 1
                answer = try ask(laptop, .offer(.init(scope: scope, record: record, attachment: attachment)))
                continue
            }
            var chunk = Array(bytes[offset..<offset + length])
            if altering { chunk[0] ^= 1 }
            answer = try ask(laptop, .chunk(.init(scope: scope, hash: attachment.hash, offset: offset, bytes: chunk)))
            if altering, code(answer) != nil { return nil }
        }
        return nil
    }

    @Test func `two uploads of one record at once lose neither record nor attachment, and each receipt speaks of what is there`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start { $0.connectionsPerAddress = 64 }
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
        try await blocking {
            let (anna, ben) = (try Enrolment(port: server.port, invitations[0]), try Enrolment(port: server.port, invitations[1]))
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            for round in 0..<4 {
                // The same photo, and another of the same record, from two connections of one device and one of a colleague's: their
                // chunks meet in every way that chance finds. In the last round a fourth sends bytes that do not match.
                let (bytes, attachment) = try Self.content(5 * Attachment.chunk + 99, UInt8(10 + round))
                let (others, other) = try Self.content(3 * Attachment.chunk, UInt8(100 + round))
                let (block, record) = try Self.row(attachment, by: anna, in: scope, incarnation: UInt64(round) + 1)
                let (second, beside) = try Self.row(other, by: anna, in: scope, incarnation: UInt64(round) + 11)
                for block in [block, second] { try Self.accepted(block, laptop) }
                let start = Gate(round == 3 ? 4 : 3)
                let receipts = try Crowd.each(round == 3 ? 4 : 3) { index in
                    let (laptop, _) = try (index == 1 ? ben : anna).greeted(port: server.port)
                    start.pass()
                    // The second photo goes along on one of them, before the first.
                    if index == 2, try Self.handIn(others, other, beside, in: scope, by: laptop) == nil { return AttachmentReceipt?.none }
                    return try Self.handIn(bytes, attachment, record, in: scope, by: laptop, altering: index == 3)
                }
                let honest = receipts.prefix(3).compactMap { $0 }
                #expect(honest.count == 3, "round \(round): everybody who sent the true bytes has a receipt")
                #expect(Set(honest.map(\.signature)).count == 1, "round \(round): it is the same one")
                #expect(honest.allSatisfy { $0.attachment == attachment && $0.isSigned(by: welcome.serverKey.key, SystemPrimitives()) })
                for (record, attachment, bytes) in [(record, attachment, bytes), (beside, other, others)] {
                    var fetched: [UInt8] = []
                    while fetched.count < attachment.size {
                        let wanted = AttachmentMessage.wanted(.init(scope: scope, record: record, hash: attachment.hash, offset: fetched.count))
                        guard case .chunk(let chunk)? = try Self.ask(laptop, wanted) else { throw RawSocket.Ended.refused }
                        fetched += chunk.bytes
                    }
                    #expect(fetched == bytes, "round \(round): the bytes are whole")
                }
            }
            let (reader, greeting) = try ben.greeted(port: server.port)
            let standing = try #require(greeting.engagement)
            #expect(try reader.readLog(standing, reckoning: true).digest == standing.digest)
            #expect(standing.place.position == welcome.engagement.map { $0.place.position + 8 })
        }
        await server.stop()
        #expect(server.counts.faults == 0)
        #expect(try tenant.verify().holds)
    }

    @Test func `a guessed hash gives nothing: not to who is not staffed, not through a record of another scope, not to another tenant`() async throws {
        let yard = try Yard()
        let (tenant, foreign) = (try yard.addTenant("halden"), try yard.addTenant("northlink"))
        _ = try tenant.addEngagement(try ShortName(checking: "secret", for: "it"), title: "Secret", currency: "EUR", financials: nil)
        try tenant.staff("zoe", on: "secret")
        let server = try await yard.start()
        let invitations = [try tenant.invite("zoe", minutes: 600), try tenant.invite("anna"), try foreign.invite("anna")]
        try await blocking {
            let zoe = try Enrolment(port: server.port, invitations[0])
            let (owner, welcome) = try zoe.greeted(port: server.port)
            let secret = try #require(welcome.engagement).scope
            let (bytes, attachment) = try Self.content(100)
            let (block, record) = try Self.row(attachment, by: zoe, in: secret)
            try Self.accepted(block, owner)
            #expect(try Self.held(Self.ask(owner, .offer(.init(scope: secret, record: record, attachment: attachment)))) == 0)
            #expect(try Self.receipt(Self.ask(owner, .chunk(.init(scope: secret, hash: attachment.hash, offset: 0, bytes: bytes)))) != nil)

            for invitation in invitations.dropFirst() {
                let anna = try Enrolment(port: server.port, invitation)
                let (laptop, welcome) = try anna.greeted(port: server.port)
                let own = try #require(welcome.engagement).scope
                // By the true scope and record: the same answer as for a record that does not exist.
                for record in [record, Identifier(high: 3, low: 4)] {
                    #expect(try Self.code(Self.ask(laptop, .wanted(.init(scope: secret, record: record, hash: attachment.hash, offset: 0)))) == .noSuchAttachment)
                    #expect(try Self.code(Self.ask(laptop, .offer(.init(scope: secret, record: record, attachment: attachment)))) == .noSuchAttachment)
                }
                // By a record of her own that names the guessed hash.
                let (block, guess) = try Self.row(attachment, by: anna, in: own)
                try Self.accepted(block, laptop)
                let wanted = AttachmentMessage.wanted(.init(scope: own, record: guess, hash: attachment.hash, offset: 0))
                #expect(try Self.code(Self.ask(laptop, wanted)) == .attachmentNotHere)
                // The upload is not shortened by what another scope holds: all bytes are to be shown.
                #expect(try Self.held(Self.ask(laptop, .offer(.init(scope: own, record: guess, attachment: attachment)))) == 0)
                let false_ = AttachmentMessage.chunk(.init(scope: own, hash: attachment.hash, offset: 0, bytes: bytes.map { $0 ^ 1 }))
                #expect(try Self.code(Self.ask(laptop, false_)) == .attachmentMismatch)
                #expect(try Self.code(Self.ask(laptop, wanted)) == .attachmentNotHere)
            }
        }
        await server.stop()
    }

    @Test func `verifying finds an attachment whose file was altered, cut or removed, and leaves them out when told to`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            for (number, size) in [Attachment.chunk + 7, 40].enumerated() {
                let (bytes, attachment) = try Self.content(size, UInt8(number))
                let (block, record) = try Self.row(attachment, by: anna, in: scope, incarnation: UInt64(number) + 1)
                try Self.accepted(block, laptop)
                #expect(try Self.handIn(bytes, attachment, record, in: scope, by: laptop) != nil)
            }
        }
        await server.stop()
        #expect(try tenant.verify().sentence.hasSuffix("2 attachments"))
        let folder = try yard.directory.tenantFolders()[0].folder.attachments
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let path = folder + "/" + name
            let whole = try #require(FileManager.default.contents(atPath: path))
            var altered = whole
            altered[whole.count / 2] ^= 1
            for damaged in [altered, whole.dropLast(), whole + [0], nil] as [Data?] {
                if let damaged { try damaged.write(to: URL(fileURLWithPath: path)) } else { try FileManager.default.removeItem(atPath: path) }
                let finding = try tenant.verify()
                #expect(!finding.holds && finding.sentence.contains("attachment"), "\(finding.sentence)")
                #expect(try tenant.verify(attachments: false).holds)
            }
            try whole.write(to: URL(fileURLWithPath: path))
        }
        #expect(try tenant.verify().holds)
    }

    @Test func `membership is read for each chunk`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            let (bytes, attachment) = try Self.content(Attachment.chunk + 1)
            let (block, record) = try Self.row(attachment, by: anna, in: scope)
            try Self.accepted(block, laptop)
            let offer = AttachmentMessage.offer(.init(scope: scope, record: record, attachment: attachment))
            #expect(try Self.held(Self.ask(laptop, offer)) == 0)
            let first = AttachmentMessage.chunk(.init(scope: scope, hash: attachment.hash, offset: 0, bytes: Array(bytes.prefix(Attachment.chunk))))
            let last = AttachmentMessage.chunk(.init(scope: scope, hash: attachment.hash, offset: Attachment.chunk, bytes: [bytes[Attachment.chunk]]))
            #expect(try Self.held(Self.ask(laptop, first)) == Attachment.chunk)
            try tenant.staff("anna", on: "ops", remove: true)
            #expect(try Self.code(Self.ask(laptop, last)) == .noSuchAttachment)
            try tenant.staff("anna", on: "ops")
            #expect(try Self.receipt(Self.ask(laptop, last)) != nil, "what was held before is not lost")
        }
        await server.stop()
    }

    @Test func `a device that was revoked hands in the bytes of a row that the log has, where it worked, and is given none`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = (try tenant.invite("anna", minutes: 600), try tenant.invite("zoe", minutes: 600))
        try await blocking {
            let (anna, zoe) = (try Enrolment(port: server.port, invitations.0), try Enrolment(port: server.port, invitations.1))
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            let (bytes, attachment) = try Self.content(Attachment.chunk + 1)
            let (block, record) = try Self.row(attachment, by: anna, in: scope)
            try Self.accepted(block, laptop)
            let offer = AttachmentMessage.offer(.init(scope: scope, record: record, attachment: attachment))
            let wanted = AttachmentMessage.wanted(.init(scope: scope, record: record, hash: attachment.hash, offset: 0))
            let first = AttachmentMessage.chunk(.init(scope: scope, hash: attachment.hash, offset: 0, bytes: Array(bytes.prefix(Attachment.chunk))))
            let last = AttachmentMessage.chunk(.init(scope: scope, hash: attachment.hash, offset: Attachment.chunk, bytes: [bytes[Attachment.chunk]]))
            #expect(try Self.held(Self.ask(laptop, offer)) == 0)
            #expect(try Self.held(Self.ask(laptop, first)) == Attachment.chunk)
            try laptop.close()
            for letters in ["A", "B"] { _ = try tenant.revoke(letters) }

            let (revoked, greeting) = try anna.greeted(port: server.port)
            #expect(greeting.revoked)
            // What the log has not of it has no bytes to come in, before headquarters has let its row in.
            let (more, other) = try Self.content(10, 9)
            let (late, row) = try Self.row(other, by: anna, in: scope, incarnation: 2)
            let lateOffer = AttachmentMessage.offer(.init(scope: scope, record: row, attachment: other))
            try revoked.send(.push(late))
            guard case .pushRefused(let refusal) = try revoked.receive(), refusal.code == .deviceRevoked else { throw RawSocket.Ended.refused }
            #expect(try Self.code(Self.ask(revoked, lateOffer)) == .noSuchAttachment)
            #expect(try Self.held(Self.ask(revoked, offer)) == Attachment.chunk, "from where it was")
            #expect(try Self.receipt(Self.ask(revoked, last))?.attachment == attachment)
            #expect(try Self.code(Self.ask(revoked, wanted)) == .noSuchAttachment, "it is given what it handed in itself")
            #expect(try tenant.release(late.changes.map(\.id)).applied == late.changes.map(\.id))
            #expect(try Self.held(Self.ask(revoked, lateOffer)) == 0)
            let whole = AttachmentMessage.chunk(.init(scope: scope, hash: other.hash, offset: 0, bytes: more))
            #expect(try Self.receipt(Self.ask(revoked, whole))?.attachment == other)
            // One that never worked there is told nothing of it.
            let (stranger, _) = try zoe.greeted(port: server.port)
            #expect(try Self.code(Self.ask(stranger, offer)) == .noSuchAttachment)
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `a restored tenant gives out its attachments`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        var server = try await yard.start()
        let (port, invitation) = (server.port, try tenant.invite("anna", minutes: 600))
        let (bytes, attachment) = try Self.content(1000)
        let (anna, wanted) = try await blocking {
            let anna = try Enrolment(port: port, invitation)
            let (laptop, welcome) = try anna.greeted(port: port)
            let scope = try #require(welcome.engagement).scope
            let (block, record) = try Self.row(attachment, by: anna, in: scope)
            try Self.accepted(block, laptop)
            #expect(try Self.handIn(bytes, attachment, record, in: scope, by: laptop) != nil)
            return (anna, AttachmentMessage.wanted(.init(scope: scope, record: record, hash: attachment.hash, offset: 0)))
        }
        await server.stop()
        let (folder, secret) = (yard.directory.path + "-backups", SecretBytes(copying: Array("four random words here".utf8)))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backup = try yard.office.backUp(try ShortName(checking: "halden", for: "it"), to: folder, passphrase: secret)
        try tenant.store.close()
        let restored = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        // What the restore set aside cannot be where the bytes come from.
        if let replaced = restored.replaced { try FileManager.default.removeItem(atPath: replaced) }
        server = try await yard.start()
        let later = server.port
        try await blocking {
            let (laptop, _) = try anna.greeted(port: later)
            guard case .chunk(let part)? = try Self.ask(laptop, wanted) else {
                Issue.record("the bytes are gone")
                return
            }
            #expect(part.bytes == bytes)
        }
        await server.stop()
    }

    @Test func `what is over the quota, larger than allowed or more than the disk has room for is refused before a byte is kept`() throws {
        let yard = try Yard()
        let office = try yard.addTenant("halden")
        var limits = AttachmentLimits()
        limits.largest = 100
        limits.engagementBytes = 150
        let tenant = try OpenTenant(opening: try yard.directory.tenantFolders()[0].folder, under: yard.keyFolder, clock: yard.clock.wall, limits: limits)
        let desk = try #require(tenant.desk.attachments)
        let member = try #require(try office.members().first { $0.handle == "anna" }).id
        let device = try Identifier.drawn(at: 1)
        let key = try SigningKey.generate()
        try tenant.store.write {
            _ = try $0.addDevice(.init(id: device, name: "laptop", certificate: .zero, signingKey: key.publicKey), of: member, at: 1)
        }
        let name = DeviceName(tenant: tenant.keys.tenant, member: member, device: device)
        let scope = try #require(try tenant.store.read { try $0.scopes(ofMember: member).first { $0.kind == .engagement } }).id
        func offer(_ size: Int, _ byte: UInt8) throws -> (AttachmentMessage.Offer, [UInt8]) {
            let (bytes, attachment) = try Self.content(size, byte)
            let id = try Identifier.drawn(at: Int64(size))
            var editing = RecordEditing(record: id, type: Catalogue.evidence, state: nil, salt: { .zero })
            for (key, value) in [("sha256", Value.bytes(attachment.hash.bytes)), ("size", .int(Int64(size)))] {
                if let field = Catalogue.evidence.field(key: key) { editing.set(field, value) }
            }
            let change = Change(scope: scope, stamp: Stamp(time: 1, device: device), member: member, schema: 1, edits: editing.edits, primitives: SystemPrimitives())
            let block = Block.seal([change], in: StreamName(device: device, incarnation: UInt64(byte), scope: scope), after: .beginning, by: key, SystemPrimitives())
            _ = try tenant.store.write { try $0.push([.init(device: device, block: block, sensitive: [], received: 1)]) { _, _, _ in .accepted } }
            return (.init(scope: scope, record: id, attachment: attachment), bytes)
        }
        let (large, largeBytes) = try offer(101, 1)
        #expect(try Self.code(desk.answer(to: large, of: name)) == .attachmentTooLarge)
        #expect(try Self.code(desk.answer(to: .init(scope: scope, hash: large.attachment.hash, offset: 0, bytes: largeBytes), of: large, by: name)) == .attachmentTooLarge)
        #expect(try Self.limit(desk.answer(to: large, of: name)) == 100, "and how large it may be")
        #expect(try Self.limit(desk.answer(to: .init(scope: scope, hash: large.attachment.hash, offset: 0, bytes: largeBytes), of: large, by: name)) == 100)
        let (first, bytes) = try offer(100, 2)
        #expect(try Self.held(desk.answer(to: first, of: name)) == 0)
        #expect(try Self.receipt(desk.answer(to: .init(scope: scope, hash: first.attachment.hash, offset: 0, bytes: bytes), of: first, by: name)) != nil)
        let (second, secondBytes) = try offer(51, 3)
        #expect(try Self.code(desk.answer(to: second, of: name)) == .attachmentOverQuota)
        #expect(try Self.limit(desk.answer(to: second, of: name)) == nil, "a smaller one would not be taken either")
        #expect(try Self.code(desk.answer(to: .init(scope: scope, hash: second.attachment.hash, offset: 0, bytes: secondBytes), of: second, by: name)) == .attachmentOverQuota)
        let (third, thirdBytes) = try offer(50, 4)
        #expect(try Self.held(desk.answer(to: third, of: name)) == 0)
        #expect(try Self.receipt(desk.answer(to: first, of: name)) != nil, "what is held stays held")
        // A disk with no more room than logs are left: nothing goes up to find that out, and what is held stays held.
        limits.reserve = .max / 2
        let full = try OpenTenant(opening: try yard.directory.tenantFolders()[0].folder, under: yard.keyFolder, clock: yard.clock.wall, limits: limits)
        let crowded = try #require(full.desk.attachments)
        #expect(try Self.code(crowded.answer(to: third, of: name)) == .noRoomForAttachment)
        #expect(try Self.code(crowded.answer(to: .init(scope: scope, hash: third.attachment.hash, offset: 0, bytes: thirdBytes), of: third, by: name)) == .noRoomForAttachment)
        #expect(try Self.receipt(crowded.answer(to: first, of: name)) != nil)
        #expect(try Self.held(desk.answer(to: third, of: name)) == 0, "nothing of it was kept")
    }
}
