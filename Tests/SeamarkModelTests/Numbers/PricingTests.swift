import Testing

@testable import SeamarkModel

struct PricingTests {
    /// The document's, and one for each variant that it leaves out.
    private static let vectors: [(PricingVariant, [Double], Double, LeakageCategory)] = [
        (.shipments, [400, 1450, 400, 0.8], 336_000, .expedite),
        (.ledger, [500_000, 120_000, 0.5], 190_000, .expedite),
        (.scrap, [5200, 41, 6], 182_000, .quality),
        (.rework, [3100, 46, 28_000], 170_600, .quality),
        (.escapes, [12, 21_500], 258_000, .quality),
        (.overtime, [18_000, 31, 0.5], 279_000, .labour),
        (.agency, [6400, 44, 35.5], 54_400, .labour),
        (.turnover, [14, 13_800], 193_200, .labour),
        (.chargeback, [4_900_000, 300], 147_000, .penalty),
        (.serviceCredit, [6, 4500], 27_000, .penalty),
        (.lostCustomer, [100], 100, .penalty),
        (.constraintHours, [260, 2400], 624_000, .downtime),
        (.nonConstraint, [90, 310], 27_900, .downtime),
        (.decisionWait, [180, 37, 12, 95], 427_500, .downtime),
        (.energyOutput, [1200, 18.5], 22_200, .downtime),
    ]

    private static func run(_ input: RiskInput, _ iterations: Int) throws(RiskError) -> RiskResult {
        var calculation = RiskCalculation()
        return try calculation.run(input, settings: RiskSettings(iterations: iterations))
    }

    private static func price(_ variant: PricingVariant, _ values: [Double]) throws(PricingError) -> VariantPrice {
        try VariantPrice(variant, zip(variant.inputs, values).map { VariantPrice.Given($0, range($1, $1, $1)) })
    }

    @Test(arguments: vectors)
    func `each variant prices its vector`(variant: PricingVariant, values: [Double], amount: Double, category: LeakageCategory) throws {
        let price = try Self.price(variant, values)
        #expect(values.count == variant.inputs.count && price.range == range(amount, amount, amount) && price.mean(grade: .c) == amount)
        #expect(variant.category == category)
    }

    @Test func `every variant but other has a vector, inputs in units that give money a year, and each input stands in the catalogue`() {
        #expect(Self.vectors.map(\.0) == PricingVariant.allCases.filter { $0 != .other })
        for variant in PricingVariant.allCases {
            #expect((variant.formula == nil) == (variant == .other))
            #expect(variant.formula?.givesMoneyPerYear(\.unit) ?? true, "\(variant)")
            #expect(Set(variant.inputs).count == variant.inputs.count)
        }
        #expect(Set(PricingVariant.allCases.flatMap(\.inputs)) == Set(PricingInput.allCases))
        #expect(Choices.pricingInput.choices.map(\.key) == PricingInput.allCases.map(\.rawValue))
    }

    @Test func `every variant has a vector, belongs to one category and stands in the catalogue`() {
        #expect(Catalogue.leakageLine.field(key: "amount").map { field in
            guard case .group(let group) = field.kind, case .choice(let choices)? = group.member(key: "variant")?.kind else { return false }
            return choices.choices.map(\.key) == PricingVariant.allCases.map(\.rawValue)
        } == true)
        #expect(PricingVariant.allCases.filter { $0.category == nil } == [.other])
        #expect(PricingVariant.allCases.filter(\.isContingentOnly) == [.lostCustomer])
    }

    /// Counts and shares are proportional: twice the count costs twice, half the share half, and the baseline costs nothing.
    @Test(arguments: UInt64(0)..<50)
    func `a price is proportional to its count and its share and counts only what exceeds the baseline`(seed: UInt64) throws {
        var dice = RandomStream(state: seed)
        func pick(_ most: Double) -> Double { dice.nextUniform() * most }
        let (n, low, extra, share) = (pick(1000), pick(500), pick(500), pick(1))
        func likely(_ variant: PricingVariant, _ values: Double...) throws -> Double { try Self.price(variant, values).range.likely }
        let one = try likely(.shipments, n, low + extra, low, share)
        #expect(agree(one, n * extra * share, within: 1e-9))
        #expect(agree(try likely(.shipments, 2 * n, low + extra, low, share / 2), one, within: 1e-12))
        #expect(try likely(.ledger, low, low, share) == 0)
        #expect(agree(try likely(.agency, n, low + extra, low), n * extra, within: 1e-9))
        #expect(agree(try likely(.scrap, n, low + extra, low), n * extra, within: 1e-9))
        let months = 0.25 + pick(100)
        #expect(agree(try Annualisation(months: months).yearly(n) * months / 12, n, within: 1e-12))
        // Basis points and shares.
        #expect(agree(try likely(.chargeback, n, share * 10_000), n * share, within: 1e-12))
    }

    /// The range of a price holds every price that its inputs can give, and reaches both ends; what is taken off is at its high at the low end.
    @Test(arguments: UInt64(0)..<60)
    func `low, likely and high of the inputs make those of the price`(seed: UInt64) throws {
        var dice = RandomStream(state: seed)
        let variant = Self.vectors[Int(dice.next() % UInt64(Self.vectors.count))].0
        let subtracted: Set<PricingInput> = [.standardPrice, .baseline, .salvage, .internalRate, .hoursToDamage]
        func spread(_ input: PricingInput) -> ThreePoint {
            // What is subtracted ends below what it is subtracted from.
            let base = subtracted.contains(input) ? 1.0 : 10
            var three = (0..<3).map { _ in base + dice.nextUniform() * 8 }.sorted()
            if input.most == 1 { three = three.map { $0 / 20 } }
            return range(three[0], three[1], three[2])
        }
        let given = variant.inputs.map { VariantPrice.Given($0, spread($0)) }
        let price = try VariantPrice(variant, given)
        func exact(_ at: (VariantPrice.Given) -> Double) throws -> Double {
            try VariantPrice(variant, given.map { given in
                let value = at(given)
                return VariantPrice.Given(given.input, range(value, value, value))
            }).range.likely
        }
        #expect(agree(price.range.low, try exact { subtracted.contains($0.input) ? $0.range.high : $0.range.low }, within: 1e-12))
        #expect(agree(price.range.high, try exact { subtracted.contains($0.input) ? $0.range.low : $0.range.high }, within: 1e-12))
        #expect(agree(price.range.likely, try exact(\.range.likely), within: 1e-12))
        for _ in 0..<20 {
            let inside = try exact { $0.range.low + dice.nextUniform() * ($0.range.high - $0.range.low) }
            #expect(inside >= price.range.low * (1 - 1e-12) && inside <= price.range.high * (1 + 1e-12))
        }
        // The simulated mean is the formula's, in every order of the inputs.
        let line = PricedLine(key: "L1", category: .quality, grade: .b, amount: .inputs(try VariantPrice(variant, given.reversed())), domainPoints: [])
        let result = try Self.run(RiskInput(lines: [line]), 4000)
        #expect(agree(result.headline.mean, price.mean(grade: .b), within: 0.005))
        // No draw lies outside the bounds.
        var calculation = RiskCalculation()
        let draws = try calculation.draws(of: line, settings: RiskSettings(iterations: 4000))
        #expect(draws.count == 4000 && draws.allSatisfy { $0 >= result.allLow * (1 - 1e-12) && $0 <= result.allHigh * (1 + 1e-12) })
    }

    @Test func `inputs that are only multiplied are factors: the same figures, to the last bit`() throws {
        let ranges = [range(6, 10, 18), range(12, 20, 45)]
        let price = try VariantPrice(.escapes, zip(PricingVariant.escapes.inputs, ranges).map { VariantPrice.Given($0, $1) })
        func result(_ amount: PricedLine.Amount) throws -> RiskResult {
            try Self.run(RiskInput(lines: [PricedLine(key: "L3", category: .quality, grade: .c, amount: amount, domainPoints: [])]), 10_000)
        }
        let (inputs, factors) = (try result(.inputs(price)), try result(.factors(ranges)))
        #expect(inputs.headline == factors.headline && inputs.allHigh == factors.allHigh)
        // 10.8 × 23.4 of the worked example.
        #expect(agree(price.mean(grade: .c), 252.72, within: 1e-12))
    }

    @Test func `a decision that is sometimes faster than the damage costs what exceeds it`() throws {
        func wait(_ latency: ThreePoint, _ toDamage: ThreePoint) throws -> VariantPrice {
            try VariantPrice(.decisionWait, [
                .init(.events, range(180, 180, 180)), .init(.latencyHours, latency), .init(.hoursToDamage, toDamage), .init(.costPerHour, range(95, 95, 95)),
            ])
        }
        #expect(try wait(range(11, 11, 11), range(12, 12, 12)).range == range(0, 0, 0))
        // The document's: the ranges do not cross, so the mean is exact.
        #expect(agree(try wait(range(26, 34, 60), range(8, 12, 16)).mean(grade: .b), 427_500, within: 1e-12))
        let crossing = try wait(range(4, 10, 20), range(8, 12, 16))
        #expect(crossing.range.low == 0 && crossing.range.likely == 0)
        let line = PricedLine(key: "L1", category: .downtime, grade: .b, amount: .inputs(crossing), domainPoints: [])
        let simulated = try Self.run(RiskInput(lines: [line]), 40_000).lines[0].gross.mean
        #expect(crossing.mean(grade: .b) > 0 && agree(simulated, crossing.mean(grade: .b), within: 0.01))
    }

    @Test func `inputs without a price are refused by name`() throws {
        func refused(_ error: PricingError, _ variant: PricingVariant, _ given: [VariantPrice.Given]) {
            #expect(throws: error) { try VariantPrice(variant, given) }
            #expect(!error.demand.isEmpty)
        }
        func one(_ input: PricingInput, _ value: Double = 1, unit: String? = nil) -> VariantPrice.Given { .init(input, unit: unit, range(value, value, value)) }
        refused(.negative(.hours), .rework, [one(.hours, -1), one(.rate), one(.material)])
        refused(.missing(.material, .rework), .rework, [one(.hours), one(.rate)])
        refused(.foreign(.events, .rework), .rework, [one(.hours), one(.rate), one(.material), one(.events)])
        refused(.repeated(.hours), .rework, [one(.hours), one(.hours), one(.rate), one(.material)])
        refused(.noFormula, .other, [one(.hours)])
        refused(.productBeyondBound, .escapes, [one(.events, 1e12), one(.costPerEvent, 1e12)])
        refused(.below(.booked, .baseline), .ledger, [one(.booked), one(.baseline, 2), one(.share)])
        refused(.below(.premiumPrice, .standardPrice), .shipments, [
            one(.shipments), .init(.premiumPrice, range(3, 8, 9)), .init(.standardPrice, range(1, 2, 4)), one(.share),
        ])
        refused(.shareAboveOne(.share), .ledger, [one(.booked, 2), one(.baseline), one(.share, 1.1)])
        refused(.shareAboveOne(.rateBasisPoints), .chargeback, [one(.value), one(.rateBasisPoints, 10_001)])
        // Each input in another unit, and both so that it cancels.
        refused(.units(.escapes), .escapes, [one(.events, unit: "events/month"), one(.costPerEvent)])
        refused(.units(.escapes), .escapes, [one(.events), one(.costPerEvent, unit: "money/claim")])
        refused(.units(.agency), .agency, [one(.hours), one(.agencyRate), one(.internalRate, unit: "money/day")])
        refused(.units(.rework), .rework, [one(.hours), one(.rate), one(.material, unit: "money/month")])
        refused(.units(.chargeback), .chargeback, [one(.value), one(.rateBasisPoints, unit: "%")])
        #expect(try VariantPrice(.energyOutput, [one(.volume, unit: "MWh/yr"), one(.marginPerUnit, unit: "money/MWh")]).range.likely == 1)
    }

    @Test func `what was observed is a year's, less the baseline, times the share`() throws {
        #expect(try ThreePoint.leak(observed: 60, months: 6, baseline: 20, share: range(0.2, 0.5, 1)) == range(20, 50, 100))
        #expect(throws: PricingError.noLeak) { try ThreePoint.leak(observed: 60, months: 6, baseline: 121, share: range(1, 1, 1)) }
        #expect(throws: PricingError.observedBeyondBound) { try ThreePoint.leak(observed: .nan, months: 6, baseline: 1, share: range(1, 1, 1)) }
    }

    @Test func `observed months become a year, and under three cap the grade at C`() throws {
        #expect(try Annualisation(months: 9).yearly(75) == 100)
        let short = try Annualisation(months: 2.9), enough = try Annualisation(months: 3)
        #expect(EvidenceGrade.allCases.map(short.capped) == [.c, .c, .c, .d])
        #expect(EvidenceGrade.allCases.map(enough.capped) == [.a, .b, .c, .d])
        #expect(throws: PricingError.monthsOutOfBounds) { try Annualisation(months: 0) }
        #expect(throws: PricingError.monthsOutOfBounds) { try Annualisation(months: .nan) }
        #expect(throws: PricingError.observedBeyondBound) { try Annualisation(months: 1e-300).yearly(1e18) }
    }
}
