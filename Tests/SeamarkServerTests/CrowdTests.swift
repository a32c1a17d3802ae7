import Foundation
import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Synchronization
import Testing

@testable import SeamarkServer

/// Many at once: those who work, those who are silent, and those who leave in the middle of a word.
@Suite struct CrowdTests {
    private static let devices = 50
    private static let records = 200
    #if DEBUG
    private static let honestTime = Duration.seconds(10)
    #else
    private static let honestTime = Duration.seconds(2)
    #endif

    @Test func `fifty devices hand in two hundred records each at once, with shared commits, and all read the same`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = try (0..<Self.devices).map { try tenant.invite($0.isMultiple(of: 2) ? "anna" : "ben") }
        try await blocking {
            let enrolments = try invitations.map { try Enrolment(port: server.port, $0) }
            let (reader, welcome) = try enrolments[0].greeted(port: server.port)
            try reader.close()
            let scope = try #require(welcome.engagement)
            // Four blocks of fifty records, as a day's work is sealed.
            let work = try enrolments.map { enrolment in
                var end = StreamEnd.beginning
                return try (0..<4).map { _ in
                    let block = try enrolment.block(scope.scope, after: end, count: Self.records / 4)
                    end = block.end
                    return block
                }
            }
            let start = Gate(Self.devices)
            let places = try Crowd.each(Self.devices) { index in
                let (laptop, greeting) = try enrolments[index].greeted(port: server.port)
                start.pass()
                for block in work[index] { try laptop.send(.push(block)) }
                var places: [UInt64] = []
                for block in work[index] {
                    // The first answer is the receipt: nobody is refused, nobody asks again.
                    guard case .receipt(let receipt) = try laptop.receive() else { throw RawSocket.Ended.refused }
                    guard receipt.block == block.hash, receipt.isSigned(by: greeting.serverKey.key, SystemPrimitives()),
                        receipt.verdicts == [Verdict](repeating: .accepted, count: 50)
                    else { throw RawSocket.Ended.refused }
                    places.append(receipt.place.position)
                }
                try laptop.close()
                return places
            }
            let first = scope.place.position + 1
            #expect(places.joined().sorted() == Array(first..<first + UInt64(4 * Self.devices)), "each block has one place of its own")
            let commits = server.counts.pushTransactions
            print("crowd: \(server.counts.pushes) pushes in \(commits) commits")
            #expect(server.counts.pushes == 4 * Self.devices)
            #expect(commits <= server.counts.pushes / 4, "\(commits) commits")
            #expect(server.counts.cutOff == 0 && server.counts.refusedByLimit == 0 && server.counts.faults == 0)

            // Everybody reads the log to its end. One log hash names one history; two reckon the digest from the blocks themselves.
            let ends = try Crowd.each(Self.devices) { index in
                let (laptop, greeting) = try enrolments[index].greeted(port: server.port)
                let end = try laptop.readLog(try #require(greeting.engagement), reckoning: index < 2)
                try laptop.close()
                return end
            }
            #expect(Set(ends.map(\.place)).count == 1)
            #expect(Set(ends.map(\.digest)).count == 1)
            #expect(ends[0].place.position == first - 1 + UInt64(4 * Self.devices))
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `the silent and the half-shaken are dropped in time and counted, and an honest device beside them is served`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        // As many as a shipped server takes; only the waits are those of a test.
        let server = try await yard.start {
            $0.handshakeMilliseconds = 6000
            $0.firstFrameMilliseconds = 6000
        }
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let hello = try Self.hello(invitation)
            let counted = server.counts
            // Those that were dropped in time, and those that made room for others.
            func dropped() -> Int { server.counts.tooSlow - counted.tooSlow + server.counts.refusedByLimit - counted.refusedByLimit }
            var silent: [RawSocket] = []
            var shaken: [Laptop] = []
            for index in 0..<150 {
                let socket = try RawSocket(port: server.port, from: 0x7f00_0002 + UInt32(index % 8))
                if index.isMultiple(of: 2) { try socket.send(Array(hello.prefix(hello.count / 2))) }
                silent.append(socket)
            }
            for _ in 0..<50 { shaken.append(try Laptop(port: server.port, invitation)) }
            #expect(server.counts.refusedByLimit > counted.refusedByLimit, "more than have a place")
            let began = ContinuousClock.now
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            let block = try anna.block(scope, count: 20)
            try laptop.send(.push(block))
            guard case .receipt(let receipt) = try laptop.receive() else { throw RawSocket.Ended.refused }
            #expect(receipt.block == block.hash)
            // In release as it is promised; a debug build does a tenth of the work in that time, and shows only that nobody waits for the flood to end.
            #expect(ContinuousClock.now - began < Self.honestTime, "an honest device waits for nobody")
            try laptop.close()
            // Every one of them hears the end of its connection, and the server's side of each socket is gone.
            let deadline = ContinuousClock.now + .seconds(30)
            while dropped() < 200, ContinuousClock.now < deadline { usleep(10_000) }
            #expect(dropped() == 200)
            while !server.services.register.isEmpty, ContinuousClock.now < deadline { usleep(10_000) }
            #expect(server.services.register.isEmpty)
            while Sockets.open(at: server.port) > 0, ContinuousClock.now < deadline { usleep(10_000) }
            #expect(Sockets.open(at: server.port) == 0, "every descriptor of the server's returned")
            #expect(server.counts.failedHandshakes == counted.failedHandshakes && server.counts.faults == 0)
            withExtendedLifetime((silent, shaken)) {}
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `fifty that hang up at once in the middle of a push lose nothing and leave nothing behind`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = try (0...Self.devices).map { try tenant.invite($0.isMultiple(of: 2) ? "anna" : "ben") }
        try await blocking {
            let enrolments = try invitations.map { try Enrolment(port: server.port, $0) }
            let (reader, welcome) = try enrolments[0].greeted(port: server.port)
            try reader.close()
            let scope = try #require(welcome.engagement)
            let blocks = try enrolments.prefix(Self.devices).map { try $0.block(scope.scope, count: 10) }
            let counted = server.counts
            let (there, leaving) = (Gate(Self.devices + 1), Gate(Self.devices + 1))
            _ = try Crowd.each(Self.devices + 1) { index in
                let (laptop, _) = try enrolments[index].greeted(port: server.port)
                guard index < Self.devices else {
                    // Beside all of them, and while they go, the honest device hands in its work.
                    there.pass()
                    guard server.counts.sessions - counted.sessions == Self.devices + 1, server.counts.cutOff == counted.cutOff else { throw NotThere() }
                    var end = StreamEnd.beginning
                    for round in 0..<5 {
                        if round == 1 { leaving.pass() }
                        let block = try enrolments[index].block(scope.scope, after: end, count: 10)
                        let began = ContinuousClock.now
                        try laptop.send(.push(block))
                        guard case .receipt(let receipt) = try laptop.receive(), receipt.block == block.hash else { throw RawSocket.Ended.refused }
                        guard ContinuousClock.now - began < .seconds(10) else { throw RawSocket.Ended.silent }
                        end = block.end
                    }
                    return try laptop.close()
                }
                // In the length, after it, in the middle, before the last byte.
                let frame = Message.push(blocks[index]).frame
                try laptop.send(bytes: Array(frame.prefix([2, 4, 40, frame.count / 2, frame.count - 1][index % 5])))
                if (index / 5).isMultiple(of: 2) { laptop.socket.reset() }
                there.pass()
                leaving.pass()
            }
            let deadline = ContinuousClock.now + .seconds(20)
            while server.counts.cutOff - counted.cutOff < Self.devices, ContinuousClock.now < deadline { usleep(5_000) }
            #expect(server.counts.cutOff - counted.cutOff == Self.devices)
            #expect(server.counts.pushes - counted.pushes == 5, "half a push is none")
            // They come back, all at once, and hand in the same bytes.
            _ = try Crowd.each(Self.devices) { index in
                let (other, _) = try enrolments[index].greeted(port: server.port)
                try other.send(.push(blocks[index]))
                guard case .receipt(let receipt) = try other.receive(), receipt.block == blocks[index].hash else { throw RawSocket.Ended.refused }
                try other.close()
            }
            let later = ContinuousClock.now + .seconds(20)
            while !server.services.register.isEmpty, ContinuousClock.now < later { usleep(5_000) }
            while Sockets.open(at: server.port) > 0, ContinuousClock.now < later { usleep(5_000) }
            #expect(Sockets.open(at: server.port) == 0)
            #expect(try tenant.engagements().first?.position == scope.place.position + UInt64(Self.devices) + 5)
        }
        await server.stop()
        #expect(server.counts.faults == 0)
        #expect(try tenant.verify().holds)
    }

    /// Not all of them were there at once.
    private struct NotThere: Error {}

    /// What a laptop says first.
    private static func hello(_ invitation: InvitationLine) throws -> [UInt8] {
        let context = try TLSClientContext(
            trust: .pin(invitation.pin.bytes), serverName: invitation.serverName, label: invitation.label, identity: nil)
        let tls = try TLSSession(context, milliseconds: { UInt64(WallClock.system.now()) })
        _ = try tls.step()
        return tls.takeCiphertext()
    }
}

extension RawSocket {
    /// Ends the connection by a reset in place of a farewell.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(file, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }
}

/// A thread for each of many who wait.
enum Crowd {
    static func each<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Value) throws -> [Value] {
        let results = Results<Value>()
        let group = DispatchGroup()
        for index in 0..<count {
            group.enter()
            Thread.detachNewThread {
                let result = Result { try body(index) }
                results.all.withLock { $0[index] = result }
                group.leave()
            }
        }
        group.wait()
        let all = results.all.withLock { $0 }
        return try (0..<count).compactMap { try all[$0]?.get() }
    }

    private final class Results<Value: Sendable>: Sendable {
        let all = Mutex<[Int: Result<Value, any Error>]>([:])
    }
}

/// Opens when as many wait as it is for.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let missing: Mutex<Int>
    private let count: Int

    init(_ count: Int) {
        self.count = count
        missing = Mutex(count)
    }

    func pass() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { for _ in 0..<count { semaphore.signal() } }
        // One that failed before the gate must not keep the others for ever.
        _ = semaphore.wait(timeout: .now() + 120)
    }
}

/// The sockets of this machine, as the kernel lists them: other tests of this process hold descriptors of their own.
enum Sockets {
    /// Connections of a listener at `port` that this process still holds. Not those that another holds: a program that a test starts
    /// beside this one may inherit what is open at that moment, and keeps it until its end.
    static func open(at port: Int) -> Int {
        let own = Set(((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
        })
        let file = Glibc.open("/proc/net/tcp", O_RDONLY)
        guard file >= 0 else { return -1 }
        defer { close(file) }
        // A file without a length: read until nothing comes.
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while case let count = Glibc.read(file, &piece, piece.count), count > 0 { bytes += piece[..<count] }
        let text = String(decoding: bytes, as: UTF8.self)
        let suffix = ":" + String(format: "%04X", port)
        return text.split(separator: "\n").dropFirst().count { line in
            let fields = line.split(separator: " ")
            // Local address, state (0A listens), and the inode.
            return fields.count > 9 && fields[1].hasSuffix(suffix) && fields[3] != "0A" && own.contains("socket:[\(fields[9])]")
        }
    }
}
