/// One variable's own random numbers: SplitMix64, started from the method, the run's seed and the variable's key.
///
/// Because each variable has a stream of its own, adding or removing one leaves the others' numbers as they were, and
/// no two share numbers by accident.
public struct RandomStream: Sendable {
    private var state: UInt64

    /// The stream `oiar-1|<seed>|<key>`.
    public init(seed: UInt64, key: String) {
        self.init(state: Self.fnv1a("oiar-1|\(seed)|\(key)".utf8))
    }

    /// SplitMix64 from a state (Steele, Lea and Flood 2014).
    public init(state: UInt64) { self.state = state }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// Strictly between 0 and 1, with 53 bits.
    public mutating func nextUniform() -> Double {
        (Double(next() >> 11) + 0.5) * 0x1p-53
    }

    /// Standard normal, to about nine digits.
    public mutating func nextNormal() -> Double {
        NormalDistribution.quantile(nextUniform())
    }

    /// FNV-1a, 64 bits.
    public static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash
    }
}
