import SeamarkModel
import Testing

struct StructuralCheckTests {
    private let freight = CheckedLine(key: "L1", category: .expedite, variant: .ledger, site: "ST1", pool: "PL1", seams: ["S1", "S2"])
    private let chargeback = CheckedLine(key: "L6", category: .penalty, variant: .chargeback, site: "ST2", seams: ["S1"])
    private let overtime = CheckedLine(key: "L4", category: .labour, variant: .overtime, site: "ST2")
    private let furnace = CheckedLine(key: "L7", category: .downtime, variant: .constraintHours, site: "ST2", resource: "K1")

    @Test func `an event that may be expedite and penalty at once asks for a decision, and any share is one`() {
        let open = StructuralCheck.all(in: [chargeback, freight])
        #expect(open.map(\.kind) == [.expediteAndPenalty] && open.map(\.isOpen) == [true])
        #expect(open[0].subject == "L1" && open[0].other == "L6")
        let decided = StructuralCheck.all(in: [freight, chargeback], decided: [StructuralCheck.Pair("L6", "L1"): "no common orders"])
        #expect(decided.map(\.answer) == ["no common orders"])
        var elsewhere = chargeback
        elsewhere.seams = ["S3"]
        #expect(StructuralCheck.all(in: [freight, elsewhere]).isEmpty)
        // Without seams the site tells.
        var (a, b) = (freight, chargeback)
        (a.seams, b.seams, b.site) = ([], [], "ST1")
        #expect(StructuralCheck.all(in: [a, b]).count == 1)
    }

    @Test func `overtime and downtime of one resource ask for a decision`() {
        func kinds(_ lines: [CheckedLine]) -> [StructuralCheck.Kind] { StructuralCheck.all(in: lines, utilisation: ["K1": 0.99, "K2": 0.99]).map(\.kind) }
        #expect(kinds([overtime, furnace]) == [.overtimeAndDowntime])
        var other = overtime
        other.resource = "K2"
        #expect(kinds([other, furnace]) == [])
        other.variant = .agency
        other.resource = "K1"
        #expect(kinds([other, furnace]) == [])
    }

    @Test func `contribution is for a full resource alone`() {
        func kinds(_ load: [String: Double], _ line: CheckedLine) -> [StructuralCheck.Kind] { StructuralCheck.all(in: [line], utilisation: load).map(\.kind) }
        #expect(kinds(["K1": 0.95], furnace) == [])
        #expect(kinds(["K1": 0.9499], furnace) == [.contributionBelowLoad])
        for (load, words) in [(0.949, "94.9 %"), (0.94999, "94.9 %"), (0.8, "80.0 %")] {
            let said = StructuralCheck.all(in: [furnace], utilisation: ["K1": load]).first?.words
            #expect(said?.contains("K1 is loaded to \(words) only") == true, "\(said ?? "nothing")")
        }
        #expect(kinds([:], furnace) == [.contributionBelowLoad])
        var cheap = furnace
        cheap.valuation = .cost
        #expect(kinds([:], cheap) == [])
        cheap.variant = .nonConstraint
        cheap.valuation = .contribution
        #expect(kinds(["K1": 0.5], cheap) == [.contributionBelowLoad])
    }

    @Test func `one pool, revenue and a customer lost every year are asked about`() {
        var twin = freight
        twin.key = "L2"
        twin.seams = []
        #expect(StructuralCheck.all(in: [freight, twin]).map(\.kind) == [.samePool])
        twin.pool = nil
        #expect(StructuralCheck.all(in: [freight, twin]).isEmpty)
        var customer = CheckedLine(key: "L9", category: .penalty, variant: .lostCustomer)
        #expect(StructuralCheck.all(in: [customer]).map(\.kind) == [.customerNotContingent])
        customer.isContingent = true
        #expect(StructuralCheck.all(in: [customer]).isEmpty)
        customer.valuation = .revenue
        #expect(StructuralCheck.all(in: [customer]).map(\.kind) == [.pricedAtRevenue])
        customer.valuation = nil
        customer.factors = ["accounts at risk", "Sales price of an order"]
        #expect(StructuralCheck.all(in: [customer]).map(\.kind) == [.pricedAtRevenue])
    }

    /// Against asking of every two lines, in either order.
    @Test(arguments: UInt64(0)..<60)
    func `every pair that may be one money is asked about once, whatever the order`(seed: UInt64) {
        var dice = RandomStream(state: seed)
        func pick<T>(_ choices: [T]) -> T { choices[Int(dice.next() % UInt64(choices.count))] }
        let lines = (0..<7).map { place in
            CheckedLine(
                key: "L\(place)", category: pick(LeakageCategory.allCases), variant: pick([.overtime, .other, nil]), site: pick(["a", "b", nil]),
                unit: pick(["u", nil]), pool: pick(["p", nil]), seams: Set([pick(["s", "t"])].prefix(Int(dice.next() % 2))), resource: pick(["K1", nil]))
        }
        let found = StructuralCheck.all(in: lines, utilisation: ["K1": 1])
        #expect(StructuralCheck.all(in: lines.reversed(), utilisation: ["K1": 1]) == found)
        var expected: Set<String> = []
        for a in lines {
            for b in lines where a.key != b.key {
                let seam = a.seams.contains { b.seams.contains($0) }
                let site = a.site != nil && a.site == b.site
                if a.category == .expedite, b.category == .penalty, seam || (a.seams.count + b.seams.count == 0 && site) {
                    expected.insert("expediteAndPenalty \(min(a.key, b.key)) \(max(a.key, b.key))")
                }
                let resource = a.resource != nil && b.resource != nil ? a.resource == b.resource : a.unit != nil && b.unit != nil ? a.unit == b.unit : site
                if a.category == .labour, a.variant == .overtime, b.category == .downtime, resource {
                    expected.insert("overtimeAndDowntime \(min(a.key, b.key)) \(max(a.key, b.key))")
                }
                if a.category == b.category, a.pool == "p", b.pool == "p", site { expected.insert("samePool \(min(a.key, b.key)) \(max(a.key, b.key))") }
            }
        }
        #expect(Set(found.map { "\($0.kind.rawValue) \($0.subject) \($0.other ?? "")" }) == expected && found.count == expected.count)
    }

    @Test func `the kinds are those of the catalogue`() {
        guard case .choice(let choices)? = Catalogue.checkAnswer.field(key: "check")?.kind else { return #expect(Bool(false)) }
        #expect(choices.choices.map(\.key) == StructuralCheck.Kind.allCases.map(\.rawValue))
    }
}
