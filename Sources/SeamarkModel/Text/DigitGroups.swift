/// Numbers as people read them: `1,300,000`. The one place that puts commas into them.
public enum DigitGroups {
    /// `text` with a comma after every third digit before the point, in each number that stands in it: `600,000/850,000/1,300,000`. For amounts, never for
    /// codes, years or days.
    public static func text(_ text: String) -> String {
        var out = ""
        var digits: [Character] = []
        var isFraction = false
        func flush() {
            for (place, digit) in digits.enumerated() {
                if !isFraction, place > 0, (digits.count - place).isMultiple(of: 3) { out.append(",") }
                out.append(digit)
            }
            digits = []
        }
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else {
                flush()
                isFraction = character == "."
                out.append(character)
            }
        }
        flush()
        return out
    }

    /// `number` without places.
    public static func whole(_ number: Double) -> String {
        guard let whole = Int64(exactly: number.magnitude.rounded()) else { return number.description }
        return (number < 0 && whole > 0 ? "−" : "") + text(String(whole))
    }
}
