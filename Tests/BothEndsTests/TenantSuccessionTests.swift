import Foundation
import Logging
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Testing

@testable import SeamarkClient
@testable import SeamarkServer

/// A tenant's authority is replaced under a server that never stops: shipped code over real connections, devices' stores in memory.
@Suite struct TenantSuccessionTests {
    private final class Scene: Sendable {
        let directory: DataDirectory
        let tenant: TenantOffice
        let server: Server
        var office: Office { get throws { try Office(opening: directory) } }
        var keys: TenantKeys { get throws { try TenantKeys(opening: directory.tenant(tenant.name), under: Installation.keyFolder(of: directory)) } }

        init() async throws {
            directory = DataDirectory(NSTemporaryDirectory() + "/seamark-tenant-succession-test-" + Hexadecimal.text(of: try Randomness.bytes(8)))
            let clock = WallClock { WallClock.system.now() - 730 * 86_400_000 }
            _ = try Installation.create(in: directory, address: "127.0.0.1:7440")
            let name = try ShortName(checking: "halden", for: "a tenant")
            // Two years ago, so that certificates can be old.
            _ = try Office(opening: directory, clock: clock).addTenant(name, title: "Halden (fictitious)")
            let office = try Office(opening: directory)
            tenant = try office.tenant(name)
            _ = try tenant.addMember(ShortName(checking: "anna", for: "a member"), name: "Anna (fictitious)", role: .consultant)
            _ = try tenant.addEngagement(ShortName(checking: "ops", for: "it"), title: "Ops", currency: "EUR", financials: nil)
            try tenant.staff("anna", on: "ops")
            // A session that is held open says nothing for as long as a busy machine takes.
            var limits = ConnectionLimits()
            limits.firstFrameMilliseconds = limits.idleMilliseconds
            server = try await Server.start(directory, limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }

        deinit { for path in [directory.path, directory.path + ".keys"] { try? FileManager.default.removeItem(atPath: path) } }

        func enrol() async throws -> Laptop {
            let line = try tenant.invite("anna", address: "127.0.0.1:\(server.port)").text
            return try Laptop(MemoryDeviceStore(identity: try await waiting { try SeamarkClient.Enrolment.run(SeamarkClient.Invitation(line), deviceName: "laptop") }))
        }

        /// Returns once the server knows the tenant's authorities as they are, and the next one signs.
        private func settle() async throws {
            let keys = try keys
            while let begins = keys.succession?.begins, WallClock.system.now() < begins { try await Task.sleep(for: .milliseconds(50)) }
            for _ in 0..<600 {
                if server.roster.tenants.first?.keys.trusted == keys.trusted { return }
                try await Task.sleep(for: .milliseconds(100))
            }
            Issue.record("the server did not take the authorities up within a minute")
        }

        func begin() async throws {
            try office.beginAuthority(of: tenant.name)
            try await settle()
        }

        func finish(force: Bool = false) async throws {
            try office.finishAuthority(of: tenant.name, force: force)
            try await settle()
        }

        var holdouts: [String]? { get throws { try office.tenantAuthorityStatus(tenant.name).succession?.waiting } }
    }

    private final class Laptop: Sendable {
        let memory: MemoryDeviceStore
        let device: Device

        init(_ memory: MemoryDeviceStore) throws {
            self.memory = memory
            device = Device(store: try memory.open()) { WallClock.system.now() }
        }

        /// Whom it believes, as a program that is started anew reads it.
        var believes: [[UInt8]] {
            get throws {
                let identity = try memory.open().state.identity
                return [identity.tenantAuthority, identity.nextTenantAuthority].filter { !$0.isEmpty }
            }
        }

        func capture(_ name: String) throws {
            let scope = try #require(try device.state.scopes.values.first { $0.kind == .engagement }).id
            try device.capture(in: scope) { _, _ in
                var editing = RecordEditing(record: try .drawn(at: WallClock.system.now()), type: Catalogue.site, state: nil) { .zero }
                editing.create(at: WallClock.system.now(), handle: name)
                editing.set("name", .text(name))
                return editing.edits
            }
        }

        func sync() async throws -> SyncRun.Report { try await waiting { try SyncRun.run(self.device) } }

        /// Why it gets no further.
        func refusal() async -> SyncRun.Failure.Cause? {
            do { _ = try await sync() } catch let failure as SyncRun.Failure { return failure.cause } catch {}
            return nil
        }

        /// Captures something and hands it in; whether its certificate was renewed on the way.
        func works(_ name: String) async throws -> Bool {
            try capture(name)
            let report = try await sync()
            #expect(report.outcome.pushedChanges == 1, "\(name)")
            if case .renewed? = report.renewal { return true }
            return false
        }

        /// Its certificate is so many days old from now on, as `authority` would have issued it then.
        func age(days: Int64, by authority: CertificateAuthority) throws {
            let now = WallClock.system.now() - days * 86_400_000
            try device.store.transaction { transaction in
                var identity = transaction.state.identity
                let name = DeviceName(tenant: identity.tenant, member: identity.member, device: identity.device)
                let request = CertificateSigningRequest(for: try CertificateKey(der: identity.privateKey.copy()))
                identity.certificate = try EnrolmentDoor.issue(name, for: request, by: authority, at: now).der
                try transaction.append(.identity(identity))
            }
        }

        /// Hands a site in as a bundle, and takes the answer in where it is one that it believes.
        func bundles(_ name: String, to scene: Scene) throws -> Bool {
            try capture(name)
            let (file, reply) = (scene.directory.path + "/\(name).bundle", scene.directory.path + "/\(name).reply")
            _ = try #require(try device.exportBundle(to: file))
            let taken = try scene.office.tenant(scene.tenant.name).importBundle(file, reply: reply)
            #expect(taken.accepted == 1 && taken.refused.isEmpty && taken.quarantined.isEmpty, "\(name)")
            do { _ = try device.importReply(from: reply) } catch Device.BundleFailure.forged { return false }
            return try device.state.unsentCount == 0
        }

        /// A connection at the tenant's door that has been greeted.
        func connect() async throws -> SeamarkClient.Conversation {
            let identity = try device.state.identity
            return try await waiting {
                let context = try TLSClientContext(
                    trust: identity.serverTrust, serverName: identity.serverName, label: identity.label,
                    identity: TLSIdentity(certificate: identity.certificate, privateKey: identity.privateKey.copy()))
                let conversation = try SeamarkClient.Conversation(host: identity.serverHost, port: identity.serverPort, context: context)
                try conversation.awaitMessage()
                return Unchecked(conversation)
            }.value
        }
    }

    @Test func `a device that syncs works in every phase, learns of the next authority with its next certificate, and no session ends meanwhile`() async throws {
        let scene = try await Scene()
        let laptop = try await scene.enrol()
        _ = try await laptop.sync()
        let first = try scene.keys.authority
        let session = try await laptop.connect()
        #expect(try await !laptop.works("S1"))
        try await scene.begin()
        let next = try #require(try scene.keys.succession).authority
        #expect(try await !laptop.works("S2"))
        #expect(try laptop.believes == [first.certificate.der] && scene.holdouts == [laptop.device.state.identity.letters])
        #expect(throws: OperationFailure.self) { try scene.office.finishAuthority(of: scene.tenant.name, force: false) }
        try laptop.age(days: 25, by: first)
        #expect(try await laptop.works("S3"), "renewed")
        #expect(try laptop.believes == [first.certificate.der, next.certificate.der] && scene.holdouts == [])
        #expect(try await !laptop.works("S4"))
        try await scene.finish()
        #expect(try await !laptop.works("S5"))
        try laptop.age(days: 25, by: next)
        #expect(try await laptop.works("S6"), "renewed again")
        #expect(try laptop.believes == [next.certificate.der], "the former one is forgotten")
        #expect(try await !laptop.works("S7"))
        let id = try laptop.device.state.identity.device
        #expect(scene.server.services.register.guests().values.contains { $0.contains(id) }, "the session that began before all this is there yet")
        session.close()
        await scene.server.stop()
        #expect(try scene.tenant.verify().holds)
    }

    @Test func `a device that slept through one replacement or two, its certificate expired or not, has it renewed by its signing key and goes on`() async throws {
        let scene = try await Scene()
        let (sleeper, expired, twice) = (try await scene.enrol(), try await scene.enrol(), try await scene.enrol())
        for laptop in [sleeper, expired, twice] { _ = try await laptop.sync() }
        let first = try scene.keys.authority
        try expired.age(days: 31, by: first)
        try await scene.begin()
        let overlap = try await scene.enrol()
        _ = try await overlap.sync()
        try await scene.finish(force: true)
        let second = try scene.keys.authority
        for laptop in [sleeper, expired] {
            #expect(try await laptop.works("S1"), "renewed")
            #expect(try laptop.believes == [first.certificate.der, second.certificate.der])
            #expect(try await !laptop.works("S2"))
        }
        #expect(try overlap.believes == [second.certificate.der])
        #expect(try await !overlap.works("S1"))
        try await scene.begin()
        try await scene.finish(force: true)
        let third = try scene.keys.authority
        for laptop in [twice, sleeper, overlap] { #expect(try await laptop.works("S3"), "renewed") }
        #expect(try twice.believes == [first.certificate.der, third.certificate.der])
        #expect(try sleeper.believes == [second.certificate.der, third.certificate.der])
        await scene.server.stop()
        #expect(try scene.tenant.verify().holds)
    }

    @Test func `bundles go in from every device in every phase, and the answer is one that the device believes unless it slept through the end`() async throws {
        let scene = try await Scene()
        let (sleeper, renewed) = (try await scene.enrol(), try await scene.enrol())
        for laptop in [sleeper, renewed] { _ = try await laptop.sync() }
        #expect(try sleeper.bundles("A1", to: scene))
        let first = try scene.keys.authority
        try await scene.begin()
        let overlap = try await scene.enrol()
        _ = try await overlap.sync()
        try renewed.age(days: 25, by: first)
        _ = try await renewed.sync()
        for (number, laptop) in [sleeper, renewed, overlap].enumerated() { #expect(try laptop.bundles("B\(number)", to: scene), "\(number)") }
        try await scene.finish(force: true)
        for (number, laptop) in [renewed, overlap].enumerated() { #expect(try laptop.bundles("C\(number)", to: scene), "\(number)") }
        #expect(try !sleeper.bundles("C2", to: scene), "its work is in; it hears of it when it has been there")
        _ = try await sleeper.sync()
        #expect(try sleeper.device.state.unsentCount == 0)
        await scene.server.stop()
        #expect(try scene.tenant.verify().holds)
    }

    @Test func `an order to wipe is believed by devices of either authority`() async throws {
        let scene = try await Scene()
        let former = try await scene.enrol()
        _ = try await former.sync()
        try await scene.begin()
        let next = try await scene.enrol()
        _ = try await next.sync()
        for laptop in [former, next] {
            _ = try scene.tenant.wipe(laptop.device.state.identity.letters)
            #expect(try await laptop.sync().outcome.revoked)
            #expect(try laptop.device.orderedWipe != nil)
        }
        await scene.server.stop()
    }

    @Test func `a device that slept through the end of its authority and was revoked meanwhile is led to who signed the order to wipe it, and believes that`() async throws {
        let scene = try await Scene()
        let (sleeper, twice, spared, expired) = (try await scene.enrol(), try await scene.enrol(), try await scene.enrol(), try await scene.enrol())
        for laptop in [sleeper, twice, spared, expired] { _ = try await laptop.sync() }
        let first = try scene.keys.authority
        try expired.age(days: 31, by: first)
        try await scene.begin()
        try await scene.finish(force: true)
        for laptop in [sleeper, expired] { _ = try scene.tenant.wipe(laptop.device.state.identity.letters) }
        _ = try scene.tenant.revoke(spared.device.state.identity.letters)
        for laptop in [sleeper, expired, spared] {
            guard case .renewal(let problem)? = await laptop.refusal() else {
                Issue.record("not refused at the door")
                continue
            }
            #expect(problem.code == .deviceRevoked && (problem.wipe == nil) == (laptop === spared))
            #expect(try (laptop.device.orderedWipe == nil) == (laptop === spared))
            #expect(try laptop.device.state.settings[.isRevoked] == .bool(true))
            #expect(try laptop.believes == [first.certificate.der], "no word is kept of it")
        }
        // Two replacements, and the order between them.
        _ = try scene.tenant.wipe(twice.device.state.identity.letters)
        try await scene.begin()
        try await scene.finish(force: true)
        guard case .renewal(let problem)? = await twice.refusal() else { throw CancellationError() }
        #expect(try problem.wipe?.words.count == 2 && problem.wipe?.authority == scene.keys.authority.certificate.der)
        #expect(try twice.device.orderedWipe?.contacts == 1)
        // One that is greeted needs no words.
        let fresh = try await scene.enrol()
        _ = try scene.tenant.wipe(fresh.device.state.identity.letters)
        #expect(try await fresh.sync().outcome.revoked)
        #expect(try fresh.device.orderedWipe != nil)
        await scene.server.stop()
        #expect(try scene.tenant.verify().holds)
    }

    @Test func `an order to wipe is believed through words from an authority that the device knows, and through no forged, foreign, gapped, looping or overlong ones`() throws {
        let now = WallClock.system.seconds
        func authority(_ name: String = "Seamark tenant") throws -> CertificateAuthority {
            try CertificateAuthority.create(commonName: name, notBefore: now - 86_400, notAfter: now + 86_400 * 300)
        }
        let chain = try (0..<12).map { _ in try authority() }
        let (first, second, third, thief, foreign) = (chain[0], chain[1], chain[2], try authority(), try authority("Another tenant"))
        func word(_ former: CertificateAuthority, _ next: CertificateAuthority) throws -> [UInt8] {
            try former.vouch(for: next.certificate, commonName: "Seamark tenant").der
        }
        let server = try SigningKey.generate()
        /// What a device that knows these authorities makes of an order that `signs` stands behind.
        func believes(
            _ known: [CertificateAuthority], _ signs: CertificateAuthority, shown: [UInt8]? = nil, _ words: [[UInt8]], tenant: Identifier? = nil, device: Identifier? = nil,
            signer: SigningKey? = nil
        ) throws -> Bool {
            let laptop = try BothEnds(laptops: 1).laptops[0]
            let (id, name) = (device ?? laptop.name.device, tenant ?? BothEnds.tenant)
            let real = Device(store: laptop.device.store, tools: .system) { 0 }
            try real.store.transaction { transaction in
                var identity = transaction.state.identity
                identity.tenantAuthority = known[0].certificate.der
                identity.nextTenantAuthority = known.count > 1 ? known[1].certificate.der : []
                try transaction.append(.identity(identity))
            }
            let message = Message.ServerKey.message(tenant: name, epoch: 1, device: id, key: server.publicKey)
            let key = Message.ServerKey(epoch: 1, device: id, key: server.publicKey, signature: signs.key.sign(message))
            let order = Message.WipeOrder(
                to: id, of: name, ordered: 6, serverKey: key, signer: signer ?? server, authority: shown ?? signs.certificate.der, words: words)
            let run = SyncRun(real, try real.state.identity, .none, stop: .never) { _ in }
            do { try real.dismissed(with: order, run.knowledge()) } catch let failure as SyncRun.Failure {
                guard case .sync(.forgedOrder) = failure.cause else { throw failure }
                #expect(try real.orderedWipe == nil && real.state.settings[.isRevoked] == nil, "nothing is noted of a forged order")
                return false
            }
            #expect(try real.orderedWipe != nil)
            #expect(try real.state.identity.tenantAuthority == known[0].certificate.der, "no word is kept of it")
            return true
        }
        let two = [try word(first, second), try word(second, third)]
        #expect(try believes([first], first, shown: [], []))
        #expect(try believes([first], second, [word(first, second)]))
        #expect(try believes([first], third, two))
        #expect(try believes([second], third, two), "words of before it enrolled")
        #expect(try believes([first, second], third, [word(second, third)]))
        #expect(try believes([first], third, [word(first, second), word(second, first), word(first, second), word(second, third)]), "round and round, and at last there")
        let eight = try (0..<8).map { try word(chain[$0], chain[$0 + 1]) }
        #expect(try believes([first], chain[8], eight), "as many as may come")
        for (signs, words) in [
            // No words, a gap, the wrong order, a loop, a successor that nobody vouched for, the thief's own words.
            (second, []), (third, [two[0]]), (third, [two[1]]), (third, [two[1], two[0]]), (third, [try word(first, second), try word(second, first)]),
            (thief, two), (thief, [try word(thief, first)]), (thief, [try word(thief, thief)]), (thief, [try word(foreign, thief)]), (foreign, [try word(foreign, first)]),
            (foreign, [try foreign.vouch(for: foreign.certificate, commonName: "Another tenant").der]), (second, [try first.vouch(for: second.certificate, commonName: "Another tenant").der]),
            (second, [second.certificate.der]), (second, [[1, 2, 3]]), (second, Array(repeating: try word(thief, third), count: 8) + [try word(first, second)]),
            (chain[9], eight + [try word(chain[8], chain[9])]),
        ] { #expect(try !believes([first], signs, words)) }
        #expect(try !believes([first], thief, shown: third.certificate.der, two), "another one is shown than signed the key")
        #expect(try !believes([first], third, shown: thief.certificate.der, two))
        #expect(try !believes([first], third, two, tenant: Identifier(high: 9, low: 9)), "of another tenant")
        #expect(try !believes([first], third, two, device: Identifier(high: 9, low: 9)), "for another device")
        #expect(try !believes([first], third, two, signer: .generate()), "by another key than the one that was signed for")
        // The former authority's key was stolen: whoever has it deceives no device that has come to the next one.
        #expect(try !believes([second], thief, [word(first, thief)]))
        #expect(try !believes([second], first, shown: [], []))
        #expect(try !believes([second, third], thief, [word(first, thief)]))
        // One that has not forgotten the former one yet believes it, as it does with certificates.
        #expect(try believes([first, second], thief, [word(first, thief)]))
    }

    @Test func `an order that brings more words than eight, or a longer certificate than a device reads, is malformed`() throws {
        func decoded(words: Int, length: Int = 10, authority: Int = 10) -> Message? {
            let bytes = [UInt8](repeating: 1, count: 32)
            let key = Message.ServerKey(epoch: 1, device: Identifier(high: 1, low: 1), key: bytes, signature: [1])
            let order = Message.WipeOrder(
                ordered: 6, serverKey: key, signature: bytes + bytes, authority: Array(repeating: 2, count: authority),
                words: Array(repeating: Array(repeating: 3, count: length), count: words))
            let message = Message.problem(Problem(.deviceRevoked, "", wipe: order))
            let read = try? Message(payload: message.payload)
            if let read { #expect(read == message) }
            return read
        }
        #expect(decoded(words: 0) != nil && decoded(words: 8) != nil && decoded(words: 9) == nil)
        #expect(decoded(words: 8, length: 4096, authority: 4096) != nil && decoded(words: 1, length: 4097) == nil && decoded(words: 1, authority: 4097) == nil)
    }

    @Test func `a restored server of before the beginning is believed by devices that know both, and renews what the next one issued`() async throws {
        let scene = try await Scene()
        let laptop = try await scene.enrol()
        _ = try await laptop.sync()
        let first = try scene.keys.authority
        let folder = scene.directory.tenant(scene.tenant.name)
        try await scene.begin()
        let next = try #require(try scene.keys.succession).authority
        try laptop.age(days: 25, by: first)
        #expect(try await laptop.works("S1"))
        #expect(try laptop.believes == [first.certificate.der, next.certificate.der])
        // What a backup of before has of keys.
        try PrivateFile.destroy(folder.wrapped(.successor))
        for _ in 0..<600 where scene.server.roster.tenants.first?.keys.succession != nil { try await Task.sleep(for: .milliseconds(100)) }
        #expect(try await laptop.works("S2"), "let in no more with it, renewed at the door")
        #expect(try SeamarkCrypto.Certificate(der: laptop.device.state.identity.certificate).isIssued(by: first))
        // And begun anew, with another one.
        try await scene.begin()
        try await scene.finish(force: true)
        #expect(try await laptop.works("S3"))
        #expect(try laptop.believes == [first.certificate.der, scene.keys.authority.certificate.der])
        await scene.server.stop()
    }

    @Test func `a device heeds only words that lead from an authority that it knows to the one that issued its certificate`() throws {
        let now = WallClock.system.seconds
        func authority(_ name: String = "Seamark tenant") throws -> CertificateAuthority {
            try CertificateAuthority.create(commonName: name, notBefore: now - 86_400, notAfter: now + 86_400 * 300)
        }
        let (first, second, third, other) = (try authority(), try authority(), try authority(), try authority())
        func word(_ former: CertificateAuthority, _ next: CertificateAuthority) throws -> [UInt8] {
            try former.vouch(for: next.certificate, commonName: "Seamark tenant").der
        }
        let key = try CertificateKey.generate()
        func certificate(_ authority: CertificateAuthority) throws -> SeamarkCrypto.Certificate {
            try authority.issueDevice(for: CertificateSigningRequest(for: key), uri: "seamark://x", notBefore: now - 60, notAfter: now + 3600)
        }
        var identity = try BothEnds(laptops: 1).laptops[0].device.state.identity
        identity.tenantAuthority = first.certificate.der
        func believes(_ issuer: CertificateAuthority, shown: CertificateAuthority? = nil, _ words: [[UInt8]]) throws -> [[UInt8]]? {
            try identity.adopting(certificate(issuer), authority: (shown ?? issuer).certificate.der, words: words).map { [$0.tenantAuthority, $0.nextTenantAuthority] }
        }
        let (a, b, c) = (first.certificate.der, second.certificate.der, third.certificate.der)
        #expect(try believes(first, []) == [a, []])
        #expect(try believes(second, [word(first, second)]) == [a, b])
        #expect(try believes(third, [word(first, second), word(second, third)]) == [a, c])
        #expect(try believes(third, [word(other, first), word(first, second), word(second, third)]) == [a, c], "words of before it enrolled")
        for (issuer, words) in [
            (second, []), (second, [try word(other, second)]), (second, [try word(second, second)]), (second, [try word(first, third)]),
            (third, [try word(second, third), try word(first, second)]), (third, [try word(first, second)]), (second, [second.certificate.der]), (second, [[1, 2]]),
            (second, [try first.vouch(for: second.certificate, commonName: "Another").der]), (second, [try certificate(first).der]),
        ] { #expect(try believes(issuer, words) == nil) }
        #expect(try believes(second, shown: third, [word(first, second)]) == nil, "another one is shown than issued it")
        #expect(try believes(other, shown: second, [word(first, second)]) == nil)
        #expect(try believes(second, Array(repeating: word(other, third), count: 8) + [word(first, second)]) == nil, "no more words are looked at than may be sent")
        identity.nextTenantAuthority = b
        #expect(try believes(first, []) == [a, b], "a server that was put back")
        #expect(try believes(second, []) == [b, []])
        #expect(try believes(third, [word(first, third)]) == [a, c], "and begun anew")
        #expect(try believes(third, [word(second, third)]) == [b, c])
        #expect(try believes(other, []) == nil)
    }
}

extension SeamarkCrypto.Certificate {
    fileprivate func isIssued(by authority: CertificateAuthority) -> Bool {
        (try? check(issuedBy: authority.certificate, for: .client, at: notAfter - 1)) != nil
    }
}

/// Handed from one thread to another, and used by one at a time.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

private func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
