import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

/// A device's side of a push, against answers made by hand.
@Suite struct PushPaceTests {
    private static let primitives = SystemPrimitives()
    private static let scope = Identifier(high: 1, low: 1)
    private static let device = Identifier(high: 2, low: 2)
    private static let epoch: UInt64 = 7

    /// A session that was greeted, over a replica that is carried along by hand.
    private struct Bench {
        let server: SigningKey
        let laptop: SigningKey
        var replica: Replica
        var session: SyncSession
        let knowledge: SyncSession.Knowledge

        init(captured count: Int) throws {
            server = try SigningKey.generate()
            laptop = try SigningKey.generate()
            replica = Replica(stream: StreamName(device: device, incarnation: 5, scope: scope), epoch: epoch)
            for number in 0..<count {
                let edit = Edit(record: Identifier(high: 3, low: UInt64(number)), type: 30, target: .field(10), content: .open(.int(Int64(number))))
                let change = Change(
                    scope: scope, stamp: Stamp(time: Int64(number), device: device), member: Identifier(high: 4, low: 4), schema: 1,
                    edits: [edit], primitives: primitives)
                replica.apply(.captured(change), primitives)
            }
            session = SyncSession(
                device: SyncSession.Device(id: device, tenant: Identifier(high: 9, low: 9), software: "test", schema: 1), now: 0)
            knowledge = SyncSession.Knowledge(primitives: primitives, isGenuine: { _ in true }, signingKey: { _ in nil })
            let welcome = Message.Welcome(
                schema: 1, leastSchema: 1, epoch: epoch, time: 0, role: 1,
                serverKey: Message.ServerKey(epoch: epoch, device: Identifier(high: 8, low: 8), key: server.publicKey, signature: []),
                scopes: [
                    Message.ScopeStatus(scope: scope, kind: .engagement, staffed: true, place: .beginning, digest: .zero, streams: [])
                ], revoked: false)
            _ = session.received(.welcome(welcome), replicas: replicas, knowledge)
        }

        var replicas: [Identifier: Replica] { [scope: replica] }

        /// Goes on until it is the server's turn; says what was done, in words.
        mutating func goOn() throws -> [String] {
            var told: [String] = []
            while true {
                let actions = session.advance(replicas)
                if actions.isEmpty { return told }
                for action in actions {
                    switch action {
                    case .send(.status): told.append("status")
                    case .send(.pull): told.append("pull")
                    case .seal:
                        let portion = Array(replica.fresh.prefix(Block.portion(of: replica.fresh)))
                        let block = Block.seal(portion, in: replica.stream, after: replica.end, by: laptop, primitives)
                        replica.apply(.sealed(block), primitives)
                        told.append("seal \(portion.count)")
                    case .push(_, let blocks): told.append("push \(blocks.count)")
                    case .finish:
                        told.append("finish")
                        return told
                    case .fail(let problem):
                        told.append("fail \(problem)")
                        return told
                    case .rederive: told.append("rederive")
                    case .send, .adopt, .add, .begin, .rebuild, .donate, .offer, .leave, .store: told.append("something else")
                    }
                }
            }
        }

        func receipt(for block: Replica.Sealed, after place: LogPlace, tellingHash hash: Hash256? = nil) -> Receipt {
            let verdicts = [Verdict](repeating: .accepted, count: block.changes.count)
            let entry = LogEntry(content: .block(block.end.hash), verdicts: verdicts, received: 99)
            return Receipt(
                epoch: epoch, scope: scope,
                place: LogPlace(position: place.position + 1, hash: hash ?? entry.logHash(after: place.hash, primitives)),
                block: block.end.hash, verdicts: verdicts, received: 99, signer: server)
        }

        mutating func answer(_ message: Message) -> [SyncSession.Action] { session.received(message, replicas: replicas, knowledge) }

        /// Applies what is to be stored.
        mutating func store(_ actions: [SyncSession.Action]) {
            for case .store(_, let events) in actions { for event in events { replica.apply(event, primitives) } }
        }
    }

    @Test func `a block is sent as soon as it is sealed, before the next is made`() throws {
        var bench = try Bench(captured: 2500)
        #expect(try bench.goOn() == ["status", "seal 1000", "push 1", "seal 1000", "push 1", "seal 500", "push 1"])
    }

    @Test func `receipts that follow on the cursor tell the log's entries, stored one by one or together`() throws {
        var bench = try Bench(captured: 2500)
        _ = try bench.goOn()
        var place = LogPlace.beginning
        var actions: [SyncSession.Action] = []
        for block in bench.replica.blocks {
            let receipt = bench.receipt(for: block, after: place)
            place = receipt.place
            // Not stored in between: they came together.
            actions += bench.answer(.receipt(receipt))
        }
        bench.store(actions)
        #expect(bench.replica.cursor == place)
        #expect(bench.replica.confirmed.records.count == 2500)
        #expect(bench.replica.overlay.isEmpty)
        #expect(bench.replica.waiting.isEmpty)
        // The digest is compared nevertheless.
        #expect(try bench.goOn() == ["pull"])
        let digest = bench.replica.confirmed.digest
        let answer = Message.Entries(scope: Self.scope, after: place.position, entries: [], place: place, digest: digest)
        #expect(bench.answer(.entries(answer)).isEmpty)
        #expect(try bench.goOn() == ["finish"])
    }

    @Test func `a digest that differs after a push is found in the same sync`() throws {
        var bench = try Bench(captured: 1)
        _ = try bench.goOn()
        let receipt = bench.receipt(for: bench.replica.blocks[0], after: .beginning)
        bench.store(bench.answer(.receipt(receipt)))
        _ = try bench.goOn()
        _ = bench.answer(.entries(Message.Entries(scope: Self.scope, after: 1, entries: [], place: receipt.place, digest: .zero)))
        #expect(try bench.goOn() == ["rederive"])
    }

    @Test func `a receipt whose log hash does not follow on the cursor moves no cursor`() throws {
        var bench = try Bench(captured: 1)
        _ = try bench.goOn()
        let receipt = bench.receipt(for: bench.replica.blocks[0], after: .beginning, tellingHash: Digest.sha256([1]))
        bench.store(bench.answer(.receipt(receipt)))
        #expect(bench.replica.cursor == .beginning)
        #expect(bench.replica.waiting.isEmpty)
        #expect(try bench.goOn() == ["pull"])
    }

    @Test func `after a refusal for its place nothing is pushed until all answers are in`() throws {
        var bench = try Bench(captured: 40_000)
        _ = try bench.goOn()
        let sent = bench.replica.blocks
        #expect(sent.count == 32)
        for block in sent {
            let none = Message.KnownStream(incarnation: 5, end: .beginning)
            let refusal = Message.PushRefusal(scope: Self.scope, block: block.end.hash, code: .streamGap, end: none)
            #expect(bench.answer(.pushRefused(refusal)).isEmpty)
            let next = try bench.goOn()
            #expect(next.first == (block == sent.last ? "push 32" : nil))
        }
    }
}
