public import SeamarkJournal

/// Primitives that cost next to nothing and keep nobody out: for simulations, where only that equal bytes have equal
/// names and others different ones matters. Never for anything that is stored or sent.
public struct CheapPrimitives: Primitives {
    public init() {}

    /// Four FNV-1a sums with different offsets, each stirred at the end.
    public func sha256(_ bytes: Span<UInt8>) -> Hash256 {
        var a: UInt64 = 0xcbf2_9ce4_8422_2325
        var b: UInt64 = 0x9e37_79b9_7f4a_7c15
        for index in bytes.indices {
            a = (a ^ UInt64(bytes[index])) &* 0x100_0000_01b3
            b = (b &+ UInt64(bytes[index]) &+ 1) &* 0xbf58_476d_1ce4_e5b9
            b ^= b >> 29
        }
        var stir = SplitMix64(seed: a ^ b &* 3)
        return Hash256(words: (stir.next() ^ a, stir.next() ^ b, stir.next(), stir.next()))
    }

    public func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool {
        key.count == 32 && signature == CheapSigner.signature(of: message, key)
    }

    /// One byte that says that nothing was deflated.
    public func deflate(_ bytes: [UInt8]) -> [UInt8] { [0x78] + bytes }

    public func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] {
        guard bytes.count == length + 1, bytes[0] == 0x78 else { throw InflateError() }
        var out: [UInt8] = []
        out.reserveCapacity(length)
        for index in 1..<bytes.count { out.append(bytes[index]) }
        return out
    }
}

/// A signer to go with them.
public struct CheapSigner: Signer {
    public let publicKey: [UInt8]

    /// Every number is another key.
    public init(_ number: UInt8) { publicKey = Array(repeating: number, count: 32) }

    public func sign(_ message: [UInt8]) -> [UInt8] { Self.signature(of: message, publicKey) }

    static func signature(of message: [UInt8], _ key: [UInt8]) -> [UInt8] {
        let primitives = CheapPrimitives()
        return primitives.sha256((key + message).span).bytes + primitives.sha256((message + key).span).bytes
    }
}
