import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// A colleague who enrolled while this device was pulling: `shared` holds the key only when it is pulled again.
@Suite struct LateColleagueTests {
    private static let primitives = Voyage.primitives
    private static let shared = Identifier(high: 0x5a, low: 1)
    private static let me = Clash.device(1)

    /// A session that has pulled nothing yet, of a device that holds both scopes and knows the keys in `known`.
    private struct Scene {
        var server = Voyage.server()
        var directory = ModelServer(scope: LateColleagueTests.shared, epoch: 1, signer: Voyage.serverKey, LateColleagueTests.primitives)
        var replicas: [Identifier: Replica] = [:]
        var session = SyncSession(device: SyncSession.Device(id: me, tenant: .zero, software: "test", schema: 1), now: 0)
        var isKnown = false

        init() throws {
            var author = SyncSessionTests.afloat(&server, 2, number: 2)
            guard SyncSessionTests.run(&author, &server).end.isFinished else { throw Problem(.unexpected, "no log") }
            for scope in [shared, Voyage.scope] {
                replicas[scope] = Replica(stream: StreamName(device: me, incarnation: 7, scope: scope), epoch: 1)
            }
            let welcome = Message.Welcome(
                schema: 1, leastSchema: 1, epoch: 1, time: 0, role: 1,
                serverKey: Message.ServerKey(epoch: 1, device: Voyage.serverDevice, key: Voyage.serverKey.publicKey, signature: [1]),
                scopes: [
                    Message.ScopeStatus(scope: shared, kind: .shared, staffed: true, place: .beginning, digest: .zero, streams: []),
                    Message.ScopeStatus(
                        scope: Voyage.scope, kind: .engagement, staffed: true, place: server.place, digest: server.state.digest, streams: []),
                ], revoked: false)
            _ = receive(.welcome(welcome))
        }

        var knowledge: SyncSession.Knowledge {
            let isKnown = isKnown
            return SyncSession.Knowledge(
                primitives: primitives, isGenuine: { _ in true }, signingKey: { _ in isKnown ? Voyage.key(2).publicKey : nil })
        }

        mutating func receive(_ message: Message) -> [String] {
            var told: [String] = []
            var actions = session.received(message, replicas: replicas, knowledge)
            repeat {
                for action in actions {
                    switch action {
                    case .send(.pull(let pull)): told.append(pull.scope == shared ? "pull shared" : "pull")
                    case .send: told.append("send")
                    case .store(let scope, let events):
                        for event in events { replicas[scope]?.apply(event, primitives) }
                        told.append("store")
                    case .fail(let problem): told.append("fail \(problem)")
                    case .finish: told.append("finish")
                    case .adopt: told.append("adopt")
                    case .add, .begin, .rebuild, .rederive, .seal, .push, .donate, .offer, .leave: told.append("something else")
                    }
                }
                actions = session.advance(replicas)
            } while !actions.isEmpty
            return told
        }

        /// What the server answers to a pull of the engagement.
        func entries() -> Message {
            let entries = server.log.map { entry, block in
                Message.Entry(entry: entry, block: block?.bytes, sensitive: SensitivePart.encode(block?.sensitiveParts ?? [], primitives))
            }
            return .entries(
                Message.Entries(
                    scope: Voyage.scope, after: 0, entries: entries, place: server.place, digest: server.state.digest,
                    signature: server.signed(server.place).signature))
        }

        /// `shared` as it is now: with one more record, or with nothing new.
        mutating func sharedEntries(new: Bool) -> Message {
            guard new else {
                return .entries(Message.Entries(scope: shared, after: 0, entries: [], place: .beginning, digest: .zero))
            }
            let edit = Edit(record: Clash.device(2), type: 3, target: .field(11), content: .open(.bytes(Voyage.key(2).publicKey)), supersedes: [])
            let change = Change(
                scope: shared, stamp: Stamp(time: 1, device: Voyage.serverDevice), member: Voyage.serverDevice, schema: 1, edits: [edit],
                primitives: primitives)
            let block = Block.seal(
                [change], in: StreamName(device: Voyage.serverDevice, incarnation: 1, scope: shared), after: .beginning, by: Voyage.serverKey, primitives)
            _ = directory.push(block, received: 5)
            return .entries(
                Message.Entries(
                    scope: shared, after: 0, entries: [Message.Entry(entry: directory.log[0].entry, block: block.bytes, sensitive: [])],
                    place: directory.place, digest: directory.state.digest, signature: directory.signed(directory.place).signature))
        }
    }

    @Test func `has the shared scope pulled again, and then the entries, in the same sync`() throws {
        var scene = try Scene()
        #expect(scene.receive(scene.entries()) == ["pull shared"])
        scene.isKnown = true
        #expect(scene.receive(scene.sharedEntries(new: true)) == ["store", "pull"])
        #expect(scene.receive(scene.entries()) == ["store", "finish"])
        #expect(scene.replicas[Voyage.scope]?.confirmed.digest == scene.server.state.digest)
    }

    @Test func `is asked for once: an author whom shared does not name then is an error`() throws {
        var scene = try Scene()
        #expect(scene.receive(scene.entries()) == ["pull shared"])
        #expect(scene.receive(scene.sharedEntries(new: false)) == ["pull"])
        #expect(scene.receive(scene.entries()) == ["fail badEntry(scope: \(Voyage.scope), position: 1, SeamarkProtocol.SyncProblem.Entry.unknownAuthor)"])
    }
}
