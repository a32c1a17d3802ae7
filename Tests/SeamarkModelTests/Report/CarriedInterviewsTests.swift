import SeamarkJournal
import Testing

@testable import SeamarkModel

/// One conversation that goes on under a later edition counts once.
@Suite struct CarriedInterviewsTests {
    @Test func `an interview that goes on is counted once and scored by its edition, and what was not carried over is told`() throws {
        var bench = try ReportBench.bench("halden")
        let later = try Instrument(document: Instrument.core9.json.compact.replacing(#""edition":1"#, with: #""edition":2"#))
        let before = try EngagementReading(bench.views)
        let draft = try #require(bench.views.first { $0.type === Catalogue.interview }), handle = try #require(draft.handle)
        let answers = bench.views.filter { $0.type === Catalogue.answer && $0.reference("interview") == draft.id }
        let scorer = try #require(answers.first?.reference("scorer")), name = try #require(bench.view(scorer)?.handle)
        // Every answer but the first goes on.
        let next = Identifier(high: 24, low: 2)
        let persons = draft.references("persons").compactMap { bench.view($0)?.handle }.joined(separator: ",")
        try bench.write(next, Catalogue.interview, handle: handle + ".2", [("persons", persons), ("instrument", "core-9@2"), ("carriedFrom", handle)])
        for answer in answers.dropFirst() {
            let question = try #require(answer.text("question"))
            let id = DerivedIdentifiers.answer(interview: next, question: question, scorer: scorer, by: bench.primitives)
            try bench.write(id, Catalogue.answer, [
                ("interview", handle + ".2"), ("question", question), ("scorer", name), ("response.outcome", "scored"), ("response.score", "2"), ("response.grade", "D"), ("response.carriedFrom", question),
            ])
        }
        let former = try EngagementReading(bench.views)
        #expect(former.interviews == before.interviews && former.answers == before.answers, "the engagement still asks the first edition")
        #expect(former.leftOut.count == before.leftOut.count)
        try bench.write(Bench.scope, Catalogue.engagement, [("instrument", "core-9@2")], by: Bench.headquarters)
        let reading = try EngagementReading(bench.views, instrument: later)
        // The others count for what is asked in the same words, and the conversation that went on counts once.
        let scored = answers.count { $0.group("response")?.choice("outcome") == "scored" }
        #expect(reading.interviews == before.interviews && reading.answers == before.answers - scored + answers.count - 1)
        let told = reading.leftOut.filter { $0.words.contains("another edition") }
        #expect(told.map(\.record) == [answers[0].id])
        #expect(told.allSatisfy { $0.unscored == nil }, "an edition that was left behind stands in no report's way")
        // The draft is merged into another interview: what went on from it is of that conversation, and it counts once.
        let other = try #require(bench.views.first { $0.type === Catalogue.interview && $0.id != draft.id && $0.id != next }?.handle)
        var merged = bench
        try merged.write(draft.id, Catalogue.interview, [("mergedInto", other)])
        #expect(try EngagementReading(merged.views, instrument: later).interviews == before.interviews - 1)
        let check = try FieldworkCheck(bench.views, instrument: later)
        #expect(check.interviews.contains { $0.name == handle + ".2" } && !check.interviews.contains { $0.name == handle })
        // Under a third edition, in which nobody went on, what stands is what the latest of the conversation says, and still counts once.
        let third = try Instrument(document: Instrument.core9.json.compact.replacing(#""edition":1"#, with: #""edition":3"#))
        try bench.write(Bench.scope, Catalogue.engagement, [("instrument", "core-9@3")], by: Bench.headquarters)
        let last = try EngagementReading(bench.views, instrument: third) { [Instrument.core9.reference: Instrument.core9, later.reference: later][$0] }
        #expect(last.interviews == reading.interviews && last.answers == reading.answers && last.leftOut.map(\.record) == reading.leftOut.map(\.record))
    }

    /// Halden's interviews were finalised under the first edition. The second asks LB2 in other words under another code and says so, LB3 in other words and
    /// says nothing, and LB4 no more.
    @Test func `what was answered to an earlier edition counts for the question that is comparable, and for no other`() throws {
        var bench = try ReportBench.bench("halden")
        let before = try EngagementReading(bench.views)
        let lead = try #require(Instrument.core9.question("LB3")?.question.text)
        let text = Instrument.core9.json.compact.replacing(#""edition":1"#, with: #""edition":2"#).replacing(#""id":"LB2","#, with: #""id":"LB2a","comparable":{"1":"LB2"},"#)
            .replacing(#""id":"LB4","#, with: #""id":"LB4x","#).replacing(lead, with: "And now?")
        let later = try Instrument(document: text)
        #expect(later.question("LB2a") != nil && later.question("LB3")?.question.text == "And now?" && later.question("LB4") == nil)
        try bench.write(Bench.scope, Catalogue.engagement, [("instrument", "core-9@2")], by: Bench.headquarters)
        let reading = try EngagementReading(bench.views, instrument: later)
        func scores(_ reading: EngagementReading) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: reading.domains.compactMap(\.score).flatMap(\.questions).map { ($0.key, $0.score) })
        }
        var expected = scores(before)
        #expect(expected["LB2"] != nil && (expected["LB3"] != nil || expected["LB4"] != nil))
        expected["LB2a"] = expected.removeValue(forKey: "LB2")
        for gone in ["LB3", "LB4"] { expected[gone] = nil }
        #expect(scores(reading) == expected)
        // What has no question is told, one by one, and stands in no report's way.
        let gone = bench.views.filter { $0.type === Catalogue.answer && ["LB3", "LB4"].contains($0.text("question")) }
        let told = reading.leftOut.filter { $0.words.contains("another edition") }
        #expect(Set(told.map(\.record)) == Set(gone.map(\.id)) && told.allSatisfy { $0.unscored == nil } && !gone.isEmpty)
        let second = bench.views.filter { $0.type === Catalogue.answer && $0.text("question") == "LB2" }
        #expect(!second.isEmpty && second.allSatisfy { reading.comparable[$0.id] == "LB2a" && reading.usedAnswers.contains($0.id) } && reading.usedAnswers.isDisjoint(with: gone.map(\.id)))
        let report = try EngagementReport(views: bench.views, instrument: later, primitives: bench.primitives, provenance: ReportBench.provenance)
        #expect(report.markdown.contains("answers were given to an earlier edition of the instrument, and count for the questions of this one that are comparable."))
        let check = try FieldworkCheck(bench.views, instrument: later)
        #expect(check.domains.map(\.scored) == reading.domains.filter(\.isInScope).map { $0.score?.questions.count ?? 0 })
        // Where the earlier edition is not at hand nobody can say what is comparable: no board sees that.
        let blind = try EngagementReading(bench.views, instrument: later) { _ in nil }
        #expect(blind.inputsHash(bench.primitives) != reading.inputsHash(bench.primitives), "who reads it otherwise has other inputs")
        let unheard = blind.leftOut.filter { $0.type == Catalogue.answer.number }
        #expect(blind.answers == 0 && blind.comparable.isEmpty && !unheard.isEmpty && unheard.allSatisfy { $0.unscored?.edition == "core-9@1" })
    }
}
