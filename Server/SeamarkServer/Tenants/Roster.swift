internal import Glibc
internal import SeamarkJournal
internal import SeamarkStore
internal import SeamarkTLS
internal import Synchronization

/// The tenants of a running server, by label. It opens every tenant's store by its folder and hands out handles; nothing asks it
/// for a tenant by name.
final class Roster: Sendable {
    private struct State {
        var byLabel: [[UInt8]: TenantChoice] = [:]
        var byFolder: [TenantFolder: OpenTenant] = [:]
        /// Folders that could not be opened, so that each is told once. Those with a damaged store have a label all the same.
        var refused: Set<TenantFolder> = []
        var changes = FolderChanges()
    }

    private let state = Mutex(State())
    private let directory: DataDirectory
    private let keyFolder: KeyFolder
    private let register: ConnectionRegister
    private let clock: WallClock
    private let log: ServerLog

    init(directory: DataDirectory, keyFolder: KeyFolder, register: ConnectionRegister, clock: WallClock, log: ServerLog) {
        self.directory = directory
        self.keyFolder = keyFolder
        self.register = register
        self.clock = clock
        self.log = log
    }

    /// Opens the stores of tenants that are new. One whose store is damaged is logged and closed: its devices are turned away, and nobody
    /// else notices. At the start every other failure ends it; later it is logged, and the tenant left out.
    func refresh(atStart: Bool = false) throws {
        for (_, folder) in try directory.tenantFolders() {
            let isKnown = state.withLock { $0.byFolder[folder] != nil || !atStart && $0.refused.contains(folder) }
            guard !isKnown else { continue }
            do {
                let tenant = try OpenTenant(opening: folder, under: keyFolder, clock: clock, register: register)
                let trust = try tenant.keys.trust()
                let isTaken = state.withLock { state in
                    let label = Array(tenant.keys.label.utf8)
                    guard state.byLabel[label] == nil, state.byFolder[folder] == nil else { return true }
                    state.byLabel[label] = TenantChoice(authority: trust, tenant: tenant)
                    state.byFolder[folder] = tenant
                    return false
                }
                guard !isTaken else {
                    throw OperationFailure(
                        .configuration, doing: "opening the tenant in \(folder.path)", wrong: "another folder holds the same tenant",
                        remedy: "remove the copy; a copied tenant is restored, not run beside the first")
                }
                let id = "\(tenant.keys.tenant)"
                tenant.store.onAlarm { [log] alarm in
                    if let event = ServerEvent.of(alarm.kind) { log.note(event, [.tenant: id, .device: "\(alarm.device)"]) }
                }
                log.note(.tenantOpened, [.tenant: id])
                if tenant.haveKeysMoved {
                    log.note(.tenantKeysWrapped, [.tenant: "\(tenant.keys.tenant)", .keys: keyFolder.path])
                }
            } catch let error as StoreError where error.isDamage {
                let closed = try ClosedTenant(opening: folder, under: keyFolder, clock: clock)
                state.withLock { state in
                    state.refused.insert(folder)
                    let label = Array(closed.keys.label.utf8)
                    if state.byLabel[label] == nil { state.byLabel[label] = TenantChoice(authority: closed.trust, tenant: closed) }
                }
                log.note(.tenantDamaged, [.tenant: "\(closed.keys.tenant)", .reason: Self.reason(error)])
            } catch {
                if atStart { throw error }
                state.withLock { _ = $0.refused.insert(folder) }
                let tenant = try? TenantKeys.tenant(in: folder)
                log.note(.tenantNotOpened, [.tenant: tenant.map { "\($0)" } ?? "unknown", .reason: Self.reason(error)])
            }
        }
    }

    /// The kind of what went wrong, as a line may say it: the sentence names folders, and a tenant's is called by its short name.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as OperationFailure: "\(error.kind)"
        case let error as StoreError: "store \(error.reason.rawValue)" + (error.code == 0 ? "" : " \(error.code)")
        case _: "\(type(of: error))"
        }
    }

    /// As `refresh`, when the folder of tenants was altered since it was last looked at.
    func refreshIfChanged() {
        for tenant in tenants {
            do {
                guard let trust = try tenant.lookAtKeys(under: keyFolder) else { continue }
                state.withLock { $0.byLabel[Array(tenant.keys.label.utf8)] = TenantChoice(authority: trust, tenant: tenant) }
            } catch { log.note(.tenantsNotRead, [.reason: Self.reason(error)]) }
        }
        guard let look = state.withLock({ $0.changes.look(at: directory.tenants) }) else { return }
        do {
            try refresh()
            state.withLock { $0.changes.remember(look) }
        } catch {
            log.note(.tenantsNotRead, [.reason: Self.reason(error)])
        }
    }

    /// Whom a conversation with this label trusts, and whose it is. Nil for a label that leads nowhere.
    func choice(for label: [UInt8]?) -> TenantChoice? {
        // One look-up of thirty-two bytes, whether there is a label or not.
        state.withLock { $0.byLabel[label ?? []] }
    }

    var tenants: [OpenTenant] {
        state.withLock { $0.byFolder.values.sorted { $0.keys.tenant < $1.keys.tenant } }
    }

    /// Finishes what the writers were given, then closes the files.
    func close() async {
        for tenant in tenants {
            tenant.writeContacts()
            await tenant.desk.attachments?.finish()
            await tenant.writer.finish()
            do { try tenant.store.close() } catch { log.note(.tenantNotClosed, [.reason: Self.reason(error)]) }
        }
        state.withLock { $0 = State() }
    }
}
