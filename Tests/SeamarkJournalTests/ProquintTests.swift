import SeamarkJournal
import Testing

@Suite struct ProquintTests {
    /// The addresses of arXiv 0901.4016.
    private static let published: [([UInt8], String)] = [
        ([127, 0, 0, 1], "lusab-babad"), ([63, 84, 220, 193], "gutih-tugad"), ([63, 118, 7, 35], "gutuk-bisog"), ([140, 98, 193, 141], "mudof-sakat"),
        ([64, 255, 6, 200], "haguz-biram"), ([128, 30, 52, 45], "mabiv-gibot"), ([147, 67, 119, 2], "natag-lisaf"), ([212, 58, 253, 68], "tibup-zujah"),
        ([216, 35, 68, 215], "tobog-higil"), ([216, 68, 232, 21], "todah-vobij"), ([198, 81, 129, 136], "sinid-makam"), ([12, 110, 110, 204], "budov-kuras"),
    ]

    @Test func `the published addresses have the published words`() {
        for (address, words) in Self.published {
            let values = [UInt16(address[0]) << 8 | UInt16(address[1]), UInt16(address[2]) << 8 | UInt16(address[3])]
            #expect(values.map(Proquint.word(of:)).joined(separator: "-") == words)
        }
    }

    @Test func `each of the 65,536 values has a word of its own, which gives it back`() {
        var seen: Set<String> = []
        for value in UInt16.min...UInt16.max {
            let word = Proquint.word(of: value)
            seen.insert(word)
            if Proquint.value(of: word) != value { Issue.record("\(value) is not what \(word) says") }
        }
        #expect(seen.count == 65_536 && seen.allSatisfy { $0.utf8.count == 5 })
    }

    @Test func `what is no word has no value`() {
        for text in ["", "lusa", "lusabb", "LUSAB", "lusac", "lusib ", "lesab", "ausab", "lubsa", "lus\u{e1}b", "l\u{0}sab"] { #expect(Proquint.value(of: text) == nil, "\(text)") }
    }
}
