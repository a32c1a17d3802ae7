/// What a way of pricing is computed from, by name. Counts and hours are a year's, prices and rates money for one of them.
public enum PricingInput: String, CaseIterable, Hashable, Sendable {
    // In the order of their stable numbers (`Choices.pricingInput`): new ones are added at the end.
    case shipments, premiumPrice, standardPrice, share, booked, baseline, units, variableCost, salvage, hours, rate
    case material, events, costPerEvent, premiumFraction, agencyRate, internalRate, leavers, costPerReplacement
    case value, rateBasisPoints, contribution, contributionPerHour, avoidableCostPerHour
    case latencyHours, hoursToDamage, costPerHour, volume, marginPerUnit

    /// The unit that is meant where nobody says another.
    public var unit: String {
        switch self {
        case .shipments: "shipments/yr"
        case .premiumPrice, .standardPrice: "money/shipment"
        case .share, .premiumFraction: "1"
        case .booked, .baseline, .material, .value, .contribution: "money/yr"
        case .units, .volume: "units/yr"
        case .variableCost, .salvage, .marginPerUnit: "money/unit"
        case .hours: "h/yr"
        case .rate, .agencyRate, .internalRate, .contributionPerHour, .avoidableCostPerHour, .costPerHour: "money/h"
        case .events: "events/yr"
        case .costPerEvent: "money/event"
        case .leavers: "leavers/yr"
        case .costPerReplacement: "money/leaver"
        case .rateBasisPoints: "bp"
        case .latencyHours, .hoursToDamage: "h/event"
        }
    }

    /// The largest value: 1 for shares and fractions, the whole for a rate in basis points.
    public var most: Double {
        switch self {
        case .share, .premiumFraction: 1
        case .rateBasisPoints: 10_000
        case _: ThreePoint.bound
        }
    }

    /// "premium price".
    public var words: String { FieldDefinition.words(of: rawValue) }
}
