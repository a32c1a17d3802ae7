extension RiskInput {
    /// The most values (lines × iterations) that one calculation holds: about 160 MB a copy.
    static let mostValues = 20_000_000

    /// Throws if any number is outside its bounds or two things share a name, before anything is computed.
    public func validate(_ settings: RiskSettings) throws(RiskError) {
        try Self.check(Double(settings.iterations), .iterations, "", Double(RiskSettings.iterationBounds.lowerBound), Double(RiskSettings.iterationBounds.upperBound))
        try Self.check(settings.correlation, .correlation, "", 0, 1)
        let (values, tooMany) = lines.count.multipliedReportingOverflow(by: settings.iterations)
        guard !tooMany, values <= Self.mostValues else {
            throw .tooLarge(values: tooMany ? .max : values, most: Self.mostValues)
        }
        if let plan = plannedOperatingIncome {
            try Self.check(plan, .plannedOperatingIncome, "", -ThreePoint.bound, ThreePoint.bound)
        }
        if let revenue { try Self.check(revenue, .revenue, "", 0, ThreePoint.bound) }

        try Self.distinct(lines.map(\.key), .line)
        try Self.distinct(pools.map(\.key), .pool)
        try Self.distinct(seams.map(\.key), .seam)
        try Self.check(domains)
        for line in lines { try Self.check(line) }
        for overlap in overlaps { try Self.check(overlap.share, .overlapShare, overlap.first, 0, 1) }
        for pool in pools { try Self.check(pool.ceiling, .ceiling, pool.key, 0, ThreePoint.bound) }
        for entry in matrix.entries { try Self.check(entry.weight, .matrixWeight, entry.domain, 0, 1000) }
        for seam in seams {
            try Self.check(seam.severity, .severity, seam.key, 0, 4)
            if let velocity = seam.velocity {
                try Self.check(velocity.low, .velocity, seam.key, 1, 1000)
                try Self.check(velocity.high, .velocity, seam.key, 1, 1000)
            }
        }
    }

    static func check(_ line: PricedLine) throws(RiskError) {
        if case .factors(let factors) = line.amount, !(2...4).contains(factors.count) {
            throw .factorCount(line: line.key, factors.count)
        }
        // A `VariantPrice` has bounds of its own.
        if case .inputs = line.amount {} else {
            var product = 1.0
            for part in line.amount.parts {
                try check(part.low, .amount, line.key, 0, ThreePoint.bound)
                product *= part.high
                try check(product, .amount, line.key, 0, ThreePoint.bound)
            }
        }
        if let probability = line.probability { try check(probability, .probability, line.key, 0, 1) }
        if let readings = line.readings { try check(readings) }
        try check(line.domainPoints ?? [], .domain, line.key)
        try check(line.seamPoints, .seam, line.key)
    }

    private static func check(_ points: [PointShare], _ kind: RiskError.Kind, _ line: String) throws(RiskError) {
        var seen: Set<String> = []
        for share in points {
            try check(share.points, .points, line, 0, 100)
            guard seen.insert(share.key).inserted else { throw .pointsRepeated(line: line, kind, key: share.key) }
        }
        let sum = points.map(\.points).sorted().reduce(0, +)
        guard sum <= 100 + 1e-9 else { throw .pointsExceedHundred(line: line, kind, sum: sum) }
    }

    private static func check(_ readings: [DomainReading]) throws(RiskError) {
        try distinct(readings.map(\.key), .domain)
        for reading in readings {
            try check(reading.severity, .severity, reading.key, 0, 1)
            try check(reading.confidence, .confidence, reading.key, 0, 1)
        }
    }

    private static func check(
        _ value: Double, _ quantity: RiskError.Quantity, _ key: String, _ least: Double, _ most: Double
    ) throws(RiskError) {
        // Written so that a value which is no number fails.
        guard value >= least && value <= most else { throw .outOfBounds(quantity, key: key, least: least, most: most) }
    }

    private static func distinct(_ keys: [String], _ kind: RiskError.Kind) throws(RiskError) {
        var seen: Set<String> = []
        for key in keys.sorted() where !seen.insert(key).inserted { throw .repeated(kind, key: key) }
    }
}
