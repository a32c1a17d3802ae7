import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import Testing

@testable import SeamarkClient
@testable import SeamarkServer

/// Headquarters decides about people while their devices sync, between shipped stores and sessions.
@Suite struct SyncStaffingTests {
    private enum Decision: CaseIterable { case unstaffed, revoked }

    @Test(arguments: Decision.allCases)
    private func `whoever is turned away between the greeting and a pull asks for another greeting, and loses nothing`(_ decision: Decision) throws {
        let ends = try BothEnds(laptops: 2)
        for laptop in [0, 1] { try ends.sync(laptop) }
        try ends.name("Pier", by: 1)
        try ends.sync(1)
        let name = ends.laptops[0].name
        var isDecided = false
        let failure = #expect(throws: SyncRun.Failure.self) {
            _ = try ends.sync(0) { message in
                if case .welcome = message, !isDecided {
                    isDecided = true
                    try? ends.store.write { transaction in
                        switch decision {
                        case .unstaffed: try transaction.unstaff(name.member, from: BothEnds.scope)
                        case .revoked: try transaction.revokeDevice(name.device, at: 5)
                        }
                    }
                }
                return message
            }
        }
        guard case .sync(.server(let problem))? = failure?.cause else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(problem.code == .unknownScope && isDecided)
        #expect(failure?.asksForANewGreeting == true && failure?.mayPass(afterGreeting: true) == true && failure?.mayPass(afterGreeting: false) == false)
        let report = try ends.sync(0)
        #expect(report.outcome.revoked == (decision == .revoked))
        #expect(try decision == .revoked || ends.laptops[0].device.state.scopes[BothEnds.scope]?.isWithdrawn == true)
    }

    @Test func `no copy is released on a connection of which blocks were passed over`() throws {
        let ends = try BothEnds(laptops: 2)
        for laptop in [0, 1] { try ends.sync(laptop) }
        try ends.name("Pier", by: 1)
        try ends.sync(1)
        let primitives = SystemPrimitives()
        let member = ends.laptops[0].name.member
        try ends.store.write { transaction in
            try transaction.noteDeparture(of: member, from: BothEnds.scope, releasingCopies: true, at: 5)
            try transaction.unstaff(member, from: BothEnds.scope)
        }
        // Of an author who did not sign it, as the server takes it that does not know the key.
        let (stored, epoch) = try ends.store.read { (try #require(try $0.entries(of: BothEnds.scope, after: 0).first), try $0.identity().epoch) }
        let changes = try Block.open(stored.block, sensitive: SensitivePart.decode(stored.sensitive, primitives), primitives).changes
        let stream = StreamName(device: ends.laptops[1].name.device, incarnation: 77, scope: BothEnds.scope)
        let block = Block.seal(changes, in: stream, after: .beginning, by: try SigningKey.generate(), primitives)
        let entry = LogEntry(content: .block(block.hash), verdicts: changes.map { _ in .accepted }, received: 5)
        let place = LogPlace(position: 1, hash: entry.logHash(after: .zero, primitives))
        let given = Message.Donation(
            scope: BothEnds.scope, entries: [Message.Entry(entry: entry, block: block.bytes, sensitive: stored.sensitive)],
            proof: .place(SignedPlace(epoch: epoch, scope: BothEnds.scope, place: place, signer: BothEnds.serverKey)), incarnation: 1, isLast: false)
        func isReleased(after donations: [Message.Donation]) throws -> Bool {
            let session = ends.session(of: 0)
            for donation in donations {
                guard case .donated(let answer) = try session.donate(donation) else { throw Lacking() }
                #expect(!answer.isCopyReleased)
            }
            guard case .donated(let last) = try session.donate(Message.Donation(scope: BothEnds.scope, incarnation: 1, isLast: true)) else { throw Lacking() }
            return last.isCopyReleased
        }
        #expect(try isReleased(after: []))
        #expect(try !isReleased(after: [given]))
        #expect(try !isReleased(after: [given, Message.Donation(scope: BothEnds.scope, incarnation: 1, isLast: false)]))
    }
}
