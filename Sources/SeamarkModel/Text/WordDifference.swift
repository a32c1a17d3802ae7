/// Which words of one text stand, in order, in another: a longest common run of words by Myers' greedy method
/// ("An O(ND) Difference Algorithm and Its Variations", 1986), with a bound on how much may differ.
struct WordDifference {
    /// So many words taken away and put in are looked at, and no more: 16 MB at worst.
    static let most = 2000

    /// The place in the other text, or -1.
    private let matches: [Int32]

    /// Nil when the two differ in more than `most` words.
    init?(from old: [Int32], to new: [Int32]) {
        var start = 0
        while start < old.count, start < new.count, old[start] == new[start] { start += 1 }
        var oldEnd = old.count, newEnd = new.count
        while oldEnd > start, newEnd > start, old[oldEnd - 1] == new[newEnd - 1] {
            oldEnd -= 1
            newEnd -= 1
        }
        var matches = [Int32](repeating: -1, count: old.count)
        for place in 0..<start { matches[place] = Int32(place) }
        for place in oldEnd..<old.count { matches[place] = Int32(place - oldEnd + newEnd) }
        guard WordDifference.match(old[start..<oldEnd], new[start..<newEnd], into: &matches) else { return nil }
        self.matches = matches
    }

    /// Where word `place` of the old text stands in the new one; nil if it was taken away.
    func match(_ place: Int) -> Int? { matches[place] < 0 ? nil : Int(matches[place]) }

    private static func match(_ old: ArraySlice<Int32>, _ new: ArraySlice<Int32>, into matches: inout [Int32]) -> Bool {
        let (m, n) = (old.count, new.count)
        if m == 0 || n == 0 { return true }
        let bound = min(m + n, most)
        guard abs(m - n) <= bound else { return false }
        // `reached[k + bound + 1]`: how far diagonal k has come in the old text. `trail[d]`: the same before step d, for diagonals -d…d.
        var reached = [Int32](repeating: 0, count: 2 * bound + 3)
        var trail: [[Int32]] = []
        for d in 0...bound {
            trail.append(Array(reached[(bound + 1 - d)...(bound + 1 + d)]))
            for k in stride(from: -d, through: d, by: 2) {
                let middle = k + bound + 1
                var x = k == -d || (k != d && reached[middle - 1] < reached[middle + 1]) ? Int(reached[middle + 1]) : Int(reached[middle - 1]) + 1
                var y = x - k
                while x < m, y < n, x >= 0, y >= 0, old[old.startIndex + x] == new[new.startIndex + y] {
                    x += 1
                    y += 1
                }
                reached[middle] = Int32(x)
                if x >= m, y >= n {
                    walkBack(from: (m, n), trail, old.startIndex, new.startIndex, into: &matches)
                    return true
                }
            }
        }
        return false
    }

    private static func walkBack(from end: (Int, Int), _ trail: [[Int32]], _ oldStart: Int, _ newStart: Int, into matches: inout [Int32]) {
        var (x, y) = end
        for d in stride(from: trail.count - 1, through: 0, by: -1) {
            // Diagonal k of step d stands at k + d of its trail; outside of it nothing was reached.
            func reached(_ k: Int) -> Int { k + d < 0 || k + d >= trail[d].count ? -1 : Int(trail[d][k + d]) }
            let k = x - y
            let isDown = k == -d || (k != d && reached(k - 1) < reached(k + 1))
            let previous = isDown ? k + 1 : k - 1
            let (fromX, fromY) = d == 0 ? (0, 0) : (reached(previous), reached(previous) - previous)
            while x > fromX, y > fromY {
                x -= 1
                y -= 1
                matches[oldStart + x] = Int32(newStart + y)
            }
            if d > 0 { (x, y) = (fromX, fromY) }
        }
    }
}
