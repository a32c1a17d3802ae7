import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import SeamarkTestSupport
import Testing

struct RefusedDeletionTests {
    @Test func `a deletion over one's own refused edit also witnesses what that edit replaced`() throws {
        let (a, b) = (try Laptop("A"), try Laptop("B"))
        let seam = try a.add(Catalogue.seam, "name=Release", "object=note")
        try Laptop.exchange(a, b)
        try a.set(seam, "object=release note")
        try Laptop.exchange(a, b, verdict: .refused(.roleForbids))
        try a.delete(seam)
        try Laptop.exchange(a, b)
        for laptop in [a, b] {
            #expect(try laptop.record(seam).isDeleted)
            #expect(try laptop.finder.conflicts.isEmpty)
        }
    }

    /// Whatever one did alone and had refused, sent or not: what is deleted in the end is deleted for everybody.
    @Test(arguments: UInt64(0)..<150)
    func `after any refusals a deletion that is accepted deletes everywhere`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        let (a, b) = (try Laptop("A"), try Laptop("B"))
        let seam = try a.add(Catalogue.seam, "name=Release", "object=note")
        try Laptop.exchange(a, b)
        var refused: Set<Identifier> = []
        func exchange() throws {
            try Laptop.exchange([a, b]) { refused.contains($0.id) ? .refused(.roleForbids) : .accepted }
        }
        for step in 0..<(2 + dice.next() % 6) {
            let isThere = try !a.record(seam).isDeleted
            let before = try Set(a.device.state.replicas[Laptop.scope]?.history.keys.map { $0 } ?? [])
            switch dice.next() % 4 {
            case 0 where isThere: try a.delete(seam)
            case 0: _ = try a.device.capture(in: Laptop.scope) { try $0.restoring(try $0.finder.record(seam)) }
            case 1 where isThere: try a.set(seam, "workaround=\(step)")
            case _ where isThere: try a.set(seam, "object=\(step)")
            case _: continue
            }
            let made = try Set(a.device.state.replicas[Laptop.scope]?.history.keys.map { $0 } ?? []).subtracting(before)
            if dice.chance(60) { refused.formUnion(made) }
            if dice.chance(50) { try exchange() }
        }
        // Not known to be there or not to the other: said anew, and accepted.
        if try a.record(seam).isDeleted { _ = try a.device.capture(in: Laptop.scope) { try $0.restoring(try $0.finder.record(seam)) } }
        try a.delete(seam)
        try exchange()
        for laptop in [a, b] {
            #expect(try laptop.record(seam).isDeleted)
            #expect(try laptop.finder.conflicts.isEmpty)
        }
    }
}
