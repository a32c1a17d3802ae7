import Foundation
import SeamarkCrypto
import SeamarkJournal

/// The files of `Protocol/Vectors` as they are written. `Tests/PythonPeer/make_vectors.py` makes them; SPEC.md section 10 describes them.
enum Vectors {
    static let primitives = SystemPrimitives()

    /// A whole file. A missing or misspelt one fails the test that asks for it.
    static func file<Content: Decodable>(_ name: String, as type: Content.Type = Content.self) throws -> Content {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Protocol/Vectors")
        return try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: "\(name).json")))
    }

    /// Bytes written as hexadecimal digits.
    struct Bytes: Decodable {
        let bytes: [UInt8]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard let bytes = Hexadecimal.bytes(of: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not hexadecimal")
            }
            self.bytes = bytes
        }

        var id: Identifier { Identifier(bytes: bytes)! }
        var hash: Hash256 { Hash256(bytes: bytes)! }
    }

    struct Bad: Decodable {
        let name: String
        let type: String
        let bytes: Bytes
        let zeros: Int
        let reason: String

        var whole: [UInt8] { bytes.bytes + [UInt8](repeating: 0, count: zeros) }
    }

    struct Name: Decodable {
        let change: Bytes
        let index: UInt32

        var name: EditName { EditName(change: change.id, index: index) }
    }

    /// A value, told by which of its parts is there.
    struct Told: Decodable {
        struct Member: Decodable {
            let number: UInt32
            let value: Told
        }

        struct Unknown: Decodable {
            let kind: UInt64
            let payload: Bytes
        }

        let bool: Bool?
        let int: Int64?
        let double: String?
        let text: String?
        let bytes: Bytes?
        let id: Bytes?
        let list: [Told]?
        let group: [Member]?
        let unknown: Unknown?

        var value: Value {
            if let bool { return .bool(bool) }
            if let int { return .int(int) }
            if let double { return .double(Double(bitPattern: UInt64(double, radix: 16)!)) }
            if let text { return .text(text) }
            if let bytes { return .bytes(bytes.bytes) }
            if let id { return .id(id.id) }
            if let list { return .list(list.map(\.value)) }
            if let group { return .group(group.map { Value.Member($0.number, $0.value.value) }) }
            if let unknown { return .unknown(kind: unknown.kind, unknown.payload.bytes) }
            return .absent
        }
    }

    struct ToldEdit: Decodable {
        struct Sensitive: Decodable {
            let salt: Bytes
            let value: Told
        }

        let record: Bytes
        let type: UInt32
        let code: UInt64
        let element: Told?
        let open: Told?
        let sensitive: Sensitive?
        let withheld: Bytes?
        let supersedes: [Name]
        let witnessed: [Name]

        var edit: Edit {
            let content: Content =
                if let open {
                    .open(open.value)
                } else if let sensitive {
                    .sensitive(SensitiveValue(salt: sensitive.salt.id, value: sensitive.value.value))
                } else {
                    .withheld(leaf: withheld!.hash)
                }
            return Edit(
                record: record.id, type: type, target: Vectors.target(code: code, element: element), content: content,
                supersedes: supersedes.map(\.name), witnessed: witnessed.map(\.name))
        }
    }

    static func target(code: UInt64, element: Told?) -> Target {
        if code == 0 { return .life }
        let number = UInt32(code / 2)
        return code % 2 == 0 ? .field(number) : .element(number, element!.value)
    }

    struct ToldChange: Decodable {
        let id: Bytes
        let scope: Bytes
        let device: Bytes
        let stamp: Int64
        let member: Bytes
        let schema: UInt32
        let edits: [ToldEdit]

        /// The change as this implementation makes it: its id is computed here, not taken from the file.
        var change: Change {
            Change(
                scope: scope.id, stamp: Stamp(time: stamp, device: device.id), member: member.id, schema: schema,
                edits: edits.map(\.edit), primitives: primitives)
        }
    }

    struct ToldEntry: Decodable {
        let block: Bytes?
        let released: [Bytes]?
        let verdicts: [UInt32]?
        let received: Int64

        var entry: LogEntry {
            let content: LogEntry.Content = if let block { .block(block.hash) } else { .release(released!.map(\.id)) }
            return LogEntry(content: content, verdicts: (verdicts ?? []).map(Verdict.init(code:)), received: received)
        }
    }

    /// Opens a block as a receiver does: the sensitive part, the block, its signature.
    static func open(_ block: [UInt8], sensitive: [UInt8], key: [UInt8]) throws(DecodeError) -> Block {
        let parts = try SensitivePart.decode(sensitive, primitives)
        let opened = try Block.open(block, sensitive: parts, primitives)
        guard opened.isSigned(by: key, primitives) else { throw DecodeError(.badSignature, reading: "block") }
        return opened
    }

    /// Reads all the bytes and nothing after them.
    static func whole<Content>(
        _ bytes: [UInt8], _ read: (inout ByteReader) throws(DecodeError) -> Content
    ) throws(DecodeError) -> Content {
        var reader = ByteReader(bytes)
        let content = try read(&reader)
        try reader.finish()
        return content
    }

    /// Reads bytes of a type named in a file; what they mean, as text.
    static func meaning(of bytes: [UInt8], type: String) throws(DecodeError) -> String {
        switch type {
        case "varint": try String(whole(bytes) { reader throws(DecodeError) in try reader.varint() })
        case "signed": try String(whole(bytes) { reader throws(DecodeError) in try reader.signed() })
        case "fixed64": try String(whole(bytes) { reader throws(DecodeError) in try reader.fixed64() })
        case "blob": try Hexadecimal.text(of: whole(bytes) { reader throws(DecodeError) in try reader.blob() })
        case "text": try whole(bytes) { reader throws(DecodeError) in try reader.text() }
        case "value": try String(describing: whole(bytes) { reader throws(DecodeError) in try Value.read(from: &reader) })
        case "entry": try String(describing: whole(bytes) { reader throws(DecodeError) in try LogEntry.read(from: &reader) })
        case _: preconditionFailure("the vectors name a type that this test does not know: \(type)")
        }
    }
}
