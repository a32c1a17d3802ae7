/// What becomes of answers to one edition of a questionnaire where another edition is asked: those are carried over whose question is called the
/// same, is of the same kind and has the same choices, as far as the other edition asks it and takes the answer.
///
/// What was answered to the other edition already stays. The answers to the first are not touched.
public struct FormCarrying: Sendable {
    public enum Fate: Hashable, Sendable {
        case carried(FormAnswer)
        /// The other edition has an answer already.
        case answered
        /// Of another kind, or with other choices.
        case asksOtherwise
        /// The other edition has no such question.
        case gone
        /// Its words were redacted, or may not be seen: nobody can copy them.
        case hidden
        /// As the other edition asks it, it is none: not asked, or against a condition.
        case refused(FormAnswerFault)
    }

    /// Of every question that was answered in the first edition, in the order of the other; then those that are gone.
    public let rows: [(question: String, fate: Fate)]
    /// The other edition with what was carried over.
    public let after: FormInterview

    public var carried: [(question: String, answer: FormAnswer)] {
        rows.compactMap { row in if case .carried(let answer) = row.fate { (row.question, answer) } else { nil } }
    }

    public init(_ earlier: FormInterview, into later: FormInterview) {
        var after = later
        // All of them together cost what one change may.
        let work = FormWork()
        let before = Dictionary(earlier.questionnaire.all.filter { $0.kind.isAnswered && earlier.isAnswered($0.name) }.map { ($0.name, $0) }) { first, _ in first }
        var rows: [(question: String, fate: Fate)] = []
        let questions = later.questionnaire.all.filter(\.kind.isAnswered)
        for item in questions {
            guard let old = before[item.name] else { continue }
            rows.append((item.name, Self.fate(of: old, earlier, as: item, &after, work)))
        }
        let names = Set(questions.map(\.name))
        self.rows = rows + earlier.questionnaire.all.filter { before[$0.name] != nil && !names.contains($0.name) }.map { ($0.name, .gone) }
        self.after = after
    }

    private static func fate(of old: Questionnaire.Item, _ earlier: FormInterview, as item: Questionnaire.Item, _ after: inout FormInterview, _ work: FormWork) -> Fate {
        if after.isAnswered(item.name) { return .answered }
        guard isSame(old, earlier.questionnaire, item, after.questionnaire) else { return .asksOtherwise }
        guard let answer = earlier.answers[item.name] else { return .hidden }
        do throws(FormAnswerFault) { try after.answer(item.name, answer, language: after.questionnaire.languages[0], within: work) } catch { return .refused(error) }
        return .carried(answer)
    }

    /// Kind and choices; their words and order may be others.
    private static func isSame(_ old: Questionnaire.Item, _ earlier: Questionnaire, _ new: Questionnaire.Item, _ later: Questionnaire) -> Bool {
        func choices(_ item: Questionnaire.Item, _ form: Questionnaire) -> Set<String> { Set((item.kind.list.flatMap(form.list)?.choices ?? []).map(\.name)) }
        return old.kind.word == new.kind.word && choices(old, earlier) == choices(new, later)
    }
}
