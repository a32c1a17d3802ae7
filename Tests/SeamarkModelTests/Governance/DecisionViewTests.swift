import Testing

@testable import SeamarkModel

struct DecisionViewTests {
    private func hours(_ low: Double, _ likely: Double, _ high: Double) -> ThreePoint { range(low * 3600, likely * 3600, high * 3600) }

    @Test func `latency, ratio and excess are the vector's`() throws {
        let view = DecisionView(DecisionReading(
            key: "DR1", toldLatency: hours(26, 34, 60), timeToDamage: hours(8, 12, 16), eventsPerYear: range(180, 180, 180), costPerHour: range(95, 95, 95)))
        #expect(agree(view.ratio ?? .nan, 2.83, within: 2e-3) && view.standing == .behind)
        let excess = try #require(view.excess)
        #expect(agree(excess.mean, 427_500, within: 1e-12))
        #expect(agree(excess.low, 10 * 180 * 95, within: 1e-12) && agree(excess.high, 52 * 180 * 95, within: 1e-12))
        #expect(!view.isMeasured && view.grade == .d)
    }

    @Test func `a weekly forum cannot decide what damages in twelve hours`() throws {
        func forum(_ interval: Double, _ damage: Double) -> DecisionView.Forum? {
            DecisionView(DecisionReading(key: "DR", timeToDamage: hours(damage, damage, damage), forumInterval: interval * 3600)).forum
        }
        let weekly = try #require(forum(168, 12))
        #expect(weekly.meanWait == 84 * 3600 && weekly.worstWait == 168 * 3600 && weekly.cannotDecideInTime == true)
        #expect(forum(24, 12)?.cannotDecideInTime == false)
        #expect(forum(24.1, 12)?.cannotDecideInTime == true)
        #expect(DecisionView(DecisionReading(key: "DR")).forum == nil)
    }

    @Test func `five measured cases speak for themselves, four do not`() throws {
        func view(_ latencies: [Double]) -> DecisionView {
            DecisionView(DecisionReading(
                key: "DR", samples: latencies.enumerated().map { .init(detectedAt: 1e6, actedAt: 1e6 + $1, isReopened: $0 == 0, levels: $0, isRoutine: $0 != 2) },
                toldLatency: hours(1, 2, 3), timeToDamage: range(30, 60, 90)))
        }
        let measured = view([50, 10, 40, 20, 30])
        #expect(measured.latency == range(20, 30, 46) && measured.isMeasured && measured.grade == .b)
        #expect(measured.ratio == 0.5 && measured.standing == .inside)
        #expect(measured.reopenRate == 0.2)
        // Routine ones climbed 0, 1, 3 and 4.
        #expect(measured.escalatedShare == 0.5)
        #expect(view([10, 20, 30, 40]).latency == hours(1, 2, 3))
        #expect(view([]).reopenRate == nil && view([]).escalatedShare == nil)
    }

    @Test func `the standing changes at a half and at one`() {
        func standing(_ latency: Double, _ damage: Double) -> DecisionView.Standing? {
            DecisionView(DecisionReading(key: "DR", toldLatency: range(latency, latency, latency), timeToDamage: range(damage, damage, damage))).standing
        }
        #expect(standing(5, 10) == .inside && standing(5.001, 10) == .marginal && standing(10, 10) == .marginal && standing(10.001, 10) == .behind)
        #expect(standing(1, 0) == .behind && standing(0, 0) == .inside)
        #expect(DecisionView(DecisionReading(key: "DR", toldLatency: range(1, 1, 1))).standing == nil)
    }

    @Test func `two decisions of one role add up to the vector's load`() {
        let readings = [
            DecisionReading(key: "DR1", decider: "Compliance director", bandwidth: .init(arrivalsPerWeek: 22, minutesPerDecision: 35, minutesPerWeek: 1500)),
            DecisionReading(key: "DR2", decider: "compliance director", bandwidth: .init(arrivalsPerWeek: 40, minutesPerDecision: 20, minutesPerWeek: 1500)),
            DecisionReading(key: "DR3", decider: "planner", bandwidth: .init(arrivalsPerWeek: 86, minutesPerDecision: 10, minutesPerWeek: 1000)),
            DecisionReading(key: "DR4", decider: "nobody's time is known"), DecisionReading(key: "DR5"),
        ]
        let loads = BandwidthLoad.all(of: readings.reversed())
        #expect(loads.map(\.role) == ["Compliance director", "planner"] && loads.map(\.light) == [.red, .amber])
        #expect(agree(loads[0].load, 1.0467, within: 1e-4) && loads[0].decisions == ["DR1", "DR2"])
        #expect([0.85, 0.8501, 0.9999, 1].map { BandwidthLoad(role: "", load: $0, decisions: []).light } == [.green, .amber, .amber, .red])
    }

    /// Against a plain double loop over midpoints, which shares nothing but the quantiles.
    @Test(arguments: UInt64(0)..<20)
    func `the mean excess of two ranges is that of a double sum, and exact where they do not cross`(seed: UInt64) {
        var dice = RandomStream(state: seed)
        func pick() -> ThreePoint {
            let low = dice.nextUniform() * 50, likely = low + dice.nextUniform() * 30
            return range(low, likely, likely + dice.nextUniform() * 30)
        }
        let (x, y) = (PERT(pick(), concentration: 4), PERT(pick(), concentration: 4))
        var sum = 0.0
        for i in 0..<300 { for j in 0..<300 { sum += max(0, x.quantile((Double(i) + 0.5) / 300) - y.quantile((Double(j) + 0.5) / 300)) } }
        #expect((DecisionView.meanExcess(of: x, over: y) - sum / 90_000).magnitude < 0.02)
        // The difference of both directions is the difference of the means.
        let both = DecisionView.meanExcess(of: x, over: y) - DecisionView.meanExcess(of: y, over: x)
        #expect((both - (x.mean - y.mean)).magnitude < 1e-3)
    }

    /// Of two uniform values that cross by `d` of 1 the mean excess is d³ / 6; a sum over midpoints of each loses it where `d` is small.
    @Test(arguments: [0.9, 0.1, 0.01, 0.001, 1e-5])
    func `a small mean excess is as exact as a great one`(crossing: Double) {
        let x = PERT(range(0, 0.5, 1), concentration: 0), y = PERT(range(1 - crossing, 1, 2 - crossing), concentration: 0)
        let exact = crossing * crossing * crossing / 6
        #expect((DecisionView.meanExcess(of: x, over: y) / exact - 1).magnitude < 1e-8)
        // A constant in the middle of a range: half of the mean distance from it.
        let middle = PERT(range(0.5, 0.5, 0.5), concentration: 4)
        #expect((DecisionView.meanExcess(of: x, over: middle) - 0.125).magnitude < 1e-12)
        #expect((DecisionView.meanExcess(of: middle, over: x) - 0.125).magnitude < 1e-12)
    }
}
