/// The method `oiar-1`: a sum of priced lines, each sampled, guarded against double counting and attributed to
/// domains and seams. Scores never create money.
///
/// Keep one value and run it again and again: the tables of quantiles are kept between runs. What is kept never
/// changes a result.
public struct RiskCalculation: Sendable {
    var cache: QuantileCache

    public init(cache: QuantileCache = QuantileCache()) { self.cache = cache }

    /// The share of iterations from which on an item counts as a front runner.
    public static let frontRunnerShare = 0.2
    /// The confidence from which on a domain is ranked.
    public static let rankedConfidence = 0.5

    /// One line alone, before overlaps and ceilings: what a device shows while it is being priced.
    public mutating func preview(_ line: PricedLine, settings: RiskSettings = RiskSettings()) throws(RiskError) -> Spread {
        try RiskInput(lines: [line]).validate(settings)
        var sampler = LineSampler(settings: settings, cache: cache)
        let values = sampler.values(of: line)
        cache = sampler.cache
        return Spread(sorted: values, mean: line.mean)
    }

    /// One line's values in the order of the iterations, before overlaps and ceilings.
    public mutating func draws(of line: PricedLine, settings: RiskSettings = RiskSettings()) throws(RiskError) -> [Double] {
        try RiskInput(lines: [line]).validate(settings)
        var sampler = LineSampler(settings: settings, cache: cache)
        let values = sampler.values(of: line)
        let draws = sampler.arranged(values, scores: sampler.scores(of: line), correlation: settings.correlation)
        cache = sampler.cache
        return draws
    }

    public mutating func run(_ input: RiskInput, settings: RiskSettings = RiskSettings()) throws(RiskError) -> RiskResult {
        try input.validate(settings)
        let iterations = settings.iterations
        var sampled = SampledLines(input, settings: settings, cache: cache)
        cache = sampled.cache
        let (lines, values) = (sampled.lines, sampled.values)
        func spread(of column: [Double], mean: Double) -> Spread { Spread(sorted: sampled.sorted(column), mean: mean) }
        func sensitivity(_ correlation: Double) -> Spread {
            let net = sampled.net(correlation)
            return spread(of: net.total, mean: net.columns.reduce(0) { $0 + Spread.mean(of: $1) })
        }
        // Before the columns that stay, so that two sets of columns are never held at once.
        let independent = settings.correlation == 0 ? nil : sensitivity(0)
        let dependent = settings.correlation == 1 ? nil : sensitivity(1)

        let guarded = sampled.net(settings.correlation)
        let (overlappedMeans, net, total) = (guarded.overlappedMeans, guarded.columns, guarded.total)
        let grossMeans = values.map { Spread.mean(of: $0) }
        let netMeans = net.map { Spread.mean(of: $0) }
        let mean = netMeans.reduce(0, +)
        let sortedTotal = sampled.sorted(total)
        let headline = Spread(sorted: sortedTotal, mean: mean)

        let defaults = lines.map { line in
            line.domainPoints == nil ? input.matrix.defaultPoints(for: line.category, readings: line.readings ?? input.domains) : nil
        }
        let points = lines.indices.map { (defaults[$0] ?? lines[$0].domainPoints ?? []).sorted { $0.key < $1.key } }
        let domains = Attribution(points: points, known: input.domains.map(\.key))
        let seams = Attribution(points: lines.map(\.seamPoints), known: input.seams.map(\.key))
        let domainColumns = domains.columns(of: net, iterations: iterations)
        let seamColumns = seams.columns(of: net, iterations: iterations)
        let varianceShares = Self.varianceShares(of: net, total: total)

        var domainRows: [Exposure] = []
        let domainMeans = domains.means(of: netMeans)
        for (place, key) in domains.keys.enumerated() {
            let reading = input.domains.first { $0.key == key }
            domainRows.append(Exposure(
                key: key, net: spread(of: domainColumns[place], mean: domainMeans[place]), rank: nil, firstShare: 0,
                firstThreeShare: 0, severity: reading?.severity, confidence: reading?.confidence, riskIndex: nil))
        }
        var seamRows: [Exposure] = []
        let seamMeans = seams.means(of: netMeans)
        for (place, key) in seams.keys.enumerated() {
            let severity = input.seams.first { $0.key == key }?.severity
            let exposure = spread(of: seamColumns[place], mean: seamMeans[place])
            seamRows.append(Exposure(
                key: key, net: exposure, rank: nil, firstShare: 0, firstThreeShare: 0, severity: severity, confidence: nil,
                riskIndex: severity.map { exposure.multiplied(by: $0 / 4) }))
        }
        let eligible = domainRows.indices.filter { Bound.reaches(domainRows[$0].confidence ?? 0, Self.rankedConfidence) }
        let rankedDomains = Self.ranked(domainRows, columns: domainColumns, eligible: eligible, iterations: iterations)
        let rankedSeams = Self.ranked(seamRows, columns: seamColumns, eligible: Array(seamRows.indices), iterations: iterations)

        var lineRows: [LineExposure] = []
        for (index, line) in lines.enumerated() {
            lineRows.append(LineExposure(
                key: line.key, category: line.category, grade: line.grade, exactMean: line.mean,
                gross: Spread(sorted: values[index], mean: grossMeans[index]),
                net: spread(of: net[index], mean: netMeans[index]),
                overlap: grossMeans[index] - overlappedMeans[index], ceiling: overlappedMeans[index] - netMeans[index],
                varianceShare: varianceShares[index], usesDefaultPoints: defaults[index] != nil, domainPoints: points[index]))
        }
        /// Some lines together, iteration by iteration.
        func column(_ members: [Int]) -> [Double] {
            members.count == 1 ? net[members[0]] : SampledLines.sum(members.map { net[$0] }, iterations)
        }
        /// The spread of some lines together.
        func together(_ members: [Int]) -> Spread {
            // Of none, nothing; of one, what its row says already.
            if members.isEmpty { return .nothing }
            if members.count == 1 { return lineRows[members[0]].net }
            return spread(of: column(members), mean: members.reduce(0) { $0 + netMeans[$1] })
        }
        func evidence(_ members: [Int]) -> [EvidenceShare] {
            let whole = members.reduce(0) { $0 + netMeans[$1] }
            return EvidenceGrade.allCases.map { grade in
                let part = together(members.filter { lines[$0].grade == grade })
                return EvidenceShare(grade: grade, net: part, share: whole > 0 ? part.mean / whole : 0)
            }
        }
        var categoryRows: [CategoryExposure] = []
        for category in LeakageCategory.allCases {
            let members = lines.indices.filter { lines[$0].category == category }
            if !members.isEmpty { categoryRows.append(CategoryExposure(category: category, net: together(members), evidence: evidence(members))) }
        }
        categoryRows.sort {
            $0.net.mean != $1.net.mean ? $0.net.mean > $1.net.mean : $0.category.rawValue < $1.category.rawValue
        }
        var siteRows: [SiteExposure] = []
        var siteColumns: [[Double]] = []
        for site in Set(lines.map(\.site)).sorted(by: { ($0 ?? "") < ($1 ?? "") }) {
            let members = lines.indices.filter { lines[$0].site == site }
            siteColumns.append(column(members))
            siteRows.append(SiteExposure(site: site, net: together(members), firstShare: nil, firstThreeShare: nil, evidence: evidence(members)))
        }
        // Lines that name no site are none that could be first.
        let named = siteRows.indices.filter { siteRows[$0].site != nil }
        let siteStability = RankStability(columns: siteColumns, eligible: named, iterations: iterations)
        for place in named {
            siteRows[place].firstShare = siteStability.first[place]
            siteRows[place].firstThreeShare = siteStability.firstThree[place]
        }
        siteRows.sort { $0.net.mean != $1.net.mean ? $0.net.mean > $1.net.mean : ($0.site ?? "") < ($1.site ?? "") }
        func meanWhere(_ belongs: (PricedLine) -> Bool) -> Double {
            lines.indices.reduce(0) { belongs(lines[$1]) ? $0 + netMeans[$1] : $0 }
        }
        let ends = lines.map { $0.ends }

        return RiskResult(
            settings: settings, headline: headline,
            relative: Self.relative(headline, plan: input.plannedOperatingIncome, revenue: input.revenue),
            independent: independent ?? headline, dependent: dependent ?? headline,
            exceedance: RiskResult.exceedances.map { Exceedance(probability: $0, amount: Spread.percentile(1 - $0, of: sortedTotal)) },
            waterfall: Waterfall(
                gross: spread(of: guarded.gross, mean: grossMeans.reduce(0, +)),
                overlap: spread(of: guarded.overlap, mean: lineRows.reduce(0) { $0 + $1.overlap }),
                ceiling: spread(of: guarded.ceiling, mean: lineRows.reduce(0) { $0 + $1.ceiling }), net: headline),
            allLow: sampled.doubles.netTotal(of: ends.map { $0.low }), allLikely: sampled.doubles.netTotal(of: ends.map { $0.likely }),
            allHigh: sampled.doubles.netTotal(of: ends.map { $0.high }),
            inPlan: InPlanSplit(
                inPlan: meanWhere { $0.inPlan == .yes }, notInPlan: meanWhere { $0.inPlan == .no },
                unknown: meanWhere { $0.inPlan == .unknown },
                ranges: Dictionary(uniqueKeysWithValues: InPlan.allCases.map { kind in (kind, together(lines.indices.filter { lines[$0].inPlan == kind })) })),
            evidence: evidence(Array(lines.indices)),
            categories: categoryRows, sites: siteRows, lines: lineRows, domains: rankedDomains,
            unallocated: spread(of: domains.remainder(of: net, iterations: iterations), mean: domains.remainderMean(of: netMeans)),
            seams: rankedSeams,
            notAtASeam: spread(of: seams.remainder(of: net, iterations: iterations), mean: seams.remainderMean(of: netMeans)),
            frontRunningDomains: rankedDomains.filter { $0.firstShare >= Self.frontRunnerShare }.map(\.key),
            frontRunningSeams: rankedSeams.filter { $0.firstShare >= Self.frontRunnerShare }.map(\.key),
            stress: Self.stress(input.seams, on: seams, net: net, mean: mean, sampled: &sampled),
            findings: Self.findings(input, lines: lines, doubles: sampled.doubles, values: values, domains: domains, seams: seams))
    }

    // MARK: - Parts of a run

    private static func varianceShares(of net: [[Double]], total: [Double]) -> [Double] {
        let mean = Spread.mean(of: total)
        let deviations = total.map { $0 - mean }
        let variance = Spread.mean(of: deviations.map { $0 * $0 })
        // Constant lines leave rounding errors behind, not variance.
        guard variance > 1e-24 * mean * mean else { return net.map { _ in 0 } }
        return net.map { column in
            let own = Spread.mean(of: column)
            return Spread.mean(of: column.indices.map { (column[$0] - own) * deviations[$0] }) / variance
        }
    }

    private static func ranked(_ rows: [Exposure], columns: [[Double]], eligible: [Int], iterations: Int) -> [Exposure] {
        let stability = RankStability(columns: columns, eligible: eligible, iterations: iterations)
        func byMean(_ left: Int, _ right: Int) -> Bool {
            rows[left].net.mean != rows[right].net.mean ? rows[left].net.mean > rows[right].net.mean : left < right
        }
        let first = eligible.sorted(by: byMean)
        let rest = rows.indices.filter { !eligible.contains($0) }.sorted(by: byMean)
        return first.enumerated().map { order, place in
            var row = rows[place]
            row.rank = order + 1
            row.firstShare = stability.first[place]
            row.firstThreeShare = stability.firstThree[place]
            return row
        } + rest.map { rows[$0] }
    }

    private static func relative(_ headline: Spread, plan: Double?, revenue: Double?) -> RelativeHeadline {
        if let plan, plan > 0 { return .ofPlannedOperatingIncome(headline.divided(by: plan)) }
        let reason: RelativeHeadline.Reason = plan == nil ? .planUnknown : .planNotPositive
        if let revenue, revenue > 0 { return .ofRevenue(headline.divided(by: revenue), because: reason) }
        return .unavailable(because: reason)
    }

    private static func stress(
        _ readings: [SeamReading], on seams: Attribution, net: [[Double]], mean: Double, sampled: inout SampledLines
    ) -> Stress? {
        var total = SampledLines.sum(net, sampled.settings.iterations)
        var whole = [Double](repeating: 0, count: total.count)
        var added: [Stress.Added] = []
        for reading in readings.sorted(by: { $0.key < $1.key }) where reading.isAIExposed {
            guard let velocity = reading.velocity, let key = seams.keys.firstIndex(of: reading.key) else { continue }
            let speed = sampled.independent(velocity, grade: reading.velocityGrade, key: "seam:\(reading.key)/velocity")
            var column = [Double](repeating: 0, count: speed.count)
            for (line, values) in net.enumerated() {
                let weight = seams.share(of: key, in: line) * reading.severity / 4
                if weight > 0 { for n in speed.indices { column[n] += weight * (speed[n] - 1) * values[n] } }
            }
            for n in total.indices {
                total[n] += column[n]
                whole[n] += column[n]
            }
            added.append(Stress.Added(key: reading.key, added: Spread(sorted: sampled.sorted(column), mean: Spread.mean(of: column))))
        }
        guard !added.isEmpty else { return nil }
        let addedMean = added.reduce(0) { $0 + $1.added.mean }
        // Of one seam, what its row says already.
        let together = added.count == 1 ? added[0].added : Spread(sorted: sampled.sorted(whole), mean: addedMean)
        return Stress(net: Spread(sorted: sampled.sorted(total), mean: mean + addedMean), added: together, bySeam: added)
    }

    private static func findings(
        _ input: RiskInput, lines: [PricedLine], doubles: DoubleCountingGuard, values: [[Double]], domains: Attribution, seams: Attribution
    ) -> [RiskFinding] {
        var findings = doubles.findings
        for key in domains.keys where !input.domains.contains(where: { $0.key == key }) {
            findings.append(.domainWithoutReading(domain: key))
        }
        for key in seams.keys where !input.seams.contains(where: { $0.key == key }) {
            findings.append(.unknownSeam(seam: key))
        }
        for seam in input.seams.sorted(by: { $0.key < $1.key }) where seam.isAIExposed && seam.velocity == nil {
            findings.append(.velocityUnknown(seam: seam.key))
        }
        for (index, line) in lines.enumerated() {
            for (part, range) in line.amount.parts.enumerated() {
                for warning in range.warnings(grade: line.grade) { findings.append(.range(line: line.key, part: part, warning)) }
            }
            if line.mean > 0, values[index].last == 0 { findings.append(.tooRareToSample(line: line.key)) }
        }
        return findings
    }
}
