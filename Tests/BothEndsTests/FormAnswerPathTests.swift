import SeamarkClient
import SeamarkJournal
import SeamarkModel
import Testing

/// Answers to questionnaires as the server judges them, and before it the device.
struct FormAnswerPathTests {
    @Test func `an answer that does not fit its question is refused by the server and before by the device, and one of an unknown questionnaire by neither`() throws {
        let bench = try RoleBench(members: 1, scopes: 1)
        let scope = bench.scopes[0], member = bench.member(0)
        try bench.settle([bench.making(Catalogue.engagement, in: scope).edits], in: scope)
        let form = bench.making(Catalogue.questionnaire, in: scope), interview = bench.making(Catalogue.interview, in: scope)
        try bench.settle([form.edits, interview.edits], in: scope)
        try bench.ends.sync(0)
        func answer(_ question: String, _ response: Value, of questionnaire: Identifier) -> [Edit] {
            let id = DerivedIdentifiers.formAnswer(interview: interview.id, questionnaire: questionnaire, question: question, scorer: member, by: bench.ends.laptops[0].device.primitives)
            var editing = RecordEditing(record: id, type: Catalogue.formAnswer, state: nil) { .zero }
            editing.create(at: 1_800_000_000_000)
            let values: [(String, Value)] = [("interview", .id(interview.id)), ("questionnaire", .id(questionnaire)), ("question", .text(question)), ("scorer", .id(member)), ("response", response)]
            for (key, value) in values { if let field = Catalogue.formAnswer.field(key: key) { editing.set(field, value) } }
            return editing.edits
        }
        func response(_ answer: FormAnswer) -> Value { FormResponse.values(of: answer).response }
        let unknown = bench.fresh()
        for (edits, refusal) in [
            (answer("people", response(.integer(0)), of: form.id), Refusal.contradiction), (answer("people", response(.decimal(1)), of: form.id), .wrongKind),
            (answer("people", response(.choices(["a"])), of: form.id), .wrongKind), (answer("nobody", response(.integer(1)), of: form.id), .contradiction),
            (answer("people", response(.integer(7)), of: form.id), nil), (answer("people", response(.decimal(1)), of: unknown), nil),
        ] as [([Edit], Refusal?)] {
            #expect(try bench.earlyAnswer(edits, in: scope, by: 0) == refusal)
            #expect(try bench.push([edits], in: scope, by: 0).verdicts == [refusal.map { .refused($0) } ?? .accepted])
        }
    }
}
