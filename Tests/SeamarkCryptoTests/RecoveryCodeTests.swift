import SeamarkCrypto
import Testing

/// The code that is written down.
@Suite struct RecoveryCodeTests {
    @Test func `a code reads back as it is written, in small letters, without hyphens, and with the letters that look like digits`() throws {
        for _ in 0..<500 {
            let code = try RecoveryCode()
            let text = code.text
            #expect(text.split(separator: "-").map(\.count) == [4, 4, 4, 4, 4, 4, 4])
            let alike = String(text.map { $0 == "0" ? "o" : $0 == "1" ? "l" : $0 })
            for spelling in [text, text.lowercased(), text.filter { $0 != "-" }, text.replacing("-", with: " "), alike] {
                #expect(RecoveryCode(spelling)?.secret == code.secret, "\(spelling)")
            }
            #expect(code.secret.count * 8 == 128)
        }
    }

    @Test func `no two codes are alike, and what is no code is refused`() throws {
        let codes = try (0..<500).map { _ in try RecoveryCode().text }
        #expect(Set(codes).count == codes.count)
        for text in ["", "-", codes[0] + "0", String(codes[0].dropLast()), codes[0].replacing("-", with: "_"), "seven quiet furnaces hum", "\u{130}\u{212a}ß"] {
            #expect(RecoveryCode(text) == nil, "\(text)")
        }
    }

    @Test func `of four thousand mistypings no more than a few pass the check`() throws {
        var passed = 0
        for _ in 0..<40 {
            var symbols = Array(try RecoveryCode().text)
            for place in symbols.indices where symbols[place] != "-" {
                let right = symbols[place]
                for wrong in "7KXW" where wrong != right {
                    symbols[place] = wrong
                    if RecoveryCode(String(symbols)) != nil { passed += 1 }
                }
                symbols[place] = right
            }
        }
        // One in 4,096 is chance.
        #expect(passed < 12)
    }

    @Test func `thirty-two bytes are fourteen groups, and no single mistyping among nine thousand passes their check`() throws {
        for _ in 0..<20 {
            let secret = try Randomness.secret(32)
            let text = RecoveryText.text(of: secret)
            #expect(text.split(separator: "-").map(\.count) == Array(repeating: 4, count: 14))
            #expect(RecoveryText.secret(text.lowercased(), byteCount: 32) == secret && RecoveryText.secret(text, byteCount: 16) == nil)
            #expect(RecoveryText.secret(RecoveryText.text(of: try Randomness.secret(16)), byteCount: 32) == nil)
            var symbols = Array(text)
            for place in symbols.indices where symbols[place] != "-" {
                let right = symbols[place]
                for wrong in "0379BKXW" where wrong != right {
                    symbols[place] = wrong
                    #expect(RecoveryText.secret(String(symbols), byteCount: 32) == nil)
                }
                symbols[place] = right
            }
        }
    }
}
