import Foundation
import Logging
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Testing

@testable import SeamarkServer

/// The events that a day of refusals (`ServerLogTests`) does not bring, each brought about over sockets.
@Suite struct ServerLogEventTests {
    private func shut(_ laptop: Laptop) { while (try? laptop.receive()) ?? nil != nil {} }

    @Test func `what a day of refusals does not bring is told too, each with who and what`() async throws {
        let paper = ServerLogTests.Paper()
        let yard = try Yard()
        let (tenant, other) = (try yard.addTenant("canarytitle"), try yard.addTenant("canaryother"))
        let invitations = [try tenant.invite("anna", minutes: 600), try other.invite("anna", minutes: 600)]
        let label = other.keys.label
        var server = try await yard.start(logger: paper.logger(.info)) { $0.penalizesLoopback = true }
        let port = server.port
        let (anna, closed, device, refusal) = try await blocking {
            let (anna, closed) = (try Enrolment(port: port, invitations[0]), try Enrolment(port: port, invitations[1]))
            // Renewed, and a certificate of the tenant's authority for a device that there is not.
            guard case .renewed = try anna.renew(Laptop(port: port, invitations[0])) else { throw RawSocket.Ended.refused }
            let (key, device) = (try CertificateKey.generate(), try Identifier.drawn(at: 1))
            let name = DeviceName(tenant: anna.enrolled.tenant, member: anna.enrolled.member, device: device)
            let certificate = try EnrolmentDoor.issue(
                name, for: CertificateSigningRequest(der: CertificateSigningRequest(for: key).der), by: tenant.keys.authority, at: WallClock.system.now())
            let nobody = try Laptop(port: port, invitations[0], identity: TLSIdentity(certificate: certificate.der, privateKey: key.der))
            #expect(try nobody.expectProblem() == .unknownDevice)
            // A donation that is not the server's word, a place that was never read, and bytes that no key of the conversation made.
            let (laptop, welcome) = try anna.greeted(port: port)
            let scope = try #require(welcome.engagement)
            try laptop.send(.donate(Message.Donation(scope: .zero, incarnation: 1, isLast: true)))
            let refusal = try laptop.expectProblem()
            let place = LogPlace(position: 7, hash: .zero)
            try laptop.send(.status(Message.Status(time: 0, software: "canaryprogram", schema: welcome.schema, scopes: [
                Message.ScopeCursor(scope: scope.scope, epoch: welcome.epoch, cursor: place, mark: place, incarnation: 1, unsent: 0)
            ])))
            #expect(try laptop.expectProblem() == .unprovenClaim)
            let cut = try anna.greeted(port: port).0
            try cut.socket.send([0x17, 3, 3, 0, 32] + [UInt8](repeating: 7, count: 32))
            self.shut(cut)
            // From another address, which must not be the one that the rest comes from.
            for _ in 0..<2000 {
                let socket = try RawSocket(port: port, from: 0x7f00_0009)
                try? socket.send(Array("GET /canarypath HTTP/1.1\r\n\r\n".utf8))
                while let bytes = try? socket.receive(), !bytes.isEmpty {}
                if paper.text.contains(ServerEvent.addressRefused.rawValue) { break }
            }
            return (anna, closed, device, refusal)
        }
        await server.stop()
        // A tenant whose store is damaged, and a device of it.
        for office in [tenant, other] { try office.store.close() }
        let database = URL(fileURLWithPath: yard.directory.tenant(try ShortName(checking: "canaryother", for: "it")).database)
        try Data(try Data(contentsOf: database).prefix(4096)).write(to: database)
        server = try await yard.start(logger: paper.logger(.info))
        let later = server.port
        let told = try await blocking { try closed.connect(port: later).expectProblem() }
        #expect(told == .storeDamaged)
        await server.stop()

        var seen: [ServerEvent: [[String: String]]] = [:]
        for line in paper.lines {
            let read = try #require(ServerLogTests.read(line), "no line of ours: \(line)")
            #expect(read.level == read.event.level.rawValue)
            #expect(Set(read.fields.keys).isSubset(of: read.event.fields.map(\.rawValue)), "\(line)")
            seen[read.event, default: []].append(read.fields)
        }
        for event in [ServerEvent.donationRefused, .claimUnproven, .connectionCut] {
            #expect(seen[event]?.contains { $0["device"] == anna.enrolled.device.description && $0["tenant"] == anna.enrolled.tenant.description && $0["address"] == "127.0.0.1" } ?? false, "\(event.rawValue) says who")
        }
        #expect(refusal != nil && seen[.donationRefused]?.first?["code"] == refusal?.written && seen[.claimUnproven]?.first?["count"] == "1")
        for event in [ServerEvent.deviceRenewed, .doorRefused, .doorClosed] { #expect(seen[event]?.first?["address"] == "127.0.0.1", "\(event.rawValue)") }
        #expect(seen[.addressRefused]?.count == 1 && seen[.addressRefused]?.first?["address"] == "127.0.0.9")
        #expect(seen[.tenantDamaged]?.first?["tenant"] == closed.enrolled.tenant.description)
        let text = paper.text.lowercased()
        #expect(!text.contains("canary") && !text.contains(label), "what was typed, or a label")
        // The tenant's authority certified the name: its alarm says it, and nothing else does.
        let naming = paper.lines.filter { $0.contains(device.description) }
        #expect(naming.count == 1 && naming.allSatisfy { $0.contains(ServerEvent.unknownDevice.rawValue) }, "\(naming)")
    }
}
