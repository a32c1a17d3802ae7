/// Which cells of a breakdown (by level, by unit) may be shown without giving away what a person said.
///
/// A cell needs `minimum` respondents. What is hidden must reach the minimum together as well, because the total is
/// known and the hidden remainder is only a subtraction away: if it does not, the next-smallest cell is hidden too.
public struct CellSuppression: Hashable, Sendable {
    public struct Cell: Hashable, Sendable {
        public var key: String
        /// Distinct respondents, at least 0.
        public var respondents: Int

        public init(_ key: String, respondents: Int) {
            self.key = key
            self.respondents = respondents
        }
    }

    /// No setting may go below this.
    public static let floor = 3
    public static let standard = 5

    /// Keys in rising order.
    public let shown: [String]
    public let hidden: [String]

    /// A `minimum` below the floor counts as the floor. Of equal cells the one with the smaller key is hidden first.
    /// Empty cells are hidden and hide nothing else.
    public init(_ cells: [Cell], minimum: Int = CellSuppression.standard) {
        let least = max(Self.floor, minimum)
        let rising = cells.sorted { ($0.respondents, $0.key) < ($1.respondents, $1.key) }
        var count = 0
        var remainder = 0
        while count < rising.count {
            let next = max(0, rising[count].respondents)
            let mustHide = next < least || (remainder > 0 && remainder < least)
            if !mustHide { break }
            // Once the remainder has reached the minimum, more people in it only protect more.
            remainder = min(remainder &+ next, least)
            count += 1
        }
        hidden = rising[..<count].map(\.key).sorted()
        shown = rising[count...].map(\.key).sorted()
    }
}
