import SeamarkJournal
import SeamarkStore

/// What a tenant's store must do, in dictionaries: the executable model's server, with the journal's own merge. The
/// conformance suite holds the real store against it.
struct ReferenceStore {
    struct Scope {
        var log: [(place: LogPlace, entry: LogEntry, block: Block?)] = []
        var state = ScopeState()
        var streams: [StreamName: StreamEnd] = [:]
        var positions: [Hash256: Int] = [:]
        var seen: Set<Identifier> = []
        var outside: [Identifier: (block: Block, refusal: Refusal)] = [:]
        var staff: Set<Identifier> = []

        var end: LogPlace { log.last?.place ?? .beginning }
    }

    struct Device {
        let member: TenantMember
        let key: [UInt8]
        var isRevoked = false
    }

    let primitives: any Primitives
    var scopes: [Identifier: Scope] = [:]
    var devices: [Identifier: Device] = [:]

    init(primitives: any Primitives) { self.primitives = primitives }

    mutating func push(_ push: Push, judge: Judge) throws -> PushOutcome {
        let block = push.block
        let id = block.stream.scope
        guard let scope = scopes[id] else { return .refused(.unknownScope, .beginning) }
        guard let device = devices[push.device] else { return .refused(.unknownDevice, .beginning) }
        guard block.stream.device == push.device, block.member == device.member.id else { return .refused(.foreignBlock, .beginning) }
        if let index = scope.positions[block.hash] {
            advance(block)
            let (place, entry, _) = scope.log[index]
            return .present(appended(id, place, entry, block))
        }
        let end = scope.streams[block.stream] ?? .beginning
        guard block.isSigned(by: device.key, primitives) else { return .refused(.badSignature, end) }
        if device.isRevoked || !scope.staff.contains(device.member.id) {
            let refusal: Refusal = device.isRevoked ? .deviceRevoked : .notStaffed
            for change in block.changes where !scope.seen.contains(change.id) && scope.outside[change.id] == nil {
                scopes[id]?.outside[change.id] = (block, refusal)
            }
            return .quarantined(refusal)
        }
        guard StreamEnd(number: block.first - 1, hash: block.previous) == end else {
            return .refused(block.first > end.number + 1 ? .gap : .fork, end)
        }
        return .appended(try admit(block, received: push.received) { change, state in
            try judge(change, device.member) { id throws(StoreError) in state.records[id] }
        })
    }

    private func appended(_ scope: Identifier, _ place: LogPlace, _ entry: LogEntry, _ block: Block) -> Appended {
        Appended(scope: scope, place: place, block: block.hash, verdicts: entry.verdicts, received: entry.received)
    }

    private mutating func advance(_ block: Block) {
        guard scopes[block.stream.scope]?.streams[block.stream] ?? .beginning == StreamEnd(number: block.first - 1, hash: block.previous)
        else { return }
        scopes[block.stream.scope]?.streams[block.stream] = block.end
    }

    mutating func admit(_ block: Block, received: Int64, decide: (Change, ScopeState) throws -> Verdict) rethrows -> Appended {
        let id = block.stream.scope
        guard var scope = scopes[id] else { fatalError("an unknown scope") }
        var verdicts: [Verdict] = []
        // A trial state, so that each change is judged with those before it in place.
        var trial = scope.state
        for change in block.changes {
            let verdict: Verdict = scope.seen.contains(change.id) ? .duplicate : try decide(change, trial)
            if verdict == .accepted { trial.apply(change, received: received) }
            verdicts.append(verdict)
            scope.seen.insert(change.id)
            scope.outside[change.id] = nil
        }
        let entry = LogEntry(content: .block(block.hash), verdicts: verdicts, received: received)
        scope.positions[block.hash] = scope.log.count
        let place = append(entry, block, to: &scope)
        scopes[id] = scope
        advance(block)
        return appended(id, place, entry, block)
    }

    private func append(_ entry: LogEntry, _ block: Block?, to scope: inout Scope) -> LogPlace {
        let place = LogPlace(position: scope.end.position + 1, hash: entry.logHash(after: scope.end.hash, primitives))
        scope.log.append((place, entry, block))
        scope.state.read(entry, changes: block?.changes ?? [])
        return place
    }

    mutating func release(_ ids: [Identifier], received: Int64) -> [LogPlace] {
        var places: [LogPlace] = []
        for id in ids {
            guard let (_, scope) = scopes.first(where: { $0.value.outside[id] != nil }), let (block, refusal) = scope.outside[id]
            else { continue }
            places.append(admit(block, received: received) { change, _ in ids.contains(change.id) ? .accepted : .refused(refusal) }.place)
        }
        var order: [Identifier] = []
        for id in ids {
            for (name, scope) in scopes where scope.state.refused[id] != nil && !order.contains(name) { order.append(name) }
        }
        for name in order {
            guard var scope = scopes[name] else { continue }
            var released: [Identifier] = []
            for id in ids where scope.state.refused[id] != nil && !released.contains(id) { released.append(id) }
            places.append(append(LogEntry(content: .release(released), verdicts: [], received: received), nil, to: &scope))
            scopes[name] = scope
        }
        return places
    }
}
