/// Which domains a category of leakage points to when nobody gave points: the instrument's weights, usually 0 to 3.
public struct CategoryMatrix: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var category: LeakageCategory
        public var domain: String
        /// At least 0. What is not listed is 0.
        public var weight: Double

        public init(_ category: LeakageCategory, _ domain: String, _ weight: Double) {
            self.category = category
            self.domain = domain
            self.weight = weight
        }
    }

    public var entries: [Entry]

    public init(_ entries: [Entry] = []) { self.entries = entries }

    /// The default points of a line: a hundred, shared by weight × severity × confidence. Empty when all are zero:
    /// then the line is unallocated. In the order of the domains' keys.
    public func defaultPoints(for category: LeakageCategory, readings: [DomainReading]) -> [PointShare] {
        let weighted = readings.sorted { $0.key < $1.key }.map { reading in
            let weight = entries.reduce(0) {
                $1.category == category && $1.domain == reading.key ? max($0, $1.weight) : $0
            }
            return PointShare(reading.key, weight * reading.severity * reading.confidence)
        }
        let sum = weighted.reduce(0) { $0 + $1.points }
        guard sum > 0 else { return [] }
        return weighted.filter { $0.points > 0 }.map { PointShare($0.key, 100 * $0.points / sum) }
    }
}
