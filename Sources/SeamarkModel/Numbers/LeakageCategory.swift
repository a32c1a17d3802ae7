/// The five kinds of money that leaks; each has its own pricing variants (`PricingVariant`) and its own row in the
/// instrument's category matrix.
public enum LeakageCategory: String, CaseIterable, Hashable, Sendable {
    /// Expedite and premium freight.
    case expedite = "EXPEDITE"
    /// Scrap, rework and escapes.
    case quality = "QUALITY"
    /// Overtime, agency and turnover.
    case labour = "LABOUR"
    /// Penalties and service failures.
    case penalty = "PENALTY"
    /// Downtime and missed throughput.
    case downtime = "DOWNTIME"
}
