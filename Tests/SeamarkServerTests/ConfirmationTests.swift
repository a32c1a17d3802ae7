import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Synchronization
import Testing

@testable import SeamarkServer

/// Devices that wait until headquarters has confirmed their words, over real connections.
@Suite struct ConfirmationTests {
    private func words(_ device: Enrolment) -> String {
        DeviceWords(
            tenant: device.enrolled.tenant, device: device.enrolled.device, signingKey: device.signing.publicKey, SystemPrimitives()).description
    }

    private func refused(_ message: Message?) -> Problem.Code? { if case .pushRefused(let refusal)? = message { refusal.code } else { nil } }

    private func kind(_ body: () throws -> Void) -> OperationFailure.Kind? {
        do { try body() } catch let failure as OperationFailure { return failure.kind } catch {}
        return nil
    }

    /// Somebody tries the invitation of a device once more.
    private func tryAgain(_ invitation: InvitationLine, port: Int) throws -> Problem.Code? {
        let laptop = try Laptop(port: port, invitation)
        let answer = try Enrolment.ask(
            laptop, token: invitation.token, request: CertificateSigningRequest(for: CertificateKey.generate()).der, signing: .generate())
        return if case .problem(let problem)? = answer { problem.code } else { nil }
    }

    @Test func `a device that waits is told of no scope, reads nothing and hands nothing in, and after its words does all of it`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", confirming: true)
        #expect(try tenant.store.read { try $0.invitations() }.map { $0.expires - $0.made } == [72 * 3_600_000])
        let scopes = try tenant.store.read { try $0.scopes() }
        let scope = try #require(scopes.first { $0.kind == .engagement }).id
        let entries = try tenant.store.read { try $0.scopes() }.map(\.place)
        let anna = try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            #expect(anna.enrolled.awaitsConfirmation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            #expect(welcome.awaitsConfirmation && welcome.scopes.isEmpty && !welcome.revoked)
            try laptop.send(.push(try anna.block(scope)))
            #expect(self.refused(try laptop.receive()) == .awaitsConfirmation)
            for one in scopes {
                try laptop.send(.pull(one.id))
                #expect(try laptop.expectProblem() == .awaitsConfirmation)
                try laptop.send(.compare(Message.Compare(scope: one.id, epoch: welcome.epoch, ranges: [])))
                #expect(try laptop.expectProblem() == .unknownScope)
                try laptop.send(.donate(Message.Donation(scope: one.id, known: one.place, incarnation: 1, isLast: true)))
                #expect(try laptop.expectProblem() == .awaitsConfirmation)
            }
            let attachment = try #require(Attachment(hash: .zero, size: 11))
            try laptop.send(.attachment(.offer(.init(scope: scope, record: .zero, attachment: attachment))))
            guard case .attachment(.refused(let refusal)) = try laptop.receive() else { throw RawSocket.Ended.refused }
            #expect(refusal.code == .noSuchAttachment)
            try laptop.close()
            return anna
        }
        #expect(try tenant.store.read { try $0.scopes() }.map(\.place) == entries, "nothing entered a log, and its key is published nowhere")
        #expect(try tenant.quarantine().isEmpty)
        // Wrong words are refused, counted, and an act; what are no words is refused alone.
        let right = words(anna)
        #expect(kind { _ = try tenant.confirm("A", words: "lusab babad") } == .badInput)
        #expect(kind { _ = try tenant.confirm("A", words: right.split(separator: " ").reversed().joined(separator: " ")) } == .badInput)
        #expect(try tenant.device("A").wait?.wrongWords == 1 && tenant.device("A").awaitsConfirmation)
        let confirmed = try tenant.confirm("A", words: right.uppercased().replacing(" ", with: "-"))
        #expect(!confirmed.awaitsConfirmation)
        #expect(kind { _ = try tenant.confirm("A", words: right) } == .badInput, "it does not wait any more")
        try await blocking {
            let (laptop, welcome) = try anna.greeted(port: server.port)
            #expect(!welcome.awaitsConfirmation && welcome.engagement != nil)
            try laptop.send(.push(try anna.block(scope)))
            guard case .receipt(let receipt) = try laptop.receive() else { throw RawSocket.Ended.refused }
            #expect(receipt.verdicts == [.accepted])
            try laptop.send(.pull(try #require(welcome.shared).scope))
            guard case .entries(let entries) = try laptop.receive() else { throw RawSocket.Ended.refused }
            #expect(!entries.entries.isEmpty)
            let record = try tenant.store.read { try $0.record(anna.enrolled.device, in: try #require(welcome.shared).scope) }
            #expect(record?.heads(of: .field(11)).first?.content.value == .bytes(anna.signing.publicKey))
        }
        await server.stop()
        #expect(try tenant.audit().map(\.act).filter { $0.hasPrefix("device.") } == ["device.enrol", "device.wrongWords", "device.confirm"])
        #expect(try tenant.verify().holds && tenant.verifyAudit().holds)
        #expect(server.counts.faults == 0)
    }

    @Test func `a second try of an invitation freezes its device: its session ends within a second, and it waits until its words are confirmed`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = (try tenant.invite("anna"), try tenant.invite("ben"))
        try await blocking {
            let (anna, ben) = (try Enrolment(port: server.port, invitations.0), try Enrolment(port: server.port, invitations.1))
            #expect(!anna.enrolled.awaitsConfirmation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let (other, _) = try ben.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            let block = try anna.block(scope)
            try laptop.send(.push(block))
            guard case .receipt = try laptop.receive() else { throw RawSocket.Ended.refused }
            let began = ContinuousClock.now
            #expect(try self.tryAgain(invitations.0, port: server.port) == .usedInvitation)
            #expect(try laptop.expectProblem() == .greetingOutdated)
            #expect(try laptop.receive() == nil)
            #expect(ContinuousClock.now - began < .seconds(1))
            let (again, greeting) = try anna.greeted(port: server.port)
            #expect(greeting.awaitsConfirmation && greeting.scopes.isEmpty)
            try again.send(.push(try anna.block(scope, after: block.end)))
            #expect(self.refused(try again.receive()) == .awaitsConfirmation)
            try again.send(.pull(scope))
            #expect(try again.expectProblem() == .awaitsConfirmation)
            // A colleague's session goes on, and reads what the device had handed in before.
            try other.send(.pull(scope))
            guard case .entries = try other.receive() else { throw RawSocket.Ended.refused }
            #expect(try !tenant.device("B").awaitsConfirmation)

            _ = try tenant.confirm("A", words: self.words(anna))
            #expect(try self.tryAgain(invitations.0, port: server.port) == .usedInvitation)
            let (last, free) = try anna.greeted(port: server.port)
            #expect(!free.awaitsConfirmation && free.engagement?.streams.first?.end == block.end)
            try last.send(.push(try anna.block(scope, after: block.end)))
            guard case .receipt = try last.receive() else { throw RawSocket.Ended.refused }
        }
        await server.stop()
        #expect(try tenant.audit().map(\.act).filter { ["device.freeze", "device.confirm", "invitation.reused"].contains($0) } == ["invitation.reused", "device.freeze", "device.confirm"])
        #expect(try yard.office.status().tenants.first?.waitingDevices == [])
        #expect(try tenant.verify().holds)
    }

    @Test func `the words stay when the certificate is renewed, once or often, and an answer that was lost alters nothing`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", confirming: true)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            for _ in 0..<3 { guard case .renewed = try anna.renew(Laptop(port: server.port, invitation)) else { throw RawSocket.Ended.refused } }
            // Those of a device that enrols with another key are others, and are refused.
            let stranger = DeviceWords(tenant: anna.enrolled.tenant, device: anna.enrolled.device, signingKey: try SigningKey.generate().publicKey, SystemPrimitives())
            #expect(self.kind { _ = try tenant.confirm("A", words: stranger.description) } == .badInput)
            #expect(try !tenant.confirm("A", words: self.words(anna)).awaitsConfirmation)
        }
        await server.stop()
    }

    @Test func `a device that waits and is revoked hears of that, hands in into quarantine, and cannot be confirmed`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", confirming: true)
        let scope = try #require(try tenant.engagements().first).id
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (waiting, _) = try anna.greeted(port: server.port)
            _ = try tenant.revoke("A")
            #expect(try waiting.expectProblem() == .deviceRevoked)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            #expect(welcome.revoked && !welcome.awaitsConfirmation)
            try laptop.send(.push(try anna.block(scope)))
            #expect(self.refused(try laptop.receive()) == .deviceRevoked)
            #expect(self.kind { _ = try tenant.confirm("A", words: self.words(anna)) } == .badInput)
        }
        await server.stop()
        #expect(try tenant.quarantine().count == 1)
    }

    @Test func `a restore from before a freeze does not undo it where the store of after it is at hand`() throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let secret = SecretBytes(copying: Array("four random words here".utf8))
        let (member, token, now) = (try #require(try tenant.members().first).id, Hash256(words: (1, 0, 0, 0)), yard.clock.wall.now())
        func redeem(_ number: UInt8) throws {
            let device = DeviceEnrolment(id: Identifier(high: 9, low: UInt64(number)), name: "laptop", certificate: .zero, signingKey: [number])
            _ = try tenant.store.write { try $0.redeem(token, for: device, at: now) }
        }
        try tenant.store.write { try $0.addInvitation(token: token, member: member, made: now, expires: now + 1000) }
        try redeem(1)
        let backup = try yard.office.backUp(ShortName(checking: "halden", for: "it"), to: folder, passphrase: secret)
        try redeem(2)
        #expect(try tenant.device("A").awaitsConfirmation)
        try tenant.store.close()
        _ = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        let restored = try yard.office.tenant(ShortName(checking: "halden", for: "it"))
        #expect(try restored.device("A").awaitsConfirmation && restored.audit().contains { $0.act == "device.freeze" })
        #expect(try restored.verify().holds)
    }

    /// A device that pushes as fast as it can, frozen and confirmed at any moment.
    @Test func `nothing is applied between a freeze and the confirmation, however they race with pushes, and nothing is lost`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let scope = try #require(try tenant.engagements().first).id
        for _ in 0..<6 {
            let invitation = try tenant.invite("anna")
            let anna = try await blocking { try Enrolment(port: server.port, invitation) }
            let letters = try #require(try tenant.devices().last).device.letters
            let isFrozen = Mutex(false)
            let isOver = Mutex(false)
            async let race = blocking { () -> (late: Int, end: StreamEnd) in
                var (late, end) = (0, StreamEnd.beginning)
                while true {
                    let wasOver = isOver.withLock { $0 }
                    let (laptop, welcome) = try anna.greeted(port: server.port)
                    if let known = welcome.engagement?.streams.first?.end { end = known }
                    while true {
                        let wasFrozen = isFrozen.withLock { $0 }
                        let block = try anna.block(scope, after: end)
                        do { try laptop.send(.push(block)) } catch { break }
                        guard let answer = try? laptop.receive() else { break }
                        if case .receipt = answer {
                            // Answered before the confirmation began, to a push that was made after the freeze was done.
                            if wasFrozen, isFrozen.withLock({ $0 }) { late += 1 }
                            end = block.end
                        } else if self.refused(answer) != .awaitsConfirmation {
                            break
                        }
                        if wasOver, end == block.end { return (late, end) }
                        if isOver.withLock({ $0 }), !wasOver { break }
                    }
                    try? laptop.close()
                }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<60)))
            _ = try await blocking { try self.tryAgain(invitation, port: server.port) }
            isFrozen.withLock { $0 = true }
            let place = try tenant.store.read { try $0.scope(scope)?.place }
            try await Task.sleep(for: .milliseconds(Int.random(in: 50..<400)))
            #expect(try tenant.store.read { try $0.scope(scope)?.place } == place, "the log grew after the freeze")
            isFrozen.withLock { $0 = false }
            _ = try tenant.confirm(letters, words: words(anna))
            isOver.withLock { $0 = true }
            let (late, end) = try await race
            #expect(late == 0 && end.number > 0)
            let stream = StreamName(device: anna.enrolled.device, incarnation: 1, scope: scope)
            #expect(try tenant.store.read { try $0.streamEnd(stream) } == end)
        }
        await server.stop()
        #expect(try tenant.quarantine().isEmpty)
        #expect(try tenant.verify().holds)
        #expect(server.counts.faults == 0)
    }
}
