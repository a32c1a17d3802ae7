public import SeamarkJournal

/// Six words that stand for one device of one tenant, by its keys: what its member reads aloud, and headquarters types in (SPEC section 6.3).
///
/// Whoever redeemed somebody else's invitation has another key, and so other words; to make a device whose words are the same takes 2^96 tries. They stay
/// as long as the device does: a certificate is renewed with that same key.
public struct DeviceWords: Hashable, Sendable {
    public static let count = 6

    private let values: [UInt16]

    /// - Parameters:
    ///   - signingKey: the device's Ed25519 key, which it keeps as long as it lives, and by which its certificates are renewed.
    public init(tenant: Identifier, device: Identifier, signingKey: [UInt8], _ primitives: any Primitives) {
        var writer = ByteWriter()
        writer.text("seamark-device-words-2")
        writer.identifier(tenant)
        writer.identifier(device)
        writer.raw(signingKey)
        let bytes = primitives.sha256(writer.bytes.span).bytes
        values = (0..<Self.count).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
    }

    /// As somebody typed them: in any case, with spaces, hyphens or line breaks between. Nil where they are not six words.
    public init?(typed text: String) {
        var words: [[UInt8]] = [[]]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): words.append([])
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): words[words.count - 1].append(byte | 0x20)
            case _: words[words.count - 1].append(byte)
            }
        }
        words.removeAll(where: \.isEmpty)
        let values = words.compactMap { Proquint.value(of: String(decoding: $0, as: UTF8.self)) }
        guard values.count == Self.count, words.count == Self.count else { return nil }
        self.values = values
    }
}

extension DeviceWords: CustomStringConvertible {
    public var description: String { values.map(Proquint.word(of:)).joined(separator: " ") }
}
