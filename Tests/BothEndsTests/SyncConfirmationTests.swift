import SeamarkJournal
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import Testing

@testable import SeamarkClient

/// A device that waits until headquarters has confirmed it, between shipped stores and sessions: what it reads, what it keeps, and how it goes on.
@Suite struct SyncConfirmationTests {
    private func freeze(_ laptop: Int, _ ends: BothEnds) throws {
        let id = ends.laptops[laptop].name.device
        try ends.store.write { try $0.awaitConfirmation(of: id, because: .reused, at: 5) }
    }

    private func confirm(_ laptop: Int, _ ends: BothEnds) throws {
        let id = ends.laptops[laptop].name.device
        #expect(try ends.store.write { try $0.confirmDevice(id, at: 6) })
    }

    /// What the device said, but for where it stands.
    private func asked(_ ends: BothEnds) -> Int { ends.said.count { if case .status = $0 { false } else { true } } }

    /// A colleague's work, and a device that has read it, holds some that waits, and lacks what came since.
    private func scene() throws -> BothEnds {
        let ends = try BothEnds(laptops: 2)
        for laptop in [0, 1] { try ends.sync(laptop) }
        try ends.name("Harbour", by: 1)
        try ends.sync(1)
        try ends.sync(0)
        try ends.name("Quay", by: 0)
        try ends.name("Pier", by: 1)
        try ends.sync(1)
        return ends
    }

    @Test func `not one entry comes to a device that waits from its enrolment on, and all of it once it is confirmed`() throws {
        let ends = try BothEnds(laptops: 2)
        try ends.sync(1)
        try ends.name("Harbour", by: 1)
        try ends.sync(1)
        try freeze(0, ends)
        for _ in 0..<2 {
            let report = try ends.sync(0)
            #expect(report.outcome.awaitsConfirmation && report.outcome.pulledEntries == 0 && !report.outcome.revoked)
            #expect(asked(ends) == 0)
            let state = try ends.laptops[0].device.state
            #expect(state.scopes.isEmpty && state.replicas.isEmpty && state.awaitsConfirmation && state.settings[.lease] == nil)
        }
        try confirm(0, ends)
        let report = try ends.sync(0)
        #expect(!report.outcome.awaitsConfirmation && report.outcome.pulledEntries > 0)
        #expect(try ends.laptops[0].view == ends.laptops[1].view && !ends.laptops[0].device.state.awaitsConfirmation)
    }

    @Test func `a frozen device sends and fetches nothing, keeps what it captures meanwhile, and syncs all of it once it is confirmed`() throws {
        let ends = try scene()
        try freeze(0, ends)
        let (before, place) = (try ends.laptops[0].replica.cursor, try ends.serverScope.place)
        for number in 0..<3 {
            let report = try ends.sync(0)
            #expect(report.outcome.awaitsConfirmation && report.outcome.pushedBlocks == 0 && report.outcome.pulledEntries == 0 && asked(ends) == 0)
            try ends.reopen(0)
            try ends.name("Berth \(number)", by: 0)
        }
        let state = try ends.laptops[0].device.state
        #expect(state.unsentCount == 4 && state.awaitsConfirmation && state.scopes[BothEnds.scope]?.isWithdrawn == false)
        #expect(try ends.laptops[0].replica.cursor == before && ends.serverScope.place == place)
        #expect(try ends.store.read { try $0.quarantine() }.isEmpty)
        try confirm(0, ends)
        let report = try ends.sync(0)
        #expect(report.outcome.pushedChanges == 4 && report.outcome.renumbered.isEmpty && report.outcome.quarantined == 0)
        try ends.sync(1)
        #expect(try ends.laptops[0].view == ends.laptops[1].view && ends.laptops[0].device.state.unsentCount == 0)
    }

    @Test func `a device that is frozen in the middle of a sync hears it from the answer, and loses nothing`() throws {
        let ends = try scene()
        var isFrozen = false
        let failure = #expect(throws: SyncRun.Failure.self) {
            _ = try ends.sync(0) { message in
                if case .welcome = message, !isFrozen {
                    isFrozen = true
                    try? freeze(0, ends)
                }
                return message
            }
        }
        #expect(failure?.asksForANewGreeting == true && failure?.mayPass(afterGreeting: true) == true)
        let place = try ends.serverScope.place
        #expect(try ends.sync(0).outcome.awaitsConfirmation)
        #expect(try ends.serverScope.place == place && ends.laptops[0].device.state.unsentCount == 1)
        try confirm(0, ends)
        try ends.sync(0)
        try ends.sync(1)
        #expect(try ends.laptops[0].view == ends.laptops[1].view && ends.laptops[0].device.state.unsentCount == 0)
    }

    /// An older program does not see that the greeting says so.
    @Test func `an older program that waits reads nothing, hands nothing in and loses nothing`() throws {
        func older(_ message: Message) -> Message {
            guard case .welcome(let it) = message else { return message }
            return .welcome(
                Message.Welcome(
                    schema: it.schema, leastSchema: it.leastSchema, leastReadSchema: it.leastReadSchema, epoch: it.epoch, time: it.time, role: it.role,
                    serverKey: it.serverKey, scopes: it.scopes, revoked: it.revoked, compares: it.compares))
        }
        let fresh = try BothEnds(laptops: 1)
        try freeze(0, fresh)
        #expect(try fresh.sync(0, tamper: older).outcome.pulledEntries == 0)
        #expect(try fresh.laptops[0].device.state.replicas.isEmpty)

        let ends = try scene()
        try freeze(0, ends)
        let (before, place) = (try ends.laptops[0].replica.cursor, try ends.serverScope.place)
        for _ in 0..<2 { #expect(throws: SyncRun.Failure.self) { try ends.sync(0, tamper: older) } }
        #expect(try ends.laptops[0].replica.cursor == before && ends.serverScope.place == place)
        #expect(try ends.store.read { try $0.quarantine() }.isEmpty && ends.laptops[0].device.state.unsentCount == 1)
        try confirm(0, ends)
        #expect(try ends.sync(0, tamper: older).outcome.pushedChanges == 1)
        try ends.sync(1)
        #expect(try ends.laptops[0].view == ends.laptops[1].view && ends.laptops[0].device.state.unsentCount == 0)
    }
}
