import Foundation
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
        #expect(throws: DeviceStoreError.lock(.wrongPassphrase)) { try store.changePassphrase(from: fresh, to: fresh, by: quick) }
        try store.changePassphrase(from: Sample.passphrase, to: fresh, by: quick)
        let after = try ScratchDirectory.files(below: directory.store)
        #expect(after.keys.filter { before[$0] != after[$0] } == ["lock"])
        #expect(throws: DeviceStoreError.lock(.wrongPassphrase)) { _ = try store.unlock(passphrase: Sample.passphrase, by: quick) }
        #expect(try store.unlock(passphrase: fresh, by: quick).state.portrait == portrait)
        #expect(try store.unlock(storeKey: open.storeKey).id == open.id)
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

    @Test func `the real stretching opens what it locked`() throws {
        let directory = try ScratchDirectory()
        let open = try DeviceStore.create(at: directory.store, identity: Sample.identity(), passphrase: Sample.passphrase)
        #expect(try DeviceStore(at: directory.store).unlock(passphrase: Sample.passphrase).storeKey == open.storeKey)
    }
}
