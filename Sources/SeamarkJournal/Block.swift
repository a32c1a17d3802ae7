/// One device's changes to one scope during one uninterrupted life of its store, numbered 1, 2, 3 … without gaps.
public struct StreamName: Hashable, Comparable, Sendable {
    public let device: Identifier
    public let incarnation: UInt64
    public let scope: Identifier

    public init(device: Identifier, incarnation: UInt64, scope: Identifier) {
        self.device = device
        self.incarnation = incarnation
        self.scope = scope
    }

    public static func < (left: StreamName, right: StreamName) -> Bool {
        if left.device != right.device { return left.device < right.device }
        if left.scope != right.scope { return left.scope < right.scope }
        return left.incarnation < right.incarnation
    }
}

/// The end of a stream: the number of its last change and the hash of its last block. Number 0 with the zero hash is the beginning.
public struct StreamEnd: Hashable, Sendable {
    public let number: UInt64
    public let hash: Hash256

    public init(number: UInt64, hash: Hash256) {
        self.number = number
        self.hash = hash
    }

    public static let beginning = StreamEnd(number: 0, hash: .zero)
}

/// The sealed unit of a stream: changes first … last, columnar, chained to the block before it, signed once.
///
/// Its bytes are stored and relayed as they are by everyone. Sensitive values travel beside it; the block commits to
/// them with a Merkle root, so the value of each may be replaced by its leaf hash and everything still verifies.
public struct Block: Sendable {
    public let stream: StreamName
    public let member: Identifier
    public let schema: UInt32
    /// The number of the first change; at least 1.
    public let first: UInt64
    /// The hash of the block before it in the stream; zero for the first.
    public let previous: Hash256
    public let changes: [Change]
    public let root: Hash256
    /// SHA-256 of `content`.
    public let hash: Hash256
    /// What is hashed and signed.
    public let content: [UInt8]
    /// Ed25519 by the device's signing key over `Block.message(hash)`.
    public let signature: [UInt8]

    /// The number of the last change.
    public var last: UInt64 { first + UInt64(changes.count) - 1 }
    public var end: StreamEnd { StreamEnd(number: last, hash: hash) }

    /// A block holds at most this many changes …
    public static let mostChanges = 1000
    /// … this many edits, which name this many others …
    public static let mostEdits = 16_384
    public static let mostNames = 65_536
    /// … and its columns take at most this many bytes before deflating. What `portion` puts into a block keeps all three by far: it
    /// counts what the changes take if nothing deflates. So no honest block comes near, and a hostile one costs no more.
    public static let longestColumns = 1024 * 1024
    /// Sealed content and sensitive values together take at most this many bytes, so that a frame can hold them.
    public static let longest = 1_000_000

    /// The block as it is stored and sent: content, then signature.
    public var bytes: [UInt8] { content + signature }

    /// Is the block signed by the holder of `key`? Whoever takes a block from outside must ask, with the key that is
    /// certified for the stream's device.
    public func isSigned(by key: [UInt8], _ primitives: any Primitives) -> Bool {
        primitives.verifies(signature, of: Block.message(hash), by: key)
    }

    static func message(_ hash: Hash256) -> [UInt8] {
        var writer = ByteWriter()
        writer.text("seamark-block-1")
        writer.hash(hash)
        return writer.bytes
    }
}

/// The sensitive values of a block, in the order of its edits; each with its salt, or only as the hash that stands for it.
public enum SensitivePart: Hashable, Sendable {
    case value(SensitiveValue)
    case leaf(Hash256)

    /// A hash stands for the value: it was redacted, or this reader does not get it.
    public var isLeaf: Bool {
        switch self {
        case .value: false
        case .leaf: true
        }
    }

    /// Writes parts for the journey beside their block: the inflated length, then the deflated parts. No parts are no bytes.
    public static func encode(_ parts: [SensitivePart], _ primitives: any Primitives) -> [UInt8] {
        guard !parts.isEmpty else { return [] }
        let inner = plain(parts)
        var writer = ByteWriter()
        writer.count(inner.count)
        writer.raw(primitives.deflate(inner))
        return writer.bytes
    }

    /// Reads what `encode` writes. Bounded before inflating: `Block.longestColumns`, and a hundred to one.
    public static func decode(_ bytes: [UInt8], _ primitives: any Primitives) throws(DecodeError) -> [SensitivePart] {
        guard !bytes.isEmpty else { return [] }
        var outer = ByteReader(bytes)
        return try read(plain: try BlockColumns.inflate(&outer, outer.remaining, primitives))
    }

    /// The parts one after the other, as they are before deflating: one way to write each, where nobody may write another.
    public static func plain(_ parts: [SensitivePart]) -> [UInt8] {
        var writer = ByteWriter()
        for part in parts {
            switch part {
            case .value(let sensitive):
                writer.byte(1)
                writer.identifier(sensitive.salt)
                sensitive.value.write(to: &writer)
            case .leaf(let hash):
                writer.byte(0)
                writer.hash(hash)
            }
        }
        return writer.bytes
    }

    /// Reads what `plain` writes.
    public static func read(plain bytes: [UInt8]) throws(DecodeError) -> [SensitivePart] {
        var reader = ByteReader(bytes)
        var parts: [SensitivePart] = []
        while reader.remaining > 0 {
            guard parts.count < Block.mostEdits else { throw DecodeError(.outOfBounds, reading: "count of sensitive parts") }
            switch try reader.byte() {
            case 0: parts.append(.leaf(try reader.hash()))
            case 1: parts.append(.value(SensitiveValue(salt: try reader.identifier(), value: try Value.read(from: &reader))))
            case _: throw DecodeError(.outOfBounds, reading: "kind of sensitive part")
            }
        }
        return parts
    }

    /// The same part without its value.
    public func withheld(_ primitives: any Primitives) -> SensitivePart {
        switch self {
        case .value(let sensitive): .leaf(SensitiveTree.leaf(sensitive, primitives))
        case .leaf: self
        }
    }
}
