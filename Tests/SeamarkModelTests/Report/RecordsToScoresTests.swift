import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// From records to scores, for what the formulas' own tests cannot see.
@Suite struct RecordsToScoresTests {
    @Test func `two scorers of one interview meet in the mean by evidence weight, whoever's answer arrives first`() throws {
        var bench = Bench()
        try bench.write(Bench.scope, Catalogue.engagement, handle: "E1", [("title", "Invented"), ("currency", "USD")], by: Bench.headquarters)
        try bench.write(Identifier(high: 23, low: 1), Catalogue.person, handle: "P1", [("level", "manager"), ("consent.state", "given")])
        let interview = Identifier(high: 24, low: 1)
        try bench.write(interview, Catalogue.interview, handle: "IV1", [("persons", "P1")])
        let answers = try [(Bench.ana, "3", "B"), (Bench.ben, "1", "D")].map { person, score, grade in
            let member = person.author.member
            return try bench.setting(DerivedIdentifiers.answer(interview: interview, question: "LB1", scorer: member, by: bench.primitives), Catalogue.answer, [
                ("interview", "IV1"), ("question", "LB1"), ("scorer", member.description), ("response.outcome", "scored"), ("response.score", score), ("response.grade", grade),
            ], by: person)
        }
        var scores: Set<DomainScore?> = []
        withEveryPermutation(of: answers) { order in
            var bench = bench
            for change in order { bench.apply(change) }
            let reading = try? EngagementReading(bench.views)
            #expect(reading?.answers == 2 && reading?.people == 1)
            scores.insert(reading?.domains.first { $0.code == "D1" }?.score)
        }
        #expect(scores.count == 1)
        let score = try #require(scores.first ?? nil)
        // (0.8 × 3 + 0.3 × 1) / 1.1
        #expect(agree(score.score ?? .nan, 2.7 / 1.1, within: 1e-12) && agree(score.quality, 0.55, within: 1e-12))
    }

    @Test(arguments: [("S1", "S2"), ("S2", "S1"), ("S3", "S1"), ("S1", "S3")])
    func `merging seams leaves totals, into whichever of the two`(gone: String, kept: String) throws {
        var bench = try ReportBench.bench("halden")
        let before = try ReportBench.halden.get()
        let seam = try #require(bench.views.first { $0.handle == gone && $0.type === Catalogue.seam }?.id)
        try bench.write(seam, Catalogue.seam, [("mergedInto", kept)])
        let after = try ReportBench.report(bench.views)
        #expect(after.result.headline == before.result.headline && after.result.lines.map(\.net) == before.result.lines.map(\.net))
        func total(_ report: EngagementReport) -> Double { report.result.seams.reduce(report.result.notAtASeam.mean) { $0 + $1.net.mean } }
        #expect(agree(total(after), total(before), within: 1e-9) && agree(total(after), after.result.headline.mean, within: 1e-9))
        #expect(agree(after.result.notAtASeam.mean, before.result.notAtASeam.mean, within: 1e-9))
        func mean(_ report: EngagementReport, _ key: String) -> Double { report.result.seams.first { $0.key == key }?.net.mean ?? 0 }
        #expect(agree(mean(after, kept), mean(before, kept) + mean(before, gone), within: 1e-9) && mean(after, gone) == 0)
    }

    @Test func `where places of six, six and two were heard, no two of the three have scores of their own that leave the third`() throws {
        #expect(try followed([("ST1", 6), ("ST2", 6), ("ST3", 2)]) == [false, true, false])
    }

    @Test func `which of two sites with equally many people is hidden with a third depends on their handles, not on their ids`() throws {
        #expect(try followed([("ST1", 5), ("ST2", 5), ("ST3", 2)]) == [false, true, false])
        #expect(try followed([("ST10", 5), ("ST2", 5), ("ST3", 2)]) == [true, false, false])
    }

    /// Does the line at each site, in the order of the sites' ids, follow the site's own scores?
    private func followed(_ sites: [(handle: String, people: Int)]) throws -> [Bool] {
        var bench = Bench()
        try bench.write(Bench.scope, Catalogue.engagement, handle: "E1", [("title", "Invented"), ("currency", "USD")], by: Bench.headquarters)
        var number: UInt64 = 0
        for (place, site) in sites.enumerated() {
            let id = UInt64(place) + 1
            try bench.write(Identifier(high: 21, low: id), Catalogue.site, handle: site.handle, [("name", "site \(id)")])
            try bench.write(Identifier(high: 40, low: id), Catalogue.leakageLine, handle: "L\(id)", [
                ("title", "freight \(id)"), ("category", "EXPEDITE"), ("site", site.handle), ("amount.range", "1k/2k/4k"), ("amount.grade", "C"), ("amount.kind", "runRate"),
            ])
            for _ in 0..<site.people {
                number += 1
                try bench.write(Identifier(high: 23, low: number), Catalogue.person, handle: "P\(number)", [("level", "manager"), ("consent.state", "given")])
                let interview = Identifier(high: 24, low: number)
                try bench.write(interview, Catalogue.interview, handle: "IV\(number)", [("persons", "P\(number)"), ("site", site.handle)])
                let member = Bench.ana.author.member
                try bench.write(DerivedIdentifiers.answer(interview: interview, question: "XA1", scorer: member, by: bench.primitives), Catalogue.answer, [
                    ("interview", "IV\(number)"), ("question", "XA1"), ("scorer", member.description), ("response.outcome", "scored"), ("response.score", "\(id)"), ("response.grade", "C"),
                ])
            }
        }
        return try EngagementReading(bench.views).input.lines.map { $0.readings != nil }
    }
}
