internal import SeamarkJournal

/// A scope while entries are appended to it: its log's end, its streams and its records, written back together.
final class OpenScope {
    let key: Int64
    let id: Identifier
    private(set) var place: LogPlace
    private var digest: ScopeDigest
    let records: StoredRecords
    private let transaction: TenantTransaction
    private var streams: [StreamName: OpenStream] = [:]
    /// Streams in the order in which they were first asked for, so that nothing depends on a dictionary's order.
    private var order: [OpenStream] = []

    final class OpenStream {
        let key: Int64
        var end: StreamEnd
        var isAltered = false

        init(key: Int64, end: StreamEnd) {
            self.key = key
            self.end = end
        }
    }

    init(_ transaction: TenantTransaction, key: Int64, scope: TenantScope) {
        self.transaction = transaction
        self.key = key
        id = scope.id
        place = scope.place
        digest = scope.digest
        records = StoredRecords(transaction, scope: key)
    }

    /// The stream, if a block of it ever came.
    func knownStream(_ name: StreamName) throws(StoreError) -> OpenStream? {
        if let known = streams[name] { return known }
        guard let (key, end) = try transaction.streamRow(name, scope: self.key) else { return nil }
        return remember(OpenStream(key: key, end: end), as: name)
    }

    func stream(_ name: StreamName) throws(StoreError) -> OpenStream {
        if let known = try knownStream(name) { return known }
        let doing: StaticString = "adding a stream"
        let row = try transaction.statement(.addStream, doing: doing)
        row.bind(name.device, at: 1)
        row.bind(name.incarnation, at: 2)
        row.bind(key, at: 3)
        row.bind(Hash256.zero, at: 4)
        try row.run(doing: doing)
        return remember(OpenStream(key: transaction.lastKey, end: .beginning), as: name)
    }

    private func remember(_ stream: OpenStream, as name: StreamName) -> OpenStream {
        streams[name] = stream
        order.append(stream)
        return stream
    }

    /// The stream advances over every durably kept block that fits.
    func advance(over block: Block) throws(StoreError) {
        let stream = try stream(block.stream)
        guard stream.end == StreamEnd(number: block.first - 1, hash: block.previous) else { return }
        stream.end = block.end
        stream.isAltered = true
    }

    /// Merges a change that was not applied before.
    func apply(_ change: Change, received: Int64) throws(StoreError) {
        var shelf = StoredShelf(records: records)
        digest.add(try Merge.apply(change, received: received, to: &shelf))
        try transaction.noteApplied(change, scope: key)
    }

    /// Takes the next place in the log.
    func append(
        _ entry: LogEntry, content: [UInt8], sensitive: [UInt8], stream: Int64?, first: UInt64?
    ) throws(StoreError) -> LogPlace {
        let doing: StaticString = "appending to a log"
        guard place.position < EntryKey.lastPosition else { throw StoreError(.full, doing: doing, detail: "the log has no place left") }
        place = LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, transaction.primitives))
        let row = try transaction.statement(.addEntry, doing: doing)
        row.bind(EntryKey(scope: key, position: place.position).value, at: 1)
        row.bind(stream, at: 2)
        row.bind(first.map { Int64(bitPattern: $0) }, at: 3)
        if case .block(let hash) = entry.content { row.bind(hash, at: 4) } else { row.bindNull(at: 4) }
        row.bind(EntryRow.bytes(of: entry.verdicts), at: 5)
        row.bind(entry.received, at: 6)
        row.bind(place.hash, at: 7)
        row.bind(content, at: 8)
        row.bind(sensitive, at: 9)
        try row.run(doing: doing)
        return place
    }

    func writeBack() throws(StoreError) {
        try records.writeBack()
        let doing: StaticString = "writing a scope back"
        for stream in order where stream.isAltered {
            stream.isAltered = false
            let row = try transaction.statement(.moveStream, doing: doing)
            row.bind(stream.end.number, at: 1)
            row.bind(stream.end.hash, at: 2)
            row.bind(stream.key, at: 3)
            try row.run(doing: doing)
        }
        let row = try transaction.statement(.moveScope, doing: doing)
        row.bind(place.position, at: 1)
        row.bind(place.hash, at: 2)
        row.bind(digest.bytes, at: 3)
        row.bind(key, at: 4)
        try row.run(doing: doing)
    }
}
