import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import Testing

@testable import SeamarkClient

/// An order to wipe, between shipped stores and sessions: what the device keeps of it, and whom it believes.
@Suite struct WipeOrderTests {
    private func scene() throws -> BothEnds {
        let ends = try BothEnds(laptops: 1)
        try ends.sync(0)
        try ends.name("Harbour", by: 0)
        try ends.sync(0)
        try ends.name("Quay", by: 0)
        return ends
    }

    private func order(_ ends: BothEnds) throws {
        let id = ends.laptops[0].name.device
        try ends.store.write { transaction in
            try transaction.revokeDevice(id, at: 5)
            try transaction.orderWipe(of: id, at: 6)
        }
    }

    /// Another order than the server's in its greeting.
    private func swapped(_ make: @escaping (Message.WipeOrder) -> Message.WipeOrder) -> (Message) -> Message {
        { message in
            guard case .welcome(let it) = message, let wipe = it.wipe else { return message }
            return .welcome(
                Message.Welcome(
                    schema: it.schema, leastSchema: it.leastSchema, leastReadSchema: it.leastReadSchema, epoch: it.epoch, time: it.time, role: it.role,
                    serverKey: it.serverKey, scopes: it.scopes, revoked: it.revoked, compares: it.compares, wipe: make(wipe)))
        }
    }

    private func cause(_ body: () throws -> Void) -> SyncProblem? {
        do { try body() } catch let failure as SyncRun.Failure {
            if case .sync(let problem) = failure.cause { return problem }
        } catch {}
        return nil
    }

    @Test func `an order is durable with the greeting, ends capturing, and what waits is handed in`() throws {
        let ends = try scene()
        try order(ends)
        let cursor = try ends.laptops[0].replica.cursor
        let report = try ends.sync(0)
        #expect(report.outcome.mustBeWiped && report.outcome.held == [BothEnds.scope])
        #expect(try ends.store.read { try $0.quarantine() }.count == 1)
        try ends.reopen(0)
        let device = ends.laptops[0].device
        let wipe = try #require(try device.orderedWipe)
        #expect(wipe.ordered == 6 && wipe.contacts == 1)
        #expect(try device.state.settings[.isRevoked] == .bool(true) && ends.laptops[0].replica.cursor == cursor)
        // What the server keeps in quarantine has no receipt, so only a sync that got to its end says that nothing waits.
        #expect(try !wipe.isDue(device.state) && wipe.isDue(device.state, handedIn: true))
        let unsent = try device.state.unsentCount
        #expect(throws: Device.Refused.self) { try ends.name("Pier", by: 0) }
        #expect(try device.state.unsentCount == unsent)
    }

    @Test func `an order that somebody else signed, or for somebody else, is not noted down, and the laptop goes on as before`() throws {
        let forger = try SigningKey.generate()
        let id = try scene().laptops[0].name.device
        let forgeries: [(Message.WipeOrder) -> Message.WipeOrder] = [
            // By a key that the tenant's authority did not sign.
            { order in
                let key = Message.ServerKey(epoch: order.serverKey.epoch, device: order.serverKey.device, key: forger.publicKey, signature: order.serverKey.signature)
                return Message.WipeOrder(to: id, of: BothEnds.tenant, ordered: 6, serverKey: key, signer: forger)
            },
            // By another than the key that it names.
            { Message.WipeOrder(to: id, of: BothEnds.tenant, ordered: 6, serverKey: $0.serverKey, signer: forger) },
            // Given at another time.
            { Message.WipeOrder(ordered: 7, serverKey: $0.serverKey, signature: $0.signature) },
        ]
        for (number, forge) in forgeries.enumerated() {
            let ends = try scene()
            try order(ends)
            #expect(cause { try ends.sync(0, tamper: swapped(forge)) } == .forgedOrder, "\(number)")
            try ends.reopen(0)
            let state = try ends.laptops[0].device.state
            #expect(state.settings[.wipeOrder] == nil && state.settings[.isRevoked] == nil && state.unsentCount == 1, "\(number)")
            try ends.name("Pier", by: 0)
            // At the renewal door the device looks at it likewise.
            let device = ends.laptops[0].device
            let run = SyncRun(device, try device.state.identity, .none, stop: .never) { _ in }
            let genuine = try #require(try ends.session(of: 0).welcome().wipe)
            #expect(cause { try device.dismissed(with: forge(genuine), run.knowledge()) } == .forgedOrder, "\(number)")
            #expect(try device.orderedWipe == nil)
            try device.dismissed(with: genuine, run.knowledge())
            #expect(try device.orderedWipe?.contacts == 1 && device.state.settings[.isRevoked] == .bool(true))
        }
    }

    @Test func `each contact leaves less patience, and a server that has forgotten the order does not take it back`() throws {
        let ends = try scene()
        try order(ends)
        // Cut each time when the server has greeted.
        for contact in Int64(1)...4 {
            var isFirst = true
            _ = try? ends.sync(0) { message in
                guard !isFirst else {
                    isFirst = false
                    return message
                }
                return .problem(Problem(.serverFault, "cut"))
            }
            let device = ends.laptops[0].device
            let wipe = try #require(try device.orderedWipe)
            #expect(wipe.contacts == min(contact, 3) && wipe.ordered == 6)
            #expect(try wipe.isDue(device.state) == (contact >= 3))
        }
        let forgetful = try scene()
        try forgetful.laptops[0].device.store.transaction { try $0.append(.setting(.wipeOrder, .group([.init(1, .int(6)), .init(2, .int(1))]))) }
        let report = try forgetful.sync(0)
        #expect(report.outcome.mustBeWiped && report.outcome.pulledEntries == 0 && report.outcome.pushedChanges == 1)
        #expect(try forgetful.laptops[0].device.orderedWipe?.contacts == 2)
        // What cannot be read is an order that waits for nothing.
        #expect(try OrderedWipe(.int(3)).map { try $0.isDue(scene().laptops[0].device.state) } == true)
    }
}
