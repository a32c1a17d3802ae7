// Means that lie outside their own range: what happens in few runs weighs in a mean, and P10 to P90 holds eight runs of ten.
extension Spread {
    /// By more than rounding.
    var isBesideItsRange: Bool { mean > p90 + 1e-9 * mean.magnitude || mean < p10 - 1e-9 * mean.magnitude }

    /// The same in eight runs of ten, and on average: nothing of it is an estimate.
    var isKnown: Bool { p10 == p90 && !isBesideItsRange }
}

extension EngagementReport {
    /// Said below a table of which some means lie outside P10 to P90: why; empty where none does.
    func rareNote(_ rows: [(name: String, spread: Spread)]) -> String {
        let beside = rows.filter(\.spread.isBesideItsRange).map { TerminalText.shortened($0.name, to: 40) }
        guard !beside.isEmpty else { return "" }
        let rare = lines.filter { $0.priced.probability != nil && $0.exposure.net.isBesideItsRange }
            .map { "\($0.line.key) in \(ReportFigures.percent($0.priced.probability ?? 0))" }
        return " The mean of \(Self.some(beside)) lies outside P10 to P90, because of what happens in few runs"
            + (rare.isEmpty ? "." : ": \(Self.some(rare)) of them.")
    }

    private static func some(_ names: [String]) -> String {
        names.count <= 4 ? list(names) : names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more"
    }

    /// Why the seam map stands in another order than the exposures, and which seams are equal; nil where there is nothing to say.
    var seamOrderSentence: String? {
        let map = governance.seamMap.rows.map(\.key), exposed = seams.map(\.exposure.key)
        var words: [String] = []
        if map != exposed, map.count > 1 {
            words.append("The map ranks by index, which is exposure times severity: \(Self.some(map)). By exposure alone it is \(Self.some(exposed)).")
        }
        if let equal = equals(seams.map(\.exposure)) { words.append(equal) }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    var domainOrderSentence: String? { equals(domains.map(\.exposure).filter { $0.rank != nil }) }

    /// "S1 and S2 have the same exposure, and stand in the order of their handles."
    private func equals(_ exposures: [Exposure]) -> String? {
        var groups: [[Exposure]] = []
        for exposure in exposures where exposure.net.mean > 0 {
            if groups.last?.last?.net == exposure.net { groups[groups.count - 1].append(exposure) } else { groups.append([exposure]) }
        }
        let tied = groups.filter { $0.count > 1 }.map { "\(Self.list($0.map(\.key))) have the same exposure" }
        return tied.isEmpty ? nil : tied.joined(separator: "; ") + ": their order among themselves says nothing."
    }
}
