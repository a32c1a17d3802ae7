import SeamarkJournal
import SeamarkTestSupport
import Testing

@testable import SeamarkModel

@Suite struct TwinsTests {
    /// Step by step, as it is defined.
    private func root(_ id: Identifier, _ next: [Identifier: Identifier]) -> Identifier {
        var way = [id]
        while let last = way.last, let further = next[last] {
            if let start = way.firstIndex(of: further) { return way[start...].min() ?? further }
            way.append(further)
        }
        return way[way.count - 1]
    }

    @Test(arguments: UInt64(0)..<200)
    func `whoever stands for a person is found as if each way were gone step by step`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let count = 1 + dice.next() % 12
        func id() -> Identifier { Identifier(high: 23, low: dice.next() % count) }
        var next: [Identifier: Identifier] = [:]
        for _ in 0..<(dice.next() % (count + 1)) { next[id()] = id() }
        let twins = Twins(merges: next)
        for low in 0..<count { #expect(twins.root(Identifier(high: 23, low: low)) == root(Identifier(high: 23, low: low), next)) }
    }

    /// One look at each way from each of them, of a chain that is that long, comes to an end with no machine.
    @Test func `a hundred thousand people who were merged one into the next have one who stands for all`() {
        let ids = (UInt64(0)...100_000).map { Identifier(high: 23, low: $0) }
        let twins = Twins(merges: Dictionary(uniqueKeysWithValues: zip(ids.dropFirst(), ids)))
        #expect(ids.allSatisfy { twins.root($0) == ids[0] })
    }
}
