import Foundation
import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import Testing

/// Every page of a device's file, damaged in several ways: whoever unlocks it gets what was written, or a sentence that says what to do.
@Suite struct DevicePageDamageTests {
    private let directory: ScratchDirectory
    private let key: SecretBytes
    private let files: DatabaseFiles

    init() throws {
        directory = try ScratchDirectory()
        key = try directory.create().storeKey
        files = DatabaseFiles(path: directory.store + "/rows.sqlite")
    }

    private func open() throws(DeviceStoreError) -> OpenDeviceStore { try DeviceStore(at: directory.store).unlock(storeKey: key) }

    /// A life of a device; returns what it came to after each of its last steps. Its file holds what is older than these, its log the rest.
    private func live(seed: UInt64, steps: Int, logged: Int) throws -> (bytes: [UInt8], log: [UInt8], commits: [[String]]) {
        var history = try DeviceHistory(seed: seed, try open(), try open())
        for _ in 0..<steps { try history.step() }
        try SQLiteRowShelf(path: files.path).eraseTraces()
        func portrait() throws -> [String] {
            let store = try open()
            return try store.state.portrait
        }
        var commits = [try portrait()]
        for _ in 0..<logged {
            try history.step()
            commits.append(try portrait())
        }
        return (files.read(), files.read("-wal"), commits)
    }

    /// Which commit is read; nil when it is refused. Fails the test where it is read as something else.
    private func commit(_ commits: [[String]], _ damage: PageDamage) -> Int? {
        do throws(DeviceStoreError) {
            let store = try open()
            let portrait = try store.state.portrait
            let found = commits.lastIndex(of: portrait)
            #expect(found != nil, "\(damage) is read as another store")
            return found
        } catch {
            switch error {
            case .damagedRow, .damagedFile, .notAStore, .newerVersion, .failed: break
            case _: Issue.record("\(damage): \(error)")
            }
            #expect(!error.description.contains("Fictitious"))
            return nil
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `no damage to any page is read as something that was not written`(seed: UInt64) throws {
        let (bytes, _, commits) = try live(seed: seed, steps: 120, logged: 0)
        var (cases, refused) = (0, 0)
        for damage in PageDamage.all(of: bytes) {
            let damaged = damage.applied(to: bytes)
            guard damaged != bytes else { continue }
            cases += 1
            try files.put(damaged)
            if commit(commits, damage) == nil { refused += 1 }
        }
        print("every page: a device's file of \(bytes.count / 4096) pages was damaged \(cases) times, \(refused) refused")
        #expect(refused > 8)
        try files.put(bytes)
        #expect(commit(commits, PageDamage(page: 0, kind: .cut)) == 0)
    }

    @Test func `a damaged write-ahead log gives an earlier commit whole, or an error, and never a part`() throws {
        let (bytes, log, commits) = try live(seed: 3, steps: 60, logged: 6)
        var earlier = 0
        for (damage, log) in PageDamage.all(ofLog: log) {
            try files.put(bytes, log: log)
            if let found = commit(commits, damage), found < commits.count - 1 { earlier += 1 }
        }
        #expect(earlier > 3)
    }
}
