import SeamarkJournal
import Testing

@testable import SeamarkModel

/// A line's inputs in its record: how they are typed, judged, read, reported and exported.
@Suite struct LinePriceTests {
    private static let line = Identifier(high: 40, low: 1)
    private static let shipments = "shipments:shipments/yr:400;premiumPrice:money/shipment:1400/1450/1600;standardPrice:money/shipment:380/400/420;share:1:0.8"

    private static func bench(_ amount: [(String, String)], category: String = "EXPEDITE") throws -> Bench {
        var bench = Bench()
        try bench.write(Bench.scope, Catalogue.engagement, handle: "E1", [("title", "Invented"), ("currency", "USD")], by: Bench.headquarters)
        try bench.write(line, Catalogue.leakageLine, handle: "L1", [("title", "premium freight"), ("category", category), ("amount.grade", "B"), ("amount.kind", "runRate")] + amount)
        return bench
    }

    @Test func `a variant's inputs price its line: in the figures, with inputs and formula in the report`() throws {
        let bench = try Self.bench([("amount.variant", "shipments"), ("amount.inputs", Self.shipments)])
        let amount = try #require(bench.view(Self.line)?.group("amount"))
        let price = try #require(try LinePrice(amount.value))
        #expect(price.ends == (313_600, 336_000, 390_400))
        let report = try ReportBench.report(bench.views)
        let line = try #require(report.lines.first)
        // 400 × (1450 × 4 + 1400 + 1600 − (400 × 4 + 380 + 420)) / 6 × 0.8
        #expect(agree(line.exposure.exactMean, 400 * (8800 - 2400) / 6 * 0.8, within: 1e-12))
        #expect(report.markdown.contains("shipments × (premium price − standard price) × share") && report.markdown.contains("premium price 1,400 / 1,450 / 1,600 money/shipment"))
        let document = try #require(report.document["lines"]?.elements?.first)
        #expect(document["formula"]?.text == "shipments × (premium price − standard price) × share")
        #expect(document["price"]?.elements?.map { $0["name"]?.text } == ["shipments", "premiumPrice", "standardPrice", "share"])
        #expect(document["price"]?.elements?[1]["likely"]?.number == 1450 && document["price"]?.elements?[1]["unit"]?.text == "money/shipment")
        #expect(report.leftOut.isEmpty)
    }

    @Test func `inputs go through an engagement file and come back as they were`() throws {
        let bench = try Self.bench([("amount.variant", "shipments"), ("amount.inputs", Self.shipments)])
        let document = EngagementFile.document(bench.views, directory: .none).pretty
        #expect(document.contains("\"premiumPrice\""))
        var again = Bench()
        try EngagementFileTests.load(Array(document.utf8), into: &again)
        let (before, after) = (bench.view(Self.line)?.value("amount"), again.views.first { $0.type === Catalogue.leakageLine }?.value("amount"))
        #expect(before != nil && before == after)
    }

    @Test func `what was observed prices a line by itself`() throws {
        let bench = try Self.bench([("amount.observed", "60k"), ("amount.monthsObserved", "6"), ("amount.baseline", "20k"), ("amount.share", "20%/50%/100%")])
        let reading = try EngagementReading(bench.views)
        #expect(reading.input.lines.map(\.amount) == [.amount(range(20_000, 50_000, 100_000))])
        #expect(reading.lines.first?.formula == "(observed × 12 / months observed − baseline) × share")
    }

    @Test func `a lost customer's contribution is times the probability of a contingent line`() throws {
        let bench = try Self.bench([
            ("amount.variant", "lostCustomer"), ("amount.inputs", "contribution:money/yr:100"), ("amount.kind", "contingent"), ("amount.probability", "0.2"),
        ], category: "PENALTY")
        #expect(try EngagementReading(bench.views).input.lines.first?.mean == 20)
    }

    private static let refused: [([(String, String)], String)] = [
        ([("amount.variant", "shipments"), ("amount.inputs", "shipments:shipments/yr:400;share:1:0.8")], "lacks premiumPrice"),
        ([("amount.variant", "ledger"), ("amount.inputs", "booked:money/yr:9;baseline:money/yr:1;share:1:1;hours:h/yr:3")], "has hours, which is no input of ledger"),
        ([("amount.variant", "escapes"), ("amount.inputs", "events:events/yr:9;costPerEvent:money/claim:1")], "units that do not give money/yr"),
        ([("amount.inputs", "events:events/yr:9;costPerEvent:money/event:1")], "has inputs and no variant"),
        ([("amount.variant", "other"), ("amount.inputs", "events:events/yr:9")], "has no formula"),
        ([("amount.variant", "agency"), ("amount.inputs", "hours:h/yr:9;agencyRate:money/h:30/44/50;internalRate:money/h:28/31/32")], "must reach the most of internalRate"),
        ([("amount.variant", "lostCustomer"), ("amount.inputs", "contribution:money/yr:9")], "which is contingent only"),
        ([("amount.variant", "ledger"), ("amount.inputs", "booked:money/yr:9;baseline:money/yr:1;share:1:150%")], "share above 1"),
        ([("amount.variant", "escapes"), ("amount.inputs", "events:events/yr:9;costPerEvent:money/event:1"), ("amount.baseline", "3")], "clear observed, baseline and share"),
        ([("amount.variant", "escapes"), ("amount.inputs", "events:events/yr:1e14;costPerEvent:money/event:1e11")], "more money a year"),
        ([("amount.factors", "events:events/yr:1e14;cost:money/event:1e11")], "more money a year"),
        ([("amount.observed", "3k")], "give monthsObserved"),
        ([("amount.observed", "3k"), ("amount.monthsObserved", "12"), ("amount.baseline", "4k")], "leaves no leak"),
        ([("amount.range", "1/2/3"), ("amount.inputs", "events:events/yr:9")], "needs exactly one of range, factors and inputs"),
        ([("amount.factors", "events:events/yr:9;cost:money/event:1e15")], "must lie between 0 and 10000000000000"),
    ]

    @Test(arguments: refused)
    func `what makes no price is refused by name, typed and by whoever judges`(amount: [(String, String)], words: String) throws {
        let problem = #expect(throws: Draft.Problem.self) { try Self.bench(amount) }
        #expect(problem?.key.hasPrefix("amount") == true)
        #expect(problem?.description.contains(words) == true, "\(problem?.description ?? "")")
    }

    @Test func `a price that came in from elsewhere and cannot be computed with is named by check and report`() throws {
        var bench = try Self.bench([("amount.range", "1k/2k/4k")])
        func factor(_ name: String, _ unit: String, _ value: Double) -> Value {
            .group([Value.Member(1, .text(name)), Value.Member(2, .text(unit)), Value.Member(3, .group((UInt32(1)...3).map { Value.Member($0, .double(value)) }))])
        }
        let amount = Value.group([
            Value.Member(LineAmount.factors, .list([factor("events", "events/yr", 1e14), factor("cost", "money/event", 1e13)])),
            Value.Member(LineAmount.grade, .int(2)), Value.Member(LineAmount.kind, .int(1)),
        ])
        let names = bench.state.records[Self.line]?.heads(of: .field(16)).map(\.name) ?? []
        let change = bench.change([Edit(record: Self.line, type: 40, target: .field(16), content: .open(amount), supersedes: names)], by: Bench.ana)
        let complaints = bench.judge(change, by: Bench.ana)
        #expect(complaints.map(\.key) == ["amount"] && complaints[0].description.contains("leakage line: amount multiplies to more money"))
        bench.apply(change)
        let findings = Findings.all(in: bench.views).filter { $0.kind == .notPriceable }
        #expect(findings.map(\.name) == ["L1"] && findings[0].field == "amount" && findings[0].blocksBoard)
        let report = try ReportBench.report(bench.views)
        #expect(report.leftOut.map(\.name) == ["L1"] && report.leftOut[0].isMoney && report.leftOut[0].words.contains("(amount) multiplies to more money"))
    }

    @Test func `a share that is too large is told in per cent, a duration as one, money in the main unit`() throws {
        func words(_ type: RecordType, _ key: String, _ text: String) -> String {
            var bench = Bench()
            var draft = bench.draft(Identifier(high: 99, low: 1), type)
            let error = #expect(throws: Draft.Problem.self) { try draft.set(key, text) }
            return error?.description ?? ""
        }
        #expect(words(Catalogue.overlap, "judgement.share", "150%") == "share is 150%, must lie between 0% and 100%")
        #expect(words(Catalogue.initiativeTarget, "reduction", "10%/20%/150%").hasSuffix("is 150%, must lie between 0% and 100%"))
        #expect(words(Catalogue.decisionRight, "cadence.interval", "800d") == "interval is 19200h, must lie between 0s and 17520h")
        #expect(words(Catalogue.pool, "booking.booked", "-1").hasSuffix("must lie between 0 and 100000000000000"))
    }
}
