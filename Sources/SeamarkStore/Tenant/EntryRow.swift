internal import SeamarkJournal

/// A row of the log as it lies in the file.
struct EntryRow {
    let key: EntryKey
    /// Nil for a release.
    let block: Hash256?
    let verdicts: [Verdict]
    let received: Int64
    let logHash: Hash256
    /// A block's bytes, or the ids of released changes.
    let content: [UInt8]
    /// Sealed; empty where the block has no sensitive values.
    let sensitive: [UInt8]
    let stream: Int64?
    let first: UInt64

    init(_ row: PreparedStatement, doing: StaticString) throws(StoreError) {
        key = EntryKey(value: row.int(0))
        block = row.isNull(1) ? nil : try row.hash(1, doing: doing)
        verdicts = try Self.verdicts(row.bytes(2))
        received = row.int(3)
        logHash = try row.hash(4, doing: doing)
        content = row.bytes(5)
        sensitive = row.bytes(6)
        stream = row.intIfAny(7)
        first = row.word(8)
    }

    var place: LogPlace { LogPlace(position: key.position, hash: logHash) }

    func entry() throws(StoreError) -> LogEntry {
        guard let block else { return LogEntry(content: .release(try released()), verdicts: [], received: received) }
        return LogEntry(content: .block(block), verdicts: verdicts, received: received)
    }

    func stored(by tools: TenantTools) throws(StoreError) -> StoredEntry {
        StoredEntry(place: place, entry: try entry(), block: block == nil ? [] : content, sensitive: try unsealed(by: tools))
    }

    /// The block with its sensitive values; throws `damaged` for a release.
    func opened(by tools: TenantTools) throws(StoreError) -> Block {
        do {
            return try Block.open(content, sensitive: SensitivePart.decode(try unsealed(by: tools), tools.primitives), tools.primitives)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.damaged, doing: "opening a block of the log", detail: "it is not what was written; verify the store")
        }
    }

    private func unsealed(by tools: TenantTools) throws(StoreError) -> [UInt8] {
        guard let block, !sensitive.isEmpty else { return [] }
        return try SensitiveSealing.open(sensitive, under: block, tools)
    }

    private func released() throws(StoreError) -> [Identifier] {
        var reader = ByteReader(content)
        var ids: [Identifier] = []
        while reader.remaining > 0 {
            guard let id = try? reader.identifier() else {
                throw StoreError(.damaged, doing: "reading a release", detail: "it is not what was written; verify the store")
            }
            ids.append(id)
        }
        return ids
    }

    static func verdicts(_ bytes: [UInt8]) throws(StoreError) -> [Verdict] {
        var reader = ByteReader(bytes)
        var verdicts: [Verdict] = []
        verdicts.reserveCapacity(bytes.count)
        while reader.remaining > 0 {
            guard let code = try? reader.varint(), let code = UInt32(exactly: code) else {
                throw StoreError(.damaged, doing: "reading verdicts", detail: "not what was written; verify the store")
            }
            verdicts.append(Verdict(code: code))
        }
        return verdicts
    }

    static func bytes(of verdicts: [Verdict]) -> [UInt8] {
        var writer = ByteWriter(capacity: verdicts.count)
        for verdict in verdicts { writer.varint(verdict.code) }
        return writer.bytes
    }
}
