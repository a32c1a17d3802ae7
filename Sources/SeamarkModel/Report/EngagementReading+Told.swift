import SeamarkJournal

// What stands behind a figure beside the lines: who said it, what was seen, counted and filed.
extension EngagementReading {
    /// A figure that somebody may follow to what it is made of.
    public struct Figure: Hashable, Sendable {
        public enum Kind: String, CaseIterable, Hashable, Sendable {
            case domain, seam, decision, constraint, line, headline, category, site, initiative, move
        }

        public var kind: Kind
        /// The domain's code, the category's word, `total` for the headline, else a handle.
        public var key: String

        public init(_ kind: Kind, _ key: String) {
            self.kind = kind
            self.key = key
        }
    }

    /// What was told of a figure, as far as a report may name it: handles alone, never a person; nothing of an interview that only the team
    /// may know; and no answers at all where fewer people than the minimum cell gave them.
    public struct Told: Hashable, Sendable {
        /// Scored answers, of a seam its scored modes.
        public var answers = 0
        public var people = 0
        public var grades: [EvidenceGrade: Int] = [:]
        public var interviews: [String] = []
        public var observations: [String] = []
        /// Timed cases of a decision that have a handle.
        public var samples: [String] = []
        public var evidence: [String] = []
        /// Too few people answered to say who and how much.
        public var isWithheld = false
        /// Handles are left out because the report is frozen.
        public var isFrozen = false
    }

    /// An answer that is scored, with where it was given.
    struct Source {
        var interview: RecordView
        var evidence: [Identifier]
    }

    mutating func tell(of domain: String, _ scored: [(answer: ScoredAnswer, source: Source)]) {
        let open = scored.filter { $0.source.interview.choice("attribution") != Self.teamOnly }
        var told = Told()
        told.people = Set(open.map(\.answer.respondent)).count
        guard told.people >= max(leastCell, CellSuppression.floor) else {
            told = Told()
            told.isWithheld = !scored.isEmpty
            self.told[Figure(.domain, domain)] = told
            return
        }
        told.answers = open.count
        for (answer, _) in open { told.grades[answer.grade, default: 0] += 1 }
        told.interviews = ordered(open.map { name(of: $0.source.interview) })
        told.evidence = names(open.flatMap(\.source.evidence))
        self.told[Figure(.domain, domain)] = told
    }

    static let teamOnly = "teamOnly"

    /// What was told of seams, decisions and constraints, and what was seen of all.
    mutating func readTold() {
        for view in of(Catalogue.seam) {
            guard let key = seamKey(view.id) else { continue }
            told[Figure(.seam, key), default: Told()].evidence = names(view.references("evidence"))
        }
        for row in of(Catalogue.seamModeScore) {
            guard let key = row.reference("seam").flatMap({ seamKey($0) }), let rating = row.group("rating"), rating.integer("score") != nil else { continue }
            told[Figure(.seam, key), default: Told()].answers += 1
            told[Figure(.seam, key), default: Told()].grades[rating.choice("grade").flatMap(EvidenceGrade.init(rawValue:)) ?? .d, default: 0] += 1
        }
        for view in of(Catalogue.decisionRight) {
            guard let key = decisionKeys[view.id] else { continue }
            told[Figure(.decision, key), default: Told()].evidence = names(view.references("evidence"))
        }
        for row in of(Catalogue.decisionSample) {
            guard let key = row.reference("decision").flatMap({ decisionKeys[survivor(of: $0)] }) else { continue }
            if let handle = row.handle { told[Figure(.decision, key), default: Told()].samples.append(ReportText.clean(handle)) }
        }
        for view in of(Catalogue.constraint) {
            guard let key = constraintKeys[view.id] else { continue }
            told[Figure(.constraint, key), default: Told()].evidence = names(view.references("evidence"))
        }
        for view in of(Catalogue.observation) {
            let interview = view.reference("interview").flatMap { byId[survivor(of: $0)] }
            guard interview?.choice("attribution") != Self.teamOnly else { continue }
            let figures = view.texts("domains").map { Figure(.domain, ReportText.clean($0)) } + view.references("seams").compactMap { seamKey($0) }.map { Figure(.seam, $0) }
            for figure in figures where told[figure] != nil || figure.kind == .seam { told[figure, default: Told()].observations.append(name(of: view)) }
        }
        for figure in told.keys {
            told[figure]?.observations.sort(by: HandleOrder.precedes)
            told[figure]?.samples.sort(by: HandleOrder.precedes)
        }
    }

    private func names(_ ids: [Identifier]) -> [String] { ordered(ids.compactMap { byId[survivor(of: $0)] }.filter { $0.type !== Catalogue.evidence || $0.choice("sensitivity") != Self.teamOnly }.map { name(of: $0) }) }
    private func ordered(_ names: [String]) -> [String] { Array(Set(names)).sorted(by: HandleOrder.precedes) }
}
