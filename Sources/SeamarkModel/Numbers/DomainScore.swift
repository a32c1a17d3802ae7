/// What the answers of one scope (an engagement, a site, a unit) say about one domain, and how sure that is.
///
/// The order of the answers makes no difference. Scores never create money: they rank, attribute and say where to look.
public struct DomainScore: Hashable, Sendable {
    /// How far a domain's confidence can be trusted.
    public enum Confidence: String, Hashable, Sendable {
        /// At least 0.75; at least 0.50; below that: shown, and excluded from ranking.
        case high, medium, low
    }

    /// One question's evidence-weighted mean.
    public struct QuestionScore: Hashable, Sendable {
        public var key: String
        public var score: Double
        /// A lead ruled so; the answers say something else, or the same.
        public var isReviewed: Bool
    }

    /// Scored questions, in the order of their keys.
    public var questions: [QuestionScore]
    /// 0...4: the mean of the questions' scores by instrument weight; nil if nothing is scored (not assessed).
    public var score: Double?
    /// Scored questions / applicable questions, 0 if none is applicable.
    public var coverage: Double
    /// Distinct levels with a score / 3, at most 1.
    public var triangulation: Double
    /// The mean evidence weight of the scored answers.
    public var quality: Double
    /// 1 - min(1, sd / 2) over the respondents' own means.
    public var agreement: Double
    /// Mean of frontline and supervisors less mean of executives and directors, each person one voice; nil without
    /// both.
    public var perceptionGap: Double?

    /// The distance from which on a perception gap is flagged.
    public static let flaggedGap = 1.0

    /// 0...1; nil if not assessed.
    public var severity: Double? { score.map { $0 / 4 } }

    /// (coverage × triangulation × quality × agreement) to the power 1/4, 0...1.
    public var confidence: Double {
        (coverage * triangulation * quality * agreement).squareRoot().squareRoot()
    }

    public var confidenceLevel: Confidence {
        Bound.reaches(confidence, 0.75) ? .high : Bound.reaches(confidence, 0.5) ? .medium : .low
    }

    public var isPerceptionGapFlagged: Bool { Bound.reaches(perceptionGap?.magnitude ?? 0, Self.flaggedGap) }

    /// For the calculation; nil if not assessed.
    public func reading(key: String) -> DomainReading? {
        severity.map { DomainReading(key: key, severity: $0, confidence: confidence) }
    }

    /// Scores `answers` to `questions`; answers to other questions are left out. A question is applicable unless
    /// somebody said it is not and nobody scored it, ruled on it or did not know.
    ///
    /// - Parameter reviewed: what leads ruled that questions score, 0...4: used in place of the answers' mean, also where nobody scored the question.
    ///   Triangulation, quality and agreement are of what was answered: a domain of rulings alone has confidence 0.
    public init(questions: [WeightedQuestion], answers: [ScoredAnswer], reviewed: [String: Int] = [:]) throws(DomainScoreError) {
        var seen: Set<String> = []
        for question in questions {
            guard question.weight > 0 && question.weight <= 1000 else { throw .weightOutOfBounds(question: question.key) }
            guard seen.insert(question.key).inserted else { throw .questionRepeated(question.key) }
        }
        var scored: [(answer: ScoredAnswer, value: Int)] = []
        for answer in answers where seen.contains(answer.question) {
            guard case .score(let value) = answer.value else { continue }
            guard (0...4).contains(value) else { throw .scoreOutOfBounds(question: answer.question) }
            scored.append((answer, value))
        }
        // Sums of floating-point numbers depend on their order: this one is the answers' own.
        scored.sort {
            ($0.answer.question, $0.answer.respondent, $0.answer.grade.rank, $0.value, $0.answer.level.rawValue)
                < ($1.answer.question, $1.answer.respondent, $1.answer.grade.rank, $1.value, $1.answer.level.rawValue)
        }

        var scores: [QuestionScore] = []
        var applicable = 0
        for question in questions.sorted(by: { $0.key < $1.key }) {
            let own = scored.filter { $0.answer.question == question.key }
            let ruled = reviewed[question.key]
            if own.isEmpty, ruled == nil {
                let values = answers.filter { $0.question == question.key }.map(\.value)
                if values.contains(.dontKnow) || !values.contains(.notApplicable) { applicable += 1 }
                continue
            }
            applicable += 1
            if let ruled { guard (0...4).contains(ruled) else { throw .scoreOutOfBounds(question: question.key) } }
            scores.append(QuestionScore(key: question.key, score: ruled.map(Double.init) ?? Self.mean(own), isReviewed: ruled != nil))
        }
        let people = Set(scored.map(\.answer.respondent)).sorted().map { respondent in
            let own = scored.filter { $0.answer.respondent == respondent }
            return (mean: Self.mean(own), weight: Double(own.reduce(0) { $0 + $1.answer.grade.tenths }), level: own[0].answer.level)
        }
        self.questions = scores
        let weights = Dictionary(uniqueKeysWithValues: questions.map { ($0.key, $0.weight) })
        score = scores.isEmpty ? nil : Self.mean(scores.map { ($0.score, weights[$0.key] ?? 1) })
        coverage = applicable == 0 ? 0 : Double(scores.count) / Double(applicable)
        triangulation = min(1, Double(Set(scored.map(\.answer.level)).count) / 3)
        quality = scored.isEmpty ? 0 : Double(scored.reduce(0) { $0 + $1.answer.grade.tenths }) / Double(10 * scored.count)
        if people.isEmpty {
            agreement = 0
        } else {
            let centre = Self.mean(people.map { ($0.mean, $0.weight) })
            let variance = Self.mean(people.map { (($0.mean - centre) * ($0.mean - centre), $0.weight) })
            agreement = 1 - min(1, variance.squareRoot() / 2)
        }
        let below = people.filter { $0.level == .frontline || $0.level == .supervisor }
        let above = people.filter { $0.level == .executive || $0.level == .director }
        if below.isEmpty || above.isEmpty {
            perceptionGap = nil
        } else {
            perceptionGap = Self.mean(below.map { ($0.mean, 1) }) - Self.mean(above.map { ($0.mean, 1) })
        }
    }

    /// By evidence: whole numbers and one division, so that scores that agree are their own mean.
    private static func mean(_ answers: [(answer: ScoredAnswer, value: Int)]) -> Double {
        let (sum, weights) = answers.reduce((0, 0)) { ($0.0 + $1.value * $1.answer.grade.tenths, $0.1 + $1.answer.grade.tenths) }
        return Double(sum) / Double(weights)
    }

    /// Counted from the least of them, so that values that agree are their own mean.
    private static func mean(_ values: [(value: Double, weight: Double)]) -> Double {
        let least = values.reduce(Double.infinity) { min($0, $1.value) }
        return least + values.reduce(0) { $0 + ($1.value - least) * $1.weight } / values.reduce(0) { $0 + $1.weight }
    }
}

/// Why answers cannot be scored.
public enum DomainScoreError: Error, Hashable, Sendable {
    /// A score outside 0...4.
    case scoreOutOfBounds(question: String)
    /// A weight that is not above 0 and at most 1000.
    case weightOutOfBounds(question: String)
    case questionRepeated(String)
}
