import SeamarkTLS

/// A server with many tenants, each with an authority of its own and one device: who a device of one may be to the others.
final class Fleet {
    let installation = TestAuthority("an installation authority")
    let authorities: [TestAuthority]
    let devices: [TestAuthority.Issued]
    let server: TLSServerContext

    static func label(_ number: Int) -> String { "tenant-\(number)" }

    init(tenants count: Int) throws {
        authorities = (0..<count).map { TestAuthority("authority \($0)") }
        devices = authorities.map { $0.issue() }
        let issued = installation.issueServer(Harbour.serverName)
        var choices: [[UInt8]: TenantChoice] = [:]
        for (number, authority) in authorities.enumerated() {
            choices[Array(Self.label(number).utf8)] = TenantChoice(
                authority: try TrustedAuthority(certificates: [authority.certificate]), tenant: Harbour.Tenant(Self.label(number)))
        }
        server = try TLSServerContext(
            identity: TLSIdentity(certificate: issued.certificate, chain: [installation.certificate], privateKey: issued.privateKey)
        ) { [choices] in $0.flatMap { choices[$0] } }
    }

    /// What a handshake came to: for the server, and for whoever listens or speaks at the other end.
    struct Outcome {
        /// The tenant that the server would open for the peer's certificate; nil when it lets nobody in.
        let tenant: String?
        /// Whom the label chose, whatever came of it.
        let chosen: String?
        var alert: UInt8?
        /// Bytes of each record that the server sent.
        var records: [Int] = []

        init(_ server: TLSSession) {
            chosen = (server.tenant as? Harbour.Tenant)?.name
            tenant = server.isEstablished && server.peerCertificate != nil ? chosen ?? "nobody's" : nil
        }

        /// Whether nobody outside could tell the two apart. A signature's length (the server's own, ECDSA) varies by itself.
        func looks(like other: Outcome) -> Bool {
            guard alert == other.alert, records.count == other.records.count else { return false }
            let differing = zip(records, other.records).filter { $0 != $1 }
            return differing.count <= 1 && differing.allSatisfy { abs($0 - $1) <= 8 }
        }
    }

    func client(_ identity: TestAuthority.Issued?, chain: [[UInt8]] = [], label: String) throws -> TLSClientContext {
        try TLSClientContext(
            trust: .authority(installation.certificate), serverName: Harbour.serverName, label: label,
            identity: try identity.map { try TLSIdentity(certificate: $0.certificate, chain: chain, privateKey: $0.privateKey) })
    }

    /// A handshake of our own client.
    func attempt(_ identity: TestAuthority.Issued?, chain: [[UInt8]] = [], label: String) throws -> Outcome {
        let conversation = try Conversation(server, client(identity, chain: chain, label: label))
        conversation.run()
        var outcome = Outcome(conversation.server)
        if case .alert(let alert) = conversation.client.failure { outcome.alert = alert }
        outcome.records = Self.records(conversation.spoken.filter { !$0.byClient }.flatMap(\.bytes))
        return outcome
    }

    /// A handshake of a bare end, which says what ours never would.
    func attempt(_ peer: RawPeer, altering alter: (inout [UInt8]) -> Void = { _ in }) throws -> Outcome {
        let session = try TLSSession(server) { 0 }
        peer.step()
        var hello = peer.take()
        alter(&hello)
        precondition(session.receive(hello) == hello.count)
        _ = try? session.readAll()
        peer.receive(session.takeCiphertext())
        peer.talk(to: session)
        return Outcome(session)
    }

    private static func records(_ stream: [UInt8]) -> [Int] {
        var lengths: [Int] = []
        var rest = stream[...]
        while rest.count >= 5 {
            let length = 5 + (Int(rest[rest.startIndex + 3]) << 8 | Int(rest[rest.startIndex + 4]))
            lengths.append(length)
            rest = rest.dropFirst(length)
        }
        return lengths
    }
}
