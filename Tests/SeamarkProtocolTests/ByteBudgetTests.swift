import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// Syncs that may move so many bytes, over a line that counts them.
@Suite struct ByteBudgetTests {
    /// A device with work of its own, a server with work of others; alike for equal seeds. `isSealed`: what the device has lies in blocks
    /// already, of up to five changes, as after a sync that was cut.
    private static func apart(_ seed: UInt64, isSealed: Bool = false) -> (ship: Voyage.Ship, server: ModelServer) {
        var server = Voyage.server()
        var ship = SyncSessionTests.afloat(&server, 17, seed: seed)
        while isSealed, let replica = ship.replicas[Voyage.scope], !replica.fresh.isEmpty {
            let block = Block.seal(Array(replica.fresh.prefix(5)), in: replica.stream, after: replica.end, by: ship.key, Voyage.primitives)
            ship.blocks[block.hash] = block
            ship.take(.sealed(block))
        }
        var other = SyncSessionTests.afloat(&server, 23, number: 2, seed: seed)
        var voyage = Voyage(seed: seed)
        _ = voyage.sync(&other, &server)
        return (ship, server)
    }

    private static func sync(_ ship: inout Voyage.Ship, _ server: inout ModelServer, limit: Int?) -> (outcome: SyncSession.Outcome?, bytes: Int, said: [String]) {
        var voyage = Voyage(seed: 7)
        voyage.limit = limit
        let end = voyage.sync(&ship, &server)
        return (end.outcome, voyage.bytes, voyage.transcript)
    }

    @Test(arguments: [false, true])
    func `no sync moves more than it may, and what it did not begin it says`(isSealed: Bool) throws {
        let seed: UInt64 = 1
        var whole = Self.apart(seed, isSealed: isSealed)
        let all = Self.sync(&whole.ship, &whole.server, limit: nil)
        // The greeting and the Status pass whatever the limit: whoever connects asks for more than these.
        var idle = Self.apart(seed, isSealed: isSealed)
        let opening = Self.sync(&idle.ship, &idle.server, limit: 0)
        #expect(opening.said.allSatisfy { ["<welcome", "adopt", ">status"].contains($0) } && opening.outcome?.shortfall != nil)
        for limit in stride(from: 0, through: all.bytes + 4000, by: 173) {
            var (ship, server) = Self.apart(seed, isSealed: isSealed)
            let one = Self.sync(&ship, &server, limit: limit)
            let outcome = try #require(one.outcome)
            #expect(one.bytes <= max(limit, opening.bytes), "at most \(limit)")
            let isWhole = ship.replicas[Voyage.scope]?.cursor == server.place && ship.replicas[Voyage.scope]?.unsentCount == 0
            if outcome.shortfall == nil { #expect(isWhole, "it said that nothing was left") }
            if limit > all.bytes + 3000 { #expect(outcome.shortfall == nil) }
        }
    }

    @Test(arguments: UInt64(0)..<2)
    func `syncs one after the other end where one without a limit does`(seed: UInt64) throws {
        var whole = Self.apart(seed)
        _ = Self.sync(&whole.ship, &whole.server, limit: nil)
        for limit in [3500, 4200, 6000, 12_000] {
            var (ship, server) = Self.apart(seed)
            var rounds = 0
            while rounds < 100 {
                rounds += 1
                let one = Self.sync(&ship, &server, limit: limit)
                #expect(one.bytes <= limit)
                if try #require(one.outcome).shortfall == nil { break }
            }
            #expect(rounds < 100 && (limit > 6000 || rounds > 1), "\(rounds) syncs of \(limit) bytes")
            #expect(server.state.digest == whole.server.state.digest)
            #expect(ship.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
            #expect(ship.replicas[Voyage.scope]?.unsentCount == 0)
        }
    }

    @Test func `blocks go up before entries come down`() throws {
        var (ship, server) = Self.apart(1)
        let said = Self.sync(&ship, &server, limit: 100_000).said
        let lastPush = try #require(said.lastIndex(of: ">push"))
        let firstPull = try #require(said.firstIndex(of: ">pull"))
        #expect(lastPush < firstPull)
    }

    @Test func `the shortfall is what the next step takes, and with so much more it is taken`() throws {
        var (ship, server) = Self.apart(2)
        let idle = Self.sync(&ship, &server, limit: 0)
        guard case .bytes(let next)? = idle.outcome?.shortfall else { return #expect(Bool(false), "\(String(describing: idle.outcome))") }
        // What is captured is sealed now as far as there is room.
        let more = Self.sync(&ship, &server, limit: idle.bytes + next + 200)
        #expect(try #require(more.outcome).pushedBlocks > 0)
    }

    @Test func `what is not done in parts is left whole, and said`() throws {
        var (ship, server) = Self.apart(1)
        _ = Self.sync(&ship, &server, limit: nil)
        server.epoch = 5
        let one = Self.sync(&ship, &server, limit: 1_000_000)
        #expect(try #require(one.outcome).shortfall == .notInParts)
        #expect(!one.said.contains { $0.hasPrefix(">donate") })
        #expect(Self.sync(&ship, &server, limit: nil).outcome?.shortfall == nil)
        #expect(Self.sync(&ship, &server, limit: 1_000_000).outcome?.shortfall == nil)
    }

    @Test func `an answer that is said to be too long for what was allowed, and is not, is not believed`() throws {
        var (ship, server) = Self.apart(1)
        var voyage = Voyage(seed: 7)
        voyage.limit = 100_000
        voyage.tamper = { message in
            guard case .entries(let it) = message else { return message }
            return .entries(Message.Entries(scope: it.scope, after: it.after, entries: [], place: it.place, digest: it.digest, nextAtMost: 300))
        }
        guard case .failed(.unexpected) = voyage.sync(&ship, &server) else { return #expect(Bool(false), "it was believed") }
    }

    // MARK: Forecasts

    @Test func `a forecast counts the entries that come and asks for none of them`() throws {
        var (ship, server) = Self.apart(4)
        let knowledge = SyncSession.Knowledge(primitives: Voyage.primitives, isGenuine: { $0.key == Voyage.serverKey.publicKey }, signingKey: { _ in nil })
        let voyage = Voyage(seed: 4)
        var session = ForecastSession()
        let asked = session.received(voyage.welcome(server, to: ship), replicas: ship.replicas, knowledge)
        guard case .send(.pull(let pull))? = asked.first, asked.count == 1, pull.isForecast else { return #expect(Bool(false), "\(asked)") }
        let news = Message.ScopeNews(scope: Voyage.scope, place: server.place, digest: server.state.digest, bytes: 5000)
        guard case .finish(let forecast)? = session.received(.news(Message.News(scopes: [news])), replicas: ship.replicas, knowledge).first else {
            return #expect(Bool(false), "it goes on")
        }
        let scope = try #require(forecast.scopes[Voyage.scope])
        #expect(scope.entries == server.log.count && scope.bytes > 5000 && !forecast.isRestored)
        #expect(Self.sync(&ship, &server, limit: nil).outcome?.pulledEntries == scope.entries + ship.replicas[Voyage.scope]!.blocks.count)
        // When all is there nothing is asked.
        var idle = ForecastSession()
        guard case .finish(let none)? = idle.received(voyage.welcome(server, to: ship), replicas: ship.replicas, knowledge).first else {
            return #expect(Bool(false), "something is asked")
        }
        #expect(none.scopes[Voyage.scope]?.entries == 0 && none.scopes[Voyage.scope]?.bytes == 0)
    }

    @Test func `a forecast believes no server whose key is not endorsed, and nothing that it did not ask for`() {
        let (ship, server) = Self.apart(4)
        let voyage = Voyage(seed: 4)
        let stranger = SyncSession.Knowledge(primitives: Voyage.primitives, isGenuine: { _ in false }, signingKey: { _ in nil })
        var session = ForecastSession()
        guard case .fail(.forgedServerKey)? = session.received(voyage.welcome(server, to: ship), replicas: ship.replicas, stranger).first else {
            return #expect(Bool(false), "it was believed")
        }
        let knowledge = SyncSession.Knowledge(primitives: Voyage.primitives, isGenuine: { _ in true }, signingKey: { _ in nil })
        var other = ForecastSession()
        _ = other.received(voyage.welcome(server, to: ship), replicas: ship.replicas, knowledge)
        let news = Message.ScopeNews(scope: .zero, place: server.place, digest: server.state.digest, bytes: 1)
        guard case .fail(.unexpected)? = other.received(.news(Message.News(scopes: [news])), replicas: ship.replicas, knowledge).first else {
            return #expect(Bool(false), "it was believed")
        }
    }
}
