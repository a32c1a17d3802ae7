import SeamarkModel
import Testing

struct BridgeTests {
    /// The worked example's changes: L6 closed, L8 from D to B with old numbers, then re-estimated, and a new line.
    @Test func `the steps of the vector have its amounts`() throws {
        var new = InventedEngagements.halden
        new.lines.removeAll { $0.key == "L6" }
        let place = try #require(new.lines.firstIndex { $0.key == "L8" })
        new.lines[place].grade = .b
        new.lines[place].amount = .amount(range(140, 180, 240))
        new.lines.append(InventedEngagements.line("L9", .labour, .b, .no, [range(100, 150, 260)], "D4 100", ""))
        var calculation = RiskCalculation()
        let bridge = try Bridge(from: InventedEngagements.halden, RiskSettings(), to: new, RiskSettings(), calculation: &calculation)
        func amount(_ step: Bridge.Step) -> Double { bridge.changes.first { $0.step == step }?.amount ?? .nan }
        #expect(amount(.method) == 0)
        // The vector takes L8 to be below what is left of L7 always; it nearly is.
        #expect((amount(.evidence) + 4.1667).magnitude < 0.05)
        #expect((amount(.estimates) + 16.6667).magnitude < 0.05)
        #expect(amount(.overlapsAndCeilings) == 0)
        #expect((amount(.closedLines) + 156.25).magnitude < 0.01)
        #expect((amount(.newLines) - 160).magnitude < 0.01)
        #expect(amount(.verifiedMoves) == 0)
        #expect((bridge.difference + 17.083333).magnitude < 0.1)
        #expect((bridge.changes.reduce(0) { $0 + $1.amount } - bridge.difference).magnitude < 1e-9)
        #expect(bridge.changes.map(\.step) == Bridge.Step.allCases)
        #expect(bridge.changes[4].lines.map(\.key) == ["L6"])
        // The same loss through a proven move is told as such.
        let proven = try Bridge(from: InventedEngagements.halden, RiskSettings(), to: new, RiskSettings(), verified: ["L6", "L8"], calculation: &calculation)
        #expect(proven.changes.first { $0.step == .closedLines }?.amount == 0)
        #expect(proven.changes.first { $0.step == .verifiedMoves }?.lines.map(\.key) == ["L6", "L8"])
        #expect((proven.difference - bridge.difference).magnitude < 1e-9)
    }

    /// Constants, so that every step can be worked out by hand: nothing depends on draws.
    @Test func `overlaps and ceilings have a step of their own, before lines close`() throws {
        func line(_ key: String, _ amount: Double, _ grade: EvidenceGrade, pool: String? = nil) -> PricedLine {
            var line = InventedEngagements.line(key, .expedite, grade, .no, [range(amount, amount, amount)], "", "")
            line.pool = pool
            return line
        }
        let old = RiskInput(lines: [line("a", 100, .a), line("b", 60, .c), line("c", 40, .d)], overlaps: [Overlap("a", "b", share: 0.5)])
        let new = RiskInput(
            lines: [line("a", 110, .a, pool: "p"), line("b", 60, .c, pool: "p"), line("d", 7, .d)], overlaps: [Overlap("a", "b", share: 0.25)],
            pools: [LedgerPool(key: "p", ceiling: 150)])
        var calculation = RiskCalculation()
        let bridge = try Bridge(from: old, RiskSettings(), to: new, RiskSettings(seed: 3, correlation: 1), calculation: &calculation)
        #expect(bridge.before.mean == 170 && bridge.after.mean == 157)
        // a +10; then b takes 45 in place of 30 and the pool cuts 155 to 150; c goes; d comes.
        #expect(zip(bridge.changes.map(\.amount), [0, 0, 10, 10, -40, 7, 0]).allSatisfy { ($0 - $1).magnitude < 1e-9 })
    }

    @Test(arguments: UInt64(0)..<25)
    func `the steps add up to the difference, and a bridge to itself is flat`(seed: UInt64) throws {
        var dice = RandomStream(state: seed)
        func input() -> RiskInput {
            var lines: [PricedLine] = []
            for key in ["a", "b", "c", "d", "e"] where dice.next() % 4 != 0 {
                let low = dice.nextUniform() * 50
                lines.append(PricedLine(
                    key: key, category: .quality, grade: EvidenceGrade.allCases[Int(dice.next() % 4)],
                    amount: .amount(range(low, low + dice.nextUniform() * 20, low + 20 + dice.nextUniform() * 50)),
                    probability: dice.next() % 3 == 0 ? dice.nextUniform() : nil, pool: dice.next() % 3 == 0 ? "p" : nil))
            }
            var overlaps: [Overlap] = []
            for (first, second) in zip(lines, lines.dropFirst()) where dice.next() % 2 == 0 { overlaps.append(Overlap(first.key, second.key, share: dice.nextUniform() / 2)) }
            return RiskInput(lines: lines, overlaps: overlaps, pools: [LedgerPool(key: "p", ceiling: 60 + dice.nextUniform() * 60)])
        }
        let (old, new) = (input(), input())
        let (first, second) = (RiskSettings(iterations: 200, seed: seed), RiskSettings(iterations: 300, seed: seed + 1))
        let verified: Set<String> = dice.next() % 2 == 0 ? ["a", "d"] : []
        var calculation = RiskCalculation()
        let bridge = try Bridge(from: old, first, to: new, second, verified: verified, calculation: &calculation)
        for (end, headline) in [(bridge.before, try calculation.run(old, settings: first).headline), (bridge.after, try calculation.run(new, settings: second).headline)] {
            for part in [\Spread.mean, \.p10, \.p50, \.p90] { #expect((end[keyPath: part] - headline[keyPath: part]).magnitude < 1e-9) }
        }
        #expect((bridge.changes.reduce(0) { $0 + $1.amount } - bridge.difference).magnitude < 1e-9 && bridge.difference == bridge.after.mean - bridge.before.mean)
        for change in bridge.changes { #expect((change.lines.reduce(0) { $0 + $1.amount } - change.amount).magnitude < 1e-9) }
        let flat = try Bridge(from: old, first, to: old, first, verified: verified, calculation: &calculation)
        #expect(flat.changes.allSatisfy { $0.amount == 0 && $0.lines.isEmpty })
        // Order of records makes no difference.
        var shuffled = new
        shuffled.lines.reverse()
        shuffled.overlaps.reverse()
        #expect(try Bridge(from: old, first, to: shuffled, second, verified: verified, calculation: &calculation) == bridge)
    }
}
