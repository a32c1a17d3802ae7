/// Two lines that count partly the same money: `share` (0...1) of the smaller of the two is taken from the line with
/// the weaker evidence.
///
/// The pair is unordered; which line keeps its money follows from grades, then keys.
public struct Overlap: Hashable, Sendable {
    public var first: String
    public var second: String
    public var share: Double

    public init(_ first: String, _ second: String, share: Double) {
        self.first = first
        self.second = second
        self.share = share
    }
}
