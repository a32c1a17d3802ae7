/// The one door that foreign text passes on its way to a terminal.
///
/// Names, notes and file contents come from other people's devices. A terminal obeys some characters instead of showing them (escape
/// sequences, cursor movement, turned writing direction); here each of those becomes `�`, and what is left is only shown.
public enum TerminalText {
    /// `text` on one line: line breaks and tabs become spaces.
    public static func line(_ text: String) -> String { clean(text, keepingLines: false) }

    /// `text` with its line breaks.
    public static func lines(_ text: String) -> String { clean(text, keepingLines: true) }

    private static func clean(_ text: String, keepingLines: Bool) -> String {
        var out = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0a, 0x2028, 0x2029:
                // CR LF is one line break.
                if !(scalar == "\n" && previous == "\r") { out.append(keepingLines ? "\n" : " ") }
            case 0x0d: out.append(keepingLines ? "\n" : " ")
            case 0x09: out.append(" ")
            case _: out.append(scalar.steers ? "\u{fffd}" : scalar)
            }
            previous = scalar
        }
        return String(out)
    }

    /// JSON for a terminal: what the terminal would obey is written as an escape, which means the same.
    public static func json(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard scalar != "\n", scalar.steers else {
                out.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                out.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
            }
        }
        return String(out)
    }

    // MARK: - Widths

    /// How many columns a terminal gives to `text`, which has passed `line`.
    public static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    private static func width(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard scalars.count > 1 else { return ownWidth(character) }
        // A vowel that stands beside its consonant takes a column of its own, as in Thai and Devanagari.
        return ownWidth(character) + scalars.dropFirst().count { $0.properties.generalCategory == .spacingMark || $0 == "\u{e33}" || $0 == "\u{eb3}" }
    }

    private static func ownWidth(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        case _: break
        }
        if first.properties.isEmojiPresentation { return 2 }
        // A sign that is asked to be shown as a picture.
        if first.properties.isEmoji, character.unicodeScalars.dropFirst().contains("\u{fe0f}") { return 2 }
        switch first.value {
        // East Asian wide and fullwidth (Unicode Standard Annex 11), in whole blocks.
        case 0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19,
            0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18cff, 0x1aff0...0x1b2ff, 0x1f200...0x1f265, 0x20000...0x3fffd:
            return 2
        case _: return 1
        }
    }

    /// `text` cut to `columns`, with an ellipsis where something went.
    public static func shortened(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        guard columns > 1 else { return columns == 1 ? "…" : "" }
        var out = ""
        var used = 0
        for character in text {
            let width = width(character)
            guard used + width < columns else { break }
            out.append(character)
            used += width
        }
        while out.last == " " { out.removeLast() }
        return out + "…"
    }

    /// One line, in stretches of text, as rows of at most `columns`: broken at blanks alone, so that whatever is to be copied or read aloud stays whole. A
    /// word that is longer has a row of its own. Rows begin below the first word, and none behind the middle.
    ///
    /// - Returns: of each row its stretches, by their places among those that were given.
    public static func broken(_ stretches: [String], to columns: Int) -> [[(place: Int, text: String)]] {
        let whole = stretches.enumerated().map { (place: $0.offset, text: $0.element) }
        guard columns > 0, stretches.reduce(0, { $0 + width($1) }) > columns else { return [whole] }
        let indent = min(stretches.joined().prefix { $0 == " " }.count, columns / 2)
        var rows: [[(place: Int, text: String)]] = [], row: [(place: Int, text: String)] = [], used = 0
        var word: [(place: Int, text: String)] = [], wide = 0, blanks: [(place: Int, text: String)] = [], blank = 0
        func add(_ character: Character, _ place: Int, to part: inout [(place: Int, text: String)]) {
            if part.last?.place == place { part[part.count - 1].text.append(character) } else { part.append((place, String(character))) }
        }
        func put() {
            guard !word.isEmpty else { return }
            if !row.isEmpty, used + blank + wide > columns {
                rows.append(row)
                row = indent > 0 ? [(word[0].place, String(repeating: " ", count: indent))] : []
                used = indent
            } else if row.isEmpty {
                row = indent > 0 ? [(blanks[0].place, String(repeating: " ", count: indent))] : []
                used = indent
            } else {
                row += blanks
                used += blank
            }
            row += word
            used += wide
            (word, wide, blanks, blank) = ([], 0, [], 0)
        }
        for (place, text) in whole {
            for character in text {
                if character == " " {
                    put()
                    add(character, place, to: &blanks)
                    blank += 1
                } else {
                    add(character, place, to: &word)
                    wide += width(character)
                }
            }
        }
        put()
        return rows + [row]
    }

    /// One line as lines of at most `columns`, the first of at most `first`, broken at blanks, or in a word that is longer than that: behind a slash, where
    /// it has one, so that no number of a range is cut in two. At least one; nothing but blanks at the breaks goes. The first is empty where not even a
    /// word has room there.
    public static func wrapped(_ line: String, to columns: Int, first: Int = .max) -> [String] {
        var room = min(first, columns)
        guard columns > 0, width(line) > room else { return [line] }
        var lines: [String] = []
        var now = "", used = 0
        func end() {
            while now.last == " " { now.removeLast() }
            lines.append(now)
            (now, used, room) = ("", 0, columns)
        }
        var word = "", wide = 0
        func place() {
            if used > 0 || room < columns, used + wide > room { end() }
            now += word
            used += wide
            (word, wide) = ("", 0)
        }
        func cut() {
            let rest = word.lastIndex(of: "/").map { String(word[word.index(after: $0)...]) } ?? ""
            word.removeLast(rest.count)
            wide -= width(rest)
            place()
            (word, wide) = (rest, width(rest))
        }
        for character in line {
            let width = width(character)
            if character == " " {
                place()
                if used < room, used > 0 || lines.isEmpty {
                    now.append(" ")
                    used += 1
                }
                continue
            }
            if wide + width > columns { cut() }
            word.append(character)
            wide += width
        }
        place()
        if !now.isEmpty || lines.isEmpty { end() }
        return lines
    }
}
