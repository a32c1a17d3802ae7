import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// An order to wipe a device, as the session machines of both ends take it.
@Suite struct WipeTests {
    /// A device that has read a log, holds work that waits, and lacks what a colleague wrote since.
    private func scene() -> (voyage: Voyage, ship: Voyage.Ship, server: ModelServer) {
        var voyage = Voyage(seed: 3)
        var server = Voyage.server()
        var (ann, bob) = (Voyage.Ship(0), Voyage.Ship(1))
        var clash = Clash(seed: 3, Voyage.primitives)
        _ = voyage.sync(&ann, &server)
        _ = voyage.sync(&bob, &server)
        for _ in 0..<5 { _ = ann.capture(&clash, now: 10) }
        for _ in 0..<3 { _ = bob.capture(&clash, now: 11) }
        _ = voyage.sync(&bob, &server)
        voyage.transcript = []
        return (voyage, ann, server)
    }

    private func order(to ship: Voyage.Ship) -> (device: Identifier, tenant: Identifier, key: SigningKey) { (ship.id, .zero, Voyage.serverKey) }

    @Test func `a device that is to be wiped hands in all that waits first, and reads nothing`() {
        var (voyage, ann, server) = scene()
        (voyage.isRevoked, voyage.wipes) = (true, order(to: ann))
        let cursor = ann.replicas[Voyage.scope]?.cursor
        guard case .finished(let outcome) = voyage.sync(&ann, &server) else {
            Issue.record("it did not get to its end: \(voyage.transcript)")
            return
        }
        #expect(outcome.mustBeWiped && outcome.revoked && outcome.pushedChanges == 5 && outcome.pulledEntries == 0)
        #expect(ann.replicas[Voyage.scope]?.unsentCount == 0 && ann.replicas[Voyage.scope]?.cursor == cursor)
        #expect(!voyage.transcript.contains { $0.contains("pull") || $0.contains("entries") })
    }

    @Test func `cut after any message it has read nothing, and the next sync hands in the rest`() {
        var end = 0
        for budget in 0..<60 {
            var (voyage, ann, server) = scene()
            (voyage.isRevoked, voyage.wipes, voyage.budget) = (true, order(to: ann), budget)
            let cursor = ann.replicas[Voyage.scope]?.cursor
            let first = voyage.sync(&ann, &server)
            // The order is noted down with the greeting, before anything is said or sent.
            if budget > 0 { #expect(voyage.transcript.prefix(2) == ["<welcome", "adopt"]) }
            #expect(ann.replicas[Voyage.scope]?.cursor == cursor, "\(budget): it read")
            (voyage.budget, voyage.mustBeWiped) = (.max, true)
            guard case .finished(let outcome) = voyage.sync(&ann, &server) else {
                Issue.record("\(budget): \(voyage.transcript)")
                return
            }
            // A receipt that was lost is not told again to whoever reads nothing: what counts is what the server has.
            #expect(ann.replicas[Voyage.scope]?.fresh.isEmpty == true && ann.blocks.keys.allSatisfy { hash in server.log.contains { $0.block?.hash == hash } }, "\(budget)")
            #expect(outcome.mustBeWiped && ann.replicas[Voyage.scope]?.cursor == cursor, "\(budget)")
            if case .finished = first {
                end = budget
                break
            }
        }
        #expect(end > 5)
    }

    @Test func `work that the server has no place for is not taken for handed in`() {
        var (voyage, ann, server) = scene()
        (voyage.isRevoked, voyage.wipes, server.isStaffed) = (true, order(to: ann), false)
        voyage.tamper = { message in
            guard case .pushRefused(let it) = message else { return message }
            return .pushRefused(Message.PushRefusal(scope: it.scope, block: it.block, code: .unknownScope, end: it.end))
        }
        guard case .finished(let outcome) = voyage.sync(&ann, &server) else {
            Issue.record("it did not get to its end")
            return
        }
        #expect(outcome.mustBeWiped && outcome.untaken == [Voyage.scope])
    }

    @Test func `an order that was noted down stands, also where the server has forgotten it and greets as ever`() {
        var (voyage, ann, server) = scene()
        voyage.mustBeWiped = true
        let cursor = ann.replicas[Voyage.scope]?.cursor
        guard case .finished(let outcome) = voyage.sync(&ann, &server) else {
            Issue.record("it did not get to its end")
            return
        }
        #expect(outcome.mustBeWiped && outcome.revoked && ann.replicas[Voyage.scope]?.unsentCount == 0 && ann.replicas[Voyage.scope]?.cursor == cursor)
    }

    @Test func `an order that the tenant did not sign, or that is for another device, tenant or standing, is refused and nothing is noted`() {
        let forger = Voyage.key(77)
        for (number, isRevoked) in [(0, true), (1, true), (2, true), (3, false)] {
            var (voyage, ann, server) = scene()
            voyage.isRevoked = isRevoked
            voyage.wipes = [
                (ann.id, .zero, forger), (Clash.device(1), .zero, Voyage.serverKey), (ann.id, Identifier(high: 1, low: 1), Voyage.serverKey),
                order(to: ann),
            ][number]
            #expect(voyage.sync(&ann, &server) == .failed(.forgedOrder), "\(number)")
            #expect(voyage.transcript == ["<welcome"], "\(number): \(voyage.transcript)")
        }
        // One bit of the signature, or another time.
        for bit in 0..<2 {
            var (voyage, ann, server) = scene()
            (voyage.isRevoked, voyage.wipes) = (true, order(to: ann))
            voyage.tamper = { message in
                guard case .welcome(let it) = message, let wipe = it.wipe else { return message }
                var signature = wipe.signature
                if bit == 0 { signature[7] ^= 1 }
                return .welcome(
                    Message.Welcome(
                        schema: it.schema, leastSchema: it.leastSchema, epoch: it.epoch, time: it.time, role: it.role, serverKey: it.serverKey,
                        scopes: it.scopes, revoked: true, wipe: Message.WipeOrder(ordered: wipe.ordered + Int64(bit), serverKey: wipe.serverKey, signature: signature)))
            }
            #expect(voyage.sync(&ann, &server) == .failed(.forgedOrder))
        }
    }

    // MARK: The server's side

    private func welcome(revoked: Bool, wipe: Int64? = nil) -> Message.Welcome {
        let key = Message.ServerKey(epoch: 1, device: Voyage.serverDevice, key: Voyage.serverKey.publicKey, signature: [1])
        return Message.Welcome(
            schema: 1, leastSchema: 1, epoch: 1, time: 0, role: 1, serverKey: key, scopes: [], revoked: revoked,
            wipe: wipe.map { Message.WipeOrder(to: Clash.device(0), of: .zero, ordered: $0, serverKey: key, signer: Voyage.serverKey) })
    }

    private func session(_ welcome: Message.Welcome) -> ServerSession {
        var session = ServerSession()
        _ = session.began()
        _ = session.welcomed(welcome)
        return session
    }

    @Test func `whoever was greeted without the order hears that it must come again, also one that hands in as revoked`() {
        for revoked in [false, true] {
            var session = session(welcome(revoked: revoked))
            #expect(session.dismissed(.revoked).isEmpty == revoked)
            if revoked { #expect(session.dismissed(.toBeWiped).count == 1) }
            #expect(session.isClosed)
        }
        var told = session(welcome(revoked: true, wipe: 5))
        #expect(told.dismissed(.toBeWiped).isEmpty && told.dismissed(.revoked).isEmpty && !told.isClosed)
    }

    @Test func `a watching device's greeting is outdated by an order`() {
        var session = session(welcome(revoked: true))
        #expect(session.received(.watch) == [.look])
        guard case .close(let problem)? = session.looked(welcome(revoked: true, wipe: 5)).last else {
            Issue.record("it goes on")
            return
        }
        #expect(problem?.code == .greetingOutdated)
    }

    @Test func `the word that a device is wiped is answered by closing, once it is noted`() {
        var session = session(welcome(revoked: true, wipe: 5))
        let status = Message.Status(time: 0, software: "test", schema: 1, scopes: [], isWiped: true)
        #expect(session.received(.status(status)) == [.note(status)])
        #expect(session.noted(.wiped) == [.close(nil)])
    }
}
