import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS

// A device's certificate lives for a month. Before it connects, a sync has it renewed when its end is near: a short connection of its own
// to the enrolment door, which serves as well when the certificate has expired already.
extension SyncRun {
    /// What became of the certificate, where it was time for another.
    public enum Renewal: Sendable {
        /// The end of the new one: milliseconds since 1970.
        case renewed(until: Int64)
        /// It goes on with the present one, which serves until then; the next sync tries again.
        case postponed(DoorFailure, until: Int64)
    }

    /// Connects, and waits for the server's first word, by which a refused certificate is known. A certificate that has expired is
    /// renewed, or this throws `Failure`.
    mutating func connect() throws -> Conversation {
        let refusal = try renewInTime()
        do { return try open() } catch let error as Conversation.Failure where [.certificateExpired, .refusedByServer].contains(NetworkFailure(error)) {
            if let line { countBeside(line) }
            line = nil
            do { try renewExpired(refusal) } catch let failure as Failure where NetworkFailure(error) == .refusedByServer && !failure.isRevocation {
                // Not for its age, and not because the tenant's authority was replaced meanwhile.
                throw error
            }
            return try open()
        }
    }

    private mutating func open() throws -> Conversation {
        let tls = try TLSClientContext(
            trust: identity.serverTrust, serverName: identity.serverName, label: identity.label,
            identity: TLSIdentity(certificate: identity.certificate, privateKey: identity.privateKey.copy()))
        let conversation = try Conversation(host: identity.serverHost, port: identity.serverPort, context: tls, stop: stop)
        line = conversation
        try conversation.awaitMessage()
        try heed(conversation)
        return conversation
    }

    /// Whether the present certificate still serves is the server's word: that another could not be had fails nothing yet.
    private mutating func renewInTime() throws -> DoorFailure? {
        guard let standing = device.certificateStanding(try device.state), standing.isRenewalDue, try leastToRenew() == nil else { return nil }
        do {
            try renew()
            return nil
        } catch let failure as DoorFailure {
            if stop.isRaised { throw Conversation.Failure.stopped }
            if case .network(.unreachable) = failure { throw Failure(cause: .network(.unreachable), acknowledged: 0) }
            renewal = .postponed(failure, until: standing.until)
            return failure
        }
    }

    /// - Parameter refusal: why it could not be renewed a moment ago.
    private mutating func renewExpired(_ refusal: DoorFailure?) throws {
        if let least = try leastToRenew() { throw BudgetTooSmall(least: least) }
        do {
            if let refusal { throw refusal }
            try renew()
        } catch let failure as DoorFailure {
            if stop.isRaised { throw Conversation.Failure.stopped }
            switch failure {
            case .network(let network): throw Failure(cause: .network(network), acknowledged: 0)
            case .problem(let problem):
                // No greeting will tell it.
                if problem.code == .deviceRevoked { try device.dismissed(with: problem.wipe, try knowledge()) }
                throw Failure(cause: .renewal(problem), acknowledged: 0)
            case .badAnswer(let words): throw Failure(cause: .sync(.unexpected(words)), acknowledged: 0)
            }
        }
    }

    /// The server's store does not know this device, though the tenant's authority certified it. At the enrolment door it hears the signing key beside the
    /// certificate: by that key and its words headquarters can take the device back. Whatever becomes of the visit, this device has what it had.
    mutating func showSigningKey() {
        do {
            guard try leastToRenew() == nil else { return }
            try renew()
        } catch {}
    }

    private mutating func countBeside(_ line: any SyncLine) {
        beside.sent += line.bytesSent
        beside.received += line.bytesReceived
    }

    /// What a budget must be for renewing to have room beside what a sync cannot do without; nil where it has.
    private func leastToRenew() throws -> Int? {
        guard let budget = session.budget else { return nil }
        let least = BudgetTooSmall.least(try device.state) + ByteBudget.renewal
        return budget.limit - spentBefore < least ? least : nil
    }

    /// Has a new key certified. Throws `DoorFailure`; then the device has what it had.
    private mutating func renew() throws {
        let key = try CertificateKey.generate()
        let request = CertificateSigningRequest(for: key).der
        let signing = SigningKey(seed: identity.signingSeed)
        let conversation: Conversation
        do {
            let context = try TLSClientContext(
                trust: identity.serverTrust, serverName: identity.serverName, label: identity.label)
            conversation = try Conversation(host: identity.serverHost, port: identity.serverPort, context: context, stop: stop)
        } catch {
            throw DoorFailure.network(NetworkFailure(error))
        }
        defer { countBeside(conversation) }
        let present = identity.certificate
        let renewed = try conversation.visit { binding in
            DoorVisit(
                Message.Renew(
                    certificate: present, request: request, signingKey: signing.publicKey,
                    proof: signing.sign(Message.Renew.message(binding: binding, request: request))))
        }
        try adopt(renewed, key)
    }

    mutating func adopt(_ renewed: Message.Renewed, _ key: CertificateKey) throws {
        guard let certificate = try? Certificate(der: renewed.certificate), let present = try? Certificate(der: identity.certificate)
        else { throw DoorFailure.badAnswer("its certificate cannot be read") }
        guard certificate.publicKey == key.publicKey else { throw DoorFailure.badAnswer("the certificate is for another key") }
        guard certificate.onlyURI == present.onlyURI else { throw DoorFailure.badAnswer("the certificate names another device") }
        guard identity.adopting(certificate, authority: renewed.authority, words: renewed.words) != nil else {
            throw DoorFailure.badAnswer("the tenant's authority did not sign the certificate")
        }
        // Certificate and key are one row: whenever the power fails, the store holds the old pair or the new one.
        identity = try device.store.transaction { transaction in
            // Whom it believes is in it too.
            guard var identity = transaction.state.identity.adopting(certificate, authority: renewed.authority, words: renewed.words) else {
                throw DoorFailure.badAnswer("the tenant's authority did not sign the certificate")
            }
            identity.privateKey = SecretBytes(copying: key.der)
            try transaction.append(.identity(identity))
            return identity
        }
        renewal = .renewed(until: certificate.notAfter &* 1000)
    }
}

extension SyncRun.Failure {
    fileprivate var isRevocation: Bool { if case .renewal(let problem) = cause { problem.code == .deviceRevoked } else { false } }
}
