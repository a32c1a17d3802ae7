// The words that the board's pages and the governance tables share.
extension EngagementReport {
    /// `1.1M (0.9M to 1.3M)`.
    func shortSpread(_ spread: Spread) -> String {
        let range = "\(ReportFigures.short(spread.p10)) to \(ReportFigures.short(spread.p90))"
        return spread.isBesideItsRange ? "\(short(spread.mean)) on average, for what happens in few runs (\(range) in eight of ten)" : "\(short(spread.mean)) (\(range))"
    }

    /// `2,666 to 3,497`, thousands.
    func range(_ spread: Spread) -> String { inUnit(spread.p10) + " to " + inUnit(spread.p90) }

    /// With its sign.
    func signed(_ amount: Double) -> String { (amount > 0 ? "+" : "") + ReportFigures.short(amount) }

    var months: String { "\(ReportFigures.plain(governance.horizonMonths)) months" }

    func initiative(_ key: String) -> InitiativeReading? { governance.initiatives.first { $0.key == key } }
    func initiativeName(_ key: String) -> String { initiative(key).map { "\(key) \($0.name)" } ?? key }

    /// `A 36 %, B 46 %`; grades without a share are left out.
    func evidenceMix(_ shares: [EvidenceShare]) -> String {
        shares.filter { $0.share >= 0.0005 }.map { "\($0.grade.rawValue)\u{a0}\(ReportFigures.percent($0.share))" }.joined(separator: ", ")
    }

    /// `34 h`, `3.5 d`.
    func duration(_ seconds: Double) -> String {
        let hours = seconds / 3600
        if hours < 1 { return ReportFigures.whole((seconds / 60).rounded()) + "\u{a0}min" }
        func short(_ value: Double) -> String { value == value.rounded() || value >= 100 ? ReportFigures.whole(value) : ReportFigures.oneDecimal(value) }
        return hours < 72 ? short(hours) + "\u{a0}h" : short(hours / 24) + "\u{a0}d"
    }

    /// `34 h (26 h to 60 h)`.
    func durations(_ range: ThreePoint) -> String {
        range.isConstant ? duration(range.likely) : "\(duration(range.likely)) (\(duration(range.low)) to \(duration(range.high)))"
    }

    /// `2.83 ×`.
    func ratio(_ value: Double?) -> String {
        guard let value else { return "–" }
        return value.isFinite ? ReportFigures.twoDecimals(value) + "\u{a0}×" : "∞"
    }

    /// `2.8 times`.
    func times(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "without end" }
        return (value >= 9.95 ? ReportFigures.whole(value) : ReportFigures.oneDecimal(value)) + " times"
    }

    /// "no deputy", "no decider and no limit"; nil: nothing is missing.
    func ownerGaps(_ decision: Governance.Decision) -> String? {
        let reading = decision.captured.reading
        let gaps = [reading.decider == nil ? "no decider" : nil, reading.deputy == nil ? "no deputy" : nil].compactMap { $0 }
        return gaps.isEmpty ? nil : gaps.joined(separator: " and ")
    }

    /// Lines and seams of a move, each with its mean and range as `words` says a range.
    func links(_ move: MoveReading, in words: (Spread) -> String) -> String {
        let lines = move.lines.compactMap { key in self.lines.first { $0.line.key == key }.map { "\(key) \(words($0.exposure.net))" } }
        let seams = move.seams.compactMap { key in self.seams.first { $0.exposure.key == key }.map { "\(key) \(words($0.exposure.net))" } }
        return (lines + seams).joined(separator: ", ")
    }

    var cycleSentence: String? {
        guard let cycle = governance.cycle else { return nil }
        let name = "Cycle \(cycle.number)"
        if cycle.days.day < 1 { return "\(name) begins on \(CalendarDate.text(days: cycle.days.start))." }
        guard let phase = cycle.days.phase, let left = cycle.days.daysLeftInPhase else { return "\(name) ended on \(CalendarDate.text(days: cycle.days.end))." }
        return "\(name), day \(cycle.days.day) of 90: \(phaseName(phase)), \(left) day\(left == 1 ? "" : "s") left in it and \(cycle.days.daysLeft) in all."
    }

    func phaseName(_ phase: NinetyDays.Phase) -> String {
        switch phase {
        case .baseline: "baseline"
        case .choose: "choose"
        case .act: "act"
        case .prove: "prove and re-price"
        }
    }

    func verdictName(_ verdict: InvestmentSequence.Verdict) -> String {
        switch verdict {
        case .keepMandated: "Keep: mandated"
        case .fundConstraint: "Fund: constraint"
        case .fund: "Fund"
        case .review: "Review"
        case .notFunded: "Not funded"
        case .pause: "Pause"
        }
    }

    func verdictName(_ verdict: ScalingGate.Verdict) -> String {
        switch verdict {
        case .pass: "pass"
        case .limited: "limited: named sites only, reviewed after 30 days"
        case .hold: "hold"
        case .rollBack: "roll back to the last limits"
        }
    }

    func resultName(_ result: ScalingGate.Result) -> String {
        switch result {
        case .pass: "pass"
        case .conditional: "conditional"
        case .fail: "fail"
        case .notAssessed: "not assessed"
        }
    }

    /// Why an initiative stands where it stands.
    func reason(_ row: InvestmentSequence.Row) -> String {
        if let ruling = row.ruling {
            return "\(ruling.approver) ruled \(verdictName(ruling.verdict).lowercased())" + (ruling.verdict == row.verdict ? "" : ", where the rules say \(verdictName(row.verdict).lowercased())") + ": \(ReportText.phrase(ruling.reason))"
        }
        return computedReason(row)
    }

    /// What of an initiative's own figures people disagree on: "cost"; "constraint K1, load".
    func disputed(_ key: String) -> [String] {
        conflicts.filter { $0.touchesMoney && $0.initiatives.contains(key) }.map { conflict in
            let field = conflict.field == "life" ? "whether it stays" : FieldDefinition.words(of: conflict.field)
            return conflict.record == key ? field : "\(conflict.record), \(field)"
        }
    }

    /// After what rests on a dispute that is still open.
    func disputeNote(_ key: String) -> String {
        let words = disputed(key)
        return words.isEmpty ? "" : " (in dispute: \(words.joined(separator: "; ")))"
    }

    /// After an initiative's name, where a person ruled other than the rules.
    func ruledNote(_ row: InvestmentSequence.Row) -> String {
        guard let ruling = row.ruling, ruling.verdict != row.verdict else { return "" }
        return " (\(ruling.approver) ruled so; the rules say \(verdictName(row.verdict).lowercased()))"
    }

    func computedReason(_ row: InvestmentSequence.Row) -> String {
        let waits = row.unfundedPrerequisites.isEmpty || row.verdict == .pause ? "" : "; waits for \(row.unfundedPrerequisites.joined(separator: ", ")), which is not funded"
        switch row.verdict {
        case .keepMandated: return "a mandate" + waits
        case .fundConstraint: return "relieves the governing constraint" + waits
        case .fund: return (row.tier == 2 ? "treats a severe seam or a slow decision" : row.tier == 5 ? "its gate is passed" : "protects more than it costs") + waits
        case .review:
            if row.cost == nil { return "its cost is not known" }
            return initiative(row.key)?.hasGrowthCase == true ? "growth case to be proven" : "protects less than \(ReportFigures.plain(governance.hurdle)) × its cost"
        case .notFunded: return row.cost == nil ? "its cost is not known" : "beyond what is left of the budget"
        case .pause:
            return row.holds.map { hold in
                switch hold {
                case .gateNotPassed: "its gate is not passed"
                case .addsLoad(let key): "adds load to \(key)"
                case .noLink: "no priced link, mandate or growth case"
                case .waitsFor(let key): "waits for \(key), which is paused"
                }
            }.joined(separator: "; ")
        }
    }

    func stepName(_ step: Bridge.Step) -> String {
        step.words
    }

    func driftName(_ kind: DriftReading.Kind) -> String {
        switch kind {
        case .ownerChanged: "owner changed"
        case .priorityCollision: "priorities collide"
        case .handoffDecay: "handoffs decay"
        case .capacityMoved: "capacity moved"
        case .knowledgeThinned: "knowledge thinned"
        }
    }

    func checkName(_ kind: StructuralCheck.Kind) -> String {
        switch kind {
        case .contributionBelowLoad: "Contribution on a resource that is not full"
        case .expediteAndPenalty: "One event, expedite and penalty"
        case .overtimeAndDowntime: "Overtime and downtime on one resource"
        case .samePool: "Same site, category and pool"
        case .pricedAtRevenue: "Priced at revenue"
        case .customerNotContingent: "Lost customer every year"
        case .seamCostDiffers: "Seam's own cost differs"
        case .constraintCostDiffers: "Constraint's own cost differs"
        case .decisionCostDiffers: "Decision's own cost differs"
        }
    }
}
