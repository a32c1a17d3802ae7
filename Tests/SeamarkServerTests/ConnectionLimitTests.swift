import NIOCore
import NIOPosix
import SeamarkJournal
import SeamarkProtocol
import Testing

@testable import SeamarkServer

/// What may wait for one connection, as it is shipped: one below, at and one above (the table is in `Server/THREATS.md`). Nothing is refused there: what
/// comes beyond is not taken until there is room.
@Suite struct ConnectionLimitTests {
    /// What a connection of a running server does, which has shaken hands with nobody.
    private func connection<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        let yard = try Yard()
        let server = try await yard.start()
        let (services, loop) = (server.services, MultiThreadedEventLoopGroup.singleton.next())
        let value = try await loop.submit { try body(Connection(services: services, number: 0, loop: loop)) }.get()
        await server.stop()
        return value
    }

    private static let frame = Message.watch.frame

    /// Whether a frame that has arrived is taken out of what came.
    private static func takes(_ connection: Connection) -> Bool {
        connection.decoder = FrameDecoder()
        connection.decoder.append(frame)
        connection.takeFrames()
        return connection.decoder.pendingCount == 0
    }

    @Test func `below 4 MiB of pushes that wait a frame is taken, and from there on none, whatever its length`() async throws {
        let limit = ConnectionLimits().unansweredBytes
        #expect(limit == 4 << 20)
        let taken = try await connection { connection in
            [limit - 1, limit, limit + 1, limit - 1].map { bytes in
                connection.unansweredBytes = bytes
                return Self.takes(connection) && !connection.isFull
            }
        }
        #expect(taken == [true, false, false, true])
    }

    @Test func `below 256 KiB that wait to be sent a frame is taken, and from there on none, and no pull is begun`() async throws {
        let limit = ConnectionLimits().unsentBytes
        #expect(limit == 256 << 10)
        let (taken, begun) = try await connection { connection in
            var (taken, begun): ([Bool], [Int]) = ([], [])
            for bytes in [limit - 1, limit, limit + 1] {
                connection.outbound = [UInt8](repeating: 0, count: bytes)
                taken.append(Self.takes(connection))
                var count = 0
                connection.requests = []
                connection.request(.pull, bytes: 0) { _, _ in count += 1 }
                begun.append(count)
            }
            connection.requests = []
            return (taken, begun)
        }
        #expect(taken == [true, false, false] && begun == [1, 0, 0])
    }

    @Test func `four blocks of a connection are opened and the fifth waits as it came`() async throws {
        let limit = ConnectionLimits().openedBlocks
        #expect(limit == 4)
        let begun = try await connection { connection in
            [limit - 1, limit, limit + 1].map { blocks in
                var count = 0
                connection.requests = []
                for _ in 0..<blocks { connection.request(.push, bytes: 0) { _, _ in count += 1 } }
                connection.requests = []
                return count
            }
        }
        #expect(begun == [3, 4, 4])
    }

    @Test func `sixty-three requests leave room for another, and sixty-four for none`() {
        var session = ServerSession()
        _ = session.began()
        let key = Message.ServerKey(epoch: 1, device: .zero, key: [], signature: [])
        _ = session.welcomed(Message.Welcome(schema: 1, leastSchema: 1, epoch: 1, time: 0, role: 1, serverKey: key, scopes: [], revoked: false))
        var full: [Int] = []
        for count in 1...65 {
            _ = session.received(.pull(.zero))
            if session.isFull { full.append(count) }
        }
        #expect(full == [64, 65])
    }
}
