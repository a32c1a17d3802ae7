internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTestSupport

// Invitations that are redeemed a second time, and what that does to the device which the first time made. What is expected is what the
// documentation says: the first try with another key within thirty days freezes it, once for each invitation; with its own key, later, or of a
// device that is revoked, nobody is stopped. Each time headquarters is told, and so is whoever tried.
extension World {
    func redeem(_ number: Int, _ dice: inout SplitMix64) throws {
        // The device itself, whose answer was lost; or somebody with a token that was never given out.
        let isOwn = dice.chance(15)
        let isForged = !isOwn && dice.chance(8)
        let seat = cast.seats[number]
        let signer = isOwn ? seat.signer : SimulationSigner(seed: (0..<32).map { _ in UInt8(truncatingIfNeeded: dice.next() | 0x80) })
        let token = Cast.token(isForged ? 200 : number).bytes
        let binding = (0..<32).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
        let request: [UInt8] = [1, 2, 3]
        let enrol = Message.Enrol(
            token: token, request: request, signingKey: signer.publicKey, proof: signer.sign(Message.Enrol.message(binding: binding, request: request)),
            deviceName: "Another")
        counts.redemptions += 1
        var before: DeviceStanding?
        visitDoor(
            enrol, binding: binding, &dice,
            before: { [unowned self] in
                decidedAt = agenda.now
                before = try standing(of: seat.device, $0)
            },
            redeemed: { [unowned self] redemption in
                if let before { judge(redemption, of: seat, number, before, isOwn: isOwn, isForged: isForged) }
            }
        ) { [unowned self] answer in
            switch answer {
            case .success: violate(.faulted, "an invitation was redeemed twice")
            case .failure(let problem):
                let expected: Problem.Code = isForged ? .unknownInvitation : .usedInvitation
                if problem.code != expected, problem.code != .serverFault || !server.hadTrouble {
                    violate(.unreported, "who redeemed an invitation again was told \(problem.code.rawValue)")
                }
            }
        }
    }

    /// Somebody without a certificate says this at the door.
    ///
    /// - Parameters:
    ///   - newcomer: whom the invitation enrols; nil where it was redeemed before.
    ///   - before: told in the transaction, before it redeems; `redeemed` once that is durable.
    ///   - answered: told at the other end, where the answer comes so far.
    func visitDoor(
        _ enrol: Message.Enrol, binding: [UInt8], for newcomer: Cast.Seat? = nil, _ dice: inout SplitMix64, before: @escaping (TenantSnapshot) throws -> Void,
        redeemed: @escaping (Redemption) -> Void, answered: @escaping (Result<Message.Enrolled, Problem>) -> Void
    ) {
        var visit = DoorVisit(enrol)
        var decoder = FrameDecoder()
        let link = Link(agenda, trace, SplitMix64(seed: dice.next()), faults: schedule.faults)
        server.openDoor(link, binding: binding, for: newcomer, before: before, redeemed: redeemed)
        link.arrived = { [unowned link] end, bytes in
            if end == .server { return link.toServer(bytes) }
            decoder.append(bytes)
            while let payload = try? decoder.next(), let message = try? Message(payload: payload) {
                for action in visit.received(message) {
                    switch action {
                    case .send(let message): link.send(message.frame, to: .server)
                    case .adopt(let enrolled):
                        answered(.success(enrolled))
                        link.close(.device)
                    case .fail(let problem):
                        answered(.failure(problem))
                        link.close(.device)
                    }
                }
            }
        }
        link.ended = { [unowned link] in if $0 == .server { link.serverEnded() } }
    }

    struct DeviceStanding {
        let device: TenantDevice?
        let wasFrozen: Bool
        let hasAlarm: Bool
        let count: Int
    }

    private func standing(of id: Identifier, _ snapshot: TenantSnapshot) throws -> DeviceStanding {
        DeviceStanding(
            device: try snapshot.device(id), wasFrozen: try isFrozenByRedemption(id, snapshot),
            hasAlarm: try snapshot.alarms().contains { $0.kind == .invitationReused && $0.device == id }, count: try snapshot.devices().count)
    }

    /// Once for each invitation.
    func isFrozenByRedemption(_ id: Identifier, _ snapshot: TenantSnapshot) throws -> Bool {
        try snapshot.audit().contains { $0.act == "device.freeze" && $0.detail == id.description }
    }

    private static let thirtyDays: Int64 = 30 * 86_400_000

    private func judge(_ redemption: Redemption, of seat: Cast.Seat, _ number: Int, _ before: DeviceStanding, isOwn: Bool, isForged: Bool) {
        let after: DeviceStanding
        do { after = try server.store.read { try standing(of: seat.device, $0) } } catch {
            if !server.hasTrouble { fault("looking at a device whose invitation was redeemed again", error) }
            return
        }
        trace.note("\(agenda.now) ms: the invitation of device \(number) was redeemed again\(isOwn ? ", by itself" : isForged ? ", or so somebody thought" : "")")
        let now = server.clock.now
        let mustFreeze = !isOwn && !isForged && now < Cast.began + Self.thirtyDays && before.device?.revoked == nil && !before.wasFrozen
        let isAsExpected =
            switch redemption {
            case .unknown: isForged
            case .usedBefore(let first): !isForged && first.time == Cast.began && first.device == seat.device
            case .redeemed, .expired, .otherRole: false
            }
        if !isAsExpected { violate(.faulted, "redeeming an invitation again came to \(redemption)") }
        if after.count != before.count { violate(.faulted, "redeeming an invitation again made a device") }
        if !isForged, !after.hasAlarm { violate(.unreported, "the invitation of device \(number) was redeemed again, and no alarm says so") }
        if isForged, after.hasAlarm != before.hasAlarm { violate(.unreported, "a token that nobody has raised an alarm") }
        if mustFreeze {
            counts.redemptionFreezes += 1
            if after.device?.wait?.cause != .reused || after.device?.awaitsConfirmation != true || !after.wasFrozen {
                return violate(.unconfirmed, "the invitation of device \(number) was redeemed by another key, and the device goes on")
            }
            counts.freezes += 1
            lookAtWaiting(seat.device)
        } else if after.device?.wait != before.device?.wait {
            violate(.unconfirmed, "the invitation of device \(number) was redeemed again as nobody is stopped by, and the device waits")
        }
    }

    /// Before anybody is confirmed: who waits is told so by a sync, reads nothing by it and keeps all that waits there.
    func checkWaitingTold() {
        for machine in machines where !machine.isToBeWiped {
            quietly { dice in
                guard try server.store.read({ try $0.device(machine.seat.device)?.awaitsConfirmation }) == true else { return }
                let unsent = try machine.device.state.unsentCount
                try machine.sync(&dice, faults: .none)
                guard agenda.runOut() else { return violate(.unconverged, "events without end") }
                let state = try machine.device.state
                guard case .complete(let outcome)? = machine.ends.last, outcome.awaitsConfirmation, state.awaitsConfirmation else {
                    return violate(.unreported, "device \(machine.number) waits to be confirmed, synced, and was not told")
                }
                if state.unsentCount != unsent { violate(.unconfirmed, "device \(machine.number) waits to be confirmed, and what waits there is not what it was") }
            }
        }
    }

    /// At rest headquarters still knows who was tried twice.
    func checkRedemptions(_ snapshot: TenantSnapshot) throws {
        guard counts.redemptions > 0 else { return }
        let alarmed = Set(try snapshot.alarms().filter { $0.kind == .invitationReused }.map(\.device))
        for seat in cast.seats where try isFrozenByRedemption(seat.device, snapshot) && !alarmed.contains(seat.device) {
            violate(.unreported, "device of seat \(seat.letters) was frozen, and no alarm says why")
        }
    }
}
