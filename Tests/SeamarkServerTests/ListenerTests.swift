import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Testing

@testable import SeamarkServer

@Suite struct ListenerTests {
    /// Reads until the end and says whether it came.
    private func ends(_ socket: RawSocket) -> Bool {
        while true {
            do { if try socket.receive().isEmpty { return true } } catch RawSocket.Ended.silent { return false } catch { return true }
        }
    }

    @Test func `garbage on the port is answered by closing and counted, and others are served`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let samples: [[UInt8]] = [
                Array("GET / HTTP/1.1\r\n\r\n".utf8), [UInt8](repeating: 0, count: 5000), try Randomness.bytes(40_000), [0x16, 3, 1, 0xff, 0xff],
                [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0],
            ]
            for (index, sample) in samples.enumerated() {
                let socket = try RawSocket(port: server.port)
                try? socket.send(sample)
                if index != 3 { #expect(self.ends(socket), "sample \(index)") }
            }
            _ = try Enrolment(port: server.port, invitation)
        }
        await server.stop()
        #expect(server.counts.failedHandshakes >= 4)
        #expect(server.counts.faults == 0)
    }

    @Test func `whoever says nothing before the handshake is closed in time`() async throws {
        let yard = try Yard()
        _ = try yard.addTenant("halden")
        let server = try await yard.start { $0.handshakeMilliseconds = 150 }
        try await blocking {
            let silent = try RawSocket(port: server.port)
            #expect(self.ends(silent))
        }
        #expect(server.counts.tooSlow == 1)
        await server.stop()
    }

    @Test func `whoever says nothing after the greeting is told so and closed in time`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start { $0.firstFrameMilliseconds = 300 }
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let laptop = try Laptop(port: server.port, invitation)
            guard case .door = try laptop.receive() else { throw RawSocket.Ended.refused }
            #expect(try laptop.expectProblem() == .tooSlow)
            #expect(try laptop.receive() == nil)
        }
        #expect(server.counts.tooSlow == 1)
        await server.stop()
    }

    @Test func `a frame that drips in, and a conversation that has fallen silent, are ended`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start {
            $0.frameWindowMilliseconds = 1000
            $0.idleMilliseconds = 3000
        }
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
        try await blocking {
            let (laptop, _) = try Enrolment(port: server.port, invitations[0]).greeted(port: server.port)
            try laptop.send(bytes: [0, 0, 100, 0, 1])
            #expect(try laptop.expectProblem() == .tooSlow)
            let (idle, _) = try Enrolment(port: server.port, invitations[1]).greeted(port: server.port)
            try idle.send(.pull(.zero))
            #expect(try idle.expectProblem() == .unknownScope)
            #expect(try idle.receive() == nil)
        }
        await server.stop()
    }

    @Test func `limits of connections hold: unfinished, for an address and for a device`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start {
            $0.unfinishedHandshakes = 3
            $0.connectionsPerAddress = 8
            $0.connectionsPerDevice = ConnectionLimits().connectionsPerDevice
        }
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            do {
                let silent = try (0..<3).map { _ in try RawSocket(port: server.port) }
                while server.counts.accepted < 4 { usleep(1000) }
                let fourth = try RawSocket(port: server.port)
                #expect(self.ends(silent[0]), "the oldest makes room for the fourth unfinished handshake")
                withExtendedLifetime((silent, fourth)) {}
            }
            while !server.services.register.isEmpty { usleep(1000) }
            var laptops = try (0..<4).map { _ in try anna.greeted(port: server.port).0 }
            // A laptop whose line fails comes again and again, and the server sees no end of what it left behind.
            for _ in 0..<8 { laptops.append(try anna.greeted(port: server.port).0) }
            for laptop in laptops.prefix(8) { #expect((try? laptop.receive()) ?? nil == nil, "the oldest of the device makes room") }
            try laptops[11].send(.push(try anna.block(.zero)))
            #expect(try laptops[11].receive() != nil, "the last is served")
        }
        await server.stop()
        #expect(server.counts.refusedByLimit == 9)
    }

    @Test func `frames beyond the limits and frames that are none end the conversation with their number`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            for (bytes, code) in [
                ([0, 0x10, 0, 1], Problem.Code.tooLong), ([0xff, 0xff, 0xff, 0xff], .tooLong), ([0, 0, 0, 0], .malformed),
                ([0, 0, 0, 2, 0xff, 0xff], .malformed), ([0, 0, 0, 3, 0x7a, 0x01, 0x00], .unexpected),
            ] as [([UInt8], Problem.Code)] {
                let (laptop, _) = try anna.greeted(port: server.port)
                try laptop.send(bytes: bytes)
                let answer = try laptop.expectProblem()
                #expect(answer == code || code == .unexpected && answer == .malformed, "\(bytes)")
                #expect(try laptop.receive() == nil)
            }
        }
        #expect(server.counts.badFrames >= 4)
        await server.stop()
    }

    @Test func `a device that asks for much before it reads anything gets every answer`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let shared = try #require(welcome.shared).scope
            // Each answer holds the instrument. How much waits for such a device is bounded in `ConnectionLimitTests`; this measures no memory.
            let pull = Message.pull(shared).frame
            for _ in 0..<60 { try laptop.send(bytes: pull) }
            var answers = 0
            while answers < 60 {
                guard case .entries = try laptop.receive() else { break }
                answers += 1
            }
            #expect(answers == 60)
        }
        await server.stop()
    }

    @Test func `stopping finishes what is being pushed, says goodbye, and loses nothing that was acknowledged`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        let open = try #require(server.roster.tenants.first)
        let gate = DispatchSemaphore(value: 0)
        let pushing = Task {
            try await blocking { () -> (Int, Bool) in
                let anna = try Enrolment(port: server.port, invitation)
                let (laptop, welcome) = try anna.greeted(port: server.port)
                let scope = try #require(welcome.engagement).scope
                open.writer.submit(.alone { gate.wait() })
                var end = StreamEnd.beginning
                for _ in 0..<5 {
                    let block = try anna.block(scope, after: end)
                    end = block.end
                    try laptop.send(.push(block))
                }
                var receipts = 0
                while let message = try laptop.receive() {
                    if case .receipt = message { receipts += 1 }
                }
                return (receipts, laptop.tls.peerHasClosed)
            }
        }
        #expect(try await eventually { server.counts.pushes == 5 })
        try await Task.sleep(for: .milliseconds(50))
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) { gate.signal() }
        await server.stop()
        let (receipts, wasTold) = try await pushing.value
        #expect(receipts == 5)
        #expect(wasTold, "close_notify came before the end of the stream")
        #expect(try tenant.engagements().first?.position == 8)
        // Its port may be another server's by now; this one takes no more connections.
        let accepted = server.counts.accepted
        _ = try? RawSocket(port: server.port)
        #expect(server.counts.accepted == accepted)
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `a port that is taken is said to be`() async throws {
        let yard = try Yard()
        let server = try await yard.start()
        await #expect(throws: OperationFailure.self) { try await Server.start(yard.directory, port: server.port) }
        await server.stop()
    }
}
