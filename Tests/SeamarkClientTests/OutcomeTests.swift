import SeamarkClient
import SeamarkJournal
import SeamarkModel
import Testing

/// What happens when two people did this and that, neither having seen the other: the rows of `Documentation/Outcomes.md`. Each runs in
/// both orders of handing in, and all laptops must agree (`Encounter`).
struct OutcomeTests {
    // MARK: One field

    @Test func `two write a register: the later is shown, no question is asked, and the history keeps both`() throws {
        try Encounter.run { [try $0.add(Catalogue.site, "name=Dayton")] } first: { try $0.set($1[0], "country=US") } second: {
            try $0.set($1[0], "country=CA")
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.text("country") == "CA" }
            let record = try met.lead.record(names[0])
            #expect(History(of: record.id, in: try met.lead.finder.replica).steps.count == 3)
        }
    }

    @Test func `two write a contested field: both values stay until a person decides`() throws {
        try Encounter.run { [try $0.add(Catalogue.site, "name=Dayton")] } first: { try $0.set($1[0], "name=Dayton plant") } second: {
            try $0.set($1[0], "name=Dayton works")
        } then: { met, names in
            try met.conflicts("\(names[0]) name")
            #expect(try met.sides() == ["Dayton plant", "Dayton works"])
        }
    }

    @Test func `two write the same into a contested field: that is no conflict`() throws {
        try Encounter.run { [try $0.add(Catalogue.site, "name=Dayton")] } first: { try $0.set($1[0], "name=Dayton plant") } second: {
            try $0.set($1[0], "name=Dayton plant")
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.text("name") == "Dayton plant" }
        }
    }

    @Test func `one clears a contested field and the other fills it: both stay until a person decides`() throws {
        try Encounter.run { [try $0.add(Catalogue.seam, "name=Release", "ownerFrom=planner")] } first: { try $0.set($1[0], "ownerFrom=-") } second: {
            try $0.set($1[0], "ownerFrom=night planner")
        } then: { met, names in try met.conflicts("\(names[0]) ownerFrom") }
    }

    @Test func `two write different fields of one record: each keeps what it wrote`() throws {
        try Encounter.run { [try $0.add(Catalogue.site, "name=Dayton", "country=US")] } first: { try $0.set($1[0], "name=Dayton plant") } second: {
            try $0.set($1[0], "headcount=120")
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.text("name") == "Dayton plant" && $0.integer("headcount") == 120 && $0.text("country") == "US" }
        }
    }

    @Test func `two alter different parts of one price: the price is in conflict and is never mixed from two authors`() throws {
        try Encounter.run { [try line($0)] } first: { try $0.set($1[0], "amount.likely=200k") } second: { try $0.set($1[0], "amount.high=250k") } then: {
            met, names in
            try met.conflicts("\(names[0]) amount")
            try met.everybody(names[0]) {
                let range = $0.group("amount")?.threePoint("range")
                return [range?.likely, range?.high] == [19_000_000, 25_000_000] || [range?.likely, range?.high] == [20_000_000, 24_000_000]
            }
        }
    }

    @Test func `two write into one long text: both stand, and their merge is offered and not taken`() throws {
        let text = "The planner calls the furnace. Nobody writes it down."
        try Encounter.run { [try $0.add(Catalogue.seam, "name=Release", "workaround=\(text)")] } first: {
            try $0.set($1[0], "workaround=The night planner calls the furnace. Nobody writes it down.")
        } second: {
            try $0.set($1[0], "workaround=The planner calls the furnace. Nobody writes it down. Except Jo.")
        } then: { met, names in
            try met.conflicts("\(names[0]) workaround")
            let conflict = try #require(try met.lead.finder.conflicts.first)
            let merged = "The night planner calls the furnace. Nobody writes it down. Except Jo."
            #expect(conflict.mergeOffer.merge?.text == merged)
            try met.everybody(names[0]) { $0.text("workaround") != merged }
        }
    }

    @Test func `one re-prices a line and the other withdraws it: both are so`() throws {
        try Encounter.run { [try line($0)] } first: { try $0.set($1[0], "amount.likely=200k") } second: { try $0.set($1[0], "isWithdrawn=yes") } then: {
            met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.boolean("isWithdrawn") == true && $0.group("amount")?.threePoint("range")?.likely == 20_000_000 }
        }
    }

    @Test func `one gives a line's points to domains and the other to seams: the line has both`() throws {
        try Encounter.run { [try line($0), try $0.add(Catalogue.seam, "name=Release")] } first: { try $0.set($1[0], "domainPoints=D2:60") } second: {
            try $0.set($1[0], "seamPoints=\($1[1]):40")
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.domainPoints("domainPoints").count == 1 && $0.seamPoints("seamPoints").count == 1 }
        }
    }

    @Test func `two give a line's points to different domains: the division is in conflict as a whole`() throws {
        try Encounter.run { [try line($0)] } first: { try $0.set($1[0], "domainPoints=D2:60") } second: { try $0.set($1[0], "domainPoints=D6:30") } then: {
            met, names in
            try met.conflicts("\(names[0]) domainPoints")
            try met.everybody(names[0]) { $0.domainPoints("domainPoints").count == 1 }
        }
    }

    // MARK: Sets

    @Test func `two add different elements to a set: both are in`() throws {
        try Encounter.run { try initiatives($0, [1]) } first: { try $0.set($1[0], "prerequisites+=\($1[2])") } second: {
            try $0.set($1[0], "prerequisites+=\($1[3])")
        } then: { met, names in
            try met.conflicts()
            try waits(met, names, for: [1, 2, 3])
        }
    }

    @Test func `two add the same element to a set: it is in once, and one removal takes it out`() throws {
        try Encounter.run { try initiatives($0, [1]) } first: { try $0.set($1[0], "prerequisites+=\($1[2])") } second: {
            try $0.set($1[0], "prerequisites+=\($1[2])")
        } then: { met, names in
            try waits(met, names, for: [1, 2])
            try met.a.set(names[0], "prerequisites-=\(names[2])")
            try Laptop.exchange(met.a, met.b, met.lead)
            try waits(met, names, for: [1])
        }
    }

    @Test func `one takes an element out and the other adds one: each has its way`() throws {
        try Encounter.run { try initiatives($0, [1, 2]) } first: { try $0.set($1[0], "prerequisites-=\($1[1])") } second: {
            try $0.set($1[0], "prerequisites+=\($1[3])")
        } then: { met, names in try waits(met, names, for: [2, 3]) }
    }

    @Test func `one takes an element out and the other puts it in anew: it is in`() throws {
        try Encounter.run { try initiatives($0, [1, 2]) } first: { try $0.set($1[0], "prerequisites-=\($1[1])") } second: {
            try $0.set($1[0], "prerequisites-=\($1[1])")
            try $0.set($1[0], "prerequisites+=\($1[1])")
        } then: { met, names in try waits(met, names, for: [1, 2]) }
    }

    @Test func `two take the same element out: it is out`() throws {
        try Encounter.run { try initiatives($0, [1, 2]) } first: { try $0.set($1[0], "prerequisites-=\($1[1])") } second: {
            try $0.set($1[0], "prerequisites-=\($1[1])")
        } then: { met, names in try waits(met, names, for: [2]) }
    }

    // MARK: Deleting

    @Test func `one deletes a record and the other edits it: it stays visible, flagged, with both sides`() throws {
        try Encounter.run { [try $0.add(Catalogue.seam, "name=Fourth")] } first: { try $0.delete($1[0]) } second: { try $0.set($1[0], "object=release note") } then: {
            met, names in
            try met.conflicts("\(names[0]) life")
            #expect(try met.sides() == ["deletion", "release note"])
        }
    }

    @Test func `one deletes a record and the other puts something into one of its sets: it stays visible, flagged`() throws {
        try Encounter.run { [try $0.add(Catalogue.interview, "startedAt=now"), try $0.add(Catalogue.person, "level=manager")] } first: {
            try $0.delete($1[0])
        } second: {
            try $0.set($1[0], "persons+=\($1[1])")
        } then: { met, names in try met.conflicts("\(names[0]) life") }
    }

    @Test func `two delete the same record: it is gone, and no question is asked`() throws {
        try Encounter.run { [try $0.add(Catalogue.seam, "name=Fourth")] } first: { try $0.delete($1[0]) } second: { try $0.delete($1[0]) } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.isDeleted }
        }
    }

    @Test func `two restore a deleted record: it is there once`() throws {
        func restore(_ laptop: Laptop, _ name: String) throws {
            _ = try laptop.device.capture(in: Laptop.scope) { try $0.restoring(try $0.finder.record(name)) }
        }
        try Encounter.run {
            let name = try $0.add(Catalogue.seam, "name=Fourth")
            try $0.delete(name)
            return [name]
        } first: {
            try restore($0, $1[0])
        } second: {
            try restore($0, $1[0])
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { !$0.isDeleted && $0.text("name") == "Fourth" }
        }
    }

    @Test func `one deletes a record and the other refers to it: the reference stays and says that its record was deleted`() throws {
        try Encounter.run { [try $0.add(Catalogue.site, "name=Erie"), try $0.add(Catalogue.unit, "name=Cell 3")] } first: { try $0.delete($1[0]) } second: {
            try $0.set($1[1], "site=\($1[0])")
        } then: { met, names in
            try met.everybody(names[0]) { $0.isDeleted }
            #expect(try met.findings(names[1]).contains(.missingReference))
        }
    }

    @Test func `one deletes an interview and the other answers in it: the answer stays and says so`() throws {
        try Encounter.run { [try $0.add(Catalogue.interview, "startedAt=now")] } first: { try $0.delete($1[0]) } second: {
            try $0.add(Catalogue.answer, "interview=\($1[0])", "question=LB1", "score=3", "grade=C")
        } then: { met, names in
            let answers = try met.lead.finder.all.filter { $0.type === Catalogue.answer && !$0.isDeleted }
            #expect(answers.count == 1)
            let findings = try Findings.all(in: met.lead.finder.all)
            #expect(findings.contains { $0.type == Catalogue.answer.number && $0.kind == .missingReference })
        }
    }

    @Test func `one deletes a seam and the other gives a line's points to it: the points stay and say so`() throws {
        try Encounter.run { [try line($0), try $0.add(Catalogue.seam, "name=Release")] } first: { try $0.delete($1[1]) } second: {
            try $0.set($1[0], "seamPoints=\($1[1]):40")
        } then: { met, names in
            try met.everybody(names[0]) { $0.seamPoints("seamPoints").map(\.points) == [40] }
            #expect(try met.findings(names[0]).contains(.missingReference))
        }
    }

    // MARK: What only tightens

    @Test func `one withdraws a person's consent and the other quotes the person: the withdrawal stands and the quote is hidden`() throws {
        try Encounter.run {
            let person = try $0.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=quotes")
            return [person, try $0.add(Catalogue.interview, "startedAt=now", "persons=\(person)")]
        } first: {
            try $0.set($1[0], "consent.state=withdrawn")
        } second: {
            try $0.add(Catalogue.quote, "interview=\($1[1])", "person=\($1[0])", "text=We call it the walk of shame.")
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.consent?.state == .withdrawn }
            for laptop in met.all {
                let finder = try laptop.finder
                #expect(!finder.all.contains { $0.type === Catalogue.quote })
                #expect(finder.concealed.count { $0.type === Catalogue.quote } == 1)
            }
        }
    }

    @Test func `one withdraws consent and the other narrows it: it is withdrawn`() throws {
        try Encounter.run { [try $0.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=quotes,role")] } first: {
            try $0.set($1[0], "consent.state=withdrawn")
        } second: {
            try $0.set($1[0], "consent.scope=role")
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.consent?.state == .withdrawn }
        }
    }

    @Test func `two narrow consent in different ways: what both allow is left`() throws {
        try Encounter.run { [try $0.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=quotes,role,recontact")] } first: {
            try $0.set($1[0], "consent.scope=quotes,role")
        } second: {
            try $0.set($1[0], "consent.scope=role,recontact")
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.consent?.scope == [.role] }
        }
    }

    @Test func `two tighten an attribution differently: the tighter stands`() throws {
        try Encounter.run { [try $0.add(Catalogue.interview, "startedAt=now", "attribution=namedOk")] } first: { try $0.set($1[0], "attribution=teamOnly") } second: {
            try $0.set($1[0], "attribution=roleOk")
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.choice("attribution") == "teamOnly" }
        }
    }

    @Test func `one says priced and the other edits the line: both are so`() throws {
        try Encounter.run { [try line($0)] } first: { try $0.set($1[0], "status=priced") } second: { try $0.set($1[0], "title=Scrap in cell 3") } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.choice("status") == "priced" && $0.text("title") == "Scrap in cell 3" }
        }
    }

    @Test func `a lead reviews a line while another re-prices it: the price is flagged as changed after the review`() throws {
        let (a, lead) = (try Laptop("A", now: 1_800_000_005_000), try Laptop("C", role: .lead))
        let name = try line(a)
        try Laptop.exchange(a, lead)
        try lead.set(name, "status=reviewed")
        try a.set(name, "amount.likely=200k")
        try Laptop.exchange(a, lead)
        for laptop in [a, lead] {
            #expect(try laptop.record(name).choice("status") == "reviewed")
            #expect(try Findings.all(in: laptop.finder.all).contains { $0.name == name && $0.kind == .changedAfterReview })
        }
    }

    @Test func `one finalises an interview while the other writes where it took place: both are so`() throws {
        try Encounter.run {
            let person = try $0.add(Catalogue.person, "level=manager", "consent.state=given")
            let interview = try $0.add(Catalogue.interview, "startedAt=2026-05-01T09:00Z", "endedAt=2026-05-01T10:00Z", "persons=\(person)")
            try $0.add(Catalogue.observation, "text=seen", "interview=\(interview)")
            return [interview]
        } first: {
            try $0.set($1[0], "status=finalised")
        } second: {
            try $0.set($1[0], "place=the cell's office")
        } then: { met, names in
            try met.conflicts()
            try met.everybody(names[0]) { $0.choice("status") == "finalised" && $0.text("place") == "the cell's office" }
        }
    }

    // MARK: Making the same

    @Test func `two score the same question of one interview: there are two answers`() throws {
        try Encounter.run { [try $0.add(Catalogue.interview, "startedAt=now")] } first: {
            try $0.add(Catalogue.answer, "interview=\($1[0])", "question=LB1", "score=3", "grade=C")
        } second: {
            try $0.add(Catalogue.answer, "interview=\($1[0])", "question=LB1", "score=1", "grade=C")
        } then: { met, _ in
            try met.conflicts()
            #expect(try met.lead.finder.all.filter { $0.type === Catalogue.answer }.compactMap { $0.group("response")?.integer("score") }.sorted() == [1, 3])
        }
    }

    @Test func `two judge the overlap of the same lines: it is one record, and their judgements are in conflict`() throws {
        try Encounter.run { [try line($0), try $0.add(Catalogue.leakageLine, "title=Rework", "category=QUALITY")] } first: {
            try $0.add(Catalogue.overlap, "lines=\($1[0]),\($1[1])", "share=30%", "reason=same parts")
        } second: {
            try $0.add(Catalogue.overlap, "lines=\($1[1]),\($1[0])", "share=40%", "reason=same shift")
        } then: { met, names in
            #expect(try met.lead.finder.all.filter { $0.type === Catalogue.overlap }.count == 1)
            try met.conflicts("\(names[0])/\(names[1]) judgement")
        }
    }

    @Test func `one deletes an overlap and the other judges it anew: it stays visible, flagged`() throws {
        try Encounter.run {
            let names = [try line($0), try $0.add(Catalogue.leakageLine, "title=Rework", "category=QUALITY")]
            return names + [try $0.add(Catalogue.overlap, "lines=\(names[0]),\(names[1])", "share=30%", "reason=same parts")]
        } first: {
            try $0.delete($1[2])
        } second: {
            try $0.set($1[2], "judgement.share=40%")
        } then: { met, names in try met.conflicts("\(names[2]) life") }
    }

    @Test func `two add the same site: there are two, with different handles, and they are proposed as twins`() throws {
        try Encounter.run { _ in [] } first: { laptop, _ in try laptop.add(Catalogue.site, "name=Dayton plant") } second: { laptop, _ in
            try laptop.add(Catalogue.site, "name=dayton plant")
        } then: { met, _ in
            let finder = try met.lead.finder
            #expect(Set(finder.all.compactMap(\.handle)) == ["ST-A001", "ST-B001"])
            #expect(Findings.all(in: finder.all).contains { $0.kind == .likelyTwin })
        }
    }

    @Test func `two give different records the same handle: both stay, and the clash is pointed out`() throws {
        try Encounter.run { _ in [] } first: { laptop, _ in try laptop.add(Catalogue.site, "name=Dayton plant", "handle=ST1") } second: { laptop, _ in
            try laptop.add(Catalogue.site, "name=Erie depot", "handle=ST1")
        } then: { met, _ in
            let finder = try met.lead.finder
            #expect(finder.all.count == 2)
            #expect(Findings.all(in: finder.all).contains { $0.kind == .twinHandle })
        }
    }

    // MARK: Cycles that two make together

    @Test func `two put each unit under the other: both stay, and the circle is pointed out`() throws {
        try Encounter.run { [try $0.add(Catalogue.unit, "name=Planning"), try $0.add(Catalogue.unit, "name=Night planning")] } first: {
            try $0.set($1[0], "parent=\($1[1])")
        } second: {
            try $0.set($1[1], "parent=\($1[0])")
        } then: { met, _ in
            let findings = try Findings.all(in: met.lead.finder.all)
            #expect(findings.contains { $0.kind == .parentCycle })
        }
    }

    @Test func `two make each initiative wait for the other: both stay, and the circle is pointed out`() throws {
        try Encounter.run { [try $0.add(Catalogue.initiative, "name=Scheduler"), try $0.add(Catalogue.initiative, "name=Scales")] } first: {
            try $0.set($1[0], "prerequisites+=\($1[1])")
        } second: {
            try $0.set($1[1], "prerequisites+=\($1[0])")
        } then: { met, _ in
            let findings = try Findings.all(in: met.lead.finder.all)
            #expect(findings.contains { $0.kind == .prerequisiteCycle })
        }
    }

    // MARK: Clocks

    @Test(arguments: [
        (1_800_000_000_000 + 31_536_000_000, 1_800_000_000_000), (1_800_000_000_000, 0), (2_000_000_000_000 + 31_536_000_000 * 8, 1_800_000_000_000),
    ] as [(Int64, Int64)])
    func `a clock that is years wrong loses nobody's value`(clocks: (Int64, Int64)) throws {
        try Encounter.run(clocks: clocks) { [try $0.add(Catalogue.site, "name=Dayton")] } first: { try $0.set($1[0], "name=Dayton plant", "country=US") } second: {
            try $0.set($1[0], "name=Dayton works", "country=CA")
        } then: { met, names in
            try met.conflicts("\(names[0]) name")
            #expect(try met.sides() == ["Dayton plant", "Dayton works"])
            // Of a register the later is shown; what headquarters received bounds what a fast clock can claim.
            let country = try met.lead.record(names[0]).text("country")
            #expect(country == "US" || country == "CA")
            try met.everybody(names[0]) { $0.text("country") == country }
        }
    }

    // MARK: Deciding

    @Test func `two leads decide a conflict differently: their decisions are in conflict`() throws {
        let (a, b, x, y, name) = try undecided()
        try resolve(x, name, 1)
        try resolve(y, name, 2)
        try Laptop.exchange(y, x, a, b)
        for laptop in [a, b, x, y] {
            #expect(try laptop.finder.conflicts.count == 1)
            #expect(try laptop.finder.conflicts.first?.sides.count == 2)
        }
    }

    @Test func `two leads decide a conflict alike: it is settled`() throws {
        let (a, b, x, y, name) = try undecided()
        try resolve(x, name, 1)
        try resolve(y, name, 1)
        try Laptop.exchange(x, y, a, b)
        for laptop in [a, b, x, y] { #expect(try laptop.finder.conflicts.isEmpty) }
    }

    @Test func `a lead decides while a third value is under way: the conflict is open again, with the decision on one side`() throws {
        let (a, b, x, y) = (try Laptop("A"), try Laptop("B"), try Laptop("C", role: .lead), try Laptop("D"))
        let name = try a.add(Catalogue.site, "name=Dayton")
        try Laptop.exchange(a, b, x, y)
        for (laptop, text) in [(a, "Dayton plant"), (b, "Dayton works"), (y, "Dayton foundry")] { try laptop.set(name, "name=\(text)") }
        try Laptop.exchange(a, b, x, onlyReading: [y])
        let chosen = try #require(try x.finder.conflicts.first?.sides.first?.value?.text)
        try resolve(x, name, 1)
        try Laptop.exchange(x, y, a, b)
        for laptop in [a, b, x, y] { #expect(Set(try laptop.finder.conflicts.flatMap(\.sides).compactMap { $0.value?.text }) == [chosen, "Dayton foundry"]) }
    }

    @Test func `three write a contested field, the third long after: there are three sides`() throws {
        let (a, b, x, y, _) = try undecided { third, name in try third.set(name, "name=Dayton foundry") }
        for laptop in [a, b, x, y] {
            let conflict = try #require(try laptop.finder.conflicts.first)
            #expect(Set(conflict.sides.compactMap { $0.value?.text }) == ["Dayton plant", "Dayton works", "Dayton foundry"])
        }
    }

    @Test func `a lead decides while another deletes the record: it stays visible, flagged`() throws {
        let (a, b, x, y, name) = try undecided()
        try resolve(x, name, 1)
        try b.delete(name)
        try Laptop.exchange(b, x, a, y)
        for laptop in [a, b, x, y] { #expect(try laptop.finder.conflicts.map(\.key) == ["life"]) }
    }

    // MARK: Parts

    private func line(_ laptop: Laptop) throws -> String {
        try laptop.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "amount.range=150k/190k/240k", "grade=B")
    }

    /// Four initiatives, of which the first waits for these of the others.
    private func initiatives(_ laptop: Laptop, _ prerequisites: [Int]) throws -> [String] {
        let names = try (0..<4).map { try laptop.add(Catalogue.initiative, "name=Initiative \($0)") }
        for number in prerequisites { try laptop.set(names[0], "prerequisites+=\(names[number])") }
        return names
    }

    private func waits(_ met: Encounter, _ names: [String], for expected: [Int], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let finder = try met.lead.finder
        let ids = try expected.map { try finder.record(names[$0]).id }
        try met.everybody(names[0], sourceLocation: sourceLocation) { Set($0.references("prerequisites")) == Set(ids) }
    }

    /// Two consultants who named a site differently, and two leads who have seen it; `third` may act before anybody has.
    private func undecided(_ third: (Laptop, String) throws -> Void = { _, _ in }) throws -> (Laptop, Laptop, Laptop, Laptop, String) {
        let (a, b, x, y) = (try Laptop("A"), try Laptop("B"), try Laptop("C", role: .lead), try Laptop("D", role: .lead))
        let name = try a.add(Catalogue.site, "name=Dayton")
        try Laptop.exchange(a, b, x, y)
        try a.set(name, "name=Dayton plant")
        try b.set(name, "name=Dayton works")
        try third(y, name)
        try Laptop.exchange(a, b, x, y)
        return (a, b, x, y, name)
    }

    private func resolve(_ laptop: Laptop, _ name: String, _ number: Int) throws {
        _ = try laptop.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(name), field: "name", .number(number)) }
    }
}
