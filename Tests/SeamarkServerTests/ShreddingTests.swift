import Foundation
import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import Testing

@testable import SeamarkServer
@testable import SeamarkStore

/// The end of a contract: what is readable of a shredded tenant, and what is not touched by it.
@Suite struct ShreddingTests {
    private let alone = ShreddingAuthority.alone(reason: "nobody is left")
    private let secret = SecretBytes(copying: Array("four random words here".utf8))

    private func failure(_ body: () throws -> Void) -> OperationFailure? {
        do { try body() } catch let error as OperationFailure { return error } catch { return nil }
        return nil
    }

    private func short(_ name: String) throws -> ShortName { try ShortName(checking: name, for: "it") }

    private func bytes(below path: String) throws -> [String: Data] {
        var all: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
            all[name] = isFolder.boolValue ? Data() : FileManager.default.contents(atPath: path + "/" + name)
        }
        return all
    }

    private static func canary(_ number: Int) -> String { "canary \(number) said in confidence" }

    /// Forty canaries in sensitive fields of one tenant, pushed by a device; returns their scope.
    private func plant(_ yard: Yard, _ tenant: TenantOffice) async throws -> Identifier {
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        let scope = try #require(try tenant.engagements().first).id
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let laptop = try anna.greeted(port: server.port).0
            let author = PrivacyTests.Author(anna, scope)
            let changes = try (0..<40).map { number in
                author.change(Catalogue.observation, try .drawn(at: 1), handle: "OB-\(number)", [("text", .text(Self.canary(number)))])
            }
            #expect(try author.push(changes, laptop)?.verdicts.allSatisfy { $0 == .accepted } == true)
        }
        await server.stop()
        return scope
    }

    @Test func `after a shredding thirty backups and a copy of the data directory hold no readable canary, and no way of opening them is left`() async throws {
        let yard = try Yard()
        let (tenant, rival) = (try yard.addTenant("halden"), try yard.addTenant("rival"))
        let scope = try await plant(yard, tenant)
        #expect(try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.count == 40, "they are there to be found")
        let dataKey = tenant.keys.dataKey
        for office in [tenant, rival] { try office.store.close() }
        let (backups, copy) = (yard.directory.path + "-backups", yard.directory.path + "-copy")
        defer { for path in [backups, copy] { try? FileManager.default.removeItem(atPath: path) } }
        var made: [String] = []
        for _ in 0..<30 {
            made.append(try yard.office.backUp(try short("halden"), to: backups, passphrase: secret).path)
            yard.clock.advance(milliseconds: 1000)
        }
        // A restore sets the tenant aside: that copy goes with it.
        #expect(try Restoring(into: yard.directory).restore(made[29], passphrase: secret).replaced != nil)
        let leftover = yard.directory.tenants + "/.restore-0011223344556677"
        try PrivateFile.makeFolder(leftover)
        try FileManager.default.copyItem(atPath: yard.directory.path, toPath: copy)
        let rivals = try bytes(below: yard.directory.tenant(try short("rival")).path)
        let rivalKey = try PrivateFile.read(yard.keyFolder.file(rival.keys.tenant))

        let shredding = Shredding(in: yard.office)
        // The restored one does not hold the note of the last backup, which was not made yet when its copy was: that it was restored says that it is there.
        let effects = try shredding.effects(on: try short("halden"))
        #expect(effects.entries > 2 && effects.backups == 30 && effects.earlierBackups == 0 && effects.keyCopies == 0 && effects.devices == ["A"] && effects.replaced.count == 1)
        let note = try shredding.shred(try short("halden"), by: "root", alone)
        #expect(note.finished != nil && note.tenant == tenant.keys.tenant.description && note.lastAct == effects.lastAct)

        // Nothing of it is left here, and nothing of the other is altered.
        for name in try bytes(below: yard.directory.path).keys { #expect(!name.contains("halden") && !name.contains(".restore-") && !name.contains(".shred-"), "\(name)") }
        #expect(try !PrivateFile.exists(yard.keyFolder.file(tenant.keys.tenant)))
        #expect(try bytes(below: yard.directory.tenant(try short("rival")).path) == rivals && PrivateFile.read(yard.keyFolder.file(rival.keys.tenant)) == rivalKey)
        #expect(try yard.office.tenant(try short("rival")).verify().holds)
        #expect(try yard.office.shredded() == [note])

        // No file that was made before gives a canary or the data key away, in raw bytes.
        let needles = (0..<40).map { Data(Self.canary($0).utf8) } + [Data(dataKey.copy()), Data(Hexadecimal.text(of: dataKey.copy()).utf8), Data("in confidence".utf8)]
        for folder in [backups, copy] {
            for (name, bytes) in try bytes(below: folder) { for needle in needles { #expect(bytes.range(of: needle) == nil, "\(name)") } }
        }
        // Every way of opening them fails, and says why.
        for path in made {
            #expect(failure { _ = try Restoring(into: yard.directory).restore(path, passphrase: secret) }?.wrong.contains("tenant key is not there") == true)
            #expect(failure { _ = try BackupFinding.verify(path, passphrase: secret, below: backups) }?.wrong.contains("tenant key is not there") == true)
        }
        #expect(failure { _ = try BackupFinding.verify(made[0], passphrase: secret, tenantKey: try TenantKey(for: tenant.keys.tenant), below: backups) }?.kind == .notPermitted)
        let again = DataDirectory(copy, keys: yard.keyFolder.path)
        #expect(failure { _ = try Office(opening: again).tenant(try short("halden")) }?.wrong.contains("tenant key is not there") == true)
        let replaced = try #require(try FileManager.default.contentsOfDirectory(atPath: again.replaced).first)
        #expect(failure { _ = try TenantKeys(opening: TenantFolder(path: again.replaced + "/" + replaced), under: yard.keyFolder) }?.wrong.contains("tenant key is not there") == true)
        #expect(failure { _ = try shredding.effects(on: try short("halden")) }?.kind == .notFound)
        #expect(failure { _ = try shredding.shred(try short("halden"), by: "root", alone) }?.kind == .notFound)
    }

    @Test func `only a lead's or an administrator's own device approves, only a request of the last day, and of this tenant`() async throws {
        let yard = try Yard()
        let (tenant, rival) = (try yard.addTenant("halden"), try yard.addTenant("rival"))
        _ = try tenant.addMember(try short("lea"), name: "lea", role: .lead)
        let server = try await yard.start()
        let invitations = try ["lea", "anna", "lea"].map { try tenant.invite($0, minutes: 600) }
        let devices = try await blocking { try invitations.map { try Enrolment(port: server.port, $0) } }
        await server.stop()
        let (halden, id) = (try short("halden"), tenant.keys.tenant)
        let shredding = Shredding(in: yard.office)
        let (old, foreign) = (try shredding.request(halden), try shredding.request(try short("rival")))
        yard.clock.advance(milliseconds: Shredding.longestMilliseconds + 60_000)
        let request = try shredding.request(halden)
        func approval(_ device: Enrolment, _ request: Hash256, _ tenant: Identifier, as other: Enrolment? = nil) -> ShredApproval {
            ShredApproval(of: request, tenant: tenant, device: (other ?? device).enrolled.device, by: device.signing)
        }
        func kind(_ approval: ShredApproval) -> OperationFailure.Kind? { failure { _ = try shredding.shred(halden, by: "root", .approved(approval)) }?.kind }
        _ = try tenant.revoke(try #require(try tenant.devices().first { $0.device.id == devices[2].enrolled.device }).device.letters)
        for (what, refused) in [
            ("a consultant", approval(devices[1], request, id)), ("signed by another", approval(devices[1], request, id, as: devices[0])),
            ("a revoked device", approval(devices[2], request, id)), ("a request of the day before", approval(devices[0], old, id)),
            ("another tenant's request", approval(devices[0], foreign, id)), ("another tenant", approval(devices[0], request, rival.keys.tenant)),
        ] { #expect(kind(refused) == .notPermitted, "\(what)") }
        #expect(try tenant.verify().holds && yard.office.shredded().isEmpty)
        let right = try #require(ShredApproval(approval(devices[0], request, id).text))
        let text = right.text
        #expect(ShredApproval(String(text.dropLast())) == nil && ShredApproval(text + "00") == nil)
        try tenant.store.close()
        #expect(try shredding.shred(halden, by: "root", .approved(right)).approvedBy.hasSuffix("lead, device A"))
    }

    @Test func `nothing is shredded while a server runs, and a store that cannot be read is shredded all the same`() async throws {
        let yard = try Yard()
        try yard.addTenant("halden").store.close()
        let server = try await yard.start()
        #expect(failure { _ = try Shredding(in: yard.office).shred(try short("halden"), by: "root", alone) }?.kind == .busy)
        await server.stop()
        let database = yard.directory.tenant(try short("halden")).database
        try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: database))
        chmod(database, 0o600)
        #expect(try Shredding(in: yard.office).effects(on: try short("halden")).unread != nil)
        #expect(try Shredding(in: yard.office).shred(try short("halden"), by: "root", alone).finished != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: yard.directory.tenants).isEmpty)
    }

    @Test func `a shredding that ends an earlier tenant's of the same name leaves the one that has the name now, and says so`() throws {
        let yard = try Yard()
        try yard.addTenant("halden").store.close()
        let shredding = Shredding(in: yard.office)
        var note = try shredding.shred(try short("halden"), by: "root", alone)
        note.finished = nil
        try note.write(in: yard.directory)
        try yard.addTenant("halden").store.close()
        let told = failure { _ = try shredding.shred(try short("halden"), by: "root", alone) }
        #expect(told?.kind == .badInput && told?.wrong.contains("earlier tenant of this name") == true)
        #expect(try yard.office.tenant(try short("halden")).verify().holds)
        #expect(try yard.office.shredded().allSatisfy { $0.finished != nil })
        #expect(try shredding.shred(try short("halden"), by: "root", alone).tenant != note.tenant)
        #expect(try FileManager.default.contentsOfDirectory(atPath: yard.directory.tenants).isEmpty)
    }

    @Test func `a copy that a restore set aside and nobody can tell the owner of is named`() throws {
        let yard = try Yard()
        try yard.addTenant("halden").store.close()
        #expect(try Shredding(in: yard.office).effects(on: short("halden")).unclaimed.isEmpty)
        let place = TenantFolder(path: yard.directory.replaced + "/halden-20261122T214400Z")
        for folder in [yard.directory.replaced, place.path, place.data] { try PrivateFile.makeFolder(folder) }
        try PrivateFile.create(place.facts, Array("damaged".utf8))
        #expect(try Shredding(in: yard.office).effects(on: short("halden")).unclaimed == [place.path])
        _ = try Shredding(in: yard.office).shred(try short("halden"), by: "root", alone)
        #expect(try PrivateFile.exists(place.facts))
    }

    @Test func `plain keys that an earlier version left in a copy that a restore set aside are overwritten, and an older backup is counted as out of reach`() throws {
        let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../SeamarkStoreTests/Databases/backup-1.smkb").standardized.path
        let yard = try Yard()
        for _ in 0..<2 { _ = try Restoring(into: yard.directory).restore(sample, passphrase: secret) }
        let aside = try #require(try FileManager.default.contentsOfDirectory(atPath: yard.directory.replaced).first)
        let place = TenantFolder(path: yard.directory.replaced + "/" + aside)
        try PrivateFile.create(place.plain(.data), Array("plain".utf8))
        // A second name shows what becomes of the bytes themselves.
        let witness = yard.directory.path + "/witness"
        #expect(link(place.plain(.data), witness) == 0)
        _ = try Shredding(in: yard.office).shred(try short("halden"), by: "root", alone)
        #expect(FileManager.default.contents(atPath: witness) == Data(repeating: 0, count: 5))
        #expect(try !PrivateFile.exists(place.path))
        // The passphrase alone opens it still: that is what the documentation says.
        #expect(try BackupFinding.verify(sample, passphrase: secret, below: NSTemporaryDirectory()).holds)
    }
}
