internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore
internal import Glibc

/// What an administrator does with a data directory, whether a server runs on it or not: a running one sees what was written.
public struct Office: Sendable {
    public let directory: DataDirectory
    public let installation: Installation
    let clock: WallClock

    /// Refuses a directory without an installation, and keys that others may read.
    public init(opening directory: DataDirectory, clock: WallClock = .system) throws {
        self.directory = directory
        self.clock = clock
        installation = try Installation(opening: directory)
    }

    public struct Tenant: Sendable {
        public let name: ShortName
        public let id: Identifier
        /// What people call it.
        public let title: String
    }

    /// Makes a tenant: its authority, its keys, its database with the shared scope, and in it the tenant's record and the instrument.
    public func addTenant(_ name: ShortName, title: String) throws -> Tenant {
        let folder = directory.tenant(name)
        let doing = "adding a tenant"
        try requireFree(name)
        // Made beside its place and then moved there: a running server finds a whole tenant or none.
        let draft = TenantFolder(path: directory.tenants + "/.new-" + Hexadecimal.text(of: try Randomness.bytes(8)))
        var unfinished: Identifier?
        defer {
            Self.remove(draft)
            if let unfinished { try? installation.keyFolder.destroy(unfinished) }
        }
        let keys = try TenantKeys.create(in: draft, under: installation.keyFolder, clock: clock)
        unfinished = keys.tenant
        let now = clock.now()
        let identity = TenantIdentity(
            id: keys.tenant, name: title, schema: Catalogue.version, epoch: try Randomness.word(), author: try .drawn(at: now),
            incarnation: try Randomness.word())
        let store = try TenantStore.create(at: draft.database, identity: identity, tools: .standard(keys, clock))
        do {
            try store.write { transaction in
                try transaction.addScope(.drawn(at: now), kind: .shared)
                let headquarters = try Headquarters(transaction, keys: keys, now: now)
                try headquarters.publish(tenant: title, handle: name)
                try headquarters.publish(.core9)
                try transaction.noteAct("tenant.add", detail: keys.tenant.description, at: now)
                try transaction.noteAct(TenantKeys.made, detail: Hexadecimal.text(of: keys.tenantKey.check), at: now)
            }
        } catch {
            try? store.close()
            throw error
        }
        try store.close()
        try keys.finish(in: draft)
        guard rename(draft.path, folder.path) == 0 else {
            let code = errno
            guard code == EEXIST || code == ENOTEMPTY else { throw PrivateFile.failure(code, doing: doing) }
            throw OperationFailure(.badInput, doing: doing, wrong: "there is a tenant of this name", remedy: "choose another name")
        }
        unfinished = nil
        try PrivateFile.makeDurable(folder: directory.tenants)
        return Tenant(name: name, id: keys.tenant, title: title)
    }

    /// Refuses a name that a new tenant cannot have.
    public func requireFree(_ name: ShortName) throws {
        guard try !PrivateFile.exists(directory.tenant(name).path) else {
            throw OperationFailure(.badInput, doing: "adding a tenant", wrong: "there is a tenant of this name", remedy: "choose another name")
        }
    }

    /// The short names of all tenants, whether their stores can be read or not.
    public func tenantNames() throws -> [ShortName] { try directory.tenantFolders().map(\.name) }

    public func tenants() throws -> [Tenant] {
        try tenantNames().map { name in
            let office = try tenant(name)
            let identity = try office.store.read { try $0.identity() }
            return Tenant(name: name, id: identity.id, title: identity.name)
        }
    }

    /// Opens one tenant's office.
    public func tenant(_ name: ShortName) throws -> TenantOffice {
        let folder = directory.tenant(name)
        guard try PrivateFile.exists(folder.facts) else {
            throw Self.noTenant(name, among: (try? tenantNames()) ?? [])
        }
        return try TenantOffice(name: name, folder: folder, installation: installation, clock: clock)
    }

    static func noTenant(_ name: ShortName, among names: [ShortName] = []) -> OperationFailure {
        OperationFailure(
            .notFound, doing: "opening the tenant \(name.text)", wrong: "there is none of this name",
            remedy: OperationFailure.remedy("see seamark-server tenant list, or add it with seamark-server tenant add", name.text, among: names.map(\.text)))
    }

    private static func remove(_ folder: TenantFolder) {
        for inner in [folder.data, folder.keys, folder.path] {
            for name in (try? PrivateFile.names(in: inner)) ?? [] { unlink(inner + "/" + name) }
            rmdir(inner)
        }
    }
}
