import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
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

    @Test func `who works on an engagement is written by headquarters alone, one by one`() throws {
        var bench = Bench()
        let (ana, ben) = (Bench.ana.author.member.description, Bench.ben.author.member.description)
        try bench.write(Bench.scope, Catalogue.engagement, handle: "E1", [("title", "Baseline"), ("currency", "USD"), ("team", ana)], by: Bench.headquarters)
        for team in ["+\(ben)", "-\(ana)"] {
            let change = try bench.setting(Bench.scope, Catalogue.engagement, [("team", team)], by: Bench.lea)
            #expect(refusals(bench.judge(change, by: Bench.lea)) == [.headquartersOnly])
            try bench.write(Bench.scope, Catalogue.engagement, [("team", team)], by: Bench.headquarters)
        }
        #expect(bench.view(Bench.scope)?.references("team") == [Bench.ben.author.member])
        try bench.write(Bench.scope, Catalogue.engagement, [("title", "Baseline 2026")], by: Bench.lea)
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
            Edit(record: line, type: 40, target: .field(16), content: .open(.text(canary))),
            Edit(record: person, type: 23, target: .field(10), content: .sensitive(SensitiveValue(salt: .zero, value: .text(String(repeating: canary, count: 99))))),
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

    // MARK: - What altered devices try

    @Test mutating func `what a type that is not known says beside it hides nothing of a record`() throws {
        var bench = try bench()
        bench.apply(try answer(&bench, by: Bench.ana))
        let id = DerivedIdentifiers.answer(interview: interview, question: "LB1", scorer: Bench.ana.author.member, by: bench.primitives)
        let consent = bench.view(person)?.state.heads(of: .field(Catalogue.person.field(key: "consent")?.number ?? 0)).map(\.name) ?? []
        let engagement = try #require(Catalogue.engagement.field(key: "methodSettings"))
        let status = try #require(Catalogue.interview.field(key: "status"))
        let attacks: [Edit] = [
            Edit(record: id, type: Catalogue.answer.number, target: .field(14), content: .open(.group([.init(1, .int(1))]))),
            Edit(record: Bench.scope, type: Catalogue.engagement.number, target: .field(engagement.number), content: .open(.group([.init(1, .int(100))]))),
            Edit(record: interview, type: Catalogue.interview.number, target: .field(status.number), content: .open(.int(4))),
            Edit(record: person, type: Catalogue.person.number, target: .field(15), content: .open(Consent(state: .given, scope: [.quotes], at: 1).value), supersedes: consent),
            Edit(record: Identifier(high: 60, low: 1), type: Catalogue.redaction.number, target: .element(12, .bytes([1])), content: .open(.bool(true))),
        ]
        for attack in attacks {
            let mask = Edit(record: attack.record, type: 9999, target: .field(4000), content: .open(.int(1)))
            for edits in [[mask, attack], [attack, mask], [mask, attack, Edit(record: attack.record, type: 9999, target: .life, content: .open(.bool(true)))]] {
                for person in [Bench.ben, Bench.Person(author: Author(member: Identifier(high: 1, low: 5), role: .analyst), device: Identifier(high: 9, low: 5))] {
                    let change = bench.change(edits, by: person, schema: Catalogue.version + 1)
                    #expect(!bench.judge(change, by: person).isEmpty, "\(attack.target) of \(attack.type)")
                }
            }
            // By itself it is no record of that type either, once there is one.
            let change = bench.change([mask], by: Bench.ben, schema: Catalogue.version + 1)
            #expect(refusals(bench.judge(change, by: Bench.ben)) == (bench.state.records[attack.record] == nil ? [] : [.wrongRecord]))
        }
    }

    @Test mutating func `nobody takes another's record over by saying again what it says`() throws {
        var bench = try bench()
        bench.apply(try answer(&bench, by: Bench.ana))
        let id = DerivedIdentifiers.answer(interview: interview, question: "LB1", scorer: Bench.ana.author.member, by: bench.primitives)
        let state = try #require(bench.state.records[id])
        func said(naming: Bool, _ target: Target) -> [Edit] {
            state.heads(of: target).map { Edit(record: id, type: state.type, target: target, content: $0.content, supersedes: naming ? [$0.name] : []) }
        }
        let fields = state.slots.map(\.target).filter { $0 != .life && $0 != .field(CommonField.createdAt) }
        let made = Target.field(CommonField.createdAt)
        for naming in fields {
            let edits = said(naming: false, made) + fields.flatMap { said(naming: $0 == naming, $0) }
            #expect(refusals(bench.judge(bench.change(edits, by: Bench.ben), by: Bench.ben)).contains(.notTheAuthor), "\(naming)")
        }
        bench.apply(bench.change(said(naming: false, made) + fields.flatMap { said(naming: false, $0) }, by: Bench.ben))
        for person in [Bench.ben, Bench.lea] {
            #expect(!bench.judge(bench.change(said(naming: true, made), by: person), by: person).isEmpty)
        }
        // Nor of one that all may write: who made it stays who made it.
        let line = try #require(bench.state.records[self.line])
        let again = line.heads(of: made).map { Edit(record: self.line, type: line.type, target: made, content: $0.content, supersedes: [$0.name]) }
        #expect(refusals(bench.judge(bench.change(again, by: Bench.ben), by: Bench.ben)) == [.setOnce])
    }

    @Test(arguments: UInt64(0)..<40)
    func `a change says one thing of each target, and of each record in one place`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        let bench = try bench()
        for length in [1, 2, 5, 8, 9, 12, 30] {
            let edits = (0..<length).map { _ in
                Edit(
                    record: Identifier(high: 40, low: dice.next() % UInt64(length)), type: Catalogue.leakageLine.number,
                    target: dice.next() % 4 == 0 ? .element(19, .id(Identifier(high: 1, low: dice.next() % 3))) : .field(UInt32(dice.next() % 30)), content: .open(.absent))
            }
            var seen: [(Identifier, Target)] = []
            let doubled = edits.indices.contains { index in
                defer { seen.append((edits[index].record, edits[index].target)) }
                let isBack = index > 0 && edits[index - 1].record != edits[index].record && seen.contains { $0.0 == edits[index].record }
                return isBack || seen.contains { $0 == (edits[index].record, edits[index].target) }
            }
            var copy = bench
            let refused = refusals(copy.judge(copy.change(edits, by: Bench.ana), by: Bench.ana)) == [.contradiction]
            #expect(refused == doubled, "\(edits.map { ($0.record.low, $0.target) })")
            let gathered = OneWord.gathered(edits)
            #expect(Set(gathered) == Set(edits) && gathered.count == edits.count)
            #expect(zip(gathered, gathered.dropFirst()).count { $0.record != $1.record } == Set(edits.map(\.record)).count - 1)
        }
    }

    @Test func `nobody makes another record under an id that can be told beforehand`() throws {
        var bench = Bench()
        let to = DerivedIdentifiers.answer(interview: Identifier(high: 24, low: 7), question: "LB1", scorer: Bench.ana.author.member, by: bench.primitives)
        let unknown = bench.change([Edit(record: to, type: 777, target: .life, content: .open(.bool(true)))], by: Bench.ben, schema: Catalogue.version + 1)
        #expect(refusals(bench.judge(unknown, by: Bench.ben)) == [.wrongRecord])
        for (type, fields) in [(Catalogue.seam, [("name", "squatted")]), (Catalogue.site, [("name", "squatted")])] {
            var draft = bench.draft(to, type)
            draft.create(at: 0, handle: "X1")
            for (key, value) in fields { try draft.set(key, value) }
            let change = bench.change(try draft.finish(), by: Bench.ben)
            #expect(refusals(bench.judge(change, by: Bench.ben)) == [.wrongRecord])
            // As an import names it, it is one.
            let imported = DerivedIdentifiers.imported(scope: Bench.scope, type: type.number, handle: "x1", by: bench.primitives)
            let edits = change.edits.map { Edit(record: imported, type: $0.type, target: $0.target, content: $0.content) }
            #expect(bench.judge(bench.change(edits, by: Bench.ben), by: Bench.ben).isEmpty)
        }
        // Without a word of what it is about, it is nobody's.
        let bare = Edit(record: to, type: Catalogue.overlap.number, target: .life, content: .open(.bool(true)))
        #expect(refusals(bench.judge(bench.change([bare], by: Bench.ben), by: Bench.ben)) == [.wrongRecord])
    }

    @Test mutating func `what belongs to a finalised interview is not deleted either`() throws {
        var bench = try bench()
        bench.apply(try answer(&bench, by: Bench.ana))
        let id = DerivedIdentifiers.answer(interview: interview, question: "LB1", scorer: Bench.ana.author.member, by: bench.primitives)
        var erasing = RecordEditing(record: id, type: Catalogue.answer, state: bench.state.records[id]) { .zero }
        erasing.delete()
        #expect(bench.judge(bench.change(erasing.edits, by: Bench.ana), by: Bench.ana).isEmpty)
        try bench.write(interview, Catalogue.interview, [("status", "finalised")])
        #expect(refusals(bench.judge(bench.change(erasing.edits, by: Bench.ana), by: Bench.ana)) == [.finalised])
    }

    @Test func `a one-way state is taken no further than this version knows`() throws {
        var bench = try bench()
        let status = try #require(Catalogue.interview.field(key: "status"))
        let beyond = Edit(record: interview, type: Catalogue.interview.number, target: .field(status.number), content: .open(.int(.max)))
        #expect(!bench.judge(bench.change([beyond], by: Bench.lea, schema: Catalogue.version + 1), by: Bench.lea).isEmpty)
    }
}
