public import SeamarkJournal

/// The server of one scope, as simple as it can be: the rules of the log without any store. What tests hold replicas and
/// sessions against.
public struct ModelServer: Sendable {
    public enum Answer: Sendable {
        case receipt(Receipt)
        case quarantined
        case refused(isGap: Bool, StreamEnd)
    }

    public let scope: Identifier
    public var epoch: UInt64
    /// Records that nobody may write at present.
    public var closed: Set<Identifier> = []
    public var isStaffed = true
    public private(set) var log: [(entry: LogEntry, block: Block?)] = []
    public private(set) var places: [LogPlace] = [.beginning]
    public private(set) var state = ScopeState()
    /// What the server's rows say: what the log says, unless a test has spoilt them.
    public private(set) var rows = ScopeState()
    /// What this server's program makes of the log besides: a mistake in it, or in the device's.
    public var peculiar: Change? { didSet { rows = reckoned } }
    public private(set) var streams: [StreamName: StreamEnd] = [:]
    /// Blocks in quarantine outside the log.
    public private(set) var outside: [Hash256: Block] = [:]
    private var positions: [Hash256: Int] = [:]
    private var seen: Set<Identifier> = []
    private let signer: any Signer
    private let primitives: any Primitives

    public init(scope: Identifier, epoch: UInt64, signer: any Signer, _ primitives: any Primitives) {
        self.scope = scope
        self.epoch = epoch
        self.signer = signer
        self.primitives = primitives
    }

    public var place: LogPlace { places[places.count - 1] }

    public func contains(_ place: LogPlace) -> Bool { place.position < UInt64(places.count) && places[Int(place.position)] == place }

    public mutating func push(_ block: Block, received: Int64) -> Answer {
        if let position = positions[block.hash] {
            advance(over: block)
            return .receipt(receipt(position))
        }
        guard isStaffed else {
            outside[block.hash] = block
            return .quarantined
        }
        let end = streams[block.stream] ?? .beginning
        guard StreamEnd(number: block.first - 1, hash: block.previous) == end else { return .refused(isGap: block.first > end.number + 1, end) }
        admit(block, received: received)
        return .receipt(receipt(log.count))
    }

    /// Keeps a block in quarantine outside the log.
    public mutating func hold(_ block: Block) { outside[block.hash] = block }

    private mutating func admit(_ block: Block, received: Int64) {
        var verdicts: [Verdict] = []
        for change in block.changes {
            if !seen.insert(change.id).inserted {
                verdicts.append(.duplicate)
            } else {
                verdicts.append(verdict(on: change))
            }
        }
        streams[block.stream] = block.end
        outside[block.hash] = nil
        append(LogEntry(content: .block(block.hash), verdicts: verdicts, received: received), block)
        positions[block.hash] = log.count
    }

    /// Takes in what an earlier life of this log held, as `TenantTransaction.donate` does.
    public mutating func donate(_ block: Block, verdicts: [Verdict], received: Int64, now: Int64) {
        guard isStaffed else {
            if positions[block.hash] == nil, block.changes.contains(where: { !seen.contains($0.id) }) { outside[block.hash] = block }
            return
        }
        if positions[block.hash] == nil {
            var judged: [Verdict] = []
            for (change, verdict) in zip(block.changes, verdicts) {
                if !seen.insert(change.id).inserted {
                    judged.append(.duplicate)
                } else {
                    judged.append(verdict != .duplicate ? verdict : self.verdict(on: change))
                }
            }
            outside[block.hash] = nil
            append(LogEntry(content: .block(block.hash), verdicts: judged, received: received), block)
            positions[block.hash] = log.count
        }
        advance(over: block)
        honour(zip(block.changes, verdicts).filter { $1 == .accepted }.map(\.0.id), now: now)
    }

    /// Accepted or released once: accepted for ever.
    public mutating func honour(_ ids: [Identifier], now: Int64) {
        let waiting = ids.filter { state.refused[$0] != nil }
        if isStaffed, !waiting.isEmpty { release(waiting, received: now) }
    }

    private mutating func advance(over block: Block) {
        if streams[block.stream, default: .beginning] == StreamEnd(number: block.first - 1, hash: block.previous) { streams[block.stream] = block.end }
    }

    private func verdict(on change: Change) -> Verdict {
        change.edits.contains { closed.contains($0.record) } ? .refused(.finalised) : .accepted
    }

    /// The server's word that its log stands at a place.
    public func signed(_ place: LogPlace) -> SignedPlace { SignedPlace(epoch: epoch, scope: scope, place: place, signer: signer) }

    /// Releases refused changes.
    public mutating func release(_ ids: [Identifier], received: Int64) {
        append(LogEntry(content: .release(ids), verdicts: [], received: received), nil)
    }

    private mutating func append(_ entry: LogEntry, _ block: Block?) {
        places.append(LogPlace(position: UInt64(places.count), hash: entry.logHash(after: place.hash, primitives)))
        log.append((entry, block))
        state.read(entry, changes: block?.changes ?? [])
        rows.read(entry, changes: block?.changes ?? [])
    }

    // MARK: Rows and what the log says of them

    public mutating func spoil(_ rows: ScopeState) { self.rows = rows }

    /// What the server computes from its log.
    private var reckoned: ScopeState {
        var reckoned = state
        if let peculiar { reckoned.apply(peculiar, received: 1) }
        return reckoned
    }

    /// The records of a range as the rows have them, ascending.
    public func records(of range: RecordRange) -> [RecordDigest] { rows.recordDigests.filter { range.contains($0.record) } }

    /// Computes the rows anew, as `TenantTransaction.settle` does. Returns what the log gives of each range, and how many records were wrong.
    public mutating func settle(_ ranges: [RecordRange]) -> (digests: [ScopeDigest], repaired: Int) {
        let right = reckoned
        let wrong = Set(right.records.keys).union(rows.records.keys).filter { id in
            ranges.contains { $0.contains(id) } && right.records[id] != rows.records[id]
        }
        rows = right
        let records = right.recordDigests
        let digests = ranges.map { range in
            records.reduce(into: ScopeDigest.zero) { sum, record in if range.contains(record.record) { sum.add(record.digest) } }
        }
        return (digests, wrong.count)
    }

    private func receipt(_ position: Int) -> Receipt {
        guard case .block(let hash) = log[position - 1].entry.content else { preconditionFailure("a receipt is for a block") }
        return Receipt(
            epoch: epoch, scope: scope, place: places[position], block: hash, verdicts: log[position - 1].entry.verdicts,
            received: log[position - 1].entry.received, signer: signer)
    }
}
