internal import SeamarkCrypto
internal import SeamarkStore
internal import SeamarkTestSupport

// Where stores lie. Nothing else in the simulation makes a store or opens one.

/// A disk with one store on it, and the process that uses it now. Copies of a template: nothing is built anew for a schedule.
///
/// `@unchecked Sendable`: one thread, but for the templates, which nobody alters.
class StoreDisk: @unchecked Sendable {
    /// Small pages: what is written and what is summed up for a commit costs less, and tears no less.
    private static let pageSize = 1024
    static let file = "store.sqlite"

    private let disk: SimulatedDisk
    private let honouring: Mount.Honouring
    fileprivate private(set) var mount: Mount

    fileprivate init(_ disk: SimulatedDisk, _ honouring: Mount.Honouring) {
        self.disk = disk
        self.honouring = honouring
        mount = Mount(disk)
    }

    /// A disk with an empty file in which a store can be made.
    fileprivate convenience init() throws {
        self.init(try SimulatedDisk(formatting: Self.file, pageSize: Self.pageSize), .allSyncs)
    }

    fileprivate func image() -> SimulatedDisk { disk.copy() }

    /// A process starts; what it is to be told as the store's path.
    fileprivate func start() -> String {
        mount.kill()
        mount = Mount(disk, honouring: honouring)
        return mount.path(Self.file)
    }

    // MARK: The process

    /// It died, or was killed. What it still does has no effect.
    var isDead: Bool { mount.isDead }

    /// Called in the midst of the call in which the process dies.
    func whenDead(_ body: @escaping () -> Void) { mount.died = body }

    /// What goes wrong next; nil for nothing more.
    func plan(_ fault: DiskFault?) {
        mount.fault = fault
        if fault != nil { hasTrouble = true }
    }

    /// Something was planned in the life of this process: what it says of its disk is no fault of its own.
    private(set) var hasTrouble = false

    /// Ends the process where it is. `dice`: in the next moment the power goes too.
    func end(losingPower dice: SplitMix64?) {
        mount.died = {}
        mount.kill()
        hasTrouble = false
        guard var dice else { return }
        disk.losePower(&dice)
    }
}

/// A laptop's disk: the sealed rows of a device, and a folder of the system with its attachments.
final class DeviceDisk: StoreDisk, @unchecked Sendable {
    private let store: VirtualDeviceStore
    private let attachments: Scratch.Folder?

    /// A new disk with the store of a device that has just enrolled.
    convenience init(of identity: DeviceIdentity) throws {
        let disk = try StoreDisk()
        let store = try VirtualDeviceStore.create(at: disk.start(), through: SimulatedVFS.name, identity: identity)
        self.init(store, disk.image(), .allSyncs, nil)
    }

    private init(_ store: VirtualDeviceStore, _ disk: SimulatedDisk, _ honouring: Mount.Honouring, _ attachments: Scratch.Folder?) {
        self.store = store
        self.attachments = attachments
        super.init(disk, honouring)
    }

    /// What a process that starts finds: also after a crash.
    func open() throws -> OpenDeviceStore { try store.open(at: start(), attachmentFolder: attachments?.path) }

    /// The disk as it is now: a backup to be put back, or a clone.
    ///
    /// - Parameter scratch: where attachments are to lie from now on, for a disk without any.
    func copy(_ honouring: Mount.Honouring = .allSyncs, in scratch: Scratch? = nil) throws -> DeviceDisk {
        DeviceDisk(store, image(), honouring, try attachments?.copy() ?? scratch?.folder())
    }
}

/// The server's disk: the tenant's file, and a folder of the system with its attachments.
final class ServerDisk: StoreDisk, @unchecked Sendable {
    private let tools: TenantTools
    private let attachments: Scratch.Folder?

    /// A new disk with a store that `fill` writes.
    convenience init(of identity: TenantIdentity, tools: TenantTools, fill: (TenantStore) throws -> Void) throws {
        let disk = try StoreDisk()
        let store = try TenantStore.create(at: disk.start(), through: SimulatedVFS.name, identity: identity, tools: tools)
        try fill(store)
        try store.close()
        self.init(tools, disk.image(), .allSyncs, nil)
    }

    private init(_ tools: TenantTools, _ disk: SimulatedDisk, _ honouring: Mount.Honouring, _ attachments: Scratch.Folder?) {
        self.tools = tools
        self.attachments = attachments
        super.init(disk, honouring)
    }

    /// What a process that starts finds: also after a crash.
    func open() throws -> TenantStore { try TenantStore.open(at: start(), through: SimulatedVFS.name, tools: tools) }

    /// The bytes of attachments; nil where there are none.
    func vault() throws -> AttachmentVault? { try attachments.map { try AttachmentVault(at: $0.path, dataKey: Cast.dataKey) } }

    /// The disk as it is now: a backup to be put back.
    func copy(_ honouring: Mount.Honouring) throws -> ServerDisk { ServerDisk(tools, image(), honouring, try attachments?.copy()) }

    /// The disk that a schedule begins with.
    func copy(_ honouring: Mount.Honouring, _ tools: TenantTools, in scratch: Scratch?) throws -> ServerDisk {
        ServerDisk(tools, image(), honouring, scratch?.folder())
    }
}
