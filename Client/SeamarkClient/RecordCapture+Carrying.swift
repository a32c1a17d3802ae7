import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
import SeamarkStore

/// A draft that was carried over to a later edition of its instrument, or would be.
public struct CarriedInterview: Sendable {
    public struct Row: Sendable {
        public let fate: InstrumentCarrying.Row
        /// What was answered.
        public let answer: RecordView
        /// Its rationale was redacted, or may not be seen, and stays behind.
        public let lacksWords: Bool
    }

    /// Editions, as engagements call them.
    public let from: String, to: String
    /// What the two interviews are called.
    public let draft: String, into: String
    /// Of this member's answers, each once.
    public let rows: [Row]
    /// Answers of other scorers: each carries their own.
    public let others: Int
    /// What else stays with the draft, in words, and how many.
    public let stays: [(label: String, count: Int)]
    /// Is there anything to store?
    public let isNew: Bool

    public var carried: [Row] { rows.filter { $0.fate.target != nil } }
}

/// Why a draft is not carried over; nothing was stored.
public enum InterviewCarryFailure: Error, Sendable {
    case isDeleted(String)
    case isFinal(String)
    case consentWithdrawn(String)
    /// This device does not hold the edition; those of the same key that it holds.
    case notPublished(String, [String])
    /// The edition is not a later one of the same instrument.
    case notLater(String, than: String)
    case nothingLater(String)

    public var isNotFound: Bool {
        switch self {
        case .notPublished, .nothingLater: true
        case .isDeleted, .isFinal, .consentWithdrawn, .notLater: false
        }
    }

    public var words: String {
        switch self {
        case .isDeleted(let name): "\(name) was deleted. Bring it back with 'seamark interview restore \(name)' first. Nothing was stored."
        case .isFinal(let name): "\(name) is finalised, and only drafts move. Its answers keep the edition that they were given to. Nothing was stored."
        case .consentWithdrawn(let name): "Somebody in \(name) has withdrawn consent: nothing that was said there is copied. Nothing was stored."
        case .notPublished(let named, let held):
            "This laptop holds no edition \(named)\(held.isEmpty ? "" : "; it holds \(held.joined(separator: ", "))"). If headquarters has published it, 'seamark sync' brings it. Nothing was stored."
        case .notLater(let named, let former): "\(named) is no later edition of \(former). A draft moves forward, within its instrument. Nothing was stored."
        case .nothingLater(let former): "This laptop holds no later edition of \(former). If headquarters has published one, 'seamark sync' brings it. Nothing was stored."
        }
    }
}

extension Device {
    /// Carries a draft over to a later edition of its instrument, durable when this returns, all or none: the interview that goes on with it is made
    /// where there is none, and takes this member's answers that are comparable (`InstrumentCarrying`). The draft and its answers are not touched.
    ///
    /// Whoever carries the same draft to the same edition, on whichever device, means the same interview.
    ///
    /// - Parameters:
    ///   - edition: `key@edition`; nil for the one that the engagement names, where it is later, else for the latest that is here.
    ///   - isTrial: everything is looked at and nothing stored.
    public func carry(draft name: String, to edition: String?, in scope: Identifier, isTrial: Bool = false) throws -> CarriedInterview {
        var done: CarriedInterview?
        func edits(_ state: DeviceState) throws -> [[Edit]] {
            guard let finder = RecordFinder(state, scope: scope) else { throw Refused.noSuchScope }
            let plan = try InterviewCarryPlan(name, to: edition, finder)
            let groups = try plan.edits(by: RecordCapture(finder, identity: state.identity, now: now(), salts: max(1, 2 * plan.rows.count)))
            done = plan.outcome(isNew: !groups.isEmpty)
            return groups
        }
        if isTrial { try judge(try edits(state), in: scope) } else { try captureAll(in: scope) { state, _ in try edits(state) } }
        guard let done else { preconditionFailure("a capture that succeeds was made") }
        return done
    }
}

/// What is to be carried over, on the state of one moment.
private struct InterviewCarryPlan {
    let finder: RecordFinder
    let draft: RecordView
    let earlier: Instrument, later: Instrument
    /// The interview that goes on with the draft; nil where it is to be made.
    let standing: RecordView?
    let rows: [CarriedInterview.Row]

    init(_ name: String, to edition: String?, _ finder: RecordFinder) throws {
        self.finder = finder
        let named = try finder.record(name, type: Catalogue.interview)
        guard let draft = finder.view(finder.merges.survivor(of: named.id)), !draft.isDeleted, !named.isDeleted else { throw InterviewCarryFailure.isDeleted(finder.name(of: named.id)) }
        self.draft = draft
        guard !Self.isFinal(draft) else { throw InterviewCarryFailure.isFinal(finder.name(of: draft.id)) }
        (earlier, later) = try Self.editions(of: draft, to: edition, finder)
        let withdrawals = Withdrawals(finder.all + finder.concealed)
        let standing = Self.standing(draft, later.reference, finder)
        for interview in [draft, standing].compactMap({ $0 }) {
            guard !interview.isDeleted else { throw InterviewCarryFailure.isDeleted(finder.name(of: interview.id)) }
            guard !Self.isFinal(interview) else { throw InterviewCarryFailure.isFinal(finder.name(of: interview.id)) }
            if interview.references("persons").contains(where: withdrawals.includes) { throw InterviewCarryFailure.consentWithdrawn(finder.name(of: interview.id)) }
        }
        self.standing = standing
        let own = Self.answers(of: draft.id, finder)
        var there: Set<String> = [], takenAway: Set<String> = []
        for answer in finder.all where answer.type === Catalogue.answer && answer.reference("scorer") == finder.member {
            guard let standing, let question = answer.text("question"), answer.reference("interview").map({ finder.merges.survivor(of: $0) }) == standing.id else { continue }
            if answer.isDeleted { takenAway.insert(question) } else { there.insert(question) }
        }
        rows = InstrumentCarrying(from: earlier, to: later, answered: Set(own.keys), standing: there, takenAway: takenAway.subtracting(there)).rows.compactMap { row in
            own[row.question].map { CarriedInterview.Row(fate: row, answer: $0, lacksWords: $0.isWithheld("rationale")) }
        }
    }

    private static func isFinal(_ interview: RecordView) -> Bool { (interview.integer("status") ?? 1) > 1 }

    private static func editions(of draft: RecordView, to edition: String?, _ finder: RecordFinder) throws(InterviewCarryFailure) -> (Instrument, Instrument) {
        let all = finder.instruments, engagement = EngagementReading.instrument(namedIn: finder.all)
        let from = draft.text("instrument") ?? engagement ?? Instrument.core9.reference
        guard let earlier = all.first(where: { $0.reference == from }) else { throw .notPublished(from, all.map(\.reference)) }
        let ofKey = all.filter { $0.key == earlier.key && $0.edition > earlier.edition }
        if let edition {
            guard let named = all.first(where: { $0.reference.lowercased() == edition.lowercased() }) else { throw .notPublished(edition, all.map(\.reference)) }
            guard ofKey.contains(where: { $0.reference == named.reference }) else { throw .notLater(named.reference, than: from) }
            return (earlier, named)
        }
        guard let later = ofKey.first(where: { $0.reference == engagement }) ?? ofKey.max(by: { $0.edition < $1.edition }) else { throw .nothingLater(from) }
        return (earlier, later)
    }

    /// The interview that goes on with the draft under this edition, deleted or not: that of the derived id, or one that says so (an import gives others).
    private static func standing(_ draft: RecordView, _ reference: String, _ finder: RecordFinder) -> RecordView? {
        let id = DerivedIdentifiers.carriedInterview(draft.id, to: reference, by: SystemPrimitives())
        let found = finder.view(id) ?? finder.all.first {
            $0.type === Catalogue.interview && !$0.isDeleted && $0.reference("carriedFrom") == draft.id && $0.text("instrument") == reference
        }
        return found.flatMap { finder.view(finder.merges.survivor(of: $0.id)) }
    }

    /// This member's answers in the draft, by question; of two, where interviews were merged, the one of the interview that stands.
    private static func answers(of draft: Identifier, _ finder: RecordFinder) -> [String: RecordView] {
        var found: [String: RecordView] = [:]
        for answer in finder.all where answer.type === Catalogue.answer && !answer.isDeleted && answer.reference("scorer") == finder.member {
            guard let interview = answer.reference("interview"), let question = answer.text("question"), finder.merges.survivor(of: interview) == draft else { continue }
            if found[question] == nil || interview == draft { found[question] = answer }
        }
        return found
    }

    // MARK: - What is stored

    private var target: Identifier { standing?.id ?? DerivedIdentifiers.carriedInterview(draft.id, to: later.reference, by: SystemPrimitives()) }

    /// Two who carry one draft give the interview the same handle, and so do not see it change.
    private var handle: String {
        let first = draft.handle ?? RecordFinder.short(draft.id)
        let stem = draft.reference("carriedFrom") == nil ? first : first.split(separator: ".").dropLast().joined(separator: ".")
        return "\(String((stem.isEmpty ? first : stem).prefix(33))).\(later.edition)"
    }

    /// Each group fits a change.
    func edits(by capture: RecordCapture) throws(RecordCapture.Failure) -> [[Edit]] {
        var groups = [interview(capture)].filter { !$0.isEmpty }
        var group: [Edit] = []
        for (count, row) in rows.filter({ $0.fate.target != nil }).enumerated() {
            guard let target = row.fate.target else { continue }
            let edits = answer(row, to: target, capture)
            if count % 32 == 0 || !Change.fitsABlock(group + edits), !group.isEmpty {
                groups.append(group)
                group = []
            }
            group += edits
        }
        return group.isEmpty ? groups : groups + [group]
    }

    private func interview(_ capture: RecordCapture) -> [Edit] {
        let type = Catalogue.interview
        var editing = capture.editing(type, target, standing.flatMap { finder.replica.record($0.id) })
        func set(_ key: String, _ value: Value) { if let field = type.field(key: key) { editing.set(field, value) } }
        if standing == nil {
            editing.create(at: capture.now, handle: handle)
            set("instrument", .text(later.reference))
            set("carriedFrom", .id(draft.id))
            for key in ["site", "unit", "startedAt", "endedAt", "place", "mode", "lead", "noteTaker"] { if let value = draft.value(key) { set(key, value) } }
        }
        // Who was there, and how strictly they are named, follows the draft for as long as anybody carries.
        if let persons = type.field(key: "persons") { for person in draft.references("persons") { editing.add(persons, .id(person)) } }
        if let strict = draft.integer("attribution"), strict > standing?.integer("attribution") ?? 0 { set("attribution", .int(strict)) }
        return editing.edits
    }

    private func answer(_ row: CarriedInterview.Row, to question: String, _ capture: RecordCapture) -> [Edit] {
        let type = Catalogue.answer, former = row.answer
        let id = DerivedIdentifiers.answer(interview: target, question: question, scorer: finder.member, by: SystemPrimitives())
        var editing = capture.editing(type, id, finder.replica.record(id))
        func set(_ key: String, _ value: Value) { if let field = type.field(key: key) { editing.set(field, value) } }
        editing.create(at: capture.now)
        set("interview", .id(target))
        set("question", .text(question))
        set("scorer", .id(finder.member))
        if let person = former.value("person") { set("person", person) }
        let members = AnswerReference.parted(former.value("response")?.group ?? []).filter { $0.number != 5 }
        set("response", .group(members.filter { $0.number < 5 } + [Value.Member(5, .text(row.fate.question))] + members.filter { $0.number > 5 }))
        if let rationale = former.value("rationale") { set("rationale", rationale) }
        if let reference = AnswerReference.text(of: former) { set("reference", .text(reference)) }
        if let evidence = type.field(key: "evidence") { for piece in former.elements("evidence") { editing.add(evidence, piece) } }
        return editing.edits
    }

    // MARK: - What is told

    func outcome(isNew: Bool) -> CarriedInterview {
        func count(_ type: RecordType, _ isCounted: (RecordView) -> Bool = { _ in true }) -> Int {
            finder.all.count { $0.type === type && !$0.isDeleted && $0.reference("interview").map { finder.merges.survivor(of: $0) } == draft.id && isCounted($0) }
        }
        let stays = [
            ("summary", draft.text("summary") == nil ? 0 : 1), ("observation", count(Catalogue.observation)), ("quote", count(Catalogue.quote)),
            ("answer to questionnaires", count(Catalogue.formAnswer)),
        ]
        return CarriedInterview(
            from: earlier.reference, to: later.reference, draft: finder.name(of: draft.id), into: standing.map { finder.name(of: $0.id) } ?? handle, rows: rows,
            others: count(Catalogue.answer) { $0.reference("scorer") != finder.member }, stays: stays.filter { $0.1 > 0 }.map { (label: $0.0, count: $0.1) }, isNew: isNew)
    }
}
