/// What is left of a budget while costs are taken off it, one after another. Money in the main unit.
///
/// A budget and costs of whole hundredths are counted exactly, in sixths of a hundredth: the mean of such a range (k = 4) is a whole number of those. So what
/// fits to the last hundredth fits, and what is left is the exact difference. Any other amount is compared on paper (`Bound`), at the size of the budget.
struct RemainingBudget {
    private let whole: Double
    private var exact: Int64?
    private var rounded: Double

    init(_ budget: Double) {
        whole = budget
        exact = Self.hundredths(budget).map { $0 * Self.parts }
        rounded = budget
    }

    var amount: Double { exact.map { Double($0) / Double(100 * Self.parts) } ?? rounded }

    func holds(_ cost: ThreePoint) -> Bool {
        if let exact, let asked = Self.exactMean(of: cost) { return asked <= exact }
        return Bound.staysWithin(Self.mean(of: cost), amount, size: whole)
    }

    mutating func take(_ cost: ThreePoint) {
        rounded = max(0, amount - Self.mean(of: cost))
        // After a cost that is no whole number of hundredths nothing is exact any more.
        if let left = exact, let taken = Self.exactMean(of: cost) { exact = left - taken } else { exact = nil }
    }

    // MARK: - Exact amounts

    private static let weight = Int64(DecisionView.grade.concentration)
    /// Into how many parts a hundredth is divided.
    private static let parts = weight + 2
    /// Beyond it not every hundredth is a number of its own.
    private static let most = 0x1p50

    private static func mean(of cost: ThreePoint) -> Double { PERT(cost, grade: DecisionView.grade).mean }

    /// In parts of a hundredth; nil unless all three points are whole hundredths.
    private static func exactMean(of cost: ThreePoint) -> Int64? {
        guard let low = hundredths(cost.low), let likely = hundredths(cost.likely), let high = hundredths(cost.high) else { return nil }
        return low + weight * likely + high
    }

    private static func hundredths(_ amount: Double) -> Int64? {
        let count = (amount * 100).rounded()
        return count.magnitude <= most && count / 100 == amount ? Int64(count) : nil
    }
}
