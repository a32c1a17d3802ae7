internal import SeamarkTestSupport

/// Files under their names, and which alterations of names the disk may not hold yet. Those take effect in order, up to some point.
///
/// Files are gone through in the order in which they were made, since names may be drawn by chance.
final class SimulatedFolder {
    private var names: [String: Entry] = [:]
    private var durableNames: [String: Entry] = [:]
    private var unsynced: [Alteration] = []
    private var made = 0

    private struct Entry {
        var file: SimulatedFile
        let number: Int
    }

    /// One step: a name that goes, one that is given, or both at once.
    private struct Alteration {
        var gone: String?
        var given: (name: String, entry: Entry)?

        func apply(to names: inout [String: Entry]) {
            if let gone { names[gone] = nil }
            if let given { names[given.name] = given.entry }
        }
    }

    /// The same files, all of them durable.
    func copy() -> SimulatedFolder {
        let copy = SimulatedFolder()
        for (name, entry) in names.sorted(by: { $0.value.number < $1.value.number }) { copy.put(entry.file.bytes, under: name) }
        return copy
    }

    func put(_ bytes: [UInt8], under name: String) {
        let entry = entry(SimulatedFile(bytes))
        names[name] = entry
        durableNames[name] = entry
    }

    subscript(name: String) -> SimulatedFile? { names[name]?.file }

    /// In the order in which the files were made.
    var all: [String] { names.sorted { $0.value.number < $1.value.number }.map(\.key) }

    // MARK: What a process does

    func make(_ name: String) -> SimulatedFile {
        let file = SimulatedFile()
        alter(Alteration(given: (name, entry(file))))
        return file
    }

    func remove(_ name: String) { alter(Alteration(gone: name)) }

    func rename(_ name: String, to other: String) {
        guard let entry = names[name] else { return }
        alter(Alteration(gone: name, given: (other, entry)))
    }

    private func alter(_ alteration: Alteration) {
        alteration.apply(to: &names)
        unsynced.append(alteration)
    }

    private func entry(_ file: SimulatedFile) -> Entry {
        made += 1
        return Entry(file: file, number: made)
    }

    func syncNames() { settle(unsynced.count) }

    /// The name of a file becomes durable, with all that was altered before.
    func syncNames(through file: SimulatedFile) {
        if let place = unsynced.lastIndex(where: { $0.given?.entry.file === file }) { settle(place + 1) }
    }

    private func settle(_ count: Int) {
        for alteration in unsynced.prefix(count) { alteration.apply(to: &durableNames) }
        unsynced.removeFirst(count)
    }

    // MARK: What is left

    /// The power goes: this becomes one of the folders that there may be afterwards.
    func losePower(_ dice: inout SplitMix64) {
        settle(Int(dice.next() % UInt64(unsynced.count + 1)))
        unsynced = []
        for (name, entry) in durableNames.sorted(by: { $0.value.number < $1.value.number }) where !entry.file.isDurable {
            durableNames[name]?.file = entry.file.afterPowerLoss(&dice)
        }
        names = durableNames
    }
}
