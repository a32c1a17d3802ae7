public import SeamarkJournal

/// A question of a questionnaire of one's own, in a guided interview.
public struct FormSpot: Hashable, Sendable {
    /// The record of the questionnaire.
    public let form: Identifier
    /// The question's.
    public let name: String

    public init(form: Identifier, name: String) { (self.form, self.name) = (form, name) }
}

/// A questionnaire of one's own, as one scorer answers it in a guided interview.
public struct InterviewForm: Hashable, Sendable {
    public let record: Identifier
    /// `shift-check@2`.
    public let reference: String
    public let key: String
    /// With the scorer's answers.
    public let talk: FormInterview
    /// When the scorer gave the answers that are there, by question.
    public let stamps: [String: Stamp]
    /// A later edition that could be asked; this one is, since it was begun.
    public let successor: String?

    public init(record: Identifier, reference: String, key: String, talk: FormInterview, stamps: [String: Stamp] = [:], successor: String? = nil) {
        (self.record, self.reference, self.key, self.talk, self.stamps, self.successor) = (record, reference, key, talk, stamps, successor)
    }

    /// The questions that are asked as things were answered, in the form's order.
    public var asked: [Questionnaire.Item] { talk.asked.filter(\.kind.isAnswered) }

    func item(_ name: String) -> Questionnaire.Item? { talk.questionnaire.all.first { $0.name == name && $0.kind.isAnswered } }

    /// An answer as it would be typed: choices by their numbers.
    func typed(_ answer: FormAnswer, to item: Questionnaire.Item) -> String {
        guard case .choices(let names) = answer else { return talk.questionnaire.text(of: answer, to: item, in: talk.questionnaire.languages[0]) }
        let choices = item.kind.list.flatMap(talk.questionnaire.list)?.choices ?? []
        return names.map { name in choices.firstIndex { $0.name == name }.map { "\($0 + 1)" } ?? name }.joined(separator: " ")
    }
}

extension HeldQuestionnaire {
    /// Those that one scorer is asked in an interview, of each key one: the greatest edition that the scorer began there, else the newest that is not
    /// retired. With a later edition that could be asked instead.
    ///
    /// - Parameter begun: records of the questionnaires that the scorer answered there.
    public static func asked(of all: [HeldQuestionnaire], begun: Set<Identifier>) -> [(held: HeldQuestionnaire, successor: String?)] {
        var keys: [String] = []
        for held in all where !keys.contains(held.key.lowercased()) { keys.append(held.key.lowercased()) }
        return keys.compactMap { key in
            let ofKey = all.filter { $0.key.lowercased() == key }
            let newest = ofKey.filter { !$0.isRetired }.max { $0.edition < $1.edition }
            guard let held = ofKey.filter({ begun.contains($0.record) }).max(by: { $0.edition < $1.edition }) ?? newest else { return nil }
            return (held, newest.flatMap { $0.edition > held.edition ? $0.reference : nil })
        }
    }
}
