import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct HeadLimitTests {
    private let site = Identifier(high: 21, low: 1)

    private func bench() throws -> Bench {
        var bench = Bench()
        try bench.write(site, Catalogue.site, handle: "ST-A0", [("name", "a site")])
        return bench
    }

    private func edit(_ number: Int, superseding names: [EditName] = []) -> Edit {
        Edit(record: site, type: Catalogue.site.number, target: .field(Self.field), content: .open(.int(Int64(number % 3 + 1))), supersedes: names)
    }

    /// Kind of site: anybody's, one of a few.
    private static let field = Catalogue.site.field(key: "kind")?.number ?? 0

    @Test func `a record has superseded some thousand edits that nobody saw, and no more`() throws {
        var bench = try bench()
        let zone = try #require(Catalogue.site.field(key: "timeZone")).number
        func names(_ number: UInt64, _ count: Int) -> [EditName] { (0..<count).map { EditName(change: Identifier(high: 99, low: number), index: UInt32($0)) } }
        func judged(_ change: Change) -> [Refusal] { bench.judge(change, by: Bench.ana).map(\.refusal) }
        /// Of two fields of the site, so that the change says one thing of each.
        func change(_ one: Int, _ another: Int) -> Change {
            let second = Edit(record: site, type: Catalogue.site.number, target: .field(zone), content: .open(.text("UTC")), supersedes: names(3, another))
            return bench.change([edit(1, superseding: names(2, one)), second], by: Bench.ana)
        }
        #expect(judged(bench.change([edit(1, superseding: names(1, 4097))], by: Bench.ana)) == [.outOfBounds])
        let half = bench.change([edit(1, superseding: names(1, 4000))], by: Bench.ana)
        #expect(judged(half).isEmpty)
        bench.apply(half)
        #expect(judged(change(50, 50)) == [.outOfBounds])
        #expect(judged(change(50, 46)).isEmpty)
        #expect(judged(change(50, 47)) == [.outOfBounds])
    }

    @Test func `sixty-four values of one member may stand side by side, one more is refused, and others are not hindered`() throws {
        var bench = try bench()
        for number in 0..<64 {
            let change = bench.change([edit(number)], by: Bench.ana)
            #expect(bench.judge(change, by: Bench.ana).isEmpty)
            bench.apply(change)
        }
        let complaint = try #require(bench.judge(bench.change([edit(64)], by: Bench.ana), by: Bench.ana).first)
        #expect(complaint.refusal == .outOfBounds && complaint.field == Self.field)
        // Nor of a program that knows more.
        #expect(bench.judge(bench.change([edit(64)], by: Bench.ana, schema: Catalogue.version + 1), by: Bench.ana).map(\.refusal) == [.outOfBounds])
        let another = bench.change([edit(64)], by: Bench.lea)
        #expect(bench.judge(another, by: Bench.lea).isEmpty)
        bench.apply(another)
        // Who says which is meant of some of them may say more.
        let seen = try #require(bench.state.records[site]).heads(of: .field(Self.field))
        #expect(seen.count == 65)
        func superseding(_ member: Identifier) throws -> [Refusal] {
            let one = try #require(seen.first { $0.member == member }).name
            return bench.judge(bench.change([edit(64, superseding: [one])], by: Bench.ana), by: Bench.ana).map(\.refusal)
        }
        #expect(try superseding(Bench.ana.author.member) == [])
        #expect(try superseding(Bench.lea.author.member) == [.outOfBounds])
    }
}
