import Foundation
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import Testing

struct ConflictTests {
    /// Two who re-priced one line, with what they had before.
    private func repriced() throws -> (Laptop, Laptop, Laptop, String) {
        let (a, b, lead) = (try Laptop("A"), try Laptop("B"), try Laptop("C", role: .lead))
        let line = try a.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "amount.range=150k/190k/240k", "grade=B")
        try Laptop.exchange(a, b, lead)
        try a.set(line, "amount.likely=200k")
        try b.set(line, "amount.likely=210k", "title=Scrap and rework")
        try Laptop.exchange(b, a, lead)
        return (a, b, lead, line)
    }

    @Test func `a conflict names both values with author and time, and the base, alike on every replica`() throws {
        let (a, b, lead, line) = try repriced()
        let all = try [a, b, lead].map { try $0.finder.conflicts }
        for conflicts in all {
            #expect(conflicts.count == 1)
            #expect(conflicts.first?.id == all[0].first?.id)
            let conflict = try #require(conflicts.first)
            #expect(conflict.key == "amount")
            #expect(conflict.sides.map { $0.value?.member(LineAmount.range)?.member(2) } == [.int(20_000_000), .int(21_000_000)])
            #expect(conflict.sides.map(\.member) == [a.member, b.member])
            #expect(conflict.bases.map { $0.value?.member(LineAmount.range)?.member(2) } == [.int(19_000_000)])
            #expect(conflict.bases.map(\.member) == [a.member])
        }
        #expect(try a.finder.person(a.member) == "Member A (fictitious)")
        #expect(try a.record(line).text("title") == "Scrap and rework")
    }

    @Test func `only a lead settles a price; the chosen value may have another part, and everybody sees it`() throws {
        let (a, b, lead, line) = try repriced()
        #expect(throws: Device.Refused.self) {
            try a.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(line), field: "amount", .number(1)) }
        }
        #expect(throws: RecordCapture.Failure.noSuchChoice(3, of: 2)) {
            try lead.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(line), field: "amount", .number(3)) }
        }
        _ = try lead.device.capture(in: Laptop.scope) {
            try $0.resolving(try $0.finder.record(line), field: "amount", .number(1), parts: [Assignment(key: "range.high", text: "250k")])
        }
        try Laptop.exchange(lead, a, b)
        for laptop in [a, b, lead] {
            #expect(try laptop.finder.conflicts.isEmpty)
            let range = try laptop.record(line).group("amount")?.threePoint("range")
            #expect([range?.low, range?.likely, range?.high] == [15_000_000, 20_000_000, 25_000_000])
        }
    }

    @Test func `what one deleted and another edited stays, is described, and is kept or goes`() throws {
        for keeps in [true, false] {
            let (a, b) = (try Laptop("A"), try Laptop("B"))
            let seam = try a.add(Catalogue.seam, "name=Fourth")
            try Laptop.exchange(a, b)
            try a.delete(seam)
            try b.set(seam, "object=release note")
            try Laptop.exchange(a, b)
            let conflict = try #require(try a.finder.conflicts.first)
            #expect(conflict.isDeletion)
            #expect(conflict.sides.map(\.kind) == [.deletion, .editUnseen])
            #expect(conflict.sides.map(\.member) == [a.member, b.member])
            #expect(conflict.sides.last?.field?.key == "object")
            _ = try b.device.capture(in: Laptop.scope) { capture in
                let record = try capture.finder.record(seam)
                return keeps ? try capture.restoring(record) : try capture.deleting(record)
            }
            try Laptop.exchange(b, a)
            #expect(try a.finder.conflicts.isEmpty)
            #expect(try a.record(seam).isDeleted == !keeps)
        }
    }

    @Test func `the history tells what waits, what arrived and what it said`() throws {
        let (a, b, _, line) = try repriced()
        try a.set(line, "title=Other")
        let steps = History(of: try a.record(line).id, in: try a.finder.replica).steps
        #expect(steps.map(\.standing) == [.acknowledged, .acknowledged, .acknowledged, .waiting])
        #expect(Set(steps.map(\.change.member)) == [a.member, b.member])
    }

    // MARK: - Merging texts

    /// Two who wrote on one text, the first twice, of which the server has seen the first time.
    private func rewritten(_ first: String, _ second: String) throws -> (Laptop, Laptop, Laptop, String) {
        let (a, b, lead) = (try Laptop("A"), try Laptop("B"), try Laptop("C", role: .lead))
        let seam = try a.add(Catalogue.seam, "name=Release", "workaround=The planner calls the furnace. Nobody writes it down.")
        try Laptop.exchange(a, b, lead)
        try a.set(seam, "workaround=The planner calls the furnace. Nobody notes it.")
        try a.device.seal(Laptop.scope)
        try a.set(seam, "workaround=" + first)
        try b.set(seam, "workaround=" + second)
        try Laptop.exchange(b, a, lead)
        return (a, b, lead, seam)
    }

    @Test func `two texts from one are offered merged, over the text that both knew, and taken by an ordinary change that names both`() throws {
        let (a, b, lead, seam) = try rewritten(
            "The night planner calls the furnace. Nobody notes it.", "The planner calls the furnace. Nobody writes it down.\nExcept Jo.")
        for laptop in [a, b, lead] {
            let conflict = try #require(try laptop.finder.conflicts.first)
            #expect(conflict.bases.map(\.value) == [.text("The planner calls the furnace. Nobody writes it down.")])
            #expect(conflict.mergeOffer.merge?.text == "The night planner calls the furnace. Nobody notes it.\nExcept Jo.")
        }
        // Only a view: nothing was written.
        #expect(try lead.record(seam).text("workaround") != "The night planner calls the furnace. Nobody notes it.\nExcept Jo.")
        _ = try lead.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(seam), field: "workaround", .merged(overlapsBy: nil)) }
        try Laptop.exchange(lead, a, b)
        for laptop in [a, b, lead] {
            #expect(try laptop.finder.conflicts.isEmpty)
            #expect(try laptop.record(seam).text("workaround") == "The night planner calls the furnace. Nobody notes it.\nExcept Jo.")
        }
    }

    @Test func `where two texts overlap a person chooses; where no common text is held nothing is offered`() throws {
        let (_, _, lead, seam) = try rewritten("The planner emails the furnace. Nobody notes it.", "The planner visits the furnace. Nobody writes it down.")
        #expect(throws: RecordCapture.Failure.overlaps(1)) {
            try lead.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(seam), field: "workaround", .merged(overlapsBy: nil)) }
        }
        let conflict = try #require(try lead.finder.conflicts.first)
        let second = try #require(conflict.sides.last?.value?.text)
        _ = try lead.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(seam), field: "workaround", .merged(overlapsBy: 2)) }
        let verb = second.contains("visits") ? "visits" : "emails"
        #expect(try lead.record(seam).text("workaround") == "The planner \(verb) the furnace. Nobody notes it.")

        let (a, b) = (try Laptop("A"), try Laptop("B"))
        let other = try a.add(Catalogue.seam, "name=Other")
        try Laptop.exchange(a, b)
        try a.set(other, "workaround=mine")
        try b.set(other, "workaround=yours")
        try Laptop.exchange(a, b)
        guard case .none(let reason)? = try a.finder.conflicts.first?.mergeOffer else { Issue.record("a merge without a base"); return }
        #expect(reason == .noBase)
    }

    // MARK: - Keeping both

    @Test func `both texts stand as one where two wrote into a long text, and two who keep both at once write the same`() throws {
        let (a, b, lead, second) = (try Laptop("A"), try Laptop("B"), try Laptop("C", role: .lead), try Laptop("D", role: .lead))
        let seam = try a.add(Catalogue.seam, "name=Release")
        try Laptop.exchange(a, b, lead, second)
        try a.set(seam, "workaround=The planner emails the furnace.")
        try b.set(seam, "workaround=The shift lead visits the furnace.")
        try Laptop.exchange(a, b, lead, second)
        for leader in [lead, second] {
            _ = try leader.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(seam), field: "workaround", .both) }
        }
        try Laptop.exchange(lead, second, a, b)
        let texts = ["The planner emails the furnace.", "The shift lead visits the furnace."]
        for laptop in [a, b, lead, second] {
            #expect(try laptop.finder.conflicts.isEmpty)
            let text = try #require(try laptop.record(seam).text("workaround"))
            #expect([texts, texts.reversed()].map { $0.joined(separator: "\n\n") }.contains(text), "\(text)")
        }
    }

    @Test func `what another text holds whole is not said twice, and of three all are kept`() throws {
        let laptops = try ["A", "B", "E"].map { try Laptop($0) }
        let lead = try Laptop("C", role: .lead)
        let (first, second) = (try laptops[0].add(Catalogue.seam, "name=One"), try laptops[0].add(Catalogue.seam, "name=Two"))
        try Laptop.exchange(laptops[0], laptops[1], laptops[2], lead)
        for (laptop, words) in zip(laptops, ["They phone.", "They phone. And they write it down.", "They phone."]) { try laptop.set(first, "workaround=" + words) }
        for (laptop, words) in zip(laptops, ["By phone.", "By mail.", "On foot."]) { try laptop.set(second, "workaround=" + words) }
        try Laptop.exchange(laptops[0], laptops[1], laptops[2], lead)
        for seam in [first, second] {
            _ = try lead.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(seam), field: "workaround", .both) }
        }
        #expect(try lead.record(first).text("workaround") == "They phone. And they write it down.")
        #expect(try lead.record(second).text("workaround")?.components(separatedBy: "\n\n").sorted() == ["By mail.", "By phone.", "On foot."])
        #expect(try lead.finder.conflicts.isEmpty)
    }

    @Test func `both are not kept of a field with one value, of a text that was emptied, or where they are too long together`() throws {
        func keepsBoth(_ laptop: Laptop, _ name: String, _ key: String) throws {
            _ = try laptop.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(name), field: key, .both) }
        }
        let (a, b, lead, line) = try repriced()
        #expect(throws: RecordCapture.Failure.notBoth("amount", .notText)) { try keepsBoth(lead, line, "amount") }
        let (empty, long) = (try a.add(Catalogue.seam, "name=One", "workaround=mine"), try a.add(Catalogue.seam, "name=Two"))
        try Laptop.exchange(a, b, lead)
        try a.set(empty, "workaround=")
        try b.set(empty, "workaround=yours")
        try a.set(long, "workaround=" + String(repeating: "a", count: 5000))
        try b.set(long, "workaround=" + String(repeating: "b", count: 5000))
        try Laptop.exchange(a, b, lead)
        #expect(throws: RecordCapture.Failure.notBoth("workaround", .noText)) { try keepsBoth(lead, empty, "workaround") }
        #expect(throws: RecordCapture.Failure.notBoth("workaround", .tooLong(10_002, most: 8000))) { try keepsBoth(lead, long, "workaround") }
        #expect(try lead.finder.conflicts.count == 3)
    }

    // MARK: - Searching

    @Test func `words that stand in the other value of an open conflict are found, and it is said; when it is settled they are not`() throws {
        let (_, _, lead, seam) = try rewritten("The planner emails the furnace.", "The shift lead visits the furnace.")
        func hits(_ words: String) throws -> [RecordSearch.Hit] {
            let finder = try lead.finder
            return RecordSearch(try #require(TextSearch(words)), references: finder.shownReferences).hits(in: finder.all, name: finder.name)
        }
        let shown = try #require(try lead.record(seam).text("workaround"))
        let (standing, other) = shown.contains("visits") ? ("visits", "emails") : ("emails", "visits")
        #expect(try hits(standing).map(\.isOtherValue) == [false])
        let hit = try #require(try hits(other).first)
        #expect(hit.isOtherValue && hit.name == seam && hit.field?.key == "workaround" && hit.excerpt.contains(other))
        // One that both hold is found in what is shown.
        #expect(try hits("furnace").map(\.isOtherValue) == [false])
        _ = try lead.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(seam), field: "workaround", .number(1)) }
        #expect(try hits(other).isEmpty)
    }
}
