internal import SeamarkTestSupport

/// One history to be played: who takes part, and what they do at what time. Made from a seed; each step carries the dice for all that
/// follows from it, so that a step can be left out and the others stay what they were.
public struct Schedule: Sendable {
    public struct Step: Sendable, CustomStringConvertible {
        public enum Act: Sendable, Hashable {
            case capture(Int), sync(Int), crash(Int)
            case backUp(Int), putBack(Int), clone(Int), jump(Int)
            case revoke(Int), staff(Int, Int), wipe(Int), freeze(Int), confirm(Int)
            case watch(Int), redeem(Int)
            /// The device's member becomes an analyst, or what they were before.
            case role(Int)
            case redact(Int), redactAtHeadquarters(Int)
            case attach(Int), fetch(Int), evict(Int)
            case bundle(Int), carry, bringReply(Int)
            case release(Int)
            /// One of two records that may be twins stands for the other from then on; that is taken back.
            case merge(Int), unmerge(Int)
            /// A sync that moves few bytes, whatever is left then.
            case syncWithin(Int)
            /// Headquarters begins one more engagement, on which the device's member is.
            case begin(Int, Int)
            /// A newcomer's laptop redeems its invitation.
            case enrol(Int)
            case serverCrash, serverBackUp, serverRestore, serverRollback, serverJump, leastSchema
        }

        public let act: Act
        /// Milliseconds since the step before.
        public let pause: Int64
        public let dice: UInt64

        public var description: String { "+\(pause) ms \(act)" }

        /// The device that acts, if one does.
        var device: Int? {
            switch act {
            case .capture(let device), .sync(let device), .crash(let device), .backUp(let device), .putBack(let device), .clone(let device),
                .jump(let device), .revoke(let device), .staff(let device, _), .redact(let device), .attach(let device),
                .fetch(let device), .evict(let device), .bundle(let device), .bringReply(let device), .wipe(let device),
                .freeze(let device), .confirm(let device), .watch(let device), .redeem(let device), .role(let device), .merge(let device),
                .unmerge(let device), .syncWithin(let device), .enrol(let device):
                device
            case .redactAtHeadquarters, .carry, .release, .begin, .serverCrash, .serverBackUp, .serverRestore, .serverRollback, .serverJump, .leastSchema: nil
            }
        }
    }

    public let seed: UInt64
    public let devices: Int
    public let scopes: Int
    public let faults: Faults
    /// Some connections go over a hostile relay.
    public let isHostile: Bool
    /// Values are redacted, and people withdraw consent.
    public let hasPrivacy: Bool
    /// Members attach files.
    public let hasAttachments: Bool
    /// Work travels on sticks too.
    public let hasBundles: Bool
    /// Members merge duplicates, of which there are some then.
    public let hasMerges: Bool
    public var steps: [Step]

    public init(seed: UInt64, faults: Faults = .supported) {
        var dice = SplitMix64(seed: seed)
        self.seed = seed
        // Few of each, mostly: what clashes at all clashes among three.
        devices = min(2 + Int(dice.next() % 3), 8) + (dice.chance(15) ? Int(dice.next() % 5) : 0)
        scopes = dice.chance(55) ? 1 : 1 + Int(dice.next() % 4)
        var faults = faults
        // Schedules without a bad network, and with nothing else, find different mistakes.
        if dice.chance(30) {
            faults.cut = 0
            faults.stall = 0
            faults.crash = 0
            faults.captureCrash = 0
            faults.diskError = 0
        }
        self.faults = faults
        // Dice of its own: the rest of a seed's schedule is what it is without.
        var company = SplitMix64(seed: seed ^ 0xc0)
        isHostile = company.chance(UInt64(faults.hostile))
        hasPrivacy = company.chance(UInt64(faults.privacy))
        hasAttachments = company.chance(UInt64(faults.attachments))
        hasBundles = company.chance(UInt64(faults.bundles))
        // Dice of its own once more. The number is one with which the seeds that tests, `Scripts/test` and STATUS.md name draw none of it: those are played
        // as they were.
        var newest = SplitMix64(seed: seed ^ 0x115)
        hasMerges = newest.chance(UInt64(faults.merge))
        let count = 8 + Int(dice.next() % 50)
        var weights: [(Step.Act, Int)] = []
        steps = []
        steps.reserveCapacity(count + devices)
        for device in 0..<devices { steps.append(Step(act: .sync(device), pause: 0, dice: dice.next())) }
        for _ in 0..<count {
            let device = Int(dice.next() % UInt64(devices))
            let scope = Int(dice.next() % UInt64(scopes))
            weights = [
                (.capture(device), 45), (.sync(device), 30), (.crash(device), 2), (.backUp(device), faults.deviceBackup),
                (.putBack(device), faults.deviceRestore), (.clone(device), faults.clone), (.jump(device), faults.clockJump),
                (.revoke(device), faults.revocation), (.staff(device, scope), faults.staffing), (.release(scope), faults.release),
                (.serverCrash, faults.serverCrash), (.serverBackUp, faults.serverBackup), (.serverRestore, faults.serverRestore),
                (.serverRollback, faults.serverRollback), (.serverJump, faults.clockJump > 0 ? 1 : 0),
            ]
            var draw = Int(dice.next() % UInt64(weights.reduce(0) { $0 + $1.1 }))
            guard let (act, _) = weights.first(where: { weight in
                defer { draw -= weight.1 }
                return draw < weight.1
            }) else { continue }
            // Now and then long enough for what was begun to end.
            let pause = dice.chance(50) ? Int64(dice.next() % 60) : Int64(dice.next() % 2000)
            steps.append(Step(act: act, pause: pause, dice: dice.next()))
        }
        // What some schedules alone have comes in between.
        for _ in 0..<2 where company.chance(UInt64(faults.leastSchema)) { insert(.leastSchema, &company) }
        if hasPrivacy {
            for _ in 0..<2 + company.next() % 6 {
                let act: Step.Act = company.chance(70) ? .redact(Int(company.next() % UInt64(devices))) : .redactAtHeadquarters(Int(company.next() % UInt64(scopes)))
                insert(act, &company)
            }
        }
        if hasAttachments {
            // Nothing is evicted that no backup holds.
            insert(.serverBackUp, &company)
            for _ in 0..<4 + company.next() % 10 {
                let device = Int(company.next() % UInt64(devices))
                insert([.attach(device), .attach(device), .fetch(device), .evict(device)][Int(company.next() % 4)], &company)
            }
        }
        if hasBundles {
            for _ in 0..<4 + company.next() % 10 {
                let device = Int(company.next() % UInt64(devices))
                insert([.bundle(device), .carry, .bringReply(device)][Int(company.next() % 3)], &company)
            }
        }
        insertLater(faults)
        insertNewest(faults, &newest)
    }

    /// What some schedules have since, with dice of its own again.
    private mutating func insertLater(_ faults: Faults) {
        var later = SplitMix64(seed: seed ^ 0x1a7e)
        if later.chance(UInt64(faults.wipe)) {
            for _ in 0..<1 + later.next() % 2 { insert(.wipe(Int(later.next() % UInt64(devices))), &later) }
        }
        if later.chance(UInt64(faults.confirmation)) {
            // Some wait before they were ever greeted.
            if later.chance(50) { steps.insert(Step(act: .freeze(Int(later.next() % UInt64(devices))), pause: 0, dice: later.next()), at: 0) }
            for _ in 0..<2 + later.next() % 5 {
                let device = Int(later.next() % UInt64(devices))
                insert(later.chance(55) ? .freeze(device) : .confirm(device), &later)
            }
        }
        if later.chance(UInt64(faults.watch)) {
            for _ in 0..<2 + later.next() % 6 { insert(.watch(Int(later.next() % UInt64(devices))), &later) }
        }
        if later.chance(UInt64(faults.redemption)) {
            // Of one device, mostly: what headquarters does about it, and what else becomes of the device meanwhile.
            let one = Int(later.next() % UInt64(devices))
            for _ in 0..<3 + later.next() % 6 {
                let device = later.chance(80) ? one : Int(later.next() % UInt64(devices))
                let scope = Int(later.next() % UInt64(scopes))
                let act: Step.Act =
                    switch later.next() % 100 {
                    case 0..<50: .redeem(device)
                    case 50..<78: .confirm(device)
                    case 78..<86: .staff(device, scope)
                    case 86..<90: .revoke(device)
                    case _: .release(scope)
                    }
                insert(act, &later)
            }
        }
        if later.chance(UInt64(faults.analyst)) {
            // Mostly one who never read as anything else, to begin with.
            let one = Int(later.next() % UInt64(devices))
            if later.chance(75) { steps.insert(Step(act: .role(one), pause: 0, dice: later.next()), at: 0) }
            for _ in 0..<later.next() % 5 { insert(.role(later.chance(80) ? one : Int(later.next() % UInt64(devices))), &later) }
        }
    }

    private mutating func insertNewest(_ faults: Faults, _ dice: inout SplitMix64) {
        let hasBudgets = dice.chance(UInt64(faults.budget))
        let hasBeginnings = dice.chance(UInt64(faults.engagement))
        let hasNewcomers = dice.chance(UInt64(faults.enrolment))
        if hasMerges {
            for _ in 0..<4 + dice.next() % 10 {
                let device = Int(dice.next() % UInt64(devices))
                insert(dice.chance(60) ? .merge(device) : .unmerge(device), &dice)
            }
        }
        if hasBudgets {
            for _ in 0..<3 + dice.next() % 8 { insert(.syncWithin(Int(dice.next() % UInt64(devices))), &dice) }
        }
        if hasBeginnings {
            for number in 0..<1 + Int(dice.next() % 2) {
                let place = insert(.begin(number, Int(dice.next() % UInt64(devices))), &dice)
                for _ in 0..<dice.next() % 5 {
                    let device = Int(dice.next() % UInt64(devices))
                    let scope = Cast.mostScopes + number
                    insert(dice.chance(80) ? .staff(device, scope) : .release(scope), &dice, behind: place)
                }
            }
        }
        if hasNewcomers {
            for number in Cast.mostDevices..<Cast.mostDevices + 1 + Int(dice.next() % UInt64(Cast.mostNewcomers)) {
                let place = insert(.enrol(number), &dice)
                let acts: [Step.Act] = [.capture(number), .capture(number), .sync(number), .sync(number), .crash(number), .backUp(number), .putBack(number)]
                for _ in 0..<4 + dice.next() % 8 { insert(acts[Int(dice.next() % UInt64(acts.count))], &dice, behind: place) }
            }
        }
    }

    /// - Returns: where it stands now.
    @discardableResult
    private mutating func insert(_ act: Step.Act, _ dice: inout SplitMix64, behind first: Int? = nil) -> Int {
        let first = first.map { $0 + 1 } ?? devices
        let place = first + Int(dice.next() % UInt64(steps.count - first + 1))
        steps.insert(Step(act: act, pause: Int64(dice.next() % 60), dice: dice.next()), at: place)
        return place
    }
}
