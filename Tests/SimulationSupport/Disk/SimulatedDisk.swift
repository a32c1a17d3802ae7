public import SeamarkTestSupport

/// A disk in memory: files under names, and one folder of more, written by one process at a time through a `Mount`.
///
/// What was synced stays; what was not may be lost when the power goes, in any way in which a real disk loses it. The names of databases
/// and logs become durable as SQLite has them do: with the first sync of a file. In the folder they do when the folder is synced, and the
/// folder itself when what it lies in is.
///
/// `@unchecked Sendable`: SQLite comes in through `SimulatedVFS`, which holds a lock; everything else happens while nothing else does.
public final class SimulatedDisk: @unchecked Sendable {
    private(set) var root = SimulatedFolder()
    private(set) var folder: SimulatedFolder?
    private var isFolderDurable = false

    public init() {}

    /// The disk as it is now, durable as it is: a template that is used, files that were copied, a store that was cloned.
    public func copy() -> SimulatedDisk {
        let copy = SimulatedDisk()
        copy.root = root.copy()
        copy.folder = folder?.copy()
        copy.isFolderDurable = true
        return copy
    }

    /// A file that is there and durable, whole.
    public func put(_ bytes: [UInt8], under name: String) { root.put(bytes, under: name) }

    /// What a process would read of a file.
    public subscript(name: String) -> [UInt8]? { root[name]?.bytes }

    // MARK: What a process does

    func file(_ name: String) -> SimulatedFile? { root[name] }

    func make(_ name: String) -> SimulatedFile { root.make(name) }

    func remove(_ name: String, durably: Bool) {
        root.remove(name)
        if durably { root.syncNames() }
    }

    func sync(_ file: SimulatedFile) {
        file.sync()
        root.syncNames(through: file)
    }

    func makeFolder() {
        folder = SimulatedFolder()
        isFolderDurable = false
    }

    func removeFolder() { folder = nil }

    func syncRoot() {
        root.syncNames()
        isFolderDurable = folder != nil
    }

    // MARK: What is left

    /// The power goes: this becomes one of the disks that there may be afterwards. Who is using it is dead.
    public func losePower(_ dice: inout SplitMix64) {
        root.losePower(&dice)
        guard let folder else { return }
        if isFolderDurable || dice.chance(50) { folder.losePower(&dice) } else { self.folder = nil }
        isFolderDurable = true
    }
}
