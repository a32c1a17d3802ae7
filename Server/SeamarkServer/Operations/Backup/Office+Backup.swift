internal import Foundation
internal import Glibc
public import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkStore

extension Office {
    /// A backup that was made.
    public struct Backup: Sendable {
        public let path: String
        /// Nil for the installation's.
        public let tenant: ShortName?
        public let header: BackupHeader
        public let byteCount: Int
        /// Attachments that the server has lost or that are damaged there: no backup holds them, and devices keep theirs.
        public let unreadableAttachments: Int
    }

    /// Writes a sealed backup of one tenant into `folder`, whether a server runs or not, and reads it back before it says so.
    ///
    /// It holds the tenant's database as it was at one moment, its wrapped keys and its attachments: all that the tenant lives on but the tenant key,
    /// under which it is sealed as well as under the passphrase. The database's
    /// copy is held against its own logs before it is sealed; one that does not hold together is refused, since it would save nobody.
    /// What is backed up is then noted in the tenant's store, from where devices hear of it. Attachments are read against their hashes too; one
    /// that is lost does not cost the others their backup, and is counted.
    public func backUp(
        _ name: ShortName, to folder: String, passphrase: SecretBytes, stretching: any PassphraseStretching = Scrypt()
    ) throws -> Backup {
        let doing = "backing up the tenant \(name.text)"
        let office = try tenant(name)
        defer { try? office.store.close() }
        let source = directory.tenant(name)
        let workshop = try Workshop(in: source.path, called: TenantFolder.workshop)
        defer { workshop.remove() }
        let made = clock.now()
        let mark = try office.store.write { try $0.beginBackup(at: made) }
        let copyPath = workshop.path + "/tenant.sqlite"
        try office.store.copy(to: copyPath)
        let copy = try TenantStore.open(at: copyPath, of: office.keys.tenant, tools: .standard(dataKey: office.keys.dataKey))
        let finding = try TenantOffice.finding(on: copy, office.keys, vault: nil)
        let (identity, scopes) = try copy.read { (try $0.identity(), try $0.scopes()) }
        let unreadable = try finding.holds ? TenantOffice.unreadableAttachments(on: copy, AttachmentVault(at: office.vault, dataKey: office.keys.dataKey)).unreadable : []
        try copy.close()
        guard finding.holds else {
            throw OperationFailure(
                .inputOutput, doing: doing, wrong: "its database does not hold together (\(finding.sentence))",
                remedy: "run seamark-server verify, and restore it from an older backup")
        }
        let backup = try write(
            to: folder, name: name.text, passphrase, office.keys.tenantKey, stretching, doing: doing,
            header: {
                BackupHeader(
                    lock: $0, kind: .tenant, tenant: identity.id, epoch: identity.epoch, made: made,
                    scopes: scopes.map { BackupHeader.Scope(id: $0.id, place: $0.place) }, keyCheck: office.keys.tenantKey.check)
            },
            content: { writer throws(BackupFault) in
                try BackupFiles.write(.init(name: name.text, pin: installation.pin.description), to: writer)
                // Attachments are there before the database speaks of them, and are never altered: listed after its copy, none is missing.
                let files: [String]
                do throws(OperationFailure) { files = try BackupFiles.list(source.path) } catch { throw .step(error) }
                for file in files { try BackupFiles.add(source.path + "/" + file, as: file, to: writer) }
                try BackupFiles.add(copyPath, as: "data/tenant.sqlite", to: writer)
                try BackupFiles.end(writer)
            })
        try office.store.write { transaction in
            // From here on devices are told what is backed up: they may destroy or evict what they no longer need.
            for scope in scopes {
                let lost = unreadable.filter { $0.scope == scope.id }.map(\.stored.received).min()
                try transaction.noteBackup(of: scope.id, through: scope.place.position, lost: lost, from: mark)
            }
            _ = try transaction.noteAct("tenant.backup", detail: "\(Digest.sha256(backup.header.bytes)) \(backup.header.entries)", at: made)
        }
        return Backup(
            path: backup.path, tenant: name, header: backup.header, byteCount: backup.byteCount,
            unreadableAttachments: Set(unreadable.map(\.stored.attachment)).count)
    }

    /// As `backUp` for what all tenants share: without it their devices would not know the server again.
    public func backUpInstallation(to folder: String, passphrase: SecretBytes, stretching: any PassphraseStretching = Scrypt()) throws -> Backup {
        let made = clock.now()
        return try write(
            to: folder, name: "installation", passphrase, nil, stretching, doing: "backing up the installation",
            header: { BackupHeader(lock: $0, kind: .installation, made: made) },
            content: { writer throws(BackupFault) in
                try BackupFiles.write(.init(name: "", pin: installation.pin.description), to: writer)
                let files: [String]
                do throws(OperationFailure) { files = try BackupFiles.list(directory.installation) } catch { throw .step(error) }
                for file in files { try BackupFiles.add(directory.installation + "/" + file, as: file, to: writer) }
                try BackupFiles.end(writer)
            })
    }

    private func write(
        to folder: String, name: String, _ passphrase: SecretBytes, _ tenantKey: TenantKey?, _ stretching: any PassphraseStretching, doing: String,
        header: (PassphraseLock) -> BackupHeader, content: (BackupWriter) throws(BackupFault) -> Void
    ) throws -> Backup {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw PrivateFile.failure(errno, doing: "making the folder \(folder)") }
        let locked = try Randomness.secret(32)
        let key = tenantKey?.backupKey(locked) ?? locked
        let lock: PassphraseLock
        do throws(PassphraseLockError) {
            lock = try PassphraseLock(wrapping: locked, under: passphrase.copy(), by: stretching)
        } catch { throw BackupFault.tooLittleMemory.failure(doing: doing) }
        let header = header(lock)
        let draft = "\(folder)/.\(name)-\(Hexadecimal.text(of: try Randomness.bytes(8))).new"
        defer { unlink(draft) }
        do throws(BackupFault) {
            let writer = try BackupWriter(path: draft, header: header, key: key)
            try content(writer)
            try writer.finish()
            // What cannot be read back was not backed up.
            let reader = try BackupReader(path: draft)
            reader.unlock(ownKey: key)
            _ = try BackupFiles.readFacts(reader)
            _ = try BackupFiles.unpack(reader, into: nil)
            let path = try Self.settle(draft, as: "\(folder)/\(name)-\(BackupTime.text(header.made))")
            let byteCount = writer.byteCount
            do { try PrivateFile.makeDurable(folder: folder) } catch { throw .step(error) }
            return Backup(path: path, tenant: nil, header: header, byteCount: byteCount, unreadableAttachments: 0)
        } catch { throw error.failure(doing: doing) }
    }

    /// Gives a whole file its name, and no other file's. A second backup within a second is called `…Z_2`, which sorts behind the first.
    private static func settle(_ draft: String, as name: String) throws(BackupFault) -> String {
        var number = 1
        while true {
            let path = name + (number == 1 ? "" : "_\(number)") + ".smkb"
            if link(draft, path) == 0 { return path }
            guard errno == EEXIST, number < 9 else { throw .system(errno, "naming the file \(path)") }
            number += 1
        }
    }

    static func removeTree(_ path: String) { _ = try? FileManager.default.removeItem(atPath: path) }
}

/// Times in names of files and folders: `20261122T214400Z`.
enum BackupTime {
    static func text(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))T\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))Z"
    }
}
