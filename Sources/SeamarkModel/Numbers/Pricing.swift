/// How a variant makes money a year of its inputs: a sum of products.
///
/// A line is incremental: what is observed beyond the unavoidable baseline, times the share that execution caused.
public struct PricingFormula: Hashable, Sendable {
    public enum Part: Hashable, Sendable {
        case input(PricingInput)
        /// The first less the second. Where the second may be the larger there is no leak, and no price.
        case difference(PricingInput, PricingInput)
        /// The first less the second, and never below 0: a decision that is faster than the damage costs nothing.
        case excess(PricingInput, PricingInput)

        var inputs: [PricingInput] {
            switch self {
            case .input(let input): [input]
            case .difference(let larger, let smaller), .excess(let larger, let smaller): [larger, smaller]
            }
        }
    }

    /// Products to be added up; none is empty.
    public let terms: [[Part]]

    init(_ terms: [Part]...) { self.terms = terms }

    /// Each once, in the order of the formula.
    public var inputs: [PricingInput] { terms.flatMap { $0.flatMap(\.inputs) } }

    /// Money a year, if `value` gives each input: nothing is checked here (`VariantPrice`).
    func amount(_ value: (PricingInput) -> Double) -> Double {
        terms.reduce(0) { sum, parts in
            sum + parts.reduce(1) { product, part in
                switch part {
                case .input(.rateBasisPoints): product * value(.rateBasisPoints) / 10_000
                case .input(let input): product * value(input)
                case .difference(let larger, let smaller): product * (value(larger) - value(smaller))
                case .excess(let larger, let smaller): product * max(0, value(larger) - value(smaller))
                }
            }
        }
    }

    /// Do these units give money a year in each term? What is taken from another is counted in the same unit.
    func givesMoneyPerYear(_ unit: (PricingInput) -> String) -> Bool {
        terms.allSatisfy { parts in
            var units: [String] = []
            for part in parts {
                switch part {
                case .input(.rateBasisPoints): if unit(.rateBasisPoints) != PricingInput.rateBasisPoints.unit { return false }
                case .input(let input): units.append(unit(input))
                case .difference(let larger, let smaller), .excess(let larger, let smaller):
                    guard FactorUnit.areSame(unit(larger), unit(smaller)) else { return false }
                    units.append(unit(larger))
                }
            }
            return FactorUnit.giveMoneyPerYear(units)
        }
    }

    /// `shipments × (premium price − standard price) × share`.
    public var words: String {
        terms.map { parts in
            parts.map { part in
                switch part {
                case .input(let input): input.words
                case .difference(let larger, let smaller): "(\(larger.words) − \(smaller.words))"
                case .excess(let larger, let smaller): "max(0, \(larger.words) − \(smaller.words))"
                }
            }.joined(separator: " × ")
        }.joined(separator: " + ")
    }
}

extension PricingVariant {
    /// How it is priced; nil for `other`, whose basis says how.
    public var formula: PricingFormula? {
        switch self {
        // Freight premium only: lost output has lines of its own.
        case .shipments: PricingFormula([.input(.shipments), .difference(.premiumPrice, .standardPrice), .input(.share)])
        // The booked amount is also the ceiling of the ledger pool.
        case .ledger: PricingFormula([.difference(.booked, .baseline), .input(.share)])
        // Variable cost put in so far, never the sales price.
        case .scrap: PricingFormula([.input(.units), .difference(.variableCost, .salvage)])
        case .rework: PricingFormula([.input(.hours), .input(.rate)], [.input(.material)])
        case .escapes, .serviceCredit: PricingFormula([.input(.events), .input(.costPerEvent)])
        // 0.5 for time-and-a-half, 1 if the hours were only repair or waiting.
        case .overtime: PricingFormula([.input(.hours), .input(.rate), .input(.premiumFraction)])
        case .agency: PricingFormula([.input(.hours), .difference(.agencyRate, .internalRate)])
        case .turnover: PricingFormula([.input(.leavers), .input(.costPerReplacement)])
        case .chargeback: PricingFormula([.input(.value), .input(.rateBasisPoints)])
        // Times the probability of the line, which must be contingent; never revenue.
        case .lostCustomer: PricingFormula([.input(.contribution)])
        // Only if the resource is loaded to 95 % or orders were provably lost.
        case .constraintHours: PricingFormula([.input(.hours), .input(.contributionPerHour)])
        case .nonConstraint: PricingFormula([.input(.hours), .input(.avoidableCostPerHour)])
        case .decisionWait: PricingFormula([.input(.events), .excess(.latencyHours, .hoursToDamage), .input(.costPerHour)])
        // Volume such as MWh.
        case .energyOutput: PricingFormula([.input(.volume), .input(.marginPerUnit)])
        case .other: nil
        }
    }

    /// What it is priced from, in the order of its formula.
    public var inputs: [PricingInput] { formula?.inputs ?? [] }
}
