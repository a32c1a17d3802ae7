import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct ConflictEffectTests {
    @Test func `the priced effect of a side is the report's headline once that side has been chosen`() throws {
        let bench = try ReportGateTests.disputed()
        let line = try #require(bench.views.first { $0.handle == "L2" && $0.type === Catalogue.leakageLine })
        let conflict = try #require(line.conflicts.first)
        var effect = ConflictEffect(bench.views)
        let sides = conflict.heads.map { effect.headline(line, conflict.target, taking: $0) }
        for (head, side) in zip(conflict.heads, sides) {
            var settled = bench
            var editing = settled.draft(line.id, Catalogue.leakageLine).editing
            editing.resolve(try #require(Catalogue.leakageLine.field(key: "amount")), try #require(head.content.value))
            settled.apply(settled.change(editing.edits, by: Bench.lea))
            #expect(try ReportBench.report(settled.views).result.headline == side)
        }
        // What is shown now is the first.
        let now = try ReportBench.report(bench.views).result.headline
        #expect(sides.count == 2 && sides[0] != sides[1] && sides[0] == now)
    }

    @Test func `a line that goes takes its money along, and only what touches money is priced`() throws {
        let bench = try ReportBench.bench("halden")
        let line = try #require(bench.views.first { $0.handle == "L2" && $0.type === Catalogue.leakageLine })
        var effect = ConflictEffect(bench.views)
        let told = [true, false].map { effect.headline(line, stays: $0) }
        let stays = try #require(told[0]), goes = try #require(told[1])
        let now = try ReportBench.halden.get().result.headline
        #expect(goes.mean < stays.mean && stays == now)
        #expect(ConflictEffect.isPriced(Catalogue.leakageLine, "amount") && ConflictEffect.isPriced(Catalogue.overlap, "judgement") && !ConflictEffect.isPriced(Catalogue.site, "name"))
    }
}
