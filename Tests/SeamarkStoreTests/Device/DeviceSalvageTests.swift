import Foundation
import SeamarkCrypto
import SeamarkJournal
import Testing

@testable import SeamarkStore

/// A store whose file is damaged anywhere: whatever waited and lies whole in the file is taken out of it.
@Suite struct DeviceSalvageTests {
    private let directory: ScratchDirectory
    private let key: SecretBytes
    private let files: DatabaseFiles

    init() throws {
        directory = try ScratchDirectory()
        key = try directory.create().storeKey
        files = DatabaseFiles(path: directory.store + "/rows.sqlite")
    }

    /// The files of a store, and where each row that matters lies in them.
    private struct Life {
        let bytes: [UInt8]
        let log: [UInt8]
        /// Changes that no receipt covers, by the rows that hold them; all of this device's.
        var waiting: [Identifier: [Int64]] = [:]
        var own: Set<Identifier> = []
        /// Rows without which nothing can be handed in: who the device is, and the scope's key.
        var needed: [Int64] = []
        /// Where a row lies, with what SQLite writes before it.
        var places: [Int64: (file: [Range<Int>], log: [Range<Int>])] = [:]

        func isWhole(_ number: Int64, in bytes: [UInt8], _ log: [UInt8]) -> Bool {
            guard let places = places[number] else { return false }
            return places.file.contains { $0.upperBound <= bytes.count && bytes[$0] == self.bytes[$0] }
                || places.log.contains { $0.upperBound <= log.count && log[$0] == self.log[$0] }
        }
    }

    private func live(seed: UInt64, steps: Int, logged: Int = 0) throws -> Life {
        func open() throws -> OpenDeviceStore { try DeviceStore(at: directory.store).unlock(storeKey: key) }
        var history = try DeviceHistory(seed: seed, try open(), try open())
        for _ in 0..<steps { try history.step() }
        try SQLiteRowShelf(path: files.path).eraseTraces()
        for _ in 0..<logged { try history.step() }
        var life = Life(bytes: files.read(), log: logged > 0 ? files.read("-wal") : [])
        let store = try open()
        let replica = try #require(try store.state.replicas[Sample.scope])
        var holders: [Identifier: [Int64]] = [:]
        var receipted: Set<Identifier> = []
        var told: Set<Int64> = []
        try store.forEachEvent { number, event in
            told.insert(number)
            switch event {
            case .identity: life.needed.append(number)
            case .replica(_, .captured(let change)): holders[change.id, default: []].append(number)
            case .replica(_, .sealed(let block)):
                for change in block.changes { holders[change.id, default: []].append(number) }
                if replica.receipted.contains(block.hash) { receipted.formUnion(block.changes.map(\.id)) }
            case _: break
            }
        }
        life.own = Set(holders.keys)
        let ids = replica.fresh.map(\.id) + replica.waiting.flatMap(\.changes) + replica.stranded.map(\.id)
        for id in ids where !receipted.contains(id) { life.waiting[id] = holders[id] }
        try SQLiteRowShelf(path: files.path).read { rows in
            try rows.forEach(after: 0) { number, sealed in
                if !told.contains(number) { life.needed.append(number) }
                func places(_ bytes: [UInt8]) -> [Range<Int>] {
                    var found: [Range<Int>] = []
                    let data = Data(bytes)
                    var from = 0
                    while let range = data.range(of: Data(sealed), in: from..<data.count) {
                        found.append(max(0, range.lowerBound - 12)..<range.upperBound)
                        from = range.upperBound
                    }
                    return found
                }
                life.places[number] = (places(life.bytes), places(life.log))
            }
        }
        #expect(life.needed.count == 2 && life.waiting.count > 2)
        return life
    }

    /// Looks at damaged files, and at what must be found in them. Returns how many waiting changes were found.
    private func look(_ life: Life, _ bytes: [UInt8], _ log: [UInt8], _ what: String) throws -> Int {
        let found = try DeviceStore(at: directory.store).lookAtSalvage(storeKey: key)
        let ids = Set(found.waiting.values.joined().map(\.id))
        #expect(ids.isSubset(of: life.own), "\(what): a change that nobody made")
        guard life.needed.allSatisfy({ life.isWhole($0, in: bytes, log) }) else { return ids.count }
        #expect(found.hasIdentity, "\(what)")
        for (id, rows) in life.waiting where rows.contains(where: { life.isWhole($0, in: bytes, log) }) {
            #expect(ids.contains(id), "\(what): a change that lies whole in the file is not found")
        }
        return ids.count
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `wherever one page is damaged, what waits and lies whole elsewhere is found, in the order in which changes name one another`(seed: UInt64) throws {
        let life = try live(seed: seed, steps: 120)
        #expect(try look(life, life.bytes, [], "no damage") >= life.waiting.count)
        var least = Int.max
        for damage in PageDamage.all(of: life.bytes) {
            let damaged = damage.applied(to: life.bytes)
            try files.put(damaged)
            least = min(least, try look(life, damaged, [], "\(damage)"))
        }
        #expect(least < life.waiting.count, "some damage was to what waits")
    }

    @Test(arguments: [5, 6] as [UInt64])
    func `a damaged write-ahead log gives what is whole in it, behind the damage too`(seed: UInt64) throws {
        let life = try live(seed: seed, steps: 60, logged: 14)
        for (damage, log) in PageDamage.all(ofLog: life.log) {
            try files.put(life.bytes, log: log)
            _ = try look(life, life.bytes, log, "\(damage)")
        }
    }

    @Test(arguments: [7, 8] as [UInt64])
    func `what is salvaged is a store of the same device that opens, with what was found waiting in a new incarnation, and can be salvaged again`(seed: UInt64) throws {
        let life = try live(seed: seed, steps: 90)
        let proof = DeviceProof.passphrase(Sample.passphrase)
        for damage in PageDamage.all(of: life.bytes, kinds: [.zeros, .cellCount]) {
            try files.put(damage.applied(to: life.bytes))
            for folder in try FileManager.default.contentsOfDirectory(atPath: directory.store) where folder.hasPrefix("damaged-") {
                try FileManager.default.removeItem(atPath: directory.store + "/" + folder)
            }
            let before = try DeviceStore(at: directory.store).lookAtSalvage(storeKey: key)
            guard before.hasIdentity else {
                #expect(throws: DeviceStoreError.damagedFile) { _ = try DeviceStore(at: directory.store).salvage(with: proof, by: QuickStretching()) }
                continue
            }
            let found = try DeviceStore(at: directory.store).salvage(with: proof, by: QuickStretching())
            let store = try DeviceStore(at: directory.store).unlock(passphrase: Sample.passphrase, by: QuickStretching())
            #expect(try store.state.identity == Sample.identity())
            #expect(try store.state.unsentCount == found.waitingCount && found.waitingCount == before.waitingCount)
            let replica = try store.state.replicas[Sample.scope]
            #expect(replica.map { $0.stream.incarnation > 1000 && $0.cursor == .beginning && $0.blocks.isEmpty } ?? (found.keys.isEmpty || found.waiting.isEmpty))
            if replica != nil { try store.transaction { try $0.append(.replica(Sample.scope, .captured(Sample.change("after", at: 1 << 50)))) } }
            // Damage to what has taken its place: what it held is found again, from both.
            try SQLiteRowShelf(path: files.path).eraseTraces()
            try files.put(PageDamage(page: 0, kind: .zeros).applied(to: files.read()))
            let again = try DeviceStore(at: directory.store).salvage(with: proof, by: QuickStretching())
            #expect(again.waitingCount == found.waitingCount + (replica == nil ? 0 : 1), "\(damage)")
            #expect(try DeviceStore(at: directory.store).unlock(storeKey: key).state.unsentCount == again.waitingCount)
        }
        try DeviceStore.wipe(at: directory.store)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty, "the damaged files are wiped too")
    }

    @Test func `one that was cut off before its rows had their place is finished by whoever opens the store next, and the damaged log is not taken for theirs`() throws {
        let life = try live(seed: 9, steps: 60, logged: 6)
        let damaged = PageDamage(page: 1, kind: .zeros).applied(to: life.bytes)
        try files.put(damaged, log: life.log)
        let found = try DeviceStore(at: directory.store).salvage(with: .passphrase(Sample.passphrase), by: QuickStretching())
        let fresh = files.read()
        try files.put(damaged, log: life.log)
        try Data(fresh).write(to: URL(fileURLWithPath: files.path + ".new"))
        let store = try DeviceStore(at: directory.store).unlock(storeKey: key)
        #expect(try store.state.unsentCount == found.waitingCount && found.waitingCount > 0)
        #expect(!FileManager.default.fileExists(atPath: files.path + ".new"))
    }
}
