internal import SeamarkCrypto
internal import SeamarkJournal

/// The file beside a store's rows without which they are noise: the store's id, its key wrapped under the passphrase.
///
///     "SMDL" (4) ‖ version 1 (1) ‖ store id (16) ‖ key check (16) ‖ passphrase lock ‖ checksum (16)
///
/// A file of its own rather than a row: replacing it (a new passphrase) or destroying it (a wipe) leaves no old copy behind
/// in a journal, and a store can be looked at without opening its rows. The key check tells a stale key from a damaged row;
/// the checksum tells a damaged file from either, and is no defence.
struct DeviceLock {
    private static let magic = Array("SMDL".utf8)
    private static let version: UInt8 = 1
    private static let byteCount = 4 + 1 + 16 + 16 + PassphraseLock.byteCount + 16
    static let longest = 4096

    let store: Identifier
    private let check: [UInt8]
    private let lock: PassphraseLock

    init(
        store: Identifier, key: SecretBytes, passphrase: [UInt8], cost: StretchingCost, stretching: any PassphraseStretching
    ) throws(PassphraseLockError) {
        self.store = store
        check = Self.check(of: key, store)
        lock = try PassphraseLock(wrapping: key, under: passphrase, cost: cost, by: stretching)
    }

    init(bytes: [UInt8]) throws {
        guard bytes.count > 21, Array(bytes[0..<4]) == Self.magic else { throw PassphraseLockError.damaged }
        guard Self.checksum(of: Array(bytes.dropLast(16))) == Array(bytes.suffix(16)) else { throw PassphraseLockError.damaged }
        guard bytes[4] == Self.version else { throw PassphraseLockError.unknownVersion(bytes[4]) }
        guard bytes.count == Self.byteCount, let store = Identifier(bytes: Array(bytes[5..<21])) else { throw PassphraseLockError.damaged }
        self.store = store
        check = Array(bytes[21..<37])
        lock = try PassphraseLock(bytes: Array(bytes[37..<bytes.count - 16]))
    }

    var bytes: [UInt8] {
        let content = Self.magic + [Self.version] + store.bytes + check + lock.bytes
        return content + Self.checksum(of: content)
    }

    func open(with passphrase: [UInt8], by stretching: any PassphraseStretching) throws -> SecretBytes {
        let key = try lock.open(with: passphrase, by: stretching)
        guard fits(key) else { throw DeviceStoreError.wrongKey }
        return key
    }

    /// Is it this store's key?
    func fits(_ key: SecretBytes) -> Bool { key.count == 32 && Self.check(of: key, store) == check }

    private static func check(of key: SecretBytes, _ store: Identifier) -> [UInt8] {
        Array(HMAC.sha256(Array("seamark-device-key-check-1".utf8) + store.bytes, key: key).prefix(16))
    }

    private static func checksum(of bytes: [UInt8]) -> [UInt8] { Array(Digest.sha256(bytes).bytes.prefix(16)) }
}
