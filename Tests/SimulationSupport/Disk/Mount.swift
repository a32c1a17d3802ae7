internal import GRDBSQLite
internal import Glibc
internal import Synchronization

/// One process's use of a disk, from its start to its end. Its files are reached through `SimulatedVFS` under `path(_:)`.
///
/// When it is dead, every call of the process fails and alters nothing: whatever still runs of it has no effect.
///
/// `@unchecked Sendable`: altered under the lock of `SimulatedVFS`, or while nobody uses it.
public final class Mount: @unchecked Sendable {
    /// What SQLite leaves out of its syncs under a weaker `synchronous`; for planted mistakes.
    public enum Honouring: Sendable {
        case allSyncs
        /// As `synchronous=NORMAL`: no commit waits for the disk, only what moves the log into the file or begins it anew does.
        case checkpoints
        /// As `synchronous=OFF`.
        case none
    }

    public let disk: SimulatedDisk
    public private(set) var isDead = false
    /// What goes wrong next; nil for nothing.
    public var fault: DiskFault?
    /// Calls that alter the disk, so far.
    public private(set) var calls = 0
    /// Told once, in the midst of the call in which the process dies.
    public var died: () -> Void = {}
    let honouring: Honouring
    private let number: UInt64
    private var locks: [String: FileLocks] = [:]
    private var shared: [String: SharedMemory] = [:]

    private static let all = Mutex<(last: UInt64, mounts: [UInt64: Weak])>((0, [:]))

    private struct Weak: Sendable { weak let mount: Mount? }

    public init(_ disk: SimulatedDisk, honouring: Honouring = .allSyncs) {
        self.disk = disk
        self.honouring = honouring
        number = Self.all.withLock { all in
            all.last += 1
            return all.last
        }
        let weak = Weak(mount: self)
        Self.all.withLock { $0.mounts[number] = weak }
        SimulatedVFS.register()
    }

    deinit {
        let number = number
        Self.all.withLock { _ = $0.mounts.removeValue(forKey: number) }
    }

    /// What SQLite is to be told as the path of the file `name`.
    public func path(_ name: String) -> String { "/\(number)/\(name)" }

    /// The mount and the name of a path.
    static func find(_ path: UnsafePointer<CChar>) -> (Mount, String)? {
        let words = String(cString: path).split(separator: "/", maxSplits: 1)
        guard words.count == 2, let number = UInt64(words[0]), let mount = all.withLock({ $0.mounts[number]?.mount }) else { return nil }
        return (mount, String(words[1]))
    }

    /// The process is dead from here on.
    public func kill() {
        guard !isDead else { return }
        isDead = true
        died()
    }

    // MARK: Calls

    enum Meeting {
        case nothing
        /// SQLite's code for the refusal.
        case refusal(Int32)
        case death(dice: UInt64)
    }

    /// What a call meets. `refused` is what SQLite is told of a disk that refuses such a call.
    func meet(_ call: DiskFault.Call, refused: Int32) -> Meeting {
        guard !isDead else { return .refusal(refused) }
        calls += 1
        guard let fault, fault.calls.contains(call) else { return .nothing }
        guard fault.after == 0 else {
            self.fault?.after -= 1
            return .nothing
        }
        if !fault.isLasting { self.fault = nil }
        switch fault.kind {
        case .death(let dice): return .death(dice: dice)
        case .inputOutput:
            errno = EIO
            return .refusal(refused)
        case .full:
            errno = ENOSPC
            return .refusal(call == .write ? SQLITE_FULL : refused)
        }
    }

    // MARK: Files beside the database

    enum Opened {
        case file(SimulatedFile)
        /// The folder, and what it lies in.
        case folder, root
    }

    /// What is open, by number.
    private(set) var files: [Int32: Opened] = [:]
    private var lastOpened: Int32 = 0
    /// Somebody only looks, from outside: what is torn is left as it is.
    var isLookedAt = false

    func opened(_ what: Opened) -> Int32 {
        lastOpened += 1
        files[lastOpened] = what
        return lastOpened
    }

    func closed(_ number: Int32) { files[number] = nil }

    // MARK: What the process's connections share

    func locks(_ name: String) -> FileLocks {
        if let known = locks[name] { return known }
        let made = FileLocks()
        locks[name] = made
        return made
    }

    func sharedMemory(_ name: String) -> SharedMemory {
        if let known = shared[name] { return known }
        let made = SharedMemory()
        shared[name] = made
        return made
    }

    /// Somebody moves a log into its file; who closes the last connection holds the file alone for that.
    var isCheckpointing: Bool { shared.values.contains { $0.isCheckpointing } || locks.values.contains { $0.isExclusive } }

    /// The last connection has let go of it.
    func forgetSharedMemory(_ name: String) { shared[name] = nil }
}
