public import SeamarkJournal

/// One engagement priced, ranked and told: what every format of the report is written from.
///
/// A function of the records, the instrument and the provenance: the same three give the same bytes in every format, whatever the order of
/// the records. Figures keep their full precision here; formats round. All captured text in it has been through `ReportText.clean`.
public struct EngagementReport: Hashable, Sendable {
    /// What the report is about.
    public struct Facts: Hashable, Sendable {
        public var handle: String
        public var title: String
        /// ISO 4217.
        public var currency: String
        /// The main unit of the currency; nil if unknown.
        public var revenue: Double?
        public var plannedOperatingIncome: Double?
        public var fiscalYear: Int64?
        public var status: String
        public var sites: [String]
        public var interviews: Int
        public var people: Int
        public var answers: Int
    }

    public struct Domain: Hashable, Sendable {
        public var name: String
        public var exposure: Exposure
        public var confidence: DomainScore.Confidence?
        public var isInScope: Bool
        /// It was asked about, and nobody could score it.
        public var isAskedInVain: Bool
        public var coverage: Double?
        /// Nil without both sides, and wherever so few people stand on a side that they could be found out.
        public var perceptionGap: Double?
        /// Questions whose score a lead ruled.
        public var reviewed: [String]
    }

    public struct Seam: Hashable, Sendable {
        public var seam: EngagementReading.Seam
        public var exposure: Exposure

        /// Which side has no owner, in words; nil if both have one.
        public var ownersGap: String? {
            switch (seam.ownerFrom, seam.ownerTo) {
            case (nil, nil): "nobody owns either side"
            case (nil, _): "nobody owns the giving side"
            case (_, nil): "nobody owns the receiving side"
            case (_, _): nil
            }
        }
    }

    public struct Line: Hashable, Sendable {
        public var line: EngagementReading.Line
        public var priced: PricedLine
        public var exposure: LineExposure
    }

    /// Several people's different words for one thing, and which of them the figures use.
    public struct OpenConflict: Hashable, Sendable {
        public struct Saying: Hashable, Sendable {
            public var author: String
            /// Milliseconds since 1970: the effective time.
            public var at: Int64
            public var words: String
            public var isUsed: Bool
        }

        public var id: Identifier
        /// The record's handle, or its id as text.
        public var record: String
        public var type: String
        public var field: String
        /// A figure rests on it, or what the board is asked for.
        public var touchesMoney: Bool
        /// Keys of the initiatives whose place in the sequence rests on the record.
        public var initiatives: [String]
        /// The one shown first in front.
        public var sayings: [Saying]
    }

    public var facts: Facts
    /// The records say that all of this is invented.
    public var fictitious: String?
    public var gate: ReportGate
    public var result: RiskResult
    /// Ranked ones first, then those below the line.
    public var domains: [Domain]
    public var seams: [Seam]
    /// In the order of handles as people count.
    public var lines: [Line]
    public var overlaps: [EngagementReading.Judged]
    public var conflicts: [OpenConflict]
    public var findings: [Finding]
    public var leftOut: [EngagementReading.LeftOut]
    /// Answers to an earlier edition of the instrument that count for the question that is comparable.
    public var comparableAnswers: Int
    /// Quotes and answers that are left out because consent was withdrawn.
    public var withdrawnQuotes: Int
    public var withdrawnAnswers: Int
    /// Sensitive values that were redacted.
    public var redactions: Int
    /// Handles of lines that were withdrawn.
    public var withdrawn: [String]
    public var instrument: String
    public var instrumentName: String
    /// `EngagementReading.canonicalInputs` as text.
    public var inputs: String
    /// SHA-256 of `inputs`.
    public var inputsHash: Hash256
    public var provenance: ReportProvenance
    /// SHA-256 of what the server signed as its checkpoint: short enough to be printed, and it names all of it.
    public var checkpointHash: Hash256?
    public var governance: Governance
    /// What people said, and what the team found and advises.
    public var voices: EngagementReading.Voices
    /// Names of sites by handle, as `result.sites` calls them.
    var siteNames: [String: String]
    var told: [EngagementReading.Figure: EngagementReading.Told]
    /// The evidence that is named in it.
    public var pieces: [EngagementReading.Piece]
    /// The snapshot that it is compared with.
    public var earlier: Comparison?

    /// What a report is compared with.
    public struct Comparison: Hashable, Sendable {
        public var snapshot: Snapshot
        /// Why it is not compared; nil: it is.
        public var obstacle: String?
    }

    /// Makes the report.
    ///
    /// - Parameters:
    ///   - views: the records of one engagement; those of the shared scope may be among them.
    ///   - instrument: the edition that the engagement names (`EngagementReading.instrument(namedIn:)`).
    ///   - former: earlier editions of it, by what interviews call them.
    ///   - earlier: the snapshot to compare with: then there is a bridge.
    ///   - memberName: the name of a member, for the authors in a conflict.
    public init(
        views: [RecordView], instrument: Instrument = .core9, former: (String) -> Instrument? = Instrument.builtIn, primitives: any Primitives, provenance: ReportProvenance,
        earlier: Earlier? = nil, memberName: (Identifier) -> String? = { _ in nil }
    ) throws(ReportError) {
        let reading = try EngagementReading(views, instrument: instrument, now: provenance.madeAt, former: former)
        var calculation = RiskCalculation()
        let result: RiskResult
        do throws(RiskError) {
            result = try calculation.run(reading.input, settings: reading.settings)
            governance = try Governance(reading, result, previous: try? earlier?.reading.get(), isFrozen: provenance.frozen?.snapshot != nil || !Snapshot.all(in: views).isEmpty, &calculation)
        } catch { throw .notCalculable(error) }

        let engagement = reading.engagement
        facts = Facts(
            handle: reading.name(of: engagement), title: ReportText.clean(engagement.text("title") ?? ""), currency: reading.currency,
            revenue: reading.input.revenue, plannedOperatingIncome: reading.input.plannedOperatingIncome,
            fiscalYear: engagement.group("financials")?.integer("fiscalYear"), status: engagement.choice("status") ?? "setup", sites: reading.sites,
            interviews: reading.interviews, people: reading.people, answers: reading.answers)
        fictitious = Self.fictitious(engagement)
        self.earlier = earlier.map { earlier in
            if case .failure(let error) = earlier.reading { Comparison(snapshot: earlier.snapshot, obstacle: error.wrong) } else { Comparison(snapshot: earlier.snapshot) }
        }
        self.result = result
        domains = result.domains.map { exposure in
            let domain = reading.domains.first { $0.code == exposure.key }
            return Domain(
                name: domain?.name ?? "not a domain of the instrument", exposure: exposure, confidence: domain?.score?.confidenceLevel,
                isInScope: domain?.isInScope ?? false, isAskedInVain: domain?.isAskedInVain ?? false,
                coverage: domain?.score?.coverage ?? (domain?.isAskedInVain == true ? 0 : nil), perceptionGap: domain?.shownGap, reviewed: domain?.reviewed ?? [])
        }
        // Domains that nobody scored and no line names are part of the picture too.
        for domain in reading.domains where domain.isInScope && !domains.contains(where: { $0.exposure.key == domain.code }) {
            domains.append(Domain(
                name: domain.name,
                exposure: Exposure(key: domain.code, net: .nothing, rank: nil, firstShare: 0, firstThreeShare: 0, severity: nil, confidence: nil, riskIndex: nil),
                confidence: nil, isInScope: true, isAskedInVain: domain.isAskedInVain, coverage: domain.isAskedInVain ? 0 : nil, perceptionGap: nil, reviewed: []))
        }
        seams = result.seams.compactMap { exposure in
            reading.seams.first { $0.key == exposure.key }.map { Seam(seam: $0, exposure: exposure) }
        }
        lines = reading.lines.compactMap { line in
            guard let priced = reading.input.lines.first(where: { $0.key == line.key }), let exposure = result.lines.first(where: { $0.key == line.key })
            else { return nil }
            return Line(line: line, priced: priced, exposure: exposure)
        }
        overlaps = reading.overlaps
        let conflicts = Self.conflicts(reading, views, primitives, isFrozen: provenance.frozen != nil, memberName)
        self.conflicts = conflicts
        let findings = Findings.all(in: views, instrument: instrument)
        self.findings = findings
        leftOut = reading.leftOut
        comparableAnswers = Set(reading.comparable.keys).subtracting(reading.leftOut.map(\.record)).count
        // A frozen report keeps aggregates alone of what people said: who has withdrawn since is not known in it.
        told = provenance.frozen == nil ? reading.told : reading.told.mapValues { told in
            var told = told
            (told.interviews, told.observations, told.evidence, told.isFrozen) = ([], [], [], true)
            return told
        }
        siteNames = Dictionary(reading.of(Catalogue.site).compactMap { site in site.text("name").map { (reading.name(of: site), ReportText.clean($0)) } }) { first, _ in first }
        pieces = reading.pieces(called: Set(lines.flatMap { $0.line.evidence.map(\.key) } + told.values.flatMap(\.evidence)))
        voices = reading.voices(isFrozen: provenance.frozen != nil)
        withdrawnQuotes = reading.withdrawnQuotes
        withdrawnAnswers = reading.withdrawnAnswers
        redactions = reading.redactions
        withdrawn = reading.of(Catalogue.leakageLine).filter { $0.boolean("isWithdrawn") == true }.map { reading.name(of: $0) }
        self.instrument = instrument.reference
        instrumentName = ReportText.clean(instrument.name)
        inputs = reading.canonicalInputs.compact
        inputsHash = primitives.sha256(Array(inputs.utf8).span)
        self.provenance = provenance
        checkpointHash = provenance.checkpoint.map { primitives.sha256($0.checkpoint.message.span) }
        gate = ReportGate(result: result, domains: domains, conflicts: conflicts, findings: findings, leftOut: reading.leftOut, checks: governance.checks, lines: reading.lines, quarantined: provenance.quarantined.reduce(0) { $0 + $1.changes })
    }

    /// Sample engagements say so in their title or their note.
    private static func fictitious(_ engagement: RecordView) -> String? {
        let title = engagement.text("title") ?? "", note = engagement.text("note") ?? ""
        guard title.lowercased().contains("fictitious") || note.lowercased().contains("fictitious") else { return nil }
        return note.lowercased().contains("fictitious") ? ReportText.clean(note) : "FICTITIOUS SAMPLE. The company, its people and its figures are invented."
    }

    // MARK: - Conflicts

    /// Fields whose dispute changes the headline.
    static let money: [(type: RecordType, keys: [String])] = [
        (Catalogue.leakageLine, ["amount", "domainPoints", "seamPoints", "isWithdrawn", "pool", "mergedInto", "life"]),
        (Catalogue.overlap, ["judgement", "life"]),
        (Catalogue.pool, ["booking", "mergedInto", "life"]),
        (Catalogue.engagement, ["financials", "life"]),
    ]

    /// Fields whose dispute changes another figure, or what the board is asked for.
    private static let decisive: [(type: RecordType, keys: [String])] = [
        (Catalogue.leakageLine, ["site", "unit", "valueStream", "constraint", "decision"]), (Catalogue.engagement, ["budget"]),
        (Catalogue.constraint, ["load", "rate", "lostUnitsPerYear", "status", "mergedInto", "life"]),
        (Catalogue.seam, ["volumetrics", "aiExposed", "velocity", "mergedInto", "life"]), (Catalogue.seamModeScore, ["life"]),
        (Catalogue.decisionRight, ["economics", "latency", "limit", "mergedInto", "life"]), (Catalogue.decisionSample, ["life"]),
        (
            Catalogue.initiative,
            [
                "cost", "schedule", "mandate", "growthCase", "declaredRank", "isAIScale", "relievesConstraint", "treatsSeam", "treatsDecision", "mergedInto", "life",
            ]
        ),
        (Catalogue.initiativeTarget, ["reduction", "life"]), (Catalogue.sequenceDecision, ["ruling", "life"]),
        (Catalogue.gateReview, ["isLive", "isRegulated", "decision", "life"]), (Catalogue.gateResult, ["finding", "life"]), (Catalogue.scoreReview, ["ruling", "life"]),
    ]

    private static func touchesMoney(_ type: RecordType?, _ key: String) -> Bool { (money + decisive).contains { $0.type === type && $0.keys.contains(key) } }

    private static func conflicts(
        _ reading: EngagementReading, _ views: [RecordView], _ primitives: any Primitives, isFrozen: Bool, _ memberName: (Identifier) -> String?
    ) -> [OpenConflict] {
        let references = References(views)
        func author(_ member: Identifier) -> String {
            ReportText.clean(memberName(member) ?? reading.byId[member]?.text("name") ?? reading.byId[member]?.handle ?? "member \(member)")
        }
        var open: [OpenConflict] = []
        for record in reading.records where record.type?.home == .engagement {
            for conflict in record.conflicts {
                let field = conflict.target.number.flatMap { record.type?.field($0) }
                // Values that are withheld cannot be told to be the same.
                if isFrozen, field?.isSensitive == true { continue }
                var sayings: [OpenConflict.Saying] = []
                for (place, head) in conflict.heads.enumerated() {
                    let words: String
                    if conflict.target == .life {
                        words = head.content.value == .bool(false) && place == 0 ? "deleted it" : "edited it without having seen the deletion"
                    } else if field?.isSensitive ?? true {
                        words = "(sensitive: not printed)"
                    } else if let value = head.content.value, let field {
                        words = Self.words(of: value, beside: conflict.heads.compactMap(\.content.value), field.kind, references)
                    } else {
                        words = "(withheld)"
                    }
                    sayings.append(OpenConflict.Saying(
                        author: author(head.member), at: head.effective, words: words, isUsed: conflict.target == .life ? place > 0 : place == 0))
                }
                let key = conflict.key
                open.append(OpenConflict(
                    id: conflict.id(primitives), record: reading.name(of: record), type: record.type?.label ?? "record", field: key,
                    touchesMoney: touchesMoney(record.type, key), initiatives: reading.initiatives(restingOn: record), sayings: sayings))
            }
        }
        return open
    }

    /// What one of several sayings says; of a group only what the sayings do not agree on.
    private static func words(of value: Value, beside all: [Value], _ kind: FieldKind, _ references: References) -> String {
        guard case .group(let definition) = kind, value != .absent else { return written(value, kind, references) }
        let differing = definition.members.filter { member in all.contains { $0.member(member.number) != value.member(member.number) } }
        let parts = differing.map { member in
            FieldDefinition.words(of: member.key) + " " + (value.member(member.number).map { written($0, member.kind, references) } ?? "not given")
        }
        return parts.isEmpty ? written(value, kind, references) : parts.joined(separator: ", ")
    }

    private static func written(_ value: Value, _ kind: FieldKind, _ references: References) -> String {
        if value == .absent { return "nothing" }
        if case .threePoint(.money) = kind, let range = ThreePoint(value) {
            return [range.low, range.likely, range.high].map { ReportFigures.whole($0 / 100) }.joined(separator: " / ")
        }
        return ReportText.clean(kind.text(of: value, references: references))
    }
}
