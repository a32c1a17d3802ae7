public import SeamarkJournal

/// What is missing before fieldwork can close: in each interview, in each domain, and in the records.
///
/// It refuses nothing, and it says nothing of interviews whose people have all withdrawn consent.
public struct FieldworkCheck: Sendable {
    /// One interview that still stands: not deleted, not merged into another.
    public struct Interview: Sendable {
        public let record: Identifier
        /// What it is called.
        public let name: String
        /// Finalised, reviewed or locked.
        public let isFinalised: Bool
        /// Questions that its people's levels are asked, of the domains in scope, in the instrument's order.
        public let asked: [String]
        /// Those of them that nobody has answered yet; "does not know" and "does not apply" are answers.
        public let unanswered: [String]
        /// What keeps it from being finalised, or is wrong with it.
        public let obstacles: [Finding]

        public var isDone: Bool { isFinalised && obstacles.allSatisfy(\.isAdvice) }
    }

    /// A domain in scope, and how well it was asked about.
    public struct Domain: Hashable, Sendable {
        public let code: String
        public let name: String
        /// People with a score in it.
        public let people: Int
        /// Questions of it that hold a score, of how many.
        public let scored: Int
        public let questions: Int
        /// Below `RiskCalculation.rankedConfidence` it is not ranked; nil: not assessed.
        public let confidence: Double?

        public var isThin: Bool { !Bound.reaches(confidence ?? 0, RiskCalculation.rankedConfidence) }
    }

    public let interviews: [Interview]
    public let domains: [Domain]
    /// Other records that want something, in the order of types and handles.
    public let findings: [Finding]

    /// Everyone was heard, every domain can be ranked, and no record wants anything but what is advice.
    public var isComplete: Bool { !interviews.isEmpty && interviews.allSatisfy(\.isDone) && !domains.contains(where: \.isThin) && findings.allSatisfy(\.isAdvice) }

    /// - Parameters:
    ///   - records: those of one engagement; those of the shared scope may be among them.
    ///   - now: milliseconds since 1970, to know the future by; nil looks for none.
    ///   - former: earlier editions, by what interviews call them.
    public init(
        _ records: [RecordView], instrument: Instrument = .core9, now: Int64? = nil, former: (String) -> Instrument? = Instrument.builtIn
    ) throws(ReportError) {
        let reading = try EngagementReading(records, instrument: instrument, former: former)
        let scope = Set(reading.engagement.texts("inScopeDomains"))
        let inScope = instrument.domains.filter { scope.isEmpty || scope.contains($0.code) }
        var answered: [Identifier: Set<String>] = [:]
        for answer in reading.of(Catalogue.answer) {
            if let interview = answer.reference("interview"), let question = reading.comparable[answer.id] ?? answer.text("question") { answered[reading.survivor(of: interview), default: []].insert(question) }
        }
        var interviews: [Interview] = []
        let views = reading.of(Catalogue.interview)
        // Who withdrew is told to whoever finalises, and to nobody who looks at the whole.
        let obstacles = Findings.obstacles(toFinalising: views.map(\.id), in: records).mapValues { $0.filter { $0.kind != .withdrawnConsent } }
        let future = now.map { now in FutureTimes.findings(in: records.filter { !reading.withdrawals.conceals($0) }, now: now) } ?? []
        for view in views where !reading.withdrawals.includesAll(of: view) && !reading.carried.isPassedOver(view.id) {
            let levels = Set(view.references("persons").compactMap { reading.byId[reading.survivor(of: $0)]?.choice("level").flatMap(RespondentLevel.init(rawValue:)) })
            let asked = inScope.flatMap(\.questions).filter { !levels.isDisjoint(with: $0.asked) }.map(\.id)
            let given = answered[view.id] ?? []
            interviews.append(Interview(
                record: view.id, name: reading.name(of: view), isFinalised: (view.integer("status") ?? 1) >= 2, asked: asked,
                unanswered: asked.filter { !given.contains($0) }, obstacles: (obstacles[view.id] ?? []) + future.filter { $0.record == view.id }))
        }
        self.interviews = interviews
        domains = reading.domains.filter(\.isInScope).map { domain in
            let questions = instrument.domain(domain.code)?.questions.count ?? 0
            return Domain(
                code: domain.code, name: domain.name, people: domain.respondents, scored: domain.score?.questions.count ?? 0, questions: questions,
                confidence: domain.score?.confidence)
        }
        let told = Set(views.map(\.id))
        // Of an interview what stands before finalising is told with it; the rest here.
        let ofInterviews: Set<Finding.Kind> = [.unknownInstrument, .reviewRejected, .reviewOpen]
        findings = (Findings.all(in: records, instrument: instrument) + future).filter { !told.contains($0.record) || ofInterviews.contains($0.kind) }
    }
}
