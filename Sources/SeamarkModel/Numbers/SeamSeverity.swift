/// How bad a seam is, 0...4, from what its modes were scored.
public struct SeamSeverity: Hashable, Sendable {
    /// One scorer's view of one mode.
    public struct ModeScore: Hashable, Sendable {
        public var mode: SeamMode
        /// 0...4.
        public var score: Int
        public var grade: EvidenceGrade

        public init(_ mode: SeamMode, score: Int, grade: EvidenceGrade) {
            self.mode = mode
            self.score = score
            self.grade = grade
        }
    }

    /// A mode's evidence-weighted mean over its scorers, 0...4.
    public struct ModeValue: Hashable, Sendable {
        public var mode: SeamMode
        public var value: Double
    }

    /// The modes that were scored, in the order of `SeamMode.allCases`.
    public let modes: [ModeValue]
    /// The largest of the modes' values, each times its mode's weight; 0 if nothing was scored.
    public let value: Double

    /// Throws if a score is outside 0...4. The order of `scores` makes no difference.
    public init(_ scores: [ModeScore]) throws(SeamSeverityError) {
        var modes: [ModeValue] = []
        var largest = 0.0
        for mode in SeamMode.allCases {
            // Whole numbers and one division: the order of adding does not show, and scorers who all say 3 make it 3.
            var sum = 0, weights = 0
            for score in scores where score.mode == mode {
                guard (0...4).contains(score.score) else { throw .scoreOutOfBounds(mode) }
                sum += score.score * score.grade.tenths
                weights += score.grade.tenths
            }
            guard weights > 0 else { continue }
            let value = Double(sum) / Double(weights)
            modes.append(ModeValue(mode: mode, value: value))
            largest = max(largest, mode.weight * value)
        }
        self.modes = modes
        value = largest
    }
}

/// Why a seam has no severity.
public enum SeamSeverityError: Error, Hashable, Sendable {
    /// A score outside 0...4.
    case scoreOutOfBounds(SeamMode)
}
