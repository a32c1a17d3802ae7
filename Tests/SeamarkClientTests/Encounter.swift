import Foundation
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import Testing

/// Two who have seen the same work go on without a network, and meet at headquarters in either order. A lead reads along.
///
/// Whatever they did, all three hold the same afterwards, and whoever hands in first makes no difference to what is shown.
struct Encounter {
    let a: Laptop
    let b: Laptop
    let lead: Laptop

    /// The two orders of handing in.
    enum Order: CaseIterable { case firstHandsInFirst, secondHandsInFirst }

    private init(firstNow: Int64, secondNow: Int64) throws {
        (a, b, lead) = (try Laptop("A", now: firstNow), try Laptop("B", now: secondNow), try Laptop("C", role: .lead))
    }

    var all: [Laptop] { [a, b, lead] }

    /// - Parameters:
    ///   - clocks: what the laptops of the two believe the time is, in milliseconds since 1970.
    ///   - before: done by the first, and known to everybody; the names of what it made.
    ///   - then: looks at the encounter when everybody has read everything.
    static func run(
        clocks: (Int64, Int64) = (1_800_000_000_000, 1_800_000_001_000), before: (Laptop) throws -> [String],
        first: (Laptop, [String]) throws -> Void, second: (Laptop, [String]) throws -> Void, then: (Encounter, [String]) throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var pictures: [[String]] = []
        for order in Order.allCases {
            let one = try Encounter(firstNow: clocks.0, secondNow: clocks.1)
            let names = try before(one.a)
            try Laptop.exchange(one.a, one.b, one.lead)
            try first(one.a, names)
            try second(one.b, names)
            switch order {
            case .firstHandsInFirst: try Laptop.exchange(one.a, one.b, one.lead)
            case .secondHandsInFirst: try Laptop.exchange(one.b, one.a, one.lead)
            }
            try one.agrees(sourceLocation)
            pictures.append(try one.picture(of: one.lead))
            try then(one, names)
            try one.agrees(sourceLocation)
        }
        // Ids and handles alike: the laptops are made anew with the same letters, so only the order differs.
        #expect(pictures[0] == pictures[1], "who handed in first made a difference", sourceLocation: sourceLocation)
    }

    private func agrees(_ sourceLocation: SourceLocation) throws {
        let pictures = try all.map { try picture(of: $0) }
        #expect(Set(pictures).count == 1, "the three see different things: \(pictures)", sourceLocation: sourceLocation)
        let digests = try all.map { try $0.finder.replica.confirmed.digest }
        #expect(Set(digests).count == 1, "the digests differ", sourceLocation: sourceLocation)
    }

    /// What a laptop shows: every field of every record by its name, deletions, and conflicts; without ids, which chance makes.
    private func picture(of laptop: Laptop) throws -> [String] {
        let finder = try laptop.finder
        // Who is meant is said in the same words on every laptop, though each directory here holds its own member alone.
        let handles = ["m-a", "m-b", "m-c"]
        let people = zip(all.map(\.member.description), handles)
        let pictures: [String] = finder.all.map { record in
            // The order of an overlap's lines is that of their ids.
            let shown = (record.type?.fields ?? []).filter { record.type !== Catalogue.overlap || ($0.key != "first" && $0.key != "second") }
            let fields = shown.map { field -> String in
                let value = field.isSet
                    ? record.elements(field).map { field.kind.text(of: $0, references: finder.references) }.sorted().joined(separator: "+")
                    : record.value(field.key).map { field.kind.text(of: $0, references: finder.references) } ?? ""
                return "\(field.key)=\(value)"
            }
            let conflicts = record.conflicts.map { conflict in "\(conflict.target.number ?? 0)×\(conflict.heads.count)" }
            return "\(record.handle ?? record.type?.label ?? "") \(record.isDeleted ? "deleted" : "there") \(fields) \(conflicts.sorted())"
        }.sorted()
        return pictures.map { picture in people.reduce(picture) { $0.replacingOccurrences(of: $1.0, with: $1.1) } }
    }

    /// Everybody reads this of the record called `name`.
    func everybody(_ name: String, sourceLocation: SourceLocation = #_sourceLocation, _ reads: (RecordView) throws -> Bool) throws {
        for laptop in all { #expect(try reads(try laptop.record(name)), "\(name)", sourceLocation: sourceLocation) }
    }

    /// The fields in conflict on every laptop, as "name field"; "life" for a deletion.
    func conflicts(_ expected: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        for laptop in all {
            let finder = try laptop.finder
            let open = finder.conflicts.map { "\(finder.name(of: $0.record.id)) \($0.key)" }
            #expect(open.sorted() == expected.sorted(), sourceLocation: sourceLocation)
        }
    }

    /// The values on the two sides of the only conflict, as people read them.
    func sides(sourceLocation: SourceLocation = #_sourceLocation) throws -> Set<String> {
        let finder = try lead.finder
        let conflict = try #require(finder.conflicts.first, sourceLocation: sourceLocation)
        return Set(conflict.sides.map { side in
            guard let field = side.field, let value = side.value else { return "\(side.kind)" }
            return field.kind.text(of: value, references: finder.references)
        })
    }

    /// The kinds of findings about the record called `name`, with the directory's records at hand.
    func findings(_ name: String) throws -> [Finding.Kind] {
        let finder = try lead.finder
        let id = try finder.record(name).id
        return Findings.all(in: finder.all + finder.directory).filter { $0.record == id }.map(\.kind)
    }
}
