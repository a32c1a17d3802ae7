public import SeamarkJournal

/// A change that is kept and not applied, as its author made it.
public struct HeldChange: Sendable {
    public let change: Change
    /// The block that holds it, as its device sealed it.
    public let block: Hash256
    public let refusal: Refusal
    /// When it came, by the server's clock: milliseconds since 1970.
    public let received: Int64
    /// Its place in the log; nil for one whose block is kept outside the log, whole.
    public let position: UInt64?
}

extension TenantSnapshot {
    /// Hands out everything that is kept and not applied, one change at a time: what the logs hold by scope and place, then what is kept
    /// outside them in the order in which it came. Blocks are opened one by one, so this costs the memory of one.
    public func heldChanges(_ body: (HeldChange) throws -> Void) throws {
        var last: (key: EntryKey, row: EntryRow, block: Block)?
        for (id, key, index) in try waitingPlaces() {
            if last?.key != key {
                let row = try entryRow(key, doing: Self.doing)
                last = (key, row, try row.opened(by: tools))
            }
            guard let last, index < last.block.changes.count, index < last.row.verdicts.count, last.block.changes[index].id == id,
                case .refused(let refusal) = last.row.verdicts[index]
            else { throw StoreError(.damaged, doing: Self.doing, detail: "a waiting change was not refused; verify the store") }
            try body(
                HeldChange(
                    change: last.block.changes[index], block: last.block.hash, refusal: refusal, received: last.row.received,
                    position: key.position))
        }
        for key in try quarantinedBlockKeys() {
            let kept = Set(try changes(keptFor: key))
            let (block, _, refusal) = try quarantinedBlockRow(key)
            let received = try received(ofQuarantinedBlock: key)
            for change in block.changes where kept.contains(change.id) {
                try body(HeldChange(change: change, block: block.hash, refusal: refusal, received: received, position: nil))
            }
        }
    }

    /// A block that is kept outside the logs, as its device sealed it.
    public struct KeptBlock: Sendable {
        public let block: Block
        /// The bytes that travelled beside the block, without what was redacted.
        public let sensitive: [UInt8]
        public let refusal: Refusal
        /// When it came, by the server's clock: milliseconds since 1970.
        public let received: Int64
        /// The changes that it is kept for: a log may hold others of the block.
        public let changes: [Identifier]
    }

    /// The numbers of the blocks that are kept outside the logs, in the order in which they came.
    public func keptBlocks() throws(StoreError) -> [Int64] { try quarantinedBlockKeys() }

    /// One of them; throws `damaged` where it is not what was written.
    public func keptBlock(_ number: Int64) throws -> KeptBlock {
        let (block, sensitive, refusal) = try quarantinedBlockRow(number)
        return KeptBlock(
            block: block, sensitive: sensitive, refusal: refusal, received: try received(ofQuarantinedBlock: number), changes: try changes(keptFor: number))
    }

    /// Does a log hold the change, or the quarantine outside them?
    public func isHeld(_ change: Identifier) throws(StoreError) -> Bool {
        if try changePlace(change) != nil { return true }
        let row = try statement(.quarantinedChange, doing: Self.doing)
        row.bind(change, at: 1)
        defer { row.reset() }
        return try row.step(doing: Self.doing)
    }

    private static let doing: StaticString = "reading the quarantine"

    private func waitingPlaces() throws(StoreError) -> [(id: Identifier, entry: EntryKey, index: Int)] {
        let row = try statement(.waitingChanges, doing: Self.doing)
        defer { row.reset() }
        var places: [(Identifier, EntryKey, Int)] = []
        while try row.step(doing: Self.doing) {
            places.append((try row.identifier(0, doing: Self.doing), EntryKey(value: row.int(1)), Int(row.int(2))))
        }
        return places
    }

    private func quarantinedBlockKeys() throws(StoreError) -> [Int64] {
        let row = try statement(.quarantinedBlocks, doing: Self.doing)
        defer { row.reset() }
        var keys: [Int64] = []
        while try row.step(doing: Self.doing) { keys.append(row.int(0)) }
        return keys
    }

    private func changes(keptFor key: Int64) throws(StoreError) -> [Identifier] {
        let row = try statement(.changesOfQuarantinedBlock, doing: Self.doing)
        row.bind(key, at: 1)
        defer { row.reset() }
        var ids: [Identifier] = []
        while try row.step(doing: Self.doing) { ids.append(try row.identifier(0, doing: Self.doing)) }
        return ids
    }

    func received(ofQuarantinedBlock key: Int64) throws(StoreError) -> Int64 {
        let row = try statement(.quarantinedBlock, doing: Self.doing)
        row.bind(key, at: 1)
        defer { row.reset() }
        return try row.step(doing: Self.doing) ? row.int(4) : 0
    }
}
