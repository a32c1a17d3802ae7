import SeamarkJournal
import Testing

@testable import SeamarkModel

@Suite struct DigitGroupsTests {
    @Test(arguments: [
        ("0", "0"), ("999", "999"), ("1450", "1,450"), ("-25000.50", "-25,000.50"), ("600000/850000/1300000", "600,000/850,000/1,300,000"), ("0.12345", "0.12345"),
        ("1234567.1234567", "1,234,567.1234567"), ("40/60/95 loads/yr", "40/60/95 loads/yr"), ("", ""),
    ])
    func `numbers have a comma after every third digit before the point`(text: String, grouped: String) { #expect(DigitGroups.text(text) == grouped) }

    @Test func `a number without places is rounded, and beyond all bounds is as it is`() {
        #expect(DigitGroups.whole(1_299_999.5) == "1,300,000" && DigitGroups.whole(-4_200) == "−4,200" && DigitGroups.whole(-0.2) == "0")
        #expect(DigitGroups.whole(.infinity) == "inf")
    }

    @Test func `amounts and measures are read with commas and typed without; years and codes have none`() throws {
        let amount = try #require(Catalogue.leakageLine.field(key: "amount")), financials = try #require(Catalogue.engagement.field(key: "financials"))
        let price = try amount.kind.value(
            from: ["range": ["low": 60_000_000, "likely": 85_000_000, "high": 130_000_000], "grade": "B", "kind": "runRate"], references: .none)
        #expect(amount.kind.textToRead(of: price, references: .none) == "range=600,000/850,000/1,300,000, grade=B, kind=runRate")
        #expect(amount.kind.text(of: price, references: .none) == "range=600000/850000/1300000, grade=B, kind=runRate")
        let year = try financials.kind.value(
            from: ["revenue": 10_000_000_000, "plannedOperatingIncome": -80_000_000, "fiscalYear": 2026], references: .none)
        #expect(financials.kind.textToRead(of: year, references: .none) == "revenue=100,000,000, plannedOperatingIncome=-800,000, fiscalYear=2026")
        let code = try #require(Catalogue.answer.field(key: "question"))
        #expect(code.kind.textToRead(of: .text("6410"), references: .none) == "6410")
    }
}
