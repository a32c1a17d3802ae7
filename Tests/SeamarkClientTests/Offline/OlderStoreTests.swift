import Foundation
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Stores that older programs left with work that was not sent, opened by this one.
@Suite struct OlderStoreTests {
    /// A server's directory and two laptops, as the programs of that time wrote them. Everything in them is made up.
    private static let archives = ["Torture/stores-1.tar.xz", "SeamarkStoreTests/Databases/stores-2.tar.xz"]

    private func unpacked(_ archive: String, _ body: (String) throws -> Void) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-older-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let unpacking = Process()
        unpacking.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        unpacking.arguments = ["python3", "-m", "tarfile", "-e", tests.appendingPathComponent(archive).path, folder.path]
        try unpacking.run()
        unpacking.waitUntilExit()
        try #require(unpacking.terminationStatus == 0)
        try body(folder.path)
    }

    private struct Opened {
        let device: Device
        let scope: Identifier
        let waiting: Set<Identifier>
    }

    private func open(_ path: String) throws -> Opened {
        let store = try DeviceStore(at: path).unlock(passphrase: Array("seven quiet furnaces hum behind the planner".utf8))
        let device = Device(store: store) { 1_900_000_000_000 }
        let scope = try #require(try device.state.scopes.values.first { $0.kind == .engagement }).id
        let replica = try #require(try device.state.replicas[scope])
        return Opened(device: device, scope: scope, waiting: Set(replica.waiting.flatMap(\.changes)).union(replica.fresh.map(\.id)))
    }

    @Test(arguments: Self.archives)
    func `a newer program does not lose what an older one had not sent: the first sync hands in every change, draft and attachment`(archive: String) throws {
        try unpacked(archive) { folder in
            let directory = DataDirectory(folder + "/headquarters")
            let place = try #require(try directory.tenantFolders().first).folder
            let tenant = try OpenTenant(opening: place, under: Installation.keyFolder(of: directory), clock: WallClock { 1_900_000_000_000 })
            let laptops = try ["ann", "bob"].map { try open("\(folder)/\($0)/halden") }
            let waiting = laptops.reduce(0) { $0 + $1.waiting.count }
            #expect(waiting > 0, "it was kept for the sake of what is not sent")
            let attachments = try laptops.flatMap { laptop in try laptop.device.attachments(in: laptop.scope).filter(\.isWaiting) }
            #expect(archive.contains("stores-1") || !attachments.isEmpty)
            // What each shows before a sync it shows after it, and more.
            let shown = try laptops.map { laptop in try laptop.device.records(in: laptop.scope).map(\.id) }
            for _ in 0..<2 {
                for laptop in laptops {
                    let identity = try laptop.device.state.identity
                    let door = DeviceSession(DeviceName(tenant: identity.tenant, member: identity.member, device: identity.device), of: tenant.desk)
                    _ = try WirelessSync.run(laptop.device, door, attachments: .init())
                }
            }
            for (laptop, before) in zip(laptops, shown) {
                #expect(try laptop.device.state.replicas[laptop.scope]?.unsentCount == 0)
                #expect(Set(try laptop.device.records(in: laptop.scope).map(\.id)).isSuperset(of: before))
                #expect(try laptop.device.attachmentsWaiting(in: laptop.scope).count == 0)
                for change in laptop.waiting {
                    let stored = try #require(try tenant.store.read { try $0.change(change) }, "a change was lost")
                    #expect(stored.isApplied)
                }
            }
            let digests = try laptops.map { try #require(try $0.device.state.replicas[$0.scope]).confirmed.digest }
            #expect(Set(digests).count == 1)
            let held = Set(try tenant.store.read { try $0.attachments() }.map(\.stored.attachment))
            #expect(held.isSuperset(of: attachments.map(\.attachment)))
            let finding = try TenantOffice.finding(on: tenant.store, tenant.keys, vault: place.attachments)
            #expect(finding.holds, "\(finding.sentence)")
        }
    }
}
