public import SeamarkJournal

/// How an answer stands in its record: free words in the field `text`, which is sensitive, everything else in the group `response`.
public enum FormResponse {
    // Members of the group.
    static let integer: UInt32 = 1
    static let number: UInt32 = 2
    static let date: UInt32 = 3
    static let choices: UInt32 = 4

    /// A double holds every whole number up to here.
    static let greatest: Int64 = 1 << 53
    static let mostChoices = 200

    /// Nothing, or what the field of words takes.
    static func mayBeWords(_ text: String) -> Bool { text.isEmpty || FieldKind.narrative.fault(in: .text(text)) == nil }

    /// What the two fields hold for an answer; nil for none.
    public static func values(of answer: FormAnswer?) -> (response: Value, text: Value) {
        switch answer {
        case nil: (.absent, .absent)
        case .text(let text)?: (.absent, text.isEmpty ? .absent : .text(text))
        case .integer(let value)?: (.group([Value.Member(integer, .int(value))]), .absent)
        case .decimal(let value)?: (.number(value).map { .group([Value.Member(number, $0)]) } ?? .absent, .absent)
        case .date(let days)?: (.group([Value.Member(date, .int(days))]), .absent)
        case .choices(let names)?: (names.isEmpty ? .absent : .group([Value.Member(choices, .list(names.map { .text($0) }))]), .absent)
        }
    }

    /// The answer that a value of the group is; nil where there is none, or one of a newer version.
    public static func answer(_ response: Value?) -> FormAnswer? {
        guard let members = response?.group, members.count == 1, let member = members.first else { return nil }
        switch member.number {
        case integer: return member.value.int.map { .integer($0) }
        case number: return member.value.double.map { .decimal($0) }
        case date: return member.value.int.map { .date($0) }
        case choices:
            let names = (member.value.list ?? []).compactMap(\.text)
            return names.isEmpty ? nil : .choices(names)
        case _: return nil
        }
    }
}

/// An answer as its record says it.
public struct FormAnswerRecord: Sendable {
    public let record: RecordView
    public let interview: Identifier
    public let questionnaire: Identifier
    public let question: String
    public let scorer: Identifier
    /// Nil where it was taken away, or may not be seen.
    public let answer: FormAnswer?

    /// Nil for other records, and for one that is not whole.
    public init?(_ view: RecordView) {
        guard view.type === Catalogue.formAnswer, let interview = view.reference("interview"), let questionnaire = view.reference("questionnaire"),
            let question = view.text("question"), let scorer = view.reference("scorer")
        else { return nil }
        (record, self.interview, self.questionnaire, self.question, self.scorer) = (view, interview, questionnaire, question, scorer)
        answer = FormResponse.answer(view.value("response")) ?? view.text("text").map { .text($0) }
    }

    /// There are words, and whoever reads may not see them.
    public var isWithheld: Bool { record.isWithheld("text") }
}

extension FormAnswerRecord {
    /// Is there an answer, whether it may be seen or not?
    public var isGiven: Bool { answer != nil || isWithheld }

    /// One for each interview, scorer and question among answers to one questionnaire, as if each was given in the interview that stands for its own.
    ///
    /// Where interviews were merged in which one scorer answered the same question, one of the rows stands: the one of the surviving interview, also
    /// where its answer was taken away; else one that holds an answer, then of the interview with the least id. The others are kept, and count again
    /// when the merge is undone.
    public static func settled(_ records: [FormAnswerRecord], _ merges: Merges) -> [FormAnswerRecord] {
        struct Place: Hashable {
            let interview: Identifier, questionnaire: Identifier, scorer: Identifier, question: String
        }
        func precedes(_ a: FormAnswerRecord, _ b: FormAnswerRecord) -> Bool {
            let isGone = (merges.isGone(a.interview), merges.isGone(b.interview))
            if isGone.0 != isGone.1 { return isGone.1 }
            return a.isGiven != b.isGiven ? a.isGiven : a.interview < b.interview
        }
        var order: [Place] = [], standing: [Place: FormAnswerRecord] = [:]
        for record in records {
            let place = Place(interview: merges.survivor(of: record.interview), questionnaire: record.questionnaire, scorer: record.scorer, question: record.question)
            if let other = standing[place] {
                if precedes(record, other) { standing[place] = record }
            } else {
                order.append(place)
                standing[place] = record
            }
        }
        return order.compactMap { standing[$0] }
    }
}

extension FormInterview {
    /// With what one scorer answered to the questionnaire in the interview.
    public init(_ form: Questionnaire, _ records: some Sequence<FormAnswerRecord>, clock: FormClock) {
        var answers: [String: FormAnswer] = [:], hidden: Set<String> = []
        for record in records {
            if let answer = record.answer { answers[record.question] = answer } else if record.isWithheld { hidden.insert(record.question) }
        }
        self.init(form, answers: answers, hidden: hidden, clock: clock)
    }
}
