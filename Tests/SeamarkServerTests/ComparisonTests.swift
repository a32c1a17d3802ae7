import Foundation
import GRDB
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

@testable import SeamarkServer
@testable import SeamarkStore

/// Comparisons and disputes through the listener.
@Suite struct ComparisonTests {
    @Test func `a device finds a lacking row through the listener, disputes it, and the server puts it right with an alarm and an act`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let (invitation, port) = (try tenant.invite("anna", minutes: 600), server.port)
        let (anna, scope, whole) = try await blocking {
            let anna = try Enrolment(port: port, invitation)
            let (laptop, welcome) = try anna.greeted(port: port)
            #expect(welcome.compares && welcome.leastReadSchema == 1)
            let scope = try #require(welcome.engagement).scope
            try laptop.send(.push(try anna.block(scope, count: 40)))
            guard case .receipt = try laptop.receive() else { throw RawSocket.Ended.refused }
            try laptop.close()
            return (anna, scope, try #require(try tenant.store.read { try $0.scope(scope) }))
        }
        // The row goes, and the digest is that of what is left.
        let own = try tenant.store.read { try $0.reckon([.all], in: scope).state.recordDigests }
        let lost = own[17]
        try tenant.store.withConnection { database in
            try database.execute(sql: "DELETE FROM record WHERE id = ?", arguments: [Data(lost.record.bytes)])
        }
        let left = try tenant.store.read { try $0.sums(of: [.all], in: scope, list: 0)[0].digest }
        try tenant.store.withConnection { database in
            try database.execute(sql: "UPDATE scope SET digest = ? WHERE id = ?", arguments: [Data(left.bytes), Data(scope.bytes)])
        }
        try await blocking {
            let (laptop, welcome) = try anna.greeted(port: port)
            #expect(welcome.engagement?.digest == left && left != whole.digest)
            var bisection = DigestBisection(own: own)
            var step = bisection.begin()
            while case .ask(let ranges) = step {
                try laptop.send(.compare(Message.Compare(scope: scope, epoch: welcome.epoch, ranges: ranges)))
                guard case .compared(let compared) = try laptop.receive() else { throw RawSocket.Ended.refused }
                #expect(compared.place == whole.place)
                step = bisection.answered(compared.answers)
            }
            #expect(step == .differ([RecordRange(of: lost.record)]))
            let claim = Message.Dispute.Claim(range: RecordRange(of: lost.record), digest: lost.digest)
            try laptop.send(.dispute(Message.Dispute(scope: scope, epoch: welcome.epoch, place: whole.place, claims: [claim])))
            guard case .settled(let settled) = try laptop.receive() else { throw RawSocket.Ended.refused }
            #expect(settled.digests == [lost.digest] && settled.repaired == 1)
            // Ranges that are out of order are no message.
            let wrong = [RecordRange(of: own[3].record), RecordRange(of: own[1].record)]
            try laptop.send(.compare(Message.Compare(scope: scope, epoch: welcome.epoch, ranges: wrong)))
            #expect(try laptop.expectProblem() == .malformed)
        }
        await server.stop()
        #expect(try tenant.store.read { try $0.scope(scope) } == whole)
        #expect(try tenant.verify().holds)
        #expect(try tenant.store.read { try $0.audit() }.last?.act == "rows.repair")
        #expect(try yard.office.status().tenants.first?.repairs == 1)
    }
}
