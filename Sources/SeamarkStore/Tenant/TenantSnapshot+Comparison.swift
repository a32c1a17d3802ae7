public import SeamarkJournal

/// What the rows of a range of records add up to.
public struct RangeSum: Hashable, Sendable {
    public let count: Int
    public let digest: ScopeDigest
    /// All of them, ascending; or none, where there are more than were to be listed.
    public let records: [RecordDigest]
}

extension TenantSnapshot {
    /// What the rows say, whatever the scope's own digest says. A row that cannot be read counts and adds nothing.
    ///
    /// - Parameter list: a range of at most so many records is listed.
    public func sums(of ranges: [RecordRange], in scope: Identifier, list: Int) throws(StoreError) -> [RangeSum] {
        var sums: [RangeSum] = []
        for range in ranges {
            var (count, digest) = (0, ScopeDigest.zero)
            var records: [RecordDigest] = []
            try rows(of: range, in: scope) { row in
                let record = RecordDigest(record: row.id, digest: row.digest)
                count += 1
                digest.add(record.digest)
                if count <= list { records.append(record) }
            }
            sums.append(RangeSum(count: count, digest: digest, records: count <= list ? records : []))
        }
        return sums
    }

    /// A record's row as it lies in the file.
    struct RawRecord {
        let key: Int64
        let id: Identifier
        let type: UInt32
        let heads: [UInt8]
        let document: [UInt8]

        /// Of the heads that the row holds; zero where they cannot be read.
        var digest: ScopeDigest {
            guard let state = try? RecordStateCoding.decode(heads, type: type, value: { _ in nil }) else { return .zero }
            return ScopeDigest(of: state)
        }
    }

    /// The rows of a range, ascending by id; where an id has several, all of them.
    func rows(of range: RecordRange, in scope: Identifier, _ body: (RawRecord) throws(StoreError) -> Void) throws(StoreError) {
        let doing: StaticString = "comparing records"
        let (key, _) = try knownScope(scope, doing: doing)
        let row = try statement(.recordsOfRange, doing: doing)
        row.bind(key, at: 1)
        row.bind(range.first, at: 2)
        row.bind(range.last, at: 3)
        defer { row.reset() }
        while try row.step(doing: doing) {
            try body(
                RawRecord(
                    key: row.int(0), id: try row.identifier(3, doing: doing), type: UInt32(truncatingIfNeeded: row.int(1)), heads: row.bytes(2),
                    document: row.bytes(4)))
        }
    }

    // MARK: - What the log says

    /// Records of some ranges as the log gives them, and which of their rows say otherwise.
    public struct Reckoning {
        /// One digest for each range, computed from the log.
        public let digests: [ScopeDigest]
        /// Where a row is not what the log says: lacking, altered, or of no record of the log. Ascending.
        public let wrong: [Identifier]
        /// Changes that were read for it.
        public let changes: Int
        let state: ScopeState
    }

    /// Reads the scope's log from its beginning. Throws `damaged` where the log itself does not hold together: then nothing follows from it.
    public func reckon(_ ranges: [RecordRange], in scope: Identifier) throws -> Reckoning {
        let doing: StaticString = "computing records from a log"
        let (key, known) = try knownScope(scope, doing: doing)
        var state = ScopeState(only: ranges)
        var place = LogPlace.beginning
        var changes = 0
        let row = try statement(.entries, doing: doing)
        row.bind(EntryKey(scope: key, position: 0).value, at: 1)
        row.bind(EntryKey(scope: key, position: EntryKey.lastPosition).value, at: 2)
        defer { row.reset() }
        while try row.step(doing: doing) {
            let stored = try EntryRow(row, doing: doing)
            let entry = try stored.entry()
            place = LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, primitives))
            guard stored.place == place else { throw StoreError(.damaged, doing: doing, detail: "an entry does not follow; verify the store") }
            let block = stored.block == nil ? nil : try stored.opened(by: tools)
            guard block?.hash == stored.block else { throw StoreError(.damaged, doing: doing, detail: "a block is not the one that its entry names; verify the store") }
            state.read(entry, changes: block?.changes ?? [])
            changes += block?.changes.count ?? 1
        }
        guard place == known.place else { throw StoreError(.damaged, doing: doing, detail: "the log ends elsewhere than the scope says; verify the store") }
        let digests = ranges.map { range in
            state.records.reduce(into: ScopeDigest.zero) { sum, record in if range.contains(record.key) { sum.add(ScopeDigest(of: record.value)) } }
        }
        return Reckoning(digests: digests, wrong: try wrongRows(ranges, scope, state), changes: changes, state: state)
    }

    private func wrongRows(_ ranges: [RecordRange], _ scope: Identifier, _ state: ScopeState) throws(StoreError) -> [Identifier] {
        var seen: Set<Int64> = []
        var right: Set<Identifier> = []
        var wrong: Set<Identifier> = []
        for range in ranges {
            try rows(of: range, in: scope) { row throws(StoreError) in
                guard seen.insert(row.key).inserted else { return }
                if let expected = state.records[row.id], try isRight(row, expected), right.insert(row.id).inserted { return }
                wrong.insert(row.id)
            }
        }
        for id in state.records.keys where !right.contains(id) { wrong.insert(id) }
        return wrong.sorted()
    }

    private func isRight(_ row: RawRecord, _ expected: RecordState) throws(StoreError) -> Bool {
        var sensitive: [(leaf: Hash256, value: SensitiveValue?)] = []
        let heads = RecordStateCoding.encode(expected, sensitive: &sensitive, primitives)
        guard row.type == expected.type, row.heads == heads, row.document == tools.document(expected.withholding(sensitive.map(\.leaf))) else { return false }
        let kept = try sensitiveRows(of: row.key).map(\.leaf).sorted()
        return kept == Set(sensitive.filter { $0.value != nil }.map(\.leaf)).sorted()
    }
}
