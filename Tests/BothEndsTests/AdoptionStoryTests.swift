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

/// A server whose files were copied back to before a laptop enrolled and before its engagement began: shipped code over real connections, with the
/// device's store in memory.
@Suite struct AdoptionStoryTests {
    private func sync(_ device: Device) async throws -> SyncRun.Report {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try SyncRun.run(device) }) }
        }
    }

    private func capture(_ name: String, in scope: Identifier, on device: Device) throws -> Identifier {
        let id = try Identifier.drawn(at: WallClock.system.now())
        _ = try device.capture(in: scope) { _, _ in
            var editing = RecordEditing(record: id, type: Catalogue.site, state: nil) { .zero }
            editing.create(at: WallClock.system.now(), handle: name)
            editing.set("name", .text(name))
            return editing.edits
        }
        return id
    }

    @Test func `all work of a laptop and an engagement that are younger than the copy comes back in, once a person has taken both back`() async throws {
        let directory = DataDirectory(NSTemporaryDirectory() + "/seamark-adoption-test-" + Hexadecimal.text(of: try Randomness.bytes(8)))
        defer { for path in [directory.path, directory.path + ".keys"] { try? FileManager.default.removeItem(atPath: path) } }
        _ = try Installation.create(in: directory, address: "127.0.0.1:7440")
        let office = try Office(opening: directory)
        let name = try ShortName(checking: "halden", for: "a tenant")
        _ = try office.addTenant(name, title: "Halden (fictitious)")
        func start() async throws -> Server { try await Server.start(directory, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) }
        let young = try office.tenant(name)
        _ = try young.addMember(ShortName(checking: "anna", for: "a member"), name: "Anna (fictitious)", role: .consultant)
        try young.store.close()
        let file = directory.tenant(name).database
        let parts = ["", "-wal", "-shm"]
        let copies = parts.dropLast().map { try? Data(contentsOf: URL(fileURLWithPath: file + $0)) }

        // An engagement, a laptop, and work of which half has its receipt.
        let first = try await start()
        let tenant = try office.tenant(name)
        let scope = try tenant.addEngagement(ShortName(checking: "ops", for: "it"), title: "Ops", currency: "EUR", financials: nil)
        try tenant.staff("anna", on: "ops")
        let line = try tenant.invite("anna", address: "127.0.0.1:\(first.port)").text
        try tenant.store.close()
        let identity = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<DeviceIdentity, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result { try SeamarkClient.Enrolment.run(SeamarkClient.Invitation(line), deviceName: "laptop") }) }
        }
        let device = Device(store: try MemoryDeviceStore(identity: identity).open()) { WallClock.system.now() }
        _ = try await sync(device)
        var sites = [try capture("ST-A1", in: scope, on: device)]
        #expect(try await sync(device).outcome.pushedChanges == 1)
        sites.append(try capture("ST-A2", in: scope, on: device))
        await first.stop()
        for part in parts { try? FileManager.default.removeItem(atPath: file + part) }
        for (part, copy) in zip(parts, copies) { try copy?.write(to: URL(fileURLWithPath: file + part)) }

        // The laptop is told as it is, and shows its key.
        let second = try await start()
        try device.store.transaction { transaction in
            var identity = transaction.state.identity
            identity.serverPort = UInt16(second.port)
            try transaction.append(.identity(identity))
        }
        let refused = await #expect(throws: SyncRun.Failure.self) { _ = try await sync(device) }
        #expect(refused?.problem == .unknownDevice)
        #expect(try device.state.isUnknown && device.state.unsentCount == 1)
        let headquarters = try office.tenant(name)
        #expect(try office.status().tenants.first?.unknownDevices == [identity.device.description])
        let row = try headquarters.adoptDevice(identity.device.description, words: device.state.identity.words.description, letters: identity.letters)
        #expect(row.letters == identity.letters && row.certificateEnd != nil)

        // Let in, it shows what the server signed of the engagement.
        #expect(try await sync(device).outcome.unknown == [scope])
        #expect(try !device.state.isUnknown && device.state.unknownScopes == [scope] && device.state.unsentCount == 1)
        #expect(try office.status().tenants.first?.unknownEngagements == [scope.description])
        _ = try headquarters.adoptEngagement(scope.description, staffing: ["anna"])
        #expect(try await sync(device).outcome.unknown.isEmpty)
        #expect(try device.state.unknownScopes.isEmpty && device.state.unsentCount == 0)
        let held = try headquarters.store.read { snapshot in try sites.map { try snapshot.record($0, in: scope) != nil } }
        #expect(held == [true, true])
        #expect(try headquarters.engagements().map(\.handle) == ["ops"] && headquarters.engagements().first?.members == ["anna"])
        #expect(try headquarters.quarantine().isEmpty && headquarters.verify().holds)
        let told = try #require(try office.status().tenants.first)
        #expect(told.unknownDevices == [] && told.unknownEngagements == [] && told.rollbacks == 1)
        await second.stop()
    }
}
