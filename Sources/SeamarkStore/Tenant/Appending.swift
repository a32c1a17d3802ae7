internal import SeamarkJournal

/// Appends to the logs of a transaction. Made for one operation, finished at its end.
struct Appending {
    private let transaction: TenantTransaction
    private var scopes: [(id: Identifier, scope: OpenScope)] = []
    /// Records held in memory before they are written back between two blocks.
    private static let mostRecords = 1024

    init(_ transaction: TenantTransaction) { self.transaction = transaction }

    mutating func open(_ id: Identifier) throws(StoreError) -> OpenScope? {
        if let known = scopes.first(where: { $0.id == id }) { return known.scope }
        guard let (key, row) = try transaction.scopeRow(id) else { return nil }
        let scope = OpenScope(transaction, key: key, scope: row)
        scopes.append((id, scope))
        return scope
    }

    /// Puts a block into its scope's log. A change that the log holds already is a duplicate, whatever `decide` would say;
    /// a change that enters the log leaves the quarantine outside it.
    func append(
        _ block: Block, sensitive: [UInt8], received: Int64, to scope: OpenScope, decide: (Change) throws -> Verdict
    ) throws -> Appended {
        let (block, sensitive) = try transaction.withoutBarred(block, sensitive, scope: scope.key)
        let position = scope.place.position + 1
        let stream = try scope.stream(block.stream)
        var verdicts: [Verdict] = []
        verdicts.reserveCapacity(block.changes.count)
        for (index, change) in block.changes.enumerated() {
            // Listing a change finds out by itself whether the log holds it already: one look at a random page, not two.
            guard try list(change.id, EntryKey(scope: scope.key, position: position), index) else {
                verdicts.append(.duplicate)
                continue
            }
            let verdict = try decide(change)
            verdicts.append(verdict)
            switch verdict {
            case .accepted: try scope.apply(change, received: received)
            case .refused:
                try holdBack(change.id)
                try transaction.noteKept(change, scope: scope.key)
            case .duplicate: throw StoreError(.failed, doing: "judging a change", detail: "only the log tells what is a duplicate")
            }
            try transaction.leaveQuarantine(change.id, for: EntryKey(scope: scope.key, position: position))
        }
        let place = try scope.append(
            LogEntry(content: .block(block.hash), verdicts: verdicts, received: received), content: block.bytes,
            sensitive: try SensitiveSealing.seal(sensitive, under: block.hash, transaction.tools), stream: stream.key, first: block.first)
        try scope.advance(over: block)
        if scope.records.count > Self.mostRecords { try scope.records.writeBack() }
        return Appended(scope: scope.id, place: place, block: block.hash, verdicts: verdicts, received: received)
    }

    /// False when a log holds the change already.
    private func list(_ id: Identifier, _ entry: EntryKey, _ index: Int) throws(StoreError) -> Bool {
        let doing: StaticString = "noting a change's place"
        let row = try transaction.statement(.addChange, doing: doing)
        row.bind(id, at: 1)
        row.bind(entry.value, at: 2)
        row.bind(Int64(index), at: 3)
        try row.run(doing: doing)
        return transaction.alteredRows == 1
    }

    private func holdBack(_ id: Identifier) throws(StoreError) {
        let row = try transaction.statement(.holdChangeBack, doing: "noting a refusal")
        row.bind(id, at: 1)
        try row.run(doing: "noting a refusal")
    }

    func finish() throws {
        for (_, scope) in scopes { try scope.writeBack() }
        try transaction.eraseBarred()
    }
}
