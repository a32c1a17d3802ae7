import Foundation
import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

@testable import SeamarkServer

@Suite struct DataDirectoryTests {
    private func mode(_ path: String) -> mode_t {
        var facts = stat()
        return lstat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
    }

    private func kind(_ body: () throws -> Void) -> OperationFailure.Kind? {
        do { try body() } catch let error as OperationFailure { return error.kind } catch { return nil }
        return nil
    }

    @Test func `every file is its owner's alone`() throws {
        let yard = try Yard()
        _ = try yard.addTenant("halden")
        let folder = yard.directory.tenant(try ShortName(checking: "halden", for: "it"))
        for path in [yard.directory.path, yard.directory.installation, yard.directory.tenants, folder.path, folder.data, folder.keys, yard.keyFolder.path] {
            #expect(mode(path) == 0o700, "\(path)")
        }
        for path in [
            yard.directory.settings, yard.directory.authorityKey, yard.directory.server, folder.facts, folder.database, folder.wrapped(.authority),
            folder.wrapped(.signing), folder.wrapped(.data), yard.keyFolder.file(try #require(try TenantKeys.tenant(in: folder))),
        ] { #expect(mode(path) == 0o600, "\(path)") }
    }

    @Test func `keys that others may read are refused, with the remedy`() async throws {
        let yard = try Yard()
        _ = try yard.addTenant("halden")
        let folder = yard.directory.tenant(try ShortName(checking: "halden", for: "it"))
        let tenant = try #require(try TenantKeys.tenant(in: folder))
        for path in [
            yard.directory.authorityKey, yard.directory.server, folder.wrapped(.authority), folder.wrapped(.signing), folder.wrapped(.data), yard.keyFolder.file(tenant),
        ] {
            chmod(path, 0o640)
            do {
                let server = try await yard.start()
                await server.stop()
                Issue.record("started with \(path) readable by others")
            } catch let error as OperationFailure {
                #expect(error.kind == .configuration)
                #expect(error.remedy.contains("chmod 600"))
            }
            chmod(path, 0o600)
        }
        chmod(folder.keys, 0o755)
        #expect(kind { _ = try yard.office.tenant(try ShortName(checking: "halden", for: "it")) } == .configuration)
        chmod(folder.keys, 0o700)
        chmod(yard.keyFolder.path, 0o750)
        #expect(kind { _ = try Office(opening: yard.directory) } == .configuration)
        chmod(yard.keyFolder.path, 0o700)
        let server = try await yard.start()
        await server.stop()
    }

    @Test func `what cannot be looked at is not taken for missing`() throws {
        let yard = try Yard()
        let name = yard.directory.path + "/" + String(repeating: "a", count: 300)
        #expect(kind { _ = try PrivateFile.exists(name) } == .inputOutput)
        #expect(try !PrivateFile.exists(yard.directory.path + "/nothing") && PrivateFile.exists(yard.directory.settings))
    }

    @Test func `an installation is made once, and found or not`() throws {
        let yard = try Yard()
        #expect(kind { _ = try Installation.create(in: yard.directory, address: "a:1") } == .badInput)
        #expect(kind { _ = try Installation.create(in: DataDirectory(yard.directory.path + "/x"), address: "nowhere") } == .badInput)
        #expect(kind { _ = try Office(opening: DataDirectory(yard.directory.path + "/y")) } == .configuration)
    }

    @Test func `the server's certificate is renewed when a third of its life is left, and not before`() throws {
        let yard = try Yard()
        let installation = yard.office.installation
        let day: Int64 = 86_400_000
        let now = yard.clock.wall.now()
        #expect(!installation.isRenewalDue(at: now))
        #expect(!installation.isRenewalDue(at: now + 58 * day))
        #expect(installation.isRenewalDue(at: now + 61 * day))
        let renewed = try installation.renewed(at: now + 61 * day)
        #expect(renewed.serverName == installation.serverName)
        #expect(renewed.pin == installation.pin)
        #expect(renewed.serverCertificate.notAfter > installation.serverCertificate.notAfter)
        #expect(try Installation(opening: yard.directory).serverCertificate == renewed.serverCertificate)
        _ = try renewed.identity()
        // While the clock was wrong: with the right one it is due again.
        let ahead = try renewed.renewed(at: now + 400 * day)
        #expect(!ahead.isRenewalDue(at: now + 400 * day) && ahead.isRenewalDue(at: now))
        #expect(try !ahead.renewed(at: now).isRenewalDue(at: now))
    }

    @Test(arguments: ["", "A", "a b", "-a", "a-", "a/b", "..", "ä", String(repeating: "a", count: 41)])
    func `what is no short name is refused`(text: String) { #expect(ShortName(text) == nil) }

    @Test(arguments: ["a", "a-1", String(repeating: "a", count: 40)])
    func `short names are taken`(text: String) { #expect(ShortName(text)?.text == text) }

    @Test func `members are put on an engagement and taken off it all together or not at all`() throws {
        let yard = try Yard()
        let office = try yard.addTenant("halden")
        for name in ["carl", "dora"] { _ = try office.addMember(try ShortName(checking: name, for: "it"), name: name, role: .consultant) }
        func team() throws -> Set<String> { Set(try office.engagements().first { $0.handle == "ops" }?.members ?? []) }
        let (before, acts) = (try team(), try office.audit().count)
        #expect(kind { try office.staff(["carl", "nobody", "dora"], on: "ops") } == .notFound)
        #expect(try team() == before && office.audit().count == acts)
        try office.trial.staff(["carl", "dora"], on: "ops")
        #expect(try team() == before && office.audit().count == acts)
        try office.staff(["carl", "dora"], on: "ops")
        #expect(try team() == before.union(["carl", "dora"]) && office.audit().count == acts + 2)
        let names = try office.namesInActs()
        #expect(try office.audit().suffix(2).map { TenantOffice.words($0.detail, names) } == ["ops carl", "ops dora"])
        #expect(try office.audit().suffix(2).allSatisfy { $0.detail.count > 70 }, "the chain goes over ids")
        #expect(TenantOffice.words("\(Identifier.zero)  7 ops", names) == "\(Identifier.zero)  7 ops")
        #expect(kind { try office.staff(["carl", "nobody"], on: "ops", remove: true) } == .notFound)
        #expect(try team() == before.union(["carl", "dora"]))
        try office.staff(["carl", "dora"], on: "ops", remove: true)
        #expect(try team() == before)
        #expect(try office.verify().holds)
    }

    @Test func `names for a shell are read without keys, whether somebody writes or not, and nothing of the directory is another afterwards`() throws {
        let yard = try Yard()
        let office = try yard.addTenant("halden")
        let member = try #require(try office.members().first).id
        let key = try SigningKey.generate().publicKey
        _ = try office.store.write { transaction in
            try transaction.addDevice(DeviceEnrolment(id: .drawn(at: 1), name: "laptop", certificate: .zero, signingKey: key), of: member, at: 1)
        }
        let directory = DataDirectory(yard.directory.path, keys: "/nowhere")
        // The index of a log holds no data: whoever reads the log marks there how far.
        func files() throws -> [String: Data] {
            var files: [String: Data] = [:]
            for name in try FileManager.default.subpathsOfDirectory(atPath: directory.path) { files[name] = name.hasSuffix("-shm") ? Data() : FileManager.default.contents(atPath: directory.path + "/" + name) ?? Data() }
            return files
        }
        func expectNames(of tenant: String?) throws {
            let before = try files()
            #expect(Set(directory.names(of: .member, in: tenant)) == ["anna", "ben", "zoe"])
            #expect(directory.names(of: .engagement, in: tenant) == ["ops"] && directory.names(of: .device, in: tenant) == ["A"])
            #expect(try files() == before)
        }
        let log = directory.path + "/tenants/halden/data/tenant.sqlite-wal"
        #expect(FileManager.default.contents(atPath: log)?.isEmpty == false, "it is read while it is being written")
        try expectNames(of: nil)
        try office.store.close()
        #expect((FileManager.default.contents(atPath: log) ?? Data()).isEmpty)
        try expectNames(of: "halden")
        #expect(directory.tenantNames == ["halden"])
        // A log without its index would be given one; a name that is none leads nowhere.
        try? FileManager.default.removeItem(atPath: directory.path + "/tenants/halden/data/tenant.sqlite-shm")
        try Data([UInt8](repeating: 1, count: 64)).write(to: URL(fileURLWithPath: log))
        for named in DataDirectory.Named.allCases { #expect(directory.names(of: named, in: nil) == []) }
        try FileManager.default.removeItem(atPath: log)
        for tenant in ["nobody", "", "../halden"] { #expect(directory.names(of: .member, in: tenant) == [], "\(tenant)") }
        try yard.addTenant("kestrel").store.close()
        #expect(directory.names(of: .member, in: nil) == [] && directory.tenantNames == ["halden", "kestrel"], "nobody can tell which is meant")
        try expectNames(of: "halden")
        let nowhere = DataDirectory("/nowhere")
        #expect(nowhere.tenantNames == [] && nowhere.names(of: .engagement, in: nil) == [])
    }

    @Test func `names are given once, and what is not there is said to be`() throws {
        let yard = try Yard()
        let office = try yard.addTenant("halden")
        let name = try ShortName(checking: "halden", for: "it")
        let anna = try ShortName(checking: "anna", for: "it")
        #expect(kind { _ = try yard.office.addTenant(name, title: "x") } == .badInput)
        #expect(kind { _ = try office.addMember(anna, name: "x", role: .lead) } == .badInput)
        #expect(kind { try office.staff("nobody", on: "ops") } == .notFound)
        #expect(kind { try office.staff("anna", on: "nothing") } == .notFound)
        #expect(kind { _ = try office.invite("nobody", minutes: 600) } == .notFound)
        #expect(kind { _ = try office.invite("anna", minutes: 0) } == .badInput)
        #expect(kind { _ = try office.revoke("Q") } == .notFound)
        #expect(kind { _ = try office.addEngagement(anna, title: "x", currency: "EURO", financials: nil) } == .badInput)
        #expect(try office.members().count == 3)
        #expect(try office.engagements().count == 1)
        #expect(try office.verify().holds)
        #expect(try yard.directory.tenantFolders().count == 1)
    }
}
