public import SeamarkJournal

/// The device's side of one sync: what to say to the server, what to make durable, when it is over.
///
/// It decides; whoever holds it carries out the actions in order, each to its end, and then calls `advance` with the
/// replicas as they are now, until `advance` has nothing more to say. Nothing is sent before the server's greeting, and
/// streams are compared before anything of a scope is pushed or pulled.
public struct SyncSession: Sendable {
    public enum Action: Sendable {
        case send(Message)
        /// Note the greeting down (role, server key, time) as durably as anything.
        case adopt(Message.Welcome)
        /// The member is staffed on a scope that the device does not hold: begin a replica of it.
        case add(scope: Identifier, kind: Message.ScopeKind, epoch: UInt64)
        /// The device's store was restored or cloned: begin a new incarnation of the stream.
        case begin(scope: Identifier, epoch: UInt64)
        /// The log is another one than the device knows.
        case rebuild(scope: Identifier, epoch: UInt64)
        /// Seal the next block of what is captured; its bytes are durable before they are sent.
        case seal(scope: Identifier)
        /// Send these own blocks as pushes, in this order.
        case push(scope: Identifier, blocks: [Hash256])
        /// Make these events durable, in one transaction.
        case store(scope: Identifier, events: [ReplicaEvent])
        /// All is said: close.
        case finish(Outcome)
        case fail(SyncProblem)
    }

    /// What a finished sync did.
    public struct Outcome: Equatable, Sendable {
        public internal(set) var pushedBlocks = 0
        public internal(set) var pushedChanges = 0
        public internal(set) var pulledEntries = 0
        public internal(set) var pulledChanges = 0
        /// Changes that the server keeps in quarantine, as their verdicts came in.
        public internal(set) var quarantined = 0
        /// Scopes whose stream is held: the server took its blocks into quarantine whole.
        public internal(set) var held: [Identifier] = []
        /// Scopes whose store was found to be restored or cloned.
        public internal(set) var renumbered: [Identifier] = []
        public internal(set) var rebuilt: [Identifier] = []
        public internal(set) var revoked = false
    }

    /// Who the device is.
    public struct Device: Sendable {
        public let id: Identifier
        public let tenant: Identifier
        public let software: String
        public let schema: UInt32

        public init(id: Identifier, tenant: Identifier, software: String, schema: UInt32) {
            self.id = id
            self.tenant = tenant
            self.software = software
            self.schema = schema
        }
    }

    /// What the session must be able to ask: cryptography, and the keys of others.
    public struct Knowledge: Sendable {
        public let primitives: any Primitives
        /// Does the tenant authority's signature stand over this server key?
        public let isGenuine: @Sendable (Message.ServerKey) -> Bool
        /// The signing key that `shared` holds for a device.
        public let signingKey: @Sendable (Identifier) -> [UInt8]?

        public init(
            primitives: any Primitives, isGenuine: @escaping @Sendable (Message.ServerKey) -> Bool,
            signingKey: @escaping @Sendable (Identifier) -> [UInt8]?
        ) {
            self.primitives = primitives
            self.isGenuine = isGenuine
            self.signingKey = signingKey
        }
    }

    /// One scope's part of the sync.
    private struct Work: Sendable {
        let status: Message.ScopeStatus
        var isCompared = false
        var inFlight: [Hash256] = []
        var pushedThrough: StreamEnd
        var isHeld = false
        /// A push was refused because of its place in the stream: nothing more is pushed until all answers are in.
        var isLost = false
        var renumberings = 0
        var hasTakenStranded = false
        var isPulling = false
        /// Where the log stands, as last heard; the digest where it was said.
        var place: LogPlace
        var digest: ScopeDigest?
        /// The cursor, once the events that were handed out are stored.
        var learnt: LogPlace?
    }

    private enum State: Sendable { case awaitingWelcome, running, done }

    /// Bytes of blocks asked for at a time.
    public static let credit: UInt32 = 900_000
    /// Pushes under way at a time: with `ServerSession.mostWaiting` in mind.
    private static let mostInFlight = 32

    private let device: Device
    private let now: Int64
    private var state = State.awaitingWelcome
    private var welcome: Message.Welcome?
    private var work: [Identifier: Work] = [:]
    /// `shared` first: it holds the keys; then by id.
    private var order: [Identifier] = []
    private var isStatusSent = false
    public private(set) var outcome = Outcome()
    /// Set while something else goes on over the connection (attachments): then the session does not finish, and takes up what is
    /// captured meanwhile.
    public var staysOpen = false
    /// All is said for now; only `staysOpen` keeps the session from finishing.
    public private(set) var isResting = false

    /// `now`: the device's clock, milliseconds since 1970; it is told to the server, and decides nothing.
    public init(device: Device, now: Int64) {
        self.device = device
        self.now = now
    }

    /// How many changes are still to be pushed and entries to be pulled, for progress.
    public func remaining(_ replicas: [Identifier: Replica]) -> (changes: Int, entries: Int) {
        var sum = (changes: 0, entries: 0)
        for (scope, work) in work where work.status.staffed {
            sum.changes += replicas[scope]?.unsentCount ?? 0
            let cursor = replicas[scope]?.cursor.position ?? 0
            sum.entries += work.place.position > cursor ? Int(work.place.position - cursor) : 0
        }
        return sum
    }

    // MARK: - What came

    public mutating func received(_ message: Message, replicas: [Identifier: Replica], _ knowledge: Knowledge) -> [Action] {
        switch state {
        case .done: return []
        case .awaitingWelcome:
            switch message {
            case .welcome(let welcome): return greeted(by: welcome, replicas, knowledge)
            case .problem(let problem): return fail(.server(problem))
            case .status, .push, .receipt, .pushRefused, .pull, .entries, .door, .enrol, .enrolled, .attachment:
                return fail(.unexpected("the server did not greet first"))
            }
        case .running:
            switch message {
            case .receipt(let receipt): return accepted(receipt, replicas, knowledge)
            case .pushRefused(let refusal): return refused(refusal, replicas)
            case .entries(let entries): return learnt(entries, replicas, knowledge)
            case .problem(let problem): return troubled(by: problem, replicas)
            case .welcome, .status, .push, .pull, .door, .enrol, .enrolled, .attachment:
                return fail(.unexpected("the server said something that does not belong here"))
            }
        }
    }

    /// The connection ended before the sync did.
    public mutating func ended() -> [Action] {
        switch state {
        case .done: return []
        case .awaitingWelcome: return fail(.closedBeforeGreeting)
        case .running: return fail(.cut)
        }
    }

    private mutating func greeted(by welcome: Message.Welcome, _ replicas: [Identifier: Replica], _ knowledge: Knowledge) -> [Action] {
        guard welcome.leastVersion <= Message.version, welcome.version >= Message.leastVersion else { return fail(.noCommonVersion) }
        guard welcome.serverKey.epoch == welcome.epoch, knowledge.isGenuine(welcome.serverKey) else { return fail(.forgedServerKey) }
        self.welcome = welcome
        outcome.revoked = welcome.revoked
        for scope in welcome.scopes where scope.kind != nil && work[scope.scope] == nil {
            work[scope.scope] = Work(status: scope, pushedThrough: .beginning, place: scope.place, digest: scope.digest)
        }
        // The greeting leaves a scope out where the member is not staffed and the device has no stream: its first work is handed in all
        // the same, into quarantine. `shared` is not written by devices and never has unsent work.
        for (id, replica) in replicas where replica.unsentCount > 0 && !welcome.scopes.contains(where: { $0.scope == id }) {
            let status = Message.ScopeStatus(scope: id, kind: .engagement, staffed: false, place: .beginning, digest: .zero, streams: [])
            work[id] = Work(status: status, pushedThrough: .beginning, place: status.place, digest: nil)
        }
        order = work.values.sorted {
            ($0.status.kind == .shared ? 0 : 1, $0.status.scope) < ($1.status.kind == .shared ? 0 : 1, $1.status.scope)
        }.map(\.status.scope)
        state = .running
        return [.adopt(welcome)]
    }

    private mutating func accepted(_ receipt: Receipt, _ replicas: [Identifier: Replica], _ knowledge: Knowledge) -> [Action] {
        guard var scope = work[receipt.scope], let key = welcome?.serverKey, scope.inFlight.first == receipt.block else {
            return fail(.unexpected("a receipt for a block that was not sent"))
        }
        guard receipt.epoch == key.epoch, receipt.isSigned(by: key.key, knowledge.primitives) else { return fail(.forgedReceipt) }
        let count = replicas[receipt.scope]?.ownBlockCount(receipt.block) ?? 0
        guard receipt.verdicts.count == count else { return fail(.unexpected("a receipt with another number of verdicts than changes")) }
        scope.inFlight.removeFirst()
        if scope.inFlight.isEmpty { scope.isLost = false }
        if receipt.place.position > scope.place.position {
            scope.place = receipt.place
            scope.digest = nil
        }
        var events = [ReplicaEvent.receipted(receipt)]
        if let replica = replicas[receipt.scope], mayLearn(receipt, scope, replica, knowledge) {
            events.append(.learnt(receipt.entry, nil))
            scope.learnt = receipt.place
        }
        work[receipt.scope] = scope
        outcome.pushedBlocks += 1
        outcome.pushedChanges += count
        outcome.quarantined += receipt.verdicts.count { if case .refused = $0 { true } else { false } }
        return [.store(scope: receipt.scope, events: events)]
    }

    /// A receipt says all that the log's entry says. Where it is the very next entry, and the log hash bears that out, there is no need
    /// to pull it.
    private func mayLearn(_ receipt: Receipt, _ scope: Work, _ replica: Replica, _ knowledge: Knowledge) -> Bool {
        let cursor = scope.learnt ?? replica.cursor
        return scope.status.staffed && welcome?.revoked == false && replica.epoch == receipt.epoch && !scope.isPulling
            && receipt.place.position == cursor.position &+ 1
            && receipt.entry.logHash(after: cursor.hash, knowledge.primitives) == receipt.place.hash
    }

    private mutating func refused(_ refusal: Message.PushRefusal, _ replicas: [Identifier: Replica]) -> [Action] {
        guard var scope = work[refusal.scope], scope.inFlight.first == refusal.block else {
            return fail(.unexpected("a refusal of a block that was not sent"))
        }
        scope.inFlight.removeFirst()
        switch refusal.code {
        case .notStaffed, .deviceRevoked:
            // The server keeps the block in quarantine; until somebody decides, the stream waits.
            scope.isHeld = true
            if !outcome.held.contains(refusal.scope) { outcome.held.append(refusal.scope) }
        case .unknownScope where !scope.status.staffed:
            // A server restored from before the scope began: there is nowhere to put the work, and other scopes must not wait for it.
            scope.isHeld = true
        case .streamGap, .streamFork:
            // What was sent after it is refused for the same reason; look again when all answers are in.
            scope.isLost = !scope.inFlight.isEmpty
            if scope.inFlight.isEmpty {
                scope.renumberings += 1
                guard scope.renumberings <= 5 else { return fail(.streamRefused) }
                guard let replica = replicas[refusal.scope] else { return fail(.streamRefused) }
                if replica.stream.incarnation == refusal.end.incarnation, replica.holds(refusal.end.end) {
                    scope.pushedThrough = refusal.end.end
                } else {
                    work[refusal.scope] = scope
                    return renumber(refusal.scope)
                }
            }
        case _: return fail(.blockRefused(refusal.code))
        }
        work[refusal.scope] = scope
        return []
    }

    private mutating func learnt(_ message: Message.Entries, _ replicas: [Identifier: Replica], _ knowledge: Knowledge) -> [Action] {
        guard var scope = work[message.scope], scope.isPulling, let replica = replicas[message.scope],
            message.after == replica.cursor.position
        else { return fail(.unexpected("entries that were not asked for")) }
        scope.isPulling = false
        scope.learnt = nil
        var events: [ReplicaEvent] = []
        events.reserveCapacity(message.entries.count)
        var hash = replica.cursor.hash
        var position = message.after
        var changes = 0
        for item in message.entries {
            position += 1
            do {
                let block = try open(item, of: message.scope, replica, knowledge)
                changes += item.entry.verdicts.count
                events.append(.learnt(item.entry, block))
            } catch {
                // A block of this very incarnation that the device does not hold: another copy of its store sealed it, just now.
                if error == .missingBlock, scope.renumberings < 5 {
                    scope.renumberings += 1
                    work[message.scope] = scope
                    return renumber(message.scope)
                }
                return fail(.badEntry(scope: message.scope, position: position, error))
            }
            hash = item.entry.logHash(after: hash, knowledge.primitives)
        }
        guard position <= message.place.position, !events.isEmpty || position == message.place.position else {
            return fail(.unexpected("an answer without entries where the log goes on"))
        }
        if position == message.place.position, hash != message.place.hash { return fail(.logDiffers(scope: message.scope, position: position)) }
        scope.place = message.place
        scope.digest = message.digest
        work[message.scope] = scope
        outcome.pulledEntries += message.entries.count
        outcome.pulledChanges += changes
        return events.isEmpty ? [] : [.store(scope: message.scope, events: events)]
    }

    /// Looks at one entry's block before it is believed. Nil for a release and for an own block that the device holds.
    private func open(
        _ item: Message.Entry, of scope: Identifier, _ replica: Replica, _ knowledge: Knowledge
    ) throws(SyncProblem.Entry) -> Block? {
        guard case .block(let hash) = item.entry.content else { return nil }
        guard let bytes = item.block else {
            guard let count = replica.ownBlockCount(hash), count == item.entry.verdicts.count else { throw .missingBlock }
            return nil
        }
        let block: Block
        do {
            block = try Block.open(bytes, sensitive: try SensitivePart.decode(item.sensitive, knowledge.primitives), knowledge.primitives)
        } catch {
            throw .damaged(error)
        }
        guard block.hash == hash, block.stream.scope == scope, block.changes.count == item.entry.verdicts.count else { throw .notTheBlock }
        let author = block.stream.device
        let key = author == welcome?.serverKey.device ? welcome?.serverKey.key : knowledge.signingKey(author)
        guard let key else { throw .unknownAuthor }
        guard block.isSigned(by: key, knowledge.primitives) else { throw .badSignature }
        return block
    }

    private mutating func troubled(by problem: Problem, _ replicas: [Identifier: Replica]) -> [Action] {
        if problem.code == .unknownCursor, let scope = order.first(where: { work[$0]?.isPulling == true }), let epoch = welcome?.epoch {
            work[scope]?.isPulling = false
            guard !outcome.rebuilt.contains(scope) else { return fail(.server(problem)) }
            return rebuild(scope, epoch)
        }
        return fail(.server(problem))
    }

    // MARK: - What next

    /// Says what to do next, given the replicas as they are now; empty when it is the server's turn.
    public mutating func advance(_ replicas: [Identifier: Replica]) -> [Action] {
        guard case .running = state, let welcome else { return [] }
        isResting = false
        for id in order {
            guard let scope = work[id], scope.status.staffed || replicas[id] != nil else { continue }
            let actions = compare(scope, replicas[id], welcome)
            if !actions.isEmpty { return actions }
        }
        if !isStatusSent {
            isStatusSent = true
            return [.send(.status(status(replicas)))]
        }
        var actions: [Action] = []
        for id in order {
            guard let replica = replicas[id] else { continue }
            actions += pushing(id, replica, welcome)
        }
        if !actions.isEmpty { return actions }
        if let pull = pulling(replicas) { return pull }
        let isIdle = work.values.allSatisfy { $0.inFlight.isEmpty && !$0.isPulling }
        guard isIdle else { return [] }
        guard !staysOpen else {
            isResting = true
            return []
        }
        state = .done
        return [.finish(outcome)]
    }

    private mutating func compare(_ scope: Work, _ replica: Replica?, _ welcome: Message.Welcome) -> [Action] {
        let id = scope.status.scope
        guard let replica else {
            guard !welcome.revoked else { return [] }
            return [.add(scope: id, kind: scope.status.kind ?? .engagement, epoch: welcome.epoch)]
        }
        guard !scope.isCompared else { return [] }
        if replica.epoch != welcome.epoch { return rebuild(id, welcome.epoch) }
        let known = scope.status.streams.first { $0.incarnation == replica.stream.incarnation }?.end ?? .beginning
        guard replica.holds(known) else { return renumber(id) }
        work[id]?.isCompared = true
        work[id]?.pushedThrough = known
        return []
    }

    private mutating func renumber(_ id: Identifier) -> [Action] {
        guard let epoch = welcome?.epoch else { return [] }
        work[id]?.isCompared = true
        work[id]?.pushedThrough = .beginning
        if !outcome.renumbered.contains(id) { outcome.renumbered.append(id) }
        return [.begin(scope: id, epoch: epoch)]
    }

    private mutating func rebuild(_ id: Identifier, _ epoch: UInt64) -> [Action] {
        work[id]?.learnt = nil
        outcome.rebuilt.append(id)
        return [.rebuild(scope: id, epoch: epoch)]
    }

    private func status(_ replicas: [Identifier: Replica]) -> Message.Status {
        let scopes = order.compactMap { replicas[$0] }.map { replica in
            Message.ScopeCursor(
                scope: replica.scope, epoch: replica.epoch, cursor: replica.cursor, mark: replica.mark,
                incarnation: replica.stream.incarnation, unsent: UInt64(replica.unsentCount))
        }
        return Message.Status(time: now, software: device.software, schema: device.schema, scopes: scopes)
    }

    private mutating func pushing(_ id: Identifier, _ replica: Replica, _ welcome: Message.Welcome) -> [Action] {
        guard var scope = work[id], !scope.isHeld, !scope.isLost, scope.status.kind == .engagement else { return [] }
        let room = Self.mostInFlight - scope.inFlight.count
        guard room > 0 else { return [] }
        let next = replica.blocks.filter { $0.first > scope.pushedThrough.number }.prefix(room)
        guard let last = next.last else {
            // A block is sent as soon as it is sealed, so that the server works on it while the next is made.
            return replica.fresh.isEmpty ? [] : [.seal(scope: id)]
        }
        let hashes = next.map(\.end.hash)
        scope.inFlight += hashes
        scope.pushedThrough = last.end
        work[id] = scope
        return [.push(scope: id, blocks: hashes)]
    }

    /// One scope after the other, `shared` first, each when its own pushes are answered.
    private mutating func pulling(_ replicas: [Identifier: Replica]) -> [Action]? {
        // One pull at a time: a problem does not say which scope's pull it answers.
        guard !work.values.contains(where: \.isPulling) else { return nil }
        for id in order {
            guard let scope = work[id], let replica = replicas[id], scope.status.staffed, welcome?.revoked != true else { continue }
            guard scope.inFlight.isEmpty else {
                if scope.status.kind == .shared { return nil }
                continue
            }
            // After a push the digest is not known: asked for, even where receipts have told every entry.
            if replica.cursor.position < scope.place.position || replica.cursor == scope.place && scope.digest == nil {
                work[id]?.isPulling = true
                return [
                    .send(
                        .pull(
                            Message.Pull(
                                scope: id, cursor: replica.cursor, credit: Self.credit, ownIncarnation: replica.stream.incarnation)))
                ]
            }
            if replica.cursor.position > scope.place.position || replica.cursor.hash != scope.place.hash {
                return fail(.logDiffers(scope: id, position: scope.place.position))
            }
            if let digest = scope.digest, digest != replica.confirmed.digest { return fail(.digestDiffers(scope: id)) }
            // All of the log is read: what of the device's own it lacks, and no block of this incarnation holds, goes into a new one.
            if scope.status.kind == .engagement, !scope.isHeld, !scope.hasTakenStranded, !replica.stranded.isEmpty {
                work[id]?.hasTakenStranded = true
                return renumber(id)
            }
        }
        return nil
    }

    private mutating func fail(_ problem: SyncProblem) -> [Action] {
        state = .done
        return [.fail(problem)]
    }
}
