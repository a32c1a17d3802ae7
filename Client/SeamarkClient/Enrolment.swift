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
        /// The server's signing keys that were replaced before.
        let replacedServerKeys: [[UInt8]]

        /// Notes down in a new store what it begins with besides the identity.
        public func begin(_ store: OpenDeviceStore) throws {
            guard awaitsConfirmation || !replacedServerKeys.isEmpty else { return }
            try store.transaction { transaction in
                if awaitsConfirmation { try transaction.append(.setting(.awaitsConfirmation, .bool(true))) }
                if !replacedServerKeys.isEmpty { try transaction.append(.setting(.replacedServerKeys, DeviceState.value(of: replacedServerKeys))) }
            }
        }
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
        return Enrolled(
            identity: identity.heeding(conversation) ?? identity, awaitsConfirmation: enrolled.awaitsConfirmation,
            replacedServerKeys: enrolled.earlierKeys.map(\.key).filter { $0 != enrolled.serverKey.key })
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
        for earlier in enrolled.earlierKeys {
            let statement = Message.ServerKey.message(tenant: enrolled.tenant, epoch: earlier.epoch, device: earlier.device, key: earlier.key)
            // One without a farewell was replaced by a program that had it say nothing; whoever has just had this device certified may name it.
            guard tenantAuthority.publicKey.verifies(earlier.signature, of: statement),
                earlier.farewell.isEmpty || earlier.hasEnded(of: enrolled.tenant, primitives)
            else {
                throw DoorFailure.badAnswer("a key of the server that it names as replaced is not")
            }
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
