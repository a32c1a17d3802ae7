/// What an edit says a field holds.
///
/// Money is a whole number of minor units (`int`), never a `double`. Groups keep several numbers together that are
/// only ever replaced as one. Kinds that this version does not know are kept byte for byte and passed on.
public enum Value: Hashable, Sendable {
    /// The field is empty: somebody cleared it.
    case absent
    case bool(Bool)
    case int(Int64)
    /// Never NaN; zero is positive.
    case double(Double)
    case text(String)
    case bytes([UInt8])
    /// Refers to a record (or a member, device or scope).
    case id(Identifier)
    case list([Value])
    /// Members by strictly ascending number.
    case group([Member])
    /// From a newer version: `kind` is at least `Value.firstUnknownKind`.
    case unknown(kind: UInt64, [UInt8])

    /// One numbered part of a group.
    public struct Member: Hashable, Sendable {
        public let number: UInt32
        public let value: Value

        public init(_ number: UInt32, _ value: Value) {
            self.number = number
            self.value = value
        }
    }

    /// Kinds from here on are length-prefixed, so that old readers can carry them.
    public static let firstUnknownKind: UInt64 = 16
    /// Lists and groups may be nested this deep.
    public static let greatestDepth = 16
    /// A text or run of bytes holds at most this many bytes.
    public static let longestText = 64 * 1024

    /// A number as a canonical value: minus zero becomes zero. Nil for NaN, which no field may hold.
    public static func number(_ value: Double) -> Value? {
        value.isNaN ? nil : .double(value == 0 ? 0 : value)
    }
}

// Two texts are equal when their bytes are: Swift's own `==` takes canonically equivalent ones for equal, and then a
// set's element would be found or not found depending on which spelling came first.
extension Value {
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.absent, .absent): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.id(let a), .id(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.group(let a), .group(let b)): a == b
        case (.unknown(let a, let x), .unknown(let b, let y)): a == b && x == y
        case (.absent, _), (.bool, _), (.int, _), (.double, _), (.text, _), (.bytes, _), (.id, _), (.list, _), (.group, _), (.unknown, _):
            false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .absent: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value)
        case .text(let value): for byte in value.utf8 { hasher.combine(byte) }
        case .bytes(let value): hasher.combine(value)
        case .id(let value): hasher.combine(value)
        case .list(let values): hasher.combine(values)
        case .group(let members): hasher.combine(members)
        case .unknown(let kind, let bytes):
            hasher.combine(kind)
            hasher.combine(bytes)
        }
    }
}

extension Value {
    public var int: Int64? { if case .int(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    public var id: Identifier? { if case .id(let value) = self { value } else { nil } }
    public var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
    public var list: [Value]? { if case .list(let value) = self { value } else { nil } }
    public var group: [Member]? { if case .group(let value) = self { value } else { nil } }

    /// A `double`, or an `int` as one.
    public var double: Double? {
        switch self {
        case .double(let value): value
        case .int(let value): Double(value)
        case .absent, .bool, .text, .bytes, .id, .list, .group, .unknown: nil
        }
    }

    /// The member `number` of a group.
    public func member(_ number: UInt32) -> Value? { group?.first { $0.number == number }?.value }
}

// MARK: - Encoding

extension Value {
    /// The tag that stands for a sensitive value, which travels beside the block.
    static let sensitiveTag: UInt8 = 15

    /// Writes tag and payload (`Protocol/SPEC.md`, "Values").
    public func write(to writer: inout ByteWriter) {
        switch self {
        case .absent: writer.byte(0)
        case .bool(let value): writer.byte(value ? 2 : 1)
        case .int(let value):
            writer.byte(3)
            writer.signed(value)
        case .double(let value):
            precondition(!value.isNaN, "no field holds NaN")
            writer.byte(4)
            writer.fixed64((value == 0 ? 0 : value).bitPattern)
        case .text(let value):
            writer.byte(5)
            writer.text(value)
        case .bytes(let value):
            writer.byte(6)
            writer.blob(value)
        case .id(let value):
            writer.byte(7)
            writer.identifier(value)
        case .list(let values):
            writer.byte(8)
            writer.count(values.count)
            for value in values { value.write(to: &writer) }
        case .group(let members):
            writer.byte(9)
            writer.count(members.count)
            for member in members {
                writer.varint(UInt64(member.number))
                member.value.write(to: &writer)
            }
        case .unknown(let kind, let bytes):
            precondition(kind >= Value.firstUnknownKind, "a kind below this is known")
            writer.varint(kind)
            writer.blob(bytes)
        }
    }

    /// The canonical bytes: equal values have equal bytes.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }

    public static func read(from reader: inout ByteReader) throws(DecodeError) -> Value {
        let tag = try reader.varint()
        return try read(tag: tag, from: &reader, depth: 0)
    }

    static func read(tag: UInt64, from reader: inout ByteReader, depth: Int) throws(DecodeError) -> Value {
        switch tag {
        case 0: return .absent
        case 1: return .bool(false)
        case 2: return .bool(true)
        case 3: return .int(try reader.signed())
        case 4:
            let value = Double(bitPattern: try reader.fixed64())
            guard !value.isNaN, value != 0 || value.sign == .plus else { throw DecodeError(.outOfBounds, reading: "double") }
            return .double(value)
        case 5: return .text(try reader.text(atMost: longestText))
        case 6: return .bytes(try reader.blob(atMost: longestText))
        case 7: return .id(try reader.identifier())
        case 8:
            guard depth < greatestDepth else { throw DecodeError(.outOfBounds, reading: "depth of a list") }
            let count = try reader.count()
            var values: [Value] = []
            values.reserveCapacity(min(count, 1024))
            for _ in 0..<count {
                let tag = try reader.varint()
                values.append(try read(tag: tag, from: &reader, depth: depth + 1))
            }
            return .list(values)
        case 9:
            guard depth < greatestDepth else { throw DecodeError(.outOfBounds, reading: "depth of a group") }
            let count = try reader.count(each: 2)
            var members: [Member] = []
            members.reserveCapacity(min(count, 1024))
            for _ in 0..<count {
                let number = try reader.varint()
                guard number <= UInt64(UInt32.max) else { throw DecodeError(.outOfBounds, reading: "group member") }
                if let last = members.last, last.number >= UInt32(number) { throw DecodeError(.wrongOrder, reading: "group member") }
                let tag = try reader.varint()
                members.append(Member(UInt32(number), try read(tag: tag, from: &reader, depth: depth + 1)))
            }
            return .group(members)
        case firstUnknownKind...: return .unknown(kind: tag, try reader.blob(atMost: longestText))
        case _: throw DecodeError(.outOfBounds, reading: "kind of value")
        }
    }
}
