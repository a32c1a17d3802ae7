import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// Device and server hold different states of one log: who was wrong is found out, put right and told; what waits is not touched.
@Suite struct ExaminationTests {
    private static let scope = Voyage.scope

    /// A server with a history of three devices over many records, and a fourth device that has read all of it.
    private static func history(_ seed: UInt64, changes: Int = 60, records: Int = 40) -> (server: ModelServer, ship: Voyage.Ship, clash: Clash) {
        var server = Voyage.server()
        var clash = Clash(seed: seed, Voyage.primitives)
        for number in 1...3 {
            var ship = Voyage.Ship(number)
            #expect(Voyage.synced(&ship, &server))
            for step in 0..<changes / 3 { capture(&ship, &clash, at: Int64(step), of: records) }
            #expect(Voyage.synced(&ship, &server))
        }
        var ship = Voyage.Ship(4)
        #expect(Voyage.synced(&ship, &server))
        return (server, ship, clash)
    }

    private static func capture(_ ship: inout Voyage.Ship, _ clash: inout Clash, at time: Int64, of records: Int = 40) {
        guard let replica = ship.replicas[scope] else { return }
        let change = clash.change(by: ship.number, at: ship.clock.stamp(now: time).time, seeing: replica.record, of: records)
        ship.replicas[scope]?.apply(.captured(change), Voyage.primitives)
    }

    /// What a broken program makes of the log: some changes passed over, others taken in that no log holds.
    private static func spoilt(_ server: ModelServer, _ clash: inout Clash) -> ScopeState {
        var state = ScopeState()
        var hasSpoilt = false
        for (entry, block) in server.log {
            let verdicts = entry.verdicts.map { verdict -> Verdict in
                guard verdict == .accepted, clash.dice.chance(10) else { return verdict }
                hasSpoilt = true
                return .duplicate
            }
            state.read(LogEntry(content: entry.content, verdicts: verdicts, received: entry.received), changes: block?.changes ?? [])
        }
        for step in 0..<(clash.dice.next() % 4) {
            state.apply(clash.change(by: 8, at: Int64(step), seeing: { state.records[$0] }, of: 60), received: 3)
            hasSpoilt = true
        }
        if !hasSpoilt { state.apply(clash.change(by: 8, at: 1, seeing: { _ in nil }, of: 60), received: 3) }
        return state
    }

    private static func corrupt(_ ship: inout Voyage.Ship, by state: ScopeState) {
        let note = RepairNote(finding: .deviceWasWrong, place: .beginning, time: 0, count: 0, records: [])
        ship.replicas[scope]?.apply(.examined(note, state), Voyage.primitives)
    }

    private static func sync(_ ship: inout Voyage.Ship, _ server: inout ModelServer, _ alter: (inout Voyage) -> Void = { _ in }) -> (end: Voyage.End, voyage: Voyage) {
        var voyage = Voyage(seed: 3)
        alter(&voyage)
        let end = voyage.sync(&ship, &server)
        return (end, voyage)
    }

    private static func findings(_ end: Voyage.End) -> [RepairNote.Finding?] { end.outcome?.examinations.map { $0.note?.finding } ?? [] }

    @Test(arguments: UInt64(0)..<60)
    func `a device whose state is not what its log says puts it right from its own entries, says so, and loses nothing that waits`(seed: UInt64) throws {
        var (server, ship, clash) = Self.history(seed)
        for step in 0..<3 { Self.capture(&ship, &clash, at: Int64(step)) }
        let waiting = try #require(ship.replicas[Self.scope]).fresh.map(\.id)
        let bad = Self.spoilt(server, &clash)
        let right = server.state
        let isSame = bad.digest == right.digest
        Self.corrupt(&ship, by: bad)
        let (end, voyage) = Self.sync(&ship, &server)
        let replica = try #require(ship.replicas[Self.scope])
        #expect(end.isFinished && Self.findings(end) == (isSame ? [] : [.deviceWasWrong]))
        #expect(!voyage.transcript.contains { $0.contains("compare") || $0.contains("dispute") }, "its own entries are evidence enough")
        #expect(replica.confirmed.digest == server.state.digest && replica.confirmed.records == server.state.records)
        #expect(replica.confirmed.applied == server.state.applied && replica.overlay.isEmpty)
        #expect(waiting.allSatisfy { server.state.applied.contains($0) })
        if !isSame {
            let note = try #require(end.outcome?.examinations.first?.note)
            let wrong = Set(right.records.keys).union(bad.records.keys).filter { right.records[$0] != bad.records[$0] }.sorted()
            #expect(note.count == wrong.count && note.records.map(\.record) == Array(wrong.prefix(RepairNote.mostRecords)))
        }
        // Once is enough.
        let again = Self.sync(&ship, &server)
        #expect(again.voyage.transcript == ["<welcome", "adopt", ">status"] && Self.findings(again.end).isEmpty)
    }

    @Test(arguments: UInt64(0)..<60)
    func `a server whose rows are not what its log says is told so, and computes them anew; the device gives up nothing`(seed: UInt64) throws {
        var (server, ship, clash) = Self.history(seed)
        for step in 0..<2 { Self.capture(&ship, &clash, at: Int64(step)) }
        server.spoil(Self.spoilt(server, &clash))
        guard server.rows.digest != server.state.digest else { return }
        let (end, voyage) = Self.sync(&ship, &server)
        let replica = try #require(ship.replicas[Self.scope])
        #expect(end.isFinished && Self.findings(end) == [.serverWasWrong], "\(voyage.transcript)")
        #expect(server.rows.records == server.state.records && server.rows.digest == server.state.digest)
        #expect(replica.confirmed.records == server.state.records && replica.unsentCount == 0)
        #expect(replica.repairs.last?.finding == .serverWasWrong && (replica.repairs.last?.count ?? 0) > 0)
        #expect(Self.sync(&ship, &server).voyage.transcript == ["<welcome", "adopt", ">status"])
    }

    @Test(arguments: UInt64(0)..<40)
    func `both wrong, each in its own way, both are put right in one sync, each reported as what it was`(seed: UInt64) throws {
        var (server, ship, clash) = Self.history(seed)
        server.spoil(Self.spoilt(server, &clash))
        let bad = Self.spoilt(server, &clash)
        Self.corrupt(&ship, by: bad)
        guard server.rows.digest != server.state.digest, bad.digest != server.state.digest, bad.digest != server.rows.digest else { return }
        let (end, _) = Self.sync(&ship, &server)
        #expect(end.isFinished && Self.findings(end) == [.deviceWasWrong, .serverWasWrong])
        #expect(server.rows.records == server.state.records && ship.replicas[Self.scope]?.confirmed.records == server.state.records)
    }

    @Test func `two programs that make different states of one log both stand; it is told, and everything else is synced`() throws {
        var (server, ship, clash) = Self.history(7)
        server.peculiar = clash.change(by: 8, at: 9, seeing: { _ in nil })
        Self.capture(&ship, &clash, at: 5)
        let first = Self.sync(&ship, &server)
        #expect(first.end.isFinished && Self.findings(first.end) == [.bothStand])
        #expect(ship.replicas[Self.scope]?.unsentCount == 0 && ship.replicas[Self.scope]?.cursor == server.place)
        #expect(ship.replicas[Self.scope]?.confirmed.records == server.state.records, "the device stands by its own")
        // The same disagreement is told again, and not examined again.
        let again = Self.sync(&ship, &server)
        #expect(again.end.isFinished && Self.findings(again.end) == [.bothStand])
        #expect(again.voyage.transcript == ["<welcome", "adopt", ">status"])
        // Another one is.
        server.peculiar = clash.change(by: 8, at: 10, seeing: { _ in nil })
        let other = Self.sync(&ship, &server)
        #expect(Self.findings(other.end) == [.bothStand] && other.voyage.transcript.contains("rederive"))
        // The server is updated.
        server.peculiar = nil
        let mended = Self.sync(&ship, &server)
        #expect(mended.end.isFinished && Self.findings(mended.end).isEmpty)
    }

    @Test func `a server that lies about digests gets nothing for it: the device keeps its state and its work, and the sync ends with a numbered sentence`() throws {
        let (server, afloat, clash) = Self.history(11)
        let before = try #require(afloat.replicas[Self.scope]).confirmed.records
        let wrong = ScopeDigest(high: 1, low: 2)
        let lies: [(String, (Message) -> Message)] = [
            ("every digest over everything is another", { message in
                guard case .entries(let it) = message else { return message }
                return .entries(Message.Entries(scope: it.scope, after: it.after, entries: it.entries, place: it.place, digest: wrong, signature: it.signature))
            }),
            ("ranges that do not add up", { message in
                guard case .compared(let it) = message, it.answers.count > 1 else { return message }
                return .compared(Message.Compared(scope: it.scope, place: it.place, answers: it.answers.map { DigestBisection.Answer(count: $0.count, digest: wrong) }))
            }),
            ("a dispute that is answered by something else", { message in
                guard case .settled(let it) = message else { return message }
                return .settled(Message.Settled(scope: it.scope, place: it.place, digests: it.digests + [wrong], repaired: 9))
            }),
            ("a range and a whole that are never the same, and do not fit each other", { message in
                switch message {
                case .settled(let it):
                    return .settled(Message.Settled(scope: it.scope, place: it.place, digests: it.digests.map { _ in wrong }, repaired: 9))
                case .entries(let it):
                    return .entries(Message.Entries(scope: it.scope, after: it.after, entries: it.entries, place: it.place, digest: .zero, signature: it.signature))
                case _: return message
                }
            }),
        ]
        for (name, lie) in lies {
            var (ship, copy, clash) = (afloat, server, clash)
            Self.capture(&ship, &clash, at: 3)
            let waiting = try #require(ship.replicas[Self.scope]).fresh.map(\.id)
            copy.spoil(Self.spoilt(copy, &clash))
            let (end, voyage) = Self.sync(&ship, &copy) { $0.tamper = lie }
            guard case .failed(let problem) = end else {
                Issue.record("\(name): \(voyage.transcript)")
                continue
            }
            #expect(problem == .digestsContradict(scope: Self.scope), "\(name)")
            let replica = try #require(ship.replicas[Self.scope])
            let known = replica.history.keys
            #expect(before.keys.allSatisfy { replica.confirmed.records[$0] != nil } && waiting.allSatisfy { known.contains($0) }, "\(name)")
            #expect(replica.confirmed.digest == copy.state.digest && voyage.transcript.count < 300, "\(name)")
            // An honest server again: everything is well.
            #expect(Self.sync(&ship, &copy).end.isFinished, "\(name)")
            #expect(copy.rows.digest == copy.state.digest && ship.replicas[Self.scope]?.confirmed.digest == copy.state.digest, "\(name)")
        }
    }

    @Test func `a log that moves on while it is compared is read first, and compared then`() throws {
        var (server, ship, clash) = Self.history(13)
        var other = Voyage.Ship(5)
        #expect(Voyage.synced(&other, &server))
        Self.capture(&other, &clash, at: 4)
        // The first answer speaks of a log that has grown.
        var grown = server
        let place = server.place
        #expect(Voyage.synced(&other, &grown))
        server.spoil(Self.spoilt(server, &clash))
        grown.spoil(Self.spoilt(grown, &clash))
        var isFirst = true
        let further = grown.place
        let (end, voyage) = Self.sync(&ship, &server) {
            $0.tamper = { message in
                guard isFirst, case .compared(let it) = message else { return message }
                isFirst = false
                return .compared(Message.Compared(scope: it.scope, place: further, answers: it.answers))
            }
            $0.beforeAnswer = { message, server in
                if case .pull(let pull) = message, pull.cursor == place { server = grown }
            }
        }
        #expect(end.isFinished && Self.findings(end) == [.serverWasWrong], "\(end) \(voyage.transcript)")
        #expect(ship.replicas[Self.scope]?.cursor == further && ship.replicas[Self.scope]?.confirmed.digest == server.state.digest)
    }

    @Test func `a server that has compared enough says so; the sync ends well, and the next one compares`() throws {
        var (server, ship, clash) = Self.history(17)
        server.spoil(Self.spoilt(server, &clash))
        let (end, _) = Self.sync(&ship, &server) {
            $0.tamper = { message in
                if case .compared(let it) = message { .problem(Problem(.comparisonsUsedUp, "later", of: it.scope)) } else { message }
            }
        }
        #expect(end.isFinished && Self.findings(end) == [nil])
        #expect(Self.findings(Self.sync(&ship, &server).end) == [.serverWasWrong])
    }

    @Test func `a server that compares nothing leaves the sync with a sentence, once the device has found no fault of its own`() throws {
        var (server, ship, clash) = Self.history(19)
        server.spoil(Self.spoilt(server, &clash))
        let (end, voyage) = Self.sync(&ship, &server) {
            $0.tamper = { message in
                guard case .welcome(let it) = message else { return message }
                return .welcome(
                    Message.Welcome(schema: it.schema, leastSchema: 1, epoch: it.epoch, time: it.time, role: it.role, serverKey: it.serverKey, scopes: it.scopes, revoked: false))
            }
        }
        #expect(end == .failed(.digestDiffers(scope: Self.scope)) && voyage.transcript.contains("rederive"))
    }

    @Test func `entries that do not lead to the device's cursor are no evidence, and nothing is altered by them`() throws {
        var (server, ship, clash) = Self.history(23)
        Self.corrupt(&ship, by: Self.spoilt(server, &clash))
        let held = try #require(ship.replicas[Self.scope]).confirmed.records
        ship.derivation = Rederivation()
        #expect(Self.sync(&ship, &server).end == .failed(.digestDiffers(scope: Self.scope)))
        #expect(ship.replicas[Self.scope]?.confirmed.records == held)
    }

    @Test func `an answer to a comparison or dispute that nobody began ends the sync`() {
        let (server, afloat, _) = Self.history(29, changes: 6)
        for message in [
            Message.compared(Message.Compared(scope: Self.scope, place: .beginning, answers: [])),
            .settled(Message.Settled(scope: Self.scope, place: .beginning, digests: [], repaired: 1)),
            .problem(Problem(.comparisonsUsedUp, "", of: Self.scope)),
        ] {
            var (ship, copy) = (afloat, server)
            var clash = Clash(seed: 1, Voyage.primitives)
            Self.capture(&ship, &clash, at: 1)
            let (end, _) = Self.sync(&ship, &copy) { $0.tamper = { if case .receipt = $0 { message } else { $0 } } }
            guard case .failed(.unexpected) = end else {
                Issue.record("\(message) was taken: \(end)")
                continue
            }
        }
    }
}
