import SeamarkJournal

extension EngagementReport {
    /// The report as one HTML file that asks nobody for anything: no script, no address, styles and drawings inside.
    public var html: String {
        let isDraft = !isBoardReady
        let why = (provenance.preview == nil ? [] : ["from a laptop, not from headquarters"]) + gate.shortReasons
        let margin = isDraft ? statusLabel + ": " + why.joined(separator: "; ") : "Board-ready"
        var out = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <meta name="robots" content="noindex">
            <title>\(text((isDraft ? statusLabel + ": " : "") + "Operating income at risk, " + facts.title))</title>
            <style>
            \(ReportStyle.sheet(margin: margin))
            </style>
            </head>
            <body>
            \(ReportDrawing.patterns)
            """
        if isDraft {
            out += "<div class=\"draft\" aria-hidden=\"true\"><b\(provenance.preview == nil ? "" : " class=\"preview\"")>\(statusLabel)</b><span>\(text(why.joined(separator: " · ")))</span></div>\n"
        }
        out += "<header class=\"top\">\n<p class=\"kicker\">Operating income at risk</p>\n<h1>\(text(facts.title))</h1>\n<p class=\"facts\">\(content(factsLine))</p>\n"
        if let standLine { out += "<p class=\"facts\">\(content(standLine))</p>\n" }
        if let fictitious { out += "<p class=\"fictitious\"><strong>\(text(fictitious))</strong></p>\n" }
        if isDraft {
            out += "<div class=\"status\" role=\"note\" aria-label=\"Status\">" + (previewSentence.map { "<p>PREVIEW</p><p class=\"what\">\(text($0))</p>" } ?? "")
                + (draftLead.map { "<p>\($0)</p>\(list(reasonsInBrief))" } ?? "") + (reasonsElsewhere.map { "<p class=\"what\">\(text($0))</p>" } ?? "") + "</div>\n"
        } else {
            out += "<div class=\"status ready\" role=\"note\" aria-label=\"Status\"><p>Board-ready: every condition of the gate is met.</p></div>\n"
        }
        out += "</header>\n<main>\n" + pageOne
        for section in sections { out += html(section) }
        out += "</main>\n<footer class=\"end\"><p>\(text(statusLabel)) · \(text(facts.handle)) · \(text(ReportText.clean(provenance.software))) · inputs \(String(inputsHash.description.prefix(16)))\(checkpointHash.map { " · checkpoint \($0.description.prefix(16))" } ?? "")</p></footer>\n</body>\n</html>\n"
        return out
    }

    // MARK: - Parts

    /// Every text passes here on its way into HTML.
    private func text(_ words: String) -> String { ReportText.html(words) }
    /// For element content: a handle such as L-A001 is never broken at its hyphen.
    private func content(_ words: String) -> String { ReportText.unbroken(text(words)) }
    private func paragraph(_ words: String) -> String { "<p>\(content(words))</p>\n" }

    private func list(_ items: [String]) -> String {
        items.isEmpty ? "<p>None.</p>\n" : "<ul>" + items.map { "<li>\(content($0))</li>" }.joined() + "</ul>\n"
    }

    /// The first words and the first table stay on one printed page with the title.
    private func html(_ section: ReportSection) -> String {
        let first = section.blocks.firstIndex { block in
            switch block {
            case .table, .drawing, .list: true
            case .paragraph, .heading: false
            }
        } ?? section.blocks.count - 1
        let isLong = if first >= 0, first < section.blocks.count, case .table(let table, _) = section.blocks[first] { !table.isShort } else { false }
        let lead = isLong ? first : first + 1
        return "<section>\n<div class=\"keep\"><h2>\(text(section.title))</h2>\n"
            + section.blocks.prefix(lead).map(html).joined() + "</div>\n" + section.blocks.dropFirst(lead).map(html).joined() + "</section>\n"
    }

    private func html(_ block: ReportSection.Block) -> String {
        switch block {
        case .paragraph(let words): paragraph(words)
        case .heading(let words): "<h3>\(text(words))</h3>\n"
        case .list(let items): list(items)
        case .table(let table, let type): figure(table, type: type)
        case .drawing(let drawing): "<figure class=\"keep\">\(drawing)</figure>\n"
        }
    }

    private var pageOne: String {
        let h = result.headline
        guard h.mean > 0 else { return "<section class=\"first\">\n<h2>The figure</h2>\n" + paragraph(headlineSentence) + "</section>\n" }
        let strong = result.evidence.filter { $0.grade <= .b }.reduce(0) { $0 + $1.share }
        let split = result.inPlan
        let parts = [("not in the plan", split.notInPlan / h.mean), ("already in the plan", split.inPlan / h.mean), ("not known", split.unknown / h.mean)]
        return """
            <section class="first">
            <h2>The figure</h2>
            <div class="hero">
            <div><span class="label">Likely, a year</span><div class="figure">\(text(short(h.p50)))</div><p class="range">\(text(shortRange(h.p10, h.p90)))</p></div>
            <div><p class="share">\(text(headlineSentence))</p><p class="share">\(text("That is \(relativeSentence)."))</p></div>
            </div>
            <figure class="keep">\(ReportDrawing.headline(self))\(referenceSentence.map { "<figcaption class=\"soft\">\(text($0))</figcaption>" } ?? "")</figure>
            \(decisionsAsked.isEmpty ? "" : "<div class=\"asked keep\"><h3>Decisions asked of the board</h3><ol>" + decisionsAsked.map { "<li>\(content($0))</li>" }.joined() + "</ol></div>")
            <div class="cards">
            <div class="card"><h3>Domains</h3><p>\(text(domainRunners))</p></div>
            <div class="card"><h3>Seams</h3><p>\(text(seamRunners))</p></div>
            <div class="card"><h3>How sure</h3><p>\(text("\(ReportFigures.percent(strong)) of the mean on evidence of grade A or B. If lines varied independently: \(shortRange(result.independent.p10, result.independent.p90)); all together: \(shortRange(result.dependent.p10, result.dependent.p90))."))</p></div>
            </div>
            <div class="pair keep">
            <div><h3>The range</h3>
            \(figure(headlineTable))</div>
            <div><h3>Against the plan</h3>
            \(ReportDrawing.stack(parts, said: "Parts of the mean by whether the plan has them"))
            \(figure(inPlanTable))</div>
            </div>
            </section>

            """
    }

    /// A table with its caption, and its marks drawn beside the rows that have them.
    private func figure(_ table: ReportTable, type: String = "") -> String {
        // A short table stays on one printed page.
        var out = "<figure\(table.isShort ? " class=\"keep\"" : "")>\n<figcaption>\(content(table.caption))</figcaption>\n"
        guard !table.rows.isEmpty else { return out + "<p>None.</p></figure>\n" }
        let isDrawn = table.rows.contains { $0.mark != nil }
        // The drawing stands after the first wide column.
        let after = table.columns.firstIndex(where: \.isWide) ?? 0
        out += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(text(table.caption.prefix(60) + (table.caption.count > 60 ? "…" : "")))\"><table\(type.isEmpty ? "" : " class=\"\(type)\"")>\n"
        if table.columns.contains(where: { !$0.title.isEmpty }) {
            out += "<thead><tr>"
            for (place, column) in table.columns.enumerated() {
                out += column.title.isEmpty ? "<td></td>" : "<th scope=\"col\"\(style(column))>\(text(column.title))</th>"
                if isDrawn, place == after { out += "<td class=\"m\"></td>" }
            }
            out += "</tr></thead>\n"
        }
        out += "<tbody>\n"
        for row in table.rows {
            out += "<tr\(row.anchor.map { " id=\"\($0)\"" } ?? "")\(row.isTotal ? " class=\"total\"" : row.isBelowTheLine ? " class=\"below\"" : "")>"
            for (place, cell) in row.cells.enumerated() {
                let column = place < table.columns.count ? table.columns[place] : ReportTable.Column(title: "")
                let words = row.links[place]?.map { "<a href=\"#\($0.anchor)\">\(content($0.words))</a>" }.joined(separator: ", ") ?? content(cell)
                out += place == after && type != "method" ? "<th scope=\"row\"\(style(column))>\(words)</th>" : "<td\(style(column))>\(words)</td>"
                if isDrawn, place == after { out += "<td class=\"m\">" + (row.mark.map { ReportDrawing.mark($0, most: table.most) } ?? "") + "</td>" }
            }
            out += "</tr>\n"
        }
        return out + "</tbody></table></div>\n</figure>\n"
    }

    private func style(_ column: ReportTable.Column) -> String { column.isNumber ? " class=\"n\"" : column.isWide ? " class=\"w\"" : "" }
}
