internal import SeamarkJournal

/// A second way into a store whose passphrase was forgotten: 128 random bits, written down and kept elsewhere.
///
/// On paper it is seven groups of four letters and digits (Crockford's alphabet, which has no I, L, O or U): the bits, then the first twelve of
/// their SHA-256, by which a mistyped code is told from one that does not open. Reading takes small letters, O for 0 and I or L for 1, and
/// passes over hyphens and spaces.
public struct RecoveryCode: Sendable {
    /// Sixteen bytes.
    public let secret: SecretBytes

    private static let byteCount = 16
    private static let symbolCount = 28
    private static let symbols = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    public init() throws(NoEntropy) { secret = try Randomness.secret(Self.byteCount) }

    /// Nil for what is no code, or was mistyped.
    public init?(_ text: String) {
        var values: [UInt8] = []
        for scalar in text.uppercased().unicodeScalars where scalar != "-" && scalar != " " {
            let symbol: UInt8
            switch scalar {
            case "O": symbol = UInt8(ascii: "0")
            case "I", "L": symbol = UInt8(ascii: "1")
            case _: symbol = UInt8(exactly: scalar.value) ?? 0
            }
            guard values.count < Self.symbolCount, let value = Self.symbols.firstIndex(of: symbol) else { return nil }
            values.append(UInt8(value))
        }
        guard values.count == Self.symbolCount else { return nil }
        var bytes = (0..<Self.byteCount).map { Self.bits(of: values, each: 5, from: $0 * 8, count: 8) }
        let check = (0..<3).map { Self.bits(of: values, each: 5, from: 128 + $0 * 4, count: 4) }
        guard check == Self.check(of: bytes) else { return nil }
        secret = SecretBytes(moving: &bytes)
    }

    /// As it is written down.
    public var text: String {
        let bytes = secret.copy()
        let nibbles = bytes.flatMap { [$0 >> 4, $0 & 15] } + Self.check(of: bytes)
        let written = (0..<Self.symbolCount).map { Self.symbols[Int(Self.bits(of: nibbles, each: 4, from: $0 * 5, count: 5))] }
        return stride(from: 0, to: written.count, by: 4).map { String(decoding: written[$0..<$0 + 4], as: UTF8.self) }.joined(separator: "-")
    }

    /// Three times four bits.
    private static func check(of bytes: [UInt8]) -> [UInt8] {
        let digest = Digest.sha256(bytes).bytes
        return [digest[0] >> 4, digest[0] & 15, digest[1] >> 4]
    }

    /// `count` bits, at most eight, of a row of numbers that have `width` bits each.
    private static func bits(of numbers: [UInt8], each width: Int, from start: Int, count: Int) -> UInt8 {
        (start..<start + count).reduce(0) { $0 << 1 | numbers[$1 / width] >> UInt8(width - 1 - $1 % width) & 1 }
    }
}
