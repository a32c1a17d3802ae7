import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// A device in memory and a server in memory, with the session machines between them and no socket.
struct Voyage {
    static let primitives = SystemPrimitives()
    static let serverKey = SigningKey(seed: SecretBytes(copying: Array(repeating: 9, count: 32)))
    static let serverDevice = Identifier(high: 0x5e, low: 1)
    static let scope = Clash.scope

    enum End: Equatable {
        case finished(SyncSession.Outcome)
        case failed(SyncProblem)
    }

    /// What a device keeps.
    struct Ship {
        let number: Int
        let key: SigningKey
        var replicas: [Identifier: Replica] = [:]
        var blocks: [Hash256: Block] = [:]
        var held = HeldLog(scope: Voyage.scope)
        /// What the store's entries say.
        var derivation = Rederivation()
        var clock: DeviceClock
        var id: Identifier { Clash.device(number) }

        mutating func take(_ event: ReplicaEvent) {
            replicas[Voyage.scope]?.apply(event, Voyage.primitives)
            held.note(event, Voyage.primitives)
            derivation.note(event, Voyage.primitives)
            if case .learnt(_, let block?) = event { blocks[block.hash] = block }
        }

        init(_ number: Int) {
            self.number = number
            key = Voyage.key(number)
            clock = DeviceClock(device: Clash.device(number))
        }

        mutating func capture(_ clash: inout Clash, now: Int64) -> Change? {
            guard let replica = replicas[Voyage.scope] else { return nil }
            let change = clash.change(by: number, at: clock.stamp(now: now).time, seeing: replica.record)
            replicas[Voyage.scope]?.apply(.captured(change), Voyage.primitives)
            return change
        }
    }

    static func key(_ number: Int) -> SigningKey { SigningKey(seed: SecretBytes(copying: Array(repeating: UInt8(number), count: 32))) }

    static func server(epoch: UInt64 = 1) -> ModelServer { ModelServer(scope: scope, epoch: epoch, signer: serverKey, primitives) }

    var dice: SplitMix64
    var isRevoked = false
    /// For whom the server orders a wipe, in which tenant, signed by which key; and does the device know of one already?
    var wipes: (device: Identifier, tenant: Identifier, key: SigningKey)?
    var mustBeWiped = false
    /// Does the greeting name the scope? Not where the member is not staffed and the server knows no stream of the device.
    var isNamed = true
    /// Alters what the server says on its way.
    var tamper: (Message) -> Message = { $0 }
    /// Takes the server's signatures out of what the device says of where it stands.
    var hidesProofs = false
    /// What happens at the server before it answers.
    var beforeAnswer: (Message, inout ModelServer) -> Void = { _, _ in }
    /// Measures what of a replica's scope is not with the server.
    var unsent: SyncSession.Measure = { _ in nil }
    /// Does the server look at what a Status says?
    var renewsEpoch = true
    /// May devices of removed members destroy their copies?
    var releasesCopies = false
    /// What passed, for transcripts.
    var transcript: [String] = []
    /// Messages until the line is cut.
    var budget = Int.max
    /// How many bytes a sync may move; and how many have passed, each frame in TLS records of its own.
    var limit: Int?
    /// What the schema of the device's program is, and the least that the server publishes.
    var schema: UInt32 = 1
    var leastSchema: UInt32 = 1
    var leastReadSchema: UInt32 = 1
    var bytes = 0
    /// Bytes until the line is cut, both ways; the rest of the frame that they end in never comes.
    var bytesUntilCut = Int.max
    /// Where each frame ended, of all that passed.
    var frameEnds: [Int] = []

    init(seed: UInt64) { dice = SplitMix64(seed: seed) }

    func welcome(_ server: ModelServer, to ship: Ship) -> Message {
        let known = server.streams.filter { $0.key.device == ship.id }.sorted { $0.key < $1.key }
        return .welcome(
            Message.Welcome(
                schema: 2, leastSchema: leastSchema, leastReadSchema: leastReadSchema, epoch: server.epoch, time: 0, role: 1,
                serverKey: Message.ServerKey(epoch: server.epoch, device: Self.serverDevice, key: Self.serverKey.publicKey, signature: [1]),
                scopes: !isNamed ? [] : [
                    Message.ScopeStatus(
                        scope: Self.scope, kind: .engagement, staffed: server.isStaffed, place: server.place, digest: server.rows.digest,
                        streams: known.map { Message.KnownStream(incarnation: $0.key.incarnation, end: $0.value) })
                ], revoked: isRevoked, compares: true,
                wipe: wipes.map { order in
                    let key = Message.ServerKey(epoch: server.epoch, device: Self.serverDevice, key: order.key.publicKey, signature: [1])
                    return Message.WipeOrder(to: order.device, of: order.tenant, ordered: 5, serverKey: key, signer: order.key)
                }))
    }

    /// What the server does with a message.
    func answer(_ message: Message, _ server: inout ModelServer, from ship: Ship) -> [Message] {
        switch message {
        case .push(let push):
            do {
                let block = try PushGate.open(push, from: ship.id, signingKey: ship.key.publicKey, Self.primitives)
                let end = Message.KnownStream(incarnation: block.stream.incarnation, end: server.streams[block.stream] ?? .beginning)
                if max(block.schema, schema) < leastSchema, !server.log.contains(where: { $0.block?.hash == block.hash }) {
                    server.hold(block)
                    return [.pushRefused(Message.PushRefusal(scope: push.scope, block: block.hash, code: .outdatedSchema, end: end))]
                }
                switch server.push(block, received: 50) {
                case .receipt(let receipt): return [.receipt(receipt)]
                case .quarantined: return [.pushRefused(Message.PushRefusal(scope: push.scope, block: block.hash, code: .notStaffed, end: end))]
                case .refused(let isGap, _):
                    return [.pushRefused(Message.PushRefusal(scope: push.scope, block: block.hash, code: isGap ? .streamGap : .streamFork, end: end))]
                }
            } catch {
                return [
                    .pushRefused(
                        Message.PushRefusal(scope: push.scope, block: error.block, code: error.code, end: Message.KnownStream(incarnation: 0, end: .beginning)))
                ]
            }
        case .pull(let pull):
            guard server.contains(pull.cursor) else { return [.problem(Problem(.unknownCursor, "not here"))] }
            let after = Int(pull.cursor.position)
            var entries = server.log.dropFirst(after).prefix(3).map { entry, block in
                let isOwn = block.map { $0.stream.device == ship.id && $0.stream.incarnation == pull.ownIncarnation } ?? true
                return Message.Entry(
                    entry: entry, block: isOwn ? nil : block?.bytes,
                    sensitive: isOwn ? [] : SensitivePart.encode(block?.sensitiveParts ?? [], Self.primitives))
            }
            func answer(_ next: UInt32 = 0) -> Message {
                .entries(
                    Message.Entries(
                        scope: pull.scope, after: UInt64(after), entries: entries, place: server.place, digest: server.rows.digest,
                        signature: entries.isEmpty ? [] : server.signed(server.places[after + entries.count]).signature, nextAtMost: next))
            }
            guard pull.atMost > 0 else { return [answer()] }
            var needed = 0
            while !entries.isEmpty, answer().frame.count > Int(pull.atMost) {
                needed = answer().frame.count
                entries.removeLast()
            }
            return [answer(entries.isEmpty ? UInt32(needed) : 0)]
        case .status(let status):
            // What the server's session asks its store: is every place of this epoch on the log, and if not, did this server sign for one?
            let lacking = status.scopes.filter { $0.epoch == server.epoch && !(server.contains($0.cursor) && server.contains($0.mark)) }
            guard !lacking.isEmpty, renewsEpoch else { return [] }
            let isProven = lacking.contains { cursor in
                guard let proof = cursor.proof else { return false }
                return proof.epoch == server.epoch && proof.scope == cursor.scope && proof.isSigned(by: Self.serverKey.publicKey, Self.primitives)
                    && !server.contains(proof.place)
            }
            guard isProven else { return lacking.map { .problem(Problem(.unprovenClaim, "not shown", of: $0.scope)) } }
            server.epoch = server.epoch &+ 0x100
            return [.problem(Problem(.epochRenewed, "rolled back"))]
        case .compare(let compare):
            let answers = compare.ranges.map { range in
                let records = server.records(of: range)
                var sum = ScopeDigest.zero
                for record in records { sum.add(record.digest) }
                return DigestBisection.Answer(count: UInt64(records.count), digest: sum, records: records.count <= compare.list ? records : [])
            }
            return [.compared(Message.Compared(scope: compare.scope, place: server.place, answers: answers))]
        case .dispute(let dispute):
            guard dispute.place == server.place else { return [.settled(Message.Settled(scope: dispute.scope, place: server.place, digests: [], repaired: 0))] }
            let (digests, repaired) = server.settle(dispute.claims.map(\.range))
            return [.settled(Message.Settled(scope: dispute.scope, place: server.place, digests: digests, repaired: UInt64(repaired)))]
        case .donate(let donation):
            guard donation.isProven(by: [Self.serverKey.publicKey], Self.primitives) else { return [.problem(Problem(.badDonation, "not ours"))] }
            for item in donation.entries {
                switch item.entry.content {
                case .release(let ids): server.honour(ids, now: 60)
                case .block:
                    guard let bytes = item.block, let parts = try? SensitivePart.decode(item.sensitive, Self.primitives),
                        let block = try? Block.open(bytes, sensitive: parts, Self.primitives)
                    else { continue }
                    server.donate(block, verdicts: item.entry.verdicts, received: item.entry.received, now: 60)
                }
            }
            let stream = StreamName(device: ship.id, incarnation: donation.incarnation, scope: donation.scope)
            return [
                .donated(
                    Message.Donated(
                        scope: donation.scope, contains: server.contains(donation.known), isLast: donation.isLast, place: server.signed(server.place),
                        end: Message.KnownStream(incarnation: donation.incarnation, end: server.streams[stream] ?? .beginning),
                        isCopyReleased: donation.isLast && !server.isStaffed && releasesCopies))
            ]
        case .watch: return [.news(Message.News(scopes: []))]
        case .problem, .welcome, .receipt, .pushRefused, .entries, .donated, .compared, .settled, .door, .enrol, .enrolled, .renew, .renewed, .attachment, .news:
            Issue.record("no device says this")
            return []
        }
    }

    /// One sync from greeting to end.
    mutating func sync(_ ship: inout Ship, _ server: inout ModelServer) -> End {
        let knowledge = SyncSession.Knowledge(
            primitives: Self.primitives, isGenuine: { $0.key == Self.serverKey.publicKey },
            signingKey: { id in (0..<9).first { Clash.device($0) == id }.map { Self.key($0).publicKey } })
        let device = SyncSession.Device(id: ship.id, tenant: .zero, software: "test", schema: schema, mustBeWiped: mustBeWiped)
        var session = SyncSession(device: device, now: 0)
        session.budget = limit.map { ByteBudget(limit: $0) }
        var inbox = [welcome(server, to: ship)]
        while true {
            guard !inbox.isEmpty, budget > 0 else { return end(session.ended()) }
            budget -= 1
            let message = tamper(inbox.removeFirst())
            transcript.append("<\(Self.kind(message))")
            guard let read = carried(message) else { return end(session.ended()) }
            count(message)
            var actions = session.received(read, replicas: ship.replicas, knowledge)
            repeat {
                if let end = carry(actions, &session, &ship, &server, &inbox) { return end }
                session.budget?.spent = bytes
                let blocks = ship.blocks
                actions = session.advance(
                    ship.replicas, weight: { scope, hash in blocks[hash].map { Message.push(Self.push($0, of: scope)).frame.count } ?? 0 }, unsent: unsent)
            } while !actions.isEmpty
        }
    }

    private func end(_ actions: [SyncSession.Action]) -> End {
        if case .fail(let problem)? = actions.first { return .failed(problem) }
        return .failed(.cut)
    }

    private mutating func carry(
        _ actions: [SyncSession.Action], _ session: inout SyncSession, _ ship: inout Ship, _ server: inout ModelServer, _ inbox: inout [Message]
    ) -> End? {
        let id = ship.id
        for action in actions {
            switch action {
            case .send(let message):
                guard send(message, ship, &server, &inbox) else { return end(session.ended()) }
            case .push(let scope, let blocks):
                for hash in blocks {
                    guard let block = ship.blocks[hash] else { preconditionFailure("a block that was never sealed") }
                    guard send(.push(Self.push(block, of: scope)), ship, &server, &inbox) else { return end(session.ended()) }
                }
            case .adopt: transcript.append("adopt")
            case .add(let scope, _, let epoch):
                transcript.append("add")
                ship.replicas[scope] = Replica(stream: StreamName(device: id, incarnation: dice.next(), scope: scope), epoch: epoch)
            case .begin(let scope):
                transcript.append("begin")
                guard let epoch = ship.replicas[scope]?.epoch else { preconditionFailure("a stream of no replica") }
                ship.take(.began(StreamName(device: id, incarnation: dice.next(), scope: scope), epoch: epoch))
            case .rebuild(_, let epoch):
                transcript.append("rebuild")
                ship.take(.rebuilt(epoch: epoch))
            case .donate(let scope, let known), .offer(let scope, let known):
                guard let replica = ship.replicas[scope] else { continue }
                var isOutsideLog: ((Identifier) -> Bool)?
                if case .offer = action { isOutsideLog = { replica.isOutsideLog($0) } }
                var donations: [Message.Donation] = []
                _ = try? ship.held.donate(
                    known: known, incarnation: replica.stream.incarnation, barred: [], bareOnly: isOutsideLog, Self.primitives, block: { ship.blocks[$0] }
                ) { donations.append($0) }
                for donation in donations {
                    guard send(.donate(donation), ship, &server, &inbox) else { return end(session.ended()) }
                }
            case .rederive(let scope):
                transcript.append("rederive")
                if let end = carry(session.rederived(scope, ship.derivation, ship.replicas), &session, &ship, &server, &inbox) { return end }
            case .leave(let scope):
                transcript.append("leave")
                ship.replicas[scope] = nil
                ship.held = HeldLog(scope: scope)
            case .seal(let scope, _):
                transcript.append("seal")
                if let replica = ship.replicas[scope], !replica.fresh.isEmpty {
                    let changes = Array(replica.fresh.prefix(2))
                    let block = Block.seal(changes, in: replica.stream, after: replica.end, by: ship.key, Self.primitives)
                    ship.blocks[block.hash] = block
                    ship.take(.sealed(block))
                }
            case .store(_, let events):
                transcript.append("store")
                for event in events { ship.take(event) }
            case .finish(let outcome): return .finished(outcome)
            case .fail(let problem): return .failed(problem)
            }
        }
        return nil
    }

    /// False when the line is cut before the message arrives.
    private mutating func send(_ message: Message, _ ship: Ship, _ server: inout ModelServer, _ inbox: inout [Message]) -> Bool {
        transcript.append(">\(Self.kind(message))")
        guard budget > 0 else { return false }
        budget -= 1
        guard let read = carried(message) else { return false }
        precondition(read == message, "every message reads as it was written")
        count(message)
        beforeAnswer(read, &server)
        inbox += answer(hidesProofs ? Self.withoutProof(read) : read, &server, from: ship)
        return true
    }

    /// What the other end's decoder makes of the bytes that arrive; nil where the line is cut before the last of them.
    private mutating func carried(_ message: Message) -> Message? {
        let frame = message.frame
        let arriving = min(frame.count, bytesUntilCut)
        bytesUntilCut -= arriving
        var decoder = FrameDecoder()
        decoder.append(Array(frame.prefix(arriving)))
        guard let payload = try? decoder.next() else { return nil }
        frameEnds.append((frameEnds.last ?? 0) + frame.count)
        return try? Message(payload: payload)
    }

    private mutating func count(_ message: Message) {
        let frame = message.frame.count
        bytes += frame + 22 * ((frame + 16_383) / 16_384)
    }

    static func push(_ block: Block, of scope: Identifier) -> Message.Push {
        Message.Push(scope: scope, block: block.bytes, sensitive: SensitivePart.encode(block.sensitiveParts, primitives))
    }

    private static func withoutProof(_ message: Message) -> Message {
        guard case .status(let it) = message else { return message }
        return .status(
            Message.Status(
                time: it.time, software: it.software, schema: it.schema,
                scopes: it.scopes.map {
                    Message.ScopeCursor(scope: $0.scope, epoch: $0.epoch, cursor: $0.cursor, mark: $0.mark, incarnation: $0.incarnation, unsent: $0.unsent, work: $0.work)
                }))
    }

    static func kind(_ message: Message) -> String {
        switch message {
        case .problem(let problem): "problem \(problem.code.rawValue)"
        case .welcome: "welcome"
        case .status: "status"
        case .push: "push"
        case .receipt: "receipt"
        case .pushRefused(let refusal): "refused \(refusal.code.rawValue)"
        case .pull: "pull"
        case .entries(let entries): "entries \(entries.entries.count)"
        case .door: "door"
        case .enrol: "enrol"
        case .enrolled: "enrolled"
        case .renew: "renew"
        case .renewed: "renewed"
        case .attachment: "attachment"
        case .donate(let donation): "donate \(donation.entries.count { $0.block != nil })\(donation.isLast ? " last" : "")"
        case .donated: "donated"
        case .watch: "watch"
        case .news(let news): "news \(news.scopes.count)"
        case .compare(let compare): "compare \(compare.ranges.count)"
        case .compared: "compared"
        case .dispute(let dispute): "dispute \(dispute.claims.count)"
        case .settled(let settled): "settled \(settled.repaired)"
        }
    }
}
