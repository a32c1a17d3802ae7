/// What becomes of the questions of one edition in the next: for whoever is about to change a form.
public struct QuestionnaireComparison: Sendable {
    public enum Fate: Hashable, Sendable {
        /// It asks the same.
        case same
        /// Its words, conditions or choices are others; old answers would still be answers to it.
        case changed
        /// It is asked in another way: answers of the one are none to the other.
        case otherKind(was: String, is: String)
        /// It lacks choices that the earlier edition had.
        case fewerChoices([String])
        case new
        case gone
    }

    /// Questions, notes left out: those of the later form in its order, then those that are gone.
    public let rows: [(name: String, fate: Fate)]

    public init(_ earlier: Questionnaire, _ later: Questionnaire) {
        let before = Dictionary(earlier.all.filter(\.kind.isAnswered).map { ($0.name, $0) }) { first, _ in first }
        let after = later.all.filter(\.kind.isAnswered)
        rows = after.map { item in (item.name, before[item.name].map { Self.fate($0, earlier, item, later) } ?? .new) }
            + earlier.all.filter { item in item.kind.isAnswered && !after.contains { $0.name == item.name } }.map { ($0.name, .gone) }
    }

    public func count(_ fate: Fate) -> Int { rows.count { $0.fate == fate } }

    private static func fate(_ old: Questionnaire.Item, _ earlier: Questionnaire, _ new: Questionnaire.Item, _ later: Questionnaire) -> Fate {
        guard old.kind.word == new.kind.word else { return .otherKind(was: old.kind.word, is: new.kind.word) }
        let (was, `is`) = (old.kind.list.flatMap(earlier.list)?.choices ?? [], new.kind.list.flatMap(later.list)?.choices ?? [])
        let gone = was.map(\.name).filter { name in !`is`.contains { $0.name == name } }
        if !gone.isEmpty { return .fewerChoices(gone) }
        func said(_ item: Questionnaire.Item) -> [FormWords] { [item.label, item.hint, item.requiredMessage, item.constraintMessage] }
        func asked(_ item: Questionnaire.Item) -> [String?] { [item.required?.source, item.relevant?.source, item.constraint?.source] }
        return was == `is` && said(old) == said(new) && asked(old) == asked(new) ? .same : .changed
    }
}
