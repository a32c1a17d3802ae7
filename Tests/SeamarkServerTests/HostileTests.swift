import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// What an enrolled device may send if somebody else writes its software: each gets its number, is counted, and costs nothing that was
/// acknowledged.
@Suite struct HostileTests {
    @Test func `frames that are cut, altered, too long, repeated or of the wrong side end the conversation with their number`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (first, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement)
            let kept = try anna.block(scope.scope, count: 5)
            try first.send(.push(kept))
            guard case .receipt(let receipt) = try first.receive() else { throw RawSocket.Ended.refused }
            try first.close()

            let push = Message.push(try anna.block(scope.scope, after: kept.end)).payload
            let frames: [(String, [UInt8], Problem.Code)] = [
                ("a message cut short", FrameDecoder.frame(Array(push.dropLast(7))), .malformed),
                ("bytes after a message", FrameDecoder.frame(push + [0x7a]), .malformed),
                ("no bytes", [0, 0, 0, 0], .malformed),
                ("one byte longer than a frame may be", [0, 0x10, 0, 1], .tooLong),
                ("the longest length there is", [0xff, 0xff, 0xff, 0xff], .tooLong),
                ("nothing but ones", FrameDecoder.frame([UInt8](repeating: 0xff, count: 300)), .malformed),
                ("the server's greeting sent back", Message.welcome(welcome).frame, .unexpected),
                ("the server's receipt sent back", Message.receipt(receipt).frame, .unexpected),
                ("an answer to a push", Message.pushRefused(Message.PushRefusal(
                    scope: scope.scope, block: kept.hash, code: .streamGap, end: Message.KnownStream(incarnation: 1, end: kept.end))).frame, .unexpected),
            ]
            for (index, (name, bytes, code)) in frames.enumerated() {
                let (laptop, greeting) = try anna.greeted(port: server.port)
                #expect(greeting.engagement?.place == receipt.place, "before \(name)")
                try laptop.send(bytes: bytes)
                #expect(try laptop.expectProblem() == code, "\(name)")
                #expect(try laptop.receive() == nil, "close_notify after \(name)")
                #expect(server.counts.badFrames == index + 1, "\(name) is counted")
            }
        }
        await server.stop()
        #expect(server.counts.faults == 0)
        #expect(try tenant.verify().holds)
    }
}
