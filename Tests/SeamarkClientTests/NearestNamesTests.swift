import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

struct NearestNamesTests {
    private func failure(_ make: () throws -> Void) -> RecordFinder.Failure? {
        do { try make() } catch let error as RecordFinder.Failure { return error } catch RecordCapture.Failure.find(let failure) { return failure } catch {}
        return nil
    }

    @Test func `a name of another type says what it is, a mistyped one what comes near, and a beginning that several share says which, in words and in values`() throws {
        let laptop = try Laptop("A")
        let dayton = try laptop.add(Catalogue.site, "name=Dayton"), erie = try laptop.add(Catalogue.site, "name=Erie")
        let line = try laptop.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "site=\(dayton)")
        #expect(failure { _ = try laptop.finder.record(line, type: Catalogue.site) } == .otherType(line, is: "leakage line", wanted: "site"))
        #expect(failure { try laptop.set(line, "site=\(line)") } == .otherType(line, is: "leakage line", wanted: "site"))
        guard case .notFound("ST-A0O1", types: "site", let near)? = failure({ try laptop.set(line, "site=ST-A0O1") }) else {
            Issue.record("a mistyped site was not refused as one")
            return
        }
        #expect(near.contains(dayton))
        let shared = String(try laptop.record(erie).id.description.prefix(8))
        for found in [failure { _ = try laptop.finder.record(shared, type: Catalogue.site) }, failure { try laptop.set(line, "site=\(shared)") }] {
            guard case .ambiguous(shared, let names)? = found else {
                Issue.record("\(String(describing: found))")
                continue
            }
            // Ids of one millisecond stand in any order.
            #expect(names.count == 2 && [dayton, erie].allSatisfy { site in names.contains { $0.hasPrefix(site) } })
        }
        // What names one is taken as before.
        try laptop.set(line, "site=\(erie)")
        #expect(try laptop.record(line).reference("site") == laptop.record(erie).id)
    }

    @Test func `a name by parts is known in small letters too, and where there is none what others scored of the same comes near, or what differs by a sign`() throws {
        let laptop = try Laptop("A")
        let (interview, guest) = (try laptop.add(Catalogue.interview, "startedAt=now"), try laptop.add(Catalogue.contributor, "name=Guest"))
        let own = try laptop.add(Catalogue.answer, "interview=\(interview)", "question=LB1", "score=3", "grade=B")
        let other = try laptop.add(Catalogue.answer, "interview=\(interview)", "question=LB2", "score=3", "grade=B", "scorer=\(guest)")
        #expect(try laptop.record(own.lowercased()).id == laptop.record(own).id)
        #expect(failure { _ = try laptop.record("\(interview)/lb2") } == .notFound("\(interview)/lb2", types: "record", near: [other]))
        guard case .notFound(_, types: "record", let near)? = failure({ _ = try laptop.record("\(interview)/LB11") }) else {
            Issue.record("a question that nobody answered was found")
            return
        }
        #expect(near == [own])
        #expect(failure { _ = try laptop.record("IV-NONE/LB1") } == .notFound("IV-NONE/LB1", types: "record", near: []))
    }

    @Test func `a beginning that one record alone has names it, in words and in values, in small letters and capitals, and one sign less names several`() throws {
        let laptop = try Laptop("A")
        let dayton = try laptop.add(Catalogue.site, "name=Dayton"), erie = try laptop.add(Catalogue.site, "name=Erie")
        let line = try laptop.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "site=\(dayton)")
        let ids = try laptop.finder.all.map { $0.id.description }
        let id = try laptop.record(erie).id.description
        let length = try #require((5...36).first { length in ids.count { $0.hasPrefix(id.prefix(length)) } == 1 })
        let beginning = String(id.prefix(length))
        for name in [beginning, beginning.uppercased(), String(id.dropLast())] {
            #expect(try laptop.record(name).id.description == id)
            #expect(try laptop.finder.record(name, type: Catalogue.site).id.description == id)
        }
        try laptop.set(line, "site=\(beginning)")
        #expect(try laptop.record(line).reference("site")?.description == id)
        guard case .ambiguous? = failure({ _ = try laptop.record(String(beginning.dropLast())) }) else {
            Issue.record("\(beginning) is not the shortest")
            return
        }
    }

    @Test func `a field that is none names those that people write, and no others`() throws {
        let laptop = try Laptop("A")
        let site = try laptop.add(Catalogue.site, "name=Dayton")
        do {
            try laptop.set(site, "headcout=3")
            Issue.record("it was taken")
        } catch RecordCapture.Failure.draft(let problem) {
            #expect(problem.description.contains("Did you mean headcount?") && problem.description.contains("country"), "\(problem)")
            for key in ["createdAt", "mergeSaw", "mergedInto"] { #expect(!problem.description.contains(key)) }
        }
        #expect(throws: RecordCapture.Failure.self) { try laptop.add(Catalogue.observation, "txt=Something") }
    }
}
