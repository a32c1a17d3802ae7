import Glibc
import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import Testing

/// SQLite has one code for many causes: a disk that fails is told as that, and not as damage, a write protection, or a mistake.
@Suite struct FailingDiskTests {
    @Test(arguments: [(EIO, DeviceStoreError.failed(code: 14)), (EMFILE, .exhausted), (ENOSPC, .full), (EROFS, .readOnly)])
    func `why a laptop's store cannot be opened is told`(number: Int32, told: DeviceStoreError) throws {
        let directory = try ScratchDirectory()
        let key = try directory.create().storeKey
        FailingDisk.fail(.open, below: directory.store, with: number) {
            #expect(throws: told) {
                // What cannot be written is read all the same; who writes is told.
                let store = try DeviceStore(at: directory.store).unlock(storeKey: key)
                #expect(number == ENOSPC || number == EROFS)
                try store.transaction { try $0.append(Sample.begin()) }
            }
        }
        _ = try DeviceStore(at: directory.store).unlock(storeKey: key)
    }

    @Test(arguments: [(EIO, StoreError.Reason.failed), (EMFILE, .exhausted), (ENOSPC, .full), (EROFS, .readOnly)])
    func `why a tenant's store cannot be opened is told`(number: Int32, told: StoreError.Reason) throws {
        let directory = TemporaryDirectory()
        try Self.make(directory).store.close()
        FailingDisk.fail(.open, below: directory.path, with: number) {
            #expect { _ = try TenantStore.open(at: directory.store, tools: TenantSamples.tools()) } throws: { ($0 as? StoreError)?.reason == told }
        }
    }

    @Test(arguments: [true, false]) func `a page that the disk does not give is no damage to a laptop's store`(once: Bool) throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        try store.transaction { try $0.append(Sample.begin() + (1...200).map { .replica(Sample.scope, .captured(Sample.change("a", at: $0))) }) }
        let told = try Self.each { first in
            try FailingDisk.fail(.read, below: directory.store, with: EIO, from: first, once: once) {
                _ = try DeviceStore(at: directory.store).unlock(storeKey: store.storeKey)
            }
        }
        #expect(told.count > 3)
        for error in told {
            guard case .failed? = error as? DeviceStoreError else {
                Issue.record("told as \(error)")
                continue
            }
        }
    }

    @Test(arguments: [true, false]) func `a page that the disk does not give while a store is verified is no damage`(once: Bool) throws {
        let directory = TemporaryDirectory()
        let (store, history) = try Self.make(directory)
        try store.close()
        let told = try Self.each { first in
            try FailingDisk.fail(.read, below: directory.path, with: EIO, from: first, once: once) {
                let store = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
                defer { try? store.close() }
                let verification = try store.read { try $0.verify(keyOf: history.key) }
                guard case .holds = verification else { throw Fails(verification: verification) }
            }
        }
        #expect(told.count > 10)
        for error in told { #expect((error as? StoreError)?.reason == .failed, "told as \(error)") }
    }

    private struct Fails: Error { let verification: Verification }

    /// What is thrown while the first, second, … call fails, until there is none left to fail.
    private static func each(_ body: (Int) throws -> Void) throws -> [any Error] {
        var told: [any Error] = []
        for first in 0..<2000 {
            do {
                try body(first)
                // Some failures hurt nobody: a file that is looked at and not needed. Five in a row are the end.
                if first > told.count + 5 { return told }
            } catch { told.append(error) }
        }
        Issue.record("it never succeeds")
        return told
    }

    private static func make(_ directory: TemporaryDirectory) throws -> (store: TenantStore, history: RandomHistory) {
        let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
        var history = try RandomHistory(seed: 4711, store: store)
        for _ in 0..<40 { _ = try history.step() }
        return (store, history)
    }
}
