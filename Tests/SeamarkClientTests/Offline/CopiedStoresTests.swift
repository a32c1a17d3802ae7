import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

/// Stores that were copied, at a laptop or at headquarters, and go on.
@Suite struct CopiedStoresTests {
    @Test func `two copies of one laptop's store that both begin anew have incarnations that neither could foresee`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let copies = (0..<2).map { _ in meeting.alice.memory.copy() }
        let before = try meeting.alice.finder.replica.stream.incarnation
        try meeting.alice.add(Catalogue.site, "name=Dayton")
        try meeting.alice.sync()
        let after = try copies.map { copy in
            try meeting.alice.putBack(copy)
            #expect(try meeting.alice.sync().renumbered == [Meeting.scope])
            return try meeting.alice.finder.replica.stream.incarnation
        }
        #expect(Set(after + [before]).count == 3)
    }

    @Test func `that a store was numbered anew is remembered with it until somebody was told, whatever becomes of the sync that found it`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        #expect(try meeting.alice.device.renumbered.isEmpty, "a scope that is begun for the first time is no news")
        let copy = meeting.alice.memory.copy()
        try meeting.alice.add(Catalogue.site, "name=Dayton")
        try meeting.alice.sync()
        try meeting.alice.putBack(copy)
        #expect(try meeting.alice.sync().renumbered == [Meeting.scope])
        // As after one that was cut: the next finds nothing of it.
        #expect(try meeting.alice.sync().renumbered.isEmpty)
        #expect(try meeting.alice.device.renumbered == [Meeting.scope])
        try meeting.alice.device.hasTold(renumbered: [Meeting.shared])
        #expect(try meeting.alice.device.renumbered == [Meeting.scope])
        try meeting.alice.device.hasTold(renumbered: [Meeting.scope])
        #expect(try meeting.alice.device.renumbered.isEmpty)
    }

    @Test(arguments: [true, false])
    func `files of headquarters from before a restore that are copied back are noticed, though the epoch that laptops know is another`(wasWorkedOn: Bool) throws {
        let meeting = try Meeting()
        try meeting.rest()
        let before = try meeting.store.copyInMemory()
        try meeting.store.renewEpoch(because: .restored, at: 5)
        try meeting.rest()
        #expect(try meeting.store.read { try $0.alarms() }.isEmpty, "a restore that was announced is no alarm")
        let note = wasWorkedOn ? try meeting.alice.add(Catalogue.observation, "text=the schedule is rewritten by hand") : nil
        try meeting.rest()
        let epochs = try [meeting.store, before].map { try $0.read { try $0.identity() }.epoch }
        meeting.putBack(before)
        try meeting.bob.sync()
        #expect(try meeting.store.read { try $0.alarms() }.map(\.kind) == [.rolledBack])
        #expect(try !epochs.contains(meeting.store.read { try $0.identity() }.epoch), "no place is signed twice in one epoch")
        try meeting.rest()
        #expect(try meeting.store.read { try $0.alarms() }.map(\.count) == [1], "the other laptops find nothing more")
        if let note { #expect(try meeting.lead.record(note).text("text") == "the schedule is rewritten by hand") }
    }

    @Test func `a server that was put back gets the words from whoever has them, though an analyst gives the blocks back first`() throws {
        let meeting = try Meeting()
        // Her second laptop is on its way and reads nothing until the end.
        let (note, before) = try meeting.readByAnAnalyst("the schedule is rewritten by hand")
        meeting.putBack(before)
        try meeting.cara.sync()
        for _ in 0..<2 { try meeting.sync(meeting.bob, meeting.alice, meeting.cara, meeting.lead, meeting.aliceAtHome) }
        for laptop in [meeting.alice, meeting.bob, meeting.lead, meeting.aliceAtHome] {
            #expect(try laptop.record(note).text("text") == "the schedule is rewritten by hand")
        }
        #expect(try meeting.cara.record(note).isWithheld("text"))
    }

    @Test func `what an analyst's laptop alone still holds is kept without its words, and comes in when a laptop turns up that has them`() throws {
        let meeting = try Meeting()
        try meeting.setRole(.analyst, of: meeting.cara)
        for _ in 0..<2 { try meeting.sync(meeting.alice, meeting.cara, meeting.bob) }
        let before = try meeting.store.copyInMemory()
        let note = try meeting.alice.add(Catalogue.observation, "text=the schedule is rewritten by hand")
        // In a block of its own.
        try meeting.alice.sync()
        try meeting.alice.add(Catalogue.site, "name=Dayton")
        for _ in 0..<2 { try meeting.sync(meeting.alice, meeting.cara) }
        #expect(try meeting.cara.record(note).isWithheld("text"))
        meeting.putBack(before)
        try meeting.sync(meeting.cara, meeting.cara)
        let kept = try meeting.store.read { try $0.quarantine() }
        #expect(kept.map(\.refusal) == [.withoutSensitive] && kept.allSatisfy { $0.position == nil })
        // What holds nothing sensitive is back already.
        try meeting.bob.sync()
        #expect(try meeting.bob.finder.all.contains { $0.text("name") == "Dayton" } && !meeting.bob.finder.all.contains { $0.type === Catalogue.observation })
        try meeting.release()
        #expect(try meeting.quarantined() == 1)
        try meeting.sync(meeting.alice, meeting.bob)
        #expect(try meeting.quarantined() == 0)
        #expect(try meeting.bob.record(note).text("text") == "the schedule is rewritten by hand")
        try meeting.setRole(.consultant, of: meeting.cara)
        try meeting.rest()
    }

    /// What is kept outside the log is in no cursor: nothing shows a laptop that it is gone.
    @Test func `what an analyst's laptop alone still holds is offered at every sync, and is there again where files of before were copied back`() throws {
        let meeting = try Meeting()
        let (note, before) = try meeting.readByAnAnalyst("the schedule is rewritten by hand")
        meeting.putBack(before)
        try meeting.store.renewEpoch(because: .restored, at: 5)
        let unheard = try meeting.store.copyInMemory()
        try meeting.cara.sync()
        #expect(try meeting.quarantined() == 1)
        meeting.putBack(unheard)
        #expect(try meeting.quarantined() == 0)
        for _ in 0..<2 {
            #expect(try meeting.cara.sync().rebuilt.isEmpty, "the log is the one that she has read")
            #expect(try meeting.store.read { try $0.quarantine() }.map(\.refusal) == [.withoutSensitive])
        }
        try meeting.sync(meeting.alice, meeting.cara, meeting.bob)
        #expect(try meeting.quarantined() == 0)
        #expect(try meeting.bob.record(note).text("text") == "the schedule is rewritten by hand" && meeting.cara.record(note).isWithheld("text"))
    }
}
