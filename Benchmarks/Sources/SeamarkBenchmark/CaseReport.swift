import Foundation

/// What a case found: figures, each the median of its runs, beside what it has to reach. A JSON line and a table.
struct CaseReport {
    /// Which figures can be held against those of another day.
    enum Kind: String {
        /// A time of ours over that of the floor beside it, in the same run: the machine matters little.
        case ratio
        /// Bytes, round trips, waits for the disk: the machine does not matter.
        case count
        /// Seconds, megabytes: of this machine, on this day.
        case measure
    }

    struct Figure {
        let name: String
        let kind: Kind
        let all: [Double]
        let most: Double?
        let least: Double?

        var value: Double { median(all) }
        /// Nil where there is no goal.
        var holds: Bool? { most.map { value <= $0 } ?? least.map { value >= $0 } }
        var goal: String { most.map { "≤ \(digits($0))" } ?? least.map { "≥ \(digits($0))" } ?? "" }
    }

    let name: String
    private(set) var figures: [Figure] = []

    init(_ name: String) { self.name = name }

    /// Adds a figure that was measured. Leaves it out where nothing was.
    mutating func add(_ name: String, as kind: Kind = .measure, _ all: [Double], most: Double? = nil, least: Double? = nil) {
        guard !all.isEmpty else { return }
        figures.append(Figure(name: name, kind: kind, all: all, most: most, least: least))
    }

    mutating func add(_ name: String, as kind: Kind = .measure, _ value: Double?, most: Double? = nil, least: Double? = nil) {
        add(name, as: kind, value.map { [$0] } ?? [], most: most, least: least)
    }

    var line: String {
        let said = figures.map { figure in
            var fields = ["\"value\":\(plain(figure.value))", "\"kind\":\"\(figure.kind)\"", "\"all\":[\(figure.all.map(plain).joined(separator: ","))]"]
            if let most = figure.most { fields.append("\"most\":\(plain(most))") }
            if let least = figure.least { fields.append("\"least\":\(plain(least))") }
            if let holds = figure.holds { fields.append("\"holds\":\(holds)") }
            return "\"\(figure.name)\":{\(fields.joined(separator: ","))}"
        }
        return "{\"case\":\"\(name)\",\"figures\":{\(said.joined(separator: ","))}}"
    }

    var table: String {
        let rows = [[name, "median", "goal", "holds"]] + figures.map { [$0.name, digits($0.value), $0.goal, $0.holds.map { $0 ? "yes" : "NO" } ?? ""] }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in "| " + zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: " | ") + " |" }
        lines.insert("|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|", at: 1)
        return lines.joined(separator: "\n")
    }
}

func median(_ values: [Double]) -> Double { percentile(values, 0.5) }

/// The least of the values that so large a share of them does not exceed; for the median, the middle between two. Exact: for the few hundred values of a case.
func percentile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    guard share != 0.5 else { return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2 }
    return sorted[max(1, Int((share * Double(sorted.count)).rounded(.up))) - 1]
}

/// Four digits that say something.
private func digits(_ value: Double) -> String {
    let places = value == 0 ? 0 : max(0, min(6, 3 - Int(log10(abs(value)).rounded(.down))))
    return value == value.rounded() ? String(format: "%.0f", value) : String(format: "%.\(places)f", value)
}

private func plain(_ value: Double) -> String { String(format: "%.9g", value) }
