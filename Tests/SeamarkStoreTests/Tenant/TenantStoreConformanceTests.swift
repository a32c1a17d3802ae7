import SeamarkJournal
import SeamarkStore
import Testing

/// The same suite for the store on a file and the one in memory, so that the second may be believed elsewhere.
@Suite struct `A tenant's store` {
    static let cases: [(UInt64, Home)] = (UInt64(0)..<40).flatMap { seed in Home.allCases.map { (seed, $0) } }

    @Test(arguments: cases)
    func `answers and holds what the reference does for random histories of several devices`(seed: UInt64, home: Home) throws {
        let directory = TemporaryDirectory()
        let store = try home == .file
            ? TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
            : TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        var history = try RandomHistory(seed: seed, store: store)
        for step in 0..<60 {
            if let difference = try history.step() {
                Issue.record("step \(step): \(difference)")
                return
            }
        }
        #expect(try history.difference(in: store) == nil)
        guard home == .file else { return }
        // Reopened after closing, and as a copy of file and write-ahead log without it.
        copyFile(directory.store, directory.path + "/copy.sqlite")
        copyFile(directory.store + "-wal", directory.path + "/copy.sqlite-wal")
        let copy = try TenantStore.open(at: directory.path + "/copy.sqlite", tools: TenantSamples.tools())
        #expect(try history.difference(in: copy) == nil)
        try copy.close()
        try store.close()
        let again = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
        #expect(try history.difference(in: again) == nil)
        try again.close()
    }

    @Test func `the random histories meet every answer there is`() throws {
        var seen: [String: Int] = [:]
        for seed in UInt64(100)..<110 {
            var history = try RandomHistory(
                seed: seed, store: TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools()))
            for _ in 0..<60 { _ = try history.step() }
            seen.merge(history.seen) { $0 + $1 }
        }
        for answer in [
            "appended", "present", "duplicate", "refused change", "quarantined", "gap", "fork", "foreignBlock", "badSignature", "release",
            "authored",
        ] {
            #expect(seen[answer, default: 0] > 5, "\(answer): \(seen[answer, default: 0])")
        }
    }
}
