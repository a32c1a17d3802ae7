internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore

/// Turns an invitation into a device, and renews what a device's certificate says. An invitation is redeemed in one transaction: the invitation is used up, the device has its row, its letters and its
/// record in `shared`, and only then does its certificate leave.
final class EnrolmentDoor: Sendable {
    enum Answer: Sendable {
        case enrolled(Message.Enrolled)
        case renewed(Message.Renewed)
        case refused(Problem)
    }

    /// A device's certificate lives so long; the device has it renewed in the last third of that, and after.
    static let certificateSeconds: Int64 = 30 * 86_400

    /// Nil behind a label that leads nowhere: there every invitation and every certificate is unknown.
    let tenant: OpenTenant?
    let closed: ClosedTenant?

    init(tenant: OpenTenant?, closed: ClosedTenant? = nil) {
        self.tenant = tenant
        self.closed = closed
    }

    /// The proof of possession has been checked by the session. Answers on another thread.
    func enrol(_ enrol: Message.Enrol, then answer: @escaping @Sendable (Result<Answer, any Error>) -> Void) {
        guard let request = try? CertificateSigningRequest(der: enrol.request) else {
            return answer(.success(.refused(Self.badRequest)))
        }
        guard let name = Self.deviceName(enrol.deviceName) else {
            return answer(.success(.refused(Problem(.malformed, "a device's name is 1 to 120 printable characters on one line"))))
        }
        guard let tenant else { return answer(.success(.refused(Self.unknown))) }
        tenant.writer.submit(
            .alone { answer(Result { try Self.redeem(enrol.token, request, enrol.signingKey, name, tenant) }) })
    }

    static let badRequest = Problem(.badRequest, "the certificate signing request is not a P-256 request that asks for nothing")
    private static let unknown = Problem(.unknownInvitation, "the invitation is not known here; ask headquarters for a new one")

    private static func redeem(
        _ token: [UInt8], _ request: CertificateSigningRequest, _ signingKey: [UInt8], _ deviceName: String, _ tenant: OpenTenant
    ) throws -> Answer {
        let now = tenant.clock.now()
        let hash = Invitations.hash(token)
        let device = try Identifier.drawn(at: now)
        return try tenant.store.write { transaction in
            guard let invitation = try transaction.invitation(hash), let member = try transaction.member(invitation.member),
                let role = Role(key: member.role)
            else { return .refused(unknown) }
            let identity = try transaction.identity()
            let name = DeviceName(tenant: identity.id, member: member.id, device: device)
            let authority = tenant.keys.authority(at: now)
            let certificate = try issue(name, for: request, by: authority, at: now)
            let enrolment = DeviceEnrolment(
                id: device, name: deviceName, certificate: certificate.fingerprint, certificateEnd: certificate.notAfter * 1000, signingKey: signingKey)
            switch try transaction.redeem(hash, for: enrolment, at: now) {
            case .unknown: return .refused(unknown)
            case .expired: return .refused(Problem(.expiredInvitation, "the invitation has expired; ask headquarters for a new one"))
            case .otherRole:
                return .refused(Problem(.invitationOfAnotherRole, "the invitation was made for another role than this member has now; ask headquarters for a new one"))
            case .usedBefore:
                return .refused(
                    Problem(.usedInvitation, "the invitation was used before; if not by you, tell headquarters now, and ask for a new one"))
            case .redeemed(let row):
                // Of a device that waits nothing enters a log: its key is published with its confirmation.
                if !row.awaitsConfirmation { try Headquarters(transaction, keys: tenant.keys, now: now).publish(device: row) }
                try transaction.noteAct("device.enrol", detail: device.description, at: now)
                return .enrolled(
                    Message.Enrolled(
                        tenant: identity.id, tenantName: identity.name, member: member.id, memberName: member.name, device: device,
                        role: UInt32(role.rawValue), letters: row.letters, certificate: certificate.der,
                        authority: authority.certificate.der, serverKey: tenant.desk.serverKey(identity, issued: now),
                        bundleKey: tenant.desk.bundleKey(issued: now), awaitsConfirmation: row.awaitsConfirmation,
                        earlierKeys: tenant.desk.earlierKeys(identity, issued: now)))
            }
        }
    }

    /// - Parameter now: milliseconds since 1970.
    static func issue(
        _ name: DeviceName, for request: CertificateSigningRequest, by authority: CertificateAuthority, at now: Int64
    ) throws -> Certificate {
        try authority.issueDevice(
            for: request, uri: name.uri, notBefore: now / 1000 - Installation.clockAllowanceSeconds, notAfter: now / 1000 + certificateSeconds)
    }

    /// A name that can be shown anywhere: 1 to 120 characters on one line, none that controls a terminal or turns the text around.
    static func deviceName(_ text: String) -> String? {
        let field = Catalogue.device.field(key: "name")
        guard let field, field.kind.fault(in: .text(text)) == nil else { return nil }
        return text
    }
}
