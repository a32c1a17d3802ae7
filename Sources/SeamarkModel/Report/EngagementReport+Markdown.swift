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
        func section(_ title: String) { heading(2, title + (isBoardReady ? "" : " (\(statusLabel))")) }

        heading(1, (isBoardReady ? "" : statusLabel + ": ") + "Operating income at risk, " + facts.title)
        if let fictitious { line("> **" + ReportText.markdown(fictitious) + "**\n") }
        line(ReportText.markdown(factsLine) + "\n")
        if let standLine { line(ReportText.markdown(standLine) + "\n") }
        if let previewSentence { line("**PREVIEW.** " + ReportText.markdown(previewSentence) + "\n") }
        if isBoardReady { paragraph("Board-ready: every condition of the gate is met.") }
        if let draftLead {
            line("**\(draftLead):**\n")
            list(reasonsInBrief)
            if let reasonsElsewhere { paragraph(reasonsElsewhere) }
        }
        section("The figure")
        line("**" + ReportText.markdown(headlineSentence) + "**\n")
        paragraph("That is \(relativeSentence).")
        table(headlineTable)
        table(inPlanTable)
        if let referenceSentence { paragraph(referenceSentence) }
        paragraph(domainRunners)
        paragraph("At the seams: " + seamRunners)
        if !decisionsAsked.isEmpty {
            heading(3, "Decisions asked of the board")
            list(decisionsAsked)
        }
        for part in sections {
            section(part.title)
            for block in part.blocks {
                switch block {
                case .paragraph(let words): paragraph(words)
                case .heading(let words): heading(3, words)
                case .list(let items): list(items.isEmpty ? ["None."] : items)
                case .table(let content, _): table(content)
                case .drawing: continue
                }
            }
        }
        return out
    }

    /// Client, year, places and people in one line.
    var factsLine: String {
        var parts: [String] = [facts.handle]
        if let year = facts.fiscalYear { parts.append("fiscal year \(year)") }
        if let revenue = facts.revenue { parts.append("revenue \(known(revenue))") }
        if let plan = facts.plannedOperatingIncome { parts.append("planned operating income \(known(plan))") }
        if !facts.sites.isEmpty { parts.append(facts.sites.count > 4 ? Self.counted(facts.sites.count, "site") : facts.sites.joined(separator: ", ")) }
        parts.append(Self.counted(facts.interviews, "interview") + ", " + Self.counted(lines.count, "priced line"))
        return parts.joined(separator: " · ")
    }
}
