import SeamarkJournal
import SeamarkTestSupport
import Testing

@testable import SeamarkModel

@Suite struct TextSearchTests {
    private static func found(_ query: String, _ text: String) -> Bool { TextSearch(query)?.matches(in: FoldedText(text)).allSatisfy { $0 != nil } ?? false }

    @Test(arguments: [
        ("FOURNAISE", "la fournaise"), ("cafe", "Café"), ("müller", "MULLER"), ("strasse", "Straße"), ("aero", "ærodrome"), ("lodz", "Łódź"), ("smorrebrod", "smørrebrød"),
("熱処理", "熱処理炉"), ("дом", "ДОМ"), ("nai\u{308}ve", "naïve"), ("x1", "X-1 x1"),
    ])
    func `capitals and accents make no difference`(query: String, text: String) { #expect(Self.found(query, text)) }

    @Test func `a word is found as it is, from its beginning, as a part and mistyped, in that order`() throws {
        let search = try #require(TextSearch("furnace"))
        let texts = ["furnace", "furnaces", "prefurnaced", "furnnace", "furnaec", "frunace"]
        let scores = texts.map { search.matches(in: FoldedText($0))[0]?.score ?? 0 }
        #expect(scores == [1, 0.85, 0.6, 0.45, 0.45, 0.45])
        #expect(search.matches(in: FoldedText("fur nace")) == [nil])
        // Short words have no room for mistakes.
        #expect(!Self.found("seam", "seal team") == false && !Self.found("ab", "ac") && !Self.found("abc", "abd"))
    }

    @Test func `every word must be found, and each where it is best`() throws {
        let search = try #require(TextSearch("heat recipe heat"))
        #expect(search.words.count == 2)
        let matches = search.matches(in: FoldedText("The recipe for the heated furnace: heat."))
        #expect(matches.map { $0?.range } == [35..<39, 4..<10])
    }

    @Test func `nothing, too many words and too long ones are no search`() {
        #expect(TextSearch("") == nil && TextSearch(" -- !") == nil)
        #expect(TextSearch((0..<16).map { "w\($0)" }.joined(separator: " ")) != nil && TextSearch((0..<17).map { "w\($0)" }.joined(separator: " ")) == nil)
        #expect(TextSearch(String(repeating: "w", count: 64)) != nil && TextSearch(String(repeating: "w", count: 65)) == nil)
    }

    /// The distance by its definition, without a bound, from all ways to cut the two texts.
    private static func plain(_ a: ArraySlice<Unicode.Scalar>, _ b: ArraySlice<Unicode.Scalar>) -> Int {
        guard let x = a.last, let y = b.last else { return max(a.count, b.count) }
        var best = min(plain(a.dropLast(), b) + 1, plain(a, b.dropLast()) + 1, plain(a.dropLast(), b.dropLast()) + (x == y ? 0 : 1))
        if a.count > 1, b.count > 1, x == b.dropLast().last, y == a.dropLast().last { best = min(best, plain(a.dropLast(2), b.dropLast(2)) + 1) }
        return best
    }

    @Test func `the distance is that of its definition, up to the bound`() {
        var dice = SplitMix64(seed: 12)
        func word() -> [Unicode.Scalar] { (0..<dice.next() % 6).map { _ in Array("abc".unicodeScalars)[Int(dice.next() % 3)] } }
        for _ in 0..<400 {
            let (a, b) = (word(), word())
            let plain = Self.plain(a[...], b[...])
            for most in 0...3 { #expect(TextSearch.distance(a, b, atMost: most) == (plain <= most ? plain : nil), "\(a) \(b)") }
        }
    }

    @Test func `names that somebody may have meant are the nearest first`() {
        #expect(TextSearch.nearest(to: "L-B041", among: ["L-B014", "S-B041", "L-B041x", "IV-A002"], atMost: 3) == ["L-B014", "L-B041x", "S-B041"])
        #expect(TextSearch.nearest(to: "l1", among: ["L1", "L12", "S9"], atMost: 1) == ["L1"])
        #expect(TextSearch.nearest(to: "", among: ["L1"], atMost: 3).isEmpty && TextSearch.nearest(to: "NOPE", among: ["L1"], atMost: 3).isEmpty)
    }

    @Test func `an excerpt holds what was found, and where it stands in it`() {
        let text = String(repeating: "before it ", count: 40) + "the recipe" + String(repeating: " after it", count: 40)
        let pieces = RecordSearch.excerpt(text, [404..<410])
        let excerpt = pieces.map(\.text).joined()
        #expect(excerpt.hasPrefix("…") && excerpt.hasSuffix("…") && excerpt.count <= RecordSearch.excerptLength + 2)
        #expect(pieces.map(\.isFound) == [false, true, false] && pieces[1].text == "recipe")
        #expect(RecordSearch.excerpt("two\nlines", [4..<9]).map(\.text) == ["two ", "lines"])
        // A mark that stands alone after a line break joins what is put before it.
        #expect(RecordSearch.excerpt("a\n\u{301}bc", [3..<5]).last == RecordSearch.Piece(text: "bc", isFound: true))
    }
    // MARK: - In records

    /// A line of 380k/500k/720k at grade A, and two answers, of which one says "grade".
    private static func hits(_ words: String) throws -> [String] {
        var bench = Bench()
        try bench.line()
        try bench.write(Identifier(high: 24, low: 1), Catalogue.interview, handle: "IV1", [("startedAt", "2026-03-03T09:00")])
        for (question, rationale) in [("KT1", "Only Dana knows the recipes."), ("KT2", "They melt what grade they find.")] {
            let scorer = Bench.ana.author.member
            let id = DerivedIdentifiers.answer(interview: Identifier(high: 24, low: 1), question: question, scorer: scorer, by: bench.primitives)
            try bench.write(id, Catalogue.answer, [
                ("interview", "IV1"), ("question", question), ("scorer", scorer.description), ("response.outcome", "scored"), ("response.score", "3"),
                ("response.grade", "B"), ("rationale", rationale),
            ])
        }
        let search = try #require(TextSearch(words))
        let names = Dictionary(uniqueKeysWithValues: bench.views.map { ($0.id, $0.handle ?? $0.text("question") ?? "") })
        return RecordSearch(search, references: bench.references()).hits(in: bench.views) { names[$0] ?? "" }.map { "\($0.name) \($0.field?.key ?? "-") \($0.excerpt)" }
    }

    @Test func `what fields and their parts are called is not found, and what somebody said in them is`() throws {
        #expect(try Self.hits("grade") == ["KT2 rationale They melt what grade they find."])
        for word in ["rationale", "response", "outcome", "amount", "range", "category"] { #expect(try Self.hits(word).isEmpty, "\(word)") }
        #expect(try Self.hits("dana") == ["KT1 rationale Only Dana knows the recipes."])
        // Choices, figures and parts of a group, each by itself.
        #expect(try Self.hits("expedite") == ["L1 category EXPEDITE"] && Self.hits("runrate") == ["L1 amount runRate"])
        #expect(try Self.hits("500000") == ["L1 amount 380000/500000/720000"] && Self.hits("freight runrate").count == 1)
        #expect(try Self.hits("scored").count == 2)
        // Another record's name is found where it is that record's.
        #expect(try Self.hits("iv1") == ["IV1 - "])
    }
}

@Suite struct TextDifferenceTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>) func `without what was added it is the old text, without what was removed the new one`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        func text() -> String { (0..<dice.next() % 12).map { _ in ["shift ", "the", " furnace", ",", "\n", "é", "熱", " "][Int(dice.next() % 8)] }.joined() }
        let (old, new) = (text(), text())
        let parts = TextDifference.parts(from: old, to: new)
        #expect(parts.filter { $0.kind != .added }.map(\.text).joined() == old)
        #expect(parts.filter { $0.kind != .removed }.map(\.text).joined() == new)
        for (left, right) in zip(parts, parts.dropFirst()) { #expect(left.kind != right.kind) }
    }

    @Test func `one word that differs is one that goes and one that comes`() {
        let parts = TextDifference.parts(from: "Nobody owns the handover.", to: "Nobody owns the night handover.")
        #expect(parts.map(\.kind) == [.same, .added, .same] && parts[1].text.contains("night"))
        // Too much to compare: whole.
        let long = String(repeating: "a b ", count: 20_000)
        #expect(TextDifference.parts(from: long, to: "x").map(\.kind) == [.removed, .added])
    }
}
