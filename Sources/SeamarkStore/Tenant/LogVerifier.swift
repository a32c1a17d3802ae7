internal import SeamarkJournal

/// Reads logs from their beginning, and holds the tables against what they add up to.
struct LogVerifier {
    private let snapshot: TenantSnapshot
    private let recordsAtOnce: Int
    private let server: ServerBlocks
    private(set) var entries = 0
    private(set) var changes = 0
    private(set) var records = 0
    private var streams = 0
    private var waiting = 0

    init(snapshot: TenantSnapshot, recordsAtOnce: Int, server: ServerBlocks) {
        self.snapshot = snapshot
        self.server = server
        self.recordsAtOnce = recordsAtOnce
    }

    private static let doing: StaticString = "verifying a log"

    private struct Link {
        let first: UInt64
        let previous: Hash256
        let last: UInt64
    }

    /// What a scope's log adds up to.
    private struct Sum {
        /// The first share of its records.
        var state: ScopeState
        /// Of the shares that were read.
        var digest = ScopeDigest.zero
        var records = 0
        var place = LogPlace.beginning
        /// By stream, the blocks by their hash; and the stream's end if every block is read once, in the log's order.
        var links: [StreamName: [Hash256: Link]] = [:]
        var ends: [StreamName: StreamEnd] = [:]
    }

    mutating func verify(_ scope: TenantScope, key: Int64, keyOf: (Identifier) throws -> [UInt8]?) throws {
        let shares = UInt64(max(1, (try count(.recordsOfScope, key) + recordsAtOnce - 1) / recordsAtOnce))
        var sum = Sum(state: ScopeState(of: .init(0, of: shares)))
        try forEachEntry(of: key) { row in
            let position = sum.place.position + 1
            do {
                let entry = try EntryRow(row, doing: Self.doing)
                try require(entry.key.position == position, "it is missing")
                try read(entry, of: scope.id, into: &sum, keyOf)
            } catch let fault as Broken {
                throw VerificationFault(scope: scope.id, position: position, detail: fault.detail)
            } catch let error as StoreError where error.reason == .damaged {
                throw VerificationFault(scope: scope.id, position: position, detail: error.description)
            }
            entries += 1
        }
        do {
            try verifyWaiting(sum.state)
            for number in 0..<shares {
                let share = ScopeState.Share(number, of: shares)
                if number > 0 {
                    // The one before is gone before the next is read.
                    sum.state = ScopeState()
                    sum.state = try reread(share, key)
                }
                try verifyRecords(sum.state, share, scope)
                sum.digest.add(sum.state.digest)
                sum.records += sum.state.records.count
            }
            try verifyEnds(sum, scope, key)
            records += sum.records
        } catch let fault as Broken {
            throw VerificationFault(scope: scope.id, position: fault.position, detail: fault.detail)
        } catch let error as StoreError where error.reason == .damaged {
            throw VerificationFault(scope: scope.id, position: nil, detail: error.description)
        }
    }

    /// Nothing lies in the tables that belongs to no scope's log.
    func verifyTotals() throws {
        for (query, expected, name) in [
            (Query.entryCount, entries, "entries"), (.changeCount, changes, "changes"), (.recordCount, records, "records"),
            (.streamCount, streams, "streams"), (.waitingCount, waiting, "changes that wait"),
        ] where try count(query) != expected {
            throw VerificationFault(scope: nil, position: nil, detail: "the table of \(name) holds some that no log accounts for")
        }
    }

    private func forEachEntry(of key: Int64, _ body: (PreparedStatement) throws -> Void) throws {
        let row = try snapshot.statement(.entries, doing: Self.doing)
        row.bind(EntryKey(scope: key, position: 0).value, at: 1)
        row.bind(EntryKey(scope: key, position: EntryKey.lastPosition).value, at: 2)
        defer { row.reset() }
        while try row.step(doing: Self.doing) { try body(row) }
    }

    /// Reads a log once more, for another share of its records. It was verified when the first was read.
    private func reread(_ share: ScopeState.Share, _ key: Int64) throws -> ScopeState {
        var state = ScopeState(of: share)
        try forEachEntry(of: key) { row in
            let row = try EntryRow(row, doing: Self.doing)
            let entry = try row.entry()
            let changes = if case .block = entry.content { try row.opened(by: snapshot.tools).changes } else { [Change]() }
            state.read(entry, changes: changes)
        }
        return state
    }

    private func count(_ query: Query, _ scope: Int64? = nil) throws -> Int {
        let row = try snapshot.statement(query, doing: Self.doing)
        if let scope { row.bind(scope, at: 1) }
        defer { row.reset() }
        return try row.step(doing: Self.doing) ? Int(row.int(0)) : 0
    }

    private struct Broken: Error {
        var position: UInt64?
        let detail: String
    }

    private func require(_ holds: Bool, _ detail: String) throws {
        guard holds else { throw Broken(detail: detail) }
    }

    // MARK: Entries

    private mutating func read(_ row: EntryRow, of scope: Identifier, into sum: inout Sum, _ keyOf: (Identifier) throws -> [UInt8]?) throws {
        let entry = try row.entry()
        sum.place = LogPlace(
            position: sum.place.position + 1, hash: entry.logHash(after: sum.place.hash, snapshot.primitives))
        try require(sum.place.hash == row.logHash, "its log hash does not follow from the entries up to it")
        switch entry.content {
        case .block:
            let block = try row.opened(by: snapshot.tools)
            try verify(block, row, scope, keyOf)
            for (index, (change, verdict)) in zip(block.changes, row.verdicts).enumerated() {
                let found = try snapshot.changePlace(change.id)
                let isHere = found?.entry == row.key && found?.index == index
                // Listed at an earlier place, or at this one: a table holds each change once.
                let isBefore = found.map { ($0.entry.value, $0.index) < (row.key.value, index) } ?? false
                try require(verdict == .duplicate ? isBefore : isHere, "a change of it is not listed as it should be, or a verdict on a repeated change is wrong")
                if verdict != .duplicate { changes += 1 }
            }
            sum.links[block.stream, default: [:]][block.hash] = Link(first: block.first, previous: block.previous, last: block.last)
            if sum.ends[block.stream, default: .beginning] == StreamEnd(number: block.first - 1, hash: block.previous) {
                sum.ends[block.stream] = block.end
            }
            sum.state.read(entry, changes: block.changes)
            for (change, verdict) in zip(block.changes, row.verdicts) where verdict == .accepted { try verifyBars(change, row.key.scope) }
            for part in block.sensitiveParts {
                guard case .value(let value) = part else { continue }
                try require(!snapshot.isBarred(SensitiveTree.leaf(value, snapshot.primitives), scope: row.key.scope), "a value that was redacted still lies beside its block")
            }
        case .release(let ids):
            try require(row.verdicts.isEmpty && row.sensitive.isEmpty && row.stream == nil && row.first == 0, "a release holds more than ids")
            for id in ids {
                guard let (change, _) = sum.state.refused[id] else { throw Broken(detail: "it releases a change that was not waiting") }
                try verifyBars(change, row.key.scope)
            }
            sum.state.read(entry, changes: [])
        }
    }

    private func verify(_ block: Block, _ row: EntryRow, _ scope: Identifier, _ keyOf: (Identifier) throws -> [UInt8]?) throws {
        try require(block.hash == row.block, "its block is not the one that it names")
        try require(block.stream.scope == scope, "its block is of another scope")
        try require(block.changes.count == row.verdicts.count, "it does not have a verdict for each change")
        guard let key = try keyOf(block.stream.device) else { throw Broken(detail: "no signing key is known for the device of its block") }
        let isSigned = block.isSigned(by: key, snapshot.primitives) || server.isSignedEarlier(block, snapshot.primitives)
        try require(isSigned, "the signature of its block does not hold")
        let stream = try snapshot.streamRow(block.stream, scope: row.key.scope)
        try require(stream?.key == row.stream && block.first == row.first, "it is filed under another stream or number")
    }

    // MARK: Tables

    /// What the log refused and did not release is listed as waiting; that nothing else is, `verifyTotals` counts.
    private mutating func verifyWaiting(_ state: ScopeState) throws {
        for id in state.refused.keys {
            guard let place = try snapshot.changePlace(id) else { throw Broken(detail: "a change that waits is not listed") }
            guard place.isWaiting else { throw Broken(position: place.entry.position, detail: "a change of it is not listed as waiting") }
        }
        waiting += state.refused.count
    }

    private mutating func verifyEnds(_ sum: Sum, _ scope: TenantScope, _ key: Int64) throws {
        try require(scope.place == sum.place, "the log ends elsewhere than the scope says")
        try require(scope.digest == sum.digest, "the digest is not that of the log")
        let row = try snapshot.statement(.streamsOfScope, doing: Self.doing)
        row.bind(key, at: 1)
        defer { row.reset() }
        while try row.step(doing: Self.doing) {
            streams += 1
            let name = StreamName(device: try row.identifier(0, doing: Self.doing), incarnation: row.word(1), scope: scope.id)
            let end = StreamEnd(number: row.word(2), hash: try row.hash(3, doing: Self.doing))
            // A block that came before its predecessor is passed over only when it is pushed again, so the end may lie
            // further than one reading of the log tells; every step to it must be in the log.
            guard let links = sum.links[name] else { throw Broken(detail: "a stream is listed of which the log holds no block") }
            // One that forked may have gone on along the other branch.
            var reached = sum.ends[name, default: .beginning]
            while reached.number > end.number, let link = links[reached.hash] {
                reached = StreamEnd(number: link.first - 1, hash: link.previous)
                try require(reached != end, "a stream ends before its last block")
            }
            var step = end
            while step != .beginning {
                guard let link = links[step.hash], link.last == step.number else { throw Broken(detail: "a stream's end is not in the log") }
                step = StreamEnd(number: link.first - 1, hash: link.previous)
            }
        }
    }

    /// What a change redacts that the log applies is barred in its scope.
    private func verifyBars(_ change: Change, _ scope: Int64) throws {
        for redacted in change.redacts { try require(snapshot.isBarred(redacted.leaf, scope: scope), "a value that it redacts is not barred") }
    }

    private func verifyRecords(_ state: ScopeState, _ share: ScopeState.Share, _ scope: TenantScope) throws {
        var found = 0
        let tools = snapshot.tools
        try snapshot.recordRows(in: scope.id, where: share.holds) { row in
            guard let expected = state.records[row.id] else { throw Broken(detail: "a record is listed of which the log says nothing") }
            try require(row.state == expected, "a record's heads are not those of the log")
            var sensitive: [(leaf: Hash256, value: SensitiveValue?)] = []
            _ = RecordStateCoding.encode(expected, sensitive: &sensitive, snapshot.primitives)
            try require(row.document == tools.document(expected.withholding(sensitive.map(\.leaf))), "a record's document is not that of its heads")
            let kept = try snapshot.sensitiveRows(of: row.key).map(\.leaf)
            try require(Set(kept) == Set(sensitive.filter { $0.value != nil }.map(\.leaf)), "a record's sensitive values are not those of its heads")
            try require(Set(kept).count == kept.count, "a sensitive value is kept twice")
            found += 1
        }
        try require(found == state.records.count, "a record of the log is not listed")
    }
}
