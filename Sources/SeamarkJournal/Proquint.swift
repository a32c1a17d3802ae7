/// Sixteen bits as five letters that can be said aloud, consonant and vowel in turn: `lusab` (arXiv 0901.4016).
///
/// Each value has one word and each word one value: what two people say to each other is what two machines compare.
public enum Proquint {
    // In the order of their values: four bits a consonant, two a vowel.
    private static let consonants = Array("bdfghjklmnprstvz".utf8)
    private static let vowels = Array("aiou".utf8)

    public static func word(of value: UInt16) -> String {
        func consonant(_ shift: UInt16) -> UInt8 { consonants[Int(value >> shift & 0xf)] }
        func vowel(_ shift: UInt16) -> UInt8 { vowels[Int(value >> shift & 0x3)] }
        return String(decoding: [consonant(12), vowel(10), consonant(6), vowel(4), consonant(0)], as: UTF8.self)
    }

    /// Nil for what is no word; letters are taken as they are, so that upper case is none.
    public static func value(of word: some StringProtocol) -> UInt16? {
        let letters = Array(word.utf8)
        guard letters.count == 5 else { return nil }
        var value: UInt16 = 0
        for (place, letter) in letters.enumerated() {
            let isConsonant = place % 2 == 0
            guard let digit = (isConsonant ? consonants : vowels).firstIndex(of: letter) else { return nil }
            value = value << (isConsonant ? 4 : 2) | UInt16(digit)
        }
        return value
    }
}
