internal import SeamarkCrypto
internal import SeamarkJournal

/// What one process knows of a store: the state so far, and which row says what.
///
/// Not Sendable: whoever holds it sees to it that one thread uses it at a time.
final class DeviceView {
    /// Rows of which only the last counts; the row of the one before is removed.
    private enum Place: Hashable {
        case identity, completeContact, otherContact, checkpoint
        case scope(Identifier)
        case setting(DeviceSetting)

        init?(_ event: DeviceEvent) {
            switch event {
            case .identity: self = .identity
            case .contact(let contact): self = contact.outcome == .complete ? .completeContact : .otherContact
            case .checkpoint: self = .checkpoint
            case .scopeAdded(let scope): self = .scope(scope.id)
            case .setting(let setting, _): self = .setting(setting)
            case .scopeLeft, .replica: return nil
            }
        }
    }

    private struct ScopeRows {
        let key: SealingKey
        /// Every row that is of the scope, its key's among them; some may be removed already.
        var all: [Int64]
        /// The rows of captured changes that no block of ours holds yet, by change.
        var captured: [Identifier: Int64] = [:]
        /// The rows that hold blocks, by hash.
        var blocks: [Hash256: Int64] = [:]
    }

    let sealer: RowSealer
    private(set) var state = DeviceState()
    /// The number of the last row that was read or written.
    private(set) var last: Int64 = 0
    private var places: [Place: Int64] = [:]
    private var scopes: [Identifier: ScopeRows] = [:]
    /// Own blocks whose entries have not been read yet: saves reading their rows a second time.
    private var unlearnt: [Hash256: Block] = [:]
    private let primitives = SystemPrimitives()

    /// - Parameter last: rows are written behind this number, and none before it is read.
    init(sealer: RowSealer, after last: Int64 = 0) {
        self.sealer = sealer
        self.last = last
    }

    // MARK: Reading

    /// Reads the rows that came since, before `limit`. Throws `damagedRow`, having taken in all before it.
    func read(_ rows: any RowAccess, before limit: Int64 = .max, _ body: (Int64, DeviceEvent) throws -> Void) throws {
        let highest = try rows.highest()
        guard highest >= last else { throw DeviceStoreError.wentBack }
        guard highest > last else { return }
        try rows.forEach(after: last) { number, sealed in
            guard number < limit else { return }
            let row: DeviceRow
            let event: DeviceEvent?
            do {
                row = try open(sealed, number)
                event = try self.event(row, rows)
                guard event.map(state.accepts) ?? true else { throw DeviceStoreError.damagedRow(number) }
            } catch is DecodeError {
                throw DeviceStoreError.damagedRow(number)
            } catch let error as SealError {
                throw Self.failure(error, number)
            }
            take(row, event, at: number)
            if let event { try body(number, event) }
        }
    }

    private func open(_ sealed: [UInt8], _ number: Int64) throws -> DeviceRow {
        let (content, scope) = try sealer.open(sealed, at: number) { scopes[$0]?.key }
        return try DeviceRow.read(content, of: scope, primitives)
    }

    private static func failure(_ error: SealError, _ number: Int64) -> DeviceStoreError {
        switch error {
        case .unknownVersion, .truncated, .notAuthentic: .damagedRow(number)
        case .exhausted: .mustReopen
        }
    }

    /// The event that a row stands for; nil for a key.
    private func event(_ row: DeviceRow, _ rows: any RowAccess) throws -> DeviceEvent? {
        switch row {
        case .event(let event): return event
        case .key: return nil
        case .learntAgain(let scope, let entry):
            guard case .block(let hash) = entry.content, let block = try block(hash, of: scope, rows) else {
                throw DecodeError(.badReference, reading: "block of an entry")
            }
            return .replica(scope, .learnt(entry, block))
        }
    }

    /// Reads the rows of one scope once more; what they say was taken in before.
    func forEachEvent(of scope: Identifier, _ rows: any RowAccess, _ body: (ReplicaEvent) throws -> Void) throws {
        for number in scopes[scope]?.all ?? [] {
            guard let sealed = try rows.row(number) else { continue }
            do {
                guard case .replica(scope, let event)? = try self.event(open(sealed, number), rows) else { continue }
                try body(event)
            } catch let error as SealError {
                throw Self.failure(error, number)
            } catch is DecodeError {
                throw DeviceStoreError.damagedRow(number)
            }
        }
    }

    func key(of scope: Identifier) -> SealingKey? { scopes[scope]?.key }

    /// A block that the store holds, as it was sealed or learnt.
    func block(_ hash: Hash256, of scope: Identifier, _ rows: any RowAccess) throws -> Block? {
        if let block = unlearnt[hash] { return block }
        guard let number = scopes[scope]?.blocks[hash], let sealed = try rows.row(number) else { return nil }
        do {
            guard case .event(.replica(_, let event)) = try open(sealed, number) else { throw DeviceStoreError.damagedRow(number) }
            switch event {
            case .sealed(let block), .learnt(_, let block?): return block
            case .learnt(_, nil), .began, .captured, .receipted, .proven, .examined, .rebuilt: throw DeviceStoreError.damagedRow(number)
            }
        } catch let error as SealError {
            throw Self.failure(error, number)
        } catch is DecodeError {
            throw DeviceStoreError.damagedRow(number)
        }
    }

    // MARK: Writing

    /// Writes an event as the next row, with what goes with it: a scope's key before its first row, and the end of the rows
    /// that it makes needless. What comes with a barred value is written without it; where the event bars values, the rows that
    /// hold them are written anew without them.
    ///
    /// - Returns: whether values were erased, so that nothing of them may stay in the files.
    func append(_ event: DeviceEvent, _ rows: any RowAccess) throws -> Bool {
        precondition(state.accepts(event), "an event fits on what the store holds")
        let event = withoutBarred(try withHeld(event, rows))
        if case .scopeAdded(let scope) = event, scopes[scope.id] == nil {
            let row = DeviceRow.key(scope: scope.id, try Randomness.secret(32))
            try insert(row, rows)
            take(row, nil, at: last + 1)
        }
        let needless = needless(after: event)
        let row = try row(for: event, rows)
        // The new row comes first: a number is never used twice, because the highest is never removed alone.
        try insert(row, rows)
        for run in runs(of: needless) { try rows.remove(run) }
        guard case .replica(let scope, .learnt) = event else {
            take(row, event, at: last + 1)
            return false
        }
        let known = state.replicas[scope]?.barred.count ?? 0
        take(row, event, at: last + 1)
        guard let barred = state.replicas[scope]?.barred, barred.count > known else { return false }
        return try erase(barred, of: scope, rows)
    }

    /// Writes the key of a scope that is known from elsewhere, before the scope's first row.
    func adopt(_ key: SecretBytes, of scope: Identifier, _ rows: any RowAccess) throws {
        let row = DeviceRow.key(scope: scope, key)
        try insert(row, rows)
        take(row, nil, at: last + 1)
    }

    /// A block that comes without sensitive values which a row of the scope holds is taken in with them: a role that sees less than it did, or
    /// a stream of one's own that was numbered anew, takes nothing away that is here.
    private func withHeld(_ event: DeviceEvent, _ rows: any RowAccess) throws -> DeviceEvent {
        guard case .replica(let scope, .learnt(let entry, let block?)) = event, scopes[scope]?.blocks[block.hash] != nil,
            block.sensitiveParts.contains(where: \.isLeaf), let held = try self.block(block.hash, of: scope, rows)
        else { return event }
        let parts = zip(block.sensitiveParts, held.sensitiveParts).map { $0.isLeaf ? $1 : $0 }
        guard parts != block.sensitiveParts, let fuller = try? Block.open(block.bytes, sensitive: parts, primitives) else { return event }
        return .replica(scope, .learnt(entry, fuller))
    }

    private func withoutBarred(_ event: DeviceEvent) -> DeviceEvent {
        guard case .replica(let scope, let inner) = event, let barred = state.replicas[scope]?.barred, !barred.isEmpty else { return event }
        return inner.withholding(barred, primitives).map { .replica(scope, $0) } ?? event
    }

    /// Writes every row of the scope that holds a barred value anew without it, in the same place.
    private func erase(_ barred: Set<Hash256>, of scope: Identifier, _ rows: any RowAccess) throws -> Bool {
        guard let known = scopes[scope] else { return false }
        var hasErased = false
        unlearnt = unlearnt.mapValues { $0.withholding(barred, primitives) ?? $0 }
        for number in known.all {
            guard let sealed = try rows.row(number) else { continue }
            do {
                guard case .event(.replica(let owner, let event)) = try open(sealed, number), owner == scope,
                    let bare = event.withholding(barred, primitives)
                else { continue }
                let row = DeviceRow.event(.replica(scope, bare))
                try rows.replace(sealer.seal(row.encoded(primitives), at: number, of: (scope, known.key)), at: number)
                hasErased = true
            } catch let error as SealError {
                throw Self.failure(error, number)
            } catch is DecodeError {
                throw DeviceStoreError.damagedRow(number)
            }
        }
        return hasErased
    }

    private func insert(_ row: DeviceRow, _ rows: any RowAccess) throws {
        let scope = row.scope.map { id in
            guard let scope = scopes[id] else { preconditionFailure("a row's scope has a key") }
            return (id, scope.key)
        }
        try rows.insert(sealer.seal(row.encoded(primitives), at: last + 1, of: scope), at: last + 1)
    }

    /// A block that a row holds already is named, not written again; unless other of its sensitive values came with it.
    private func row(for event: DeviceEvent, _ rows: any RowAccess) throws -> DeviceRow {
        guard case .replica(let scope, .learnt(let entry, let block?)) = event, scopes[scope]?.blocks[block.hash] != nil else {
            return .event(event)
        }
        if block.root != .zero {
            guard try self.block(block.hash, of: scope, rows)?.sensitiveParts == block.sensitiveParts else { return .event(event) }
        }
        return .learntAgain(scope: scope, entry)
    }

    /// Numbers as runs of neighbours, so that a thousand rows that were captured one after the other go in one statement.
    private func runs(of numbers: [Int64]) -> [ClosedRange<Int64>] {
        var runs: [ClosedRange<Int64>] = []
        for number in numbers.sorted() {
            if let last = runs.last, number <= last.upperBound + 1 {
                runs[runs.count - 1] = last.lowerBound...max(number, last.upperBound)
            } else {
                runs.append(number...number)
            }
        }
        return runs
    }

    /// The rows that say nothing more once `event` is written.
    private func needless(after event: DeviceEvent) -> [Int64] {
        if let place = Place(event) { return places[place].map { [$0] } ?? [] }
        switch event {
        case .scopeLeft(let scope): return scopes[scope]?.all ?? []
        case .replica(let scope, .sealed(let block)) where block.stream == state.replicas[scope]?.stream:
            return block.changes.compactMap { scopes[scope]?.captured[$0.id] }
        case .identity, .scopeAdded, .contact, .checkpoint, .setting, .replica: return []
        }
    }

    // MARK: Both

    /// Takes a row in that was read or written.
    private func take(_ row: DeviceRow, _ event: DeviceEvent?, at number: Int64) {
        last = number
        if case .key(let scope, let key) = row {
            guard let key = try? SealingKey(dataKey: key) else { preconditionFailure("the system gave entropy before") }
            scopes[scope] = ScopeRows(key: key, all: [number])
        }
        if let scope = row.scope { scopes[scope]?.all.append(number) }
        guard let event else { return }
        if let place = Place(event) { places[place] = number }
        switch event {
        case .scopeLeft(let scope):
            scopes[scope] = nil
            places[.scope(scope)] = nil
        case .replica(let scope, .captured(let change)): scopes[scope]?.captured[change.id] = number
        case .replica(let scope, .sealed(let block)):
            if block.stream == state.replicas[scope]?.stream {
                for change in block.changes { scopes[scope]?.captured[change.id] = nil }
            }
            scopes[scope]?.blocks[block.hash] = number
            unlearnt[block.hash] = block
        case .replica(let scope, .learnt(_, let block?)):
            if case .event = row { scopes[scope]?.blocks[block.hash] = number }
            unlearnt[block.hash] = nil
        case .replica(_, .learnt(let entry, nil)):
            if case .block(let hash) = entry.content { unlearnt[hash] = nil }
        case .identity, .scopeAdded, .contact, .checkpoint, .setting, .replica: break
        }
        state.apply(event, primitives)
    }
}
