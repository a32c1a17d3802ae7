/// What a question was answered.
public enum FormAnswer: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    /// Finite.
    case decimal(Double)
    /// Days since 1970-01-01.
    case date(Int64)
    /// Names of choices; one, or those that were selected in the list's order.
    case choices([String])
}

/// Why an answer is not taken.
public enum FormAnswerFault: Error, Hashable, Sendable {
    /// No question of that name is answered.
    case unknownQuestion
    /// Its condition does not hold.
    case notAsked
    case otherKind(Questionnaire.Kind)
    case unknownChoice
    case tooLong(most: Int)
    /// It holds what is no text: control characters, or those that turn the direction of what follows.
    case steers
    /// With the form's own words, where it has some.
    case constraint(String?)
    case required(String?)
    /// To look at it would take more than `FormWork.most`.
    case tooMuchWork
}

/// A form with the answers of one interview, at one moment.
///
/// What is asked and what must be answered is looked at once, when it is made and after each answer, within the steps that one change may cost
/// (`FormWork`): no form and no answer can make a device look for longer, whoever wrote them.
public struct FormInterview: Hashable, Sendable {
    /// Unicode scalars of a text that is answered.
    public static let longestText = 8000

    public let questionnaire: Questionnaire
    public let clock: FormClock
    public private(set) var answers: [String: FormAnswer]
    /// Questions that were answered in words which were redacted, or may not be seen: they are answered, and nobody is asked again.
    public private(set) var hidden: Set<String>
    /// What such an answer is in conditions and among words: no answer is equal to it, and it is not empty.
    static let hiddenWords = "[redacted]"

    /// To look at what is asked takes more than `FormWork.most`: nothing is, until an answer is taken away or shortened.
    public private(set) var isTooMuch = false

    /// The bytes of words that are shown with answers in them.
    static let longestShown = 100_000

    private let items: [String: Questionnaire.Item]
    private let groups: [String: String]
    /// By the name of a list.
    private let choices: [String: [Questionnaire.ChoiceList.Choice]]
    /// Is it asked, by name; and what must be answered, as things were answered.
    private var known: [String: Bool] = [:]
    private var required: Set<String> = []

    /// - Parameter answers: by question. What the form does not ask, or no longer, is kept and not looked at.
    public init(_ questionnaire: Questionnaire, answers: [String: FormAnswer] = [:], hidden: Set<String> = [], clock: FormClock) {
        self.questionnaire = questionnaire
        self.answers = answers
        self.hidden = hidden.filter { answers[$0] == nil }
        self.clock = clock
        items = Dictionary(uniqueKeysWithValues: questionnaire.all.map { ($0.name, $0) })
        var groups: [String: String] = [:]
        for item in questionnaire.all { for inner in item.items { groups[inner.name] = item.name } }
        self.groups = groups
        choices = Dictionary(uniqueKeysWithValues: questionnaire.lists.map { ($0.name, $0.choices) })
        look(FormWork())
    }

    /// Is it asked, as things were answered? True of what its condition and those of its groups allow.
    public func isAsked(_ name: String) -> Bool { known[name] ?? false }

    /// Everything that is asked, in the form's order, groups and notes too.
    public var asked: [Questionnaire.Item] { questionnaire.all.filter { isAsked($0.name) } }

    /// What still has to be answered.
    public var missing: [Questionnaire.Item] { asked.filter { !hidden.contains($0.name) && (answers[$0.name].map { Self.value($0).text.isEmpty } ?? true) && isRequired($0) } }

    /// Has the question an answer, seen or hidden?
    public func isAnswered(_ name: String) -> Bool { answers[name] != nil || hidden.contains(name) }

    /// Takes an answer; nil takes it away, which is always done.
    ///
    /// - Parameter work: what may be spent on it; one for several answers lets them cost together what one change may.
    public mutating func answer(_ name: String, _ answer: FormAnswer?, language: String, within work: FormWork = FormWork()) throws(FormAnswerFault) {
        guard let answer else {
            answers[name] = nil
            hidden.remove(name)
            return look(FormWork())
        }
        if let fault = fault(of: answer, to: name, language: language, work) { throw fault }
        let before = self
        answers[name] = answer
        hidden.remove(name)
        look(work)
        guard isTooMuch else { return }
        self = before
        throw .tooMuchWork
    }

    /// Why an answer would not be taken; nil if it would.
    public func fault(of answer: FormAnswer, to name: String, language: String) -> FormAnswerFault? { fault(of: answer, to: name, language: language, FormWork()) }

    private func fault(of answer: FormAnswer, to name: String, language: String, _ work: FormWork) -> FormAnswerFault? {
        guard let item = items[name], item.kind.isAnswered else { return .unknownQuestion }
        guard !isTooMuch else { return .tooMuchWork }
        guard isAsked(name) else { return .notAsked }
        if let fault = Self.fault(of: answer, kind: item.kind, questionnaire) { return fault }
        guard let constraint = item.constraint else { return nil }
        var setting = setting(work)
        setting.current = Self.value(answer)
        let holds = constraint.value(in: setting).truth
        if work.isExhausted { return .tooMuchWork }
        return holds ? nil : .constraint(item.constraintMessage.text(in: language, of: questionnaire.languages).map { words($0) })
    }

    /// Words with the answers that they show, at most `longestShown` bytes of them.
    public func words(_ text: String) -> String {
        let room = FormWork(Self.longestShown)
        let shown = FormWords.parts(text).map { part in
            let words =
                switch part {
                case .words(let words): String(words)
                case .answer(let name): value(of: name).text
                }
            return room.takes(words.utf8.count) ? words : ""
        }.joined()
        return room.isExhausted ? shown + "…" : shown
    }

    func isRequired(_ item: Questionnaire.Item) -> Bool { required.contains(item.name) }

    // MARK: - Looking

    private func setting(_ work: FormWork) -> FormLogic.Setting { setting({ value(of: $0) }, { isAsked($0) }, work) }

    private func setting(_ answer: @escaping (String) -> FormValue, _ isAsked: @escaping (String) -> Bool, _ work: FormWork) -> FormLogic.Setting {
        FormLogic.Setting(
            answer: answer, isAsked: isAsked, clock: clock, choices: { items[$0]?.kind.list.flatMap { choices[$0] } ?? [] }, languages: questionnaire.languages, work: work)
    }

    /// A question that is not asked has no answer, whatever it was answered before.
    private func value(of name: String) -> FormValue {
        guard let value = given(name), isAsked(name) else { return .text("") }
        return value
    }

    private func given(_ name: String) -> FormValue? { answers[name].map(Self.value) ?? (hidden.contains(name) ? .text(Self.hiddenWords) : nil) }

    /// Looks at everything that hangs on the answers.
    private mutating func look(_ work: FormWork) {
        var found: [String: Bool] = [:]
        for item in questionnaire.all { _ = isAsked(item.name, &found, work) }
        known = found
        required = Set(questionnaire.all.filter { item in found[item.name] == true && item.required?.value(in: setting(work)).truth == true }.map(\.name))
        isTooMuch = work.isExhausted
        // What was looked at until then says nothing.
        if isTooMuch { (known, required) = ([:], []) }
    }

    private func isAsked(_ name: String, _ known: inout [String: Bool], _ work: FormWork) -> Bool {
        if let found = known[name] { return found }
        guard let item = items[name], work.takes(1) else { return false }
        // Forms have no circles here (`FormReferences`), so this ends.
        var isAsked = groups[name].map { self.isAsked($0, &known, work) } ?? true
        if isAsked, let relevant = item.relevant {
            var answered: [String: FormValue] = [:], asked: Set<String> = []
            let counted = relevant.counted
            for reference in relevant.references {
                let given = given(reference)
                guard given != nil || counted.contains(reference), self.isAsked(reference, &known, work) else { continue }
                asked.insert(reference)
                answered[reference] = given
            }
            isAsked = relevant.value(in: setting({ answered[$0] ?? .text("") }, { asked.contains($0) }, work)).truth
        }
        known[name] = isAsked
        return isAsked
    }

    static func value(_ answer: FormAnswer) -> FormValue {
        switch answer {
        case .text(let text): .text(text)
        case .integer(let value): .number(Double(value))
        case .decimal(let value): .number(value)
        case .date(let days): .date(days)
        case .choices(let names): .text(names.joined(separator: " "))
        }
    }

    static func fault(of answer: FormAnswer, kind: Questionnaire.Kind, _ questionnaire: Questionnaire) -> FormAnswerFault? {
        switch (kind, answer) {
        case (.text, .text(let text)): text.unicodeScalars.count > longestText ? .tooLong(most: longestText) : FormResponse.mayBeWords(text) ? nil : .steers
        // What forms call an integer has nine digits; a double holds it exactly either way.
        case (.integer, .integer(let value)): value.magnitude <= 1 << 53 ? nil : .otherKind(kind)
        case (.decimal, .decimal(let value)): value.isFinite ? nil : .otherKind(kind)
        case (.decimal, .integer(let value)): value.magnitude <= 1 << 53 ? nil : .otherKind(kind)
        case (.date, .date(let days)): CalendarDate.days.contains(days) ? nil : .otherKind(kind)
        case (.selectOne(let list), .choices(let names)): names.count == 1 && Self.known(names, list, questionnaire) ? nil : .unknownChoice
        case (.selectMultiple(let list), .choices(let names)): Set(names).count == names.count && Self.known(names, list, questionnaire) ? nil : .unknownChoice
        case _: .otherKind(kind)
        }
    }

    private static func known(_ names: [String], _ list: String, _ questionnaire: Questionnaire) -> Bool {
        let choices = Set(questionnaire.list(list)?.choices.map(\.name) ?? [])
        return names.allSatisfy(choices.contains)
    }
}
