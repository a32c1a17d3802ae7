import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import Testing

/// What searching finds on the laptop of an analyst, between shipped stores and sessions. All words are made up.
struct AnalystSearchTests {
    /// A word from which no letter or two lead to another place's.
    private static func word(_ place: String) -> String {
        let letters = Digest.sha256(Array(place.utf8)).bytes.prefix(12).flatMap { byte -> [UInt8] in [byte >> 4, byte & 15] }.map { $0 + UInt8(ascii: "a") }
        return String(decoding: letters, as: UTF8.self)
    }

    @Test func `an analyst who searches finds no word of a sensitive field, of whatever type, for the team only or not, and a colleague finds each`() throws {
        let bench = try RoleBench(members: 2, scopes: 1)
        try bench.setRole(.analyst, of: 1)
        let scope = bench.scopes[0]
        var places: [String] = []
        var changes: [[Edit]] = []
        for isForTheTeam in [false, true] {
            let interview = bench.fresh()
            for type in Catalogue.types where type.home == .engagement && type.fields.contains(where: \.isSensitive) {
                var editing = RecordEditing(record: type === Catalogue.interview ? interview : bench.fresh(), type: type, state: nil) { .zero }
                editing.create(at: 1_800_000_000_000)
                for field in type.fields {
                    if field.isSensitive {
                        let place = "\(type.key).\(field.key)" + (isForTheTeam ? " for the team" : "")
                        places.append(place)
                        editing.set(field, .text("What was said of \(Self.word(place)) is not for all."))
                    } else if field.key == "interview" {
                        editing.set(field, .id(interview))
                    } else if case .choice(let choices) = field.kind, let teamOnly = choices.number("teamOnly") {
                        editing.set(field, .int(isForTheTeam ? teamOnly : 1))
                    }
                }
                changes.append(editing.edits)
            }
        }
        let named = ["observation.text", "quote.text", "interview.summary", "answer.rationale", "person.name", "site.notes", "formAnswer.text", "finding.statement"]
        #expect(Set(places).isSuperset(of: named + named.map { $0 + " for the team" }), "\(places)")
        try bench.settle(changes, in: scope)

        let finders = try [0, 1].map { laptop -> RecordFinder in
            try bench.ends.sync(laptop)
            return try #require(try RecordFinder(bench.ends.laptops[laptop].device.state, scope: scope))
        }
        #expect(finders[0].all.map(\.id) == finders[1].all.map(\.id) && finders[0].all.count == changes.count)
        func hits(_ word: String, _ finder: RecordFinder) throws -> Int {
            let search = try #require(TextSearch(word))
            return RecordSearch(search, references: finder.shownReferences).hits(in: finder.all) { finder.name(of: $0) }.count
        }
        for place in places {
            #expect(try hits(Self.word(place), finders[0]) == 1, "a colleague: \(place)")
            #expect(try hits(Self.word(place), finders[1]) == 0, "an analyst: \(place)")
        }
    }
}
