import SeamarkCrypto
import Testing

/// The same draws in every run.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
    }
}

/// What is taken for a new passphrase. Nothing here says how hard one is to guess.
@Suite struct PassphraseTests {
    private func refusal(_ text: String) -> Passphrase.Failure? { refusal(Array(text.utf8)) }

    private func refusal(_ bytes: [UInt8]) -> Passphrase.Failure? {
        do throws(Passphrase.Failure) {
            _ = try Passphrase.checkedNew(SecretBytes(copying: bytes))
            return nil
        } catch { return error }
    }

    @Test func `a passphrase that repeats itself, goes in order or has few different characters is refused, whatever its length`() {
        for text in ["aaaaaaaa", "abababab", "abcdabcd", "passpass", "12345678", "1234567890", "87654321", "abcdefgh", "abcd1234efgh" + "abcd1234efgh", "aaaabbbbccccdddd", "zyxwvuts"] {
            #expect(refusal(text) == .tooPlain, "\(text)")
        }
        var dice = Dice(state: 5)
        for length in 8...64 {
            // One part, often enough, and cut off anywhere; four characters in any order; a walk from any byte.
            let part = (0..<Int.random(in: 1...length / 2, using: &dice)).map { _ in UInt8.random(in: 33...126, using: &dice) }
            let repeated: [UInt8] = (0..<length).map { part[$0 % part.count] }
            #expect(refusal(repeated) == .tooPlain)
            let few: [UInt8] = (0..<length).map { _ in UInt8(97 + Int.random(in: 0..<4, using: &dice) * 3) }
            #expect(refusal(few) == .tooPlain)
            let first = UInt8.random(in: 64...127, using: &dice)
            let (up, down): ([UInt8], [UInt8]) = ((0..<length).map { first + UInt8($0) }, (0..<length).map { first - UInt8($0) })
            #expect(refusal(up) == .tooPlain && refusal(down) == .tooPlain)
        }
        for text in ["1", "1234567", "kettles"] { #expect(refusal(text) == .tooShort) }
        #expect(throws: Passphrase.Failure.tooShort) { _ = try Passphrase.checkedNew(nil) }
    }

    @Test func `four different words are taken, and so is whatever is long enough and none of that`() {
        let words = ["nine", "slow", "kettles", "sing", "furnace", "planner", "quiet", "harbour"]
        var dice = Dice(state: 6)
        for _ in 0..<200 { #expect(refusal(words.shuffled(using: &dice).prefix(4).joined(separator: " ")) == nil) }
        for text in ["correct horse", "abcde fghij", "kettles1", "Tr0ub4dor"] { #expect(refusal(text) == nil, "\(text)") }
        // A passphrase of before opens what it locked, plain or not.
        #expect(throws: Never.self) { _ = try Passphrase.checked(SecretBytes(copying: Array("aaaaaaaa".utf8))) }
    }
}
