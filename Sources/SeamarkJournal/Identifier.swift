/// A 128-bit name: of a record, scope, device, member, change or conflict.
///
/// Record ids are UUIDv7 (RFC 9562), so that ids made one after the other sort that way and database keys stay
/// local; derived ids are UUIDv8. Identifiers compare as unsigned 128-bit numbers, most significant byte first.
public struct Identifier: Hashable, Comparable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static let zero = Identifier(high: 0, low: 0)

    public static func < (left: Identifier, right: Identifier) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    /// A time-ordered id (UUIDv7): 48 bits of `milliseconds` since 1970, then 74 bits of `dice`.
    ///
    /// Time and randomness are arguments: the caller owns both. Negative times count as 0.
    public static func timeOrdered(milliseconds: Int64, dice: (UInt64, UInt64)) -> Identifier {
        let time = UInt64(max(0, milliseconds)) & 0xffff_ffff_ffff
        return Identifier(
            high: time << 16 | 0x7000 | dice.0 & 0x0fff,
            low: dice.1 & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
    }

    /// An id derived from bytes (UUIDv8): two devices that derive from the same parts make the same id, so that two
    /// people meet in one record. `purpose` keeps derivations apart.
    public static func derived(_ purpose: String, from parts: [UInt8], by primitives: any Primitives) -> Identifier {
        var writer = ByteWriter()
        writer.text("seamark-derived-1")
        writer.text(purpose)
        writer.raw(parts)
        let hash = primitives.sha256(writer.bytes.span)
        return Identifier(
            high: hash.words.0 & 0xffff_ffff_ffff_0fff | 0x8000,
            low: hash.words.1 & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
    }

    /// Has it the form of a derived id? Anybody who knows the parts can tell such a one beforehand.
    public var isDerived: Bool { high & 0xf000 == 0x8000 && low >> 62 == 0b10 }
}

extension Identifier {
    /// The sixteen bytes, most significant first.
    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.identifier(self)
        return writer.bytes
    }

    /// Nil unless `bytes` holds exactly sixteen.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        var reader = ByteReader(bytes)
        guard let id = try? reader.identifier() else { return nil }
        self = id
    }
}

extension Identifier: CustomStringConvertible, LosslessStringConvertible {
    /// Lower-case hexadecimal in the grouping 8-4-4-4-12 (RFC 9562).
    public var description: String {
        let digits = Hexadecimal.text(of: bytes)
        var out = ""
        out.reserveCapacity(36)
        for (index, digit) in digits.utf8.enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 { out.append("-") }
            out.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return out
    }

    /// Reads `description`; nil for anything else, including other groupings and capital letters: files and messages write an id in one way.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 36, digits[8] == 45, digits[13] == 45, digits[18] == 45, digits[23] == 45 else { return nil }
        guard !digits.contains(where: { $0 >= 65 && $0 <= 70 }), let bytes = Hexadecimal.bytes(of: digits.filter { $0 != 45 }) else { return nil }
        self.init(bytes: bytes)
    }
}
