import SeamarkJournal

/// Forms that were read while changes are judged: a form is read once, however many answers to it one change or a batch of them holds.
public struct FormsAtHand: Sendable {
    /// So many are kept; a batch that answers more questionnaires in turn reads them again.
    static let most = 16

    private struct Kept {
        /// The very edit that says the document: what says another one is another form.
        let document: EditName
        let form: Questionnaire?
    }

    private var forms: [Identifier: Kept] = [:]
    /// How often a document was read.
    private(set) var readings = 0

    public init() {}

    /// The form of a questionnaire's record; nil where it is not known here, or not readable by this version.
    mutating func form(_ id: Identifier, _ lookup: (Identifier) -> RecordState?) -> Questionnaire? {
        guard let state = lookup(id), state.type == Catalogue.questionnaire.number, let field = Catalogue.questionnaire.field(key: "document"),
            let head = state.heads(of: .field(field.number)).last, case .text(let document)? = head.content.value
        else { return nil }
        if let kept = forms[id], kept.document == head.name { return kept.form }
        readings += 1
        let form = try? Questionnaire(document: document)
        if forms.count >= Self.most { forms.removeAll() }
        forms[id] = Kept(document: head.name, form: form)
        return form
    }
}

extension Judgement {
    /// What a value of a record is once the edits are applied; nil where there is none or it is not to be seen.
    private static func value(_ key: String, _ edits: ArraySlice<Edit>, _ type: RecordType, _ state: RecordState?) -> Value? {
        guard let field = type.field(key: key) else { return nil }
        if let edit = edits.last(where: { $0.target == .field(field.number) }) { return edit.content.value }
        guard let state, case .value(let value) = RecordView(id: .zero, state: state).shown(field) else { return nil }
        return value
    }

    private static func says(_ key: String, _ edits: ArraySlice<Edit>, _ type: RecordType) -> Edit? {
        type.field(key: key).flatMap { field in edits.last { $0.target == .field(field.number) && $0.content.value != .absent } }
    }

    /// A questionnaire holds a form that can be read, and says of it what the form says.
    static func faultOfDocument(_ edits: ArraySlice<Edit>) -> (edit: Edit, words: String)? {
        let type = Catalogue.questionnaire
        guard let edit = says("document", edits, type), let document = edit.content.value?.text else { return nil }
        guard let form = try? Questionnaire(document: document) else {
            return (edit, "is no form that this version reads; import the spreadsheet with 'form add', or update Seamark")
        }
        for (key, text) in [("formKey", form.key), ("version", form.edition), ("title", form.title)] {
            if let said = says(key, edits, type), said.content.value?.text != text { return (said, "is not what the form itself says; import the spreadsheet with 'form add'") }
        }
        return nil
    }

    /// An answer fits the question that it names, as far as the form and the answer alone say it. What its other answers have to do with it (whether
    /// it is asked, a condition over several) is for whoever asks, since they may change at any time; so is the day on which a condition is looked at.
    static func faultOfAnswer(
        _ edits: ArraySlice<Edit>, _ state: RecordState?, _ forms: inout FormsAtHand, _ work: FormWork, newer: Bool, _ lookup: (Identifier) -> RecordState?
    ) -> (edit: Edit, refusal: Refusal, words: String)? {
        let type = Catalogue.formAnswer
        let said = ["question", "response", "text"].compactMap { says($0, edits, type) }
        guard let first = said.first, let id = value("questionnaire", edits, type, state)?.id, let name = value("question", edits, type, state)?.text,
            let form = forms.form(id, lookup)
        else { return nil }
        guard let item = form.all.first(where: { $0.name == name && $0.kind.isAnswered }) else {
            return (first, .contradiction, "names a question that its questionnaire does not have; see 'form show'")
        }
        for edit in said where edit.target != .field(12) {
            guard let value = edit.content.value else { continue }
            let answer: FormAnswer? = if case .text(let text) = value { .text(text) } else { FormResponse.answer(value) }
            guard let answer else {
                if newer { continue }
                return (edit, .wrongKind, "is no answer; update Seamark")
            }
            if let fault = form.faultByItself(answer, to: item, work) { return (edit, fault.refusal, fault.demand) }
        }
        return nil
    }
}

extension Questionnaire {
    /// Why an answer is none to a question, whatever else was answered and whatever the day; nil if it may be one.
    func faultByItself(_ answer: FormAnswer, to item: Item, _ work: FormWork) -> FormAnswerFault? {
        if let fault = FormInterview.fault(of: answer, kind: item.kind, self) { return fault }
        guard let constraint = item.constraint, constraint.isOfTheAnswerAlone else { return nil }
        let named = constraint.choiceQuestions
        let choices: [String: [ChoiceList.Choice]] = named.isEmpty ? [:] : Dictionary(uniqueKeysWithValues: all.filter { named.contains($0.name) }.map { ($0.name, $0.kind.list.flatMap(list)?.choices ?? []) })
        // It looks at no clock, and at no other answer.
        let setting = FormLogic.Setting(
            answer: { _ in .text("") }, isAsked: { _ in false }, current: FormInterview.value(answer), clock: .day(0), choices: { choices[$0] ?? [] }, languages: languages, work: work)
        let holds = constraint.value(in: setting).truth
        return work.isExhausted ? .tooMuchWork : holds ? nil : .constraint(nil)
    }
}

extension FormAnswerFault {
    /// What stands for it on the wire.
    var refusal: Refusal {
        switch self {
        case .unknownQuestion, .notAsked, .constraint: .contradiction
        case .otherKind, .unknownChoice: .wrongKind
        case .tooLong, .steers: .badText
        case .required: .missing
        case .tooMuchWork: .outOfBounds
        }
    }

    /// What is to be done, without a word of the form or of the answer.
    public var demand: String {
        switch self {
        case .unknownQuestion: "names a question that the questionnaire does not have; see 'form show'"
        case .notAsked: "is not asked, as other questions are answered; see 'form status'"
        case .otherKind(let kind): "must be \(kind.demand)"
        case .unknownChoice: "must be among the choices of its question, each once; see 'form show'"
        case .tooLong(let most): "has at most \(most) characters; shorten it"
        case .steers: "holds a control character, or one that turns the direction of text; remove it"
        case .constraint: "does not meet the condition that its questionnaire sets; see 'form show'"
        case .required: "must be answered"
        case .tooMuchWork: "and the answers before it take more work to look at than one change may; give fewer or shorter answers at once"
        }
    }
}

extension Questionnaire.Kind {
    var demand: String {
        switch self {
        case .text: "words"
        case .integer: "a whole number such as 12"
        case .decimal: "a number such as 12.5"
        case .date: "a date such as 2026-03-17"
        case .selectOne: "one of the choices of its question"
        case .selectMultiple: "choices of its question"
        case .note, .group: "nothing: it is not answered"
        }
    }
}
