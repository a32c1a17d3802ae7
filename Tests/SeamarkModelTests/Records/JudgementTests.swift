import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct JudgementTests {
    let line = Identifier(high: 40, low: 1), person = Identifier(high: 23, low: 1), interview = Identifier(high: 24, low: 1)

    private func refusals(_ complaints: [Complaint]) -> [Refusal] { complaints.map(\.refusal) }

    private func bench() throws -> Bench {
        var bench = Bench()
        try bench.line()
        try bench.write(person, Catalogue.person, handle: "P-A1", [
            ("level", "manager"), ("name", "Invented Person"), ("consent.state", "given"), ("consent.scope", "quotes;role"),
        ])
        try bench.write(interview, Catalogue.interview, handle: "IV-A1", [("persons", "P-A1"), ("status", "draft"), ("attribution", "roleOk")])
        return bench
    }

    @Test func `a category that was set is never changed, and saying it again is no change`() throws {
        var bench = try bench()
        let again = bench.change([Edit(record: line, type: 40, target: .field(11), content: .open(.int(1)))], by: Bench.ben)
        #expect(bench.judge(again, by: Bench.ben).isEmpty)
        let other = bench.change([Edit(record: line, type: 40, target: .field(11), content: .open(.int(2)))], by: Bench.ben)
        #expect(refusals(bench.judge(other, by: Bench.ben)) == [.setOnce])
        #expect(refusals(bench.judge(other, by: Bench.headquarters)) == [.setOnce])
    }

    @Test func `a record that two made unseen is one, the earliest creation stands, and a creation that was seen never changes`() throws {
        var bench = try bench()
        let unseen = { [state = bench.state, line] (time: Int64) in
            (state.records[line]?.slots ?? []).flatMap { slot in
                slot.heads.map { head in
                    let content = slot.target == .field(CommonField.createdAt) ? .open(.int(time)) : head.content
                    return Edit(record: line, type: 40, target: slot.target, content: content)
                }
            }
        }
        let later = bench.change(unseen(8), by: Bench.ben)
        #expect(bench.judge(later, by: Bench.ben).isEmpty)
        let seen = try #require(bench.state.records[line]).heads(of: .field(CommonField.createdAt)).map(\.name)
        let changed = bench.change([Edit(record: line, type: 40, target: .field(CommonField.createdAt), content: .open(.int(8)), supersedes: seen)], by: Bench.ben)
        #expect(refusals(bench.judge(changed, by: Bench.ben)) == [.setOnce])
        let time = bench.view(line)?.integer("createdAt")
        bench.apply(later)
        #expect(bench.view(line)?.author == Bench.ana.author.member && bench.view(line)?.integer("createdAt") == time)
        let earlier = bench.change(unseen(7), by: Bench.lea, at: -1_000_000)
        #expect(bench.judge(earlier, by: Bench.lea).isEmpty)
        bench.apply(earlier)
        #expect(bench.view(line)?.author == Bench.lea.author.member && bench.view(line)?.integer("createdAt") == 7)
        #expect(bench.view(line)?.conflicts.isEmpty == true)
    }

    @Test mutating func `who made another's answer unseen may repeat it, neither change it nor take it over`() throws {
        var bench = try bench()
        let original = try answer(&bench, by: Bench.ana)
        bench.apply(original)
        func twin(_ edits: [Edit], by person: Bench.Person, at offset: Int64 = 0) -> [Refusal] {
            refusals(bench.judge(bench.change(edits, by: person, at: offset), by: person))
        }
        for person in [Bench.ben, Bench.lea] { #expect(twin(original.edits, by: person).isEmpty) }
        #expect(twin(original.edits, by: Bench.ben, at: -1_000_000) == [.notTheAuthor])
        let other = try answer(&bench, by: Bench.ana, score: "4").edits
        let words = original.edits.map { edit in other.first { $0.target == edit.target }.map { Edit(record: edit.record, type: edit.type, target: edit.target, content: $0.content) } ?? edit }
        for person in [Bench.ben, Bench.lea] { #expect(twin(words, by: person) == [.notTheAuthor]) }
        #expect(twin(original.edits.filter { $0.target == .field(CommonField.createdAt) }, by: Bench.ben).contains(.missing))
        // The repetition does not keep its author from a better one.
        bench.apply(bench.change(original.edits, by: Bench.ben))
        let better = try answer(&bench, by: Bench.ana, score: "3")
        #expect(bench.judge(better, by: Bench.ana).isEmpty)
        #expect(refusals(bench.judge(better, by: Bench.ben)) == [.notTheAuthor])
    }

    @Test func `what headquarters writes, nobody else writes`() throws {
        var bench = try bench()
        let quote = Identifier(high: 27, low: 1)
        try bench.write(quote, Catalogue.quote, handle: "Q1", [("interview", "IV-A1"), ("text", "Invented words.")])
        let approval = try bench.setting(quote, Catalogue.quote, [("approvedForReport", "yes")])
        for person in [Bench.ana, Bench.lea] { #expect(refusals(bench.judge(approval, by: person)) == [.headquartersOnly]) }
        #expect(bench.judge(approval, by: Bench.headquarters).isEmpty)
        let member = try bench.setting(Identifier(high: 2, low: 1), Catalogue.member, handle: "M1", [("name", "Invented"), ("role", "lead")])
        #expect(refusals(bench.judge(member, by: Bench.lea)) == [.headquartersOnly])
        #expect(bench.judge(member, by: Bench.headquarters).isEmpty)
    }

    private mutating func answer(_ bench: inout Bench, by person: Bench.Person, score: String = "2") throws -> Change {
        let id = DerivedIdentifiers.answer(interview: interview, question: "LB1", scorer: person.author.member, by: bench.primitives)
        return try bench.setting(id, Catalogue.answer, [
            ("interview", "IV-A1"), ("question", "LB1"), ("scorer", person.author.member.description), ("response.outcome", "scored"),
            ("response.score", score), ("response.grade", "C"),
        ], by: person)
    }

    @Test mutating func `an answer is changed by its author only, and no longer when the interview is finalised`() throws {
        var bench = try bench()
        bench.apply(try answer(&bench, by: Bench.ana))
        bench.apply(try answer(&bench, by: Bench.ben, score: "4"))
        #expect(bench.views.filter { $0.state.type == 25 }.count == 2)
        let id = DerivedIdentifiers.answer(interview: interview, question: "LB1", scorer: Bench.ana.author.member, by: bench.primitives)
        let better = try bench.setting(id, Catalogue.answer, [("response.score", "3")])
        #expect(bench.judge(better, by: Bench.ana).isEmpty)
        #expect(refusals(bench.judge(better, by: Bench.ben)) == [.notTheAuthor])
        #expect(refusals(bench.judge(better, by: Bench.lea)) == [.notTheAuthor])
        try bench.write(interview, Catalogue.interview, [("status", "finalised")])
        #expect(refusals(bench.judge(better, by: Bench.ana)) == [.finalised])
        // A lead may reopen it, and then its author may go on.
        let reopening = try bench.setting(interview, Catalogue.interview, [("status", "draft")])
        #expect(refusals(bench.judge(reopening, by: Bench.ana)) == [.wentBack])
        #expect(bench.judge(reopening, by: Bench.lea).isEmpty)
        bench.apply(reopening)
        #expect(bench.judge(better, by: Bench.ana).isEmpty)
    }

    @Test func `a one-way state goes back only by its authority, and concurrent ones are no going back`() throws {
        var bench = try bench()
        let orders: [(key: String, type: RecordType, id: Identifier, from: String, to: String, by: Bench.Person, lead: Bool, headquarters: Bool)] = [
            ("status", Catalogue.leakageLine, line, "reviewed", "priced", Bench.lea, false, true),
            ("attribution", Catalogue.interview, interview, "teamOnly", "namedOk", Bench.lea, false, false),
        ]
        for order in orders {
            try bench.write(order.id, order.type, [(order.key, order.from)], by: order.by)
            let back = try bench.setting(order.id, order.type, [(order.key, order.to)])
            #expect(refusals(bench.judge(back, by: Bench.ana)) == [.wentBack], "\(order.key)")
            #expect(bench.judge(back, by: Bench.lea).isEmpty == order.lead, "\(order.key)")
            #expect(bench.judge(back, by: Bench.headquarters).isEmpty == order.headquarters, "\(order.key)")
            // The same words by somebody who did not see the greater state.
            let unseen = bench.change(back.edits.map { Edit(record: $0.record, type: $0.type, target: $0.target, content: $0.content) }, by: Bench.ben)
            #expect(bench.judge(unseen, by: Bench.ben).isEmpty, "\(order.key)")
            let clearing = try bench.setting(order.id, order.type, [(order.key, "")])
            #expect(refusals(bench.judge(clearing, by: Bench.lea)) == [.wentBack], "\(order.key)")
        }
    }

    @Test func `a consultant does not review a line`() throws {
        var bench = try bench()
        let review = try bench.setting(line, Catalogue.leakageLine, [("status", "reviewed")])
        #expect(refusals(bench.judge(review, by: Bench.ana)) == [.roleForbids])
        #expect(bench.judge(review, by: Bench.lea).isEmpty)
    }

    @Test func `consent neither goes back nor grows, by nobody`() throws {
        var bench = try bench()
        for (fields, allowed) in [
            ([("consent.state", "none")], false), ([("consent.scope", "quotes;role;audio")], false), ([("consent.scope", "role")], true),
            ([("consent.state", "withdrawn")], true),
        ] {
            let change = try bench.setting(person, Catalogue.person, fields)
            for who in [Bench.ana, Bench.lea, Bench.headquarters] {
                #expect(refusals(bench.judge(change, by: who)) == (allowed ? [] : [.wentBack]), "\(fields)")
            }
        }
        try bench.write(person, Catalogue.person, [("consent.state", "withdrawn")])
        let again = try bench.setting(person, Catalogue.person, [("consent.state", "given")])
        #expect(refusals(bench.judge(again, by: Bench.headquarters)) == [.wentBack])
    }

    @Test func `a sensitive value in the open is refused, and an open one that hides`() throws {
        var bench = try bench()
        let open = bench.change([Edit(record: person, type: 23, target: .field(10), content: .open(.text("Invented")))], by: Bench.ana)
        #expect(refusals(bench.judge(open, by: Bench.ana)) == [.wrongSecrecy])
        let hidden = bench.change([
            Edit(record: line, type: 40, target: .field(10), content: .sensitive(SensitiveValue(salt: .zero, value: .text("title")))),
        ], by: Bench.ana)
        #expect(refusals(bench.judge(hidden, by: Bench.ana)) == [.wrongSecrecy])
        let redacted = bench.change([Edit(record: person, type: 23, target: .field(10), content: .withheld(leaf: .zero))], by: Bench.ana)
        #expect(bench.judge(redacted, by: Bench.ana).isEmpty)
    }

    @Test func `what only a newer version knows is taken from a newer schema and from no other`() throws {
        var bench = try bench()
        let edits = [
            Edit(record: line, type: 40, target: .field(999), content: .open(.int(1))), Edit(record: Identifier(high: 99, low: 1), type: 777, target: .life, content: .open(.bool(true))),
        ]
        let newer = bench.change(edits, by: Bench.ana, schema: Catalogue.version + 1)
        #expect(bench.judge(newer, by: Bench.ana).isEmpty)
        let same = bench.change(edits, by: Bench.ana)
        #expect(refusals(bench.judge(same, by: Bench.ana)) == [.unknownField, .unknownField])
        bench.apply(newer)
        #expect(bench.view(line)?.unknownFields == [999])
        #expect(bench.view(Identifier(high: 99, low: 1))?.type == nil)
    }

    @Test func `a new record lacks nothing that must be given, and what must be given is not cleared`() throws {
        var bench = Bench()
        var draft = bench.draft(line, Catalogue.leakageLine)
        draft.create(at: 0, handle: "L9")
        try draft.set("title", "a title")
        #expect(throws: Draft.Problem.self) { try draft.finish() }
        let change = bench.change(draft.editing.edits, by: Bench.ana)
        #expect(bench.judge(change, by: Bench.ana).map(\.key) == ["category"])
        try bench.line()
        let cleared = bench.change([Edit(record: line, type: 40, target: .field(10), content: .open(.absent))], by: Bench.ana)
        #expect(refusals(bench.judge(cleared, by: Bench.ana)) == [.missing])
    }

    @Test func `an edit that says another type, a set as a field or a field as a set is refused`() throws {
        var bench = try bench()
        for (edit, refusal) in [
            (Edit(record: line, type: 30, target: .field(10), content: .open(.text("x"))), Refusal.wrongRecord),
            (Edit(record: line, type: 40, target: .field(19), content: .open(.id(.zero))), .wrongKind),
            (Edit(record: line, type: 40, target: .element(10, .text("x")), content: .open(.bool(true))), .wrongKind),
            (Edit(record: line, type: 40, target: .element(19, .id(.zero)), content: .open(.int(1))), .wrongKind),
            (Edit(record: line, type: 40, target: .life, content: .open(.int(1))), .wrongKind),
            (Edit(record: Identifier(high: 5, low: 5), type: 20, target: .field(10), content: .open(.text("x"))), .wrongRecord),
        ] {
            #expect(refusals(bench.judge(bench.change([edit], by: Bench.lea), by: Bench.lea)) == [refusal])
        }
    }

    @Test func `a conflict is resolved by a lead, and a consultant's own head may always be replaced`() throws {
        var bench = try bench()
        let mine = try bench.setting(line, Catalogue.leakageLine, [("title", "mine")])
        let theirs = try bench.setting(line, Catalogue.leakageLine, [("title", "theirs")], by: Bench.ben)
        bench.apply(mine)
        bench.apply(theirs)
        #expect(bench.view(line)?.conflicts.count == 1)
        let resolution = try bench.setting(line, Catalogue.leakageLine, [("title", "ours")], by: Bench.lea)
        #expect(resolution.edits.first?.supersedes.count == 2)
        #expect(refusals(bench.judge(resolution, by: Bench.ana)) == [.roleForbids])
        #expect(bench.judge(resolution, by: Bench.lea).isEmpty)
        let own = bench.change([Edit(record: line, type: 40, target: .field(10), content: .open(.text("mine again")), supersedes: [mine.name(0)])], by: Bench.ana)
        #expect(bench.judge(own, by: Bench.ana).isEmpty)
        bench.apply(resolution)
        #expect(bench.view(line)?.conflicts.isEmpty == true)
        #expect(bench.view(line)?.text("title") == "ours")
    }

    @Test func `complaints hold nothing of the value`() throws {
        var bench = try bench()
        let canary = "Canary\u{7}Canary"
        let change = bench.change([
            Edit(record: line, type: 40, target: .field(10), content: .open(.text(canary))),
            Edit(record: person, type: 23, target: .field(10), content: .sensitive(SensitiveValue(salt: .zero, value: .text(String(repeating: canary, count: 99))))),
            Edit(record: line, type: 40, target: .field(16), content: .open(.text(canary))),
        ], by: Bench.ana)
        let complaints = bench.judge(change, by: Bench.ana)
        #expect(complaints.count == 3)
        for complaint in complaints { #expect(!complaint.description.contains("Canary")) }
    }

    @Test func `viewers and administrators write nothing, analysts write pools and what headquarters says`() throws {
        var bench = try bench()
        let headquarters = [Catalogue.pool, Catalogue.cycle, Catalogue.boardAnswer, Catalogue.sequenceDecision, Catalogue.checkAnswer, Catalogue.questionnaire, Catalogue.gateReview, Catalogue.gateResult]
        for role in [Role.clientViewer, .tenantAdmin, .analyst] {
            for type in Catalogue.types {
                for operation in RoleTable.Operation.allCases {
                    let allowed = RoleTable.allows(role, operation, type, isOwn: true)
                    #expect(allowed == (role == .analyst && (headquarters.contains { $0 === type } && operation != .delete || type === Catalogue.snapshot && operation == .create)))
                }
            }
        }
        let change = try bench.setting(line, Catalogue.leakageLine, [("title", "new")])
        #expect(refusals(bench.judge(change, by: Bench.Person(author: Author(member: .zero, role: .analyst), device: .zero))) == [.roleForbids])
    }

    @Test func `deleting another's answer is refused, deleting a shared seam is not`() throws {
        var bench = try bench()
        let seam = Identifier(high: 30, low: 4)
        try bench.write(seam, Catalogue.seam, handle: "S4", [("name", "a seam")])
        var draft = bench.draft(seam, Catalogue.seam)
        _ = try draft.finish()
        var editing = RecordEditing(record: seam, type: Catalogue.seam, state: bench.state.records[seam]) { .zero }
        editing.delete()
        #expect(bench.judge(bench.change(editing.edits, by: Bench.ben), by: Bench.ben).isEmpty)
        let quote = Identifier(high: 27, low: 1)
        try bench.write(quote, Catalogue.quote, handle: "Q1", [("interview", "IV-A1"), ("text", "Invented words.")])
        var erasing = RecordEditing(record: quote, type: Catalogue.quote, state: bench.state.records[quote]) { .zero }
        erasing.delete()
        #expect(refusals(bench.judge(bench.change(erasing.edits, by: Bench.ben), by: Bench.ben)) == [.roleForbids])
        #expect(bench.judge(bench.change(erasing.edits, by: Bench.ana), by: Bench.ana).isEmpty)
    }

    @Test func `a record that is named by its parts has the id that follows from them, or it is refused`() throws {
        var bench = Bench()
        let interview = Identifier(high: 24, low: 7)
        let me = Bench.ana.author.member
        let fields = [("interview", interview.description), ("question", "LB1"), ("scorer", me.description), ("response.outcome", "dontKnow")]
        let right = DerivedIdentifiers.answer(interview: interview, question: "LB1", scorer: me, by: bench.primitives)
        #expect(bench.judge(try bench.setting(right, Catalogue.answer, fields), by: Bench.ana).isEmpty)
        for wrong in [Identifier(high: 25, low: 1), DerivedIdentifiers.answer(interview: interview, question: "LB2", scorer: me, by: bench.primitives)] {
            #expect(bench.judge(try bench.setting(wrong, Catalogue.answer, fields), by: Bench.ana).map(\.refusal) == [.wrongRecord])
        }
        let (a, b) = (Identifier(high: 40, low: 2), Identifier(high: 40, low: 1))
        for (first, second) in [(a, b), (b, a)] {
            let fields = [("first", first.description), ("second", second.description), ("judgement.share", "10%"), ("judgement.reason", "invented")]
            #expect(bench.judge(try bench.setting(DerivedIdentifiers.overlap(a, b, by: bench.primitives), Catalogue.overlap, fields), by: Bench.ana).isEmpty)
            #expect(bench.judge(try bench.setting(Identifier(high: 41, low: 1), Catalogue.overlap, fields), by: Bench.ana).map(\.refusal) == [.wrongRecord])
        }
        // Piece by piece comes to the same: whichever edit completes the parts is judged.
        let begun = Identifier(high: 41, low: 9)
        var editing = RecordEditing(record: begun, type: Catalogue.overlap, state: nil) { .zero }
        if let field = Catalogue.overlap.field(10) { editing.set(field, .id(a)) }
        bench.apply(bench.change(editing.edits, by: Bench.ana))
        var rest = RecordEditing(record: begun, type: Catalogue.overlap, state: bench.state.records[begun]) { .zero }
        if let field = Catalogue.overlap.field(11) { rest.set(field, .id(b)) }
        #expect(bench.judge(bench.change(rest.edits, by: Bench.ana), by: Bench.ana).map(\.refusal) == [.wrongRecord])
    }
}
