import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
public import SeamarkStore
import SeamarkTLS

/// Redeems an invitation: makes the device's keys, has them certified, and gives the identity that a new store begins with.
public enum Enrolment {
    /// Who a device is, and whether headquarters must confirm its words before it reads and hands in.
    public struct Enrolled: Sendable {
        public let identity: DeviceIdentity
        public let awaitsConfirmation: Bool
    }

    /// Talks to the server and returns who this device is now. The invitation is used up when this returns; nothing is left behind here
    /// when it throws `DoorFailure`.
    ///
    /// - Parameter deviceName: what the member calls the laptop; shown to administrators.
    public static func run(_ invitation: Invitation, deviceName: String) throws -> DeviceIdentity {
        try redeem(invitation, deviceName: deviceName).identity
    }

    /// As `run`, and says whether the device waits.
    public static func redeem(_ invitation: Invitation, deviceName: String) throws -> Enrolled {
        let primitives = SystemPrimitives()
        let signing = try SigningKey.generate()
        let key = try CertificateKey.generate()
        let request = CertificateSigningRequest(for: key)
        let conversation: Conversation
        do {
            let context = try TLSClientContext(trust: .pin(invitation.pin.bytes), serverName: invitation.serverName, label: invitation.label)
            conversation = try Conversation(host: invitation.host, port: invitation.port, context: context)
        } catch {
            throw DoorFailure.network(NetworkFailure(error))
        }
        let enrolled = try conversation.visit { binding in
            DoorVisit(
                Message.Enrol(
                    token: invitation.token, request: request.der, signingKey: signing.publicKey,
                    proof: signing.sign(Message.Enrol.message(binding: binding, request: request.der)), deviceName: deviceName))
        }
        let identity = try identity(enrolled, invitation, key: key, signing: signing, authority: conversation.serverAuthority ?? [], primitives)
        return Enrolled(identity: identity.heeding(conversation) ?? identity, awaitsConfirmation: enrolled.awaitsConfirmation)
    }

    /// Looks at what the server gave before any of it is believed.
    private static func identity(
        _ enrolled: Message.Enrolled, _ invitation: Invitation, key: CertificateKey, signing: SigningKey, authority: [UInt8],
        _ primitives: SystemPrimitives
    ) throws -> DeviceIdentity {
        guard let certificate = try? Certificate(der: enrolled.certificate), let tenantAuthority = try? Certificate(der: enrolled.authority)
        else { throw DoorFailure.badAnswer("its certificates cannot be read") }
        guard certificate.publicKey == key.publicKey else { throw DoorFailure.badAnswer("the certificate is for another key") }
        let name = "seamark://tenant/\(enrolled.tenant)/member/\(enrolled.member)/device/\(enrolled.device)"
        guard certificate.onlyURI == name else { throw DoorFailure.badAnswer("the certificate names another device") }
        let serverKey = enrolled.serverKey
        let statement = Message.ServerKey.message(tenant: enrolled.tenant, epoch: serverKey.epoch, device: serverKey.device, key: serverKey.key)
        guard tenantAuthority.publicKey.verifies(serverKey.signature, of: statement) else {
            throw DoorFailure.badAnswer("the tenant's authority did not sign the server's key")
        }
        if let bundle = enrolled.bundleKey {
            guard tenantAuthority.publicKey.verifies(bundle.signature, of: Message.BundleKey.message(tenant: enrolled.tenant, key: bundle.key)) else {
                throw DoorFailure.badAnswer("the tenant's authority did not sign the key for bundles")
            }
        }
        return DeviceIdentity(
            tenant: enrolled.tenant, tenantName: enrolled.tenantName, member: enrolled.member, device: enrolled.device, role: enrolled.role,
            letters: enrolled.letters, serverHost: invitation.host, serverPort: invitation.port, serverName: invitation.serverName,
            label: invitation.label, installationAuthority: authority, tenantAuthority: enrolled.authority,
            certificate: enrolled.certificate, privateKey: SecretBytes(copying: key.der), signingSeed: signing.seed,
            serverSigningKey: serverKey.key, bundleKey: enrolled.bundleKey?.key ?? [])
    }
}
