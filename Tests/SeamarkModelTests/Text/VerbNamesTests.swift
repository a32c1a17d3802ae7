import SeamarkModel
import Testing

@Suite struct VerbNamesTests {
    private let verbs = VerbNames("seamark", [
        VerbNames("status"), VerbNames("sync"), VerbNames("interview", aliases: ["iv"], [VerbNames("add"), VerbNames("set"), VerbNames("delete")]),
    ])

    @Test func `the verb that is nearest to what was typed is said with all its words`() {
        #expect(verbs.suggestion(for: ["stauts"]) == "Did you mean 'seamark status'?")
        #expect(verbs.suggestion(for: ["help", "stauts"]) == "Did you mean 'seamark status'?")
        #expect(verbs.suggestion(for: ["interview", "delet", "IV-A001"]) == "Did you mean 'seamark interview delete'?")
        #expect(verbs.suggestion(for: ["iv", "delet"]) == "Did you mean 'seamark interview delete'?")
    }

    @Test func `a first word that is no verb is said to be none, and one of nouns is sent behind its noun`() {
        #expect(verbs.refusal(of: ["aardvark", "add"]) == "There is no verb 'aardvark'. 'seamark help' lists them.")
        #expect(verbs.refusal(of: ["set", "L2"]) == "There is no verb 'set'. 'seamark help' lists them. What is meant stands before 'set', as in 'seamark interview set'.")
        for words in [[], ["status"], ["iv", "aardvark"], ["interview", "delet"], ["help", "aardvark"], ["--json", "aardvark"]] { #expect(verbs.refusal(of: words) == nil, "\(words)") }
    }

    @Test func `one is not many`() {
        let said = [(1, "person", "1 person"), (2, "person", "2 people"), (2, "evidence", "2 pieces of evidence"), (0, "interview", "0 interviews"), (3, "entry", "3 entries"), (2, "survey", "2 surveys"), (4, "index", "4 indexes")]
        for (count, noun, words) in said { #expect(Plural.of(count, noun) == words) }
    }

    @Test func `where nothing is near, or nothing is wrong with the verbs, nothing is said`() {
        for words in [["report"], ["status"], ["status", "stauts"], ["--json", "stauts"], [], ["interview", "IV-A001"]] { #expect(verbs.suggestion(for: words) == nil, "\(words)") }
    }
}
