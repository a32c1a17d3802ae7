import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// Watching, as transcripts: the server's session tells what has grown, the device's pulls it.
@Suite struct WatchTests {
    static let scope = Voyage.scope
    static let other = Identifier(high: 7, low: 7)

    static func place(_ position: UInt64) -> LogPlace {
        LogPlace(position: position, hash: position == 0 ? .zero : Hash256(bytes: Array(repeating: UInt8(position), count: 32))!)
    }

    static func welcome(_ position: UInt64, role: UInt32 = 1, staffed: Bool = true, epoch: UInt64 = 1, revoked: Bool = false, with other: Bool = false) -> Message.Welcome {
        let key = Message.ServerKey(epoch: epoch, device: Voyage.serverDevice, key: Voyage.serverKey.publicKey, signature: [1])
        func status(_ scope: Identifier, _ staffed: Bool) -> Message.ScopeStatus {
            Message.ScopeStatus(scope: scope, kind: .engagement, staffed: staffed, place: place(position), digest: .zero, streams: [])
        }
        return Message.Welcome(
            schema: 1, leastSchema: 1, epoch: epoch, time: Int64(position), role: role, serverKey: key,
            scopes: [status(scope, staffed)] + (other ? [status(self.other, true)] : []), revoked: revoked)
    }

    static func news(_ positions: [UInt64]) -> ServerSession.Action {
        .send(.news(Message.News(scopes: positions.map { Message.ScopeNews(scope: scope, place: place($0), digest: .zero) })))
    }

    static func entries(_ after: UInt64, _ position: UInt64) -> ServerSession.PullAnswer {
        .entries(Message.Entries(scope: scope, after: after, entries: [], place: place(position), digest: .zero))
    }

    static func watching(_ position: UInt64 = 1) -> ServerSession {
        var session = ServerSession()
        _ = session.began()
        _ = session.welcomed(welcome(position))
        #expect(session.received(.watch) == [.look])
        #expect(session.looked(welcome(position)) == [news([])])
        return session
    }

    static let pull = Message.pull(Message.Pull(scope: scope, cursor: place(1), credit: 1, ownIncarnation: 0))

    @Test func `who does not watch is told nothing`() {
        var session = ServerSession()
        _ = session.began()
        _ = session.welcomed(Self.welcome(1))
        #expect(session.woken().isEmpty)
    }

    @Test func `a commit is told once, and the next when the device has pulled`() {
        var session = Self.watching()
        #expect(session.woken() == [.look])
        #expect(session.looked(Self.welcome(2)) == [Self.news([2])])
        // Another commit; the device has not pulled yet, and is not told again.
        #expect(session.woken() == [.look])
        #expect(session.looked(Self.welcome(3)).isEmpty)
        _ = session.received(Self.pull)
        // The pull was answered from before the third: then it is told.
        guard session.pulled(Self.entries(1, 2)).last == .look else { return #expect(Bool(false), "the third entry is never told") }
        #expect(session.looked(Self.welcome(3)) == [Self.news([3])])
        _ = session.received(Self.pull)
        #expect(session.pulled(Self.entries(2, 3)).count == 1)
        #expect(session.woken() == [.look])
        #expect(session.looked(Self.welcome(3)).isEmpty, "what was pulled is no news")
    }

    @Test func `news that overtake the receipt of the same entry do not keep back the next`() {
        var session = Self.watching()
        _ = session.received(.push(Message.Push(scope: Self.scope, block: [1], sensitive: [])))
        // A look that was under way saw the device's own entry before its receipt was out.
        #expect(session.woken() == [.look])
        #expect(session.looked(Self.welcome(2)) == [Self.news([2])])
        let receipt = Receipt(epoch: 1, scope: Self.scope, place: Self.place(2), block: .zero, verdicts: [], received: 0, signature: [])
        // The device's cursor follows the receipt, and it has nothing to pull.
        #expect(session.pushed(.receipt(receipt)) == [.send(.receipt(receipt))])
        #expect(session.woken() == [.look])
        #expect(session.looked(Self.welcome(3)) == [Self.news([3])])
        // A receipt of an entry before the news does not stand for it: it will be pulled.
        _ = session.received(.push(Message.Push(scope: Self.scope, block: [1], sensitive: [])))
        _ = session.pushed(.receipt(receipt))
        #expect(session.woken() == [.look])
        #expect(session.looked(Self.welcome(4)).isEmpty)
        _ = session.received(Self.pull)
        #expect(session.pulled(Self.entries(2, 3)).last == .look)
    }

    @Test func `what was withheld is looked for when the receipt has come`() {
        var session = Self.watching()
        _ = session.received(.push(Message.Push(scope: Self.scope, block: [1], sensitive: [])))
        #expect(session.woken() == [.look])
        #expect(session.looked(Self.welcome(2)) == [Self.news([2])])
        #expect(session.woken() == [.look])
        #expect(session.looked(Self.welcome(3)).isEmpty)
        let receipt = Receipt(epoch: 1, scope: Self.scope, place: Self.place(2), block: .zero, verdicts: [], received: 0, signature: [])
        #expect(session.pushed(.receipt(receipt)).last == .look)
        #expect(session.looked(Self.welcome(3)) == [Self.news([3])])
    }

    @Test func `a device that was greeted as revoked is left to hand in, and one that was not is told after its greeting`() {
        let code = { (actions: [ServerSession.Action]) -> Problem.Code? in if case .close(let problem)? = actions.last { problem?.code } else { nil } }
        var known = ServerSession()
        _ = known.began()
        _ = known.welcomed(Self.welcome(1, revoked: true))
        #expect(known.dismissed(.revoked).isEmpty && !known.isClosed)
        var open = Self.watching()
        #expect(code(open.dismissed(.revoked)) == .deviceRevoked)
        // Between the reading of the greeting and its sending.
        var early = ServerSession()
        _ = early.began()
        #expect(early.dismissed(.revoked).isEmpty)
        let actions = early.welcomed(Self.welcome(1))
        #expect(actions.first == .send(.welcome(Self.welcome(1))) && code(actions) == .deviceRevoked)
    }

    @Test func `what was committed between greeting and Watch is told`() {
        var session = ServerSession()
        _ = session.began()
        _ = session.welcomed(Self.welcome(1))
        #expect(session.received(.watch) == [.look])
        #expect(session.looked(Self.welcome(2)) == [Self.news([2])])
    }

    @Test func `one look at a time, and a commit during one is looked for after it`() {
        var session = Self.watching()
        #expect(session.woken() == [.look])
        #expect(session.woken().isEmpty && session.woken().isEmpty)
        #expect(session.looked(Self.welcome(2)) == [Self.news([2]), .look])
        #expect(session.looked(Self.welcome(2)).isEmpty)
    }

    @Test func `every Watch is answered, whether or not something grew`() {
        var session = Self.watching()
        #expect(session.received(.watch) == [.look])
        #expect(session.looked(Self.welcome(1)) == [Self.news([])])
    }

    @Test(arguments: [
        welcome(2, role: 2), welcome(2, staffed: false), welcome(2, epoch: 2), welcome(2, revoked: true), welcome(2, with: true),
    ])
    func `when role, staffing, epoch or revocation alter, the connection ends and nothing more is told`(now: Message.Welcome) {
        var session = Self.watching()
        #expect(session.woken() == [.look])
        let actions = session.looked(now)
        guard actions.count == 1, case .close(let problem)? = actions.first else { return #expect(Bool(false), "\(actions)") }
        #expect(problem?.code == .greetingOutdated)
        #expect(session.woken().isEmpty && session.isClosed)
    }

    // MARK: The device

    @Test func `a device asks once all is said, again after silence, and gives up on an answer only when no byte comes for long`() {
        var watch = DeviceWatch(keepAlive: 240, silence: 30)
        func next(_ isDue: Bool, _ bytes: Int, _ now: Int64) -> DeviceWatch.Step { watch.next(isAnswerDue: isDue, bytesReceived: bytes, now: now) }
        // The first sync, over a thin line: bytes come, if no message does.
        #expect(next(true, 0, 1000) == .wait)
        for step in 0..<10 { #expect(next(true, step, 1020 + Int64(step) * 20) == .wait) }
        #expect(next(false, 50, 1300) == .ask)
        #expect(next(true, 50, 1310) == .wait)
        #expect(next(false, 60, 1320) == .wait)
        #expect(next(false, 60, 1559) == .wait)
        #expect(next(false, 60, 1560) == .ask)
        #expect(next(true, 60, 1570) == .wait)
        // Nothing was due for long, so the answer has its time from now on.
        #expect(next(true, 60, 1599) == .wait)
        #expect(next(true, 60, 1600) == .giveUp)
        // A byte at the last moment.
        #expect(next(true, 61, 1600) == .wait)
    }

    /// A machine that slept, or a program that was stopped: the clock is far ahead at the next look, and what came meanwhile is read first.
    @Test(arguments: [30, 239, 240, 31_000, 90_000_000] as [Int64])
    func `a device that stood still asks at once where nothing was due, gives up what did not come, and what came is no silence`(slept: Int64) {
        func awake(_ due: Bool) -> DeviceWatch {
            var watch = DeviceWatch(keepAlive: 240, silence: 30)
            #expect(watch.next(isAnswerDue: false, bytesReceived: 50, now: 1000) == .ask)
            #expect(watch.next(isAnswerDue: true, bytesReceived: 50, now: 1000) == .wait)
            if !due { #expect(watch.next(isAnswerDue: false, bytesReceived: 60, now: 1000) == .wait) }
            return watch
        }
        let now = 1000 + slept
        var resting = awake(false)
        #expect(resting.next(isAnswerDue: false, bytesReceived: 60, now: now) == (slept >= 240 ? .ask : .wait))
        // However long it slept, an answer has its time from when it is asked for.
        #expect(resting.next(isAnswerDue: true, bytesReceived: 60, now: now) == .wait)
        #expect(resting.next(isAnswerDue: true, bytesReceived: 60, now: now + 29) == .wait)
        #expect(resting.next(isAnswerDue: true, bytesReceived: 60, now: now + 30) == .giveUp)
        var waiting = awake(true)
        #expect(waiting.next(isAnswerDue: true, bytesReceived: 50, now: now) == .giveUp)
        waiting = awake(true)
        #expect(waiting.next(isAnswerDue: true, bytesReceived: 51, now: now) == .wait)
        #expect(waiting.next(isAnswerDue: true, bytesReceived: 51, now: now + 29) == .wait)
        #expect(waiting.next(isAnswerDue: true, bytesReceived: 51, now: now + 30) == .giveUp)
        waiting = awake(true)
        #expect(waiting.next(isAnswerDue: false, bytesReceived: 60, now: now) == .wait, "the answer lay there")
    }

    @Test func `a watching device's push that crosses news of itself leaves nothing unread`() throws {
        var server = Voyage.server()
        var ann = SyncSessionTests.afloat(&server, 0)
        let knowledge = SyncSession.Knowledge(
            primitives: Voyage.primitives, isGenuine: { _ in true }, signingKey: { id in (0..<9).first { Clash.device($0) == id }.map { Voyage.key($0).publicKey } })
        let voyage = Voyage(seed: 5)
        var session = SyncSession(device: SyncSession.Device(id: ann.id, tenant: .zero, software: "test", schema: 1), now: 0)
        session.staysOpen = true
        func carry(_ actions: [SyncSession.Action]) -> [Message] {
            var answers: [Message] = []
            for action in actions {
                switch action {
                case .send(let message): answers += voyage.answer(message, &server, from: ann)
                case .seal:
                    guard let replica = ann.replicas[Self.scope] else { continue }
                    let block = Block.seal(Array(replica.fresh), in: replica.stream, after: replica.end, by: ann.key, Voyage.primitives)
                    ann.blocks[block.hash] = block
                    ann.take(.sealed(block))
                case .push(let scope, let blocks):
                    for hash in blocks { if let block = ann.blocks[hash] { answers += voyage.answer(.push(Voyage.push(block, of: scope)), &server, from: ann) } }
                case .store(_, let events): for event in events { ann.take(event) }
                case .adopt, .add, .begin, .rebuild, .donate, .offer, .rederive, .leave, .finish, .fail: continue
                }
            }
            return answers
        }
        func settle() -> [Message] {
            var answers: [Message] = []
            while true {
                let actions = session.advance(ann.replicas)
                if actions.isEmpty { return answers }
                answers += carry(actions)
            }
        }
        _ = carry(session.received(voyage.welcome(server, to: ann), replicas: ann.replicas, knowledge))
        _ = settle()
        _ = carry(session.watch())
        #expect(session.isWatchUnanswered)
        _ = session.received(.news(Message.News(scopes: [])), replicas: ann.replicas, knowledge)
        #expect(!session.isWatchUnanswered)
        var clash = Clash(seed: 3, Voyage.primitives)
        _ = ann.capture(&clash, now: 10)
        var answers = settle()
        let news = Message.News(scopes: [Message.ScopeNews(scope: Self.scope, place: server.place, digest: server.state.digest)])
        for message in [.news(news)] + answers { _ = carry(session.received(message, replicas: ann.replicas, knowledge)) }
        answers = settle()
        for message in answers { _ = carry(session.received(message, replicas: ann.replicas, knowledge)) }
        _ = settle()
        #expect(session.isResting && ann.replicas[Self.scope]?.cursor == server.place && ann.replicas[Self.scope]?.waiting.isEmpty == true)
    }

    @Test func `a device that watches pulls what the server tells, pushes what it captures, and never ends by itself`() throws {
        var server = Voyage.server()
        var ann = SyncSessionTests.afloat(&server, 0)
        var ben = SyncSessionTests.afloat(&server, 2, number: 2)
        let voyage = Voyage(seed: 5)
        let knowledge = SyncSession.Knowledge(
            primitives: Voyage.primitives, isGenuine: { _ in true }, signingKey: { id in (0..<9).first { Clash.device($0) == id }.map { Voyage.key($0).publicKey } })
        var session = SyncSession(device: SyncSession.Device(id: ann.id, tenant: .zero, software: "test", schema: 1), now: 0)
        session.staysOpen = true
        var inbox = [voyage.welcome(server, to: ann)]
        var said: [String] = []
        func carry(_ actions: [SyncSession.Action]) {
            for action in actions {
                switch action {
                case .send(let message):
                    said.append(Voyage.kind(message))
                    inbox += voyage.answer(message, &server, from: ann)
                case .store(let scope, let events): for event in events { ann.replicas[scope]?.apply(event, Voyage.primitives) }
                case .adopt: break
                case .finish, .fail, .add, .begin, .rebuild, .seal, .push, .donate, .offer, .rederive, .leave: said.append("\(action)")
                }
            }
        }
        func settle() {
            while true {
                let actions = session.advance(ann.replicas)
                if !actions.isEmpty {
                    carry(actions)
                } else if inbox.isEmpty {
                    return
                } else {
                    carry(session.received(inbox.removeFirst(), replicas: ann.replicas, knowledge))
                }
            }
        }
        carry(session.received(inbox.removeFirst(), replicas: ann.replicas, knowledge))
        settle()
        #expect(said == ["status"] && session.isResting)
        carry(session.watch())
        settle()
        #expect(said == ["status", "watch"] && session.isResting)
        #expect(SyncSessionTests.run(&ben, &server).end.isFinished)
        inbox = [.news(Message.News(scopes: [Message.ScopeNews(scope: Self.scope, place: server.place, digest: server.state.digest)]))]
        carry(session.received(inbox.removeFirst(), replicas: ann.replicas, knowledge))
        settle()
        #expect(said == ["status", "watch", "pull"] && session.isResting)
        #expect(ann.replicas[Self.scope]?.confirmed.digest == server.state.digest)
        #expect(session.outcome.since(SyncSession.Outcome()).pulledEntries == 1)
    }

    @Test func `news that come before the answer of a pull are not forgotten over it`() {
        var server = Voyage.server()
        let ann = SyncSessionTests.afloat(&server, 0)
        var ben = SyncSessionTests.afloat(&server, 2, number: 2)
        let knowledge = SyncSession.Knowledge(
            primitives: Voyage.primitives, isGenuine: { _ in true }, signingKey: { id in (0..<9).first { Clash.device($0) == id }.map { Voyage.key($0).publicKey } })
        let voyage = Voyage(seed: 5)
        var replicas = ann.replicas
        var session = SyncSession(device: SyncSession.Device(id: ann.id, tenant: .zero, software: "test", schema: 1), now: 0)
        session.staysOpen = true
        _ = session.received(voyage.welcome(server, to: ann), replicas: replicas, knowledge)
        while !session.advance(replicas).isEmpty {}
        _ = session.watch()
        func news() -> Message { .news(Message.News(scopes: [Message.ScopeNews(scope: Self.scope, place: server.place, digest: server.state.digest)])) }
        #expect(SyncSessionTests.run(&ben, &server).end.isFinished)
        _ = session.received(news(), replicas: replicas, knowledge)
        guard case .send(let pull)? = session.advance(replicas).first else { return #expect(Bool(false), "the news was not pulled") }
        let answer = voyage.answer(pull, &server, from: ann)
        var clash = Clash(seed: 9, Voyage.primitives)
        _ = ben.capture(&clash, now: 60)
        #expect(SyncSessionTests.run(&ben, &server, seed: 6).end.isFinished)
        _ = session.received(news(), replicas: replicas, knowledge)
        for action in session.received(answer[0], replicas: replicas, knowledge) {
            if case .store(let scope, let events) = action { for event in events { replicas[scope]?.apply(event, Voyage.primitives) } }
        }
        guard case .send(.pull)? = session.advance(replicas).first else { return #expect(Bool(false), "the second news was forgotten") }
    }

    @Test func `news that nobody asked for end the session`() {
        var server = Voyage.server()
        let ann = SyncSessionTests.afloat(&server, 0)
        let knowledge = SyncSession.Knowledge(primitives: Voyage.primitives, isGenuine: { _ in true }, signingKey: { _ in nil })
        var session = SyncSession(device: SyncSession.Device(id: ann.id, tenant: .zero, software: "test", schema: 1), now: 0)
        _ = session.received(Voyage(seed: 5).welcome(server, to: ann), replicas: ann.replicas, knowledge)
        guard case .fail(.unexpected)? = session.received(.news(Message.News(scopes: [])), replicas: ann.replicas, knowledge).first else {
            return #expect(Bool(false), "it was taken")
        }
    }
}
