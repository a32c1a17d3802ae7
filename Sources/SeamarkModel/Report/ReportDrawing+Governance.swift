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
        func hours(_ seconds: Double) -> String { seconds < 3600 ? report.duration(seconds) : seconds < 3.6e8 ? ReportFigures.whole(seconds / 3600) + "\u{a0}h" : ReportFigures.short(seconds / 3600) + "\u{a0}h" }
        let height = 300.0
        func down(_ seconds: Double) -> Double { height * (1 - share(seconds)) }
        func y(_ seconds: Double) -> String { ReportFigures.oneDecimal(down(seconds)) }
        let words = "Latency against time to damage, both axes logarithmic: " + points.map { point in
            "\(point.key) \(report.duration(point.latency.likely)) against \(report.duration(point.damage))"
        }.joined(separator: ", ")
        var out = #"<div class="plot"><svg width="100%" height="344" role="img" aria-label="\#(ReportText.html(words))">"#
        out += #"<svg aria-hidden="true" width="100%" height="300" viewBox="0 0 100 100" preserveAspectRatio="none"><polygon class="under" points="0,100 0,0 100,0"/><line class="quietline" vector-effect="non-scaling-stroke" x1="0" y1="100" x2="100" y2="0"/></svg>"#
        let named = plotWidths.map { labelled(decades.map(hours), in: $0) }
        for (place, decade) in decades.enumerated() {
            let x = ReportFigures.width(share(decade))
            out += #"<line class="gridline" x1="\#(x)" y1="0" x2="\#(x)" y2="300"/><line class="gridline" x1="0" y1="\#(y(decade))" x2="100%" y2="\#(y(decade))"/>"#
            let anchor = decade == decades.last ? "end" : "middle"
            // As many as the page has room for.
            if named[0].contains(place) {
                out += #"<text class="soft\#(named[1].contains(place) ? "" : " wide")" x="\#(x)" y="318" text-anchor="\#(anchor)">\#(hours(decade))</text>"#
            }
            out += #"<text class="soft" x="-8" y="\#(y(decade))" dy="4" text-anchor="end">\#(hours(decade))</text>"#
        }
        let places = points.map { (key: $0.key, x: share($0.damage), y: down($0.latency.likely), top: down($0.latency.high), bottom: down($0.latency.low)) }
        let (labels, corners, isTight) = labels(of: places)
        for (point, place) in zip(points, places) where !point.latency.isConstant {
            let x = ReportFigures.width(place.x)
            // On a narrow page ranges give way to names; the table has them.
            out += #"<line class="line\#(isTight ? " wide" : "")" x1="\#(x)" y1="\#(ReportFigures.oneDecimal(place.bottom))" x2="\#(x)" y2="\#(ReportFigures.oneDecimal(place.top))"/>"#
        }
        for place in places { out += #"<circle class="solid" cx="\#(ReportFigures.width(place.x))" cy="\#(ReportFigures.oneDecimal(place.y))" r="5"/>"# }
        if corners.first { out += #"<text class="soft" x="12" y="22">damage comes first</text>"# }
        if corners.second { out += #"<text class="soft" x="100%" dx="-10" y="288" text-anchor="end">decided in time</text>"# }
        for (place, label) in zip(places, labels) {
            out += #"<text class="strong" x="\#(ReportFigures.width(place.x))" dx="\#(label.dx)" y="\#(ReportFigures.oneDecimal(place.y))" dy="\#(label.dy)" text-anchor="\#(label.dx < 0 ? "end" : "start")">\#(ReportText.html(place.key))</text>"#
        }
        out += #"<text class="soft" x="0" y="342">time to damage</text></svg></div>"#
        return #"<p class="label">latency, from detection to action; above the broken line the damage comes first, below it the decision</p>"# + out
    }

    /// A plot is at most as wide as the first, and on the narrowest page that is looked at as wide as the second, in pixels.
    private static let plotWidths = [600.0, 262.0]

    /// Which of so many labels, evenly set along an axis, can stand beside each other.
    private static func labelled(_ labels: [String], in room: Double) -> Set<Int> {
        guard labels.count > 1 else { return [0] }
        let step = room / Double(labels.count - 1)
        let stride = max(1, Int((((labels.map { width(of: $0) }.max() ?? 0) + 10) / step).rounded(.up)))
        var named = Set(Swift.stride(from: 0, to: labels.count, by: stride))
        // The last one stands to the left of its place.
        let last = labels.count - 1
        if named.contains(last), stride == 1 || last - stride >= 0, (width(of: labels[last]) + width(of: labels[last - stride]) / 2 + 10) > step * Double(stride) { named.remove(last) }
        return named
    }

    /// Where each point's name stands, so that as few lines, points and names as possible run through it on wide and on narrow pages; and whether the words in the two
    /// corners have room. It is tight where on a narrow page a range runs through a name all the same.
    private static func labels(of points: [(key: String, x: Double, y: Double, top: Double, bottom: Double)]) -> (labels: [(dx: Int, dy: Int)], corners: (first: Bool, second: Bool), isTight: Bool) {
        let candidates = [4, -9, 17, -22, 30, -35, 43, -48].flatMap { dy in [(dx: 10, dy: dy), (dx: -10, dy: dy)] }
        func box(_ point: (key: String, x: Double, y: Double, top: Double, bottom: Double), _ place: (dx: Int, dy: Int), _ room: Double) -> DrawnBox {
            let wide = width(of: point.key, isBold: true), x = point.x * room + Double(place.dx)
            return DrawnBox(left: place.dx < 0 ? x - wide : x, right: place.dx < 0 ? x : x + wide, top: point.y + Double(place.dy) - 11, bottom: point.y + Double(place.dy) + 2)
        }
        func marks(_ room: Double) -> [DrawnBox] {
            points.flatMap { point in
                let x = point.x * room
                return [DrawnBox(left: x - 2, right: x + 2, top: point.top, bottom: point.bottom), DrawnBox(left: x - 7, right: x + 7, top: point.y - 7, bottom: point.y + 7)]
            }
        }
        func crossesDiagonal(_ box: DrawnBox, _ room: Double) -> Bool {
            300 * (1 - box.right / room) < box.bottom && 300 * (1 - box.left / room) > box.top
        }
        var chosen: [(dx: Int, dy: Int)] = []
        for point in points {
            func cost(_ place: (dx: Int, dy: Int)) -> Int {
                plotWidths.reduce(0) { sum, room in
                    let here = box(point, place, room)
                    let taken = zip(points, chosen).map { box($0, $1, room) }
                    return sum + (marks(room) + taken).count { $0.meets(here) } * 3 + (crossesDiagonal(here, room) ? 2 : 0)
                        + (here.left < 2 || here.right > room + 20 || here.top < 0 || here.bottom > 302 ? 4 : 0)
                }
            }
            // The first of the best: the nearest.
            chosen.append(candidates.min { cost($0) < cost($1) } ?? (10, 4))
        }
        func isFree(_ corner: (Double) -> DrawnBox) -> Bool {
            plotWidths.allSatisfy { room in
                let here = corner(room)
                return !(marks(room) + zip(points, chosen).map { box($0, $1, room) }).contains { $0.meets(here) }
            }
        }
        let isTight = zip(points, chosen).contains { point, place in marks(plotWidths[1]).contains { $0.meets(box(point, place, plotWidths[1])) } }
        return (chosen, (
            isFree { _ in DrawnBox(left: 8, right: 18 + width(of: "damage comes first"), top: 8, bottom: 28) },
            isFree { room in DrawnBox(left: room - 16 - width(of: "decided in time"), right: room, top: 274, bottom: 294) }
        ), isTight)
    }

    /// The declared order on the left, the computed one on the right, an arrow for each initiative: solid where money goes out, broken where not.
    static func order(_ report: EngagementReport) -> String? {
        let rows = report.governance.sequence.rows
        guard rows.count > 1, rows.contains(where: { $0.declaredRank != nil }) else { return nil }
        let before = rows.sorted { ($0.declaredRank ?? .max, $0.rank) < ($1.declaredRank ?? .max, $1.rank) }
        // What a printed page holds at once; beyond that the table alone tells it.
        guard rows.count <= 40 else { return nil }
        struct Label { var head: String, lines: [String], verdict: String }
        let most = rows.count <= 12 ? 3 : rows.count <= 18 ? 2 : 1
        /// The key always; of the name what has room beside the arrows, in two or three lines where that is needed, and on a narrow page nothing: the table has it whole.
        func label(_ head: String, _ key: String, _ verdict: String, room: Double, isBold: Bool) -> Label {
            let name = report.initiativeName(key)
            let head = head + key, rest = name.hasPrefix(key + " ") ? String(name.dropFirst(key.count + 1)) : ""
            let first = room - width(of: head + " ", isBold: isBold), end = width(of: verdict, isBold: isBold)
            var lines = lines(rest, in: [first - end], isBold: isBold)
            for count in 1..<most where lines.last?.hasSuffix("…") == true {
                lines = self.lines(rest, in: [first] + Array(repeating: room - 16, count: count - 1) + [room - 16 - end], isBold: isBold)
                // The name has room, and the verdict not beside it.
                if lines.count == count { lines.append("") }
            }
            return Label(head: head, lines: lines, verdict: verdict)
        }
        let left = before.map { label($0.declaredRank.map { "\($0)  " } ?? "", $0.key, "", room: 212, isBold: false) }
        let right = rows.map { label("\($0.rank)  ", $0.key, ": \(report.verdictName($0.standing).lowercased())", room: 340, isBold: $0.standing.isFunded) }
        let tallest = (left + right).map(\.lines.count).max() ?? 1
        let step = tallest > 1 ? 10 + 15 * tallest : rows.count <= 28 ? 30 : 22
        let height = rows.count * step + 30
        func y(_ place: Int) -> Int { 44 + place * step }
        func drawn(_ label: Label, x: String, y: Int, type: String) -> String {
            let isBroken = label.lines.count > 1
            var out = #"<text x="\#(x)" y="\#(y)" class="\#(type)">\#(ReportText.html(label.head))"#
            if let first = label.lines.first { out += #"<tspan class="wide"> \#(ReportText.html(first))</tspan>"# }
            if !label.verdict.isEmpty { out += isBroken ? #"<tspan class="narrow">\#(ReportText.html(label.verdict))</tspan>"# : ReportText.html(label.verdict) }
            out += "</text>"
            for row in label.lines.indices.dropFirst() {
                let words = label.lines[row]
                let ending = row < label.lines.count - 1 ? words : words.isEmpty ? String(label.verdict.dropFirst(2)) : words + label.verdict
                out += #"<text x="\#(x)" dx="16" y="\#(y + 15 * row)" class="wide \#(type)">\#(ReportText.html(ending))</text>"#
            }
            return out
        }
        let words = "From the declared to the computed order: " + rows.map { "\($0.key) from \($0.declaredRank.map(String.init) ?? "no place") to \($0.rank)" }.joined(separator: ", ")
        var out = #"<svg width="100%" height="\#(height)" role="img" aria-label="\#(ReportText.html(words))">"#
        out += #"<text class="soft" x="0" y="16">declared</text><text class="soft" x="46%" y="16">computed</text>"#
        for (place, row) in before.enumerated() {
            let target = row.rank - 1
            let style = row.standing.isFunded ? "line" : "quietline"
            out += drawn(left[place], x: "0", y: y(place), type: row.standing.isFunded ? "" : "soft")
            out += #"<line class="\#(style)" x1="34%" y1="\#(y(place) - 4)" x2="43%" y2="\#(y(target) - 4)"/>"#
            out += #"<svg aria-hidden="true" x="43%" y="\#(y(target) - 9)" width="10" height="10"><polygon class="\#(row.standing.isFunded ? "tick" : "reference")" points="0,0 9,5 0,10"/></svg>"#
        }
        for (place, row) in rows.enumerated() { out += drawn(right[place], x: "46%", y: y(place), type: row.standing.isFunded ? "strong" : "soft") }
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
