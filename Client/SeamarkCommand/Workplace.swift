import Foundation
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// The device that a command works on, unlocked, and the engagement that is meant.
struct Workplace {
    /// Why there is no place to work.
    enum Failure: Error {
        case locked(tenant: String)
        case noEngagement
        case engagementNotChosen([String])
        case unknownEngagement(String, [String])
    }

    let home: TenantHome
    let tenant: String
    let device: Device
    let options: WorkOptions

    static func home() throws -> TenantHome { try TenantHome(environment: ProcessInfo.processInfo.environment) }

    /// Opens the store: with the kept key, else with the passphrase from the descriptor given, else by asking on a terminal.
    init(_ options: WorkOptions) throws {
        self.options = options
        home = try Self.home()
        tenant = try home.tenant(asked: options.tenant)
        let store = try DeviceStore(at: home.storePath(tenant))
        device = Device(store: try Self.unlock(store, tenant: tenant, options), now: TimeText.now)
    }

    private static func unlock(_ store: DeviceStore, tenant: String, _ options: WorkOptions) throws -> OpenDeviceStore {
        if let descriptor = options.passphraseFd {
            guard let passphrase = try Passphrase.read(from: descriptor) else { throw Passphrase.Failure.tooShort }
            return try store.unlock(passphrase: passphrase.copy())
        }
        if let key = try? KeyHolder.key(of: try store.id) {
            do { return try store.unlock(storeKey: key) } catch DeviceStoreError.wrongKey {}
        }
        guard Terminal.inputIsTerminal else { throw Failure.locked(tenant: tenant) }
        guard let passphrase = try Passphrase.ask("Passphrase for \(tenant): ") else { throw Failure.locked(tenant: tenant) }
        return try store.unlock(passphrase: passphrase.copy())
    }

    // MARK: - The engagement

    /// The engagements that this device holds and its member is staffed on, with what people call them.
    func engagements() throws -> [(id: Identifier, handle: String, title: String)] {
        let state = try device.state
        return state.scopeIDs.compactMap { id in
            guard let scope = state.scopes[id], scope.kind == .engagement, !scope.isWithdrawn else { return nil }
            let record = state.replicas[id]?.view(id)
            return (id, record?.handle ?? RecordFinder.short(id), record?.text("title") ?? (scope.name.isEmpty ? "not yet synced" : scope.name))
        }.sorted { HandleOrder.precedes($0.handle, $1.handle) }
    }

    /// The one that is meant: asked for, else chosen, else the only one.
    func engagement() throws -> Identifier {
        let all = try engagements()
        if let asked = options.engagement { return try engagement(called: asked) }
        if let chosen = try device.state.settings[.currentScope]?.id, all.contains(where: { $0.id == chosen }) { return chosen }
        guard let only = all.first else { throw Failure.noEngagement }
        guard all.count == 1 else { throw Failure.engagementNotChosen(all.map(\.handle)) }
        return only.id
    }

    func engagement(called name: String) throws -> Identifier {
        let all = try engagements()
        let folded = name.lowercased()
        let found = all.filter { $0.handle.lowercased() == folded || $0.title.lowercased() == folded || $0.id.description == folded }
        guard found.count == 1 else { throw all.isEmpty ? Failure.noEngagement : Failure.unknownEngagement(name, all.map(\.handle)) }
        return found[0].id
    }

    func finder() throws -> RecordFinder {
        let scope = try engagement()
        guard let finder = RecordFinder(try device.state, scope: scope) else { throw Failure.noEngagement }
        return finder
    }
}
