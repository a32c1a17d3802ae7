import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct FindingsTests {
    private func kinds(_ bench: Bench) -> [Finding.Kind] { Findings.all(in: bench.views, instrument: .core9).map(\.kind) }

    private func id(_ type: RecordType, _ number: UInt64) -> Identifier { Identifier(high: UInt64(type.number), low: number) }

    @Test func `an interview is finalised with consent, an end and something captured`() throws {
        var bench = Bench()
        let interview = id(Catalogue.interview, 1), person = id(Catalogue.person, 1)
        try bench.write(person, Catalogue.person, handle: "P1", [("level", "manager")])
        try bench.write(interview, Catalogue.interview, handle: "IV1", [("persons", "P1"), ("startedAt", "2026-03-03T09:00")])
        #expect(Findings.obstacles(toFinalising: interview, in: bench.views).map(\.kind) == [.noConsent, .noEnd, .emptyInterview])
        #expect(kinds(bench) == [])
        try bench.write(person, Catalogue.person, [("consent.state", "given"), ("consent.scope", "role")])
        try bench.write(interview, Catalogue.interview, [("endedAt", "2026-03-03T08:59")])
        try bench.write(id(Catalogue.observation, 1), Catalogue.observation, handle: "O1", [("interview", "IV1"), ("text", "Invented.")])
        #expect(Findings.obstacles(toFinalising: interview, in: bench.views).map(\.kind) == [.endsBeforeStart])
        try bench.write(interview, Catalogue.interview, [("endedAt", "2026-03-03T10:00"), ("status", "finalised")])
        #expect(kinds(bench) == [])
        try bench.write(id(Catalogue.quote, 1), Catalogue.quote, handle: "Q1", [("interview", "IV1"), ("text", "Invented.")])
        #expect(kinds(bench) == [.quoteWithoutConsent])
        try bench.write(person, Catalogue.person, [("consent.state", "withdrawn")])
        // What they said is hidden everywhere, and a finding would tell of it; who finalises is told.
        #expect(kinds(bench) == [])
        #expect(Findings.obstacles(toFinalising: interview, in: bench.views).map(\.kind) == [.withdrawnConsent])
    }

    @Test func `cycles are found and end`() throws {
        var bench = Bench()
        for number in UInt64(1)...3 {
            try bench.write(id(Catalogue.unit, number), Catalogue.unit, handle: "U\(number)", [("name", "unit \(number)")])
            try bench.write(id(Catalogue.initiative, number), Catalogue.initiative, handle: "N\(number)", [("name", "initiative \(number)")])
        }
        for (from, to) in [(1, 2), (2, 3)] {
            try bench.write(id(Catalogue.unit, UInt64(from)), Catalogue.unit, [("parent", "U\(to)")])
            try bench.write(id(Catalogue.initiative, UInt64(from)), Catalogue.initiative, [("prerequisites", "N\(to)")])
        }
        #expect(kinds(bench) == [])
        try bench.write(id(Catalogue.unit, 3), Catalogue.unit, [("parent", "U1")])
        try bench.write(id(Catalogue.initiative, 3), Catalogue.initiative, [("prerequisites", "N1")])
        #expect(kinds(bench) == [.parentCycle, .parentCycle, .parentCycle, .prerequisiteCycle, .prerequisiteCycle, .prerequisiteCycle])
    }

    @Test func `a pool caps what a year of it holds, whatever period was booked`() throws {
        var bench = Bench()
        let pool = id(Catalogue.pool, 1), line = Identifier(high: 40, low: 1)
        try bench.line()
        try bench.write(pool, Catalogue.pool, handle: "PL1", [("name", "freight"), ("booking.code", "6410"), ("booking.booked", "200k")])
        try bench.write(line, Catalogue.leakageLine, [("pool", "PL1")])
        // A quarter's 200,000 are 800,000 a year, and 1,000,000 of two years are 500,000.
        for (booked, first, last, high, isCapped) in [
            ("200k", "2025-10-01", "2025-12-31", "500k", false), ("200k", "2025-10-01", "2025-12-31", "800k", false), ("200k", "2025-10-01", "2025-12-31", "800001", true),
            ("1M", "2024-01-01", "2025-12-31", "700k", true), ("1M", "2024-01-01", "2025-12-31", "500k", false), ("1M", "2025-01-01", "2025-12-31", "700k", false),
        ] {
            try bench.write(pool, Catalogue.pool, [("name", "freight of \(first), \(high)"), ("booking.booked", booked), ("booking.from", first), ("booking.to", last)])
            try bench.write(line, Catalogue.leakageLine, [("amount.range", "100k/300k/\(high)")])
            #expect(kinds(bench).contains(.abovePool) == isCapped, "\(booked) from \(first) to \(last), \(high)")
        }
    }

    @Test func `twins are proposed, and merging one into the other ends it`() throws {
        var bench = Bench()
        try bench.line()
        try bench.line(Identifier(high: 40, low: 2), handle: "l1")
        #expect(kinds(bench).filter { $0 == .twinHandle || $0 == .likelyTwin } == [.twinHandle, .likelyTwin])
        try bench.write(Identifier(high: 40, low: 2), Catalogue.leakageLine, [("mergedInto", "00000000-0000-0028-0000-000000000001")])
        #expect(kinds(bench).filter { $0 == .twinHandle || $0 == .likelyTwin } == [])
    }

    @Test func `references to records that are not here, were deleted or are of another type are found`() throws {
        var bench = Bench()
        try bench.line()
        let site = id(Catalogue.site, 1), line = Identifier(high: 40, low: 1)
        try bench.write(line, Catalogue.leakageLine, [("site", site.description)])
        #expect(kinds(bench).contains(.missingReference))
        try bench.write(site, Catalogue.site, handle: "ST1", [("name", "a site")])
        #expect(!kinds(bench).contains(.missingReference))
        var editing = RecordEditing(record: site, type: Catalogue.site, state: bench.state.records[site]) { .zero }
        editing.delete()
        bench.apply(bench.change(editing.edits, by: Bench.ana))
        #expect(kinds(bench).contains(.missingReference))
        try bench.write(line, Catalogue.leakageLine, [("site", line.description)])
        #expect(kinds(bench).contains(.wrongReference))
    }

    @Test func `shares of one line beyond its whole are found, toward better and worse lines apart`() throws {
        var bench = Bench()
        for (number, grade) in [(UInt64(1), "A"), (2, "B"), (3, "C")] {
            let line = Identifier(high: 40, low: number)
            try bench.write(line, Catalogue.leakageLine, handle: "L\(number)", [
                ("title", "line \(number)"), ("category", "EXPEDITE"), ("amount.range", "1k/2k/4k"), ("amount.grade", grade), ("amount.kind", "runRate"),
            ])
        }
        func overlap(_ a: UInt64, _ b: UInt64, _ share: String) throws {
            let first = Identifier(high: 40, low: a), second = Identifier(high: 40, low: b)
            try bench.write(DerivedIdentifiers.overlap(first, second, by: bench.primitives), Catalogue.overlap, [
                ("first", "L\(a)"), ("second", "L\(b)"), ("judgement.share", share), ("judgement.reason", "invented"),
            ])
        }
        try overlap(1, 2, "60%")
        try overlap(2, 3, "60%")
        #expect(!kinds(bench).contains(.sharesAboveWhole))
        try overlap(1, 3, "50%")
        #expect(kinds(bench).filter { $0 == .sharesAboveWhole }.count == 2)
    }

    @Test func `findings hold no names, texts or amounts`() throws {
        var bench = Bench()
        try bench.write(id(Catalogue.person, 1), Catalogue.person, handle: "P1", [("level", "manager"), ("name", "Canary"), ("consent.state", "withdrawn")])
        try bench.write(id(Catalogue.interview, 1), Catalogue.interview, handle: "IV1", [("persons", "P1"), ("status", "finalised"), ("summary", "Canary")])
        try bench.write(Identifier(high: 40, low: 1), Catalogue.leakageLine, handle: "L1", [("title", "Canary"), ("category", "QUALITY")])
        try bench.write(Identifier(high: 40, low: 2), Catalogue.leakageLine, handle: "L2", [("title", "Canary"), ("category", "QUALITY")])
        let findings = Findings.all(in: bench.views, instrument: .core9)
        #expect(findings.count > 2)
        for finding in findings { #expect(!finding.description.contains("Canary")) }
    }
}
