import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// Questionnaires and their answers as records: what may be, what meets, and what never conflicts.
@Suite struct FormRecordTests {
    static let text = """
        | survey |
        |        | type                 | name    | label                | required | relevant            | constraint          | constraint_message |
        |        | begin group          | works   | The works            |          |                     |                     |                    |
        |        | select_one yesno     | covered | Is it covered?       | yes      |                     |                     |                    |
        |        | integer              | people  | How many people?     | yes      | ${covered} = 'yes'  | . > 0 and . <= 500  | Between 1 and 500  |
        |        | end group            |         |                      |          |                     |                     |                    |
        |        | select_multiple late | why     | Why was it late?     |          |                     |                     |                    |
        |        | decimal              | hours   | How long?            |          |                     | . < ${people}       |                    |
        |        | date                 | since   | Since when?          |          |                     | . <= today()        |                    |
        |        | note                 | thanks  | ${people} it is      |          |                     |                     |                    |
        |        | text                 | said    | What did they say?   |          |                     |                     |                    |
        | choices |
        |         | list_name | name | label |
        |         | yesno     | yes  | Yes   |
        |         | yesno     | no   | No    |
        |         | late      | p    | Parts |
        |         | late      | q    | People |
        | settings |
        |          | form_title  | form_id     | version |
        |          | Shift check | shift-check | 3       |
        """

    static func read(_ text: String = text) throws -> Questionnaire { try Questionnaire(file: Array(text.utf8), format: .markdown, name: "form") { _, _ in nil } }

    private let interview = Identifier(high: 24, low: 1)
    private let held = Identifier(high: 63, low: 1)

    private func bench() throws -> Bench {
        var bench = Bench()
        try bench.write(interview, Catalogue.interview, handle: "IV1", [("startedAt", "2026-03-02T09:00:00Z")])
        try add(try Self.read(), held, "QN1", 1, to: &bench)
        return bench
    }

    private func add(_ form: Questionnaire, _ id: Identifier, _ handle: String, _ edition: Int, to bench: inout Bench) throws {
        try bench.write(
            id, Catalogue.questionnaire, handle: handle,
            [("formKey", form.key), ("edition", "\(edition)"), ("version", form.edition), ("title", form.title), ("document", form.document)], by: Bench.lea)
    }

    private func answering(_ question: String, _ answer: FormAnswer?, by person: Bench.Person = Bench.ana, of held: Identifier? = nil, in bench: inout Bench) -> Change {
        let held = held ?? self.held
        let id = DerivedIdentifiers.formAnswer(interview: interview, questionnaire: held, question: question, scorer: person.author.member, by: bench.primitives)
        var editing = bench.draft(id, Catalogue.formAnswer).editing
        editing.create(at: 1_773_700_000_000)
        let (response, text) = FormResponse.values(of: answer)
        for (key, value) in [("interview", .id(interview)), ("questionnaire", .id(held)), ("question", .text(question)), ("scorer", .id(person.author.member)), ("response", response), ("text", text)] as [(String, Value)] {
            if let field = Catalogue.formAnswer.field(key: key) { editing.set(field, value) }
        }
        return bench.change(editing.edits, by: person)
    }

    private func refusal(_ question: String, _ answer: FormAnswer, of held: Identifier? = nil) throws -> Refusal? {
        var bench = try bench()
        let change = answering(question, answer, of: held, in: &bench)
        let complaints = bench.judge(change, by: Bench.ana)
        for complaint in complaints { #expect(!complaint.description.contains("maybe") && !complaint.description.contains("501")) }
        return complaints.first?.refusal
    }

    // MARK: The document

    @Test func `a form is read from its document as it was read from its file, and every document that is taken writes itself`() throws {
        let form = try Self.read()
        #expect(try Questionnaire(document: form.document) == form)
        var bytes = Array(form.document.utf8), dice = SplitMix64(seed: 7), taken = 0
        for _ in 0..<4000 {
            let place = Int(dice.next() % UInt64(bytes.count)), was = bytes[place]
            bytes[place] = UInt8(32 + dice.next() % 95)
            let text = String(decoding: bytes, as: UTF8.self)
            if let other = try? Questionnaire(document: text) {
                #expect(other.document == text)
                taken += 1
            }
            bytes[place] = was
        }
        #expect(taken > 20 && taken < 4000)
        for (from, to) in [
            ("\"version\":1", "\"version\":2"), ("\"items\":[", "\"items\": ["), ("integer", "image"), ("${covered}", "${nobody}"), ("\"list\":\"late\"", "\"list\":\"never\""),
            ("\"name\":\"q\"", "\"name\":\"p\""), ("\"name\":\"why\"", "\"name\":\"hours\""), ("Shift check", "Shift\\u202echeck"), ("\"key\":\"shift-check\"", "\"key\":\"shift check\""), ("${covered}", "${people}"),
        ] {
            #expect(form.document.contains(from))
            #expect(throws: QuestionnaireDocumentError.self, "\(to)") { try Questionnaire(document: form.document.replacing(from, with: to)) }
        }
    }

    // MARK: What may be

    @Test func `a questionnaire is a lead's or an analyst's word, holds a form that can be read, and never changes`() throws {
        var bench = try bench()
        let form = try Self.read(), other = Identifier(high: 63, low: 2)
        func words(_ document: String, key: String = "shift-check", title: String = "Shift check") -> [(String, String)] {
            [("formKey", key), ("edition", "1"), ("version", "3"), ("title", title), ("document", document)]
        }
        for (fields, refusal) in [
            (words("{}"), Refusal.contradiction), (words(form.document.replacing("integer", with: "image")), .contradiction), (words(form.document, key: "other"), .contradiction),
            (words(form.document, title: "Another"), .contradiction),
        ] {
            let change = try bench.setting(other, Catalogue.questionnaire, handle: "QN2", fields, by: Bench.lea)
            #expect(bench.judge(change, by: Bench.lea).map(\.refusal) == [refusal])
        }
        let good = try bench.setting(other, Catalogue.questionnaire, handle: "QN2", words(form.document), by: Bench.ana)
        #expect(bench.judge(good, by: Bench.ana).map(\.refusal) == [.roleForbids])
        let analyst = Bench.Person(author: Author(member: Identifier(high: 1, low: 9), role: .analyst), device: Identifier(high: 9, low: 9))
        #expect(bench.judge(try bench.setting(other, Catalogue.questionnaire, handle: "QN2", words(form.document), by: analyst), by: analyst).isEmpty)
        let title = try bench.setting(held, Catalogue.questionnaire, [("title", "Another")], by: Bench.lea)
        #expect(bench.judge(title, by: Bench.lea).map(\.refusal) == [.setOnce])
        // Nobody deletes one: retiring is not deleting.
        var deleting = RecordEditing(record: held, type: Catalogue.questionnaire, state: bench.state.records[held]) { .zero }
        deleting.delete()
        #expect(bench.judge(bench.change(deleting.edits, by: Bench.lea), by: Bench.lea).map(\.refusal) == [.roleForbids])
        try bench.write(held, Catalogue.questionnaire, [("state", "retired")], by: analyst)
        #expect(HeldQuestionnaire.all(in: bench.views).map(\.isRetired) == [true])
        let back = try bench.setting(held, Catalogue.questionnaire, [("state", "open")], by: analyst)
        #expect(bench.judge(back, by: analyst).map(\.refusal) == [.wentBack])
        try bench.write(held, Catalogue.questionnaire, [("state", "open")], by: Bench.lea)
    }

    @Test func `an answer fits its question by kind, choice and what its condition says of it alone`() throws {
        for (question, answer) in [
            ("covered", FormAnswer.choices(["yes"])), ("people", .integer(11)), ("why", .choices(["p", "q"])), ("hours", .decimal(2.5)), ("since", .date(20_000)), ("said", .text("words")),
            // Over another answer, or over the day, nothing is said: these change.
            ("hours", .decimal(1e9)), ("since", .date(300_000)),
        ] { #expect(try refusal(question, answer) == nil, "\(question) \(answer)") }
        for (question, answer, expected) in [
            ("covered", FormAnswer.choices(["maybe"]), Refusal.wrongKind), ("covered", .choices(["yes", "no"]), .wrongKind), ("covered", .text("yes"), .wrongKind), ("people", .decimal(3), .wrongKind),
            ("people", .integer(501), .contradiction), ("people", .integer(0), .contradiction), ("why", .choices(["p", "p"]), .wrongKind), ("said", .integer(1), .wrongKind),
            ("nobody", .integer(1), .contradiction), ("thanks", .text("x"), .contradiction), ("works", .text("x"), .contradiction),
        ] { #expect(try refusal(question, answer) == expected, "\(question) \(answer)") }
        // Of a questionnaire that is not here nothing can be said: changes arrive in any order.
        #expect(try refusal("people", .text("x"), of: Identifier(high: 63, low: 77)) == nil)
    }

    @Test func `an answer that came before its questionnaire is found out when it comes`() throws {
        var bench = try bench()
        let late = Identifier(high: 63, low: 5)
        bench.apply(answering("people", .text("x"), of: late, in: &bench))
        #expect(Findings.all(in: bench.views).contains { $0.kind == .missingReference })
        try add(try Self.read(), late, "QN5", 1, to: &bench)
        let findings = Findings.all(in: bench.views).filter { $0.type == Catalogue.formAnswer.number }
        #expect(findings.map(\.kind) == [.unfitAnswer])
    }

    @Test func `words are sensitive, and nothing else of an answer is`() throws {
        var bench = try bench()
        let change = answering("said", .text("canary"), in: &bench)
        #expect(change.edits.count { if case .sensitive = $0.content { true } else { false } } == 1)
        #expect(answering("people", .integer(3), in: &bench).edits.allSatisfy { if case .open = $0.content { true } else { false } })
        let open = change.edits.map { edit in
            if case .sensitive(let value) = edit.content { Edit(record: edit.record, type: edit.type, target: edit.target, content: .open(value.value)) } else { edit }
        }
        #expect(bench.judge(bench.change(open, by: Bench.ana), by: Bench.ana).map(\.refusal) == [.wrongSecrecy])
    }

    // MARK: What meets

    @Test func `answers of two scorers never conflict, in whatever order they come; another may not change them`() throws {
        var bench = try bench()
        let changes = [
            answering("people", .integer(11), by: Bench.ana, in: &bench), answering("people", .integer(12), by: Bench.ben, in: &bench), answering("covered", .choices(["yes"]), by: Bench.ana, in: &bench),
            answering("covered", .choices(["no"]), by: Bench.ben, in: &bench),
        ]
        var ends: Set<[String]> = []
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            var other = bench
            for place in order { other.apply(changes[place]) }
            #expect(other.views.allSatisfy { $0.conflicts.isEmpty })
            let answers = other.views.compactMap { FormAnswerRecord($0) }
            #expect(answers.count == 4)
            ends.insert(answers.map { "\($0.record.id) \($0.scorer) \($0.question) \(String(describing: $0.answer))" }.sorted())
        }
        #expect(ends.count == 1)
        for change in changes { bench.apply(change) }
        let id = changes[0].edits[0].record
        var editing = bench.draft(id, Catalogue.formAnswer).editing
        if let field = Catalogue.formAnswer.field(key: "response") { editing.set(field, FormResponse.values(of: .integer(99)).response) }
        #expect(bench.judge(bench.change(editing.edits, by: Bench.ben), by: Bench.ben).map(\.refusal) == [.notTheAuthor])
    }

    @Test func `two devices of one scorer meet in one row, whichever wrote first, and an answer may be taken away`() throws {
        var bench = try bench()
        let changes = [answering("people", .integer(11), in: &bench), answering("people", .integer(12), in: &bench)]
        var shown: Set<String> = []
        for order in [[0, 1], [1, 0]] {
            var other = bench
            for place in order { other.apply(changes[place]) }
            let answers = other.views.compactMap { FormAnswerRecord($0) }
            #expect(answers.count == 1 && other.views.allSatisfy { $0.conflicts.isEmpty })
            shown.insert("\(answers.map { String(describing: $0.answer) })")
        }
        #expect(shown.count == 1)
        bench.apply(changes[0])
        let away = answering("people", nil, in: &bench)
        #expect(bench.judge(away, by: Bench.ana).isEmpty && away.edits.count == 1)
        bench.apply(away)
        #expect(bench.views.compactMap { FormAnswerRecord($0) }.map(\.answer) == [nil])
    }

    @Test func `what somebody who withdrew consent answered is concealed`() throws {
        var bench = try bench()
        let person = Identifier(high: 23, low: 1)
        try bench.write(person, Catalogue.person, handle: "P1", [("level", "manager"), ("consent.state", "given")])
        try bench.write(interview, Catalogue.interview, [("persons", "P1")])
        let change = answering("said", .text("canary"), in: &bench)
        bench.apply(change)
        #expect(Withdrawals.concealed(among: bench.views).isEmpty)
        try bench.write(person, Catalogue.person, [("consent.state", "withdrawn")])
        #expect(Withdrawals.concealed(among: bench.views) == [change.edits[0].record])
        #expect(PersonRecords(of: person, among: bench.views).belonging[change.edits[0].record] == .interview)
    }

    // MARK: Editions

    @Test func `a changed form is another edition: old answers keep the form that they were given to, and each is a table of its own`() throws {
        var bench = try bench()
        bench.apply(answering("people", .integer(11), in: &bench))
        bench.apply(answering("why", .choices(["q"]), in: &bench))
        let next = try Self.read(Self.text.replacing("integer              | people ", with: "text                 | people ").replacing("|         | late      | p    | Parts |\n", with: "").replacing(". > 0 and . <= 500", with: "").replacing("Between 1 and 500", with: "").replacing("date                 | since ", with: "date                 | until "))
        let comparison = QuestionnaireComparison(try Self.read(), next)
        #expect(comparison.rows.map(\.name) == ["covered", "people", "why", "hours", "until", "said", "since"])
        #expect(comparison.rows.map(\.fate) == [.same, .otherKind(was: "integer", is: "text"), .fewerChoices(["p"]), .same, .new, .same, .gone])
        let second = Identifier(high: 63, low: 2)
        try add(next, second, "QN2", 2, to: &bench)
        bench.apply(answering("people", .text("eleven or so"), of: second, in: &bench))
        let all = HeldQuestionnaire.all(in: bench.views)
        let before = try Self.read()
        #expect(all.map(\.reference) == ["shift-check@1", "shift-check@2"] && all.map(\.form) == [before, next])
        #expect(HeldQuestionnaire.called("shift-check", in: all).map(\.handle) == ["QN2"] && HeldQuestionnaire.called("shift-check@1", in: all).map(\.handle) == ["QN1"])
        try bench.write(second, Catalogue.questionnaire, [("state", "retired")], by: Bench.lea)
        #expect(HeldQuestionnaire.called("SHIFT-CHECK", in: HeldQuestionnaire.all(in: bench.views)).map(\.handle) == ["QN1"])
        #expect(bench.views.compactMap { FormAnswerRecord($0) }.count == 3)
        let tables = RecordTables(bench.views, of: Bench.scope, directory: .none).forms
        #expect(tables.map(\.name) == ["formShiftcheckE1", "formShiftcheckE2"] && tables.map(\.rows.count) == [1, 1])
    }

    @Test func `a table of answers has a column for each question, and of 1 and 0 for each of several choices`() throws {
        var bench = try bench()
        for (person, answers) in [
            (Bench.ana, [("people", FormAnswer.integer(11)), ("why", .choices(["q"])), ("hours", .decimal(2.5)), ("since", .date(20_000)), ("said", .text("canary"))]),
            (Bench.ben, [("covered", .choices(["no"]))]),
        ] { for (question, answer) in answers { bench.apply(answering(question, answer, by: person, in: &bench)) } }
        let table = try #require(RecordTables(bench.views, of: Bench.scope, directory: .none).forms.first)
        #expect(table.columns.dropFirst(12).map(\.key) == ["covered", "people", "why", "why/p", "why/q", "hours", "since", "said"])
        #expect(table.rows.map { Array($0.dropFirst(12)) } == [
            [.empty, .number("11"), .text("q"), .number("0"), .number("1"), .number("2.5"), .date(20_000), .text("canary")],
            [.text("no"), .empty, .empty, .empty, .empty, .empty, .empty, .empty],
        ])
        let bare = RecordTables(bench.views, of: Bench.scope, directory: .none, sensitive: false)
        #expect(bare.forms[0].rows[0].last == .empty && bare.forms[0].rows[0][7] == .text("said"))
        #expect(!String(decoding: bare.lines, as: UTF8.self).contains("canary"))
        #expect(bare.tables.first { $0.name == "questionnaire" }?.columns.contains { $0.key == "document" } == false)
    }

    @Test func `a row says its edition, the device that wrote last, when the server received it and what the last review of its interview said`() throws {
        var bench = try bench()
        let change = answering("people", .integer(11), in: &bench)
        bench.apply(change)
        func facts(_ views: [RecordView], received: [Identifier: Int64] = [:]) throws -> [DataTable.Cell] {
            let table = try #require(RecordTables(views, of: Bench.scope, directory: .none, received: received).forms.first)
            #expect(table.columns[8..<12].map(\.key) == ["edition", "device", "received", "reviewState"])
            let row = try #require(table.rows.first)
            return Array(row[8..<12])
        }
        let device = DataTable.Cell.text(Bench.ana.device.description)
        #expect(try facts(bench.views) == [.number("1"), device, .empty, .empty])
        #expect(try facts(bench.views, received: [change.id: 1_773_800_000_000]) == [.number("1"), device, .time(1_773_800_000_000), .empty])
        for (number, verdict) in ["rejected", "approved"].enumerated() {
            try bench.write(
                Identifier(high: 39, low: UInt64(number) + 1), Catalogue.interviewReview, handle: "IR\(number + 1)", [("interview", "IV1"), ("verdict", verdict)], by: Bench.lea)
            #expect(try facts(bench.views) == [.number("1"), device, .empty, .text(verdict)])
        }
    }

    @Test func `questions that are called as columns are, or differ in case alone, have columns of their own`() throws {
        var bench = Bench()
        let form = try Self.read("""
            | survey |
            | | type | name | label |
            | | integer | KEY | A |
            | | integer | key | B |
            | | integer | interview | C |
            | | select_multiple l | q | D |
            | | integer | _KEY | E |
            | choices |
            | | list_name | name | label |
            | | l | a | A |
            | | l | A | B |
            """)
        try add(form, held, "QN1", 1, to: &bench)
        try add(form, Identifier(high: 63, low: 2), "QN2", 1, to: &bench)
        let tables = RecordTables(bench.views, of: Bench.scope, directory: .none).forms
        #expect(Set(tables.map { $0.name.lowercased() }).count == 2)
        for table in tables { #expect(table.columns.count == 19) }
        // Databases take names that differ in case alone for one.
        for table in RecordTables(bench.views, of: Bench.scope, directory: .none).tables + tables {
            #expect(Set(table.columns.map { $0.key.lowercased() }).count == table.columns.count, "\(table.name)")
        }
    }

    // MARK: Asking

    @Test func `a conversation asks in order, refuses in words, goes back, and resumes at the first question without an answer`() throws {
        let form = try Self.read()
        var talk = FormConversation(FormInterview(form, clock: .day(20_000)), language: "default")
        #expect(talk.passed() == [.heading("The works")])
        #expect(talk.prompt?.name == "covered" && talk.prompt?.choices == ["Yes", "No"] && talk.prompt?.isRequired == true)
        #expect(talk.take("") == .refused("This must be answered ('.' ends here, and what was answered is kept)."))
        #expect(talk.take("3") == .refused("Type the number of a choice."))
        #expect(talk.take("1") == .answered(name: "covered", .choices(["yes"])))
        #expect(talk.passed() == [] && talk.prompt?.name == "people")
        #expect(talk.take("many") == .refused("This must be a whole number such as 12."))
        #expect(talk.take("501") == .refused("Between 1 and 500"))
        #expect(talk.take("<") == .moved)
        #expect(talk.prompt?.name == "covered" && talk.prompt?.present == "Yes")
        #expect(talk.take("2") == .answered(name: "covered", .choices(["no"])))
        #expect(talk.passed() == [] && talk.prompt?.name == "why", "nobody is asked how many, where it is not covered")
        #expect(talk.take("<") == .moved && talk.take("yes") == .answered(name: "covered", .choices(["yes"])))
        #expect(talk.take("11") == .answered(name: "people", .integer(11)))
        #expect(talk.take("2 1") == .answered(name: "why", .choices(["p", "q"])))
        #expect(talk.take("") == .moved && talk.take("tomorrow") == .refused("This must be a date such as 2026-03-17."))
        #expect(talk.take("today") == .answered(name: "since", .date(20_000)))
        #expect(talk.passed() == [.note("11 it is")])
        #expect(talk.take("\\.") == .answered(name: "said", .text(".")))
        #expect(talk.prompt == nil && talk.passed() == [] && talk.take("x") == .ended)
        #expect(talk.interview.missing.isEmpty)

        var again = FormConversation(talk.interview, language: "default")
        #expect(again.passed() == [] && again.prompt?.name == "hours")
        #expect(again.take(".") == .ended && again.prompt?.name == "hours")
        #expect(again.take("<") == .moved && again.take("-") == .answered(name: "why", nil))
        #expect(again.interview.answers["why"] == nil)
    }

    @Test func `what is typed is read by the question's kind, choices in the list's order`() throws {
        let form = try Self.read()
        func typed(_ name: String, _ text: String, isNumbered: Bool = false) throws -> FormAnswer? {
            try form.answer(typed: text, to: #require(form.all.first { $0.name == name }), isNumbered: isNumbered, today: 20_000)
        }
        #expect(try typed("why", "q,p") == .choices(["p", "q"]) && typed("why", " P ") == .choices(["p"]))
        #expect(try typed("people", " 12 ") == .integer(12) && typed("hours", "1e3") == .decimal(1000) && typed("said", "") == nil)
        for (name, text) in [("people", "1.5"), ("people", "9223372036854775808"), ("hours", "0x10"), ("hours", "nan"), ("hours", "1e16"), ("since", "2026-02-30")] {
            #expect(throws: FormAnswerFault.self, "\(name) \(text)") { try typed(name, text) }
        }
        #expect(throws: FormAnswerFault.unknownChoice) { try typed("covered", "1") }
        #expect(try typed("covered", "1", isNumbered: true) == .choices(["yes"]))
    }
}
