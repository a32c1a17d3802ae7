// The sentences that all formats share.
extension EngagementReport {
    /// A preview is never ready for the board, whatever its gate says.
    var isBoardReady: Bool { gate.isBoardReady && provenance.preview == nil }

    var statusLabel: String { provenance.preview != nil ? "PREVIEW" : gate.isBoardReady ? "Board-ready" : "DRAFT" }

    /// Of when it is, for page one; nil where nobody said when it was made.
    var standLine: String? { frozenLine ?? provenance.madeAt.map { "As it stood on " + time($0) } }

    /// What a preview is, and what may be missing from it; nil for a report of headquarters.
    public var previewSentence: String? {
        guard let preview = provenance.preview else { return nil }
        let unsent = preview.unsent == 0 ? "Everything of its own in it is sent" : "\(preview.unsent) change\(preview.unsent == 1 ? "" : "s") of its own in it \(preview.unsent == 1 ? "is" : "are") not sent"
        return "From this laptop, not from headquarters: its own copy, up to entry \(preview.position) of the log. \(unsent); what others have stored and this laptop has not received is missing. Only a report of headquarters is to be quoted."
    }

    /// Why it is not for the board, as a beginning of the reasons; nil where no reason stands in the way.
    var draftLead: String? {
        guard !gate.isBoardReady else { return nil }
        return provenance.preview == nil ? "DRAFT, not for the board, because" : "Of headquarters it would be a draft, because"
    }

    /// `USD 3.1M`.
    func short(_ amount: Double) -> String { ReportFigures.money(amount, facts.currency) }

    /// `USD 2.7M to 3.5M`.
    func shortRange(_ low: Double, _ high: Double) -> String { short(low) + " to " + ReportFigures.short(high) }

    /// `USD 18.6M`: what is known and not estimated keeps its digits.
    func known(_ amount: Double) -> String { (facts.currency.isEmpty ? "" : facts.currency + "\u{a0}") + ReportFigures.known(amount) }

    /// What amounts are written in outside page one.
    public var unit: AmountUnit { AmountUnit(of: result.headline.mean) }

    /// `USD thousand`.
    public var unitOf: String {
        let words = [facts.currency, unit.word].filter { !$0.isEmpty }.joined(separator: " ")
        return words.isEmpty ? "units of money" : words
    }

    /// `3,053` in that unit.
    public func inUnit(_ amount: Double) -> String { unit.text(amount) }

    /// `3,053 (2,666 to 3,497)` in that unit; what is known exactly stands alone.
    func inUnit(_ spread: Spread) -> String {
        inUnit(spread.mean) + (spread.isKnown ? "" : " (" + inUnit(spread.p10) + " to " + inUnit(spread.p90) + ")")
    }

    /// `1 interview`, `1,800 answers`.
    static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        ReportFigures.whole(Double(count)) + " " + (count == 1 ? one : many ?? one + "s")
    }

    /// The headline as a sentence with its range.
    var headlineSentence: String {
        guard result.headline.mean > 0 else { return "No line is priced yet, so there is nothing to report." }
        let h = result.headline
        return "Likely \(short(h.p50)) of operating income a year is at risk because of how work is executed: \(shortRange(h.p10, h.p90)) from floor to upper, "
            + "most likely \(shortRange(h.p25, h.p75))."
    }

    /// `38 % of planned operating income (33 % to 44 %)`, or of revenue with the reason.
    public var relativeSentence: String {
        func words(_ spread: Spread, _ whole: String) -> String {
            let percent = ReportFigures.percents([spread.p10, spread.p50, spread.p90])
            return "\(percent[1]) of \(whole) (\(percent[0]) to \(percent[2]))"
        }
        switch result.relative {
        case .ofPlannedOperatingIncome(let spread): return words(spread, "planned operating income")
        case .ofRevenue(let spread, let reason):
            return words(spread, "revenue") + (reason == .planNotPositive
                ? "; revenue, because the planned operating income is not positive" : "; revenue, because the planned operating income is not known")
        case .unavailable: return "neither a positive plan nor a revenue is known, so there is no share to show"
        }
    }

    /// By the share that is printed beside them, the greatest first; of equal ones in the order of their means.
    var frontRunningDomains: [String] { Self.byFirstShare(result.frontRunningDomains, result.domains) }
    var frontRunningSeams: [String] { Self.byFirstShare(result.frontRunningSeams, result.seams) }

    private static func byFirstShare(_ keys: [String], _ exposures: [Exposure]) -> [String] {
        let shares = Dictionary(exposures.map { ($0.key, $0.firstShare) }) { first, _ in first }
        return keys.enumerated().sorted { left, right in
            let (more, less) = (shares[left.element] ?? 0, shares[right.element] ?? 0)
            return more != less ? more > less : left.offset < right.offset
        }.map { $0.element }
    }

    /// "Two front runners: D2 Cross-functional alignment (first in 71 % of runs) and D6 …". "Number one" only if there is one.
    var domainRunners: String {
        guard result.domains.contains(where: { $0.rank != nil }) else { return "No domain is ranked: none is scored at confidence 0.5 or more." }
        return EngagementReport.runners(frontRunningDomains.compactMap { key in
            domains.first { $0.exposure.key == key }.map { ("\(key) \($0.name)", $0.exposure.firstShare) }
        }, of: "domain")
    }

    var seamRunners: String {
        guard !result.seams.isEmpty else { return "No seam is captured yet." }
        return EngagementReport.runners(frontRunningSeams.compactMap { key in
            seams.first { $0.exposure.key == key }.map { ("\(key) \($0.seam.name)", $0.exposure.firstShare) }
        }, of: "seam")
    }

    private static func runners(_ names: [(name: String, share: Double)], of what: String) -> String {
        let words = names.map { "\($0.name) (first in \(ReportFigures.percent($0.share)) of runs)" }
        switch words.count {
        case 0: return "No \(what) stands out: none is first in at least 20 % of runs."
        case 1: return "Number one: \(words[0])."
        case let count:
            let number = count < numbers.count ? numbers[count] : String(count)
            return "\(number) front runners: " + words.dropLast().joined(separator: ", ") + " and " + words[count - 1] + "."
        }
    }

    private static let numbers = ["", "", "Two", "Three", "Four", "Five"]

    /// Sensitivity to the one assumption about dependence, a row each.
    var dependenceRows: [(rho: String, spread: Spread)] {
        [("0 (lines vary independently)", result.independent), (ReportFigures.plain(result.settings.correlation) + " (used)", result.headline),
            ("1 (lines rise and fall together)", result.dependent)]
    }

    var categoryNames: [LeakageCategory: String] {
        [.expedite: "Expedite and premium freight", .quality: "Quality: scrap, rework, escapes", .labour: "Labour: overtime, instability",
            .penalty: "Penalties and service failures", .downtime: "Downtime and missed throughput"]
    }

    func gradeName(_ grade: EvidenceGrade) -> String {
        switch grade {
        case .a: "reconciled to a ledger or system of record"
        case .b: "system extract or counted sample"
        case .c: "two or more people independently"
        case .d: "one person's account"
        }
    }

    func time(_ milliseconds: Int64) -> String {
        guard CalendarDate.milliseconds.contains(milliseconds) else { return "at an unknown time" }
        let text = CalendarDate.text(milliseconds: milliseconds)
        return String(text.prefix(10)) + " " + String(text.dropFirst(11).prefix(5)) + " UTC"
    }

    /// How a line is priced, low / likely / high: thousands for a range, factors with their units.
    func price(of line: Line) -> String {
        func points(_ range: ThreePoint, _ write: (Double) -> String) -> String {
            range.isConstant ? write(range.low) : "\(write(range.low)) / \(write(range.likely)) / \(write(range.high))"
        }
        var words: String
        switch line.priced.amount {
        case .amount(let range): words = points(range, inUnit) + (line.line.formula.map { " = \($0)" } ?? "")
        case .inputs(let price):
            words = points(price.range, inUnit) + (line.line.formula.map { " = \($0)" } ?? "") + "; "
                + price.inputs.map { given in "\(given.input.words) \(points(given.range, ReportFigures.plain)) \(ReportText.clean(given.unit))" }.joined(separator: ", ")
        case .factors(let ranges):
            words = ranges.enumerated().map { place, range in
                let unit = place < line.line.factors.count ? line.line.factors[place].unit : ""
                return FactorUnit.isMoney(unit)
                    ? points(range, ReportFigures.plain) + " " + (facts.currency.isEmpty ? "money" : facts.currency) + unit.dropFirst("money".count)
                    : points(range, ReportFigures.plain) + " " + unit
            }.joined(separator: " × ")
        }
        if let probability = line.priced.probability { words += ", with probability \(ReportFigures.percent(probability))" }
        return words
    }

    func words(_ points: [PointShare]) -> String {
        points.filter { $0.points > 0 }.sorted { HandleOrder.precedes($0.key, $1.key) }.map { "\($0.key)\u{a0}\(ReportFigures.plain($0.points.rounded()))" }
            .joined(separator: ", ")
    }

    func grade(of line: Line) -> String {
        line.exposure.grade.rawValue + (line.line.capturedGrade.map { " (captured as \($0.rawValue), fewer than three months of data)" } ?? "")
    }

    /// What the figures rest on.
    var assumptions: [String] {
        [
            "Operating income at risk is what leaks, or is exposed to leaking, over the next twelve months if nothing changes. It is a sum of priced lines; scores never create money.",
            "Low and high of a range are absolute bounds. Between them a range is a PERT distribution; its weight on the likely value follows the evidence: A 6, B 4, C 3, D 2.",
            "Grades of evidence: A reconciled to a ledger or system of record, B a system extract or counted sample, C two or more people independently, D one person's account.",
            "All lines rise and fall together with one correlation, rho; the result without it and with full dependence stands beside the headline.",
            "Where two lines count the same money, the share judged is taken from the line with the weaker evidence. Lines on one ledger pool never exceed what is booked there.",
            "Means of parts add up to the mean of the whole. Percentiles do not, and are never summed. Every figure is rounded by itself, so printed parts may differ from the printed whole in the last digit.",
            "Amounts are a year's, as captured. Where a value is in dispute, the one shown first is used and the conflict is listed.",
            "A domain is ranked from confidence 0.5 on. A front runner is first in at least 20 % of the runs.",
        ] + comparable + (reviewed.isEmpty ? [] : ["Questions scored by a lead's ruling in place of the answers' mean: " + reviewed.joined(separator: ", ") + "."])
            + (defaulted.isEmpty ? [] : ["Without domain points of their own, these lines use the instrument's category matrix: " + defaulted.joined(separator: ", ") + "."])
    }

    /// Of what was answered to an edition that the engagement has left behind.
    private var comparable: [String] {
        guard comparableAnswers > 0 else { return [] }
        return [
            comparableAnswers == 1
                ? "1 answer was given to an earlier edition of the instrument, and counts for the question of this one that is comparable."
                : "\(comparableAnswers) answers were given to an earlier edition of the instrument, and count for the questions of this one that are comparable.",
        ]
    }

    private var reviewed: [String] { domains.flatMap(\.reviewed) }
    private var defaulted: [String] { lines.filter(\.exposure.usesDefaultPoints).map(\.line.key) }

    /// What is missing from the figures.
    var exclusions: [String] {
        var words = leftOut.filter { $0.type != Catalogue.answer.number }.map { "\($0.name) \($0.words)." }
        let answers = leftOut.filter { $0.type == Catalogue.answer.number }
        words += EngagementReport.counted(answers.map(\.words))
        let hidden = [(withdrawnAnswers, "answer"), (withdrawnQuotes, "quote")].filter { $0.0 > 0 }.map { Self.counted($0.0, $0.1) }
        if !hidden.isEmpty { words.append("Left out because consent was withdrawn: " + hidden.joined(separator: " and ") + ".") }
        if redactions > 0 { words.append("Redacted: \(redactions) value\(redactions == 1 ? "" : "s"); the log says by whom, when and why.") }
        words += voices.keptBack
        words += provenance.quarantined.map { "In quarantine, and in no figure: \($0.changes) change\($0.changes == 1 ? "" : "s"), since \($0.reason)." }
        if !withdrawn.isEmpty { words.append("Withdrawn lines: " + withdrawn.joined(separator: ", ") + ".") }
        return words
    }

    private static func counted(_ words: [String]) -> [String] {
        var counts: [(String, Int)] = []
        for word in words {
            if let place = counts.firstIndex(where: { $0.0 == word }) { counts[place].1 += 1 } else { counts.append((word, 1)) }
        }
        return counts.map { counted($0.1, "answer") + ($0.1 == 1 ? " that " : ", each of which ") + $0.0 + "." }
    }

    /// What the grey band of page one is; nil where there is none.
    var referenceSentence: String? {
        guard case .ofPlannedOperatingIncome = result.relative, result.headline.mean > 0 else { return nil }
        return "Grey, for orientation and never an input: \(ReportFigures.percent(ReferenceBand.low)) to \(ReportFigures.percent(ReferenceBand.high)) of planned operating income, \(ReferenceBand.source)."
    }
}
