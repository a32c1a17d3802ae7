import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import Testing

@testable import SeamarkClient

/// The server's signing key of a tenant is replaced: what a device makes of it, and of whoever has the former one. Shipped stores and sessions.
@Suite struct ServerKeyReplacementTests {
    private func scene() throws -> BothEnds {
        let ends = try BothEnds(laptops: 2)
        for laptop in [0, 1] { try ends.sync(laptop) }
        try ends.name("Harbour", by: 0)
        try ends.sync(0)
        return ends
    }

    private func cause(_ body: () throws -> Void) -> SyncProblem? {
        do { try body() } catch let failure as SyncRun.Failure {
            if case .sync(let problem) = failure.cause { return problem }
        } catch {}
        return nil
    }

    /// All that a device holds that is left when its program ends.
    private func held(_ ends: BothEnds) throws -> String {
        let state = try ends.laptops[0].device.state
        // That it was told something false is counted.
        return "\(state.settings.filter { $0.key != .findings }.sorted { $0.key < $1.key }) \(state.identity.serverSigningKey) \(try ends.laptops[0].replica.cursor) \(state.unsentCount)"
    }

    @Test func `a device hears of it with its next sync, reads its logs anew, and verifies what either key signed`() throws {
        let ends = try scene()
        let first = ends.signer.publicKey
        try ends.name("Quay", by: 0)
        try ends.replaceServerKey()
        let report = try ends.sync(0)
        #expect(report.outcome.rebuilt.contains(BothEnds.scope) && report.outcome.pushedChanges == 1)
        try ends.reopen(0)
        let state = try ends.laptops[0].device.state
        #expect(state.identity.serverSigningKey == ends.signer.publicKey && state.replacedServerKeys == [first])
        let verification = try DeviceVerification(ends.laptops[0].device)
        #expect(verification.findings.isEmpty, "\(verification.findings)")
        #expect(verification.scopes.contains { $0.earlierReceipts > 0 && $0.receipts > 0 })
        // The other one slept through two.
        let second = ends.signer.publicKey
        try ends.replaceServerKey()
        try ends.sync(1)
        #expect(try ends.laptops[1].device.state.replacedServerKeys == [first, second])
        #expect(try DeviceVerification(ends.laptops[1].device).findings.isEmpty)
        #expect(try ends.laptops[1].view.count == 2)
        for laptop in [0, 1] { try ends.sync(laptop) }
        #expect(try ends.laptops[0].replica.confirmed.digest == ends.laptops[1].replica.confirmed.digest)
        #expect(try ends.laptops[0].device.state.replacedServerKeys == [first, second], "each once")
        let (keys, server) = (try ends.store.read { try Dictionary(uniqueKeysWithValues: $0.devices().map { ($0.id, $0.signingKey) }) }, ends.signer.publicKey)
        func holds(_ earlier: [[UInt8]]) throws -> Bool {
            if case .holds = try ends.store.read({ try $0.verify(earlierServerKeys: earlier) { keys[$0] ?? server } }) { true } else { false }
        }
        #expect(try holds([first, second]) && !holds([second]), "what the first key sealed is there yet")
    }

    @Test func `a laptop that has a receipt beyond what it has read works on over a replacement: the former key's word for it is passed over`() throws {
        let ends = try scene()
        try ends.name("Quay", by: 1)
        try ends.sync(1)
        try ends.name("Jetty", by: 0)
        // Its entry came in behind another one's, and it is cut off before it reads either.
        let cut = cause {
            try ends.sync(0) { if case .entries = $0 { .problem(Problem(.serverFault, "cut off")) } else { $0 } }
        }
        #expect(cut != nil)
        let end = try ends.serverScope.place
        #expect(try ends.laptops[0].device.state.unsentCount == 0 && ends.laptops[0].replica.cursor.position + 1 < end.position)
        try ends.replaceServerKey()
        #expect(try ends.sync(0).outcome.rebuilt.contains(BothEnds.scope))
        #expect(ends.said.contains { if case .donate(let donation) = $0 { !donation.entries.isEmpty } else { false } }, "it shows its receipt")
        #expect(try ends.serverScope.place == end, "nothing was taken")
        try ends.sync(1)
        for laptop in [0, 1] {
            #expect(try ends.laptops[laptop].view.count == 3 && DeviceVerification(ends.laptops[laptop].device).findings.isEmpty)
        }
        #expect(try ends.laptops[0].replica.confirmed.digest == ends.laptops[1].replica.confirmed.digest)
    }

    @Test func `a receipt of an earlier epoch that no key of the server signed is found`() throws {
        let ends = try scene()
        try ends.replaceServerKey()
        try ends.sync(0)
        let device = ends.laptops[0].device
        #expect(try DeviceVerification(device).findings.isEmpty)
        // As if the former key had never been the server's.
        try device.store.transaction { try $0.append(.setting(.replacedServerKeys, .bytes([UInt8](repeating: 9, count: 32)))) }
        let problems = try DeviceVerification(device).findings.map(\.problem)
        #expect(problems.contains { if case .forgedReceipt = $0 { true } else { false } }, "\(problems)")
    }

    @Test func `whoever has the former key deceives no device that has heard of the next one: nothing is sent, noted or obeyed`() throws {
        let ends = try scene()
        let former = ends.signer
        try ends.replaceServerKey()
        let present = ends.signer
        try ends.sync(0)
        try ends.name("Quay", by: 0)
        let before = try held(ends)
        // It greets, with the authority's word for the key, in whatever epoch.
        ends.sign(with: former)
        #expect(cause { try ends.sync(0) } == .replacedServerKey)
        #expect(ends.said.isEmpty, "something was sent")
        #expect(try held(ends) == before)
        // One that has not heard of it yet believes it, as ever.
        #expect(cause { try ends.sync(1) } == nil)
        // It signs in the middle of a conversation with the true one.
        ends.sign(with: present)
        let forged: [(String, (Message) -> Message)] = [
            ("receipt", { message in
                guard case .receipt(let it) = message else { return message }
                return .receipt(Receipt(epoch: it.epoch, scope: it.scope, place: it.place, block: it.block, verdicts: it.verdicts, received: it.received, signer: former))
            }),
            ("greeting", { message in
                guard case .welcome(let it) = message else { return message }
                return .welcome(
                    Message.Welcome(
                        schema: it.schema, leastSchema: it.leastSchema, leastReadSchema: it.leastReadSchema, epoch: it.epoch, time: it.time, role: it.role,
                        serverKey: BothEnds.endorsed(former.publicKey, epoch: it.epoch), scopes: it.scopes, revoked: it.revoked,
                        earlierKeys: [BothEnds.endorsed(present.publicKey, epoch: it.epoch)], compares: it.compares))
            }),
        ]
        for (what, tamper) in forged {
            #expect([.forgedReceipt, .replacedServerKey].contains(cause { try ends.sync(0, tamper: tamper) }), "\(what)")
            #expect(try ends.laptops[0].device.state.unsentCount == 1 && ends.laptops[0].device.state.identity.serverSigningKey == present.publicKey, "\(what)")
        }
        // It orders the device wiped, under the authority's word of then.
        let (device, name) = (ends.laptops[0].device, ends.laptops[0].name)
        let run = SyncRun(device, try device.state.identity, .none, stop: .never) { _ in }
        for epoch in [UInt64(1), try ends.store.read { try $0.identity().epoch }] {
            let order = Message.WipeOrder(to: name.device, of: BothEnds.tenant, ordered: 6, serverKey: BothEnds.endorsed(former.publicKey, epoch: epoch), signer: former)
            #expect(cause { try device.dismissed(with: order, run.knowledge()) } == .forgedOrder)
            #expect(try device.orderedWipe == nil && device.state.settings[.isRevoked] == nil)
        }
        let order = Message.WipeOrder(to: name.device, of: BothEnds.tenant, ordered: 6, serverKey: BothEnds.endorsed(present.publicKey, epoch: 1), signer: present)
        try device.dismissed(with: order, run.knowledge())
        #expect(try device.orderedWipe != nil)
    }

    @Test func `nobody has a device take a key for replaced that they do not have: who has the former one cannot end the present one`() throws {
        let ends = try scene()
        let former = ends.signer
        try ends.replaceServerKey()
        let present = ends.signer
        try ends.sync(1)
        // To a device that has heard of nothing it greets with the former key, and names the present one as earlier, whose word from the authority is public.
        ends.sign(with: former)
        let stolen = BothEnds.endorsed(present.publicKey, epoch: 1)
        let words = [[], BothEnds.farewell(of: former), former.sign(ServerKeyStatement.farewell(tenant: BothEnds.tenant, key: present.publicKey))]
        for word in words {
            let named = Message.ServerKey(epoch: stolen.epoch, device: stolen.device, key: stolen.key, signature: stolen.signature, farewell: word)
            #expect(
                cause {
                    try ends.sync(0) { message in
                        guard case .welcome(let it) = message else { return message }
                        return .welcome(
                            Message.Welcome(
                                schema: it.schema, leastSchema: it.leastSchema, leastReadSchema: it.leastReadSchema, epoch: it.epoch, time: it.time, role: it.role,
                                serverKey: it.serverKey, scopes: it.scopes, revoked: it.revoked, earlierKeys: [named], compares: it.compares))
                    }
                } == nil)
            #expect(try ends.laptops[0].device.state.replacedServerKeys == [])
        }
        ends.sign(with: present)
        #expect(cause { try ends.sync(0) } == nil)
        #expect(try ends.laptops[0].device.state.replacedServerKeys == [former.publicKey])
        ends.sign(with: former)
        #expect(cause { try ends.sync(0) } == .replacedServerKey)
    }

    @Test func `a server that was put back to before its key was replaced is refused until that is replaced again, and then work goes on`() throws {
        let ends = try scene()
        let former = ends.signer
        try ends.replaceServerKey()
        try ends.sync(0)
        let lost = ends.signer
        try ends.name("Quay", by: 0)
        ends.sign(with: former)
        #expect(cause { try ends.sync(0) } == .replacedServerKey)
        try ends.replaceServerKey()
        // It knows nothing of the key in between; what that signed is not shown to it.
        #expect(try ends.sync(0).outcome.pushedChanges == 1)
        #expect(try Set(ends.laptops[0].device.state.replacedServerKeys) == [former.publicKey, lost.publicKey])
        #expect(try DeviceVerification(ends.laptops[0].device).findings.isEmpty)
    }
}
