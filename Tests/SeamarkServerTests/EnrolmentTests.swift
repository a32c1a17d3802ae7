import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Testing

@testable import SeamarkServer

@Suite struct EnrolmentTests {
    private func refusal(_ message: Message?) -> Problem.Code? { if case .problem(let problem) = message { problem.code } else { nil } }

    @Test func `an invitation becomes one device, with letters, a certificate and a published key`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let (anna, ben) = (try tenant.invite("anna", minutes: 600), try tenant.invite("ben"))
        try await blocking {
            let first = try Enrolment(port: server.port, anna)
            let second = try Enrolment(port: server.port, ben)
            #expect(first.enrolled.letters == "A")
            #expect(second.enrolled.letters == "B")
            #expect(first.enrolled.role == 1)
            let authority = try Certificate(der: first.enrolled.authority)
            let certificate = try Certificate(der: first.enrolled.certificate)
            try certificate.check(issuedBy: authority, for: .client, at: WallClock.system.seconds)
            let name = try #require(certificate.onlyURI.flatMap { DeviceName(uri: $0) })
            #expect(name.device == first.enrolled.device)
            #expect(name.tenant == first.enrolled.tenant)
            #expect(certificate.notAfter - WallClock.system.seconds <= 30 * 86_400)
            let key = first.enrolled.serverKey
            let message = Message.ServerKey.message(tenant: first.enrolled.tenant, epoch: key.epoch, device: key.device, key: key.key)
            #expect(authority.publicKey.verifies(key.signature, of: message))
            let (_, welcome) = try first.greeted(port: server.port)
            #expect(welcome.role == 1)
            #expect(!welcome.revoked)
            let record = try tenant.store.read { try $0.record(first.enrolled.device, in: try #require(welcome.shared).scope) }
            #expect(record?.heads(of: .field(11)).first?.content.value == .bytes(first.signing.publicKey))
        }
        await server.stop()
        #expect(try tenant.verify().holds)
        #expect(server.counts.enrolments == 2)
    }

    @Test func `each way to be refused has its number, and changes nothing`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let (used, late, good) = (try tenant.invite("anna", minutes: 600), try tenant.invite("anna", minutes: 1), try tenant.invite("anna"))
        try await blocking {
            let key = try CertificateKey.generate()
            let request = CertificateSigningRequest(for: key).der
            let signing = try SigningKey.generate()
            func ask(_ invitation: InvitationLine, token: [UInt8]? = nil, label: String? = nil, request other: [UInt8]? = nil, name: String = "x", spoil: Bool = false) throws -> Problem.Code? {
                let laptop = try Laptop(port: server.port, invitation, label: label)
                let answer = try Enrolment.ask(
                    laptop, token: token ?? invitation.token, request: other ?? request, signing: signing, name: name, spoil: spoil)
                let code = self.refusal(answer)
                if code != nil { #expect(try laptop.receive() == nil, "a problem is followed by close_notify") }
                return code
            }
            _ = try Enrolment(port: server.port, used)
            #expect(try ask(used) == .usedInvitation)
            #expect(try ask(good, token: [UInt8](repeating: 7, count: 16)) == .unknownInvitation)
            #expect(try ask(good, label: String(repeating: "0", count: 32)) == .unknownInvitation)
            #expect(try ask(good, spoil: true) == .badProof)
            #expect(try ask(good, request: Array(request.dropLast())) == .badRequest)
            #expect(try ask(good, name: "two\nlines") == .malformed)
            yard.clock.advance(milliseconds: 61_000)
            #expect(try ask(late) == .expiredInvitation)
            // Nothing of that used up the good one.
            #expect(try ask(good) == nil)
        }
        await server.stop()
        #expect(try tenant.devices().count == 2)
        #expect(try tenant.verify().holds)
    }

    @Test func `an invitation that was made for another role is refused by its number, and a new one serves`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let old = try tenant.invite("anna", minutes: 600)
        _ = try tenant.setMember("anna", role: .lead)
        let new = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let answer = try Enrolment.ask(
                Laptop(port: server.port, old), token: old.token, request: CertificateSigningRequest(for: .generate()).der, signing: SigningKey.generate())
            #expect(self.refusal(answer) == .invitationOfAnotherRole)
            #expect(try Enrolment(port: server.port, new).enrolled.role == UInt32(Role.lead.rawValue))
        }
        await server.stop()
        #expect(try tenant.devices().count == 1)
        #expect(try tenant.verify().holds)
    }

    @Test func `without a certificate nothing but an enrolment is taken`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let laptop = try Laptop(port: server.port, invitation)
            guard case .door = try laptop.receive() else { throw RawSocket.Ended.refused }
            try laptop.send(.pull(.zero))
            #expect(try laptop.expectProblem() == .unexpected)
            #expect(try laptop.receive() == nil)
        }
        await server.stop()
    }

    @Test func `a certificate of one tenant on another's label, or on none, fails the handshake`() async throws {
        let yard = try Yard()
        let (halden, northlink) = (try yard.addTenant("halden"), try yard.addTenant("northlink"))
        let server = try await yard.start()
        let (anna, other) = (try halden.invite("anna", minutes: 600), try northlink.invite("anna"))
        try await blocking {
            let enrolment = try Enrolment(port: server.port, anna)
            for label in [other.label, String(repeating: "0", count: 32)] {
                // Under TLS 1.3 the device learns of it at its first read.
                let laptop = try Laptop(port: server.port, anna, label: label, identity: enrolment.identity())
                #expect(throws: TLSError.alert(48)) { try laptop.receive() }
            }
        }
        await server.stop()
        #expect(server.counts.failedHandshakes == 2)
        #expect(server.counts.sessions == 0)
    }
}
