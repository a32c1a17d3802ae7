import Foundation
@testable import SeamarkCrypto
import Testing

@Suite struct SealingTests {
    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13, 14 and 16.
    @Test(arguments: [
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "", "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), String(repeating: "00", count: 16), "",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ])
    func `AES-256-GCM gives the published bytes`(key: String, nonce: String, plaintext: String, associated: String, sealed: String) throws {
        let sealer = Sealer(key: SecretBytes(copying: hex(key)))
        #expect(sealer.seal(hex(plaintext), nonce: hex(nonce), authenticating: hex(associated)) == hex(sealed))
        #expect(try sealer.open(hex(sealed), nonce: hex(nonce), authenticating: hex(associated)) == hex(plaintext))
        #expect(throws: SealError.notAuthentic) {
            try sealer.open(hex(sealed), nonce: hex(nonce), authenticating: hex(associated) + [0])
        }
    }

    static let dataKey = SecretBytes(copying: Array(0..<32))

    /// Sealed with Python's `cryptography` 48, from the description of the bytes alone.
    @Test func `an independent implementation seals the same rows`() throws {
        let first = hex("016465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283000000003f3ea74fe4b616df05a680f384dd051299bcdcc92776d3dbb1880fc31c")
        let later = hex("016465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828300000102d433f8713e57bc5dd50df20c59be3618")
        let key = SealingKey(dataKey: Self.dataKey, salt: Array(100..<132))
        #expect(try key.seal(bytes("the first row"), authenticating: bytes("row 1")) == first)
        let resumed = SealingKey(dataKey: Self.dataKey, salt: Array(100..<132), alreadySealed: 258)
        #expect(try resumed.seal([], authenticating: bytes("row 1")) == later)
        let another = try SealingKey(dataKey: Self.dataKey)
        #expect(try another.open(first, authenticating: bytes("row 1")) == bytes("the first row"))
        #expect(try another.open(later, authenticating: bytes("row 1")) == [])
    }

    @Test func `a sealed row with one bit altered, cut, lengthened or moved does not open`() throws {
        let key = try SealingKey(dataKey: Self.dataKey)
        let place = bytes("tenant, store, row 7")
        let sealed = try key.seal(bytes("what was said"), authenticating: place)
        #expect(sealed.count == 13 + SealingKey.overhead)
        for bit in 0..<sealed.count * 8 {
            var altered = sealed
            altered[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: SealError.self) { try key.open(altered, authenticating: place) }
        }
        for count in 0..<sealed.count {
            #expect(throws: SealError.self) { try key.open(Array(sealed[..<count]), authenticating: place) }
        }
        #expect(throws: SealError.notAuthentic) { try key.open(sealed + [0], authenticating: place) }
        #expect(throws: SealError.notAuthentic) { try key.open(sealed, authenticating: bytes("tenant, store, row 8")) }
        #expect(throws: SealError.notAuthentic) { try key.open(sealed, authenticating: []) }
        #expect(throws: SealError.unknownVersion(2)) { try key.open([2] + sealed.dropFirst(), authenticating: place) }
        #expect(throws: SealError.truncated) { try key.open([], authenticating: place) }
        let stranger = try SealingKey(dataKey: Randomness.secret(32))
        #expect(throws: SealError.notAuthentic) { try stranger.open(sealed, authenticating: place) }
        // And it still opens: a refusal leaves nothing behind.
        #expect(try key.open(sealed, authenticating: place) == bytes("what was said"))
    }

    /// `SEAMARK_SEALS` says how many; the whole is ten million.
    private static let seals = ProcessInfo.processInfo.environment["SEAMARK_SEALS"].flatMap { Int($0) } ?? 30_000

    /// A key made anew again and again under one data key, each life sealing a thousand rows. A life whose salt is its own may count as it likes, as long as
    /// it never goes back. With the files of a store: `RestoredSealsTests`.
    @Test func `no salt and nonce are used twice, however often the key is made again`() throws {
        let lives = max(2, Self.seals / 1000)
        var salts: Set<ArraySlice<UInt8>> = []
        for _ in 0..<lives {
            let key = try SealingKey(dataKey: Self.dataKey)
            let first = try key.seal([1], authenticating: [])
            var (last, latest) = (first, UInt32(0))
            for _ in 1..<1000 {
                last = try key.seal([1], authenticating: [])
                let counter = UInt32(last[33]) << 24 | UInt32(last[34]) << 16 | UInt32(last[35]) << 8 | UInt32(last[36])
                guard counter > latest else { return #expect(Bool(false), "a life went back to \(counter)") }
                latest = counter
            }
            #expect(last[1..<33] == first[1..<33] && first[33..<37] == [0, 0, 0, 0])
            salts.insert(first[1..<33])
        }
        #expect(salts.count == lives)
    }

    @Test func `no nonce is used twice by threads that share a key`() async throws {
        let key = try SealingKey(dataKey: Self.dataKey)
        let all = await withTaskGroup(of: [[UInt8]].self) { group in
            for _ in 0..<8 { group.addTask { (0..<2000).map { _ in Array(((try? key.seal([1], authenticating: [])) ?? [])[1..<37]) } } }
            return await group.reduce(into: Set<[UInt8]>()) { $0.formUnion($1) }
        }
        #expect(all.count == 16_000)
    }

    @Test func `a subkey seals 2^32 messages and not one more`() throws {
        let key = SealingKey(dataKey: Self.dataKey, salt: Array(0..<32), alreadySealed: 1 << 32 - 1)
        let last = try key.seal([7], authenticating: [])
        #expect(last[33..<37] == [255, 255, 255, 255])
        #expect(try key.open(last, authenticating: []) == [7])
        for _ in 0..<3 { #expect(throws: SealError.exhausted) { try key.seal([7], authenticating: []) } }
    }

    @Test func `rows of more lives than are kept in mind still open, in any order`() throws {
        let rows = try (0..<600).map { row in
            try SealingKey(dataKey: Self.dataKey).seal([UInt8(truncatingIfNeeded: row)], authenticating: [])
        }
        let key = try SealingKey(dataKey: Self.dataKey)
        for row in Array(0..<600) + (0..<600).reversed() {
            #expect(try key.open(rows[row], authenticating: []) == [UInt8(truncatingIfNeeded: row)])
        }
    }

    @Test(arguments: [0, 1, 15, 16, 17, 300, 70_000])
    func `every length comes back`(count: Int) throws {
        let key = try SealingKey(dataKey: Self.dataKey)
        let plaintext = try Randomness.bytes(count)
        let sealed = try key.seal(plaintext, authenticating: [1])
        #expect(sealed.count == count + SealingKey.overhead)
        #expect(try key.open(sealed, authenticating: [1]) == plaintext)
    }
}
