import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct CheckTests {
    private func field(_ type: RecordType, _ key: String) throws -> FieldKind { try #require(type.field(key: key)).kind }

    @Test func `a text holds at its longest, and one character more is refused`() throws {
        let kinds: [(FieldKind, Int)] = [
            (try field(Catalogue.seam, "name"), 120), (try field(Catalogue.interview, "summary"), 8000), (try field(Catalogue.quote, "text"), 2000),
        ]
        for (kind, longest) in kinds {
            for character in ["a", "ü", "\u{1F600}"] {
                #expect(kind.fault(in: .text(String(repeating: character, count: longest - 1))) == nil)
                #expect(kind.fault(in: .text(String(repeating: character, count: longest))) == nil)
                #expect(kind.fault(in: .text(String(repeating: character, count: longest + 1)))?.refusal == .badText)
            }
            #expect(kind.fault(in: .text(""))?.refusal == .badText)
        }
    }

    @Test func `control characters never stand, line breaks only in narrative, turning characters not in names`() throws {
        let name = try field(Catalogue.seam, "name"), narrative = try field(Catalogue.interview, "summary")
        // C0 but the line break, DEL and C1, each; and what stands beside them is let through.
        for scalar in ((0...0x9f as ClosedRange<UInt32>).filter { $0 < 0x20 && $0 != 0x0a || $0 >= 0x7f } + [0x2028, 0x2029]).compactMap(Unicode.Scalar.init) {
            #expect(name.fault(in: .text("a\(scalar)b"))?.rule == .controlCharacter)
            #expect(narrative.fault(in: .text("a\(scalar)b"))?.rule == .controlCharacter)
        }
        #expect(name.fault(in: .text("a\nb"))?.rule == .controlCharacter)
        #expect(narrative.fault(in: .text("a\nb")) == nil)
        for scalar in ["\u{20}", "\u{7e}", "\u{a0}", "\u{2027}", "\u{202f}", "\u{2065}", "\u{206a}"] {
            #expect(name.fault(in: .text("a\(scalar)b")) == nil && narrative.fault(in: .text("a\(scalar)b")) == nil)
        }
        for scalar in [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].compactMap(Unicode.Scalar.init) {
            #expect(name.fault(in: .text("a\(scalar)b"))?.rule == .directionCharacter)
            #expect(narrative.fault(in: .text("a\(scalar)b")) == nil)
        }
    }

    private func range(_ low: Int64, _ likely: Int64, _ high: Int64) -> Value {
        .group([Value.Member(1, .int(low)), Value.Member(2, .int(likely)), Value.Member(3, .int(high))])
    }

    @Test func `low, likely and high stand in every order but a falling one`() throws {
        let kind = try field(Catalogue.initiative, "cost")
        for low in Int64(0)..<4 {
            for likely in Int64(0)..<4 {
                for high in Int64(0)..<4 {
                    let fault = kind.fault(in: range(low, likely, high))
                    #expect((fault == nil) == (low <= likely && likely <= high))
                    #expect(fault == nil || fault?.refusal == .contradiction)
                }
            }
        }
        #expect(kind.fault(in: range(-1, 0, 1))?.refusal == .outOfBounds)
        #expect(kind.fault(in: range(0, 1, .max))?.refusal == .outOfBounds)
    }

    private func points(_ shares: [(String, Int64)]) -> Value {
        .list(shares.map { .group([Value.Member(1, .text($0.0)), Value.Member(2, .int($0.1))]) })
    }

    @Test func `points sum to a hundred at most, each domain once`() throws {
        let kind = try field(Catalogue.leakageLine, "domainPoints")
        #expect(kind.fault(in: points([("D1", 60), ("D2", 40)])) == nil)
        #expect(kind.fault(in: points([("D1", 61), ("D2", 40)]))?.rule == .pointsAboveHundred)
        #expect(kind.fault(in: points([("D1", 40), ("D1", 40)]))?.rule == .pointsTwice)
        #expect(kind.fault(in: points([("D2", 40), ("D1", 40)]))?.rule == .pointsTwice)
        #expect(kind.fault(in: points([("D1", 0)]))?.refusal == .outOfBounds)
        #expect(kind.fault(in: points([("D1", .max), ("D2", .max)]))?.refusal == .outOfBounds)
        #expect(kind.fault(in: points([])) == nil)
    }

    @Test func `a contingent price has a probability, and only that one has`() throws {
        var bench = Bench()
        try bench.line()
        let id = Identifier(high: 40, low: 1)
        #expect(throws: Draft.Problem.self) { try bench.setting(id, Catalogue.leakageLine, [("amount.kind", "contingent")]) }
        #expect(throws: Draft.Problem.self) { try bench.setting(id, Catalogue.leakageLine, [("amount.probability", "0.2")]) }
        #expect(throws: Never.self) { try bench.setting(id, Catalogue.leakageLine, [("amount.kind", "contingent"), ("amount.probability", "0.2")]) }
    }

    @Test(arguments: [
        (["h/yr", "money/h"], true), (["events/yr", "h/event", "money/h"], true), (["money/yr", "1"], true), (["leavers/year", "money/leaver", "1"], true),
        (["h/yr", "money/event"], false), (["h/yr", "money"], false), (["money/yr", "money/yr"], false), (["h", "money/h"], false), (["money/h/yr", "h"], true),
        (["", "money/yr"], false), (["/yr", "money"], false), (["money/yr/yr", "yr"], true),
    ])
    func `factors must multiply to money a year`(units: [String], holds: Bool) {
        #expect(FactorUnit.giveMoneyPerYear(units) == holds)
    }

    @Test func `a score of 5, an unknown choice and a number that is none are refused; a newer version may bring choices`() throws {
        guard case .group(let group) = try field(Catalogue.answer, "response") else { throw Bench.Refused(complaints: []) }
        let score = try #require(group.member(key: "score")).kind, outcome = try #require(group.member(key: "outcome")).kind
        for number in Int64(0)...4 { #expect(score.fault(in: .int(number)) == nil) }
        #expect(score.fault(in: .int(5))?.refusal == .outOfBounds)
        #expect(score.fault(in: .int(-1))?.refusal == .outOfBounds)
        #expect(outcome.fault(in: .int(5))?.refusal == .wrongKind)
        #expect(outcome.fault(in: .int(5), newer: true) == nil)
        #expect(outcome.fault(in: .unknown(kind: 17, []))?.refusal == .wrongKind)
        #expect(outcome.fault(in: .unknown(kind: 17, []), newer: true) == nil)
        #expect(try field(Catalogue.constraint, "lostUnitsPerYear").fault(in: .double(.infinity)) != nil)
    }

    @Test func `every value that a kind takes is typed back and read back as it was`() throws {
        let texts: [(RecordType, String, String)] = [
            (Catalogue.seam, "name", "Planning to heat treat"), (Catalogue.engagement, "budget", "1.9M"), (Catalogue.initiative, "cost", "380k/500k/720500.50"),
            (Catalogue.site, "headcount", "310"), (Catalogue.interview, "startedAt", "2026-03-03T09:00"), (Catalogue.seam, "aiExposed", "yes"),
            (Catalogue.decisionRight, "latency", "26h/34h/60h"), (Catalogue.leakageLine, "domainPoints", "D10=5,D2=40"), (Catalogue.leakageLine, "status", "Priced"),
            (Catalogue.constraint, "lostUnitsPerYear", "180/260.5/420"), (Catalogue.initiativeTarget, "reduction", "5%/12.5%/20%"),
            (Catalogue.decisionRight, "escalation", "shift lead; plant director"), (Catalogue.device, "signingKey", String(repeating: "0a", count: 32)),
            (Catalogue.seam, "fromUnit", "00000000-0000-0000-0000-00000000002a"),
        ]
        for (type, key, text) in texts {
            let kind = try field(type, key)
            let value = try kind.value(from: text, references: .none)
            #expect(try kind.value(from: kind.text(of: value, references: .none), references: .none) == value, "\(key) as text")
            #expect(try kind.value(from: kind.json(of: value, references: .none), references: .none) == value, "\(key) as JSON")
        }
    }

    @Test(arguments: [
        ("380k", 38_000_000), ("1.2M", 120_000_000), ("0.01", 1), ("-5", -500), ("1bn", 100_000_000_000), ("1'250.50", 125_050), ("2.4000k", 240_000),
    ] as [(String, Int64)])
    func `money is typed in the main unit`(text: String, hundredths: Int64) { #expect(Money.hundredths(text) == hundredths) }

    @Test(arguments: ["", "-", "k", "1.", ".5", "1.234", "1e5", "12x", "99999999999999999999", "1..2", "0x10", "١"])
    func `what is no amount is not guessed at`(text: String) { #expect(Money.hundredths(text) == nil) }

    @Test func `days count to dates and back over nine hundred years`() throws {
        for days in stride(from: CalendarDate.days.lowerBound, through: CalendarDate.days.upperBound, by: 37) {
            #expect(CalendarDate.days(CalendarDate.text(days: days)) == days)
        }
        #expect(CalendarDate.days("2026-03-17") == 20_529)
        #expect(CalendarDate.days("2024-02-29") != nil)
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "1899-12-31", "2026-3-17", "2026-03-17T00:00"] { #expect(CalendarDate.days(text) == nil) }
        #expect(CalendarDate.text(milliseconds: -1) == "1969-12-31T23:59:59.999Z")
        #expect(CalendarDate.milliseconds("1969-12-31T23:59:59.999Z") == -1)
        // Wherever the clock hangs that was read.
        let morning = try #require(CalendarDate.milliseconds("2026-11-20T08:00:00Z"))
        for text in ["2026-11-20 08:00", "2026-11-20T09:00+01:00", "2026-11-20 09:00:00+01:00", "2026-11-20T04:30-03:30", "2026-11-20T22:00+14:00", "2026-11-19T18:00:00.000-14:00", "2026-11-20T08:00-00:00"] {
            #expect(CalendarDate.milliseconds(text) == morning, "\(text)")
        }
        for text in ["2026-03-17T24:00", "2026-03-17T09:60", "2026-03-17T9:30", "2026-03-17T09:30+14:01", "2026-03-17T09:30+1:00", "2026-03-17+01:00", "2026-03-17T09:30Z+01:00", "1900-01-01T00:30+01:00", "2026-03-17T09:30 +01:00"] { #expect(CalendarDate.milliseconds(text) == nil) }
    }

    @Test func `times of other laptops' clocks, however wrong, are written and never trap`() {
        #expect(CalendarDate.text(milliseconds: .min) == "0001-01-01T00:00:00Z")
        #expect(CalendarDate.text(milliseconds: .max) == "9999-12-31T23:59:59.999Z")
        #expect(CalendarDate.text(milliseconds: 253_402_300_799_999) == "9999-12-31T23:59:59.999Z")
        #expect(CalendarDate.text(milliseconds: 0) == "1970-01-01T00:00:00Z")
        #expect(CalendarDate.text(days: .min) == "0001-01-01" && CalendarDate.text(days: .max) == "9999-12-31")
    }
}
