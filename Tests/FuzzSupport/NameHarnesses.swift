import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkServer
import SeamarkTLS

/// The server name of a client hello: an extension's body, or (where it begins as a handshake record does) a whole hello to a server.
struct HelloHarness: Harness {
    var hasCanary = false
    let words: [[UInt8]] = [Array("label-a".utf8), [0, 0, 7], [0, 10], [0, 0], [255, 255], [46], [0x16, 3, 1]]
    private let server: TLSServerContext

    private final class Tenant: Sendable {}

    init() throws {
        let now = Int64(time(nil))
        let authority = try CertificateAuthority.create(commonName: "fuzz", notBefore: now - 60, notAfter: now + 86_400)
        let key = try CertificateKey.generate()
        let certificate = try authority.issueServer(
            for: CertificateSigningRequest(for: key), dnsName: "halyard.harbour.example", notBefore: now - 60, notAfter: now + 86_400)
        let choice = TenantChoice(authority: try TrustedAuthority(certificates: [authority.certificate.der]), tenant: Tenant())
        server = try TLSServerContext(identity: TLSIdentity(certificate: certificate.der, privateKey: key.der)) {
            $0 == Array("label-a".utf8) ? choice : nil
        }
    }

    private static func body(_ label: [UInt8]) -> [UInt8] {
        [UInt8((label.count + 3) >> 8), UInt8((label.count + 3) & 255), 0, UInt8(label.count >> 8), UInt8(label.count & 255)] + label
    }

    var seeds: [[UInt8]] { ["a", "label-a", "k7-0z", String(repeating: "x", count: 63), String(repeating: "x", count: 64)].map { Self.body(Array($0.utf8)) } }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        if input.first == 0x16 { return try shakeHands(input) }
        guard let label = label(input) else { return .refused("no label") }
        guard (1...63).contains(label.count), label.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }) else {
            throw Broken("a label that no tenant may have")
        }
        guard Self.body(label) == input else { throw Broken("a label was read from what is not its one encoding") }
        return .taken(Outcome.magnitude(label.count))
    }

    private func label(_ input: [UInt8]) -> [UInt8]? {
        if let label = ServerNameExtension.label(in: input) { return label }
        // Planted: upper case is folded.
        return hasCanary ? ServerNameExtension.label(in: input.map { (65...90).contains($0) ? $0 | 32 : $0 }) : nil
    }

    private func shakeHands(_ input: [UInt8]) throws(Broken) -> Outcome {
        guard let session = try? TLSSession(server, milliseconds: { 0 }) else { throw Broken("no conversation could be made") }
        _ = session.receive(input)
        let content: [UInt8]
        do throws(TLSError) { content = try session.readAll() } catch { return .refused(error) }
        guard content.isEmpty else { throw Broken("content came before a handshake was done") }
        guard !session.isEstablished, session.peerCertificate == nil else { throw Broken("a hello alone established a conversation") }
        return .taken("hello \(session.tenant == nil) \(session.pendingCiphertext > 0)")
    }
}

/// The fields of a certificate, or of a request for one.
struct CertificateHarness: Harness {
    var hasCanary = false
    let words: [[UInt8]] = [[0x86], [0x82], [0x30, 0x82], [0x30, 0x80], [0x06, 0x03, 0x55, 0x1d, 0x11], [0], Array("seamark://tenant/".utf8)]
    var seeds: [[UInt8]] { [] }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        if let request = try? CertificateSigningRequest(der: input) {
            guard request.der == input else { throw Broken("a request is not the bytes that came") }
            return .taken("request")
        }
        let certificate: Certificate
        do throws(CertificateError) { certificate = try Certificate(der: input) } catch { return .refused(error) }
        guard certificate.der == input else { throw Broken("a certificate is not the bytes that came") }
        for name in certificate.uriNames() + certificate.dnsNames() where !contains(input, Array(name.utf8)) {
            throw Broken("a name that does not stand in the certificate")
        }
        guard let again = try? Certificate(pem: certificate.pem), again == certificate else { throw Broken("as PEM it is another certificate") }
        let name = certificate.onlyURI.flatMap(device)
        if let name, Array(name.uri.utf8) != certificate.onlyURI.map({ Array($0.utf8) }) { throw Broken("a device's name was read from another spelling") }
        return .taken("certificate \(name != nil) \(certificate.isAuthority) \(String(describing: certificate.purpose)) \(certificate.dnsNames().count)")
    }

    private func device(_ uri: String) -> DeviceName? {
        // Planted: names are compared without regard to case.
        DeviceName(uri: uri) ?? (hasCanary ? DeviceName(uri: uri.lowercased()) : nil)
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first, bytes.count >= part.count else { return part.isEmpty }
        return (0...bytes.count - part.count).contains { bytes[$0] == first && bytes[$0...].starts(with: part) }
    }
}
