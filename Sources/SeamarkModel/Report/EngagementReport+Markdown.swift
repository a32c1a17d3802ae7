extension EngagementReport {
    /// The report as Markdown (CommonMark with tables).
    public var markdown: String {
        var out = ""
        func line(_ text: String = "") { out += text + "\n" }
        func paragraph(_ text: String) {
            line(ReportText.markdown(text))
            line()
        }
        func heading(_ level: Int, _ text: String) {
            line(String(repeating: "#", count: level) + " " + ReportText.markdown(text))
            line()
        }
        func list(_ items: [String]) {
            for item in items { line("- " + ReportText.markdown(item)) }
            line()
        }
        func table(_ table: ReportTable) {
            paragraph(table.caption)
            guard !table.rows.isEmpty else { return paragraph("None.") }
            line("| " + table.columns.map { ReportText.markdown($0.title) }.joined(separator: " | ") + " |")
            line("|" + table.columns.map { $0.isNumber ? "---:" : "---" }.joined(separator: "|") + "|")
            for row in table.rows {
                let cells = row.cells.map(ReportText.markdown)
                line("| " + (row.isTotal ? cells.map { $0.isEmpty ? "" : "**\($0)**" } : cells).joined(separator: " | ") + " |")
            }
            line()
        }
        /// Every part says that it is a draft: parts get copied out.
        func section(_ title: String) { heading(2, title + (gate.isBoardReady ? "" : " (DRAFT)")) }

        heading(1, (gate.isBoardReady ? "" : "DRAFT: ") + "Operating income at risk, " + facts.title)
        if let fictitious { line("> **" + ReportText.markdown(fictitious) + "**\n") }
        line(ReportText.markdown(factsLine) + "\n")
        if gate.isBoardReady {
            paragraph("Board-ready: every condition of the gate is met.")
        } else {
            line("**DRAFT, not for the board, because:**\n")
            list(gate.reasons)
        }
        section("The figure")
        line("**" + ReportText.markdown(headlineSentence) + "**\n")
        paragraph("That is \(relativeSentence).")
        table(headlineTable)
        table(inPlanTable)
        paragraph(domainRunners)
        paragraph("At the seams: " + seamRunners)
        section("From gross to net")
        table(waterfallTable)
        section("Where it comes from: domains")
        paragraph(domainRunners)
        table(domainTable)
        section("What kind of money, how well evidenced")
        table(categoryTable)
        table(evidenceTable)
        section("At which seams")
        paragraph(seamRunners)
        table(seamTable)
        list(seams.map(story))
        if let stressSentence { paragraph(stressSentence) }
        section("Open conflicts")
        if conflicts.isEmpty { paragraph("None.") }
        for conflict in conflicts {
            paragraph("\(conflict.record) (\(conflict.type)), \(conflict.field)" + (conflict.touchesMoney ? ", touches money" : ""))
            list(conflict.sayings.map { "\($0.author), \(time($0.at)): \($0.words)" + ($0.isUsed ? " (used here)" : "") })
        }
        section("Lines")
        table(lineTable)
        heading(3, "Overlaps")
        table(overlapTable)
        section("Method")
        table(methodTable)
        table(dependenceTable)
        heading(3, "Board-ready gate")
        table(gateTable)
        heading(3, "Assumptions")
        list(assumptions)
        heading(3, "Exclusions")
        list(exclusions.isEmpty ? ["None."] : exclusions)
        heading(3, "Points to check")
        list(findings.isEmpty ? ["None."] : findings.map { ReportText.sentence(ReportText.clean($0.description)) })
        heading(3, "Not in this report yet")
        list(EngagementReport.notYet)
        return out
    }

    /// Client, year, places and people in one line.
    var factsLine: String {
        var parts: [String] = [facts.handle]
        if let year = facts.fiscalYear { parts.append("fiscal year \(year)") }
        if let revenue = facts.revenue { parts.append("revenue \(short(revenue))") }
        if let plan = facts.plannedOperatingIncome { parts.append("planned operating income \(short(plan))") }
        if !facts.sites.isEmpty { parts.append(facts.sites.joined(separator: ", ")) }
        parts.append("\(facts.interviews) interviews, \(lines.count) priced lines")
        return parts.joined(separator: " · ")
    }
}
