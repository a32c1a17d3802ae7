import SeamarkModel
import Testing

struct RepeatedWordsTests {
    private static let long = String(repeating: "a long name ", count: 9_000)

    @Test func `what was typed is repeated by its beginning, however it stands in what is said`() {
        let short = "There is no site called 'ST9' here."
        #expect(RepeatedWords.bounded(short, ["seamark", "show", "ST9"]) == short)
        for (word, said) in [(Self.long, "There is no '\(Self.long)'."), ("site=\(Self.long)", "site is '\(Self.long)', wrong"), ("lines=L1,\(Self.long)", "'\(Self.long)' names nothing")] {
            let bounded = RepeatedWords.bounded(said, ["seamark", word])
            #expect(bounded.count < 200 && bounded.contains("a long name") && bounded.contains("…"), "\(bounded)")
        }
        // In another form than it was typed in.
        #expect(RepeatedWords.bounded("'\(String(repeating: "x", count: 100_000))' is none.", []).count < 200)
    }

    @Test func `what comes near is offered, and nothing where nothing does`() {
        #expect(Suggestion.sentence("sitte", among: ["site", "seam", "line"]) == "Did you mean site? ")
        #expect(Suggestion.sentence("photograph", among: ["site", "seam", "line"]).isEmpty && Suggestion.sentence("", among: ["site"]).isEmpty)
    }
}
