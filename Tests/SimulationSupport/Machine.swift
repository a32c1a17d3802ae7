internal import SeamarkClient
internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTestSupport
internal import Synchronization

/// A laptop: the shipped device, store and sync, on a link and a clock of the simulation.
final class Machine {
    /// The process dies here: what its store has is all that is left.
    struct Crash: Error {}

    let number: Int
    let seat: Cast.Seat
    /// The version of its program.
    private(set) var schema: UInt32
    private(set) var disk: DeviceDisk
    private(set) var device: Device!
    /// By how much its clock is wrong.
    let clock: Clock
    /// Its random words.
    private let words: Words
    private(set) var run: SyncRun?
    var sitting: Sitting?
    var link: Link?
    private var lock: SyncLock?
    private var decoder = FrameDecoder()
    /// Of the present sync.
    private var budget: ByteBudget?
    private var sendsUntilCrash = Int.max
    private var isDying = false
    /// Of its last sync or watch.
    private(set) var faults = Faults.none
    /// Its store was destroyed, by headquarters' order.
    private(set) var isWiped = false
    /// Decides what the power takes with it when the process dies in this sync; nil where it stays on.
    private var afterlife: SplitMix64?
    var backups: [DeviceDisk] = []
    /// What it held, by scope, when its last sync began.
    private(set) var held: [Identifier: Set<Identifier>] = [:]
    private(set) var heldAttachments: [Attached] = []
    /// When its last connection began.
    private(set) var connectedAt: Int64 = 0
    /// The epoch of the server's logs then; nil where it did not say.
    private(set) var connectedIn: UInt64?
    /// How syncs ended, in order; of the complete ones what the member was told.
    private(set) var ends: [Ending] = []
    unowned let world: World

    enum Ending {
        case complete(SyncSession.Outcome)
        case watched(SyncRun.WatchEnd)
        case failed(SyncRun.Failure)
        case crashed
    }

    /// A clock that others read while it is set. One thread; the lock is for the compiler.
    final class Clock: Sendable {
        private let agenda: Agenda
        private let skew = Mutex<Int64>(0)
        init(_ agenda: Agenda) { self.agenda = agenda }
        var now: Int64 { Cast.began + agenda.now + skew.withLock { $0 } }
        func jump(_ milliseconds: Int64) { skew.withLock { $0 += milliseconds } }
    }

    /// Random words of a seed.
    final class Words: Sendable {
        private let dice: Mutex<SplitMix64>
        init(_ seed: UInt64) { dice = Mutex(SplitMix64(seed: seed)) }
        func next() -> UInt64 { dice.withLock { $0.next() } }
    }

    init(_ number: Int, _ seat: Cast.Seat, _ disk: DeviceDisk, schema: UInt32, seed: UInt64, in world: World) throws {
        self.number = number
        self.seat = seat
        self.disk = disk
        self.schema = schema
        self.world = world
        clock = Clock(world.agenda)
        words = Words(seed)
        device = try Self.open(disk, schema, clock, words)
    }

    private static func open(_ disk: DeviceDisk, _ schema: UInt32, _ clock: Clock, _ words: Words) throws -> Device {
        Device(
            store: try disk.open(), tools: .simulated { words.next() }, schema: schema, now: { clock.now })
    }

    /// Its last sync ended, and neither it nor the server had anything new for the other.
    var wasIdle: Bool { isSettled && lastOutcome?.pulledEntries == 0 }

    /// Its last sync ended, and it had nothing new for the server, nor anything to mend.
    var isSettled: Bool {
        guard let outcome = lastOutcome else { return false }
        return outcome.pushedBlocks == 0 && outcome.renumbered.isEmpty && outcome.rebuilt.isEmpty && outcome.left.isEmpty
    }

    /// Its last conversation ended so that it hears of something in another greeting.
    var asksForANewGreeting: Bool {
        guard case .failed(let failure)? = ends.last else { return false }
        return failure.asksForANewGreeting
    }

    private var lastOutcome: SyncSession.Outcome? {
        guard case .complete(let outcome)? = ends.last else { return nil }
        return outcome
    }

    // MARK: Syncing

    var isSyncing: Bool { run != nil || sitting != nil }

    /// What TLS takes of a budget before the first message, which nobody says here: less than is reckoned with, so that the greeting has room.
    private static let handshake = 6000

    /// Begins a sync, unless one runs. `dice` decides what becomes of it.
    ///
    /// - Parameter beyondLeast: it may move so many bytes more than the least budget there is; nil for any number.
    func sync(
        _ dice: inout SplitMix64, faults: Faults, over relay: Relay? = nil, attachments: SyncRun.Attachments = .init(), beyondLeast: Int? = nil
    ) throws {
        guard !isSyncing, let device else { return }
        try occupy(&dice, faults, calls: 150)
        let link = try makeLink(SplitMix64(seed: dice.next()), over: relay)
        // One that did not come to its beginning has left its own.
        budget = nil
        carefully {
            if let beyondLeast {
                budget = ByteBudget(limit: try SyncRun.leastBudget(of: device) + beyondLeast, spent: Self.handshake)
                world.counts.budgets += 1
            }
            run = try SyncRun.begin(device, over: link, attachments: attachments, budget: world.mistake == .forgetsItsBudget ? nil : budget)
        }
        guard run != nil else { return }
        connect(link, received: { [unowned self] in received($0) }, ended: { [unowned self] in lineEnded() })
    }

    /// A process takes the sync lock. It may be one that dies, or whose disk refuses, in one of its next `calls`.
    func occupy(_ dice: inout SplitMix64, _ faults: Faults, calls: UInt64) throws {
        self.faults = faults
        lock = try device.store.takeSyncLock()
        isDying = dice.chance(faults.crash)
        sendsUntilCrash = isDying && dice.chance(50) ? Int(dice.next() % 12) : .max
        // The other way to die is in a call to the disk.
        if isDying, sendsUntilCrash == .max { disk.plan(.death(&dice, within: calls)) }
        if !isDying, dice.chance(faults.diskError) { disk.plan(.refusal(&dice, within: calls / 2 + 5)) }
        afterlife = dice.chance(faults.powerLoss) ? SplitMix64(seed: dice.next()) : nil
    }

    /// A connection that nothing went over yet.
    func makeLink(_ dice: SplitMix64, over relay: Relay?) throws -> Link {
        (connectedAt, connectedIn) = (world.agenda.now, world.epoch)
        held = try device.state.replicas.mapValues { Set($0.history.keys) }
        heldAttachments = try world.attachments(on: self)
        decoder = FrameDecoder()
        let link = Link(world.agenda, world.trace, dice, faults: faults, relay: relay)
        self.link = link
        link.beforeSend = { [unowned self] in
            guard sendsUntilCrash > 0, !disk.isDead else { throw Crash() }
            sendsUntilCrash -= 1
        }
        return link
    }

    /// Both ends hear what comes over the link, this one as long as it is the machine's.
    func connect(_ link: Link, received: @escaping ([UInt8]) -> Void, ended: @escaping () -> Void) {
        world.server.connect(link, seat)
        link.arrived = { [unowned self, unowned link] end, bytes in
            if end == .server { link.toServer(bytes) } else if self.link === link { received(bytes) }
        }
        link.ended = { [unowned self, unowned link] end in
            if end == .server { link.serverEnded() } else if self.link === link { ended() }
        }
    }

    private func received(_ bytes: [UInt8]) {
        carefully {
            guard let first = try firstMessage(of: bytes) else { return }
            if let report = try run?.take(first, then: { try self.next() }) {
                try run?.end(nil, after: report)
                if report.budget?.shortfall != nil { world.counts.shortfalls += 1 }
                guard !disk.isDead else { throw Crash() }
                // Streams that forked, be it in an earlier sync that was cut: printed, and then no longer news.
                let forks = try device.renumbered
                world.told(self, report.outcome, forks: forks)
                try device.hasTold(renumbered: forks)
                guard !disk.isDead else { throw Crash() }
                leave(.complete(report.outcome))
                obeyWipe(handedIn: report.isHandedIn)
            }
        }
    }

    /// The first whole message with these bytes.
    func firstMessage(of bytes: [UInt8]) throws -> Message? {
        decoder.append(bytes)
        return try next()
    }

    func next() throws -> Message? { try decoder.next().map { try Message(payload: $0) } }

    private func lineEnded() { carefully { try run?.lineEnded() } }

    func carefully(_ body: () throws -> Void) {
        do {
            try body()
        } catch let error where isDying && (error is Crash || error is DeviceStoreError || disk.isDead) {
            end(afterlife)
        } catch is DeviceStoreError where disk.hasTrouble {
            // The command says what the disk refused, and ends.
            end(nil)
        } catch let error where link?.isHostile == true && (error is Problem || error is FrameError) {
            // What came was no message: the device hangs up, and its command ends.
            link?.cut()
            leave(.crashed)
        } catch let failure as SyncRun.Failure {
            world.failed(self, failure, isHostile: link?.isHostile == true)
            link?.cut()
            carefully {
                try run?.end(failure)
                leave(.failed(failure))
                obeyWipe(handedIn: false)
            }
        } catch {
            world.fault("a device synced", error)
            link?.cut()
            leave(.crashed)
        }
    }

    func leave(_ ending: Ending) {
        checkBudget()
        ends.append(ending)
        disk.plan(nil)
        isDying = false
        run = nil
        sitting = nil
        lock = nil
        link = nil
    }

    /// However it ended, it moved no more than it was to. What a relay says again is nobody's to count.
    private func checkBudget() {
        guard let budget else { return }
        self.budget = nil
        guard let link, !link.isHostile else { return }
        let used = budget.spent + link.bytesSent + link.bytesReceived
        if used > budget.limit + ByteBudget.slack { world.violate(.overspent, "device \(number) was to move \(budget.limit) bytes, and moved \(used)") }
    }

    /// Ends, in the midst of whatever it does or in order, and starts again.
    func crash(_ dice: inout SplitMix64, faults: Faults) {
        let power: SplitMix64? = dice.chance(faults.powerLoss) ? SplitMix64(seed: dice.next()) : nil
        if dice.chance(40), !isSyncing {
            // Whoever closes a store last moves its log into its file; it may die in that.
            if dice.chance(50) { disk.plan(.death(&dice, within: 12)) }
            device = nil
        }
        end(power)
    }

    /// Its program is brought up to the version of everybody else.
    func update() { schema = max(schema, Catalogue.version) }

    /// The process ends where it is, the power with it or not, and another starts.
    func end(_ power: SplitMix64?) {
        link?.cut()
        if isSyncing { leave(.crashed) }
        disk.end(losingPower: power)
        world.count(death: power)
        guard !isWiped else { return }
        restart(disk)
    }

    /// Does something in a process that may die in the midst of it, or whose disk may refuse. Whatever it was, it was not acknowledged then.
    func daring(_ dice: inout SplitMix64, _ faults: Faults, _ body: (inout SplitMix64) throws -> Void) throws {
        guard !isSyncing else {
            // One process syncs and captures.
            do { try body(&dice) } catch is DeviceStoreError where disk.hasTrouble { return end(disk.isDead ? afterlife : nil) }
            if disk.isDead { end(afterlife) }
            return
        }
        if dice.chance(faults.captureCrash) {
            disk.plan(.death(&dice, within: 30))
        } else if dice.chance(faults.diskError) {
            disk.plan(.refusal(&dice, within: 12))
        }
        guard disk.hasTrouble else { return try body(&dice) }
        let power: SplitMix64? = dice.chance(faults.powerLoss) ? SplitMix64(seed: dice.next()) : nil
        do { try body(&dice) } catch is DeviceStoreError {}
        end(disk.isDead ? power : nil)
    }

    /// Goes on with another copy of the store.
    func putBack(_ copy: DeviceDisk) {
        link?.cut()
        if isSyncing { leave(.crashed) }
        disk.end(losingPower: nil)
        do { restart(try copy.copy(world.honouring)) } catch { world.fault("a backup of a device was put back", error) }
    }

    private func restart(_ disk: DeviceDisk) {
        isDying = false
        self.disk = disk
        do { device = try Self.open(disk, schema, clock, words) } catch DeviceStoreError.wiped {
            // Every command that finds a wipe that was cut off goes on with it. It has nothing to report with.
            device = nil
            return wipe()
        } catch { return world.fault("a device opened its store again", error) }
        world.hear(self)
        obeyWipe(handedIn: false)
    }

    // MARK: Being wiped

    /// It knows of an order, and has not carried it out.
    var isToBeWiped: Bool { (try? device?.orderedWipe) != nil }

    /// Carries out what is due of an order to wipe, as every command does before it shows anything, and a sync at its end.
    func obeyWipe(handedIn: Bool) {
        guard let device, !isWiped else { return }
        do {
            guard let order = try device.orderedWipe, try order.isDue(device.state, handedIn: handedIn) else { return }
            wiping = (handedIn, Set(try device.state.replicas.values.flatMap(\.history.keys)))
        } catch { return world.fault("a device looked for an order to wipe it", error) }
        var dice = SplitMix64(seed: words.next())
        let power: SplitMix64? = dice.chance(faults.powerLoss) ? SplitMix64(seed: dice.next()) : nil
        if dice.chance(faults.crash * 3) { disk.plan(.death(&dice, within: 16)) } else if dice.chance(faults.diskError) { disk.plan(.refusal(&dice, within: 8)) }
        wipe()
        if !isWiped { end(disk.isDead ? power : nil) }
    }

    /// What it held when its wipe began, and whether headquarters was said to have all of its own.
    private var wiping: (handedIn: Bool, changes: Set<Identifier>) = (false, [])

    private func wipe() {
        do { try disk.wipe() } catch where disk.hasTrouble { return } catch { return world.fault("a device was wiped", error) }
        guard !disk.isDead else { return }
        let mayReport = device != nil
        isWiped = true
        device = nil
        disk.end(losingPower: nil)
        world.wiped(self, holding: wiping.changes, handedIn: wiping.handedIn)
        if mayReport { reportWipe() }
    }

    /// Says over a connection of its own that there is nothing here any more, as `Device.wipe` does: perhaps in vain.
    private func reportWipe() {
        let link = Link(world.agenda, world.trace, SplitMix64(seed: words.next()), faults: faults)
        let status = Message.Status(time: clock.now, software: SyncRun.software, schema: schema, scopes: [], isWiped: true)
        var isSaid = false
        link.arrived = { [unowned link] end, bytes in
            if end == .server { return link.toServer(bytes) }
            guard !isSaid else { return }
            isSaid = true
            link.send(Message.status(status).frame, to: .server)
        }
        link.ended = { [unowned link] in if $0 == .server { link.serverEnded() } }
        world.server.connect(link, seat)
    }
}
