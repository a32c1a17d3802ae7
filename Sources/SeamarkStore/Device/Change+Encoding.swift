internal import SeamarkJournal

/// A change as a device keeps it until a block holds it. Its id is not written: it is the hash of the rest.
extension Change {
    func write(to writer: inout ByteWriter) {
        writer.identifier(scope)
        writer.signed(stamp.time)
        writer.identifier(stamp.device)
        writer.identifier(member)
        writer.varint(UInt64(schema))
        writer.count(edits.count)
        for edit in edits {
            writer.identifier(edit.record)
            writer.varint(UInt64(edit.type))
            switch edit.target {
            case .life: writer.byte(0)
            case .field(let number):
                writer.byte(1)
                writer.varint(UInt64(number))
            case .element(let number, let element):
                writer.byte(2)
                writer.varint(UInt64(number))
                element.write(to: &writer)
            }
            switch edit.content {
            case .open(let value):
                writer.byte(0)
                value.write(to: &writer)
            case .sensitive(let sensitive):
                writer.byte(1)
                writer.identifier(sensitive.salt)
                sensitive.value.write(to: &writer)
            case .withheld(let leaf):
                writer.byte(2)
                writer.hash(leaf)
            }
            for names in [edit.supersedes, edit.witnessed] {
                writer.count(names.count)
                for name in names {
                    writer.identifier(name.change)
                    writer.varint(UInt64(name.index))
                }
            }
        }
    }

    static func read(from reader: inout ByteReader, _ primitives: any Primitives) throws(DecodeError) -> Change {
        let scope = try reader.identifier()
        let stamp = Stamp(time: try reader.signed(), device: try reader.identifier())
        let member = try reader.identifier()
        let schema = try reader.word32()
        var edits: [Edit] = []
        let count = try reader.count(each: 22, atMost: mostEdits)
        edits.reserveCapacity(count)
        for _ in 0..<count {
            let record = try reader.identifier()
            let type = try reader.word32()
            let target: Target =
                switch try reader.byte() {
                case 0: .life
                case 1: .field(try reader.word32())
                case 2: .element(try reader.word32(), try Value.read(from: &reader))
                case _: throw DecodeError(.outOfBounds, reading: "target of an edit")
                }
            let content: Content =
                switch try reader.byte() {
                case 0: .open(try Value.read(from: &reader))
                case 1: .sensitive(SensitiveValue(salt: try reader.identifier(), value: try Value.read(from: &reader)))
                case 2: .withheld(leaf: try reader.hash())
                case _: throw DecodeError(.outOfBounds, reading: "content of an edit")
                }
            edits.append(
                Edit(
                    record: record, type: type, target: target, content: content, supersedes: try names(&reader),
                    witnessed: try names(&reader)))
        }
        return Change(scope: scope, stamp: stamp, member: member, schema: schema, edits: edits, primitives: primitives)
    }

    private static func names(_ reader: inout ByteReader) throws(DecodeError) -> [EditName] {
        let count = try reader.count(each: 17)
        var names: [EditName] = []
        names.reserveCapacity(count)
        for _ in 0..<count { names.append(EditName(change: try reader.identifier(), index: try reader.word32())) }
        return names
    }
}

extension ByteReader {
    /// A number of at most 32 bits.
    mutating func word32() throws(DecodeError) -> UInt32 {
        guard let value = UInt32(exactly: try varint()) else { throw DecodeError(.outOfBounds, reading: "number of 32 bits") }
        return value
    }
}
