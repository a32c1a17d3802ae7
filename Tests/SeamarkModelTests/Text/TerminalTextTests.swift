import SeamarkTestSupport
import Testing

@testable import SeamarkModel

struct TerminalTextTests {
    @Test(arguments: [
        ("\u{1b}[31mred\u{1b}[0m", "\u{fffd}[31mred\u{fffd}[0m"), ("a\u{9b}2Jb", "a\u{fffd}2Jb"), ("title\u{7}", "title\u{fffd}"), ("back\u{8}\u{8}", "back\u{fffd}\u{fffd}"),
        ("two\nlines\tand\r\nmore", "two lines and more"), ("pay\u{202e}001", "pay\u{fffd}001"), ("a\u{200b}b", "a\u{fffd}b"), ("é 漢字 👩‍🔧", "é 漢字 👩‍🔧"),
        ("\u{e0041}tag", "\u{fffd}tag"), ("a\u{2028}b", "a b"),
    ])
    func `nothing that a terminal would obey gets through`(text: String, shown: String) {
        #expect(TerminalText.line(text) == shown)
    }

    @Test func `no scalar below space, no delete, no C1 control and no turned direction survives`() {
        var wrong: [UInt32] = []
        for value in UInt32(0)...0x10ffff {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let line = TerminalText.line(String(scalar)).unicodeScalars
            let isShown = line.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && !(0x202a...0x202e).contains($0.value) && !(0x2066...0x2069).contains($0.value) }
            if !isShown { wrong.append(value) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func `line breaks stay where lines are wanted, and JSON keeps its meaning`() {
        #expect(TerminalText.lines("a\r\nb\u{1b}c") == "a\nb\u{fffd}c")
        #expect(TerminalText.json("{\n\"a\": \"\u{9b}x\u{202e}\u{e0041}\"}") == "{\n\"a\": \"\\u009bx\\u202e\\udb40\\udc41\"}")
    }

    @Test func `a line is broken between words alone, each stretch keeps its place, and what is one word stays whole`() {
        let texts = ["  Read these six words: ", "lusab-babad gutih-tugad mudof-sakat", ". Then go on to seamark://headquarters.example:7440/aVeryLongInvitationThatNothingBreaks now."]
        for columns in 1...200 {
            let rows = TerminalText.broken(texts, to: columns)
            let words = rows.map { $0.map(\.text).joined() }
            #expect(words.flatMap { $0.split(separator: " ") } == texts.joined().split(separator: " "), "\(columns)")
            #expect(words.allSatisfy { TerminalText.width($0) <= columns || !$0.trimmed.contains(" ") }, "\(columns): \(words)")
            #expect(columns < 8 || words.allSatisfy { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }, "rows begin below the first word")
            for (place, text) in rows.joined() where !text.allSatisfy({ $0 == " " }) { #expect(texts[place].contains(text.trimmed)) }
        }
        #expect(TerminalText.broken(texts, to: 1000).map { $0.map(\.text) } == [texts])
        // What begins far to the right has room on a narrow terminal too.
        let explained = TerminalText.broken([String(repeating: " ", count: 26), "As JSON, for programs."], to: 20).map { $0.map(\.text).joined() }
        #expect(explained == ["          As JSON,", "          for", "          programs."])
    }

    @Test func `of two hundred hostile texts none is live on a terminal`() {
        for text in HostileText.all {
            for shown in [TerminalText.line(text.text), TerminalText.lines(text.text), TerminalText.json(text.text)] {
                #expect(HostileText.live(in: shown).isEmpty, "\(text.family) \(text.number)")
            }
            #expect(!TerminalText.line(text.text).contains("\n") && TerminalText.line(text.text).hasSuffix(text.mark))
        }
    }

    @Test func `every control, every invisible character but the joiners and the signs of Arabic and Kaithi script, and every break steers`() {
        // Those of general category Cf that are shown as something, or by which scripts join their letters (Unicode Standard 9.2, 23.2).
        let shown: Set<UInt32> = Set(0x600...0x605).union([0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd, 0x200c, 0x200d])
            // Egyptian hieroglyphs, shorthand and music: what they format stands beside them.
            .union(0x13430...0x1345f).union(0x1bca0...0x1bca3).union(0x1d173...0x1d17a)
        var wrong: [String] = []
        for value in UInt32(0)...0x10ffff {
            guard let scalar = Unicode.Scalar(value), !shown.contains(value), scalar.properties.generalCategory != .unassigned else { continue }
            let isInvisible = [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            if scalar.steers != isInvisible { wrong.append("U+" + String(value, radix: 16)) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func `cutting counts columns, not characters`() {
        #expect(TerminalText.width("漢字ab") == 6)
        #expect(TerminalText.width("e\u{301}") == 1)
        for (text, width) in [("👍", 2), ("👍🏽", 2), ("🇩🇪", 2), ("❤️", 2), ("❤", 1), ("한", 2), ("\u{1112}\u{1161}\u{11ab}", 2), ("ｱ", 1), ("Ａ", 2), ("〈", 2), ("🈁", 2), ("น้ำ", 2), ("é", 1), ("עִ", 1)] {
            #expect(TerminalText.width(text) == width, "\(text)")
        }
        #expect(TerminalText.shortened("漢字漢字", to: 5) == "漢字…")
        #expect(TerminalText.shortened("short", to: 5) == "short")
        #expect(TerminalText.shortened("longer", to: 5) == "long…")
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `rows are as wide as there is room, the first behind what stands before it, and hold every word`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        for _ in 0..<400 {
            let words = (0..<Int(dice.next() % 12)).map { _ in String(repeating: "w", count: Int(dice.next() % 9) + 1) }
            let line = words.joined(separator: " "), columns = Int(dice.next() % 20) + 10, first = Int(dice.next() % 31)
            let rows = TerminalText.wrapped(line, to: columns, first: first)
            #expect(rows[0].count <= min(first, columns) && rows.allSatisfy { $0.count <= columns })
            #expect(rows.filter { !$0.isEmpty }.joined(separator: " ") == line)
            #expect(rows.dropFirst().allSatisfy { !$0.isEmpty })
        }
        #expect(TerminalText.wrapped("one two", to: 10, first: 4) == ["one", "two"] && TerminalText.wrapped("one two", to: 10, first: 2) == ["", "one two"])
    }

    @Test func `a word that is too long is cut behind a slash where it has one, and no number of a range in two`() {
        #expect(TerminalText.wrapped("260,000/380,000/520,000", to: 21) == ["260,000/380,000/", "520,000"])
        #expect(TerminalText.wrapped("range=260,000/380,000/520,000, grade=B", to: 15) == ["range=260,000/", "380,000/", "520,000,", "grade=B"])
        #expect(TerminalText.wrapped("aaaaaaaaaaaa/b", to: 5) == ["aaaaa", "aaaaa", "aa/b"] && TerminalText.wrapped("//////", to: 4) == ["////", "//"])
    }
}
