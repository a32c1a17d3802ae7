import SeamarkJournal
import Testing

@testable import SeamarkModel

/// Quotes, findings and recommendations in the report: what is approved and reviewed, and nobody who could be found out.
@Suite struct ReportVoicesTests {
    private static func id(_ handle: String, _ type: RecordType, in bench: Bench) throws -> Identifier {
        try #require(bench.views.first { $0.handle == handle && $0.type === type }?.id)
    }

    @Test func `findings stand beside the figures that they are about, quotes below the domains, and recommendations below the moves`() throws {
        let report = try ReportBench.northlink.get()
        for text in [report.html, report.markdown] {
            let order = ["Where it comes from: domains", "F3", "In their words", "What kind of money", "Seam map", "F1", "Decision rights and cadence", "The next ninety days", "Recommendations", "R3 Book"]
            var at = text.startIndex
            for words in order {
                let found = try #require(text[at...].firstRange(of: words), "\(words)")
                at = found.upperBound
            }
        }
        #expect(report.voices.statements.map(\.key) == ["F1", "F3"], "F2 is the team's, F4 a draft")
        #expect(report.voices.statements.map(\.sources) == [3, 2])
        // As headquarters ranked them; what rests on a finding of the team's does not name it.
        #expect(report.voices.advice.map(\.key) == ["R3", "R1", "R2"] && report.voices.advice.map(\.findings) == [["F3"], ["F1"], []])
        #expect(report.voices.advice[1].effect == (try ThreePoint(low: 300_000, likely: 550_000, high: 900_000)))
        #expect(report.document["recommendations"]?.elements?.first?["rank"]?.number == 1)
        #expect(report.document["teamFindings"]?.elements?.compactMap { $0["key"]?.text } == ["F1", "F3"])
        #expect(report.document["quotes"]?.elements?.compactMap { $0["key"]?.text } == ["Q1", "Q3", "Q4"])
    }

    @Test func `a quote names a role where enough people hold it, else a respondent; what only the team may know never appears`() throws {
        let report = try ReportBench.northlink.get()
        let said = Dictionary(uniqueKeysWithValues: report.voices.quotes.map { ($0.key, $0.who) })
        #expect(said == ["Q1": "a respondent", "Q3": "a respondent", "Q4": "a respondent"], "two dock supervisors, and four supervisors")
        for text in [report.json, report.markdown, report.html] {
            #expect(!text.contains("I approve from airports") && !text.contains("releases by telephone") && text.contains("both of us hit our target"))
            #expect(text.contains("1 approved quote is not shown: only the team may know it"))
        }
        // Where four are enough, the level is said of those who agreed to their role.
        var bench = try ReportBench.decided("northlink")
        try bench.write(Bench.scope, Catalogue.engagement, [("methodSettings.minCell", "4")], by: Bench.headquarters)
        #expect(try ReportBench.report(bench.views).voices.quotes.map(\.who) == ["a supervisor", "a supervisor", "a respondent"])
        try bench.write(Bench.scope, Catalogue.engagement, [("methodSettings.minCell", "20")], by: Bench.headquarters)
        #expect(Set(try ReportBench.report(bench.views).voices.quotes.map(\.who)) == ["a respondent"])
        try bench.write(Bench.scope, Catalogue.engagement, [("methodSettings.minCell", "27")], by: Bench.headquarters)
        let few = try ReportBench.report(bench.views).voices
        #expect(few.quotes.isEmpty && few.keptBack.contains { $0.contains("fewer than 27 people were interviewed") })
    }

    @Test func `the stricter attribution of quote and interview holds, and without consent or approval nothing is quoted`() throws {
        let quote = "both of us hit our target"
        for (type, handle, words) in [
            (Catalogue.interview, "IV-A03", [("attribution", "teamOnly")]), (Catalogue.quote, "Q1", [("attribution", "teamOnly")]),
            (Catalogue.person, "P-A03", [("consent.scope", "role")]), (Catalogue.person, "P-A03", [("consent.state", "withdrawn")]),
            (Catalogue.quote, "Q1", [("approvedForReport", "no")]),
        ] as [(RecordType, String, [(String, String)])] {
            var bench = try ReportBench.decided("northlink")
            let isApproval = words[0].0 == "approvedForReport"
            try bench.write(try Self.id(handle, type, in: bench), type, words, by: isApproval ? Bench.headquarters : Bench.lea)
            let report = try ReportBench.report(bench.views)
            for text in [report.json, report.markdown, report.html] { #expect(!text.contains(quote), "\(handle) \(words)") }
            #expect(report.voices.quotes.map(\.key) == ["Q3", "Q4"])
        }
        var bench = try ReportBench.decided("northlink")
        try bench.write(try Self.id("IV-A03", Catalogue.interview, in: bench), Catalogue.interview, [("attribution", "unattributed")], by: Bench.lea)
        #expect(try ReportBench.report(bench.views).voices.quotes.first?.who == "a respondent")
    }

    @Test func `a finding that rests on the team's own knowledge alone is not told of, and one of a single source says so`() throws {
        var bench = try ReportBench.decided("halden")
        var halden = try ReportBench.report(bench.views)
        #expect(halden.voices.statements.map(\.key) == ["F1", "F2"] && halden.markdown.contains("✗ a single source"))
        try bench.write(try Self.id("IV-A03", Catalogue.interview, in: bench), Catalogue.interview, [("attribution", "teamOnly")], by: Bench.lea)
        halden = try ReportBench.report(bench.views)
        #expect(halden.voices.statements.map(\.key) == ["F1"] && !halden.json.contains("goes to one person"))
        // Its other words are out of reach too.
        #expect(!halden.voices.keptBack.contains { $0.contains("finding") })
    }

    @Test func `a frozen report holds no words of people, and says that there are some`() throws {
        let bench = try ReportBench.decided("northlink")
        let reading = try EngagementReading(bench.views)
        let frozen = reading.voices(isFrozen: true)
        #expect(frozen.quotes.isEmpty && frozen.statements.isEmpty && frozen.advice.map(\.key) == ["R3", "R1", "R2"])
        #expect(frozen.keptBack.count == 1)
        #expect(try EngagementReading(ReportBench.bench("northlink").views.filter { $0.type !== Catalogue.finding }).voices(isFrozen: true).keptBack.isEmpty)
    }

    // MARK: - What is one source

    @Test func `what was said in one conversation is one source of a finding, whichever interview of it goes on or was merged`() throws {
        var bench = Bench()
        for (number, handle) in ["IV1", "IV2", "IV3", "IV4"].enumerated() {
            let extra: [(String, String)] = handle == "IV2" ? [("carriedFrom", "IV1")] : []
            try bench.write(Identifier(high: 24, low: UInt64(number + 1)), Catalogue.interview, handle: handle, [("startedAt", "2026-03-02T09:00:00Z")] + extra)
            try bench.write(Identifier(high: 26, low: UInt64(number + 1)), Catalogue.observation, handle: "O\(number + 1)", [("text", "seen"), ("interview", handle)])
        }
        let finding = Identifier(high: 37, low: 1)
        try bench.write(finding, Catalogue.finding, handle: "F1", [("statement", "They wait."), ("sources", "O1,O2")])
        func isSingle() -> Bool { Findings.all(in: bench.views).contains { $0.kind == .singleSource } }
        #expect(isSingle(), "a draft and what goes on from it")
        try bench.write(finding, Catalogue.finding, [("sources", "O2,O3")])
        #expect(!isSingle())
        // The draft is merged into another, which is of the conversation then.
        try bench.write(Identifier(high: 24, low: 1), Catalogue.interview, [("mergedInto", "IV3")])
        #expect(isSingle())
        try bench.write(finding, Catalogue.finding, [("sources", "O3,O4")])
        #expect(!isSingle())
    }
}
