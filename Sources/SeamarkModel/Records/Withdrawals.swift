public import SeamarkJournal

/// Who has withdrawn consent among some records, and what is not shown, counted or handed out for it: the quotes, answers (those to
/// questionnaires too) and checks that hold their words.
///
/// A function of the records alone. Consent is a lattice in which withdrawal wins, so a quote is hidden whether it was captured before or
/// after, by somebody who knew or did not. A quote or answer that names nobody is of everyone in its interview.
public struct Withdrawals: Sendable {
    /// Every person record of somebody who withdrew, twins among them.
    private let persons: Set<Identifier>

    /// - Parameter records: deleted ones may be among them; a withdrawal outlasts its record.
    public init(_ records: [RecordView]) {
        let people = records.filter { $0.type === Catalogue.person }
        guard people.contains(where: { $0.consent?.state == .withdrawn }) else {
            persons = []
            return
        }
        let twins = Twins(people)
        let withdrawn = Set(people.filter { $0.consent?.state == .withdrawn }.map { twins.root($0.id) })
        persons = Set(people.map(\.id).filter { withdrawn.contains(twins.root($0)) })
    }

    public var isEmpty: Bool { persons.isEmpty }

    public func includes(_ person: Identifier) -> Bool { persons.contains(person) }

    /// Did everyone in this interview withdraw?
    public func includesAll(of interview: RecordView) -> Bool {
        let persons = interview.references("persons")
        return !persons.isEmpty && persons.allSatisfy(includes)
    }

    /// - Parameter lookup: finds an interview.
    public func conceals(_ record: RecordView, _ lookup: (Identifier) -> RecordView?) -> Bool {
        guard !isEmpty, let type = record.type, [Catalogue.quote, Catalogue.answer, Catalogue.quickCheck, Catalogue.formAnswer].contains(where: { $0 === type }) else { return false }
        // Every head counts: one of two is enough for the strict reading.
        func ids(_ key: String) -> [Identifier] {
            type.field(key: key).map { record.state.heads(of: .field($0.number)).compactMap { $0.content.value?.id } } ?? []
        }
        return conceals(persons: ids("person"), interviews: ids("interview"), lookup)
    }

    /// Of what was said by these persons, or where none is named in these interviews.
    public func conceals(persons named: [Identifier], interviews: [Identifier], _ lookup: (Identifier) -> RecordView?) -> Bool {
        guard !isEmpty else { return false }
        guard named.isEmpty else { return named.contains(where: includes) }
        return interviews.contains { id in
            guard let interview = lookup(id) else { return false }
            let twin = interview.reference("mergedInto").flatMap(lookup)?.references("persons") ?? []
            return (interview.references("persons") + twin).contains(where: includes)
        }
    }

    /// The quotes, answers and five-signal checks among `records` that are not shown.
    public static func concealed(among records: [RecordView]) -> Set<Identifier> {
        let withdrawals = Withdrawals(records)
        guard !withdrawals.isEmpty else { return [] }
        let byId = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        return Set(records.filter { withdrawals.conceals($0) { byId[$0] } }.map(\.id))
    }
}
