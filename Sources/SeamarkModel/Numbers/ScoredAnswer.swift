/// One scorer's answer to one question for one respondent, as the domain score takes it.
public struct ScoredAnswer: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
        /// 0 controlled … 4 severe drag.
        case score(Int)
        /// Asked, and not scored.
        case dontKnow
        /// The question has no meaning here: it leaves the coverage.
        case notApplicable
        case declined
    }

    /// The question's key.
    public var question: String
    /// The respondent's key: answers with the same one are one person's.
    public var respondent: String
    public var level: RespondentLevel
    public var grade: EvidenceGrade
    public var value: Value

    public init(question: String, respondent: String, level: RespondentLevel, grade: EvidenceGrade, value: Value) {
        self.question = question
        self.respondent = respondent
        self.level = level
        self.grade = grade
        self.value = value
    }
}

/// One question of a domain, with the instrument's weight.
public struct WeightedQuestion: Hashable, Sendable {
    public var key: String
    /// Above 0; 1 by default.
    public var weight: Double

    public init(_ key: String, weight: Double = 1) {
        self.key = key
        self.weight = weight
    }
}
