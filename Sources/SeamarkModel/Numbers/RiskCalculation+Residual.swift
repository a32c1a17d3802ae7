extension RiskCalculation {
    /// One initiative at its turn: what it takes off lines, and for how long it works.
    public struct Protecting: Hashable, Sendable {
        public var initiative: String
        /// Shares 0…1 of what is left of each line; of twins the first counts, unknown lines are left out.
        public var targets: [InitiativeReading.Target]
        /// Years within the horizon in which it works.
        public var years: Double
        /// It is funded, so those after it find less.
        public var isApplied: Bool

        public init(initiative: String, targets: [InitiativeReading.Target], years: Double, isApplied: Bool) {
            self.initiative = initiative
            self.targets = targets
            self.years = years
            self.isApplied = isApplied
        }
    }

    /// What initiatives protect, and what they leave a year.
    public struct Protection: Hashable, Sendable {
        public var residual: Spread
        /// Over the horizon, in the order given.
        public var protected: [Spread]
    }

    /// The mean of each line after overlaps and ceilings, and nothing else.
    public mutating func netMeans(_ input: RiskInput, settings: RiskSettings = RiskSettings()) throws(RiskError) -> [String: Double] {
        try net(input, settings: settings).means
    }

    /// The mean of each line after overlaps and ceilings, and all lines together in the order of the iterations.
    mutating func net(_ input: RiskInput, settings: RiskSettings) throws(RiskError) -> (means: [String: Double], total: [Double]) {
        try input.validate(settings)
        var sampled = SampledLines(input, settings: settings, cache: cache)
        cache = sampled.cache
        let net = sampled.net(settings.correlation)
        return (Dictionary(uniqueKeysWithValues: zip(sampled.lines, net.columns).map { ($0.key, Spread.mean(of: $1)) }), net.total)
    }

    /// Takes initiatives in turn, each its share of what those before it left. A share's draws are its own (stream
    /// `initiative:<initiative>/<line>`). What is left at the end does not depend on the order of those that are applied.
    public mutating func protection(
        _ input: RiskInput, by initiatives: [Protecting], settings: RiskSettings = RiskSettings()
    ) throws(RiskError) -> Protection {
        try input.validate(settings)
        var sampled = SampledLines(input, settings: settings, cache: cache)
        var columns = sampled.net(settings.correlation).columns
        var places: [String: Int] = [:]
        for (place, line) in sampled.lines.enumerated() { places[line.key] = place }
        var protected: [Spread] = []
        for initiative in initiatives {
            var gained = [Double](repeating: 0, count: settings.iterations)
            var seen: Set<String> = []
            for target in initiative.targets.sorted(by: { $0.line < $1.line }) where seen.insert(target.line).inserted {
                guard let line = places[target.line] else { continue }
                let share = sampled.independent(target.reduction, grade: DecisionView.grade, key: "initiative:\(initiative.initiative)/\(target.line)")
                for n in gained.indices {
                    let taken = columns[line][n] * min(1, max(0, share[n]))
                    gained[n] += taken * initiative.years
                    if initiative.isApplied { columns[line][n] -= taken }
                }
            }
            protected.append(Spread(sorted: sampled.sorted(gained), mean: Spread.mean(of: gained)))
        }
        cache = sampled.cache
        let mean = columns.reduce(0) { $0 + Spread.mean(of: $1) }
        return Protection(residual: Spread(sorted: sampled.sorted(SampledLines.sum(columns, settings.iterations)), mean: mean), protected: protected)
    }
}
