import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol

/// A block as somebody else's software may write it: any part may be wrong, and the signature right all the same.
struct Forgery {
    var magic = Array("SMB1".utf8)
    var stream: StreamName
    var member: Identifier
    var schema: UInt64
    var first: UInt64
    var count: UInt64
    var previous: Hash256
    var sensitiveCount: UInt64 = 0
    var root: Hash256?
    /// The seven columns, or fewer, or more.
    var columns: [[UInt8]]
    /// What the columns are said to inflate to; nil: what they do.
    var saidLength: UInt64?
    /// What stands in the place of the deflated columns; nil: they do.
    var deflated: [UInt8]?

    /// The parts of an honest block, to be altered.
    init(of block: Block) throws {
        columns = try Self.columns(of: block.content)
        stream = block.stream
        member = block.member
        schema = UInt64(block.schema)
        first = block.first
        count = UInt64(block.changes.count)
        previous = block.previous
        sensitiveCount = UInt64(block.sensitiveParts.count)
        root = block.root == .zero ? nil : block.root
    }

    private static func columns(of content: [UInt8]) throws -> [[UInt8]] {
        var reader = ByteReader(content)
        _ = try reader.raw(4 + 16 + 8 + 16 + 16)
        for _ in 0..<3 { _ = try reader.varint() }
        _ = try reader.hash()
        if try reader.varint() > 0 { _ = try reader.hash() }
        let length = try Int(reader.varint())
        let deflated = try reader.raw(reader.remaining)
        var whole = ByteReader(try SystemPrimitives().inflate(deflated.span, toExactly: length))
        var columns: [[UInt8]] = []
        while whole.remaining > 0 { columns.append(try whole.blob()) }
        return columns
    }

    /// A block of one change for each of `edits`, which says of one record what the columns say: `edits` edits in the change, a target
    /// code and a content for each, and what they name.
    init(
        after end: StreamEnd, in stream: StreamName, member: Identifier, edits: [Int], target: UInt64 = 18, value: [UInt8] = [0],
        references: [UInt8] = [0], others: [Identifier] = []
    ) {
        self.stream = stream
        self.member = member
        schema = UInt64(Catalogue.version)
        first = end.number + 1
        count = UInt64(edits.count)
        previous = end.hash
        let all = edits.reduce(0, +)
        let record = Self.column {
            $0.varint(UInt64(Catalogue.site.number))
            $0.identifier(Identifier(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0009))
        }
        columns = [
            Self.column { writer in
                for edits in edits {
                    writer.signed(1000)
                    writer.count(edits)
                }
            }, record, [UInt8](repeating: 0, count: all),
            Self.column { writer in for _ in 0..<all { writer.varint(target) } }, (0..<all).flatMap { _ in value }, (0..<all).flatMap { _ in references },
            Self.column { writer in for other in others { writer.identifier(other) } },
        ]
    }

    /// The bytes of a column, or of anything else.
    static func column(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        write(&writer)
        return writer.bytes
    }

    func altered(_ alter: (inout Forgery) -> Void) -> Forgery {
        var forgery = self
        alter(&forgery)
        return forgery
    }

    /// The columns before they are deflated.
    var inflated: [UInt8] { Self.column { writer in for column in columns { writer.blob(column) } } }

    /// The block's bytes, signed by `key` as if nothing were wrong.
    func bytes(signedBy key: SigningKey) -> [UInt8] {
        let inner = inflated
        let content = Self.column { writer in
            writer.raw(magic)
            writer.identifier(stream.device)
            writer.fixed64(stream.incarnation)
            writer.identifier(stream.scope)
            writer.identifier(member)
            for number in [schema, first, count] { writer.varint(number) }
            writer.hash(previous)
            writer.varint(sensitiveCount)
            if let root { writer.hash(root) }
            writer.varint(saidLength ?? UInt64(inner.count))
            writer.raw(deflated ?? SystemPrimitives().deflate(inner))
        }
        let message = Self.column {
            $0.text("seamark-block-1")
            $0.hash(SystemPrimitives().sha256(content.span))
        }
        return content + key.sign(message)
    }
}
