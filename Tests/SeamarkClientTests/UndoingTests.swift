import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import SeamarkTestSupport
import Testing

struct UndoingTests {
    /// Nil where nothing was taken back.
    @discardableResult
    private func undo(_ laptop: Laptop, isRedo: Bool = false) throws -> RecordCapture.TakenBack? {
        try laptop.device.takeBack(in: Laptop.scope, isRedo: isRedo, isTrial: false).flatMap { $0.edits.isEmpty ? nil : $0 }
    }

    private func document(_ laptop: Laptop) throws -> String {
        try laptop.finder.all.filter { !$0.isDeleted }.map { $0.json(references: .none).compact }.joined(separator: "\n")
    }

    @Test func `steps are taken back one after the other, and undone undoings bring them again`() throws {
        let a = try Laptop("A")
        var seen = [try document(a)]
        let site = try a.add(Catalogue.site, "name=Dayton plant", "headcount=300")
        seen.append(try document(a))
        try a.set(site, "headcount=310", "country=US")
        seen.append(try document(a))
        let line = try a.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "site=\(site)")
        seen.append(try document(a))
        try a.set(line, "site=-", "title=Scrap and rework")
        seen.append(try document(a))
        try a.delete(site)
        let last = try document(a)
        for state in seen.reversed() {
            _ = try #require(try undo(a))
            #expect(try document(a) == state)
        }
        #expect(try undo(a) == nil, "there is nothing before the first step")
        for state in seen.dropFirst() + [last] {
            _ = try #require(try undo(a, isRedo: true))
            #expect(try document(a) == state)
        }
        #expect(try undo(a, isRedo: true) == nil)
    }

    @Test func `a trial stores nothing, and nothing is written where nothing can be taken back`() throws {
        let a = try Laptop("A")
        let site = try a.add(Catalogue.site, "name=Dayton plant")
        let before = try a.device.state.replicas[Laptop.scope]?.history.count
        let trial = try #require(try a.device.takeBack(in: Laptop.scope, isRedo: false, isTrial: true))
        #expect(trial.edits.count == 1 && trial.left.isEmpty)
        #expect(try a.device.state.replicas[Laptop.scope]?.history.count == before)
        #expect(try a.record(site).text("name") == "Dayton plant")
    }

    @Test func `what somebody else has written over since stays, and so does a record that they have written into`() throws {
        let (a, b) = (try Laptop("A"), try Laptop("B"))
        let site = try a.add(Catalogue.site, "name=Dayton plant", "headcount=300")
        try a.set(site, "headcount=310", "country=US")
        try Laptop.exchange(a, b)
        try b.set(site, "headcount=400")
        try Laptop.exchange(a, b)
        let taken = try #require(try undo(a))
        #expect(taken.left.count == 1 && taken.left[0].contains("headcount") && taken.left[0].contains("changed since"))
        #expect(try a.record(site).integer("headcount") == 400 && a.record(site).text("country") == nil)
        // The record itself holds another's words by now.
        #expect(try undo(a) == nil)
        #expect(try a.record(site).isDeleted == false)
        // In conflict: both stand, and neither is taken away.
        let other = try b.add(Catalogue.site, "name=Erie")
        try Laptop.exchange(a, b)
        try a.set(other, "name=Erie plant")
        try b.set(other, "name=Erie works")
        try Laptop.exchange(a, b)
        let conflict = try b.record(other)
        #expect(conflict.conflicts.count == 1)
        #expect(try a.device.takeBack(in: Laptop.scope, isRedo: false, isTrial: true)?.edits.isEmpty ?? true)
    }

    @Test func `after an undoing was undone and taken back again, the next goes further back`() throws {
        let a = try Laptop("A")
        let site = try a.add(Catalogue.site, "name=A")
        try a.set(site, "name=B")
        try a.set(site, "name=C")
        func name() throws -> String? { try a.record(site).text("name") }
        for (isRedo, expected) in [(false, "B"), (true, "C"), (false, "B"), (true, "C"), (false, "B"), (false, "A"), (true, "B"), (true, "C"), (false, "B"), (false, "A")] {
            _ = try #require(try undo(a, isRedo: isRedo))
            #expect(try name() == expected)
        }
        _ = try #require(try undo(a))
        #expect(try a.record(site).isDeleted && undo(a) == nil)
    }

    @Test func `who settled a conflict does not undo the other's word by undoing further`() throws {
        let (a, b) = (try Laptop("A", role: .lead), try Laptop("B"))
        let site = try a.add(Catalogue.site, "name=A")
        try Laptop.exchange(a, b)
        try a.set(site, "name=B")
        try b.set(site, "name=C")
        try Laptop.exchange(a, b)
        _ = try a.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(site), field: "name", .value("B")) }
        #expect(try undo(a) == nil)
        #expect(try a.record(site).text("name") == "B")
    }

    @Test func `where the newest step cannot be taken back it says why and takes nothing else; asked again it goes on to those before`() throws {
        let (a, b) = (try Laptop("A", role: .lead), try Laptop("B"))
        let site = try a.add(Catalogue.site, "name=A")
        try Laptop.exchange(a, b)
        try a.set(site, "name=B")
        try b.set(site, "name=C")
        try Laptop.exchange(a, b)
        let older = try a.add(Catalogue.site, "name=Erie", "notes=Ann Field runs it")
        func isStuck(_ reason: String) throws {
            for isTrial in [true, false] {
                let before = try a.device.state.replicas[Laptop.scope]?.history.count
                let taken = try #require(try a.device.takeBack(in: Laptop.scope, isRedo: false, isTrial: isTrial))
                #expect(taken.edits.isEmpty && taken.left.contains { $0.contains(reason) }, "\(taken.left)")
                #expect(try a.device.state.replicas[Laptop.scope]?.history.count == before && !a.record(older).isDeleted)
            }
        }
        _ = try a.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(site), field: "name", .number(1)) }
        try isStuck("it settled a conflict, and undo does not open that again; write the value that is to stand")
        // What was written since is taken back, and then the one behind it: nobody is told twice.
        let newer = try a.add(Catalogue.site, "name=Dayton")
        _ = try #require(try undo(a))
        #expect(try a.record(newer).isDeleted && !a.record(older).isDeleted)
        #expect(try #require(try undo(a)).edits.allSatisfy { $0.record == (try? a.record(older).id) })
        #expect(try a.record(older).isDeleted)
        _ = try #require(try undo(a, isRedo: true))
        #expect(try !a.record(older).isDeleted)
        _ = try a.device.capture(in: Laptop.scope) { try $0.redacting(try $0.finder.record(older), field: "notes", reason: "asked for") }
        try isStuck("a redaction is for ever")
        // What somebody else deleted cannot be taken back either.
        let gone = try a.add(Catalogue.site, "name=Troy")
        try Laptop.exchange(a, b)
        try b.delete(gone)
        try Laptop.exchange(a, b)
        try isStuck("deleted since")
    }

    @Test func `after an interview was finalised undo says who reopens it, and goes on to what is no part of it`() throws {
        let a = try Laptop("A")
        let person = try a.add(Catalogue.person, "level=manager", "consent.state=given", "consent.method=verbal", "consent.scope=quotes")
        let interview = try a.add(Catalogue.interview, "persons=\(person)", "startedAt=2026-03-02T09:00", "endedAt=2026-03-02T10:00")
        let site = try a.add(Catalogue.site, "name=Dayton")
        for question in ["LB1", "LB2", "LB3"] { try a.add(Catalogue.answer, "interview=\(interview)", "question=\(question)", "score=3", "grade=C") }
        try a.set(interview, "status=finalised")
        let before = try document(a)
        let taken = try #require(try a.device.takeBack(in: Laptop.scope, isRedo: false, isTrial: false))
        #expect(taken.edits.isEmpty && taken.isForEver && taken.left.contains { $0.contains("seamark interview set \(interview) status=draft") }, "\(taken.left)")
        #expect(try taken.stuck.count == 4 && taken.next?.edits.first?.record == a.record(site).id && document(a) == before)
        _ = try #require(try undo(a))
        #expect(try a.record(site).isDeleted)
        // Reopened, its answers are taken back again although they were passed by.
        let lead = try Laptop("B", role: .lead)
        try Laptop.exchange(a, lead)
        try lead.set(interview, "status=draft")
        try Laptop.exchange(a, lead)
        let answers = try a.finder.all.filter { $0.type === Catalogue.answer && !$0.isDeleted }.count
        _ = try #require(try undo(a))
        #expect(try a.finder.all.filter { $0.type === Catalogue.answer && !$0.isDeleted }.count == answers - 1)
    }

    @Test func `a record that was brought back and written into by somebody is not deleted by a redo, nor one that others refer to by an undo`() throws {
        let (a, b) = (try Laptop("A"), try Laptop("B"))
        let site = try a.add(Catalogue.site, "name=Dayton")
        let erie = try a.add(Catalogue.site, "name=Erie")
        try Laptop.exchange(a, b)
        try a.delete(site)
        _ = try #require(try undo(a))
        try Laptop.exchange(a, b)
        try b.set(site, "headcount=5")
        try b.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "site=\(erie)")
        try Laptop.exchange(a, b)
        #expect(try undo(a, isRedo: true) == nil && !a.record(site).isDeleted)
        #expect(try undo(a) == nil && !a.record(erie).isDeleted && !a.record(site).isDeleted)
    }

    /// Two people who capture, exchange and undo at random: after any undo no edit of the other stops standing.
    @Test(arguments: 1...40 as ClosedRange<UInt64>) func `no undo ever takes another person's standing word away`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        let laptops = [try Laptop("A", role: .lead), try Laptop("B")]
        var sites: [String] = []
        for _ in 0..<30 {
            let at = Int(dice.next() % 2), laptop = laptops[at], other = laptops[1 - at]
            switch dice.next() % 8 {
            case 0: sites.append(try laptop.add(Catalogue.site, "name=Site \(dice.next() % 100)"))
            case 1, 2:
                guard let site = sites.randomElement(using: &dice), let record = try? laptop.record(site), !record.isDeleted else { continue }
                try laptop.set(site, "headcount=\(dice.next() % 1000)")
            case 3:
                guard let site = sites.randomElement(using: &dice), let record = try? laptop.record(site), !record.isDeleted, record.conflicts.isEmpty else { continue }
                try laptop.set(site, "name=Name \(dice.next() % 100)")
            case 4:
                guard let site = sites.randomElement(using: &dice), let record = try? laptop.record(site) else { continue }
                if record.isDeleted { _ = try laptop.device.capture(in: Laptop.scope) { try $0.restoring(try $0.finder.record(site)) } } else { try laptop.delete(site) }
            case 5:
                guard at == 0, let site = sites.randomElement(using: &dice), let record = try? laptop.record(site), record.conflicts.contains(where: { $0.key == "name" }) else { continue }
                _ = try laptop.device.capture(in: Laptop.scope) { try $0.resolving(try $0.finder.record(site), field: "name", .number(1)) }
            case 6: try Laptop.exchange(laptops, judging: { _ in .accepted })
            case _:
                func theirs() throws -> Set<EditName> {
                    Set(try laptop.finder.all.filter { !$0.isDeleted }.flatMap { $0.state.slots.flatMap(\.heads) }.filter { $0.member == other.member }.map(\.name))
                }
                let before = try theirs()
                try undo(laptop, isRedo: dice.next() % 4 == 0)
                #expect(try theirs() == before)
            }
        }
    }
}
