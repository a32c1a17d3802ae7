public import SeamarkJournal

/// An engagement's records as the calculation takes them, with what was left out and why.
///
/// Where a field has several heads, the one shown first is read; `EngagementReport` lists such conflicts. Records that were merged into
/// a twin count as that twin. The order of the records makes no difference.
public struct EngagementReading: Sendable {
    /// A line that is priced and counted.
    public struct Line: Hashable, Sendable {
        /// Its handle; its id where two lines share a handle. Names the line's random numbers.
        public var key: String
        public var record: Identifier
        public var title: String
        /// The status as a word: `draft`, `priced`, `reviewed`, `reconciled`.
        public var status: String
        public var site: String?
        /// In the order of `PricedLine.amount.parts`; empty for a single range.
        public var factors: [Factor]
        /// The grade as captured, where fewer than three months of data cap it.
        public var capturedGrade: EvidenceGrade?
        /// What its pieces of evidence prove of its grade: what the gate counts.
        public var provenGrade: EvidenceGrade
        public var evidence: [Evidence]
        /// Keys of the constraint and of the decision that it stands for.
        public var constraint: String?
        public var decision: String?
        public var valueStream: String?
        public var variant: PricingVariant?
        /// How it was priced, in the words of whoever did.
        public var basis: String?
        /// How its parts make money a year, where a variant or what was observed prices it.
        public var formula: String?

        /// A piece of evidence by its handle.
        public struct Evidence: Hashable, Sendable {
            public var key: String
            public var kind: String
        }

        public struct Factor: Hashable, Sendable {
            public var name: String
            public var unit: String
        }
    }

    /// A seam with what people ask about it.
    public struct Seam: Hashable, Sendable {
        public var key: String
        public var record: Identifier
        public var name: String
        public var from: String?
        public var to: String?
        public var object: String?
        public var ownerFrom: String?
        public var ownerTo: String?
        public var isAIExposed: Bool
        public var severity: SeamSeverity?
        public var valueStream: String?
        /// Automated decisions a week, after over before.
        public var velocity: ThreePoint?
        public var failureCost: YearlyCost?
    }

    /// A domain of the instrument as the answers have it.
    public struct Domain: Hashable, Sendable {
        public var code: String
        public var name: String
        public var isInScope: Bool
        /// It was asked about, in scope, and nobody could score it: covered by nothing, and not the same as never asked.
        public var isAskedInVain: Bool
        /// Nil where nobody scored it, or it is out of scope.
        public var score: DomainScore?
        /// The perception gap, only where enough people stand on both sides that nobody can be found out (`CellSuppression`).
        public var shownGap: Double?
        public var respondents: Int
        /// Questions whose score a lead ruled.
        public var reviewed: [String]
    }

    /// An overlap that counts.
    public struct Judged: Hashable, Sendable {
        public var first: String
        public var second: String
        /// 0…1.
        public var share: Double
        public var reason: String
    }

    /// Something captured that the figures do not hold, as a sentence that follows the record's name.
    public struct LeftOut: Hashable, Sendable {
        public var type: RecordTypeNumber
        public var record: Identifier
        /// The record's handle, or its id as text.
        public var name: String
        public var words: String
        /// Money is missing from the figures.
        public var isMoney: Bool
        /// Of an answer that no figure holds because its interview names an edition that this engagement has not come from.
        public var unscored: Unscored?

        public struct Unscored: Hashable, Sendable {
            /// The interview's handle, or its id as text.
            public var interview: String
            public var edition: String
        }
    }

    public internal(set) var input = RiskInput(lines: [])
    public internal(set) var settings = RiskSettings()
    public let instrument: Instrument
    public let engagement: RecordView
    public let currency: String
    /// In the order of handles as people count.
    public internal(set) var lines: [Line] = []
    public internal(set) var seams: [Seam] = []
    /// In the order of the instrument.
    public internal(set) var domains: [Domain] = []
    public internal(set) var overlaps: [Judged] = []
    public internal(set) var leftOut: [LeftOut] = []
    /// In the order of handles, as all that follows.
    public internal(set) var constraints: [Constraint] = []
    public internal(set) var decisions: [Decision] = []
    public internal(set) var initiatives: [InitiativeReading] = []
    /// What people ruled on initiatives, by key.
    public internal(set) var rulings: [String: InvestmentSequence.Ruling] = [:]
    /// In the order of their days.
    public internal(set) var gates: [GateReview] = []
    public internal(set) var moves: [MoveReading] = []
    public internal(set) var drift: [DriftReading] = []
    public internal(set) var quickChecks: [QuickCheck] = []
    /// The one that began last.
    public internal(set) var cycle: Cycle?
    /// By question, 1 to 6.
    public internal(set) var boardAnswers: [Int: BoardAnswer] = [:]
    /// When somebody last said something that the headline rests on: milliseconds since 1970, the effective time.
    public internal(set) var pricedAt: Int64 = 0
    public internal(set) var checkAnswers: [CheckAnswer] = []
    /// What stands behind figures beside the lines.
    public internal(set) var told: [Figure: Told] = [:]
    /// The lines as the structural checks look at them.
    public internal(set) var checkedLines: [CheckedLine] = []
    /// The day that ages are counted to, since 1970: the one given, else that of the last change.
    public let today: Int64
    /// What the programme may spend, in the main unit; nil: unknown.
    public internal(set) var budget: Double?
    public internal(set) var horizonMonths = 36.0
    public internal(set) var hurdle = 1.0
    public internal(set) var sites: [String] = []
    /// Interviews whose answers are used, and the people who answered in them with consent.
    public internal(set) var interviews = 0
    public internal(set) var people = 0
    /// Answers that the scores hold.
    public internal(set) var answers = 0
    /// Of answers that were given to an earlier edition of the instrument: the question of this one that each counts for.
    var comparable: [Identifier: String] = [:]
    /// Quotes and answers that are left out because whoever said them withdrew consent: how many, and nothing else.
    public internal(set) var withdrawnQuotes = 0
    public internal(set) var withdrawnAnswers = 0
    /// Sensitive values that were redacted.
    public internal(set) var redactions = 0
    let withdrawals: Withdrawals
    /// The fewest people that a breakdown may show.
    public internal(set) var leastCell = CellSuppression.standard

    /// The records that are not deleted, in the order of types, handles and ids.
    let records: [RecordView]
    let byId: [Identifier: RecordView]
    let merges: Merges
    /// Which interviews go on under another edition of the instrument.
    let carried: CarriedInterviews
    var constraintKeys: [Identifier: String] = [:]
    var decisionKeys: [Identifier: String] = [:]
    /// What the answers say by place, for lines that name one.
    var scopes: [Identifier: [DomainReading]] = [:]

    /// The instrument that the engagement names (`core-9@1`); nil if it names none.
    public static func instrument(namedIn records: [RecordView]) -> String? {
        engagement(in: records)?.text("instrument")
    }

    static func engagement(in records: [RecordView]) -> RecordView? {
        records.filter { $0.type === Catalogue.engagement && !$0.isDeleted }.min { $0.id < $1.id }
    }

    /// Reads `records`: those of one engagement; records of the shared scope among them do no harm.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970, to tell the day of the cycle and what has expired; nil: the time of the last change.
    ///   - former: editions by what interviews call them, as far as they are at hand: what was answered to one that `instrument` came after counts
    ///     for the question that is comparable.
    public init(
        _ records: [RecordView], instrument: Instrument = .core9, now: Int64? = nil, former: (String) -> Instrument? = Instrument.builtIn
    ) throws(ReportError) {
        guard let engagement = EngagementReading.engagement(in: records) else { throw .noEngagement }
        if let named = engagement.text("instrument"), named != instrument.reference {
            throw .otherInstrument(named: named, given: instrument.reference)
        }
        self.engagement = engagement
        self.instrument = instrument
        currency = ReportText.clean(engagement.text("currency") ?? "")
        let present = records.filter { !$0.isDeleted }
        let time = now ?? records.lazy.filter { $0.type?.home == .engagement }.map(EngagementReading.effective).max() ?? 0
        today = time / 86_400_000
        let withdrawals = Withdrawals(records)
        self.withdrawals = withdrawals
        let hidden = withdrawals.isEmpty ? [] : Set(present.filter { withdrawals.conceals($0) }.map(\.id))
        withdrawnQuotes = present.count { hidden.contains($0.id) && $0.type === Catalogue.quote }
        withdrawnAnswers = present.count { hidden.contains($0.id) && $0.type === Catalogue.answer }
        redactions = Redactions(records).count
        self.records = present.filter { !hidden.contains($0.id) }.sorted { left, right in
            if left.state.type != right.state.type { return left.state.type < right.state.type }
            let a = left.handle ?? "", b = right.handle ?? ""
            return a != b ? HandleOrder.precedes(a, b) : left.id < right.id
        }
        merges = Merges(records)
        carried = CarriedInterviews(self.records, merges, instrument: instrument)
        byId = Dictionary(self.records.map { ($0.id, $0) }) { first, _ in first }
        readSettings()
        sites = of(Catalogue.site).compactMap { $0.text("name").map { ReportText.clean($0) } }
        readDomains(former)
        readSeams()
        readConstraints()
        readDecisions()
        readLines()
        readOverlaps()
        readGates()
        readInitiatives()
        readCycle()
        readAnswers()
        readTold()
        input.matrix = instrument.matrix
        let financials = engagement.group("financials")
        input.plannedOperatingIncome = financials?.number("plannedOperatingIncome").map { $0 / 100 }
        input.revenue = financials?.number("revenue").map { $0 / 100 }
    }

    // MARK: - Finding records

    /// Records of one type that stand for themselves.
    func of(_ type: RecordType) -> [RecordView] { records.filter { $0.type === type && survivor(of: $0.id) == $0.id } }

    /// The record that stands for this one (`Merges`).
    func survivor(of id: Identifier) -> Identifier { merges.survivor(of: id) }

    /// Keys of records: handles, or ids where two share one.
    func keys(_ records: [RecordView]) -> [Identifier: String] {
        var count: [String: Int] = [:]
        for record in records { count[record.handle?.lowercased() ?? "", default: 0] += 1 }
        return Dictionary(records.map { record in
            guard let handle = record.handle, count[handle.lowercased()] == 1 else { return (record.id, record.id.description) }
            return (record.id, ReportText.clean(handle))
        }) { first, _ in first }
    }

    /// Its handle; of a record without one what it is about, as far as that has a handle; else its id.
    func name(of record: RecordView) -> String {
        if let handle = record.handle { return ReportText.clean(handle) }
        func called(_ field: String) -> String? { record.reference(field).flatMap { byId[survivor(of: $0)]?.handle ?? byId[$0]?.handle }.map { ReportText.clean($0) } }
        let about: (String?, String, String?) =
            switch record.type {
            case .some(let type) where type === Catalogue.overlap: (called("first"), " and ", called("second"))
            case .some(let type) where type === Catalogue.initiativeTarget: (called("initiative"), " on ", called("line"))
            case .some(let type) where type === Catalogue.answer: (called("interview"), "/", record.text("question").map { ReportText.clean($0) })
            case .some(let type) where type === Catalogue.gateResult: (called("review"), ", ", record.choice("criterion"))
            case .some(let type) where type === Catalogue.seamModeScore: (called("seam"), ", ", record.choice("mode").map { FieldDefinition.words(of: $0) })
            case _: (nil, "", nil)
            }
        guard let first = about.0, let second = about.2 else { return record.id.description }
        return first + about.1 + second
    }

    mutating func leaveOut(_ record: RecordView, _ words: String, isMoney: Bool = false, unscored: LeftOut.Unscored? = nil) {
        leftOut.append(LeftOut(type: record.state.type, record: record.id, name: name(of: record), words: words, isMoney: isMoney, unscored: unscored))
    }

    private mutating func readSettings() {
        budget = engagement.integer("budget").map { Double($0) / 100 }
        guard let group = engagement.group("methodSettings") else { return }
        if let iterations = group.integer("iterations") { settings.iterations = Int(min(max(iterations, RiskSettings.iterationRange.lowerBound), RiskSettings.iterationRange.upperBound)) }
        if let seed = group.integer("seed"), seed >= 0 { settings.seed = UInt64(seed) }
        if let rho = group.number("rho"), rho >= 0, rho <= 1 { settings.correlation = rho }
        if let months = group.integer("horizonMonths"), months >= 1 { horizonMonths = Double(min(months, 240)) }
        if let hurdle = group.number("hurdle"), hurdle >= 0, hurdle <= 100 { self.hurdle = hurdle }
        if let least = group.integer("minCell") { leastCell = Int(min(max(least, Int64(CellSuppression.floor)), 1000)) }
    }
}
