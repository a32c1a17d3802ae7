/// The lines of one input with their values drawn: what every figure of a run comes from, at any dependence.
struct SampledLines {
    /// In the order of their keys, as all columns are.
    let lines: [PricedLine]
    let doubles: DoubleCountingGuard
    /// Each line's values in rising order, before overlaps and ceilings.
    let values: [[Double]]
    private let scores: [[Double]]
    private var sampler: LineSampler

    var settings: RiskSettings { sampler.settings }
    var cache: QuantileCache { sampler.cache }

    /// `input` has been validated with these settings.
    init(_ input: RiskInput, settings: RiskSettings, cache: QuantileCache) {
        let lines = input.lines.sorted { $0.key < $1.key }
        self.lines = lines
        doubles = DoubleCountingGuard(lines: lines, overlaps: input.overlaps, pools: input.pools)
        var sampler = LineSampler(settings: settings, cache: cache)
        values = lines.map { sampler.values(of: $0) }
        scores = lines.map { sampler.scores(of: $0) }
        self.sampler = sampler
    }

    /// What one dependence gives, iteration by iteration.
    struct Net {
        /// Of all lines together, before overlaps and ceilings, and what either took of it.
        var gross: [Double]
        var overlap: [Double]
        var ceiling: [Double]
        /// Of all lines together, after both.
        var total: [Double]
        /// Of each line, after overlaps alone.
        var overlappedMeans: [Double]
        /// Of each line, after overlaps and ceilings.
        var columns: [[Double]]
    }

    mutating func net(_ correlation: Double) -> Net {
        var columns: [[Double]] = []
        columns.reserveCapacity(lines.count)
        for line in lines.indices { columns.append(sampler.arranged(values[line], scores: scores[line], correlation: correlation)) }
        let gross = Self.sum(columns, settings.iterations)
        doubles.takeOverlaps(from: &columns)
        let means = columns.map { Spread.mean(of: $0) }
        let overlapped = Self.sum(columns, settings.iterations)
        doubles.applyCeilings(to: &columns)
        let total = Self.sum(columns, settings.iterations)
        // Sums of the same terms in the same order: where nothing was taken, nothing is exactly zero.
        return Net(
            gross: gross, overlap: zip(gross, overlapped).map { $0 - $1 }, ceiling: zip(overlapped, total).map { $0 - $1 },
            total: total, overlappedMeans: means, columns: columns)
    }

    mutating func sorted(_ column: [Double]) -> [Double] { sampler.sorted(column) }

    mutating func independent(_ range: ThreePoint, grade: EvidenceGrade, key: String) -> [Double] {
        sampler.independent(range, grade: grade, key: key)
    }

    static func sum(_ columns: [[Double]], _ iterations: Int) -> [Double] {
        var total = [Double](repeating: 0, count: iterations)
        for column in columns { for n in 0..<iterations { total[n] += column[n] } }
        return total
    }
}
