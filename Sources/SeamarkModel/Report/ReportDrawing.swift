/// The drawings of the HTML report: inline SVG in percentages, so that it fits any width without scaling its words. Shapes carry the
/// meaning (line, bar, tick, hatching); colour only repeats it.
enum ReportDrawing {
    /// Patterns that drawings fill with; once a document.
    static let patterns = #"""
        <svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="pale"/><rect width="2" height="6" class="solid"/></pattern><pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="pale"/><circle cx="3" cy="3" r="1.2" class="solid"/></pattern></defs></svg>

        """#

    private static func place(_ value: Double, _ most: Double) -> Double { most > 0 ? min(max(value / most, 0), 1) : 0 }
    private static func at(_ value: Double, _ most: Double) -> String { ReportFigures.width(place(value, most)) }
    private static func wide(_ from: Double, _ to: Double, _ most: Double) -> String { ReportFigures.width(place(to, most) - place(from, most)) }

    /// A row's range: P10 to P90 as a line, P25 to P75 as a bar, P50 as a tick. The row's cells say the same in figures.
    static func mark(_ mark: ReportTable.Mark, most: Double) -> String {
        var out = #"<svg width="100%" height="14" aria-hidden="true" focusable="false"><rect class="axis" x="0" y="13" width="100%" height="1"/>"#
        switch mark {
        case .range(let spread):
            out += range(spread, most: most, top: 0, height: 12)
        case .block(let from, let to, let isTakenOff):
            out += #"<rect class="\#(isTakenOff ? "hatched" : "solid")" x="\#(at(from, most))" y="1" width="\#(wide(from, to, most))" height="10"/>"#
        case .load(let use):
            out += #"<rect class="\#(use.likely >= 1 ? "solid" : "mid")" x="0" y="2" width="\#(at(use.likely, most))" height="8"/>"#
            if !use.isConstant { out += #"<rect class="tick" x="\#(at(use.low, most))" y="5" width="\#(wide(use.low, use.high, most))" height="1.5"/>"# }
            out += #"<svg x="\#(at(1, most))" y="0" width="1" height="1"><rect class="plan" x="-1" y="-1" width="2" height="15"/></svg>"#
        case .change(let amount):
            let half = place(amount.magnitude, most) / 2
            let left = amount < 0 ? 0.5 - half : 0.5
            out += #"<rect class="\#(amount < 0 ? "hatched" : "solid")" x="\#(ReportFigures.width(left))" y="1" width="\#(ReportFigures.width(half))" height="10"/>"#
            out += #"<svg x="50%" y="0" width="1" height="1"><rect class="tick" x="-0.5" y="0" width="1" height="13"/></svg>"#
        }
        return out + "</svg>"
    }

    private static func range(_ s: Spread, most: Double, top: Int, height: Int) -> String {
        let middle = top + height / 2
        return #"<rect class="whisker" x="\#(at(s.p10, most))" y="\#(middle - 1)" width="\#(wide(s.p10, s.p90, most))" height="2"/>"#
            + #"<rect class="band" x="\#(at(s.p25, most))" y="\#(top + height / 6)" width="\#(wide(s.p25, s.p75, most))" height="\#(height - height / 3)"/>"#
            + #"<svg x="\#(at(s.p50, most))" y="0" width="1" height="1"><rect class="tick" x="-1.25" y="\#(top)" width="2.5" height="\#(height)"/></svg>"#
    }

    /// The headline's range against the planned operating income.
    static func headline(_ report: EngagementReport) -> String {
        let h = report.result.headline
        let plan = report.facts.plannedOperatingIncome.flatMap { $0 > 0 ? $0 : nil }
        let most = max(h.p90, plan ?? 0) * 1.04
        guard most > 0 else { return "" }
        let words = "Range of the yearly loss: floor \(report.short(h.p10)), most likely \(report.shortRange(h.p25, h.p75)), likely \(report.short(h.p50)), upper \(report.short(h.p90))"
            + (plan.map { ", against a planned operating income of \(report.known($0))" } ?? "")
        // Above the bar the likely loss and the plan, side by side or in two rows; below it floor and upper, as two labels or as one.
        func share(_ words: String, isBold: Bool = false) -> Double { (width(of: words, isBold: isBold) + 12) / narrowest }
        func anchor(_ x: Double, _ wide: Double) -> String { x > 1 - wide / 2 ? "end" : x < wide / 2 ? "start" : "middle" }
        let likely = "likely " + report.short(h.p50), planned = plan.map { "plan " + report.known($0) }
        let (likelyAt, likelyWide) = (place(h.p50, most), share(likely, isBold: true))
        let likelyAnchor = anchor(likelyAt, likelyWide)
        let likelyEnd = likelyAt + (likelyAnchor == "start" ? likelyWide : likelyAnchor == "middle" ? likelyWide / 2 : 0)
        let planAt = place(plan ?? 0, most)
        let planAnchor = planAt < share(planned ?? "") ? "start" : "end"
        let isSideBySide = planned.map { planAnchor == "end" && planAt - share($0) > likelyEnd } ?? true
        let top = isSideBySide ? 0 : 20
        func text(_ x: Double, _ y: Int, _ anchor: String, _ words: String, _ type: String = "") -> String {
            #"<text class="\#(type)" x="\#(ReportFigures.width(x))" y="\#(y)" text-anchor="\#(anchor)">\#(ReportText.html(words))</text>"#
        }
        var out = #"<svg width="100%" height="\#(top + 96)" role="img" aria-label="\#(ReportText.html(words))">"#
        out += #"<rect class="pale" x="0" y="\#(top + 42)" width="\#(at(plan ?? most, most))" height="18"/>"#
        if let plan, case .ofPlannedOperatingIncome = report.result.relative {
            out += #"<rect class="reference" x="\#(at(plan * ReferenceBand.low, most))" y="\#(top + 62)" width="\#(wide(plan * ReferenceBand.low, plan * ReferenceBand.high, most))" height="6"/>"#
        }
        out += range(h, most: most, top: top + 30, height: 42)
        out += text(likelyAt, top + 20, likelyAnchor, likely, "strong")
        let (floor, upper) = ("P10 " + ReportFigures.short(h.p10), "P90 " + ReportFigures.short(h.p90))
        let (p10, p90, y) = (place(h.p10, most), place(h.p90, most), top + 90)
        let floorAnchor = p10 < share(floor) ? "start" : "end", upperAnchor = p90 > 1 - share(upper) ? "end" : "start"
        let floorEnd = p10 + (floorAnchor == "start" ? share(floor) : 0), upperStart = p90 - (upperAnchor == "end" ? share(upper) : 0)
        var least = p10 - (floorAnchor == "end" ? share(floor) : 0)
        if floorEnd <= upperStart {
            out += text(p10, y, floorAnchor, floor) + text(p90, y, upperAnchor, upper)
        } else {
            let both = floor + ", " + upper
            let isFromFloor = p10 + share(both) <= 1
            least = isFromFloor ? p10 : p90 - share(both)
            out += text(isFromFloor ? p10 : p90, y, isFromFloor ? "start" : "end", both)
        }
        if least > share("0") { out += #"<text class="soft" x="0" y="\#(y)">0</text>"# }
        if let planned {
            out += #"<svg x="\#(ReportFigures.width(planAt))" y="0" width="1" height="1"><rect class="plan" x="-1" y="\#(top + 34)" width="2" height="34"/></svg>"#
            out += text(planAt, isSideBySide ? 20 : 14, planAnchor, planned, "soft")
        }
        return out + "</svg>"
    }

    /// The width of a drawing on the narrowest page that is looked at, in pixels.
    private static let narrowest = 350.0

    /// Parts of a whole side by side, told by their fillings, with a legend. The table beside it has the figures.
    static func stack(_ parts: [(name: String, share: Double)], said: String) -> String {
        var out = #"<svg width="100%" height="30" role="img" aria-label="\#(ReportText.html(said))">"#
        var from = 0.0
        for (place, part) in parts.enumerated() where part.share > 0 {
            out += #"<rect class="g\#(min(place, 3))" x="\#(ReportFigures.width(from))" y="0" width="\#(ReportFigures.width(part.share))" height="26"/>"#
            out += #"<rect class="edge" x="\#(ReportFigures.width(from))" y="0.5" width="\#(ReportFigures.width(part.share))" height="25"/>"#
            // Words stand on plain fillings alone.
            if part.share > 0.14, place < 2 {
                out += #"<text class="strong \#(place == 0 ? "on" : "")" x="\#(ReportFigures.width(from + part.share / 2))" y="18" text-anchor="middle">\#(ReportFigures.percent(part.share))</text>"#
            }
            from += part.share
        }
        out += "</svg>\n<p class=\"legend\">"
        for (place, part) in parts.enumerated() where part.share > 0 {
            out += #"<span><svg width="12" height="12" aria-hidden="true" focusable="false"><rect class="g\#(min(place, 3))" width="12" height="12"/></svg>\#(ReportText.html(part.name + " " + ReportFigures.percent(part.share)))</span> "#
        }
        return out + "</p>\n"
    }
}
