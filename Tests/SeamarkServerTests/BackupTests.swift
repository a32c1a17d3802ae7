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

    /// A tenant with words in `ST-HQ`, and devices of `anna`, who is staffed, and of `zoe`, who is not; and a backup of it.
    private func backedUp(_ yard: Yard, to folder: String) async throws -> (tenant: TenantOffice, anna: Enrolment, zoe: Enrolment, backup: Office.Backup) {
        let tenant = try yard.addTenant("halden")
        let (scope, site) = (try #require(try tenant.engagements().first).id, try Identifier.drawn(at: 1))
        try tenant.store.write { transaction in
            try Headquarters(transaction, keys: tenant.keys, now: 5).write(Catalogue.site, site, in: scope, handle: "ST-HQ") { record in
                record.set("name", .text("Plant"))
                record.set("notes", .text("words of a customer"))
            }
        }
        let invitations = (try tenant.invite("anna", minutes: 600), try tenant.invite("zoe", minutes: 600))
        let server = try await yard.start()
        let (anna, zoe) = try await blocking { [port = server.port] in (try Enrolment(port: port, invitations.0), try Enrolment(port: port, invitations.1)) }
        await server.stop()
        return (tenant, anna, zoe, try yard.office.backUp(try short("halden"), to: folder, passphrase: secret))
    }

    @Test func `what the replaced store held beyond the backup is taken over: redacted words stay away, entries, quarantine and engagements come along`() async throws {
        let yard = try Yard()
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (tenant, anna, zoe, backup) = try await backedUp(yard, to: folder)
        let scope = try #require(try tenant.engagements().first).id
        let server = try await yard.start()
        let kept = try await blocking { [port = server.port] in
            let (laptop, _) = try anna.greeted(port: port)
            try laptop.send(.push(try anna.block(scope, count: 3)))
            #expect(self.receipt(try laptop.receive())?.verdicts.count == 3)
            let (other, _) = try zoe.greeted(port: port)
            let kept = try zoe.block(scope, count: 2)
            try other.send(.push(kept))
            guard case .pushRefused? = try other.receive() else { throw RawSocket.Ended.refused }
            return kept.changes.map(\.id)
        }
        await server.stop()
        #expect(try tenant.redact("notes", of: "ST-HQ", in: "ops", reason: "named a customer").values == 1)
        let second = try tenant.addEngagement(try short("second"), title: "Second", currency: "EUR", financials: nil)
        let (barred, place) = try tenant.store.read { (try $0.barredLeaves(in: scope), try $0.scope(scope)?.place) }
        let held = try tenant.store.read { try $0.quarantine() }
        #expect(barred.count == 1 && held.map(\.id).sorted() == kept.sorted())
        try tenant.store.close()

        let taken = try #require(try Restoring(into: yard.directory).restore(backup.path, passphrase: secret).takenOver)
        #expect(taken.entriesAhead == 3 && taken.entries == 3 && taken.scopes == 1 && taken.quarantined == 2 && taken.redactions == 1 && taken.left.isEmpty, "\(taken)")
        let again = try yard.office.tenant(try short("halden"))
        #expect(try again.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.isEmpty, "the words are back")
        #expect(try again.store.read { try $0.barredLeaves(in: scope) } == barred)
        #expect(try again.store.read { try $0.scope(scope)?.place } == place, "laptops find the log that they know")
        #expect(try again.store.read { try $0.quarantine() } == held)
        #expect(try again.engagements().contains { $0.id == second && $0.handle == "second" && $0.members.isEmpty })
        let acts = try again.audit().suffix(2)
        #expect(acts.map(\.act) == ["redaction.takeOver", "tenant.takeOver"] && acts.first?.detail == "\(scope) 1", "\(acts)")
        #expect(try again.verify().holds && again.verifyAudit().holds)
        #expect(try again.release(kept).applied == kept)
        try again.store.close()

        // The same backup once more: all of it comes along again, from the restored one.
        let twice = try #require(try Restoring(into: yard.directory).restore(backup.path, passphrase: secret).takenOver)
        #expect(twice.redactions == 1 && twice.scopes == 1 && twice.left.isEmpty && twice.entries == twice.entriesAhead, "\(twice)")
        #expect(try yard.office.tenant(try short("halden")).verify().holds)
    }

    @Test func `where the entry of a redaction cannot be taken over its words are redacted anew, and the entry is named`() async throws {
        let yard = try Yard()
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (tenant, _, _, backup) = try await backedUp(yard, to: folder)
        let scope = try #require(try tenant.engagements().first).id
        #expect(try tenant.redact("notes", of: "ST-HQ", in: "ops", reason: "named a customer").values == 1)
        let last = try tenant.store.read { try $0.scope(scope)?.place.position }
        // The newest entry of the newest scope that has any.
        try tenant.store.withConnection { try $0.execute(sql: "UPDATE entry SET content = zeroblob(length(content)) WHERE key = (SELECT max(key) FROM entry)") }
        try tenant.store.close()
        let taken = try #require(try Restoring(into: yard.directory).restore(backup.path, passphrase: secret).takenOver)
        let left = try #require(taken.left.first)
        #expect(taken.redactions == 1 && taken.entries == 0 && taken.entriesAhead == 1 && taken.left.count == 1, "\(taken)")
        #expect(left.kind == .entries && left.count == 1 && left.engagement == "ops" && left.position == last, "\(left)")
        let again = try yard.office.tenant(try short("halden"))
        #expect(try again.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.isEmpty, "the words are back")
        #expect(try again.audit().suffix(3).map(\.act) == ["redaction.make", "redaction.takeOver", "tenant.takeOver"])
        #expect(try again.verify().holds && again.verifyAudit().holds)
    }

    @Test func `the work of a laptop that is younger than the backup comes along, and what waits in quarantine of a younger member is named and stays where it was`() async throws {
        let yard = try Yard()
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (tenant, _, _, backup) = try await backedUp(yard, to: folder)
        let scope = try #require(try tenant.engagements().first).id
        _ = try tenant.addMember(try short("later"), name: "later", role: .consultant)
        let (invitations, server) = ((try tenant.invite("later", minutes: 600), try tenant.invite("anna", minutes: 600)), try await yard.start())
        let block = try await blocking { [port = server.port] in
            let second = try Enrolment(port: port, invitations.1)
            let (hers, _) = try second.greeted(port: port)
            try hers.send(.push(try second.block(scope)))
            #expect(self.receipt(try hers.receive())?.verdicts == [.accepted])
            let later = try Enrolment(port: port, invitations.0)
            let (laptop, _) = try later.greeted(port: port)
            let block = try later.block(scope, count: 2)
            try laptop.send(.push(block))
            guard case .pushRefused? = try laptop.receive() else { throw RawSocket.Ended.refused }
            return block
        }
        await server.stop()
        try tenant.store.close()
        let done = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        let taken = try #require(done.takenOver)
        let left = try #require(taken.left.first)
        #expect(taken.quarantined == 0 && taken.left.count == 1 && left.kind == .quarantined && left.count == 2 && left.block == block.hash && left.engagement == "ops", "\(taken)")
        // Three of the directory, and the laptop's, whose key the directory has.
        #expect(taken.entries == 4 && taken.entriesAhead == 4, "\(taken)")
        let again = try yard.office.tenant(try short("halden"))
        let finding = try again.verify()
        #expect(finding.holds, "\(finding.sentence)")
        try again.store.close()
        #expect(try yard.office.backUp(try short("halden"), to: folder, passphrase: secret).header.entries == backup.header.entries + 4)
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
        #expect(try restoring.inItsPlace(backup.header) == "halden")
        #expect(kind { _ = try restoring.restore(backup.path, as: try short("rival"), passphrase: secret) } == .badInput)
        #expect(kind { _ = try restoring.restore(backup.path, as: try short("second"), passphrase: secret) } == .badInput)
        let rival = yard.directory.tenant(try short("halden"))
        try FileManager.default.removeItem(atPath: rival.path)
        try FileManager.default.createDirectory(atPath: rival.path, withIntermediateDirectories: false)
        #expect(kind { _ = try restoring.restore(backup.path, passphrase: secret) } == .badInput, "it took the place of a folder that is nobody's")
        #expect(try restoring.inItsPlace(backup.header) == nil)
        #expect(try restoring.restore(backup.path, as: try short("second"), passphrase: secret).tenant?.text == "second")
        #expect(try restoring.inItsPlace(backup.header) == "second", "it is found by whose it is, and not by its name")
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
