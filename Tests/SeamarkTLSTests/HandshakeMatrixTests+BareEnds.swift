import COpenSSL
import SeamarkTLS
import Testing

// What our own client never says: other names, other versions, what an earlier conversation left.
extension HandshakeMatrixTests {
    func everyOddName(_ fleet: Fleet, _ tenant: Int, _ tally: inout Tally) throws {
        let label = Fleet.label(tenant)
        let device = fleet.devices[tenant]
        let names: [String?] = [
            nil, label.uppercased(), label + ".", "." + label, label + "." + label, " " + label, label + "\n", "127.0.0.1", "::1", "*", "tenant-*", "tenánt",
            String(repeating: "a", count: 64), String(repeating: "a", count: 255), label + String(repeating: "0", count: 63), "tenant-x",
        ]
        let bare = RawPeer(label: label, certificate: device)
        tally.take(try fleet.attempt(bare), control: tenant, "a bare end on its own label")
        for name in names {
            let outcome = try fleet.attempt(RawPeer(like: bare, label: name))
            tally.take(outcome, "\(tenant)'s certificate on the name \(name ?? "that is not there")")
            #expect(outcome.chosen == nil)
        }
        let otherCurve = fleet.authorities[tenant].issue(key: .p384)
        tally.take(try fleet.attempt(RawPeer(label: label, certificate: otherCurve)), "\(tenant)'s certificate on another curve")

        // Structures that no library sends: the extension is altered on its way, in place.
        let spelt = Array(label.utf8)
        let alterations: [(String, (inout [UInt8], Int) -> Void)] = [
            ("a NUL for its last byte", { $0[$1 + spelt.count - 1] = 0 }),
            ("a NUL for its first byte", { $0[$1] = 0 }),
            ("an upper case letter", { $0[$1] ^= 0x20 }),
            ("a name of no bytes", { $0[$1 - 1] = 0 }),
            ("a name longer than its list", { $0[$1 - 1] += 1 }),
            ("a name of another type", { $0[$1 - 3] = 1 }),
            ("a list longer than the extension", { $0[$1 - 4] += 1 }),
        ]
        for (what, alter) in alterations {
            let outcome = try fleet.attempt(RawPeer(like: bare, label: label)) { hello in
                guard let place = hello.indices.first(where: { hello[$0...].starts(with: spelt) }) else { return }
                alter(&hello, place)
            }
            tally.take(outcome, "\(tenant)'s label with \(what)")
            #expect(outcome.chosen == nil)
        }
    }

    func whatAnotherConversationLeft(_ fleet: Fleet, _ tenant: Int, _ tally: inout Tally) throws {
        let (label, next) = (Fleet.label(tenant), Fleet.label((tenant + 1) % fleet.devices.count))
        let device = fleet.devices[tenant]
        let first = RawPeer(label: label, certificate: device)
        tally.take(try fleet.attempt(first), control: tenant, "the conversation whose session is offered again")
        #expect(first.tickets == 0)
        let session = try #require(SSL_get1_session(first.ssl))
        defer { SSL_SESSION_free(session) }
        // A session that can be resumed, with early data, from a server that gives such.
        let giver = RawPeer(isServer: true, certificate: fleet.installation.issueServer()) { SSL_CTX_set_max_early_data($0, 16_384) }
        let taker = RawPeer(label: label, certificate: device)
        taker.exchange(with: giver)
        let ticket = try #require(taker.sessions.last)

        for offered in [session, ticket] {
            for (name, identity, control) in [(label, device, tenant), (label, nil, nil), (next, device, nil), (next, nil, nil), ("tenant-x", device, nil)] as [(String, TestAuthority.Issued?, Int?)] {
                let peer = RawPeer(label: name, certificate: identity)
                SSL_set_session(peer.ssl, offered)
                tally.take(try fleet.attempt(peer), control: control, "a session offered again on \(name)")
                #expect(SSL_session_reused(peer.ssl) == 0)
            }
        }
        for name in [label, next] {
            let peer = RawPeer(label: name, certificate: nil)
            SSL_set_session(peer.ssl, ticket)
            var written = 0
            #expect(SSL_write_early_data(peer.ssl, "early", 5, &written) == 1)
            tally.take(try fleet.attempt(peer), "early data on \(name)")
            #expect(SSL_get_early_data_status(peer.ssl) != SSL_EARLY_DATA_ACCEPTED)
        }

        // Every byte that a device said, said again by somebody who has no key.
        let recorded = try Conversation(fleet.server, fleet.client(device, label: label))
        recorded.run()
        tally.take(Fleet.Outcome(recorded.server), control: tenant, "the conversation that is recorded")
        let replayed = try TLSSession(fleet.server) { 0 }
        for said in recorded.spoken where said.byClient {
            _ = replayed.receive(said.bytes)
            _ = try? replayed.readAll()
        }
        tally.take(Fleet.Outcome(replayed), "a conversation said again")
    }

    func everyOlderVersion(_ fleet: Fleet, _ tenant: Int, _ tally: inout Tally) throws {
        for version in [TLS1_2_VERSION, TLS1_1_VERSION, TLS1_VERSION] {
            let peer = RawPeer(label: Fleet.label(tenant), certificate: fleet.devices[tenant]) {
                SSL_CTX_set_security_level($0, 0)
                _ = copenssl_tls_set_min_version($0, version)
                _ = copenssl_tls_set_max_version($0, version)
            }
            tally.take(try fleet.attempt(peer), "\(tenant)'s certificate over version \(version)")
            #expect(peer.reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION)
        }
    }
}
