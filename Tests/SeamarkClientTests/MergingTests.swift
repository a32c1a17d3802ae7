import SeamarkClient
import SeamarkJournal
import SeamarkModel
import Testing

struct MergingTests {
    private func merge(_ laptop: Laptop, _ kept: String, _ gone: String, _ takings: [String: RecordCapture.Taking] = [:], rest: RecordCapture.Taking? = nil) throws {
        _ = try laptop.device.capture(in: Laptop.scope) { capture in
            try capture.merging(try capture.finder.record(kept), try capture.finder.record(gone), takings: takings, rest: rest)
        }
    }

    @discardableResult
    private func unmerge(_ laptop: Laptop, _ gone: String) throws -> [String] {
        try laptop.device.capture(in: Laptop.scope) { try $0.unmerging(try $0.finder.record(gone)) }.left
    }

    private func document(_ laptop: Laptop, _ name: String) throws -> String {
        try laptop.record(name).json(references: .none).compact
    }

    /// One plant that two people captured, with a line at the second's.
    private func twice() throws -> (Laptop, Laptop, kept: String, gone: String, line: String) {
        let (a, b) = (try Laptop("A"), try Laptop("B"))
        let kept = try a.add(Catalogue.site, "name=Dayton plant", "code=DAY", "headcount=300")
        let gone = try b.add(Catalogue.site, "name=Dayton Plant", "headcount=310", "country=US")
        let line = try b.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "site=\(gone)")
        try Laptop.exchange(a, b)
        return (a, b, kept, gone, line)
    }

    @Test func `two records for one thing are proposed, merged by choice, and everywhere the one stands for both`() throws {
        let (a, b, kept, gone, line) = try twice()
        let proposed = Duplicate.proposed(in: try a.finder.all, try a.finder.merges)
        #expect(proposed.map(\.reason) == ["the same name"])
        // Nothing is chosen silently.
        #expect { try merge(a, kept, gone) } throws: { error in
            guard case RecordCapture.Failure.undecided(let fields)? = error as? RecordCapture.Failure else { return false }
            return fields.map(\.key) == ["name", "headcount"] && fields.map(\.gone) == ["Dayton Plant", "310"]
        }
        try merge(a, kept, gone, ["headcount": .gone], rest: .keep)
        try Laptop.exchange(a, b)
        for laptop in [a, b] {
            let finder = try laptop.finder
            #expect(finder.merges.survivor(of: try laptop.record(gone).id) == (try laptop.record(kept).id))
            let site = try laptop.record(kept)
            #expect(site.text("name") == "Dayton plant" && site.integer("headcount") == 310 && site.text("country") == "US")
            // What is gone says what it said, and what refers to it is shown at what stands for it.
            #expect(try laptop.record(gone).integer("headcount") == 310)
            let reference = try #require(try laptop.record(line).reference("site"))
            #expect(finder.shownReferences.handle(reference) == kept && finder.references.handle(reference) == gone)
            #expect(Duplicate.proposed(in: finder.all, finder.merges).isEmpty)
        }
        #expect(throws: RecordCapture.Failure.isMerged(name: gone, into: kept)) { try merge(b, kept, gone) }
        #expect(throws: RecordCapture.Failure.notMergeable("site")) { try merge(b, line, kept) }
    }

    @Test func `a merge is taken back with everything as it was, but for what was changed since`() throws {
        let (a, b, kept, gone, _) = try twice()
        let before = try (document(a, kept), document(a, gone))
        try merge(a, kept, gone, rest: .gone)
        try Laptop.exchange(a, b)
        #expect(try unmerge(b, gone) == [])
        try Laptop.exchange(b, a)
        for laptop in [a, b] { #expect(try (document(laptop, kept), document(laptop, gone)) == before) }
        #expect(try a.finder.merges.isGone(try a.record(gone).id) == false)

        try merge(a, kept, gone, rest: .gone)
        try a.set(kept, "headcount=333")
        #expect(try unmerge(a, gone) == ["headcount"])
        #expect(try a.record(kept).integer("headcount") == 333 && a.record(kept).text("name") == "Dayton plant" && a.record(kept).text("country") == nil)
        #expect(throws: RecordCapture.Failure.notMerged(name: gone)) { try unmerge(a, gone) }
    }

    @Test func `taking a merge back settles no disagreement over what it had taken over`() throws {
        let (a, b, kept, gone, _) = try twice()
        try merge(a, kept, gone, rest: .gone)
        try b.set(kept, "headcount=444")
        try Laptop.exchange(a, b)
        func values(_ laptop: Laptop) throws -> Set<Value> {
            let field = try #require(Catalogue.site.field(key: "headcount"))
            return Set(try laptop.record(kept).state.heads(of: .field(field.number)).compactMap(\.content.value))
        }
        #expect(try values(a) == [.int(310), .int(444)])
        #expect(try unmerge(a, gone) == ["headcount"])
        try Laptop.exchange(a, b)
        for laptop in [a, b] { #expect(try values(laptop) == [.int(310), .int(444)]) }
    }

    @Test func `two who merge in opposite directions end with one record, and with what both took over`() throws {
        let (a, b, kept, gone, _) = try twice()
        try merge(a, kept, gone, rest: .keep)
        try merge(b, gone, kept, rest: .keep)
        try Laptop.exchange(a, b)
        let answers = try [a, b].map { laptop in
            let finder = try laptop.finder
            return try [kept, gone].map { finder.merges.survivor(of: try laptop.record($0).id) }
        }
        #expect(answers[0] == answers[1] && Set(answers[0]).count == 1)
        #expect(try Findings.all(in: a.finder.all).filter { $0.kind == .mergeCycle }.count == 2)
        // Each had merged without knowing what the other took over: that is found, and nothing is lost.
        #expect(try a.record(kept).text("country") == "US" && b.record(gone).text("code") == "DAY")
    }

    @Test func `what somebody who did not know says of a merged record stays and is found`() throws {
        let (a, b, kept, gone, _) = try twice()
        try merge(a, kept, gone, rest: .keep)
        try b.set(gone, "headcount=315")
        try Laptop.exchange(b, a)
        for laptop in [a, b] {
            #expect(MergeWitness.isChanged(try laptop.record(gone)))
            #expect(try Findings.all(in: laptop.finder.all).contains { $0.kind == .changedAfterMerge })
            #expect(try laptop.record(gone).integer("headcount") == 315)
        }
    }

    @Test func `of two people's consents the stricter stands after a merge, and stays when it is taken back`() throws {
        let (a, b) = (try Laptop("A"), try Laptop("B"))
        let kept = try a.add(Catalogue.person, "level=manager", "name=Jo Sample", "consent.state=given", "consent.scope=quotes,role")
        let gone = try b.add(Catalogue.person, "level=manager", "name=jo sample", "consent.state=withdrawn")
        try Laptop.exchange(a, b)
        #expect(Duplicate.proposed(in: try a.finder.all, try a.finder.merges).map(\.reason) == ["the same name"])
        try merge(a, kept, gone, rest: .keep)
        #expect(try a.record(kept).consent?.state == .withdrawn)
        #expect(try unmerge(a, gone) == ["consent"])
        #expect(try a.record(kept).consent?.state == .withdrawn)
    }
}
