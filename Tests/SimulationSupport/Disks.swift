internal import SeamarkClient
internal import SeamarkStore

// Where stores lie. Nothing else in the simulation makes a store or opens one.

/// A laptop's disk.
final class DeviceDisk {
    private let memory: MemoryDeviceStore

    /// A new disk with the store of a device that has just enrolled.
    convenience init(of identity: DeviceIdentity) throws { self.init(try MemoryDeviceStore(identity: identity)) }

    private init(_ memory: MemoryDeviceStore) { self.memory = memory }

    /// What a process that starts finds: also after a crash.
    func open() throws -> OpenDeviceStore { try memory.open() }

    /// The disk as it is now: a backup to be put back, or a clone.
    func copy() -> DeviceDisk { DeviceDisk(memory.copy()) }

    /// After so many further rows it is gone, in the middle of whatever is being written then; nil gives it back.
    func fail(afterRows count: Int?) { memory.fail(afterRows: count) }
}

/// The server's disk, with the tenant's store on it.
final class ServerDisk: Sendable {
    private let store: TenantStore

    init(_ store: TenantStore) { self.store = store }

    /// What a process that starts finds: also after a crash. Transactions that had not ended are gone.
    func open() throws -> TenantStore { store }

    /// The disk as it is now: a backup to be put back.
    func copy() throws -> ServerDisk { ServerDisk(try store.copyInMemory()) }
}
