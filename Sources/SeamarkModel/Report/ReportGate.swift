/// May a board see this? Every condition must be met; what cannot be assessed is not met.
public struct ReportGate: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable {
        case met, notMet
    }

    public struct Condition: Hashable, Sendable {
        public enum Kind: String, CaseIterable, Hashable, Sendable {
            case evidence, conflicts, confidence, consent, records, structuralChecks
        }

        public var kind: Kind
        public var outcome: Outcome
        /// What is asked, in words of ours alone.
        public var title: String
        /// What stands in the way, likewise.
        public var obstacle: String
        /// What stands in the way, a sentence each; what was found, where it is met.
        public var words: [String]
    }

    /// The least share of the mean on lines of grade A or B.
    public static let leastEvidence = 0.6

    public let conditions: [Condition]

    public var isBoardReady: Bool { conditions.allSatisfy { $0.outcome == .met } }
    /// Why it is a draft; empty when it is board-ready.
    public var reasons: [String] { conditions.filter { $0.outcome != .met }.flatMap(\.words) }
    /// The same for a margin: our own words, without anything captured.
    public var shortReasons: [String] { conditions.filter { $0.outcome != .met }.map(\.obstacle) }

    init(
        result: RiskResult, domains: [EngagementReport.Domain], conflicts: [EngagementReport.OpenConflict], findings: [Finding],
        leftOut: [EngagementReading.LeftOut], checks: [StructuralCheck]
    ) {
        let strong = result.evidence.filter { $0.grade <= .b }.reduce(0) { $0 + $1.share }
        var conditions: [Condition] = []
        func add(_ kind: Condition.Kind, _ asked: String, _ failing: String, _ obstacles: [String], _ found: String) {
            conditions.append(Condition(
                kind: kind, outcome: obstacles.isEmpty ? .met : .notMet, title: asked, obstacle: failing,
                words: obstacles.isEmpty ? [found] : obstacles))
        }
        let isPriced = result.headline.mean > 0
        let share = ReportFigures.finePercent(strong)
        let isStrong = isPriced && strong >= ReportGate.leastEvidence
        add(.evidence, "at least 60 % of the mean on evidence of grade A or B", "less than 60 % of the mean on evidence of grade A or B",
            isStrong ? [] : [isPriced ? "Only \(share) of the mean stands on evidence of grade A or B; at least 60 % must." : "No line is priced yet."],
            "\(share) of the mean stands on evidence of grade A or B.")

        let disputed = conflicts.filter(\.touchesMoney)
        add(.conflicts, "no open conflict about money", "open conflict about money",
            disputed.map { "\($0.record), \($0.field): \($0.sayings.count) people's words differ; the one shown first is used until somebody resolves it." },
            "No amount, points, overlap, pool or plan is in dispute.")

        // A domain that carries money and is too unsure to be ranked would hide that money from the ranking.
        let unsure = domains.filter { domain in
            let isSure = (domain.exposure.confidence ?? 0) >= RiskCalculation.rankedConfidence
            return !isSure && (domain.exposure.net.mean > 0 || domain.exposure.confidence != nil)
        }
        add(.confidence, "every domain at confidence 0.5 or more", "domain below confidence 0.5",
            unsure.map { domain in
                let said = domain.exposure.confidence.map { "confidence \(ReportFigures.twoDecimals($0)), 0.50 needed" } ?? "not assessed"
                return "\(domain.exposure.key) \(domain.name) is not ranked: \(said)."
            }, "Every domain that is scored or carries money reaches confidence 0.5.")

        let unconsented: [Finding.Kind] = [.noConsent, .withdrawnConsent]
        var consent = findings.filter { unconsented.contains($0.kind) }.map { ReportText.sentence(ReportText.clean($0.description)) }
        let silent = leftOut.filter { $0.type == Catalogue.answer.number && $0.words.contains("consent") }.count
        if silent > 0 { consent.append("\(silent) answers are not scored because whoever gave them has not consented.") }
        add(.consent, "consent for every interview", "interview without consent", consent, "Every interview that is used has the consent of everyone in it.")

        var records = leftOut.filter(\.isMoney).map { "\($0.name) \($0.words)." }
        records += findings.filter { $0.blocksBoard && !unconsented.contains($0.kind) && $0.kind != .unpriced }.map { ReportText.sentence(ReportText.clean($0.description)) }
        add(.records, "every record in order", "records to be put in order", records, "No record is left out of the figures or stands in their way.")

        let open = checks.filter(\.isOpen)
        add(.structuralChecks, "structural checks answered", "structural check not answered",
            open.map { ReportText.sentence("\($0.subject)\($0.other.map { " and \($0)" } ?? "") \($0.words)") },
            checks.isEmpty ? "No structural check is raised." : "Every structural check is answered (\(checks.count)).")
        self.conditions = conditions
    }
}
