import SeamarkCrypto
import SeamarkJournal
import Testing

/// Instant, and of no use outside a test: the lock's own rules must not lean on scrypt.
private struct Cheap: PassphraseStretching {
    func stretch(_ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, count: Int) throws(StretchingFailure) -> SecretBytes {
        HKDF.sha256(secret: SecretBytes(copying: passphrase + [0]), salt: salt, info: [], count: count)
    }
}

/// Whoever is asked to compute here was asked too early.
private struct Never: PassphraseStretching {
    func stretch(_ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, count: Int) throws(StretchingFailure) -> SecretBytes {
        Issue.record("stretched for a cost of \(cost)")
        throw StretchingFailure()
    }
}

@Suite struct PassphraseLockTests {
    /// RFC 7914 section 12, without the one of a gigabyte.
    @Test(arguments: [
        (
            "", "", 4, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 10, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", 14, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ])
    func `scrypt gives the published keys`(passphrase: String, salt: String, logN: Int, r: Int, p: Int, key: String) throws {
        let stretched = try Scrypt().stretch(
            bytes(passphrase), salt: bytes(salt), cost: StretchingCost(logN: logN, r: r, p: p), count: 64)
        #expect(stretched.copy() == hex(key))
    }

    @Test(arguments: [(0, 8, 1), (31, 8, 1), (63, 8, 1), (64, 8, 1), (-1, 8, 1), (10, 0, 1), (10, 8, 0), (10, .max, 1), (10, 8, .max)])
    func `scrypt refuses costs it does not know`(logN: Int, r: Int, p: Int) {
        #expect(throws: StretchingFailure()) {
            try Scrypt().stretch([1], salt: [2], cost: StretchingCost(logN: logN, r: r, p: p), count: 32)
        }
    }

    static let storeKey = SecretBytes(copying: Array(0..<32))
    static let passphrase = bytes("correct horse")

    /// Made with Python's `hashlib.scrypt` and `cryptography` 48, from the description of the bytes alone.
    @Test func `a lock made by an independent implementation opens`() throws {
        let lock = try PassphraseLock(
            bytes: hex(
                "534d4b4c011108016465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283000102030405060708090a0be1f1e78fff69befeb4b9e4681f0c6bd1bddb22f86b6be22de81fe36d3ed717d5801eb765f52592750f25bb62071f583ae52a0a5ba4a35cdf9e5be2dd3a8b80f7"
            ))
        #expect(lock.cost == .floor)
        #expect(try lock.open(with: Self.passphrase).copy() == Array(0..<32))
        #expect(throws: PassphraseLockError.wrongPassphrase) { try lock.open(with: bytes("correct horsf")) }
    }

    @Test func `a lock opens with its passphrase only`() throws {
        let lock = try PassphraseLock(wrapping: Self.storeKey, under: Self.passphrase, by: Cheap())
        #expect(lock.bytes.count == PassphraseLock.byteCount)
        #expect(try PassphraseLock(bytes: lock.bytes).open(with: Self.passphrase, by: Cheap()) == Self.storeKey)
        for wrong in [[], bytes("Correct horse"), Self.passphrase + [0]] {
            #expect(throws: PassphraseLockError.wrongPassphrase) { try lock.open(with: wrong, by: Cheap()) }
        }
        let again = try PassphraseLock(wrapping: Self.storeKey, under: Self.passphrase, by: Cheap())
        #expect(again != lock, "salt and nonce are fresh")
    }

    @Test func `every bit of a lock is guarded, before anything is computed`() throws {
        let lock = try PassphraseLock(wrapping: Self.storeKey, under: Self.passphrase, by: Cheap())
        for bit in 0..<lock.bytes.count * 8 {
            var altered = lock.bytes
            altered[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: PassphraseLockError.damaged) { try PassphraseLock(bytes: altered) }
        }
        for count in 0..<lock.bytes.count {
            #expect(throws: PassphraseLockError.damaged) { try PassphraseLock(bytes: Array(lock.bytes[..<count])) }
        }
        #expect(throws: PassphraseLockError.damaged) { try PassphraseLock(bytes: lock.bytes + [0]) }
    }

    /// As one who can compute the check again.
    static func altered(_ lock: PassphraseLock, _ index: Int, _ value: UInt8) -> [UInt8] {
        var body = Array(lock.bytes.dropLast(16))
        body[index] = value
        return body + SystemPrimitives().sha256(body.span).bytes.prefix(16)
    }

    @Test func `one who alters a lock and its check opens nothing`() throws {
        let lock = try PassphraseLock(wrapping: Self.storeKey, under: Self.passphrase, by: Cheap())
        for index in 8..<lock.bytes.count - 16 {
            let forged = try PassphraseLock(bytes: Self.altered(lock, index, lock.bytes[index] ^ 1))
            #expect(throws: PassphraseLockError.wrongPassphrase) { try forged.open(with: Self.passphrase, by: Cheap()) }
        }
        // A higher cost within bounds: the stretching would be the same here, so only the authenticated header refuses.
        let dearer = try PassphraseLock(bytes: Self.altered(lock, 5, 18))
        #expect(throws: PassphraseLockError.wrongPassphrase) { try dearer.open(with: Self.passphrase, by: Cheap()) }
        #expect(throws: PassphraseLockError.unknownVersion(2)) { try PassphraseLock(bytes: Self.altered(lock, 4, 2)) }
    }

    @Test(arguments: [(5, 16), (5, 0), (6, 7), (6, 0), (7, 0)])
    func `no file can lower the cost below the floor`(index: Int, value: UInt8) throws {
        let lock = try PassphraseLock(wrapping: Self.storeKey, under: Self.passphrase, by: Cheap())
        #expect(throws: PassphraseLockError.belowFloor) { try PassphraseLock(bytes: Self.altered(lock, index, value)) }
    }

    @Test(arguments: [(5, 21), (5, 255), (6, 65), (6, 255), (7, 5), (7, 255)])
    func `no file can raise the cost above the ceiling`(index: Int, value: UInt8) throws {
        let lock = try PassphraseLock(wrapping: Self.storeKey, under: Self.passphrase, by: Cheap())
        #expect(throws: PassphraseLockError.tooCostly) { try PassphraseLock(bytes: Self.altered(lock, index, value)) }
    }

    @Test(arguments: [(16, 8, 1), (17, 7, 1), (17, 8, 0), (-1, 8, 1)])
    func `no lock is made below the floor, whoever stretches`(logN: Int, r: Int, p: Int) {
        #expect(throws: PassphraseLockError.belowFloor) {
            try PassphraseLock(
                wrapping: Self.storeKey, under: Self.passphrase, cost: StretchingCost(logN: logN, r: r, p: p), by: Never())
        }
    }

    @Test(arguments: [(21, 8, 1), (20, 9, 1), (17, 65, 1), (17, 8, 5), (.max, 8, 1), (17, .max, 1)])
    func `no lock is made above the ceiling`(logN: Int, r: Int, p: Int) {
        #expect(throws: PassphraseLockError.tooCostly) {
            try PassphraseLock(
                wrapping: Self.storeKey, under: Self.passphrase, cost: StretchingCost(logN: logN, r: r, p: p), by: Never())
        }
    }
}
