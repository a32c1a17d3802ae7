/// Captured text on its way into a cell.
enum CellText {
    /// The text with its line breaks; what steers a terminal or a reader instead of showing something is shown as U+FFFD. JSON lines alone keep it.
    static func clean(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 != "\n" && $0.steers }) else { return text }
        var out = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": if previous != "\r" { out.append(scalar) }
            case "\r", "\u{85}", "\u{2028}", "\u{2029}": out.append("\n")
            case "\t": out.append(" ")
            case _: out.append(scalar.steers ? "\u{fffd}" : scalar)
            }
            previous = scalar
        }
        return String(out)
    }

    /// Would a spreadsheet take it for a formula? Those begin with `=`, `+`, `-` or `@`, or their full-width forms, perhaps behind white space
    /// (OWASP, "CSV Injection").
    static func looksLikeFormula(_ text: String) -> Bool { begins(text.unicodeScalars[...], behind: isBlank) }

    /// A cleaned text for a file whose cells nothing types: an apostrophe stands before each piece of it that looks like a formula, perhaps behind quotes or
    /// apostrophes of its own.
    ///
    /// A piece begins with the text and behind each `;`, `,`, `|` and line break in it: there a cell begins for a spreadsheet that takes another separator
    /// than the writer's, as many a country's does. It is undone without knowing more: one apostrophe goes from each piece that begins with one and looks
    /// like a formula behind it. What began so already has got another.
    static func guarded(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isSign) else { return text }
        var out = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while true {
            let end = rest.firstIndex(where: isSeparator) ?? rest.endIndex
            if begins(rest[..<end], behind: { isBlank($0) || $0 == "\"" || $0 == "'" }) { out.append("'") }
            out.append(contentsOf: rest[..<end])
            guard end < rest.endIndex else { return String(out) }
            out.append(rest[end])
            rest = rest[rest.index(after: end)...]
        }
    }

    private static func begins(_ piece: Substring.UnicodeScalarView, behind isSkipped: (Unicode.Scalar) -> Bool) -> Bool {
        piece.first { !isSkipped($0) }.map(isSign) ?? false
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace || scalar == "\u{fffd}" }

    /// A cleaned text holds no tab.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool { scalar == ";" || scalar == "," || scalar == "|" || scalar == "\n" }

    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "=", "+", "-", "@", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}", "\u{2212}": true
        case _: false
        }
    }
}
