// Larger drawings: latency beside damage, the order before and after, the exceedance curve.
extension ReportDrawing {
    /// Latency against time to damage on two equal logarithmic axes: above the diagonal the damage comes first. Nil where nothing can be placed.
    static func latencies(_ report: EngagementReport) -> String? {
        let points = report.governance.decisions.compactMap { decision -> (key: String, damage: Double, latency: ThreePoint)? in
            guard let latency = decision.view.latency, let damage = decision.captured.reading.timeToDamage?.likely, damage > 0, latency.likely > 0 else { return nil }
            return (decision.view.key, damage, latency)
        }
        guard !points.isEmpty else { return nil }
        let all = points.flatMap { [$0.damage, $0.latency.likely, $0.latency.low, $0.latency.high] }.filter { $0 > 0 }
        // Whole decades of hours.
        let (least, most) = (all.min() ?? 3600, all.max() ?? 3600)
        var decades: [Double] = [3600]
        while (decades.first ?? 0) > least { decades.insert((decades.first ?? 3600) / 10, at: 0) }
        while (decades.last ?? .infinity) < most { decades.append((decades.last ?? 3600) * 10) }
        if decades.count == 1 { decades.append(36_000) }
        let (start, end) = (Elementary.log(decades[0]), Elementary.log(decades[decades.count - 1]))
        func share(_ seconds: Double) -> Double { (Elementary.log(max(seconds, decades[0])) - start) / (end - start) }
        /// A decade keeps its round number of hours.
        func hours(_ seconds: Double) -> String { seconds < 3600 ? report.duration(seconds) : ReportFigures.whole(seconds / 3600) + "\u{a0}h" }
        let height = 300.0
        func y(_ seconds: Double) -> String { ReportFigures.oneDecimal(height * (1 - share(seconds))) }
        let words = "Latency against time to damage, both axes logarithmic: " + points.map { point in
            "\(point.key) \(report.duration(point.latency.likely)) against \(report.duration(point.damage))"
        }.joined(separator: ", ")
        var out = #"<div class="plot"><svg width="100%" height="344" role="img" aria-label="\#(ReportText.html(words))">"#
        out += #"<svg aria-hidden="true" width="100%" height="300" viewBox="0 0 100 100" preserveAspectRatio="none"><polygon class="under" points="0,100 0,0 100,0"/><line class="quietline" vector-effect="non-scaling-stroke" x1="0" y1="100" x2="100" y2="0"/></svg>"#
        for decade in decades {
            let x = ReportFigures.width(share(decade))
            out += #"<line class="gridline" x1="\#(x)" y1="0" x2="\#(x)" y2="300"/><line class="gridline" x1="0" y1="\#(y(decade))" x2="100%" y2="\#(y(decade))"/>"#
            let anchor = decade == decades.last ? "end" : "middle"
            out += #"<text class="soft" x="\#(x)" y="318" text-anchor="\#(anchor)">\#(hours(decade))</text><text class="soft" x="-8" y="\#(y(decade))" dy="4" text-anchor="end">\#(hours(decade))</text>"#
        }
        out += #"<text class="soft" x="12" y="22">damage comes first</text><text class="soft" x="100%" dx="-10" y="288" text-anchor="end">decided in time</text>"#
        for point in points {
            let x = ReportFigures.width(share(point.damage))
            if !point.latency.isConstant { out += #"<line class="line" x1="\#(x)" y1="\#(y(point.latency.low))" x2="\#(x)" y2="\#(y(point.latency.high))"/>"# }
            out += #"<circle class="solid" cx="\#(x)" cy="\#(y(point.latency.likely))" r="5"/>"#
            // Its name stands on the side where the diagonal does not pass, unless there is no room.
            let place = share(point.damage)
            let isLate = place > 0.85 || place > 0.12 && point.latency.likely >= point.damage
            out += #"<text class="strong" x="\#(x)" dx="\#(isLate ? "-10" : "10")" y="\#(y(point.latency.likely))" dy="4" text-anchor="\#(isLate ? "end" : "start")">\#(ReportText.html(point.key))</text>"#
        }
        out += #"<text class="soft" x="0" y="342">time to damage</text></svg></div>"#
        return #"<p class="label">latency, from detection to action</p>"# + out
    }

    /// The declared order on the left, the computed one on the right, an arrow for each initiative: solid where money goes out, broken where not.
    static func order(_ report: EngagementReport) -> String? {
        let rows = report.governance.sequence.rows
        guard rows.count > 1, rows.contains(where: { $0.declaredRank != nil }) else { return nil }
        let before = rows.sorted { ($0.declaredRank ?? .max, $0.rank) < ($1.declaredRank ?? .max, $1.rank) }
        let step = 30
        let height = rows.count * step + 30
        func y(_ place: Int) -> Int { 44 + place * step }
        let words = "From the declared to the computed order: " + rows.map { "\($0.key) from \($0.declaredRank.map(String.init) ?? "no place") to \($0.rank)" }.joined(separator: ", ")
        var out = #"<svg width="100%" height="\#(height)" role="img" aria-label="\#(ReportText.html(words))">"#
        out += #"<text class="soft" x="0" y="16">declared</text><text class="soft" x="50%" y="16">computed</text>"#
        // The key always; of the name what fits beside the arrows, and on a narrow page nothing: the table has it whole.
        func label(_ key: String) -> String {
            let name = report.initiativeName(key)
            guard name.hasPrefix(key + " ") else { return ReportText.html(key) }
            return ReportText.html(key) + #"<tspan class="wide">"# + ReportText.html(TerminalText.shortened(String(name.dropFirst(key.count)), to: 24)) + "</tspan>"
        }
        for (place, row) in before.enumerated() {
            let target = row.rank - 1
            let style = row.standing.isFunded ? "line" : "quietline"
            out += #"<text x="0" y="\#(y(place))" class="\#(row.standing.isFunded ? "" : "soft")">\#(row.declaredRank.map { "\($0)  " } ?? "")\#(label(row.key))</text>"#
            out += #"<line class="\#(style)" x1="34%" y1="\#(y(place) - 4)" x2="47%" y2="\#(y(target) - 4)"/>"#
            out += #"<svg aria-hidden="true" x="47%" y="\#(y(target) - 9)" width="10" height="10"><polygon class="\#(row.standing.isFunded ? "tick" : "reference")" points="0,0 9,5 0,10"/></svg>"#
            out += #"<text x="50%" y="\#(y(target))" class="\#(row.standing.isFunded ? "strong" : "soft")">\#(row.rank)  \#(label(row.key)): \#(ReportText.html(report.verdictName(row.standing).lowercased()))</text>"#
        }
        return out + "</svg>"
    }

    /// Probability of exceeding an amount, from certain down to one in a hundred.
    static func exceedance(_ report: EngagementReport) -> String? {
        let points = report.result.exceedance
        guard let most = points.last?.amount, most > 0 else { return nil }
        let end = most * 1.05
        let line = points.map { "\(ReportFigures.oneDecimal(100 * $0.amount / end)),\(ReportFigures.oneDecimal(100 * (1 - $0.probability)))" }.joined(separator: " ")
        var out = #"<div class="plot"><svg width="100%" height="210" role="img" aria-label="Loss exceedance curve: half of the years cost more than \#(ReportText.html(report.short(report.result.headline.p50))), one in ten more than \#(ReportText.html(report.short(report.result.headline.p90)))">"#
        for probability in [1.0, 0.75, 0.5, 0.25, 0] {
            let y = ReportFigures.oneDecimal(180 * (1 - probability))
            out += #"<line class="gridline" x1="0" y1="\#(y)" x2="100%" y2="\#(y)"/><text class="soft" x="-8" y="\#(y)" dy="4" text-anchor="end">\#(ReportFigures.percent(probability))</text>"#
        }
        out += #"<svg aria-hidden="true" width="100%" height="180" viewBox="0 0 100 100" preserveAspectRatio="none"><polyline class="curve" vector-effect="non-scaling-stroke" points="0,0 \#(line)"/></svg>"#
        for share in [0.0, 0.25, 0.5, 0.75, 1] {
            let anchor = share == 1 ? "end" : share == 0 ? "start" : "middle"
            // On a narrow page every second figure is enough.
            let type = share == 0.25 || share == 0.75 ? "soft wide" : "soft"
            out += #"<text class="\#(type)" x="\#(ReportFigures.width(share))" y="202" text-anchor="\#(anchor)">\#(ReportText.html(report.short(end * share)))</text>"#
        }
        return out + "</svg></div>"
    }
}
