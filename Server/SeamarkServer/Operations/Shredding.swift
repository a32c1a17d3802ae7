internal import Foundation
internal import Glibc
internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkStore

/// The end of a contract: destroys a tenant's key, so that its backups and all that was sealed are unreadable wherever copies lie, then its files here.
///
/// The key goes first. Cut off before that nothing has happened; cut off after it, what is left is unreadable, and running it again removes it.
/// What lay open in the database's rows (ids, times, scores, amounts) is deleted and not destroyed: in a copy of the data directory that another tool
/// made it stays readable.
public struct Shredding: Sendable {
    /// What there is to lose, and what shredding does not reach.
    public struct Effects: Sendable {
        public let tenant: Identifier
        /// In all logs.
        public internal(set) var entries: UInt64 = 0
        public internal(set) var attachments = 0
        /// Backups that were made, and how many of them before the tenant had a key: those open by their passphrase alone.
        public internal(set) var backups = 0
        public internal(set) var earlierBackups = 0
        /// How often the recovery text was handed out: each copy opens the backups.
        public internal(set) var keyCopies = 0
        /// Devices that are not revoked, by their letters: what they hold stays on them.
        public internal(set) var devices: [String] = []
        /// Copies that restores set aside; they go too.
        public internal(set) var replaced: [String] = []
        /// Copies that restores set aside of which nobody can tell whose they are: they stay.
        public internal(set) var unclaimed: [String] = []
        /// Why the store cannot be read: then the numbers are not known.
        public internal(set) var unread: String?
        var lastAct: String?
    }

    let office: Office
    private var directory: DataDirectory { office.directory }

    public init(in office: Office) { self.office = office }

    public func effects(on name: ShortName) throws -> Effects {
        let folder = directory.tenant(name)
        guard try PrivateFile.exists(folder.facts) else { throw Office.noTenant(name) }
        let id = try TenantKeys.facts(in: folder, doing: "shredding \(name.text)").tenant
        var effects = Effects(tenant: id)
        effects.replaced = try copies(of: id).filter { $0.hasPrefix(directory.replaced) }
        effects.unclaimed = try unclaimed()
        do {
            let tenant = try office.tenant(name)
            defer { try? tenant.store.close() }
            try tenant.store.read { snapshot in
                effects.entries = try snapshot.scopes().reduce(0) { $0 &+ $1.place.position }
                effects.attachments = Set(try snapshot.attachments().map(\.stored.attachment)).count
                effects.devices = try snapshot.devices().filter { $0.revoked == nil }.map(\.letters)
                let acts = try snapshot.audit()
                let made = acts.firstIndex { $0.act == TenantKeys.made } ?? acts.endIndex
                // A backup is noted after it is made: in what was restored from it nothing says that it is there.
                effects.backups = acts.count { $0.act == "tenant.backup" || $0.act == "tenant.restore" }
                effects.earlierBackups = acts[..<made].count { $0.act == "tenant.backup" }
                effects.keyCopies = acts.count { $0.act == TenantOffice.keyShown }
                effects.lastAct = acts.last?.hash.description
            }
        } catch { effects.unread = "\(error)" }
        return effects
    }

    /// Shreds the tenant, or ends what was begun. Refuses while a server runs.
    ///
    /// - Parameters:
    ///   - account: who does it, as the note says that stays.
    ///   - authority: a second person's approval, or why there is none.
    public func shred(_ name: ShortName, by account: String, _ authority: ShreddingAuthority) throws -> ShreddedTenant {
        let doing = "shredding \(name.text)"
        let lock = try DirectoryLock.alone(directory, doing: doing)
        defer { withExtendedLifetime(lock) {} }
        let keyFolder = office.installation.keyFolder
        let begun = try office.shredded().last { $0.name == name.text && $0.finished == nil }
        var note: ShreddedTenant
        if let begun, let id = begun.id, try !PrivateFile.exists(keyFolder.file(id)) {
            // Without its key there is nothing left to ask about.
            note = begun
        } else {
            let effects = try effects(on: name)
            let approver = try approver(of: authority, name, doing: doing)
            note = ShreddedTenant(
                tenant: effects.tenant.description, name: name.text, began: begun?.tenant == effects.tenant.description ? begun?.began ?? 0 : office.clock.now(),
                finished: nil, by: account, approvedBy: approver, lastAct: effects.lastAct)
            try note.write(in: directory)
        }
        guard let id = note.id else { throw OperationFailure(.fault, doing: doing, wrong: "its note names no tenant", remedy: "move the note away") }
        try keyFolder.destroy(id)
        try setAside(id, doing: doing)
        try removeWhatWasSetAside(id, doing: doing)
        note.finished = office.clock.now()
        try note.write(in: directory)
        if try PrivateFile.exists(directory.tenant(name).facts) {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "it ended the shredding of an earlier tenant of this name (\(id)); the one that has the name now was not touched",
                remedy: "run it again, if that one is to go too")
        }
        return note
    }

    // MARK: Files

    /// Its folder, what restores set aside of it, and what restores that were cut off left behind.
    private func copies(of tenant: Identifier) throws(OperationFailure) -> [String] {
        var found: [String] = []
        for folder in [directory.tenants, directory.replaced] where try PrivateFile.exists(folder) {
            for name in try PrivateFile.allNames(in: folder) {
                let place = TenantFolder(path: folder + "/" + name)
                // Nobody restores now: an unfinished one is nobody's, and whose it was is not always written yet.
                if name.hasPrefix(Restoring.draft) || (try? TenantKeys.tenant(in: place)) == tenant { found.append(place.path) }
            }
        }
        return found
    }

    /// What restores set aside and nobody can tell whose it is. It may hold the plain keys of an earlier version.
    public func unclaimed() throws -> [String] {
        guard try PrivateFile.exists(directory.replaced) else { return [] }
        return try PrivateFile.names(in: directory.replaced).map { directory.replaced + "/" + $0 }.filter { path in
            let place = TenantFolder(path: path)
            return try PrivateFile.exists(place.data) && (try? TenantKeys.tenant(in: place)) == nil
        }
    }

    private func prefix(_ tenant: Identifier) -> String { ".shred-\(tenant)-" }

    /// Takes the copies out of their places, under names that say whose they are, also when only half of one is left.
    private func setAside(_ tenant: Identifier, doing: String) throws {
        for path in try copies(of: tenant) {
            guard rename(path, directory.path + "/" + prefix(tenant) + Hexadecimal.text(of: try Randomness.bytes(8))) == 0 else {
                throw PrivateFile.failure(errno, doing: doing)
            }
        }
        for folder in [directory.tenants, directory.replaced, directory.path] where try PrivateFile.exists(folder) { try PrivateFile.makeDurable(folder: folder) }
    }

    private func removeWhatWasSetAside(_ tenant: Identifier, doing: String) throws {
        for name in try PrivateFile.allNames(in: directory.path) where name.hasPrefix(prefix(tenant)) {
            let place = TenantFolder(path: directory.path + "/" + name)
            if try PrivateFile.exists(place.keys) {
                for file in try PrivateFile.allNames(in: place.keys) { try PrivateFile.destroy(place.keys + "/" + file) }
            }
            do { try FileManager.default.removeItem(atPath: place.path) } catch {
                throw OperationFailure(
                    .inputOutput, doing: doing, wrong: "\(place.path) cannot be removed; what is in it is unreadable without the tenant key",
                    remedy: "find out why, then run it again")
            }
        }
        try PrivateFile.makeDurable(folder: directory.path)
    }
}
