import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkTLS

@testable import SeamarkServer

/// A plain socket that waits at most two minutes: tests share two cores with whatever else runs.
final class RawSocket {
    let file: Int32

    /// - Parameter source: the address of this machine to connect from.
    init(port: Int, from source: UInt32? = nil) throws {
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        if let source {
            var here = sockaddr_in()
            here.sin_family = sa_family_t(AF_INET)
            here.sin_addr.s_addr = source.bigEndian
            let bound = withUnsafePointer(to: &here) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            guard bound == 0 else { throw Ended.refused }
        }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Ended.refused }
    }

    deinit { close(file) }

    enum Ended: Error { case refused, silent, closed, reset }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Ended.reset }
            rest = rest.dropFirst(count)
        }
    }

    /// Some bytes, or none at the end of the stream.
    func receive() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(file, &bytes, bytes.count, 0)
        guard count >= 0 else { throw errno == EAGAIN ? Ended.silent : Ended.reset }
        return Array(bytes[..<count])
    }
}

/// A device's end of a conversation, blocking.
final class Laptop {
    let socket: RawSocket
    let tls: TLSSession
    private var decoder = FrameDecoder()
    /// Every byte that the server has said, as it came out of the conversation.
    private(set) var heard: [UInt8] = []

    init(port: Int, _ invitation: InvitationLine, label: String? = nil, identity: TLSIdentity? = nil) throws {
        socket = try RawSocket(port: port)
        let context = try TLSClientContext(
            trust: .pin(invitation.pin.bytes), serverName: invitation.serverName, label: label ?? invitation.label, identity: identity)
        tls = try TLSSession(context, milliseconds: { UInt64(WallClock.system.now()) })
        while try tls.step() == .needsMore {
            try socket.send(tls.takeCiphertext())
            let bytes = try socket.receive()
            guard !bytes.isEmpty else { throw RawSocket.Ended.closed }
            _ = tls.receive(bytes)
        }
        try socket.send(tls.takeCiphertext())
    }

    func send(_ message: Message) throws { try send(bytes: message.frame) }

    func send(bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            rest = rest.dropFirst(try tls.write(Array(rest)))
            try socket.send(tls.takeCiphertext())
        }
    }

    /// The next message; nil after close_notify.
    func receive() throws -> Message? {
        while true {
            if let payload = try decoder.next() { return try Message(payload: payload) }
            if tls.peerHasClosed { return nil }
            let bytes = try socket.receive()
            if bytes.isEmpty { try tls.peerEndedTransport() } else { _ = tls.receive(bytes) }
            let plain = try tls.readAll()
            heard += plain
            decoder.append(plain)
        }
    }

    func expectProblem() throws -> Problem.Code? {
        guard case .problem(let problem) = try receive() else { return nil }
        return problem.code
    }

    func close() throws {
        tls.close()
        try socket.send(tls.takeCiphertext())
    }

    /// Where a log that was read ended.
    struct LogEnd: Sendable {
        let place: LogPlace
        let digest: ScopeDigest
    }

    /// Pulls a scope to its end and checks each entry against the log's hash; `reckoning`, opens every block too.
    func readLog(_ scope: Message.ScopeStatus, reckoning: Bool) throws -> LogEnd {
        let primitives = SystemPrimitives()
        var end = LogPlace.beginning
        var state = ScopeState()
        while end.position < scope.place.position {
            try send(.pull(scope.scope, after: end))
            guard case .entries(let answer) = try receive(), !answer.entries.isEmpty else { throw RawSocket.Ended.refused }
            for entry in answer.entries {
                if reckoning {
                    var changes: [Change] = []
                    if let block = entry.block {
                        changes = try Block.open(block, sensitive: SensitivePart.decode(entry.sensitive, primitives), primitives).changes
                    }
                    state.read(entry.entry, changes: changes)
                }
                end = LogPlace(position: end.position + 1, hash: entry.entry.logHash(after: end.hash, primitives))
            }
        }
        guard end == scope.place else { throw RawSocket.Ended.refused }
        return LogEnd(place: end, digest: reckoning ? state.digest : scope.digest)
    }
}

/// An enrolled device: its keys, its certificate, and the streams that it has sealed.
struct Enrolment: Sendable {
    let invitation: InvitationLine
    let key: CertificateKey
    let signing: SigningKey
    let enrolled: Message.Enrolled

    static func ask(
        _ laptop: Laptop, token: [UInt8], request: [UInt8], signing: SigningKey, name: String = "laptop", spoil: Bool = false
    ) throws -> Message? {
        guard case .door = try laptop.receive() else { return nil }
        var binding = try laptop.tls.exportKeyingMaterial(label: Message.Enrol.exporterLabel, context: [], count: 32)
        if spoil { binding[0] ^= 1 }
        let proof = signing.sign(Message.Enrol.message(binding: binding, request: request))
        try laptop.send(.enrol(Message.Enrol(token: token, request: request, signingKey: signing.publicKey, proof: proof, deviceName: name)))
        return try laptop.receive()
    }

    init(port: Int, _ invitation: InvitationLine) throws {
        let key = try CertificateKey.generate()
        let signing = try SigningKey.generate()
        let laptop = try Laptop(port: port, invitation)
        let answer = try Self.ask(laptop, token: invitation.token, request: CertificateSigningRequest(for: key).der, signing: signing)
        guard case .enrolled(let enrolled) = answer else { throw RawSocket.Ended.refused }
        self.invitation = invitation
        self.key = key
        self.signing = signing
        self.enrolled = enrolled
    }

    /// Asks at the door for another certificate in the place of this one; nil for an answer that is none.
    ///
    /// - Parameters:
    ///   - certificate: another one than its own.
    ///   - signing: another key than its own.
    ///   - prove: what the key signs instead.
    func renew(
        _ laptop: Laptop, certificate: [UInt8]? = nil, signing: SigningKey? = nil, request: [UInt8]? = nil, prove: ((_ binding: [UInt8]) -> [UInt8])? = nil
    ) throws -> Message? {
        guard case .door = try laptop.receive() else { return nil }
        let binding = try laptop.tls.exportKeyingMaterial(label: Message.Enrol.exporterLabel, context: [], count: 32)
        let signing = signing ?? self.signing
        let request = try request ?? CertificateSigningRequest(for: CertificateKey.generate()).der
        let proven = prove?(binding) ?? Message.Renew.message(binding: binding, request: request)
        try laptop.send(
            .renew(
                Message.Renew(
                    certificate: certificate ?? enrolled.certificate, request: request, signingKey: signing.publicKey, proof: signing.sign(proven))))
        return try laptop.receive()
    }

    func identity() throws -> TLSIdentity { try TLSIdentity(certificate: enrolled.certificate, privateKey: key.der) }

    func connect(port: Int) throws -> Laptop { try Laptop(port: port, invitation, identity: identity()) }

    /// Connects and hears the greeting.
    func greeted(port: Int) throws -> (Laptop, Message.Welcome) {
        let laptop = try connect(port: port)
        guard case .welcome(let welcome) = try laptop.receive() else { throw RawSocket.Ended.refused }
        return (laptop, welcome)
    }

    /// A block of `count` new sites, or of records of another type in which `field` says `name`.
    func block(
        _ scope: Identifier, incarnation: UInt64 = 1, after end: StreamEnd = .beginning, count: Int = 1, name: String = "Plant",
        device: Identifier? = nil, type: RecordType = Catalogue.site, field: String = "name"
    ) throws -> Block {
        let primitives = SystemPrimitives()
        let now = WallClock.system.now()
        let author = device ?? enrolled.device
        let changes = try (0..<count).map { index in
            var editing = RecordEditing(record: try .drawn(at: now), type: type, state: nil, salt: { .zero })
            editing.create(at: now, handle: "S-\(end.number)-\(index)")
            editing.set(field, .text(name))
            return Change(
                scope: scope, stamp: Stamp(time: now + Int64(index), device: author), member: enrolled.member, schema: 1, edits: editing.edits,
                primitives: primitives)
        }
        return Block.seal(changes, in: StreamName(device: author, incarnation: incarnation, scope: scope), after: end, by: signing, primitives)
    }
}

extension Message {
    static func push(_ block: Block) -> Message { .push(Push(scope: block.stream.scope, block: block.bytes, sensitive: [])) }

    static func pull(_ scope: Identifier, after cursor: LogPlace = .beginning, credit: UInt32 = 1 << 20, own: UInt64 = 0) -> Message {
        .pull(Pull(scope: scope, cursor: cursor, credit: credit, ownIncarnation: own))
    }
}

extension Message.Welcome {
    var engagement: Message.ScopeStatus? { scopes.first { $0.kind == .engagement } }
    var shared: Message.ScopeStatus? { scopes.first { $0.kind == .shared } }
}
