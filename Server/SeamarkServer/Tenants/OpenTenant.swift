internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTLS
internal import Synchronization

/// A tenant whose store is open: its keys, its store and its one writer.
///
/// Whoever holds one can reach this tenant and no other. The roster makes them; a connection gets one through the door.
final class OpenTenant: Sendable {
    private let ring: Ring
    /// What the sessions of its devices get of it.
    let desk: TenantDesk
    /// Its keys lay plain until it was opened now.
    let haveKeysMoved: Bool
    private let contacts = Contacts()
    private let pace = Pace()

    var keys: TenantKeys { ring.keys.withLock { $0 } }
    var store: TenantStore { desk.store }
    var writer: TenantWriter { desk.writer }
    var clock: WallClock { desk.clock }

    /// Opens the store in a tenant's folder. Refuses keys that others may read.
    init(opening folder: TenantFolder, under keyFolder: KeyFolder, clock: WallClock, register: ConnectionRegister? = nil, limits: AttachmentLimits = AttachmentLimits()) throws {
        Workshop.sweep(folder.path, called: TenantFolder.workshop)
        // A command that was killed while it printed a report left that.
        PrintFolder.sweep()
        let keys = try TenantKeys(opening: folder, under: keyFolder)
        let store = try TenantStore.open(at: folder.database, of: keys.tenant, tools: .standard(keys, clock))
        haveKeysMoved = try keys.settle(folder, store, at: clock.now())
        // An updated program: what headquarters writes is of its schema from now on, and devices hear of it.
        if try store.read({ try $0.identity().schema < Catalogue.version }) {
            try store.write { _ = try $0.adoptSchema(Catalogue.version, at: clock.now()) }
        }
        let ring = Ring(keys, in: folder)
        self.ring = ring
        let contacts = contacts
        let pace = pace
        let tenant = ObjectIdentifier(store)
        desk = TenantDesk(
            store: store, clock: clock, primitives: SystemPrimitives(), signer: keys.signingKey, earlier: keys.earlier,
            endorse: { message, issued in ring.keys.withLock { $0 }.authority(at: issued).key.sign(message) }, attachments: try AttachmentVault(at: folder.attachments, dataKey: keys.dataKey), limits: limits,
            bundles: (keys.tenant, keys.bundleKey.publicKey),
            committed: {
                pace.all.withLock { $0.commits &+= 1 }
                register?.count { $0.pushTransactions += 1 }
                register?.wake(tenant)
            },
            noteContact: { word, device in contacts.all.withLock { $0[device] = word } })
    }

    // MARK: Authorities

    /// The keys as they were last read: which authorities are among them alters while the server runs.
    private final class Ring: Sendable {
        let keys: Mutex<TenantKeys>
        let changes = Mutex(FolderChanges())
        let folder: TenantFolder

        init(_ keys: TenantKeys, in folder: TenantFolder) {
            self.keys = Mutex(keys)
            self.folder = folder
        }
    }

    /// Reads the keys again where they were altered. What cannot be read, because somebody is altering it, is read at the next call.
    ///
    /// - Returns: whom the tenant's devices are certified by from now on; nil where that is whom it was.
    func lookAtKeys(under keyFolder: KeyFolder) throws -> TrustedAuthority? {
        guard let look = ring.changes.withLock({ $0.look(at: ring.folder.keys) }), let read = try? TenantKeys(opening: ring.folder, under: keyFolder),
            read.tenant == keys.tenant
        else { return nil }
        ring.changes.withLock { $0.remember(look) }
        guard read.trusted != keys.trusted else { return nil }
        let trust = try read.trust()
        ring.keys.withLock { $0 = read }
        return trust
    }

    // MARK: Checkpoints

    /// How many transactions of pushes there were, at which of them the tenant was last looked at, and at which its log was last moved.
    private final class Pace: Sendable {
        let all = Mutex<(commits: UInt64, seen: UInt64, moved: UInt64)>((0, 0, 0))
        /// The writer was given an erasure to settle, and has not looked at it yet.
        let isSettling = Mutex(false)
    }

    /// Moves the store's write-ahead log into its file when there were pushes and since the last call none: so that no push has to wait
    /// for it, and the log stays short. Called several times a second.
    func checkpointWhenQuiet() {
        let isDue = pace.all.withLock { pace in
            defer { pace.seen = pace.commits }
            guard pace.commits != pace.moved, pace.commits == pace.seen else { return false }
            pace.moved = pace.commits
            return true
        }
        guard isDue else { return }
        let store = store
        // One that fails is tried again after the next push, and by the commit that finds the log too long.
        writer.submit(.alone { try? store.checkpoint() })
    }

    /// Takes the traces of deleted values out of the store's files where whoever deleted them, in this process or another, could not: somebody was reading.
    /// Called every second, so they are gone soon after the last who read.
    func settleErasures() {
        guard (try? store.isErasureOwed()) == true else { return }
        let store = store
        let pace = pace
        let isGiven = pace.isSettling.withLock { isSettling in
            defer { isSettling = true }
            return isSettling
        }
        guard !isGiven else { return }
        writer.submit(.alone {
            // So short that no push feels it, and long enough for those who read for a moment.
            store.settleErasures(waiting: 50)
            pace.isSettling.withLock { $0 = false }
        })
    }

    // MARK: Retention

    /// Redacts what was kept for as long as was agreed. Called once a day.
    func keepRetention(goOn: () throws -> Void) throws -> Retention.Round {
        // What was redacted before it was cut off is gone too.
        defer { desk.attachments?.dropErased() }
        return try Retention.keepSchedule(of: store, signer: keys.signingKey, at: clock.now(), goOn: goOn)
    }

    // MARK: Contacts

    /// What devices said of themselves; written with others, at latest after five seconds.
    private final class Contacts: Sendable {
        let all = Mutex<[Identifier: LastWord]>([:])
    }

    /// Writes what was remembered.
    func writeContacts() {
        let taken = contacts.all.withLock { contacts in
            defer { contacts = [:] }
            return contacts
        }
        guard !taken.isEmpty else { return }
        let store = store
        writer.submit(.alone {
            // Contact data are of no consequence: losing some must not disturb anybody's sync.
            try? store.write { transaction in
                for (device, word) in taken.sorted(by: { $0.key < $1.key }) { try transaction.noteContact(word.contact, by: word.scopes, of: device) }
            }
        })
    }
}

extension TenantKeys {
    /// Whom a conversation with one of the tenant's devices trusts.
    func trust() throws -> TrustedAuthority { try TrustedAuthority(certificates: trusted.map(\.der)) }
}

extension TenantTools {
    /// With the rule that follows withdrawn consent.
    static func standard(_ keys: TenantKeys, _ clock: WallClock) throws -> TenantTools {
        try standard(dataKey: keys.dataKey, rule: ConsentRule(signer: keys.signingKey, clock: clock))
    }

    static func standard(dataKey: SecretBytes, rule: (any TenantRule)? = nil) throws -> TenantTools {
        TenantTools(primitives: SystemPrimitives(), sealing: try SealingKey(dataKey: dataKey), rule: rule) { state in
            var document: [UInt8] = []
            document.reserveCapacity(1024)
            RecordView(id: .zero, state: state).write(to: &document, references: .none)
            return document
        }
    }
}
