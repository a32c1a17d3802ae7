internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore

/// One connection without a certificate at the server, as `Connection` and `EnrolmentDoor` serve it: somebody redeems an invitation.
///
/// Certificates are made for nobody: a connection of the simulation shows none.
final class DoorCall {
    private let link: Link
    private let binding: [UInt8]
    private var session = EnrolmentDoorSession()
    private var decoder = FrameDecoder()
    private var isGone = false
    private unowned let world: World
    private unowned let server: SimulatedServer
    /// Whom the invitation enrols; nil where it was redeemed before.
    private let newcomer: Cast.Seat?
    /// Told in the transaction before it redeems, and when it is durable.
    private let before: (TenantSnapshot) throws -> Void
    private let redeemed: (Redemption) -> Void

    init(
        _ link: Link, binding: [UInt8], for newcomer: Cast.Seat?, _ world: World, of server: SimulatedServer, before: @escaping (TenantSnapshot) throws -> Void,
        redeemed: @escaping (Redemption) -> Void
    ) {
        self.link = link
        self.newcomer = newcomer
        self.binding = binding
        self.world = world
        self.server = server
        self.before = before
        self.redeemed = redeemed
    }

    func begin() { perform(session.began(now: server.clock.now)) }

    func leave() { isGone = true }

    func received(_ bytes: [UInt8]) {
        guard !isGone else { return }
        decoder.append(bytes)
        do {
            while !isGone, let payload = try decoder.next() {
                do throws(Problem) {
                    perform(session.received(try Message(payload: payload), binding: binding, SimulationPrimitives()))
                } catch {
                    perform(session.received(error))
                }
            }
        } catch {
            perform(session.received(Problem(.tooLong, "a frame that is none")))
        }
    }

    private func perform(_ actions: [EnrolmentDoorSession.Action]) {
        for action in actions {
            guard !isGone else { return }
            switch action {
            case .send(let message): link.send(message.frame, to: .device)
            case .enrol(let enrol): server.later { [weak self] in self?.redeem(enrol) }
            case .renew: perform(session.refused(Problem(.unknownCertificate, "nobody renews here")))
            case .close(let problem):
                if let problem { link.send(Message.problem(problem).frame, to: .device) }
                isGone = true
                link.close(.server)
            }
        }
    }

    /// In one transaction, between those of others. What was begun is done, whether its caller is still there or not.
    private func redeem(_ enrol: Message.Enrol) {
        let id = newcomer?.device ?? Identifier(high: 0xdf, low: UInt64(enrol.signingKey[0]))
        let enrolment = DeviceEnrolment(id: id, name: enrol.deviceName, certificate: .zero, signingKey: enrol.signingKey)
        do {
            let hash = SimulationPrimitives().sha256(enrol.token.span)
            let now = server.clock.now
            let (redemption, epoch) = try server.store.write { transaction in
                try before(transaction)
                let redemption = try transaction.redeem(hash, for: enrolment, at: now)
                // The row, the letters and the record in the directory are one.
                if case .redeemed = redemption, let newcomer {
                    _ = try transaction.author([Cast.listing(newcomer, at: now, SimulationPrimitives())], in: Cast.shared, by: Cast.serverSigner, received: now)
                }
                var epoch: UInt64 = 0
                if newcomer != nil { epoch = try transaction.identity().epoch }
                return (redemption, epoch)
            }
            guard !server.isDead else { return }
            redeemed(redemption)
            switch redemption {
            case .unknown: perform(session.refused(Problem(.unknownInvitation, "the invitation is not known here")))
            case .expired: perform(session.refused(Problem(.expiredInvitation, "the invitation has expired")))
            case .otherRole: perform(session.refused(Problem(.invitationOfAnotherRole, "the invitation was made for another role")))
            case .usedBefore: perform(session.refused(Problem(.usedInvitation, "the invitation was used before")))
            case .redeemed(let device):
                guard let newcomer else { return world.violate(.faulted, "an invitation was redeemed twice") }
                let key = Cast.serverSigner.publicKey
                let message = Message.ServerKey.message(tenant: Cast.tenant, epoch: epoch, device: Cast.author, key: key)
                let serverKey = Message.ServerKey(epoch: epoch, device: Cast.author, key: key, signature: SimulationSigner.signature(of: message, Cast.authority))
                perform(
                    session.enrolled(
                        Message.Enrolled(
                            tenant: Cast.tenant, tenantName: "Fictitious", member: newcomer.member, memberName: "Member", device: device.id,
                            role: UInt32(newcomer.role.rawValue), letters: device.letters, certificate: [1], authority: Cast.authority, serverKey: serverKey)))
            }
        } catch {
            if !server.hasTrouble { world.fault("somebody redeemed an invitation", error) }
            perform(session.refused(Problem(.serverFault, "the server could not do this")))
        }
    }
}
