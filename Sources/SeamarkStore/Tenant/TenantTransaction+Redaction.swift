public import SeamarkJournal

/// What redactions do in a tenant's file: in the transaction that applies one its values go from every table, and from then on
/// their leaves are barred. Both in its own scope alone: who may redact there may not elsewhere.
extension TenantTransaction {
    /// Parts with the leaf hash in place of each barred value, which is counted; nil where there is none.
    private func withoutBarred(_ parts: [SensitivePart], scope: Int64, counting: Bool) throws(StoreError) -> [SensitivePart]? {
        let doing: StaticString = "looking for barred values"
        var bare = parts
        var isAltered = false
        for (index, part) in parts.enumerated() {
            guard case .value(let value) = part else { continue }
            let leaf = SensitiveTree.leaf(value, primitives)
            guard try isBarred(leaf, scope: scope) else { continue }
            bare[index] = .leaf(leaf)
            isAltered = true
            guard counting else { continue }
            let row = try statement(.noteArrival, doing: doing)
            row.bind(leaf, at: 1)
            row.bind(scope, at: 2)
            try row.run(doing: doing)
        }
        return isAltered ? bare : nil
    }

    /// A block that came from outside for this scope, without the barred values that came with it.
    func withoutBarred(_ block: Block, _ sensitive: [UInt8], scope: Int64) throws -> (block: Block, sensitive: [UInt8]) {
        guard block.root != .zero, try hasBarred() else { return (block, sensitive) }
        guard let bare = try withoutBarred(block.sensitiveParts, scope: scope, counting: true) else { return (block, sensitive) }
        return (try Block.open(block.bytes, sensitive: bare, primitives), SensitivePart.encode(bare, primitives))
    }

    /// Called for every change that the log of `scope` applies: bars what it redacts there, for `eraseBarred` at the end of the operation.
    func bar(by change: Change, scope: Int64) throws(StoreError) {
        for redacted in change.redacts {
            let row = try statement(.bar, doing: "barring a value")
            row.bind(redacted.leaf, at: 1)
            row.bind(scope, at: 2)
            try row.run(doing: "barring a value")
            knowsBarred = true
            owesErasure.insert(scope)
        }
    }

    /// Deletes every value whose leaf is barred in a scope that owes it: beside the scope's records, beside blocks in its log, and in quarantine.
    func eraseBarred() throws {
        let doing: StaticString = "deleting redacted values"
        for scope in owesErasure.sorted() {
            let values = try statement(.removeBarredValues, doing: doing)
            values.bind(scope, at: 1)
            try values.run(doing: doing)
            let entries = try statement(.sensitiveEntries, doing: doing)
            entries.bind(EntryKey(scope: scope, position: 0).value, at: 1)
            entries.bind(EntryKey(scope: scope, position: EntryKey.lastPosition).value, at: 2)
            try blank(entries, of: scope, by: .blankEntry, doing: doing)
            let quarantined = try statement(.sensitiveInQuarantine, doing: doing)
            quarantined.bind(scope, at: 1)
            try blank(quarantined, of: scope, by: .blankInQuarantine, doing: doing)
            hasErased = true
        }
        owesErasure = []
    }

    /// Writes down that what this transaction deleted still lies in the write-ahead log, until `TenantStore.settleErasures` has emptied it.
    func oweErasure() throws(StoreError) { try statement(.oweErasure, doing: "deleting redacted values").run(doing: "deleting redacted values") }

    /// Rows of (key, block hash, what lies sealed beside the block): writes those anew that hold a barred value.
    private func blank(_ rows: PreparedStatement, of scope: Int64, by update: Query, doing: StaticString) throws {
        var altered: [(key: Int64, sealed: [UInt8])] = []
        do {
            defer { rows.reset() }
            while try rows.step(doing: doing) {
                let hash = try rows.hash(1, doing: doing)
                let parts = try SensitivePart.decode(SensitiveSealing.open(rows.bytes(2), under: hash, tools), primitives)
                guard let bare = try withoutBarred(parts, scope: scope, counting: false) else { continue }
                altered.append((rows.int(0), try SensitiveSealing.seal(SensitivePart.encode(bare, primitives), under: hash, tools)))
            }
        }
        for (key, sealed) in altered {
            let row = try statement(update, doing: doing)
            row.bind(sealed, at: 1)
            row.bind(key, at: 2)
            try row.run(doing: doing)
        }
    }

    private func hasBarred() throws(StoreError) -> Bool {
        if let knowsBarred { return knowsBarred }
        let row = try statement(.anyBarred, doing: "looking for barred values")
        defer { row.reset() }
        let any = try row.step(doing: "looking for barred values")
        knowsBarred = any
        return any
    }
}

extension TenantSnapshot {
    /// Is this the leaf of a value that was redacted in this scope?
    public func isBarred(_ leaf: Hash256, in scope: Identifier) throws(StoreError) -> Bool {
        try isBarred(leaf, scope: knownScope(scope, doing: "looking for barred values").key)
    }

    func isBarred(_ leaf: Hash256, scope: Int64) throws(StoreError) -> Bool {
        let row = try statement(.barred, doing: "looking for barred values")
        row.bind(leaf, at: 1)
        row.bind(scope, at: 2)
        defer { row.reset() }
        return try row.step(doing: "looking for barred values")
    }

    /// The leaves of all values that were redacted in this scope.
    public func barredLeaves(in scope: Identifier) throws(StoreError) -> Set<Hash256> {
        let doing: StaticString = "looking for barred values"
        let (key, _) = try knownScope(scope, doing: doing)
        let row = try statement(.barredOfScope, doing: doing)
        row.bind(key, at: 1)
        defer { row.reset() }
        var leaves: Set<Hash256> = []
        while try row.step(doing: doing) { leaves.insert(try row.hash(0, doing: doing)) }
        return leaves
    }

    /// Were values deleted of which traces may still lie in the store's write-ahead log? It is kept in the file, whoever deleted them and in whatever process.
    public func isErasureOwed() throws(StoreError) -> Bool {
        let row = try statement(.owesErasure, doing: "looking for what is to be erased")
        defer { row.reset() }
        return try row.step(doing: "looking for what is to be erased")
    }

    /// How many values were redacted, and how often one of them was brought again and not kept.
    public func barredCounts() throws(StoreError) -> (values: Int, arrivals: Int) {
        let row = try statement(.barredCounts, doing: "counting redactions")
        defer { row.reset() }
        guard try row.step(doing: "counting redactions") else { return (0, 0) }
        return (Int(row.int(0)), Int(row.int(1)))
    }

    /// A sensitive value that a block still holds: whose it is, and what names it.
    public struct SensitiveHold: Hashable, Sendable {
        public let record: Identifier
        public let type: UInt32
        public let target: Target
        public let redacted: Redaction.Redacted

        public init(record: Identifier, type: UInt32, target: Target, redacted: Redaction.Redacted) {
            self.record = record
            self.type = type
            self.target = target
            self.redacted = redacted
        }
    }

    /// The sensitive values that a scope's blocks still hold for edits that `isMeant`, each once: those of the log in its order, then those
    /// of blocks in quarantine outside it.
    public func sensitiveValues(
        in scope: Identifier, where isMeant: (Edit, Change) throws -> Bool
    ) throws -> [SensitiveHold] {
        var found: [SensitiveHold] = []
        var seen: Set<Redaction.Redacted> = []
        try forEachChange(in: scope, onlySensitive: true) { change, _ in
            for hold in try sensitiveValues(of: change, where: isMeant) where seen.insert(hold.redacted).inserted { found.append(hold) }
        }
        return found
    }

    /// Hands out the changes that a scope's blocks hold, with the time when each was received: those of the log in its order, a change that came twice
    /// both times, then those of blocks in quarantine outside it. Blocks are opened one by one.
    ///
    /// - Parameters:
    ///   - onlySensitive: blocks that hold no sensitive value are passed over.
    ///   - time: so are those that were received at that time or later: milliseconds since 1970.
    public func forEachChange(in scope: Identifier, onlySensitive: Bool = false, receivedBefore time: Int64 = .max, _ body: (Change, Int64) throws -> Void) throws {
        let doing: StaticString = "reading what a scope holds"
        let (key, _) = try knownScope(scope, doing: doing)
        let row = try statement(.entries, doing: doing)
        row.bind(EntryKey(scope: key, position: 0).value, at: 1)
        row.bind(EntryKey(scope: key, position: EntryKey.lastPosition).value, at: 2)
        defer { row.reset() }
        while try row.step(doing: doing) {
            guard onlySensitive ? row.byteCount(6) > 0 : !row.isNull(1), row.int(3) < time else { continue }
            let entry = try EntryRow(row, doing: doing)
            for change in try entry.opened(by: tools).changes { try body(change, entry.received) }
        }
        for key in try quarantinedBlockKeys() {
            let block = try quarantinedBlockRow(key).block
            guard block.stream.scope == scope, !onlySensitive || block.root != .zero else { continue }
            let received = try received(ofQuarantinedBlock: key)
            guard received < time else { continue }
            for change in block.changes { try body(change, received) }
        }
    }

    /// The sensitive values of one change that are meant.
    public func sensitiveValues(of change: Change, where isMeant: (Edit, Change) throws -> Bool) rethrows -> [SensitiveHold] {
        var found: [SensitiveHold] = []
        for (index, edit) in change.edits.enumerated() {
            guard case .sensitive(let value) = edit.content, try isMeant(edit, change) else { continue }
            let redacted = Redaction.Redacted(edit: change.name(index), leaf: SensitiveTree.leaf(value, primitives))
            found.append(SensitiveHold(record: edit.record, type: edit.type, target: edit.target, redacted: redacted))
        }
        return found
    }

    private func quarantinedBlockKeys() throws(StoreError) -> [Int64] {
        let doing: StaticString = "reading the quarantine"
        let row = try statement(.quarantinedBlocks, doing: doing)
        defer { row.reset() }
        var keys: [Int64] = []
        while try row.step(doing: doing) { keys.append(row.int(0)) }
        return keys
    }
}
