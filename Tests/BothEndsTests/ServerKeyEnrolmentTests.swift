import Foundation
import Logging
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkClient
@testable import SeamarkServer

/// Whoever has a former signing key of the server and the key of its certificate, against laptops that have not heard of the next key from a greeting:
/// shipped code over real connections, devices' stores in memory.
@Suite struct ServerKeyEnrolmentTests {
    private final class Scene {
        let directory: DataDirectory
        let name = ShortName("halden")!
        private(set) var server: Server?
        var office: Office { get throws { try Office(opening: directory) } }
        var folder: TenantFolder { directory.tenant(name) }
        var keys: TenantKeys { get throws { try TenantKeys(opening: folder, under: Installation.keyFolder(of: directory)) } }

        init() throws {
            directory = DataDirectory(NSTemporaryDirectory() + "/seamark-server-key-enrolment-test-" + Hexadecimal.text(of: try Randomness.bytes(8)))
            _ = try Installation.create(in: directory, address: "127.0.0.1:7440")
            let office = try Office(opening: directory)
            _ = try office.addTenant(name, title: "Halden (fictitious)")
            let tenant = try office.tenant(name)
            _ = try tenant.addMember(ShortName(checking: "anna", for: "a member"), name: "Anna (fictitious)", role: .consultant)
            _ = try tenant.addEngagement(ShortName(checking: "ops", for: "it"), title: "Ops", currency: "EUR", financials: nil)
            try tenant.staff("anna", on: "ops")
            try tenant.store.close()
        }

        deinit { for path in [directory.path, directory.path + ".keys"] { try? FileManager.default.removeItem(atPath: path) } }

        func start() async throws {
            server = try await Server.start(directory, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }

        func stop() async { await server?.stop() }

        /// A program that another test starts holds the lock of this process open too, until it has become another program.
        func alone<Value>(_ body: () throws -> Value) async throws -> Value {
            for _ in 0..<100 {
                do { return try body() } catch let failure as OperationFailure where failure.kind == .busy { try await Task.sleep(for: .milliseconds(100)) }
            }
            return try body()
        }

        /// Syncs with the server that runs now, whose port is another one with each start.
        func sync(_ device: Device) async throws -> SyncRun.Report {
            let port = UInt16(try #require(server).port)
            try device.store.transaction { transaction in
                var identity = transaction.state.identity
                identity.serverPort = port
                try transaction.append(.identity(identity))
            }
            return try await waiting { try SyncRun.run(device) }
        }

        func refusal(_ device: Device) async -> SyncProblem? {
            do { _ = try await sync(device) } catch let failure as SyncRun.Failure {
                if case .sync(let problem) = failure.cause { return problem }
            } catch {}
            return nil
        }

        func enrol() async throws -> SeamarkClient.Enrolment.Enrolled {
            let tenant = try office.tenant(name)
            let line = try tenant.invite("anna", address: "127.0.0.1:\(try #require(server).port)").text
            try tenant.store.close()
            return try await waiting { try SeamarkClient.Enrolment.redeem(SeamarkClient.Invitation(line), deviceName: "laptop") }
        }

        /// Runs a server that signs with another key, and names these as earlier ones, on the tenant's folder as it is.
        func impersonate(with key: SigningKey, naming earlier: [EarlierServerKey], _ body: () async throws -> Void) async throws {
            let tenantKey = try keys.tenantKey
            let files = [TenantKey.Role.signing: key.seed.copy(), .earlier: TenantKeys.bytes(earlier)]
            var before: [TenantKey.Role: [UInt8]] = [:]
            for (role, bytes) in files {
                let path = folder.wrapped(role)
                if try PrivateFile.exists(path) { before[role] = try PrivateFile.read(path) }
                try PrivateFile.replace(path, tenantKey.wrap(bytes, as: role))
            }
            try await start()
            try await body()
            await stop()
            for role in files.keys {
                if let bytes = before[role] { try PrivateFile.replace(folder.wrapped(role), bytes) } else { try PrivateFile.destroy(folder.wrapped(role)) }
            }
        }
    }

    private func device(_ enrolled: SeamarkClient.Enrolment.Enrolled) throws -> Device {
        let store = try MemoryDeviceStore(identity: enrolled.identity).open()
        try enrolled.begin(store)
        return Device(store: store) { WallClock.system.now() }
    }

    private func capture(_ name: String, on device: Device) throws {
        let scope = try #require(try device.state.scopes.values.first { $0.kind == .engagement }).id
        try device.capture(in: scope) { _, _ in
            var editing = RecordEditing(record: try .drawn(at: WallClock.system.now()), type: Catalogue.site, state: nil) { .zero }
            editing.create(at: WallClock.system.now(), handle: name)
            editing.set("name", .text(name))
            return editing.edits
        }
    }

    /// What a thief says of a key that he does not have: that it ended, by the word of his own.
    private func ended(_ key: [UInt8], by thief: SigningKey, of tenant: Identifier) -> EarlierServerKey {
        EarlierServerKey(epoch: 7, key: key, ends: [:], farewell: thief.sign(ServerKeyStatement.farewell(tenant: tenant, key: key)))
    }

    @Test func `a laptop that enrolled after the key was replaced takes no server for the true one that has a former key, and then works with the true one`() async throws {
        let scene = try Scene()
        var former: [SigningKey] = []
        for _ in 0..<2 {
            former.append(try scene.keys.signingKey)
            try await scene.alone { try scene.office.replaceSigningKey(of: scene.name) }
        }
        let present = try scene.keys
        try await scene.start()
        let enrolled = try await scene.enrol()
        let laptop = try device(enrolled)
        await scene.stop()
        #expect(try laptop.state.replacedServerKeys == former.map(\.publicKey) && laptop.state.identity.serverSigningKey == present.signingKey.publicKey)
        #expect((try laptop.state.settings[.awaitsConfirmation] == .bool(true)) == enrolled.awaitsConfirmation)
        for key in former {
            try await scene.impersonate(with: key, naming: [ended(present.signingKey.publicKey, by: key, of: present.tenant)]) {
                let before = try laptop.state.settings[.replacedServerKeys]
                #expect(await scene.refusal(laptop) == .replacedServerKey)
                #expect(try laptop.state.settings[.replacedServerKeys] == before && laptop.state.identity.serverSigningKey == present.signingKey.publicKey)
            }
        }
        try await scene.start()
        _ = try await scene.sync(laptop)
        try capture("Harbour", on: laptop)
        #expect(try await scene.sync(laptop).outcome.pushedChanges == 1)
        await scene.stop()
        #expect(try DeviceVerification(laptop).findings.isEmpty && laptop.state.replacedServerKeys == former.map(\.publicKey))
    }

    @Test func `a laptop that knows a former key alone is not made to refuse the true server by who has that key, and hands in there what the thief took`() async throws {
        let scene = try Scene()
        let former = try scene.keys
        try await scene.start()
        let laptop = try device(try await scene.enrol())
        _ = try await scene.sync(laptop)
        try capture("Harbour", on: laptop)
        _ = try await scene.sync(laptop)
        await scene.stop()
        // All that the machine held then is in a thief's hands.
        let (stolen, true_) = (scene.directory.path + "/stolen", scene.directory.path + "/true")
        try FileManager.default.copyItem(atPath: scene.folder.path, toPath: stolen)
        try await scene.alone { try scene.office.replaceSigningKey(of: scene.name) }
        let present = try scene.keys.signingKey.publicKey
        try FileManager.default.moveItem(atPath: scene.folder.path, toPath: true_)
        try FileManager.default.moveItem(atPath: stolen, toPath: scene.folder.path)
        try capture("Quay", on: laptop)
        try await scene.impersonate(with: former.signingKey, naming: [ended(present, by: former.signingKey, of: former.tenant)]) {
            let report = try await scene.sync(laptop)
            #expect(report.outcome.pushedChanges == 1, "it has heard of nothing")
        }
        #expect(try laptop.state.replacedServerKeys.isEmpty && laptop.state.unsentCount == 0)
        try FileManager.default.moveItem(atPath: scene.folder.path, toPath: stolen)
        try FileManager.default.moveItem(atPath: true_, toPath: scene.folder.path)
        try await scene.start()
        _ = try await scene.sync(laptop)
        await scene.stop()
        let tenant = try scene.office.tenant(scene.name)
        let engagement = try #require(try tenant.engagements().first)
        #expect(engagement.digest == (try laptop.state.replicas[engagement.id]?.confirmed.digest) && engagement.position == 4, "Quay is in the true log")
        #expect(try tenant.verify().holds)
        try tenant.store.close()
        #expect(try DeviceVerification(laptop).findings.isEmpty)
        #expect(try laptop.state.replacedServerKeys == [former.signingKey.publicKey] && laptop.state.identity.serverSigningKey == present)
        try await scene.impersonate(with: former.signingKey, naming: []) { #expect(await scene.refusal(laptop) == .replacedServerKey) }
    }

    @Test func `once a former key is forgotten a log that was put back takes nothing for its word: each laptop hands in its own work, and no other comes back by it`() async throws {
        let scene = try Scene()
        let backups = scene.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: backups) }
        let secret = SecretBytes(copying: Array("four random words here".utf8))
        let former = Hexadecimal.text(of: try scene.keys.signingKey.publicKey)
        try await scene.start()
        let (writer, reader) = (try device(try await scene.enrol()), try device(try await scene.enrol()))
        for laptop in [writer, reader] { _ = try await scene.sync(laptop) }
        let backup = try scene.office.backUp(scene.name, to: backups, passphrase: secret)
        let (database, older) = (scene.directory.tenant(scene.name).database, backups + "/older.sqlite")
        try scene.office.tenant(scene.name).store.copy(to: older)
        try capture("Harbour", on: writer)
        for laptop in [writer, reader] { _ = try await scene.sync(laptop) }
        await scene.stop()
        let engagement = try #require(try reader.state.scopes.values.first { $0.kind == .engagement }).id
        func names(_ laptop: Device) throws -> [String] { try laptop.records(in: engagement, type: Catalogue.site.number).compactMap { $0.value("name")?.text } }
        #expect(try names(reader) == ["Harbour"])
        try await scene.alone { try scene.office.replaceSigningKey(of: scene.name) }
        // Of the store that is replaced the keys alone are of now: its logs could be read, and nothing would be lost.
        try await scene.alone {
            for path in [database, database + "-wal", database + "-shm"] { try? FileManager.default.removeItem(atPath: path) }
            try FileManager.default.moveItem(atPath: older, toPath: database)
        }
        let restored = try await scene.alone { try Restoring(into: scene.directory).restore(backup.path, passphrase: secret) }
        #expect(restored.keepsSigningKey)
        try await scene.alone { try scene.office.forgetSigningKey(former, of: scene.name) }

        try await scene.start()
        let position = { try scene.office.tenant(scene.name).engagements().first?.position }
        let before = try position()
        // What the reader shows of it has the former key's word alone.
        #expect(try await scene.sync(reader).outcome.rebuilt.contains(engagement))
        #expect(try names(reader).isEmpty && position() == before)
        _ = try await scene.sync(writer)
        #expect(try names(writer) == ["Harbour"] && position() == before.map { $0 + 1 })
        _ = try await scene.sync(reader)
        #expect(try names(reader) == ["Harbour"])
        await scene.stop()
        for laptop in [writer, reader] { #expect(try DeviceVerification(laptop).findings.isEmpty) }
        #expect(try writer.state.replicas[engagement]?.confirmed.digest == reader.state.replicas[engagement]?.confirmed.digest)
        #expect(try scene.office.tenant(scene.name).verify().holds)
    }

    @Test func `of a key that a program replaced which had it say no farewell, a laptop hears as it enrols, and of one with a false farewell nobody enrols`() async throws {
        let scene = try Scene()
        let former = try scene.keys
        try await scene.alone { try scene.office.replaceSigningKey(of: scene.name) }
        let present = try scene.keys
        func file(_ farewell: [UInt8]) throws {
            let earlier = present.earlier.map { EarlierServerKey(epoch: $0.epoch, key: $0.key, ends: $0.ends, farewell: farewell) }
            try PrivateFile.replace(scene.folder.wrapped(.earlier), present.tenantKey.wrap(TenantKeys.bytes(earlier), as: .earlier))
        }
        try file([])
        try await scene.start()
        let laptop = try device(try await scene.enrol())
        #expect(try laptop.state.replacedServerKeys == [former.signingKey.publicKey])
        await scene.stop()
        try file(present.signingKey.sign(ServerKeyStatement.farewell(tenant: present.tenant, key: former.signingKey.publicKey)))
        try await scene.start()
        await #expect(throws: DoorFailure.self) { try await scene.enrol() }
        await scene.stop()
    }
}

private func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
