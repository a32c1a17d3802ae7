import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
public import SeamarkProtocol
public import SeamarkStore
import SeamarkTLS

/// Redeems an invitation: makes the device's keys, has them certified, and gives the identity that a new store begins with.
public enum Enrolment {
    /// Why a device could not enrol. Nothing is left behind on this side.
    public enum Failure: Error, Sendable {
        case network(NetworkFailure)
        case problem(Problem)
        /// The server said something that does not hold together.
        case badAnswer(String)
    }

    /// Talks to the server and returns who this device is now. The invitation is used up when this returns.
    ///
    /// - Parameter deviceName: what the member calls the laptop; shown to administrators.
    public static func run(_ invitation: Invitation, deviceName: String) throws -> DeviceIdentity {
        let primitives = SystemPrimitives()
        let signing = try SigningKey.generate()
        let key = try CertificateKey.generate()
        let request = CertificateSigningRequest(for: key)
        let conversation: Conversation
        var session: EnrolSession
        do {
            let context = try TLSClientContext(trust: .pin(invitation.pin.bytes), serverName: invitation.serverName, label: invitation.label)
            conversation = try Conversation(host: invitation.host, port: invitation.port, context: context)
            let binding = try conversation.exporter(label: Message.Enrol.exporterLabel, count: 32)
            session = EnrolSession(
                Message.Enrol(
                    token: invitation.token, request: request.der, signingKey: signing.publicKey,
                    proof: signing.sign(Message.Enrol.message(binding: binding, request: request.der)), deviceName: deviceName))
        } catch {
            throw Failure.network(NetworkFailure(error))
        }
        while true {
            let actions: [EnrolSession.Action]
            do {
                guard let message = try conversation.next() else { throw Failure.badAnswer("the server closed without an answer") }
                actions = session.received(message)
                for action in actions {
                    if case .send(let message) = action { try conversation.send(message) }
                }
            } catch let error as Conversation.Failure {
                throw Failure.network(NetworkFailure(error))
            }
            for action in actions {
                switch action {
                case .send: break
                case .fail(let problem): throw Failure.problem(problem)
                case .adopt(let enrolled):
                    conversation.close()
                    return try identity(
                        enrolled, invitation, key: key, signing: signing, authority: conversation.serverAuthority ?? [], primitives)
                }
            }
        }
    }

    /// Looks at what the server gave before any of it is believed.
    private static func identity(
        _ enrolled: Message.Enrolled, _ invitation: Invitation, key: CertificateKey, signing: SigningKey, authority: [UInt8],
        _ primitives: SystemPrimitives
    ) throws -> DeviceIdentity {
        guard let certificate = try? Certificate(der: enrolled.certificate), let tenantAuthority = try? Certificate(der: enrolled.authority)
        else { throw Failure.badAnswer("its certificates cannot be read") }
        guard certificate.publicKey == key.publicKey else { throw Failure.badAnswer("the certificate is for another key") }
        let name = "seamark://tenant/\(enrolled.tenant)/member/\(enrolled.member)/device/\(enrolled.device)"
        guard certificate.onlyURI == name else { throw Failure.badAnswer("the certificate names another device") }
        let serverKey = enrolled.serverKey
        let statement = Message.ServerKey.message(tenant: enrolled.tenant, epoch: serverKey.epoch, device: serverKey.device, key: serverKey.key)
        guard tenantAuthority.publicKey.verifies(serverKey.signature, of: statement) else {
            throw Failure.badAnswer("the tenant's authority did not sign the server's key")
        }
        if let bundle = enrolled.bundleKey {
            guard tenantAuthority.publicKey.verifies(bundle.signature, of: Message.BundleKey.message(tenant: enrolled.tenant, key: bundle.key)) else {
                throw Failure.badAnswer("the tenant's authority did not sign the key for bundles")
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

/// Why the server could not be talked to, in terms that a person can act on.
public enum NetworkFailure: Error, Hashable, Sendable {
    /// The system gives no more open files, or no more memory.
    case exhausted
    /// Nobody answers at the address.
    case unreachable
    /// The connection broke or fell silent.
    case cut
    /// The server's certificate is not the one that was pinned, or the server refused this device's.
    case serverNotGenuine
    case refusedByServer
    /// What came was not Seamark's protocol.
    case notSeamark

    init(_ error: any Error) {
        switch error {
        case let failure as Conversation.Failure:
            switch failure {
            case .network(let socket) where [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(socket.code): self = .exhausted
            case .network(let socket): self = socket.doing == "connect" || socket.doing == "look up the server's name" ? .unreachable : .cut
            case .silence, .stopped: self = .cut
            case .framing, .message: self = .notSeamark
            case .secrecy(let error): self = NetworkFailure(tls: error)
            }
        case let error as TLSError: self = NetworkFailure(tls: error)
        case _: self = .cut
        }
    }

    private init(tls error: TLSError) {
        self =
            switch error {
            case .unknownAuthority, .expired, .notYetValid, .wrongName, .wrongPurpose, .wrongKey, .chainTooLong, .badCertificate, .noCertificate:
                .serverNotGenuine
            case .alert: .refusedByServer
            case .unexpectedEnd, .closed, .notEstablished: .cut
            case .protocolViolation, .handshakeTooLong, .flood, .labelChanged: .notSeamark
            case .unusableCertificate, .unusableKey, .keyMismatch, .unusableName, .unusableAuthority, .unusablePin, .library: .serverNotGenuine
            }
    }
}
