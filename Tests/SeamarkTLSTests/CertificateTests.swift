import COpenSSL
import SeamarkTLS
import Testing

/// Pitfalls 9, 10, 11, 12 and 22: whom each end believes.
@Suite struct CertificateTests {
    let harbour: Harbour
    init() throws { harbour = try Harbour() }

    private func refusal(_ issued: TestAuthority.Issued, chain: [[UInt8]] = []) throws -> (TLSError?, TLSError?) {
        let conversation = try Conversation(harbour.server, harbour.client(issued, chain: chain))
        let result = conversation.run()
        #expect(!conversation.server.isEstablished && conversation.server.peerCertificate == nil)
        return result
    }

    @Test func `pitfalls 10 and 11, each wrong device certificate is refused for what is wrong with it`() throws {
        let a = harbour.authorityA
        let cases: [(TestAuthority.Issued, TLSError, UInt8)] = [
            (a.issue(from: -7_200, to: -3_600), .expired, 45),
            (a.issue(from: 3_600, to: 7_200), .notYetValid, 42),
            (a.issue(usage: nil), .wrongPurpose, 43),
            (a.issue(usage: "serverAuth"), .wrongPurpose, 48),
            (a.issue(usage: "codeSigning"), .wrongPurpose, 48),
            (a.issue(usage: "anyExtendedKeyUsage"), .wrongPurpose, 48),
            (harbour.installation.issueServer(), .unknownAuthority, 48),
            (TestAuthority.selfSigned(), .unknownAuthority, 48),
            (a.issued, .wrongPurpose, 48),
        ]
        for (issued, error, alert) in cases {
            let (server, client) = try refusal(issued)
            #expect(server == error)
            #expect(client == .alert(alert))
        }
    }

    @Test func `a chain that brings its own foreign authority is refused`() throws {
        let foreign = TestAuthority("authority A")
        let (server, client) = try refusal(foreign.issue(), chain: [foreign.certificate])
        #expect(server == .unknownAuthority && client == .alert(48))
    }

    @Test func `pitfall 22, one intermediate is the most, and only on P-256 and as an authority`() throws {
        let one = TestAuthority("one", parent: harbour.authorityA)
        let good = try Conversation(harbour.server, harbour.client(one.issue(), chain: [one.certificate]))
        try good.shakeHands()

        let two = TestAuthority("two", parent: one)
        #expect(try refusal(two.issue(), chain: [two.certificate, one.certificate]).0 == .chainTooLong)
        let other = TestAuthority("other", key: .p384, parent: harbour.authorityA)
        #expect(try refusal(other.issue(), chain: [other.certificate]).0 == .wrongKey)
        let leaf = TestAuthority("a device", parent: harbour.authorityA, constraints: "critical,CA:FALSE")
        #expect(try refusal(leaf.issue(), chain: [leaf.certificate]).0 != nil)
    }

    @Test func `pitfall 22, a chain of more than 16 KiB is refused before it is parsed`() throws {
        let peer = RawPeer(certificate: harbour.authorityA.issue(padding: 20_000)) { SSL_CTX_set_security_level($0, 0) }
        let server = try TLSSession(harbour.server) { 0 }
        peer.talk(to: server)
        #expect(!server.isEstablished)
        #expect(server.failure == .chainTooLong)
    }

    @Test(arguments: [TestAuthority.Key.p384, .rsa])
    func `pitfall 22, a key that is not on P-256 proves nothing`(key: TestAuthority.Key) throws {
        let issued = harbour.authorityA.issue(key: key)
        #expect(throws: TLSError.unusableKey) {
            try TLSIdentity(certificate: issued.certificate, privateKey: issued.privateKey)
        }
        let peer = RawPeer(certificate: issued)
        let server = try TLSSession(harbour.server) { 0 }
        peer.talk(to: server)
        #expect(server.peerCertificate == nil)
        #expect(throws: TLSError.unusableAuthority) { try TrustedAuthority(certificates: [TestAuthority(key: key).certificate]) }

        // And a server with such a key, to a device.
        let raw = RawPeer(isServer: true, certificate: harbour.installation.issueServer(key: key))
        let device = try TLSSession(harbour.client()) { 0 }
        raw.talk(to: device)
        #expect(!device.isEstablished)
    }

    @Test(arguments: ["other.example", "halyard.harbour.exampl", "harbour.example", "x.halyard.harbour.example"])
    func `pitfall 9, a server with another name is refused`(name: String) throws {
        let conversation = try Conversation(harbour.server, harbour.client(harbour.authorityA.issue(), name: name))
        let (server, client) = conversation.run()
        #expect(client == .wrongName)
        #expect(server == .alert(42))
        #expect(!conversation.client.isEstablished && !conversation.server.isEstablished)
    }

    @Test func `pitfalls 9 and 12, a wildcard and a common name are not the name`() throws {
        for alternative in [
            "DNS:*.harbour.example", "DNS:h*.harbour.example", "URI:\(Harbour.serverName)", "DNS:\(Harbour.serverName).evil.example",
            "email:x@\(Harbour.serverName)",
        ] {
            let harbour = try Harbour { $0.issue(Harbour.serverName, usage: "serverAuth", alternativeName: alternative) }
            let conversation = try Conversation(harbour.server, harbour.client())
            #expect(conversation.run().client == .wrongName)
        }
    }

    @Test func `pitfall 9, a name that would switch the check off cannot be asked for`() throws {
        for name in ["", ".example", "halyard.example.", "a..b", "*.example", "127.0.0.1", "::1", "a\0b", "HALYARD.example"] {
            #expect(throws: TLSError.unusableName) { try harbour.client(name: name) }
        }
        for label in ["", "label-a.", "Label", "a\0b", String(repeating: "a", count: 64)] {
            #expect(throws: TLSError.unusableName) { try harbour.client(label: label) }
        }
    }

    @Test func `pitfall 10, a server is believed only with a server's purpose and from the pinned authority`() throws {
        let device = harbour.authorityA.issue()
        let cases: [((TestAuthority) -> TestAuthority.Issued, TLSError)] = [
            ({ $0.issue(usage: "clientAuth", alternativeName: "DNS:halyard.harbour.example") }, .wrongPurpose),
            ({ $0.issue(usage: nil, alternativeName: "DNS:halyard.harbour.example") }, .wrongPurpose),
            ({ $0.issue(usage: "serverAuth", alternativeName: "DNS:halyard.harbour.example", to: -60) }, .expired),
            ({ _ in TestAuthority("an installation authority").issueServer() }, .unknownAuthority),
        ]
        for (make, error) in cases {
            let other = try Harbour(serverCertificate: make)
            for trust in [TLSClientContext.Trust.authority(other.installation.certificate), .pin(other.installation.issued.pin)] {
                let conversation = try Conversation(other.server, other.client(device, trust: trust))
                #expect(conversation.run().client == error)
                #expect(!conversation.client.isEstablished)
            }
        }
    }

    @Test func `a pin accepts exactly the authority with that key and hands it back`() throws {
        let conversation = try Conversation(harbour.server, harbour.client(trust: .pin(harbour.installation.issued.pin)))
        try conversation.shakeHands()
        #expect(conversation.client.serverAuthority == harbour.installation.certificate)

        var wrong = harbour.installation.issued.pin
        wrong[31] ^= 1
        // Another authority; one bit off; the server's own key instead of its authority's.
        for pin in [TestAuthority().issued.pin, wrong, harbour.installation.issueServer().pin] {
            let refused = try Conversation(harbour.server, harbour.client(trust: .pin(pin)))
            #expect(refused.run().client == .unknownAuthority)
        }
        #expect(throws: TLSError.unusablePin) { try harbour.client(trust: .pin([1, 2, 3])) }
    }

    @Test func `a pinned authority that did not sign the server, or not itself, is no anchor`() throws {
        let pinned = harbour.installation
        // A server from somebody else that shows the pinned authority beside its own.
        let other = TestAuthority("an installation authority")
        let issued = other.issueServer()
        var altered = pinned.certificate
        altered[altered.count - 1] ^= 1
        let cases: [(TestAuthority.Issued, [[UInt8]])] = [(issued, [other.certificate, pinned.certificate]), (pinned.issueServer(), [altered])]
        for (leaf, chain) in cases {
            let peer = RawPeer(isServer: true, certificate: leaf, chain: chain)
            let device = try TLSSession(harbour.client(trust: .pin(pinned.issued.pin))) { 0 }
            peer.talk(to: device)
            #expect(device.failure == .unknownAuthority)
        }
    }

    @Test func `identities and authorities that cannot be used are refused when they are made`() throws {
        let one = harbour.authorityA.issue()
        let two = harbour.authorityA.issue()
        #expect(throws: TLSError.unusableCertificate) { try TLSIdentity(certificate: [1, 2, 3], privateKey: one.privateKey) }
        #expect(throws: TLSError.unusableCertificate) { try TLSIdentity(certificate: one.certificate + [0], privateKey: one.privateKey) }
        #expect(throws: TLSError.unusableKey) { try TLSIdentity(certificate: one.certificate, privateKey: []) }
        #expect(throws: TLSError.unusableAuthority) { try TrustedAuthority(certificates: []) }
        #expect(throws: TLSError.unusableAuthority) { try TrustedAuthority(certificates: [one.certificate]) }
        #expect(throws: TLSError.keyMismatch) {
            try TLSServerContext(identity: TLSIdentity(certificate: one.certificate, privateKey: two.privateKey)) { _ in nil }
        }
    }
}
