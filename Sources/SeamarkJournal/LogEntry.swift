/// One place in a scope's log: a block with the server's verdict on each of its changes, or the later release of changes.
public struct LogEntry: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case block(Hash256)
        /// The ids of refused changes that are applied from here on.
        case release([Identifier])
    }

    public let content: Content
    /// One for each change of the block, in order; empty for a release.
    public let verdicts: [Verdict]
    /// When the server received the block or release: milliseconds since 1970 by the server's clock.
    public let received: Int64

    public init(content: Content, verdicts: [Verdict], received: Int64) {
        self.content = content
        self.verdicts = verdicts
        self.received = received
    }

    /// The log hash after this entry: it names the whole history up to here, verdicts and times included.
    public func logHash(after previous: Hash256, _ primitives: any Primitives) -> Hash256 {
        var writer = ByteWriter(capacity: 96 + verdicts.count)
        writer.text("seamark-log-1")
        writer.hash(previous)
        write(to: &writer)
        return primitives.sha256(writer.bytes.span)
    }

    /// The canonical bytes of the entry (`Protocol/SPEC.md`, "Log").
    public func write(to writer: inout ByteWriter) {
        switch content {
        case .block(let hash):
            writer.byte(0)
            writer.hash(hash)
            writer.count(verdicts.count)
            for verdict in verdicts { writer.varint(verdict.code) }
        case .release(let ids):
            writer.byte(1)
            writer.count(ids.count)
            for id in ids { writer.identifier(id) }
        }
        writer.signed(received)
    }

    public static func read(from reader: inout ByteReader) throws(DecodeError) -> LogEntry {
        let content: Content
        var verdicts: [Verdict] = []
        switch try reader.byte() {
        case 0:
            content = .block(try reader.hash())
            for _ in 0..<(try reader.count()) {
                let code = try reader.varint()
                guard let code = UInt32(exactly: code) else { throw DecodeError(.outOfBounds, reading: "verdict") }
                verdicts.append(Verdict(code: code))
            }
        case 1:
            var ids: [Identifier] = []
            for _ in 0..<(try reader.count(each: 16)) { ids.append(try reader.identifier()) }
            content = .release(ids)
        case _: throw DecodeError(.outOfBounds, reading: "kind of entry")
        }
        return LogEntry(content: content, verdicts: verdicts, received: try reader.signed())
    }
}

/// A place in a scope's log, and the hash of everything up to it. Position 0 with the zero hash is the beginning.
public struct LogPlace: Hashable, Sendable {
    public let position: UInt64
    public let hash: Hash256

    public init(position: UInt64, hash: Hash256) {
        self.position = position
        self.hash = hash
    }

    public static let beginning = LogPlace(position: 0, hash: .zero)
}
