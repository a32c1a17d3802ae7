/// What Operating Income at Risk is computed from. The order of anything in it makes no difference.
public struct RiskInput: Hashable, Sendable {
    public var lines: [PricedLine]
    public var overlaps: [Overlap]
    public var pools: [LedgerPool]
    public var domains: [DomainReading]
    public var matrix: CategoryMatrix
    public var seams: [SeamReading]
    /// The operating income that is planned for the year, of any sign; nil if unknown.
    public var plannedOperatingIncome: Double?
    /// The year's revenue; nil if unknown.
    public var revenue: Double?

    public init(
        lines: [PricedLine], overlaps: [Overlap] = [], pools: [LedgerPool] = [], domains: [DomainReading] = [],
        matrix: CategoryMatrix = CategoryMatrix(), seams: [SeamReading] = [], plannedOperatingIncome: Double? = nil,
        revenue: Double? = nil
    ) {
        self.lines = lines
        self.overlaps = overlaps
        self.pools = pools
        self.domains = domains
        self.matrix = matrix
        self.seams = seams
        self.plannedOperatingIncome = plannedOperatingIncome
        self.revenue = revenue
    }
}
