import SeamarkJournal
import SeamarkModel
import Testing

/// The concurrent edits that consultants really make, read in every order in which they can arrive.
@Suite struct ReadingTests {
    let line = Identifier(high: 40, low: 1)

    /// Every order of `changes` on top of `bench`, each change once or twice.
    private func everyOrder(_ bench: Bench, _ changes: [Change], _ record: Identifier, _ body: (RecordView) throws -> Void) throws {
        for order in ReadingTests.permutations(changes) {
            for repeated in [false, true] {
                var bench = bench
                for change in order {
                    bench.apply(change)
                    if repeated { bench.apply(change) }
                }
                try body(try #require(bench.view(record)))
            }
        }
    }

    static func permutations<Element>(_ elements: [Element]) -> [[Element]] {
        guard !elements.isEmpty else { return [[]] }
        return elements.indices.flatMap { index in
            var rest = elements
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }

    @Test func `two prices of one line are a conflict, and what is shown is one author's alone`() throws {
        var bench = Bench()
        try bench.line()
        let mine = try bench.setting(line, Catalogue.leakageLine, [("amount.range", "300k/400k/500k")])
        let theirs = try bench.setting(line, Catalogue.leakageLine, [("amount.range", "600k/700k/900k"), ("amount.grade", "B")], by: Bench.ben)
        let values = [mine, theirs].map { $0.edits[0].content.value }
        try everyOrder(bench, [mine, theirs], line) { view in
            #expect(view.conflicts.map(\.key) == ["amount"])
            #expect(view.conflicts.first?.heads.count == 2)
            #expect(values.contains(view.value("amount")))
        }
    }

    @Test func `a conflict has the same id wherever it is read, and a third value gives it another`() throws {
        var bench = Bench()
        try bench.line()
        let changes = try [("one", Bench.ana), ("two", Bench.ben), ("three", Bench.lea)].map { try bench.setting(line, Catalogue.leakageLine, [("title", $0.0)], by: $0.1) }
        var ids: Set<Identifier> = []
        try everyOrder(bench, changes, line) { ids.insert(try #require($0.conflicts.first).id(bench.primitives)) }
        #expect(ids.count == 1)
        bench.apply(changes[0])
        bench.apply(changes[1])
        #expect(!ids.contains(try #require(bench.view(line)?.conflicts.first).id(bench.primitives)))
    }

    @Test func `title by one and price by the other are both kept without a conflict`() throws {
        var bench = Bench()
        try bench.line()
        let title = try bench.setting(line, Catalogue.leakageLine, [("title", "renamed")])
        let price = try bench.setting(line, Catalogue.leakageLine, [("amount.range", "1k/2k/3k")], by: Bench.ben)
        try everyOrder(bench, [title, price], line) { view in
            #expect(view.text("title") == "renamed")
            #expect(view.group("amount")?.threePoint("range")?.likely == 200_000)
            #expect(view.conflicts.isEmpty)
        }
    }

    @Test func `evidence added by both and a different one taken away: the union without that one`() throws {
        var bench = Bench()
        let evidence = (1...3).map { Identifier(high: 28, low: $0) }
        for (index, id) in evidence.enumerated() { try bench.write(id, Catalogue.evidence, handle: "EV\(index + 1)", [("kind", "ledger"), ("title", "evidence \(index)")]) }
        try bench.line()
        try bench.write(line, Catalogue.leakageLine, [("evidence", "EV1")])
        let mine = try bench.setting(line, Catalogue.leakageLine, [("evidence", "+EV2,-EV1")])
        let theirs = try bench.setting(line, Catalogue.leakageLine, [("evidence", "+EV3")], by: Bench.ben)
        let same = try bench.setting(line, Catalogue.leakageLine, [("evidence", "+EV2")], by: Bench.lea)
        try everyOrder(bench, [mine, theirs, same], line) { view in
            #expect(view.references("evidence") == [evidence[1], evidence[2]])
            #expect(view.conflicts.isEmpty)
        }
    }

    @Test func `an element taken away by one and added again by another is present`() throws {
        var bench = Bench()
        try bench.write(Identifier(high: 28, low: 1), Catalogue.evidence, handle: "EV1", [("kind", "ledger"), ("title", "evidence")])
        try bench.line()
        let add = try bench.setting(line, Catalogue.leakageLine, [("evidence", "EV1")])
        let again = try bench.setting(line, Catalogue.leakageLine, [("evidence", "EV1")], by: Bench.ben)
        bench.apply(add)
        let remove = try bench.setting(line, Catalogue.leakageLine, [("evidence", "-EV1")])
        try everyOrder(bench, [remove, again], line) { #expect($0.references("evidence").count == 1) }
    }

    @Test func `points given by two are never blended`() throws {
        var bench = Bench()
        try bench.line()
        let mine = try bench.setting(line, Catalogue.leakageLine, [("domainPoints", "D1=60,D2=40")])
        let theirs = try bench.setting(line, Catalogue.leakageLine, [("domainPoints", "D2=40,D3=60")], by: Bench.ben)
        try everyOrder(bench, [mine, theirs], line) { view in
            #expect(view.domainPoints("domainPoints").reduce(0) { $0 + $1.points } == 100)
            #expect(view.conflicts.map(\.key) == ["domainPoints"])
        }
    }

    @Test func `the stricter attribution wins without a conflict`() throws {
        var bench = Bench()
        let interview = Identifier(high: 24, low: 1)
        try bench.write(interview, Catalogue.interview, handle: "IV1", [("attribution", "namedOk")])
        let role = try bench.setting(interview, Catalogue.interview, [("attribution", "roleOk")])
        let team = try bench.setting(interview, Catalogue.interview, [("attribution", "teamOnly")], by: Bench.ben)
        let none = try bench.setting(interview, Catalogue.interview, [("attribution", "unattributed")], by: Bench.lea)
        try everyOrder(bench, [role, team, none], interview) { view in
            #expect(view.choice("attribution") == "teamOnly")
            #expect(view.conflicts.isEmpty)
        }
    }

    @Test func `reviewed by one and edited by the other: reviewed, and changed after review`() throws {
        var bench = Bench()
        try bench.line()
        let review = try bench.setting(line, Catalogue.leakageLine, [("status", "reviewed")], by: Bench.lea)
        let edit = try bench.setting(line, Catalogue.leakageLine, [("status", "priced"), ("title", "edited")], by: Bench.ben)
        try everyOrder(bench, [review, edit], line) { view in
            #expect(view.choice("status") == "reviewed")
            #expect(Findings.all(in: [view]).contains { $0.kind == .changedAfterReview })
        }
    }

    @Test func `withdrawal wins in every order, and scopes join to what both allow`() throws {
        var bench = Bench()
        let person = Identifier(high: 23, low: 1)
        try bench.write(person, Catalogue.person, handle: "P1", [("level", "manager"), ("consent.state", "none")])
        let wide = try bench.setting(person, Catalogue.person, [("consent.state", "given"), ("consent.scope", "quotes;role"), ("consent.method", "written")])
        let narrow = try bench.setting(person, Catalogue.person, [("consent.state", "given"), ("consent.scope", "role;audio"), ("consent.method", "verbal")], by: Bench.ben)
        let withdrawn = try bench.setting(person, Catalogue.person, [("consent.state", "withdrawn"), ("consent.method", "electronic")], by: Bench.lea)
        try everyOrder(bench, [wide, narrow], person) { view in
            #expect(view.consent?.state == .given)
            #expect(view.consent?.scope == [.role])
            #expect(view.conflicts.isEmpty)
        }
        var methods: Set<Int64?> = []
        try everyOrder(bench, [wide, narrow, withdrawn], person) { view in
            #expect(view.consent?.state == .withdrawn)
            #expect(view.consent?.scope == [])
            methods.insert(view.consent?.method)
        }
        #expect(methods == [3])
    }

    @Test func `a deletion that saw everything hides the record, one that missed an edit is a conflict and hides nothing`() throws {
        var bench = Bench()
        let seam = Identifier(high: 30, low: 4)
        try bench.write(seam, Catalogue.seam, handle: "S4", [("name", "a fourth seam")])
        var editing = RecordEditing(record: seam, type: Catalogue.seam, state: bench.state.records[seam]) { .zero }
        editing.delete()
        let deletion = bench.change(editing.edits, by: Bench.ana)
        let edit = try bench.setting(seam, Catalogue.seam, [("object", "a released lot")], by: Bench.ben)
        try everyOrder(bench, [deletion], seam) { view in
            #expect(view.isDeleted)
            #expect(view.conflicts.isEmpty)
        }
        try everyOrder(bench, [deletion, edit], seam) { view in
            #expect(!view.isDeleted)
            #expect(view.isDeletedButEdited)
            #expect(view.conflicts.map(\.key) == ["life"])
        }
        bench.apply(deletion)
        bench.apply(edit)
        for keeps in [true, false] {
            var settled = bench
            var editing = RecordEditing(record: seam, type: Catalogue.seam, state: bench.state.records[seam]) { .zero }
            if keeps { editing.restore() } else { editing.delete() }
            settled.apply(settled.change(editing.edits, by: Bench.lea))
            #expect(settled.view(seam)?.isDeleted == !keeps)
            #expect(settled.view(seam)?.conflicts.isEmpty == true)
        }
    }

    @Test func `equal values are no conflict, and a clock a year ahead only decides what is shown`() throws {
        var bench = Bench()
        try bench.line()
        let mine = try bench.setting(line, Catalogue.leakageLine, [("title", "same")])
        let theirs = try bench.setting(line, Catalogue.leakageLine, [("title", "same")], by: Bench.ben)
        try everyOrder(bench, [mine, theirs], line) { #expect($0.conflicts.isEmpty) }
        let other = try bench.setting(line, Catalogue.leakageLine, [("title", "other")], by: Bench.lea)
        let ahead = bench.change(other.edits, by: Bench.lea, at: 365 * 86_400_000)
        try everyOrder(bench, [mine, ahead], line) { view in
            #expect(view.conflicts.count == 1)
            #expect(view.text("title") == "other")
        }
    }

    @Test func `two alike and a third that differs are a conflict, wherever the third stands`() throws {
        for (late, offset) in [(true, Int64(1000)), (false, -1000)] {
            var bench = Bench()
            try bench.line()
            let alike = try [Bench.ana, Bench.ben].map { try bench.setting(line, Catalogue.leakageLine, [("title", "same")], by: $0) }
            let other = try bench.setting(line, Catalogue.leakageLine, [("title", "other")], by: Bench.lea)
            let third = bench.change(other.edits, by: Bench.lea, at: offset)
            try everyOrder(bench, alike + [third], line) { view in
                #expect(view.text("title") == (late ? "other" : "same"))
                #expect(view.conflicts.map(\.key) == ["title"])
            }
        }
    }

    @Test func `registers, authors' fields and lattices never ask a person`() {
        for type in Catalogue.types {
            for field in type.fields {
                switch field.merge {
                case .contested, .group, .text: #expect(field.merge.asksAPerson)
                case .once, .author, .register, .set, .lattice, .consent, .headquarters: #expect(!field.merge.asksAPerson)
                }
            }
        }
    }

    @Test func `a withheld value is shown as withheld and not as nothing`() throws {
        var bench = Bench()
        let person = Identifier(high: 23, low: 1)
        try bench.write(person, Catalogue.person, handle: "P1", [("level", "manager")])
        bench.apply(bench.change([Edit(record: person, type: 23, target: .field(10), content: .withheld(leaf: .zero))], by: Bench.ana))
        let view = try #require(bench.view(person))
        #expect(view.isWithheld("name"))
        #expect(view.text("name") == nil)
        #expect(view.json(references: .none)["withheld"] == ["name"])
    }
}
