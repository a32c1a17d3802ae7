import SeamarkCrypto
import SeamarkProtocol
import SeamarkStore

// A tenant's authority is replaced while nobody is locked out: with a renewed certificate comes the word that leads to the authority that issued it.
// A device believes both from then on, and forgets the former one when the next one renews it again (SPEC section 6.2).
extension DeviceIdentity {
    /// The identity with a certificate that one of its tenant's authorities issued; nil where it knows of none that did.
    ///
    /// Nothing is believed because it was sent: an authority that the device does not know is one for whose key an authority that it knows vouches,
    /// by a certificate of its own or of one that it so vouches for.
    func adopting(_ certificate: Certificate, authority: [UInt8], words: [[UInt8]]) -> DeviceIdentity? {
        // As of its last second: when it serves is the server's clock to say, not this laptop's.
        func isIssued(by authority: Certificate) -> Bool { (try? certificate.check(issuedBy: authority, for: .client, at: certificate.notAfter - 1)) != nil }
        let known = [tenantAuthority, nextTenantAuthority].compactMap { try? Certificate(der: $0) }
        var identity = self
        identity.certificate = certificate.der
        if let present = known.first, isIssued(by: present) { return identity }
        if known.count == 2, isIssued(by: known[1]) {
            identity.tenantAuthority = nextTenantAuthority
            identity.nextTenantAuthority = []
            return identity
        }
        guard let led = led(to: authority, by: words), isIssued(by: led.end) else { return nil }
        identity.tenantAuthority = led.start.der
        identity.nextTenantAuthority = led.end.der
        return identity
    }

    /// The authority that is shown, where words lead to its key from one that the device knows, and that one: from the newer one where both lead
    /// there, so that the older one is forgotten. Nil where none does.
    func led(to authority: [UInt8], by words: [[UInt8]]) -> (start: Certificate, end: Certificate)? {
        guard let end = try? Certificate(der: authority) else { return nil }
        let words = words.prefix(Message.Renewed.mostWords).compactMap { try? Certificate(der: $0) }
        for start in [nextTenantAuthority, tenantAuthority].compactMap({ try? Certificate(der: $0) }) {
            var last = start
            for word in words where word.isWord(of: last) { last = word }
            guard last.publicKey == end.publicKey else { continue }
            return (start, end)
        }
        return nil
    }
}

extension DeviceTools {
    /// What the tenant's authority signed, or the one that takes over from it.
    func endorsement(_ identity: DeviceIdentity) throws -> @Sendable (_ message: [UInt8], _ signature: [UInt8]) -> Bool {
        let present = try endorsement(identity.tenantAuthority)
        guard !identity.nextTenantAuthority.isEmpty else { return present }
        let next = try endorsement(identity.nextTenantAuthority)
        return { present($0, $1) || next($0, $1) }
    }
}
