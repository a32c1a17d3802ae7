/// A questionnaire asked question by question: takes what was typed, says what to keep and what to show next. Reads and writes nothing itself.
///
/// An empty line goes on (and is refused where an answer is needed and there is none), `-` takes an answer away, `<` goes back to the question
/// before, `.` ends, and `\` before a line takes it as it stands. Whoever asks keeps an answer before the next question is shown.
public struct FormConversation: Sendable {
    /// A question as it is put.
    public struct Prompt: Hashable, Sendable {
        public let name: String
        public let kind: Questionnaire.Kind
        public let label: String
        public let hint: String?
        /// In order; each is called by its place from 1, or its name.
        public let choices: [String]
        /// What it was answered before, in words.
        public let present: String?
        /// It was answered, in words that were redacted or may not be seen.
        public let isHidden: Bool
        public let isRequired: Bool
    }

    /// What is shown on the way to a question.
    public enum Passed: Hashable, Sendable {
        case heading(String)
        case note(String)
    }

    public enum Step: Hashable, Sendable {
        /// Keep this (nil: take it away), then go on.
        case answered(name: String, FormAnswer?)
        /// Why it was not taken, as a sentence; the question stays.
        case refused(String)
        case moved
        case ended
    }

    public private(set) var interview: FormInterview
    public let language: String
    /// The question that is put; nil at the end.
    public private(set) var current: String?
    /// Where it was shown what leads up to the current question.
    private var shownTo = -1
    private let order: [String: Int]

    private var form: Questionnaire { interview.questionnaire }

    /// Begins with the first question that is asked and has no answer.
    public init(_ interview: FormInterview, language: String) {
        self.interview = interview
        self.language = language
        order = Dictionary(uniqueKeysWithValues: interview.questionnaire.all.enumerated().map { ($0.element.name, $0.offset) })
        current = questions.first { !interview.isAnswered($0.name) }?.name
    }

    /// At a question that is asked, or at the end (nil).
    public init(_ interview: FormInterview, language: String, at name: String?) {
        self.init(interview, language: language)
        current = name
    }

    private var questions: [Questionnaire.Item] { interview.asked.filter(\.kind.isAnswered) }

    private func words(_ words: FormWords) -> String? { words.text(in: language, of: form.languages).map { interview.words($0) } }

    public var prompt: Prompt? {
        guard let current, let item = form.all.first(where: { $0.name == current }) else { return nil }
        let choices = (item.kind.list.flatMap(form.list)?.choices ?? []).map { $0.label.text(in: language, of: form.languages) ?? $0.name }
        let label = words(item.label)
        return Prompt(
            name: item.name, kind: item.kind, label: label ?? words(item.hint) ?? item.name, hint: label == nil ? nil : words(item.hint), choices: choices,
            present: interview.answers[current].map { form.text(of: $0, to: item, in: language) }, isHidden: interview.hidden.contains(current), isRequired: interview.isRequired(item))
    }

    /// Headings and notes between what was shown and the current question, or the end; each is given once on the way forward.
    public mutating func passed() -> [Passed] {
        let end = current.flatMap { order[$0] } ?? order.count
        guard end > shownTo else {
            shownTo = end
            return []
        }
        // Who goes on where they left off sees the headings that they are under, and what stands behind the question before.
        let around = Set(groups(around: current ?? "")), before = shownTo < 0 ? questions.compactMap { order[$0.name] }.last { $0 < end } ?? -1 : -1
        let passed = interview.asked.compactMap { item -> Passed? in
            guard let place = order[item.name], place > shownTo, place < end else { return nil }
            if place < before, !around.contains(item.name) { return nil }
            guard let text = words(item.label) ?? words(item.hint) else { return nil }
            switch item.kind {
            case .group: return .heading(text)
            case .note: return .note(text)
            case .text, .integer, .decimal, .date, .selectOne, .selectMultiple: return nil
            }
        }
        shownTo = end
        return passed
    }

    private func groups(around name: String) -> [String] {
        form.all.filter { group in Questionnaire.flat(group.items).contains { $0.name == name } }.map(\.name)
    }

    /// What a line means for the current question.
    public mutating func take(_ line: String) -> Step {
        guard let current, let item = form.all.first(where: { $0.name == current }) else { return .ended }
        switch FormTextTables.trimmed(line[...]) {
        case ".": return .ended
        case "<":
            move(by: -1)
            return .moved
        case "-":
            if interview.isRequired(item) { return .refused(required(item)) }
            guard interview.isAnswered(current) else {
                move(by: 1)
                return .moved
            }
            try? interview.answer(current, nil, language: language)
            move(by: 1)
            return .answered(name: item.name, nil)
        case "":
            if !interview.isAnswered(current), interview.isRequired(item) { return .refused(required(item)) }
            move(by: 1)
            return .moved
        case _: return keep(line.hasPrefix("\\") ? String(line.dropFirst()) : line, item)
        }
    }

    private mutating func keep(_ text: String, _ item: Questionnaire.Item) -> Step {
        do throws(FormAnswerFault) {
            guard let answer = try form.answer(typed: text, to: item, isNumbered: true, today: interview.clock.today) else {
                move(by: 1)
                return .moved
            }
            if interview.answers[item.name] == answer {
                move(by: 1)
                return .moved
            }
            try interview.answer(item.name, answer, language: language)
            move(by: 1)
            return .answered(name: item.name, answer)
        } catch {
            if case .constraint(let words?) = error { return .refused(words) }
            if case .unknownChoice = error { return .refused("Type the number of \(item.kind.word == "select_one" ? "a choice" : "each choice, with blanks between them").") }
            return .refused("This \(error.demand).")
        }
    }

    private func required(_ item: Questionnaire.Item) -> String { words(item.requiredMessage) ?? "This must be answered ('.' ends here, and what was answered is kept)." }

    /// To the question before or behind the current one, as things are answered now.
    private mutating func move(by step: Int) {
        guard let here = current.flatMap({ order[$0] }) else { return }
        let places = questions.compactMap { order[$0.name] }
        let next = step > 0 ? places.first { $0 > here } : places.last { $0 < here }
        let names = form.all
        if let next { current = names[next].name } else if step > 0 { current = nil }
        if step < 0, let next { shownTo = min(shownTo, next) }
    }

    /// To the last question that is asked, from the end.
    public mutating func goBackFromEnd() {
        guard current == nil, let last = questions.last else { return }
        current = last.name
        shownTo = order[last.name] ?? shownTo
    }
}
