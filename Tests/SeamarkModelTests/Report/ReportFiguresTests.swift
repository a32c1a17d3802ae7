import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct ReportFiguresTests {
    /// A figure of a JSON report in thousands.
    static func thousands(_ document: JSONValue, _ path: String...) -> Double {
        var at = document
        for name in path { at = at[name] ?? .null }
        return (at.number ?? .nan) / 1000
    }

    static func means(_ document: JSONValue, _ section: String) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: (document[section]?.elements ?? []).map { ($0["key"]?.text ?? "", ($0["mean"]?.number ?? .nan) / 1000) })
    }

    @Test func `the manufacturer's headline is the worked example's`() throws {
        let report = try ReportBench.halden.get()
        let document = try JSONParser.parse(report.json, atMost: 1 << 20)
        // The generator is the reference's, so a thousandth is generous; the method allows other generators 0.75 %.
        #expect(agree(Self.thousands(document, "headline", "p50"), 3052.65, within: 1e-3))
        #expect(agree(Self.thousands(document, "headline", "p10"), 2666.37, within: 1e-3))
        #expect(agree(Self.thousands(document, "headline", "p25"), 2840.23, within: 1e-3))
        #expect(agree(Self.thousands(document, "headline", "p75"), 3281.66, within: 1e-3))
        #expect(agree(Self.thousands(document, "headline", "p90"), 3497.03, within: 1e-3))
        #expect(agree(Self.thousands(document, "headline", "mean"), 3069.29, within: 5e-4))
        #expect(agree(Self.thousands(document, "headline", "rho0", "p10"), 2798.7, within: 1e-3))
        #expect(agree(Self.thousands(document, "headline", "rho1", "p90"), 3795.2, within: 1e-3))
        #expect(agree(document["headline"]?["relative"]?["p50"]?.number ?? .nan, 0.3816, within: 1e-3))
        #expect(document["headline"]?["relative"]?["of"]?.text == "plannedOperatingIncome")
        #expect(agree(report.lines.reduce(0) { $0 + $1.exposure.exactMean / 1000 }, 3309.858889, within: 1e-9))
        #expect(agree(Self.thousands(document, "waterfall", "gross"), 3309.858889, within: 5e-4))
        #expect(agree(Self.thousands(document, "waterfall", "overlap"), 240.7, within: 1e-2))
        #expect(Self.thousands(document, "waterfall", "ceiling") == 0)
        #expect(agree(Self.thousands(document, "headline", "allLikely"), 2886, within: 1e-9))
        #expect(agree(Self.thousands(document, "inPlan", "notInPlan"), 1034.1, within: 1e-3))
        let evidence = (document["evidence"]?.elements ?? []).map { $0["share"]?.number ?? .nan }
        for (share, expected) in zip(evidence, [0.357, 0.461, 0.145, 0.037]) { #expect((share - expected).magnitude < 0.0006) }
        #expect(evidence.count == 4)
    }

    @Test func `domains and seams stand for what the worked example says`() throws {
        let report = try ReportBench.halden.get()
        let document = report.document
        let domains = Self.means(document, "domains")
        for (key, mean) in ["D2": 510.4, "D6": 491.5, "D8": 376.3, "D3": 332.4, "D4": 307.6, "D5": 278.5, "D9": 132.4, "D1": 97.9] {
            #expect(agree(domains[key] ?? .nan, mean, within: 1e-3), "\(key)")
        }
        #expect(domains["D7"] == 0)
        #expect(agree(Self.thousands(document, "unallocated", "mean"), 542.5, within: 1e-3))
        #expect(document["frontRunners"]?["domains"]?.elements == ["D2", "D6"])
        #expect(report.json.contains("Two front runners: D2 Cross-functional alignment (first in 71 % of runs) and D6 Knowledge transfer (first in 29 % of runs)."))
        #expect(!report.json.contains("Number one: D"))
        let seams = Self.means(document, "seams")
        for (key, mean) in ["S2": 573.4, "S3": 550.0, "S1": 350.0] { #expect(agree(seams[key] ?? .nan, mean, within: 1e-3), "\(key)") }
        #expect(report.seams.map(\.exposure.key) == ["S2", "S3", "S1"])
        #expect(agree(Self.thousands(document, "notAtASeam", "mean"), 1595.9, within: 1e-3))
        #expect(report.seams.map(\.exposure.severity) == [2, 3, 4])
        #expect(report.seams.last?.ownersGap == "nobody owns the receiving side")
        #expect(report.result.categories.map(\.category) == [.quality, .downtime, .labour, .expedite, .penalty])
        let nets = Dictionary(uniqueKeysWithValues: report.lines.map { ($0.line.key, $0.exposure.net.mean / 1000) })
        for (key, mean) in ["L1": 512.5, "L2": 883.3, "L3": 252.8, "L4": 427.5, "L5": 192.1, "L6": 156.25, "L7": 532.3, "L8": 112.5] {
            #expect(agree(nets[key] ?? .nan, mean, within: 1e-3), "\(key)")
        }
    }

    @Test func `the carrier's report is the reference calculation's`() throws {
        let report = try ReportBench.northlink.get()
        let document = report.document
        #expect(agree(Self.thousands(document, "headline", "p10"), 6761, within: 1e-3))
        #expect(agree(Self.thousands(document, "headline", "p50"), 7734, within: 1e-3))
        #expect(agree(Self.thousands(document, "headline", "p90"), 8856, within: 1e-3))
        #expect(agree(Self.thousands(document, "headline", "mean"), 7780, within: 5e-4))
        #expect(agree(report.lines.reduce(0) { $0 + $1.exposure.exactMean / 1000 }, 8127.236667, within: 1e-9))
        #expect(agree(Self.thousands(document, "waterfall", "gross"), 8127.236667, within: 5e-4))
        let domains = Self.means(document, "domains")
        for (key, mean) in ["D2": 1844.0, "D8": 1499, "D3": 971, "D9": 703, "D4": 595, "D1": 461] {
            #expect(agree(domains[key] ?? .nan, mean, within: 1e-3), "\(key)")
        }
        #expect(report.result.frontRunningDomains == ["D2"])
        #expect(report.json.contains("Number one: D2 Cross-functional alignment (first in 99 % of runs)."))
        let seams = Self.means(document, "seams")
        for (key, mean) in ["S1": 2416.0, "S2": 1236, "S3": 919] { #expect(agree(seams[key] ?? .nan, mean, within: 1e-3), "\(key)") }
        #expect(agree(Self.thousands(document, "stress", "mean"), 9713, within: 1e-3))
        #expect(agree(Self.thousands(document, "stress", "p90"), 10994, within: 1e-3))
    }

    @Test func `both programmes come out at the reference's verdicts, residuals and shares`() throws {
        for (report, verdicts, residual, before, after) in [
            (try ReportBench.halden.get(), ["I3": "fundConstraint", "I4": "fund", "I6": "fund", "I5": "fund", "I2": "pause", "I1": "pause"], 1934.0, 0.194, 0.504),
            (try ReportBench.northlink.get(), [
                "N1": "keepMandated", "N6": "fundConstraint", "N9": "review", "N8": "fund", "N7": "fund", "N4": "review", "N3": "review", "N2": "pause", "N5": "pause",
            ], 4953, 0.0625, 0.146),
        ] {
            let document = report.document
            let rows = document["sequence"]?["rows"]?.elements ?? []
            #expect(Dictionary(uniqueKeysWithValues: rows.map { ($0["key"]?.text ?? "", $0["verdict"]?.text ?? "") }) == verdicts)
            #expect(agree(Self.thousands(document, "sequence", "residual", "mean"), residual, within: 1e-3))
            #expect(agree(document["constraint"]?["alignmentBefore"]?["share"]?.number ?? .nan, before, within: 3e-3))
            #expect(agree(document["constraint"]?["alignmentAfter"]?["share"]?.number ?? .nan, after, within: 3e-3))
        }
        let northlink = try ReportBench.northlink.get()
        #expect(northlink.governance.sequence.rows.map(\.key) == ["N1", "N6", "N9", "N8", "N7", "N4", "N3", "N2", "N5"])
        #expect(northlink.governance.constraintView.governing == ["K1"] && northlink.governance.sequence.money(.pause) == 10_000_000)
        // Eleven measured cases: 26, 34 and 60 hours; the director's time is overdrawn.
        let hold = try #require(northlink.governance.decisions.first)
        #expect(hold.view.isMeasured && hold.view.latency == range(26 * 3600, 34 * 3600, 60 * 3600))
        #expect(agree(hold.view.ratio ?? .nan, 2.83, within: 2e-3) && agree(hold.view.excess?.mean ?? .nan, 427_500, within: 1e-9))
        #expect(agree(northlink.governance.bandwidth.first?.load ?? .nan, 1.0467, within: 1e-4))
        #expect(northlink.governance.gates.map(\.verdict) == [.hold])
        #expect(northlink.governance.gates[0].contradictions.isEmpty, "\(northlink.governance.gates[0].contradictions)")
        #expect(northlink.governance.residual.p10 < 4953e3 && northlink.governance.residual.p90 > 4953e3)
    }

    @Test func `parts by category and by site add up to the mean`() throws {
        for report in [try ReportBench.halden.get(), try ReportBench.northlink.get()] {
            let mean = report.result.headline.mean
            #expect((report.result.sites.reduce(0) { $0 + $1.net.mean } - mean).magnitude < 1e-6)
            #expect((report.result.categories.reduce(0) { $0 + $1.net.mean } - mean).magnitude < 1e-6)
            for mix in report.result.sites.map(\.evidence) + report.result.categories.map(\.evidence) {
                #expect((mix.reduce(0) { $0 + $1.share } - 1).magnitude < 1e-9)
            }
            #expect(report.result.sites.count == Set(report.lines.map(\.line.site)).count)
        }
    }

    @Test func `the order of the records does not change a byte`() throws {
        let views = try ReportBench.decided("halden").views
        let report = try ReportBench.halden.get()
        var dice = SystemOrder(state: 7)
        for _ in 0..<3 {
            let shuffled = views.shuffled(using: &dice)
            let other = try ReportBench.report(shuffled)
            #expect(other.json == report.json && other.html == report.html && other.markdown == report.markdown, "\(Self.difference(other.markdown, report.markdown))")
        }
    }

    /// The first line in which two texts differ, of both.
    private static func difference(_ one: String, _ other: String) -> String {
        let lines = [one, other].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
        guard let (a, b) = zip(lines[0], lines[1]).first(where: { $0 != $1 }) else { return "the one is longer, or only the document or the page differs" }
        return "\(a)\n\(b)"
    }

    /// SplitMix64: the same order on every run.
    struct SystemOrder: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
            return z ^ z >> 31
        }
    }
}
