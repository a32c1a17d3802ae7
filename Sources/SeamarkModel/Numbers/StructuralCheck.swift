/// A question about how lines hang together that somebody must answer before a board sees the figures: money may be counted twice, or
/// priced at what it is not worth. Nothing is taken off for it.
///
/// An answer is a person's ruling (`answer`), or, where two lines may count one event, an overlap decision of any share, nought included.
public struct StructuralCheck: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// DOWNTIME at contribution on a resource below 95 % load, on none that is known, or where the market is the constraint: only a full resource costs output.
        case contributionBelowLoad
        /// One event in EXPEDITE and in PENALTY.
        case expediteAndPenalty
        /// Overtime that may have won back the hours of a DOWNTIME line on the same resource.
        case overtimeAndDowntime
        /// Two lines with the same site, category and pool.
        case samePool
        /// A line at revenue or sales price.
        case pricedAtRevenue
        /// A lost customer as a running loss: only a yearly probability is allowed.
        case customerNotContingent
        /// A seam's own failure cost is more than 30 % away from what the lines attribute to it.
        case seamCostDiffers
        /// A resource's lost units at its contribution are more than 10 % away from the lines linked with it.
        case constraintCostDiffers
        /// A decision's excess cost is more than 30 % away from the decision-wait lines linked with it.
        case decisionCostDiffers
    }

    public var kind: Kind
    /// The key of the line, seam, constraint or decision; the other line of a pair.
    public var subject: String
    public var other: String?
    /// What was found, as a sentence that names handles and figures alone.
    public var words: String
    public var answer: String?

    public var isOpen: Bool { answer == nil }

    public init(_ kind: Kind, _ subject: String, _ other: String? = nil, words: String, answer: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.other = other
        self.words = words
        self.answer = answer
    }
}

/// What the structural checks look at in one line.
public struct CheckedLine: Hashable, Sendable {
    public enum Valuation: String, CaseIterable, Hashable, Sendable { case ledger, cost, contribution, revenue }

    public var key: String
    public var category: LeakageCategory
    public var variant: PricingVariant?
    public var site: String?
    public var unit: String?
    public var pool: String?
    /// Keys of the seams that it gives points to.
    public var seams: Set<String>
    /// The key of the constraint that it stands for.
    public var resource: String?
    /// It stands where the market is the constraint, not a resource.
    public var isAtMarket: Bool
    public var isContingent: Bool
    public var valuation: Valuation?
    /// The names of its factors.
    public var factors: [String]

    public init(
        key: String, category: LeakageCategory, variant: PricingVariant? = nil, site: String? = nil, unit: String? = nil, pool: String? = nil,
        seams: Set<String> = [], resource: String? = nil, isAtMarket: Bool = false, isContingent: Bool = false, valuation: Valuation? = nil, factors: [String] = []
    ) {
        self.key = key
        self.category = category
        self.variant = variant
        self.site = site
        self.unit = unit
        self.pool = pool
        self.seams = seams
        self.resource = resource
        self.isAtMarket = isAtMarket
        self.isContingent = isContingent
        self.valuation = valuation
        self.factors = factors
    }

    /// At contribution, by its own word or by its variant.
    var isAtContribution: Bool { valuation.map { $0 == .contribution } ?? (variant == .constraintHours) }

    /// By its own word, or because a factor is called so.
    var isAtRevenue: Bool {
        if valuation == .revenue { return true }
        return factors.contains { name in
            let name = name.lowercased()
            return ["revenue", "sales price", "selling price"].contains { name.contains($0) }
        }
    }

    /// May both tell of one event? They meet at a seam; where neither names one, at a site.
    func mayShareAnEvent(with other: CheckedLine) -> Bool {
        if !seams.isDisjoint(with: other.seams) { return true }
        return seams.isEmpty && other.seams.isEmpty && site != nil && site == other.site
    }

    /// Do both stand for one resource? The constraint says so where both name one, else the unit, else the site.
    func sharesResource(with other: CheckedLine) -> Bool {
        if let resource, let their = other.resource { return resource == their }
        if let unit, let their = other.unit { return unit == their }
        return site != nil && site == other.site
    }
}

extension StructuralCheck {
    /// Every check that the lines alone raise, in the order of kinds and keys.
    ///
    /// - Parameters:
    ///   - decided: pairs of lines that have an overlap decision, with its reason.
    ///   - utilisation: likely load over capacity, by resource.
    public static func all(
        in lines: [CheckedLine], decided: [Pair: String] = [:], utilisation: [String: Double] = [:]
    ) -> [StructuralCheck] {
        let lines = lines.sorted { $0.key < $1.key }
        var checks: [StructuralCheck] = []
        for line in lines where line.category == .downtime && line.isAtContribution {
            guard let resource = line.resource, let load = utilisation[resource] else {
                checks.append(StructuralCheck(
                    .contributionBelowLoad, line.key, words: "is priced at contribution, and no load of its resource is known; link the constraint with its load, price avoidable cost, or say which orders were provably lost"))
                continue
            }
            let found: String
            if !Bound.reaches(load, ConstraintReading.full) {
                // What is not full does not read as full.
                found = "\(resource) is loaded to \(ReportFigures.finePercent(min(load, 0.949))) only"
            } else if line.isAtMarket {
                found = "the market is the constraint where it stands, not \(resource)"
            } else {
                continue
            }
            checks.append(StructuralCheck(
                .contributionBelowLoad, line.key, words: "is priced at contribution, and \(found); price avoidable cost, or say which orders were provably lost"))
        }
        func pairs(_ kind: Kind, _ words: String, _ belong: (CheckedLine, CheckedLine) -> Bool) {
            for (place, first) in lines.enumerated() {
                for second in lines[(place + 1)...] where belong(first, second) || belong(second, first) {
                    checks.append(StructuralCheck(kind, first.key, second.key, words: words, answer: decided[Pair(first.key, second.key)]))
                }
            }
        }
        pairs(.expediteAndPenalty, "may be one event, once as expedite and once as penalty; decide how much of it is the same money (an overlap of 0 % too is a decision)") {
            $0.category == .expedite && $1.category == .penalty && $0.mayShareAnEvent(with: $1)
        }
        pairs(.overtimeAndDowntime, "stand for one resource; decide how much of the overtime won back the lost hours (an overlap of 0 % too is a decision)") {
            $0.category == .labour && $0.variant == .overtime && $1.category == .downtime && $0.sharesResource(with: $1)
        }
        pairs(.samePool, "have the same site, category and pool; decide how much of them is the same money (an overlap of 0 % too is a decision)") {
            $0.category == $1.category && $0.pool != nil && $0.pool == $1.pool && $0.site != nil && $0.site == $1.site
        }
        for line in lines where line.isAtRevenue {
            checks.append(StructuralCheck(.pricedAtRevenue, line.key, words: "is priced at revenue; price its contribution or its cost"))
        }
        for line in lines where line.variant?.isContingentOnly == true && !line.isContingent {
            checks.append(StructuralCheck(
                .customerNotContingent, line.key, words: "prices a lost customer as a loss of every year; give the yearly probability of losing it"))
        }
        return checks
    }

    /// Two lines, in either order.
    public struct Pair: Hashable, Sendable {
        let first: String
        let second: String

        public init(_ a: String, _ b: String) { (first, second) = a < b ? (a, b) : (b, a) }
    }
}
