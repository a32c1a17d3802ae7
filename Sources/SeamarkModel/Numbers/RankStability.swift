/// How often each of several columns is the largest, and among the three largest, over the iterations.
///
/// Of equals the one with the smaller place wins. A value of 0 is never a rank: where nothing is exposed nobody is
/// first.
struct RankStability {
    private(set) var first: [Double]
    private(set) var firstThree: [Double]

    /// Only the columns in `eligible` (rising places) take part; the others get 0.
    init(columns: [[Double]], eligible: [Int], iterations: Int) {
        var firsts = [Int](repeating: 0, count: columns.count)
        var threes = firsts
        for n in 0..<iterations {
            var best = (place: -1, value: 0.0), second = best, third = best
            for place in eligible {
                let value = columns[place][n]
                if value > best.value {
                    (third, second, best) = (second, best, (place, value))
                } else if value > second.value {
                    (third, second) = (second, (place, value))
                } else if value > third.value {
                    third = (place, value)
                }
            }
            if best.place >= 0 {
                firsts[best.place] += 1
                threes[best.place] += 1
            }
            if second.place >= 0 { threes[second.place] += 1 }
            if third.place >= 0 { threes[third.place] += 1 }
        }
        first = firsts.map { Double($0) / Double(iterations) }
        firstThree = threes.map { Double($0) / Double(iterations) }
    }
}
