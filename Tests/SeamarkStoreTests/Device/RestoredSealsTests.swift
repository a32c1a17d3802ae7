import Foundation
import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import SeamarkTestSupport
import Testing

/// What is sealed after a store's files were put back to an earlier copy of them, again and again, each time by who opens it anew as a process does.
@Suite struct RestoredSealsTests {
    /// Rows in all, each of which is sealed twice. `SEAMARK_SEALS` says how many seals; the whole is ten million.
    private static let rows = (ProcessInfo.processInfo.environment["SEAMARK_SEALS"].flatMap { Int($0) } ?? 8_000) / 2
    private static let rowsInALife = 100

    private func rows(of path: String) throws -> [MemoryRowShelf.Row] {
        var rows: [MemoryRowShelf.Row] = []
        try SQLiteRowShelf(path: path + "/rows.sqlite").read { access in try access.forEach(after: 0) { rows.append(($0, $1)) } }
        return rows
    }

    /// Where a row is, as its seal is bound to it: written down once more, since a test must not ask what it tests.
    private static func place(_ number: Int64, _ store: Identifier) -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        writer.text("seamark-device-row-1")
        writer.identifier(store)
        writer.fixed64(UInt64(bitPattern: number))
        return writer.bytes
    }

    /// The salts that some seals of one life name; nil where one of them counts no further than the one before under the same salt.
    private static func salts(_ sealed: [[UInt8]]) -> Set<[UInt8]>? {
        var latest: [[UInt8]: UInt32] = [:]
        for message in sealed {
            let salt = Array(message[1..<33])
            let counter = message[33..<37].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if let before = latest[salt], counter <= before { return nil }
            latest[salt] = counter
        }
        return Set(latest.keys)
    }

    @Test func `in a store whose files are put back again and again no salt and nonce seal two rows`() throws {
        let directory = try ScratchDirectory()
        let (id, storeKey) = try { () throws -> (Identifier, SecretBytes) in
            let store = try directory.create()
            try store.transaction { try $0.append(Sample.begin()) }
            return (store.id, store.storeKey)
        }()
        var dice = SplitMix64(seed: 10)
        var copies = [directory.path + "/copy-0"]
        try FileManager.default.copyItem(atPath: directory.store, toPath: copies[0])
        let reader = try SealingKey(dataKey: storeKey)
        var seen: Set<[UInt8]> = []
        var count = 0
        for life in 1...max(2, Self.rows / Self.rowsInALife) {
            try FileManager.default.removeItem(atPath: directory.store)
            try FileManager.default.copyItem(atPath: copies.randomElement(using: &dice) ?? copies[0], toPath: directory.store)
            let last = try rows(of: directory.store).last?.number ?? 0
            let store = try DeviceStore(at: directory.store).unlock(storeKey: storeKey)
            // In transactions of several sizes, so that a seal that began anew with each is met.
            for start in stride(from: 0, to: Self.rowsInALife, by: 40) {
                try store.transaction { tx in
                    for number in start..<min(start + 40, Self.rowsInALife) {
                        let time = Int64(life * Self.rowsInALife + number)
                        try tx.append(.replica(Sample.scope, .captured(Sample.change("what was said", at: time, of: UInt64(time)))))
                    }
                }
            }
            let fresh = try rows(of: directory.store).filter { $0.number > last }
            let inner = try fresh.compactMap { row -> [UInt8]? in
                var content = ByteReader(try reader.open(row.sealed, authenticating: Self.place(row.number, id)))
                guard try content.byte() == 1 else { return nil }
                _ = try content.identifier()
                return try content.blob()
            }
            #expect(fresh.count >= Self.rowsInALife && inner.count >= Self.rowsInALife)
            // Under the store's key and under the scope's: a salt is of one life of one key, and counts upwards there.
            for sealed in [fresh.map(\.sealed), inner] {
                let salts = try #require(Self.salts(sealed), "a life went back")
                #expect(salts.isDisjoint(with: seen), "life \(life) seals as an earlier one did")
                seen.formUnion(salts)
                count += sealed.count
            }
            // Some lives are what is put back later; never more rows than a few lives have.
            if life % 7 == 0 {
                let copy = directory.path + "/copy-\(copies.count)"
                if copies.count < 4 {
                    try FileManager.default.copyItem(atPath: directory.store, toPath: copy)
                    copies.append(copy)
                }
            }
        }
        #expect(count >= 2 * Self.rows)
    }
}
