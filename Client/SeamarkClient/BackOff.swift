/// How long to wait before the next attempt to reach a server: longer each time, never the same for all who lost it at once.
///
/// The waits double from half a second to a minute; each is drawn from its upper half by the caller's dice.
public struct BackOff: Equatable, Sendable {
    public static let shortestMilliseconds: Int64 = 500
    public static let longestMilliseconds: Int64 = 60_000

    private var attempts = 0

    public init() {}

    /// The connection stood: the next wait is short again.
    public mutating func succeeded() { attempts = 0 }

    /// Milliseconds until the next attempt. `die`: any number, the more random the better.
    public mutating func next(die: UInt64) -> Int64 {
        let ceiling = min(Self.longestMilliseconds, Self.shortestMilliseconds << Int64(min(attempts, 10)))
        attempts = min(attempts + 1, 10)
        return ceiling / 2 + Int64(die % UInt64(ceiling / 2 + 1))
    }
}
