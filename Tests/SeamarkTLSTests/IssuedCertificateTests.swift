import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkTLS
import Testing

/// The certificates that Seamark itself issues, in a conversation.
@Suite struct IssuedCertificateTests {
    @Test func `the authorities' own certificates carry a conversation from the pin of an invitation on`() throws {
        let now = Int64(time(nil))
        let (from, to) = (now - 60, now + 86_400)
        let installation = try CertificateAuthority.create(commonName: "installation", notBefore: from, notAfter: to)
        let tenant = try CertificateAuthority.create(commonName: "tenant", notBefore: from, notAfter: to)
        let serverKey = try CertificateKey.generate()
        let serverCertificate = try installation.issueServer(
            for: CertificateSigningRequest(for: serverKey), dnsName: "halyard.harbour.example", notBefore: from, notAfter: to)
        let deviceKey = try CertificateKey.generate()
        let deviceCertificate = try tenant.issueDevice(
            for: CertificateSigningRequest(for: deviceKey), uri: "seamark:device", notBefore: from, notAfter: to)

        let choice = TenantChoice(
            authority: try TrustedAuthority(certificates: [tenant.certificate.der]), tenant: Harbour.Tenant("the tenant"))
        let server = try TLSServerContext(
            identity: TLSIdentity(
                certificate: serverCertificate.der, chain: [installation.certificate.der], privateKey: Array(serverKey.pem.utf8))
        ) { $0 == Array("label".utf8) ? choice : nil }
        let pin = TLSClientContext.Trust.pin(installation.key.publicKey.pin.bytes)

        let door = try Conversation(server, TLSClientContext(trust: pin, serverName: "halyard.harbour.example", label: "label"))
        try door.shakeHands()
        #expect(door.server.peerCertificate == nil)
        #expect(door.client.serverAuthority == installation.certificate.der)

        let learnt = TLSClientContext.Trust.authority(try #require(door.client.serverAuthority))
        let device = try TLSIdentity(certificate: Array(deviceCertificate.pem.utf8), privateKey: deviceKey.der)
        let conversation = try Conversation(
            server, TLSClientContext(trust: learnt, serverName: "halyard.harbour.example", label: "label", identity: device))
        try conversation.shakeHands()
        #expect(conversation.server.peerCertificate == deviceCertificate.der)
        #expect((conversation.server.tenant as? Harbour.Tenant)?.name == "the tenant")
    }
}
