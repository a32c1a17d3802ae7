/// How often each of several columns is the largest, and among the three largest, over the iterations.
///
/// Equals are first together, so the shares may add up to more than 1: only what is larger stands before another. Values that differ by the last bits
/// of the same sum are equal. A value of 0 is never a rank: where nothing is exposed nobody is first.
struct RankStability {
    private(set) var first: [Double]
    private(set) var firstThree: [Double]

    /// What two values may differ by and be equal, as a share of the larger.
    private static let hair = 1e-12

    /// Only the columns in `eligible` (rising places) take part; the others get 0.
    init(columns: [[Double]], eligible: [Int], iterations: Int) {
        var firsts = [Int](repeating: 0, count: columns.count)
        var threes = firsts
        for n in 0..<iterations {
            var largest = 0.0, second = 0.0, third = 0.0
            for place in eligible {
                let value = columns[place][n]
                if value > largest {
                    (third, second, largest) = (second, largest, value)
                } else if value > second {
                    (third, second) = (second, value)
                } else if value > third {
                    third = value
                }
            }
            guard largest > 0 else { continue }
            let (first, three) = (largest * (1 - Self.hair), third * (1 - Self.hair))
            for place in eligible {
                let value = columns[place][n]
                if value > 0, value >= three { threes[place] += 1 }
                if value >= first { firsts[place] += 1 }
            }
        }
        first = firsts.map { Double($0) / Double(iterations) }
        firstThree = threes.map { Double($0) / Double(iterations) }
    }
}
