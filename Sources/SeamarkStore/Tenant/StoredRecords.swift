internal import SeamarkJournal

/// The records of one scope while changes are merged into them: read when first asked for, written back together.
final class StoredRecords {
    private final class Held {
        let key: Int64?
        var state: RecordState?
        let leaves: [Hash256]
        var isAltered = false

        init(key: Int64?, state: RecordState?, leaves: [Hash256]) {
            self.key = key
            self.state = state
            self.leaves = leaves
        }
    }

    private let transaction: TenantTransaction
    private let scope: Int64
    private var held: [Identifier: Held] = [:]
    /// The record that was asked for last: judging and merging ask for the same one three times in a row.
    private var last: (id: Identifier, record: Held)?
    /// Altered records in the order in which they were first touched, which becomes the order of their keys.
    private var altered: [(id: Identifier, record: Held)] = []

    init(_ transaction: TenantTransaction, scope: Int64) {
        self.transaction = transaction
        self.scope = scope
    }

    var count: Int { held.count }

    /// The record as it is now, changes of this transaction included.
    func look(at id: Identifier) throws(StoreError) -> RecordState? { try hold(id).state }

    private func hold(_ id: Identifier) throws(StoreError) -> Held {
        if let last, last.id == id { return last.record }
        if let known = held[id] {
            last = (id, known)
            return known
        }
        let row = try transaction.recordRow(id, scope: scope)
        let record = Held(key: row?.key, state: row?.state, leaves: row?.leaves ?? [])
        held[id] = record
        last = (id, record)
        return record
    }

    /// Puts a state where there is no row.
    func write(_ state: RecordState, as id: Identifier) {
        let record = Held(key: nil, state: state, leaves: [])
        held[id] = record
        altered.append((id, record))
    }

    /// Writes what was altered, and forgets everything.
    func writeBack() throws(StoreError) {
        for (id, record) in altered {
            guard let state = record.state else { preconditionFailure("a record that was taken was put back") }
            var sensitive: [(leaf: Hash256, value: SensitiveValue?)] = []
            let heads = RecordStateCoding.encode(state, sensitive: &sensitive, transaction.primitives)
            let document = transaction.tools.document(state.withholding(sensitive.map(\.leaf)))
            let key: Int64
            if let known = record.key {
                key = known
                try update(key, heads: heads, document: document)
            } else {
                key = try add(id, state, heads: heads, document: document)
            }
            if !sensitive.isEmpty || !record.leaves.isEmpty { try replace(record.leaves, by: sensitive, of: key) }
        }
        last = nil
        altered.removeAll(keepingCapacity: true)
        held.removeAll(keepingCapacity: true)
    }

    private func add(_ id: Identifier, _ state: RecordState, heads: [UInt8], document: [UInt8]) throws(StoreError) -> Int64 {
        let doing: StaticString = "adding a record"
        let row = try transaction.statement(.addRecord, doing: doing)
        row.bind(scope, at: 1)
        row.bind(id, at: 2)
        row.bind(Int64(state.type), at: 3)
        row.bind(heads, at: 4)
        row.bind(utf8: document, at: 5)
        try row.run(doing: doing)
        return transaction.lastKey
    }

    private func update(_ key: Int64, heads: [UInt8], document: [UInt8]) throws(StoreError) {
        let doing: StaticString = "updating a record"
        let row = try transaction.statement(.updateRecord, doing: doing)
        row.bind(heads, at: 1)
        row.bind(utf8: document, at: 2)
        row.bind(key, at: 3)
        try row.run(doing: doing)
    }

    /// Values that no head says any more go; a withheld one has no row to begin with.
    private func replace(
        _ old: [Hash256], by new: [(leaf: Hash256, value: SensitiveValue?)], of record: Int64
    ) throws(StoreError) {
        let doing: StaticString = "keeping sensitive values"
        for leaf in old where !new.contains(where: { $0.leaf == leaf }) {
            let row = try transaction.statement(.removeSensitive, doing: doing)
            row.bind(record, at: 1)
            row.bind(leaf, at: 2)
            try row.run(doing: doing)
        }
        var kept = old
        for (leaf, value) in new {
            guard let value, !kept.contains(leaf) else { continue }
            kept.append(leaf)
            let row = try transaction.statement(.addSensitive, doing: doing)
            row.bind(record, at: 1)
            row.bind(leaf, at: 2)
            row.bind(try SensitiveSealing.seal(value, leaf: leaf, transaction.tools), at: 3)
            try row.run(doing: doing)
        }
    }
}

/// What the merge rule sees of `StoredRecords`.
struct StoredShelf: RecordShelf {
    let records: StoredRecords

    mutating func take(_ record: Identifier) throws(StoreError) -> RecordState? { try records.take(record) }
    mutating func put(_ state: RecordState, as record: Identifier) throws(StoreError) { try records.put(state, as: record) }
    func isApplied(_ change: Identifier) throws(StoreError) -> Bool { try records.isApplied(change) }
}

extension StoredRecords {
    fileprivate func take(_ id: Identifier) throws(StoreError) -> RecordState? {
        let record = try hold(id)
        // Left here, the state would be shared and copied at its first alteration.
        defer { record.state = nil }
        return record.state
    }

    fileprivate func isApplied(_ change: Identifier) throws(StoreError) -> Bool { try transaction.isApplied(change) }

    fileprivate func put(_ state: RecordState, as id: Identifier) throws(StoreError) {
        let record = try hold(id)
        record.state = state
        if !record.isAltered {
            record.isAltered = true
            altered.append((id, record))
        }
    }
}
