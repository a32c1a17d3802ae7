import SeamarkModel
import Testing

struct ThreePointTests {
    @Test func `three numbers without a meaning are refused by what is wrong with them`() {
        #expect(throws: ThreePointError.notANumber(.low)) { try ThreePoint(low: .nan, likely: 1, high: 2) }
        #expect(throws: ThreePointError.notANumber(.likely)) { try ThreePoint(low: 0, likely: .nan, high: 2) }
        #expect(throws: ThreePointError.infinite(.high)) { try ThreePoint(low: 0, likely: 1, high: .infinity) }
        #expect(throws: ThreePointError.beyondBound(.low)) { try ThreePoint(low: -2e18, likely: 1, high: 2) }
        #expect(throws: ThreePointError.outOfOrder(.low, above: .likely)) { try ThreePoint(low: 2, likely: 1, high: 3) }
        #expect(throws: ThreePointError.outOfOrder(.likely, above: .high)) { try ThreePoint(low: 0, likely: 4, high: 3) }
    }

    @Test func `a range narrower than its grade supports asks for a reason`() {
        #expect(range(95, 100, 105).warnings(grade: .b) == [])
        #expect(range(85, 100, 115).warnings(grade: .c) == [])
        #expect(range(86, 100, 115).warnings(grade: .c) == [.tooNarrow(.low, share: 0.14, required: 0.15)])
        #expect(range(70, 100, 125).warnings(grade: .d) == [.tooNarrow(.high, share: 0.25, required: 0.30)])
        #expect(range(100, 100, 100).warnings(grade: .a) == [])
        #expect(range(100, 100, 100).warnings(grade: .b).count == 2)
    }

    @Test func `a likely value close to an end is questioned`() {
        #expect(range(0, 12, 100).warnings(grade: .a) == [.modeNearAnEnd(position: 0.12)])
        #expect(range(0, 88, 100).warnings(grade: .a) == [.modeNearAnEnd(position: 0.88)])
        #expect(range(0, 13, 100).warnings(grade: .a) == [])
        #expect(range(0, 0, 10).warnings(grade: .d) == [.modeNearAnEnd(position: 0)])
    }
}
