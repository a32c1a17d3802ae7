import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Synchronization
import Testing

@testable import SeamarkServer

/// A wipe that headquarters orders, over real connections: the act, what a device hears of it and when, and its report.
@Suite struct WipeTests {
    /// What a device asks when it looks at an order.
    private func knowledge(_ device: Enrolment) throws -> SyncSession.Knowledge {
        let authority = try Certificate(der: device.enrolled.authority)
        let tenant = device.enrolled.tenant
        return SyncSession.Knowledge(
            primitives: SystemPrimitives(),
            isGenuine: { key in
                authority.publicKey.verifies(key.signature, of: Message.ServerKey.message(tenant: tenant, epoch: key.epoch, device: key.device, key: key.key))
            },
            signingKey: { _ in nil })
    }

    private func refused(_ message: Message?) -> Problem.Code? { if case .pushRefused(let refusal)? = message { refusal.code } else { nil } }

    private func wiped(_ time: Int64 = 0) -> Message {
        .status(Message.Status(time: time, software: "test", schema: 1, scopes: [], isWiped: true))
    }

    @Test func `an order revokes, ends the connection, greets the device signed for it alone, and is done when the device says so`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = (try tenant.invite("anna", minutes: 600), try tenant.invite("ben", minutes: 600))
        try await blocking {
            let (anna, ben) = (try Enrolment(port: server.port, invitations.0), try Enrolment(port: server.port, invitations.1))
            let (laptop, welcome) = try anna.greeted(port: server.port)
            #expect(welcome.wipe == nil)
            let scope = try #require(welcome.engagement).scope
            let began = ContinuousClock.now
            let ordered = try tenant.wipe("A")
            #expect(ordered.revoked != nil && ordered.wipe?.wiped == nil)
            #expect(try laptop.expectProblem() == .deviceRevoked)
            #expect(try laptop.receive() == nil)
            #expect(ContinuousClock.now - began < .seconds(1))
            // A second order changes nothing.
            #expect(try tenant.wipe("A") == ordered)

            let (again, greeting) = try anna.greeted(port: server.port)
            let order = try #require(greeting.wipe)
            let (device, tenantID) = (anna.enrolled.device, anna.enrolled.tenant)
            #expect(greeting.revoked && order.ordered == ordered.wipe?.ordered)
            #expect(try order.isMeant(for: device, of: tenantID, knowledge(anna)))
            #expect(try !order.isMeant(for: ben.enrolled.device, of: tenantID, knowledge(ben)), "an order for one device serves for another")
            // It hands in, and reads nothing.
            try again.send(.push(try anna.block(scope)))
            #expect(self.refused(try again.receive()) == .deviceRevoked)
            try again.send(.pull(scope))
            #expect(try again.expectProblem() == .unknownScope)
            #expect(try tenant.device("A").wipe?.wiped == nil)

            // Nobody says it for another device, and where nothing was ordered the word counts for nothing.
            let (other, fresh) = try ben.greeted(port: server.port)
            #expect(!fresh.revoked && fresh.wipe == nil)
            try other.send(self.wiped())
            #expect(try other.receive() == nil)
            #expect(try tenant.devices().allSatisfy { $0.device.wipe?.wiped == nil })

            for _ in 0..<2 {
                let (last, _) = try anna.greeted(port: server.port)
                try last.send(self.wiped())
                #expect(try last.receive() == nil, "the server closes when it has noted it")
            }
            #expect(try tenant.device("A").wipe?.wiped != nil)
            // A copy of the store that is put back hears the order again.
            #expect(try anna.greeted(port: server.port).1.wipe?.signature == order.signature)
        }
        await server.stop()
        #expect(try tenant.quarantine().count == 1)
        let acts = try tenant.audit().map(\.act).filter { $0.hasPrefix("device.") && $0 != "device.enrol" }
        #expect(acts == ["device.revoke", "device.wipe", "device.wiped"])
        #expect(try tenant.verify().holds && tenant.verifyAudit().holds)
        #expect(server.counts.faults == 0)
    }

    @Test func `a device that hands in as revoked is interrupted by an order, and greeted with it`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            _ = try tenant.revoke("A")
            let (laptop, welcome) = try anna.greeted(port: server.port)
            #expect(welcome.revoked && welcome.wipe == nil)
            _ = try tenant.wipe("A")
            #expect(try laptop.expectProblem() == .deviceRevoked)
            #expect(try anna.greeted(port: server.port).1.wipe != nil)
        }
        await server.stop()
    }

    /// A device that pushes as fast as it can, and an order at any moment: what is answered after it returned was not applied.
    @Test func `nothing is applied once an order is given, however the two race, and nothing is lost`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let scope = try #require(try tenant.store.read { try $0.scopes() }.first { $0.kind == .engagement }).id
        for _ in 0..<6 {
            let invitation = try tenant.invite("anna", minutes: 600)
            let anna = try await blocking { try Enrolment(port: server.port, invitation) }
            let isOver = Mutex(false)
            async let late = blocking {
                var late = 0
                var end = StreamEnd.beginning
                while true {
                    let (laptop, welcome) = try anna.greeted(port: server.port)
                    if let known = welcome.engagement?.streams.first?.end { end = known }
                    while true {
                        let wasOver = isOver.withLock { $0 }
                        let block = try anna.block(scope, after: end)
                        do { try laptop.send(.push(block)) } catch { break }
                        guard let answer = try? laptop.receive() else { break }
                        if case .receipt = answer {
                            if wasOver { late += 1 }
                            end = block.end
                        } else if case .pushRefused = answer {
                            return late
                        } else {
                            break
                        }
                    }
                }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<60)))
            let letters = try #require(try tenant.devices().last).device.letters
            _ = try tenant.wipe(letters)
            isOver.withLock { $0 = true }
            #expect(try await late == 0)
        }
        await server.stop()
        // Of each, a block that came too late is kept.
        #expect(try tenant.quarantine().count >= 6)
        #expect(try tenant.verify().holds)
    }

    @Test func `a device whose certificate has expired hears the order at the renewal door, with its own key only`() async throws {
        let day: Int64 = 86_400_000
        let yard = try Yard(clock: { $0.advance(milliseconds: -31 * day); return $0 }(TestClock()))
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna")
        let anna = try await blocking { try Enrolment(port: server.port, invitation) }
        let end = try #require(try tenant.device("A").certificateEnd)
        #expect(try end == Certificate(der: anna.enrolled.certificate).notAfter * 1000)
        yard.clock.advance(milliseconds: 31 * day)
        try await blocking {
            guard case .renewed(let renewed) = try anna.renew(Laptop(port: server.port, invitation)) else { throw RawSocket.Ended.refused }
            #expect(try tenant.device("A").certificateEnd == Certificate(der: renewed.certificate).notAfter * 1000)
            _ = try tenant.revoke("A")
            guard case .problem(let plain) = try anna.renew(Laptop(port: server.port, invitation)) else { throw RawSocket.Ended.refused }
            #expect(plain.code == .deviceRevoked && plain.wipe == nil)
            _ = try tenant.wipe("A")
            guard case .problem(let told) = try anna.renew(Laptop(port: server.port, invitation)) else { throw RawSocket.Ended.refused }
            #expect(told.code == .deviceRevoked)
            #expect(try told.wipe?.isMeant(for: anna.enrolled.device, of: anna.enrolled.tenant, knowledge(anna)) == true)
            let stranger = try SigningKey.generate()
            guard case .problem(let other) = try anna.renew(Laptop(port: server.port, invitation), signing: stranger) else { throw RawSocket.Ended.refused }
            #expect(other.code == .badProof && other.wipe == nil)
        }
        await server.stop()
    }
}
