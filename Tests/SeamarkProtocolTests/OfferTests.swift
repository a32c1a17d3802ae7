import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

/// What a device offers again because the server keeps it outside the log.
@Suite struct OfferTests {
    private static let primitives = SystemPrimitives()
    private static let device = Identifier(high: 2, low: 2)
    private static let colleague = Identifier(high: 2, low: 3)
    private static let epoch: UInt64 = 7
    private static let scopes = [Identifier(high: 1, low: 1), Identifier(high: 1, low: 2)]

    @Test func `what is offered again waits until every log is read, and is offered once`() throws {
        let (server, other) = (try SigningKey.generate(), try SigningKey.generate())
        let primitives = Self.primitives
        var replicas: [Identifier: Replica] = [:]
        for scope in Self.scopes { replicas[scope] = Replica(stream: StreamName(device: Self.device, incarnation: 5, scope: scope), epoch: Self.epoch) }
        // The first log lacks by now what this device read of it without its words; the second has an entry that is still to be read.
        let words = SensitiveValue(salt: Identifier(high: 7, low: 7), value: .text("words of nobody"))
        let edit = Edit(record: Identifier(high: 3, low: 1), type: 30, target: .field(10), content: .withheld(leaf: SensitiveTree.leaf(words, primitives)))
        let said = Change(
            scope: Self.scopes[0], stamp: Stamp(time: 1, device: Self.colleague), member: Identifier(high: 4, low: 4), schema: 1, edits: [edit], primitives: primitives)
        let block = Block.seal(
            [said], in: StreamName(device: Self.colleague, incarnation: 1, scope: Self.scopes[0]), after: .beginning, by: other, primitives)
        replicas[Self.scopes[0]]?.apply(.learnt(LogEntry(content: .block(block.hash), verdicts: [.accepted], received: 2), block), primitives)
        replicas[Self.scopes[0]]?.apply(.rebuilt(epoch: Self.epoch), primitives)
        let release = LogEntry(content: .release([said.id]), verdicts: [], received: 3)
        let place = LogPlace(position: 1, hash: release.logHash(after: LogPlace.beginning.hash, primitives))

        let knowledge = SyncSession.Knowledge(primitives: primitives, isGenuine: { _ in true }, signingKey: { _ in nil })
        var session = SyncSession(
            device: SyncSession.Device(id: Self.device, tenant: Identifier(high: 9, low: 9), software: "test", schema: 1), now: 0)
        let welcome = Message.Welcome(
            schema: 1, leastSchema: 1, epoch: Self.epoch, time: 0, role: 1,
            serverKey: Message.ServerKey(epoch: Self.epoch, device: Identifier(high: 8, low: 8), key: server.publicKey, signature: []),
            scopes: zip(Self.scopes, [LogPlace.beginning, place]).map {
                Message.ScopeStatus(scope: $0, kind: .engagement, staffed: true, place: $1, digest: .zero, streams: [])
            }, revoked: false)
        _ = session.received(.welcome(welcome), replicas: replicas, knowledge)
        // Until it is the server's turn.
        func goOn() -> [String] {
            var told: [String] = []
            while true {
                let actions = session.advance(replicas)
                for action in actions {
                    switch action {
                    case .send(.status): told.append("status")
                    case .send(.pull(let pull)): told.append("pull \(pull.scope.low)")
                    case .offer(let scope, let known): told.append("offer \(scope.low) behind \(known.map(\.position))")
                    case .finish: return told + ["finish"]
                    case .send, .adopt, .add, .begin, .rebuild, .donate, .rederive, .leave, .seal, .push, .store, .fail: told.append("\(action)")
                    }
                }
                if actions.isEmpty { return told }
            }
        }
        #expect(goOn() == ["status", "pull 2"])
        let entries = Message.Entries(
            scope: Self.scopes[1], after: 0, entries: [Message.Entry(entry: release, block: nil, sensitive: [])], place: place, digest: .zero)
        for case .store(let scope, let events) in session.received(.entries(entries), replicas: replicas, knowledge) {
            for event in events { replicas[scope]?.apply(event, primitives) }
        }
        #expect(goOn() == ["offer 1 behind [0]"])
        let donated = Message.Donated(
            scope: Self.scopes[0], contains: true, isLast: true,
            place: SignedPlace(epoch: Self.epoch, scope: Self.scopes[0], place: .beginning, signer: server),
            end: Message.KnownStream(incarnation: 5, end: .beginning), isCopyReleased: false)
        #expect(session.received(.donated(donated), replicas: replicas, knowledge).isEmpty)
        #expect(goOn() == ["finish"])
    }
}
