import Foundation
import FuzzSupport
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Synchronization
import Testing

/// Frames that mean harm, behind true handshakes, against one process of the server's program.
///
/// In the ordinary suite a thousand; with `SEAMARK_HOSTILE_FRAMES` in the environment ten thousand.
@Suite struct HostileFrameTests {
    private static let frames = ProcessInfo.processInfo.environment["SEAMARK_HOSTILE_FRAMES"] == nil ? 1_000 : 10_000
    /// Until the process has seen all kinds.
    private static let warmUp = 300
    /// Bytes by which the process may grow after that: for each connection at most a frame of 1 MiB, 4 MiB of pushes that wait, 256 KiB to send and 64 KiB of
    /// a handshake make 32 MiB for six, and as much again for what the allocator keeps. Were what comes kept, it would be more: one frame in ten has
    /// a megabyte.
    private static let mostGrowth = 64 << 20

    /// Somebody at a connection, and what they say; a stranger where they have no device. Used by one thread at a time.
    private final class Source: @unchecked Sendable {
        private let port: UInt16
        private let context: TLSClientContext
        private let honest: Set<[UInt8]>
        let isStranger: Bool
        private var fuzzer: Fuzzer
        /// As it stands after a greeting: it tells which frames end the conversation.
        private let open: ServerSession
        private var address: UInt8
        private var made = 0
        private var conversations = 0

        /// - Parameters:
        ///   - number: what sets one source apart from others.
        ///   - welcome: what its device was greeted with; nil for a stranger.
        init(_ number: Int, _ invitation: SeamarkClient.Invitation, _ context: TLSClientContext, _ welcome: Message.Welcome?, honest: [Message]) throws {
            (port, self.context, isStranger) = (invitation.port, context, welcome == nil)
            self.honest = Set(honest.map(\.payload))
            fuzzer = try Fuzzer(.frame, seed: UInt64(number), corpus: honest.map(\.frame), canary: false)
            var session = ServerSession()
            _ = session.began()
            if let welcome { _ = session.welcomed(welcome) }
            open = session
            address = UInt8(2 + number * 40)
        }

        private func ends(_ payload: [UInt8]) -> Bool {
            guard !isStranger, let message = try? Message(payload: payload) else { return true }
            var session = open
            return session.received(message).contains { if case .close = $0 { true } else { false } }
        }

        private static func frame(_ payload: [UInt8]) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: payload.count >> $0) } + payload
        }

        /// A field that no message has, of such a length that the frame is as long as one may be.
        private static func padded(_ payload: [UInt8]) -> [UInt8] {
            let count = FrameDecoder.longestPayload - payload.count - 5
            guard count >= 1 << 14 else { return payload }
            return payload + [0xc2, 0x3e, UInt8(count & 0x7f | 0x80), UInt8(count >> 7 & 0x7f | 0x80), UInt8(count >> 14)] + [UInt8](repeating: 0x2a, count: count)
        }

        private var isLong: Bool {
            made += 1
            return made.isMultiple(of: 10)
        }

        /// A frame with one to six changes that the server looks at and lets the conversation go on.
        private func lasting() -> [UInt8] {
            let isLong = self.isLong
            while true {
                var payload = Array(fuzzer.mutated().dropFirst(4).prefix(FrameDecoder.longestPayload))
                guard !payload.isEmpty, !honest.contains(payload), !ends(payload) else { continue }
                if isLong, !ends(Self.padded(payload)) { payload = Self.padded(payload) }
                return Self.frame(payload)
            }
        }

        /// A frame that is none, or says what nobody may; its length may be a lie.
        private func fatal() -> [UInt8] {
            let isLong = self.isLong
            while true {
                let bytes = fuzzer.mutated()
                let payload = Array(bytes.dropFirst(4).prefix(FrameDecoder.longestPayload))
                guard !bytes.isEmpty, payload.isEmpty || ends(payload), payload.isEmpty || !honest.contains(payload) else { continue }
                return isLong ? Self.frame(payload + [UInt8](repeating: 0xfe, count: FrameDecoder.longestPayload - payload.count)) : bytes
            }
        }

        /// Connects from another address each time.
        private func connected() throws -> Intruder {
            address = address == 250 ? 2 : address + 1
            return try Intruder(port: port, from: address, context)
        }

        /// Says this and hears the end. Behind it nothing comes, whatever it promises.
        private func end(_ intruder: Intruder, with frame: [UInt8]) throws -> Int {
            let isWritten = try intruder.send(frame)
            intruder.leave()
            var hasPlace = true
            while let answer = try intruder.next() {
                if case .problem(let problem) = answer, problem.code == .tooSlow { hasPlace = false }
            }
            return isWritten && hasPlace ? 1 : 0
        }

        /// One conversation. Returns how many frames were written whole and looked at: what is behind a frame was answered, or the conversation's end came.
        private func converse() throws -> Int {
            conversations += 1
            // A stranger's first frame ends it, and so does a device's before its greeting.
            if isStranger {
                let intruder = try connected()
                if conversations.isMultiple(of: 2), try intruder.next() == nil { return 0 }
                return try end(intruder, with: fatal())
            }
            if conversations.isMultiple(of: 8) { return try end(connected(), with: fatal()) }
            // A connection that was left keeps its place for a moment.
            let intruder = try eventually("a connection has a place") { () -> Intruder? in
                let intruder = try connected()
                if case .welcome = try intruder.next() { return intruder }
                return nil
            }
            let count = 4 + conversations % 13
            var written = 0
            while written < count, try intruder.send(lasting()) { written += 1 }
            // Of a scope that nobody has: its refusal names it, and comes after all other answers.
            let mark = Identifier(high: .max, low: UInt64(conversations))
            _ = try intruder.send(Message.pull(Message.Pull(scope: mark, cursor: .beginning, credit: 1, ownIncarnation: 0)).frame)
            while let answer = try intruder.next() {
                if case .problem(let problem) = answer, problem.scope == mark { return try written + end(intruder, with: fatal()) }
            }
            intruder.leave()
            return min(1, written)
        }

        func bother(_ count: Int) throws -> Int {
            var seen = 0
            while seen < count { seen += try converse() }
            return seen
        }
    }

    /// The most memory that a process has held, as the system knows it.
    private func peak(_ process: Int32) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) * 1024
    }

    /// Two devices with two connections each, and two strangers.
    private func sources(at headquarters: Headquarters) throws -> [Source] {
        let devices = try (0..<2).map { _ -> (invitation: SeamarkClient.Invitation, identity: DeviceIdentity) in
            let invitation = try SeamarkClient.Invitation(headquarters.invitation("ann"))
            return (invitation, try Enrolment.run(invitation, deviceName: "A device that is made up"))
        }
        return try (0..<6).map { number in
            let (invitation, device) = devices[number % 2]
            let isStranger = number > 3
            let identity = try isStranger ? nil : TLSIdentity(certificate: device.certificate, privateKey: device.privateKey.copy())
            let context = try TLSClientContext(trust: .pin(invitation.pin.bytes), serverName: invitation.serverName, label: invitation.label, identity: identity)
            if isStranger {
                let signing = try SigningKey.generate()
                let request = CertificateSigningRequest(for: try CertificateKey.generate()).der
                let enrol = Message.Enrol(token: [UInt8](repeating: 7, count: 16), request: request, signingKey: signing.publicKey, proof: signing.sign([1]), deviceName: "x")
                let renew = Message.Renew(certificate: device.certificate, request: request, signingKey: signing.publicKey, proof: signing.sign([1]))
                return try Source(number, invitation, context, nil, honest: [.enrol(enrol), .renew(renew)])
            }
            let intruder = try Intruder(port: invitation.port, from: 1, context)
            guard case .welcome(let welcome) = try intruder.next() else { throw Intruder.Failure.refused }
            intruder.leave()
            return try Source(number, invitation, context, welcome, honest: Intruder.honest(device, welcome))
        }
    }

    /// All at once, each to its share of so many frames; a tenth is the strangers'.
    private static func round(_ frames: Int, _ sources: [Source]) throws -> Int {
        let results = Mutex<[Result<Int, any Error>]>([])
        let group = DispatchGroup()
        for source in sources {
            let share = source.isStranger ? frames / 20 : (frames - frames / 20 * 2 + 3) / 4
            group.enter()
            Thread.detachNewThread {
                let result = Result { try source.bother(share) }
                results.withLock { $0.append(result) }
                group.leave()
            }
        }
        group.wait()
        return try results.withLock(\.self).reduce(0) { try $0 + $1.get() }
    }

    @Test func `a thousand hostile frames behind true handshakes leave one process serving, in bounded memory, with its log whole`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let bob = try Laptop(of: "bob", at: headquarters)
        try bob.must("site", "add", "name=Dayton plant")
        try bob.must("sync")
        let id = try headquarters.server.id
        let sources = try sources(at: headquarters)

        _ = try Self.round(Self.warmUp, sources)
        let (before, began) = (try peak(id), ContinuousClock.now)
        let seen = try Self.round(Self.frames, sources)
        let after = try peak(id)
        print("hostile frames: \(seen) in \(ContinuousClock.now - began), the process held \(before >> 20) MiB at most before and \(after >> 20) MiB after")
        #expect(seen >= Self.frames)
        #expect(after - before < Self.mostGrowth, "it grew by \((after - before) >> 20) MiB")

        #expect(try headquarters.server.status == nil && headquarters.server.id == id)
        let lines = try headquarters.server.errorSoFar
        #expect(lines.contains("frame.refused") && !lines.contains("server.fault"), "\(lines.suffix(2000))")
        try bob.must("site", "add", "name=Erie depot")
        try bob.must("sync")
        #expect(try bob.unsent() == 0)
        #expect(try bob.must("list", "site").contains("Dayton"))
        try headquarters.verb("verify")
        #expect(try headquarters.server.status == nil && headquarters.server.id == id)
    }
}
