/// Output 3, one decision: how fast it is beside the damage, and what the difference costs.
public struct DecisionView: Hashable, Sendable {
    /// Where the decision stands beside the process.
    public enum Standing: String, Hashable, Sendable {
        /// Ratio up to 0.5.
        case inside
        /// Up to 1.
        case marginal
        /// The damage comes first.
        case behind
    }

    public struct Forum: Hashable, Sendable {
        /// Cases arrive at any time, so half the interval on average and all of it at worst. Seconds.
        public var meanWait: Double
        public var worstWait: Double
        /// The mean wait alone is longer than the likely time to damage; nil: no time to damage is known.
        public var cannotDecideInTime: Bool?
    }

    public let key: String
    /// Seconds; low, likely, high are P25, P50, P90 of the cases where five or more were measured.
    public let latency: ThreePoint?
    public let isMeasured: Bool
    /// B where it was measured, D where it was told.
    public var grade: EvidenceGrade { isMeasured ? .b : .d }
    /// Likely latency over likely time to damage; infinite where damage is immediate.
    public let ratio: Double?
    public let standing: Standing?
    public let forum: Forum?
    /// Events × (latency − time to damage, never below 0) × cost of an hour: a cross-check of decision-wait lines, never money itself.
    public let excess: YearlyCost?
    /// The share of measured cases that were reopened, and of routine ones with a count of levels that climbed two or more; nil: none measured.
    public let reopenRate: Double?
    public let escalatedShare: Double?

    /// The fewest cases that say more than what was told.
    public static let fewestSamples = 5

    public init(_ reading: DecisionReading) {
        key = reading.key
        let times = reading.samples.map { $0.actedAt - $0.detectedAt }.filter { $0 >= 0 }.sorted()
        isMeasured = times.count >= Self.fewestSamples
        latency = isMeasured
            ? try? ThreePoint(low: Spread.percentile(0.25, of: times), likely: Spread.percentile(0.5, of: times), high: Spread.percentile(0.9, of: times))
            : reading.toldLatency
        let damage = reading.timeToDamage
        if let latency, let damage {
            let value = damage.likely > 0 ? latency.likely / damage.likely : latency.likely > 0 ? Double.infinity : 0
            ratio = value
            standing = value <= 0.5 ? .inside : value <= 1 ? .marginal : .behind
        } else {
            ratio = nil
            standing = nil
        }
        forum = reading.forumInterval.map { interval in
            Forum(meanWait: interval / 2, worstWait: interval, cannotDecideInTime: damage.map { interval / 2 > $0.likely })
        }
        excess = Self.excess(latency, damage, reading.eventsPerYear, reading.costPerHour)
        let samples = reading.samples
        reopenRate = samples.isEmpty ? nil : Double(samples.count { $0.isReopened }) / Double(samples.count)
        let counted = samples.filter(\.isRoutine).compactMap(\.levels)
        escalatedShare = counted.isEmpty ? nil : Double(counted.count { $0 >= 2 }) / Double(counted.count)
    }

    /// The shape of ranges that carry no grade: the textbook's.
    static let grade = EvidenceGrade.b

    private static func excess(_ latency: ThreePoint?, _ damage: ThreePoint?, _ events: ThreePoint?, _ cost: ThreePoint?) -> YearlyCost? {
        guard let latency, let damage, let events, let cost else { return nil }
        let hour = 3600.0
        let rest = PERT(events, grade: grade).mean * PERT(cost, grade: grade).mean / hour
        return YearlyCost(
            mean: meanExcess(of: PERT(latency, grade: grade), over: PERT(damage, grade: grade)) * rest,
            low: max(0, latency.low - damage.high) / hour * events.low * cost.low,
            high: max(0, latency.high - damage.low) / hour * events.high * cost.high)
    }

    /// The mean of max(0, X − Y) for independent X and Y: where the ranges cross, the integral of how likely it is that Y lies below a value and X above it,
    /// so that a small excess has as many exact digits as a great one.
    static func meanExcess(of x: PERT, over y: PERT) -> Double {
        if x.range.low >= y.range.high { return x.mean - y.mean }
        if x.range.high <= y.range.low { return 0 }
        func below(_ value: Double) -> Double {
            guard let shape = y.shape else { return value < y.range.low ? 0 : 1 }
            return shape.cumulative((value - y.range.low) / (y.range.high - y.range.low))
        }
        func above(_ value: Double) -> Double {
            guard let shape = x.shape else { return value < x.range.low ? 1 : 0 }
            return shape.mirrored.cumulative((x.range.high - value) / (x.range.high - x.range.low))
        }
        // Both curves are smooth between the ends of the ranges. Of each part the middle of many pieces is asked by Gauss's rule with two points.
        let ends = [x.range.low, x.range.high, y.range.low, y.range.high].map { min(x.range.high, max(y.range.low, $0)) }.sorted()
        let pieces = 200, node = 0.5 / 3.0.squareRoot()
        var total = 0.0
        for (start, end) in zip(ends, ends.dropFirst()) where end > start {
            let width = (end - start) / Double(pieces)
            for piece in 0..<pieces {
                for place in [0.5 - node, 0.5 + node] {
                    let value = start + (Double(piece) + place) * width
                    total += below(value) * above(value) * width / 2
                }
            }
        }
        return total
    }
}

/// How much of a role's time its decisions take.
public struct BandwidthLoad: Hashable, Sendable {
    public enum Light: String, Hashable, Sendable { case green, amber, red }

    public var role: String
    /// Minutes asked over minutes there are.
    public var load: Double
    public var decisions: [String]

    /// Above 0.85 amber; from 1 on red: the role cannot keep up.
    public var light: Light { load >= 1 ? .red : load > 0.85 ? .amber : .green }

    /// One entry a decider, the greatest load first. Where a role's decisions give different times for it, the least counts.
    public static func all(of readings: [DecisionReading]) -> [BandwidthLoad] {
        struct Sum {
            var role: String
            var minutes = 0.0
            var available = Double.infinity
            var decisions: [String] = []
        }
        var sums: [String: Sum] = [:]
        for reading in readings.sorted(by: { $0.key < $1.key }) {
            guard let role = reading.decider, let bandwidth = reading.bandwidth else { continue }
            var sum = sums[role.lowercased()] ?? Sum(role: role)
            sum.minutes += bandwidth.arrivalsPerWeek * bandwidth.minutesPerDecision
            sum.available = min(sum.available, bandwidth.minutesPerWeek)
            sum.decisions.append(reading.key)
            sums[role.lowercased()] = sum
        }
        return sums.values.map { BandwidthLoad(role: $0.role, load: $0.minutes / $0.available, decisions: $0.decisions) }
            .sorted { $0.load != $1.load ? $0.load > $1.load : $0.role < $1.role }
    }
}
