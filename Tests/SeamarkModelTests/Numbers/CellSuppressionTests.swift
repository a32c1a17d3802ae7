import SeamarkModel
import Testing

struct CellSuppressionTests {
    @Test func `small cells are hidden, and as many more as it takes to hide them`() {
        #expect(hidden([8, 6, 9]) == [])
        #expect(hidden([8, 3, 6, 9]) == ["c1", "c2"])  // 3 alone could be subtracted from the total
        #expect(hidden([8, 3, 2, 9]) == ["c1", "c2"])  // 3 and 2 make five
        #expect(hidden([8, 1, 1, 9]) == ["c0", "c1", "c2"])
        #expect(hidden([2, 1]) == ["c0", "c1"])
        #expect(hidden([7, 0, 6]) == ["c1"])
        #expect(hidden([6, 6, 4]) == ["c0", "c2"])
        #expect(hidden([]) == [])
    }

    @Test func `no setting goes below the floor of three`() {
        #expect(CellSuppression([.init("a", respondents: 2), .init("b", respondents: 9)], minimum: 1).hidden == ["a", "b"])
    }

    @Test(arguments: UInt64(0)..<200)
    func `what is hidden reaches the minimum or is everything, and what is shown does`(seed: UInt64) {
        var dice = RandomStream(state: seed)
        let cells = (0..<1 + Int(dice.next() % 6)).map { CellSuppression.Cell("c\($0)", respondents: Int(dice.next() % 9)) }
        let result = CellSuppression(cells)
        let remainder = cells.filter { result.hidden.contains($0.key) }.reduce(0) { $0 + $1.respondents }
        #expect(result.shown.count + result.hidden.count == cells.count)
        #expect(cells.allSatisfy { !result.shown.contains($0.key) || $0.respondents >= 5 })
        #expect(remainder == 0 || remainder >= 5 || result.shown.isEmpty)
        #expect(CellSuppression(cells.reversed()) == result)
    }

    private func hidden(_ counts: [Int]) -> [String] {
        CellSuppression(counts.enumerated().map { CellSuppression.Cell("c\($0)", respondents: $1) }).hidden
    }
}
