import Testing

@testable import SeamarkModel

struct RankStabilityTests {
    /// Few values, zeros and ties among them, against sorting every iteration.
    @Test(arguments: UInt64(0)..<30)
    func `first is what nothing exceeds, first three what fewer than three exceed, nothing is zero`(seed: UInt64) {
        var dice = RandomStream(state: seed)
        let columns = (0..<6).map { _ in (0..<40).map { _ in Double(dice.next() % 5) } }
        let eligible = [0, 1, 3, 4, 5]
        let stability = RankStability(columns: columns, eligible: eligible, iterations: 40)
        var firsts = [Int](repeating: 0, count: 6), threes = firsts
        for n in 0..<40 {
            for place in eligible where columns[place][n] > 0 {
                let larger = eligible.count { columns[$0][n] > columns[place][n] }
                if larger == 0 { firsts[place] += 1 }
                if larger < 3 { threes[place] += 1 }
            }
        }
        #expect(stability.first == firsts.map { Double($0) / 40 })
        #expect(stability.firstThree == threes.map { Double($0) / 40 })
    }

    @Test func `what differs by the last bits of a sum is equal, and what differs by more is not`() {
        let stability = RankStability(columns: [[0.1 + 0.2, 1], [0.3, 1 - 1e-9]], eligible: [0, 1], iterations: 2)
        #expect(stability.first == [1, 0.5])
    }
}

struct AttributionTests {
    @Test func `the order of a line's points does not show in the remainder`() {
        // In floating point 0.1 + 0.2 + 0.3 depends on the order.
        let points = [PointShare("a", 10), PointShare("b", 20), PointShare("c", 30)]
        let forward = Attribution(points: [points], known: []), backward = Attribution(points: [points.reversed()], known: [])
        #expect(forward.remainder(of: 0) == backward.remainder(of: 0))
        #expect(forward.share(of: 2, in: 0) == 0.3)
    }
}
