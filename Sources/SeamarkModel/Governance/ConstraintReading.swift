/// One resource that may govern what a value stream brings out, as the constraint view takes it. Money in the main unit.
public struct ConstraintReading: Hashable, Sendable {
    public enum Status: String, CaseIterable, Hashable, Sendable { case suspected, measured, relieved }
    public enum Period: String, CaseIterable, Hashable, Sendable {
        case hour, day, week, month, year

        var hours: Double {
            switch self {
            case .hour: 1
            case .day: 24
            case .week: 168
            case .month: 730.5
            case .year: 8766
            }
        }
    }

    /// The utilisation from which on a resource may govern.
    public static let full = 0.95

    public var key: String
    public var name: String
    /// Nil: the engagement has one value stream, or nobody said which.
    public var valueStream: String?
    public var status: Status
    /// The market's demand, not a resource of the client.
    public var isMarket: Bool
    /// Units a period that are asked of it, and that it can give (above 0).
    public var load: ThreePoint?
    public var capacity: Double?
    public var unit: String
    public var period: Period
    public var grade: EvidenceGrade
    /// Money that one unit more would bring.
    public var contributionPerUnit: ThreePoint?
    public var lostUnitsPerYear: ThreePoint?

    public init(
        key: String, name: String = "", valueStream: String? = nil, status: Status = .suspected, isMarket: Bool = false, load: ThreePoint? = nil,
        capacity: Double? = nil, unit: String = "h", period: Period = .week, grade: EvidenceGrade = .d, contributionPerUnit: ThreePoint? = nil,
        lostUnitsPerYear: ThreePoint? = nil
    ) {
        self.key = key
        self.name = name
        self.valueStream = valueStream
        self.status = status
        self.isMarket = isMarket
        self.load = load
        self.capacity = capacity
        self.unit = unit
        self.period = period
        self.grade = grade
        self.contributionPerUnit = contributionPerUnit
        self.lostUnitsPerYear = lostUnitsPerYear
    }

    /// Load over capacity; its likely is *the* utilisation.
    public var utilisation: ThreePoint? {
        guard let load, let capacity, capacity > 0 else { return nil }
        return try? ThreePoint(low: load.low / capacity, likely: load.likely / capacity, high: load.high / capacity)
    }

    /// Likely loaded to 95 %: it may govern.
    var isFull: Bool { Bound.reaches(utilisation?.likely ?? 0, Self.full) }

    /// What an hour of it costs when it is lost, likely: the contribution of a unit where units are hours, else of what an hour makes.
    public var costOfLostHour: ThreePoint? {
        guard let price = contributionPerUnit else { return nil }
        let unit = unit.lowercased()
        if unit == "h" || unit.hasSuffix("hour") || unit.hasSuffix("hours") { return price }
        guard let capacity else { return nil }
        let units = capacity / period.hours
        return try? ThreePoint(low: price.low * units, likely: price.likely * units, high: price.high * units)
    }

    /// Lost units × contribution of one, a year: the mean and the bounds.
    public var yearlyCost: YearlyCost? {
        guard let lost = lostUnitsPerYear, let price = contributionPerUnit else { return nil }
        return YearlyCost(of: [lost, price], grade: grade)
    }
}

/// A cost a year that was worked out beside the lines, to check them by: it is never money in the figures.
public struct YearlyCost: Hashable, Sendable {
    public var mean: Double
    /// With every input at its low, and at its high.
    public var low: Double
    public var high: Double

    public init(mean: Double, low: Double, high: Double) {
        self.mean = mean
        self.low = low
        self.high = high
    }

    /// The product of independent ranges, times a constant. Nil beyond `ThreePoint.bound`.
    init?(of parts: [ThreePoint], grade: EvidenceGrade, times factor: Double = 1) {
        mean = parts.reduce(factor) { $0 * PERT($1, grade: grade).mean }
        low = parts.reduce(factor) { $0 * $1.low }
        high = parts.reduce(factor) { $0 * $1.high }
        guard high <= ThreePoint.bound, low >= 0 else { return nil }
    }

    /// Is it further from `amount` than this share of it?
    public func differs(from amount: Double, by share: Double) -> Bool {
        !Bound.staysWithin((mean - amount).magnitude, share * amount.magnitude, size: max(mean.magnitude, amount.magnitude))
    }
}
