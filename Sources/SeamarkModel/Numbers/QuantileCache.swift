/// Tables of quantiles, kept because their making is the larger part of a calculation's time.
///
/// A table belongs to a shape (mode position and k), a number of iterations and the share of iterations that it
/// covers; the range only stretches it, so lines of one shape share a table. What is cached never changes a result.
/// A cache that is full (`capacity` tables, about 80 kB each at 10,000 iterations) computes without keeping.
public struct QuantileCache: Sendable {
    private struct Key: Hashable {
        var shape: UnitBeta
        var first: Double
        var step: Double
        var count: Int
    }

    private var tables: [Key: [Double]] = [:]
    public let capacity: Int

    public init(capacity: Int = 256) { self.capacity = capacity }

    /// The number of tables held.
    public var count: Int { tables.count }

    /// `shape.quantiles(first:step:count:)`, from memory if it was asked for before.
    mutating func quantiles(of shape: UnitBeta, first: Double, step: Double, count: Int) -> [Double] {
        let key = Key(shape: shape, first: first, step: step, count: count)
        if let table = tables[key] { return table }
        let table = shape.quantiles(first: first, step: step, count: count)
        if tables.count < capacity { tables[key] = table }
        return table
    }
}
