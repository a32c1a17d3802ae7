import SeamarkModel
import Testing

struct ConstraintViewTests {
    private func reading(
        _ key: String, _ load: Double, _ status: ConstraintReading.Status = .measured, stream: String? = nil, hour: Double = 1, isMarket: Bool = false
    ) -> ConstraintReading {
        ConstraintReading(
            key: key, valueStream: stream, status: status, isMarket: isMarket, load: range(load * 90, load * 100, load * 120), capacity: 100,
            contributionPerUnit: range(hour, hour, hour))
    }

    @Test func `utilisation and alignment are the vectors'`() throws {
        let doors = ConstraintReading(key: "K1", load: range(1280, 1340, 1400), capacity: 1260, unit: "door-hours", contributionPerUnit: range(0.9, 1.1, 1.4))
        #expect(agree(doors.utilisation?.likely ?? .nan, 1340.0 / 1260, within: 1e-15))
        #expect(agree(doors.utilisation?.likely ?? .nan, 1.063, within: 1e-3))
        #expect(doors.costOfLostHour?.likely == 1.1)
        #expect(FundingAlignment(toConstraint: 2500, all: 40_000).share == 0.0625)
        #expect(FundingAlignment(toConstraint: 0, all: 0).share == nil)
    }

    @Test func `the fullest measured resource governs, suspected ones only where no measured one is full`() {
        func governing(_ readings: [ConstraintReading]) -> [String?] { ConstraintView(readings).streams.map(\.governing) }
        #expect(governing([reading("a", 0.96), reading("b", 1.2, .suspected), reading("c", 0.97)]) == ["c"])
        #expect(governing([reading("a", 0.94), reading("b", 0.95, .suspected)]) == ["b"])
        // 95 % on paper, and a last bit below it.
        let even = ConstraintReading(key: "e", status: .measured, load: range(7.885, 7.885, 7.885), capacity: 8.3)
        #expect(governing([even]) == ["e"])
        #expect(governing([reading("a", 0.94), reading("b", 1.2, .relieved)]) == [nil])
        #expect(governing([reading("a", 1, hour: 2), reading("b", 1, hour: 3), reading("c", 1, hour: 3)]) == ["b"])
        #expect(governing([reading("a", 1), reading("m", 1.1, isMarket: true)]) == [nil])
        // Equally full on paper: the dearer hour.
        let dear = ConstraintReading(key: "e", status: .measured, load: range(7.885, 7.885, 7.885), capacity: 8.3, contributionPerUnit: range(2, 2, 2))
        #expect(dear.utilisation != reading("a", 0.95).utilisation && governing([reading("a", 0.95), dear]) == ["e"])
        let streams = ConstraintView([reading("a", 1, stream: "x"), reading("b", 0.9, stream: "y"), reading("c", 1.5)])
        #expect(streams.streams.map(\.name) == [nil, "x", "y"] && streams.streams.map(\.governing) == ["c", "a", nil])
        #expect(streams.governing == ["a", "c"])
        #expect(ConstraintView([]).streams.isEmpty)
    }

    @Test func `a lost hour of a resource that counts pieces costs what an hour makes`() {
        let press = ConstraintReading(key: "K", load: range(1, 1, 1), capacity: 1680, unit: "parts", period: .week, contributionPerUnit: range(2, 3, 5))
        #expect(press.costOfLostHour == range(20, 30, 50))
    }

    @Test func `a year's cost is lost units at their contribution`() throws {
        let furnace = ConstraintReading(key: "K1", grade: .b, contributionPerUnit: range(2.1, 2.4, 2.8), lostUnitsPerYear: range(180, 260, 420))
        let cost = try #require(furnace.yearlyCost)
        #expect(agree(cost.mean, 660.555556, within: 1e-8) && agree(cost.low, 378, within: 1e-12) && agree(cost.high, 1176, within: 1e-12))
        #expect(!cost.differs(from: 650, by: 0.1) && cost.differs(from: 500, by: 0.3))
        // A tenth of 0.3 is a last bit less than 0.33 less 0.3.
        #expect(!YearlyCost(mean: 0.33, low: 0, high: 1).differs(from: 0.3, by: 0.1) && YearlyCost(mean: 0.3301, low: 0, high: 1).differs(from: 0.3, by: 0.1))
    }

    /// Against a sort of the whole list.
    @Test(arguments: UInt64(0)..<60)
    func `the winner is the first of a sort, whatever the order`(seed: UInt64) {
        var dice = RandomStream(state: seed)
        let readings = (0..<6).map { place in
            reading("k\(place)", 0.93 + Double(dice.next() % 4) / 50, ConstraintReading.Status.allCases[Int(dice.next() % 3)], hour: Double(dice.next() % 2))
        }
        let full = readings.filter { ($0.utilisation?.likely ?? 0) >= 0.95 && $0.status != .relieved }
        let expected = full.sorted { a, b in
            let key = { (r: ConstraintReading) in [r.status == .measured ? 0.0 : 1, -(r.utilisation?.likely ?? 0), -(r.contributionPerUnit?.likely ?? 0)] }
            return key(a) != key(b) ? key(a).lexicographicallyPrecedes(key(b)) : a.key < b.key
        }.first?.key
        #expect(ConstraintView(readings).streams.map(\.governing) == [expected])
        #expect(ConstraintView(readings.reversed()) == ConstraintView(readings))
    }
}
