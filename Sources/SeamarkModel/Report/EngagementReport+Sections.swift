extension EngagementReport {
    /// Everything after page one, in the order of the report.
    var sections: [ReportSection] {
        [
            questionsSection, ReportSection(title: "From gross to net", blocks: [.table(waterfallTable)]),
            ReportSection(title: "Where it comes from: domains", blocks: [.paragraph(domainRunners)] + (domainOrderSentence.map { [.paragraph($0)] } ?? []) + [.table(domainTable, type: "ranked")] + domainVoices),
            ReportSection(title: "What kind of money, and where", blocks: [.table(categoryTable), .table(siteTable), .heading("Evidence")] + drawn(evidenceDrawing) + [.table(evidenceTable)]),
            constraintSection, seamSection, decisionSection, sequenceSection, bridgeSection, gateSection, cycleSection,
            ReportSection(title: "Open conflicts", blocks: conflicts.isEmpty ? [.paragraph("None.")] : conflicts.flatMap(blocks)),
            methodSection,
            ReportSection(title: "Annex: lines", blocks: [.table(lineTable, type: "lines"), .heading("Overlaps"), .table(overlapTable), .heading("What stands behind each figure"), .table(originTable, type: "lines")] + (pieces.isEmpty ? [] : [.heading("Evidence"), .table(pieceTable)])),
        ]
    }

    private func drawn(_ drawing: String?) -> [ReportSection.Block] { drawing.map { [.drawing($0)] } ?? [] }

    private var questionsSection: ReportSection {
        ReportSection(title: "Six questions", blocks: boardQuestions.flatMap { question -> [ReportSection.Block] in
            var blocks: [ReportSection.Block] = [.heading("\(question.number). \(question.question)"), question.facts.count > 1 ? .list(question.facts) : .paragraph(question.facts[0])]
            if let narrative = question.narrative {
                blocks.append(.paragraph(narrative + " (\(question.approval))"))
            }
            let besides = (question.approvedBy == nil ? question.obstacles : []) + question.warnings
            if !besides.isEmpty { blocks.append(.list(besides)) }
            return blocks
        })
    }

    private var evidenceDrawing: String? {
        guard result.headline.mean > 0 else { return nil }
        return ReportDrawing.stack(result.evidence.map { ("grade \($0.grade.rawValue)", $0.share) }, said: "Share of the mean by grade of evidence")
    }

    private var constraintSection: ReportSection {
        guard !governance.constraints.isEmpty else { return ReportSection(title: "Constraint first", blocks: [.paragraph(constraintSentence)]) }
        var blocks: [ReportSection.Block] = [.paragraph(constraintSentence), .table(constraintTable)]
        if !governance.initiatives.isEmpty { blocks += [.paragraph(alignmentSentence), .table(fundingTable(.before)), .table(fundingTable(.after))] }
        return ReportSection(title: "Constraint first", blocks: blocks)
    }

    private var seamSection: ReportSection {
        var blocks: [ReportSection.Block] = [.paragraph(seamRunners)] + (seamOrderSentence.map { [.paragraph($0)] } ?? []) + [.table(seamMapTable, type: "lines")] + drawn(ReportDrawing.grid(self))
        let stories = governance.seamMap.rows.prefix(5).compactMap { row in seams.first { $0.exposure.key == row.key }.map(story) }
        if !stories.isEmpty { blocks.append(.list(stories)) }
        if let stressSentence { blocks.append(.paragraph(stressSentence)) }
        blocks += seamVoices
        return ReportSection(title: "Seam map", blocks: blocks)
    }

    private var decisionSection: ReportSection {
        guard !governance.decisions.isEmpty else { return ReportSection(title: "Decision rights and cadence", blocks: [.paragraph("No decision is captured yet.")]) }
        var blocks: [ReportSection.Block] = drawn(ReportDrawing.latencies(self)) + [.table(decisionTable, type: "lines")]
        let measured = governance.decisions.compactMap { decision -> String? in
            let rates = [
                decision.view.reopenRate.map { "\(ReportFigures.percent($0)) were reopened" },
                decision.view.escalatedShare.map { "\(ReportFigures.percent($0)) of the routine ones climbed two levels or more" },
            ].compactMap { $0 }
            return rates.isEmpty ? nil : "\(decision.view.key), \(decision.captured.reading.samples.count) cases: " + rates.joined(separator: ", ") + "."
        }
        if !measured.isEmpty { blocks.append(.list(measured)) }
        if !governance.bandwidth.isEmpty { blocks += [.heading("Bandwidth"), .table(bandwidthTable)] }
        return ReportSection(title: "Decision rights and cadence", blocks: blocks)
    }

    private var sequenceSection: ReportSection {
        guard !governance.initiatives.isEmpty else { return ReportSection(title: "Investment sequence", blocks: [.paragraph("No initiative is captured yet.")]) }
        return ReportSection(title: "Investment sequence", blocks: [.paragraph(residualSentence)] + drawn(ReportDrawing.order(self)) + [
            .table(sequenceTable, type: "lines"), .table(sequenceMoneyTable),
        ])
    }

    private var bridgeSection: ReportSection {
        ReportSection(title: "What changed", blocks: [.paragraph(bridgeSentence)] + (bridgeTable.map { [.table($0)] } ?? []))
    }

    private var gateSection: ReportSection {
        guard !governance.gates.isEmpty else { return ReportSection(title: "Gates for automated decisions", blocks: [.paragraph("No initiative scales automated decisions.")]) }
        let contradictions = governance.gates.flatMap { gate in gate.contradictions.map { "\(gate.initiative): \($0)" } }
        return ReportSection(title: "Gates for automated decisions", blocks: [.table(gateReviewTable)] + (contradictions.isEmpty ? [] : [.list(contradictions)]))
    }

    private var cycleSection: ReportSection {
        var blocks: [ReportSection.Block] = []
        if let cycleSentence { blocks.append(.paragraph(cycleSentence)) }
        blocks.append(governance.moves.isEmpty ? .paragraph("No move is captured yet.") : .table(moveTable))
        if governance.cycle != nil { blocks += [.heading("Exit rules"), .table(exitTable)] }
        if let signals = signalsSentence { blocks.append(.paragraph(signals)) }
        return ReportSection(title: "The next ninety days", blocks: blocks + advice)
    }

    /// What the five-signal checks say together: no single one is told.
    private var signalsSentence: String? {
        guard !governance.quickChecks.isEmpty else { return nil }
        let count = governance.quickChecks.count
        let isTicked = governance.quickChecks.contains { $0.signals.ticks.contains { $0 > 0 } }
        let first = governance.interviewFirst.prefix(3).compactMap { code in domains.first { $0.exposure.key == code }.map { "\(code) \($0.name)" } }
        return "\(count) five-signal check\(count == 1 ? "" : "s"). " + (first.isEmpty ? isTicked ? "They point to no domain in scope." : "No box was ticked." : "Interview first about: \(first.joined(separator: ", ")). Ticks are never money.")
    }

    private func blocks(_ conflict: OpenConflict) -> [ReportSection.Block] {
        [
            .paragraph("\(conflict.record) (\(conflict.type)), \(conflict.fieldName)" + (conflict.touchesMoney ? ", touches money" : "")),
            .list(conflict.sayings.map { "\($0.author), \(time($0.at)): \($0.words)" + ($0.isUsed ? " (used here)" : "") }),
        ]
    }

    private var methodSection: ReportSection {
        ReportSection(title: "Method", blocks: [.table(methodTable, type: "method"), .heading("Dependence"), .table(dependenceTable), .heading("What drives the spread"), .table(tornadoTable)]
            + [.heading("Loss exceedance")] + drawn(ReportDrawing.exceedance(self)) + [.table(exceedanceTable)] + [
                .heading("Gate before the board"), .table(gateTable), .heading("Structural checks"), governance.checks.isEmpty ? .paragraph("None is raised.") : .table(checkTable),
                .heading("Assumptions"), .list(assumptions), .heading("Exclusions"), .list(exclusions), .heading("Points to check"),
                .list(pointsToCheck),
            ])
    }
}
