import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// Programs of an older schema than the server wants, before and after they are updated.
@Suite struct VersionTests {
    private static let scope = Voyage.scope

    private static func sync(
        _ ship: inout Voyage.Ship, _ server: inout ModelServer, schema: UInt32 = 1, write: UInt32 = 1, read: UInt32 = 1
    ) -> (end: Voyage.End, voyage: Voyage) {
        var voyage = Voyage(seed: 21)
        (voyage.schema, voyage.leastSchema, voyage.leastReadSchema) = (schema, write, read)
        let end = voyage.sync(&ship, &server)
        return (end, voyage)
    }

    @Test func `too old to write: everything waiting is handed in and kept in quarantine, reading goes on, and after the update it comes in as it was`() throws {
        var server = Voyage.server()
        var ship = SyncSessionTests.afloat(&server, 70, number: 1)
        let waiting = try #require(ship.replicas[Self.scope]).fresh.map(\.id)
        var other = SyncSessionTests.afloat(&server, 3, number: 2)
        #expect(Self.sync(&other, &server).end.isFinished)
        let (end, _) = Self.sync(&ship, &server, write: 2)
        #expect(end.outcome?.isOutdated == true && end.outcome?.isTooOldToRead == false)
        #expect(Set(server.outside.values.flatMap { $0.changes.map(\.id) }) == Set(waiting), "more than what is under way at a time")
        #expect(ship.replicas[Self.scope]?.cursor == server.place && ship.replicas[Self.scope]?.confirmed.digest == server.state.digest)
        #expect(ship.replicas[Self.scope]?.unsentCount == 70, "without a receipt nothing is forgotten")
        // Once more as it is: nothing is lost, nothing doubled.
        #expect(Self.sync(&ship, &server, write: 2).end.isFinished)
        #expect(server.outside.count == 35 && server.state.applied.count == 3)
        // Updated: the very same changes come in, under the ids that they had.
        let updated = Self.sync(&ship, &server, schema: 2, write: 2)
        #expect(updated.end.isFinished && updated.end.outcome?.isOutdated == false && updated.end.outcome?.pushedChanges == 70)
        #expect(waiting.allSatisfy { server.state.applied.contains($0) } && server.outside.isEmpty)
        #expect(ship.replicas[Self.scope]?.unsentCount == 0 && ship.replicas[Self.scope]?.overlay.isEmpty == true)
        #expect(ship.replicas[Self.scope]?.confirmed.digest == server.state.digest)
    }

    @Test func `too old to read: the work is handed in, nothing new is read, what was read stays, and after the update the rest is read`() throws {
        var server = Voyage.server()
        var ship = SyncSessionTests.afloat(&server, 4, number: 1)
        var other = SyncSessionTests.afloat(&server, 5, number: 2)
        #expect(Self.sync(&ship, &server).end.isFinished && Self.sync(&other, &server).end.isFinished)
        var clash = Clash(seed: 8, Voyage.primitives)
        for step in 0..<3 { _ = ship.capture(&clash, now: Int64(step) + 100) }
        let before = try #require(ship.replicas[Self.scope])
        let (end, voyage) = Self.sync(&ship, &server, write: 2, read: 2)
        #expect(end.outcome?.isTooOldToRead == true && end.outcome?.isOutdated == true)
        #expect(!voyage.transcript.contains(">pull"))
        let after = try #require(ship.replicas[Self.scope])
        #expect(after.cursor == before.cursor && after.confirmed.records == before.confirmed.records)
        #expect(Set(server.outside.values.flatMap { $0.changes.map(\.id) }) == Set(before.fresh.map(\.id)))
        #expect(Self.sync(&ship, &server, schema: 2, write: 2, read: 2).end.isFinished)
        #expect(ship.replicas[Self.scope]?.cursor == server.place && ship.replicas[Self.scope]?.confirmed.digest == server.state.digest)
        #expect(server.state.applied.count == 12 && server.outside.isEmpty)
    }

    @Test func `too old to read when the epoch is another: it hands in, keeps what it has read, and reads anew when it is updated`() throws {
        var server = Voyage.server()
        let old = server
        var ship = SyncSessionTests.afloat(&server, 4, number: 1)
        #expect(Self.sync(&ship, &server).end.isFinished)
        let records = try #require(ship.replicas[Self.scope]).confirmed.records
        server = old
        server.epoch = 6
        for _ in 0..<2 {
            let (end, voyage) = Self.sync(&ship, &server, write: 2, read: 2)
            #expect(end.isFinished && !voyage.transcript.contains("rebuild") && !voyage.transcript.contains(">pull"))
            #expect(ship.replicas[Self.scope]?.confirmed.records == records)
        }
        #expect(server.state.applied.count == 4, "receipted work comes back whatever the program's age")
        #expect(Self.sync(&ship, &server, schema: 2, write: 2, read: 2).end.isFinished)
        #expect(ship.replicas[Self.scope]?.epoch == 6 && ship.replicas[Self.scope]?.confirmed.digest == server.state.digest)
    }

    @Test func `a new device that is too old to read begins no scope`() {
        var server = Voyage.server()
        var ship = Voyage.Ship(1)
        let (end, voyage) = Self.sync(&ship, &server, write: 2, read: 2)
        #expect(end.outcome?.isTooOldToRead == true && voyage.transcript == ["<welcome", "adopt", ">status"] && ship.replicas.isEmpty)
    }

    // MARK: Of the protocol

    @Test(arguments: [(2, 2, false), (0, 0, false), (2, 1, true), (1, 0, true), (.max, 1, true), (1, 1, true)] as [(UInt32, UInt32, Bool)])
    func `ends without a version in common say nothing confidential and part with 1001, whichever is older; ends with one go on`(
        _ version: UInt32, least: UInt32, isCommon: Bool
    ) throws {
        var server = Voyage.server()
        var ship = SyncSessionTests.afloat(&server, 2)
        var said: [String] = []
        func altered(_ message: Message) -> Message {
            guard case .welcome(let it) = message else { return message }
            return .welcome(
                Message.Welcome(
                    version: version, leastVersion: least, schema: it.schema, leastSchema: it.leastSchema, epoch: it.epoch, time: it.time, role: it.role,
                    serverKey: it.serverKey, scopes: it.scopes, revoked: it.revoked, compares: it.compares))
        }
        let (end, transcript) = SyncSessionTests.run(&ship, &server, tamper: altered)
        said = transcript.filter { $0.hasPrefix(">") }
        if isCommon {
            #expect(end.isFinished)
        } else {
            #expect(end == .failed(.noCommonVersion) && said.isEmpty)
            #expect(ship.replicas[Voyage.scope]?.unsentCount == 2, "what waits stays")
            #expect(Problem.Code.noCommonVersion.rawValue == 1001)
        }
        // The enrolment door, and a forecast, judge alike.
        let renew = Message.Renew(certificate: [1], request: [2], signingKey: [3], proof: [4])
        var visit = DoorVisit(renew)
        let answer = visit.received(.door(Message.Door(version: version, leastVersion: least, time: 0)))
        if isCommon {
            #expect(answer == [.send(.renew(renew))])
        } else if case .fail(let problem)? = answer.first {
            #expect(problem.code == .noCommonVersion)
        } else {
            Issue.record("the door was believed")
        }
    }
}
