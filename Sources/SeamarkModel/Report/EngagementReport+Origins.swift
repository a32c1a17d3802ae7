// From a figure to the lines, interviews, cases and evidence behind it.
extension EngagementReport {
    /// What a figure is made of.
    public struct Origin: Hashable, Sendable {
        public var figure: EngagementReading.Figure
        public var name: String
        /// Lines that give to it, in their order.
        public var parts: [Part]
        /// What the parts come to: of a domain, seam, category, site, line or headline its mean, of an initiative what it protects by means; of what is
        /// only linked with lines their sum.
        public var total: Double
        /// Nil where nothing is drawn of it.
        public var spread: Spread?
        public var told: EngagementReading.Told

        /// Keys of the lines that give to it.
        public var lines: [String] { parts.map(\.line) }

        /// What one line gives.
        public struct Part: Hashable, Sendable {
            public var line: String
            /// Points of the line that are its own, 0…100; of an initiative what it takes off, in percent. Nil: the whole line.
            public var points: Double?
            /// In the main unit: the parts add up to the whole.
            public var amount: Double
        }

        /// Why nothing is said of who answered; nil: it is said, or nobody did.
        public var withheld: String? {
            told.isWithheld ? "too few people answered to name the interviews" : nil
        }

        /// Why interviews, observations and evidence are not named although it is said how many answered; nil: they are.
        public var unnamed: String? {
            told.isFrozen ? "a frozen report never changes, and who told may withdraw consent later: it says how many answered, and names nothing of theirs" : nil
        }
    }

    /// Every domain, seam, decision and constraint that the report shows, in its order.
    public var origins: [Origin] {
        figures.map { origin(of: $0.figure, name: $0.name) }
    }

    private var figures: [(figure: EngagementReading.Figure, name: String)] {
        domains.map { (.init(.domain, $0.exposure.key), $0.name) } + seams.map { (.init(.seam, $0.exposure.key), $0.seam.name) }
            + governance.decisions.map { (.init(.decision, $0.view.key), $0.captured.reading.name) } + governance.constraints.map { (.init(.constraint, $0.reading.key), $0.reading.name) }
    }

    /// Of one figure alone: a report asks for each of them.
    private func origin(of figure: EngagementReading.Figure, name: String) -> Origin {
        let key = figure.key
        func parts(_ points: (Line) -> Double?) -> [Origin.Part] {
            lines.compactMap { line in
                points(line).flatMap { $0 > 0 ? Origin.Part(line: line.line.key, points: $0, amount: line.exposure.net.mean * $0 / 100) : nil }
            }
        }
        func whole(_ belongs: (Line) -> Bool) -> [Origin.Part] {
            lines.filter(belongs).map { Origin.Part(line: $0.line.key, points: nil, amount: $0.exposure.net.mean) }
        }
        let found: [Origin.Part]
        var spread: Spread?
        switch figure.kind {
        case .domain:
            found = parts { line in line.exposure.domainPoints.first { $0.key == key }?.points }
            spread = domains.first { $0.exposure.key == key }?.exposure.net
        case .seam:
            found = parts { line in line.priced.seamPoints.first { $0.key == key }?.points }
            spread = seams.first { $0.exposure.key == key }?.exposure.net
        case .decision: found = whole { $0.line.decision == key }
        case .constraint: found = whole { $0.line.constraint == key }
        case .line:
            found = whole { $0.line.key == key }
            spread = lines.first { $0.line.key == key }?.exposure.net
        case .headline:
            found = whole { _ in true }
            spread = result.headline
        case .category:
            found = whole { $0.priced.category.rawValue == key }
            spread = result.categories.first { $0.category.rawValue == key }?.net
        case .site:
            let name = siteNames[key]
            found = whole { $0.line.site != nil && $0.line.site == name }
            spread = result.sites.first { $0.site != nil && $0.site == name }?.net
        case .initiative:
            found = protects(key)
            spread = zip(governance.sequence.rows, governance.protected).first { $0.0.key == key }?.1
        case .move:
            let move = governance.moves.first { $0.key == key }
            found = whole { move?.lines.contains($0.line.key) ?? false }
        }
        return Origin(figure: figure, name: name, parts: found, total: found.reduce(0) { $0 + $1.amount }, spread: spread, told: told[figure] ?? EngagementReading.Told())
    }

    /// What an initiative takes off each line over the horizon, by means, of what those before it in the sequence left.
    private func protects(_ key: String) -> [Origin.Part] {
        var left = Dictionary(lines.map { ($0.line.key, $0.exposure.net.mean) }) { first, _ in first }
        for row in governance.sequence.rows {
            guard let initiative = initiative(row.key) else { continue }
            if row.key == key {
                let years = max(0, governance.horizonMonths - initiative.delayMonths) / 12
                return initiative.targets.map { Origin.Part(line: $0.line, points: $0.mean * 100, amount: (left[$0.line] ?? 0) * $0.mean * years) }
            }
            if row.verdict.isFunded { for target in initiative.targets { left[target.line] = left[target.line].map { $0 * (1 - target.mean) } } }
        }
        return []
    }

    /// Those that somebody may mean by `name`: a code or a handle, of a line, site, initiative or move too; a category; for the headline `total` or one of
    /// its percentiles.
    public func origins(called name: String) -> [Origin] {
        let called = name.lowercased()
        var others: [(kind: EngagementReading.Figure.Kind, key: String, name: String)] = lines.map { (.line, $0.line.key, $0.line.title) }
        others += result.categories.map { (.category, $0.category.rawValue, categoryNames[$0.category] ?? "") }
        others += siteNames.sorted { HandleOrder.precedes($0.key, $1.key) }.map { (.site, $0.key, $0.value) }
        others += governance.initiatives.map { (.initiative, $0.key, $0.name) }
        others += governance.moves.map { (.move, $0.key, $0.title) }
        let found = origins.filter { $0.figure.key.lowercased() == called } + others.filter { $0.key.lowercased() == called }.map { other in
            var origin = origin(of: .init(other.kind, other.key), name: other.name)
            if other.kind == .line { origin.told.evidence = lines.first { $0.line.key == other.key }?.line.evidence.map(\.key) ?? [] }
            return origin
        }
        return found.isEmpty && Self.headlines.contains(called) ? [origin(of: .init(.headline, "total"), name: "Operating income at risk")] : found
    }

    private static let headlines: Set<String> = ["total", "headline", "mean", "p10", "p25", "p50", "p75", "p90"]

    func inputs(_ kind: EngagementReading.Figure.Kind, _ key: String) -> JSONMember {
        JSONMember("inputs", Self.document(of: origin(of: EngagementReading.Figure(kind, key), name: "")))
    }

    public static func document(of origin: Origin) -> JSONValue {
        func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        let told = origin.told
        let count: (Int) -> JSONValue = { told.isWithheld ? .null : .integer(Int64($0)) }
        let range: JSONValue = origin.spread.map { .object(members(of: $0)) } ?? .null
        return .object([
            JSONMember("lines", list(origin.lines)),
            JSONMember("parts", .array(origin.parts.map { part in
                .object([JSONMember("line", .string(part.line)), JSONMember("points", part.points.map { .number($0 + 0) } ?? .null), JSONMember("amount", .number(part.amount + 0))])
            })),
            JSONMember("total", .number(origin.total + 0)),
            JSONMember("ranges", .object([JSONMember("total", range)])), JSONMember("answers", count(told.answers)), JSONMember("people", count(told.people)),
            JSONMember("grades", .object(told.grades.sorted { $0.key.rawValue < $1.key.rawValue }.map { JSONMember($0.key.rawValue, .integer(Int64($0.value))) })),
            JSONMember("interviews", list(told.interviews)), JSONMember("observations", list(told.observations)), JSONMember("samples", list(told.samples)),
            JSONMember("evidence", list(told.evidence)), JSONMember("withheld", (origin.withheld ?? origin.unnamed).map { .string($0) } ?? .null),
        ])
    }

    // MARK: - In the annex

    /// Where the annex tells of a figure or a line: letters, digits and hyphens alone.
    static func anchor(_ kind: String, _ key: String) -> String {
        kind + "-" + key.utf8.map { byte in
            let isPlain = byte >= 48 && byte <= 57 || byte >= 65 && byte <= 90 || byte >= 97 && byte <= 122
            return isPlain ? String(UnicodeScalar(byte)) : "-" + String(byte, radix: 16)
        }.joined()
    }

    func anchor(_ kind: EngagementReading.Figure.Kind, _ key: String) -> String { Self.anchor(kind.rawValue, key) }

    /// What was told, in a line.
    public func words(of origin: Origin) -> String {
        let told = origin.told
        if let withheld = origin.withheld { return withheld }
        guard told.answers > 0 else { return "–" }
        let grades = told.grades.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue)\u{a0}\($0.value)" }.joined(separator: ", ")
        let what = origin.figure.kind == .seam ? "mode score" : "answer"
        return Self.counted(told.answers, what) + (told.people > 0 ? " of " + Self.counted(told.people, "person", "people") : "") + " (\(grades))"
    }

    var originTable: ReportTable {
        let origins = origins, isFrozen = provenance.frozen != nil
        func filed(_ origin: Origin) -> [String] { origin.told.observations + origin.told.samples + origin.told.evidence }
        // A column in which nothing stands says less than a sentence.
        let showsInterviews = origins.contains { !$0.told.interviews.isEmpty }, showsFiled = origins.contains { !filed($0).isEmpty }
        func or(_ names: [String]) -> String { names.isEmpty ? "–" : names.joined(separator: ", ") }
        return ReportTable(
            caption: "From a figure to what stands behind it: the lines that give to its mean, each with what it gives in \(unitOf) a year, how many answers of which grade"
                + (isFrozen ? "." : ", and the handles of interviews, observations, timed cases and evidence.")
                + " What a line gives is its share of the figure's mean, and together they are that mean: so it has no range of its own; the line's stands above, and the figure's in its own table."
                + " Nobody is named; what only the team may know, and what too few people said, is not listed."
                + (isFrozen ? " A frozen report never changes, and people may withdraw consent after it was made: so it lists no interview, observation or piece of evidence that they gave. A report of the engagement as it stands does." : ""),
            columns: [.text("Figure", wide: true), .text("Lines", wide: true), .text("Told by", wide: true)] + (showsInterviews ? [.text("Interviews", wide: true)] : [])
                + (showsFiled ? [.text(isFrozen ? "Timed cases" : "Seen, timed and filed", wide: true)] : []),
            rows: origins.map { origin in
                let lines = origin.parts.map { "\($0.line) \(inUnit($0.amount))" }
                var cells: [String] = ["\(origin.figure.key) \(origin.name)", lines.isEmpty ? "none" : lines.joined(separator: ", "), words(of: origin)]
                if showsInterviews { cells.append(or(origin.told.interviews)) }
                if showsFiled { cells.append(or(filed(origin))) }
                return ReportTable.Row(
                    cells: cells, anchor: anchor(origin.figure.kind, origin.figure.key),
                    links: origin.lines.isEmpty ? [:] : [1: zip(lines, origin.lines).map { ReportTable.Link(words: $0, anchor: Self.anchor("line", $1)) }])
            })
    }
}
