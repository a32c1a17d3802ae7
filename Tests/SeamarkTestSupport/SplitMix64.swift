public import SeamarkJournal

/// A small generator of numbers (Steele, Lea, Flood 2014): the same seed gives the same numbers on every machine.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// Is this one of the `part` in a hundred?
    public mutating func chance(_ part: UInt64) -> Bool { next() % 100 < part }

    public mutating func identifier() -> Identifier { Identifier(high: next(), low: next()) }
}

