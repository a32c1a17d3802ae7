import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTestSupport
import Testing

/// Parts of one laptop's work that arrive out of order, twice, late or never: the third part of `Documentation/OfflineScenarios.md`.
@Suite struct OfflineArrivalTests {
    /// A site that everybody knows, and a meeting around it.
    private func meeting(_ body: (Meeting, String) throws -> Void) throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton", "headcount=22")
        try meeting.rest()
        try body(meeting, site)
    }

    private func names(_ blocks: [Block]) -> [Identifier] { blocks.flatMap(\.changes).map(\.id) }

    @Test func `a later update that arrives before the earlier is not applied, and no error to anybody`() throws {
        try meeting { meeting, site in
            let before = try meeting.place()
            let blocks = try meeting.alice.blocks({ try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") })
            #expect(try meeting.deliver(blocks[1], from: meeting.alice) == .streamGap)
            #expect(try meeting.place() == before)
            #expect(try meeting.alice.finder.replica.unsentCount == 2, "both wait on the laptop")
            try meeting.sync(meeting.bob)
            #expect(try meeting.bob.record(site).text("name") == "Dayton")
            try meeting.rest()
            try meeting.conflicts()
            try meeting.everybody(site) { $0.text("name") == "Dayton works" }
        }
    }

    @Test func `the start of a chain applies while its middle is missing, and what comes after waits`() throws {
        try meeting { meeting, site in
            let blocks = try meeting.alice.blocks(
                { try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") }, { try $0.set(site, "name=Dayton foundry") })
            #expect(try meeting.deliver(blocks[0], from: meeting.alice) == nil)
            #expect(try meeting.deliver(blocks[2], from: meeting.alice) == .streamGap)
            try meeting.sync(meeting.bob)
            #expect(try meeting.bob.record(site).text("name") == "Dayton plant")
            #expect(try meeting.alice.record(site).text("name") == "Dayton foundry")
        }
    }

    @Test func `a chain of three applies once and in order, in whatever order its parts arrive`() throws {
        try withEveryPermutation(of: [0, 1, 2]) { order in
            try meeting { meeting, site in
                let before = try meeting.place().position
                let blocks = try meeting.alice.blocks(
                    { try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") }, { try $0.set(site, "name=Dayton foundry") })
                // What is refused for its place comes again, as a laptop sends it again.
                for _ in 0..<3 { for part in order { try meeting.deliver(blocks[part], from: meeting.alice) } }
                #expect(try meeting.place().position == before + 3)
                try meeting.rest()
                #expect(try meeting.place().position == before + 3, "nothing entered the log twice")
                try meeting.conflicts()
                try meeting.everybody(site) { $0.text("name") == "Dayton foundry" }
                #expect(try meeting.bob.steps(of: site) == 4)
            }
        }
    }

    @Test func `an update that arrives before the creation makes up no record, and follows it when it comes`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        var site = ""
        let blocks = try meeting.alice.blocks({ site = try $0.add(Catalogue.site, "name=Dayton", "headcount=20") }, { try $0.set(site, "headcount=21") })
        #expect(try meeting.deliver(blocks[1], from: meeting.alice) == .streamGap)
        try meeting.sync(meeting.bob)
        #expect(try meeting.bob.finder.all.isEmpty)
        #expect(try meeting.deliver(blocks[0], from: meeting.alice) == nil)
        try meeting.sync(meeting.bob)
        #expect(try meeting.bob.record(site).integer("headcount") == 20)
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton" && $0.integer("headcount") == 21 }
    }

    @Test func `a creation and its updates that arrive backwards come to what was made`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        var site = ""
        let blocks = try meeting.alice.blocks(
            { site = try $0.add(Catalogue.site, "name=Dayton") }, { try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") })
        let answers = try blocks.reversed().map { try meeting.deliver($0, from: meeting.alice) }
        #expect(answers == [.streamGap, .streamGap, nil])
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton works" }
    }

    @Test func `what was refused for its place is taken once, however often it comes again`() throws {
        try meeting { meeting, site in
            let blocks = try meeting.alice.blocks({ try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") })
            for _ in 0..<3 { #expect(try meeting.deliver(blocks[1], from: meeting.alice) == .streamGap) }
            try meeting.sync(meeting.alice)
            let after = try meeting.place()
            for block in blocks + blocks { #expect(try meeting.deliver(block, from: meeting.alice) == nil) }
            #expect(try meeting.place() == after)
            #expect(try meeting.quarantined() == 0)
            try meeting.rest()
            #expect(try meeting.bob.steps(of: site) == 3)
        }
    }

    @Test func `an update on a version that the server does not have shows that the server lost it, and it is given back`() throws {
        try meeting { meeting, site in
            let old = try meeting.store.copyInMemory()
            try meeting.bob.set(site, "name=Dayton plant")
            try meeting.sync(meeting.bob, meeting.alice)
            // The server's files are copied back; what Bob sent and Alice read is not in them.
            meeting.putBack(old)
            try meeting.alice.set(site, "name=Dayton works")
            try meeting.rest()
            try meeting.conflicts()
            try meeting.everybody(site) { $0.text("name") == "Dayton works" }
            #expect(try meeting.cara.steps(of: site) == 3)
            #expect(try meeting.store.read { try $0.alarms() }.contains { $0.kind == .rolledBack })
        }
    }

    @Test func `an update that does not say what it follows overwrites nothing`() throws {
        try meeting { meeting, site in
            let record = try meeting.bob.record(site).id
            let laptop = meeting.aliceAtHome
            let edit = Edit(record: record, type: Catalogue.site.number, target: .field(10), content: .open(.text("Dayton works")))
            let change = Change(
                scope: Meeting.scope, stamp: Stamp(time: meeting.clock.tick(), device: laptop.identity.device), member: laptop.identity.member,
                schema: Catalogue.version, edits: [edit], primitives: SystemPrimitives())
            let stream = StreamName(device: laptop.identity.device, incarnation: 99, scope: Meeting.scope)
            #expect(try meeting.deliver(Block.seal([change], in: stream, after: .beginning, by: laptop.key, SystemPrimitives()), from: laptop) == nil)
            try meeting.rest()
            try meeting.conflicts("\(site) name")
            #expect(try meeting.bob.sides() == ["Dayton", "Dayton works"])
        }
    }

    @Test func `a part that is missing for months is not made up for: the laptop says what waits, and the others go on`() throws {
        try meeting { meeting, site in
            let blocks = try meeting.alice.blocks({ try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") })
            #expect(try meeting.deliver(blocks[1], from: meeting.alice) == .streamGap)
            meeting.clock.pass(days: 90)
            try meeting.bob.set(site, "headcount=30")
            try meeting.sync(meeting.bob, meeting.lead)
            #expect(try meeting.deliver(blocks[1], from: meeting.alice) == .streamGap)
            #expect(try meeting.lead.record(site).text("name") == "Dayton")
            #expect(try meeting.lead.conflicts() == [])
            #expect(try meeting.alice.finder.replica.unsentCount == 2)
            try meeting.rest()
            try meeting.conflicts()
            try meeting.everybody(site) { $0.text("name") == "Dayton works" && $0.integer("headcount") == 30 }
        }
    }

    @Test func `a part that is lost with a laptop's disk holds nothing up: what is left goes on in a stream of its own`() throws {
        try meeting { meeting, site in
            let backup = meeting.alice.memory.copy()
            let lost = try meeting.alice.blocks({ try $0.set(site, "name=Dayton plant") })
            #expect(try meeting.deliver(lost[0], from: meeting.alice) == nil, "it had arrived")
            let gone = try meeting.alice.blocks({ try $0.set(site, "name=Dayton works") })
            try meeting.alice.putBack(backup)
            try meeting.alice.set(site, "headcount=30")
            let outcome = try meeting.alice.sync()
            #expect(outcome.renumbered == [Meeting.scope], "the laptop hears that its store was put back")
            try meeting.rest()
            try meeting.conflicts()
            try meeting.everybody(site) { $0.text("name") == "Dayton plant" && $0.integer("headcount") == 30 }
            // The second part turns up after all, on a stick: it fits where it was made.
            #expect(try meeting.deliver(gone[1], from: meeting.alice) == nil)
            try meeting.rest()
            try meeting.conflicts()
            try meeting.everybody(site) { $0.text("name") == "Dayton works" }
        }
    }
}
