import SeamarkJournal
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import Testing

@testable import SeamarkClient

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
}
