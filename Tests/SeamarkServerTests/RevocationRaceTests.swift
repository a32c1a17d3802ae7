import Dispatch
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTestSupport
import Synchronization
import Testing

@testable import SeamarkServer

/// A revocation in the middle of a push: between every two steps that a block takes from its frame to its answer, with the steps taken one by one; and between
/// threads, wherever they meet. Headquarters revokes through a store of its own, as the command does beside a server.
@Suite struct RevocationRaceTests {
    /// A device with the blocks that it has to hand in, one change in each.
    private struct Pusher: Sendable {
        let id: Identifier
        let key: SigningKey
        let blocks: [Block]

        init(member: Identifier, scope: Identifier, number: Int, blocks count: Int) throws {
            let (id, key) = (try Identifier.drawn(at: Int64(number)), try SigningKey.generate())
            var end = StreamEnd.beginning
            blocks = try (0..<count).map { index in
                var editing = RecordEditing(record: try .drawn(at: Int64(number)), type: Catalogue.site, state: nil, salt: { .zero })
                editing.create(at: 1, handle: "S-\(number)-\(index)")
                editing.set("name", .text("Plant"))
                let change = Change(
                    scope: scope, stamp: Stamp(time: Int64(index), device: id), member: member, schema: 1, edits: editing.edits, primitives: SystemPrimitives())
                let block = Block.seal([change], in: StreamName(device: id, incarnation: 1, scope: scope), after: end, by: key, SystemPrimitives())
                end = block.end
                return block
            }
            (self.id, self.key) = (id, key)
        }

        func push(_ index: Int) -> Message.Push { Message.Push(scope: blocks[index].stream.scope, block: blocks[index].bytes, sensitive: []) }
    }

    private final class Box<Value: Sendable>: Sendable {
        private let held: Mutex<Value>
        init(_ value: Value) { held = Mutex(value) }
        var value: Value { held.withLock(\.self) }
        func alter(_ body: (inout Value) -> Void) { held.withLock { body(&$0) } }
    }

    /// A tenant with devices of one member.
    private struct Place: Sendable {
        let office: TenantOffice
        let folder: TenantFolder
        let member: Identifier
        let scope: Identifier
        let pushers: [Pusher]

        init(_ yard: Yard, devices: Int, blocks: Int) throws {
            office = try yard.addTenant("halden")
            folder = yard.directory.tenant(office.name)
            let (member, scope) = (try #require(try office.members().first { $0.handle == "anna" }).id, try #require(try office.engagements().first).id)
            let pushers = try (0..<devices).map { try Pusher(member: member, scope: scope, number: $0, blocks: blocks) }
            try office.store.write { transaction in
                for pusher in pushers {
                    _ = try transaction.addDevice(
                        .init(id: pusher.id, name: "laptop", certificate: Digest.sha256(pusher.id.bytes), signingKey: pusher.key.publicKey), of: member, at: 1)
                }
            }
            (self.member, self.scope, self.pushers) = (member, scope, pushers)
        }

        /// Where in the log each block is: once.
        func log() throws -> [Hash256: UInt64] {
            let places = try office.store.read { try $0.entries(of: scope, after: 0) }.compactMap { stored -> (Hash256, UInt64)? in
                if case .block(let hash) = stored.entry.content { (hash, stored.place.position) } else { nil }
            }
            return Dictionary(places) { first, _ in
                Issue.record("a block is in the log twice")
                return first
            }
        }

        func held() throws -> Set<Identifier> { Set(try office.quarantine().map(\.change.id)) }

        /// Nothing is altered that was decided, and each device is revoked.
        func expectWhole() throws {
            #expect(try office.devices().count { $0.device.revoked != nil } == pushers.count)
            #expect(try office.verify().holds && office.verifyAudit().holds)
        }
    }

    // MARK: Step by step

    /// Runs the writer's work when it is told to, and not before.
    private final class Hand: Sendable {
        private let due = Mutex<[@Sendable () -> Void]>([])

        var schedule: TenantWriter.Schedule { { [self] work in due.withLock { $0.append(work) } } }

        func work() {
            while let next = due.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { next() }
        }
    }

    /// What a block goes through at the server, in this order. The writer commits together all that waits for it.
    private enum Step: Int, CaseIterable { case heard, opened, handedIn, committed, answered, said }

    private struct Move: Equatable {
        let block: Int
        let step: Step
    }

    private static let blocks = 3

    /// Orders of all steps of all blocks: one block after the other, two and all of them side by side, and others as the dice have it. The frames come in order,
    /// and are handed in and answered in it.
    private static let orders: [[Move]] = {
        func together(_ window: Int) -> [Move] {
            stride(from: 0, to: blocks, by: window).flatMap { first in
                Step.allCases.flatMap { step in (first..<min(blocks, first + window)).map { Move(block: $0, step: step) } }
            }
        }
        var dice = SplitMix64(seed: 22)
        func thrown() -> [Move] {
            var (moves, next) = ([Move](), [Int](repeating: 0, count: blocks))
            while moves.count < blocks * Step.allCases.count {
                let block = Int(dice.next() % UInt64(blocks))
                guard let step = Step(rawValue: next[block]), step == .opened || block == 0 || next[block - 1] > next[block] else { continue }
                moves.append(Move(block: block, step: step))
                next[block] += 1
            }
            return moves
        }
        return [1, 2, blocks].map(together) + [thrown(), thrown()]
    }()

    /// One connection of a device, as far as its pushes go.
    private final class Conversation {
        private let desk: TenantDesk
        private let pusher: Pusher
        private let hand: Hand
        private let device: DeviceSession
        private var session: ServerSession
        let welcome: Message.Welcome
        private var heard: [Int: Message.Push] = [:]
        private var opened: [Int: DeviceSession.Opened] = [:]
        private let pushed = Box<[Int: DeviceSession.Pushed]>([:])
        private(set) var answers: [Int: ServerSession.PushAnswer] = [:]
        /// What was sent of these.
        private(set) var told: Set<Int> = []

        init(_ place: Place, _ desk: TenantDesk, _ pusher: Pusher, _ hand: Hand) throws {
            (self.desk, self.pusher, self.hand) = (desk, pusher, hand)
            let device = DeviceSession(DeviceName(tenant: try place.office.store.read { try $0.identity().id }, member: place.member, device: pusher.id), of: desk)
            var session = ServerSession()
            let began = session.began()
            let welcome = try device.welcome()
            let welcomed = session.welcomed(welcome)
            (self.device, self.session, self.welcome) = (device, session, welcome)
            #expect(began == [.prepareWelcome] && welcomed == [.send(.welcome(welcome))])
        }

        func take(_ move: Move) throws {
            let number = move.block
            switch move.step {
            case .heard:
                // Who was dismissed is not listened to any more.
                if case .push(let push)? = session.received(.push(pusher.push(number))).first { heard[number] = push }
            case .opened: opened[number] = heard[number].map { device.open($0) }
            case .handedIn:
                guard let opened = opened[number] else { return }
                let pushed = pushed
                device.push(.success(opened)) { result in
                    if case .success(let value) = result { pushed.alter { $0[number] = value } }
                }
            case .committed: hand.work()
            case .answered: answers[number] = pushed.value[number].map { device.answer(to: $0) }
            case .said:
                guard let answer = answers[number] else { return }
                switch (answer, session.pushed(answer).first) {
                case (.receipt(let receipt), .send(.receipt(let said))): #expect(receipt == said)
                case (.refused(let refusal), .send(.pushRefused(let said))): #expect(refusal == said)
                case (_, let action):
                    #expect(action == nil && session.isClosed)
                    return
                }
                told.insert(number)
            }
        }

        /// As the server does within a second of a revocation, and also where nothing was revoked.
        func lookAtDismissals() throws {
            for (_, dismissal) in try desk.dismissals(of: [pusher.id]) where dismissal != .none {
                let actions = session.dismissed(dismissal)
                guard welcome.revoked else {
                    guard case .close(let problem?)? = actions.first, problem.code == .deviceRevoked else { throw RawSocket.Ended.refused }
                    continue
                }
                #expect(actions.isEmpty, "it was told so, and may hand in what it holds")
            }
        }

        func mayRead(_ scope: Identifier) throws -> Bool {
            if case .refused = try device.pull(Message.Pull(scope: scope, cursor: .beginning, credit: 1 << 20, ownIncarnation: 0)) { false } else { true }
        }
    }

    @Test func `wherever a revocation falls between two steps of a push, what was committed before is in the log, nothing is applied afterwards, and the rest is kept`() throws {
        let yard = try Yard()
        let last = Self.orders[0].count
        // In each order: revoked after so many steps, and ended at once, three steps later, or not before the end.
        var runs: [(order: [Move], revoked: Int, ended: Int)] = []
        for order in Self.orders {
            for revoked in 0...last {
                for ended in Set([revoked, min(last, revoked + 3), last]).sorted() { runs.append((order, revoked, ended)) }
            }
        }
        let place = try Place(yard, devices: runs.count, blocks: Self.blocks)
        let keys = try TenantKeys(opening: place.folder, under: yard.keyFolder)
        let store = try TenantStore.open(at: place.folder.database, tools: .standard(keys, yard.clock.wall))
        let hand = Hand()
        let desk = TenantDesk(
            store: store, clock: yard.clock.wall, primitives: SystemPrimitives(), signer: keys.signingKey, endorse: { message, issued in keys.authority(at: issued).key.sign(message) },
            schedule: hand.schedule, noteContact: { _, _ in })

        var expected: (log: Set<Hash256>, held: Set<Identifier>) = ([], [])
        var midway = 0
        for (run, pusher) in zip(runs, place.pushers) {
            let conversation = try Conversation(place, desk, pusher, hand)
            var waiting: Set<Int> = []
            var before: Set<Int> = []
            for moment in 0...last {
                if moment == run.revoked { _ = try place.office.revoke(pusher.id.description) }
                if moment == run.ended { try conversation.lookAtDismissals() }
                guard moment < last else { break }
                let move = run.order[moment]
                try conversation.take(move)
                if move.step == .handedIn { waiting.insert(move.block) }
                guard move.step == .committed else { continue }
                if moment < run.revoked { before.formUnion(waiting) }
                waiting = []
            }
            if !before.isEmpty, before.count < Self.blocks { midway += 1 }
            for (number, answer) in conversation.answers {
                switch answer {
                case .receipt(let receipt): #expect(before.contains(number) && receipt.verdicts == [.accepted], "committed after the revocation")
                case .refused(let refusal): #expect(!before.contains(number) && refusal.code == .deviceRevoked)
                }
            }
            // Nobody told it of what was taken after its connection was ended; with the next it asks again, and what is missing is kept.
            let next = try Conversation(place, desk, pusher, hand)
            #expect(try next.welcome.revoked && !next.mayRead(place.scope))
            try next.lookAtDismissals()
            for move in Self.orders[0] { try next.take(move) }
            #expect(next.told == Set(0..<Self.blocks))
            for (number, answer) in next.answers {
                switch answer {
                case .receipt: #expect(before.contains(number))
                case .refused(let refusal): #expect(!before.contains(number) && refusal.code == .deviceRevoked)
                }
            }
            for (number, block) in pusher.blocks.enumerated() {
                if before.contains(number) { expected.log.insert(block.hash) } else { expected.held.formUnion(block.changes.map(\.id)) }
            }
        }
        try store.close()
        #expect(try Set(place.log().keys).intersection(place.pushers.flatMap { $0.blocks.map(\.hash) }) == expected.log)
        #expect(try place.held() == expected.held)
        #expect(midway > runs.count / 5, "in \(midway) of \(runs.count) it fell between two commits of the device")
        try place.expectWhole()
    }

    // MARK: Threads

    /// The device hands in its blocks, some as fast as it can and some when the one before was answered; headquarters revokes it before the first, after the
    /// last, or anywhere between. Returns what became of the blocks, and how many were handed in when revoking had returned.
    private static func race(_ pusher: Pusher, _ session: DeviceSession, _ office: TenantOffice, _ dice: inout SplitMix64) throws -> (answers: [ServerSession.PushAnswer], before: Int) {
        let (group, isDue, handedIn, before) = (DispatchGroup(), DispatchSemaphore(value: 0), Box(0), Box(0))
        let (answers, failure) = (Box<[ServerSession.PushAnswer]>([]), Box<(any Error)?>(nil))
        group.enter()
        DispatchQueue.global().async {
            isDue.wait()
            do { _ = try office.revoke(pusher.id.description) } catch { failure.alter { $0 = error } }
            let count = handedIn.value
            before.alter { $0 = count }
            group.leave()
        }
        let moment = Int(dice.next() % UInt64(pusher.blocks.count + 1))
        for index in pusher.blocks.indices {
            if index == moment { isDue.signal() }
            let isAnswered = DispatchSemaphore(value: 0)
            group.enter()
            handedIn.alter { $0 = index + 1 }
            session.push(.success(session.open(pusher.push(index)))) { result in
                if case .success(let pushed) = result {
                    let answer = session.answer(to: pushed)
                    answers.alter { $0.append(answer) }
                }
                isAnswered.signal()
                group.leave()
            }
            if dice.chance(50) { isAnswered.wait() }
        }
        if moment == pusher.blocks.count { isDue.signal() }
        group.wait()
        if let error = failure.value { throw error }
        return (answers.value, before.value)
    }

    @Test func `however the threads of a push and of a revocation meet, what was acknowledged is in the log, nothing is applied afterwards, and the rest is kept`() async throws {
        let yard = try Yard()
        let place = try Place(yard, devices: 48, blocks: 4)
        try await blocking {
            let tenant = try OpenTenant(opening: place.folder, under: yard.keyFolder, clock: yard.clock.wall)
            var dice = SplitMix64(seed: 4)
            var ends: [(answers: [ServerSession.PushAnswer], before: Int)] = []
            for pusher in place.pushers {
                let session = DeviceSession(DeviceName(tenant: tenant.keys.tenant, member: place.member, device: pusher.id), of: tenant.desk)
                ends.append(try Self.race(pusher, session, place.office, &dice))
            }
            try tenant.store.close()
            let (log, held) = (try place.log(), try place.held())
            for (pusher, end) in zip(place.pushers, ends) {
                try #require(end.answers.count == pusher.blocks.count)
                var isRevoked = false
                for (index, (answer, block)) in zip(end.answers, pusher.blocks).enumerated() {
                    let isHeld = block.changes.allSatisfy { held.contains($0.id) }
                    switch answer {
                    case .receipt(let receipt):
                        #expect(!isRevoked && receipt.block == block.hash && receipt.verdicts == [.accepted], "applied after it was refused")
                        #expect(index < end.before, "handed in after revoking had returned, and applied")
                        #expect(log[block.hash] == receipt.place.position && !isHeld, "acknowledged, and not in the log")
                    case .refused(let refusal):
                        #expect(refusal.code == .deviceRevoked && refusal.block == block.hash)
                        #expect(log[block.hash] == nil && isHeld, "refused, and applied or lost")
                        isRevoked = true
                    }
                }
            }
            try place.expectWhole()
        }
    }
}
