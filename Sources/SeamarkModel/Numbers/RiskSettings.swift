/// How a calculation is run: everything that, with the input, decides the result to the last bit.
public struct RiskSettings: Hashable, Sendable {
    /// The name of the method; it is part of every random stream.
    public static let method = "oiar-1"

    /// N, 100...100,000.
    public var iterations: Int
    public var seed: UInt64
    /// rho, 0...1: how much the lines rise and fall together. One visible assumption for all.
    public var correlation: Double

    public init(iterations: Int = 10_000, seed: UInt64 = 20_260_317, correlation: Double = 0.25) {
        self.iterations = iterations
        self.seed = seed
        self.correlation = correlation
    }
}
