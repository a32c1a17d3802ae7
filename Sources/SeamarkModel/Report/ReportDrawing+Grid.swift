extension ReportDrawing {
    /// From unit by to unit: severity as shade and in words, exposure as figure.
    static func grid(_ report: EngagementReport) -> String? {
        let placed = report.seams.filter { $0.seam.from != nil && $0.seam.to != nil }
        func names(_ key: (EngagementReport.Seam) -> String?) -> [String] { Array(Set(placed.compactMap(key))).sorted() }
        let rows = names(\.seam.from), columns = names(\.seam.to)
        guard !placed.isEmpty, columns.count <= 12 else { return nil }
        var out = "<figcaption>From the unit in the row to the unit in the column: mean exposure with P10 to P90, \(ReportText.html(report.unitOf)) a year. The darker, the more severe.</figcaption>\n"
        // As many columns as a printed page holds, in parts that are as wide as each other.
        let parts = (columns.count + mostColumns - 1) / mostColumns
        let size = (columns.count + parts - 1) / parts
        for from in stride(from: 0, to: columns.count, by: size) {
            let shown = columns[from..<min(from + size, columns.count)]
            out += part(report, placed.filter { shown.contains($0.seam.to ?? "") }, rows, shown, said: "Seams from unit to unit" + (parts == 1 ? "" : ", part \(from / size + 1) of \(parts)"))
        }
        return out
    }

    private static let mostColumns = 6

    private static func part(_ report: EngagementReport, _ placed: [EngagementReport.Seam], _ rows: [String], _ columns: ArraySlice<String>, said: String) -> String {
        var out = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(ReportText.html(said))\"><table class=\"grid\"><thead><tr><td></td>"
        for column in columns { out += "<th scope=\"col\">\(ReportText.html(column))</th>" }
        out += "</tr></thead><tbody>\n"
        for row in rows where placed.contains(where: { $0.seam.from == row }) {
            out += "<tr><th scope=\"row\">\(ReportText.html(row))</th>"
            for column in columns {
                let here = placed.filter { $0.seam.from == row && $0.seam.to == column }
                let worst = here.compactMap { $0.seam.severity?.value }.max() ?? 0
                out += here.isEmpty ? "<td>·</td>" : "<td class=\"s\(Int(min(max(worst.rounded(.up), 0), 4)))\">" + here.map { seam in
                    let severity = seam.seam.severity.map { "severity " + ReportFigures.oneDecimal($0.value) } ?? "not scored"
                    return "<b>\(ReportText.html(seam.exposure.key))</b> \(ReportText.html(report.inUnit(seam.exposure.net.mean)))"
                        + "<small>\(ReportText.html(report.inUnit(seam.exposure.net.p10) + " to " + report.inUnit(seam.exposure.net.p90)))</small><small>\(ReportText.html(severity))</small>"
                }.joined() + "</td>"
            }
            out += "</tr>\n"
        }
        return out + "</tbody></table></div>\n"
    }
}
