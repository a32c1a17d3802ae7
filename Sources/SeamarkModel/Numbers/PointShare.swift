/// How many of a line's hundred points go to one domain or one seam.
public struct PointShare: Hashable, Sendable {
    /// The domain's or seam's key.
    public var key: String
    /// 0...100. What the points of a line leave of a hundred is unallocated, and printed.
    public var points: Double

    public init(_ key: String, _ points: Double) {
        self.key = key
        self.points = points
    }
}
