internal import SeamarkCrypto
internal import SeamarkJournal

/// The file beside a store's rows without which they are noise: the store's id, its key wrapped under the passphrase, and perhaps
/// wrapped once more under a recovery code.
///
///     "SMDL" (4) ‖ version 1 or 2 (1) ‖ store id (16) ‖ key check (16) ‖ passphrase lock [‖ recovery lock, in version 2] ‖ checksum (16)
///
/// A file of its own rather than a row: replacing it (a new passphrase) or destroying it (a wipe) leaves no old copy behind
/// in a journal, and a store can be looked at without opening its rows. The key check tells a stale key from a damaged row;
/// the checksum tells a damaged file from either, and is no defence.
struct DeviceLock {
    private static let magic = Array("SMDL".utf8)
    private static let headCount = 4 + 1 + 16 + 16
    private static let checksumCount = 16
    static let longest = 4096

    /// What a wipe writes over a lock of so many bytes. A lock is shorter than a sector: a disk holds the one or the other.
    static func tombstone(_ count: Int) -> [UInt8] { tombstoneMagic + [UInt8](repeating: 0, count: max(0, count - tombstoneMagic.count)) }

    private static let tombstoneMagic = Array("SMDW".utf8)

    static func isTombstone(_ bytes: [UInt8]) -> Bool { bytes.starts(with: tombstoneMagic) }

    let store: Identifier
    private let check: [UInt8]
    private var lock: PassphraseLock
    private var recovery: PassphraseLock?

    init(
        store: Identifier, key: SecretBytes, passphrase: [UInt8], cost: StretchingCost, stretching: any PassphraseStretching
    ) throws(PassphraseLockError) {
        self.store = store
        check = Self.check(of: key, store)
        lock = try PassphraseLock(wrapping: key, under: passphrase, cost: cost, by: stretching)
    }

    init(bytes: [UInt8]) throws {
        if Self.isTombstone(bytes) { throw DeviceStoreError.wiped }
        guard bytes.count > 21, Array(bytes[0..<4]) == Self.magic else { throw PassphraseLockError.damaged }
        guard Self.checksum(of: Array(bytes.dropLast(Self.checksumCount))) == Array(bytes.suffix(Self.checksumCount)) else { throw PassphraseLockError.damaged }
        let version = bytes[4]
        guard version == 1 || version == 2 else { throw PassphraseLockError.unknownVersion(version) }
        let count = Self.headCount + Int(version) * PassphraseLock.byteCount + Self.checksumCount
        guard bytes.count == count, let store = Identifier(bytes: Array(bytes[5..<21])) else { throw PassphraseLockError.damaged }
        self.store = store
        check = Array(bytes[21..<Self.headCount])
        let second = Self.headCount + PassphraseLock.byteCount
        lock = try PassphraseLock(bytes: Array(bytes[Self.headCount..<second]))
        if version == 2 { recovery = try PassphraseLock(bytes: Array(bytes[second..<count - Self.checksumCount])) }
    }

    var bytes: [UInt8] {
        let content = Self.magic + [recovery == nil ? 1 : 2] + store.bytes + check + lock.bytes + (recovery?.bytes ?? [])
        return content + Self.checksum(of: content)
    }

    /// The store's key, by the passphrase or by the recovery code.
    func open(with proof: DeviceProof, by stretching: any PassphraseStretching) throws -> SecretBytes {
        let key: SecretBytes
        switch proof {
        case .passphrase(let passphrase): key = try lock.open(with: passphrase, by: stretching)
        case .recovery(let code):
            guard let recovery else { throw DeviceStoreError.noRecovery }
            do { key = try recovery.open(with: code.secret.copy(), by: stretching) } catch PassphraseLockError.wrongPassphrase { throw DeviceStoreError.wrongRecoveryCode }
        }
        guard fits(key) else { throw DeviceStoreError.wrongKey }
        return key
    }

    /// The same key under another passphrase; the recovery code stays.
    mutating func renew(
        _ key: SecretBytes, passphrase: [UInt8], cost: StretchingCost, by stretching: any PassphraseStretching
    ) throws(PassphraseLockError) {
        lock = try PassphraseLock(wrapping: key, under: passphrase, cost: cost, by: stretching)
    }

    /// The same key under this recovery code, and under no earlier one; the passphrase stays.
    mutating func renew(
        _ key: SecretBytes, recovery code: RecoveryCode, cost: StretchingCost, by stretching: any PassphraseStretching
    ) throws(PassphraseLockError) {
        recovery = try PassphraseLock(wrapping: key, under: code.secret.copy(), cost: cost, by: stretching)
    }

    /// Is it this store's key?
    func fits(_ key: SecretBytes) -> Bool { key.count == 32 && Self.check(of: key, store) == check }

    private static func check(of key: SecretBytes, _ store: Identifier) -> [UInt8] {
        Array(HMAC.sha256(Array("seamark-device-key-check-1".utf8) + store.bytes, key: key).prefix(16))
    }

    private static func checksum(of bytes: [UInt8]) -> [UInt8] { Array(Digest.sha256(bytes).bytes.prefix(checksumCount)) }
}
