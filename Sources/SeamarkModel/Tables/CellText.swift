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
    static func looksLikeFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace && $0 != "\u{fffd}" }) else { return false }
        switch first {
        case "=", "+", "-", "@", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}", "\u{2212}": return true
        case _: return false
        }
    }
}
