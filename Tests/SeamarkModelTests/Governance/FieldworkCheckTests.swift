import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct FieldworkCheckTests {
    private static func check(_ bench: Bench) throws -> FieldworkCheck { try FieldworkCheck(bench.views) }

    @Test func `a draft says which questions its people's levels are asked and nobody answered`() throws {
        var bench = try ReportBench.bench("halden")
        let whole = try Self.check(bench)
        #expect(whole.interviews.count == 18 && whole.interviews.allSatisfy(\.isDone) && whole.domains.count == 9 && !whole.domains.contains(where: \.isThin))
        #expect(whole.findings.contains { $0.kind == .ownerMissing })
        // Advice keeps nothing open; anything else does.
        #expect(Set(whole.findings.filter { !$0.isAdvice }.map(\.kind)) == [.singleSource] && !whole.isComplete)
        let first = try #require(whole.interviews.first)
        // An answer more is a question less, a deleted one a question more.
        let question = try #require(first.unanswered.first)
        #expect(first.asked.contains(question) && first.asked.count > first.unanswered.count)
        let scorer = try #require(bench.views.first { $0.handle == "C-HAL1" }?.id)
        let id = DerivedIdentifiers.answer(interview: first.record, question: question, scorer: scorer, by: bench.primitives)
        try bench.write(id, Catalogue.answer, [("interview", first.name), ("question", question), ("scorer", "C-HAL1"), ("response.outcome", "dontKnow")])
        let after = try Self.check(bench)
        #expect(after.interviews.first?.unanswered == first.unanswered.filter { $0 != question })
        // A new interview with nobody in it, and nothing said.
        try bench.write(Identifier(high: 24, low: 1), Catalogue.interview, handle: "IV-NEW", [("mode", "onSite")])
        let draft = try #require(try Self.check(bench).interviews.first { $0.name == "IV-NEW" })
        #expect(!draft.isFinalised && draft.asked.isEmpty && Set(draft.obstacles.map(\.kind)) == [.noConsent, .noEnd, .emptyInterview])
    }

    @Test func `domains out of scope are not asked about, and a domain that nobody was asked about is thin`() throws {
        var bench = try ReportBench.bench("halden")
        for answer in bench.views.filter({ $0.type === Catalogue.answer && ($0.text("question") ?? "").hasPrefix("LB") }) {
            var editing = bench.draft(answer.id, Catalogue.answer).editing
            editing.delete()
            bench.apply(bench.change(editing.edits, by: Bench.lea))
        }
        let without = try Self.check(bench)
        let thin = without.domains.filter(\.isThin)
        #expect(thin.map(\.code) == ["D1"] && thin[0].people == 0 && thin[0].scored == 0 && thin[0].confidence == nil && !without.isComplete)
        try bench.write(Bench.scope, Catalogue.engagement, [("inScopeDomains", "D2,D3")], by: Bench.lea)
        let narrow = try Self.check(bench)
        #expect(narrow.domains.map(\.code) == ["D2", "D3"] && !narrow.domains.contains(where: \.isThin))
        #expect(narrow.interviews.allSatisfy { interview in interview.asked.allSatisfy { Instrument.core9.question($0).map { ["D2", "D3"].contains($0.domain.code) } ?? false } })
    }
}
