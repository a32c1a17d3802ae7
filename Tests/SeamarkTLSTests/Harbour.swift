import COpenSSL
import SeamarkTLS

/// A server with two tenants and everything needed to reach it: what most tests begin with.
final class Harbour {
    final class Tenant: Sendable {
        let name: String
        init(_ name: String) { self.name = name }
    }

    static let serverName = "halyard.harbour.example"

    let installation = TestAuthority("an installation authority")
    let authorityA = TestAuthority("authority A")
    let authorityB = TestAuthority("authority B")
    let server: TLSServerContext

    /// Labels: "label-a" and "label-b".
    init(serverCertificate: ((TestAuthority) -> TestAuthority.Issued)? = nil) throws {
        let issued = serverCertificate?(installation) ?? installation.issueServer(Self.serverName)
        let identity = try TLSIdentity(certificate: issued.certificate, chain: [installation.certificate], privateKey: issued.privateKey)
        let a = TenantChoice(authority: try TrustedAuthority(certificates: [authorityA.certificate]), tenant: Tenant("a"))
        let b = TenantChoice(authority: try TrustedAuthority(certificates: [authorityB.certificate]), tenant: Tenant("b"))
        server = try TLSServerContext(identity: identity) { label in
            switch label {
            case Array("label-a".utf8): a
            case Array("label-b".utf8): b
            default: nil
            }
        }
    }

    func client(
        _ issued: TestAuthority.Issued? = nil, chain: [[UInt8]] = [], label: String = "label-a", name: String = Harbour.serverName,
        trust: TLSClientContext.Trust? = nil
    ) throws -> TLSClientContext {
        try TLSClientContext(
            trust: trust ?? .authority(installation.certificate), serverName: name, label: label,
            identity: try issued.map { try TLSIdentity(certificate: $0.certificate, chain: chain, privateKey: $0.privateKey) })
    }

    /// A device of tenant A in the middle of a conversation.
    func established(milliseconds: @escaping () -> UInt64 = { 0 }) throws -> Conversation {
        let conversation = try Conversation(server, client(authorityA.issue()), milliseconds: milliseconds)
        try conversation.shakeHands()
        return conversation
    }
}

/// Two sessions and the wire between them.
final class Conversation {
    let server: TLSSession
    let client: TLSSession
    /// Everything that either end said, in order, by who said it.
    private(set) var spoken: [(byClient: Bool, bytes: [UInt8])] = []

    init(_ server: TLSServerContext, _ client: TLSClientContext, milliseconds: @escaping () -> UInt64 = { 0 }) throws {
        self.server = try TLSSession(server, milliseconds: milliseconds)
        self.client = try TLSSession(client, milliseconds: milliseconds)
    }

    /// Moves ciphertext both ways, in pieces of `piece` bytes, until neither end has more to say. Returns the first error of each end;
    /// an error of one end does not keep its alert from the other.
    @discardableResult
    func run(piece: Int = 64 * 1024) -> (server: TLSError?, client: TLSError?) {
        step(client)
        var isMoving = true
        while isMoving {
            isMoving = move(from: client, to: server, piece)
            isMoving = move(from: server, to: client, piece) || isMoving
        }
        return (server.failure, client.failure)
    }

    func shakeHands(piece: Int = 64 * 1024) throws {
        let (server, client) = run(piece: piece)
        if let problem = server ?? client { throw problem }
        precondition(self.server.isEstablished && self.client.isEstablished)
    }

    private(set) var serverRead: [UInt8] = []
    private(set) var clientRead: [UInt8] = []

    private func step(_ session: TLSSession) {
        guard let read = try? session.readAll() else { return }
        if session === client { clientRead += read } else { serverRead += read }
    }

    private func move(from: TLSSession, to: TLSSession, _ piece: Int) -> Bool {
        let bytes = from.takeCiphertext()
        guard !bytes.isEmpty else { return false }
        spoken.append((from === client, bytes))
        var rest = bytes[...]
        while !rest.isEmpty {
            let next = Array(rest.prefix(piece))
            precondition(to.receive(next) == next.count)
            rest = rest.dropFirst(next.count)
            step(to)
        }
        return true
    }
}
