/// Draws a line's values, one for each iteration: a rank-reordered midpoint Latin hypercube.
///
/// The values themselves hold no randomness (they are the quantiles of N midpoints); only their order does, and it
/// follows the ranks of sqrt(rho) × common + sqrt(1 - rho) × own. So every line keeps its exact distribution whatever
/// the seed, and rho = 1 makes percentiles add up exactly (after Iman and Conover 1982).
struct LineSampler {
    let settings: RiskSettings
    private(set) var cache: QuantileCache
    private var order: RankOrder
    private let common: [Double]

    init(settings: RiskSettings, cache: QuantileCache) {
        self.settings = settings
        self.cache = cache
        order = RankOrder(count: settings.iterations)
        common = Self.normals(key: "common", settings: settings)
    }

    /// A line's values in rising order, before guards.
    mutating func values(of line: PricedLine) -> [Double] {
        // One range, or one input, is the line's own distribution.
        let parts = line.amount.parts
        guard let probability = line.probability else {
            return parts.count == 1 ? table(of: parts[0], grade: line.grade) : products(of: line)
        }
        // Nothing in the lower 1 - p of the year's outcomes; above it, the magnitude's own quantiles.
        let n = settings.iterations
        let missing = 1 - probability
        var first = 0
        while first < n, (Double(first) + 0.5) / Double(n) < missing { first += 1 }
        var values = [Double](repeating: 0, count: n)
        guard first < n else { return values }
        let start = ((Double(first) + 0.5) / Double(n) - missing) / probability
        let step = 1 / (Double(n) * probability)
        if parts.count == 1 {
            let magnitudes = table(of: parts[0], grade: line.grade, first: start, step: step, count: n - first)
            for index in first..<n { values[index] = magnitudes[index - first] }
        } else {
            let magnitudes = products(of: line)
            for index in first..<n {
                values[index] = Spread.percentile(min(1, max(0, start + Double(index - first) * step)), of: magnitudes)
            }
        }
        return values
    }

    /// The line's own normal scores.
    func scores(of line: PricedLine) -> [Double] {
        Self.normals(key: "line:\(line.key)", settings: settings)
    }

    /// `values` (rising) in the order of the iterations.
    mutating func arranged(_ values: [Double], scores: [Double], correlation: Double) -> [Double] {
        let shared = correlation.squareRoot(), own = (1 - correlation).squareRoot()
        var mixed = scores
        for n in mixed.indices { mixed[n] = shared * common[n] + own * scores[n] }
        return byRank(values, scores: mixed)
    }

    mutating func sorted(_ values: [Double]) -> [Double] { order.sorted(values) }

    /// The values of a multiplier on its own stream, independent of every line.
    mutating func independent(_ range: ThreePoint, grade: EvidenceGrade, key: String) -> [Double] {
        byRank(table(of: range, grade: grade), scores: Self.normals(key: key, settings: settings))
    }

    private mutating func products(of line: PricedLine) -> [Double] {
        if case .inputs(let price) = line.amount {
            let columns = price.inputs.enumerated().map { index, given in
                independent(given.range, grade: line.grade, key: "line:\(line.key)/f\(index)")
            }
            return order.sorted(price.amounts(columns))
        }
        var product = [Double](repeating: 1, count: settings.iterations)
        for (index, part) in line.amount.parts.enumerated() {
            let factor = independent(part, grade: line.grade, key: "line:\(line.key)/f\(index)")
            for n in product.indices { product[n] *= factor[n] }
        }
        return order.sorted(product)
    }

    private mutating func table(of range: ThreePoint, grade: EvidenceGrade) -> [Double] {
        let n = Double(settings.iterations)
        return table(of: range, grade: grade, first: 0.5 / n, step: 1 / n, count: settings.iterations)
    }

    private mutating func table(of range: ThreePoint, grade: EvidenceGrade, first: Double, step: Double, count: Int) -> [Double] {
        let pert = PERT(range, grade: grade)
        guard let shape = pert.shape else { return [Double](repeating: range.low, count: count) }
        var values = cache.quantiles(of: shape, first: first, step: step, count: count)
        for index in values.indices { values[index] = pert.stretched(values[index]) }
        return values
    }

    private mutating func byRank(_ values: [Double], scores: [Double]) -> [Double] {
        let places = order.places(of: scores)
        var arranged = values
        for rank in values.indices { arranged[Int(places[rank])] = values[rank] }
        return arranged
    }

    private static func normals(key: String, settings: RiskSettings) -> [Double] {
        var stream = RandomStream(seed: settings.seed, key: key)
        return (0..<settings.iterations).map { _ in stream.nextNormal() }
    }
}
