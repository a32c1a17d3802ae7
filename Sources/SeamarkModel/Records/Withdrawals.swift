public import SeamarkJournal

/// Who has withdrawn consent among some records, and what is not shown, counted or handed out for it: the quotes, answers (those to
/// questionnaires too) and checks that hold their words.
///
/// A function of the records alone. Consent is a lattice in which withdrawal wins, so a quote is hidden whether it was captured before or
/// after, by somebody who knew or did not. A quote or answer that names nobody is of everyone in its interview, in those that it was merged into and
/// in those that were merged into it, through however many merges: what is answered after a merge stands in the surviving interview.
public struct Withdrawals: Sendable {
    /// Types of records that hold the words of whom they name, or of everyone in their interview; what a lead said of an interview may repeat them.
    public static let spoken = [Catalogue.quote, Catalogue.answer, Catalogue.formAnswer, Catalogue.quickCheck, Catalogue.interviewReview]

    /// Every person record of somebody who withdrew, twins among them.
    private let persons: Set<Identifier>
    /// Every interview in which they may have said what names nobody.
    private let interviews: Set<Identifier>

    /// - Parameter records: people and interviews, whatever else; deleted ones may be among them: a withdrawal outlasts its record.
    public init(_ records: [RecordView]) { self.init(records) { $0.state == .withdrawn } }

    /// The people who let nobody record them: who withdrew, and whose consent to something else says nothing of audio. Nobody who was not asked yet.
    public static func unrecorded(_ records: [RecordView]) -> Withdrawals {
        Withdrawals(records) { $0.state == .withdrawn || !$0.scope.contains(.audio) }
    }

    private init(_ records: [RecordView], where isMeant: (Consent) -> Bool) {
        let people = records.filter { $0.type === Catalogue.person }
        let meant = people.filter { $0.consent.map(isMeant) == true }
        guard !meant.isEmpty else {
            persons = []
            interviews = []
            return
        }
        let twins = Twins(people)
        let withdrawn = Set(meant.map { twins.root($0.id) })
        let persons = Set(people.map(\.id).filter { withdrawn.contains(twins.root($0)) })
        self.persons = persons
        let theirs = records.filter { record in record.type === Catalogue.interview && record.references("persons").contains { persons.contains($0) } }
        interviews = Self.merged(Set(theirs.map(\.id)), among: records)
    }

    /// What was carried over from one interview to the next stands in both.
    private static let carriedFrom = Catalogue.interview.field(key: "carriedFrom")?.number ?? 0

    /// The interviews, those that they were merged into and those that were merged into them, through however many merges.
    static func merged(_ start: Set<Identifier>, among records: [RecordView]) -> Set<Identifier> {
        // Every head counts: one of two is enough for the strict reading.
        var into: [Identifier: [Identifier]] = [:], from: [Identifier: [Identifier]] = [:]
        for interview in records where interview.type === Catalogue.interview {
            for head in [CommonField.mergedInto, carriedFrom].flatMap({ interview.state.heads(of: .field($0)) }) {
                guard let survivor = head.content.value?.id else { continue }
                into[interview.id, default: []].append(survivor)
                from[survivor, default: []].append(interview.id)
            }
        }
        func reached(_ next: [Identifier: [Identifier]]) -> Set<Identifier> {
            var all = start, open = Array(start)
            while let id = open.popLast() {
                for other in next[id] ?? [] where all.insert(other).inserted { open.append(other) }
            }
            return all
        }
        return reached(into).union(reached(from))
    }

    /// What is not shown any more once these records are as they are, and was before: what a withdrawal takes away.
    public struct Taken: Hashable, Sendable {
        public var quotes = 0
        /// To the instrument and to questionnaires.
        public var answers = 0
        /// Five-signal checks, and what a lead said of interviews.
        public var others = 0
        /// Rows of evidence whose bytes go: recordings of these people alone, and what only their answers rest on.
        public var recordings = 0
    }

    public static func taken(from before: [RecordView], to after: [RecordView]) -> Taken {
        var taken = Taken()
        let (former, now) = (Withdrawals(before), Withdrawals(after))
        for record in after where !record.isDeleted && now.conceals(record) && !former.conceals(record) {
            switch record.type?.number {
            case Catalogue.quote.number: taken.quotes += 1
            case Catalogue.answer.number, Catalogue.formAnswer.number: taken.answers += 1
            case _: taken.others += 1
            }
        }
        taken.recordings = now.evidence(among: after).subtracting(former.evidence(among: before)).count
        return taken
    }

    public var isEmpty: Bool { persons.isEmpty }

    public func includes(_ person: Identifier) -> Bool { persons.contains(person) }

    /// Did everyone in this interview withdraw?
    public func includesAll(of interview: RecordView) -> Bool {
        let persons = interview.references("persons")
        return !persons.isEmpty && persons.allSatisfy(includes)
    }

    public func conceals(_ record: RecordView) -> Bool {
        guard !isEmpty, let type = record.type, Self.spoken.contains(where: { $0 === type }) else { return false }
        // Every head counts: one of two is enough for the strict reading.
        func ids(_ key: String) -> [Identifier] {
            type.field(key: key).map { record.state.heads(of: .field($0.number)).compactMap { $0.content.value?.id } } ?? []
        }
        return conceals(persons: ids("person"), interviews: ids("interview"))
    }

    /// Of what was said by these persons, or where none is named in these interviews.
    public func conceals(persons named: [Identifier], interviews asked: [Identifier]) -> Bool {
        guard named.isEmpty else { return named.contains(where: includes) }
        return asked.contains { interviews.contains($0) }
    }

    /// The quotes, answers and five-signal checks among `records` that are not shown.
    public static func concealed(among records: [RecordView]) -> Set<Identifier> {
        let withdrawals = Withdrawals(records)
        guard !withdrawals.isEmpty else { return [] }
        return Set(records.filter { withdrawals.conceals($0) }.map(\.id))
    }
}
