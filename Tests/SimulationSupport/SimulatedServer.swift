internal import SeamarkCrypto
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
    private var doors: [(call: DoorCall, link: Link)] = []
    /// It is about to look at what other processes did, and how far it had looked.
    private var isLooking = false
    private var lookedAt: Int64?
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
        let tools = try Cast.tools(rule: world.mistake == .forgetsConsent ? nil : rule)
        disk = try template.copy(world.honouring, tools, hasAttachments: world.schedule.hasAttachments)
        store = try disk.open()
        self.dice = dice
        self.world = world
        agenda = world.agenda
        self.clock = clock
        desk = Self.desk(store, nil, clock, nil, words: { 0 }) { _ in }
        desk = try open()
    }

    private static func desk(
        _ store: TenantStore, _ vault: AttachmentVault?, _ clock: Machine.Clock, _ mistake: Mistake?, takesBundles: Bool = false, committed: @escaping @Sendable () -> Void = {},
        words: @escaping @Sendable () -> UInt64,
        _ schedule: @escaping TenantWriter.Schedule
    ) -> TenantDesk {
        let authority = mistake == .losesItsAuthority ? Cast.serverSigner.publicKey : Cast.authority
        return TenantDesk(
            store: store, clock: WallClock { clock.now }, primitives: SimulationPrimitives(), signer: Cast.serverSigner,
            endorse: { message, _ in SimulationSigner.signature(of: message, authority) }, attachments: vault,
            bundles: takesBundles ? (Cast.tenant, Cast.bundleKey.publicKey) : nil, schedule: schedule, committed: committed, draw: words,
            noteContact: { _, _ in })
    }

    /// A new process over the store. Transactions come a little later than they are asked for, so that pushes share them.
    private func open() throws -> TenantDesk {
        life += 1
        let life = life
        lookedAt = nil
        disk.whenDead { [unowned self] in
            // Nothing that the dead process says goes out.
            for visit in visits { visit.leave() }
            for door in doors { door.call.leave() }
            agenda.after(0) { [unowned self] in
                if life == self.life { die(afterlife) }
            }
        }
        return Self.desk(
            store, try disk.vault(), clock, world.mistake, takesBundles: world.schedule.hasBundles, committed: { [unowned self] in later { [unowned self] in wake() } },
            words: { [unowned self] in dice.next() }
        ) { [unowned self] job in
            agenda.after(Int64(dice.next() % 6)) { [unowned self] in
                guard life == self.life else { return }
                if world.mistake == .acknowledgesBeforeCommit, lagging == nil || dice.chance(30) {
                    do { lagging = try disk.copy(.allSyncs) } catch { world.fault("a store was copied", error) }
                }
                job()
            }
        }
    }

    func connect(_ link: Link, _ seat: Cast.Seat) {
        let name = DeviceName(tenant: Cast.tenant, member: seat.member, device: seat.device)
        let visit = Visit(link, seat, DeviceSession(name, of: desk), world, of: self)
        visits.append(visit)
        link.toServer = { [unowned visit] in visit.received($0) }
        link.serverEnded = { [unowned self, unowned visit] in
            visit.leave()
            visits.removeAll { $0 === visit }
        }
        visit.begin()
        lookLater()
    }

    /// Somebody without a certificate comes to the door.
    func openDoor(
        _ link: Link, binding: [UInt8], for newcomer: Cast.Seat?, before: @escaping (TenantSnapshot) throws -> Void, redeemed: @escaping (Redemption) -> Void
    ) {
        let call = DoorCall(link, binding: binding, for: newcomer, world, of: self, before: before, redeemed: redeemed)
        doors.append((call, link))
        link.toServer = { [unowned call] in call.received($0) }
        link.serverEnded = { [unowned self, unowned call] in
            call.leave()
            doors.removeAll { $0.call === call }
        }
        call.begin()
    }

    /// Does something a little later, in this life of the process.
    func later(_ body: @escaping () -> Void) {
        let life = life
        agenda.after(Int64(dice.next() % 6)) { [unowned self] in
            if life == self.life, !disk.isDead { body() }
        }
    }

    // MARK: What it looks at by itself

    /// As `Watch` does without a simulation, as long as anybody is here.
    private static let lookEvery: Int64 = 250

    private func lookLater() {
        guard !isLooking else { return }
        isLooking = true
        agenda.after(Self.lookEvery) { [unowned self] in
            isLooking = false
            guard !visits.isEmpty else { return }
            if !disk.isDead { look() }
            lookLater()
        }
    }

    /// Ends connections of devices that were turned away, and wakes those who watch: what other processes committed is known here alone.
    private func look() {
        do {
            let version = try store.dataVersion()
            guard lookedAt != version else { return }
            let dismissals = try desk.dismissals(of: Set(visits.map(\.seat.device)).sorted())
            for (device, dismissal) in dismissals where dismissal > .none {
                for visit in visits where visit.seat.device == device { visit.dismissed(dismissal) }
            }
            wake()
            lookedAt = version
        } catch where hasTrouble {} catch { world.fault("the server looked for devices that were turned away", error) }
    }

    private func wake() { for visit in visits { visit.woken() } }

    /// A backup of the machine.
    func backUp() throws -> ServerDisk { try disk.copy(world.honouring) }

    /// An administrator's verb. Where the disk refuses it or the process dies in it, nobody was told that it was done.
    func administer(_ body: (TenantTransaction) throws -> Void) throws { try administering { try store.write(body) } }

    private func administering(_ body: () throws -> Void) throws {
        do { try body() } catch where hasTrouble {}
        if disk.isDead { die(afterlife) }
    }

    /// Takes in a bundle that came on a stick, as an administrator's command does beside the running server. False where the disk refused.
    func take(_ bundle: String, reply: String) throws -> Bool {
        var isDone = false
        try administering {
            let reception = BundleReception(tenant: Cast.tenant, key: Cast.bundleKey) { schedule in
                Self.desk(store, nil, clock, world.mistake, takesBundles: true, words: { [unowned self] in dice.next() }, schedule)
            }
            _ = try reception.take(bundle, reply: reply)
            isDone = !disk.isDead
        }
        return isDone
    }

    /// Its process has died, and is not started again yet.
    var isDead: Bool { disk.isDead }

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
        if power != nil { world.checkAcknowledgedAttachments() }
    }

    private func restart() {
        for visit in visits {
            visit.leave()
            visit.link.cut()
        }
        for door in doors {
            door.call.leave()
            door.link.cut()
        }
        afterlife = nil
        if let lagging { disk = lagging }
        lagging = nil
        do {
            store = try disk.open()
            desk = try open()
        } catch { world.fault("the server opened its store again", error) }
    }

    /// The machine goes on with another copy of the file.
    func putBack(_ copy: ServerDisk) {
        disk.end(losingPower: nil)
        do { disk = try copy.copy(world.honouring) } catch { world.fault("a backup of the server was put back", error) }
        lagging = nil
        restart()
    }

    /// Can the server give out this attachment as it was handed in? Reads all of it.
    func gives(_ one: Attached) throws -> Bool {
        guard let vault = try disk.vault() else { return false }
        return try disk.looking { try vault.matches(one.attachment) } && store.read { try $0.attachment(one.attachment.hash, in: one.scope) != nil }
    }

    /// Does the server hold this attachment, bytes and all?
    func holds(_ one: Attached) throws -> Bool {
        guard let vault = try disk.vault() else { return false }
        return try disk.looking { try vault.holds(one.attachment) } && store.read { try $0.attachment(one.attachment.hash, in: one.scope) != nil }
    }
}
