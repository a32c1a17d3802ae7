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

/// The installation's authority is replaced under a server that never stops: shipped code over real connections, devices' stores in memory.
@Suite struct AuthoritySuccessionTests {
    private final class Scene: Sendable {
        let directory: DataDirectory
        let tenant: TenantOffice
        let server: Server
        var office: Office { get throws { try Office(opening: directory) } }

        init() async throws {
            directory = DataDirectory(NSTemporaryDirectory() + "/seamark-succession-test-" + Hexadecimal.text(of: try Randomness.bytes(8)))
            _ = try Installation.create(in: directory, address: "127.0.0.1:7440")
            let office = try Office(opening: directory)
            let name = try ShortName(checking: "halden", for: "a tenant")
            _ = try office.addTenant(name, title: "Halden (fictitious)")
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

        func invitation() throws -> String { try office.tenant(tenant.name).invite("anna", address: "127.0.0.1:\(server.port)").text }

        func enrol(_ line: String) async throws -> Laptop {
            try Laptop(MemoryDeviceStore(identity: try await waiting { try SeamarkClient.Enrolment.run(SeamarkClient.Invitation(line), deviceName: "laptop") }))
        }

        /// Returns once the server shows, or no more, an authority that a device could know.
        func waitUntil(_ pin: Hash256, isShown: Bool) async throws {
            let (port, label, name) = (UInt16(server.port), try TenantKeys(opening: directory.tenantFolders()[0].folder, under: Installation.keyFolder(of: directory)).label, try office.installation.serverName)
            for _ in 0..<600 {
                let isAccepted = try await waiting {
                    let context = try TLSClientContext(trust: .pin(pin.bytes), serverName: name, label: label)
                    return (try? SeamarkClient.Conversation(host: "127.0.0.1", port: port, context: context).awaitMessage()) != nil
                }
                if isAccepted == isShown { return }
                try await Task.sleep(for: .milliseconds(100))
            }
            Issue.record("the server did not take the certificates up within a minute")
        }

        func begin() async throws {
            try office.beginAuthority()
            try await waitUntil(office.installation.pin, isShown: true)
        }

        func finish(force: Bool = false) async throws {
            let former = try #require(try office.authorityStatus().succession?.formerPin)
            try office.finishAuthority(force: force)
            try await waitUntil(former, isShown: false)
        }
    }

    private final class Laptop: Sendable {
        let memory: MemoryDeviceStore
        let device: Device

        init(_ memory: MemoryDeviceStore) throws {
            self.memory = memory
            device = Device(store: try memory.open()) { WallClock.system.now() }
        }

        /// As a program that is started anew reads it.
        var pins: [Hash256] {
            get throws {
                let identity = try memory.open().state.identity
                return try [identity.installationAuthority, identity.nextInstallationAuthority].filter { !$0.isEmpty }
                    .map { try SeamarkCrypto.Certificate(der: $0).publicKey.pin }
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

        func sync() async throws -> Int { try await waiting { try SyncRun.run(self.device).outcome.pushedChanges } }

        /// Whether a sync ends because the server is not one that the device knows.
        func isTurnedAway() async throws -> Bool {
            do {
                _ = try await sync()
                return false
            } catch let failure as SyncRun.Failure {
                if case .network(.serverNotGenuine) = failure.cause { return true }
                return false
            }
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

    @Test func `a device that syncs learns of the next authority, works in every phase, and forgets the former one; no session ends meanwhile`() async throws {
        let scene = try await Scene()
        let laptop = try await scene.enrol(scene.invitation())
        _ = try await laptop.sync()
        try laptop.capture("S1")
        #expect(try await laptop.sync() == 1)
        let former = try scene.office.installation.pin
        #expect(try laptop.pins == [former])
        let session = try await laptop.connect()
        try await scene.begin()
        let next = try scene.office.installation.pin
        #expect(next != former)
        for name in ["S2", "S3"] {
            try laptop.capture(name)
            #expect(try await laptop.sync() == 1)
            #expect(try laptop.pins == [former, next], "both, until the former one is gone")
        }
        try await scene.finish(force: true)
        try laptop.capture("S4")
        #expect(try await laptop.sync() == 1)
        #expect(try laptop.pins == [next])
        try laptop.capture("S5")
        #expect(try await laptop.sync() == 1)
        let id = try laptop.device.state.identity.device
        #expect(scene.server.services.register.guests().values.contains { $0.contains(id) }, "the session that began before all this is there yet")
        session.close()
        await scene.server.stop()
        #expect(try scene.tenant.verify().holds)
    }

    @Test func `a device that slept through the beginning gets in before the end; one that slept through both is told so, and its work goes in as a bundle`() async throws {
        let scene = try await Scene()
        let (sleeper, late) = (try await scene.enrol(scene.invitation()), try await scene.enrol(scene.invitation()))
        for laptop in [sleeper, late] {
            _ = try await laptop.sync()
            try laptop.capture("S1")
        }
        let former = try scene.office.installation.pin
        try await scene.begin()
        #expect(try await late.sync() == 1)
        try await scene.finish(force: true)
        try late.capture("S2")
        #expect(try await late.sync() == 1)
        #expect(try await sleeper.isTurnedAway())
        #expect(try sleeper.device.state.unsentCount > 0 && sleeper.pins == [former])
        let file = scene.directory.path + "/work.bundle"
        _ = try #require(try sleeper.device.exportBundle(to: file))
        let taken = try scene.office.tenant(scene.tenant.name).importBundle(file, reply: nil)
        #expect(taken.accepted == 1 && taken.refused.isEmpty && taken.quarantined.isEmpty)
        // A new invitation, and the same member is back.
        let again = try await scene.enrol(scene.invitation())
        _ = try await again.sync()
        #expect(try again.pins == [scene.office.installation.pin])
        await scene.server.stop()
        #expect(try scene.tenant.verify().holds)
    }

    @Test func `an invitation that waited serves until the end, and its device knows both; one of afterwards knows the next alone`() async throws {
        let scene = try await Scene()
        let (first, second) = (try scene.invitation(), try scene.invitation())
        let former = try scene.office.installation.pin
        try await scene.begin()
        let next = try scene.office.installation.pin
        let waited = try await scene.enrol(first)
        #expect(try waited.pins == [former, next])
        #expect(try await scene.enrol(scene.invitation()).pins == [next])
        try await scene.finish(force: true)
        await #expect(throws: DoorFailure.self) { _ = try await scene.enrol(second) }
        _ = try await waited.sync()
        #expect(try waited.pins == [next])
        await scene.server.stop()
    }

    @Test func `whoever has the former authority's key deceives no device that has been there since the end`() async throws {
        let scene = try await Scene()
        let laptop = try await scene.enrol(scene.invitation())
        _ = try await laptop.sync()
        let stolen = scene.directory.path + "-stolen"
        defer { try? FileManager.default.removeItem(atPath: stolen) }
        try FileManager.default.copyItem(atPath: scene.directory.installation, toPath: stolen)
        try await scene.begin()
        _ = try await laptop.sync()
        try await scene.finish(force: true)
        _ = try await laptop.sync()
        await scene.server.stop()
        // The thief's server, at the same address in all but the port, with what was stolen.
        try FileManager.default.removeItem(atPath: scene.directory.installation)
        try FileManager.default.copyItem(atPath: stolen, toPath: scene.directory.installation)
        let thief = try await Server.start(scene.directory, port: scene.server.port, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(try await laptop.isTurnedAway())
        await thief.stop()
    }

    @Test func `a device heeds only what the authority that it knows says, and forgets that one only when its successor shows it no more`() throws {
        let (former, next, other): ([UInt8], [UInt8], [UInt8]) = ([1], [2], [3])
        var identity = try Self.identity()
        identity.installationAuthority = former
        func pins(_ identity: DeviceIdentity?) -> [[UInt8]]? { identity.map { [$0.installationAuthority, $0.nextInstallationAuthority] } }
        #expect(identity.heeding(authority: former, successor: nil, shown: [former]) == nil)
        #expect(identity.heeding(authority: other, successor: next, shown: [next]) == nil)
        #expect(identity.heeding(authority: nil, successor: nil, shown: []) == nil)
        #expect(pins(identity.heeding(authority: former, successor: next, shown: [next, former])) == [former, next])
        identity.nextInstallationAuthority = next
        #expect(identity.heeding(authority: former, successor: next, shown: [next, former]) == nil)
        #expect(identity.heeding(authority: next, successor: nil, shown: [next, former]) == nil, "the former one is shown yet")
        #expect(identity.heeding(authority: former, successor: nil, shown: [former]) == nil, "a server that was put back")
        #expect(pins(identity.heeding(authority: former, successor: other, shown: [other, former])) == [former, other], "and begun anew")
        #expect(pins(identity.heeding(authority: next, successor: nil, shown: [next])) == [next, []])
        #expect(identity.heeding(authority: next, successor: other, shown: [next, former, other]) == nil)
    }

    private static func identity() throws -> DeviceIdentity {
        let ends = try BothEnds(laptops: 1)
        return try ends.laptops[0].device.state.identity
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
