/// The names of the ways of pricing, as lines carry them.
public enum PricingVariant: String, CaseIterable, Hashable, Sendable {
    case shipments, ledger
    case scrap, rework, escapes
    case overtime, agency, turnover
    case chargeback, serviceCredit, lostCustomer
    case constraintHours, nonConstraint, decisionWait, energyOutput
    /// None of these: the line's basis says how.
    case other

    /// The category that a line of this variant belongs to; nil: any.
    public var category: LeakageCategory? {
        switch self {
        case .shipments, .ledger: .expedite
        case .scrap, .rework, .escapes: .quality
        case .overtime, .agency, .turnover: .labour
        case .chargeback, .serviceCredit, .lostCustomer: .penalty
        case .constraintHours, .nonConstraint, .decisionWait, .energyOutput: .downtime
        case .other: nil
        }
    }

    /// Whether the line must carry a probability (`PricedLine.probability`) instead of happening every year.
    public var isContingentOnly: Bool { self == .lostCustomer }
}
