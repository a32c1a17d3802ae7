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
    /// As a device calls its own.
    static let file = String(VirtualDeviceStore.files.rows.dropFirst())

    private let disk: SimulatedDisk
    private let honouring: Mount.Honouring
    /// Bytes of attachments lie here too.
    fileprivate let hasAttachments: Bool
    fileprivate private(set) var mount: Mount

    fileprivate init(_ disk: SimulatedDisk, _ honouring: Mount.Honouring, hasAttachments: Bool) {
        self.disk = disk
        self.honouring = honouring
        self.hasAttachments = hasAttachments
        mount = Mount(disk)
    }

    /// A disk with an empty file in which a store can be made.
    fileprivate convenience init() throws {
        self.init(try SimulatedDisk(formatting: Self.file, pageSize: Self.pageSize), .allSyncs, hasAttachments: false)
    }

    fileprivate func image() -> SimulatedDisk { disk.copy() }

    fileprivate func hasFile(_ path: String) -> Bool { disk[String(path.dropFirst())] != nil }

    /// A process starts; what it is to be told as the store's path.
    fileprivate func start() -> String {
        mount.kill()
        mount = Mount(disk, honouring: honouring)
        return mount.path(Self.file)
    }

    /// Looks at attachments as they lie there, from outside: nothing is mended, and no fault is met.
    func looking<Value>(_ body: () throws -> Value) rethrows -> Value {
        mount.isLookedAt = true
        defer { mount.isLookedAt = false }
        return try body()
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

/// A laptop's disk: the sealed rows of a device, and its attachments.
final class DeviceDisk: StoreDisk, @unchecked Sendable {
    private let store: VirtualDeviceStore

    /// A new disk with the store of a device that has just enrolled.
    convenience init(of identity: DeviceIdentity) throws {
        let disk = try StoreDisk()
        let store = try VirtualDeviceStore.create(at: disk.start(), through: SimulatedVFS.name, identity: identity)
        let image = disk.image()
        // Of one sector, as a wrapped key is.
        image.put([UInt8](repeating: 1, count: 200), under: String(VirtualDeviceStore.files.lock.dropFirst()))
        self.init(store, image, .allSyncs, hasAttachments: false)
    }

    private init(_ store: VirtualDeviceStore, _ disk: SimulatedDisk, _ honouring: Mount.Honouring, hasAttachments: Bool) {
        self.store = store
        super.init(disk, honouring, hasAttachments: hasAttachments)
    }

    /// What a process that starts finds: also after a crash. Throws `wiped` where the store's key is destroyed.
    func open() throws -> OpenDeviceStore {
        let path = start()
        guard try !isWiped else { throw DeviceStoreError.wiped }
        return try store.open(at: path, attachments: hasAttachments ? (SimulatedFiles.folder, SimulatedFiles(mount: mount)) : nil)
    }

    /// The key is destroyed, or gone.
    var isWiped: Bool {
        get throws {
            let files = SimulatedFiles(mount: mount)
            return try !hasFile(VirtualDeviceStore.files.lock) || VirtualDeviceStore.isWiped(through: files)
        }
    }

    /// Destroys the store, or goes on with that.
    func wipe() throws(DeviceStoreError) { try VirtualDeviceStore.wipe(through: SimulatedFiles(mount: mount)) }

    /// The disk as it is now: a backup to be put back, or a clone.
    ///
    /// - Parameter hasAttachments: for a disk of a schedule in which members attach files.
    func copy(_ honouring: Mount.Honouring = .allSyncs, hasAttachments: Bool? = nil) throws -> DeviceDisk {
        DeviceDisk(store, image(), honouring, hasAttachments: hasAttachments ?? self.hasAttachments)
    }
}

/// The server's disk: the tenant's file, and its attachments.
final class ServerDisk: StoreDisk, @unchecked Sendable {
    private let tools: TenantTools

    /// A new disk with a store that `fill` writes.
    convenience init(of identity: TenantIdentity, tools: TenantTools, fill: (TenantStore) throws -> Void) throws {
        let disk = try StoreDisk()
        let store = try TenantStore.create(at: disk.start(), through: SimulatedVFS.name, identity: identity, tools: tools)
        try fill(store)
        try store.close()
        self.init(tools, disk.image(), .allSyncs, hasAttachments: false)
    }

    private init(_ tools: TenantTools, _ disk: SimulatedDisk, _ honouring: Mount.Honouring, hasAttachments: Bool) {
        self.tools = tools
        super.init(disk, honouring, hasAttachments: hasAttachments)
    }

    /// What a process that starts finds: also after a crash.
    func open() throws -> TenantStore { try TenantStore.open(at: start(), through: SimulatedVFS.name, tools: tools) }

    /// The bytes of attachments; nil where there are none.
    func vault() throws -> AttachmentVault? {
        hasAttachments ? try AttachmentVault(at: SimulatedFiles.folder, dataKey: Cast.dataKey, through: SimulatedFiles(mount: mount)) : nil
    }

    /// The disk as it is now: a backup to be put back.
    func copy(_ honouring: Mount.Honouring) throws -> ServerDisk { ServerDisk(tools, image(), honouring, hasAttachments: hasAttachments) }

    /// The disk that a schedule begins with.
    func copy(_ honouring: Mount.Honouring, _ tools: TenantTools, hasAttachments: Bool) throws -> ServerDisk {
        ServerDisk(tools, image(), honouring, hasAttachments: hasAttachments)
    }
}
