import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import Testing

/// The epoch is renewed while a device is connected.
@Suite struct EpochRenewalTests {
    @Test func `a device that was greeted before the epoch was renewed is told to come again`() throws {
        let meeting = try Meeting()
        let session = DeviceSession(meeting.alice.name, of: meeting.desk)
        _ = try session.welcome()
        let status = Message.Status(time: 0, software: "", schema: 1, scopes: [])
        #expect(try session.note(status) == .held)
        try meeting.store.write { try $0.renewEpoch(7, incarnation: 8) }
        #expect(try session.note(status) == .renewed)
    }
}
