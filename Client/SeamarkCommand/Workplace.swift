import Foundation
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

/// The device that a command works on, unlocked, and the engagement that is meant.
struct Workplace {
    /// Why there is no place to work.
    enum Failure: Error {
        case locked(tenant: String)
        /// It was locked while this program had it open, which ended with that; and what to do when it is unlocked.
        case lockedMeanwhile(tenant: String, then: String)
        /// It was wiped, or moved away, while this program had it open, which ended with that.
        case wipedMeanwhile(tenant: String)
        /// The store's file is damaged, and so many changes that wait can be taken out of it; nil where nothing says any more whose they are.
        case damaged(DeviceStoreError, waiting: Int?)
        case noEngagement
        /// The server told this device at a sync that it was revoked.
        case revoked
        /// Headquarters ordered this laptop wiped, and so many changes are to be handed in before; with what a sync has just failed by.
        case toBeWiped(String, waiting: Int, because: String?)
        /// The order was carried out, with so many changes that had no receipt and attachments that were not handed in; does headquarters know?
        case wiped(String, lost: Int, attachments: Int, isTold: Bool)
        /// The offline lease is over, and reading is meant.
        case leaseOver
        /// Headquarters must confirm this device's words first, and reading is meant.
        case unconfirmed(DeviceWords, holdsEngagement: Bool)
        /// The same where something was to be captured, and there is no engagement to capture into.
        case unconfirmedAndEmpty(DeviceWords)
        /// The member is no longer staffed on these, of which this device holds so many changes without a receipt.
        case withdrawn([String], waiting: Int)
        /// The server does not know these engagements any more.
        case unknownToHeadquarters([String])
        /// The member reads what is published, and works on no engagement.
        case viewer
        case engagementNotChosen([String])
        case unknownEngagement(String, [String])
    }

    /// What a place is opened for: each verb must say it.
    enum Purpose {
        /// To show what the device holds, or to settle what others wrote, which shows it. Ends with the offline lease.
        case read
        /// To capture, to see where things stand: goes on without a lease.
        case work
        /// To hand in what this device holds: goes on where headquarters ordered a wipe, which waits for nothing else.
        case handIn
    }

    let home: TenantHome
    let tenant: String
    let device: Device
    let options: WorkOptions
    /// May it be shown what the device holds?
    let shows: Bool

    /// Where this user's devices lie, with nothing half wiped in it.
    static func home() throws -> TenantHome {
        let home = try TenantHome(environment: ProcessInfo.processInfo.environment)
        for tenant in try home.finishWipes() {
            EditorFolders.wipe(home.storePath(tenant))
            try? home.forgetChoice(of: tenant)
            Terminal.warning("A wipe of \(tenant) had been cut off and is finished now: nothing of it is on this laptop any more.")
        }
        return home
    }

    /// Opens the store: with the kept key, else with the passphrase from the descriptor given, else by asking on a terminal.
    init(_ options: WorkOptions, to purpose: Purpose) throws {
        self.options = options
        home = try Self.home()
        tenant = try home.tenant(asked: options.tenant)
        let store = try DeviceStore(at: home.storePath(tenant))
        device = Device(store: try Self.unlock(store, tenant: tenant, options), now: TimeText.now)
        EditorFolders.worksOn(home.storePath(tenant))
        Self.sweepEditors(of: tenant, home)
        if let order = try device.orderedWipe, try purpose != .handIn || order.isDue(device.state) {
            try Self.obeyWipe(device, of: tenant, in: home)
        }
        // Whatever it is opened for, what is seen of the clock counts.
        let lease = try device.lookAtLease()
        // A disk that cannot be written keeps nobody from reading.
        try? device.forgetDrafts()
        Terminal.worksOn(device)
        let state = try device.state
        shows = !lease.isOver && !state.awaitsConfirmation
        if purpose == .read, state.awaitsConfirmation { throw Failure.unconfirmed(state.identity.words, holdsEngagement: state.holdsEngagement) }
        if purpose == .read, lease.isOver { throw Failure.leaseOver }
    }

    /// What a salvage put aside has served once everything is handed in and read.
    func removeSalvaged(after report: SyncRun.Report) throws {
        guard report.isHandedIn, !report.outcome.revoked, !report.outcome.awaitsConfirmation, try device.state.unsentCount == 0 else { return }
        let count = try DeviceStore(at: home.storePath(tenant)).removeSalvaged()
        if count > 0 { Terminal.warning("The damaged \(count == 1 ? "file" : "files") that 'seamark salvage' put aside \(count == 1 ? "is" : "are") removed: headquarters has what could be read.") }
    }

    /// Takes texts out of memory that an editor had when its command was killed, and pages that a browser was printing.
    static func sweepEditors(of tenant: String, _ home: TenantHome) {
        let swept = EditorFolders.sweep(home.storePath(tenant))
        let pages = swept.count(where: \.isPage), count = swept.count - pages
        if pages > 0 { Terminal.warning("A command was killed while it printed a report: \(counted(pages, "page")) that lay in the open, in memory, \(pages == 1 ? "is" : "are") removed.") }
        guard count > 0 else { return }
        Terminal.warning("A command was killed while an editor was open: \(counted(count, "text")) that it had in memory, not stored, \(count == 1 ? "is" : "are") removed.")
    }

    private static func unlock(_ store: DeviceStore, tenant: String, _ options: WorkOptions) throws -> OpenDeviceStore {
        if let descriptor = options.passphraseFd {
            guard let passphrase = try Passphrase.read(from: descriptor) else { throw Passphrase.Failure.tooShort }
            return try open(store, with: passphrase)
        }
        // A lock that cannot be read is not a store that is locked.
        let id = try store.id
        if let key = try? KeyHolder.key(of: id) {
            do { return try store.unlock(storeKey: key) } catch where error == .wrongKey {} catch {
                throw error.isDamage ? damaged(error, try? store.lookAtSalvage(storeKey: key)) : error
            }
        }
        guard Terminal.inputIsTerminal else { throw Failure.locked(tenant: tenant) }
        return try PassphraseTries.ask("Passphrase for \(tenant): ") { typed in
            guard let typed else { throw Failure.locked(tenant: tenant) }
            return try open(store, with: typed)
        }
    }

    private static func open(_ store: DeviceStore, with passphrase: SecretBytes) throws -> OpenDeviceStore {
        let proof = DeviceProof.passphrase(passphrase.copy())
        do { return try store.unlock(with: proof) } catch {
            throw error.isDamage ? damaged(error, try? store.lookAtSalvage(with: proof)) : error
        }
    }

    /// What waits in a store whose file is damaged, so that nobody throws it away.
    private static func damaged(_ error: DeviceStoreError, _ found: DeviceSalvage?) -> any Error {
        guard let found else { return error }
        return Failure.damaged(error, waiting: found.hasIdentity ? found.waitingCount : nil)
    }

    // MARK: - The engagement

    /// The engagements that this device holds and its member is staffed on, with what people call them.
    func engagements() throws -> [(id: Identifier, handle: String, title: String)] { try engagements(withdrawn: false) }

    private func engagements(withdrawn: Bool) throws -> [(id: Identifier, handle: String, title: String)] {
        let state = try device.state
        return state.scopeIDs.compactMap { id in
            guard let scope = state.scopes[id], scope.kind == .engagement, scope.isWithdrawn == withdrawn else { return nil }
            let record = state.replicas[id]?.view(id)
            return (id, record?.handle ?? RecordFinder.short(id), record?.text("title") ?? (scope.name.isEmpty ? "not yet synced" : scope.name))
        }.sorted { HandleOrder.precedes($0.handle, $1.handle) }
    }

    /// The one that is meant, to read or to capture: asked for, else chosen, else the only one. A revoked device does neither.
    func engagement() throws -> Identifier {
        guard try device.state.settings[.isRevoked] != .bool(true) else { throw Failure.revoked }
        let all = try engagements()
        if let asked = options.engagement { return try engagement(called: asked) }
        if let chosen = try device.state.settings[.currentScope]?.id {
            if all.contains(where: { $0.id == chosen }) { return chosen }
            // Another one must not take its place unasked.
            let former = try engagements(withdrawn: true).filter { $0.id == chosen }
            if !former.isEmpty { throw try withdrawn(former) }
        }
        guard let only = all.first else {
            // One that has never read anything: headquarters must confirm it first.
            if let state = try? device.state, state.awaitsConfirmation { throw Failure.unconfirmedAndEmpty(state.identity.words) }
            if try readsPublications { throw Failure.viewer }
            let former = try engagements(withdrawn: true)
            throw former.isEmpty ? Failure.noEngagement : try withdrawn(former)
        }
        guard all.count == 1 else { throw Failure.engagementNotChosen(all.map(\.handle)) }
        return only.id
    }

    func engagement(called name: String) throws -> Identifier {
        let all = try engagements()
        let folded = name.lowercased()
        func isCalled(_ one: (id: Identifier, handle: String, title: String)) -> Bool {
            one.handle.lowercased() == folded || one.title.lowercased() == folded || one.id.description == folded
        }
        let found = all.filter(isCalled)
        if found.count == 1 { return found[0].id }
        let former = try engagements(withdrawn: true)
        let meant = former.filter(isCalled)
        if found.isEmpty, !meant.isEmpty { throw try withdrawn(meant) }
        if try readsPublications { throw Failure.viewer }
        if !all.isEmpty { throw Failure.unknownEngagement(name, all.map(\.handle)) }
        throw former.isEmpty ? Failure.noEngagement : try withdrawn(former)
    }

    /// Is it a client viewer's, who reads what headquarters published and holds no engagement?
    var readsPublications: Bool {
        get throws { try device.isViewers && engagements().isEmpty }
    }

    private func withdrawn(_ former: [(id: Identifier, handle: String, title: String)]) throws -> Failure {
        let state = try device.state
        let unknown = former.filter { state.unknownScopes.contains($0.id) }
        guard unknown.isEmpty else { return .unknownToHeadquarters(unknown.map(\.handle)) }
        let replicas = state.replicas
        return .withdrawn(former.map(\.handle), waiting: former.reduce(0) { $0 + (replicas[$1.id]?.unsentCount ?? 0) })
    }

    func finder() throws -> RecordFinder {
        let scope = try engagement()
        guard let finder = RecordFinder(try device.state, scope: scope) else { throw Failure.noEngagement }
        return finder
    }
}

extension DeviceState {
    /// Is there an engagement that takes captures?
    var holdsEngagement: Bool { scopeIDs.contains { scopes[$0]?.kind == .engagement && scopes[$0]?.isWithdrawn == false } }
}
