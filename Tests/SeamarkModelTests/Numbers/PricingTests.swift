import SeamarkModel
import Testing

struct PricingTests {
    @Test(arguments: [
        (Pricing.expediteShipments(shipments: 400, premiumPrice: 1450, standardPrice: 400, share: 0.8), 336_000, LeakageCategory.expedite),
        (.expediteLedger(booked: 500_000, baseline: 120_000, share: 0.5), 190_000, .expedite),
        (.scrap(units: 5200, variableCost: 41, salvage: 6), 182_000, .quality),
        (.rework(hours: 3100, rate: 46, material: 28_000), 170_600, .quality),
        (.escapes(events: 12, costPerEvent: 21_500), 258_000, .quality),
        (.overtime(hours: 18_000, rate: 31, premiumFraction: 0.5), 279_000, .labour),
        (.agency(hours: 6400, agencyRate: 44, internalRate: 35.5), 54_400, .labour),
        (.turnover(leavers: 14, costPerReplacement: 13_800), 193_200, .labour),
        (.chargeback(value: 4_900_000, rateBasisPoints: 300), 147_000, .penalty),
        (.serviceCredit(events: 6, costPerEvent: 4500), 27_000, .penalty),
        (.lostCustomer(contribution: 100, probability: 0.2), 20, .penalty),
        (.constraintHours(hours: 260, contributionPerHour: 2400), 624_000, .downtime),
        (.nonConstraintHours(hours: 90, avoidableCostPerHour: 310), 27_900, .downtime),
        (.decisionWait(events: 180, latencyHours: 37, hoursToDamage: 12, costPerHour: 95), 427_500, .downtime),
        (.energyOutput(volume: 1200, marginPerUnit: 18.5), 22_200, .downtime),
    ] as [(Pricing, Double, LeakageCategory)])
    func `each variant prices its vector`(pricing: Pricing, amount: Double, category: LeakageCategory) throws {
        #expect(try pricing.yearlyAmount() == amount)
        #expect(pricing.variant.category == category)
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
        let one = try Pricing.expediteShipments(shipments: n, premiumPrice: low + extra, standardPrice: low, share: share).yearlyAmount()
        #expect(agree(one, n * extra * share, within: 1e-9))
        #expect(agree(try Pricing.expediteShipments(shipments: 2 * n, premiumPrice: low + extra, standardPrice: low, share: share / 2).yearlyAmount(), one, within: 1e-12))
        #expect(try Pricing.expediteLedger(booked: low, baseline: low, share: share).yearlyAmount() == 0)
        #expect(agree(try Pricing.agency(hours: n, agencyRate: low + extra, internalRate: low).yearlyAmount(), n * extra, within: 1e-9))
        #expect(agree(try Pricing.scrap(units: n, variableCost: low + extra, salvage: low).yearlyAmount(), n * extra, within: 1e-9))
        let months = 0.25 + pick(100)
        #expect(agree(try Annualisation(months: months).yearly(n) * months / 12, n, within: 1e-12))
        // Seconds and hours, basis points and shares.
        #expect(agree(try Pricing.chargeback(value: n, rateBasisPoints: share * 10_000).yearlyAmount(), n * share, within: 1e-12))
    }

    @Test func `inputs without a price are refused by name`() {
        #expect(throws: PricingError.negative(.hours)) { try Pricing.rework(hours: -1, rate: 2, material: 0).yearlyAmount() }
        #expect(throws: PricingError.notANumber(.rate)) { try Pricing.rework(hours: 1, rate: .nan, material: 0).yearlyAmount() }
        #expect(throws: PricingError.beyondBound(.product)) { try Pricing.escapes(events: 1e12, costPerEvent: 1e12).yearlyAmount() }
        #expect(throws: PricingError.beyondBound(.volume)) { try Pricing.energyOutput(volume: .infinity, marginPerUnit: 0).yearlyAmount() }
        #expect(throws: PricingError.below(.booked, .baseline)) { try Pricing.expediteLedger(booked: 1, baseline: 2, share: 1).yearlyAmount() }
        #expect(throws: PricingError.shareAboveOne(.share)) { try Pricing.expediteLedger(booked: 2, baseline: 1, share: 1.1).yearlyAmount() }
    }

    @Test func `a decision faster than the damage costs nothing`() throws {
        #expect(try Pricing.decisionWait(events: 180, latencyHours: 11, hoursToDamage: 12, costPerHour: 95).yearlyAmount() == 0)
    }

    @Test func `observed months become a year, and under three cap the grade at C`() throws {
        #expect(try Annualisation(months: 9).yearly(75) == 100)
        let short = try Annualisation(months: 2.9), enough = try Annualisation(months: 3)
        #expect(EvidenceGrade.allCases.map(short.capped) == [.c, .c, .c, .d])
        #expect(EvidenceGrade.allCases.map(enough.capped) == [.a, .b, .c, .d])
        #expect(throws: PricingError.monthsOutOfBounds) { try Annualisation(months: 0) }
        #expect(throws: PricingError.monthsOutOfBounds) { try Annualisation(months: .nan) }
        #expect(throws: PricingError.beyondBound(.observed)) { try Annualisation(months: 1e-300).yearly(1e18) }
    }
}
