extension Block {
    /// Seals changes into the next block of a stream.
    ///
    /// All changes are of the stream's device and scope and of one member and schema version, and there are between 1
    /// and `mostChanges`: our bug otherwise. `longest` is for the caller to keep (`Block.portion`).
    public static func seal(
        _ changes: [Change], in stream: StreamName, after end: StreamEnd, by signer: any Signer, _ primitives: any Primitives
    ) -> Block {
        precondition(!changes.isEmpty && changes.count <= mostChanges, "a block holds 1 to 1000 changes")
        let member = changes[0].member
        let schema = changes[0].schema
        precondition(
            changes.allSatisfy { $0.member == member && $0.schema == schema && $0.scope == stream.scope && $0.stamp.device == stream.device },
            "a block's changes are of one stream, member and schema")
        var leaves: [Hash256] = []
        for change in changes {
            for edit in change.edits.indices {
                if let leaf = SensitiveTree.leaf(of: change.edits[edit].content, primitives) { leaves.append(leaf) }
            }
        }
        let root = SensitiveTree.root(leaves, primitives)
        let columns = BlockColumns.write(changes)
        let deflated = primitives.deflate(columns)
        var writer = ByteWriter(capacity: deflated.count + 192)
        writer.raw(magic)
        writer.identifier(stream.device)
        writer.fixed64(stream.incarnation)
        writer.identifier(stream.scope)
        writer.identifier(member)
        writer.varint(UInt64(schema))
        writer.varint(end.number + 1)
        writer.count(changes.count)
        writer.hash(end.hash)
        writer.count(leaves.count)
        if !leaves.isEmpty { writer.hash(root) }
        writer.count(columns.count)
        writer.raw(deflated)
        let hash = primitives.sha256(writer.bytes.span)
        return Block(
            stream: stream, member: member, schema: schema, first: end.number + 1, previous: end.hash, changes: changes,
            root: root, hash: hash, content: writer.bytes, signature: signer.sign(message(hash)))
    }

    /// The sensitive values of the block's changes, as they travel beside it.
    public var sensitiveParts: [SensitivePart] {
        var parts: [SensitivePart] = []
        for change in changes {
            for edit in change.edits.indices {
                switch change.edits[edit].content {
                case .open: continue
                case .sensitive(let sensitive): parts.append(.value(sensitive))
                case .withheld(let leaf): parts.append(.leaf(leaf))
                }
            }
        }
        return parts
    }

    /// How many of `changes`, from the front, go into the next block: at most `mostChanges`, of one member and schema
    /// version, and few enough that block and sensitive values fit a frame, and `most` bytes, even if nothing deflates. At least 1.
    public static func portion(of changes: ArraySlice<Change>, atMost most: Int = longest) -> Int {
        guard let front = changes.first else { return 0 }
        var size = 1024
        var count = 0
        for change in changes.prefix(mostChanges) {
            guard change.member == front.member, change.schema == front.schema else { break }
            size += change.greatestSize
            if count > 0, size > min(fullest, most) { break }
            count += 1
        }
        return count
    }

    /// The most bytes that blocks of all of `changes` take with their sensitive values, even if nothing deflates.
    public static func greatestSize(of changes: ArraySlice<Change>) -> Int {
        var (rest, size) = (changes, 0)
        while !rest.isEmpty {
            let portion = rest.prefix(portion(of: rest))
            size += portion.reduce(1024) { $0 + $1.greatestSize }
            rest = rest.dropFirst(portion.count)
        }
        return size
    }

    /// What is put into a block by that bound: the rest is for what `longest` counts beside it.
    static let fullest = longest - 100_000

    static let magic: [UInt8] = Array("SMB1".utf8)
}

extension Change {
    /// An upper bound of the bytes that the change takes in a block and beside it.
    var greatestSize: Int { edits.indices.reduce(32) { $0 + edits[$1].greatestSize } }
}

extension Edit {
    /// An upper bound of the bytes that the edit takes in a block and beside it.
    var greatestSize: Int {
        var size = 64 + (supersedes.count + witnessed.count) * 22
        if case .element(_, let element) = target { size += element.encoded.count }
        switch content {
        case .open(let value): size += value.greatestSize
        case .sensitive(let sensitive): size += 17 + sensitive.value.greatestSize
        case .withheld: size += 33
        }
        return size
    }
}

extension Value {
    var greatestSize: Int {
        switch self {
        case .absent, .bool: 1
        case .int, .double: 11
        case .id: 17
        case .text(let text): 4 + text.utf8.count
        case .bytes(let bytes): 4 + bytes.count
        case .unknown(_, let bytes): 14 + bytes.count
        case .list(let values): values.reduce(11) { $0 + $1.greatestSize }
        case .group(let members): members.reduce(11) { $0 + 5 + $1.value.greatestSize }
        }
    }
}
