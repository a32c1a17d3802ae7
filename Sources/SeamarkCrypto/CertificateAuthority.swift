internal import COpenSSL

/// An authority of ours: a P-256 key and its own certificate. A tenant's signs devices, the installation's signs the server.
///
/// What a certificate says is decided here alone; a request contributes its public key and nothing else.
/// Sendable because nothing in it changes.
public final class CertificateAuthority: Sendable {
    /// A server certificate lives ninety days at most.
    public static let longestServerValiditySeconds: Int64 = 90 * 86_400
    /// The longest URI that is certified, in bytes.
    public static let mostNameBytes = 512

    public let key: CertificateKey
    public let certificate: Certificate

    /// Makes a new authority. `commonName` is seen by whoever sees its certificates: no client's name belongs there.
    public static func create(
        commonName: String, notBefore: Int64, notAfter: Int64
    ) throws(CertificateError) -> CertificateAuthority {
        guard (1...64).contains(commonName.utf8.count), commonName.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw .invalidName
        }
        let key: CertificateKey
        do throws(NoEntropy) { key = try CertificateKey.generate() } catch { throw .noEntropy }
        let draft = try CertificateDraft(
            subject: commonName, issuer: nil, key: key.handle.key, notBefore: notBefore, notAfter: notAfter)
        draft.addBasicConstraints(authority: true)
        draft.addKeyUsage(bits: [5, 6])
        return try CertificateAuthority(key: key, certificate: draft.sign(with: key))
    }

    /// Refuses a key and a certificate that do not belong together, and a certificate that is not an authority's.
    public init(key: CertificateKey, certificate: Certificate) throws(CertificateError) {
        guard certificate.isAuthority, certificate.publicKey == key.publicKey else { throw .notAnAuthority }
        self.key = key
        self.certificate = certificate
    }

    public convenience init(keyPEM: String, certificatePEM: String) throws(CertificateError) {
        try self.init(key: CertificateKey(pem: keyPEM), certificate: Certificate(pem: certificatePEM))
    }

    /// A device's certificate: for clients only, with one name, `uri`.
    public func issueDevice(
        for request: CertificateSigningRequest, uri: String, notBefore: Int64, notAfter: Int64
    ) throws(CertificateError) -> Certificate {
        guard (1...Self.mostNameBytes).contains(uri.utf8.count), uri.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), uri.contains(":")
        else { throw .invalidName }
        return try issue(
            "Seamark device", for: request, purpose: .client, kind: GEN_URI, name: uri, notBefore: notBefore, notAfter: notAfter)
    }

    /// The server's certificate: for servers only, with one name, `dnsName` in lower case; ninety days at most.
    public func issueServer(
        for request: CertificateSigningRequest, dnsName: String, notBefore: Int64, notAfter: Int64
    ) throws(CertificateError) -> Certificate {
        guard Self.isHostName(dnsName) else { throw .invalidName }
        let (lifetime, overflow) = notAfter.subtractingReportingOverflow(notBefore)
        guard !overflow, lifetime <= Self.longestServerValiditySeconds else { throw .invalidValidity }
        return try issue(
            "Seamark server", for: request, purpose: .server, kind: GEN_DNS, name: dnsName, notBefore: notBefore, notAfter: notAfter)
    }

    /// This authority's word that `successor` takes over from it: a certificate for that one's key, which leads whoever knows this authority alone to
    /// what the other signs. `commonName` is the name that both bear, so that it is self-issued (RFC 5280 section 6.1) and no intermediate authority.
    public func vouch(for successor: Certificate, commonName: String) throws(CertificateError) -> Certificate {
        let draft = try draft(
            commonName, for: successor.publicKey, notBefore: max(certificate.notBefore, successor.notBefore),
            notAfter: min(certificate.notAfter, successor.notAfter))
        draft.addBasicConstraints(authority: true)
        draft.addKeyUsage(bits: [5, 6])
        return draft.sign(with: key)
    }

    private func issue(
        _ subject: String, for request: CertificateSigningRequest, purpose: CertificatePurpose, kind: Int32, name: String,
        notBefore: Int64, notAfter: Int64
    ) throws(CertificateError) -> Certificate {
        let draft = try draft(subject, for: request.publicKey, notBefore: notBefore, notAfter: notAfter)
        draft.addBasicConstraints(authority: false)
        draft.addKeyUsage(bits: [0])
        draft.addPurpose(purpose)
        draft.addName(kind: kind, name)
        return draft.sign(with: key)
    }

    /// A certificate from this authority, without extensions but those that name keys.
    private func draft(
        _ subject: String, for publicKey: CertificatePublicKey, notBefore: Int64, notAfter: Int64
    ) throws(CertificateError) -> CertificateDraft {
        guard let issuer = Certificate.handle(certificate.der),
            let subjectKey = Library.parsed(publicKey.info, free: EVP_PKEY_free, { d2i_PUBKEY(nil, $0, $1) })
        else { preconditionFailure("what was read once can be read again") }
        defer {
            X509_free(issuer)
            EVP_PKEY_free(subjectKey)
        }
        return try CertificateDraft(subject: subject, issuer: issuer, key: subjectKey, notBefore: notBefore, notAfter: notAfter)
    }

    /// Letters in lower case, digits, inner hyphens, dots between labels; no wildcard, no trailing dot.
    private static func isHostName(_ name: String) -> Bool {
        guard (1...253).contains(name.utf8.count) else { return false }
        return name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || byte == UInt8(ascii: "-")
                }
        }
    }
}
