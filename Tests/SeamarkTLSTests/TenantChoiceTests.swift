import COpenSSL
import SeamarkTLS
import Testing

/// Pitfalls 1, 2 and 18, 19: the tenant comes from the hello alone, and from nothing that another conversation left.
@Suite struct TenantChoiceTests {
    let harbour: Harbour
    init() throws { harbour = try Harbour() }

    private func attempt(_ issued: TestAuthority.Issued?, label: String) throws -> Conversation {
        let conversation = try Conversation(harbour.server, harbour.client(issued, label: label))
        conversation.run()
        return conversation
    }

    @Test func `pitfall 1, tenant A's certificate on B's label is refused`() throws {
        let conversation = try attempt(harbour.authorityA.issue(), label: "label-b")
        #expect(conversation.server.failure == .unknownAuthority)
        #expect(!conversation.server.isEstablished && conversation.server.peerCertificate == nil)
        #expect(conversation.client.failure == .alert(48))
    }

    @Test func `pitfall 1, the tenant handed back is the one whose authority verified the device`() throws {
        for (authority, label, name) in [(harbour.authorityA, "label-a", "a"), (harbour.authorityB, "label-b", "b")] {
            let issued = authority.issue()
            let conversation = try attempt(issued, label: label)
            #expect(conversation.server.isEstablished)
            #expect((conversation.server.tenant as? Harbour.Tenant)?.name == name)
            #expect(conversation.server.peerCertificate == issued.certificate)
        }
    }

    @Test func `an unknown label and a known label answer a foreign certificate alike`() throws {
        let foreign = TestAuthority("authority A")  // the same name, another key
        let shapes: [(TestAuthority.Issued, [[UInt8]])] = [
            (foreign.issue(), []), (foreign.issue(), [foreign.certificate]), (foreign.issue(to: -60), []), (foreign.issue(usage: "serverAuth"), []),
            (foreign.issue(usage: nil), []), (TestAuthority.selfSigned(), []), (harbour.authorityB.issue(), [harbour.authorityB.certificate]),
            (forgedIssuer(), []),
        ]
        for (issued, chain) in shapes {
            let answers = try ["label-a", "label-z", "no"].map { label in
                let conversation = try Conversation(harbour.server, harbour.client(issued, chain: chain, label: label))
                conversation.run()
                let lengths = conversation.spoken.filter { !$0.byClient }.map(\.bytes.count)
                return (conversation.client.failure, conversation.server.alertSent, lengths.last)
            }
            for answer in answers {
                #expect(answer.0 == .alert(48))
                #expect(answer.1 == 48)
                #expect(answer.2 == answers[0].2)
            }
        }
    }

    /// A certificate that names authority A and its key identifier as issuer, and is signed by another key.
    private func forgedIssuer() -> TestAuthority.Issued {
        let true_ = harbour.authorityA.issue()
        var der = true_.certificate
        der[der.count - 1] ^= 1
        return TestAuthority.Issued(certificate: der, privateKey: true_.privateKey, pin: true_.pin)
    }

    @Test func `a device without a certificate reaches the enrolment door and no further`() throws {
        for (label, name) in [("label-a", "a"), ("label-z", nil)] {
            let conversation = try attempt(nil, label: label)
            #expect(conversation.server.isEstablished)
            #expect(conversation.server.peerCertificate == nil)
            #expect((conversation.server.tenant as? Harbour.Tenant)?.name == name)
        }
    }

    @Test func `two authorities of one tenant are trusted while one replaces the other`() throws {
        let old = TestAuthority("old")
        let new = TestAuthority("new")
        let choice = TenantChoice(
            authority: try TrustedAuthority(certificates: [old.certificate, new.certificate]), tenant: Harbour.Tenant("c"))
        let issued = harbour.installation.issueServer()
        let server = try TLSServerContext(
            identity: TLSIdentity(certificate: issued.certificate, privateKey: issued.privateKey)) { _ in choice }
        for authority in [old, new] {
            let conversation = try Conversation(server, harbour.client(authority.issue()))
            try conversation.shakeHands()
            #expect(conversation.server.peerCertificate != nil)
        }
    }

    @Test func `pitfall 1, no ticket is sent, and a session offered on another label resumes nothing`() throws {
        let device = harbour.authorityA.issue()
        let first = RawPeer(certificate: device)
        let server = try TLSSession(harbour.server) { 0 }
        first.talk(to: server)
        #expect(server.isEstablished && first.result == 1)
        #expect(first.tickets == 0)
        let session = try #require(SSL_get1_session(first.ssl))
        defer { SSL_SESSION_free(session) }
        #expect(SSL_SESSION_has_ticket(session) == 0)

        // A session that could be resumed, from a server that gives tickets, offered to ours on either label.
        let (giver, taker) = (RawPeer(isServer: true, certificate: harbour.installation.issueServer()), RawPeer(certificate: device))
        taker.exchange(with: giver)
        #expect(taker.tickets == 2)
        for (label, isAccepted) in [("label-a", true), ("label-b", false)] {
            for offered in [session, taker.sessions[0]] {
                let second = RawPeer(label: label, certificate: device)
                SSL_set_session(second.ssl, offered)
                let server = try TLSSession(harbour.server) { 0 }
                second.talk(to: server)
                #expect(SSL_session_reused(second.ssl) == 0)
                #expect(server.isEstablished == isAccepted)
                #expect(second.tickets == 0)
            }
        }
    }

    @Test func `pitfall 2, a label that changes between two hellos of one handshake is refused`() throws {
        for changed in ["label-b", "label-a"] {
            // A key share for a group that we do not have makes the server ask for another hello.
            let peer = RawPeer(certificate: harbour.authorityB.issue()) { _ = copenssl_tls_set_groups($0, "X448:X25519") }
            let server = try TLSSession(harbour.server) { 0 }
            peer.step()
            #expect(server.receive(peer.take()) > 0)
            #expect(try server.step() == .needsMore)
            peer.receive(server.takeCiphertext())
            #expect(copenssl_tls_set_server_name(peer.ssl, changed) == 1)
            peer.talk(to: server)
            #expect(!server.isEstablished)
            #expect(server.failure == (changed == "label-b" ? .labelChanged : .unknownAuthority))
        }
    }

    @Test func `pitfall 2, upper case, a trailing dot, an address and no name lead to nobody`() throws {
        for label in ["LABEL-A", "label-a.", "127.0.0.1", "label-a.label-a", String(repeating: "a", count: 64), " label-a", nil] {
            let peer = RawPeer(label: label, certificate: harbour.authorityA.issue())
            let server = try TLSSession(harbour.server) { 0 }
            peer.talk(to: server)
            #expect(!server.isEstablished && server.tenant == nil)
            #expect(server.failure == .unknownAuthority)
        }
    }

    @Test func `pitfall 18, early data is not accepted and its plaintext never read`() throws {
        let (giver, taker) = (
            RawPeer(isServer: true, certificate: harbour.installation.issueServer()) { SSL_CTX_set_max_early_data($0, 16_384) },
            RawPeer(certificate: harbour.authorityA.issue())
        )
        taker.exchange(with: giver)
        let offered = try #require(taker.sessions.last)
        #expect(SSL_SESSION_get_max_early_data(offered) > 0)
        let peer = RawPeer(certificate: harbour.authorityA.issue())
        SSL_set_session(peer.ssl, offered)
        var written = 0
        #expect(SSL_write_early_data(peer.ssl, "early", 5, &written) == 1)
        let server = try TLSSession(harbour.server) { 0 }
        #expect(peer.talk(to: server) == [])
        #expect(SSL_get_early_data_status(peer.ssl) != SSL_EARLY_DATA_ACCEPTED)
    }

    @Test func `pitfall 18, TLS 1.2 and older are refused with the alert that says so`() throws {
        for version in [TLS1_2_VERSION, TLS1_1_VERSION] {
            let peer = RawPeer(certificate: harbour.authorityA.issue()) {
                SSL_CTX_set_security_level($0, 0)
                _ = copenssl_tls_set_min_version($0, version)
                _ = copenssl_tls_set_max_version($0, version)
            }
            let server = try TLSSession(harbour.server) { 0 }
            peer.talk(to: server)
            #expect(!server.isEstablished && peer.result != 1)
            #expect(server.alertSent == 70)
            #expect(peer.reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION)
        }
    }

    @Test(arguments: [("X25519", true), ("P-256", true), ("P-384", true), ("X448", false), ("P-521", false)])
    func `pitfall 19, exactly the three groups are spoken`(group: String, isSpoken: Bool) throws {
        let peer = RawPeer(certificate: harbour.authorityA.issue()) { _ = copenssl_tls_set_groups($0, group) }
        let server = try TLSSession(harbour.server) { 0 }
        peer.talk(to: server)
        #expect(server.isEstablished == isSpoken)
    }

    @Test func `pitfall 18, the certificate request names no authority`() throws {
        let peer = RawPeer(certificate: harbour.authorityA.issue())
        let server = try TLSSession(harbour.server) { 0 }
        peer.talk(to: server)
        #expect(OPENSSL_sk_num(SSL_get0_peer_CA_list(peer.ssl)) <= 0)
    }
}
