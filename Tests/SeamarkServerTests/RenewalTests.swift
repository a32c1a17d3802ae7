import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Synchronization
import Testing

@testable import SeamarkServer

/// Renewing a device's certificate at the enrolment door, over real connections.
@Suite struct RenewalTests {
    private static let day: Int64 = 86_400_000

    /// A server whose clock was so many days behind when its devices enrolled, and is right now: as libssl sees it, their certificates are
    /// that old.
    private struct Scene {
        let yard: Yard
        let server: Server
        let halden: TenantOffice
        let northlink: TenantOffice
        let anna: Enrolment
        let ben: Enrolment
        let stranger: Enrolment
    }

    private func scene(days: Int64) async throws -> Scene {
        let yard = try Yard(clock: { $0.advance(milliseconds: -days * Self.day); return $0 }(TestClock()))
        let (halden, northlink) = (try yard.addTenant("halden"), try yard.addTenant("northlink"))
        let server = try await yard.start()
        let invitations = (try halden.invite("anna"), try halden.invite("ben"), try northlink.invite("anna"))
        let devices = try await blocking {
            try (
                Enrolment(port: server.port, invitations.0), Enrolment(port: server.port, invitations.1), Enrolment(port: server.port, invitations.2)
            )
        }
        yard.clock.advance(milliseconds: days * Self.day)
        return Scene(yard: yard, server: server, halden: halden, northlink: northlink, anna: devices.0, ben: devices.1, stranger: devices.2)
    }

    @Test(arguments: [Int64(25), 31])
    func `a certificate near its end or past it is renewed for its device alone, and opens the tenant's door`(days: Int64) async throws {
        let scene = try await scene(days: days)
        try await blocking {
            if days > 30 {
                let refused = try Laptop(port: scene.server.port, scene.anna.invitation, identity: scene.anna.identity())
                #expect(throws: TLSError.alert(45)) { try refused.receive() }
            }
            let key = try CertificateKey.generate()
            let door = try Laptop(port: scene.server.port, scene.anna.invitation)
            let answer = try scene.anna.renew(door, request: CertificateSigningRequest(for: key).der)
            guard case .renewed(let renewed) = answer else { throw RawSocket.Ended.refused }
            #expect(try door.receive() == nil, "the answer is followed by close_notify")
            let certificate = try Certificate(der: renewed.certificate)
            try certificate.check(issuedBy: Certificate(der: scene.anna.enrolled.authority), for: .client, at: WallClock.system.seconds)
            let name = DeviceName(tenant: scene.anna.enrolled.tenant, member: scene.anna.enrolled.member, device: scene.anna.enrolled.device)
            #expect(certificate.onlyURI == name.uri && certificate.publicKey == key.publicKey)
            #expect(abs(certificate.notAfter - WallClock.system.seconds - 30 * 86_400) < 600)
            let laptop = try Laptop(
                port: scene.server.port, scene.anna.invitation, identity: TLSIdentity(certificate: renewed.certificate, privateKey: key.der))
            guard case .welcome(let welcome) = try laptop.receive() else { throw RawSocket.Ended.refused }
            #expect(!welcome.revoked)
            let row = try #require(try scene.halden.store.read { try $0.device(name.device) })
            #expect(row.certificate == certificate.fingerprint && row.signingKey == scene.anna.signing.publicKey)
        }
        await scene.server.stop()
        let acts = try scene.halden.store.read { try $0.audit() }.filter { $0.act == "device.renew" }
        #expect(acts.map(\.detail) == [scene.anna.enrolled.device.description])
        #expect(scene.server.counts.renewals == 1)
        #expect(try scene.halden.verify().holds)
    }

    @Test func `a device has six certificates within an hour and no seventh, others and the next hour have theirs`() async throws {
        let allowance = RenewalAllowance()
        let (anna, ben) = (Identifier(high: 1, low: 1), Identifier(high: 1, low: 2))
        for _ in 0..<6 { #expect(allowance.take(anna, at: 1000)) }
        #expect(!allowance.take(anna, at: 1000) && !allowance.take(anna, at: 3_600_999))
        #expect(allowance.take(ben, at: 1000))
        #expect(allowance.take(anna, at: 3_601_000), "the hour is over")
        #expect(allowance.take(anna, at: 0), "a clock that was put back")
        let scene = try await scene(days: 31)
        try await blocking {
            func renew() throws -> Message? { try scene.anna.renew(Laptop(port: scene.server.port, scene.anna.invitation)) }
            for _ in 0..<6 { guard case .renewed = try renew() else { throw RawSocket.Ended.refused } }
            let before = try scene.halden.store.read { try $0.audit() }.count
            for _ in 0..<3 { guard case .problem(let problem) = try renew(), problem.code == .renewalsUsedUp else { throw RawSocket.Ended.refused } }
            #expect(try scene.halden.store.read { try $0.audit() }.count == before, "refusals add no acts")
            guard case .renewed = try scene.ben.renew(Laptop(port: scene.server.port, scene.ben.invitation)) else { throw RawSocket.Ended.refused }
        }
        await scene.server.stop()
    }

    @Test func `the answer that was lost is asked for again with the same old certificate`() async throws {
        let scene = try await scene(days: 31)
        try await blocking {
            for _ in 0..<2 {
                guard case .renewed = try scene.anna.renew(Laptop(port: scene.server.port, scene.anna.invitation)) else { throw RawSocket.Ended.refused }
            }
        }
        await scene.server.stop()
    }

    @Test func `each way in which a renewal is refused has its number, and changes nothing`() async throws {
        let scene = try await scene(days: 31)
        let (anna, ben, port) = (scene.anna, scene.ben, scene.server.port)
        let before = try scene.halden.devices().map(\.device)
        let tenant = try #require(try scene.yard.directory.tenantFolders().first { $0.name.text == "halden" })
        let authority = try TenantKeys(opening: tenant.folder, under: scene.yard.keyFolder).authority
        try await blocking {
            /// A certificate of the past that the tenant's authority, or another, issued.
            func past(_ name: DeviceName, by authority: CertificateAuthority) throws -> [UInt8] {
                let now = WallClock.system.seconds
                return try authority.issueDevice(
                    for: CertificateSigningRequest(for: anna.key), uri: name.uri, notBefore: now - 7200, notAfter: now - 3600
                ).der
            }
            func code(_ answer: Message?) -> Problem.Code? { if case .problem(let problem) = answer { problem.code } else { nil } }
            func ask(
                label: String? = nil, certificate: [UInt8]? = nil, signing: SigningKey? = nil, request: [UInt8]? = nil, prove: (([UInt8]) -> [UInt8])? = nil
            ) throws -> Problem.Code? {
                let laptop = try Laptop(port: port, anna.invitation, label: label)
                let answer = try anna.renew(laptop, certificate: certificate, signing: signing, request: request, prove: prove)
                #expect(try laptop.receive() == nil, "a problem is followed by close_notify")
                return code(answer)
            }
            let (tenant, member, device) = (anna.enrolled.tenant, anna.enrolled.member, anna.enrolled.device)
            let nobody = try Identifier.drawn(at: 1)
            let forger = try CertificateAuthority.create(
                commonName: "Seamark tenant", notBefore: WallClock.system.seconds - 86_400, notAfter: WallClock.system.seconds + 86_400)
            let name = DeviceName(tenant: tenant, member: member, device: device)
            let request = try CertificateSigningRequest(for: CertificateKey.generate()).der
            // Not a device of this tenant, as far as its authority and its store know.
            #expect(try ask(label: String(repeating: "0", count: 32)) == .unknownCertificate)
            #expect(try ask(label: scene.stranger.invitation.label) == .unknownCertificate)
            #expect(try ask(certificate: scene.stranger.enrolled.certificate, signing: scene.stranger.signing) == .unknownCertificate)
            #expect(try ask(certificate: past(name, by: forger), signing: SigningKey.generate()) == .unknownCertificate, "whoever forges one learns no more")
            #expect(try ask(certificate: authority.certificate.der) == .unknownCertificate)
            #expect(try ask(certificate: [1, 2, 3]) == .unknownCertificate)
            #expect(try ask(certificate: past(DeviceName(tenant: tenant, member: member, device: nobody), by: authority)) == .unknownDevice, "its authority knows it, and its store has lost it")
            #expect(try scene.halden.store.read { try $0.unknownDeviceKeys(of: nobody) }.map(\.signingKey) == [anna.signing.publicKey], "by which a person may take it back")
            #expect(try ask(certificate: past(DeviceName(tenant: tenant, member: ben.enrolled.member, device: device), by: authority)) == .unknownCertificate)
            #expect(try ask(certificate: past(DeviceName(tenant: scene.stranger.enrolled.tenant, member: member, device: device), by: authority)) == .unknownCertificate)
            // Another device's key, one that nobody knows, and proofs that prove something else.
            #expect(try ask(signing: ben.signing) == .badProof)
            #expect(try ask(signing: SigningKey.generate()) == .badProof)
            #expect(try ask(certificate: ben.enrolled.certificate) == .badProof)
            #expect(try ask(request: request, prove: { _ in Message.Renew.message(binding: [UInt8](repeating: 9, count: 32), request: request) }) == .badProof)
            #expect(try ask(request: request, prove: { Message.Enrol.message(binding: $0, request: request) }) == .badProof)
            #expect(try ask(prove: { Message.Renew.message(binding: $0, request: request) }) == .badProof)
            // What is asked for.
            #expect(try ask(request: Array(request.dropLast())) == .badRequest)
            #expect(try ask(request: [UInt8](repeating: 0, count: 4097)) == .malformed)
            #expect(try ask(certificate: [UInt8](repeating: 0, count: 4097)) == .malformed)
            // A proof of another connection, word for word.
            let first = try Laptop(port: port, anna.invitation)
            let binding = try first.tls.exportKeyingMaterial(label: Message.Enrol.exporterLabel, context: [], count: 32)
            #expect(try ask(request: request, prove: { _ in Message.Renew.message(binding: binding, request: request) }) == .badProof)
            // An enrolment is not taken after a renewal, nor a second renewal.
            #expect(try ask() == nil)
        }
        let after = try scene.halden.devices().map(\.device)
        #expect(after.count == before.count && after.dropFirst().elementsEqual(before.dropFirst()), "only the last, good one altered anything")
        await scene.server.stop()
        #expect(try scene.halden.store.read { try $0.audit() }.count { $0.act == "device.renew" } == 1)
        #expect(try scene.halden.verify().holds && scene.northlink.verify().holds)
    }

    @Test func `a revoked device and one of a member who is not active are told so, and only with their own key`() async throws {
        let scene = try await scene(days: 31)
        _ = try scene.halden.revoke(scene.anna.enrolled.letters)
        try await blocking {
            func code(_ enrolment: Enrolment, signing: SigningKey? = nil) throws -> Problem.Code? {
                guard case .problem(let problem) = try enrolment.renew(Laptop(port: scene.server.port, enrolment.invitation), signing: signing) else { return nil }
                return problem.code
            }
            #expect(try code(scene.anna) == .deviceRevoked)
            #expect(try code(scene.anna, signing: SigningKey.generate()) == .badProof, "nobody else learns of it")
            #expect(try code(scene.ben) == nil)
            try scene.halden.store.write { transaction in
                guard let member = try transaction.member(scene.ben.enrolled.member) else { return }
                try transaction.updateMember(TenantMember(id: member.id, name: member.name, role: member.role, isActive: false))
            }
            #expect(try code(scene.ben) == .deviceRevoked)
        }
        await scene.server.stop()
        let acts = try scene.halden.store.read { try $0.audit() }.filter { $0.act == "device.renew" }
        #expect(acts.map(\.detail) == [scene.ben.enrolled.device.description])
    }

    /// The one thing that a server has renewed by itself: its own certificate. Its clock goes on to a day when that is due.
    @Test func `a running server renews its own certificate in time, and no session notices`() async throws {
        let clock = TestClock()
        clock.advance(milliseconds: -61 * Self.day)
        let yard = try Yard(clock: clock)
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        clock.advance(milliseconds: 36 * Self.day)
        let invitation = try tenant.invite("anna")
        let before = yard.office.installation.serverCertificate
        #expect(!before.isRenewalDue(at: clock.wall.now()))
        let (enrolment, laptop, welcome) = try await blocking {
            let enrolment = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try enrolment.greeted(port: server.port)
            #expect(laptop.tls.peerCertificate == before.der)
            return (enrolment, UncheckedLaptop(laptop), welcome)
        }
        clock.advance(milliseconds: 25 * Self.day)
        #expect(try await eventually { try Installation(opening: yard.directory).serverCertificate != before })
        #expect(
            try await eventually {
                let next = try enrolment.connect(port: server.port)
                return next.tls.peerCertificate != before.der
            })
        try await blocking {
            let renewed = try Installation(opening: yard.directory).serverCertificate
            let (next, _) = try enrolment.greeted(port: server.port)
            #expect(next.tls.peerCertificate == renewed.der && renewed.notAfter - WallClock.system.seconds > 88 * 86_400)
            // The session of before goes on.
            let scope = try #require(welcome.shared).scope
            try laptop.laptop.send(.pull(scope))
            guard case .entries(let entries) = try laptop.laptop.receive() else { throw RawSocket.Ended.refused }
            #expect(!entries.entries.isEmpty)
        }
        await server.stop()
        #expect(server.counts.faults == 0 && server.counts.failedHandshakes == 0)
    }

    /// A server that was started, or ran, while its clock was more than a year ahead: with the right time its laptops come in again.
    @Test(arguments: [true, false]) func `a clock that jumped ahead and came back leaves no certificate of the future behind`(runsOn: Bool) async throws {
        let clock = TestClock()
        let yard = try Yard(clock: clock)
        let tenant = try yard.addTenant("halden")
        let invitation = try tenant.invite("anna")
        let before = yard.office.installation.serverCertificate
        var server = try await yard.start()
        let port = server.port
        let enrolment = try await blocking { try Enrolment(port: port, invitation) }
        clock.advance(milliseconds: 400 * Self.day)
        if !runsOn {
            await server.stop()
            server = try await yard.start()
        }
        #expect(try await eventually { try Installation(opening: yard.directory).serverCertificate != before })
        let ahead = try Installation(opening: yard.directory).serverCertificate
        #expect(ahead.notBefore > WallClock.system.seconds + 300 * 86_400)
        clock.advance(milliseconds: -400 * Self.day)
        if !runsOn {
            await server.stop()
            server = try await yard.start()
        }
        let now = server.port
        #expect(try await eventually { try Installation(opening: yard.directory).serverCertificate != ahead })
        #expect(try await eventually { if let next = try? enrolment.connect(port: now) { next.tls.peerCertificate != ahead.der } else { false } })
        try await blocking { _ = try enrolment.greeted(port: now) }
        await server.stop()
    }

    /// Used by one thread after another.
    private struct UncheckedLaptop: @unchecked Sendable {
        let laptop: Laptop
        init(_ laptop: Laptop) { self.laptop = laptop }
    }

    /// In the audit log, whose order is that of the transactions, no renewal follows the revocation of its device.
    @Test func `nothing is issued once a revocation is committed, however the two race`() async throws {
        let scene = try await scene(days: 31)
        let rounds = 12
        let invitations = try (0..<rounds).map { _ in try scene.halden.invite("anna") }
        for invitation in invitations {
            let isOver = Mutex(false)
            let enrolment = try await blocking { try Enrolment(port: scene.server.port, invitation) }
            async let renewals = blocking {
                var late = 0
                while true {
                    // Asked for after revoking has returned, it must be refused.
                    let wasOver = isOver.withLock { $0 }
                    let answer = try enrolment.renew(Laptop(port: scene.server.port, invitation))
                    if wasOver, case .renewed = answer { late += 1 }
                    if wasOver || late > 0 { return late }
                }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<20)))
            _ = try scene.halden.revoke(enrolment.enrolled.letters)
            isOver.withLock { $0 = true }
            #expect(try await renewals == 0)
        }
        await scene.server.stop()
        var revoked: Set<String> = []
        for entry in try scene.halden.store.read({ try $0.audit() }) {
            if entry.act == "device.revoke" { revoked.insert(entry.detail) }
            if entry.act == "device.renew" { #expect(!revoked.contains(entry.detail), "renewed after it was revoked") }
        }
        #expect(revoked.count == rounds)
    }
}
