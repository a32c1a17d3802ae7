internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore

// A device's next certificate. The old one says which device is meant, whether it has expired or not; the device's signing key, which the
// store knows since it enrolled, proves that it is that device; and the store says whether it may have another. So the old one may be of an authority
// that is not known here, or not any more: it proves nothing then, the signing key does, and without that nobody learns more than that.
extension EnrolmentDoor {
    /// The session has checked that the proof is by the key that `renew` names. Answers on another thread.
    func renew(_ renew: Message.Renew, then answer: @escaping @Sendable (Result<Answer, any Error>) -> Void) {
        guard let request = try? CertificateSigningRequest(der: renew.request) else { return answer(.success(.refused(Self.badRequest))) }
        if let closed, TenantDoor.name(in: renew.certificate, closed.keys, closed.clock, ignoringExpiry: true) != nil {
            return answer(.success(.refused(ClosedTenant.problem)))
        }
        guard let tenant, let name = TenantDoor.claimedName(in: renew.certificate, tenant.keys) else {
            return answer(.success(.refused(Self.stranger)))
        }
        tenant.writer.submit(.alone { answer(Result { try Self.renew(name, request, renew, tenant) }) })
    }

    private static let stranger = Problem(
        .unknownCertificate, "the certificate is not one of a device of this tenant; ask headquarters for a new invitation")

    /// What the store says at the moment of the commit decides, and alone stands in the certificate: a revocation that was committed before
    /// is seen here, and one that is committed after finds the device's name as it was.
    private static func renew(_ name: DeviceName, _ request: CertificateSigningRequest, _ renew: Message.Renew, _ tenant: OpenTenant) throws -> Answer {
        let (now, keys) = (tenant.clock.now(), tenant.keys)
        return try tenant.store.write { transaction in
            let known = try transaction.device(name.device)
            if known == nil, TenantDoor.name(in: renew.certificate, keys, tenant.clock, ignoringExpiry: true) != nil {
                // By this key headquarters may take it back, once its member has read its words out.
                let certificate = try Certificate(der: renew.certificate)
                let shown = UnknownDeviceKey(
                    signingKey: renew.signingKey, member: name.member, certificate: certificate.fingerprint, certificateEnd: certificate.notAfter * 1000)
                try transaction.hear(ofDevice: name.device, showing: shown, at: now)
                return .refused(TenantDoor.unknownDevice)
            }
            guard let device = known, device.member == name.member, let member = try transaction.member(device.member)
            else { return .refused(stranger) }
            // Before anything is told of the device.
            guard device.signingKey == renew.signingKey else {
                guard TenantDoor.name(in: renew.certificate, keys, tenant.clock, ignoringExpiry: true) != nil else { return .refused(stranger) }
                return .refused(Problem(.badProof, "the proof is not by the signing key that this device enrolled with"))
            }
            let identity = try transaction.identity()
            guard device.revoked == nil, member.isActive else {
                // One whose certificate has expired, or is of an authority that is gone, hears of it nowhere else.
                let signs = keys.authority(at: device.certificateIssued)
                let order = tenant.desk.wipeOrder(to: device, identity, by: { signs.key.sign($0) }, keys.lead(from: renew.certificate, to: signs))
                return .refused(Problem(.deviceRevoked, "this device was revoked; ask headquarters", wipe: order))
            }
            guard tenant.desk.renewals.take(device.id, at: now) else {
                return .refused(Problem(.renewalsUsedUp, "this device had its certificate renewed too often within an hour; try again in an hour"))
            }
            let standing = DeviceName(tenant: identity.id, member: device.member, device: device.id)
            let issuer = keys.authority(at: now)
            let certificate = try issue(standing, for: request, by: issuer, at: now)
            try transaction.renewDevice(device.id, certificate: certificate.fingerprint, until: certificate.notAfter * 1000)
            try transaction.noteAct("device.renew", detail: device.id.description, at: now)
            let (authority, words) = keys.lead(from: renew.certificate, to: issuer)
            return .renewed(Message.Renewed(certificate: certificate.der, authority: authority, words: words))
        }
    }
}
