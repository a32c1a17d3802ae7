/// A published range of operating income at risk as a share of planned operating income: a vendor's claim, drawn in grey for orientation
/// and never an input.
public enum ReferenceBand {
    public static let low = 0.10
    public static let high = 0.46
    public static let source = "published claims of a vendor (purplewins.io, What is OIaR), not checked by us"
}
