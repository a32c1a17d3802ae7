import Foundation
import Glibc
import Logging
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Synchronization
import Testing

@testable import SeamarkClient
@testable import SeamarkServer

/// A device whose certificate is old, and its server: shipped code over real connections, with the device's store in memory.
@Suite struct SyncRenewalTests {
    private static let day: Int64 = 86_400_000

    /// A server that runs, made long ago, and one device that has synced once. `relay` lies between.
    private final class Scene: Sendable {
        let directory: DataDirectory
        let tenant: TenantOffice
        let server: Server
        let relay: Relay
        let memory: MemoryDeviceStore
        let device: Device

        /// - Parameter skew: how far the device's clock is ahead of the server's, in days.
        init(skew: Int64 = 0) async throws {
            let clock = Clock()
            let path = NSTemporaryDirectory() + "/seamark-renewal-test-" + Hexadecimal.text(of: try Randomness.bytes(8))
            directory = DataDirectory(path)
            _ = try Installation.create(in: directory, address: "127.0.0.1:7440", clock: clock.wall)
            let office = try Office(opening: directory, clock: clock.wall)
            let name = try ShortName(checking: "halden", for: "a tenant")
            _ = try office.addTenant(name, title: "Halden (fictitious)")
            tenant = try office.tenant(name)
            _ = try tenant.addMember(ShortName(checking: "anna", for: "a member"), name: "Anna (fictitious)", role: .consultant)
            _ = try tenant.addEngagement(ShortName(checking: "ops", for: "it"), title: "Ops", currency: "EUR", financials: nil)
            try tenant.staff("anna", on: "ops")
            clock.comeToday()
            server = try await Server.start(directory, clock: clock.wall, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let (port, tenant) = (server.port, tenant)
            relay = try Relay(to: UInt16(port))
            var identity = try await waiting {
                let line = try tenant.invite("anna", address: "127.0.0.1:\(port)").text
                return try SeamarkClient.Enrolment.run(SeamarkClient.Invitation(line), deviceName: "laptop")
            }
            identity.serverPort = relay.port
            memory = try MemoryDeviceStore(identity: identity)
            device = Device(store: try memory.open()) { WallClock.system.now() + skew * SyncRenewalTests.day }
            _ = try await sync()
        }

        /// The device's certificate is so many days old from now on: another one, as the authority would have issued it then.
        func age(days: Int64) throws {
            let authority = try TenantKeys(opening: directory.tenantFolders()[0].folder, under: Installation.keyFolder(of: directory)).authority
            let now = WallClock.system.seconds - days * 86_400
            try device.store.transaction { transaction in
                var identity = transaction.state.identity
                let name = DeviceName(tenant: identity.tenant, member: identity.member, device: identity.device)
                let request = CertificateSigningRequest(for: try CertificateKey(der: identity.privateKey.copy()))
                identity.certificate = try EnrolmentDoor.issue(name, for: request, by: authority, at: now * 1000).der
                try transaction.append(.identity(identity))
            }
        }

        /// Captures a site.
        func capture() throws {
            let scope = try #require(try device.state.scopes.values.first { $0.kind == .engagement }).id
            try device.capture(in: scope) { _, _ in
                var editing = RecordEditing(record: try .drawn(at: WallClock.system.now()), type: Catalogue.site, state: nil) { .zero }
                editing.create(at: WallClock.system.now(), handle: "S1")
                editing.set("name", .text("Plant"))
                return editing.edits
            }
        }

        deinit { for path in [directory.path, directory.path + ".keys"] { try? FileManager.default.removeItem(atPath: path) } }

        /// As a program that is started anew reads it.
        var stored: DeviceIdentity { get throws { try memory.open().state.identity } }

        var renewals: Int { get throws { try tenant.store.read { try $0.audit() }.count { $0.act == "device.renew" } } }

        var certificateEnd: Int64 { get throws { try Certificate(der: stored.certificate).notAfter * 1000 } }

        /// What the store holds is a whole pair.
        func isWhole() throws -> Bool {
            let identity = try stored
            return try Certificate(der: identity.certificate).publicKey == CertificateKey(der: identity.privateKey.copy()).publicKey
        }

        func sync(mostBytes: Int? = nil) async throws -> SyncRun.Report { try await waiting { try SyncRun.run(self.device, mostBytes: mostBytes) } }

        func failure(mostBytes: Int? = nil) async throws -> SyncRun.Failure.Cause? {
            do {
                _ = try await sync(mostBytes: mostBytes)
                return nil
            } catch let failure as SyncRun.Failure { return failure.cause }
        }
    }

    /// Begins two years ago.
    private final class Clock: Sendable {
        private let offset = Mutex<Int64>(-730 * day)
        func comeToday() { offset.withLock { $0 = 0 } }
        var wall: WallClock { WallClock { [self] in WallClock.system.now() + offset.withLock { $0 } } }
    }

    private static func isRenewed(_ renewal: SyncRun.Renewal?) -> Bool { if case .renewed? = renewal { true } else { false } }

    // MARK: In time, and too late

    @Test(arguments: [(Int64(0), Int64(0), false), (18, 0, false), (21, 0, true), (29, 0, true), (31, 0, true), (400, 0, true), (31, -60, true), (18, 60, false)])
    func `a sync renews a certificate near its end or past it by itself, whatever this laptop's clock says, and no other`(
        days: Int64, skew: Int64, isDue: Bool
    ) async throws {
        let scene = try await Scene(skew: skew)
        let renewals = try scene.renewals
        try scene.age(days: days)
        let before = try scene.stored
        try scene.capture()
        let report = try await scene.sync()
        #expect(Self.isRenewed(report.renewal) == isDue)
        #expect(report.outcome.pushedChanges == 1, "what was captured meanwhile is handed in")
        #expect(try scene.renewals - renewals == (isDue ? 1 : 0))
        let after = try scene.stored
        #expect((after.certificate != before.certificate) == isDue && (after.privateKey != before.privateKey) == isDue)
        #expect(try scene.isWhole() && scene.device.state.unsentCount == 0)
        #expect(after.device == before.device && after.signingSeed == before.signingSeed)
        #expect(try await scene.sync().renewal == nil, "a second sync has nothing to renew")
        await scene.server.stop()
        #expect(try scene.tenant.verify().holds)
    }

    @Test func `status counts the days of a certificate, and warns in its last third`() async throws {
        let scene = try await Scene()
        for (days, isDue) in [(Int64(0), false), (18, false), (21, true), (29, true), (31, true)] {
            try scene.age(days: days)
            let standing = try #require(scene.device.certificateStanding(try scene.device.state))
            #expect(abs(standing.left - (30 - days) * Self.day) < 600_000 && standing.isRenewalDue == isDue, "\(days)")
            #expect(try standing.hasExpired == (days > 30) && standing.until == scene.certificateEnd)
        }
        await scene.server.stop()
    }

    // MARK: Cut

    /// The relay cuts the visit to the door after so many bytes of the server's: in the handshake, after the greeting, in the answer.
    @Test func `a renewal that is cut at any place leaves the old certificate or the new one, fails no sync that can go on, and is made up for`() async throws {
        let scene = try await Scene()
        var (renewed, postponed) = (0, 0)
        var bytes = 1
        while renewed < 2, bytes < 20_000 {
            try scene.age(days: 25)
            let before = try scene.stored.certificate
            scene.relay.cutNext(after: bytes)
            let report = try await scene.sync()
            switch report.renewal {
            case .renewed?: renewed += 1
            case .postponed?: postponed += 1
            case nil: Issue.record("it was not tried, with \(bytes) bytes")
            }
            let isOther = try scene.stored.certificate != before
            #expect(isOther == Self.isRenewed(report.renewal), "\(bytes)")
            #expect(try scene.isWhole())
            scene.relay.cutNext(after: nil)
            bytes += 150
        }
        #expect(renewed == 2 && postponed > 5, "\(renewed) renewed, \(postponed) postponed")
        // Some answers were lost after the server had committed them.
        #expect(try scene.renewals > renewed)
        await scene.server.stop()
    }

    @Test func `a renewal of an expired certificate that is cut ends the sync as a cut does, and the next sync makes up for it`() async throws {
        let scene = try await Scene()
        try scene.age(days: 31)
        try scene.capture()
        for bytes in [1, 1500] {
            scene.relay.cutNext(after: bytes)
            guard case .network(.cut)? = try await scene.failure() else {
                Issue.record("not told as a cut")
                return
            }
            #expect(try scene.isWhole() && scene.device.state.unsentCount == 1)
        }
        scene.relay.cutNext(after: nil)
        #expect(Self.isRenewed(try await scene.sync().renewal))
        #expect(try scene.device.state.unsentCount == 0)
        await scene.server.stop()
    }

    // MARK: Refused

    @Test func `a device that was revoked while its certificate ran out is told so, keeps its work and shows nothing any more`() async throws {
        let scene = try await Scene()
        try scene.age(days: 31)
        try scene.capture()
        let before = try scene.stored
        _ = try scene.tenant.revoke(before.letters)
        guard case .renewal(let problem)? = try await scene.failure() else {
            Issue.record("not refused")
            return
        }
        #expect(problem.code == .deviceRevoked)
        #expect(try scene.stored == before && scene.device.state.unsentCount == 1)
        #expect(try scene.device.state.settings[.isRevoked] == .bool(true) && scene.renewals == 0)
        await scene.server.stop()
    }

    @Test func `a device that was revoked before its certificate ran out is not renewed and syncs as ever: it hands in and is told`() async throws {
        let scene = try await Scene()
        try scene.age(days: 25)
        try scene.capture()
        _ = try scene.tenant.revoke(scene.stored.letters)
        let report = try await scene.sync()
        guard case .postponed(.problem(let problem), _)? = report.renewal else {
            Issue.record("renewed")
            return
        }
        #expect(problem.code == .deviceRevoked && report.outcome.revoked && report.outcome.held.count == 1)
        #expect(try scene.renewals == 0)
        await scene.server.stop()
    }

    @Test func `a certificate for another key, of another device or of another authority is not adopted`() async throws {
        let scene = try await Scene()
        let identity = try scene.stored
        var run = SyncRun(scene.device, identity, .none, stop: .never) { _ in }
        let authority = try TenantKeys(opening: scene.directory.tenantFolders()[0].folder, under: Installation.keyFolder(of: scene.directory)).authority
        let now = WallClock.system.now()
        let forger = try CertificateAuthority.create(commonName: "Seamark tenant", notBefore: now / 1000 - 86_400, notAfter: now / 1000 + 86_400 * 90)
        let (key, other) = (try CertificateKey.generate(), try CertificateKey.generate())
        let name = DeviceName(tenant: identity.tenant, member: identity.member, device: identity.device)
        let stranger = DeviceName(tenant: identity.tenant, member: identity.member, device: try .drawn(at: 1))
        for (name, key, authority) in [(name, other, authority), (stranger, key, authority), (name, key, forger)] {
            let certificate = try EnrolmentDoor.issue(name, for: CertificateSigningRequest(for: key), by: authority, at: now)
            #expect(throws: DoorFailure.self) { try run.adopt(Message.Renewed(certificate: certificate.der), key === other ? try .generate() : key) }
        }
        #expect(throws: DoorFailure.self) { try run.adopt(Message.Renewed(certificate: [1]), key) }
        #expect(try scene.stored == identity)
        let good = try EnrolmentDoor.issue(name, for: CertificateSigningRequest(for: key), by: authority, at: now)
        try run.adopt(Message.Renewed(certificate: good.der), key)
        #expect(try scene.stored.certificate == good.der && scene.isWhole())
        await scene.server.stop()
    }

    // MARK: Other ways to sync

    @Test func `a budget has room for a renewal, or the certificate waits; an expired one says what it takes`() async throws {
        let scene = try await Scene()
        let idle = try await scene.sync()
        let least = SyncRun.BudgetTooSmall.least(try scene.device.state)
        try scene.age(days: 25)
        let tight = try await scene.sync(mostBytes: least)
        #expect(tight.renewal == nil && tight.bytesSent + tight.bytesReceived <= least + ByteBudget.slack)
        try scene.age(days: 31)
        do {
            _ = try await scene.sync(mostBytes: least)
            Issue.record("there was no room")
        } catch let error as SyncRun.BudgetTooSmall { #expect(error.least == least + ByteBudget.renewal) }
        let report = try await scene.sync(mostBytes: least + ByteBudget.renewal)
        #expect(Self.isRenewed(report.renewal))
        #expect(report.budget.map { $0.used == report.bytesSent + report.bytesReceived && $0.used <= $0.limit } == true)
        let cost = report.bytesSent + report.bytesReceived - idle.bytesSent - idle.bytesReceived
        #expect((2000..<ByteBudget.renewal).contains(cost), "\(cost)")
        // The dearest case: this laptop does not know that its certificate has expired, and finds out by being refused.
        let behind = try await Scene(skew: -60)
        let usual = try await behind.sync()
        try behind.device.store.transaction { try $0.append(.contact(ServerContact(outcome: .complete, time: 0, serverTime: 0))) }
        try behind.age(days: 31)
        let dear = try await behind.sync()
        let most = dear.bytesSent + dear.bytesReceived - usual.bytesSent - usual.bytesReceived
        #expect(Self.isRenewed(dear.renewal) && (cost..<ByteBudget.renewal).contains(most), "\(most)")
        for server in [scene.server, behind.server] { await server.stop() }
    }

    @Test func `a watch and a forecast renew an expired certificate too`() async throws {
        let scene = try await Scene()
        try scene.age(days: 31)
        let end = try await waiting {
            let pipe = try #require(StopLine.pipe())
            var told: [String] = []
            let end = try SyncRun.watch(scene.device, dice: { 1 }, stop: StopLine(descriptor: pipe.reading)) { happening in
                switch happening {
                case .certificate(let renewal): told.append(Self.isRenewed(renewal) ? "renewed" : "postponed")
                case .watching:
                    told.append("watching")
                    var one: UInt8 = 1
                    _ = write(pipe.writing, &one, 1)
                case .synced: break
                case .lost(let failure, _): told.append("\(failure)")
                }
            }
            #expect(told == ["renewed", "watching"])
            return end
        }
        #expect(end == .stopped)
        try scene.age(days: 31)
        let forecast = try await waiting { try SyncForecast.make(scene.device, attachments: false) }
        #expect(forecast.answer != nil)
        #expect(try scene.renewals == 2 && scene.isWhole())
        await scene.server.stop()
    }
}

/// Runs what waits for a socket on a thread that may wait.
private func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
