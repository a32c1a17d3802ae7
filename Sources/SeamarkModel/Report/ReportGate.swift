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

    /// The share of the mean on lines whose evidence proves grade A or B.
    static func strongShare(_ result: RiskResult, _ lines: [EngagementReading.Line]) -> Double {
        let weak = result.lines.filter { line in line.grade <= .b && lines.contains { $0.key == line.key && $0.provenGrade > .b } }
        // The whole less what is weak: the same bits as the mix that is printed, where nothing is.
        let strong = result.evidence.filter { $0.grade <= .b }.reduce(0) { $0 + $1.share }
        guard !weak.isEmpty, result.headline.mean > 0 else { return strong }
        return max(0, strong - weak.reduce(0) { $0 + $1.net.mean } / result.headline.mean)
    }

    /// Interviews whose answers no figure holds, since they name an edition that is not the engagement's, a sentence each.
    private static func unscored(_ leftOut: [EngagementReading.LeftOut]) -> [String] {
        let counts = Dictionary(leftOut.compactMap(\.unscored).map { ($0, 1) }, uniquingKeysWith: +)
        let sorted = counts.sorted { left, right in
            left.key.interview != right.key.interview ? HandleOrder.precedes(left.key.interview, right.key.interview) : left.key.edition < right.key.edition
        }
        return sorted.map { asked, count in
            "\(Plural.of(count, "answer")) of \(asked.interview) \(count == 1 ? "is" : "are") not scored: its edition \(asked.edition) is none that this engagement asks; capture it anew, or give the engagement that edition."
        }
    }

    init(
        result: RiskResult, domains: [EngagementReport.Domain], conflicts: [EngagementReport.OpenConflict], findings: [Finding],
        leftOut: [EngagementReading.LeftOut], checks: [StructuralCheck], lines: [EngagementReading.Line], quarantined: Int
    ) {
        let strong = ReportGate.strongShare(result, lines)
        var conditions: [Condition] = []
        func add(_ kind: Condition.Kind, _ asked: String, _ failing: String, _ obstacles: [String], _ found: String) {
            conditions.append(Condition(
                kind: kind, outcome: obstacles.isEmpty ? .met : .notMet, title: asked, obstacle: failing,
                words: obstacles.isEmpty ? [found] : obstacles))
        }
        let isPriced = result.headline.mean > 0
        let share = ReportFigures.finePercent(strong)
        let isStrong = isPriced && Bound.reaches(strong, ReportGate.leastEvidence)
        let unproven = lines.filter { line in line.provenGrade > .b && result.lines.contains { $0.key == line.key && $0.grade <= .b } }.map(\.key)
        let but = unproven.isEmpty ? "" : " What is graded so without the evidence for it does not count: \(unproven.joined(separator: ", "))."
        add(.evidence, "at least 60 % of the mean on evidence of grade A or B", "less than 60 % of the mean on evidence of grade A or B",
            isStrong ? [] : [isPriced ? "Only \(share) of the mean stands on evidence of grade A or B; at least 60 % must.\(but)" : "No line is priced yet."],
            "\(share) of the mean stands on evidence of grade A or B.\(but)")

        let disputed = conflicts.filter(\.touchesMoney)
        add(.conflicts, "no open conflict about money", "open conflict about money",
            disputed.map { "\($0.record), \($0.field): \($0.sayings.count) people's words differ; the one shown first is used until somebody resolves it." },
            "Nothing that a figure rests on, or what is asked of the board, is in dispute.")

        // A domain that carries money and is too unsure to be ranked would hide that money from the ranking.
        let unsure = domains.filter { domain in
            let isSure = Bound.reaches(domain.exposure.confidence ?? 0, RiskCalculation.rankedConfidence)
            return !isSure && (domain.exposure.net.mean > 0 || domain.exposure.confidence != nil || domain.isAskedInVain)
        }
        var obstacles = unsure.map { domain in
            let said = domain.exposure.confidence.map { "confidence \(ReportFigures.twoDecimals($0)), 0.50 needed" } ?? (domain.isAskedInVain ? "asked, and nobody could score it" : "not assessed")
            return "\(domain.exposure.key) \(domain.name) is not ranked: \(said)."
        }
        // Nothing below the bound, since nobody was asked.
        if obstacles.isEmpty, !domains.contains(where: { $0.exposure.rank != nil }) { obstacles = ["No domain is scored: no interview says where it leaks."] }
        add(.confidence, "every domain at confidence 0.5 or more", "domain below confidence 0.5", obstacles, "Every domain that is scored or carries money reaches confidence 0.5.")

        let unconsented: [Finding.Kind] = [.noConsent, .withdrawnConsent]
        var consent = findings.filter { unconsented.contains($0.kind) }.map { ReportText.sentence(ReportText.clean($0.description)) }
        let silent = leftOut.filter { $0.type == Catalogue.answer.number && $0.words.contains("consent") }.count
        if silent > 0 { consent.append("\(silent) answers are not scored because whoever gave them has not consented.") }
        add(.consent, "consent for every interview", "interview without consent", consent, "Every interview that is used has the consent of everyone in it.")

        var records = leftOut.filter(\.isMoney).map { "\($0.name) \($0.words)." } + ReportGate.unscored(leftOut)
        records += findings.filter { $0.blocksBoard && !unconsented.contains($0.kind) && $0.kind != .unpriced }.map { ReportText.sentence(ReportText.clean($0.description)) }
        add(.records, "every record in order", "records to be put in order", records,
            quarantined == 0 ? "No record is left out of the figures or stands in their way."
                : "No record that was accepted is left out of the figures or stands in their way. \(quarantined) change\(quarantined == 1 ? " waits" : "s wait") in quarantine.")

        let open = checks.filter(\.isOpen)
        add(.structuralChecks, "structural checks answered", "structural check not answered",
            open.map { ReportText.sentence("\($0.subject)\($0.other.map { " and \($0)" } ?? "") \($0.words)") },
            checks.isEmpty ? "No structural check is raised." : "Every structural check is answered (\(checks.count)).")
        self.conditions = conditions
    }
}
