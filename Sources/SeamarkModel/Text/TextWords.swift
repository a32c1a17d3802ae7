/// A text cut into words, blanks and other characters (each line break one), each with a number: equal bytes have equal numbers.
///
/// Characters stay whole (a letter and its accents are one), so that words of two texts put together make no new ones.
struct TextWords {
    /// Longer texts are not merged: no field holds more.
    static let longest = 64 * 1024

    /// Numbers given so far; shared by the texts that are compared.
    struct Numbers {
        fileprivate var known: [[UInt8]: Int32] = [:]
    }

    let numbers: [Int32]
    private let words: [Substring]
    private let isAnchor: [Bool]

    init(_ text: String, _ known: inout Numbers) {
        var words: [Substring] = []
        var isAnchor: [Bool] = []
        var at = text.startIndex
        while at < text.endIndex {
            let kind = Kind(text[at])
            var end = text.index(after: at)
            if kind == .word || kind == .blank { while end < text.endIndex, Kind(text[end]) == kind { end = text.index(after: end) } }
            words.append(text[at..<end])
            isAnchor.append(kind != .blank)
            at = end
        }
        self.words = words
        self.isAnchor = isAnchor
        numbers = words.map { word in
            let bytes = Array(word.utf8)
            if let number = known.known[bytes] { return number }
            let number = Int32(known.known.count)
            known.known[bytes] = number
            return number
        }
    }

    func text(_ range: Range<Int>) -> String { words[range].joined() }

    /// Anything but blanks: what keeps two places apart.
    func holdsAnAnchor(_ range: Range<Int>) -> Bool { isAnchor[range].contains(true) }

    private enum Kind {
        case word, blank, other

        init(_ character: Character) {
            self =
                if character.isLetter || character.isNumber { .word } else if character.isWhitespace && !character.isNewline { .blank } else { .other }
        }
    }
}
