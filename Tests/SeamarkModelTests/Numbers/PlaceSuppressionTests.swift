import SeamarkModel
import Testing

struct PlaceSuppressionTests {
    private typealias Places = PlaceSuppression<String>

    private func voices(_ counts: [(String?, String?, Int)]) -> [Places.Voice] {
        counts.enumerated().flatMap { part, count in (0..<count.2).map { Places.Voice("p\(part)-\($0)", site: count.0, unit: count.1) } }
    }

    @Test func `two people at a third place are not the difference of what is shown`() {
        #expect(Places(voices([("a", nil, 6), ("b", nil, 6), ("c", nil, 2)])).shown == ["b"])
        #expect(Places(voices([("a", nil, 6), ("b", nil, 6), ("c", nil, 5)])).shown == ["a", "b", "c"])
        #expect(Places(voices([("a", nil, 6), ("b", nil, 6), (nil, nil, 2)])).shown == ["b"])
        // Of a site that is shown, a unit is not what is left over either; of one that is not, none is shown.
        #expect(Places(voices([("a", "u", 6), ("a", "v", 6), ("a", "w", 2), ("b", nil, 9)])).shown == ["a", "b", "v"])
        #expect(Places(voices([("a", "u", 2), ("a", "v", 2), ("b", nil, 9)])).shown == [])
        // Without sites the units part everybody.
        #expect(Places(voices([(nil, "u", 6), (nil, "v", 6), (nil, "w", 2)])).shown == ["v"])
        // One person at many places is one person.
        let busy = ["u", "v", "w", "x", "y", "z"].map { Places.Voice("one", site: $0, unit: nil) }
        #expect(Places(busy).shown == [])
    }

    @Test func `of places with equally many people the one is hidden whose handle people count first`() {
        let three = voices([("a", nil, 5), ("b", nil, 5), ("c", nil, 2)])
        #expect(Places(three, handles: ["a": "S10", "b": "S2", "c": "S1"]).shown == ["a"])
        #expect(Places(three, handles: ["a": "S2", "b": "S10", "c": "S11"]).shown == ["b"])
        // Of one handle, or none, the lesser place; what belongs to no place is never shown, and hides before any other.
        #expect(Places(three, handles: ["a": "S1", "b": "S1"]).shown == ["b"])
        #expect(Places(three).shown == ["b"])
        #expect(Places(voices([("a", nil, 5), (nil, nil, 5), ("c", nil, 2)]), handles: ["a": "S1", "c": "S2"]).shown == ["a"])
        // Units of one site too.
        let units = voices([("a", "u", 5), ("a", "v", 5), ("a", "w", 2)])
        #expect(Places(units, handles: ["u": "U10", "v": "U2", "w": "U3"]).shown == ["a", "u"])
    }

    /// Whatever is added and taken away of everybody and the shown places: no group below the minimum is left.
    @Test(arguments: UInt64(0)..<120)
    func `no set of shown cells reveals a cell under the minimum`(seed: UInt64) {
        var dice = RandomStream(state: seed)
        let minimum = 3 + Int(dice.next() % 3)
        var cells: [(String?, String?, Int)] = []
        for site in ["a", "b", "c"].prefix(1 + Int(dice.next() % 3)).map(Optional.some) + (dice.next() % 3 == 0 ? [nil] : []) {
            for unit in ["u", "v"].prefix(Int(dice.next() % 3)) { cells.append((site, (site ?? "-") + unit, Int(dice.next() % 9))) }
            cells.append((site, nil, Int(dice.next() % 9)))
        }
        let shown = Places(voices(cells), minimum: minimum).shown
        // Each shown place, and everybody, as the cells that it is made of.
        let sums = [cells.map { _ in 1 }] + shown.sorted().map { place in cells.map { $0.0 == place || $0.1 == place ? 1 : 0 } }
        var combinations = 1
        for _ in sums { combinations *= 3 }
        for number in 0..<combinations {
            var rest = number
            var left = [Int](repeating: 0, count: cells.count)
            for sum in sums {
                let sign = rest % 3 - 1
                rest /= 3
                if sign != 0 { for place in left.indices { left[place] += sign * sum[place] } }
            }
            guard left.allSatisfy({ $0 == 0 || $0 == 1 }) else { continue }
            let people = zip(left, cells).reduce(0) { $0 + $1.0 * $1.1.2 }
            #expect(people == 0 || people >= minimum || sums.count == 1, "\(cells) shows \(shown.sorted())")
        }
    }
}
