// Tables of the gates, the ninety days, the checks, and what stands behind the figure.
extension EngagementReport {
    var gateReviewTable: ReportTable {
        ReportTable(
            caption: "Twelve criteria for scaling automated decisions. Must: G1, G2, G4, G5, G9, and G11 where regulated. What was not assessed fails a must.",
            columns: [
                .text("Initiative", wide: true), .text("Verdict", wide: true), .text("Not passed", wide: true), .text("Reviewed", wide: true), .text("A person's decision"),
            ],
            rows: governance.gates.map { gate in
                guard let review = gate.review else { return ReportTable.Row(cells: [initiativeName(gate.initiative), "✗ " + verdictName(gate.verdict), "never reviewed", "–", "–"]) }
                let open = ScalingGate.Criterion.allCases.filter { review.gate.result($0) != .pass }.map { criterion in
                    "\(criterion.rawValue)\(criterion.isMust(regulated: review.gate.isRegulated) ? " (must)" : "") \(resultName(review.gate.results[criterion] ?? .notAssessed))"
                }
                let when = "\(review.key), \(CalendarDate.text(days: review.day)), counts for \(review.gate.validDays) days" + (review.gate.hasExpired ? ": expired" : "")
                return ReportTable.Row(cells: [
                    initiativeName(gate.initiative) + (review.extent.map { ", \($0)" } ?? ""), (gate.verdict == .pass ? "✓ " : "✗ ") + verdictName(gate.verdict),
                    open.isEmpty ? "all passed" : open.joined(separator: "; "), when + (review.reviewer.map { ", by \($0)" } ?? ""), review.decision.map { verdictName($0) } ?? "none yet",
                ])
            })
    }

    var moveTable: ReportTable {
        ReportTable(
            caption: "Exposure: mean and P10 to P90 of the linked lines and seams, \(unitOf) a year. At risk: off track at the last two looks.",
            columns: [
                .text("Move", wide: true), .text("Owner", wide: true), .number("Due"), .text("Leading measure", wide: true), .text("Linked exposure", wide: true), .text("State"),
            ],
            rows: governance.moves.map { move in
                let linked = move.isLinked ? links(move, in: inUnit) : "none"
                return ReportTable.Row(
                    cells: [
                        "\(move.key) \(move.title)", move.owner ?? "nobody", move.due.map { CalendarDate.text(days: $0) } ?? "no date",
                        move.measure.map { "\($0): \(move.threshold ?? "no threshold")" } ?? "none", linked,
                        move.state.rawValue + (move.isOverdue(on: governance.today) ? ", ✗ overdue" : "") + (move.isAtRisk ? ", ✗ at risk" : move.isVerified ? ", ✓ proven" : ""),
                    ], isBelowTheLine: !move.state.isOpen)
            })
    }

    var exitTable: ReportTable {
        ReportTable(
            caption: "What each phase must show before the next begins.", columns: [.text("Phase"), .text("Days"), .text("State"), .text("Still missing", wide: true)],
            rows: governance.exitRules.map { rule in
                ReportTable.Row(cells: [
                    phaseName(rule.phase).capitalizedWord, "\(rule.phase.days.lowerBound) to \(rule.phase.days.upperBound)", rule.isMet ? "✓ met" : "✗ open",
                    rule.isMet ? "nothing" : rule.missing.joined(separator: " "),
                ], isTotal: governance.cycle?.days.phase == rule.phase)
            })
    }

    var checkTable: ReportTable {
        ReportTable(
            caption: "Questions about how lines hang together. Each must be answered before a board sees the figures. In brackets: P10 to P90 of what lines give a seam, of other costs everything at its low and at its high.",
            columns: [.text("Check", wide: true), .text("About"), .text("What was found", wide: true), .text("Answer", wide: true)],
            rows: governance.checks.map { check in
                ReportTable.Row(cells: [checkName(check.kind), check.subject + (check.other.map { " and \($0)" } ?? ""), check.words.capitalizedWord + ".", check.answer.map { "✓ " + $0 } ?? "✗ not answered"])
            })
    }

    // MARK: - Behind the figure

    var exceedanceTable: ReportTable {
        ReportTable(
            caption: "Loss exceedance: how likely a year costs more than the amount, in \(unitOf). Each amount is a percentile of the range itself.", columns: [.text("Probability", wide: true), .number("Costs more than")],
            rows: result.exceedance.map { ReportTable.Row(cells: [ReportFigures.percent($0.probability), inUnit($0.amount)]) })
    }

    var tornadoTable: ReportTable {
        let rows = lines.sorted {
            $0.exposure.varianceShare != $1.exposure.varianceShare ? $0.exposure.varianceShare > $1.exposure.varianceShare : HandleOrder.precedes($0.line.key, $1.line.key)
        }.prefix(12)
        return ReportTable(
            caption: "What drives the spread: each line's part in the variance of the total. The parts of all lines add up to 100 %. A narrower range of the first lines narrows the headline most.",
            columns: [.text("Line", wide: true), .number("Part of the variance"), .number("P10 to P90")],
            rows: rows.map { line in
                ReportTable.Row(
                    cells: ["\(line.line.key) \(line.line.title)", ReportFigures.finePercent(line.exposure.varianceShare), range(line.exposure.net)],
                    mark: .block(from: 0, to: max(0, line.exposure.varianceShare), isTakenOff: false))
            }, most: rows.map(\.exposure.varianceShare).max() ?? 0)
    }
}
