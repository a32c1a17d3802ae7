import SeamarkJournal

extension EngagementReport {
    /// Page one: two significant digits.
    var headlineTable: ReportTable {
        let h = result.headline
        let share: Spread? =
            switch result.relative {
            case .ofPlannedOperatingIncome(let share), .ofRevenue(let share, _): share
            case .unavailable: nil
            }
        let whole =
            switch result.relative {
            case .ofPlannedOperatingIncome: "of planned operating income"
            case .ofRevenue: "of revenue"
            case .unavailable: "share"
            }
        let percent = share.map { ReportFigures.percents([$0.p10, $0.p25, $0.p50, $0.p75, $0.p90]) } ?? Array(repeating: "–", count: 5)
        let band = share == nil ? "–" : percent[1] + " to " + percent[3]
        return ReportTable(
            caption: "The range of the yearly loss, after overlaps and ceilings.",
            columns: [.text("", wide: true), .number("a year"), .number(whole)],
            rows: [
                ReportTable.Row(cells: ["Floor (P10)", short(h.p10), percent[0]]),
                ReportTable.Row(cells: ["Most-likely band (P25 to P75)", shortRange(h.p25, h.p75), band]),
                ReportTable.Row(cells: ["Likely (P50)", short(h.p50), percent[2]], isTotal: true),
                ReportTable.Row(cells: ["Upper (P90)", short(h.p90), percent[4]]),
            ])
    }

    var inPlanTable: ReportTable {
        let split = result.inPlan
        func row(_ name: String, _ mean: Double, _ kind: InPlan) -> ReportTable.Row {
            let range = split.ranges[kind].map { shortRange($0.p10, $0.p90) } ?? "–"
            return ReportTable.Row(cells: [name, short(mean), range, result.headline.mean > 0 ? ReportFigures.percent(mean / result.headline.mean) : "–"])
        }
        return ReportTable(
            caption: "Parts of the mean of \(short(result.headline.mean)) (\(shortRange(result.headline.p10, result.headline.p90))): what the plan already accepts is recoverable, what it does not threatens the plan.",
            columns: [.text("", wide: true), .number("mean a year"), .number("P10 to P90"), .number("of the mean")],
            rows: [row("Not in the plan: threatens it", split.notInPlan, .no), row("Already in the plan: recoverable", split.inPlan, .yes)]
                + (split.unknown > 0 ? [row("Not known", split.unknown, .unknown)] : []))
    }

    var evidenceTable: ReportTable {
        ReportTable(
            caption: "How the mean of \(inUnit(result.headline.mean)) (\(range(result.headline))) \(unitOf) is evidenced.",
            columns: [.text("Grade"), .text("What stands behind it", wide: true), .number("Mean"), .number("P10 to P90"), .number("Share")],
            rows: result.evidence.map {
                ReportTable.Row(cells: [$0.grade.rawValue, gradeName($0.grade), inUnit($0.net.mean), range($0.net), ReportFigures.finePercent($0.share)])
            })
    }

    var waterfallTable: ReportTable {
        let w = result.waterfall
        /// What is taken off has a minus, and the least of it first, as everywhere.
        func taken(_ spread: Spread) -> [String] {
            [inUnit(-spread.mean), inUnit(-spread.p10) + " to " + inUnit(-spread.p90)]
        }
        return ReportTable(
            caption: "\(unitOf.capitalizedWord) a year. Means add up from step to step, but for rounding; percentiles do not.",
            columns: [.text("Step", wide: true), .number("Mean"), .number("P10 to P90")],
            rows: [
                ReportTable.Row(cells: ["All lines added up", inUnit(w.gross.mean), range(w.gross)], mark: .block(from: 0, to: w.gross.mean, isTakenOff: false)),
                ReportTable.Row(
                    cells: ["Counted twice: overlaps"] + taken(w.overlap),
                    mark: .block(from: w.gross.mean - w.overlap.mean, to: w.gross.mean, isTakenOff: true)),
                ReportTable.Row(
                    cells: ["Beyond what a ledger pool holds: ceilings"] + taken(w.ceiling),
                    mark: .block(from: w.net.mean, to: w.net.mean + w.ceiling.mean, isTakenOff: true)),
                ReportTable.Row(
                    cells: ["Operating income at risk", inUnit(w.net.mean), range(w.net)], mark: .block(from: 0, to: w.net.mean, isTakenOff: false), isTotal: true),
            ], most: w.gross.mean)
    }

    var dependenceTable: ReportTable {
        ReportTable(
            caption: "What the one assumption about dependence is worth, \(unitOf) a year.",
            columns: [.text("rho", wide: true), .number("P10"), .number("P50"), .number("P90"), .number("Mean")],
            rows: dependenceRows.map { row in
                ReportTable.Row(cells: [row.rho] + [row.spread.p10, row.spread.p50, row.spread.p90, row.spread.mean].map(inUnit))
            })
    }

    var domainTable: ReportTable {
        let showsGaps = domains.contains { $0.perceptionGap != nil }
        let rows = domains.map { domain in
            let e = domain.exposure
            let confidence = domain.confidence.map { "\($0.rawValue.capitalizedWord)\u{a0}(\(ReportFigures.twoDecimals(e.confidence ?? 0)))" }
                ?? (!domain.isInScope ? "Not in scope" : domain.isAskedInVain ? "Asked, not scored" : "Not assessed")
            return ReportTable.Row(
                cells: [
                    e.rank.map(String.init) ?? "–", "\(e.key) \(domain.name)", inUnit(e.net.mean), range(e.net),
                    e.rank == nil ? "–" : stability(e.firstShare, e.firstThreeShare),
                    e.severity.map(ReportFigures.twoDecimals) ?? "–", confidence,
                ] + (showsGaps ? [domain.perceptionGap.map { ReportFigures.twoDecimals($0) } ?? "not shown"] : []), mark: .range(e.net), isBelowTheLine: e.rank == nil,
                links: [1: [ReportTable.Link(words: "\(e.key) \(domain.name)", anchor: anchor(.domain, e.key))]])
        }
        return ReportTable(
            caption: "\(unitOf.capitalizedWord) a year. Means add up to the total, but for rounding; percentiles do not. First: the share of runs in which the domain is the largest, in brackets among the three largest. Severity 0 to 1. Domains below confidence 0.5 are shown, and not ranked. "
                + (showsGaps
                    ? "The gap is the floor's mean score less the top's, shown only where enough people stand on each side."
                    : "The perception gap between the floor and the top is not shown: too few people stand on one side.")
                + rareNote(domains.map { ($0.exposure.key, $0.exposure.net) }),
            columns: [.number("Rank"), .text("Domain", wide: true), .number("Mean"), .number("P10 to P90"), .number("First (top 3)"), .number("Severity"), .text("Confidence")] + (showsGaps ? [.number("Gap")] : []),
            rows: rows + [
                ReportTable.Row(
                    cells: ["–", "Outside execution, unallocated", inUnit(result.unallocated.mean), range(result.unallocated), "–", "–", "–"] + (showsGaps ? ["–"] : []),
                    mark: .range(result.unallocated), isBelowTheLine: true),
                ReportTable.Row(
                    cells: ["", "Total", inUnit(result.headline.mean), range(result.headline), "", "", ""] + (showsGaps ? [""] : []), isTotal: true),
            ], most: (result.domains.map(\.net.p90) + [result.unallocated.p90]).max() ?? 0)
    }

    var categoryTable: ReportTable {
        ReportTable(
            caption: "\(unitOf.capitalizedWord) a year." + rareNote(result.categories.map { (categoryNames[$0.category] ?? $0.category.rawValue, $0.net) }),
            columns: [.text("Category", wide: true), .number("Mean"), .number("P10 to P90"), .text("Evidence", wide: true)],
            rows: result.categories.map { category in
                ReportTable.Row(
                    cells: [categoryNames[category.category] ?? category.category.rawValue, inUnit(category.net.mean), range(category.net), evidenceMix(category.evidence)],
                    mark: .range(category.net))
            }, most: result.categories.map(\.net.p90).max() ?? 0)
    }

    var lineTable: ReportTable {
        ReportTable(
            caption: "\(unitOf.capitalizedWord) a year. Low / likely / high as captured; net after overlaps and ceilings." + rareNote(lines.map { ($0.line.key, $0.exposure.net) }),
            columns: [
                .text("Line"), .text("Title", wide: true), .text("Category"), .text("Grade"), .text("Low / likely / high", wide: true), .number("Net mean"),
                .number("P10 to P90"), .text("Points to domains; to seams", wide: true), .text("Evidence", wide: true),
            ],
            rows: lines.map { line in
                let seams = words(line.priced.seamPoints)
                let points = words(line.exposure.domainPoints)
                let domains = points.isEmpty ? "" : points + (line.exposure.usesDefaultPoints ? " (from the matrix)" : "")
                return ReportTable.Row(cells: [
                    line.line.key, line.line.title, line.priced.category.rawValue.lowercased().capitalizedWord, grade(of: line), price(of: line),
                    inUnit(line.exposure.net.mean), range(line.exposure.net),
                    (domains.isEmpty ? "none" : domains) + "; " + (seams.isEmpty ? "none" : seams), evidence(of: line),
                ], anchor: Self.anchor("line", line.line.key))
            })
    }

    private func evidence(of line: Line) -> String {
        let references = line.line.evidence.map { "\($0.key) (\($0.kind))" } + [line.line.basis].compactMap { $0 }
        return references.isEmpty ? "none" : references.joined(separator: "; ")
    }

    var overlapTable: ReportTable {
        ReportTable(
            caption: "Pairs of lines that count partly the same money. The share is of the smaller of the two, and taken from the line with the weaker evidence.",
            columns: [.text("Lines"), .number("Share"), .text("Reason", wide: true)],
            rows: overlaps.map { ReportTable.Row(cells: ["\($0.first) and \($0.second)", ReportFigures.percent($0.share), $0.reason]) })
    }

    var gateTable: ReportTable {
        ReportTable(
            caption: "A report is board-ready when every condition is met.", columns: [.text("Condition", wide: true), .text("Outcome"), .text("What was found", wide: true)],
            rows: gate.conditions.map { condition in
                let outcome =
                    switch condition.outcome {
                    case .met: "✓ met"
                    case .notMet: "✗ not met"
                    }
                return ReportTable.Row(cells: [condition.title.capitalizedWord, outcome, inTheTable(condition)])
            })
    }

    /// Structural checks have a table of their own.
    private func inTheTable(_ condition: ReportGate.Condition) -> String {
        guard condition.kind == .structuralChecks, condition.outcome != .met, condition.words.count > 3 else { return told(condition).joined(separator: " ") }
        return "\(ReportFigures.whole(Double(condition.words.count))) structural checks are not answered; each stands below."
    }

    var methodTable: ReportTable {
        var rows: [[String]] = [
            ["Method", RiskSettings.method], ["Iterations (N)", ReportFigures.whole(Double(result.settings.iterations))], ["Seed", String(result.settings.seed)],
            ["rho", ReportFigures.plain(result.settings.correlation)], ["Instrument", "\(instrument), \(instrumentName)"],
            ["Unallocated share of the mean", ReportFigures.finePercent(unallocatedShare)],
            ["Records read", "\(Self.counted(facts.interviews, "interview")) with \(Self.counted(facts.people, "person", "people")), \(Self.counted(facts.answers, "scored answer")), \(Self.counted(lines.count, "priced line"))"],
            ["Software", ReportText.clean(provenance.software)],
        ]
        if provenance.frozen == nil, let madeAt = provenance.madeAt { rows.append(["Made", time(madeAt)]) }
        rows.append(["SHA-256 of the inputs", inputsHash.description])
        if provenance.frozen != nil {
            rows += frozenRows
        } else if let checkpoint = provenance.checkpoint {
            for named in checkpoint.names {
                guard let place = checkpoint.checkpoint.scopes.first(where: { $0.scope == named.scope })?.place else { continue }
                rows.append(["Log of \(ReportText.clean(named.name))", "position \(place.position), log hash \(place.hash)"])
            }
            rows.append([
                "Checkpoint", "\(checkpointHash.map(\.description) ?? ""), signed by the server at \(time(checkpoint.checkpoint.time)); whole in the report's JSON",
            ])
            rows.append(["Tenant authority", checkpoint.authority.description])
            rows.append(["To check it", "seamark verify, or seamark-server verify, with --report and the report's JSON file"])
        } else {
            rows.append(["Log", previewSentence ?? "not tied to a checkpoint of the server"])
        }
        return ReportTable(
            caption: "What the figures were made from.", columns: [.text("", wide: true), .text("", wide: true)],
            rows: rows.map { ReportTable.Row(cells: $0) })
    }

    /// The modes of a seam that were scored, the greatest first.
    func modes(_ seam: Seam) -> String {
        (seam.seam.severity?.modes ?? []).filter { $0.value > 0 }.enumerated()
            .sorted { $0.element.value != $1.element.value ? $0.element.value > $1.element.value : $0.offset < $1.offset }
            .map { "\(EngagementReport.name(of: $0.element.mode)) \(ReportFigures.oneDecimal($0.element.value))" }.joined(separator: ", ")
    }

    private static func name(of mode: SeamMode) -> String {
        switch mode {
        case .ownershipAmbiguity: "ownership ambiguity"
        case .kpiConflict: "KPI conflict"
        case .approvalLatency: "approval latency"
        case .exceptionByHeroics: "exception by heroics"
        case .relationshipDependence: "relationship dependence"
        case .dataMismatch: "data mismatch"
        }
    }

    /// `71 % (98 %)`: of the runs first, and among the first three.
    func stability(_ first: Double, _ three: Double) -> String { "\(ReportFigures.percent(first)) (\(ReportFigures.percent(three)))" }

    /// How much faster automated decisions come, as a sentence; nil where none pass.
    private func velocity(_ seam: EngagementReading.Seam) -> String? {
        guard seam.isAIExposed else { return nil }
        guard let velocity = seam.velocity else { return "Exposed to automated decisions; how much faster they come than before is not known." }
        guard velocity.high > 1 else { return "Exposed to automated decisions, as many a week as before." }
        func times(_ value: Double) -> String { ReportFigures.plain(value) }
        return "Exposed to automated decisions, \(times(velocity.likely)) times as many a week as before"
            + (velocity.isConstant ? "." : " (\(times(velocity.low)) to \(times(velocity.high))).")
    }

    /// A seam in a few sentences: what passes from whom to whom, who owns it, how it fails, how fast it is asked to be, and how often it comes first.
    func story(_ seam: Seam) -> String {
        let s = seam.seam
        var words = "\(s.key) \(s.name): "
        words += (s.object ?? "what is handed over is not named") + ", from \(s.from ?? "an unnamed unit") to \(s.to ?? "an unnamed unit"). "
        words += "Owners: \(s.ownerFrom ?? "nobody") and \(s.ownerTo ?? "nobody"). "
        let modes = modes(seam)
        words += modes.isEmpty ? "No mode is scored above 0." : "Modes (0 to 4): \(modes)."
        if let velocity = velocity(s) { words += " " + velocity }
        let e = seam.exposure
        if e.firstThreeShare > 0 { words += " Largest in \(ReportFigures.percent(e.firstShare)) of runs, among the three largest in \(ReportFigures.percent(e.firstThreeShare))." }
        return words
    }

    /// The acceleration scenario as a sentence; nil where there is nothing to tell.
    var stressSentence: String? {
        guard let stress = result.stress, stress.added.mean > 1e-6 * result.headline.mean else { return nil }
        return "Scenario, not part of the headline: if automated decisions speed up as captured at \(stress.seams.joined(separator: ", ")), the mean becomes "
            + "\(inUnit(stress.net)) \(unitOf) a year, \(inUnit(stress.added)) above today's \(inUnit(result.headline))."
    }
}

extension String {
    /// With its first letter in upper case.
    var capitalizedWord: String { prefix(1).uppercased() + dropFirst() }
}
