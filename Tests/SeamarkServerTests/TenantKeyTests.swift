import Foundation
import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkStore
import Testing

@testable import SeamarkServer

/// The key over a tenant's keys: where it lies, what it wraps, and what nobody can do without it.
@Suite struct TenantKeyTests {
    private let secret = SecretBytes(copying: Array("four random words here".utf8))

    private func failure(_ body: () throws -> Void) -> OperationFailure? {
        do { try body() } catch let error as OperationFailure { return error } catch { return nil }
        return nil
    }

    private func halden() throws -> ShortName { try ShortName(checking: "halden", for: "it") }

    private func files(below path: String) throws -> [(name: String, bytes: Data)] {
        try FileManager.default.subpathsOfDirectory(atPath: path).map { ($0, FileManager.default.contents(atPath: path + "/" + $0) ?? Data()) }
    }

    @Test func `a copy of the data directory without the key folder opens nothing and holds no key that signs or unseals`() throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let keys = tenant.keys
        try tenant.store.close()
        let copy = yard.directory.path + "-copy"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try FileManager.default.copyItem(atPath: yard.directory.path, toPath: copy)
        let pem = keys.authority.key.pem.split(separator: "\n").dropFirst().first.map { Data($0.utf8) } ?? Data()
        var secrets: [Data] = [pem]
        for secret in [keys.tenantKey.secret, keys.dataKey, keys.signingKey.seed] {
            secrets += [Data(secret.copy()), Data(Hexadecimal.text(of: secret.copy()).utf8)]
        }
        for (name, bytes) in try files(below: copy) { for secret in secrets { #expect(bytes.range(of: secret) == nil, "\(name)") } }
        let refused = try #require(failure { _ = try Office(opening: DataDirectory(copy)).tenant(try halden()) })
        #expect(refused.kind == .configuration && refused.wrong.contains("tenant key is not there") && refused.remedy.contains("--put-back"))
        // With the folder named, it is the tenant.
        #expect(try Office(opening: DataDirectory(copy, keys: yard.keyFolder.path)).tenant(try halden()).verify().holds)
    }

    @Test func `a wrapped key with any byte flipped is refused, and so is one in another's place, and another tenant's`() throws {
        let yard = try Yard()
        for name in ["halden", "rival"] { try yard.addTenant(name).store.close() }
        let folder = yard.directory.tenant(try halden())
        func refused() throws -> Bool { failure { _ = try TenantKeys(opening: folder, under: yard.keyFolder) }?.kind == .configuration }
        #expect(try !refused())
        for role in TenantKey.Role.allCases {
            let path = folder.wrapped(role)
            let bytes = try PrivateFile.read(path)
            for place in bytes.indices {
                var altered = bytes
                altered[place] ^= 1 << UInt8(place % 8)
                try PrivateFile.replace(path, altered)
                #expect(try refused(), "\(role) byte \(place)")
            }
            let rival = yard.directory.tenant(try ShortName(checking: "rival", for: "it"))
            for other in [folder.wrapped(role == .data ? .signing : .data), rival.wrapped(role)] {
                try PrivateFile.replace(path, PrivateFile.read(other))
                #expect(try refused(), "\(other) as \(role)")
            }
            try PrivateFile.replace(path, bytes)
        }
        let facts = try TenantKeys.facts(in: folder, doing: "it")
        let file = yard.keyFolder.file(facts.tenant)
        let bytes = try PrivateFile.read(file)
        for place in bytes.indices {
            var altered = bytes
            altered[place] = altered[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            try PrivateFile.replace(file, altered)
            #expect(try refused(), "tenant key byte \(place)")
        }
        try PrivateFile.replace(file, bytes)
        #expect(try !refused())
    }

    @Test func `a key folder inside the data directory is refused, by whatever way it is named`() throws {
        let yard = try Yard()
        let data = yard.directory.path
        let link = data + "-link"
        defer { unlink(link) }
        #expect(symlink(data, link) == 0)
        for inside in [data, data + "/keys", data + "/../" + (data as NSString).lastPathComponent + "/keys", link + "/keys", link] {
            #expect(failure { _ = try Office(opening: DataDirectory(data, keys: inside)) }?.kind == .configuration, "\(inside)")
        }
        #expect(failure { _ = try Installation.create(in: DataDirectory(data + "/x", keys: data + "/x/keys"), address: "a:1") }?.kind == .configuration)
        _ = try Office(opening: DataDirectory(data, keys: data + "-other"))
    }

    @Test func `where init put the key folder, it is found again and a restored installation keeps to it`() throws {
        let base = NSTemporaryDirectory() + "/seamark-keys-" + Hexadecimal.text(of: try Randomness.bytes(8))
        defer { for end in ["", "-apart", ".keys", "-backups"] { try? FileManager.default.removeItem(atPath: base + end) } }
        _ = try Installation.create(in: DataDirectory(base, keys: base + "-apart"), address: "127.0.0.1:7440")
        let office = try Office(opening: DataDirectory(base))
        #expect(office.installation.keyFolder.path == base + "-apart" && !FileManager.default.fileExists(atPath: base + ".keys"))
        _ = try office.addTenant(try halden(), title: "Halden")
        #expect(try FileManager.default.contentsOfDirectory(atPath: base + "-apart").count == 1)
        let backup = try office.backUpInstallation(to: base + "-backups", passphrase: secret)
        _ = try Restoring(into: DataDirectory(base)).restore(backup.path, passphrase: secret)
        #expect(try Installation.keyFolder(of: DataDirectory(base)).path == base + "-apart")
        #expect(try Office(opening: DataDirectory(base)).tenant(try halden()).verify().holds)
    }

    @Test func `the key folder is one and the same, by whatever way somebody gets to the data directory`() throws {
        let yard = try Yard()
        let data = yard.directory.path
        // A link to the directory itself is refused; one on the way to it is not.
        let (parent, name) = ((data as NSString).deletingLastPathComponent, (data as NSString).lastPathComponent)
        let link = data + "-link"
        defer { unlink(link) }
        #expect(symlink(parent, link) == 0)
        let real = try #require(realpath(data, nil))
        defer { free(real) }
        for way in [data, data + "/", data + "/.", link + "/" + name, link + "/" + name + "/.", data + "/../" + name] {
            #expect(try Installation.keyFolder(of: DataDirectory(way)).path == String(cString: real) + ".keys", "\(way)")
            _ = try Office(opening: DataDirectory(way))
        }
    }

    @Test func `an installation whose key folder would lie inside the data directory here is not restored`() throws {
        let base = NSTemporaryDirectory() + "/seamark-keys-" + Hexadecimal.text(of: try Randomness.bytes(8))
        defer { for end in ["", "-new", ".keys", "-backups"] { try? FileManager.default.removeItem(atPath: base + end) } }
        try PrivateFile.makeFolder(base + "-new")
        _ = try Installation.create(in: DataDirectory(base, keys: base + "-new/keys"), address: "127.0.0.1:7440")
        let backup = try Office(opening: DataDirectory(base)).backUpInstallation(to: base + "-backups", passphrase: secret)
        let refused = failure { _ = try Restoring(into: DataDirectory(base + "-new")).restore(backup.path, passphrase: secret) }
        #expect(refused?.kind == .configuration && refused?.wrong.contains("inside the data directory") == true)
        #expect(try !PrivateFile.exists(DataDirectory(base + "-new").installation))
        _ = try Restoring(into: DataDirectory(base + "-new", keys: base + ".keys")).restore(backup.path, passphrase: secret)
        #expect(try Office(opening: DataDirectory(base + "-new")).installation.keyFolder.path == base + ".keys")
    }

    @Test func `a tenant's backup takes its passphrase and its tenant key, and each that is missing or wrong is named`() throws {
        let yard = try Yard()
        for name in ["halden", "rival"] { try yard.addTenant(name).store.close() }
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backup = try yard.office.backUp(try halden(), to: folder, passphrase: secret)
        let key = try #require(try yard.keyFolder.key(of: backup.header.tenant))
        func verify(_ passphrase: SecretBytes, _ key: TenantKey?) -> OperationFailure? {
            failure { _ = try BackupFinding.verify(backup.path, passphrase: passphrase, tenantKey: key, below: folder) }
        }
        #expect(verify(secret, key) == nil)
        let other = SecretBytes(copying: Array("another passphrase".utf8))
        let missing = try #require(verify(secret, nil)), wrongKey = try #require(verify(secret, try TenantKey(for: key.tenant)))
        let wrongPassphrase = try #require(verify(other, key))
        #expect(missing.kind == .configuration && missing.wrong.contains("tenant key is not there") && missing.remedy.contains("recovery text"))
        #expect(wrongKey.kind == .notPermitted && wrongKey.wrong.contains("tenant key is not the one"))
        #expect(wrongPassphrase.kind == .notPermitted && wrongPassphrase.wrong.contains("passphrase"))
        // The key of another tenant is no key of this one.
        let rivals = try #require(try FileManager.default.contentsOfDirectory(atPath: yard.keyFolder.path).map { Identifier(String($0.dropLast(4))) }.first { $0 != key.tenant })
        #expect(verify(secret, try yard.keyFolder.key(of: try #require(rivals)))?.kind == .notPermitted)
        // What the passphrase alone unlocks opens not one part.
        let locked = try backup.header.lock.open(with: secret.copy())
        do throws(BackupFault) {
            let reader = try BackupReader(path: backup.path)
            reader.unlock(ownKey: locked)
            _ = try reader.some(1)
            Issue.record("a backup opened without its tenant key")
        } catch { #expect(error == .damaged) }
    }

    @Test func `a recovery text stands in for the key folder, and the audit log counts who was given it`() throws {
        let yard = try Yard()
        try yard.addTenant("halden").store.close()
        let text = try yard.office.tenant(try halden()).recoveryText()
        #expect(text.split(separator: "-").map(\.count) == Array(repeating: 4, count: 14))
        let tenant = try #require(try TenantKeys.tenant(in: yard.directory.tenant(try halden())))
        #expect(unlink(yard.keyFolder.file(tenant)) == 0)
        #expect(failure { _ = try yard.office.tenant(try halden()) }?.wrong.contains("tenant key is not there") == true)
        #expect(failure { try yard.office.putKeyBack(try halden()) { try TenantKey(for: $0) } }?.kind == .notPermitted)
        try yard.office.putKeyBack(try halden()) { try #require(TenantKey(text.lowercased().replacing("-", with: " "), of: $0)) }
        let office = try yard.office.tenant(try halden())
        #expect(try office.verify().holds && office.verifyAudit().holds)
        #expect(try office.audit().map(\.act).suffix(2) == ["key.show", "key.putBack"])
        #expect(try Shredding(in: yard.office).effects(on: try halden()).keyCopies == 1)
    }

    /// The folder as earlier versions left it: plain keys, and nothing of a tenant key.
    private func makePlain(_ yard: Yard) throws -> TenantFolder {
        let folder = yard.directory.tenant(try halden())
        let keys = try TenantKeys(opening: folder, under: yard.keyFolder)
        for role in TenantKey.Role.allCases {
            let bytes: [UInt8] = switch role {
            case .authority: Array(keys.authority.key.pem.utf8)
            case .signing: Array(Hexadecimal.text(of: keys.signingKey.seed.copy()).utf8)
            case .data: Array(Hexadecimal.text(of: keys.dataKey.copy()).utf8)
            case .successor, .replacing, .earlier: []
            }
            try PrivateFile.create(folder.plain(role), bytes)
            unlink(folder.wrapped(role))
        }
        try TenantKeys.Facts(tenant: keys.tenant, label: keys.label, keyCheck: nil).write(in: folder)
        unlink(yard.keyFolder.file(keys.tenant))
        return folder
    }

    @Test func `keys that an earlier version left plain are wrapped by the first opening, by a server too, with one act`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let before = tenant.keys
        try tenant.store.close()
        let folder = try makePlain(yard)
        #expect(try TenantKeys.hasPlain(folder))
        let server = try await yard.start()
        await server.stop()
        #expect(try !TenantKeys.hasPlain(folder))
        let office = try yard.office.tenant(try halden())
        #expect(office.keys.dataKey == before.dataKey && office.keys.signingKey.publicKey == before.signingKey.publicKey && office.keys.label == before.label)
        #expect(office.keys.tenantKey.check != before.tenantKey.check)
        #expect(try office.audit().count { $0.act == TenantKeys.made } == 2, "its own, and that of the version that made it")
        #expect(try office.verify().holds)
        // Many who open it at once agree on one key.
        try office.store.close()
        _ = try makePlain(yard)
        let checks = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await blocking {
                        let office = try yard.office.tenant(try ShortName(checking: "halden", for: "it"))
                        defer { try? office.store.close() }
                        return office.keys.tenantKey.check
                    }
                }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(checks.count == 1)
        #expect(try !TenantKeys.hasPlain(folder))
    }

    @Test func `a backup that an earlier version made is restored, says that no shredding reaches it, and its keys are wrapped`() throws {
        let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../SeamarkStoreTests/Databases/backup-1.smkb").standardized.path
        let yard = try Yard()
        let header = try BackupHeader(of: sample)
        #expect(!header.needsTenantKey)
        #expect(try BackupFinding.verify(sample, passphrase: secret, below: NSTemporaryDirectory()).holds)
        #expect(try !PrivateFile.exists(yard.keyFolder.file(header.tenant)))
        let done = try Restoring(into: yard.directory).restore(sample, passphrase: secret)
        #expect(done.tenant?.text == "halden")
        let folder = yard.directory.tenant(try halden())
        #expect(try !TenantKeys.hasPlain(folder) && yard.keyFolder.key(of: header.tenant) != nil)
        let office = try yard.office.tenant(try halden())
        #expect(try office.verify().holds && office.audit().contains { $0.act == TenantKeys.made })
        try office.store.close()
        let backups = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: backups) }
        #expect(try yard.office.backUp(try halden(), to: backups, passphrase: secret).header.needsTenantKey)
        // Put back once more, over its successor, it takes the key that is there.
        let check = try #require(try yard.keyFolder.key(of: header.tenant)).check
        _ = try Restoring(into: yard.directory).restore(sample, passphrase: secret)
        #expect(try yard.office.tenant(try halden()).keys.tenantKey.check == check)
    }
}
