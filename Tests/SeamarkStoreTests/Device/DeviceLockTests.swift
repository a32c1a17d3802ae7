import Foundation
import Glibc
import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import Testing

/// The passphrase, the key and the lock file.
@Suite struct DeviceLockTests {
    private let quick = QuickStretching()

    @Test func `the passphrase opens the store, and no other`() throws {
        let directory = try ScratchDirectory()
        let portrait = try directory.create().state.portrait
        let store = try DeviceStore(at: directory.store)
        #expect(try store.unlock(passphrase: Sample.passphrase, by: quick).state.portrait == portrait)
        for wrong in [[], Array("x".utf8), Sample.passphrase + [0]] {
            #expect(throws: DeviceStoreError.lock(.wrongPassphrase)) { _ = try store.unlock(passphrase: wrong, by: quick) }
        }
        #expect(throws: DeviceStoreError.wrongKey) { _ = try store.unlock(storeKey: Randomness.secret(32)) }
        #expect(throws: DeviceStoreError.wrongKey) { _ = try store.unlock(storeKey: Randomness.secret(16)) }
    }

    @Test func `a new passphrase takes the old one's place and touches no row`() throws {
        let directory = try ScratchDirectory()
        let open = try directory.create()
        try open.transaction { try $0.append(Sample.begin()) }
        let portrait = try open.state.portrait
        let before = try ScratchDirectory.files(below: directory.store)
        let store = try DeviceStore(at: directory.store)
        let fresh = Array("another".utf8)
        #expect(throws: DeviceStoreError.lock(.wrongPassphrase)) { try store.changePassphrase(from: .passphrase(fresh), to: fresh, by: quick) }
        try store.changePassphrase(from: .passphrase(Sample.passphrase), to: fresh, by: quick)
        let after = try ScratchDirectory.files(below: directory.store)
        #expect(after.keys.filter { before[$0] != after[$0] } == ["lock"])
        #expect(throws: DeviceStoreError.lock(.wrongPassphrase)) { _ = try store.unlock(passphrase: Sample.passphrase, by: quick) }
        #expect(try store.unlock(passphrase: fresh, by: quick).state.portrait == portrait)
        #expect(try store.unlock(storeKey: open.storeKey).id == open.id)
    }

    /// What a new passphrase does not do, as help and `SECURITY.md` say it: where this fails they say too little of it.
    @Test func `an old lock that is put back opens the store of today with the old passphrase`() throws {
        let directory = try ScratchDirectory()
        let open = try directory.create()
        let path = directory.store + "/lock"
        let copied = try #require(FileManager.default.contents(atPath: path))
        let store = try DeviceStore(at: directory.store)
        try store.changePassphrase(from: .passphrase(Sample.passphrase), to: Array("another".utf8), by: quick)
        try open.transaction { try $0.append(Sample.begin()) }
        let portrait = try open.state.portrait
        #expect(throws: DeviceStoreError.lock(.wrongPassphrase)) { _ = try store.unlock(passphrase: Sample.passphrase, by: quick) }
        try copied.write(to: URL(fileURLWithPath: path))
        #expect(try store.unlock(passphrase: Sample.passphrase, by: quick).state.portrait == portrait)
    }

    @Test func `whoever has a store open finds out that it was locked since, whatever the clock does, and whoever opens it afterwards does not`() throws {
        let directory = try ScratchDirectory()
        let open = try directory.create()
        #expect(!open.isLocked)
        let found = try DeviceStore(at: directory.store)
        try found.noteLocking()
        #expect(open.isLocked)
        // The key was kept when this one was found, and is forgotten by now.
        #expect(try found.unlock(storeKey: open.storeKey).isLocked)
        // Whoever shows the passphrase may, however long ago the store was found.
        let second = try found.unlock(passphrase: Sample.passphrase, by: quick)
        #expect(try !second.isLocked && !DeviceStore(at: directory.store).unlock(storeKey: open.storeKey).isLocked)
        // The clock stood in the future at the last locking, and again at the next.
        let path = directory.store + "/locked"
        for seconds in [4_102_444_800, 4_102_444_800, 5] {
            let times = [timespec(tv_sec: seconds, tv_nsec: 999_999_999), timespec(tv_sec: seconds, tv_nsec: 999_999_999)]
            try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
            let third = try DeviceStore(at: directory.store).unlock(storeKey: open.storeKey)
            #expect(!third.isLocked)
            try found.noteLocking()
            #expect(third.isLocked)
        }
        // A wipe takes it along, and has words of its own.
        let last = try DeviceStore(at: directory.store).unlock(storeKey: open.storeKey)
        #expect(!last.isLocked && !last.isWiped)
        try DeviceStore.wipe(at: directory.store)
        #expect(last.isLocked && last.isWiped && !FileManager.default.fileExists(atPath: directory.store))
    }

    @Test func `whoever has a store open finds out that it was wiped, moved away or replaced, and nothing is said to be stored any more`() throws {
        let directory = try ScratchDirectory()
        func writes(_ store: OpenDeviceStore) throws { try store.transaction { try $0.append(Sample.begin()) } }
        let open = try directory.create()
        let store = try DeviceStore(at: directory.store)
        // Another passphrase is another lock of the same store.
        try store.changePassphrase(from: .passphrase(Sample.passphrase), to: Array("another".utf8), by: quick)
        #expect(!open.isWiped)
        let elsewhere = directory.path + "/elsewhere"
        try #require(rename(directory.store, elsewhere) == 0)
        #expect(open.isWiped && open.isLocked)
        #expect(throws: DeviceStoreError.wipedMeanwhile) { try writes(open) }
        try #require(rename(elsewhere, directory.store) == 0)
        #expect(!open.isWiped && !open.isLocked)
        try writes(open)
        // Cut off when its key was destroyed and no file was gone.
        let obstacle = directory.store + "/attachments/stuck"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
        #expect(throws: DeviceStoreError.self) { try DeviceStore.wipe(at: directory.store) }
        #expect(FileManager.default.fileExists(atPath: directory.store + "/rows.sqlite") && open.isWiped && open.isLocked)
        #expect(throws: DeviceStoreError.wipedMeanwhile) { try writes(open) }
        try FileManager.default.removeItem(atPath: obstacle)
        try DeviceStore.wipe(at: directory.store)
        #expect(throws: DeviceStoreError.wipedMeanwhile) { try writes(open) }
        // Another store in its place is not this one.
        let second = try directory.create()
        #expect(open.isWiped && !second.isWiped)
        // In the middle of a step.
        #expect(throws: DeviceStoreError.wipedMeanwhile) {
            try second.transaction { transaction in
                try transaction.append(Sample.begin())
                try DeviceStore.wipe(at: directory.store)
            }
        }
        #expect(throws: DeviceStoreError.wipedMeanwhile) { _ = try second.state }
    }

    @Test func `every byte of the lock matters`() throws {
        let directory = try ScratchDirectory()
        _ = try directory.create()
        let store = try DeviceStore(at: directory.store)
        let files = DeviceFiles(directory.store)
        let bytes = try files.readLock()
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= 0x40
            try files.replaceLock(by: altered)
            #expect(throws: DeviceStoreError.self, "byte \(place)") { _ = try store.unlock(passphrase: Sample.passphrase, by: quick) }
        }
        for length in [0, 1, 20, 36, bytes.count - 1] {
            try files.replaceLock(by: Array(bytes.prefix(length)))
            #expect(throws: DeviceStoreError.self) { _ = try store.unlock(passphrase: Sample.passphrase, by: quick) }
        }
        try files.replaceLock(by: bytes + [UInt8](repeating: 0, count: 8192))
        #expect(throws: DeviceStoreError.self) { _ = try store.id }
        try files.replaceLock(by: bytes)
        _ = try store.unlock(passphrase: Sample.passphrase, by: quick)
    }

    @Test func `a lock altered with its checksum made right is refused too`() throws {
        let directory = try ScratchDirectory()
        _ = try directory.create()
        let store = try DeviceStore(at: directory.store)
        let files = DeviceFiles(directory.store)
        let bytes = try files.readLock()
        for place in 0..<bytes.count - 16 {
            var altered = Array(bytes.dropLast(16))
            altered[place] ^= 1
            try files.replaceLock(by: altered + Digest.sha256(altered).bytes.prefix(16))
            #expect(throws: DeviceStoreError.self, "byte \(place)") { _ = try store.unlock(passphrase: Sample.passphrase, by: quick) }
        }
    }

    @Test func `a recovery code opens the store until another is made, and a new passphrase leaves it`() throws {
        let directory = try ScratchDirectory()
        let open = try directory.create()
        let store = try DeviceStore(at: directory.store)
        let (old, fresh) = (DeviceProof.passphrase(Sample.passphrase), Array("another".utf8))
        #expect(throws: DeviceStoreError.noRecovery) { _ = try store.unlock(with: .recovery(RecoveryCode()), by: quick) }
        let first = try store.makeRecoveryCode(with: old, by: quick)
        #expect(try store.unlock(with: .recovery(first), by: quick).storeKey == open.storeKey)
        #expect(try store.unlock(with: old, by: quick).storeKey == open.storeKey)
        // The passphrase is forgotten.
        try store.changePassphrase(from: .recovery(first), to: fresh, by: quick)
        #expect(throws: DeviceStoreError.lock(.wrongPassphrase)) { _ = try store.unlock(with: old, by: quick) }
        #expect(try store.unlock(passphrase: fresh, by: quick).storeKey == open.storeKey)
        #expect(try store.unlock(with: .recovery(first), by: quick).storeKey == open.storeKey)
        let second = try store.makeRecoveryCode(with: .recovery(first), by: quick)
        #expect(throws: DeviceStoreError.wrongRecoveryCode) { _ = try store.unlock(with: .recovery(first), by: quick) }
        #expect(try store.unlock(with: .recovery(second), by: quick).storeKey == open.storeKey)
        for cost in [StretchingCost(logN: 16, r: 8, p: 1), StretchingCost(logN: 17, r: 4, p: 1)] {
            #expect(throws: DeviceStoreError.lock(.belowFloor)) { try store.changePassphrase(from: .passphrase(fresh), to: fresh, cost: cost, by: quick) }
            #expect(throws: DeviceStoreError.lock(.belowFloor)) { _ = try store.makeRecoveryCode(with: .passphrase(fresh), cost: cost, by: quick) }
        }
    }

    @Test func `every byte of a lock with a recovery code matters`() throws {
        let directory = try ScratchDirectory()
        _ = try directory.create()
        let store = try DeviceStore(at: directory.store)
        let code = try store.makeRecoveryCode(with: .passphrase(Sample.passphrase), by: quick)
        let files = DeviceFiles(directory.store)
        let bytes = try files.readLock()
        #expect(bytes.count < 512, "a sector holds the lock, so that a disk holds it or its tombstone")
        func opens() -> Int {
            [DeviceProof.passphrase(Sample.passphrase), .recovery(code)].count { (try? store.unlock(with: $0, by: quick)) != nil }
        }
        #expect(opens() == 2)
        for place in 0..<bytes.count - 16 {
            var altered = bytes
            altered[place] ^= 1
            try files.replaceLock(by: altered)
            #expect(opens() == 0, "byte \(place)")
            // With its checksum made right the half that was left alone may open, and never both.
            altered = Array(altered.dropLast(16))
            try files.replaceLock(by: altered + Digest.sha256(altered).bytes.prefix(16))
            #expect(opens() < 2, "byte \(place)")
        }
    }

    @Test func `of many who change the lock at once each comes whole, and none undoes another`() async throws {
        let directory = try ScratchDirectory()
        _ = try directory.create()
        let store = try DeviceStore(at: directory.store)
        let slow = SlowStretching()
        let codes = try await withThrowingTaskGroup(of: RecoveryCode?.self) { group in
            for number in 0..<16 {
                group.addTask {
                    if number == 7 {
                        try store.changePassphrase(from: .passphrase(Sample.passphrase), to: Sample.passphrase + [1], by: slow)
                        return nil
                    }
                    for passphrase in [Sample.passphrase, Sample.passphrase + [1]] {
                        if let code = try? store.makeRecoveryCode(with: .passphrase(passphrase), by: slow) { return code }
                    }
                    return nil
                }
            }
            return try await group.reduce(into: [RecoveryCode]()) { if let code = $1 { $0.append(code) } }
        }
        #expect(codes.count == 15)
        #expect(codes.count { (try? store.unlock(with: .recovery($0), by: quick)) != nil } == 1)
        _ = try store.unlock(passphrase: Sample.passphrase + [1], by: quick)
    }

    @Test func `the real stretching opens what it locked`() throws {
        let directory = try ScratchDirectory()
        let open = try DeviceStore.create(at: directory.store, identity: Sample.identity(), passphrase: Sample.passphrase)
        #expect(try DeviceStore(at: directory.store).unlock(passphrase: Sample.passphrase).storeKey == open.storeKey)
    }
}

/// Takes its time, so that what two processes do at once lies one over the other.
private struct SlowStretching: PassphraseStretching {
    func stretch(_ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, count: Int) throws(StretchingFailure) -> SecretBytes {
        usleep(3000)
        return try QuickStretching().stretch(passphrase, salt: salt, cost: cost, count: count)
    }
}
