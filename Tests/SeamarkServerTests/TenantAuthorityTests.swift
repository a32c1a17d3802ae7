import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Testing

@testable import SeamarkServer

/// Replacing a tenant's authority: its files, step by step, who is asked before the former one goes, and what a restore brings back.
@Suite struct TenantAuthorityTests {
    private struct Cut: Error {}

    private func kind(_ body: () throws -> Void) -> OperationFailure.Kind? {
        do { try body() } catch let error as OperationFailure { return error.kind } catch { return nil }
        return nil
    }

    private func name(_ text: String) throws -> ShortName { try ShortName(checking: text, for: "it") }

    private func keys(_ yard: Yard, _ tenant: String = "halden") throws -> TenantKeys {
        try TenantKeys(opening: yard.directory.tenant(name(tenant)), under: yard.keyFolder)
    }

    /// Every file below a tenant's keys, and what it holds.
    private func files(_ yard: Yard, _ tenant: String) throws -> [String: [UInt8]] {
        let folder = try yard.directory.tenant(name(tenant)).keys
        return try Dictionary(uniqueKeysWithValues: PrivateFile.allNames(in: folder).map { ($0, try PrivateFile.read(folder + "/" + $0)) })
    }

    @Test func `cut off before any of its steps, finishing leaves a tenant that opens with its next authority, and goes on when asked again`() throws {
        var steps = 0
        for cut in 0..<20 {
            let yard = try Yard()
            for tenant in ["halden", "rival"] { try yard.addTenant(tenant).store.close() }
            let folder = try yard.directory.tenant(name("halden"))
            let (before, rival) = (try keys(yard), try files(yard, "rival"))
            try yard.office.beginAuthority(of: name("halden"))
            #expect(kind { try yard.office.beginAuthority(of: name("halden")) } == .badInput, "twice")
            let begun = try keys(yard)
            let succession = try #require(begun.succession)
            #expect(begun.authority.certificate == before.authority.certificate && begun.trusted.count == 2)
            #expect(begun.authority(at: succession.begins - 1) === begun.authority && begun.authority(at: succession.begins) === succession.authority)
            #expect(succession.word.isWord(of: before.authority.certificate))
            var step = 0
            do {
                try begun.finishSuccession(in: folder) {
                    if step == cut { throw Cut() }
                    step += 1
                }
            } catch is Cut {}
            // As a server opens it that starts now.
            let between = try keys(yard)
            #expect(between.authority(at: .max).certificate == succession.authority.certificate, "cut before step \(cut)")
            _ = try OpenTenant(opening: folder, under: yard.keyFolder, clock: yard.clock.wall)
            if try between.succession != nil || PrivateFile.exists(folder.finishing) { try yard.office.finishAuthority(of: name("halden"), force: false) }
            let after = try keys(yard)
            #expect(after.authority.certificate == succession.authority.certificate && after.succession == nil && after.words == [succession.word])
            #expect(after.authority.key.pem == succession.authority.key.pem && after.tenantKey.check == before.tenantKey.check)
            #expect(try files(yard, "halden").keys.sorted() == ["authority.pem", "authority.wrapped", "data.wrapped", "signing.wrapped", "words.pem"])
            #expect(try files(yard, "rival") == rival, "the other tenant is untouched, byte for byte")
            #expect(try yard.office.tenant(name("halden")).verify().holds)
            steps = step
            if step < cut { break }
        }
        #expect(steps == 6)
    }

    @Test func `the former authority stays while a device has a certificate of it, unless by force; acts are in the tenant's own log`() throws {
        let yard = try Yard()
        for tenant in ["halden", "rival"] { try yard.addTenant(tenant).store.close() }
        let halden = try name("halden")
        #expect(kind { try yard.office.finishAuthority(of: halden, force: true) } == .badInput, "nothing to finish")
        #expect(kind { try yard.office.beginAuthority(of: name("nobody")) } == .notFound)
        let tenant = try yard.office.tenant(halden)
        func end(issued: Int64) -> Int64 { issued + EnrolmentDoor.certificateSeconds * 1000 }
        let device = try tenant.store.write { transaction in
            let now = yard.clock.wall.now()
            return try transaction.addDevice(
                DeviceEnrolment(id: try .drawn(at: now), name: "laptop", certificate: .zero, certificateEnd: end(issued: now), signingKey: [UInt8](repeating: 7, count: 32)),
                of: try #require(try transaction.members().first).id, at: now)
        }
        yard.clock.advance(milliseconds: 3_600_000)
        try yard.office.beginAuthority(of: halden)
        let begins = try #require(try keys(yard).succession).begins
        func renewed(at time: Int64) throws { try tenant.store.write { try $0.renewDevice(device.id, certificate: .zero, until: end(issued: time)) } }
        #expect(try yard.office.tenantAuthorityStatus(halden).succession?.waiting == [device.letters])
        #expect(kind { try yard.office.finishAuthority(of: halden, force: false) } == .badInput)
        try renewed(at: begins - 1000)
        #expect(kind { try yard.office.finishAuthority(of: halden, force: false) } == .badInput, "by the former one yet")
        try renewed(at: begins)
        #expect(try yard.office.tenantAuthorityStatus(halden).succession?.waiting == [])
        try yard.office.finishAuthority(of: halden, force: false)
        #expect(try yard.office.tenantAuthorityStatus(halden).succession == nil)
        // Once more; the words lead from the first to the third.
        yard.clock.advance(milliseconds: 86_400_000)
        try yard.office.beginAuthority(of: halden)
        #expect(kind { try yard.office.finishAuthority(of: halden, force: false) } == .badInput)
        _ = try tenant.revoke(device.letters)
        #expect(try yard.office.tenantAuthorityStatus(halden).succession?.waiting == [], "who is revoked is not waited for")
        try yard.office.finishAuthority(of: halden, force: true)
        #expect(try keys(yard).words.count == 2)
        func acts(_ tenant: String) throws -> [String] {
            try yard.office.tenant(name(tenant)).store.read { try $0.audit() }.map(\.act).filter { $0.hasPrefix("tenant.authority") }
        }
        #expect(try acts("halden") == ["tenant.authorityBegin", "tenant.authorityFinish", "tenant.authorityBegin", "tenant.authorityFinish"])
        #expect(try acts("rival") == [])
    }

    @Test func `a backup of any time puts the tenant's authorities back as they were then; a shredding leaves no successor`() throws {
        let yard = try Yard()
        try yard.addTenant("halden").store.close()
        let halden = try name("halden")
        let secret = SecretBytes(copying: Array("a passphrase of the backup".utf8))
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func backup() throws -> String {
            yard.clock.advance(milliseconds: 60_000)
            return try yard.office.backUp(halden, to: folder, passphrase: secret).path
        }
        func restore(_ path: String) throws { _ = try Restoring(into: yard.directory).restore(path, passphrase: secret) }
        func trusted() throws -> [SeamarkCrypto.Certificate] { try keys(yard).trusted }
        let (before, first) = (try backup(), try trusted())
        try yard.office.beginAuthority(of: halden)
        let (meanwhile, both) = (try backup(), try trusted())
        try yard.office.finishAuthority(of: halden, force: true)
        let (after, last) = (try backup(), try trusted())
        #expect(first.count == 1 && both == first + last)
        for (path, expected) in [(meanwhile, both), (before, first), (after, last), (meanwhile, both)] {
            try restore(path)
            #expect(try trusted() == expected)
        }
        // From an overlap that was put back it ends as ever.
        try yard.office.finishAuthority(of: halden, force: true)
        #expect(try trusted() == last)
        try yard.office.beginAuthority(of: halden)
        let place = yard.directory.tenant(halden)
        let held = try PrivateFile.read(place.wrapped(.successor))
        _ = try Shredding(in: yard.office).shred(halden, by: "root", .alone(reason: "nobody is left"))
        #expect(try !PrivateFile.exists(place.path))
        let files = FileManager.default.enumerator(atPath: yard.directory.path)?.allObjects as? [String] ?? []
        #expect(!files.contains { FileManager.default.contents(atPath: yard.directory.path + "/" + $0) == Data(held) })
    }

    @Test func `only the tenant's own authorities open it in any phase, and at the door a certificate proves nothing without the device's signing key`() async throws {
        let yard = try Yard()
        let (halden, rival) = (try yard.addTenant("halden"), try yard.addTenant("rival"))
        let server = try await yard.start()
        let invitations = (try halden.invite("anna"), try rival.invite("anna"))
        let (anna, other) = try await blocking { (try Enrolment(port: server.port, invitations.0), try Enrolment(port: server.port, invitations.1)) }
        for tenant in ["halden", "rival"] { try yard.office.beginAuthority(of: name(tenant)) }
        let (own, foreign) = (try keys(yard), try keys(yard, "rival"))
        let uri = DeviceName(tenant: anna.enrolled.tenant, member: anna.enrolled.member, device: anna.enrolled.device)
        func issue(_ authority: CertificateAuthority) throws -> [UInt8] {
            try EnrolmentDoor.issue(uri, for: CertificateSigningRequest(for: anna.key), by: authority, at: yard.clock.wall.now() + 10_000).der
        }
        let (next, foreignNext, foreignFormer) = (
            try issue(#require(own.succession).authority), try issue(#require(foreign.succession).authority), try issue(foreign.authority))
        @Sendable func isGreeted(_ certificate: [UInt8]) -> Bool {
            do {
                let laptop = try Laptop(port: server.port, anna.invitation, identity: TLSIdentity(certificate: certificate, privateKey: anna.key.der))
                if case .welcome = try laptop.receive() { return true }
            } catch {}
            return false
        }
        #expect(try await eventually { isGreeted(next) })
        try await blocking {
            #expect(isGreeted(anna.enrolled.certificate), "of the former one")
            #expect(!isGreeted(foreignNext) && !isGreeted(foreignFormer), "of another tenant's successor, and of its former one")
        }
        for tenant in ["halden", "rival"] { try yard.office.finishAuthority(of: name(tenant), force: true) }
        #expect(try await eventually { !isGreeted(anna.enrolled.certificate) }, "of the former one, after the end")
        try await blocking {
            #expect(isGreeted(next) && !isGreeted(foreignNext))
            func ask(_ certificate: [UInt8], _ signing: SigningKey) throws -> Message? {
                try anna.renew(Laptop(port: server.port, anna.invitation), certificate: certificate, signing: signing)
            }
            func code(_ answer: Message?) -> Problem.Code? { if case .problem(let problem) = answer { problem.code } else { nil } }
            let stranger = try SigningKey.generate()
            #expect(try code(ask(anna.enrolled.certificate, stranger)) == .unknownCertificate)
            #expect(try code(ask(anna.enrolled.certificate, other.signing)) == .unknownCertificate)
            #expect(try code(ask(next, stranger)) == .badProof)
            #expect(try code(ask(other.enrolled.certificate, other.signing)) == .unknownCertificate, "another tenant's device")
            guard case .renewed(let renewed) = try ask(anna.enrolled.certificate, anna.signing) else { throw RawSocket.Ended.refused }
            #expect(renewed.authority == own.succession?.authority.certificate.der && renewed.words == [own.succession?.word.der])
            guard case .renewed(let again) = try ask(renewed.certificate, anna.signing) else { throw RawSocket.Ended.refused }
            #expect(again.authority.isEmpty && again.words.isEmpty, "one that has a certificate of it knows it")
        }
        await server.stop()
        #expect(try halden.verify().holds && rival.verify().holds)
    }
}
