import Foundation
import Glibc
import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import Synchronization
import Testing

/// Disks that are full, broken or altered: a typed error, and nothing half done.
@Suite struct DeviceStoreFaultTests {
    /// Rows in memory on a disk that refuses its nth insertion, or the commit after it.
    private final class FailingShelf: RowShelf {
        let under: MemoryRowShelf
        /// Insertions until the error, and the error; commits fail when it is 0.
        let plan: Mutex<(left: Int, error: StoreError)?> = Mutex(nil)

        init(_ under: MemoryRowShelf) { self.under = under }

        func write<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value {
            try under.write { rows in
                let value = try body(Access(rows: rows, shelf: self))
                if let plan = plan.withLock({ $0 }), plan.left == 0 { throw plan.error }
                return value
            }
        }
        func read<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value { try under.read(body) }
        func eraseTraces() {}

        private struct Access: RowAccess {
            let rows: any RowAccess
            let shelf: FailingShelf
            func highest() throws(StoreError) -> Int64 { try rows.highest() }
            func forEach(after number: Int64, _ body: (Int64, [UInt8]) throws -> Void) throws { try rows.forEach(after: number, body) }
            func row(_ number: Int64) throws(StoreError) -> [UInt8]? { try rows.row(number) }
            func replace(_ sealed: [UInt8], at number: Int64) throws(StoreError) { try rows.replace(sealed, at: number) }
            func remove(_ numbers: ClosedRange<Int64>) throws(StoreError) { try rows.remove(numbers) }
            func insert(_ sealed: [UInt8], at number: Int64) throws(StoreError) {
                let error = shelf.plan.withLock { plan -> StoreError? in
                    guard let running = plan, running.left > 0 else { return nil }
                    plan?.left = running.left - 1
                    return running.left == 1 ? running.error : nil
                }
                if let error { throw error }
                try rows.insert(sealed, at: number)
            }
        }
    }

    private func failing() throws -> (OpenDeviceStore, FailingShelf) {
        let shelf = FailingShelf(MemoryRowShelf([]))
        let store = try OpenDeviceStore(id: Sample.id(1), storeKey: Randomness.secret(32), shelf: shelf) { () throws(DeviceStoreError) in
            throw .busy
        }
        try store.transaction { try $0.append([.identity(Sample.identity())] + Sample.begin()) }
        return (store, shelf)
    }

    private let three = (1...3).map { DeviceEvent.replica(Sample.scope, .captured(Sample.change("a", at: $0))) }

    @Test(arguments: [1, 2, 3, 0])
    func `a full disk is told in words, keeps nothing of the step, and the store works when there is space again`(left: Int) throws {
        let (store, shelf) = try failing()
        let portrait = try store.state.portrait
        shelf.plan.withLock { $0 = (left, StoreError(.full, code: 13, doing: "testing", detail: "")) }
        #expect(throws: DeviceStoreError.full) {
            // Whoever swallows the error does not get half of it either.
            try store.transaction { tx in try? tx.append(three) }
        }
        shelf.plan.withLock { $0 = nil }
        #expect(try store.state.portrait == portrait)
        try store.transaction { try $0.append(three) }
        #expect(try store.state.unsentCount == 3)
    }

    @Test func `after a failed write nothing goes on until the store is opened anew`() throws {
        let (store, shelf) = try failing()
        shelf.plan.withLock { $0 = (2, StoreError(.failed, code: 10, doing: "testing", detail: "")) }
        #expect(throws: DeviceStoreError.failed(code: 10)) { try store.transaction { try $0.append(three) } }
        shelf.plan.withLock { $0 = nil }
        #expect(throws: DeviceStoreError.mustReopen) { try store.transaction { try $0.append(three) } }
        #expect(throws: DeviceStoreError.mustReopen) { _ = try store.state }
        let reopened = try OpenDeviceStore(id: store.id, storeKey: store.storeKey, shelf: shelf) { () throws(DeviceStoreError) in throw .busy }
        #expect(try reopened.state.unsentCount == 0)
    }

    @Test func `a full disk that is noticed while waiting for it is told as such, and nothing goes on until the store is opened anew`() throws {
        let (store, shelf) = try failing()
        // SQLITE_IOERR_FSYNC
        shelf.plan.withLock { $0 = (0, StoreError(sqlite: 1034, systemError: ENOSPC, doing: "testing")) }
        #expect(throws: DeviceStoreError.full) { try store.transaction { try $0.append(three) } }
        shelf.plan.withLock { $0 = nil }
        #expect(throws: DeviceStoreError.mustReopen) { try store.transaction { try $0.append(three) } }
    }

    @Test func `a damaged row is named, and what lies before it can be read but not written`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        try store.transaction { try $0.append(Sample.begin() + three) }
        let shelf = try SQLiteRowShelf(path: directory.store + "/rows.sqlite")
        let number = try shelf.write { rows in
            let number = try rows.highest() - 1
            var sealed = try rows.row(number)!
            sealed[100] ^= 1
            try rows.remove(number)
            try rows.insert(sealed, at: number)
            return number
        }
        let locked = try DeviceStore(at: directory.store)
        #expect(throws: DeviceStoreError.damagedRow(number)) { _ = try locked.unlock(storeKey: store.storeKey) }
        let salvage = try locked.unlock(storeKey: store.storeKey, before: number)
        #expect(try salvage.state.replicas[Sample.scope]?.fresh.map(\.stamp.time) == [1])
        #expect(throws: DeviceStoreError.readingOnly) { try salvage.transaction { try $0.append(three) } }
    }

    @Test func `a row of a newer program is not damage`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        let sealer = RowSealer(store: store.id, key: try SealingKey(dataKey: store.storeKey))
        for content: [UInt8] in [[8, 1, 2], [99], [1, 4]] {
            let shelf = try SQLiteRowShelf(path: directory.store + "/rows.sqlite")
            try shelf.write { try $0.insert(sealer.seal(content, at: 2, of: nil), at: 2) }
            #expect(throws: DeviceStoreError.newerVersion) { _ = try DeviceStore(at: directory.store).unlock(storeKey: store.storeKey) }
            try shelf.write { try $0.remove(2) }
        }
        #expect(DeviceStoreError.newerVersion.description.contains("update"))
    }

    @Test func `a file that went back while it was open is noticed`() throws {
        let memory = try MemoryDeviceStore(identity: Sample.identity())
        let store = try memory.open()
        try store.transaction { try $0.append(Sample.begin()) }
        let directory = try ScratchDirectory()
        let disk = try directory.create()
        try disk.transaction { try $0.append(Sample.begin()) }
        let shelf = try SQLiteRowShelf(path: directory.store + "/rows.sqlite")
        try shelf.write { rows in try rows.remove(rows.highest()) }
        #expect(throws: DeviceStoreError.wentBack) { try disk.transaction { try $0.append(three) } }
    }

    @Test func `files that are missing, cut short, foreign or empty are refused with a sentence`() throws {
        let manager = FileManager.default
        let directory = try ScratchDirectory()
        #expect(throws: DeviceStoreError.missing) { _ = try DeviceStore(at: directory.store) }
        let store = try directory.create()
        let key = store.storeKey
        try store.transaction { tx in try tx.append(Sample.begin() + (1...200).map { .replica(Sample.scope, .captured(Sample.change("a", at: $0))) }) }
        #expect(throws: DeviceStoreError.exists) { _ = try directory.create() }
        let copy = directory.path + "/copy"
        /// The store's files, everything in the one file.
        try SQLiteRowShelf(path: directory.store + "/rows.sqlite").eraseTraces()
        func tried(_ alter: (_ rows: String, _ lock: String) throws -> Void) throws -> DeviceStoreError? {
            try? manager.removeItem(atPath: copy)
            try manager.copyItem(atPath: directory.store, toPath: copy)
            for name in ["/rows.sqlite-wal", "/rows.sqlite-shm"] { try? manager.removeItem(atPath: copy + name) }
            try alter(copy + "/rows.sqlite", copy + "/lock")
            do throws(DeviceStoreError) {
                _ = try DeviceStore(at: copy).unlock(storeKey: key)
                return nil
            } catch { return error }
        }
        #expect(try tried { _, _ in } == nil)
        #expect(try tried { rows, _ in try manager.removeItem(atPath: rows) } == .notAStore)
        #expect(try tried { _, lock in try manager.removeItem(atPath: lock) } == .notAStore)
        #expect(try tried { rows, _ in try Data().write(to: URL(fileURLWithPath: rows)) } == .notAStore)
        #expect(try tried { rows, _ in try Data(repeating: 65, count: 9000).write(to: URL(fileURLWithPath: rows)) } == .notAStore)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: directory.store + "/rows.sqlite"))
        for length in [100, 4095, 4096, 5000, 8192, bytes.count / 2, bytes.count - 1] {
            #expect(try tried { rows, _ in try bytes.prefix(length).write(to: URL(fileURLWithPath: rows)) } != nil, "\(length)")
        }
        var zeroed = bytes
        zeroed.replaceSubrange(8192..<12288, with: Data(repeating: 0, count: 4096))
        #expect(try tried { rows, _ in try zeroed.write(to: URL(fileURLWithPath: rows)) } != nil)
    }

    @Test func `creating fails wholly`() throws {
        let directory = try ScratchDirectory()
        #expect(throws: DeviceStoreError.missing) {
            _ = try DeviceStore.create(
                at: directory.path + "/not/there", identity: Sample.identity(), passphrase: [1], by: QuickStretching())
        }
        #expect(throws: DeviceStoreError.lock(.belowFloor)) {
            _ = try DeviceStore.create(
                at: directory.store, identity: Sample.identity(), passphrase: [1], cost: StretchingCost(logN: 4, r: 8, p: 1),
                by: QuickStretching())
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    @Test func `wiping destroys the lock first, and may be repeated`() throws {
        let directory = try ScratchDirectory()
        let key = try directory.create().storeKey
        try DeviceFiles(directory.store).replaceLock(by: [UInt8](repeating: 0, count: DeviceLock.longest))
        #expect(throws: DeviceStoreError.lock(.damaged)) { _ = try DeviceStore(at: directory.store).unlock(storeKey: key) }
        try DeviceStore.wipe(at: directory.store)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        try DeviceStore.wipe(at: directory.store)
    }

    @Test func `wiping a store that lies elsewhere, with a link in its place, leaves neither its folder nor the link`() throws {
        let directory = try ScratchDirectory()
        _ = try directory.create()
        let elsewhere = directory.path + "/elsewhere"
        #expect(rename(directory.store, elsewhere) == 0 && symlink(elsewhere, directory.store) == 0)
        try DeviceStore.wipe(at: directory.store)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        // Nor is anything done to what a link leads to that is no store.
        #expect(mkdir(elsewhere, 0o700) == 0 && symlink(elsewhere, directory.store) == 0)
        try Data("somebody's".utf8).write(to: URL(fileURLWithPath: elsewhere + "/notes"))
        #expect(throws: DeviceStoreError.self) { try DeviceStore.wipe(at: directory.store) }
        #expect(FileManager.default.contents(atPath: elsewhere + "/notes") == Data("somebody's".utf8))
    }

    @Test func `a wipe that is cut off leaves no copy of the wrapped key, says so, and is finished by the next`() throws {
        let directory = try ScratchDirectory()
        let files = DeviceFiles(directory.store)
        // Each of these cannot be removed: the wipe ends there, as a kill would end it.
        for obstacle in ["/rows.sqlite-wal", "/rows.sqlite-journal", "/attachments/stuck"] {
            let key = try directory.create().storeKey
            let lock = try files.readLock()
            try Data(lock).write(to: URL(fileURLWithPath: files.lock + ".new"))
            try? FileManager.default.removeItem(atPath: directory.store + obstacle)
            try FileManager.default.createDirectory(atPath: directory.store + obstacle, withIntermediateDirectories: true)
            #expect(throws: DeviceStoreError.self, "\(obstacle)") { try DeviceStore.wipe(at: directory.store) }
            #expect(throws: DeviceStoreError.wiped, "\(obstacle)") { _ = try DeviceStore(at: directory.store).unlock(storeKey: key) }
            for (name, bytes) in try ScratchDirectory.files(below: directory.store) {
                #expect(Data(bytes).range(of: Data(lock.suffix(64))) == nil, "\(name) holds the wrapped key")
            }
            try FileManager.default.removeItem(atPath: directory.store + obstacle)
            #expect(try DeviceStore.finishWipe(at: directory.store))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
            #expect(try !DeviceStore.finishWipe(at: directory.store))
        }
    }

    /// The system's files, and what was done to names.
    private final class Noting: FileDoor {
        let acts = Mutex<[String]>([])
        private let files = SystemFiles()
        private let folders = Mutex<[Int32: String]>([:])

        func open(_ path: String, _ use: FileUse) throws(FileRefusal) -> Int32 {
            let file = try files.open(path, use)
            if case .folder = use { folders.withLock { $0[file] = path } }
            return file
        }
        func close(_ file: Int32) {
            folders.withLock { $0[file] = nil }
            files.close(file)
        }
        func read(_ file: Int32, into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileRefusal) -> Int { try files.read(file, into: target, at: offset) }
        func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileRefusal) -> Int { try files.write(file, bytes, at: offset) }
        func cut(_ file: Int32, to size: Int) throws(FileRefusal) { try files.cut(file, to: size) }
        func sync(_ file: Int32, _ extent: FileSync) throws(FileRefusal) {
            try files.sync(file, extent)
            if let folder = folders.withLock({ $0[file] }) { acts.withLock { $0.append("sync \(folder)") } }
        }
        func facts(of file: Int32) throws(FileRefusal) -> FileFacts { try files.facts(of: file) }
        func facts(at path: String) throws(FileRefusal) -> FileFacts { try files.facts(at: path) }
        func rename(_ path: String, to name: String) throws(FileRefusal) { try files.rename(path, to: name) }
        func remove(_ path: String) throws(FileRefusal) {
            try files.remove(path)
            acts.withLock { $0.append("remove \(path)") }
        }
        func makeFolder(_ path: String) throws(FileRefusal) { try files.makeFolder(path) }
        func removeFolder(_ path: String) throws(FileRefusal) {
            try files.removeFolder(path)
            acts.withLock { $0.append("remove \(path)") }
        }
        func names(in folder: String) throws(FileRefusal) -> [String] { try files.names(in: folder) }
    }

    @Test func `a wiped store's lock goes when every other name has durably gone`() throws {
        let directory = try ScratchDirectory()
        _ = try directory.create()
        let (files, door) = (DeviceFiles(directory.store), Noting())
        try Data([1]).write(to: URL(fileURLWithPath: files.rows + "-wal"))
        try files.erase(through: door)
        let acts = door.acts.withLock(\.self)
        let lock = try #require(acts.firstIndex(of: "remove \(files.lock)"))
        let others = acts.indices.filter { acts[$0].hasPrefix("remove \(directory.store)/") && $0 != lock }
        let synced = try #require(acts.firstIndex(of: "sync \(directory.store)"))
        #expect(others.count >= 2 && others.allSatisfy { $0 < synced } && synced < lock, "\(acts)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    @Test func `a wipe waits for no sync: it is refused while one runs, and nothing is altered`() throws {
        let directory = try ScratchDirectory()
        let open = try directory.create()
        let lock = try open.takeSyncLock()
        #expect(throws: DeviceStoreError.syncRunning) { try DeviceStore.wipe(at: directory.store) }
        #expect(try !DeviceStore.finishWipe(at: directory.store))
        #expect(try DeviceStore(at: directory.store).unlock(storeKey: open.storeKey).id == open.id)
        withExtendedLifetime(lock) {}
    }
}
