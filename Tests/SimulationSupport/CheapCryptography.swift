internal import SeamarkClient
internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkTestSupport

/// Hashes as they are, signatures that cost next to nothing, and zlib streams that do not deflate: stored blocks, which every inflater
/// reads. Costly primitives are dependencies; what depends on them is the shipped code.
struct SimulationPrimitives: Primitives {
    private static let system = SystemPrimitives()

    func sha256(_ bytes: Span<UInt8>) -> Hash256 { Self.system.sha256(bytes) }

    func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool {
        key.count == 32 && signature == SimulationSigner.signature(of: message, key)
    }

    func deflate(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x78, 0x01]
        out.reserveCapacity(bytes.count + 16)
        var start = 0
        repeat {
            let count = min(65_535, bytes.count - start)
            out.append(start + count == bytes.count ? 1 : 0)
            for number in [UInt16(count), ~UInt16(count)] {
                out.append(UInt8(truncatingIfNeeded: number))
                out.append(UInt8(truncatingIfNeeded: number >> 8))
            }
            out.append(contentsOf: bytes[start..<start + count])
            start += count
        } while start < bytes.count
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        for shift in [24, 16, 8, 0] as [UInt32] { out.append(UInt8(truncatingIfNeeded: (b << 16 | a) >> shift)) }
        return out
    }

    func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] {
        try Self.system.inflate(bytes, toExactly: length)
    }
}

/// A signature that whoever knows the public key can make: in a simulation nobody forges, and a mistake of ours is still seen.
struct SimulationSigner: Signer {
    let publicKey: [UInt8]

    init(seed: [UInt8]) { publicKey = seed }

    func sign(_ message: [UInt8]) -> [UInt8] { Self.signature(of: message, publicKey) }

    static func signature(of message: [UInt8], _ key: [UInt8]) -> [UInt8] {
        var a: UInt64 = 0xcbf2_9ce4_8422_2325
        var b: UInt64 = 0x9e37_79b9_7f4a_7c15
        for bytes in [key, message] {
            for byte in bytes {
                a = (a ^ UInt64(byte)) &* 0x100_0000_01b3
                b = (b &+ UInt64(byte) &+ 1) &* 0xbf58_476d_1ce4_e5b9
                b ^= b >> 29
            }
        }
        var stir = SplitMix64(seed: a ^ b &* 3)
        var signature: [UInt8] = []
        signature.reserveCapacity(64)
        for _ in 0..<8 {
            let word = stir.next()
            for shift in 0..<8 { signature.append(UInt8(truncatingIfNeeded: word >> UInt64(shift * 8))) }
        }
        return signature
    }
}

extension DeviceTools {
    /// What a simulated device is given: `word` draws from the schedule's dice.
    static func simulated(word: @escaping @Sendable () throws -> UInt64) -> DeviceTools {
        DeviceTools(
            primitives: SimulationPrimitives(), signer: { SimulationSigner(seed: $0.copy()) }, word: word,
            endorsement: { authority in
                { message, signature in signature == SimulationSigner.signature(of: message, authority) }
            })
    }
}
