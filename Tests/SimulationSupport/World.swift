internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTestSupport

/// One schedule as it is played: the devices, the server, the links between them, and what is known from outside of what must be kept.
final class World {
    let agenda = Agenda()
    let trace: Trace
    let schedule: Schedule
    let mistake: Mistake?
    let cast: Cast
    private(set) var server: SimulatedServer!
    var machines: [Machine] = []
    private var backups: [ServerDisk] = []
    /// Pushes as they arrived, by device.
    private var pushes: [Identifier: [[UInt8]]] = [:]
    /// What hostile relays heard.
    private let heard = Relay.Memory()
    private(set) var violations: [Violation] = []
    /// Every change that a device captured, and by whom; and what the member meant with it.
    private(set) var captured: [Identifier: Capture] = [:]
    /// What must not be lost: every captured change, less those of which a restore took the last copy.
    var living: Set<Identifier> = []
    /// What devices destroyed, as the server had it in a backup.
    private var entrusted: Set<Identifier> = []
    private var actions = 0
    /// The changes of blocks that were opened, by the block's hash.
    var opened: [Hash256: Block] = [:]
    var seen: [Identifier: (place: LogPlace, changes: [Identifier])] = [:]
    /// Machines whose present incarnation another one shares, by scope: a fork that must be told.
    var untoldForks: Set<Fork> = []
    var counts = Counts()

    struct Capture {
        let device: Identifier
        let scope: Identifier
        let action: Int
        let change: Change
    }

    struct Fork: Hashable {
        let machine: Int
        let scope: Identifier
        /// The one that the server has more of.
        let incarnation: UInt64
    }

    init(_ schedule: Schedule, _ cast: Cast, mistake: Mistake? = nil, inWords: Bool = false) throws {
        self.schedule = schedule
        self.cast = cast
        self.mistake = mistake
        trace = Trace(inWords: inWords)
        var dice = SplitMix64(seed: schedule.seed ^ 0x5eed)
        server = try SimulatedServer(cast.disk.copy(honouring), SplitMix64(seed: dice.next()), in: self)
        try server.store.write { transaction in
            for seat in cast.seats.prefix(schedule.devices) {
                for scope in 0..<schedule.scopes where dice.chance(85) || scope == 0 { try transaction.staff(seat.member, on: Cast.scope(scope)) }
            }
        }
        for number in 0..<schedule.devices {
            let seat = cast.seats[number]
            // Some programs are older than the others, some newer.
            let schema = [Catalogue.version - 1, Catalogue.version + 1][safe: Int(dice.next() % 16)] ?? Catalogue.version
            machines.append(try Machine(number, seat, cast.laptops[number].copy(honouring), schema: schema, seed: dice.next(), in: self))
        }
    }

    /// Which syncs the disks honour.
    var honouring: Mount.Honouring { mistake?.honouring ?? .allSyncs }

    // MARK: Playing

    /// Plays the schedule, then three rounds without faults, then asks the checkers.
    func play() {
        for step in schedule.steps {
            agenda.run(until: agenda.now + step.pause)
            trace.note(UInt64(agenda.now))
            trace.note("\(agenda.now) ms: \(step.act)")
            var dice = SplitMix64(seed: step.dice)
            do { try act(step.act, &dice) } catch { fault("a step was played: \(step.act)", error) }
            guard violations.isEmpty else { return }
        }
        guard agenda.runOut() else { return violate(.unconverged, "events without end") }
        trace.note("\(agenda.now) ms: the quiet phase")
        server.calm()
        checkNothingLostOnTheWay()
        if mistake == .dropsACopy { dropACopy() }
        // Nobody is asked to do what only an administrator can.
        quietly { _ in try self.setLeastSchemas(write: 1, read: 1) }
        for _ in 0..<3 {
            for machine in machines {
                var faults = Faults.none
                if mistake == .staysCut, machine.number == 0 { faults.cut = 100 }
                quietly { try machine.sync(&$0, faults: faults) }
                guard agenda.runOut() else { return violate(.unconverged, "events without end") }
            }
            // A round in which nobody had anything to say would be followed by others like it.
            if machines.allSatisfy(\.wasIdle) { break }
        }
        if mistake == .leavesOutboxFull { quietly { try self.capture(self.machines[0], scope: nil, &$0) } }
        if mistake == .writesBehindTheBack || mistake == .forgesWork { plantAtTheEnd() }
        guard violations.isEmpty else { return }
        checkAtRest()
        trace.note(UInt64(violations.count))
    }

    private func quietly(_ body: (inout SplitMix64) throws -> Void) {
        var dice = SplitMix64(seed: schedule.seed ^ UInt64(agenda.done) << 20)
        do { try body(&dice) } catch { fault("the quiet phase", error) }
    }

    private func act(_ act: Schedule.Step.Act, _ dice: inout SplitMix64) throws {
        // A clone is chosen as often as what it was cloned from.
        func machine(_ number: Int) -> Machine {
            let alike = machines.filter { $0.seat.device == Cast.device(number) }
            return alike.count == 1 ? alike[0] : alike[Int(dice.next() % UInt64(alike.count))]
        }
        switch act {
        case .capture(let number):
            let machine = machine(number)
            try machine.daring(&dice, schedule.faults) { try capture(machine, scope: nil, &$0) }
        case .sync(let number):
            let machine = machine(number)
            if dice.chance(schedule.faults.replay) { replay(of: machine.seat, &dice) }
            try machine.sync(&dice, faults: schedule.faults, over: relay(&dice))
            counts.syncs += 1
        case .crash(let number):
            // Now and then the program is a newer one afterwards.
            let machine = machine(number)
            if dice.chance(15) { machine.update() }
            machine.crash(&dice, faults: schedule.faults)
        case .backUp(let number):
            let machine = machine(number)
            machine.backups.append(machine.disk.copy(honouring))
        case .putBack(let number):
            let machine = machine(number)
            guard !machine.backups.isEmpty else { return }
            let backup = machine.backups[Int(dice.next() % UInt64(machine.backups.count))]
            if mistake == .forgetsWork { machine.putBack(backup) } else { forgetting { machine.putBack(backup) } }
            noteForks(of: machine)
            counts.deviceRestores += 1
        case .clone(let number):
            guard machines.count < Cast.mostDevices + 2 else { return }
            let machine = machine(number)
            let clone = try Machine(machines.count, machine.seat, machine.disk.copy(honouring), schema: machine.schema, seed: dice.next(), in: self)
            machines.append(clone)
            counts.clones += 1
        case .jump(let number):
            // Up to five years either way.
            machine(number).clock.jump(Int64(dice.next() % 315_000_000_000) - 157_500_000_000)
        case .serverJump: server.clock.jump(Int64(dice.next() % 315_000_000_000) - 157_500_000_000)
        case .revoke(let number):
            try server.administer { try $0.revokeDevice(Cast.device(number), at: server.clock.now) }
            counts.revocations += 1
        case .staff(let number, let scope):
            let (member, scope) = (cast.seats[number].member, Cast.scope(scope))
            try server.administer { transaction in
                if try transaction.isStaffed(member, on: scope) {
                    try transaction.unstaff(member, from: scope)
                    try transaction.noteDeparture(of: member, from: scope, releasingCopies: false, at: server.clock.now)
                } else {
                    try transaction.staff(member, on: scope)
                }
            }
        case .release(let scope):
            try server.administer { transaction in
                let waiting = try transaction.quarantine().filter { $0.scope == Cast.scope(scope) }.sorted { $0.id < $1.id }
                guard !waiting.isEmpty else { return }
                _ = try transaction.release([waiting[Int(dice.next() % UInt64(waiting.count))].id], received: server.clock.now)
                counts.releases += 1
            }
        case .leastSchema:
            let write = Catalogue.version - (dice.chance(50) ? 0 : 1)
            try setLeastSchemas(write: write, read: dice.chance(50) ? write : 1)
        case .serverCrash: server.meetTrouble(&dice, schedule.faults)
        case .serverBackUp: try backUpServer()
        case .serverRestore, .serverRollback:
            guard !backups.isEmpty else { return }
            // The newest, mostly.
            let number = dice.chance(50) ? backups.count - 1 : Int(dice.next() % UInt64(backups.count))
            forgetting(isNewest: number == backups.count - 1) { server.putBack(backups[number]) }
            forgetForks()
            if act == .serverRestore { try server.store.write { try $0.renewEpoch(dice.next(), incarnation: dice.next()) } }
            counts.serverRestores += 1
        }
    }

    private func setLeastSchemas(write: UInt32, read: UInt32) throws {
        try server.administer { try $0.setLeastSchemas(write: write, read: read, at: server.clock.now) }
        trace.note("\(agenda.now) ms: to write here takes schema \(write), to read \(read)")
    }

    /// A backup that is verified: from here on devices are told what it holds.
    private func backUpServer() throws {
        let made = server.clock.now
        let scopes = try server.store.read { try $0.scopes() }
        backups.append(server.backUp())
        try server.administer { transaction in
            for scope in scopes { try transaction.noteBackup(of: scope.id, through: scope.place.position, at: made) }
        }
    }

    /// Some connections of a hostile schedule have a relay on their way.
    private func relay(_ dice: inout SplitMix64) -> Relay? {
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

    // MARK: What is told to the world

    func record(_ push: Message.Push, of device: Identifier) {
        pushes[device, default: []].append(Message.push(push).frame)
    }

    func told(_ machine: Machine, _ outcome: SyncSession.Outcome) {
        trace.note("\(agenda.now) ms: device \(machine.number) synced: \(outcome.pushedChanges) sent, \(outcome.pulledChanges) fetched, \(outcome.renumbered.count) renumbered")
        if mistake == .swallowsReports { return }
        untoldForks = untoldForks.filter { $0.machine != machine.number || !outcome.renumbered.contains($0.scope) }
        for scope in outcome.left {
            entrusted.formUnion(machine.held[scope] ?? [])
            counts.copiesDestroyed += 1
        }
    }

    func failed(_ machine: Machine, _ failure: SyncRun.Failure, isHostile: Bool) {
        trace.note("\(agenda.now) ms: device \(machine.number) did not finish: \(failure.cause)")
        // Whatever a relay did, the device may say so and hang up.
        if isHostile { return }
        switch failure.cause {
        case .network, .stopped: return
        case .sync(.cut), .sync(.closedBeforeGreeting), .sync(.epochRenewed): return
        // The member was removed, or the device revoked, between the greeting and the pull.
        case .sync(.server(let problem)) where problem.code == .unknownScope: return
        // As late, the least version that may read was raised.
        case .sync(.server(let problem)) where problem.code == .tooOldToRead && machine.schema < Catalogue.version: return
        case .sync(.server(let problem)) where problem.code == .serverFault && server.hadTrouble: return
        case .sync(let problem): violate(.faulted, "device \(machine.number): \(problem)")
        }
    }

    /// A sync that was cut says nothing of the fork that it settled: the member learns of it from no one. Known, and to be mended by an
    /// alarm of the server's; until then such a fork is not counted.
    func lost(_ machine: Machine) {
        guard let device = machine.device, let replicas = try? device.state.replicas else { return }
        untoldForks = untoldForks.filter { $0.machine != machine.number || replicas[$0.scope]?.stream.incarnation == $0.incarnation }
    }

    func fault(_ doing: String, _ error: any Error) { violate(.faulted, "\(doing): \(error)") }

    func violate(_ invariant: Violation.Invariant, _ detail: String) {
        trace.note("\(agenda.now) ms: \(invariant.rawValue): \(detail)")
        violations.append(Violation(invariant: invariant, detail: detail))
    }

    func noteCapture(_ change: Change, by device: Identifier, action: Int) {
        captured[change.id] = Capture(device: device, scope: change.scope, action: action, change: change)
        living.insert(change.id)
        counts.captures += 1
    }

    /// A device's process starts, and finds what the one before it captured and could not acknowledge any more.
    func hear(_ machine: Machine) {
        guard let replicas = try? machine.device.state.replicas.values else { return }
        for change in replicas.flatMap(\.fresh) where captured[change.id] == nil && change.stamp.device == machine.seat.device {
            captured[change.id] = Capture(device: machine.seat.device, scope: change.scope, action: nextAction(), change: change)
        }
    }

    func count(death power: SplitMix64?) {
        counts.deaths += 1
        if power != nil { counts.powerLosses += 1 }
    }

    func nextAction() -> Int {
        actions += 1
        return actions
    }

    // MARK: What may be forgotten

    /// A restore takes what nobody else holds, and that is nobody's fault; unless a backup said that it had it. Everything else must be
    /// there before and after.
    ///
    /// - Parameter isNewest: the backup is the server's newest: whatever was destroyed on the word of backups is in it.
    private func forgetting(isNewest: Bool = false, _ body: () -> Void) {
        checkNothingLostOnTheWay()
        body()
        let held = held()
        if isNewest, let lost = living.intersection(entrusted).subtracting(held).min() {
            violate(.lost, "change \(lost) was destroyed on a device, and the newest backup does not hold it")
        }
        living.formIntersection(held)
    }
}

/// What happened in a schedule, so that nobody believes a run in which nothing did.
public struct Counts: Hashable, Sendable {
    public var captures = 0
    public var syncs = 0
    public var refusals = 0
    public var releases = 0
    public var deviceRestores = 0
    public var clones = 0
    public var serverRestores = 0
    public var revocations = 0
    public var replays = 0
    public var conflicts = 0
    public var renumberings = 0
    public var hostileConnections = 0
    /// Copies that devices destroyed after their member had been removed.
    public var copiesDestroyed = 0
    /// Ends of processes, of devices and the server; and how often the power went with one.
    public var deaths = 0
    public var powerLosses = 0

    public init() {}
}
