import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

/// Outcomes that take a server: what it keeps back, what it lost, and what it received when. Rows of `Documentation/Outcomes.md`.
@Suite struct HeadquartersOutcomeTests {
    /// A site that everybody knows.
    private func meeting(_ body: (Meeting, String) throws -> Void) throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try meeting.alice.add(Catalogue.site, "name=Dayton", "country=MX")
        try meeting.rest()
        try body(meeting, site)
    }

    @Test func `A's change is kept back and B writes the same field: A sees both, the others B's, and let in late both stand`() throws {
        try meeting { meeting, site in
            try meeting.alice.set(site, "name=Dayton plant")
            try meeting.bob.set(site, "name=Dayton works")
            try meeting.setRole(.analyst, of: meeting.alice)
            for _ in 0..<2 { try meeting.sync(meeting.alice, meeting.bob, meeting.lead) }
            #expect(try meeting.quarantined() == 1)
            #expect(try meeting.alice.sides() == ["Dayton plant", "Dayton works"])
            for laptop in [meeting.bob, meeting.lead] {
                #expect(try laptop.conflicts() == [])
                #expect(try laptop.record(site).text("name") == "Dayton works")
            }
            try meeting.setRole(.consultant, of: meeting.alice)
            try meeting.release()
            try meeting.rest()
            try meeting.conflicts("\(site) name")
        }
    }

    @Test(arguments: [true, false])
    func `the server is put back to before a decision: the decision is given back, sent or not, and nothing is asked again`(wasSent: Bool) throws {
        try meeting { meeting, site in
            try meeting.alice.set(site, "name=Dayton plant")
            try meeting.bob.set(site, "name=Dayton works")
            try meeting.rest()
            let before = try meeting.store.copyInMemory()
            try meeting.lead.resolve(site, "name", .value("Dayton foundry"))
            if wasSent { try meeting.rest() }
            meeting.putBack(before)
            try meeting.rest()
            try meeting.conflicts()
            try meeting.everybody(site) { $0.text("name") == "Dayton foundry" }
        }
    }

    @Test func `the server is put back to before two edits: both come back, and so does the question`() throws {
        try meeting { meeting, site in
            let before = try meeting.store.copyInMemory()
            try meeting.alice.set(site, "name=Dayton plant")
            try meeting.bob.set(site, "name=Dayton works")
            try meeting.rest()
            meeting.putBack(before)
            // A third, who wrote neither, comes first.
            try meeting.cara.sync()
            try meeting.rest()
            try meeting.conflicts("\(site) name")
            #expect(try meeting.lead.sides() == ["Dayton plant", "Dayton works"])
            #expect(try meeting.store.read { try $0.alarms() }.contains { $0.kind == .rolledBack })
        }
    }

    @Test func `a clock that is a year ahead does not keep its value in front of what others write after headquarters received it`() throws {
        try meeting { meeting, site in
            meeting.bob.isAhead(days: 365)
            try meeting.bob.set(site, "country=CA")
            try meeting.bob.sync()
            // Alice has not read it, and writes later by every clock but Bob's.
            try meeting.alice.set(site, "country=US")
            try meeting.rest()
            try meeting.everybody(site) { $0.text("country") == "US" }
            #expect(try meeting.lead.steps(of: site) == 3, "the history keeps both")
        }
    }

    @Test(arguments: [true, false])
    func `two give one row of evidence different bytes: the first handed in stands, the other is kept back, and what both say of it stays`(aliceFirst: Bool) throws {
        let meeting = try Meeting()
        try meeting.rest()
        let evidence = try meeting.alice.add(Catalogue.evidence, "kind=photo", "title=Press 3 (fictitious)")
        try meeting.rest()
        func hash(_ digit: String) -> String { String(repeating: digit, count: 64) }
        try meeting.alice.set(evidence, "sha256=\(hash("a"))", "size=10")
        try meeting.bob.set(evidence, "sha256=\(hash("b"))", "size=20")
        try meeting.bob.set(evidence, "source=the night shift")
        let (first, second) = aliceFirst ? (meeting.alice, meeting.bob) : (meeting.bob, meeting.alice)
        for _ in 0..<2 { try meeting.sync(first, second, meeting.lead) }
        #expect(try meeting.quarantined() == 1)
        let record = try meeting.lead.record(evidence)
        #expect(record.attachment?.size == (aliceFirst ? 10 : 20))
        #expect(record.text("source") == "the night shift")
        #expect(try meeting.lead.conflicts() == [])
    }

    @Test(arguments: [true, false])
    func `two give one row of evidence different bytes and headquarters lets the second in: both stand in a conflict that a lead settles`(aliceFirst: Bool) throws {
        let meeting = try Meeting()
        try meeting.rest()
        let evidence = try meeting.alice.add(Catalogue.evidence, "kind=photo", "title=Press 3 (fictitious)")
        try meeting.rest()
        try meeting.alice.set(evidence, "sha256=\(String(repeating: "a", count: 64))", "size=10")
        try meeting.bob.set(evidence, "sha256=\(String(repeating: "b", count: 64))", "size=20")
        let (first, second) = aliceFirst ? (meeting.alice, meeting.bob) : (meeting.bob, meeting.alice)
        for _ in 0..<2 { try meeting.sync(first, second, meeting.lead) }
        try meeting.release()
        try meeting.rest()
        try meeting.conflicts("\(evidence) sha256")
        let sizes = try meeting.lead.record(evidence).attachmentsByValue.map { $0?.size }
        #expect(Set(sizes) == [10, 20])
        try meeting.everybody(evidence) { $0.attachmentsByValue.map { $0?.size } == sizes && $0.attachment?.size == sizes.first }
        #expect(throws: Device.Refused.self) { try meeting.alice.resolve(evidence, "sha256", .number(2)) }
        #expect(throws: RecordCapture.Failure.self) { try meeting.lead.resolve(evidence, "sha256", .value(String(repeating: "c", count: 64))) }
        try meeting.lead.resolve(evidence, "sha256", .number(2))
        try meeting.rest()
        try meeting.conflicts()
        #expect(try meeting.quarantined() == 0)
        try meeting.everybody(evidence) { $0.attachment?.size == sizes.last }
    }

    @Test func `one deletes a row of evidence while the other says more of it: it stays, flagged, and still names its bytes`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob], known: { laptop in
            [try laptop.add(Catalogue.evidence, "kind=photo", "title=Press 3 (fictitious)", "sha256=\(String(repeating: "a", count: 64))", "size=10")]
        }, offline: { meeting, names in
            try meeting.alice.delete(names[0])
            try meeting.bob.set(names[0], "source=the night shift")
        }, then: { meeting, names in
            try meeting.conflicts("\(names[0]) life")
            try meeting.everybody(names[0]) { $0.attachment?.size == 10 && $0.text("source") == "the night shift" }
        })
    }

    @Test func `two leads redact the same words: they are gone once, and both acts stand`() throws {
        let meeting = try Meeting()
        try meeting.setRole(.lead, of: meeting.cara)
        try meeting.rest()
        let observation = try meeting.alice.add(Catalogue.observation, "text=The customer is Northlink (invented).")
        try meeting.rest()
        for laptop in [meeting.lead, meeting.cara] {
            _ = try laptop.device.capture(in: Meeting.scope) { try $0.redacting(try $0.finder.record(observation), field: "text", reason: "names a customer") }
        }
        try meeting.sync(meeting.lead, meeting.cara)
        try meeting.rest()
        for laptop in [meeting.alice, meeting.bob, meeting.lead, meeting.cara] {
            #expect(try laptop.record(observation).text("text") == nil)
            #expect(try laptop.finder.all.count { $0.state.type == Redaction.recordType } == 2)
        }
        #expect(try meeting.store.read { try $0.barredCounts() }.values == 1)
    }
}
