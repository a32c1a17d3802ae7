internal import COpenSSL

/// What it costs to try one passphrase: scrypt's parameters (RFC 7914). Takes 128 × N × r bytes of memory, p times over.
public struct StretchingCost: Hashable, Sendable {
    /// N is 2 to this power.
    public let logN: Int
    public let r: Int
    public let p: Int

    public init(logN: Int, r: Int, p: Int) {
        self.logN = logN
        self.r = r
        self.p = p
    }

    /// OWASP's floor (128 MiB, about a third of a second); nothing below is ever computed for a lock.
    public static let floor = StretchingCost(logN: 17, r: 8, p: 1)

    /// The most that a file may ask of us: 1 GiB, four times over.
    public static let ceiling = StretchingCost(logN: 20, r: 8, p: 4)

    /// Within the range that scrypt is defined for and that fits in memory arithmetic here.
    var isComputable: Bool { (1...30).contains(logN) && (1...64).contains(r) && (1...64).contains(p) }
}

/// The memory for stretching a passphrase was not to be had.
public struct StretchingFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String { "stretching a passphrase: too little memory, or a cost that scrypt does not know" }
}

/// Turns a passphrase into a key, slowly. A parameter so that a simulation need not pay; a lock's floor holds for any of them.
public protocol PassphraseStretching: Sendable {
    func stretch(_ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, count: Int) throws(StretchingFailure) -> SecretBytes
}

/// scrypt (RFC 7914) by libcrypto. It checks no floor: `PassphraseLock` does.
public struct Scrypt: PassphraseStretching {
    public init() {}

    public func stretch(
        _ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, count: Int
    ) throws(StretchingFailure) -> SecretBytes {
        guard cost.isComputable, count > 0 else { throw StretchingFailure() }
        let n = UInt64(1) << UInt64(cost.logN)
        let r = UInt64(cost.r)
        let p = UInt64(cost.p)
        // libcrypto refuses to take more than it is told it may, and counts both of its work areas.
        let mostMemory = 128 * r * (n + 2) + 128 * r * p + 4096
        var stretched = false
        let key = SecretBytes(count: count) { output in
            passphrase.withUnsafeBytes { passphrase in
                // A null passphrase would mean a dry run to libcrypto.
                var none: CChar = 0
                withUnsafePointer(to: &none) { empty in
                    ERR_clear_error()
                    stretched =
                        EVP_PBE_scrypt(
                            passphrase.baseAddress?.assumingMemoryBound(to: CChar.self) ?? empty, passphrase.count, salt, salt.count,
                            n, r, p, mostMemory, output.baseAddress?.assumingMemoryBound(to: UInt8.self), count) == 1
                    ERR_clear_error()
                }
            }
        }
        guard stretched else { throw StretchingFailure() }
        return key
    }
}
