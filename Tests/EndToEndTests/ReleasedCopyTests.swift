import Foundation
import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import Testing

/// What is left on a laptop of an engagement that its member was taken off, with the real programs: looked for with the store's key in hand, and with the
/// engagement's own, as somebody would who had copied both before.
@Suite struct ReleasedCopyTests {
    private static let captured = "zzcapturedqq", handedIn = "zzlateqq"

    /// A laptop's rows, opened with its passphrase.
    private struct Rows {
        /// The key of each scope that a row holds, or that was known before.
        var keys: [Identifier: [UInt8]]
        /// By scope (nil: the store's own) what lies sealed in the file, and what it says.
        var all: [(scope: Identifier?, sealed: [UInt8], content: [UInt8])] = []
        /// Rows that no key opens.
        var closed = 0

        init(_ laptop: Laptop, knowing keys: [Identifier: [UInt8]] = [:]) throws {
            self.keys = keys
            let store = try DeviceStore(at: laptop.store.path)
            let (id, key) = try { ($0.id, $0.storeKey) }(store.unlock(passphrase: Array(Laptop.passphrase.utf8)))
            let sealer = RowSealer(store: id, key: try SealingKey(dataKey: key))
            let shelf = try SQLiteRowShelf(path: store.files.rows)
            var sealed: [(Int64, [UInt8])] = []
            try shelf.read { rows in try rows.forEach(after: 0) { sealed.append(($0, $1)) } }
            try shelf.close()
            for (number, bytes) in sealed {
                let known = self.keys
                guard let (content, scope) = try? sealer.open(bytes, at: number, keyOf: { id in
                    guard var key = known[id] else { return nil }
                    return try? SealingKey(dataKey: SecretBytes(moving: &key))
                }) else {
                    closed += 1
                    continue
                }
                all.append((scope, bytes, content))
                if case .key(let scope, let key)? = try? DeviceRow.read(content, of: scope, SystemPrimitives()) { self.keys[scope] = key.copy() }
            }
        }

        func holds(_ word: [UInt8]) -> Bool { all.contains { Data($0.content).range(of: Data(word)) != nil } }
    }

    private func files(_ laptop: Laptop) throws -> [Data] {
        try FileManager.default.subpathsOfDirectory(atPath: laptop.home.path).compactMap { FileManager.default.contents(atPath: laptop.home.appendingPathComponent($0).path) }
    }

    @Test func `once a copy is released and its laptop has synced, no row of the engagement opens, its key and its bytes are gone, and what waited was handed in before`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        for laptop in [ann, bob] {
            try laptop.must("site", "add", "name=\(Self.captured)", "notes=\(Self.captured) \(UUID().uuidString)")
            try laptop.must("sync")
            try laptop.must("site", "add", "name=\(Self.handedIn)", "notes=\(Self.handedIn)")
        }
        let before = try [Rows(ann), Rows(bob)]
        var engagements: [(scope: Identifier, key: [UInt8], sealed: [[UInt8]])] = []
        for (laptop, rows) in zip([ann, bob], before) {
            let scope = try #require(rows.all.first { Data($0.content).range(of: Data(Self.handedIn.utf8)) != nil }?.scope)
            let sealed = rows.all.filter { $0.scope == scope }.map(\.sealed)
            let key = try #require(rows.keys[scope])
            // What is looked for below can be found.
            #expect(rows.closed == 0 && sealed.count > 4 && rows.holds(key) && rows.holds(Array(Self.handedIn.utf8)))
            let bytes = try files(laptop)
            #expect(sealed.allSatisfy { row in bytes.contains { $0.range(of: Data(row.prefix(48))) != nil } })
            engagements.append((scope, key, sealed))
        }

        // Bob's copy waits for a backup; Ann's is released.
        try headquarters.verb("engagement", "staff", "baseline", "bob", "--remove")
        try headquarters.verb("engagement", "staff", "baseline", "ann", "--remove", "--release-copies")
        for laptop in [ann, bob] { _ = try laptop.run("sync") }

        // What waited is with headquarters, whole.
        let held = headquarters.folder.appendingPathComponent("held.json").path
        try headquarters.verb("quarantine", "export", "--sensitive", "--out", held)
        let told = try String(contentsOfFile: held, encoding: .utf8)
        #expect(told.components(separatedBy: Self.handedIn).count - 1 >= 4, "each laptop's name and notes")

        for (laptop, (engagement, isReleased)) in zip([ann, bob], zip(engagements, [true, false])) {
            let after = try Rows(laptop, knowing: [engagement.scope: engagement.key])
            let bytes = try files(laptop)
            #expect(after.closed == 0, "a row that no key opens is left")
            #expect(after.all.contains { $0.scope == engagement.scope } != isReleased)
            #expect(after.holds(engagement.key) != isReleased, "the engagement's key")
            // In a copy that waits both lie deflated within blocks by now.
            for word in [Self.captured, Self.handedIn] where isReleased { #expect(!after.holds(Array(word.utf8)), "\(word)") }
            // Nor do they lie in what SQLite has freed, or in its log.
            let left = engagement.sealed.count { row in bytes.contains { $0.range(of: Data(row.prefix(48))) != nil } }
            #expect(isReleased ? left == 0 : left > 4, "\(left) rows lie in the files as they were")
            for word in [Self.captured, Self.handedIn] { #expect(bytes.allSatisfy { $0.range(of: Data(word.utf8)) == nil }) }
            // The device is still who it was, and can say so.
            #expect(after.all.contains { $0.scope == nil })
            let shown = try laptop.run("export", "-")
            #expect(!shown.output.contains(Self.captured) && !shown.output.contains(Self.handedIn), "\(shown)")
        }
        try headquarters.verb("verify")
    }
}
