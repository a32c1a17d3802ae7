/// An amount booked in a ledger for one scope, a year: lines drawn on it cannot cost more than that together.
public struct LedgerPool: Hashable, Sendable {
    public var key: String
    /// The booked amount, annualised (`Annualisation`), at least 0.
    public var ceiling: Double

    public init(key: String, ceiling: Double) {
        self.key = key
        self.ceiling = ceiling
    }
}
