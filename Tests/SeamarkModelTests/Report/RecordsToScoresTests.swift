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
        var bench = Bench()
        try bench.write(Bench.scope, Catalogue.engagement, handle: "E1", [("title", "Invented"), ("currency", "USD")], by: Bench.headquarters)
        var number: UInt64 = 0
        for (site, people) in [6, 6, 2].enumerated() {
            let site = UInt64(site) + 1
            try bench.write(Identifier(high: 21, low: site), Catalogue.site, handle: "ST\(site)", [("name", "site \(site)")])
            try bench.write(Identifier(high: 40, low: site), Catalogue.leakageLine, handle: "L\(site)", [
                ("title", "freight \(site)"), ("category", "EXPEDITE"), ("site", "ST\(site)"), ("amount.range", "1k/2k/4k"), ("amount.grade", "C"), ("amount.kind", "runRate"),
            ])
            for _ in 0..<people {
                number += 1
                try bench.write(Identifier(high: 23, low: number), Catalogue.person, handle: "P\(number)", [("level", "manager"), ("consent.state", "given")])
                let interview = Identifier(high: 24, low: number)
                try bench.write(interview, Catalogue.interview, handle: "IV\(number)", [("persons", "P\(number)"), ("site", "ST\(site)")])
                let member = Bench.ana.author.member
                try bench.write(DerivedIdentifiers.answer(interview: interview, question: "XA1", scorer: member, by: bench.primitives), Catalogue.answer, [
                    ("interview", "IV\(number)"), ("question", "XA1"), ("scorer", member.description), ("response.outcome", "scored"), ("response.score", "\(site)"), ("response.grade", "C"),
                ])
            }
        }
        let reading = try EngagementReading(bench.views)
        #expect(reading.input.lines.map { $0.readings != nil } == [false, true, false])
    }
}
