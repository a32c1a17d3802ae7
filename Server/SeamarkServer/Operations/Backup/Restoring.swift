internal import Foundation
internal import Glibc
public import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkStore

/// Puts a backup back into a data directory on which no server runs.
///
/// Everything is unpacked and verified beside its place first; what was there before is moved to `DATA/replaced` and never deleted. A
/// restored tenant begins a new epoch, so that devices that are ahead know it, and hand in what the backup lacks. What the store in its place holds and
/// the backup does not is taken over first, as far as it can still be read.
public struct Restoring: Sendable {
    public struct Outcome: Sendable {
        public let header: BackupHeader
        /// The tenant's short name here; nil for an installation.
        public let tenant: ShortName?
        public let sentence: String
        /// Where the files lie that were there before, also where a restore that was cut off moved them there; nil when there were none.
        public let replaced: String?
        /// What the replaced store held beyond the backup, and what of it is here now; nil where that cannot be known.
        public let takenOver: TakenOver?
        /// Devices that were revoked after the backup was made and are revoked here again.
        public let revokedAgain: Int
        /// Devices for which a wipe was ordered, or done, after the backup was made: that holds here too.
        public let wipesTakenOver: Int
        /// People who were erased after the backup was made, as acts said that were told and nothing else did, and are erased here again.
        public let erasedAgain: Int
        /// The server's signing key was replaced after the backup was made: it stays the one that it was last.
        public let keepsSigningKey: Bool
        /// Why what was there before could not be read: then nobody knows which devices were revoked since.
        public let unread: String?
        /// The devices of this tenant know another installation than this one.
        public let knowsAnotherInstallation: Bool

        /// How many entries the replaced logs held beyond the backup; nil where that cannot be known.
        public var entriesAhead: UInt64? {
            // Where the optimiser of Swift 6.3.1 puts this into its caller, its pass CopyPropagation ends the compiler.
            @inline(never) get { takenOver?.entriesAhead }
        }
    }

    private let directory: DataDirectory
    private let clock: WallClock

    public init(into directory: DataDirectory, clock: WallClock = .system) {
        self.directory = directory
        self.clock = clock
    }

    /// How folders begin that a backup is unpacked into.
    static let draft = ".restore-"

    /// Removes what restores that were killed had unpacked: keys and databases in the open. For whoever holds the data directory, which no restore
    /// does then: another restore, a server that starts. What cannot be removed stays for the next time.
    static func sweep(_ directory: DataDirectory) {
        for folder in [directory.path, directory.tenants] {
            for name in (try? PrivateFile.allNames(in: folder)) ?? [] where name.hasPrefix(draft) { Office.removeTree(folder + "/" + name) }
        }
    }

    /// What a restore of this backup would set aside: a tenant's short name here, or `installation`; nil where nothing stands in its place. Reads only.
    public func inItsPlace(_ header: BackupHeader) throws -> String? {
        switch header.kind {
        case .installation: return try PrivateFile.exists(directory.installation) ? "installation" : nil
        case .tenant:
            guard try PrivateFile.exists(directory.tenants) else { return nil }
            return try directory.tenantFolders().first { try TenantKeys.tenant(in: $0.folder) == header.tenant }?.name.text
        }
    }

    /// - Parameter name: the tenant's short name here; nil for the one that it had.
    /// - Parameter tenantKey: from its recovery text, where the key folder does not have it; a restored tenant's is kept there.
    /// - Parameter acts: a file of `audit export`: who was erased by these acts and is not in the backup's is erased here too.
    public func restore(
        _ path: String, as name: ShortName? = nil, passphrase: SecretBytes, tenantKey: TenantKey? = nil, erasedBy acts: String? = nil
    ) throws -> Outcome {
        let doing = "restoring \(path)"
        let header = try BackupHeader(of: path)
        switch header.kind {
        case .installation:
            guard name == nil else {
                throw OperationFailure(.badInput, doing: doing, wrong: "it is an installation's backup, which has no name", remedy: "leave --name out")
            }
            guard acts == nil else {
                throw OperationFailure(.badInput, doing: doing, wrong: "it is an installation's backup, which holds nobody who could be erased", remedy: "leave --erased out")
            }
            return try restoreInstallation(path, passphrase, doing: doing)
        case .tenant: return try restoreTenant(path, header, name, passphrase, tenantKey, acts.map(ToldErasures.init(reading:)), doing: doing)
        }
    }

    // MARK: A tenant

    private func restoreTenant(
        _ path: String, _ header: BackupHeader, _ name: ShortName?, _ passphrase: SecretBytes, _ given: TenantKey?, _ told: ToldErasures?, doing: String
    ) throws -> Outcome {
        let installation = try Installation(opening: directory)
        let lock = try DirectoryLock.alone(directory, doing: doing)
        let keyFolder = installation.keyFolder
        var tenantKey: TenantKey?
        if let check = header.keyCheck { tenantKey = try given ?? keyFolder.key(of: header.tenant, check: check, doing: doing) }
        defer { withExtendedLifetime(lock) {} }
        Self.sweep(directory)
        let draft = TenantFolder(path: directory.tenants + "/" + Self.draft + Hexadecimal.text(of: try Randomness.bytes(8)))
        try PrivateFile.makeFolder(draft.path)
        var isInPlace = false
        defer { if !isInPlace { Office.removeTree(draft.path) } }
        let (finding, facts) = try BackupFinding.unpack(path, passphrase, tenantKey, into: draft.path, doing: doing)
        guard finding.holds else {
            throw OperationFailure(.badInput, doing: doing, wrong: finding.sentence, remedy: "use another copy, or an older backup; nothing was changed")
        }
        let short = try place(for: header.tenant, name ?? ShortName(checking: facts.name, for: "the tenant"), doing: doing)
        if let tenantKey { try keyFolder.keep(tenantKey) }
        let old = directory.tenant(short)
        let isReplacing = try PrivateFile.exists(old.path)
        var before: Former?
        var unread: String?
        // A store that cannot be read may be why there is a restore.
        // One that was cut off between its two renames left the store set aside and nothing in its place.
        var replaced = isReplacing ? nil : try lastSetAside(short, of: header.tenant)
        if let former = isReplacing ? old : replaced.map(TenantFolder.init(path:)) {
            do { before = try formerly(former, keyFolder) } catch { unread = "\(error)" }
        }
        let again = try renew(draft, short, installation, header, before, told)
        if isReplacing { replaced = try setAside(old.path, called: short.text, doing: doing) }
        guard rename(draft.path, old.path) == 0 else {
            let code = errno
            if isReplacing, let replaced { rename(replaced, old.path) }
            throw PrivateFile.failure(code, doing: doing)
        }
        isInPlace = true
        try PrivateFile.makeDurable(folder: directory.tenants)
        return Outcome(
            header: header, tenant: short, sentence: finding.sentence, replaced: replaced,
            takenOver: again.taken, revokedAgain: again.revoked,
            wipesTakenOver: again.wipes, erasedAgain: again.erased, keepsSigningKey: again.keepsSigningKey, unread: unread,
            knowsAnotherInstallation: !(installation.pins + installation.formerPins).contains { $0.description == facts.pin })
    }

    /// Where the tenant belongs here: its present folder, or a name that is free.
    private func place(for tenant: Identifier, _ name: ShortName, doing: String) throws -> ShortName {
        for (other, folder) in try directory.tenantFolders() where try other != name && TenantKeys.tenant(in: folder) == tenant {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "this tenant is here already, as \(other.text)", remedy: "give --name \(other.text), or leave --name out where it is the name in the backup")
        }
        let folder = directory.tenant(name)
        guard try PrivateFile.exists(folder.path) else { return name }
        let present = try TenantKeys.tenant(in: folder)
        if present == tenant { return name }
        guard present == nil else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "\(name.text) is another tenant here, and a backup never takes another tenant's place",
                remedy: "choose a free name with --name; nothing was changed")
        }
        throw OperationFailure(
            .badInput, doing: doing, wrong: "there is a folder \(folder.path) that does not say whose it is",
            remedy: "move it away, then restore; nothing was changed")
    }

    /// What the store that is about to be replaced still tells.
    private struct Former {
        let keys: TenantKeys
        /// Open until `renew` has taken over what it holds.
        let store: TenantStore
        let scopes: [TenantScope]
        let revoked: [Identifier]
        let wipes: [(device: Identifier, order: WipeOrder)]
        let waiting: [Identifier]
        let epochs: FormerEpochs
    }

    private func formerly(_ folder: TenantFolder, _ keyFolder: KeyFolder) throws -> Former {
        let keys = try TenantKeys(opening: folder, under: keyFolder)
        let store = try TenantStore.open(at: folder.database, of: keys.tenant, tools: .standard(dataKey: keys.dataKey))
        do {
            try keys.settle(folder, store, at: clock.now())
            return try store.read { snapshot in
                let devices = try snapshot.devices()
                return Former(
                    keys: keys, store: store, scopes: try snapshot.scopes(), revoked: devices.filter { $0.revoked != nil }.map(\.id),
                    wipes: devices.compactMap { device in device.wipe.map { (device.id, $0) } },
                    waiting: devices.filter(\.awaitsConfirmation).map(\.id), epochs: try snapshot.formerEpochs().and(snapshot.identity().epoch))
            }
        } catch {
            try? store.close()
            throw error
        }
    }

    /// A new epoch, what the store of before held beyond the backup, and no device that comes back which was revoked, frozen or to be wiped meanwhile.
    /// Returns how many there were. The store of before is closed then, and may be moved.
    private func renew(
        _ draft: TenantFolder, _ name: ShortName, _ installation: Installation, _ header: BackupHeader, _ before: Former?, _ told: ToldErasures?
    ) throws -> (revoked: Int, wipes: Int, erased: Int, keepsSigningKey: Bool, taken: TakenOver?) {
        let keepsSigningKey = try before?.keys.succeed(in: draft, under: installation.keyFolder) ?? false
        let office = try TenantOffice(name: name, folder: draft, installation: installation, clock: clock)
        defer { try? office.store.close() }
        defer { try? before?.store.close() }
        let now = clock.now()
        let erased = try told?.beyond(office.store) ?? []
        let (epoch, incarnation) = (try Randomness.word(), try Randomness.word())
        try office.store.write { transaction in
            try transaction.renewEpoch(epoch, incarnation: incarnation, because: .restored, at: now)
            // Where nothing is left of what is replaced, devices may know epochs of it that nobody can name here.
            try transaction.take(formerEpochs: before?.epochs ?? FormerEpochs(epochs: [], expectsOthers: true))
            _ = try transaction.noteAct("tenant.restore", detail: "\(Digest.sha256(header.bytes)) made \(header.made)", at: now)
        }
        // Last, when all is here that there is.
        func eraseAgain() throws -> Int { try erased.count { try office.eraseAgain($0.person, in: $0.scope, reason: TakingOver.erasedReason) } }
        guard let before else { return (0, 0, try eraseAgain(), false, nil) }
        let takingOver = TakingOver(from: before.store, before.scopes, to: office, at: now)
        try takingOver.run()
        var count = 0
        for device in try office.devices() where device.device.revoked == nil && before.revoked.contains(device.device.id) {
            _ = try office.revoke(device.device.id.description)
            count += 1
        }
        // Nor one that was frozen since.
        try office.store.write { transaction in
            for id in before.waiting {
                guard let device = try transaction.device(id), device.revoked == nil, device.wait == nil else { continue }
                try transaction.awaitConfirmation(of: id, because: .reused, at: now)
                _ = try transaction.noteAct("device.freeze", detail: id.description, at: now)
            }
        }
        let wipes = try before.wipes.count { try office.takeOver($0.order, to: $0.device) }
        return (count, wipes, try eraseAgain(), keepsSigningKey, takingOver.done)
    }

    // MARK: An installation

    private func restoreInstallation(_ path: String, _ passphrase: SecretBytes, doing: String) throws -> Outcome {
        try PrivateFile.makeFolder(directory.path, mayExist: true)
        let lock = try DirectoryLock.alone(directory, doing: doing)
        defer { withExtendedLifetime(lock) {} }
        try PrivateFile.makeFolder(directory.tenants, mayExist: true)
        Self.sweep(directory)
        // Unpacked as the data directory that it was, so that it can be opened as one before it counts.
        let draft = DataDirectory(directory.path + "/" + Self.draft + Hexadecimal.text(of: try Randomness.bytes(8)))
        defer { Office.removeTree(draft.path) }
        for folder in [draft.path, draft.installation, draft.tenants] { try PrivateFile.makeFolder(folder) }
        let (finding, facts) = try BackupFinding.unpack(path, passphrase, nil, into: draft.installation, doing: doing)
        try Installation.record(keysOf: directory, in: draft)
        let restored = try Installation(opening: draft)
        guard restored.pin.description == facts.pin else {
            throw OperationFailure(.badInput, doing: doing, wrong: "its authority is not the one that it names", remedy: "use another copy; nothing was changed")
        }
        var replaced: String?
        if try PrivateFile.exists(directory.installation) {
            var present: Installation?
            // One that is damaged may be why there is a restore; one that cannot be read just now says nothing.
            do { present = try Installation(opening: directory) } catch let error as OperationFailure where error.kind == .configuration || error.kind == .notFound {}
            guard present.map({ !Set($0.pins).isDisjoint(with: restored.pins) }) ?? true else {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "\(directory.path) holds another installation, which the devices of its tenants know",
                    remedy: "restore into a new data directory; nothing was changed")
            }
            replaced = try setAside(directory.installation, called: "installation", doing: doing)
        }
        guard rename(draft.installation, directory.installation) == 0 else {
            let code = errno
            if let replaced { rename(replaced, directory.installation) }
            throw PrivateFile.failure(code, doing: doing)
        }
        try PrivateFile.makeDurable(folder: directory.path)
        return Outcome(
            header: finding.header, tenant: nil, sentence: finding.sentence, replaced: replaced, takenOver: nil, revokedAgain: 0, wipesTakenOver: 0, erasedAgain: 0, keepsSigningKey: false, unread: nil,
            knowsAnotherInstallation: false)
    }

    // MARK: What was there before

    /// The newest store of the tenant that a restore under this name set aside.
    private func lastSetAside(_ name: ShortName, of tenant: Identifier) throws -> String? {
        guard try PrivateFile.exists(directory.replaced) else { return nil }
        let stem = "\(name.text)-"
        // Set aside in one moment they have numbers, from 1: the longer name is the newer one.
        let names = try PrivateFile.names(in: directory.replaced).filter { $0.hasPrefix(stem) }
            .sorted { ($0.prefix(stem.count + BackupTime.text(0).count), $0.count, $0) < ($1.prefix(stem.count + BackupTime.text(0).count), $1.count, $1) }
        for name in names.reversed() {
            let folder = TenantFolder(path: "\(directory.replaced)/\(name)")
            // Of what does not say whose it is nothing is known.
            if let other = try? TenantKeys.tenant(in: folder), other == tenant { return folder.path }
        }
        return nil
    }

    private func setAside(_ path: String, called name: String, doing: String) throws -> String {
        let folder = directory.replaced
        try PrivateFile.makeFolder(folder, mayExist: true)
        try PrivateFile.makeDurable(folder: directory.path)
        let stem = "\(folder)/\(name)-\(BackupTime.text(clock.now()))"
        for number in 0..<1000 {
            let place = number == 0 ? stem : "\(stem)-\(number)"
            guard try !PrivateFile.exists(place) else { continue }
            guard rename(path, place) == 0 else { throw PrivateFile.failure(errno, doing: doing) }
            try PrivateFile.makeDurable(folder: folder)
            return place
        }
        throw OperationFailure(.badInput, doing: doing, wrong: "there are too many replaced copies in \(folder)", remedy: "move some away")
    }
}
