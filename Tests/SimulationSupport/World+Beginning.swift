internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTestSupport

// Engagements and laptops that begin when the work of others has long begun.
//
// A server that is put back to before one of them does not know it at all, and takes it back on a person's word alone (`seamark-server engagement adopt`,
// `device adopt`), which the stories of the shipped programs tell. Here headquarters makes a backup as soon as one has begun, and nobody puts an older one back.
extension World {
    /// Is there this engagement? Of those that were there from the beginning nobody need ask.
    func hasBegun(_ scope: Identifier, _ snapshot: TenantSnapshot) throws -> Bool { try !begun.contains(scope) ? scopes.contains(scope) : snapshot.scope(scope) != nil }

    /// Headquarters begins an engagement, puts this member and some others on it, and writes down what it is.
    func begin(_ number: Int, with member: Identifier, _ dice: inout SplitMix64) throws {
        let id = Cast.scope(Cast.mostScopes + number)
        guard begun.insert(id).inserted else { return }
        scopes.append(id)
        var members = [member]
        for seat in cast.seats.prefix(schedule.devices) where dice.chance(50) && !members.contains(seat.member) { members.append(seat.member) }
        for member in members { staffedAt[member] = agenda.now }
        let now = server.clock.now
        let change = beginning(of: id, number, at: now)
        noteCapture(change, by: Cast.author, action: nextAction())
        backups.removeAll()
        try server.administer { transaction in
            try transaction.addScope(id, kind: .engagement)
            for member in members { try transaction.staff(member, on: id) }
            _ = try transaction.author([change], in: id, by: Cast.serverSigner, received: now)
        }
        // Where the disk refused, or the process died, headquarters was not told that it was done: then nobody misses what is not there.
        guard (try? server.store.read { try $0.scope(id) != nil }) == true else {
            living.remove(change.id)
            return
        }
        counts.engagements += 1
        trace.note("\(agenda.now) ms: engagement \(id) begins, with \(members.count) members")
        do { try backUpOnly() } catch where server.hasTrouble {}
    }

    private func beginning(of engagement: Identifier, _ number: Int, at time: Int64) -> Change {
        var editing = RecordEditing(record: engagement, type: Catalogue.engagement, state: nil) { .zero }
        editing.create(at: time, handle: "EN-\(number + 1)")
        for (key, value) in [("title", Value.text("Engagement \(number + 1)")), ("currency", .text("EUR")), ("status", .int(1))] {
            guard let field = Catalogue.engagement.field(key: key) else { preconditionFailure("the catalogue has \(key)") }
            editing.set(field, value)
        }
        return Change(
            scope: engagement, stamp: Stamp(time: time, device: Cast.author), member: Cast.author, schema: Catalogue.version, edits: editing.edits,
            primitives: SimulationPrimitives())
    }

    /// Headquarters invites a member to one more laptop, which comes to the door with that. Where its answer does not arrive there is no such laptop, whatever
    /// headquarters has of it.
    func enrol(_ number: Int, _ dice: inout SplitMix64) throws {
        guard invited.insert(number).inserted else { return }
        let seat = cast.seats[number]
        let token = Cast.token(number)
        try server.administer { transaction in
            let now = server.clock.now
            try transaction.addInvitation(token: token.hash, member: seat.member, made: now, expires: now + 86_400_000)
        }
        let request: [UInt8] = [1, 2, 3]
        let binding = (0..<32).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
        let enrol = Message.Enrol(
            token: token.bytes, request: request, signingKey: seat.signer.publicKey,
            proof: seat.signer.sign(Message.Enrol.message(binding: binding, request: request)), deviceName: "Device \(number)")
        let seed = dice.next()
        visitDoor(
            enrol, binding: binding, for: seat, &dice, before: { _ in },
            redeemed: { [unowned self] redemption in
                guard case .redeemed = redemption else { return }
                decidedAt = agenda.now
                counts.enrolments += 1
                do { try backUpOnly() } catch where server.hasTrouble {} catch { fault("a backup was made behind an enrolment", error) }
            }
        ) { [unowned self] answer in
            switch answer {
            case .success(let enrolled):
                trace.note("\(agenda.now) ms: device \(enrolled.device) has enrolled")
                do {
                    let disk = try cast.laptops[number].copy(honouring, hasAttachments: schedule.hasAttachments)
                    machines.append(try Machine(machinesMade, seat, disk, schema: Catalogue.version, seed: seed, in: self))
                    machinesMade += 1
                } catch { fault("a device began its store", error) }
            case .failure(let problem):
                // Its member's role, or the year, may have been another one by then; or the invitation was never durable.
                let known: [Problem.Code] = [.unknownInvitation, .expiredInvitation, .invitationOfAnotherRole, .serverFault]
                if !known.contains(problem.code) { violate(.faulted, "a newcomer was told \(problem.code.rawValue)") }
            }
        }
    }

    /// Nobody puts back what was backed up before this.
    private func backUpOnly() throws {
        backups.removeAll()
        try backUpServer()
    }
}
