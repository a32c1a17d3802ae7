// Tables of the four outputs, the ninety days, the gates and the checks: in the unit of the report, and never a figure without its range.
extension EngagementReport {
    private func cost(_ cost: YearlyCost?) -> String {
        cost.map { "\(inUnit($0.mean)) (\(inUnit($0.low)) to \(inUnit($0.high)))" } ?? "–"
    }

    // MARK: - Money by place

    var siteTable: ReportTable {
        ReportTable(
            caption: "\(unitOf.capitalizedWord) a year. First: the share of runs in which the site is the largest, in brackets among the three largest. Evidence: the shares of the mean by grade."
                + rareNote(result.sites.map { ($0.site ?? "no site named", $0.net) }),
            columns: [.text("Site", wide: true), .number("Mean"), .number("P10 to P90"), .number("First (top 3)"), .text("Evidence", wide: true)],
            rows: result.sites.map { site in
                let first = site.firstShare.flatMap { share in site.firstThreeShare.map { stability(share, $0) } }
                return ReportTable.Row(
                    cells: [site.site ?? "No site named", inUnit(site.net.mean), range(site.net), first ?? "–", evidenceMix(site.evidence)], mark: .range(site.net))
            }, most: result.sites.map(\.net.p90).max() ?? 0)
    }

    // MARK: - Constraint

    var constraintTable: ReportTable {
        let governing = governance.constraintView.governing
        return ReportTable(
            caption: "Load against capacity: the mark shows the range and the likely load, the line is full capacity. A resource may govern from 95 % on. A lost hour in \(facts.currency.isEmpty ? "units of money" : facts.currency) as captured, likely with low and high; a lost year in \(unitOf), the mean with everything at its low and at its high.",
            columns: [
                .text("Resource", wide: true), .number("Utilisation"), .text("Status"), .text("A lost hour", wide: true), .text("Lost a year", wide: true),
            ],
            rows: governance.constraints.map { constraint in
                let r = constraint.reading
                let load = r.utilisation.map { use in
                    "\(ReportFigures.finePercent(use.likely)) (\(ReportFigures.percent(use.low)) to \(ReportFigures.percent(use.high)))"
                } ?? "not known"
                let hour = r.costOfLostHour.map { "\(ReportFigures.whole($0.likely)) (\(ReportFigures.whole($0.low)) to \(ReportFigures.whole($0.high)))" } ?? "–"
                return ReportTable.Row(
                    cells: [
                        "\(r.key) \(r.name)" + (constraint.site.map { ", \($0)" } ?? ""), load,
                        (r.isMarket ? "market" : r.status.rawValue) + (governing.contains(r.key) ? ", governs" : ""), hour, cost(r.yearlyCost),
                    ], mark: r.utilisation.map { .load($0) }, isTotal: governing.contains(r.key),
                    links: [0: [ReportTable.Link(words: "\(r.key) \(r.name)" + (constraint.site.map { ", \($0)" } ?? ""), anchor: anchor(.constraint, r.key))]])
            }, most: max(1.15, (governance.constraints.compactMap { $0.reading.utilisation?.high }.max() ?? 0) * 1.05))
    }

    /// Which initiatives of a programme fund the governing constraint, and which fund around it: the dearest first.
    func funding(of programme: Programme) -> (constraint: [InitiativeReading], around: [InitiativeReading]) {
        let dearest = initiatives(of: programme).sorted {
            let (left, right) = ($0.meanCost ?? 0, $1.meanCost ?? 0)
            return left != right ? left > right : $0.key < $1.key
        }
        return (dearest.filter(fundsTheConstraint), dearest.filter { !fundsTheConstraint($0) })
    }

    func fundingTable(_ programme: Programme) -> ReportTable {
        func names(_ initiatives: [InitiativeReading]) -> [String] {
            initiatives.map { "\($0.key) \($0.name), " + ($0.cost.map { inUnit(CostRange($0)) } ?? "cost not known") }
        }
        let funding = funding(of: programme)
        let (there, around) = (names(funding.constraint), names(funding.around))
        let what = programme == .before ? "The programme as it stands" : governance.sequence.isRuledOtherwise ? "What the rules alone release after re-ranking" : "What is released after re-ranking"
        return ReportTable(
            caption: "\(what), by cost in \(unitOf): means, with low and high of what is not known exactly.",
            columns: [.text("Funds the governing constraint", wide: true), .text("Funds around it", wide: true)],
            rows: (0..<max(there.count, around.count)).map { place in
                ReportTable.Row(cells: [place < there.count ? there[place] : "", place < around.count ? around[place] : ""])
            })
    }

    var alignmentSentence: String {
        let s = governance.sequence
        func share(_ alignment: FundingAlignment) -> String { alignment.share.map(ReportFigures.finePercent) ?? "no money" }
        guard s.before.all > 0 || s.after.all > 0 else { return "No initiative of the programme has a cost, so no money can be followed to the governing constraint." }
        func money(_ programme: Programme) -> String { "\(inUnit(CostRange(of: initiatives(of: programme)))) \(unitOf)" }
        let before = "Of the programme's \(money(.before)), \(share(s.before)) goes to the governing constraint. "
        guard s.after.all > 0 else { return before + "After re-ranking \(s.isRuledOtherwise ? "the rules alone release" : "nothing is released")\(s.isRuledOtherwise ? " nothing" : "")." }
        return before + "Of the \(money(.after)) that \(s.isRuledOtherwise ? "the rules alone release" : "is released") after re-ranking it is \(share(s.after))"
            + (s.freeChoice.all != s.after.all ? ", and \(share(s.freeChoice)) of what is not mandated." : ".")
    }

    var constraintSentence: String {
        let streams = governance.constraintView.streams
        guard !streams.isEmpty else { return "No resource is captured yet, so the constraint is not known." }
        return streams.map { stream in
            let place = stream.name.map { "In \($0) " } ?? ""
            guard let key = stream.governing, let constraint = governance.constraints.first(where: { $0.reading.key == key })?.reading else {
                let why: String =
                    switch stream.because {
                    case .governs, .noneFull: "no resource is loaded to 95 %"
                    case .market(let key): "the market (\(key)) is loaded to 95 % and governs"
                    case .relieved(let keys): "what is loaded to 95 % is relieved (\(keys.joined(separator: ", ")))"
                    }
                return (place + why + ": the market is the constraint.").capitalizedWord
            }
            return (place + "\(key) \(constraint.name) governs: \(ReportFigures.plain(constraint.load?.likely ?? 0)) of \(ReportFigures.plain(constraint.capacity ?? 0)) \(constraint.unit) a \(constraint.period.rawValue).").capitalizedWord
        }.joined(separator: " ")
    }

    // MARK: - Seams

    var seamMapTable: ReportTable {
        let isStressed = result.stress != nil
        return ReportTable(
            caption: "\(unitOf.capitalizedWord) a year, means, in brackets P10 to P90. By risk index: exposure times severity over 4. The seam's own failure cost (in brackets everything at its low and at its high) only checks the exposure." + rareNote(seams.map { ($0.exposure.key, $0.exposure.net) }),
            columns: [
                .number("Rank"), .text("Seam", wide: true), .number("Index"), .number("Exposure"), .number("Severity"), .number("Own failure cost"),
            ] + (isStressed ? [.number("Scenario adds")] : []) + [.text("Owners", wide: true)],
            rows: governance.seamMap.rows.compactMap { row in
                guard let seam = seams.first(where: { $0.exposure.key == row.key }) else { return nil }
                let isScored = seam.seam.severity != nil
                let (index, exposure) = (isScored ? inUnit(row.index) : "–", inUnit(row.exposure))
                let failures = cost(row.failureCost) + (row.costDiffers ? ", differs" : "")
                let added: String = row.stressAdded.map { inUnit($0) } ?? "–"
                return ReportTable.Row(
                    cells: [
                        String(row.rank), "\(row.key) \(seam.seam.name)", index, exposure, isScored ? ReportFigures.oneDecimal(row.severity ?? 0) : "not scored", failures,
                    ] + (isStressed ? [added] : []) + [seam.ownersGap.map { "Gap: " + $0 } ?? "both sides owned"],
                    mark: .range(seam.exposure.net), links: [1: [ReportTable.Link(words: "\(row.key) \(seam.seam.name)", anchor: anchor(.seam, row.key))]])
            } + [
                ReportTable.Row(
                    cells: ["–", "Not at a seam", "–", inUnit(result.notAtASeam), "–", "–"] + (isStressed ? ["–"] : []) + ["–"],
                    mark: .range(result.notAtASeam), isBelowTheLine: true)
            ], most: (seams.map(\.exposure.net.p90) + [result.notAtASeam.p90]).max() ?? 0)
    }

    // MARK: - Decisions

    var decisionTable: ReportTable {
        ReportTable(
            caption: "Likely, with low and high. Latency from detection to action: measured where five or more cases were timed, else as told. Ratio: latency over time to damage. Excess: what the delay costs in \(unitOf) a year, the mean (everything at its low and at its high), a check beside the lines.",
            columns: [
                .text("Decision", wide: true), .text("Decider; deputy; limit", wide: true), .text("Latency", wide: true), .text("Time to damage", wide: true), .number("Ratio"),
                .text("Standing"), .text("Forum now; proposed", wide: true), .text("Excess", wide: true),
            ],
            rows: governance.decisions.map { decision in
                let r = decision.captured.reading, v = decision.view
                let measured = v.isMeasured ? ", " + Self.counted(r.samples.count, "case") : v.latency == nil ? "" : ", told"
                let name = "\(v.key) \(r.name)" + (decision.captured.inputs.isEmpty ? "" : " (on \(decision.captured.inputs.joined(separator: ", ")))")
                return ReportTable.Row(cells: [
                    name,
                    "\(r.decider ?? "nobody"); \(r.deputy ?? "no deputy"); \(decision.captured.limit.map(short) ?? "no limit")",
                    v.latency.map { durations($0) + measured } ?? "–", r.timeToDamage.map(durations) ?? "–", ratio(v.ratio), standingName(v.standing), forum(decision), cost(v.excess),
                ], links: [0: [ReportTable.Link(words: name, anchor: anchor(.decision, v.key))]])
            })
    }

    private func standingName(_ standing: DecisionView.Standing?) -> String {
        switch standing {
        case .inside: "inside the loop"
        case .marginal: "marginal"
        case .behind: "behind the process"
        case nil: "not known"
        }
    }

    private func forum(_ decision: Governance.Decision) -> String {
        var words = decision.captured.forum ?? (decision.view.forum == nil ? "none" : "a forum")
        if let forum = decision.view.forum {
            words += ", waits \(duration(forum.meanWait)) on average and \(duration(forum.worstWait)) at worst"
            if forum.cannotDecideInTime == true { words += ": cannot be decided in this meeting" }
        }
        if let proposed = decision.captured.proposedForum { words += "; proposed: \(proposed)" }
        if let interval = decision.captured.proposedInterval { words += (decision.captured.proposedForum == nil ? "; proposed: " : ", ") + "every \(duration(interval))" }
        return words
    }

    var bandwidthTable: ReportTable {
        ReportTable(
            caption: "How much of a role's time for decisions its decisions take. Amber above 85 %, red from 100 % on: the role cannot keep up.",
            columns: [.text("Role", wide: true), .number("Load"), .text("Light"), .text("Decisions")],
            rows: governance.bandwidth.map { load in
                let use = try? ThreePoint.constant(load.load)
                return ReportTable.Row(
                    cells: [load.role, ReportFigures.finePercent(load.load), load.light.rawValue, load.decisions.joined(separator: ", ")], mark: use.map { .load($0) })
            }, most: max(1.15, (governance.bandwidth.map(\.load).max() ?? 0) * 1.05))
    }

    // MARK: - Sequence

    var sequenceTable: ReportTable {
        ReportTable(
            caption: "In the computed order. Protected: what it takes off the lines over \(months), after those before it; mean and P10 to P90 in \(unitOf), simulated. Ratio and payback go by the exact means, which are a little beside the simulated ones. Cost: the mean, with low and high where it is not known exactly."
                + (governance.sequence.stopped.isEmpty ? "" : " Stopped, and not in the sequence: \(governance.sequence.stopped.joined(separator: ", ")).")
                + rareNote(zip(governance.sequence.rows, governance.protected).map { ($0.key, $1) }),
            columns: [
                .number("Now"), .number("Was"), .text("Initiative", wide: true), .text("Verdict"), .number("Cost"), .number("Protected"), .number("P10 to P90"),
                .number("Ratio"), .number("Payback"), .text("Because", wide: true),
            ],
            rows: zip(governance.sequence.rows, governance.protected).map { row, protected in
                let cost = initiative(row.key)?.cost.map { inUnit(CostRange($0)) }
                return ReportTable.Row(
                    cells: [
                        String(row.rank), row.declaredRank.map(String.init) ?? "–", initiativeName(row.key) + disputeNote(row.key),
                        verdictName(row.verdict) + (row.ruling.map { $0.verdict == row.verdict ? "" : "; ruled: \(verdictName($0.verdict))" } ?? ""), cost ?? "–",
                        protected.mean > 0 ? inUnit(protected.mean) : "–", protected.mean > 0 ? range(protected) : "–",
                        row.ratio.flatMap { protected.mean > 0 ? ratio($0) : nil } ?? "–", row.paybackMonths.map { ReportFigures.oneDecimal($0) + "\u{a0}mo" } ?? "–",
                        computedReason(row) + (row.ruling.map { "; \($0.approver): \(ReportText.phrase($0.reason))" } ?? ""),
                    ], isBelowTheLine: !row.standing.isFunded)
            })
    }

    var sequenceMoneyTable: ReportTable {
        let s = governance.sequence
        let asked = askedCost
        // People's rulings stand on page one: where they differ from the rules, both are told side by side.
        let isRuled = s.isRuledOtherwise
        func cells(_ computed: CostRange, _ ruled: CostRange) -> [String] {
            let costs: [CostRange] = isRuled ? [computed, ruled] : [computed]
            return costs.flatMap { [inUnit($0), ReportFigures.percent(asked.mean > 0 ? $0.mean / asked.mean : 0)] }
        }
        var rows = InvestmentSequence.Verdict.allCases.filter { cost(by: $0).high > 0 || ruledCost(by: $0).high > 0 }.map { verdict in
            ReportTable.Row(cells: [verdictName(verdict)] + cells(cost(by: verdict), ruledCost(by: verdict)))
        }
        rows.append(ReportTable.Row(cells: ["Asked for"] + cells(asked, asked), isTotal: true))
        var caption = "Money by verdict, \(unitOf)" + (asked.isKnown ? "." : ": means, in brackets with every cost at its low and at its high.")
        if isRuled {
            let differing = s.rows.filter { $0.standing != $0.verdict }.map(\.key).joined(separator: ", ")
            caption += " By the rules, and by what people ruled, which is what page one asks for; they differ over \(differing)."
        }
        if let budget = governance.budget, let left = budgetLeft {
            caption += " Of the budget of \(inUnit(budget)), the rules leave \(inUnit(left))"
            if isRuled, let ruled = ruledBudgetLeft { caption += " and the rulings \(inUnit(ruled))" }
            caption += "."
        }
        return ReportTable(
            caption: caption,
            columns: [.text("Verdict", wide: true)] + (isRuled ? [.number("By the rules"), .number("Share"), .number("As ruled"), .number("Share")] : [.number("Cost"), .number("Share")]),
            rows: rows)
    }

    var residualSentence: String {
        let r = governance.residual
        var words = "After what the rules fund, \(inUnit(r)) \(unitOf) a year stays at risk, of \(inUnit(result.headline)) today."
        if let ruled = governance.ruledResidual { words += " After what people ruled it is \(inUnit(ruled))." }
        return words
    }

    // MARK: - Bridge

    var bridgeTable: ReportTable? {
        guard let bridge = governance.bridge else { return nil }
        let rows = bridge.changes.map { change in
            let lines = change.lines.prefix(4).map { "\($0.key) \(($0.amount > 0 ? "+" : "") + inUnit($0.amount))" }.joined(separator: ", ")
            return ReportTable.Row(
                cells: [
                    stepName(change.step).capitalizedWord, (change.amount > 0 ? "+" : "") + inUnit(change.amount),
                    lines.isEmpty ? "–" : lines + (change.lines.count > 4 ? " and \(change.lines.count - 4) more" : ""),
                ], mark: .change(change.amount))
        }
        return ReportTable(
            caption: "Steps of the mean, \(unitOf) a year; together they are the difference exactly. A step is the difference of two means, in all and by line, and so has no range; before and now have theirs, P10 to P90.",
            columns: [.text("Step", wide: true), .number("Mean"), .text("Lines", wide: true)],
            rows: [ReportTable.Row(cells: ["Before", inUnit(bridge.before), ""])] + rows
                + [
                    ReportTable.Row(cells: ["Difference", (bridge.difference > 0 ? "+" : "") + inUnit(bridge.difference), ""]),
                    ReportTable.Row(cells: ["Now", inUnit(bridge.after), ""], isTotal: true),
                ],
            most: bridge.changes.map(\.amount.magnitude).max() ?? 0)
    }
}
