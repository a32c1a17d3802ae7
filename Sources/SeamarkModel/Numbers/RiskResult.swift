/// Operating Income at Risk: everything that a report needs, and nothing that it must still compute.
///
/// The same input and settings give the same bits on every machine. Amounts are in the unit of the input.
public struct RiskResult: Hashable, Sendable {
    public var settings: RiskSettings
    /// The annual loss after overlaps and ceilings.
    public var headline: Spread
    public var relative: RelativeHeadline
    /// The headline at rho 0 and at rho 1: what the one assumption about dependence is worth.
    public var independent: Spread
    public var dependent: Spread
    /// How likely a year costs more than an amount: the probabilities of `exceedances`.
    public var exceedance: [Exceedance]
    public var waterfall: Waterfall
    /// The net total with every range at its low, its likely (times the probability, where contingent) and its high.
    /// Every sample lies between the first and the last, unless a finding says that overlaps exceed 1 or cross a
    /// ceiling.
    public var allLow: Double
    public var allLikely: Double
    public var allHigh: Double
    /// The mean of the headline by whether the plan has absorbed it; adds up to it.
    public var inPlan: InPlanSplit
    /// The headline by evidence grade, all four, A first; the means add up to its mean.
    public var evidence: [EvidenceShare]
    /// By category and by site, the largest mean first; either adds up to the mean of the headline.
    public var categories: [CategoryExposure]
    public var sites: [SiteExposure]
    /// In the order of their keys.
    public var lines: [LineExposure]
    /// Ranked domains first, the largest mean first; then those whose confidence is too low.
    public var domains: [Exposure]
    /// What execution domains do not explain.
    public var unallocated: Spread
    /// The largest mean first.
    public var seams: [Exposure]
    public var notAtASeam: Spread
    /// Domains (seams) that are first in at least a fifth of the iterations, in rank order. Only if it is exactly one
    /// may a report say "number one".
    public var frontRunningDomains: [String]
    public var frontRunningSeams: [String]
    /// The scenario of automated decisions arriving faster; nil if no seam with a velocity is exposed to them.
    public var stress: Stress?
    public var findings: [RiskFinding]

    /// The probabilities that the loss exceedance curve is told at.
    public static let exceedances = [0.99, 0.95, 0.90, 0.75, 0.50, 0.25, 0.10, 0.05, 0.01]
}

/// One point of the loss exceedance curve: a year costs more than `amount` with this probability.
public struct Exceedance: Hashable, Sendable {
    public var probability: Double
    public var amount: Double
}

/// The headline as a share of the plan, or of revenue with the reason why.
public enum RelativeHeadline: Hashable, Sendable {
    public enum Reason: String, Hashable, Sendable { case planNotPositive, planUnknown }

    case ofPlannedOperatingIncome(Spread)
    case ofRevenue(Spread, because: Reason)
    /// Neither a positive plan nor a positive revenue is known.
    case unavailable(because: Reason)
}

/// From gross to net, each step with its range. Their means are exact parts: gross - overlap - ceiling = net; percentiles are not.
public struct Waterfall: Hashable, Sendable {
    public var gross: Spread
    /// What overlaps and ceilings take, iteration by iteration.
    public var overlap: Spread
    public var ceiling: Spread
    public var net: Spread
}

public struct InPlanSplit: Hashable, Sendable {
    /// Loss that the plan already accepts.
    public var inPlan: Double
    /// Loss that threatens the plan.
    public var notInPlan: Double
    public var unknown: Double
    /// Each part with its range. Percentiles of parts are never summed.
    public var ranges: [InPlan: Spread]
}

public struct EvidenceShare: Hashable, Sendable {
    public var grade: EvidenceGrade
    public var net: Spread
    /// Of the mean of the whole that is divided by grades, 0...1.
    public var share: Double
}

public struct CategoryExposure: Hashable, Sendable {
    public var category: LeakageCategory
    public var net: Spread
    /// By grade, all four, A first.
    public var evidence: [EvidenceShare]
}

public struct SiteExposure: Hashable, Sendable {
    /// Nil: lines that name no site.
    public var site: String?
    public var net: Spread
    /// The share of iterations in which it is the largest of the sites, and among the three largest; nil for lines that name no site.
    public var firstShare: Double?
    public var firstThreeShare: Double?
    public var evidence: [EvidenceShare]
}

public struct LineExposure: Hashable, Sendable {
    public var key: String
    public var category: LeakageCategory
    public var grade: EvidenceGrade
    /// The exact expected value before overlaps and ceilings.
    public var exactMean: Double
    public var gross: Spread
    public var net: Spread
    /// Means of what overlaps and ceilings took.
    public var overlap: Double
    public var ceiling: Double
    /// The line's part in the variance of the total, cov(net, total) / var(total): adds up to 1 over the lines (0 for
    /// all if the total does not vary). Negative where the line falls as the total rises.
    public var varianceShare: Double
    /// Whether the domain points came from the category matrix.
    public var usesDefaultPoints: Bool
    /// The points used, in the order of their keys.
    public var domainPoints: [PointShare]
}

/// What one domain or seam stands for.
public struct Exposure: Hashable, Sendable {
    public var key: String
    public var net: Spread
    /// From 1; nil for a domain whose confidence is below 0.5 or unknown: shown, not ranked.
    public var rank: Int?
    /// The share of iterations in which it is the largest of the ranked, and among the three largest.
    public var firstShare: Double
    public var firstThreeShare: Double
    /// A domain's 0...1, a seam's 0...4; nil without a reading.
    public var severity: Double?
    /// A domain's; nil for a seam.
    public var confidence: Double?
    /// A seam's exposure × severity / 4, in every iteration; nil otherwise.
    public var riskIndex: Spread?
}

/// The acceleration stress: a scenario, never part of the headline.
public struct Stress: Hashable, Sendable {
    /// What one seam adds.
    public struct Added: Hashable, Sendable {
        public var key: String
        public var added: Spread
    }

    public var net: Spread
    /// What all seams add together; its mean is the difference of the means, and the sum of what the seams add to it.
    public var added: Spread
    /// The seams it is computed for, in the order of their keys.
    public var bySeam: [Added]

    public var seams: [String] { bySeam.map(\.key) }
}
