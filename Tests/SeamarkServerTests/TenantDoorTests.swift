import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

@Suite struct TenantDoorTests {
    let yard: Yard
    let tenant: OpenTenant
    let other: OpenTenant
    let member: Identifier
    let device: Identifier
    let key: CertificateKey

    init() throws {
        yard = try Yard()
        let office = try yard.addTenant("halden")
        _ = try yard.addTenant("northlink")
        let folders = try yard.directory.tenantFolders()
        tenant = try OpenTenant(opening: folders[0].folder, under: yard.keyFolder, clock: yard.clock.wall)
        other = try OpenTenant(opening: folders[1].folder, under: yard.keyFolder, clock: yard.clock.wall)
        key = try CertificateKey.generate()
        let person = try #require(try office.members().first { $0.handle == "anna" }).id
        member = person
        let id = try Identifier.drawn(at: 1)
        device = id
        try tenant.store.write {
            _ = try $0.addDevice(DeviceEnrolment(id: id, name: "laptop", certificate: .zero, signingKey: [UInt8](repeating: 1, count: 32)), of: person, at: 1)
        }
    }

    func certificate(by authority: OpenTenant, _ uri: String, from: Int64 = -60, until: Int64 = 3600) throws -> [UInt8] {
        let now = yard.clock.wall.seconds
        return try authority.keys.authority.issueDevice(
            for: CertificateSigningRequest(for: key), uri: uri, notBefore: now + from, notAfter: now + until
        ).der
    }

    func name(tenant id: Identifier? = nil, member: Identifier? = nil, device: Identifier? = nil) -> String {
        DeviceName(tenant: id ?? tenant.keys.tenant, member: member ?? self.member, device: device ?? self.device).uri
    }

    @Test func `a device that the tenant's authority certified and its store knows is let in`() throws {
        let session = try TenantDoor().open(certificate: certificate(by: tenant, name()), chosen: tenant)
        #expect(session?.name.device == device)
    }

    @Test func `no certificate of another tenant opens this one`() throws {
        let door = TenantDoor()
        #expect(try door.open(certificate: certificate(by: other, name(tenant: other.keys.tenant)), chosen: tenant) == nil)
        #expect(try door.open(certificate: certificate(by: other, name()), chosen: tenant) == nil)
        #expect(try door.open(certificate: certificate(by: tenant, name(tenant: other.keys.tenant)), chosen: tenant) == nil)
        #expect(try door.open(certificate: certificate(by: tenant, name()), chosen: other) == nil)
    }

    @Test func `a certificate without a tenant that was chosen opens nothing`() throws {
        #expect(try TenantDoor().open(certificate: certificate(by: tenant, name()), chosen: nil) == nil)
        #expect(try TenantDoor().open(certificate: [1, 2, 3], chosen: tenant) == nil)
    }

    @Test func `other members and other spellings are not let in`() throws {
        let door = TenantDoor()
        let stranger = try Identifier.drawn(at: 2)
        #expect(try door.open(certificate: certificate(by: tenant, name(member: stranger)), chosen: tenant) == nil)
        for uri in [name().uppercased(), name() + "/", name() + "?x", "https://example.org/", name().replacing("seamark:", with: "seamarks:")] {
            #expect(try door.open(certificate: certificate(by: tenant, uri), chosen: tenant) == nil, "\(uri)")
        }
    }

    @Test func `a device that the tenant's authority certified and its store does not know is not called revoked, and an alarm names it once`() throws {
        let lost = try Identifier.drawn(at: 2)
        for _ in 0..<2 {
            do {
                _ = try TenantDoor().open(certificate: certificate(by: tenant, name(device: lost)), chosen: tenant)
                Issue.record("it was let in")
            } catch let problem as Problem { #expect(problem.code == .unknownDevice) }
        }
        // Whom another authority certified proves nothing.
        #expect(try TenantDoor().open(certificate: certificate(by: other, name(device: Identifier.drawn(at: 3))), chosen: tenant) == nil)
        let alarms = try tenant.store.read { try $0.alarms() }
        #expect(alarms.map(\.kind) == [.unknownDevice] && alarms.first?.device == lost && alarms.first?.count == 1)
        #expect(try tenant.store.read { try $0.audit() }.count { $0.act == "device.unknown" } == 1)
    }

    @Test func `certificates out of their time, and authorities themselves, are not let in`() throws {
        let door = TenantDoor()
        #expect(try door.open(certificate: certificate(by: tenant, name(), from: -7200, until: -3600), chosen: tenant) == nil)
        #expect(try door.open(certificate: certificate(by: tenant, name(), from: 3600, until: 7200), chosen: tenant) == nil)
        #expect(try door.open(certificate: tenant.keys.authority.certificate.der, chosen: tenant) == nil)
    }

    @Test func `a device's name is read back only as it is written`() throws {
        let name = DeviceName(tenant: tenant.keys.tenant, member: member, device: device)
        #expect(DeviceName(uri: name.uri) == name)
        #expect(DeviceName(uri: name.uri.replacing("member", with: "mamber")) == nil)
        #expect(DeviceName(uri: "") == nil)
        #expect(DeviceName(uri: "seamark://tenant//member//device/") == nil)
    }
}
