internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTestSupport

// What a schedule's steps do.
extension World {
    /// Every laptop of this device was wiped.
    struct NobodyThere: Error {}

    func act(_ act: Schedule.Step.Act, _ dice: inout SplitMix64) throws {
        // A clone is chosen as often as what it was cloned from.
        func machine(_ number: Int) throws -> Machine {
            let alike = machines.filter { $0.seat.device == Cast.device(number) }
            guard !alike.isEmpty else { throw NobodyThere() }
            return alike.count == 1 ? alike[0] : alike[Int(dice.next() % UInt64(alike.count))]
        }
        switch act {
        case .revoke, .wipe, .freeze, .confirm, .staff, .role, .leastSchema, .begin, .enrol: decidedAt = agenda.now
        case _: break
        }
        switch act {
        case .capture(let number):
            let machine = try machine(number)
            try machine.daring(&dice, schedule.faults) { try capture(machine, scope: nil, &$0) }
        case .sync(let number):
            let machine = try machine(number)
            if dice.chance(schedule.faults.replay) { replay(of: machine.seat, &dice) }
            try machine.sync(&dice, faults: schedule.faults, over: relay(&dice))
            counts.syncs += 1
        case .crash(let number):
            // Now and then the program is a newer one afterwards.
            let machine = try machine(number)
            if dice.chance(15) { machine.update() }
            machine.crash(&dice, faults: schedule.faults)
        case .backUp(let number):
            let machine = try machine(number)
            machine.backups.append(try machine.disk.copy(honouring))
        case .putBack(let number):
            let machine = try machine(number)
            guard !machine.backups.isEmpty else { return }
            let backup = machine.backups[Int(dice.next() % UInt64(machine.backups.count))]
            if mistake == .forgetsWork { machine.putBack(backup) } else { forgetting { machine.putBack(backup) } }
            noteForks(of: machine)
            forgetWord(of: machine)
            counts.deviceRestores += 1
        case .clone(let number):
            guard machinesMade < Cast.mostDevices + 2 else { return }
            let machine = try machine(number)
            let clone = try Machine(machinesMade, machine.seat, try machine.disk.copy(honouring), schema: machine.schema, seed: dice.next(), in: self)
            machines.append(clone)
            machinesMade += 1
            counts.clones += 1
        case .jump(let number):
            // Up to five years either way.
            try machine(number).clock.jump(Int64(dice.next() % 315_000_000_000) - 157_500_000_000)
        case .serverJump: server.clock.jump(Int64(dice.next() % 315_000_000_000) - 157_500_000_000)
        case .revoke(let number):
            turnedAwayAt[Cast.device(number)] = agenda.now
            try server.administer { try $0.revokeDevice(Cast.device(number), at: server.clock.now) }
            counts.revocations += 1
        case .wipe(let number): try orderWipe(number)
        case .watch(let number):
            _ = try machine(number)
            // Copies of a store watch side by side, now and then.
            let alike = machines.filter { $0.seat.device == Cast.device(number) }
            let first = Int(dice.next() % UInt64(alike.count))
            for (place, machine) in alike.enumerated() where place == first || dice.chance(60) { try machine.watch(&dice, faults: schedule.faults) }
        case .redeem(let number): try redeem(number, &dice)
        case .freeze(let number): try freeze(number)
        case .confirm(let number): try confirm(number)
        case .staff(let number, let scope):
            let (member, scope) = (cast.seats[number].member, Cast.scope(scope))
            staffedAt[member] = agenda.now
            try server.administer { transaction in
                guard try hasBegun(scope, transaction) else { return }
                if try transaction.isStaffed(member, on: scope) {
                    try transaction.unstaff(member, from: scope)
                    try transaction.noteDeparture(of: member, from: scope, releasingCopies: false, at: server.clock.now)
                } else {
                    try transaction.staff(member, on: scope)
                }
            }
        case .syncWithin(let number):
            let machine = try machine(number)
            let relay = relay(&dice)
            let beyondLeast = Int(dice.next() % (dice.chance(60) ? 1500 : 9000))
            try machine.sync(&dice, faults: schedule.faults, over: relay, beyondLeast: beyondLeast)
            counts.syncs += 1
        case .merge(let number):
            let machine = try machine(number)
            try machine.daring(&dice, schedule.faults) { try merge(machine, &$0) }
        case .unmerge(let number):
            let machine = try machine(number)
            try machine.daring(&dice, schedule.faults) { try unmerge(machine, &$0) }
        case .begin(let number, let device): try begin(number, with: cast.seats[device].member, &dice)
        case .enrol(let number): try enrol(number, &dice)
        case .role(let number): try changeRole(of: cast.seats[number])
        case .release(let scope):
            // What is released may be of a device that waits, handed in before it did.
            waiting = [:]
            try server.administer { transaction in
                let waiting = try transaction.quarantine().filter { $0.scope == Cast.scope(scope) }.sorted { $0.id < $1.id }
                guard !waiting.isEmpty else { return }
                _ = try transaction.release([waiting[Int(dice.next() % UInt64(waiting.count))].id], received: server.clock.now)
                counts.releases += 1
            }
        case .redact(let number):
            let machine = try machine(number)
            try machine.daring(&dice, schedule.faults) { try redact(machine, &$0) }
        case .redactAtHeadquarters(let scope): try redactAtHeadquarters(Cast.scope(scope), &dice)
        case .attach(let number):
            let machine = try machine(number)
            try machine.daring(&dice, schedule.faults) { try attach(machine, &$0) }
        case .fetch(let number): try fetch(machine(number), &dice)
        case .evict(let number): try evict(machine(number))
        case .bundle(let number):
            let machine = try machine(number)
            try machine.daring(&dice, schedule.faults) { _ in try bundle(machine) }
        case .carry: try carry(&dice)
        case .bringReply(let number):
            let machine = try machine(number)
            try machine.daring(&dice, schedule.faults) { try bringReply(machine, &$0) }
        case .leastSchema:
            let write = Catalogue.version - (dice.chance(50) ? 0 : 1)
            try setLeastSchemas(write: write, read: dice.chance(50) ? write : 1)
        case .serverCrash: server.meetTrouble(&dice, schedule.faults)
        case .serverBackUp: try backUpServer()
        case .serverRestore, .serverRollback:
            guard !backups.isEmpty else { return }
            // The newest, mostly.
            let number = dice.chance(50) ? backups.count - 1 : Int(dice.next() % UInt64(backups.count))
            // A restore asks the store that it takes the place of, where that can be read.
            let former = try? server.store.read { try $0.formerEpochs().and($0.identity().epoch) }
            forgetting(isNewest: number == backups.count - 1) { server.putBack(backups[number]) }
            forgetForks()
            if act == .serverRestore {
                try server.store.write {
                    try $0.renewEpoch(dice.next(), incarnation: dice.next())
                    try $0.take(formerEpochs: former ?? FormerEpochs(epochs: [], expectsOthers: true))
                }
            }
            noteRollback(isAnnounced: act == .serverRestore)
            counts.serverRestores += 1
        }
    }

    func setLeastSchemas(write: UInt32, read: UInt32) throws {
        try server.administer { try $0.setLeastSchemas(write: write, read: read, at: server.clock.now) }
        trace.note("\(agenda.now) ms: to write here takes schema \(write), to read \(read)")
    }

    /// A backup that is verified: from here on devices are told what it holds.
    func backUpServer() throws {
        var mark: BackupMark?
        try server.administer { mark = try $0.beginBackup(at: server.clock.now) }
        guard let mark else { return }
        let scopes = try server.store.read { try $0.scopes() }
        backups.append(try server.backUp())
        try server.administer { transaction in
            for scope in scopes { try transaction.noteBackup(of: scope.id, through: scope.place.position, from: mark) }
        }
    }

    /// Some connections of a hostile schedule have a relay on their way.
    func relay(_ dice: inout SplitMix64) -> Relay? {
        guard schedule.isHostile, dice.chance(50) else { return nil }
        counts.hostileConnections += 1
        return Relay(heard)
    }

    /// Old pushes of the device come once more, over a connection of their own: whoever repeats them changes nothing.
    private func replay(of seat: Cast.Seat, _ dice: inout SplitMix64) {
        guard let known = pushes[seat.device], !known.isEmpty else { return }
        var frames: [[UInt8]] = []
        for _ in 0...(dice.next() % 4) { frames.append(known[Int(dice.next() % UInt64(known.count))]) }
        let link = Link(agenda, trace, SplitMix64(seed: dice.next()), faults: .none)
        var isGreeted = false
        link.arrived = { end, bytes in
            if end == .server { return link.toServer(bytes) }
            guard !isGreeted else { return }
            isGreeted = true
            for frame in frames { link.send(frame, to: .server) }
            link.close(.device)
        }
        link.ended = { if $0 == .server { link.serverEnded() } }
        server.connect(link, seat)
        counts.replays += 1
    }
}
