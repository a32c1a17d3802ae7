/// Output 4: which initiatives are funded, in which order, with a reason for each. Deterministic, on means.
///
/// An initiative protects what is left of a line after those before it, so no money is saved twice. The order of the input makes no difference. What fits
/// the budget to the last hundredth is funded (`RemainingBudget`); a ratio that is the hurdle on paper reaches it, and ratios and costs that are equal on
/// paper are ties (`Bound`).
public struct InvestmentSequence: Hashable, Sendable {
    public enum Verdict: String, CaseIterable, Hashable, Sendable {
        case keepMandated, fundConstraint, fund, review, notFunded, pause

        /// Does money go out?
        public var isFunded: Bool { self == .keepMandated || self == .fundConstraint || self == .fund }
    }

    /// Why an initiative is held.
    public enum Hold: Hashable, Sendable {
        case gateNotPassed
        /// It adds load to a severe seam, or to the governing constraint.
        case addsLoad(to: String)
        /// Nothing priced, mandated or promised.
        case noLink
        case waitsFor(String)
    }

    /// A person's ruling beside the computed verdict.
    public struct Ruling: Hashable, Sendable {
        public var verdict: Verdict
        public var reason: String
        public var approver: String

        public init(verdict: Verdict, reason: String, approver: String) {
            self.verdict = verdict
            self.reason = reason
            self.approver = approver
        }
    }

    public struct Row: Hashable, Sendable {
        public var key: String
        /// Its place in the computed order, from 1.
        public var rank: Int
        public var declaredRank: Int?
        /// 0 mandated, 1 relieves the governing constraint, 2 treats a severe seam or a slow decision, 3 priced, 4 growth case alone, 5 automated
        /// decisions whose gate is passed; nil: paused.
        public var tier: Int?
        public var verdict: Verdict
        public var holds: [Hold]
        public var cost: Double?
        /// Money protected over the horizon at its turn, from what was left.
        public var protected: Double
        /// A year's, once it works.
        public var yearlyProtected: Double
        /// Prerequisites that are not funded: what it brings depends on them.
        public var unfundedPrerequisites: [String]
        public var ruling: Ruling?

        /// Declared less computed rank: above 0 it moved up.
        public var moved: Int? { declaredRank.map { Int(clamping: CalendarDate.span(from: Int64(rank), to: Int64($0))) } }
        /// Protected over cost; nil without a cost, infinite where it costs nothing.
        public var ratio: Double? { cost.map { $0 > 0 ? protected / $0 : protected > 0 ? .infinity : 0 } }
        public var paybackMonths: Double? { cost.flatMap { yearlyProtected > 0 ? 12 * $0 / yearlyProtected : nil } }
        /// What stands: a person's ruling, else the computed verdict.
        public var standing: Verdict { ruling?.verdict ?? verdict }
    }

    /// What the rules look at beside the initiatives.
    public struct Setting: Hashable, Sendable {
        /// The mean of each line after overlaps and ceilings.
        public var lines: [String: Double]
        public var governing: Set<String>
        /// Seams of severity 3 or more.
        public var severeSeams: Set<String>
        /// Decisions behind the process.
        public var slowDecisions: Set<String>
        /// Nil: no limit is known.
        public var budget: Double?
        public var horizonMonths: Double
        public var hurdle: Double

        public init(
            lines: [String: Double], governing: Set<String> = [], severeSeams: Set<String> = [], slowDecisions: Set<String> = [], budget: Double? = nil,
            horizonMonths: Double = 36, hurdle: Double = 1
        ) {
            self.lines = lines
            self.governing = governing
            self.severeSeams = severeSeams
            self.slowDecisions = slowDecisions
            self.budget = budget
            self.horizonMonths = horizonMonths
            self.hurdle = hurdle
        }
    }

    /// In the computed order; paused ones last, by declared rank. What was stopped has no place in it.
    public let rows: [Row]
    /// The keys of those that were stopped: they take no money and protect nothing.
    public let stopped: [String]
    /// What is left of each line after the funded set.
    public let residual: [String: Double]
    /// Of the initiatives that are active now, of what is released, and of what is released without a mandate.
    public let before: FundingAlignment
    public let after: FundingAlignment
    public let freeChoice: FundingAlignment
    /// Nil: no budget is known.
    public let budgetLeft: Double?

    /// The severity from which on a seam counts as severe.
    public static let severe = 3.0

    public init(_ readings: [InitiativeReading], in setting: Setting, rulings: [String: Ruling] = [:]) {
        stopped = readings.filter { $0.stage == .stopped }.map(\.key).sorted(by: HandleOrder.precedes)
        let readings = readings.filter { $0.stage != .stopped }.sorted { $0.key < $1.key }
        let holds = Self.holds(readings, setting)
        var residual = setting.lines
        var budget = setting.budget.map { RemainingBudget($0) }
        var rows: [Row] = []
        func gain(_ reading: InitiativeReading) -> (yearly: Double, whole: Double) {
            let yearly = reading.targets.reduce(0) { $0 + (residual[$1.line] ?? 0) * $1.mean }
            return (yearly, yearly * max(0, setting.horizonMonths - reading.delayMonths) / 12)
        }
        for tier in 0...5 {
            var open = readings.filter { holds[$0.key] == nil && Self.tier(of: $0, setting) == tier }
            while !open.isEmpty {
                // What is left changes with every one that is funded.
                let ratios = open.map { reading -> Double in
                    guard let cost = reading.meanCost else { return -1 }
                    let whole = gain(reading).whole
                    return cost > 0 ? whole / cost : whole > 0 ? .infinity : 0
                }
                // Of equal ratios the lower cost, then the lesser key: `open` is in the order of keys.
                let best = Bound.greatest(of: Array(open.indices)) { ratios[$0] }
                let place = Bound.greatest(of: best) { -(open[$0].meanCost ?? .infinity) }.first ?? 0
                let reading = open.remove(at: place)
                let (yearly, whole) = gain(reading)
                var verdict: Verdict
                if tier > 0, !Bound.reaches(ratios[place], setting.hurdle, size: setting.hurdle) {
                    verdict = .review
                } else if let cost = reading.cost, budget?.holds(cost) ?? true {
                    verdict = tier == 0 ? .keepMandated : tier == 1 ? .fundConstraint : .fund
                    budget?.take(cost)
                    for target in reading.targets { residual[target.line] = residual[target.line].map { $0 * (1 - target.mean) } }
                } else {
                    verdict = .notFunded
                }
                rows.append(Row(
                    key: reading.key, rank: rows.count + 1, declaredRank: reading.declaredRank, tier: tier, verdict: verdict, holds: [],
                    cost: reading.meanCost, protected: whole, yearlyProtected: yearly, unfundedPrerequisites: [], ruling: rulings[reading.key]))
            }
        }
        let paused = readings.filter { holds[$0.key] != nil }.sorted { ($0.declaredRank ?? .max, $0.key) < ($1.declaredRank ?? .max, $1.key) }
        for reading in paused {
            let (yearly, whole) = gain(reading)
            rows.append(Row(
                key: reading.key, rank: rows.count + 1, declaredRank: reading.declaredRank, tier: nil, verdict: .pause, holds: holds[reading.key] ?? [],
                cost: reading.meanCost, protected: whole, yearlyProtected: yearly, unfundedPrerequisites: [], ruling: rulings[reading.key]))
        }
        let funded = Set(rows.filter { $0.verdict.isFunded }.map(\.key))
        for place in rows.indices {
            rows[place].unfundedPrerequisites = (readings.first { $0.key == rows[place].key }?.prerequisites ?? []).subtracting(funded).sorted()
        }
        self.rows = rows
        self.residual = residual
        budgetLeft = budget?.amount
        func alignment(_ belongs: (InitiativeReading) -> Bool) -> FundingAlignment {
            let counted = readings.filter(belongs)
            func money(_ some: [InitiativeReading]) -> Double { some.reduce(0) { $0 + ($1.meanCost ?? 0) } }
            return FundingAlignment(
                toConstraint: money(counted.filter { $0.relievesConstraint.map(setting.governing.contains) ?? false }), all: money(counted))
        }
        before = alignment { $0.stage.isActive }
        after = alignment { funded.contains($0.key) }
        freeChoice = alignment { funded.contains($0.key) && $0.mandate == nil }
    }

    /// Money by verdict: together it is all that was asked for.
    public func money(_ verdict: Verdict) -> Double { rows.reduce(0) { $1.verdict == verdict ? $0 + ($1.cost ?? 0) : $0 } }

    /// Money by what stands, a person's ruling before the computed verdict: the same sum.
    public func ruledMoney(_ verdict: Verdict) -> Double { rows.reduce(0) { $1.standing == verdict ? $0 + ($1.cost ?? 0) : $0 } }

    /// Somebody ruled other than the rules.
    public var isRuledOtherwise: Bool { rows.contains { $0.standing != $0.verdict } }

    // MARK: - Rules

    private static func tier(of reading: InitiativeReading, _ setting: Setting) -> Int {
        if reading.mandate != nil { return 0 }
        // Before the other tiers, else none would ever be in this one: only a priced or promised initiative comes so far.
        if reading.isAIScale { return 5 }
        if let constraint = reading.relievesConstraint, setting.governing.contains(constraint) { return 1 }
        if let seam = reading.treatsSeam, setting.severeSeams.contains(seam) { return 2 }
        if let decision = reading.treatsDecision, setting.slowDecisions.contains(decision) { return 2 }
        return hasPrice(reading, setting) ? 3 : 4
    }

    private static func hasPrice(_ reading: InitiativeReading, _ setting: Setting) -> Bool {
        reading.targets.contains { setting.lines[$0.line] != nil && $0.reduction.high > 0 }
    }

    private static func holds(_ readings: [InitiativeReading], _ setting: Setting) -> [String: [Hold]] {
        var holds: [String: [Hold]] = [:]
        for reading in readings {
            var own: [Hold] = []
            if reading.isAIScale, reading.gate != .pass { own.append(.gateNotPassed) }
            for loaded in reading.addsLoadTo.sorted() where setting.severeSeams.contains(loaded) || setting.governing.contains(loaded) {
                own.append(.addsLoad(to: loaded))
            }
            if !hasPrice(reading, setting), reading.mandate == nil, !reading.hasGrowthCase { own.append(.noLink) }
            if !own.isEmpty { holds[reading.key] = own }
        }
        // What waits for something paused is paused too, and so on.
        var isSettled = false
        while !isSettled {
            isSettled = true
            for reading in readings where holds[reading.key] == nil {
                let waiting = reading.prerequisites.filter { holds[$0] != nil }.sorted().map { Hold.waitsFor($0) }
                if !waiting.isEmpty {
                    holds[reading.key] = waiting
                    isSettled = false
                }
            }
        }
        return holds
    }
}
