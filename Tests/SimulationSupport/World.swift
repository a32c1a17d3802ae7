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
    /// Laptops whose store is gone; what comes over their lines still comes.
    var wipedMachines: [Machine] = []
    /// So many were made, with those.
    var machinesMade = 0
    var backups: [ServerDisk] = []
    /// The engagements that are looked at: those that were there, and those that began or were to begin since; and the latter alone.
    var scopes: [Identifier] = []
    var begun: Set<Identifier> = []
    /// The seats of newcomers who were invited.
    var invited: Set<Int> = []
    /// Pushes as they arrived, by device.
    private(set) var pushes: [Identifier: [[UInt8]]] = [:]
    /// What hostile relays heard.
    let heard = Relay.Memory()
    /// For what lies in files of the system; nil where the schedule has none.
    let scratch: Scratch?
    private(set) var violations: [Violation] = []
    /// Every change that a device captured, and by whom; and what the member meant with it.
    private(set) var captured: [Identifier: Capture] = [:]
    /// What must not be lost: every captured change, less those of which a restore took the last copy.
    var living: Set<Identifier> = []
    /// What devices destroyed, as the server had it in a backup.
    private var entrusted: Set<Identifier> = []
    /// What members attached, less that of which a restore took the last copy; and what was evicted on the word of a backup.
    var attached: Set<Attached> = []
    var evicted: Set<Attached> = []
    /// What the server gave a receipt for, and was not put back behind since.
    var acknowledged: Set<Attached> = []
    /// Devices that wait to be confirmed, and where the server had their streams end when they began to.
    var waiting: [Identifier: Set<Hash256>] = [:]
    var sticks: [Stick] = []
    /// It is being looked whether those who watch are told in time.
    var looksAtWatchers = false
    /// When headquarters last decided something about people, devices or programs.
    var decidedAt: Int64 = -1
    /// When each member's staffing was last altered, and each device turned away by headquarters: nothing else excuses a refusal.
    var staffedAt: [Identifier: Int64] = [:]
    var turnedAwayAt: [Identifier: Int64] = [:]
    private var actions = 0
    /// Blocks that were opened, with what of their sensitive values was there.
    var opened: [OpenedBlock: Block] = [:]
    var seen: [Identifier: (place: LogPlace, changes: [Identifier])] = [:]
    /// Machines whose present incarnation another one shares, by scope: a fork that must be told.
    var untoldForks: Set<Fork> = []
    var rollback: Rollback?
    var counts = Counts()

    struct Capture {
        let device: Identifier
        let scope: Identifier
        let action: Int
        let change: Change
    }

    struct OpenedBlock: Hashable {
        let hash: Hash256
        let sensitive: [UInt8]
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
        scopes = (0..<schedule.scopes).map(Cast.scope)
        scratch = schedule.hasBundles ? try Scratch() : nil
        var dice = SplitMix64(seed: schedule.seed ^ 0x5eed)
        server = try SimulatedServer(cast.disk, SplitMix64(seed: dice.next()), in: self)
        try server.store.write { transaction in
            for seat in cast.seats.prefix(schedule.devices) {
                for scope in 0..<schedule.scopes where dice.chance(85) || scope == 0 { try transaction.staff(seat.member, on: Cast.scope(scope)) }
            }
        }
        for number in 0..<schedule.devices {
            let seat = cast.seats[number]
            // Some programs are older than the others, some newer.
            let schema = [Catalogue.version - 1, Catalogue.version + 1][safe: Int(dice.next() % 16)] ?? Catalogue.version
            machines.append(try Machine(number, seat, cast.laptops[number].copy(honouring, hasAttachments: schedule.hasAttachments), schema: schema, seed: dice.next(), in: self))
            machinesMade += 1
        }
    }

    /// In which the server's logs are now; nil where it does not say.
    var epoch: UInt64? { try? server.store.read { try $0.identity().epoch } }

    /// Which syncs the disks honour.
    var honouring: Mount.Honouring { mistake?.honouring ?? .allSyncs }

    // MARK: Playing

    /// Plays the schedule, then three rounds without faults, then asks the checkers.
    func play() {
        // A fault that is still planned would strike while the stores are taken down, when there is no server any more to die of it.
        defer { server.calm() }
        for step in schedule.steps {
            agenda.run(until: agenda.now + step.pause)
            trace.note(UInt64(agenda.now))
            trace.note("\(agenda.now) ms: \(step.act)")
            var dice = SplitMix64(seed: step.dice)
            do { try act(step.act, &dice) } catch is NobodyThere {} catch { fault("a step was played: \(step.act)", error) }
            guard violations.isEmpty else { return }
        }
        guard agenda.runOut() else { return violate(.unconverged, "events without end") }
        trace.note("\(agenda.now) ms: the quiet phase")
        server.calm()
        checkNothingLostOnTheWay()
        if mistake == .dropsACopy { dropACopy() }
        if mistake == .losesBytes { loseBytes() }
        // Nobody is asked to do what only an administrator can.
        quietly { _ in try self.setLeastSchemas(write: 1, read: 1) }
        // A server that died at once may have frozen a device, and nobody could look.
        if counts.freezes + counts.redemptions > 0 {
            checkWaitingTold()
            quietly { _ in try self.confirmAll() }
        }
        for _ in 0..<3 {
            let before = places()
            for machine in machines {
                var faults = Faults.none
                if mistake == .staysCut, machine.number == 0 { faults.cut = 100 }
                // As the command does: where the server asks for another greeting, one sync has up to three conversations.
                for _ in 0..<3 {
                    quietly { try machine.sync(&$0, faults: faults) }
                    guard agenda.runOut() else { return violate(.unconverged, "events without end") }
                    guard machine.asksForANewGreeting else { break }
                }
            }
            // Everybody has read to the end of logs that stood still all the while: another round would find the same.
            if machines.allSatisfy({ $0.isSettled && !$0.isToBeWiped }), !schedule.hasAttachments || machines.allSatisfy(\.wasIdle), before != nil, places() == before { break }
        }
        if mistake == .leavesOutboxFull { quietly { try self.capture(self.machines[0], scope: nil, &$0) } }
        if mistake == .writesBehindTheBack || mistake == .forgesWork { plantAtTheEnd() }
        guard violations.isEmpty else { return }
        checkAtRest()
        trace.note(UInt64(violations.count))
    }

    /// Where the logs stand; nil where the server does not say.
    private func places() -> [TenantScope]? { try? server.store.read { try $0.scopes() } }

    func quietly(_ body: (inout SplitMix64) throws -> Void) {
        var dice = SplitMix64(seed: schedule.seed ^ UInt64(agenda.done) << 20)
        do { try body(&dice) } catch { fault("the quiet phase", error) }
    }

    // MARK: What is told to the world

    func record(_ push: Message.Push, of device: Identifier) {
        pushes[device, default: []].append(Message.push(push).frame)
    }

    /// - Parameter forks: the scopes of which it prints that their stream was numbered anew.
    func told(_ machine: Machine, _ outcome: SyncSession.Outcome, forks: [Identifier]) {
        trace.note("\(agenda.now) ms: device \(machine.number) synced: \(outcome.pushedChanges) sent, \(outcome.pulledChanges) fetched, \(outcome.renumbered.count) renumbered")
        if outcome.mustBeWiped, outcome.pulledEntries > 0 {
            violate(.disobeyed, "device \(machine.number) is to be wiped and read \(outcome.pulledEntries) entries")
        }
        if outcome.awaitsConfirmation, outcome.pulledEntries > 0 || outcome.pushedChanges > 0 {
            violate(.unconfirmed, "device \(machine.number) waits to be confirmed, and read or handed in something")
        }
        if mistake == .swallowsReports { return }
        untoldForks = untoldForks.filter { $0.machine != machine.number || !forks.contains($0.scope) }
        for scope in outcome.left {
            // It compared its stream before it handed in: a fork was told, and where there was none nobody can look any more.
            untoldForks = untoldForks.filter { $0.machine != machine.number || $0.scope != scope }
            entrusted.formUnion(machine.held[scope] ?? [])
            evicted.formUnion(machine.heldAttachments.filter { $0.scope == scope })
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
        // The member was removed, or the device turned away, between the greeting and the pull.
        case .sync(.server(let problem)) where problem.code == .unknownScope
            && max(staffedAt[machine.seat.member, default: -1], turnedAwayAt[machine.seat.device, default: -1]) >= machine.connectedAt: return
        case .sync(.server(let problem)) where problem.code == .deviceRevoked && turnedAwayAt[machine.seat.device] != nil: return
        // What it was greeted with is no longer so.
        case .sync(.server(let problem)) where problem.code == .greetingOutdated && (decidedAt >= machine.connectedAt || epoch == nil || epoch != machine.connectedIn): return
        // It was made to wait in mid-sync.
        case .sync(.server(let problem)) where problem.code == .awaitsConfirmation && counts.freezes + counts.redemptions > 0: return
        // As late, the least version that may read was raised.
        case .sync(.server(let problem)) where problem.code == .tooOldToRead && machine.schema < Catalogue.version: return
        case .sync(.server(let problem)) where problem.code == .serverFault && server.hadTrouble: return
        case .sync(let problem): violate(.faulted, "device \(machine.number): \(problem)")
        case .renewal(let problem): violate(.faulted, "device \(machine.number), which has no certificate: \(problem)")
        }
    }

    func fault(_ doing: String, _ error: any Error) { violate(.faulted, "\(doing): \(error)") }

    func violate(_ invariant: Violation.Invariant, _ detail: String) {
        trace.note("\(agenda.now) ms: \(invariant.rawValue): \(detail)")
        violations.append(Violation(invariant: invariant, detail: detail))
    }

    func noteCapture(_ change: Change, by device: Identifier, action: Int) {
        trace.note("\(agenda.now) ms:   change \(change.id): \(change.edits.map { "\($0.record) \($0.target) \($0.content)" })")
        captured[change.id] = Capture(device: device, scope: change.scope, action: action, change: change)
        living.insert(change.id)
        counts.captures += 1
    }

    /// A device's process starts, and finds what the one before it captured and could not acknowledge any more.
    func hear(_ machine: Machine) {
        guard let replicas = try? machine.device?.state.replicas.values else { return }
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
    func forgetting(isNewest: Bool = false, _ body: () -> Void) {
        checkNothingLostOnTheWay()
        body()
        let held = held()
        if isNewest, let lost = living.intersection(entrusted).subtracting(held).min() {
            violate(.lost, "change \(lost) was destroyed on a device, and the newest backup does not hold it")
        }
        living.formIntersection(held)
        let kept = attached.filter { isHeld($0) }
        if isNewest, let lost = attached.intersection(evicted).subtracting(kept).min() {
            violate(.lost, "attachment \(lost.attachment.hash) was evicted on a device, and the newest backup does not hold it")
        }
        attached = kept
        keepAcknowledged()
    }
}
