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
}
