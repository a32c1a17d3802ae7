import Glibc
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS

/// Somebody who speaks TLS with the server's program as it asks for, and says behind the handshake whatever they like.
final class Intruder {
    enum Failure: Error { case refused, gone, silent }

    private let file: Int32
    private let tls: TLSSession
    private var decoder = FrameDecoder()

    /// - Parameters:
    ///   - source: the last byte of the loopback address to come from.
    ///   - context: with the certificate of a device; without one the enrolment door answers.
    init(port: UInt16, from source: UInt8, _ context: TLSClientContext) throws {
        tls = try TLSSession(context, milliseconds: { 0 })
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.file = file
        var (here, there) = (Loopback.address(0), Loopback.address(port))
        here.sin_addr.s_addr = (0x7f00_0000 | UInt32(source)).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafePointer(to: &here) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, size) } } == 0
        let isConnected = withUnsafePointer(to: &there) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, size) } } == 0
        guard isBound, isConnected else { throw Failure.refused }
        while try tls.step() == .needsMore {
            try flush()
            guard try take() else { throw Failure.gone }
        }
        try flush()
    }

    deinit { close(file) }

    private func isReady(_ events: Int32) throws -> Int32 {
        var look = pollfd(fd: file, events: Int16(events), revents: 0)
        guard poll(&look, 1, Int32(Program.patience * 1000)) > 0 else { throw Failure.silent }
        return Int32(look.revents)
    }

    /// Sends what waits. What the server says meanwhile is taken: it reads no more while nobody takes its answers.
    private func flush() throws {
        var rest = tls.takeCiphertext()[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                guard count < 0, errno == EAGAIN else { throw Failure.gone }
                if try isReady(POLLIN | POLLOUT) & POLLIN != 0, try !take() { throw Failure.gone }
            }
        }
    }

    /// Hands what has arrived to TLS, and its plaintext to the decoder; false at the end of the stream.
    private func take() throws -> Bool {
        _ = try isReady(POLLIN)
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(file, &bytes, bytes.count, 0)
        guard count >= 0 else { throw Failure.gone }
        guard count > 0 else { return false }
        _ = tls.receive(Array(bytes[..<count]))
        if tls.isEstablished { decoder.append(try tls.readAll()) }
        return true
    }

    /// False when the server hung up before all of it was written.
    func send(_ bytes: [UInt8]) throws -> Bool {
        var sent = 0
        do {
            while sent < bytes.count {
                sent += try bytes.withUnsafeBytes { try tls.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
                try flush()
            }
            return true
        } catch Failure.silent {
            throw Failure.silent
        } catch { return false }
    }

    /// The next message; nil when the conversation is over, in order or not.
    func next() throws -> Message? {
        while true {
            if let payload = try? decoder.next() { return try? Message(payload: payload) }
            guard !tls.peerHasClosed else { return nil }
            do {
                guard try take() else { return nil }
            } catch Failure.silent {
                throw Failure.silent
            } catch { return nil }
        }
    }

    /// Says that nothing more comes.
    func leave() {
        tls.close()
        try? flush()
    }
}

extension Intruder {
    /// Whole frames of a device, as its own program says them: what is changed of them goes deep.
    static func honest(_ device: DeviceIdentity, _ welcome: Message.Welcome) throws -> [Message] {
        guard let engagement = welcome.scopes.first(where: { $0.kind == .engagement }) else { throw Failure.refused }
        let (scope, primitives) = (engagement.scope, SystemPrimitives())
        let block = { (count: Int, incarnation: UInt64) -> Block in
            let changes = try (0..<count).map { number in
                let words = try Randomness.identifierWords()
                var editing = RecordEditing(record: Identifier(high: words.high, low: words.low), type: Catalogue.site, state: nil, salt: { .zero })
                editing.create(at: 1, handle: "S-\(number)")
                if let name = Catalogue.site.field(key: "name") { editing.set(name, .text("A plant that is made up")) }
                return Change(scope: scope, stamp: Stamp(time: Int64(number), device: device.device), member: device.member, schema: 1, edits: editing.edits, primitives: primitives)
            }
            let stream = StreamName(device: device.device, incarnation: incarnation, scope: scope)
            return Block.seal(changes, in: stream, after: .beginning, by: SigningKey(seed: device.signingSeed), primitives)
        }
        let blocks = [try block(1, 1), try block(40, 2)]
        let record = blocks[0].changes[0].edits[0].record
        let range = RecordRange(of: record)
        let status = Message.Status(time: 1, software: "x", schema: welcome.schema, scopes: [
            Message.ScopeCursor(scope: scope, epoch: welcome.epoch, cursor: engagement.place, mark: engagement.place, incarnation: 1, unsent: 2)
        ])
        let pushes = blocks.map { Message.push(Message.Push(scope: scope, block: $0.bytes, sensitive: [])) }
        return pushes + [
            .status(status), .watch,
            .pull(Message.Pull(scope: scope, cursor: engagement.place, credit: 1 << 16, ownIncarnation: 1)),
            .pull(Message.Pull(scope: scope, cursor: .beginning, credit: 1 << 16, ownIncarnation: 0, epoch: welcome.epoch, isForecast: true, atMost: 4000)),
            .compare(Message.Compare(scope: scope, epoch: welcome.epoch, ranges: [range])),
            .dispute(Message.Dispute(scope: scope, epoch: welcome.epoch, place: engagement.place, claims: [.init(range: range, digest: .zero)])),
            .donate(Message.Donation(scope: scope, known: engagement.place, incarnation: 1, isLast: true)),
            .attachment(.wanted(.init(scope: scope, record: record, hash: .zero, offset: 65_536))),
            .attachment(.chunk(.init(scope: scope, hash: .zero, offset: 0, bytes: [1, 2]))),
        ]
    }
}
