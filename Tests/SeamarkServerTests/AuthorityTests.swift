import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Replacing an installation's authority: its files, step by step, and who is asked before the former one goes.
@Suite struct AuthorityTests {
    private struct Cut: Error {}

    private func kind(_ body: () throws -> Void) -> OperationFailure.Kind? {
        do { try body() } catch let error as OperationFailure { return error.kind } catch { return nil }
        return nil
    }

    /// Whether a key stands in any file of the data directory.
    private func isAnywhere(_ key: String, in directory: DataDirectory) throws -> Bool {
        let needle = Data(key.split(separator: "\n").dropFirst().first.map { Array($0.utf8) } ?? [])
        let files = FileManager.default.enumerator(atPath: directory.path)?.allObjects as? [String] ?? []
        return files.contains { FileManager.default.contents(atPath: directory.path + "/" + $0)?.range(of: needle) != nil }
    }

    @Test func `cut off before any of its steps, finishing leaves an installation that opens with its successor, and goes on when asked again`() throws {
        var steps = 0
        for cut in 0..<20 {
            let yard = try Yard()
            let before = yard.office.installation
            let begun = try before.beginSuccession(at: yard.clock.wall.now())
            #expect(begun.pin != before.pin && begun.pins == [begun.pin, before.pin] && !begun.isRenewalDue(at: yard.clock.wall.now()))
            #expect(try isAnywhere(before.authority.key.pem, in: yard.directory), "until it is finished")
            var step = 0
            do {
                try begun.finishSuccession(at: yard.clock.wall.now()) {
                    if step == cut { throw Cut() }
                    step += 1
                }
            } catch is Cut {}
            let between = try Installation(opening: yard.directory)
            #expect(between.pin == begun.pin && between.serverCertificate == begun.serverCertificate, "cut before step \(cut)")
            _ = try between.identity()
            #expect(!between.isRenewalDue(at: yard.clock.wall.now()))
            // What a restart does, or whoever asks again.
            try between.finishSuccession(at: yard.clock.wall.now())
            let after = try Installation(opening: yard.directory)
            #expect(after.pins == [begun.pin] && after.formerPins == [before.pin] && after.succession == nil)
            #expect(try !isAnywhere(before.authority.key.pem, in: yard.directory), "cut before step \(cut)")
            #expect(try PrivateFile.names(in: yard.directory.installation) == ["authority.key", "authority.pem", "former.pins", "server.pem", "settings.json"])
            steps = step
            if step < cut { break }
        }
        #expect(steps >= 6)
    }

    @Test func `a beginning that is cut off leaves a server certificate of the former authority, and the next start has it issued anew`() async throws {
        let yard = try Yard()
        let before = yard.office.installation
        let server = try PrivateFile.read(yard.directory.server)
        _ = try before.beginSuccession(at: yard.clock.wall.now())
        try PrivateFile.replace(yard.directory.server, server)
        #expect(try Installation(opening: yard.directory).isRenewalDue(at: yard.clock.wall.now()))
        await (try yard.start()).stop()
        let after = try Installation(opening: yard.directory)
        #expect(!after.isRenewalDue(at: yard.clock.wall.now()) && after.serverCertificate != before.serverCertificate && after.succession != nil)
    }

    @Test func `the former authority stays while a device of any tenant was not heard, unless by force; acts are in every tenant's log`() throws {
        let yard = try Yard()
        for name in ["halden", "rival"] { try yard.addTenant(name).store.close() }
        func office() throws -> Office { try Office(opening: yard.directory, clock: yard.clock.wall) }
        #expect(kind { try office().finishAuthority(force: true) } == .badInput, "nothing to finish")
        let tenant = try office().tenant(ShortName(checking: "halden", for: "it"))
        let device = try tenant.store.write { transaction in
            let member = try #require(try transaction.members().first).id
            return try transaction.addDevice(
                DeviceEnrolment(id: try .drawn(at: yard.clock.wall.now()), name: "laptop", certificate: .zero, signingKey: [UInt8](repeating: 7, count: 32)),
                of: member, at: yard.clock.wall.now())
        }
        func hear(at time: Int64) throws {
            try tenant.store.write { try $0.noteContact(DeviceContact(time: time, skew: 0, work: UnsentWork(changes: 0), version: "1", incarnation: 1), of: device.id) }
        }
        yard.clock.advance(milliseconds: 3_600_000)
        try office().beginAuthority()
        #expect(kind { try office().beginAuthority() } == .badInput, "twice")
        let waiting = try #require(try office().authorityStatus().succession).waiting
        #expect(waiting == [Office.WaitingDevice(tenant: try ShortName(checking: "halden", for: "it"), letters: device.letters)])
        #expect(kind { try office().finishAuthority(force: false) } == .badInput)
        #expect(try office().installation.succession != nil)
        // Heard, but so soon that it may have met the certificates of before.
        try hear(at: yard.clock.wall.now() + 1_000)
        #expect(kind { try office().finishAuthority(force: false) } == .badInput)
        try hear(at: yard.clock.wall.now() + 120_000)
        try office().finishAuthority(force: false)
        #expect(try office().authorityStatus().succession == nil)
        // Once more: nobody was heard since, and it is said to go on.
        yard.clock.advance(milliseconds: 86_400_000)
        try office().beginAuthority()
        #expect(kind { try office().finishAuthority(force: false) } == .badInput)
        try office().finishAuthority(force: true)
        #expect(try office().installation.formerPins.count == 2)
        for name in ["halden", "rival"] {
            let store = try office().tenant(ShortName(checking: name, for: "it")).store
            #expect(try store.read { try $0.audit() }.map(\.act).filter { $0.hasPrefix("authority.") } == ["authority.begin", "authority.finish", "authority.begin", "authority.finish"])
        }
    }

    @Test func `a backup of either authority's time puts the installation back while one takes over, and one of before is another's afterwards`() throws {
        let yard = try Yard()
        let secret = SecretBytes(copying: Array("a passphrase of the backup".utf8))
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func backup() throws -> String {
            yard.clock.advance(milliseconds: 60_000)
            return try Office(opening: yard.directory, clock: yard.clock.wall).backUpInstallation(to: folder, passphrase: secret, stretching: Scrypt()).path
        }
        func restore(_ path: String) throws { _ = try Restoring(into: yard.directory).restore(path, passphrase: secret) }
        let before = try backup()
        let begun = try yard.office.installation.beginSuccession(at: yard.clock.wall.now())
        let meanwhile = try backup()
        try restore(before)
        #expect(try Installation(opening: yard.directory).pin == yard.office.installation.pin)
        try restore(meanwhile)
        #expect(try Installation(opening: yard.directory).pins == begun.pins)
        try Installation(opening: yard.directory).finishSuccession(at: yard.clock.wall.now())
        let after = try backup()
        #expect(kind { try restore(before) } == .badInput)
        try restore(meanwhile)
        #expect(try Installation(opening: yard.directory).pins == begun.pins)
        try restore(after)
        #expect(try Installation(opening: yard.directory).pins == [begun.pin])
    }
}
