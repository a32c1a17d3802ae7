/// How a calculation is run: everything that, with the input, decides the result to the last bit.
public struct RiskSettings: Hashable, Sendable {
    /// The name of the method; it is part of every random stream.
    public static let method = "oiar-1"

    /// What N may be, everywhere that it is given.
    public static let iterationBounds = 100...100_000
    static let iterationRange = Int64(iterationBounds.lowerBound)...Int64(iterationBounds.upperBound)

    /// N, within `iterationBounds`.
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
