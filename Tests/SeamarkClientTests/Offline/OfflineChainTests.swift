import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

/// One laptop that works for long without a network: the first part of `Documentation/OfflineScenarios.md`.
@Suite struct OfflineChainTests {
    @Test func `what is registered offline is there at once for whatever comes next, before any sync`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton")
        try meeting.alice.add(Catalogue.unit, "name=Gear cell 3", "site=\(site)")
        try meeting.alice.set(site, "headcount=120")
        #expect(try meeting.alice.record(site).integer("headcount") == 120)
        #expect(throws: RecordFinder.Failure.self) { try meeting.bob.record(site) }
        try meeting.sync(meeting.alice)
        try meeting.rest()
        try meeting.everybody(site) { $0.text("name") == "Dayton" && $0.integer("headcount") == 120 }
    }

    @Test func `a record that is made offline arrives whole, and follows nothing`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton", "country=US", "headcount=120")
        try meeting.sync(meeting.alice)
        try meeting.rest()
        try meeting.conflicts()
        #expect(try meeting.bob.steps(of: site) == 1)
        let edits = try meeting.bob.finder.replica.history.values.flatMap(\.edits)
        #expect(!edits.isEmpty && edits.allSatisfy { $0.supersedes.isEmpty })
    }

    @Test func `one update that is made offline follows the value it was made on, and nobody is asked`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob], known: { [try $0.add(Catalogue.site, "name=Dayton", "headcount=22")] }) { meeting, names in
            try meeting.alice.set(names[0], "name=Dayton plant")
        } then: { meeting, names in
            try meeting.conflicts()
            try meeting.everybody(names[0]) { $0.text("name") == "Dayton plant" && $0.integer("headcount") == 22 }
        }
    }

    @Test func `two updates of one record that are made offline arrive in order: the last stands`() throws {
        let meeting = try Meeting()
        let site = try known(meeting)
        let blocks = try meeting.alice.blocks({ try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") })
        for (block, name) in zip(blocks, ["Dayton plant", "Dayton works"]) {
            #expect(try meeting.deliver(block, from: meeting.alice) == nil)
            try meeting.sync(meeting.bob)
            #expect(try meeting.bob.record(site).text("name") == name)
        }
        try meeting.rest()
        try meeting.conflicts()
    }

    @Test func `a record that is made and changed offline arrives as one history`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton", "headcount=20")
        let blocks = try meeting.alice.blocks({ try $0.set(site, "headcount=21") })
        for block in blocks { #expect(try meeting.deliver(block, from: meeting.alice) == nil) }
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton" && $0.integer("headcount") == 21 }
        #expect(try meeting.bob.steps(of: site) == 2)
    }

    @Test func `a long chain of updates leaves one value, and its history names every step`() throws {
        let meeting = try Meeting()
        let site = try known(meeting)
        for number in 1...12 { try meeting.alice.set(site, "name=Dayton \(number)") }
        try meeting.sync(meeting.alice)
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton 12" }
        #expect(try meeting.cara.steps(of: site) == 13)
    }

    @Test func `an action that changes nothing sends nothing, and disturbs nobody's update`() throws {
        let meeting = try Meeting()
        let site = try known(meeting)
        try meeting.bob.set(site, "name=Dayton plant")
        try meeting.alice.set(site, "name=Dayton", "headcount=22")
        #expect(try meeting.alice.finder.replica.unsentCount == 0)
        try meeting.sync(meeting.bob, meeting.alice)
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton plant" }
    }

    @Test func `several records of one action arrive together or not at all`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let before = try meeting.place().position
        // One site and one person in one change: what one of them breaks, the other does not survive alone.
        func pair(_ level: Int64) throws -> [Edit] {
            var site = RecordEditing(record: Identifier(high: 0x0190_0000_0000_7100, low: 0x8000_0000_0000_0000 | UInt64(level)), type: Catalogue.site, state: nil) { .zero }
            site.create(at: 1_800_000_000_000, handle: "ST-X\(level)")
            site.set("name", .text("Dayton"))
            var person = RecordEditing(record: Identifier(high: 0x0190_0000_0000_7101, low: 0x8000_0000_0000_0000 | UInt64(level)), type: Catalogue.person, state: nil) { .zero }
            person.create(at: 1_800_000_000_000, handle: "P-X\(level)")
            person.set("level", .int(level))
            return site.edits + person.edits
        }
        let bad = Change(
            scope: Meeting.scope, stamp: Stamp(time: 1_800_000_000_000, device: meeting.alice.identity.device), member: meeting.alice.identity.member,
            schema: Catalogue.version, edits: try pair(99), primitives: meeting.alice.device.primitives)
        let block = Block.seal(
            [bad], in: StreamName(device: meeting.alice.identity.device, incarnation: 7, scope: Meeting.scope), after: .beginning, by: meeting.alice.key,
            meeting.alice.device.primitives)
        #expect(try meeting.deliver(block, from: meeting.alice) == nil, "it is kept, and not applied")
        _ = try meeting.alice.device.capture(in: Meeting.scope) { (_: DeviceState, _: Replica) in try pair(1) }
        // Her own laptop goes on showing what is kept back; nobody else sees half of it.
        try meeting.sync(meeting.alice, meeting.bob)
        #expect(try meeting.place().position == before + 2)
        #expect(try meeting.quarantined() == 1)
        #expect(try meeting.bob.finder.all.compactMap(\.handle).sorted() == ["P-X1", "ST-X1"])
    }

    @Test func `a laptop that was away for months hands its chain in, and reads only what is new`() throws {
        let meeting = try Meeting()
        let site = try known(meeting)
        try meeting.alice.set(site, "headcount=30")
        for number in 1...20 {
            try meeting.bob.add(Catalogue.unit, "name=Cell \(number)", "site=\(site)")
            try meeting.sync(meeting.bob)
            meeting.clock.pass(days: 9)
        }
        let outcome = try meeting.alice.sync()
        #expect(outcome.pushedChanges == 1 && outcome.pulledChanges >= 20 && outcome.pulledEntries <= 22)
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.integer("headcount") == 30 }
    }

    private func known(_ meeting: Meeting) throws -> String {
        try meeting.rest()
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton", "headcount=22")
        try meeting.rest()
        return site
    }
}
