import SeamarkJournal
import SeamarkTestSupport
import Testing

@testable import SeamarkModel

/// Which answers stand: merged interviews, redacted words, editions, and what it costs to look at them.
@Suite struct FormStandingTests {
    private let interview = Identifier(high: 24, low: 1), twin = Identifier(high: 24, low: 2)
    private let held = Identifier(high: 63, low: 1), next = Identifier(high: 63, low: 2)

    private func bench(_ text: String = FormRecordTests.text) throws -> Bench {
        var bench = Bench()
        try bench.write(interview, Catalogue.interview, handle: "IV1", [("startedAt", "2026-03-02T09:00:00Z")])
        try bench.write(twin, Catalogue.interview, handle: "IV2", [("startedAt", "2026-03-02T09:00:00Z")])
        try add(text, held, 1, to: &bench)
        return bench
    }

    private func add(_ text: String, _ id: Identifier, _ edition: Int, to bench: inout Bench) throws {
        let form = try FormRecordTests.read(text)
        try bench.write(
            id, Catalogue.questionnaire, handle: "QN\(id.low)",
            [("formKey", form.key), ("edition", "\(edition)"), ("version", form.edition), ("title", form.title), ("document", form.document)], by: Bench.lea)
    }

    private func edits(_ question: String, _ answer: FormAnswer?, in interview: Identifier? = nil, of held: Identifier? = nil, scorer: Identifier, _ bench: inout Bench) -> [Edit] {
        let interview = interview ?? self.interview, held = held ?? self.held
        let id = DerivedIdentifiers.formAnswer(interview: interview, questionnaire: held, question: question, scorer: scorer, by: bench.primitives)
        var editing = bench.draft(id, Catalogue.formAnswer).editing
        editing.create(at: 1_773_700_000_000)
        let (response, text) = FormResponse.values(of: answer)
        for (key, value) in [("interview", .id(interview)), ("questionnaire", .id(held)), ("question", .text(question)), ("scorer", .id(scorer)), ("response", response), ("text", text)] as [(String, Value)] {
            if let field = Catalogue.formAnswer.field(key: key) { editing.set(field, value) }
        }
        return editing.edits
    }

    private func answer(_ question: String, _ answer: FormAnswer?, in interview: Identifier? = nil, of held: Identifier? = nil, by person: Bench.Person = Bench.ana, _ bench: inout Bench) {
        let edits = edits(question, answer, in: interview, of: held, scorer: person.author.member, &bench)
        if !edits.isEmpty { bench.apply(bench.change(edits, by: person)) }
    }

    // MARK: What it costs

    @Test func `of many editions only the one that is asked for is read, and once; a batch reads a form once until its document is another`() throws {
        var bench = try bench()
        for edition in 2...4 { try add(FormRecordTests.text.replacing("How long?", with: "How long \(edition)?"), Identifier(high: 63, low: UInt64(edition)), edition, to: &bench) }
        let all = HeldQuestionnaire.all(in: bench.views)
        let named = try #require(HeldQuestionnaire.called("shift-check", in: all).first)
        #expect(all.count == 4 && !all.contains(where: \.isRead))
        #expect(named.form?.key == "shift-check" && named.edition == 4)
        #expect(all.map(\.isRead) == [false, false, false, true])

        var forms = FormsAtHand()
        let states = bench.state.records
        for _ in 0..<100 { for id in [held, next] { #expect(forms.form(id) { states[$0] } != nil) } }
        #expect(forms.readings == 2)
        #expect(forms.form(interview) { states[$0] } == nil && forms.form(Identifier(high: 63, low: 99)) { states[$0] } == nil)
        // The same id with another document, as another engagement may have it.
        let (first, second) = (try FormRecordTests.read(), forms.form(next) { states[$0] })
        let other = forms.form(held) { _ in states[next] }
        #expect(other == second && forms.readings == 3)
        let again = forms.form(held) { states[$0] }
        #expect(again == first && forms.readings == 4)
        for low in UInt64(100)..<200 { _ = forms.form(Identifier(high: 63, low: low)) { _ in states[held] } }
        #expect(forms.readings == 104)
    }

    /// Each character is held against two hundred sets of three ranges: some thousand steps.
    private static let heavy = """
        | survey |
        | | type | name | label | constraint |
        | | text | a | A | regex(., '(([a0x-z]?){200})*') |
        | | text | b | B | regex(., '(([a0x-z]?){200})*') |
        | | text | c | C | regex(., '(([a0x-z]?){200})*') |
        | settings |
        | | form_title | form_id | version |
        | | Heavy | shift-check | 3 |
        """

    @Test func `looking at the answers of one change takes twenty million steps at most`() throws {
        for (cost, isTaken) in [(FormWork.most - 1, true), (FormWork.most, true), (FormWork.most + 1, false)] {
            let work = FormWork()
            #expect(work.takes(cost) == isTaken && work.isExhausted == !isTaken)
        }
        let pattern = try FormPattern("(a?){30}a*"), text = String(repeating: "a", count: 500), whole = FormWork()
        #expect(pattern.matches(text, whole))
        let cost = FormWork.most - whole.left
        for (most, isTaken) in [(cost - 1, false), (cost, true), (cost + 1, true)] {
            let work = FormWork(most)
            #expect(pattern.matches(text, work) == isTaken && work.isExhausted == !isTaken)
        }
        // The answers of one change cost together.
        var bench = try bench(Self.heavy)
        let given = FormAnswer.text(String(repeating: "a", count: 40)), ana = Bench.ana.author.member
        func refusals(_ questions: [String], _ work: FormWork) -> [Refusal] {
            let all = questions.flatMap { edits($0, given, scorer: ana, &bench) }
            let change = bench.change(all, by: Bench.ana), records = bench.state.records
            var forms = FormsAtHand()
            let complaints = Judgement.verdict(on: change, author: Bench.ana.author, primitives: bench.primitives, forms: &forms, work: work) { records[$0] }
            for complaint in complaints { #expect(complaint.words.hasPrefix("and the answers before it take more work")) }
            return complaints.map(\.refusal)
        }
        let one = FormWork()
        #expect(refusals(["a"], one) == [])
        let each = FormWork.most - one.left
        #expect(each > 40 * 200 && refusals(["a", "b"], FormWork(2 * each)) == [])
        #expect(refusals(["a", "b", "c"], FormWork(3 * each)) == [] && refusals(["a", "b", "c"], FormWork(3 * each - 1)) == [.outOfBounds])
        // Texts that grow in an expression count too.
        let grow = try FormLogic("string-length(concat(" + Array(repeating: "concat(., ., ., ., ., ., ., ., ., .)", count: 20).joined(separator: ", ") + ")) > 0")
        let work = FormWork(1_000_000)
        _ = grow.value(in: FormLogic.Setting(
            answer: { _ in .text("") }, isAsked: { _ in true }, current: .text(String(repeating: "a", count: 8000)), clock: .day(0), choices: { _ in [] }, languages: [], work: work))
        #expect(work.isExhausted)
    }

    /// Whether `b`, `b2` and `b3` are asked takes some thousand steps for each character of the answer to `a`.
    private static let pattern = "regex(${a}, '(([a0x-z]?){200})*')"
    private static let dear = """
        | survey |
        | | type | name | label | relevant |
        | | text | a | A | |
        | | text | b | B ${a}${a}${a}${a}${a}${a}${a}${a}${a}${a}${a}${a}${a} | \(pattern) |
        | | text | b2 | B2 | \(pattern) |
        | | text | b3 | B3 | \(pattern) |
        | | text | c | C | |
        | settings |
        | | form_title | form_id | version |
        | | Dear | dear | 3 |
        """

    @Test func `asking on a device takes twenty million steps at most for an answer, and what is too much is a sentence and takes nothing away`() throws {
        let form = try FormRecordTests.read(Self.dear)
        func fault(_ talk: inout FormInterview, _ name: String, _ count: Int) -> FormAnswerFault? {
            do throws(FormAnswerFault) { try talk.answer(name, .text(String(repeating: "a", count: count)), language: form.languages[0]) } catch { return error }
            return nil
        }
        var talk = FormInterview(form, clock: .day(0))
        #expect(fault(&talk, "a", 40) == nil && fault(&talk, "b", 3) == nil && talk.isAsked("b"))
        let before = talk
        #expect(fault(&talk, "a", 8000) == .tooMuchWork && talk.answers == before.answers && talk.isAsked("b") && !talk.isTooMuch)
        #expect(FormAnswerFault.tooMuchWork.demand.contains("more work to look at than one change may"))
        // One line is held to the same.
        var asking = FormConversation(before, language: form.languages[0])
        #expect(asking.current == "b2" && asking.take("<") == .moved && asking.take("<") == .moved)
        guard case .refused(let words) = asking.take(String(repeating: "a", count: 8000)) else { Issue.record("it was taken"); return }
        #expect(words.hasPrefix("This and the answers before it take more work") && asking.current == "a")
        // Several at once cost together.
        let work = FormWork(100_000)
        var few = FormInterview(form, clock: .day(0))
        do throws(FormAnswerFault) {
            for count in [4, 5, 6, 7, 8, 9, 10, 11, 12, 13] { try few.answer("a", .text(String(repeating: "a", count: count)), language: form.languages[0], within: work) }
            Issue.record("more was spent than was there")
        } catch { #expect(error == .tooMuchWork && few.answers["a"] != nil) }
        // What others' programs stored is not looked at either, says so, and is mended by taking away.
        var stored = FormInterview(form, answers: ["a": .text(String(repeating: "a", count: 8000)), "c": .text("c")], clock: .day(0))
        #expect(stored.isTooMuch && stored.asked.isEmpty && stored.missing.isEmpty && fault(&stored, "c", 1) == .tooMuchWork)
        try stored.answer("a", nil, language: form.languages[0])
        #expect(!stored.isTooMuch && stored.asked.map(\.name) == ["a", "b", "b2", "b3", "c"] && stored.answers["c"] == .text("c"))
        // Words with answers in them have an end.
        let long = FormInterview(try FormRecordTests.read(Self.dear.replacing(Self.pattern, with: "")), answers: ["a": .text(String(repeating: "é", count: 8000))], clock: .day(0))
        let shown = long.words(try #require(long.questionnaire.all.first { $0.name == "b" }?.label.text(in: form.languages[0], of: form.languages)))
        #expect(shown.utf8.count <= FormInterview.longestShown + 3 && shown.hasSuffix("…") && shown.utf8.count > 90_000)
        // Carrying stops where the steps do, and says so of each.
        let carrying = FormCarrying(FormInterview(try FormRecordTests.read(Self.dear.replacing(Self.pattern, with: "")), answers: ["a": .text(String(repeating: "a", count: 8000)), "c": .text("c")], clock: .day(0)), into: FormInterview(form, clock: .day(0)))
        #expect(carrying.rows.map(\.fate) == [.refused(.tooMuchWork), .refused(.tooMuchWork)])
    }

    // MARK: Merged interviews

    @Test func `one scorer's answers in interviews that were merged are one, the surviving interview's first, and apart again when the merge is undone`() throws {
        var bench = try bench()
        answer("people", .integer(11), &bench)
        answer("people", .integer(12), in: twin, &bench)
        answer("hours", .decimal(2), in: twin, &bench)
        answer("covered", .choices(["yes"]), in: twin, &bench)
        answer("covered", .choices(["no"]), &bench)
        answer("covered", nil, &bench)
        answer("people", .integer(13), in: twin, by: Bench.ben, &bench)
        func settled() -> [String: FormAnswer] {
            let records = FormAnswerRecord.settled(bench.views.compactMap { FormAnswerRecord($0) }, Merges(bench.views))
            return Dictionary(records.compactMap { record in record.answer.map { ("\(record.interview == interview ? 1 : 2)/\(record.scorer == Bench.ana.author.member ? "ana" : "ben")/\(record.question)", $0) } }) { $1 }
        }
        #expect(settled().count == 5)
        try bench.write(twin, Catalogue.interview, [("mergedInto", interview.description)], by: Bench.lea)
        #expect(
            settled() == ["1/ana/people": .integer(11), "2/ana/hours": .decimal(2), "2/ben/people": .integer(13)],
            "what was taken away in the surviving interview stands as taken away")
        let merge = try #require(bench.state.records[twin]?.heads(of: .field(CommonField.mergedInto)).last)
        bench.apply(bench.change([Edit(record: twin, type: 24, target: .field(CommonField.mergedInto), content: .open(.absent), supersedes: [merge.name])], by: Bench.lea))
        #expect(settled().count == 5)
    }

    @Test func `two answers of one scorer to one question of merged interviews are found, for a person to settle`() throws {
        var bench = try bench()
        func score(_ interview: Identifier, by person: Bench.Person) throws {
            let scorer = person.author.member
            try bench.write(DerivedIdentifiers.answer(interview: interview, question: "KT1", scorer: scorer, by: bench.primitives), Catalogue.answer, [
                ("interview", interview.description), ("question", "KT1"), ("scorer", scorer.description), ("response.outcome", "dontKnow"),
            ], by: person)
        }
        try score(interview, by: Bench.ana)
        try score(twin, by: Bench.ana)
        try score(twin, by: Bench.ben)
        answer("people", .integer(11), &bench)
        answer("people", .integer(12), in: twin, &bench)
        answer("hours", .decimal(1), in: twin, &bench)
        func found() -> [Finding] { Findings.all(in: bench.views).filter { $0.kind == .answeredTwice } }
        #expect(found().isEmpty)
        try bench.write(twin, Catalogue.interview, [("mergedInto", interview.description)], by: Bench.lea)
        #expect(found().map(\.type) == [Catalogue.answer.number, Catalogue.formAnswer.number])
        #expect(found().allSatisfy { bench.view($0.record)?.reference("interview") == twin && $0.words.contains("IV2") && $0.words.contains("IV1") && !$0.blocksBoard })
        var deleting = RecordEditing(record: found()[0].record, type: Catalogue.answer, state: bench.state.records[found()[0].record]) { .zero }
        deleting.delete()
        bench.apply(bench.change(deleting.edits, by: Bench.ana))
        #expect(found().map(\.type) == [Catalogue.formAnswer.number] && found().allSatisfy { !$0.words.contains("delete") })
        var other = bench
        answer("people", nil, in: twin, &bench)
        #expect(found().isEmpty)
        answer("people", nil, &other)
        #expect(Findings.all(in: other.views).allSatisfy { $0.kind != .answeredTwice }, "taken away in the surviving interview is taken away")
    }

    // MARK: Redacted words

    @Test func `an answer whose words were redacted is answered: nobody is asked again, and what hangs on it is asked as before`() throws {
        let form = try FormRecordTests.read("""
            | survey |
            | | type | name | label | required | relevant |
            | | text | said | What? | yes | |
            | | integer | more | More on ${said}? | | ${said} != '' |
            | settings |
            | | form_title | form_id |
            | | F | f |
            """)
        var bench = try bench()
        answer("said", .text("canary"), &bench)
        let id = DerivedIdentifiers.formAnswer(interview: interview, questionnaire: held, question: "said", scorer: Bench.ana.author.member, by: bench.primitives)
        let head = try #require(bench.state.records[id]?.heads(of: .field(16)).last)
        bench.apply(bench.change([Edit(record: id, type: 64, target: .field(16), content: .withheld(leaf: .zero), supersedes: [head.name])], by: Bench.lea))
        let record = try #require(bench.view(id).flatMap { FormAnswerRecord($0) })
        #expect(record.answer == nil && record.isWithheld && record.isGiven)
        var talk = FormInterview(form, [record], clock: .day(20_000))
        #expect(talk.hidden == ["said"] && talk.isAnswered("said") && talk.missing.isEmpty && talk.isAsked("more"))
        var conversation = FormConversation(talk, language: "default")
        #expect(conversation.prompt?.name == "more" && conversation.prompt?.label == "More on [redacted]?")
        #expect(conversation.take("<") == .moved && conversation.prompt?.isHidden == true && conversation.prompt?.present == nil)
        #expect(conversation.take("") == .moved && conversation.prompt?.name == "more", "an empty line goes on: it is answered")
        try talk.answer("said", .text("again"), language: "default")
        #expect(talk.hidden.isEmpty && talk.answers["said"] == .text("again"))
        try talk.answer("said", nil, language: "default")
        #expect(talk.missing.map(\.name) == ["said"] && !talk.isAsked("more"))
    }

    // MARK: The next edition

    @Test func `answers are carried to the next edition where the question is of the same name, kind and choices, is asked and takes them`() throws {
        let before = try FormRecordTests.read(), text = FormRecordTests.text
        let answers: [String: FormAnswer] = [
            "covered": .choices(["yes"]), "people": .integer(400), "why": .choices(["p"]), "hours": .decimal(2), "since": .date(19_000),
        ]
        let earlier = FormInterview(before, answers: answers, hidden: ["said"], clock: .day(20_000))
        func carry(_ later: String, _ already: [String: FormAnswer] = [:]) throws -> [String: FormCarrying.Fate] {
            let carrying = FormCarrying(earlier, into: FormInterview(try FormRecordTests.read(later), answers: already, clock: .day(20_000)))
            #expect(carrying.carried.allSatisfy { carrying.after.answers[$0.question] == $0.answer })
            return Dictionary(carrying.rows.map { ($0.question, $0.fate) }) { $1 }
        }
        #expect(try carry(text)["people"] == .carried(.integer(400)) && carry(text)["said"] == .hidden && carry(text).count == 6)
        let stricter = text.replacing(". <= 500", with: ". <= 300").replacing("date                 | since ", with: "date                 | until ").replacing("decimal              | hours", with: "integer              | hours")
            .replacing("|         | late      | p    | Parts |\n", with: "").replacing(". < ${people}", with: "")
        #expect(try carry(stricter, ["covered": .choices(["yes"])]) == [
            "covered": .answered, "people": .refused(.constraint("Between 1 and 500")), "why": .asksOtherwise, "hours": .asksOtherwise, "since": .gone, "said": .hidden,
        ])
        // Where the other edition was answered so that it does not ask, nothing is carried.
        #expect(try carry(text, ["covered": .choices(["no"])])["people"] == .refused(.notAsked))
        // Other words and another order of choices ask the same.
        let reworded = text.replacing("Is it covered?", with: "Covered?").replacing("|         | yesno     | yes  | Yes   |\n|         | yesno     | no   | No    |", with: "|         | yesno     | no   | Nope    |\n|         | yesno     | yes  | Yep   |")
        #expect(try carry(reworded)["covered"] == .carried(.choices(["yes"])))
    }

    // MARK: Exports

    @Test func `questionnaires that have no table in an export are named in a table of their own`() throws {
        var bench = try bench()
        for edition in 2...FormTables.mostTables { try add(FormRecordTests.text, Identifier(high: 63, low: UInt64(edition)), edition, to: &bench) }
        func names() -> [String] { RecordTables(bench.views, of: Bench.scope, directory: .none).forms.map(\.name) }
        #expect(names().count == FormTables.mostTables && !names().contains(FormTables.leftOutName))
        let last = Identifier(high: 63, low: 201)
        try add(FormRecordTests.text, last, 201, to: &bench)
        answer("people", .integer(3), of: last, &bench)
        let tables = RecordTables(bench.views, of: Bench.scope, directory: .none).forms
        #expect(tables.count == FormTables.mostTables + 1)
        let left = try #require(tables.last)
        #expect(left.name == "formsLeftOut" && left.rows.map { Array($0.prefix(5)) } == [[.text(last.description), .text("QN201"), .text("shift-check"), .number("201"), .number("1")]])
    }

    @Test func `an engagement file holds questionnaires and the answers to them, and gives the same bytes again`() throws {
        var bench = try bench()
        try bench.write(Bench.scope, Catalogue.engagement, handle: "E1", [("title", "An engagement"), ("currency", "EUR")], by: Bench.lea)
        try bench.write(Identifier(high: 29, low: 5), Catalogue.contributor, handle: "C5", [])
        let scorer = Bench.Person(author: Author(member: Identifier(high: 29, low: 5), role: .lead), device: Identifier(high: 9, low: 7))
        for (question, given) in [
            ("covered", FormAnswer.choices(["yes"])), ("people", .integer(11)), ("why", .choices(["p", "q"])), ("hours", .decimal(2.5)), ("since", .date(20_000)), ("said", .text("words \"as said\"\nof two lines")),
        ] { answer(question, given, by: scorer, &bench) }
        try bench.write(held, Catalogue.questionnaire, [("state", "retired")], by: Bench.lea)
        let written = EngagementFile.document(bench.views, directory: .none).pretty
        // Older programs know neither section: a file that has one is of version 2, another stays 1.
        for (left, version) in [([], 2), ([Catalogue.formAnswer], 2), ([Catalogue.questionnaire], 2), ([Catalogue.formAnswer, Catalogue.questionnaire], 1)] as [([RecordType], Int64)] {
            let views = bench.views.filter { view in !left.contains { $0 === view.type } }
            #expect(EngagementFile.document(views, directory: .none)["version"]?.integer == version)
        }
        var newer = Bench()
        #expect(throws: EngagementFileError.newerVersion) { try EngagementFileTests.load(Array("{\"format\": \"seamark-engagement\", \"version\": 3}".utf8), into: &newer) }
        var other = Bench()
        try EngagementFileTests.load(Array(written.utf8), into: &other)
        #expect(EngagementFile.document(other.views, directory: .none).pretty == written)
        let form = try FormRecordTests.read()
        #expect(HeldQuestionnaire.all(in: other.views).map(\.form) == [form])
        #expect(other.views.compactMap { FormAnswerRecord($0) }.count == 6 && Findings.all(in: other.views).allSatisfy { $0.kind != .unfitAnswer })
        #expect(try EngagementFileTests.load(Array(written.utf8), into: &other).isEmpty, "a second import of the same file has nothing to say")
        // A form that was altered in the file is refused, as every other record that may not be.
        var third = Bench()
        #expect(throws: Bench.Refused.self) { try EngagementFileTests.load(Array(written.replacing("\"title\": \"Shift check\"", with: "\"title\": \"Shaft check\"").utf8), into: &third) }
    }
}
