/// The ways in which a line is priced: named inputs that give money a year.
///
/// A line is incremental: what is observed beyond the unavoidable baseline, times the share that execution caused.
/// Counts and hours are a year's, prices and rates are money for one of them, `share` and fractions are 0...1.
public enum Pricing: Hashable, Sendable {
    /// Shipments × (premium − standard price) × share. Freight premium only: lost output has lines of its own.
    case expediteShipments(shipments: Double, premiumPrice: Double, standardPrice: Double, share: Double)
    /// (Booked − baseline) × share. The booked amount is also the ceiling of the ledger pool.
    case expediteLedger(booked: Double, baseline: Double, share: Double)
    /// Units above baseline × (variable cost put in so far − salvage).
    case scrap(units: Double, variableCost: Double, salvage: Double)
    /// Hours × loaded variable rate + material.
    case rework(hours: Double, rate: Double, material: Double)
    /// Events × average cost of one.
    case escapes(events: Double, costPerEvent: Double)
    /// Forced hours × base rate × premium fraction: 0.5 for time-and-a-half, 1 if the hours were only repair or waiting.
    case overtime(hours: Double, rate: Double, premiumFraction: Double)
    /// Hours × (agency rate − loaded internal rate).
    case agency(hours: Double, agencyRate: Double, internalRate: Double)
    /// Avoidable leavers × cost of replacing one.
    case turnover(leavers: Double, costPerReplacement: Double)
    /// Value of late or short deliveries × penalty rate in basis points.
    case chargeback(value: Double, rateBasisPoints: Double)
    /// Events × cost of one. Fines are usually contingent lines.
    case serviceCredit(events: Double, costPerEvent: Double)
    /// The contribution of named accounts × the yearly probability of losing them: contingent only, never revenue.
    case lostCustomer(contribution: Double, probability: Double)
    /// Hours lost × contribution of a constraint hour: only if the resource is loaded to 95 % or orders were provably lost.
    case constraintHours(hours: Double, contributionPerHour: Double)
    /// Hours lost × avoidable cost of an hour.
    case nonConstraintHours(hours: Double, avoidableCostPerHour: Double)
    /// Events × (latency − time to damage, hours, never below 0) × cost of an hour of drift.
    case decisionWait(events: Double, latencyHours: Double, hoursToDamage: Double, costPerHour: Double)
    /// Volume (such as MWh) × margin of a unit.
    case energyOutput(volume: Double, marginPerUnit: Double)

    /// Its name, as lines carry it.
    public var variant: PricingVariant {
        switch self {
        case .expediteShipments: .shipments
        case .expediteLedger: .ledger
        case .scrap: .scrap
        case .rework: .rework
        case .escapes: .escapes
        case .overtime: .overtime
        case .agency: .agency
        case .turnover: .turnover
        case .chargeback: .chargeback
        case .serviceCredit: .serviceCredit
        case .lostCustomer: .lostCustomer
        case .constraintHours: .constraintHours
        case .nonConstraintHours: .nonConstraint
        case .decisionWait: .decisionWait
        case .energyOutput: .energyOutput
        }
    }

    /// Money a year. Throws if an input is negative, no number or beyond `ThreePoint.bound`, a share is above 1, or a
    /// difference is negative: then there is no leak to price (the premium is below the standard, say).
    public func yearlyAmount() throws(PricingError) -> Double {
        switch self {
        case .expediteShipments(let shipments, let premium, let standard, let share):
            try Self.check((.shipments, shipments), (.premiumPrice, premium), (.standardPrice, standard))
            try Self.checkShare(.share, share)
            return try Self.bounded(shipments * Self.difference(.premiumPrice, premium, .standardPrice, standard) * share)
        case .expediteLedger(let booked, let baseline, let share):
            try Self.check((.booked, booked), (.baseline, baseline))
            try Self.checkShare(.share, share)
            return try Self.bounded(Self.difference(.booked, booked, .baseline, baseline) * share)
        case .scrap(let units, let cost, let salvage):
            try Self.check((.units, units), (.variableCost, cost), (.salvage, salvage))
            return try Self.bounded(units * Self.difference(.variableCost, cost, .salvage, salvage))
        case .rework(let hours, let rate, let material):
            try Self.check((.hours, hours), (.rate, rate), (.material, material))
            return try Self.bounded(hours * rate + material)
        case .escapes(let events, let cost), .serviceCredit(let events, let cost):
            try Self.check((.events, events), (.costPerEvent, cost))
            return try Self.bounded(events * cost)
        case .overtime(let hours, let rate, let fraction):
            try Self.check((.hours, hours), (.rate, rate))
            try Self.checkShare(.premiumFraction, fraction)
            return try Self.bounded(hours * rate * fraction)
        case .agency(let hours, let agency, let own):
            try Self.check((.hours, hours), (.agencyRate, agency), (.internalRate, own))
            return try Self.bounded(hours * Self.difference(.agencyRate, agency, .internalRate, own))
        case .turnover(let leavers, let cost):
            try Self.check((.leavers, leavers), (.costPerReplacement, cost))
            return try Self.bounded(leavers * cost)
        case .chargeback(let value, let rate):
            try Self.check((.value, value), (.rateBasisPoints, rate))
            guard rate <= 10_000 else { throw .shareAboveOne(.rateBasisPoints) }
            return try Self.bounded(value * rate / 10_000)
        case .lostCustomer(let contribution, let probability):
            try Self.check((.contribution, contribution))
            try Self.checkShare(.probability, probability)
            return contribution * probability
        case .constraintHours(let hours, let contribution):
            try Self.check((.hours, hours), (.contributionPerHour, contribution))
            return try Self.bounded(hours * contribution)
        case .nonConstraintHours(let hours, let cost):
            try Self.check((.hours, hours), (.avoidableCostPerHour, cost))
            return try Self.bounded(hours * cost)
        case .decisionWait(let events, let latency, let toDamage, let cost):
            try Self.check((.events, events), (.latencyHours, latency), (.hoursToDamage, toDamage), (.costPerHour, cost))
            return try Self.bounded(events * max(0, latency - toDamage) * cost)
        case .energyOutput(let volume, let margin):
            try Self.check((.volume, volume), (.marginPerUnit, margin))
            return try Self.bounded(volume * margin)
        }
    }

    private static func check(_ inputs: (PricingError.Input, Double)...) throws(PricingError) {
        for (input, value) in inputs {
            if value.isNaN { throw .notANumber(input) }
            if value < 0 { throw .negative(input) }
            if value > ThreePoint.bound { throw .beyondBound(input) }
        }
    }

    private static func checkShare(_ input: PricingError.Input, _ value: Double) throws(PricingError) {
        try check((input, value))
        if value > 1 { throw .shareAboveOne(input) }
    }

    private static func difference(
        _ larger: PricingError.Input, _ minuend: Double, _ smaller: PricingError.Input, _ subtrahend: Double
    ) throws(PricingError) -> Double {
        guard minuend >= subtrahend else { throw .below(larger, smaller) }
        return minuend - subtrahend
    }

    private static func bounded(_ amount: Double) throws(PricingError) -> Double {
        guard amount <= ThreePoint.bound else { throw .beyondBound(.product) }
        return amount
    }
}

/// Why inputs have no price.
public enum PricingError: Error, Hashable, Sendable {
    public enum Input: String, Hashable, Sendable {
        case shipments, premiumPrice, standardPrice, share, booked, baseline, units, variableCost, salvage, hours, rate
        case material, events, costPerEvent, premiumFraction, agencyRate, internalRate, leavers, costPerReplacement
        case value, rateBasisPoints, contribution, probability, contributionPerHour, avoidableCostPerHour
        case latencyHours, hoursToDamage, costPerHour, volume, marginPerUnit, observed, months
        /// The result of multiplying the inputs.
        case product
    }

    case notANumber(Input)
    case negative(Input)
    /// Above `ThreePoint.bound`.
    case beyondBound(Input)
    /// A share, fraction or probability above 1, or a rate above 10,000 basis points.
    case shareAboveOne(Input)
    /// The first is smaller than the second, so there is no leak.
    case below(Input, Input)
    /// Nothing can be said about a year from less than no months, or from more than 120.
    case monthsOutOfBounds
}
