// From a figure to the lines, interviews, cases and evidence behind it.
extension EngagementReport {
    /// What a figure is made of.
    public struct Origin: Hashable, Sendable {
        public var figure: EngagementReading.Figure
        public var name: String
        /// Keys of the lines that give to it.
        public var lines: [String]
        public var told: EngagementReading.Told

        /// Why nothing is said of who answered; nil: it is said, or nobody did.
        public var withheld: String? {
            told.isWithheld ? "too few people answered to name the interviews" : nil
        }

        /// Why interviews, observations and evidence are not named although it is said how many answered; nil: they are.
        public var unnamed: String? {
            told.isFrozen ? "a frozen report stays as it is, and does not know who withdraws consent after it: it says how many answered, and names nothing of theirs" : nil
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
        let giving = lines.filter { line in
            switch figure.kind {
            case .domain: line.exposure.domainPoints.contains { $0.key == key && $0.points > 0 }
            case .seam: line.priced.seamPoints.contains { $0.key == key && $0.points > 0 }
            case .decision: line.line.decision == key
            case .constraint: line.line.constraint == key
            case .line: line.line.key == key
            }
        }
        return Origin(figure: figure, name: name, lines: giving.map(\.line.key), told: told[figure] ?? EngagementReading.Told())
    }

    /// Those that somebody may mean by `name`: a code or a handle, of a line too.
    public func origins(called name: String) -> [Origin] {
        let lines = lines.map { line in
            var told = EngagementReading.Told()
            told.evidence = line.line.evidence.map(\.key)
            return Origin(figure: EngagementReading.Figure(.line, line.line.key), name: line.line.title, lines: [line.line.key], told: told)
        }
        return (origins + lines).filter { $0.figure.key.lowercased() == name.lowercased() }
    }

    func inputs(_ kind: EngagementReading.Figure.Kind, _ key: String) -> JSONMember {
        JSONMember("inputs", Self.document(of: origin(of: EngagementReading.Figure(kind, key), name: "")))
    }

    public static func document(of origin: Origin) -> JSONValue {
        func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        let told = origin.told
        let count: (Int) -> JSONValue = { told.isWithheld ? .null : .integer(Int64($0)) }
        return .object([
            JSONMember("lines", list(origin.lines)), JSONMember("answers", count(told.answers)), JSONMember("people", count(told.people)),
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
        return "\(told.answers) \(what)\(told.answers == 1 ? "" : "s")" + (told.people > 0 ? " of \(told.people) people" : "") + " (\(grades))"
    }

    var originTable: ReportTable {
        ReportTable(
            caption: "From a figure to what stands behind it: the lines that give to it, how many answers of which grade, and the handles of interviews, observations, timed cases and evidence. Nobody is named; what only the team may know, and what too few people said, is not listed."
                + (provenance.frozen == nil ? "" : " Of a frozen report none of theirs is: it stays as it is, and does not know who withdraws consent after it."),
            columns: [.text("Figure", wide: true), .text("Lines", wide: true), .text("Told by", wide: true), .text("Interviews", wide: true), .text("Seen, timed and filed", wide: true)],
            rows: origins.map { origin in
                let filed = origin.told.observations + origin.told.samples + origin.told.evidence
                return ReportTable.Row(
                    cells: [
                        "\(origin.figure.key) \(origin.name)", origin.lines.isEmpty ? "none" : origin.lines.joined(separator: ", "), words(of: origin),
                        origin.told.interviews.isEmpty ? "–" : origin.told.interviews.joined(separator: ", "), filed.isEmpty ? "–" : filed.joined(separator: ", "),
                    ], anchor: anchor(origin.figure.kind, origin.figure.key),
                    links: origin.lines.isEmpty ? [:] : [1: origin.lines.map { ReportTable.Link(words: $0, anchor: Self.anchor("line", $0)) }])
            })
    }
}
