internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkServer
internal import SeamarkStore
internal import SeamarkTestSupport

/// The server of the tenant: the shipped store, writer and sessions, on a disk that keeps what was synced.
///
/// `@unchecked Sendable`: one thread.
final class SimulatedServer: @unchecked Sendable {
    private var disk: ServerDisk
    private(set) var store: TenantStore
    private(set) var desk: TenantDesk
    let clock: Machine.Clock
    private let agenda: Agenda
    private var dice: SplitMix64
    private var visits: [Visit] = []
    /// Which life of the process this is.
    private(set) var life = 0
    private unowned let world: World
    /// What the last durable transaction left, kept for a planted mistake alone.
    private var lagging: ServerDisk?

    /// Decides what is left when the process that is marked for death has died; nil for a process that was killed and a machine that goes on.
    private var afterlife: SplitMix64?

    init(_ template: ServerDisk, _ dice: SplitMix64, in world: World) throws {
        let clock = Machine.Clock(world.agenda)
        let words = Machine.Words(world.schedule.seed ^ 0xc0de)
        let rule = ConsentRule(signer: Cast.serverSigner, clock: WallClock { clock.now }) { words.next() }
        disk = template.copy(world.honouring, tools: try Cast.tools(rule: world.mistake == .forgetsConsent ? nil : rule))
        store = try disk.open()
        self.dice = dice
        self.world = world
        agenda = world.agenda
        self.clock = clock
        desk = Self.desk(store, clock, nil, { 0 }) { _ in }
        desk = open()
    }

    private static func desk(
        _ store: TenantStore, _ clock: Machine.Clock, _ mistake: Mistake?, _ words: @escaping @Sendable () -> UInt64,
        _ schedule: @escaping TenantWriter.Schedule
    ) -> TenantDesk {
        let authority = mistake == .losesItsAuthority ? Cast.serverSigner.publicKey : Cast.authority
        return TenantDesk(
            store: store, clock: WallClock { clock.now }, primitives: SimulationPrimitives(), signer: Cast.serverSigner,
            endorse: { SimulationSigner.signature(of: $0, authority) }, schedule: schedule, draw: words,
            noteContact: { _, _ in })
    }

    /// A new process over the store. Transactions come a little later than they are asked for, so that pushes share them.
    private func open() -> TenantDesk {
        life += 1
        let life = life
        disk.whenDead { [unowned self] in
            // Nothing that the dead process says goes out.
            for visit in visits { visit.leave() }
            agenda.after(0) { [unowned self] in
                if life == self.life { die(afterlife) }
            }
        }
        return Self.desk(store, clock, world.mistake, { [unowned self] in dice.next() }) { [unowned self] job in
            agenda.after(Int64(dice.next() % 6)) { [unowned self] in
                guard life == self.life else { return }
                if world.mistake == .acknowledgesBeforeCommit, lagging == nil || dice.chance(30) {
                    lagging = disk.copy()
                }
                job()
            }
        }
    }

    func connect(_ link: Link, _ seat: Cast.Seat) {
        let name = DeviceName(tenant: Cast.tenant, member: seat.member, device: seat.device)
        let visit = Visit(link, DeviceSession(name, of: desk), world, of: self)
        visits.append(visit)
        link.toServer = { [unowned visit] in visit.received($0) }
        link.serverEnded = { [unowned self, unowned visit] in
            visit.leave()
            visits.removeAll { $0 === visit }
        }
        visit.begin()
    }

    /// A backup of the machine.
    func backUp() -> ServerDisk { disk.copy(world.honouring) }

    /// An administrator's verb. Where the disk refuses it or the process dies in it, nobody was told that it was done.
    func administer(_ body: (TenantTransaction) throws -> Void) throws {
        do { try store.write(body) } catch where hasTrouble {}
        if disk.isDead { die(afterlife) }
    }

    /// The disk refuses calls, or is about to.
    var hasTrouble: Bool { disk.hasTrouble }

    /// In some life of its process.
    private(set) var hadTrouble = false

    /// Nothing more goes wrong.
    func calm() { disk.plan(nil) }

    /// The process comes to an end, in one of the ways in which it can: between two events, in a call to the disk that is still to come, or
    /// while it stops in order. Or the disk refuses for a while, and it goes on.
    func meetTrouble(_ dice: inout SplitMix64, _ faults: Faults) {
        hadTrouble = true
        let end: SplitMix64? = dice.chance(faults.powerLoss) ? SplitMix64(seed: dice.next()) : nil
        switch dice.next() % 5 {
        case 0, 1: die(end)
        case 2:
            afterlife = end
            disk.plan(.death(&dice, within: 60))
        case 3:
            if dice.chance(40) { disk.plan(.death(&dice, within: 20)) }
            try? store.close()
            die(end)
        case _:
            disk.plan(.refusal(&dice, within: 20))
            let life = life
            agenda.after(Int64(dice.next() % 2000)) { [unowned self] in
                if life == self.life { calm() }
            }
        }
    }

    /// The process dies and is started again.
    private func die(_ power: SplitMix64?) {
        disk.end(losingPower: power)
        world.count(death: power)
        restart()
    }

    private func restart() {
        for visit in visits {
            visit.leave()
            visit.link.cut()
        }
        afterlife = nil
        if let lagging { disk = lagging }
        lagging = nil
        do { store = try disk.open() } catch { world.fault("the server opened its store again", error) }
        desk = open()
    }

    /// The machine goes on with another copy of the file.
    func putBack(_ copy: ServerDisk) {
        disk.end(losingPower: nil)
        disk = copy.copy(world.honouring)
        lagging = nil
        restart()
    }
}

/// One connection at the server, as `Connection` serves it without a simulation: pushes follow one another without waiting, everything
/// else is alone.
///
/// `@unchecked Sendable`: one thread.
final class Visit: @unchecked Sendable {
    private enum Request {
        case push(Message.Push), pull(Message.Pull), note(Message.Status), donate(Message.Donation), compare(Message.Compare), dispute(Message.Dispute)
    }

    let link: Link
    private let device: DeviceSession
    private var session = ServerSession()
    private var decoder = FrameDecoder()
    private var waiting: [Request] = []
    private var pushing = 0
    private var isGone = false
    private unowned let world: World
    private unowned let server: SimulatedServer

    init(_ link: Link, _ device: DeviceSession, _ world: World, of server: SimulatedServer) {
        self.link = link
        self.device = device
        self.world = world
        self.server = server
    }

    func begin() { perform(session.began()) }

    func leave() { isGone = true }

    func received(_ bytes: [UInt8]) {
        guard !isGone else { return }
        decoder.append(bytes)
        do {
            while !isGone, let payload = try decoder.next() {
                do throws(Problem) {
                    perform(session.received(try Message(payload: payload)))
                } catch {
                    perform(session.received(error))
                }
            }
        } catch {
            perform(session.received(Problem(.tooLong, "a frame that is none")))
        }
    }

    private func perform(_ actions: [ServerSession.Action]) {
        for action in actions {
            guard !isGone else { return }
            switch action {
            case .prepareWelcome:
                attempt { perform(session.welcomed(try device.welcome())) }
            case .send(let message): link.send(message.frame, to: .device)
            case .note(let status):
                waiting.append(.note(status))
                pump()
            case .donate(let donation):
                waiting.append(.donate(donation))
                pump()
            case .push(let push):
                world.record(push, of: device.name.device)
                waiting.append(.push(push))
                pump()
            case .pull(let pull):
                waiting.append(.pull(pull))
                pump()
            case .compare(let compare):
                waiting.append(.compare(compare))
                pump()
            case .dispute(let dispute):
                waiting.append(.dispute(dispute))
                pump()
            // Stores in memory keep no attachments.
            case .attachment: perform(session.failed())
            case .look: attempt { perform(session.looked(try device.welcome())) }
            case .close(let problem):
                if let problem { link.send(Message.problem(problem).frame, to: .device) }
                isGone = true
                link.close(.server)
            }
        }
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch {
            guard !isGone else { return }
            if !server.hasTrouble { world.fault("the server answered a device", error) }
            perform(session.failed())
        }
    }

    private func pump() {
        while let next = waiting.first, !isGone {
            switch next {
            case .push(let push):
                waiting.removeFirst()
                pushing += 1
                device.push(Result { device.open(push) }) { [weak self] result in self?.pushed(result) }
            case .pull(let pull):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.pulled(try device.pull(pull))) }
            case .note(let status):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.noted(try device.note(status))) }
            case .donate(let donation):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.donated(try device.donate(donation))) }
            case .compare(let compare):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.compared(try device.compare(compare))) }
            case .dispute(let dispute):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.compared(try device.settle(dispute))) }
            }
        }
    }

    private func pushed(_ result: Result<DeviceSession.Pushed, any Error>) {
        pushing -= 1
        guard !isGone else { return }
        attempt { perform(session.pushed(device.answer(to: try result.get()))) }
        pump()
    }
}
