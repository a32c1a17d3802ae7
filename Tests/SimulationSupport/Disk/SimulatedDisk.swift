public import SeamarkTestSupport

/// A disk in memory: files under names, written by one process at a time through a `Mount`.
///
/// What was synced stays; what was not may be lost when the power goes, in any way in which a real disk loses it. Names that were made or
/// removed take effect in order, up to some point; a sync of a file makes its name durable with all before it.
///
/// `@unchecked Sendable`: SQLite comes in through `SimulatedVFS`, which holds a lock; everything else happens while nothing else does.
public final class SimulatedDisk: @unchecked Sendable {
    private var names: [String: SimulatedFile] = [:]
    private var durableNames: [String: SimulatedFile] = [:]
    private var unsyncedNames: [(name: String, file: SimulatedFile?)] = []

    public init() {}

    /// The disk as it is now, durable as it is: a template that is used, files that were copied, a store that was cloned.
    public func copy() -> SimulatedDisk {
        let copy = SimulatedDisk()
        for (name, file) in names { copy.put(file.bytes, under: name) }
        return copy
    }

    /// A file that is there and durable, whole.
    public func put(_ bytes: [UInt8], under name: String) {
        let file = SimulatedFile(bytes)
        names[name] = file
        durableNames[name] = file
    }

    /// What a process would read of a file.
    public subscript(name: String) -> [UInt8]? { names[name]?.bytes }

    // MARK: What a process does

    func file(_ name: String) -> SimulatedFile? { names[name] }

    func make(_ name: String) -> SimulatedFile {
        let file = SimulatedFile()
        names[name] = file
        unsyncedNames.append((name, file))
        return file
    }

    func remove(_ name: String, durably: Bool) {
        names[name] = nil
        unsyncedNames.append((name, nil))
        if durably { settleNames(unsyncedNames.count) }
    }

    func sync(_ file: SimulatedFile) {
        file.sync()
        if let place = unsyncedNames.lastIndex(where: { $0.file === file }) { settleNames(place + 1) }
    }

    private func settleNames(_ count: Int) {
        for (name, file) in unsyncedNames.prefix(count) { durableNames[name] = file }
        unsyncedNames.removeFirst(count)
    }

    // MARK: What is left

    /// The power goes: this becomes one of the disks that there may be afterwards. Who is using it is dead.
    public func losePower(_ dice: inout SplitMix64) {
        settleNames(Int(dice.next() % UInt64(unsyncedNames.count + 1)))
        unsyncedNames = []
        for name in durableNames.keys.sorted() {
            guard let file = durableNames[name], !file.isDurable else { continue }
            durableNames[name] = file.afterPowerLoss(&dice)
        }
        names = durableNames
    }
}
