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
        // Of the others no answer is used under this edition.
        #expect(reading.interviews == 1 && reading.answers == answers.count - 1)
        let others = bench.views.count { $0.type === Catalogue.answer } - 2 * answers.count + 1
        let told = reading.leftOut.filter { $0.words.contains("another edition") }
        #expect(told.count == others + 1 && told.contains { $0.record == answers[0].id })
        #expect(told.allSatisfy { $0.unscored == nil }, "an edition that was left behind stands in no report's way")
        // The draft is merged into another interview: what went on from it is of that conversation, and it counts once.
        let other = try #require(bench.views.first { $0.type === Catalogue.interview && $0.id != draft.id && $0.id != next }?.handle)
        var merged = bench
        try merged.write(draft.id, Catalogue.interview, [("mergedInto", other)])
        #expect(try EngagementReading(merged.views, instrument: later).interviews == 1)
        let check = try FieldworkCheck(bench.views, instrument: later)
        #expect(check.interviews.contains { $0.name == handle + ".2" } && !check.interviews.contains { $0.name == handle })
    }
}
