import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

/// Of two engagements one holds a block that the server does not take.
@Suite final class RefusedBlockTests {
    private static let primitives = SystemPrimitives()
    private static let scopes = [Identifier(high: 1, low: 1), Identifier(high: 1, low: 2)]
    private static let device = Identifier(high: 2, low: 2)
    private static let epoch: UInt64 = 7

    private let server: SigningKey
    private var replicas: [Identifier: Replica] = [:]
    private var session: SyncSession
    private let knowledge: SyncSession.Knowledge

    init() throws {
        server = try SigningKey.generate()
        let laptop = try SigningKey.generate()
        for scope in Self.scopes {
            var replica = Replica(stream: StreamName(device: Self.device, incarnation: 5, scope: scope), epoch: Self.epoch)
            for number in 0..<3 {
                let edit = Edit(record: Identifier(high: 3, low: UInt64(number)), type: 30, target: .field(10), content: .open(.int(Int64(number))))
                let change = Change(
                    scope: scope, stamp: Stamp(time: Int64(number), device: Self.device), member: Identifier(high: 4, low: 4), schema: 1, edits: [edit],
                    primitives: Self.primitives)
                replica.apply(.captured(change), Self.primitives)
                replica.apply(.sealed(Block.seal([change], in: replica.stream, after: replica.end, by: laptop, Self.primitives)), Self.primitives)
            }
            replicas[scope] = replica
        }
        session = SyncSession(device: SyncSession.Device(id: Self.device, tenant: Identifier(high: 9, low: 9), software: "test", schema: 1), now: 0)
        knowledge = SyncSession.Knowledge(primitives: Self.primitives, isGenuine: { _ in true }, signingKey: { _ in nil })
    }

    private func greet(staffed: Bool = true) {
        let welcome = Message.Welcome(
            schema: 1, leastSchema: 1, epoch: Self.epoch, time: 0, role: 1,
            serverKey: Message.ServerKey(epoch: Self.epoch, device: Identifier(high: 8, low: 8), key: server.publicKey, signature: []),
            scopes: Self.scopes.map { Message.ScopeStatus(scope: $0, kind: .engagement, staffed: staffed, place: .beginning, digest: .zero, streams: []) },
            revoked: false)
        _ = session.received(.welcome(welcome), replicas: replicas, knowledge)
    }

    /// Goes on until it is the server's turn; says what was done, by the scope's number.
    private func goOn() -> [String] {
        var told: [String] = []
        while true {
            let actions = session.advance(replicas)
            if actions.isEmpty { return told }
            for action in actions {
                switch action {
                case .push(let scope, let blocks): told.append("push \(blocks.count) of \(scope.low)")
                case .send(.pull(let pull)): told.append("pull \(pull.scope.low)")
                case .send(.status): told.append("status")
                case .finish: return told + ["finish"]
                case .fail(.blockRefused(let code)): return told + ["fail \(code.rawValue)"]
                case _: told.append("something else")
                }
            }
        }
    }

    private func hear(_ message: Message) {
        for case .store(let scope, let events) in session.received(message, replicas: replicas, knowledge) {
            for event in events { replicas[scope]?.apply(event, Self.primitives) }
        }
    }

    private func refusal(_ index: Int, _ code: Problem.Code) -> Message {
        .pushRefused(
            Message.PushRefusal(
                scope: Self.scopes[0], block: replicas[Self.scopes[0]]?.blocks[index].end.hash ?? .zero, code: code,
                end: Message.KnownStream(incarnation: 5, end: .beginning)))
    }

    @Test(arguments: [Problem.Code.damagedBlock, .badSignature, .foreignStream])
    func `only its own stream waits: the other engagement is handed in and read, nothing is renumbered, and then the sync is told to have failed`(
        code: Problem.Code
    ) {
        greet()
        #expect(goOn() == ["status", "push 3 of 1", "push 3 of 2"])
        hear(refusal(0, code))
        for index in 1...2 { hear(refusal(index, .streamGap)) }
        // What was refused is not pushed again; the other's answers are waited for, and the log that stands still is read.
        _ = goOn()
        var place = LogPlace.beginning
        for block in replicas[Self.scopes[1]]?.blocks ?? [] {
            let verdicts = [Verdict](repeating: .accepted, count: block.changes.count)
            let entry = LogEntry(content: .block(block.end.hash), verdicts: verdicts, received: 99)
            let next = LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, Self.primitives))
            hear(.receipt(Receipt(epoch: Self.epoch, scope: Self.scopes[1], place: next, block: block.end.hash, verdicts: verdicts, received: 99, signer: server)))
            place = next
        }
        #expect(replicas[Self.scopes[1]]?.unsentCount == 0 && replicas[Self.scopes[0]]?.unsentCount == 3)
        #expect(goOn() == ["pull 2"])
        hear(.entries(Message.Entries(
            scope: Self.scopes[1], after: 3, entries: [], place: place, digest: replicas[Self.scopes[1]]?.confirmed.digest ?? .zero)))
        #expect(goOn() == ["fail \(code.rawValue)"])
        #expect(replicas[Self.scopes[0]]?.stream.incarnation == 5, "nothing is renumbered for it")
    }

    @Test func `a copy that is to be left is never taken for handed in`() {
        greet(staffed: false)
        _ = goOn()
        let actions = session.received(refusal(0, .badSignature), replicas: replicas, knowledge)
        guard case .fail(.blockRefused(.badSignature))? = actions.first else {
            Issue.record("the sync went on to leave what the server did not take")
            return
        }
    }

    @Test func `a stream that does not fit wherever it is begun again is given up`() {
        greet()
        _ = goOn()
        var failed: SyncProblem?
        for _ in 0..<10 where failed == nil {
            for block in replicas[Self.scopes[0]]?.blocks ?? [] {
                let refusal = Message.PushRefusal(
                    scope: Self.scopes[0], block: block.end.hash, code: .streamGap, end: Message.KnownStream(incarnation: 5, end: .beginning))
                if case .fail(let problem)? = session.received(.pushRefused(refusal), replicas: replicas, knowledge).first { failed = problem }
            }
            _ = goOn()
        }
        #expect(failed == .streamRefused)
    }
}
