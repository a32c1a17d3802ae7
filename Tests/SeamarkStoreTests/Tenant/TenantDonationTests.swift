import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import Testing

/// A store that was put back to an older copy, and what devices give back to it.
@Suite struct `A store that lost something` {
    static let scope = Identifier(high: 10, low: 1)
    static let member = TenantMember(id: Identifier(high: 30, low: 1), name: "Fictitious", role: "consultant")
    static let record = Identifier(high: 20, low: 1)
    static let devices = [Identifier(high: 40, low: 1), Identifier(high: 40, low: 2)]
    static let stranger = TenantMember(id: Identifier(high: 30, low: 2), name: "Other", role: "consultant")

    static func key(_ device: Identifier) -> SigningKey { TenantSamples.key(UInt8(truncatingIfNeeded: device.low)) }

    static func store() throws -> TenantStore {
        let store = try TenantStore.inMemory(identity: TenantSamples.identity, tools: TenantSamples.tools())
        try store.write { transaction in
            try transaction.addScope(scope, kind: .engagement)
            try transaction.addMember(member)
            try transaction.addMember(stranger)
            for device in devices { try transaction.addDevice(TenantSamples.enrolment(device, key: key(device)), of: member.id, at: 1) }
            try transaction.addDevice(TenantSamples.enrolment(Identifier(high: 40, low: 3), key: TenantSamples.key(3)), of: stranger.id, at: 1)
            try transaction.staff(member.id, on: scope)
        }
        return store
    }

    /// The record is closed to value 2.
    static var strict: Judge {
        { change, _, _ in change.edits.contains { $0.content.value == .int(2) } ? .refused(.finalised) : .accepted }
    }
    static var closed: Judge { { _, _, _ in .refused(.finalised) } }

    static func change(_ device: Identifier, _ time: Int64, _ value: Int64) -> Change {
        Change(
            scope: scope, stamp: Stamp(time: time, device: device), member: member.id, schema: 1,
            edits: [Edit(record: record, type: 5, target: .field(1), content: .open(.int(value)), supersedes: [])], primitives: TenantSamples.primitives)
    }

    static func block(_ changes: [Change], _ device: Identifier, incarnation: UInt64 = 1, after end: StreamEnd = .beginning) -> Block {
        Block.seal(
            changes, in: StreamName(device: device, incarnation: incarnation, scope: scope), after: end, by: key(device), TenantSamples.primitives)
    }

    static func push(_ block: Block, to store: TenantStore, at time: Int64, _ judge: Judge = strict) throws {
        let outcome = try store.write { try $0.push([Push(device: block.stream.device, block: block, sensitive: [], received: time)], judge: judge) }
        guard case .appended = outcome[0] else { throw StoreError(.failed, doing: "pushing", detail: "\(outcome)") }
    }

    /// Everything that `store` holds, as a device that read it all hands it in.
    static func held(_ store: TenantStore) throws -> [Donation.Item] {
        try store.read { try $0.entries(of: scope, after: 0) }.map { stored in
            guard case .block = stored.entry.content else {
                guard case .release(let ids) = stored.entry.content else { return .release([]) }
                return .release(ids)
            }
            let block = try Block.open(stored.block, sensitive: [], TenantSamples.primitives)
            return .block(block, sensitive: [], verdicts: stored.entry.verdicts, received: stored.entry.received)
        }
    }

    static func donate(
        _ items: [Donation.Item], to store: TenantStore, by device: Identifier = devices[1], at time: Int64 = 900, _ judge: Judge = strict
    ) throws -> DonationOutcome {
        try store.write { transaction in
            try transaction.donate(Donation(device: device, scope: scope, items: items, received: time), judge: judge) { id in
                try transaction.device(id)?.signingKey
            }
        }
    }

    static func holds(_ store: TenantStore) throws -> Bool {
        let verification = try store.read { snapshot in try snapshot.verify { id in try snapshot.device(id)?.signingKey } }
        if case .holds = verification { return true }
        return false
    }

    /// Two copies of a device's store, and a log that got the younger block of one before the older.
    @Test func `verifies where a stream went on along the shorter of two branches, and not where it ends before its last block`() throws {
        let store = try Self.store()
        let device = Self.devices[0]
        let first = Self.block([Self.change(device, 1, 1)], device)
        let short = Self.block([Self.change(device, 2, 3)], device, after: first.end)
        let long = Self.block([Self.change(device, 3, 4), Self.change(device, 4, 5)], device, after: first.end)
        func give(_ block: Block) throws {
            _ = try Self.donate([.block(block, sensitive: [], verdicts: block.changes.map { _ in .accepted }, received: 7)], to: store)
        }
        try give(short)
        try Self.push(first, to: store, at: 8)
        // Pushed again, it fits, and the stream advances over it; the other branch does not fit any more.
        try give(short)
        try give(long)
        #expect(try store.read { try $0.streamEnd(first.stream) } == short.end)
        #expect(try Self.holds(store))
        for end in [StreamEnd.beginning, first.end] {
            try store.write { transaction in
                let scope = try transaction.knownScope(Self.scope, doing: "testing").key
                let stream = try transaction.streamRow(first.stream, scope: scope)
                let row = try transaction.statement(.moveStream, doing: "testing")
                row.bind(end.number, at: 1)
                row.bind(end.hash, at: 2)
                row.bind(stream?.key, at: 3)
                try row.run(doing: "testing")
            }
            #expect(try !Self.holds(store))
        }
    }

    @Test func `is given everything back by one device, whoever wrote it, with the same verdicts, times and log hashes`() throws {
        let (whole, empty) = (try Self.store(), try Self.store())
        let first = Self.block([Self.change(Self.devices[0], 1, 1), Self.change(Self.devices[0], 2, 2)], Self.devices[0])
        let second = Self.block([Self.change(Self.devices[1], 3, 1)], Self.devices[1])
        try Self.push(first, to: whole, at: 100)
        try Self.push(second, to: whole, at: 101)
        #expect(try Self.donate(Self.held(whole), to: empty) == .admitted(unverified: 0))
        #expect(try empty.read { try $0.scope(Self.scope) } == whole.read { try $0.scope(Self.scope) })
        #expect(try empty.read { try $0.streamEnd(first.stream) } == first.end)
        // A second device gives the same: nothing alters.
        #expect(try Self.donate(Self.held(whole), to: empty, by: Self.devices[0]) == .admitted(unverified: 0))
        #expect(try empty.read { try $0.scope(Self.scope) } == whole.read { try $0.scope(Self.scope) })
        #expect(try Self.holds(empty))
    }

    @Test func `honours what was accepted or released before and is refused now, by a new entry`() throws {
        let (whole, restored) = (try Self.store(), try Self.store())
        let block = Self.block([Self.change(Self.devices[0], 1, 1), Self.change(Self.devices[0], 2, 2)], Self.devices[0])
        try Self.push(block, to: whole, at: 100)
        try whole.write { _ = try $0.release([block.changes[1].id], received: 110) }
        // After the rollback the author was first, and the record is closed now.
        try Self.push(block, to: restored, at: 200, Self.closed)
        #expect(try restored.read { try $0.quarantine() }.count == 2)
        #expect(try Self.donate(Self.held(whole), to: restored, Self.closed) == .admitted(unverified: 0))
        #expect(try restored.read { try $0.quarantine() }.isEmpty)
        #expect(try restored.read { try $0.scope(Self.scope) }?.digest == whole.read { try $0.scope(Self.scope) }?.digest)
        #expect(try Self.holds(restored))
    }

    @Test func `judges duplicate anew where it lacks the change`() throws {
        let (whole, restored) = (try Self.store(), try Self.store())
        let changes = [Self.change(Self.devices[0], 1, 1), Self.change(Self.devices[0], 2, 2)]
        try Self.push(Self.block(changes, Self.devices[0]), to: whole, at: 100)
        let again = Self.block(changes, Self.devices[0], incarnation: 2)
        try Self.push(again, to: whole, at: 101)
        // Only the second was learnt by whoever comes first.
        let second = try Self.held(whole)[1]
        guard case .block(_, _, [.duplicate, .duplicate], _) = second else { return #expect(Bool(false), "the second block is a duplicate") }
        #expect(try Self.donate([second], to: restored) == .admitted(unverified: 0))
        #expect(try restored.read { try $0.change(changes[0].id) }?.isApplied == true)
        #expect(try restored.read { try $0.change(changes[1].id) }?.isApplied == false, "it was refused the first time, and is again")
        #expect(try restored.read { try $0.quarantine() }.map(\.id) == [changes[1].id])
        #expect(try Self.donate(Self.held(whole), to: restored) == .admitted(unverified: 0))
        #expect(try restored.read { try $0.scope(Self.scope) }?.digest == whole.read { try $0.scope(Self.scope) }?.digest)
        #expect(try Self.holds(restored))
    }

    @Test func `passes over a block that its author did not sign`() throws {
        let restored = try Self.store()
        let block = Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0])
        let forged = Block.seal(block.changes, in: block.stream, after: .beginning, by: TenantSamples.key(8), TenantSamples.primitives)
        let outcome = try Self.donate([.block(forged, sensitive: [], verdicts: [.accepted], received: 5)], to: restored)
        #expect(outcome == .admitted(unverified: 1))
        #expect(try restored.read { try $0.scope(Self.scope) }?.place == .beginning)
    }

    // MARK: Hearing where devices stand

    @Test func `renews its epoch, with an alarm, for a place that the server signed for and the log does not hold; and not for another epoch's`() throws {
        let store = try Self.store()
        try Self.push(Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0]), to: store, at: 100)
        let place = try #require(try store.read { try $0.scope(Self.scope) }).place
        let further = LogPlace(position: 2, hash: Hash256(bytes: [UInt8](repeating: 3, count: 32)) ?? .zero)
        func hear(_ places: [LogPlace], epoch: UInt64 = 77, proven: LogPlace? = nil) throws -> TenantTransaction.Hearing {
            let standing = Standing(scope: Self.scope, epoch: epoch, places: places, incarnation: 1, proven: proven)
            let isOrdinary = try store.read { try $0.isOrdinary([standing], of: Self.devices[0]) }
            let hearing = try store.write { try $0.hear([standing], of: Self.devices[0], at: 300, next: (88, 89)) }
            #expect(isOrdinary == (hearing == .held))
            return hearing
        }
        #expect(try hear([place, .beginning]) == .held)
        #expect(try hear([further], epoch: 5, proven: further) == .held)
        #expect(try store.read { try $0.alarms() }.isEmpty)
        #expect(try hear([place, further], proven: further) == .renewed)
        #expect(try store.read { try $0.identity() }.epoch == 88 && store.read { try $0.identity() }.incarnation == 89)
        #expect(try store.read { try $0.alarms() }.map(\.kind) == [.rolledBack])
        #expect(try store.read { try $0.audit() }.last?.act == "epoch.renew")
        // The same device says the same again: its epoch has passed.
        #expect(try hear([place, further], proven: further) == .held)
        // A push of whoever has not noticed yet is not taken.
        let late = Push(device: Self.devices[1], block: Self.block([Self.change(Self.devices[1], 3, 1)], Self.devices[1]), sensitive: [], received: 5, epoch: 77)
        #expect(try store.write { try $0.push([late], judge: Self.strict) } == [.refused(.otherEpoch, .beginning)])
    }

    @Test func `renews its epoch, with an alarm, for a word of its own in an epoch that its log never had; once, and not where others are expected`() throws {
        let store = try Self.store()
        func hear(_ epoch: UInt64, next: UInt64 = 88) throws -> Bool {
            try store.write { try $0.hear(ofEpoch: epoch, in: Self.scope, of: Self.devices[0], at: 300, next: (next, next + 1)) }
        }
        let first = try store.read { try $0.identity() }.epoch
        #expect(try !hear(first))
        try store.write { try $0.renewEpoch(78, incarnation: 5) }
        #expect(try !hear(first), "it was this log's")
        #expect(try store.read { try $0.alarms() }.isEmpty)
        #expect(try hear(5))
        #expect(try store.read { try $0.identity() }.epoch == 88)
        #expect(try store.read { try $0.alarms() }.map(\.kind) == [.rolledBack])
        #expect(try store.read { try $0.audit() }.last?.act == "epoch.renew")
        #expect(try store.read { try $0.formerEpochs() } == FormerEpochs(epochs: [first, 78, 5], expectsOthers: false))
        for known in [5, 78, 88, first] { #expect(try !hear(known, next: 100)) }
        #expect(try hear(6, next: 90))
        try store.write { try $0.take(formerEpochs: FormerEpochs(epochs: [9], expectsOthers: true)) }
        for epoch in [7, 8, 9] as [UInt64] { #expect(try !hear(epoch, next: 100)) }
        #expect(try store.read { try $0.identity() }.epoch == 90)
    }

    @Test func `does not hold the places of the log before it, though it has grown to their length again`() throws {
        let (before, store) = (try Self.store(), try Self.store())
        try Self.push(Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0]), to: before, at: 100)
        try Self.push(Self.block([Self.change(Self.devices[1], 2, 1)], Self.devices[1]), to: store, at: 100)
        let lost = try #require(try before.read { try $0.scope(Self.scope) }).place
        #expect(try lost.position == store.read { try $0.scope(Self.scope) }?.place.position)
        #expect(try before.read { try $0.contains(lost, in: Self.scope) } && !store.read { try $0.contains(lost, in: Self.scope) })
        let standing = Standing(scope: Self.scope, epoch: 77, places: [lost], incarnation: 1, proven: lost)
        #expect(try !store.read { try $0.isOrdinary([standing], of: Self.devices[0]) })
        #expect(try store.write { try $0.hear([standing], of: Self.devices[0], at: 300, next: (88, 89)) } == .renewed)
    }

    @Test func `renews nothing on a device's mere word, and names the device in an alarm, once for each scope`() throws {
        let store = try Self.store()
        try Self.push(Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0]), to: store, at: 100)
        let place = try #require(try store.read { try $0.scope(Self.scope) }).place
        let further = LogPlace(position: 9, hash: Hash256(bytes: [UInt8](repeating: 3, count: 32)) ?? .zero)
        // Without proof, and with the proof of a place that the log holds.
        for proven in [nil, place] {
            let standing = Standing(scope: Self.scope, epoch: 77, places: [further], incarnation: 1, proven: proven)
            #expect(try !store.read { try $0.isOrdinary([standing], of: Self.devices[0]) })
            #expect(try store.write { try $0.hear([standing], of: Self.devices[0], at: 300, next: (88, 89)) } == .unproven([Self.scope]))
        }
        #expect(try store.read { try $0.identity() }.epoch == 77)
        let alarms = try store.read { try $0.alarms() }
        #expect(alarms.map(\.kind) == [.unprovenClaim] && alarms[0].device == Self.devices[0] && alarms[0].count == 2)
        #expect(try store.read { try $0.audit() }.count { $0.act == "device.unprovenClaim" } == 1)
    }

    @Test func `raises one alarm and notes one act for all scopes that it does not know`() throws {
        let store = try Self.store()
        let further = LogPlace(position: 9, hash: Hash256(bytes: [UInt8](repeating: 3, count: 32)) ?? .zero)
        let invented = (0..<200).map { Identifier(high: 0xdead, low: $0) }
        let standings = invented.map { Standing(scope: $0, epoch: 77, places: [further], incarnation: 1) }
        for _ in 0..<2 { #expect(try store.write { try $0.hear(standings, of: Self.devices[0], at: 300, next: (88, 89)) } == .unproven(invented)) }
        let alarms = try store.read { try $0.alarms() }
        #expect(alarms.map(\.kind) == [.unprovenClaim] && alarms[0].device == Self.devices[0] && alarms[0].count == 400)
        #expect(try store.read { try $0.audit() }.count { $0.act == "device.unprovenClaim" } == 1)
    }

    @Test func `tells of a scope that it does not know and once signed for, and of a device that its authority certified: once each, and of none that it knows`() throws {
        let store = try Self.store()
        let (lost, other, gone) = (Identifier(high: 10, low: 7), Identifier(high: 10, low: 8), Identifier(high: 40, low: 9))
        for device in Self.devices { try store.write { try $0.hear(ofScopes: [Self.scope, lost, lost], of: device, at: 300) } }
        try store.write { try $0.hear(ofScopes: [other], of: Self.devices[1], at: 301) }
        for _ in 0..<2 { try store.write { try $0.hear(ofDevice: gone, of: Self.member.id, at: 302) } }
        try store.write { try $0.hear(ofDevice: Self.devices[0], of: Self.member.id, at: 303) }
        let alarms = try store.read { try $0.alarms() }
        #expect(alarms.map(\.kind) == [.unknownScope, .unknownScope, .unknownDevice] && alarms.map(\.scope) == [lost, other, .zero])
        #expect(alarms.map(\.device) == [Self.devices[0], Self.devices[1], gone] && alarms.allSatisfy { $0.count == 1 })
        let acts = try store.read { try $0.audit() }
        #expect(acts.filter { $0.act == "engagement.unknown" }.map(\.detail) == ["\(lost) \(Self.devices[0])", "\(other) \(Self.devices[1])"])
        #expect(acts.filter { $0.act == "device.unknown" }.map(\.detail) == ["\(gone) \(Self.member.id)"])
        #expect(try store.read { try $0.hasHeard(ofUnknownDevice: gone) } && !store.read { try $0.hasHeard(ofUnknownDevice: Self.devices[0]) })
    }

    @Test func `keeps a few of the keys that a device shows which it does not know, each once, and none of one that it knows`() throws {
        let store = try Self.store()
        let (gone, known, member) = (Identifier(high: 40, low: 9), Self.devices[0], Self.member.id)
        let most = TenantTransaction.mostKeysOfAnUnknownDevice
        let keys = (0..<UInt8(most + 2)).map { number in
            UnknownDeviceKey(signingKey: [UInt8](repeating: number, count: 32), member: member, certificate: .zero, certificateEnd: Int64(number))
        }
        for device in [gone, known] {
            for key in keys + keys { try store.write { try $0.hear(ofDevice: device, showing: key, at: 300) } }
        }
        #expect(try store.read { try $0.unknownDeviceKeys(of: gone) } == Array(keys.prefix(most)))
        #expect(try store.read { try $0.unknownDeviceKeys(of: known) } == [])
        #expect(try store.read { try $0.audit() }.count { $0.act == "device.unknown" } == 1)
        // Its next certificate is kept in the place of the one before.
        let renewed = UnknownDeviceKey(signingKey: keys[1].signingKey, member: member, certificate: .zero, certificateEnd: 900)
        try store.write { try $0.hear(ofDevice: gone, showing: renewed, at: 301) }
        #expect(try store.read { try $0.unknownDeviceKeys(of: gone) }.map(\.certificateEnd) == [0, 900, 2, 3])
        try store.write { try $0.forgetUnknownDeviceKeys(of: gone) }
        #expect(try store.read { try $0.unknownDeviceKeys(of: gone) } == [])
    }

    @Test func `renews its epoch for an attachment that it signed for and does not hold, or holds since a later time, and for no other`() throws {
        let attachments = try (1...4).map { try #require(Attachment(hash: Hash256(bytes: [UInt8](repeating: $0, count: 32)) ?? .zero, size: 5)) }
        func hear(_ number: Int, received: Int64, epoch: UInt64 = 77) throws -> TenantTransaction.Hearing {
            let store = try Self.store()
            // Times rise within a scope, whatever the clock does: the newest receipt speaks for all.
            for (attachment, time) in zip(attachments.prefix(3), [100, 100, 40]) {
                try store.write { try $0.addAttachment(attachment, to: Self.scope, received: Int64(time)) }
            }
            let times = try store.read { snapshot in try attachments.map { try snapshot.attachment($0.hash, in: Self.scope)?.received } }
            #expect(times == [100, 101, 102, nil])
            // The one that came first comes again.
            try store.write { try $0.addAttachment(attachments[0], to: Self.scope, received: 50) }
            #expect(try store.write { try $0.beginBackup(at: 60) }.time == 104, "a mark is later than whatever was received")
            let receipt = AttachmentReceipt(epoch: epoch, scope: Self.scope, attachment: attachments[number], received: received, signature: [])
            let standing = Standing(scope: Self.scope, epoch: epoch, places: [], incarnation: 1, provenAttachment: receipt)
            let isOrdinary = try store.read { try $0.isOrdinary([standing], of: Self.devices[0]) }
            let hearing = try store.write { try $0.hear([standing], of: Self.devices[0], at: 300, next: (88, 89)) }
            #expect(isOrdinary == (hearing == .held))
            #expect(try store.read { try $0.alarms() }.map(\.kind) == (hearing == .held ? [] : [.rolledBack]))
            return hearing
        }
        #expect(try hear(1, received: 101) == .held && hear(2, received: 102) == .held && hear(0, received: 103) == .held)
        #expect(try hear(3, received: 103) == .renewed)
        #expect(try hear(0, received: 100) == .renewed, "it went, came again, and others may have gone with it")
        #expect(try hear(3, received: 103, epoch: 5) == .held)
    }

    @Test func `renews no epoch for an attachment that was erased, and came again since`() throws {
        let attachment = try #require(Attachment(hash: Hash256(bytes: [UInt8](repeating: 1, count: 32)) ?? .zero, size: 5))
        let store = try Self.store()
        func add(at time: Int64) throws -> Int64? {
            try store.write { try $0.addAttachment(attachment, to: Self.scope, received: time) }
            return try store.read { try $0.attachment(attachment.hash, in: Self.scope)?.received }
        }
        var receipts: [Int64] = []
        for time in stride(from: Int64(100), to: 500, by: 100) {
            receipts.append(try #require(try add(at: time)))
            for received in receipts + [99] {
                let receipt = AttachmentReceipt(epoch: 77, scope: Self.scope, attachment: attachment, received: received, signature: [])
                let standing = Standing(scope: Self.scope, epoch: 77, places: [], incarnation: 1, provenAttachment: receipt)
                #expect(try store.read { try $0.isOrdinary([standing], of: Self.devices[0]) } == (received != 99), "\(receipts), shown \(received)")
            }
            try store.write { try $0.eraseAttachment(attachment.hash, in: Self.scope) }
        }
        #expect(receipts == [100, 200, 300, 400])
    }

    @Test func `raises an alarm when an older incarnation of a device speaks beside a younger one, once for each`() throws {
        let store = try Self.store()
        try Self.push(Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0], incarnation: 5), to: store, at: 100)
        func hear(_ incarnation: UInt64) throws {
            let standing = Standing(scope: Self.scope, epoch: 77, places: [], incarnation: incarnation)
            _ = try store.write { try $0.hear([standing], of: Self.devices[0], at: 300, next: (88, 89)) }
        }
        try hear(5)
        try hear(6)
        try Self.push(Self.block([Self.change(Self.devices[0], 2, 1)], Self.devices[0], incarnation: 6), to: store, at: 101)
        try hear(6)
        #expect(try store.read { try $0.alarms() }.isEmpty, "a store that was restored goes on in a new incarnation alone")
        try hear(5)
        try hear(5)
        let alarms = try store.read { try $0.alarms() }
        #expect(alarms.map(\.kind) == [.twoCopies] && alarms[0].device == Self.devices[0] && alarms[0].count == 2)
        #expect(try store.read { try $0.hasTwoCopies(Self.devices[0]) } && !store.read { try $0.hasTwoCopies(Self.devices[1]) })
        #expect(try store.read { try $0.audit() }.count { $0.act == "device.twoCopies" } == 1)
    }

    @Test func `releases copies when a backup holds what there was and what was handed in since, or when an administrator says so`() throws {
        let store = try Self.store()
        try Self.push(Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0]), to: store, at: 100)
        func isReleased() throws -> Bool { try store.read { try $0.isCopyReleased(Self.member.id, of: Self.scope) } }
        #expect(try !isReleased())
        try store.write { transaction in
            try transaction.noteDeparture(of: Self.member.id, from: Self.scope, releasingCopies: false, at: 150)
            try transaction.unstaff(Self.member.id, from: Self.scope)
        }
        #expect(try !isReleased())
        try store.write { try $0.noteBackup(of: Self.scope, through: 1, from: try $0.beginBackup(at: 200)) }
        #expect(try isReleased())
        #expect(try store.read { try $0.backedUp(Self.scope) }.position == 1)
        // What came into quarantine since is in no backup yet.
        let late = Self.block([Self.change(Self.devices[1], 3, 1)], Self.devices[1])
        _ = try store.write { try $0.push([Push(device: Self.devices[1], block: late, sensitive: [], received: 201)], judge: Self.strict) }
        #expect(try !isReleased())
        try store.write { try $0.noteDeparture(of: Self.member.id, from: Self.scope, releasingCopies: true, at: 220) }
        #expect(try isReleased())
    }

    @Test func `holds for unsaved what left quarantine for the log after the backup`() throws {
        let store = try Self.store()
        try Self.push(Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0]), to: store, at: 100)
        try store.write { transaction in
            try transaction.noteDeparture(of: Self.member.id, from: Self.scope, releasingCopies: false, at: 150)
            try transaction.unstaff(Self.member.id, from: Self.scope)
            try transaction.noteBackup(of: Self.scope, through: 1, from: try transaction.beginBackup(at: 200))
        }
        let late = Self.block([Self.change(Self.devices[1], 3, 1)], Self.devices[1])
        _ = try store.write { try $0.push([Push(device: Self.devices[1], block: late, sensitive: [], received: 201)], judge: Self.strict) }
        _ = try store.write { try $0.release([late.changes[0].id], received: 202) }
        #expect(try store.read { try $0.quarantine() }.isEmpty)
        #expect(try !store.read { try $0.isCopyReleased(Self.member.id, of: Self.scope) })
        try store.write { try $0.noteBackup(of: Self.scope, through: 2, from: try $0.beginBackup(at: 300)) }
        #expect(try store.read { try $0.isCopyReleased(Self.member.id, of: Self.scope) })
    }

    @Test func `holds for unsaved an attachment that was handed in after the backup`() throws {
        let store = try Self.store()
        try Self.push(Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0]), to: store, at: 100)
        let attachment = try #require(Attachment(hash: Hash256(words: (1, 1, 1, 1)), size: 9))
        try store.write { transaction in
            try transaction.noteBackup(of: Self.scope, through: 1, from: try transaction.beginBackup(at: 200))
            try transaction.addAttachment(attachment, to: Self.scope, received: 210)
            try transaction.noteDeparture(of: Self.member.id, from: Self.scope, releasingCopies: false, at: 220)
            try transaction.unstaff(Self.member.id, from: Self.scope)
        }
        #expect(try !store.read { try $0.isCopyReleased(Self.member.id, of: Self.scope) })
        try store.write { try $0.noteBackup(of: Self.scope, through: 1, from: try $0.beginBackup(at: 300)) }
        #expect(try store.read { try $0.isCopyReleased(Self.member.id, of: Self.scope) })
    }

    @Test func `holds for unsaved what comes in when the clock has stepped back behind the backup`() throws {
        let store = try Self.store()
        try Self.push(Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0]), to: store, at: 100)
        try store.write { transaction in
            try transaction.noteDeparture(of: Self.member.id, from: Self.scope, releasingCopies: false, at: 150)
            try transaction.unstaff(Self.member.id, from: Self.scope)
            try transaction.noteBackup(of: Self.scope, through: 1, from: try transaction.beginBackup(at: 200))
        }
        let late = Self.block([Self.change(Self.devices[1], 3, 1)], Self.devices[1])
        _ = try store.write { try $0.push([Push(device: Self.devices[1], block: late, sensitive: [], received: 50)], judge: Self.strict) }
        #expect(try !store.read { try $0.isCopyReleased(Self.member.id, of: Self.scope) })
        let attachment = try #require(Attachment(hash: Hash256(words: (1, 1, 1, 1)), size: 9))
        try store.write { try $0.addAttachment(attachment, to: Self.scope, received: 60) }
        #expect(try store.read { try $0.attachment(attachment.hash, in: Self.scope) }?.received == 200, "a receipt that is not older than the backup")
    }

    @Test func `holds for unsaved what comes in while a backup is copied and the clock steps back`() throws {
        let store = try Self.store()
        try Self.push(Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0]), to: store, at: 100)
        try store.write { transaction in
            try transaction.noteDeparture(of: Self.member.id, from: Self.scope, releasingCopies: false, at: 150)
            try transaction.unstaff(Self.member.id, from: Self.scope)
        }
        let began = try store.write { try $0.beginBackup(at: 200) }
        // The copy is made here. What follows is not in it.
        let late = Self.block([Self.change(Self.devices[1], 3, 1)], Self.devices[1])
        _ = try store.write { try $0.push([Push(device: Self.devices[1], block: late, sensitive: [], received: 50)], judge: Self.strict) }
        let attachment = try #require(Attachment(hash: Hash256(words: (1, 1, 1, 1)), size: 9))
        try store.write { try $0.addAttachment(attachment, to: Self.scope, received: 60) }
        try store.write { try $0.noteBackup(of: Self.scope, through: 1, from: began) }
        #expect(try !store.read { try $0.isCopyReleased(Self.member.id, of: Self.scope) })
        let (stored, backup) = try store.read { (try $0.attachment(attachment.hash, in: Self.scope), try $0.backedUp(Self.scope)) }
        #expect(stored?.received == 200 && backup.attachmentsTime == 200, "not older than the backup")
        // The next one is later, and holds them.
        let next = try store.write { try $0.beginBackup(at: 70) }
        #expect(next.time == 201, "later, so that what came in since may count")
        try store.write { try $0.noteBackup(of: Self.scope, through: 1, lost: 200, from: try $0.beginBackup(at: 300)) }
        let last = try store.read { try $0.backedUp(Self.scope) }
        #expect(last.time == 300 && last.attachmentsTime == 200, "an attachment was not in it")
        #expect(try !store.read { try $0.isCopyReleased(Self.member.id, of: Self.scope) })
        try store.write { try $0.noteBackup(of: Self.scope, through: 1, from: try $0.beginBackup(at: 400)) }
        #expect(try store.read { try $0.isCopyReleased(Self.member.id, of: Self.scope) })
    }

    @Test func `keeps the work of a device that is too old to write, and judges it anew when an updated program hands it in`() throws {
        let store = try Self.store()
        try store.write { try $0.setLeastSchemas(write: 2, read: 1, at: 4) }
        #expect(try store.read { try $0.identity() }.leastSchema == 2 && store.read { try $0.identity() }.leastReadSchema == 1)
        #expect(try store.read { try $0.audit() }.last?.act == "schema.least")
        let block = Self.block([Self.change(Self.devices[0], 1, 1)], Self.devices[0])
        func push(schema: UInt32) throws -> [PushOutcome] {
            try store.write {
                try $0.push([Push(device: Self.devices[0], block: block, sensitive: [], received: 5, schema: schema)], judge: Self.strict)
            }
        }
        #expect(try push(schema: 0) == [.quarantined(.outdatedSchema)] && push(schema: 1) == [.quarantined(.outdatedSchema)])
        #expect(try store.read { try $0.quarantine() }.map(\.refusal) == [.outdatedSchema])
        guard case .appended(let appended) = try push(schema: 2)[0] else {
            Issue.record("what an updated program hands in is taken")
            return
        }
        #expect(appended.verdicts == [.accepted])
        #expect(try store.read { try $0.quarantine() }.isEmpty)
        #expect(try Self.holds(store))
    }

    @Test func `a newer program's schema is adopted once, and never taken back`() throws {
        let store = try Self.store()
        let before = try store.read { try $0.identity() }.schema
        #expect(try store.write { try $0.adoptSchema(before + 1, at: 9) })
        #expect(try !store.write { try $0.adoptSchema(before + 1, at: 10) } && !store.write { try $0.adoptSchema(before, at: 11) })
        #expect(try store.read { try $0.identity() }.schema == before + 1)
        #expect(try store.read { try $0.audit() }.count { $0.act == "schema.adopt" } == 1)
    }
}
