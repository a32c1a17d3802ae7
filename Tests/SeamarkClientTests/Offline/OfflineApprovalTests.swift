import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

/// Work that headquarters keeps and does not apply, or not yet: the last part of `Documentation/OfflineScenarios.md`.
@Suite struct OfflineApprovalTests {
    @Test func `a creation that waits to be let in holds its update back with it, and both apply in order`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        try meeting.staff(meeting.bob, false)
        let site = try meeting.bob.add(Catalogue.site, "name=Dayton", "headcount=20")
        let blocks = try meeting.bob.blocks({ try $0.set(site, "headcount=21") })
        for block in blocks { #expect(try meeting.deliver(block, from: meeting.bob) == .notStaffed) }
        try meeting.rest()
        #expect(try meeting.alice.finder.all.isEmpty)
        #expect(try meeting.quarantined() == 2)
        try meeting.staff(meeting.bob, true)
        try meeting.rest()
        #expect(try meeting.quarantined() == 0)
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton" && $0.integer("headcount") == 21 }
    }

    @Test func `letting somebody in lets in nothing that is not in its turn`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton")
        try meeting.rest()
        try meeting.staff(meeting.bob, false)
        let blocks = try meeting.bob.blocks({ try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") })
        #expect(try meeting.deliver(blocks[1], from: meeting.bob) == .notStaffed, "kept, whatever its place")
        try meeting.staff(meeting.bob, true)
        #expect(try meeting.deliver(blocks[1], from: meeting.bob) == .streamGap)
        try meeting.sync(meeting.lead)
        #expect(try meeting.lead.record(site).text("name") == "Dayton")
        #expect(try meeting.quarantined() == 1)
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton works" }
        #expect(try meeting.quarantined() == 0)
        #expect(try meeting.lead.steps(of: site) == 3)
    }

    /// A creation that headquarters keeps, since Alice's role did not allow it at that moment, and an update that it applies.
    private func held(_ body: (Meeting, String) throws -> Void) throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton", "headcount=20")
        try meeting.setRole(.analyst, of: meeting.alice)
        try meeting.sync(meeting.alice)
        #expect(try meeting.quarantined() == 1)
        try meeting.setRole(.consultant, of: meeting.alice)
        try meeting.sync(meeting.alice)
        try meeting.alice.set(site, "headcount=21")
        try meeting.sync(meeting.alice)
        try body(meeting, site)
    }

    @Test func `an update whose creation is kept back shows what it says and invents nothing`() throws {
        try held { meeting, site in
            try meeting.sync(meeting.bob)
            let record = try #require(try meeting.bob.finder.all.first { $0.type === Catalogue.site })
            #expect(record.integer("headcount") == 21 && record.text("name") == nil && record.handle == nil)
            #expect(try meeting.alice.record(site).text("name") == "Dayton", "its author sees all of it")
        }
    }

    @Test func `a creation that is let in after its update completes the record, and takes nothing back`() throws {
        try held { meeting, site in
            try meeting.release()
            try meeting.rest()
            try meeting.conflicts()
            try meeting.everybody(site) { $0.text("name") == "Dayton" && $0.integer("headcount") == 21 }
            #expect(try meeting.lead.finder.all.count == 1)
        }
    }

    @Test func `an update that is kept back does not keep back the next of its chain`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton", "headcount=20")
        try meeting.rest()
        try meeting.alice.set(site, "name=Dayton plant")
        try meeting.setRole(.analyst, of: meeting.alice)
        try meeting.sync(meeting.alice)
        try meeting.setRole(.consultant, of: meeting.alice)
        try meeting.sync(meeting.alice)
        try meeting.alice.set(site, "name=Dayton works")
        try meeting.rest()
        #expect(try meeting.quarantined() == 1)
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton works" }
        // Let in late, it is the step in between that it was.
        try meeting.release()
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton works" }
    }

    @Test func `whoever is not on the engagement is sent nothing of it, and is sent all of it once they are`() throws {
        let meeting = try Meeting()
        try meeting.staff(meeting.cara, false)
        try meeting.rest()
        try meeting.sync(meeting.cara)
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton")
        try meeting.rest()
        try meeting.sync(meeting.cara)
        #expect(throws: Device.Refused.self) { try meeting.cara.finder }
        try meeting.staff(meeting.cara, true)
        try meeting.rest()
        #expect(try meeting.cara.record(site).text("name") == "Dayton")
    }
}
