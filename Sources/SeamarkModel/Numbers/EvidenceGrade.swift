/// How well a number or an answer is evidenced: A reconciled to a ledger or system of record, B a system extract or
/// counted sample, C two or more people independently, D one person's account.
///
/// Grades order from best to worst: `.a < .d`.
public enum EvidenceGrade: String, CaseIterable, Comparable, Hashable, Sendable {
    case a = "A"
    case b = "B"
    case c = "C"
    case d = "D"

    /// How much an answer of this grade counts in a weighted mean.
    public var weight: Double { Double(tenths) / 10 }

    /// The weight in tenths: sums of these are exact, and of tenths as binary fractions are not.
    var tenths: Int {
        switch self {
        case .a: 10
        case .b: 8
        case .c: 5
        case .d: 3
        }
    }

    /// The shape parameter k of PERT: confidence in the most-likely value. 4 is the textbook's.
    public var concentration: Double {
        switch self {
        case .a: 6
        case .b: 4
        case .c: 3
        case .d: 2
        }
    }

    /// The least distance of low and of high from likely that this grade supports, as a share of likely.
    public var minimumHalfWidth: Double {
        switch self {
        case .a: 0
        case .b: 0.05
        case .c: 0.15
        case .d: 0.30
        }
    }

    /// What pieces of evidence of these kinds prove of a line that is graded so: A needs a ledger or system of record, B something extracted, filed or
    /// counted. A recording is somebody's account. What nothing proves is one person's account.
    public func proven(by kinds: [String]) -> EvidenceGrade {
        let isFiled = kinds.contains { $0 != "audio" }
        switch self {
        case .a: return kinds.contains("ledger") ? .a : isFiled ? .b : .d
        case .b: return isFiled ? .b : .d
        case .c, .d: return self
        }
    }

    public static func < (left: EvidenceGrade, right: EvidenceGrade) -> Bool { left.rank < right.rank }

    /// 0 for A to 3 for D.
    var rank: Int {
        switch self {
        case .a: 0
        case .b: 1
        case .c: 2
        case .d: 3
        }
    }
}
