import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct EditingTests {
    let line = Identifier(high: 40, low: 1)

    @Test func `what was not touched never travels`() throws {
        var bench = Bench()
        try bench.line()
        let view = try #require(bench.view(line))
        var editing = RecordEditing(record: line, type: Catalogue.leakageLine, state: view.state) { .zero }
        for field in Catalogue.leakageLine.fields where !field.isSet { editing.set(field, view.value(field.key) ?? .absent) }
        editing.create(at: 5, handle: "L77")
        #expect(editing.edits.isEmpty)
        #expect(try bench.setting(line, Catalogue.leakageLine, [("title", "premium freight"), ("amount.grade", "A"), ("site", "")]).edits.isEmpty)
    }

    @Test func `an edit names every head of its target, and no other`() throws {
        var bench = Bench()
        try bench.line()
        let mine = try bench.setting(line, Catalogue.leakageLine, [("title", "mine")])
        let theirs = try bench.setting(line, Catalogue.leakageLine, [("title", "theirs"), ("valueStream", "drives")], by: Bench.ben)
        bench.apply(mine)
        bench.apply(theirs)
        let next = try bench.setting(line, Catalogue.leakageLine, [("title", "ours")])
        #expect(next.edits.map(\.supersedes) == [[mine.name(0), theirs.name(0)].sorted()])
        var editing = RecordEditing(record: line, type: Catalogue.leakageLine, state: bench.state.records[line]) { .zero }
        editing.delete()
        #expect(editing.edits.map(\.witnessed) == [bench.state.records[line]?.fieldHeadNames ?? []])
    }

    @Test func `resolving to the value that is shown still names all heads`() throws {
        var bench = Bench()
        try bench.line()
        bench.apply(try bench.setting(line, Catalogue.leakageLine, [("title", "mine")]))
        let before = try bench.setting(line, Catalogue.leakageLine, [("title", "theirs")], by: Bench.ben)
        // Made against the state before: a second head.
        bench.apply(Change(
            scope: before.scope, stamp: before.stamp, member: before.member, schema: 1,
            edits: [Edit(record: line, type: 40, target: .field(10), content: .open(.text("theirs")))], primitives: bench.primitives))
        let view = try #require(bench.view(line))
        #expect(view.conflicts.count == 1)
        let title = try #require(Catalogue.leakageLine.field(key: "title"))
        var editing = RecordEditing(record: line, type: Catalogue.leakageLine, state: view.state) { .zero }
        editing.set(title, try #require(view.value("title")))
        #expect(editing.edits.isEmpty)
        editing.resolve(title, try #require(view.value("title")))
        #expect(editing.edits.first?.supersedes.count == 2)
        bench.apply(bench.change(editing.edits, by: Bench.lea))
        #expect(bench.view(line)?.conflicts.isEmpty == true)
    }

    @Test func `sensitive values travel sensitive with a salt each`() throws {
        var bench = Bench()
        let change = try bench.setting(Identifier(high: 23, low: 1), Catalogue.person, handle: "P1", [
            ("name", "Invented"), ("contact", "nowhere"), ("level", "manager"),
        ])
        var salts: Set<Identifier> = []
        for edit in change.edits {
            guard case .sensitive(let sensitive) = edit.content else { continue }
            salts.insert(sensitive.salt)
        }
        #expect(salts.count == 2)
    }

    @Test func `one part of a group leaves the others as they are`() throws {
        var bench = Bench()
        try bench.line()
        try bench.write(line, Catalogue.leakageLine, [("amount.inPlan", "no")])
        let amount = try #require(bench.view(line)?.group("amount"))
        #expect(amount.threePoint("range")?.high == 72_000_000)
        #expect(amount.choice("grade") == "A")
        #expect(amount.choice("inPlan") == "no")
    }

    @Test(arguments: [
        ("amount.range", "500k/400k/720k", "range: likely is 400,000, must lie between low 500,000 and high 720,000"),
        ("amount.range", "5x/6/7", "range (low) is '5x/6/7', must be an amount of money such as 380000, 380k or 1.2M"),
        ("amount.grade", "E", "grade is 'E', must be A, B, C or D"),
        ("domainPoints", "D1=60,D2=60", "domain points sum to 120, may sum to at most 100 points; lower some"),
        ("site", "ST9", "site is 'ST9', names no site here; use the handle of one that exists"),
        ("titel", "x", "a leakage line has no field 'titel'"),
        ("amount.gade", "A", "amount has no part 'gade'"),
        ("title", "", "title must be given and cannot be cleared"),
        ("amount.probability", "2", "probability is 2, must lie between 0 and 1"),
    ])
    func `what cannot be is refused with the field, the bound and the remedy`(key: String, text: String, message: String) throws {
        var bench = Bench()
        try bench.line()
        do {
            _ = try bench.setting(line, Catalogue.leakageLine, [(key, text)])
            Issue.record("taken: \(key)")
        } catch let problem as Draft.Problem {
            #expect(problem.description.hasPrefix(message) || problem.description.hasSuffix(message), "\(problem.description)")
        }
    }

    @Test func `handles of two devices never meet, and each counts on`() {
        var handles = ["L7", "L-B002", "L-B010", "L-BA001", "S-B099", "L-Bx"]
        #expect(Handles.next(prefix: "L", letters: "B", existing: handles) == "L-B011")
        #expect(Handles.next(prefix: "L", letters: "A", existing: handles) == "L-A001")
        handles.append("L-B999")
        #expect(Handles.next(prefix: "L", letters: "B", existing: handles) == "L-B1000")
    }

    @Test func `handles order as people count`() {
        let sorted = ["L", "L1", "L2", "L10", "L-A9", "L-A10", "L01"].sorted(by: HandleOrder.precedes)
        #expect(sorted == ["L", "L-A9", "L-A10", "L01", "L1", "L2", "L10"])
    }

    @Test func `an overlap has one id, whichever line is named first`() {
        let primitives = CheapPrimitives()
        let a = Identifier(high: 1, low: 1), b = Identifier(high: 1, low: 2)
        #expect(DerivedIdentifiers.overlap(a, b, by: primitives) == DerivedIdentifiers.overlap(b, a, by: primitives))
        #expect(DerivedIdentifiers.overlap(a, b, by: primitives) != DerivedIdentifiers.overlap(a, a, by: primitives))
    }
}
