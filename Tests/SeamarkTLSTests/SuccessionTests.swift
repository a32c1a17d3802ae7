import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkTLS
import Testing

/// What a device accepts, by whom it knows, of a server whose authority is being replaced: before, meanwhile with either signing, and after.
@Suite struct SuccessionTests {
    private static let name = "Seamark installation"
    private static let now: Int64 = 1_767_225_600
    private static let years: Int64 = 20 * 365 * 86_400

    private let former = try! authority()
    private let next = try! authority()
    private let stranger = try! authority()

    private static func authority(_ commonName: String = name) throws -> CertificateAuthority {
        try .create(commonName: commonName, notBefore: now, notAfter: now + years)
    }

    private func server(_ signer: CertificateAuthority, showing chain: [SeamarkCrypto.Certificate]) throws -> TLSServerContext {
        let key = try CertificateKey.generate()
        let start = WallTime.seconds
        let certificate = try signer.issueServer(
            for: CertificateSigningRequest(for: key), dnsName: Harbour.serverName, notBefore: start - 3_600, notAfter: start + 86_400)
        return try TLSServerContext(identity: TLSIdentity(certificate: certificate.der, chain: chain.map(\.der), privateKey: key.der)) { _ in nil }
    }

    /// The device's end after the handshake; nil where it refused.
    private func meet(_ server: TLSServerContext, _ trust: TLSClientContext.Trust) throws -> TLSSession? {
        let client = try TLSClientContext(trust: trust, serverName: Harbour.serverName, label: "label-a")
        let conversation = try Conversation(server, client)
        do { try conversation.shakeHands() } catch { return nil }
        return conversation.client.isEstablished ? conversation.client : nil
    }

    @Test func `while one authority takes over from another nobody is locked out, and before and after nobody else gets in`() throws {
        let word = try former.vouch(for: next.certificate, commonName: Self.name)
        let both = [word, next.certificate, former.certificate]
        // Each phase, and whether devices that know the former, the next, both, or a stranger accept it.
        let phases: [(name: String, server: TLSServerContext, accepts: [Bool])] = [
            ("before", try server(former, showing: [former.certificate]), [true, false, true, false]),
            ("begun", try server(former, showing: both), [true, false, true, false]),
            ("taking over", try server(next, showing: both), [true, true, true, false]),
            ("after", try server(next, showing: [next.certificate]), [false, true, true, false]),
        ]
        let known = [[former], [next], [former, next], [stranger]]
        for phase in phases {
            for (authorities, isAccepted) in zip(known, phase.accepts) {
                let session = try meet(phase.server, .authorities(authorities.map(\.certificate.der)))
                #expect((session != nil) == isAccepted, "\(phase.name), \(authorities.count)")
                if authorities.count == 1 {
                    #expect(try (meet(phase.server, .pin(authorities[0].certificate.publicKey.pin.bytes)) != nil) == isAccepted, "\(phase.name), by its pin")
                }
            }
        }
        let hearing = try #require(try meet(phases[2].server, .authority(former.certificate.der)))
        #expect(hearing.serverAuthority == former.certificate.der && hearing.serverSuccessor == next.certificate.der)
        let knowing = try #require(try meet(phases[2].server, .authorities([former.certificate.der, next.certificate.der])))
        #expect(knowing.serverAuthority == next.certificate.der && knowing.serverSuccessor == nil && knowing.serverShown.contains(former.certificate.der))
    }

    @Test func `a successor whom somebody else vouches for is refused: another installation, a tenant's authority, a device`() throws {
        let tenant = try Self.authority("Seamark tenant")
        for liar in [stranger, tenant] {
            for commonName in [Self.name, "Seamark tenant"] {
                let word = try liar.vouch(for: next.certificate, commonName: commonName)
                for chain in [[word, next.certificate, former.certificate], [word, liar.certificate, former.certificate], [former.certificate, word, next.certificate]] {
                    #expect(try meet(server(next, showing: chain), .authority(former.certificate.der)) == nil)
                    #expect(try meet(server(next, showing: chain), .pin(former.certificate.publicKey.pin.bytes)) == nil)
                }
            }
        }
        // The word is for another key than the one that signs; and a server's own certificate vouches for nobody.
        let word = try former.vouch(for: stranger.certificate, commonName: Self.name)
        #expect(try meet(server(next, showing: [word, next.certificate, former.certificate]), .authority(former.certificate.der)) == nil)
        let key = try CertificateKey.generate()
        let start = WallTime.seconds
        let leaf = try former.issueServer(for: CertificateSigningRequest(for: key), dnsName: Harbour.serverName, notBefore: start - 3_600, notAfter: start + 86_400)
        #expect(throws: CertificateError.notAnAuthority) { try CertificateAuthority(key: key, certificate: leaf) }
        // A successor that is no authority in its own right is not taken for one, though the chain holds.
        let genuine = try former.vouch(for: next.certificate, commonName: Self.name)
        let session = try #require(try meet(server(next, showing: [genuine, former.certificate]), .authority(former.certificate.der)))
        #expect(session.serverSuccessor == nil)
    }

    @Test func `a word under another name would make an intermediate authority, which none of ours may have`() throws {
        let word = try former.vouch(for: next.certificate, commonName: "Somebody else")
        #expect(try meet(server(next, showing: [word, next.certificate, former.certificate]), .authority(former.certificate.der)) == nil)
    }
}

private enum WallTime {
    static var seconds: Int64 { Int64(time(nil)) }
}
