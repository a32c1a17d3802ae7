internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore

/// The one place where a verified certificate becomes access to a tenant, or to nothing.
///
/// The conversation has verified the certificate against the authority of the tenant that its label chose; certificate and tenant come
/// here together. The door checks that the certificate names that very tenant, and a device and member that its store knows. A revoked
/// device is let in as far as its session goes: it hears that it is revoked, and what it still holds is taken into quarantine.
struct TenantDoor: Sendable {
    /// What a device hears that the tenant's authority certified and its store does not know. Nobody revoked it: the store was put back to before it enrolled.
    static let unknownDevice = Problem(
        .unknownDevice, "the server's store does not know this device, which its authority certified: it was put back to an older copy; keep the device's work, and tell headquarters")

    /// Nil for whoever is not let in; throws a `Problem` for the devices of a closed tenant, and for one that the store has lost, of which an alarm tells.
    /// Reads and writes the tenant's store: not for an event loop.
    func open(certificate der: [UInt8], chosen: (any AnyObject & Sendable)?) throws -> DeviceSession? {
        if let closed = chosen as? ClosedTenant {
            guard Self.name(in: der, closed.keys, closed.clock) != nil else { return nil }
            throw ClosedTenant.problem
        }
        guard let tenant = chosen as? OpenTenant, let name = Self.name(in: der, tenant.keys, tenant.clock) else { return nil }
        let (known, isTold) = try tenant.store.read { (try $0.device(name.device), try $0.hasHeard(ofUnknownDevice: name.device)) }
        guard let device = known else {
            if !isTold { try tenant.store.write { try $0.hear(ofDevice: name.device, of: name.member, at: tenant.clock.now()) } }
            throw Self.unknownDevice
        }
        guard device.member == name.member else { return nil }
        let issued = (try? Certificate(der: der)).map { ($0.notBefore + Installation.clockAllowanceSeconds) * 1000 }
        return DeviceSession(name, of: tenant.desk, issued: issued ?? device.certificateIssued)
    }

    /// The device that a certificate of this very tenant names.
    ///
    /// - Parameter ignoringExpiry: take one that has run out: the enrolment door renews it.
    static func name(in der: [UInt8], _ keys: TenantKeys, _ clock: WallClock, ignoringExpiry: Bool = false) -> DeviceName? {
        guard let certificate = try? Certificate(der: der), let name = claimedName(in: der, keys),
            keys.trusted.contains(where: { (try? certificate.check(issuedBy: $0, for: .client, at: clock.seconds, ignoringExpiry: ignoringExpiry)) != nil })
        else { return nil }
        return name
    }

    /// The device of this tenant that a certificate names, whoever issued it: proves nothing.
    static func claimedName(in der: [UInt8], _ keys: TenantKeys) -> DeviceName? {
        guard let uri = (try? Certificate(der: der))?.onlyURI, let name = DeviceName(uri: uri), name.tenant == keys.tenant else { return nil }
        return name
    }

    /// The door for connections without a certificate. It looks the same whether the label led to a tenant or not.
    func enrolment(chosen: (any AnyObject & Sendable)?) -> EnrolmentDoor {
        EnrolmentDoor(tenant: chosen as? OpenTenant, closed: chosen as? ClosedTenant)
    }
}

extension TenantDevice {
    /// When its present certificate was issued: milliseconds since 1970.
    var certificateIssued: Int64 { certificateEnd.map { $0 - EnrolmentDoor.certificateSeconds * 1000 } ?? enrolled }
}
