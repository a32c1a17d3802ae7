import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// A member's role is another one from now on, and sees more, or less.
@Suite struct ChangingRoleTests {
    private static let words = "the schedule is rewritten by hand"

    private func withAnalyst() throws -> (Meeting, note: String, before: TenantStore) {
        let meeting = try Meeting()
        let (note, before) = try meeting.readByAnAnalyst(Self.words)
        return (meeting, note, before)
    }

    @Test func `who sees more than before reads what was withheld, once, and is told so`() throws {
        let (meeting, note, _) = try withAnalyst()
        try meeting.setRole(.consultant, of: meeting.cara)
        #expect(try meeting.cara.sync().readAgain.contains(Meeting.scope))
        #expect(try meeting.cara.record(note).text("text") == Self.words)
        #expect(try meeting.cara.sync().rebuilt.isEmpty)
        try meeting.rest()
    }

    @Test(arguments: 1...8) func `it is read anew by the next sync where the one that heard of the role was cut`(cut: Int) throws {
        let (meeting, note, _) = try withAnalyst()
        try meeting.setRole(.consultant, of: meeting.cara)
        let wasCut = (try? WirelessSync.run(meeting.cara.device, DeviceSession(meeting.cara.name, of: meeting.desk), cutAfter: cut)) == nil
        #expect(wasCut || cut > 3)
        #expect(try meeting.cara.device.state.identity.role == UInt32(Role.consultant.rawValue))
        try meeting.cara.sync()
        #expect(try meeting.cara.record(note).text("text") == Self.words)
        try meeting.rest()
    }

    @Test func `who sees less than before keeps what is here, also when the log is read anew`() throws {
        let (meeting, note, _) = try withAnalyst()
        try meeting.setRole(.analyst, of: meeting.bob)
        let later = try meeting.alice.add(Catalogue.observation, "text=and nobody owns it")
        for _ in 0..<2 { try meeting.sync(meeting.alice, meeting.bob) }
        try meeting.store.renewEpoch(because: .restored, at: 5)
        for _ in 0..<2 { try meeting.sync(meeting.alice, meeting.bob) }
        #expect(try meeting.bob.record(note).text("text") == Self.words && meeting.bob.record(later).isWithheld("text"))
        // From the disk too.
        try meeting.bob.putBack(meeting.bob.memory.copy())
        #expect(try meeting.bob.record(note).text("text") == Self.words && meeting.bob.record(later).isWithheld("text"))
        try meeting.setRole(.consultant, of: meeting.bob)
        try meeting.bob.sync()
        #expect(try meeting.bob.record(later).text("text") == "and nobody owns it")
    }

    @Test func `what was read without its words bars nobody's way to them, whatever the role is by the time it is given back`() throws {
        let (meeting, note, before) = try withAnalyst()
        // The server loses what Alice said, and hears of it from Cara first, who sees everything by now and holds it bare.
        meeting.putBack(before)
        try meeting.setRole(.consultant, of: meeting.cara)
        for _ in 0..<2 { try meeting.cara.sync() }
        let kept = try meeting.store.read { try $0.quarantine() }
        #expect(kept.map(\.refusal) == [.withoutSensitive])
        for _ in 0..<2 { try meeting.sync(meeting.alice, meeting.bob, meeting.cara, meeting.lead) }
        #expect(try meeting.quarantined() == 0)
        for laptop in [meeting.alice, meeting.bob, meeting.cara, meeting.lead] { #expect(try laptop.record(note).text("text") == Self.words) }
    }

    @Test func `what an analyst's laptop hands in that was revoked bars nobody's way either`() throws {
        let (meeting, note, before) = try withAnalyst()
        meeting.putBack(before)
        try meeting.store.write { try $0.revokeDevice(meeting.cara.identity.device, at: 5) }
        for _ in 0..<2 { try meeting.cara.sync() }
        #expect(try meeting.store.read { try $0.quarantine() }.map(\.refusal) == [.withoutSensitive])
        for _ in 0..<2 { try meeting.sync(meeting.alice, meeting.bob, meeting.lead) }
        #expect(try meeting.quarantined() == 0)
        for laptop in [meeting.alice, meeting.bob, meeting.lead] { #expect(try laptop.record(note).text("text") == Self.words) }
    }

    @Test func `an answer under another role than the greeting's is none`() throws {
        let (meeting, note, _) = try withAnalyst()
        let (cara, desk) = (meeting.cara, meeting.desk)
        let session = DeviceSession(cara.name, of: desk)
        _ = try session.welcome()
        let status = Message.Status(time: 0, software: "seamark/0.1.0", schema: Catalogue.version, scopes: [])
        _ = try session.note(status)
        func answer() throws -> Problem.Code? {
            let pull = Message.Pull(scope: Meeting.scope, cursor: .beginning, credit: 1_000_000, ownIncarnation: 0)
            guard case .refused(let problem) = try session.pull(pull) else { return nil }
            return problem.code
        }
        #expect(try answer() == nil)
        try meeting.setRole(.lead, of: cara)
        #expect(try answer() == .greetingOutdated)
        _ = try session.welcome()
        #expect(try answer() == nil)
        try meeting.setRole(.consultant, of: cara)
        #expect(try answer() == nil, "both read everything")
        try meeting.setRole(.analyst, of: cara)
        #expect(try answer() == .greetingOutdated)
        #expect(try cara.record(note).isWithheld("text"))
    }
}
