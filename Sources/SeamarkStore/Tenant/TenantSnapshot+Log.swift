public import SeamarkJournal

extension TenantSnapshot {
    /// The entries after `position`, oldest first: as many as `credit` bytes of blocks and sensitive values allow, and one at
    /// least while there are any.
    public func entries(
        of scope: Identifier, after position: UInt64, credit: Int = .max, atMost count: Int = .max
    ) throws(StoreError) -> [StoredEntry] {
        let doing: StaticString = "reading a log"
        let (key, _) = try knownScope(scope, doing: doing)
        let row = try statement(.entries, doing: doing)
        guard position < EntryKey.lastPosition, count > 0 else { return [] }
        row.bind(EntryKey(scope: key, position: position).value, at: 1)
        row.bind(EntryKey(scope: key, position: EntryKey.lastPosition).value, at: 2)
        defer { row.reset() }
        var entries: [StoredEntry] = []
        var left = credit
        while entries.count < count, try row.step(doing: doing) {
            let size = row.byteCount(5) + row.byteCount(6)
            if !entries.isEmpty, size > left { break }
            left -= size
            entries.append(try EntryRow(row, doing: doing).stored(by: tools))
        }
        return entries
    }

    /// What the entries after `position` take on the wire, at most: 128 bytes each, three for a verdict where not all are accepted, and
    /// blocks and sensitive values but for those of the stream `own`. `isWithheld`: the reader gets leaf hashes in place of the values.
    public func weight(of scope: Identifier, after position: UInt64, but own: StreamName, isWithheld: Bool) throws(StoreError) -> UInt64 {
        let doing: StaticString = "weighing a log"
        guard position < EntryKey.lastPosition else { return 0 }
        let (key, _) = try knownScope(scope, doing: doing)
        let stream = try streamRow(own, scope: key)?.0 ?? -1
        let row = try statement(.entryWeight, doing: doing)
        row.bind(stream, at: 1)
        // A value takes at least its salt and a kind, 17 bytes that do not deflate; its leaf takes 33.
        row.bind(Int64(isWithheld ? 2 : 1), at: 2)
        row.bind(EntryKey(scope: key, position: position).value, at: 3)
        row.bind(EntryKey(scope: key, position: EntryKey.lastPosition).value, at: 4)
        defer { row.reset() }
        guard try row.step(doing: doing) else { return 0 }
        return UInt64(clamping: row.int(0))
    }

    /// Is `place` on the log? The beginning always is. A cursor or receipt that is not proves that the log was rolled back.
    public func contains(_ place: LogPlace, in scope: Identifier) throws(StoreError) -> Bool {
        guard place.position > 0 else { return place.hash == .zero }
        guard place.position <= EntryKey.lastPosition, let (key, _) = try scopeRow(scope) else { return false }
        let doing: StaticString = "reading a log"
        let row = try statement(.logHash, doing: doing)
        row.bind(EntryKey(scope: key, position: place.position).value, at: 1)
        defer { row.reset() }
        guard try row.step(doing: doing) else { return false }
        return try row.hash(0, doing: doing) == place.hash
    }

    /// What the log says of a block; nil when it does not hold it.
    public func appended(_ block: Hash256, stream: StreamName, first: UInt64) throws(StoreError) -> Appended? {
        guard let (key, _) = try scopeRow(stream.scope), let (streamKey, _) = try streamRow(stream, scope: key) else { return nil }
        return try appended(block, scope: stream.scope, stream: streamKey, first: first)
    }

    func appended(_ block: Hash256, scope: Identifier, stream: Int64, first: UInt64) throws(StoreError) -> Appended? {
        let doing: StaticString = "looking a block up"
        let row = try statement(.entryByStream, doing: doing)
        row.bind(stream, at: 1)
        row.bind(first, at: 2)
        defer { row.reset() }
        while try row.step(doing: doing) {
            guard try row.hash(1, doing: doing) == block else { continue }
            return Appended(
                scope: scope, place: LogPlace(position: EntryKey(value: row.int(0)).position, hash: try row.hash(4, doing: doing)),
                block: block, verdicts: try EntryRow.verdicts(row.bytes(2)), received: row.int(3))
        }
        return nil
    }

    /// A change of the log with what became of it; nil when the log does not hold it.
    public func change(_ id: Identifier) throws(StoreError) -> StoredChange? {
        guard let place = try changePlace(id) else { return nil }
        let doing: StaticString = "reading a change"
        let entry = try entryRow(place.entry, doing: doing)
        let block = try entry.opened(by: tools)
        guard place.index < block.changes.count, place.index < entry.verdicts.count, block.changes[place.index].id == id else {
            throw StoreError(.damaged, doing: doing, detail: "a change is not where its place says; verify the store")
        }
        return StoredChange(
            change: block.changes[place.index], scope: block.stream.scope, position: place.entry.position, index: place.index,
            block: block.hash, verdict: entry.verdicts[place.index], isApplied: !place.isWaiting, received: entry.received)
    }

    /// Has the change been applied here?
    func isApplied(_ id: Identifier) throws(StoreError) -> Bool {
        guard let place = try changePlace(id) else { return false }
        return !place.isWaiting
    }

    func changePlace(_ id: Identifier) throws(StoreError) -> (entry: EntryKey, index: Int, isWaiting: Bool)? {
        let doing: StaticString = "looking a change up"
        let row = try statement(.change, doing: doing)
        row.bind(id, at: 1)
        defer { row.reset() }
        guard try row.step(doing: doing) else { return nil }
        return (EntryKey(value: row.int(0)), Int(row.int(1)), row.int(2) != 0)
    }

    func entryRow(_ key: EntryKey, doing: StaticString) throws(StoreError) -> EntryRow {
        let row = try statement(.entry, doing: doing)
        row.bind(key.value, at: 1)
        defer { row.reset() }
        guard try row.step(doing: doing) else {
            throw StoreError(.damaged, doing: doing, detail: "an entry is missing; verify the store")
        }
        return try EntryRow(row, doing: doing)
    }

    /// Everything that is kept and not applied: first what the logs hold, then what is kept outside them.
    public func quarantine() throws(StoreError) -> [QuarantinedChange] {
        let doing: StaticString = "reading the quarantine"
        var found: [QuarantinedChange] = []
        var waiting: [(id: Identifier, entry: EntryKey, index: Int)] = []
        let inside = try statement(.waitingChanges, doing: doing)
        defer { inside.reset() }
        while try inside.step(doing: doing) {
            waiting.append((try inside.identifier(0, doing: doing), EntryKey(value: inside.int(1)), Int(inside.int(2))))
        }
        var last: (key: EntryKey, row: EntryRow, block: Block)?
        for (id, key, index) in waiting {
            if last?.key != key {
                let row = try entryRow(key, doing: doing)
                last = (key, row, try row.opened(by: tools))
            }
            guard let last, index < last.row.verdicts.count, case .refused(let refusal) = last.row.verdicts[index] else {
                throw StoreError(.damaged, doing: doing, detail: "a waiting change was not refused; verify the store")
            }
            found.append(
                QuarantinedChange(
                    id: id, scope: last.block.stream.scope, device: last.block.stream.device, refusal: refusal,
                    received: last.row.received, position: key.position))
        }
        let outside = try statement(.quarantinedChanges, doing: doing)
        defer { outside.reset() }
        while try outside.step(doing: doing) {
            found.append(
                QuarantinedChange(
                    id: try outside.identifier(0, doing: doing), scope: try outside.identifier(1, doing: doing),
                    device: try outside.identifier(2, doing: doing),
                    refusal: Refusal(rawValue: UInt32(truncatingIfNeeded: outside.int(3))), received: outside.int(4), position: nil))
        }
        return found
    }

    /// A block that is kept outside the logs, with what travelled beside it and why it is kept.
    func quarantinedBlockRow(_ key: Int64) throws(StoreError) -> (block: Block, sensitive: [UInt8], refusal: Refusal) {
        let doing: StaticString = "opening a block in quarantine"
        let row = try statement(.quarantinedBlock, doing: doing)
        row.bind(key, at: 1)
        defer { row.reset() }
        guard try row.step(doing: doing) else {
            throw StoreError(.damaged, doing: doing, detail: "it is missing; verify the store")
        }
        let sensitive = try SensitiveSealing.open(row.bytes(6), under: try row.hash(0, doing: doing), tools)
        do {
            let block = try Block.open(row.bytes(5), sensitive: SensitivePart.decode(sensitive, primitives), primitives)
            return (block, sensitive, Refusal(rawValue: UInt32(truncatingIfNeeded: row.int(3))))
        } catch {
            throw StoreError(.damaged, doing: doing, detail: "it is not what was written; verify the store")
        }
    }
}
