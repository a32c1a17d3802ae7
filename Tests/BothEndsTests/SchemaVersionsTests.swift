import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import Testing

/// Devices whose programs are a schema behind the server, or a schema ahead of it.
@Suite struct SchemaVersionsTests {
    private static let old = Catalogue.version - 1
    private static let newer = Catalogue.version + 1

    /// A seam as an older program captures it.
    private static func seam(_ word: String, _ number: UInt64) -> [Edit] {
        let id = Identifier(high: 0x0190_0000_0000_7aaa, low: 0x8000_0000_0000_0000 | number)
        var editing = RecordEditing(record: id, type: Catalogue.seam, state: nil) { .zero }
        editing.create(at: 1_800_000_000_000, handle: "SM-" + word.filter { $0 != " " })
        editing.set("name", .text(word))
        return editing.edits
    }

    private static func quarantined(_ ends: BothEnds) throws -> [Refusal] { try ends.store.read { try $0.quarantine() }.map(\.refusal) }

    @Test func `too old to write: it reads on, its work is kept in quarantine by its reason, and comes in under its own ids when the program is updated`() throws {
        let ends = try BothEnds(laptops: 2)
        for laptop in 0..<2 { try ends.sync(laptop) }
        try ends.store.write { try $0.setLeastSchemas(write: Catalogue.version, read: 1, at: 1) }
        try ends.name("of another", by: 1)
        try ends.sync(1)
        let sealed = try (0..<3).map { try ends.capture(Self.seam("old \($0)", UInt64($0)), by: 0, schema: Self.old) }
        let report = try ends.sync(0, schema: Self.old)
        #expect(report.outcome.isOutdated && !report.outcome.isTooOldToRead && report.outcome.isBehind)
        #expect(try Self.quarantined(ends) == [.outdatedSchema, .outdatedSchema, .outdatedSchema])
        #expect(try ends.laptops[0].replica.confirmed.digest == ends.serverScope.digest, "it has read what the other wrote")
        #expect(try ends.laptops[0].replica.unsentCount == 3)
        // The program is updated in the middle of its work: something is captured and not sealed, and something new is added.
        let fresh = try ends.capture(Self.seam("unsealed", 9), by: 0, schema: Self.old)
        try ends.reopen(0)
        let added = try ends.name("new", by: 0)
        let updated = try ends.sync(0)
        #expect(!updated.outcome.isOutdated && updated.outcome.quarantined == 0)
        #expect(try Self.quarantined(ends).isEmpty)
        try ends.sync(1)
        for change in sealed + [fresh] {
            #expect(try ends.laptops[1].replica.confirmed.applied.contains(change.id), "the very change, not another that says the same")
        }
        #expect(try ends.laptops[1].replica.record(added) != nil)
        #expect(try ends.laptops[0].replica.unsentCount == 0 && ends.laptops[0].replica.overlay.isEmpty)
        #expect(try ends.laptops[0].view == ends.laptops[1].view && ends.laptops[0].replica.confirmed.digest == ends.serverScope.digest)
    }

    @Test func `too old to write, and released by headquarters before it is updated: it comes in once`() throws {
        let ends = try BothEnds(laptops: 2)
        for laptop in 0..<2 { try ends.sync(laptop) }
        try ends.store.write { try $0.setLeastSchemas(write: Catalogue.version, read: 1, at: 1) }
        let changes = try (0..<2).map { try ends.capture(Self.seam("old \($0)", UInt64($0)), by: 0, schema: Self.old) }
        try ends.sync(0, schema: Self.old)
        _ = try ends.store.write { try $0.release(changes.map(\.id), received: 1_800_000_000_000) }
        try ends.sync(0, schema: Self.old)
        #expect(try ends.laptops[0].replica.unsentCount == 0 && ends.laptops[0].replica.overlay.isEmpty)
        let position = try ends.serverScope.place.position
        try ends.sync(0)
        try ends.sync(1)
        #expect(try ends.serverScope.place.position == position)
        #expect(try ends.laptops[0].view == ends.laptops[1].view)
    }

    @Test func `too old to read: told plainly, its work handed in, nothing new told to it, and everything there when the program is updated`() throws {
        let ends = try BothEnds(laptops: 2)
        for laptop in 0..<2 { try ends.sync(laptop) }
        try ends.name("read before", by: 1)
        for laptop in [1, 0] { try ends.sync(laptop) }
        try ends.store.write { try $0.setLeastSchemas(write: Catalogue.version, read: Catalogue.version, at: 1) }
        let unseen = try ends.name("not for old programs", by: 1)
        try ends.sync(1)
        let change = try ends.capture(Self.seam("old", 1), by: 0, schema: Self.old)
        let before = try ends.laptops[0].replica.cursor
        let report = try ends.sync(0, schema: Self.old)
        #expect(report.outcome.isTooOldToRead && report.outcome.isOutdated)
        #expect(try ends.laptops[0].replica.cursor == before && ends.laptops[0].replica.record(unseen) == nil)
        #expect(!ends.said.contains { if case .pull = $0 { true } else { false } })
        #expect(try Self.quarantined(ends) == [.outdatedSchema])
        try ends.sync(0)
        try ends.sync(1)
        #expect(try ends.laptops[0].replica.record(unseen) != nil && ends.laptops[1].replica.confirmed.applied.contains(change.id))
        #expect(try ends.laptops[0].view == ends.laptops[1].view)
    }

    @Test func `a program that does not know of least schemas, and pulls nevertheless, gets the number that says so`() throws {
        let ends = try BothEnds(laptops: 1)
        try ends.store.write { try $0.setLeastSchemas(write: Catalogue.version, read: Catalogue.version, at: 1) }
        let session = ends.session(of: 0)
        let pull = Message.Pull(scope: BothEnds.scope, cursor: .beginning, credit: 1000, ownIncarnation: 0)
        func code() throws -> Problem.Code? { if case .refused(let problem) = try session.pull(pull) { problem.code } else { nil } }
        #expect(try code() == .tooOldToRead, "who says nothing is taken for the oldest")
        for (schema, expected) in [(Self.old, Problem.Code.tooOldToRead), (Catalogue.version, nil)] as [(UInt32, Problem.Code?)] {
            _ = try session.note(Message.Status(time: 0, software: "", schema: schema, scopes: []))
            #expect(try code() == expected)
        }
    }

    @Test func `a schema ahead: unknown types, fields and choices are kept, passed on and applied everywhere, and an old program's edits beside them lose nothing`() throws {
        let ends = try BothEnds(laptops: 3)
        for laptop in 0..<3 { try ends.sync(laptop) }
        let seam = try ends.name("seam", by: 1)
        for laptop in [1, 0] { try ends.sync(laptop) }
        // Laptop 0 is ahead: a field, a choice, a kind of value and a type that this version does not have.
        let future = Identifier(high: 0x0190_0000_0000_7bbb, low: 0x8000_0000_0000_0001)
        let choice = try #require(Catalogue.site.fields.first { if case .choice = $0.kind { true } else { false } })
        var site = RecordEditing(record: Identifier(high: 0x0190_0000_0000_7ccc, low: 0x8000_0000_0000_0001), type: Catalogue.site, state: nil) { .zero }
        site.create(at: 1_800_000_000_000, handle: "ST-1")
        site.set("name", .text("plant"))
        let edits = site.edits + [
            Edit(record: site.record, type: Catalogue.site.number, target: .field(choice.number), content: .open(.int(77))),
            Edit(record: seam, type: Catalogue.seam.number, target: .field(900), content: .open(.text("from the future"))),
            Edit(record: seam, type: Catalogue.seam.number, target: .element(901, .int(3)), content: .open(.bool(true))),
            Edit(record: future, type: 901, target: .field(5), content: .open(.unknown(kind: 40, [1, 2, 3]))),
        ]
        let change = try ends.capture(edits, by: 0, schema: Self.newer)
        let report = try ends.sync(0, schema: Self.newer)
        #expect(report.outcome.quarantined == 0 && report.outcome.pushedChanges == 1)
        // An old program reads it, writes beside it, and passes it on.
        try ends.sync(1)
        try ends.name("renamed by the old program", by: 1, record: seam)
        for laptop in [1, 2, 0] { try ends.sync(laptop) }
        let digest = try ends.serverScope.digest
        for laptop in 0..<3 {
            let replica = try ends.laptops[laptop].replica
            #expect(replica.confirmed.digest == digest && replica.confirmed.applied.contains(change.id))
            let view = try #require(replica.view(seam))
            #expect(view.unknownFields.contains(900) && view.text("name") == "renamed by the old program")
            let unknown = try #require(replica.view(future))
            #expect(unknown.type == nil)
        }
        // Updated: nothing is fetched again, all of it is there.
        try ends.reopen(1)
        #expect(try ends.sync(1, schema: Self.newer).outcome.pulledEntries == 0)
        let replica = try ends.laptops[1].replica
        #expect(replica.record(seam)?.heads(of: .field(900)).map(\.content) == [.open(.text("from the future"))])
        #expect(replica.record(site.record)?.heads(of: .field(choice.number)).map(\.content) == [.open(.int(77))])
        #expect(replica.record(seam)?.heads(of: .element(901, .int(3))).count == 1)
        #expect(replica.record(future)?.heads(of: .field(5)).map(\.content) == [.open(.unknown(kind: 40, [1, 2, 3]))])
        #expect(replica.confirmed.digest == digest)
    }
}
