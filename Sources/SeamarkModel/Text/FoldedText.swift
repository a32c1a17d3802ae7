/// Text as people compare it when they half remember a word: without capitals, accents and punctuation, cut into words.
///
/// Letters of other scripts stay as they are, in lower case. `ä`, `ø` and `é` are `a`, `o` and `e`, `ß` is `ss`, `æ` is `ae`, by the names
/// that Unicode gives them.
public struct FoldedText: Hashable, Sendable {
    public struct Word: Hashable, Sendable {
        /// Folded; never empty.
        public let scalars: [Unicode.Scalar]
        /// Where it stands in the text, in characters.
        public let range: Range<Int>
    }

    public let words: [Word]

    public init(_ text: some StringProtocol) {
        var words: [Word] = []
        var scalars: [Unicode.Scalar] = []
        var start = 0
        var place = 0
        for character in text {
            if character.isLetter || character.isNumber {
                if scalars.isEmpty { start = place }
                for scalar in character.unicodeScalars { Self.fold(scalar, into: &scalars) }
            } else if !scalars.isEmpty {
                words.append(Word(scalars: scalars, range: start..<place))
                scalars = []
            }
            place += 1
        }
        if !scalars.isEmpty { words.append(Word(scalars: scalars, range: start..<place)) }
        self.words = words
    }

    private static func fold(_ scalar: Unicode.Scalar, into out: inout [Unicode.Scalar]) {
        if scalar.isASCII {
            out.append(scalar.value >= 0x41 && scalar.value <= 0x5a ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar)
            return
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        // Accents of Latin, Greek and Cyrillic letters. In other scripts such marks are vowels.
        case .nonspacingMark where (out.last?.value ?? 0) < 0x530: return
        case _: break
        }
        if scalar == "ß" || scalar == "ẞ" { return out.append(contentsOf: "ss".unicodeScalars) }
        // "LATIN SMALL LETTER A WITH DIAERESIS", "LATIN CAPITAL LETTER AE".
        if let name = properties.name, name.hasPrefix("LATIN ") {
            let parts = name.split(separator: " ")
            if parts.count >= 4, parts[2] == "LETTER", parts[3].count <= 2, parts.count == 4 || parts[4] == "WITH" {
                return out.append(contentsOf: parts[3].lowercased().unicodeScalars)
            }
        }
        out.append(contentsOf: properties.lowercaseMapping.unicodeScalars)
    }
}
