/// Puts doubles into rising order, in time that does not depend on them: a radix sort on their bits.
///
/// Equal values keep the order of their places. Its work space is kept, since one calculation sorts hundreds of
/// columns of equal length.
struct RankOrder {
    private let count: Int
    private var keys: [UInt64]
    private var otherKeys: [UInt64]
    private var places: [Int32]
    private var otherPlaces: [Int32]
    private var starts: [Int32]

    private static let bits: UInt64 = 11
    private static let digits = 6
    private static let buckets = 1 << 11

    init(count: Int) {
        self.count = count
        keys = [UInt64](repeating: 0, count: count)
        otherKeys = keys
        places = [Int32](repeating: 0, count: count)
        otherPlaces = places
        starts = [Int32](repeating: 0, count: Self.buckets * Self.digits)
    }

    /// The places of `values` from the smallest value to the largest.
    mutating func places(of values: [Double]) -> [Int32] {
        load(values)
        for place in 0..<count { places[place] = Int32(truncatingIfNeeded: place) }
        for digit in 0..<Self.digits where !isUniform(digit) {
            Self.scatter(keys, places, to: &otherKeys, &otherPlaces, by: digit, &starts)
            swap(&keys, &otherKeys)
            swap(&places, &otherPlaces)
        }
        return places
    }

    /// `values` from the smallest to the largest.
    mutating func sorted(_ values: [Double]) -> [Double] {
        load(values)
        for digit in 0..<Self.digits where !isUniform(digit) {
            Self.scatter(keys, [], to: &otherKeys, &otherPlaces, by: digit, &starts)
            swap(&keys, &otherKeys)
        }
        return keys.map { key in
            Double(bitPattern: key >> 63 == 1 ? key ^ 1 << 63 : ~key)
        }
    }

    /// One pass: moves every key, and its place where there are any, to where its digit belongs.
    private static func scatter(
        _ keys: [UInt64], _ places: [Int32], to otherKeys: inout [UInt64], _ otherPlaces: inout [Int32], by digit: Int, _ starts: inout [Int32]
    ) {
        // Spans: an array that is written asks at each element whether somebody shares it.
        let (shift, base, hasPlaces) = (UInt64(digit) * bits, digit * buckets, !places.isEmpty)
        let keys = keys.span
        let places = places.span
        var starts = starts.mutableSpan
        var otherKeys = otherKeys.mutableSpan
        var otherPlaces = otherPlaces.mutableSpan
        for index in keys.indices {
            let key = keys[index]
            let bucket = base + Int(key >> shift & 2047)
            let target = Int(starts[bucket])
            starts[bucket] &+= 1
            otherKeys[target] = key
            if hasPlaces { otherPlaces[target] = places[index] }
        }
    }

    /// Turns each double into an integer that sorts the same way, counts its digits, and turns counts into starts.
    private mutating func load(_ values: [Double]) {
        precondition(values.count == count, "a column of another length")
        Self.load(values, in: &keys, &starts)
        for digit in 0..<Self.digits {
            var sum: Int32 = 0
            let base = digit * Self.buckets
            for bucket in base..<base + Self.buckets {
                let inBucket = starts[bucket]
                starts[bucket] = sum
                sum &+= inBucket
            }
        }
    }

    private static func load(_ values: [Double], in keys: inout [UInt64], _ starts: inout [Int32]) {
        let values = values.span
        var keys = keys.mutableSpan
        var starts = starts.mutableSpan
        for index in starts.indices { starts[index] = 0 }
        for index in values.indices {
            let pattern = (values[index] + 0).bitPattern  // + 0: the two zeros are one value
            let key = pattern >> 63 == 1 ? ~pattern : pattern | 1 << 63
            keys[index] = key
            for digit in 0..<digits {
                starts[digit * buckets + Int(key >> (UInt64(digit) * bits) & 2047)] &+= 1
            }
        }
    }

    /// Whether all values share this digit, so that a pass over it would move nothing.
    private func isUniform(_ digit: Int) -> Bool {
        guard count > 1 else { return true }
        let base = digit * Self.buckets
        let bucket = Int(keys[0] >> (UInt64(digit) * Self.bits) & 2047)
        let end = bucket + 1 < Self.buckets ? Int(starts[base + bucket + 1]) : count
        return end - Int(starts[base + bucket]) == count
    }
}
