import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// The device's side of a sync, as transcripts, against a server in memory.
@Suite struct SyncSessionTests {
    /// A device that has synced once, and captured `count` changes since.
    static func afloat(_ server: inout ModelServer, _ count: Int, number: Int = 1, seed: UInt64 = 1) -> Voyage.Ship {
        var ship = Voyage.Ship(number)
        var voyage = Voyage(seed: seed &* 100 &+ UInt64(number))
        #expect(voyage.sync(&ship, &server).isFinished)
        var clash = Clash(seed: seed &+ UInt64(number), Voyage.primitives)
        for step in 0..<count { _ = ship.capture(&clash, now: Int64(step)) }
        return ship
    }

    static func run(
        _ ship: inout Voyage.Ship, _ server: inout ModelServer, seed: UInt64 = 77, budget: Int = .max, revoked: Bool = false, named: Bool = true,
        looksAtStatus: Bool = true, releasing: Bool = false,
        tamper: @escaping (Message) -> Message = { $0 }
    ) -> (end: Voyage.End, transcript: [String]) {
        var voyage = Voyage(seed: seed)
        voyage.budget = budget
        voyage.isRevoked = revoked
        voyage.isNamed = named
        voyage.renewsEpoch = looksAtStatus
        voyage.releasesCopies = releasing
        voyage.tamper = tamper
        let end = voyage.sync(&ship, &server)
        return (end, voyage.transcript)
    }

    @Test func `when everything agrees, Status is all that a device says`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 2)
        #expect(Self.run(&ship, &server).end.isFinished)
        let (end, transcript) = Self.run(&ship, &server)
        #expect(transcript == ["<welcome", "adopt", ">status"])
        #expect(end.outcome.map { $0.pushedBlocks + $0.pulledEntries + $0.quarantined == 0 && $0.held.isEmpty && $0.renumbered.isEmpty && $0.rebuilt.isEmpty } == true)
    }

    @Test func `a first push seals and pushes block by block, learns the log from its receipts and compares digests`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 3)
        let (end, transcript) = Self.run(&ship, &server)
        #expect(
            transcript == [
                "<welcome", "adopt", ">status", "seal", ">push", "seal", ">push", "<receipt", "store", "<receipt", "store", ">pull", "<entries 0",
            ])
        #expect(end.outcome?.pushedBlocks == 2 && end.outcome?.pushedChanges == 3 && end.outcome?.pulledEntries == 0)
        #expect(ship.replicas[Voyage.scope]?.unsentCount == 0 && ship.replicas[Voyage.scope]?.cursor == server.place)
    }

    @Test func `a new device adds the scope and reads all of it, with the blocks of others`() {
        var server = Voyage.server()
        var first = Self.afloat(&server, 9)
        #expect(Self.run(&first, &server).end.isFinished)
        var second = Voyage.Ship(2)
        let (end, transcript) = Self.run(&second, &server)
        #expect(transcript == ["<welcome", "adopt", "add", ">status", ">pull", "<entries 3", "store", ">pull", "<entries 2", "store"])
        #expect(end.isFinished)
        #expect(second.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
    }

    @Test func `a lost receipt is given again, and nothing enters the log twice`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 2)
        // Welcome, Status and the push arrive; the receipt does not.
        #expect(Self.run(&ship, &server, budget: 3).end == .failed(.cut))
        #expect(server.log.count == 1 && ship.replicas[Voyage.scope]?.unsentCount == 2)
        let (end, transcript) = Self.run(&ship, &server)
        #expect(end.isFinished && server.log.count == 1)
        #expect(transcript == ["<welcome", "adopt", ">status", ">pull", "<entries 1", "store"])
        #expect(ship.replicas[Voyage.scope]?.unsentCount == 0)
    }

    @Test func `a restored store opens a new incarnation before it sends anything`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 2)
        let backup = ship
        #expect(Self.run(&ship, &server).end.isFinished)
        var restored = backup
        var clash = Clash(seed: 99, Voyage.primitives)
        _ = restored.capture(&clash, now: 70)
        let (end, transcript) = Self.run(&restored, &server, seed: 78)
        #expect(Array(transcript.prefix(4)) == ["<welcome", "adopt", "begin", ">status"])
        #expect(end.outcome?.renumbered == [Voyage.scope])
        #expect(server.log.flatMap(\.entry.verdicts).filter { $0 == .duplicate }.count == 2)
        #expect(server.state.applied.count == 3)
        #expect(restored.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
    }

    @Test func `a fork that shows only when a push is refused opens a new incarnation`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 1)
        var twin = ship
        var clash = Clash(seed: 98, Voyage.primitives)
        _ = twin.capture(&clash, now: 71)
        #expect(Self.run(&ship, &server).end.isFinished)
        // The greeting was written before the twin pushed: it does not know the stream.
        let stale = Voyage(seed: 1).welcome(Voyage.server(), to: twin)
        let (end, transcript) = Self.run(&twin, &server) { if case .welcome = $0 { stale } else { $0 } }
        #expect(transcript.contains("<refused 4002") && transcript.contains("begin"))
        #expect(end.isFinished && server.state.applied.count == 2)
        #expect(twin.replicas[Voyage.scope]?.overlay.isEmpty == true)
    }

    @Test func `a gap is filled from the end that the server names`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 4)
        #expect(Self.run(&ship, &server).end.isFinished)
        let full = ship
        // The server loses its second half without a word, in the middle of the sync: the greeting promised more.
        let promised = Voyage(seed: 1).welcome(server, to: full)
        var old = Voyage.server()
        var again = Self.afloat(&old, 0)
        again = full
        var clash = Clash(seed: 97, Voyage.primitives)
        _ = again.capture(&clash, now: 72)
        let (_, transcript) = Self.run(&again, &old, looksAtStatus: false) { if case .welcome = $0 { promised } else { $0 } }
        #expect(Array(transcript.dropFirst(3).prefix(7)) == ["seal", ">push", "<refused 4001", ">push", ">push", ">push", "<receipt"])
        #expect(old.state.applied.count == 5)
    }

    @Test func `a block taken into quarantine whole holds the stream until the member is staffed again`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 3)
        server.isStaffed = false
        let (end, transcript) = Self.run(&ship, &server)
        #expect(
            transcript == [
                "<welcome", "adopt", ">status", "seal", ">push", "seal", ">push", "<refused 3001", "<refused 3001",
                ">donate 0", "<donated", ">donate 0 last", "<donated",
            ])
        #expect(end.outcome?.held == [Voyage.scope] && server.log.isEmpty && server.outside.count == 2)
        #expect(ship.replicas[Voyage.scope]?.unsentCount == 3)
        server.isStaffed = true
        #expect(Self.run(&ship, &server).end.isFinished)
        #expect(server.state.applied.count == 3 && server.outside.isEmpty)
    }

    @Test func `first work in a scope that the greeting leaves out goes into quarantine, and the copy here stays until it may go`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 3)
        server.isStaffed = false
        let (end, transcript) = Self.run(&ship, &server, named: false)
        #expect(
            transcript == [
                "<welcome", "adopt", ">status", "seal", ">push", "seal", ">push", "<refused 3001", "<refused 3001",
                ">donate 0", "<donated", ">donate 0 last", "<donated",
            ])
        #expect(end.outcome?.held == [Voyage.scope] && server.log.isEmpty && server.outside.count == 2)
        // Handed in again, it is the same two blocks; and staffed again, they enter the log once.
        #expect(Self.run(&ship, &server, named: false).end.isFinished && server.outside.count == 2)
        server.isStaffed = true
        #expect(Self.run(&ship, &server).end.isFinished)
        #expect(server.state.applied.count == 3 && ship.replicas[Voyage.scope]?.unsentCount == 0)
    }

    @Test func `of a scope that the greeting leaves out and where nothing waits, it is asked whether the copy here may go`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 0)
        server.isStaffed = false
        let (end, transcript) = Self.run(&ship, &server, named: false)
        #expect(transcript == ["<welcome", "adopt", ">status", ">donate 0", "<donated", ">donate 0 last", "<donated"])
        #expect(end.outcome?.held == [] && end.outcome?.left == [] && ship.replicas[Voyage.scope] != nil)
        let gone = Self.run(&ship, &server, named: false, releasing: true)
        #expect(gone.transcript.last == "leave" && gone.end.outcome?.left == [Voyage.scope] && ship.replicas.isEmpty)
        #expect(Self.run(&ship, &server, named: false).transcript == ["<welcome", "adopt", ">status"])
    }

    @Test func `a server that no longer knows a scope leaves its work waiting, and the sync goes on`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 1)
        server.isStaffed = false
        let (end, _) = Self.run(&ship, &server, named: false) { message in
            guard case .pushRefused(let refusal) = message else { return message }
            return .pushRefused(Message.PushRefusal(scope: refusal.scope, block: refusal.block, code: .unknownScope, end: refusal.end))
        }
        #expect(end.outcome?.held == [] && ship.replicas[Voyage.scope]?.unsentCount == 1)
    }

    @Test func `a revoked device hands in what it holds and reads nothing`() {
        var server = Voyage.server()
        var other = Self.afloat(&server, 2, number: 2)
        #expect(Self.run(&other, &server).end.isFinished)
        var ship = Self.afloat(&server, 1)
        var fresh = Voyage.Ship(3)
        #expect(Self.run(&other, &server).end.isFinished)
        let (end, transcript) = Self.run(&ship, &server, revoked: true)
        #expect(end.outcome?.revoked == true)
        #expect(transcript == ["<welcome", "adopt", ">status", "seal", ">push", "<receipt", "store"])
        #expect(Self.run(&fresh, &server, revoked: true).transcript == ["<welcome", "adopt", ">status"])
    }

    @Test func `a changed epoch has the log read anew, and what the log lacks is pushed, of earlier incarnations too`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 2)
        let empty = server
        #expect(Self.run(&ship, &server).end.isFinished)
        // A new incarnation, so that the first blocks are of an earlier one.
        let id = ship.id
        ship.replicas[Voyage.scope]?.apply(.began(StreamName(device: id, incarnation: 5, scope: Voyage.scope), epoch: 1), Voyage.primitives)
        server = empty
        server.epoch = 2
        let (end, transcript) = Self.run(&ship, &server)
        #expect(transcript.prefix(6) == ["<welcome", "adopt", ">donate 0", "<donated", ">donate 1", ">donate 0 last"])
        #expect(end.outcome?.rebuilt == [Voyage.scope])
        #expect(server.state.applied.count == 2)
        #expect(ship.replicas[Voyage.scope]?.overlay.isEmpty == true)
    }

    @Test func `an unknown cursor has the log read anew`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 2)
        let empty = server
        #expect(Self.run(&ship, &server).end.isFinished)
        // Another device's work stands where this one's was.
        server = empty
        var other = Self.afloat(&server, 3, number: 2)
        #expect(Self.run(&other, &server).end.isFinished)
        // A server that does not look at what a Status says; the log ends further on than the mark.
        let (end, transcript) = Self.run(&ship, &server, looksAtStatus: false)
        #expect(transcript.contains("<problem 4007") && transcript.contains("rebuild"))
        #expect(end.outcome?.rebuilt == [Voyage.scope])
        #expect(server.state.applied.count == 5)
        #expect(ship.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
    }

    // MARK: - Servers that lie

    @Test func `nothing is sent before the greeting, and another first word ends the sync`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 1)
        let wrong: [Message] = [.door(Message.Door(time: 0)), .status(Message.Status(time: 0, software: "", schema: 1, scopes: []))]
        for message in wrong {
            let (end, transcript) = Self.run(&ship, &server) { _ in message }
            #expect(end == .failed(.unexpected("the server did not greet first")))
            #expect(!transcript.contains { $0.hasPrefix(">") })
        }
        #expect(Self.run(&ship, &server, budget: 0).end == .failed(.closedBeforeGreeting))
    }

    @Test func `a server key that the tenant authority did not sign, or of another epoch, is refused before anything is sent`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 1)
        for (epoch, key) in [(UInt64(1), Voyage.key(7).publicKey), (2, Voyage.serverKey.publicKey)] {
            let (end, transcript) = Self.run(&ship, &server) { message in
                guard case .welcome(let it) = message else { return message }
                return .welcome(
                    Message.Welcome(
                        schema: it.schema, leastSchema: it.leastSchema, epoch: it.epoch, time: it.time, role: it.role,
                        serverKey: Message.ServerKey(epoch: epoch, device: it.serverKey.device, key: key, signature: [1]), scopes: it.scopes,
                        revoked: it.revoked))
            }
            #expect(end == .failed(.forgedServerKey))
            #expect(transcript == ["<welcome"])
        }
    }

    @Test func `a forged receipt lets nothing go from the outbox`() {
        var server = Voyage.server()
        var ship = Self.afloat(&server, 1)
        let forge: [(Receipt) -> Receipt] = [
            { Receipt(epoch: $0.epoch, scope: $0.scope, place: $0.place, block: $0.block, verdicts: $0.verdicts, received: $0.received &+ 1, signature: $0.signature) },
            { Receipt(epoch: 2, scope: $0.scope, place: $0.place, block: $0.block, verdicts: $0.verdicts, received: $0.received, signer: Voyage.serverKey) },
            { Receipt(epoch: $0.epoch, scope: $0.scope, place: $0.place, block: $0.block, verdicts: $0.verdicts, received: $0.received, signer: Voyage.key(1)) },
        ]
        for forge in forge {
            var copy = (ship, server)
            let (end, _) = Self.run(&copy.0, &copy.1) { if case .receipt(let receipt) = $0 { .receipt(forge(receipt)) } else { $0 } }
            #expect(end == .failed(.forgedReceipt))
            #expect(copy.0.replicas[Voyage.scope]?.unsentCount == 1)
        }
        let (end, _) = Self.run(&ship, &server) {
            if case .receipt(let it) = $0 {
                .receipt(Receipt(epoch: it.epoch, scope: it.scope, place: it.place, block: .zero, verdicts: it.verdicts, received: 1, signer: Voyage.serverKey))
            } else {
                $0
            }
        }
        #expect(end == .failed(.unexpected("a receipt for a block that was not sent")))
    }

    @Test func `a log, a digest, a block or an author that does not hold is not stored`() {
        var server = Voyage.server()
        var other = Self.afloat(&server, 2, number: 2)
        #expect(Self.run(&other, &server).end.isFinished)
        func end(_ alter: @escaping (Message.Entries) -> Message.Entries) -> (Voyage.End, UInt64?) {
            var ship = Voyage.Ship(1)
            var copy = server
            let end = Self.run(&ship, &copy) { if case .entries(let it) = $0 { .entries(alter(it)) } else { $0 } }.end
            return (end, ship.replicas[Voyage.scope]?.cursor.position)
        }
        func with(_ it: Message.Entries, entries: [Message.Entry]? = nil, hash: Hash256? = nil, digest: ScopeDigest? = nil, after: UInt64? = nil) -> Message.Entries {
            Message.Entries(
                scope: it.scope, after: after ?? it.after, entries: entries ?? it.entries,
                place: LogPlace(position: it.place.position, hash: hash ?? it.place.hash), digest: digest ?? it.digest)
        }
        func first(_ it: Message.Entries, _ alter: (Message.Entry) -> Message.Entry) -> Message.Entries { with(it, entries: [alter(it.entries[0])]) }

        #expect(end { with($0, digest: .zero) }.0 == .failed(.digestsContradict(scope: Voyage.scope)))
        for (outcome, cursor) in [
            end { with($0, hash: .zero) },
            end { first($0) { Message.Entry(entry: LogEntry(content: $0.entry.content, verdicts: $0.entry.verdicts, received: 51), block: $0.block, sensitive: $0.sensitive) } },
        ] {
            #expect(outcome == .failed(.logDiffers(scope: Voyage.scope, position: 1)))
            #expect(cursor == 0)
        }
        #expect(end { with($0, after: 1) }.0 == .failed(.unexpected("entries that were not asked for")))
        #expect(end { with($0, entries: []) }.0 == .failed(.unexpected("an answer without entries where the log goes on")))
        func bad(_ why: SyncProblem.Entry) -> Voyage.End { .failed(.badEntry(scope: Voyage.scope, position: 1, why)) }
        #expect(end { first($0) { Message.Entry(entry: $0.entry, block: nil, sensitive: []) } } == (bad(.missingBlock), 0))
        #expect(
            end { first($0) { Message.Entry(entry: $0.entry, block: ($0.block ?? []).dropLast() + [($0.block?.last ?? 0) ^ 1], sensitive: $0.sensitive) } }
                == (bad(.badSignature), 0))
        #expect(
            end { first($0) { Message.Entry(entry: LogEntry(content: .block(.zero), verdicts: $0.entry.verdicts, received: 50), block: $0.block, sensitive: $0.sensitive) } }
                == (bad(.notTheBlock), 0))
        #expect(
            end { first($0) { Message.Entry(entry: LogEntry(content: $0.entry.content, verdicts: [.accepted], received: 50), block: $0.block, sensitive: $0.sensitive) } }
                == (bad(.notTheBlock), 0))
    }

    // MARK: - Cuts

    @Test(arguments: (0..<25).map { $0 * 20 })
    func `cut after any message, twenty histories end with equal devices, nothing lost and nothing twice`(first: Int) {
        for seed in first..<first + 20 { Self.history(UInt64(seed)) }
    }

    static func history(_ seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        var clash = Clash(seed: seed, Voyage.primitives)
        var server = Voyage.server()
        var ships = (1...2).map { Voyage.Ship($0) }
        var made: Set<Identifier> = []
        for step in 0..<12 {
            let which = Int(dice.next() % 2)
            for _ in 0..<(dice.next() % 3) { if let change = ships[which].capture(&clash, now: Int64(step)) { made.insert(change.id) } }
            if dice.chance(15) { server.isStaffed.toggle() }
            if dice.chance(10) { if server.closed.isEmpty { server.closed = [Clash.record(0)] } else { server.closed = [] } }
            if dice.chance(10), let id = server.state.refused.keys.sorted().first { server.release([id], received: Int64(step)) }
            _ = run(&ships[which], &server, seed: dice.next(), budget: Int(dice.next() % 14))
        }
        server.isStaffed = true
        for _ in 0..<2 { for which in ships.indices { #expect(run(&ships[which], &server, seed: dice.next()).end.isFinished) } }
        #expect(made == server.state.applied.union(server.state.refused.keys))
        #expect(!server.log.contains { $0.entry.verdicts.contains(.duplicate) })
        for ship in ships {
            let replica = ship.replicas[Voyage.scope]
            #expect(replica?.cursor == server.place && replica?.confirmed.digest == server.state.digest)
            #expect(replica?.confirmed.records == server.state.records && replica?.unsentCount == 0)
        }
    }
}

extension Voyage.End {
    var outcome: SyncSession.Outcome? { if case .finished(let outcome) = self { outcome } else { nil } }
    var isFinished: Bool { outcome != nil }
}
