internal import SeamarkJournal

/// A secret as it is written down on paper: groups of four letters and digits (Crockford's alphabet, which has no I, L, O or U). The secret's bits,
/// then the first of its SHA-256 that fill the last group: twelve for 16 bytes, twenty-four for 32. By them a mistyped text is told from one that does
/// not open. Reading takes small letters, O for 0 and I or L for 1, and passes over hyphens and spaces.
public enum RecoveryText {
    private static let symbols = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// A multiple of 16 bytes: seven groups for each.
    public static func text(of secret: SecretBytes) -> String {
        let bytes = secret.copy()
        let nibbles = bytes.flatMap { [$0 >> 4, $0 & 15] } + check(of: bytes)
        let written = (0..<symbolCount(bytes.count)).map { symbols[Int(bits(of: nibbles, each: 4, from: $0 * 5, count: 5))] }
        return stride(from: 0, to: written.count, by: 4).map { String(decoding: written[$0..<$0 + 4], as: UTF8.self) }.joined(separator: "-")
    }

    /// Nil for what is no such text, or was mistyped.
    public static func secret(_ text: String, byteCount: Int) -> SecretBytes? {
        var values: [UInt8] = []
        for scalar in text.uppercased().unicodeScalars where scalar != "-" && scalar != " " {
            let symbol: UInt8
            switch scalar {
            case "O": symbol = UInt8(ascii: "0")
            case "I", "L": symbol = UInt8(ascii: "1")
            case _: symbol = UInt8(exactly: scalar.value) ?? 0
            }
            guard values.count < symbolCount(byteCount), let value = symbols.firstIndex(of: symbol) else { return nil }
            values.append(UInt8(value))
        }
        guard values.count == symbolCount(byteCount) else { return nil }
        var bytes = (0..<byteCount).map { bits(of: values, each: 5, from: $0 * 8, count: 8) }
        let check = (0..<checkCount(byteCount)).map { bits(of: values, each: 5, from: byteCount * 8 + $0 * 4, count: 4) }
        guard check == Self.check(of: bytes) else { return nil }
        return SecretBytes(moving: &bytes)
    }

    private static func symbolCount(_ byteCount: Int) -> Int {
        precondition(byteCount > 0 && byteCount % 16 == 0, "a secret on paper has a multiple of sixteen bytes")
        return byteCount / 16 * 28
    }

    /// In units of four bits.
    private static func checkCount(_ byteCount: Int) -> Int { byteCount / 16 * 3 }

    private static func check(of bytes: [UInt8]) -> [UInt8] {
        Array(Digest.sha256(bytes).bytes.flatMap { [$0 >> 4, $0 & 15] }.prefix(checkCount(bytes.count)))
    }

    /// `count` bits, at most eight, of a row of numbers that have `width` bits each.
    private static func bits(of numbers: [UInt8], each width: Int, from start: Int, count: Int) -> UInt8 {
        (start..<start + count).reduce(0) { $0 << 1 | numbers[$1 / width] >> UInt8(width - 1 - $1 % width) & 1 }
    }
}
