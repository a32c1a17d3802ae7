public import SeamarkJournal

extension TenantSnapshot {
    /// A record of a scope as its log leaves it; nil where no applied change spoke of it.
    public func record(_ id: Identifier, in scope: Identifier) throws(StoreError) -> RecordState? {
        guard let (key, _) = try scopeRow(scope) else { return nil }
        return try recordRow(id, scope: key)?.state
    }

    /// Hands out the records of a scope, ascending by id, one at a time. `body` may read what it likes, except records in
    /// this way.
    public func records(
        in scope: Identifier, ofType type: UInt32? = nil, _ body: (Identifier, RecordState) throws -> Void
    ) throws {
        try recordRows(in: scope, ofType: type) { try body($0.id, $0.state) }
    }

    func recordRows(
        in scope: Identifier, ofType type: UInt32? = nil, where isMeant: (Identifier) -> Bool = { _ in true },
        _ body: ((key: Int64, id: Identifier, state: RecordState, document: [UInt8])) throws -> Void
    ) throws {
        let doing: StaticString = "reading records"
        guard let (key, _) = try scopeRow(scope) else { return }
        let row = try statement(type == nil ? .records : .recordsOfType, doing: doing)
        row.bind(key, at: 1)
        if let type { row.bind(Int64(type), at: 2) }
        defer { row.reset() }
        while try row.step(doing: doing) {
            let id = try row.identifier(3, doing: doing)
            guard isMeant(id) else { continue }
            let state = try state(key: row.int(0), type: row.int(1), heads: row.bytes(2)).state
            try body((row.int(0), id, state, row.bytes(4)))
        }
    }

    /// A record's document as it lies in the file; nil where no applied change spoke of the record.
    public func document(of record: Identifier, in scope: Identifier) throws(StoreError) -> [UInt8]? {
        guard let (key, _) = try scopeRow(scope) else { return nil }
        let doing: StaticString = "reading a document"
        let row = try statement(.document, doing: doing)
        row.bind(key, at: 1)
        row.bind(record, at: 2)
        defer { row.reset() }
        return try row.step(doing: doing) ? row.bytes(0) : nil
    }

    /// - Returns: with the leaf hashes whose values lie beside the record.
    func recordRow(_ id: Identifier, scope: Int64) throws(StoreError) -> (key: Int64, state: RecordState, leaves: [Hash256])? {
        let doing: StaticString = "reading a record"
        let row = try statement(.record, doing: doing)
        row.bind(scope, at: 1)
        row.bind(id, at: 2)
        defer { row.reset() }
        guard try row.step(doing: doing) else { return nil }
        let key = row.int(0)
        let (state, leaves) = try state(key: key, type: row.int(1), heads: row.bytes(2))
        return (key, state, leaves)
    }

    private func state(key: Int64, type: Int64, heads: [UInt8]) throws(StoreError) -> (state: RecordState, leaves: [Hash256]) {
        var values: [(leaf: Hash256, sealed: [UInt8])]?
        let state = try RecordStateCoding.decode(heads, type: UInt32(truncatingIfNeeded: type)) { leaf throws(StoreError) in
            if values == nil { values = try sensitiveRows(of: key) }
            guard let sealed = values?.first(where: { $0.leaf == leaf })?.sealed else { return nil }
            return try SensitiveSealing.openValue(sealed, leaf: leaf, tools)
        }
        return (state, values?.map(\.leaf) ?? [])
    }

    func sensitiveRows(of record: Int64) throws(StoreError) -> [(leaf: Hash256, sealed: [UInt8])] {
        let doing: StaticString = "reading sensitive values"
        let row = try statement(.sensitive, doing: doing)
        row.bind(record, at: 1)
        defer { row.reset() }
        var rows: [(leaf: Hash256, sealed: [UInt8])] = []
        while try row.step(doing: doing) { rows.append((try row.hash(0, doing: doing), row.bytes(1))) }
        return rows
    }
}
