import SeamarkJournal
import SeamarkTestSupport
import Testing

/// Replicas of one scope against a server, through refusals, releases, cuts, restored and cloned devices and restored servers.
@Suite struct ReplicaTests {
    static let primitives = CheapPrimitives()

    /// A device: its replica, and the blocks it sealed, which its store keeps.
    struct Device {
        let number: Int
        var replica: Replica
        var blocks: [Hash256: Block] = [:]
        var clock: DeviceClock

        init(_ number: Int, incarnation: UInt64, epoch: UInt64) {
            self.number = number
            replica = Replica(
                stream: StreamName(device: Clash.device(number), incarnation: incarnation, scope: Clash.scope), epoch: epoch)
            clock = DeviceClock(device: Clash.device(number))
        }

        mutating func take(_ event: ReplicaEvent) { replica.apply(event, primitives) }

        mutating func capture(_ clash: inout Clash, now: Int64) -> Change {
            let seen = replica
            let change = clash.change(by: number, at: clock.stamp(now: now).time, seeing: seen.record)
            take(.captured(change))
            return change
        }

        mutating func seal(_ dice: inout SplitMix64) {
            while !replica.fresh.isEmpty {
                let count = min(replica.fresh.count, 1 + Int(dice.next() % 3))
                let block = Block.seal(
                    Array(replica.fresh.prefix(count)), in: replica.stream, after: replica.end, by: CheapSigner(1), primitives)
                blocks[block.hash] = block
                take(.sealed(block))
            }
        }

        mutating func renumber(_ dice: inout SplitMix64) {
            take(.began(StreamName(device: Clash.device(number), incarnation: dice.next(), scope: Clash.scope), epoch: replica.epoch))
            seal(&dice)
        }

        /// One sync; `cut` in a hundred of its steps end it.
        mutating func sync(_ server: inout ModelServer, now: Int64, cut: UInt64, _ dice: inout SplitMix64) {
            if replica.epoch != server.epoch { take(.rebuilt(epoch: server.epoch)) }
            seal(&dice)
            if !replica.holds(server.streams[replica.stream] ?? .beginning) { renumber(&dice) }
            var hasTakenStranded = false
            repeat {
                let end = server.streams[replica.stream] ?? .beginning
                for sealed in replica.blocks where sealed.first > end.number {
                    guard !dice.chance(cut), let block = blocks[sealed.end.hash] else { return }
                    let answer = server.push(block, received: now)
                    guard !dice.chance(cut) else { return }
                    switch answer {
                    case .receipt(let receipt): take(.receipted(receipt))
                    case .quarantined: return
                    case .refused:
                        Issue.record("streams were compared before")
                        return
                    }
                }
                for place in Int(replica.cursor.position)..<server.log.count {
                    guard !dice.chance(cut) else { return }
                    let (entry, block) = server.log[place]
                    let isOwn = block?.stream == replica.stream
                    take(.learnt(entry, isOwn ? nil : block))
                }
                #expect(replica.cursor == server.place)
                #expect(replica.confirmed.digest == server.state.digest, "digests differ at one cursor")
                guard !hasTakenStranded, !replica.stranded.isEmpty else { return }
                hasTakenStranded = true
                renumber(&dice)
            } while true
        }
    }

    /// A device that was put back once has sealed the older of two changes anew; the younger came back to it from its former life. Then the server
    /// loses both.
    @Test func `what a new incarnation takes along stands behind what it names, in one block that opens`() throws {
        func stream(_ incarnation: UInt64) -> StreamName { StreamName(device: Clash.device(1), incarnation: incarnation, scope: Clash.scope) }
        func change(_ time: Int64, _ value: Int64, _ supersedes: [EditName] = []) -> Change {
            Change(
                scope: Clash.scope, stamp: Stamp(time: time, device: Clash.device(1)), member: Clash.device(1), schema: 1,
                edits: [Edit(record: Clash.record(0), type: 5, target: .field(1), content: .open(.int(value)), supersedes: supersedes)],
                primitives: Self.primitives)
        }
        let signer = CheapSigner(1)
        let older = change(5, 1)
        let younger = change(9, 2, [older.name(0)])
        // The stamps of a clock that was put back say nothing of which came first.
        for last in [change(20, 3, [younger.name(0)]), change(1, 3, [younger.name(0)])] {
            let former = Block.seal([older, younger], in: stream(1), after: .beginning, by: signer, Self.primitives)
            var replica = Replica(stream: stream(1), epoch: 1)
            replica.apply(.captured(older), Self.primitives)
            replica.apply(.began(stream(2), epoch: 1), Self.primitives)
            replica.apply(.sealed(Block.seal([older], in: stream(2), after: .beginning, by: signer, Self.primitives)), Self.primitives)
            replica.apply(.learnt(LogEntry(content: .block(former.hash), verdicts: [.accepted, .accepted], received: 7), former), Self.primitives)
            replica.apply(.captured(last), Self.primitives)
            replica.apply(.rebuilt(epoch: 2), Self.primitives)
            #expect(replica.stranded.map(\.id) == [younger.id])
            replica.apply(.began(stream(3), epoch: 2), Self.primitives)
            #expect(replica.fresh.map(\.id) == [older.id, younger.id, last.id])
            let block = Block.seal(Array(replica.fresh), in: stream(3), after: .beginning, by: signer, Self.primitives)
            let opened = try Block.open(block.bytes, sensitive: [], Self.primitives)
            #expect(opened.changes == [older, younger, last])
        }
    }

    static func shown(_ replica: Replica) -> [Identifier: RecordState] {
        var shown: [Identifier: RecordState] = [:]
        for id in replica.recordIDs { shown[id] = replica.record(id) }
        return shown
    }

    /// Which faults a history may hold.
    struct Faults: OptionSet {
        let rawValue: Int
        static let device = Faults(rawValue: 1)
        static let server = Faults(rawValue: 2)
    }

    static func history(_ seed: UInt64, _ faults: Faults) {
        var clash = Clash(seed: seed, primitives)
        var dice = SplitMix64(seed: seed &+ 1_000_000)
        var server = ModelServer(scope: Clash.scope, epoch: dice.next(), signer: CheapSigner(9), primitives)
        var devices = (0..<(2 + Int(dice.next() % 3))).map { Device($0, incarnation: dice.next(), epoch: server.epoch) }
        var backups: [(Int, Device)] = []
        var serverBackup: ModelServer?
        var made: Set<Identifier> = []
        let cut = [UInt64(0), 3, 12][Int(dice.next() % 3)]
        for step in 0..<(10 + Int(dice.next() % 40)) {
            let now = Int64(step)
            let which = Int(dice.next() % UInt64(devices.count))
            switch dice.next() % 100 {
            case 0..<45: made.insert(devices[which].capture(&clash, now: now + Int64(which) * 10 - 15).id)
            case 45..<75: devices[which].sync(&server, now: now, cut: cut, &dice)
            case 75..<80:
                let record = Clash.record(Int(dice.next() % 2))
                if server.closed.remove(record) == nil { server.closed.insert(record) }
            case 80..<85:
                if let id = server.state.refused.keys.sorted().randomElement(using: &dice) { server.release([id, .zero], received: now) }
            case 85..<88: server.isStaffed.toggle()
            case 88..<91: backups.append((which, devices[which]))
            case 91..<94 where faults.contains(.device):
                if let (place, old) = backups.randomElement(using: &dice) {
                    // What only the newer life of the store held is gone with it: that is the nature of a restore.
                    devices[place] = old
                    made.formIntersection(alive(devices, server))
                }
            case 94..<96 where faults.contains(.device): if devices.count < 6 { devices.append(devices[which]) }
            case 96..<98: serverBackup = server
            case 98... where faults.contains(.server):
                if var old = serverBackup {
                    old.epoch = dice.next()
                    server = old
                    made.formIntersection(alive(devices, server))
                }
            case _: break
            }
        }
        server.isStaffed = true
        for round in 0..<3 { for place in devices.indices { devices[place].sync(&server, now: 100 + Int64(round), cut: 0, &dice) } }

        let quarantined = Set(server.state.refused.keys)
        // What only a device held that was restored since waits outside the log.
        let outside = server.outside.values.flatMap { $0.changes.map(\.id) }
        #expect(made.isSubset(of: server.state.applied.union(quarantined).union(outside)), "lost")
        #expect(server.state.applied.isDisjoint(with: quarantined))
        #expect(HeadsTests.digest(of: server.state) == server.state.digest)
        var accepted: [Identifier: Int] = [:]
        for (entry, block) in server.log {
            for (change, verdict) in zip(block?.changes ?? [], entry.verdicts) where verdict != .duplicate { accepted[change.id, default: 0] += 1 }
        }
        #expect(accepted.values.allSatisfy { $0 == 1 }, "judged twice")
        var byDevice: [Int: [Identifier: RecordState]] = [:]
        for device in devices {
            let replica = device.replica
            #expect(replica.cursor == server.place)
            #expect(replica.confirmed.records == server.state.records)
            #expect(replica.confirmed.applied == server.state.applied)
            #expect(replica.confirmed.digest == server.state.digest)
            #expect(replica.overlay.keys.allSatisfy { quarantined.contains($0) }, "waiting for ever")
            #expect(replica.stranded.isEmpty && replica.unsentCount == 0)
            let shown = shown(replica)
            if let other = byDevice.updateValue(shown, forKey: device.number) { #expect(other == shown, "two lives of one device show the same") }
            if replica.overlay.isEmpty { #expect(shown == server.state.records) }
        }
    }

    /// The changes that somebody still holds.
    static func alive(_ devices: [Device], _ server: ModelServer) -> Set<Identifier> {
        var alive = server.state.applied.union(server.state.refused.keys)
        for block in server.outside.values { alive.formUnion(block.changes.map(\.id)) }
        for device in devices {
            for change in device.replica.history.values where change.stamp.device == device.replica.stream.device { alive.insert(change.id) }
        }
        return alive
    }

    @Test(arguments: (0..<20).map { $0 * 25 })
    func `twenty-five histories of refusals, releases and cuts end with equal replicas, nothing lost and nothing twice`(first: Int) {
        for seed in first..<first + 25 { Self.history(UInt64(seed), []) }
    }

    @Test(arguments: (100..<120).map { $0 * 25 })
    func `so do twenty-five with restored and cloned devices`(first: Int) {
        for seed in first..<first + 25 { Self.history(UInt64(seed), .device) }
    }

    @Test(arguments: (200..<220).map { $0 * 25 })
    func `so do twenty-five with restored devices and restored servers`(first: Int) {
        for seed in first..<first + 25 { Self.history(UInt64(seed), [.device, .server]) }
    }

    // MARK: - One thing at a time

    @Test func `a change is shown at once, confirmed by the log, and stays over it when it is refused`() {
        var dice = SplitMix64(seed: 1)
        var server = ModelServer(scope: Clash.scope, epoch: 1, signer: CheapSigner(9), Self.primitives)
        server.closed = [Clash.record(1)]
        var device = Device(1, incarnation: 5, epoch: 1)
        let change = HeadsTests.change(1, at: 1, HeadsTests.edit(.field(1), .int(1)))
        device.take(.captured(change))
        #expect(device.replica.record(Clash.record(1))?.heads(of: .field(1)).count == 1)
        #expect(device.replica.confirmed.records.isEmpty && device.replica.confirmed.digest == .zero)
        #expect(device.replica.unsentCount == 1)
        device.sync(&server, now: 9, cut: 0, &dice)
        #expect(device.replica.unsentCount == 0)
        #expect(device.replica.confirmed.refused.keys.contains(change.id) && device.replica.overlay.keys.contains(change.id))
        #expect(device.replica.record(Clash.record(1))?.heads(of: .field(1)).count == 1)
        server.release([change.id], received: 10)
        device.sync(&server, now: 10, cut: 0, &dice)
        #expect(device.replica.overlay.isEmpty && device.replica.confirmed.refused.isEmpty)
        #expect(device.replica.confirmed.records[Clash.record(1)]?.heads(of: .field(1)).count == 1)
    }

    @Test func `a receipt of an epoch that is over moves no mark, one of this epoch only forward`() {
        var device = Device(1, incarnation: 5, epoch: 1)
        func receipt(_ epoch: UInt64, _ position: UInt64) -> Receipt {
            Receipt(
                epoch: epoch, scope: Clash.scope, place: LogPlace(position: position, hash: LogTests.a), block: LogTests.b, verdicts: [.accepted],
                received: 1, signer: CheapSigner(9))
        }
        device.take(.receipted(receipt(2, 9)))
        #expect(device.replica.mark == .beginning)
        device.take(.receipted(receipt(1, 4)))
        device.take(.receipted(receipt(1, 3)))
        #expect(device.replica.mark.position == 4)
        #expect(device.replica.cursor == .beginning)
    }

    @Test func `when the log is read anew, what only receipts of the old one covered waits again, until the new one shows it`() {
        var dice = SplitMix64(seed: 1)
        var server = ModelServer(scope: Clash.scope, epoch: 1, signer: CheapSigner(9), Self.primitives)
        var device = Device(1, incarnation: 5, epoch: 1)
        device.take(.captured(HeadsTests.change(1, at: 1, HeadsTests.edit(.field(1), .int(100)))))
        device.sync(&server, now: 1, cut: 0, &dice)
        #expect(device.replica.unsentCount == 0)
        let entry = server.log[0].entry
        device.take(.rebuilt(epoch: 2))
        #expect(device.replica.unsentCount == 1 && device.replica.waiting.count == 1)
        device.take(.learnt(entry, nil))
        #expect(device.replica.unsentCount == 0 && device.replica.overlay.isEmpty)
    }

    /// A price of another device, accepted; over it an own edit that the server refuses; over that another, which it accepts.
    private static func priced(naming names: (Replica, [EditName]) -> [EditName]) -> (server: ModelServer, devices: [Device]) {
        var dice = SplitMix64(seed: 1)
        var server = ModelServer(scope: Clash.scope, epoch: 1, signer: CheapSigner(9), primitives)
        var other = Device(1, incarnation: 5, epoch: 1)
        var device = Device(2, incarnation: 6, epoch: 1)
        func edit(_ value: Int64, at time: Int64) {
            let seen = device.replica.record(HeadsTests.record)?.heads(of: .field(1)).map(\.name) ?? []
            device.take(.captured(HeadsTests.change(2, at: time, HeadsTests.edit(.field(1), .int(value), over: names(device.replica, seen)))))
        }
        other.take(.captured(HeadsTests.change(1, at: 1, HeadsTests.edit(.field(1), .int(100)))))
        other.sync(&server, now: 1, cut: 0, &dice)
        device.sync(&server, now: 2, cut: 0, &dice)
        edit(200, at: 3)
        server.closed = [HeadsTests.record]
        device.sync(&server, now: 3, cut: 0, &dice)
        server.closed = []
        // Two more: over a refused one, and over one that still waits over a refused one.
        edit(300, at: 4)
        edit(400, at: 5)
        device.sync(&server, now: 5, cut: 0, &dice)
        other.sync(&server, now: 6, cut: 0, &dice)
        return (server, [other, device])
    }

    private static func values(_ state: RecordState?) -> [Value?] { (state?.heads(of: .field(1)) ?? []).map(\.content.value) }

    @Test func `an edit over one's own refused edit leaves one head everywhere, because it names what that one superseded`() {
        let (server, devices) = Self.priced { $0.alsoSuperseded($1) }
        #expect(server.state.refused.count == 1)
        #expect(Self.values(server.state.records[HeadsTests.record]) == [.int(400)])
        for device in devices { #expect(Self.values(device.replica.record(HeadsTests.record)) == [.int(400)]) }
    }

    @Test func `without that the stale head stays beside it, at everybody but the author`() {
        let (server, devices) = Self.priced { $1 }
        #expect(Self.values(server.state.records[HeadsTests.record]) == [.int(400), .int(100)])
        #expect(Self.values(devices[0].replica.record(HeadsTests.record)) == [.int(400), .int(100)])
    }

    @Test func `names of edits that are applied, unknown or beyond their change bring nothing along`() {
        var device = Device(2, incarnation: 6, epoch: 1)
        let first = HeadsTests.change(2, at: 1, HeadsTests.edit(.field(1), .int(1), over: [EditName(change: .zero, index: 3)]))
        let second = HeadsTests.change(2, at: 2, HeadsTests.edit(.field(1), .int(2), over: [first.name(0)]))
        device.take(.captured(first))
        device.take(.captured(second))
        let third = device.replica.alsoSuperseded([second.name(0)])
        #expect(third == [EditName(change: .zero, index: 3), first.name(0), second.name(0)].sorted())
        #expect(device.replica.alsoSuperseded([]) == [])
        #expect(device.replica.alsoSuperseded([second.name(1)]) == [second.name(1)])
        #expect(device.replica.alsoSuperseded([EditName(change: .zero, index: 3)]) == [EditName(change: .zero, index: 3)])
    }
}
