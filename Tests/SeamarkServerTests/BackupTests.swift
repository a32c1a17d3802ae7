import Foundation
import GRDB
import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import Testing

@testable import SeamarkServer
@testable import SeamarkStore

@Suite struct BackupTests {
    private let secret = SecretBytes(copying: Array("four random words here".utf8))

    private func receipt(_ message: Message?) -> Receipt? { if case .receipt(let receipt)? = message { receipt } else { nil } }

    private func kind(_ body: () throws -> Void) -> OperationFailure.Kind? {
        do { try body() } catch let error as OperationFailure { return error.kind } catch { return nil }
        return nil
    }

    /// A tenant with some work of a device in it.
    private func worked(_ yard: Yard, _ name: String = "halden") async throws -> TenantOffice {
        let tenant = try yard.addTenant(name)
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            try laptop.send(.push(try anna.block(try #require(welcome.engagement).scope, count: 40)))
            #expect(self.receipt(try laptop.receive())?.verdicts.count == 40)
        }
        await server.stop()
        return tenant
    }

    private func short(_ name: String) throws -> ShortName { try ShortName(checking: name, for: "it") }

    @Test func `backups that are made within one second have names of their own, which sort as they were made`() throws {
        let yard = try Yard()
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = WallClock.system.now()
        let office = try Office(opening: yard.directory, clock: WallClock { made })
        let paths = try (0..<3).map { _ in try office.backUpInstallation(to: folder, passphrase: secret).path }
        #expect(Set(paths).count == 3 && paths == paths.sorted())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
    }

    private func digests(_ office: TenantOffice) throws -> [String] { try office.store.read { try $0.scopes() }.map { "\($0.place.position) \($0.digest)" } }

    @Test func `what was backed up while the server ran is restored, verified, in a new epoch, and the files before are kept`() async throws {
        let yard = try Yard()
        let tenant = try await worked(yard)
        let before = try digests(tenant)
        let epoch = try tenant.store.read { try $0.identity() }.epoch
        let server = try await yard.start()
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backup = try yard.office.backUp(try short("halden"), to: folder, passphrase: secret)
        #expect(kind { _ = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret) } == .busy, "it restored under a running server")
        await server.stop()
        var facts = stat()
        #expect(lstat(backup.path, &facts) == 0 && facts.st_mode & 0o7777 == 0o600)
        let found = try BackupFinding.verify(backup.path, passphrase: secret, tenantKey: yard.keyFolder.key(of: backup.header.tenant), below: folder)
        #expect(found.holds && found.name == "halden" && found.sentence.contains("everything holds"), "\(found.sentence)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1, "something was left behind")
        #expect(try tenant.store.read { try $0.audit() }.last?.act == "tenant.backup")

        // Work after the backup, and a revocation, which a restore must not undo.
        _ = try tenant.addMember(try short("later"), name: "later", role: .lead)
        _ = try tenant.revoke("A")
        try tenant.store.close()
        let done = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        let replaced = try #require(done.replaced)
        #expect(done.tenant?.text == "halden" && done.entriesAhead == 2 && done.revokedAgain == 1 && done.unread == nil && !done.knowsAnotherInstallation)
        #expect(FileManager.default.fileExists(atPath: replaced + "/data/tenant.sqlite") && FileManager.default.fileExists(atPath: replaced + "/keys/data.wrapped"))
        let again = try yard.office.tenant(try short("halden"))
        #expect(try again.store.read { try $0.identity() }.epoch != epoch)
        // What laptops show of the store that was replaced is no sign of files that were copied back.
        #expect(try again.store.read { try $0.formerEpochs() } == FormerEpochs(epochs: [epoch], expectsOthers: false))
        #expect(try again.devices().allSatisfy { $0.device.revoked != nil })
        // The shared scope has grown by the repeated revocation alone; the engagement's is the same.
        #expect(try Set(digests(again)).intersection(before).count == before.count - 1)
        #expect(try again.members().count == 3)
        #expect(try again.verify().holds && again.verifyAudit().holds)
        #expect(try again.audit().contains { $0.act == "tenant.restore" })
        let restarted = try await yard.start()
        #expect(restarted.roster.tenants.count == 1)
        await restarted.stop()
    }

    /// Does something else first.
    private struct Interrupted: PassphraseStretching {
        let first: @Sendable () -> Void

        func stretch(_ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, count: Int) throws(StretchingFailure) -> SecretBytes {
            first()
            return try Scrypt().stretch(passphrase, salt: salt, cost: cost, count: count)
        }
    }

    @Test func `what comes in while a backup is sealed is not noted as backed up, and releases no copy`() async throws {
        let yard = try Yard()
        let tenant = try await worked(yard)
        defer { try? tenant.store.close() }
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let shared = try #require(try tenant.store.read { try $0.scopes() }.first { $0.kind == .shared })
        let store = tenant.store
        _ = try yard.office.backUp(try short("halden"), to: folder, passphrase: secret, stretching: Interrupted {
            do { _ = try tenant.addMember(try ShortName(checking: "later", for: "it"), name: "later", role: .lead) } catch { Issue.record(error) }
        })
        let (noted, now) = try store.read { (try $0.backedUp(shared.id).position, try $0.scope(shared.id)?.place.position) }
        #expect(noted == shared.place.position && now == noted + 1)
    }

    @Test func `a wipe that was ordered or done after the backup holds in the restored store too`() async throws {
        let yard = try Yard()
        let tenant = try await worked(yard)
        let server = try await yard.start()
        let invitations = try (0..<3).map { _ in try tenant.invite("anna", minutes: 600) }
        try await blocking { for invitation in invitations { _ = try Enrolment(port: server.port, invitation) } }
        await server.stop()
        _ = try tenant.wipe("C")
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backup = try yard.office.backUp(try short("halden"), to: folder, passphrase: secret)
        // A is untouched, B is ordered, C was ordered before and done since, D was revoked.
        let done = try tenant.wipe("C").id
        #expect(try tenant.store.write { try $0.noteWiped(done, at: 77) })
        _ = try tenant.wipe("B")
        _ = try tenant.revoke("D")
        let before = try tenant.devices().map(\.device)
        try tenant.store.close()
        let restored = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        #expect(restored.wipesTakenOver == 2 && restored.revokedAgain == 2)
        let again = try yard.office.tenant(try short("halden"))
        #expect(try again.devices().map(\.device.wipe) == before.map(\.wipe) && before.map { $0.wipe?.wiped } == [nil, nil, 77, nil])
        #expect(try again.devices().map { $0.device.revoked != nil } == [false, true, true, true])
        #expect(try again.verify().holds && again.verifyAudit().holds)
    }

    @Test func `a restore in place of a store that cannot be read says that what was revoked since is not known`() async throws {
        let yard = try Yard()
        let tenant = try await worked(yard)
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backup = try yard.office.backUp(try short("halden"), to: folder, passphrase: secret)
        _ = try tenant.revoke("A")
        try tenant.store.close()
        let database = yard.directory.tenant(try short("halden")).database
        try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: database))
        chmod(database, 0o600)
        let done = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        #expect(done.unread?.contains("not a tenant's store") == true && done.revokedAgain == 0 && done.entriesAhead == nil)
        #expect(done.sentence.contains("everything holds") && done.replaced != nil)
    }

    @Test func `altered in any part, cut at any place or lengthened, a backup is refused and nothing is changed`() async throws {
        let yard = try Yard()
        let tenant = try await worked(yard)
        try tenant.store.close()
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backup = try yard.office.backUp(try short("halden"), to: folder, passphrase: secret)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: backup.path))
        let headerCount = backup.header.bytes.count
        let path = folder + "/altered.smkb"
        let ownKey = try key(of: backup, yard)
        func read(_ altered: Data) throws -> BackupFault? {
            try altered.write(to: URL(fileURLWithPath: path))
            do throws(BackupFault) {
                let reader = try BackupReader(path: path)
                // The lock is known to hold; without its slow key every place can be tried.
                reader.unlock(ownKey: ownKey)
                _ = try BackupFiles.readFacts(reader)
                _ = try BackupFiles.unpack(reader, into: nil)
                return nil
            } catch { return error }
        }
        #expect(try read(bytes) == nil)
        var dice = SystemRandomNumberGenerator()
        var places = Array(0..<headerCount) + [headerCount, headerCount + 1, headerCount + 4, headerCount + 5, bytes.count - 1, bytes.count - 17]
        places += (0..<40).map { _ in Int.random(in: headerCount..<bytes.count, using: &dice) }
        for place in places {
            var altered = bytes
            altered[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
            #expect(try read(altered) != nil, "byte \(place) altered")
        }
        for count in [0, 3, 9, 50, headerCount - 1, headerCount, headerCount + 3, headerCount + 100, bytes.count - 1] {
            #expect(try read(bytes.prefix(count)) != nil, "cut after \(count)")
        }
        // Cut exactly between two parts: only the missing last part tells.
        #expect(try read(bytes.prefix(headerCount + 5 + SealedParts.most + Sealer.overhead)) == .cutShort)
        #expect(try read(bytes + Data([0])) != nil, "lengthened")
        try bytes.prefix(bytes.count - 40).write(to: URL(fileURLWithPath: path))
        #expect(kind { _ = try Restoring(into: yard.directory).restore(path, passphrase: secret) } == .badInput)
        #expect(kind { _ = try Restoring(into: yard.directory).restore(backup.path, passphrase: SecretBytes(copying: Array("another one".utf8))) } == .notPermitted)
        let directory = yard.directory
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.tenants) == ["halden"])
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/replaced"))
    }

    private func key(of backup: Office.Backup, _ yard: Yard) throws -> SecretBytes {
        try #require(try yard.keyFolder.key(of: backup.header.tenant)).backupKey(try backup.header.lock.open(with: secret.copy()))
    }

    @Test func `a backup never takes another tenant's place, and its tenant is never there twice`() async throws {
        let yard = try Yard()
        for name in ["halden", "rival"] { try yard.addTenant(name).store.close() }
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backup = try yard.office.backUp(try short("halden"), to: folder, passphrase: secret)
        let restoring = Restoring(into: yard.directory)
        #expect(kind { _ = try restoring.restore(backup.path, as: try short("rival"), passphrase: secret) } == .badInput)
        #expect(kind { _ = try restoring.restore(backup.path, as: try short("second"), passphrase: secret) } == .badInput)
        let rival = yard.directory.tenant(try short("halden"))
        try FileManager.default.removeItem(atPath: rival.path)
        try FileManager.default.createDirectory(atPath: rival.path, withIntermediateDirectories: false)
        #expect(kind { _ = try restoring.restore(backup.path, passphrase: secret) } == .badInput, "it took the place of a folder that is nobody's")
        #expect(try restoring.restore(backup.path, as: try short("second"), passphrase: secret).tenant?.text == "second")
        #expect(try yard.office.tenants().map(\.name.text) == ["rival", "second"])
    }

    @Test func `on a new machine, installation and tenant come back as their devices know them`() async throws {
        let yard = try Yard()
        let tenant = try await worked(yard)
        let before = try digests(tenant)
        try tenant.store.close()
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let installation = try yard.office.backUpInstallation(to: folder, passphrase: secret)
        let backup = try yard.office.backUp(try short("halden"), to: folder, passphrase: secret)
        let directory = DataDirectory(yard.directory.path + "-new")
        defer { for path in [directory.path, directory.path + ".keys"] { try? FileManager.default.removeItem(atPath: path) } }
        #expect(kind { _ = try Restoring(into: directory).restore(backup.path, passphrase: secret) } == .configuration)
        #expect(try BackupFinding.verify(installation.path, passphrase: secret, below: folder).holds)
        _ = try Restoring(into: directory).restore(installation.path, passphrase: secret)
        #expect(kind { _ = try Restoring(into: directory).restore(backup.path, passphrase: secret) } == .configuration, "the key was not brought")
        // What was written down on the old machine.
        let text = try yard.office.tenant(try short("halden")).recoveryText()
        let key = try #require(TenantKey(text.lowercased(), of: backup.header.tenant))
        let done = try Restoring(into: directory).restore(backup.path, passphrase: secret, tenantKey: key)
        #expect(done.replaced == nil && !done.knowsAnotherInstallation)
        let office = try Office(opening: directory)
        #expect(office.installation.pin == yard.office.installation.pin && office.installation.serverName == yard.office.installation.serverName)
        #expect(try digests(office.tenant(try short("halden"))) == before)
        #expect(try office.tenant(try short("halden")).store.read { try $0.formerEpochs() }.expectsOthers)
        // Another installation's devices would not know this one: never replaced by it.
        let other = try Yard()
        #expect(kind { _ = try Restoring(into: other.directory).restore(installation.path, passphrase: secret) } == .badInput)
        #expect(try Restoring(into: other.directory).restore(backup.path, passphrase: secret, tenantKey: key).knowsAnotherInstallation)
    }

    @Test func `a store that does not hold together is not backed up as if it did`() async throws {
        let yard = try Yard()
        let tenant = try await worked(yard)
        try tenant.store.withConnection { try $0.execute(sql: "UPDATE scope SET digest = zeroblob(16) WHERE position > 3") }
        try tenant.store.close()
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(kind { _ = try yard.office.backUp(try short("halden"), to: folder, passphrase: secret) } == .inputOutput)
        #expect((try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty != false)
        #expect(try FileManager.default.contentsOfDirectory(atPath: yard.directory.path).allSatisfy { !$0.hasPrefix(".work") })
    }

    @Test func `the chain of acts names the act that was altered, and a noted hash tells that the end was cut off`() throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let last = try #require(try tenant.audit().last)
        #expect(try tenant.verifyAudit(containing: last.hash.description).holds)
        try tenant.store.withConnection { try $0.execute(sql: "DELETE FROM audit WHERE number = ?", arguments: [last.number]) }
        #expect(try tenant.verifyAudit().holds)
        #expect(try !tenant.verifyAudit(containing: last.hash.description).holds)
        try tenant.store.withConnection { try $0.execute(sql: "UPDATE audit SET detail = 'nothing' WHERE number = 3") }
        #expect(try tenant.verifyAudit().sentence.contains("from number 3 on"))
    }
}
