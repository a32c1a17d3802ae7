import COpenSSL
import SeamarkTLS
import Testing

/// Many tenants, and every way to come to one without its certificate. Each kind has its control: the same handshake with the right
/// certificate on the right label gets in, so that a server which lets nobody in passes nothing here.
@Suite struct HandshakeMatrixTests {
    private static let tenants = 64

    struct Tally {
        var attempts = 0
        var controls = 0

        /// Counts one attempt; the only one that may get in is a `control`, and into its own tenant.
        mutating func take(_ outcome: Fleet.Outcome, control tenant: Int? = nil, _ what: @autoclosure () -> String) {
            attempts += 1
            if tenant != nil { controls += 1 }
            let expected = tenant.map(Fleet.label)
            if outcome.tenant != expected { Issue.record("\(what()): \(outcome.tenant ?? "nobody") instead of \(expected ?? "nobody")") }
        }
    }

    @Test func `of more than ten thousand handshakes of many tenants none gets in but with its own certificate on its own label`() throws {
        let fleet = try Fleet(tenants: Self.tenants)
        var tally = Tally()
        try everyCertificateOnEveryLabel(fleet, &tally)
        for tenant in 0..<Self.tenants {
            try everyWrongIdentity(fleet, tenant, &tally)
            try everyOddName(fleet, tenant, &tally)
            try whatAnotherConversationLeft(fleet, tenant, &tally)
            try everyOlderVersion(fleet, tenant, &tally)
        }
        #expect(tally.attempts - tally.controls >= 10_000, "\(tally.attempts - tally.controls) were to be refused")
        #expect(tally.controls >= Self.tenants * 5)
    }

    private func everyCertificateOnEveryLabel(_ fleet: Fleet, _ tally: inout Tally) throws {
        for holder in 0..<Self.tenants {
            let device = RawPeer(certificate: fleet.devices[holder])
            for label in 0..<Self.tenants {
                let outcome = try fleet.attempt(RawPeer(like: device, label: Fleet.label(label)))
                tally.take(outcome, control: holder == label ? holder : nil, "\(holder)'s certificate on \(label)'s label")
            }
        }
    }

    /// Foreign identities look alike on a label that is known and on one that is not; what the tenant's own authority signed may be told
    /// its fault (it is expired, or for another purpose) on its own label, and on no other.
    private func everyWrongIdentity(_ fleet: Fleet, _ tenant: Int, _ tally: inout Tally) throws {
        let (own, other) = (fleet.authorities[tenant], fleet.authorities[(tenant + 1) % Self.tenants])
        let lookalike = TestAuthority("authority \(tenant)")
        let between = TestAuthority("between", parent: other)
        let posing = TestAuthority("posing", parent: own, constraints: "critical,CA:FALSE")
        let device = fleet.devices[tenant]
        var altered = device.certificate
        altered[altered.count - 1] ^= 1
        let foreign: [(String, TestAuthority.Issued, [[UInt8]])] = [
            ("self-made", TestAuthority.selfSigned(), []),
            ("of an authority with the same name", lookalike.issue(), []),
            ("of such an authority, which is sent along", lookalike.issue(), [lookalike.certificate]),
            ("with the true authority sent along", lookalike.issue(), [own.certificate]),
            ("of another tenant, whose authority is sent along", fleet.devices[(tenant + 1) % Self.tenants], [other.certificate]),
            ("of an authority under another tenant's", between.issue(), [between.certificate, other.certificate]),
            ("of another tenant and expired", other.issue(to: -60), []),
            ("of the installation's authority", fleet.installation.issue(), [fleet.installation.certificate]),
            ("the server's own", fleet.installation.issueServer(), [fleet.installation.certificate]),
            ("with a signature that was altered", TestAuthority.Issued(certificate: altered, privateKey: device.privateKey, pin: device.pin), []),
        ]
        let faulty: [(String, TestAuthority.Issued, [[UInt8]])] = [
            ("for a server", own.issueServer(), []),
            ("without a usage", own.issue(usage: nil), []),
            ("for any usage", own.issue(usage: "anyExtendedKeyUsage"), []),
            ("for signing code and mail", own.issue(usage: "codeSigning,emailProtection"), []),
            ("expired", own.issue(to: -60), []),
            ("not yet valid", own.issue(from: 3_600), []),
            ("the authority itself", own.issued, []),
            ("of a certificate that is no authority", posing.issue(), [posing.certificate]),
        ]
        for (name, identity, chain) in foreign {
            let seen = try [Fleet.label(tenant), Fleet.label((tenant + 2) % Self.tenants), "tenant-x"].map { label in
                let outcome = try fleet.attempt(identity, chain: chain, label: label)
                tally.take(outcome, "a certificate \(name) on \(label)")
                return outcome
            }
            #expect(seen.allSatisfy { $0.alert == 48 && $0.looks(like: seen[2]) }, "a certificate \(name): known and unknown labels differ")
        }
        for (name, identity, chain) in faulty {
            for label in [Fleet.label(tenant), Fleet.label((tenant + 2) % Self.tenants), "tenant-x"] {
                let outcome = try fleet.attempt(identity, chain: chain, label: label)
                tally.take(outcome, "\(tenant)'s certificate \(name) on \(label)")
                if label != Fleet.label(tenant) { #expect(outcome.alert == 48) }
            }
        }
        let nameless = try [Fleet.label(tenant), "tenant-x"].map { label in
            let outcome = try fleet.attempt(nil, label: label)
            tally.take(outcome, "no certificate on \(label)")
            return outcome
        }
        #expect(nameless[0].alert == nil && nameless[0].looks(like: nameless[1]))
    }
}
