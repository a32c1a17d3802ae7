extension Block {
    /// Reads a sealed block and the sensitive parts that travel beside it.
    ///
    /// Checks everything that the bytes alone can tell: canonical form, bounds, references, the Merkle root over the
    /// sensitive parts. It does not check the signature (`isSigned`), nor the place in the stream.
    public static func open(
        _ bytes: [UInt8], sensitive parts: [SensitivePart], _ primitives: any Primitives
    ) throws(DecodeError) -> Block {
        guard bytes.count > 64, bytes.count <= longest else { throw DecodeError(.outOfBounds, reading: "length of a block") }
        let content = Array(bytes[..<(bytes.count - 64)])
        var reader = ByteReader(content)
        guard try reader.raw(4) == magic else { throw DecodeError(.badMagic, reading: "block") }
        let device = try reader.identifier()
        let incarnation = try reader.fixed64()
        let scope = try reader.identifier()
        let member = try reader.identifier()
        guard let schema = UInt32(exactly: try reader.varint()) else { throw DecodeError(.outOfBounds, reading: "schema") }
        let first = try reader.varint()
        guard first >= 1, first < 1 << 62 else { throw DecodeError(.outOfBounds, reading: "first number") }
        let count = try reader.count(each: 0, atMost: mostChanges)
        guard count >= 1 else { throw DecodeError(.outOfBounds, reading: "count of changes") }
        let previous = try reader.hash()
        guard (previous == .zero) == (first == 1) else { throw DecodeError(.badReference, reading: "previous block") }
        let leafCount = try reader.count(each: 0, atMost: parts.count)
        guard leafCount == parts.count else { throw DecodeError(.badRoot, reading: "sensitive parts") }
        let root = leafCount > 0 ? try reader.hash() : .zero
        let leaves = parts.map { part in
            switch part {
            case .value(let sensitive): SensitiveTree.leaf(sensitive, primitives)
            case .leaf(let leaf): leaf
            }
        }
        guard SensitiveTree.root(leaves, primitives) == root else { throw DecodeError(.badRoot, reading: "sensitive parts") }
        let columns = try BlockColumns.inflate(&reader, reader.remaining, primitives)
        let stream = StreamName(device: device, incarnation: incarnation, scope: scope)
        let changes = try BlockColumns.read(
            columns, count: count, stream: stream, member: member, schema: schema, parts: parts, leaves: leaves, primitives)
        return Block(
            stream: stream, member: member, schema: schema, first: first, previous: previous, changes: changes, root: root,
            hash: primitives.sha256(content.span), content: content, signature: Array(bytes[(bytes.count - 64)...]))
    }
}
