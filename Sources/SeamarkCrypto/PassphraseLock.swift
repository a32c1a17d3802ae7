internal import SeamarkJournal

/// A store key wrapped under a passphrase: the bytes beside a store, without which its rows are noise.
///
///     "SMKL" (4) ‖ version 1 (1) ‖ logN (1) ‖ r (1) ‖ p (1) ‖ salt (32) ‖ nonce (12) ‖ sealed key (32 + 16) ‖ check (16)
///
/// All before the sealed key is authenticated with it. The check is the first half of the SHA-256 of all before it: it tells a
/// damaged file from a wrong passphrase, and is no defence. The defence is that a cost below the floor or above the ceiling is
/// refused before anything is computed, whatever the file says.
public struct PassphraseLock: Hashable, Sendable {
    /// A lock is this long, always.
    public static let byteCount = headerCount + keyCount + Sealer.overhead + checkCount

    private static let magic = Array("SMKL".utf8)
    private static let version: UInt8 = 1
    private static let saltCount = 32
    private static let headerCount = 8 + saltCount + Sealer.nonceCount
    private static let keyCount = 32
    private static let checkCount = 16

    /// What is kept in the file.
    public let bytes: [UInt8]
    public let cost: StretchingCost

    /// Wraps `storeKey` (thirty-two bytes) under `passphrase`. A cost outside floor and ceiling is refused here too.
    public init(
        wrapping storeKey: SecretBytes, under passphrase: [UInt8], cost: StretchingCost = .floor,
        by stretching: any PassphraseStretching = Scrypt()
    ) throws(PassphraseLockError) {
        precondition(storeKey.count == Self.keyCount, "a store key has thirty-two bytes")
        try Self.check(cost)
        let salt: [UInt8]
        let nonce: [UInt8]
        do throws(NoEntropy) {
            salt = try Randomness.bytes(Self.saltCount)
            nonce = try Randomness.bytes(Sealer.nonceCount)
        } catch { throw .noEntropy }
        let header = Self.magic + [Self.version, UInt8(cost.logN), UInt8(cost.r), UInt8(cost.p)] + salt + nonce
        let key = try Self.stretch(passphrase, salt: salt, cost: cost, by: stretching)
        var plain = storeKey.copy()
        let sealed = Sealer(key: key).seal(plain, nonce: nonce, authenticating: header)
        plain.cleanse()
        bytes = header + sealed + Self.checksum(of: header + sealed)
        self.cost = cost
    }

    /// Reads a lock from a file. Nothing is computed yet.
    public init(bytes: [UInt8]) throws(PassphraseLockError) {
        guard bytes.count == Self.byteCount, Array(bytes[0..<4]) == Self.magic else { throw .damaged }
        guard Self.checksum(of: Array(bytes.dropLast(Self.checkCount))) == Array(bytes.suffix(Self.checkCount)) else { throw .damaged }
        guard bytes[4] == Self.version else { throw .unknownVersion(bytes[4]) }
        let cost = StretchingCost(logN: Int(bytes[5]), r: Int(bytes[6]), p: Int(bytes[7]))
        try Self.check(cost)
        self.bytes = bytes
        self.cost = cost
    }

    /// The store key.
    public func open(
        with passphrase: [UInt8], by stretching: any PassphraseStretching = Scrypt()
    ) throws(PassphraseLockError) -> SecretBytes {
        let header = Array(bytes[0..<Self.headerCount])
        let salt = Array(header[8..<8 + Self.saltCount])
        let nonce = Array(header.suffix(Sealer.nonceCount))
        let sealed = Array(bytes[Self.headerCount..<Self.byteCount - Self.checkCount])
        let key = try Self.stretch(passphrase, salt: salt, cost: cost, by: stretching)
        do throws(SealError) {
            var plain = try Sealer(key: key).open(sealed, nonce: nonce, authenticating: header)
            return SecretBytes(moving: &plain)
        } catch { throw .wrongPassphrase }
    }

    private static func check(_ cost: StretchingCost) throws(PassphraseLockError) {
        let floor = StretchingCost.floor
        let ceiling = StretchingCost.ceiling
        guard cost.logN >= floor.logN, cost.r >= floor.r, cost.p >= floor.p else { throw .belowFloor }
        // The memory bound lets r grow only where N shrinks.
        guard cost.logN <= ceiling.logN, cost.p <= ceiling.p, cost.r <= 255,
            cost.r << cost.logN <= ceiling.r << ceiling.logN
        else { throw .tooCostly }
    }

    private static func stretch(
        _ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, by stretching: any PassphraseStretching
    ) throws(PassphraseLockError) -> SecretBytes {
        do throws(StretchingFailure) {
            return try stretching.stretch(passphrase, salt: salt, cost: cost, count: keyCount)
        } catch { throw .stretchingFailed }
    }

    private static func checksum(of bytes: [UInt8]) -> [UInt8] { Array(Digest.sha256(bytes).bytes.prefix(checkCount)) }
}

/// Why a passphrase lock could not be made, read or opened.
public enum PassphraseLockError: Error, Hashable, Sendable, CustomStringConvertible {
    case wrongPassphrase
    /// The file is not whole: the passphrase is not to blame.
    case damaged
    case unknownVersion(UInt8)
    /// The file asks for less work than we ever do: somebody weakened it.
    case belowFloor
    /// The file asks for more memory or time than we give to any file.
    case tooCostly
    /// Too little memory for scrypt.
    case stretchingFailed
    case noEntropy

    public var description: String {
        switch self {
        case .wrongPassphrase: "unlocking the store: the passphrase is not the one it was locked with"
        case .damaged: "unlocking the store: its lock is damaged; restore the store from a copy"
        case .unknownVersion(let version): "unlocking the store: its lock has version \(version), made by a newer program"
        case .belowFloor: "unlocking the store: its lock was weakened below the least allowed cost; do not type the passphrase again"
        case .tooCostly: "unlocking the store: its lock asks for more work than is allowed; it was tampered with"
        case .stretchingFailed: "unlocking the store: too little memory to check the passphrase; close other programs"
        case .noEntropy: NoEntropy().description
        }
    }
}
