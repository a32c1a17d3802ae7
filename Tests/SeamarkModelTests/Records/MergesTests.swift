import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

struct MergesTests {
    private static let sites = (UInt64(1)...4).map { Identifier(high: 21, low: $0) }

    private func bench() throws -> Bench {
        var bench = Bench()
        for (number, site) in Self.sites.enumerated() { try bench.write(site, Catalogue.site, handle: "ST\(number + 1)", [("name", "site \(number + 1)")]) }
        return bench
    }

    /// A merge as a device makes it on what it sees.
    private func merge(_ gone: Int, into kept: Int, _ bench: inout Bench, by person: Bench.Person = Bench.ana) -> Change {
        let (gone, kept) = (Self.sites[gone], Self.sites[kept])
        var editing = RecordEditing(record: gone, type: Catalogue.site, state: bench.state.records[gone]) { .zero }
        if let into = Catalogue.site.field(CommonField.mergedInto) { editing.set(into, .id(kept)) }
        if let saw = Catalogue.site.field(CommonField.mergeSaw), let state = bench.state.records[gone] { editing.set(saw, MergeWitness.value(of: state)) }
        return bench.change(editing.edits, by: person)
    }

    private func unmerge(_ gone: Int, _ bench: inout Bench) -> Change {
        var editing = RecordEditing(record: Self.sites[gone], type: Catalogue.site, state: bench.state.records[Self.sites[gone]]) { .zero }
        for number in [CommonField.mergedInto, CommonField.mergeSaw] { if let field = Catalogue.site.field(number) { editing.set(field, .absent) } }
        return bench.change(editing.edits, by: Bench.lea)
    }

    private func delete(_ record: Int, _ bench: inout Bench) -> Change {
        var editing = RecordEditing(record: Self.sites[record], type: Catalogue.site, state: bench.state.records[Self.sites[record]]) { .zero }
        editing.delete()
        return bench.change(editing.edits, by: Bench.ben)
    }

    private func survivors(_ bench: Bench) -> [Int?] {
        let merges = Merges(bench.views)
        return Self.sites.map { Self.sites.firstIndex(of: merges.survivor(of: $0)) }
    }

    /// Applies `changes`, made by people who had not seen one another's, in every order; the one answer.
    private func everywhere(_ bench: Bench, _ changes: [Change]) -> [Int?] {
        var answers: Set<[Int?]> = []
        withEveryPermutation(of: changes) { order in
            var bench = bench
            for change in order { bench.apply(change) }
            answers.insert(survivors(bench))
            // Whoever stands for another stands for itself.
            let merges = Merges(bench.views)
            for site in Self.sites { #expect(merges.survivor(of: merges.survivor(of: site)) == merges.survivor(of: site)) }
            #expect(answers.count == 1)
        }
        return answers.first ?? []
    }

    @Test func `opposite merges, chains and circles end at one record, the same in every order of arrival`() throws {
        var bench = try bench()
        let (one, two, three) = (merge(0, into: 1, &bench), merge(1, into: 0, &bench, by: Bench.ben), merge(1, into: 2, &bench, by: Bench.lea))
        #expect(everywhere(bench, [one]) == [1, 1, 2, 3])
        #expect(everywhere(bench, [one, two]) == [0, 0, 2, 3])
        #expect(everywhere(bench, [one, three]) == [2, 2, 2, 3])
        let (round, tail) = (merge(2, into: 0, &bench, by: Bench.ben), merge(3, into: 2, &bench, by: Bench.ana))
        #expect(everywhere(bench, [one, three, round]) == [0, 0, 0, 3])
        #expect(everywhere(bench, [one, three, round, tail]) == [0, 0, 0, 0])
        // Two people merge one record into different ones: one is shown first, alike everywhere, and it is a conflict.
        let answer = everywhere(bench, [two, three, tail])
        #expect(answer == [0, 0, 2, 2] || answer == [0, 2, 2, 2])
        for change in [two, three] { bench.apply(change) }
        #expect(bench.view(Self.sites[1])?.conflicts.map(\.key) == ["mergedInto"])
    }

    @Test func `a merge into a record that somebody deleted loses nothing; a merged one may be deleted`() throws {
        var bench = try bench()
        let (one, two) = (merge(0, into: 1, &bench), merge(1, into: 2, &bench, by: Bench.ben))
        #expect(everywhere(bench, [one, delete(1, &bench)]) == [0, 1, 2, 3])
        #expect(everywhere(bench, [one, two, delete(2, &bench)]) == [1, 1, 2, 3])
        #expect(everywhere(bench, [one, delete(2, &bench)]) == [1, 1, 2, 3])
        // Deleting what was merged away, knowing of it, still leads its references on.
        bench.apply(one)
        #expect(everywhere(bench, [delete(0, &bench)]) == [1, 1, 2, 3])
        // The middle of a chain, deleted by somebody who knew of both merges.
        bench.apply(two)
        #expect(everywhere(bench, [delete(1, &bench)]) == [2, 2, 2, 3])
    }

    @Test func `taking a merge back brings everything back, in every order with a merge by another`() throws {
        var bench = try bench()
        let before = survivors(bench)
        bench.apply(merge(0, into: 1, &bench))
        let back = unmerge(0, &bench)
        #expect(everywhere(bench, [back]) == before)
        #expect(everywhere(bench, [back, merge(2, into: 3, &bench, by: Bench.ben)]) == [0, 1, 3, 3])
    }

    @Test func `what somebody says of a merged record without knowing is found, whatever the clocks say; what was seen is not`() throws {
        var bench = try bench()
        func found(_ bench: Bench) -> [Finding.Kind] { Findings.all(in: bench.views).map(\.kind).filter { $0 == .changedAfterMerge } }
        // Made before the merge, by a clock a year behind.
        let unseen = try bench.setting(Self.sites[0], Catalogue.site, [("headcount", "120")], by: Bench.ben)
        let merged = merge(0, into: 1, &bench)
        withEveryPermutation(of: [unseen, merged]) { order in
            var bench = bench
            for change in order { bench.apply(change) }
            #expect(found(bench) == [.changedAfterMerge])
        }
        bench.apply(merged)
        #expect(found(bench) == [])
        bench.apply(unseen)
        #expect(found(bench) == [.changedAfterMerge])
        // Merged again by somebody who has seen it, or taken back: nothing is open.
        var again = bench
        again.apply(unmerge(0, &again))
        #expect(found(again) == [])
        again.apply(merge(0, into: 1, &again, by: Bench.lea))
        #expect(found(again) == [])
    }

    @Test(arguments: UInt64(0)..<200)
    func `whatever people merge, every record has one that stands for it, alike in any order`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        var bench = try bench()
        var changes: [Change] = []
        let people = [Bench.ana, Bench.ben, Bench.lea]
        for _ in 0..<5 {
            let (a, b) = (Int(dice.next() % 4), Int(dice.next() % 4))
            let change = dice.chance(20) ? delete(a, &bench) : merge(a, into: b, &bench, by: people[Int(dice.next() % 3)])
            changes.append(change)
            // Some see what is there, some do not.
            if dice.chance(30) {
                for change in changes { bench.apply(change) }
                changes = []
            }
        }
        _ = everywhere(bench, changes)
        for change in changes { bench.apply(change) }
        let merges = Merges(bench.views), deleted = Set(bench.views.filter(\.isDeleted).map(\.id))
        for site in Self.sites where !deleted.contains(site) { #expect(!deleted.contains(merges.survivor(of: site))) }
        #expect(Self.sites.flatMap { merges.standsFor($0) }.sorted() == Self.sites.filter { merges.isGone($0) })
    }

    @Test func `twins are proposed by their natural keys, with a reason that holds none of them`() throws {
        var bench = Bench()
        func id(_ type: RecordType, _ number: UInt64) -> Identifier { Identifier(high: UInt64(type.number), low: number) }
        try bench.write(id(Catalogue.site, 1), Catalogue.site, handle: "ST1", [("name", "Dayton  Plant"), ("code", "DAY")])
        try bench.write(id(Catalogue.site, 2), Catalogue.site, handle: "ST2", [("name", "dayton plant"), ("code", "day")])
        try bench.write(id(Catalogue.site, 3), Catalogue.site, handle: "ST3", [("name", "Dayton plant"), ("code", "D2")])
        for (number, site) in [(UInt64(1), "ST1"), (2, "ST2"), (3, "ST3")] {
            try bench.write(id(Catalogue.unit, number), Catalogue.unit, handle: "U\(number)", [("name", "Cell 3"), ("site", site)])
            try bench.write(id(Catalogue.person, number), Catalogue.person, handle: "P\(number)", [("level", "manager"), ("name", "Canary \(number % 2)")])
            try bench.write(id(Catalogue.interview, number), Catalogue.interview, handle: "IV\(number)", [
                ("persons", "P\(number)"), ("startedAt", "2026-03-03T09:0\(number)"),
            ])
        }
        func pairs(_ bench: Bench) -> [String] {
            Duplicate.proposed(in: bench.views, Merges(bench.views)).map { duplicate in
                let handles = [duplicate.kept, duplicate.gone].map { bench.view($0)?.handle ?? "" }
                return handles.joined(separator: " ") + ": " + duplicate.reason
            }
        }
        #expect(pairs(bench) == ["ST1 ST2: the same code", "ST1 ST3: the same name", "P1 P3: the same name"])
        // What refers to merged records is compared by what stands for them.
        try bench.write(id(Catalogue.site, 2), Catalogue.site, [("mergedInto", "ST1")])
        try bench.write(id(Catalogue.person, 3), Catalogue.person, [("mergedInto", "P1")])
        #expect(pairs(bench) == ["ST1 ST3: the same name", "U1 U2: the same name at the same site", "IV1 IV3: the same people on the same day"])
        #expect(!Duplicate.proposed(in: bench.views, Merges(bench.views)).contains { $0.reason.contains("Canary") })
    }

    @Test func `whoever withdrew consent under one of two merged records has withdrawn it under both`() throws {
        var bench = try ReportBench.bench("halden")
        let before = try EngagementReading(bench.views)
        let asked = try #require(bench.views.first { $0.type === Catalogue.answer }?.reference("interview"))
        let person = try #require(bench.view(asked)?.references("persons").first)
        let twin = Identifier(high: 23, low: 99)
        try bench.write(twin, Catalogue.person, handle: "P99", [("level", "manager"), ("consent.state", "given")])
        try bench.write(twin, Catalogue.person, [("mergedInto", person.description)])
        #expect(try EngagementReading(bench.views).answers == before.answers)
        try bench.write(twin, Catalogue.person, [("consent.state", "withdrawn")])
        let reading = try EngagementReading(bench.views)
        #expect(reading.answers < before.answers && reading.people == before.people - 1)
        #expect(Findings.obstacles(toFinalising: asked, in: bench.views).contains { $0.kind == .withdrawnConsent && $0.record == asked })
    }
}
