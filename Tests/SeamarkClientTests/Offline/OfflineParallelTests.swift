import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

/// Several who change the same record unseen of each other: the second part of `Documentation/OfflineScenarios.md`. Each is played in every
/// order of handing in.
@Suite struct OfflineParallelTests {
    private static func site(_ laptop: FieldLaptop) throws -> [String] { [try laptop.add(Catalogue.site, "name=Dayton", "headcount=22", "country=US")] }

    @Test func `two change different fields of one version: both stand, and nobody is asked`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob], known: Self.site) { meeting, names in
            try meeting.alice.set(names[0], "headcount=30")
            try meeting.bob.set(names[0], "name=Dayton plant")
        } then: { meeting, names in
            try meeting.conflicts()
            try meeting.everybody(names[0]) { $0.text("name") == "Dayton plant" && $0.integer("headcount") == 30 && $0.text("country") == "US" }
        }
    }

    @Test func `two change the same field of one version: both values stand until somebody decides`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob], known: Self.site) { meeting, names in
            try meeting.alice.set(names[0], "name=Dayton plant")
            try meeting.bob.set(names[0], "name=Dayton works")
        } then: { meeting, names in
            try meeting.conflicts("\(names[0]) name")
            for laptop in [meeting.alice, meeting.bob, meeting.lead] { #expect(try laptop.sides() == ["Dayton plant", "Dayton works"]) }
        }
    }

    @Test func `two change the same field alike: that asks nobody`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob], known: Self.site) { meeting, names in
            for laptop in [meeting.alice, meeting.bob] { try laptop.set(names[0], "name=Dayton plant") }
        } then: { meeting, names in
            try meeting.conflicts()
            try meeting.everybody(names[0]) { $0.text("name") == "Dayton plant" }
        }
    }

    @Test func `an update by whoever has read the one before replaces it`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try Self.site(meeting.alice)[0]
        try meeting.rest()
        try meeting.alice.set(site, "name=Dayton plant")
        try meeting.sync(meeting.alice, meeting.bob)
        try meeting.bob.set(site, "name=Dayton works")
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton works" }
    }

    @Test func `headquarters edits another field meanwhile: the chain that was made offline stands beside it`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.lead], known: Self.site) { meeting, names in
            try meeting.lead.set(names[0], "country=CA")
            try meeting.alice.set(names[0], "name=Dayton plant")
            try meeting.alice.set(names[0], "name=Dayton works")
        } then: { meeting, names in
            try meeting.conflicts()
            try meeting.everybody(names[0]) { $0.text("country") == "CA" && $0.text("name") == "Dayton works" }
        }
    }

    @Test func `headquarters edits the same field meanwhile: its value and the last of the chain stand side by side`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.lead], known: Self.site) { meeting, names in
            try meeting.lead.set(names[0], "name=Dayton foundry")
            try meeting.alice.set(names[0], "name=Dayton plant")
            try meeting.alice.set(names[0], "name=Dayton works")
        } then: { meeting, names in
            try meeting.conflicts("\(names[0]) name")
            #expect(try meeting.bob.sides() == ["Dayton foundry", "Dayton works"], "a step in between is nobody's last word")
        }
    }

    @Test func `headquarters edits another field between two parts of a chain: all of it stands`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try Self.site(meeting.alice)[0]
        try meeting.rest()
        let blocks = try meeting.alice.blocks({ try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") })
        try meeting.deliver(blocks[0], from: meeting.alice)
        try meeting.lead.sync()
        try meeting.lead.set(site, "country=CA")
        try meeting.lead.sync()
        try meeting.deliver(blocks[1], from: meeting.alice)
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("country") == "CA" && $0.text("name") == "Dayton works" }
    }

    @Test func `headquarters corrects the first part of a chain before the second arrives: both are shown`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try Self.site(meeting.alice)[0]
        try meeting.rest()
        let blocks = try meeting.alice.blocks({ try $0.set(site, "name=Dayton plant") }, { try $0.set(site, "name=Dayton works") })
        try meeting.deliver(blocks[0], from: meeting.alice)
        try meeting.lead.sync()
        try meeting.lead.set(site, "name=Dayton foundry")
        try meeting.lead.sync()
        try meeting.deliver(blocks[1], from: meeting.alice)
        try meeting.rest()
        try meeting.conflicts("\(site) name")
        #expect(try meeting.bob.sides() == ["Dayton foundry", "Dayton works"])
    }

    @Test func `a laptop that reads of a disagreement between its updates shows it, and the next word is a decision`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try Self.site(meeting.alice)[0]
        try meeting.rest()
        try meeting.alice.set(site, "name=Dayton plant")
        try meeting.bob.set(site, "name=Dayton works")
        try meeting.sync(meeting.bob, meeting.alice)
        #expect(try meeting.alice.conflicts() == ["\(site) name"])
        try meeting.lead.sync()
        try meeting.lead.resolve(site, "name", .value("Dayton foundry"))
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(site) { $0.text("name") == "Dayton foundry" }
    }

    @Test func `two laptops of one member that have not read each other are two authors`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.aliceAtHome], known: Self.site) { meeting, names in
            try meeting.alice.set(names[0], "name=Dayton plant")
            try meeting.aliceAtHome.set(names[0], "name=Dayton works")
        } then: { meeting, names in
            try meeting.conflicts("\(names[0]) name")
            #expect(try meeting.bob.sides() == ["Dayton plant", "Dayton works"])
        }
    }

    @Test func `three change one field three times each: each stands with its last word`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob, \.cara], known: Self.site) { meeting, names in
            for round in 1...3 {
                for (laptop, word) in [(meeting.alice, "plant"), (meeting.bob, "works"), (meeting.cara, "foundry")] { try laptop.set(names[0], "name=\(word) \(round)") }
            }
        } then: { meeting, names in
            try meeting.conflicts("\(names[0]) name")
            #expect(try meeting.lead.sides() == ["plant 3", "works 3", "foundry 3"])
            #expect(try meeting.lead.steps(of: names[0]) == 10)
        }
    }

    @Test func `two register the same thing: there are two records, and they are proposed as twins`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob]) { meeting, _ in
            for laptop in [meeting.alice, meeting.bob] { try laptop.add(Catalogue.site, "name=Dayton plant", "code=DAY") }
        } then: { meeting, _ in
            let finder = try meeting.lead.finder
            #expect(finder.all.count == 2)
            #expect(Findings.all(in: finder.all).contains { $0.kind == .likelyTwin })
        }
    }

    @Test func `two make the record that has one id by what it is about: it is made once and updated once`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob], known: { laptop in
            try ["Scrap", "Rework"].map { try laptop.add(Catalogue.leakageLine, "title=\($0)", "category=QUALITY") }
        }, offline: { meeting, names in
            try meeting.alice.add(Catalogue.overlap, "lines=\(names[0]),\(names[1])", "share=30%", "reason=same parts")
            try meeting.bob.add(Catalogue.overlap, "lines=\(names[1]),\(names[0])", "share=40%", "reason=same shift")
        }, then: { meeting, names in
            #expect(try meeting.lead.finder.all.count { $0.type === Catalogue.overlap } == 1)
            try meeting.conflicts("\(names[0])/\(names[1]) judgement")
        })
    }

    @Test func `one deletes while another updates: the record stays, flagged, with the update`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.lead], known: Self.site) { meeting, names in
            try meeting.lead.delete(names[0])
            try meeting.alice.set(names[0], "name=Dayton plant")
        } then: { meeting, names in
            try meeting.conflicts("\(names[0]) life")
            try meeting.everybody(names[0]) { $0.text("name") == "Dayton plant" }
        }
    }

    @Test func `what was deleted a year ago is restored with all its fields, and is not made a second time under its id`() throws {
        let meeting = try Meeting()
        try meeting.rest()
        let lines = try ["Scrap", "Rework"].map { try meeting.alice.add(Catalogue.leakageLine, "title=\($0)", "category=QUALITY") }
        let overlap = try meeting.alice.add(Catalogue.overlap, "lines=\(lines[0]),\(lines[1])", "share=30%", "reason=same parts")
        try meeting.rest()
        try meeting.lead.delete(overlap)
        try meeting.rest()
        meeting.clock.pass(days: 400)
        #expect(throws: RecordCapture.Failure.existsDeleted(name: overlap, type: Catalogue.overlap.label)) {
            try meeting.bob.add(Catalogue.overlap, "lines=\(lines[0]),\(lines[1])", "share=50%", "reason=same shift")
        }
        try meeting.lead.restore(overlap)
        try meeting.rest()
        try meeting.conflicts()
        try meeting.everybody(overlap) { !$0.isDeleted && $0.group("judgement") != nil }
    }

    @Test func `a decision between two values settles it for everybody`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob], known: Self.site) { meeting, names in
            try meeting.alice.set(names[0], "name=Dayton plant")
            try meeting.bob.set(names[0], "name=Dayton works")
        } then: { meeting, names in
            let chosen = try #require(try meeting.lead.finder.conflicts.first?.sides.first?.value?.text)
            try meeting.lead.resolve(names[0], "name", .number(1))
            try meeting.rest()
            try meeting.conflicts()
            try meeting.everybody(names[0]) { $0.text("name") == chosen }
        }
    }

    @Test func `a decision for neither value settles it too`() throws {
        try Meeting.inEveryOrder(of: [\.alice, \.bob], known: Self.site) { meeting, names in
            try meeting.alice.set(names[0], "name=Dayton plant")
            try meeting.bob.set(names[0], "name=Dayton works")
        } then: { meeting, names in
            try meeting.lead.resolve(names[0], "name", .value("Dayton gear works"))
            try meeting.rest()
            try meeting.conflicts()
            try meeting.everybody(names[0]) { $0.text("name") == "Dayton gear works" }
        }
    }

    @Test(arguments: [true, false])
    func `a decision that did not see a further update leaves the two to be decided`(decisionFirst: Bool) throws {
        let meeting = try Meeting()
        try meeting.rest()
        let site = try Self.site(meeting.alice)[0]
        try meeting.rest()
        for (laptop, name) in [(meeting.alice, "plant"), (meeting.bob, "works"), (meeting.cara, "foundry")] { try laptop.set(site, "name=Dayton \(name)") }
        try meeting.sync(meeting.alice, meeting.bob, meeting.lead)
        try meeting.lead.resolve(site, "name", .value("Dayton gear works"))
        if decisionFirst { try meeting.sync(meeting.lead, meeting.cara) } else { try meeting.sync(meeting.cara, meeting.lead) }
        try meeting.rest()
        try meeting.conflicts("\(site) name")
        #expect(try meeting.bob.sides() == ["Dayton foundry", "Dayton gear works"])
    }
}
