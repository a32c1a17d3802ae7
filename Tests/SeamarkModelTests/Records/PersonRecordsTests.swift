import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// What bears on one interviewee, against a list that is kept beside while the records are made. All people are fictitious.
struct PersonRecordsTests {
    private static let people = (0..<4).map { Identifier(high: 23, low: UInt64($0)) }

    /// Who is meant by each record: the persons whom it names, or the interview that it belongs to.
    private struct Meant {
        var persons: Set<Int> = []
        var interview: Int?
    }

    @Test(arguments: UInt64(0)..<60)
    func `a person's records are theirs, those that name them, and those of their interviews that name nobody, and no others`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        var bench = Bench()
        for (number, person) in Self.people.enumerated() { try bench.write(person, Catalogue.person, handle: "P\(number)", [("level", "frontline")]) }
        var interviews: [Set<Int>] = []
        var meant: [Identifier: Meant] = [:]
        var waiting: [Change] = []
        for number in 0..<4 {
            let present = Set(Self.people.indices.filter { _ in Bool.random(using: &dice) })
            let id = Identifier(high: 24, low: UInt64(number))
            try bench.write(
                id, Catalogue.interview, handle: "IV\(number)",
                [("startedAt", "2026-03-03T09:00")] + (present.isEmpty ? [] : [("persons", present.sorted().map { "P\($0)" }.joined(separator: ","))]))
            interviews.append(present)
            meant[id] = Meant(persons: present)
        }
        for number in 0..<12 {
            let id = Identifier(high: 27, low: UInt64(number))
            let interview = Int.random(in: 0..<4, using: &dice)
            let person = Bool.random(using: &dice) ? Int.random(in: Self.people.indices, using: &dice) : nil
            let fields = [("interview", "IV\(interview)"), ("text", "a word")] + (person.map { [("person", "P\($0)")] } ?? [])
            meant[id] = Meant(persons: person.map { [$0] } ?? [], interview: interview)
            // Some are kept in quarantine.
            if Bool.random(using: &dice) {
                try bench.write(id, Catalogue.quote, handle: "Q\(number)", fields)
            } else {
                waiting.append(try bench.setting(id, Catalogue.quote, handle: "Q\(number)", fields))
            }
        }
        // Somebody was captured twice, and the two were merged.
        let isMerged = Bool.random(using: &dice)
        if isMerged { try bench.write(Self.people[1], Catalogue.person, [("mergedInto", "P0")]) }
        let views = bench.views.shuffled(using: &dice)
        for person in Self.people.indices {
            let own: Set<Int> = isMerged && person < 2 ? [0, 1] : [person]
            var expected = Dictionary(uniqueKeysWithValues: own.map { (Self.people[$0], PersonRecords.Belonging.person) })
            for (id, meant) in meant {
                if !meant.persons.isDisjoint(with: own) {
                    expected[id] = .named
                } else if meant.persons.isEmpty, let interview = meant.interview, !interviews[interview].isDisjoint(with: own) {
                    expected[id] = .interview
                }
            }
            #expect(PersonRecords(of: Self.people[person], among: views, waiting: waiting).belonging == expected)
        }
    }

    @Test func `of two values that disagree each counts, and a deleted record too`() throws {
        var bench = Bench()
        for (number, person) in Self.people.enumerated() { try bench.write(person, Catalogue.person, handle: "P\(number)", [("level", "frontline")]) }
        let interview = Identifier(high: 24, low: 1)
        try bench.write(interview, Catalogue.interview, handle: "IV1", [("startedAt", "2026-03-03T09:00"), ("persons", "P0")])
        let unit = Identifier(high: 26, low: 1)
        try bench.write(unit, Catalogue.quote, handle: "Q1", [("interview", "IV1"), ("text", "a word"), ("person", "P1")])
        var deleting = RecordEditing(record: unit, type: Catalogue.quote, state: bench.state.records[unit]) { .zero }
        deleting.delete()
        bench.apply(bench.change(deleting.edits, by: Bench.ana))
        #expect(PersonRecords(of: Self.people[1], among: bench.views).belonging[unit] == .named)
        #expect(PersonRecords(of: Self.people[0], among: bench.views).belonging[unit] == nil)
    }
}
