/// What changed since an earlier calculation: steps of the mean, in a fixed order, that add up to the difference exactly.
public struct Bridge: Hashable, Sendable {
    public enum Step: String, CaseIterable, Hashable, Sendable {
        /// The old data with the new settings.
        case method
        /// Old numbers, new grades.
        case evidence
        /// Ranges and probabilities estimated anew.
        case estimates
        case overlapsAndCeilings
        case closedLines
        case newLines
        /// Lines that are lower, or gone, because of a move that is proven.
        case verifiedMoves
    }

    public struct Change: Hashable, Sendable {
        public var step: Step
        public var amount: Double
        /// What each line contributed, those that did not change left out, the greatest first.
        public var lines: [LineChange]
    }

    public struct LineChange: Hashable, Sendable {
        public var key: String
        public var amount: Double
    }

    /// The headline's ranges; the means are what the steps go from and to.
    public let before: Spread
    public let after: Spread
    /// All steps, in their order.
    public let changes: [Change]

    public var difference: Double { after.mean - before.mean }

    /// - Parameters:
    ///   - verified: keys of lines whose new amount, or whose end, is due to a proven move.
    ///   - calculation: keeps its tables between the steps.
    public init(
        from old: RiskInput, _ oldSettings: RiskSettings, to new: RiskInput, _ newSettings: RiskSettings, verified: Set<String> = [],
        calculation: inout RiskCalculation
    ) throws(RiskError) {
        let stages = Self.stages(from: old, to: new, verified: verified)
        var found = try calculation.net(old, settings: oldSettings)
        before = Self.spread(of: found)
        var last = old
        var lastSettings = oldSettings
        var changes: [Change] = []
        for (step, stage) in zip(Step.allCases, stages) {
            let next = stage == last && newSettings == lastSettings ? found : try calculation.net(stage, settings: newSettings)
            var lines: [LineChange] = []
            for key in Set(found.means.keys).union(next.means.keys).sorted() {
                let amount = (next.means[key] ?? 0) - (found.means[key] ?? 0)
                if amount != 0 { lines.append(LineChange(key: key, amount: amount)) }
            }
            lines.sort { $0.amount.magnitude != $1.amount.magnitude ? $0.amount.magnitude > $1.amount.magnitude : $0.key < $1.key }
            changes.append(Change(step: step, amount: Self.total(next.means) - Self.total(found.means), lines: lines))
            (found, last, lastSettings) = (next, stage, newSettings)
        }
        self.changes = changes
        after = Self.spread(of: found)
    }

    /// With the mean that the steps are differences of.
    private static func spread(of net: (means: [String: Double], total: [Double])) -> Spread {
        Spread(sorted: net.total.sorted(), mean: total(net.means))
    }

    /// In the order of keys: a dictionary's own order differs from run to run.
    private static func total(_ means: [String: Double]) -> Double { means.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } }

    /// The input after each step; the last one is the new input, but for what no mean depends on.
    private static func stages(from old: RiskInput, to new: RiskInput, verified: Set<String>) -> [RiskInput] {
        let newLines = Dictionary(new.lines.map { ($0.key, $0) }) { first, _ in first }
        let oldKeys = Set(old.lines.map(\.key))
        var input = old
        var stages = [input]
        /// Changes the lines that are in both.
        func step(_ change: (inout PricedLine, PricedLine) -> Void) {
            for index in input.lines.indices {
                if let next = newLines[input.lines[index].key] { change(&input.lines[index], next) }
            }
            stages.append(input)
        }
        step { $0.grade = $1.grade }
        step { line, next in
            guard !verified.contains(line.key) else { return }
            line.amount = next.amount
            line.probability = next.probability
        }
        // Lines that will be closed keep their overlaps and ceilings until then.
        let closed = oldKeys.subtracting(newLines.keys)
        let kept = old.lines.filter { closed.contains($0.key) }.compactMap(\.pool)
        input.overlaps = new.overlaps.filter { oldKeys.contains($0.first) && oldKeys.contains($0.second) }
            + old.overlaps.filter { closed.contains($0.first) || closed.contains($0.second) }
        input.pools = new.pools + old.pools.filter { pool in kept.contains(pool.key) && !new.pools.contains { $0.key == pool.key } }
        step { $0.pool = $1.pool }
        func remove(_ keys: Set<String>) {
            input.lines.removeAll { keys.contains($0.key) }
            input.overlaps.removeAll { keys.contains($0.first) || keys.contains($0.second) }
        }
        remove(closed.subtracting(verified))
        stages.append(input)
        input.lines += new.lines.filter { !oldKeys.contains($0.key) }
        let stillThere = Set(input.lines.map(\.key)).subtracting(newLines.keys)
        input.overlaps = new.overlaps + input.overlaps.filter { stillThere.contains($0.first) || stillThere.contains($0.second) }
        stages.append(input)
        input.lines = new.lines
        input.overlaps = new.overlaps
        input.pools = new.pools
        stages.append(input)
        return stages
    }
}
