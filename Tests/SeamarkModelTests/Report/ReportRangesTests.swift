import SeamarkJournal
import Testing

@testable import SeamarkModel

/// No amount that is an estimate stands without its range: in the document, in the tables, and in what a board is told. What stands alone is named here, with
/// its reason.
@Suite struct ReportRangesTests {
    private static func id(_ handle: String, _ type: RecordType, in bench: Bench) throws -> Identifier {
        try #require(bench.views.first { $0.handle == handle && $0.type === type }?.id)
    }

    /// A sample in which nothing is known exactly that a person can only estimate; ruled on otherwise than by the rules, and compared with what it said before.
    private static func estimated(_ sample: String, closing: String, pricing: String, ruling: [(String, String)]) throws -> EngagementReport {
        var bench = try ReportBench.decided(sample)
        let before = try EngagementReading(bench.views), snapshot = try ReportBench.snapshot(of: bench)
        for view in bench.views {
            switch view.type {
            case .some(let type) where type === Catalogue.initiative:
                let thousands = Int((try #require(view.threePoint("cost")).likely / 100_000).rounded())
                try bench.write(view.id, type, [("cost", "\(thousands * 6 / 10)k/\(thousands)k/\(thousands * 19 / 10)k")])
            case .some(let type) where type === Catalogue.seam:
                try bench.write(view.id, type, [
                    ("aiExposed", "yes"), ("velocity", "1.2/1.8/2.6"), ("volumetrics.failuresPerWeek", "1/2/3"), ("volumetrics.costPerFailure", "100/150/200"),
                ])
            case .some(let type) where type === Catalogue.constraint: try bench.write(view.id, type, [("lostUnitsPerYear", "2000/3000/4000")])
            case _: break
            }
        }
        try bench.write(try id(closing, Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("isWithdrawn", "yes")])
        try bench.write(try id(pricing, Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("amount.range", "140k/180k/240k")])
        for (number, rule) in ruling.enumerated() {
            try bench.write(Identifier(high: 63, low: UInt64(number) + 1), Catalogue.sequenceDecision, handle: "SD\(number + 1)", [
                ("initiative", rule.0), ("ruling.verdict", rule.1), ("ruling.reason", "the board asked for it"), ("ruling.approver", "CFO"),
            ], by: Bench.lea)
        }
        return try EngagementReport(
            views: bench.views, primitives: bench.primitives, provenance: ReportBench.provenance, earlier: .init(snapshot, .success(before)))
    }

    private static let halden = Result { try estimated("halden", closing: "L6", pricing: "L8", ruling: [("I6", "pause"), ("I2", "fund")]) }
    private static let northlink = Result { try estimated("northlink", closing: "L2", pricing: "L7", ruling: [("N8", "pause"), ("N5", "fund")]) }
    private static func all() throws -> [EngagementReport] { [try halden.get(), try northlink.get(), try ReportBench.halden.get(), try ReportBench.northlink.get()] }

    // MARK: - The document

    /// Members whose numbers are no money: shares, scores, spans, points, counts of a unit.
    private static let notMoney: Set<String> = [
        "rho", "share", "firstShare", "firstThreeShare", "severity", "confidence", "coverage", "perceptionGap", "probability", "varianceShare", "unallocatedShare", "points",
        "domainPoints", "seamPoints", "modes", "ratio", "paybackMonths", "horizonMonths", "hurdle", "load", "capacity", "reopenRate", "escalatedShare", "forumMeanWait",
        "forumWorstWait", "forumInterval", "proposedInterval",
    ]

    /// Amounts that stand alone, and why. `*.` and `.*` stand for anything before and behind.
    private static let alone: [(path: String, because: String)] = [
        ("engagement.revenue", "known"), ("engagement.plannedOperatingIncome", "known"), ("sequence.budget", "known"), ("decisions[].limit", "known"),
        ("headline.allLow", "an end of the range"), ("headline.allLikely", "between its ends"), ("headline.allHigh", "an end of the range"),
        ("exceedance[].amount", "a percentile"), ("lines[].exactMean", "the closed form of the mean of `gross`"),
        ("lines[].overlap", "the mean of `gross` less that of `net`"), ("lines[].ceiling", "the mean of `gross` less that of `net`"),
        ("sequence.rows[].protectedByMeans", "the mean of `protected` as the ratio takes it"),
        ("bridge.difference", "a difference of means"), ("bridge.steps[].amount", "a difference of means"), ("bridge.steps[].lines.*", "differences of means"),
        ("*.inputs.parts[].amount", "a share of a mean: all of them add up to `total`"),
        ("constraint.resources[].inputs.total", "a sum of lines that are only linked, each of which has its range"),
        ("decisions[].inputs.total", "a sum of lines that are only linked, each of which has its range"),
    ]

    private static func isAlone(_ path: String) -> Int? {
        alone.firstIndex { pattern, _ in
            if pattern.hasSuffix(".*") { return path.hasPrefix(pattern.dropLast()) }
            return pattern.hasPrefix("*.") ? path.hasSuffix(pattern.dropFirst()) : path == pattern
        }
    }

    private static let ofARange: Set<String> = ["mean", "p10", "p25", "p50", "p75", "p90", "low", "likely", "high"]

    private static func isRange(_ value: JSONValue) -> Bool {
        value["p10"]?.number != nil && value["p90"]?.number != nil || value["low"]?.number != nil && value["high"]?.number != nil
    }

    /// Where amounts stand without a range: neither in one, nor with one of the same name in `ranges` beside them or above.
    private static func bare(_ value: JSONValue, _ path: String = "", in parent: String = "", ranges: [JSONValue] = []) -> [String] {
        if let elements = value.elements { return elements.flatMap { bare($0, path + "[]", in: parent) } }
        var found: [String] = []
        for member in value.members ?? [] {
            let place = path.isEmpty ? member.name : path + "." + member.name
            var above = ranges.compactMap { $0[member.name] }
            if let beside = value["ranges"]?[member.name] { above.append(beside) }
            // Whole numbers count things; money is never one in a report.
            guard case .number = member.value else {
                found += bare(member.value, place, in: member.name, ranges: above)
                continue
            }
            let isTold = notMoney.contains(member.name) || notMoney.contains(parent) || ofARange.contains(member.name) && isRange(value) || above.contains(where: isRange)
            if !isTold { found.append(place) }
        }
        return found
    }

    @Test func `every amount of the document that is an estimate has its range beside it`() throws {
        var used: Set<Int> = []
        for report in try Self.all() {
            for path in Self.bare(report.document) {
                let exception = Self.isAlone(path)
                #expect(exception != nil, "\(path)")
                if let exception { used.insert(exception) }
            }
        }
        #expect(used.count == Self.alone.count, "no such amount: \(Self.alone.indices.filter { !used.contains($0) }.map { Self.alone[$0].path })")
        // It sees what is bare.
        let bare: JSONValue = ["a": 1.5, "b": ["mean": 2.5, "p10": 1.5, "p90": 3.5, "c": 1.5], "d": ["x": 4.5], "ranges": ["d": ["x": ["low": 1.5, "high": 9.5]]], "share": 0.5]
        #expect(Self.bare(bare) == ["a", "b.c"])
    }

    // MARK: - The tables

    /// Columns in which money stands, and the others. A title that is in neither is a new column, of which somebody must say which it is.
    private static let money: Set<String> = [
        "a year", "mean a year", "Mean", "Net mean", "P10", "P50", "P90", "P10 to P90", "Index", "Exposure", "Own failure cost", "Scenario adds", "A lost hour", "Lost a year",
        "Excess", "Cost", "By the rules", "As ruled", "Protected", "Expected effect", "Funds the governing constraint", "Funds around it", "Linked exposure",
        "Low / likely / high", "Costs more than",
    ]
    private static let others: Set<String> = [
        "", "of planned operating income", "of the mean", "Step", "Rank", "Domain", "First (top 3)", "Severity", "Confidence", "Gap", "Finding", "What was found", "About",
        "Rests on", "Category", "Evidence", "Site", "Grade", "What stands behind it", "Share", "Resource", "Utilisation", "Status", "Seam", "Owners", "Decision",
        "Decider; deputy; limit", "Latency", "Time to damage", "Ratio", "Standing", "Forum now; proposed", "Role", "Load", "Light", "Decisions", "Now", "Was", "Initiative",
        "Verdict", "Payback", "Because", "Lines", "Not passed", "Reviewed", "A person's decision", "Move", "Owner", "Due", "Leading measure", "State", "Phase", "Days",
        "Still missing", "Recommendation", "Effort", "rho", "Line", "Part of the variance", "Probability", "Condition", "Outcome", "Check", "Answer", "Title",
        "Points to domains; to seams", "Reason", "Figure", "Told by", "Interviews", "Seen, timed and filed", "Timed cases", "Handle", "Kind", "Source", "Period",
    ]
    /// Columns of single amounts, and the words of the caption that say why.
    private static let captions = ["a year": "The range of the yearly loss", "Costs more than": "a percentile", "Mean": "has no range"]

    private static func tables(_ report: EngagementReport) -> [ReportTable] {
        [report.headlineTable, report.inPlanTable] + report.sections.flatMap(\.blocks).compactMap { block -> ReportTable? in
            if case .table(let table, _) = block { table } else { nil }
        }
    }

    @Test func `every amount of a table that is an estimate has its range in the cell or in the row, or the caption says why not`() throws {
        for report in [try Self.halden.get(), try Self.northlink.get()] {
            #expect(report.governance.bridge != nil && report.result.stress != nil && report.governance.sequence.isRuledOtherwise)
            for table in Self.tables(report) {
                let titles = table.columns.map(\.title)
                let isRanged = titles.contains("P10 to P90") || titles.contains("P10") && titles.contains("P90")
                for title in titles { #expect(Self.money.contains(title) || Self.others.contains(title), "\(title)") }
                if titles.contains("Lines"), titles.contains("Step") || titles.contains("Figure") { #expect(table.caption.contains("no range"), "\(table.caption)") }
                for row in table.rows {
                    for (title, cell) in zip(titles, row.cells) where Self.money.contains(title) && cell.contains(/[1-9]/) {
                        if isRanged && title != "Cost" || cell.contains(/[0-9,.]+[kM]? to [−<]?[0-9]/) || cell.contains(" / ") { continue }
                        #expect(Self.captions[title].map { table.caption.contains($0) } ?? false, "\(title): \(cell) (\(table.caption))")
                    }
                }
            }
        }
    }

    @Test func `money that a board is told of has its range, but for what is known`() throws {
        for report in [try Self.halden.get(), try Self.northlink.get()] {
            let told = report.decisionsAsked + report.boardQuestions.flatMap(\.facts).filter { !$0.hasPrefix("Floor ") } + report.governance.checks.map(\.words)
            #expect(told.contains { $0.hasPrefix("Hold ") } && told.contains { $0.contains("by its lost units") } && told.contains { $0.hasPrefix("The mean went from ") })
            var count = 0
            for words in told {
                for amount in words.matches(of: /USD\u{a0}[0-9.]+[kM]?/) {
                    count += 1
                    let rest = words[amount.range.upperBound...]
                    #expect(rest.hasPrefix(" (") || rest.hasPrefix(" to ") || rest.hasPrefix(" on average"), "\(words)")
                }
            }
            #expect(count > 20)
        }
    }

    // MARK: - Costs

    /// I2 at 400/700/1,500 and I1 at 800/1,200/2,000 thousand: means of 783 and 1,267.
    @Test func `costs are means everywhere, with the sums of their lows and of their highs`() throws {
        var bench = try ReportBench.bench("halden")
        for (handle, cost) in [("I2", "400k/700k/1500k"), ("I1", "800k/1200k/2000k")] {
            try bench.write(try Self.id(handle, Catalogue.initiative, in: bench), Catalogue.initiative, [("cost", cost)])
        }
        let report = try ReportBench.report(bench.views)
        let asked = try #require(report.decisionsAsked.first { $0.hasPrefix("Hold ") })
        #expect(asked.contains(/^Hold USD\u{a0}2\.[01]M \(1\.2M to 3\.5M\):/), "\(asked)")
        for words in ["| 783 (400 to 1,500) |", "| 1,267 (800 to 2,000) |", "| Pause | 2,050 (1,200 to 3,500) |", "I2 Dashboard consolidation, 783 (400 to 1,500)"] {
            #expect(report.markdown.contains(words), "\(words)")
        }
        // What is known stands alone.
        #expect(report.markdown.contains("| Fund: constraint | 600 |") && report.markdown.contains("Cost: the mean, with low and high where it is not known exactly."))
        let sequence = try #require(report.document["sequence"])
        let pause = try #require(sequence["ranges"]?["money"]?["pause"])
        #expect(pause["low"]?.number == 1_200_000 && pause["high"]?.number == 3_500_000 && pause["mean"]?.number == sequence["money"]?["pause"]?.number)
        let programme = try #require(report.document["constraint"]?["alignmentBefore"])
        #expect(programme["ranges"]?["all"]?["low"]?.number == 2_390_000 && programme["ranges"]?["all"]?["mean"]?.number == programme["all"]?.number)
    }

    @Test func `what is left of a budget is least where everything costs most`() throws {
        let cost = CostRange(of: [InitiativeReading(key: "a", cost: range(1, 4, 7)), InitiativeReading(key: "b", cost: nil), InitiativeReading(key: "c", cost: range(2, 2, 2))])
        #expect(cost == CostRange(mean: 6, low: 3, high: 9) && cost.left(of: 10) == CostRange(mean: 4, low: 1, high: 7))
        #expect(!cost.isKnown && CostRange(range(5, 5, 5)).isKnown && CostRange(of: []).isKnown)
    }

    // MARK: - Seams, sites and what was captured

    @Test func `a seam is told with how much faster automated decisions come, and with how often it is first`() throws {
        let northlink = try ReportBench.northlink.get(), halden = try ReportBench.halden.get()
        #expect(northlink.markdown.contains("Exposed to automated decisions, 1.8 times as many a week as before. Largest in 100 % of runs"))
        #expect(halden.markdown.contains("Exposed to automated decisions, as many a week as before. Largest in 62 % of runs, among the three largest in 100 %."))
        #expect(try Self.halden.get().markdown.contains("Exposed to automated decisions, 1.8 times as many a week as before (1.2 to 2.6)."))
        let seams = try #require(northlink.document["seams"]?.elements)
        #expect(seams.first?["velocity"]?["likely"]?.number == 1.8 && seams.first?["velocity"]?["low"]?.number == 1.8 && seams.last?["velocity"] == .null)
        #expect(northlink.markdown.contains("the mean becomes 9,713 (8,503 to 10,994) USD thousand a year, 1,933 (1,712 to 2,169) above today's 7,780 (6,761 to 8,856)."))
    }

    @Test func `the first question tells how often a site is first, and domains how often they are among three`() throws {
        let report = try ReportBench.halden.get()
        #expect(report.boardQuestions[0].facts.contains { $0.hasPrefix("Sites: Dayton plant ") && $0.contains("first in 91 % of runs") })
        #expect(report.result.sites.allSatisfy { $0.firstThreeShare == 1 })
        #expect(report.markdown.contains("| 71 % (100 %) |") && report.markdown.contains("| 0.4 % (82 %) |"))
        // A line of no site is no site.
        var bench = try ReportBench.bench("halden")
        for handle in ["L1", "L2"] { try bench.write(try Self.id(handle, Catalogue.leakageLine, in: bench), Catalogue.leakageLine, [("site", "-")]) }
        let without = try ReportBench.report(bench.views).result.sites
        #expect(without.first { $0.site == nil }?.firstShare == nil && without.contains { $0.site != nil && ($0.firstShare ?? 0) > 0.5 })
    }

    @Test func `who funds the constraint and who funds around it is told before and after re-ranking`() throws {
        let report = try ReportBench.northlink.get()
        let funding = try #require(report.document["constraint"]?["funding"])
        #expect(funding["before"]?["around"]?.elements == ["N1", "N3", "N2", "N4", "N5"] && funding["after"]?["around"]?.elements == ["N1", "N7", "N8"])
        for programme in ["before", "after"] { #expect(funding[programme]?["constraint"]?.elements == ["N6"]) }
        #expect(report.markdown.contains("| N6 Hub B door relief, 2,500 | N1 ") && report.markdown.contains("What is released after re-ranking, by cost in USD thousand"))
        // Beyond the first two pages money is in the unit of the report.
        let moves = try #require(Self.tables(report).first { $0.columns.contains { $0.title == "Linked exposure" } })
        for row in moves.rows { #expect(row.cells[4].contains(/[0-9,]+ \([0-9,]+ to [0-9,]+\)/) && !row.cells[4].contains("USD"), "\(row.cells[4])") }
    }

    /// Every text of a document.
    private static func texts(_ value: JSONValue) -> Set<String> {
        if let text = value.text { return [text] }
        return (value.elements ?? value.members?.map(\.value) ?? []).reduce(into: []) { $0.formUnion(texts($1)) }
    }

    @Test func `what was captured of decisions, initiatives, constraints and gates is in the document, as it is in the tables`() throws {
        for report in [try ReportBench.halden.get(), try ReportBench.northlink.get()] {
            let texts = Self.texts(report.document), g = report.governance
            var captured: [String?] = []
            for c in g.decisions.map(\.captured) {
                captured += [c.reading.name, c.reading.decider, c.reading.deputy, c.trigger, c.domain, c.seam, c.forum, c.proposedForum]
                captured += c.inputs.map { Optional($0) }
            }
            for initiative in g.initiatives {
                captured += [initiative.name, initiative.sponsor]
                captured += initiative.targets.map { Optional($0.line) }
            }
            for c in g.constraints { captured += [c.reading.name, c.reading.unit, c.reading.period.rawValue, c.site] }
            for review in g.gates.compactMap(\.review) { captured += [review.extent, review.reviewer, review.rollbackTrigger] }
            let told = captured.compactMap { $0 }, missing = told.filter { !texts.contains($0) }
            #expect(missing.isEmpty && told.count > 30, "\(missing)")
        }
        let report = try ReportBench.northlink.get()
        let decision = try #require(report.document["decisions"]?.elements?.first), door = try #require(report.document["constraint"]?["resources"]?.elements?.first)
        #expect(decision["forumInterval"]?.number == 86_400 && decision["proposedInterval"]?.number == 3600 && decision["decidesOn"]?.elements?.count == 2)
        #expect(door["load"]?["likely"]?.number == 1340 && door["capacity"]?.number == 1260 && door["unit"]?.text == "door-hours" && door["isMarket"] == .bool(false))
        let relief = try #require(report.document["sequence"]?["rows"]?.elements?.first { $0["key"]?.text == "N6" })
        #expect(relief["targets"]?.elements?.map { $0["line"]?.text } == ["L1", "L3", "L4", "L6"] && relief["sponsor"]?.text == "hub B director")
        #expect(relief["targets"]?.elements?.last?["reduction"]?["likely"]?.number == 0.5 && report.document["gates"]?.elements?.first?["validDays"]?.integer == 90)
    }
}
