import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTestSupport
import Testing

@testable import SeamarkClient

/// What no server of ours says, said to a whole device: it tells the number of `SPEC.md`, counts it, keeps its cursor and what waits, and the
/// next honest sync does all that was left.
@Suite struct HostileEntriesTests {
    /// Two laptops; the first has handed in three blocks that the second has not read, and the second has two changes that wait.
    private struct Scene {
        let ends: BothEnds
        let waiting: [Identifier]

        init() throws {
            ends = try BothEnds(laptops: 2)
            for laptop in 0..<2 { try ends.sync(laptop) }
            for number in 0..<3 {
                try ends.name("s\(number)", by: 0)
                try ends.sync(0)
            }
            let ends = ends
            waiting = try (0..<2).map { try ends.name("w\($0)", by: 1) }
        }

        var device: Device { ends.laptops[1].device }
    }

    typealias Tamper = (Message) -> [Message]

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let code: UInt32
        /// The number is one that the server names, not one that the device found.
        var isNamed = false
        /// What is right in it was taken, so that there is nothing left to lie about.
        var isSpent = false
        /// The honest entries beside it were read.
        var reads = false
        /// What happens at the server first.
        var before: @Sendable (BothEnds) throws -> Void = { _ in }
        let tamper: @Sendable () -> Tamper
        var testDescription: String { name }
    }

    // MARK: - Entries

    private static func entries(_ change: @escaping @Sendable (Message.Entries) -> Message.Entries) -> @Sendable () -> Tamper {
        { { message in
            guard case .entries(let entries) = message, entries.scope == BothEnds.scope, entries.entries.count > 2 else { return [message] }
            return [.entries(change(entries))]
        } }
    }

    private static func altered(
        _ it: Message.Entries, scope: Identifier? = nil, after: UInt64? = nil, entries: [Message.Entry]? = nil, place: LogPlace? = nil, digest: ScopeDigest? = nil,
        signature: [UInt8]? = nil
    ) -> Message.Entries {
        Message.Entries(
            scope: scope ?? it.scope, after: after ?? it.after, entries: entries ?? it.entries, place: place ?? it.place, digest: digest ?? it.digest,
            signature: signature ?? it.signature)
    }

    /// The second of the entries, made into another.
    private static func second(_ change: @escaping @Sendable (Message.Entry) throws -> Message.Entry) -> @Sendable () -> Tamper {
        entries { it in
            var all = it.entries
            do { all[1] = try change(all[1]) } catch { preconditionFailure("an entry is made: \(error)") }
            return altered(it, entries: all)
        }
    }

    private static func block(_ change: @escaping @Sendable (inout [UInt8]) -> Void) -> @Sendable () -> Tamper {
        second { entry in
            var bytes = entry.block ?? []
            change(&bytes)
            return Message.Entry(entry: entry.entry, block: bytes, sensitive: entry.sensitive)
        }
    }

    /// An entry of one change that is sealed in `scope` as if by `device`.
    private static func sealed(by key: SigningKey, as device: Identifier, in scope: Identifier = BothEnds.scope) -> @Sendable () -> Tamper {
        second { _ in
            var editing = RecordEditing(record: Identifier(high: 7, low: 7), type: Catalogue.seam, state: nil) { .zero }
            editing.create(at: 5, handle: "SM-forged")
            let primitives = SystemPrimitives()
            let change = Change(
                scope: scope, stamp: Stamp(time: 5, device: device), member: Identifier(high: 0x3e, low: 1), schema: Catalogue.version, edits: editing.edits,
                primitives: primitives)
            let block = Block.seal([change], in: StreamName(device: device, incarnation: 9, scope: scope), after: .beginning, by: key, primitives)
            return Message.Entry(
                entry: LogEntry(content: .block(block.hash), verdicts: [.accepted], received: 5), block: block.bytes,
                sensitive: SensitivePart.encode(block.sensitiveParts, primitives))
        }
    }

    private static func entry(_ change: @escaping @Sendable (LogEntry) -> LogEntry) -> @Sendable () -> Tamper {
        second { Message.Entry(entry: change($0.entry), block: $0.block, sensitive: $0.sensitive) }
    }

    private static let first = Identifier(high: 0xde, low: 1)

    static let pulled: [Case] = [
        Case(name: "a block with its first byte altered", code: 4605, tamper: block { $0[0] ^= 1 }),
        Case(name: "a block with a byte of its middle altered", code: 4605, tamper: block { $0[$0.count / 2] ^= 4 }),
        Case(name: "a block with its signature altered", code: 4606, tamper: block { $0[$0.count - 1] ^= 1 }),
        Case(name: "half a block", code: 4605, tamper: block { $0.removeLast($0.count / 2) }),
        Case(name: "a block and a byte more", code: 4605, tamper: block { $0.append(0) }),
        Case(name: "a block twice in one", code: 4605, tamper: block { $0 += $0 }),
        Case(name: "a block longer than any", code: 4605, tamper: block { $0 = [UInt8](repeating: 0x53, count: Block.longest + 1) }),
        Case(name: "nothing for a block", code: 4609, tamper: block { $0 = [] }),
        Case(
            name: "values that inflate beyond what they say", code: 4605,
            tamper: second { entry in
                var writer = ByteWriter()
                writer.varint(100)
                writer.raw(SystemPrimitives().deflate([UInt8](repeating: 0, count: 900_000)))
                return Message.Entry(entry: entry.entry, block: entry.block, sensitive: writer.bytes)
            }),
        Case(
            name: "values beside a block that has none", code: 4605,
            tamper: second { Message.Entry(entry: $0.entry, block: $0.block, sensitive: SensitivePart.encode([.leaf(.zero)], SystemPrimitives())) }),
        Case(name: "a block that somebody else signed", code: 4606, tamper: sealed(by: SigningKey(seed: BothEnds.seed(1)), as: first)),
        Case(name: "a block of a device that nobody enrolled", code: 4607, tamper: sealed(by: SigningKey(seed: BothEnds.seed(70)), as: Identifier(high: 0xde, low: 71))),
        Case(name: "a block of another scope", code: 4608, tamper: sealed(by: SigningKey(seed: BothEnds.seed(0)), as: first, in: BothEnds.shared)),
        Case(name: "a block that its device signed and the log never held", code: 4610, tamper: sealed(by: SigningKey(seed: BothEnds.seed(0)), as: first)),
        Case(
            name: "the block of another entry", code: 4608,
            tamper: entries { it in
                var all = it.entries
                all[1] = Message.Entry(entry: all[1].entry, block: all[0].block, sensitive: all[0].sensitive)
                return altered(it, entries: all)
            }),
        Case(name: "one verdict more than changes", code: 4608, tamper: entry { LogEntry(content: $0.content, verdicts: $0.verdicts + [.accepted], received: $0.received) }),
        Case(name: "no verdicts", code: 4608, tamper: entry { LogEntry(content: $0.content, verdicts: [], received: $0.received) }),
        Case(name: "no block", code: 4609, tamper: second { Message.Entry(entry: $0.entry, block: nil, sensitive: []) }),
        Case(name: "another verdict", code: 4610, tamper: entry { LogEntry(content: $0.content, verdicts: $0.verdicts.map { _ in .duplicate }, received: $0.received) }),
        Case(name: "another time", code: 4610, tamper: entry { LogEntry(content: $0.content, verdicts: $0.verdicts, received: $0.received + 1) }),
        Case(name: "entries in another order", code: 4610, tamper: entries { altered($0, entries: [$0.entries[1], $0.entries[0]] + $0.entries.dropFirst(2)) }),
        Case(name: "an entry again in the place of the next", code: 4610, tamper: entries { altered($0, entries: [$0.entries[0], $0.entries[0]] + $0.entries.dropFirst(2)) }),
        Case(name: "an entry once more", code: 1003, tamper: entries { altered($0, entries: [$0.entries[0]] + $0.entries) }),
        Case(name: "an entry left out", code: 4603, tamper: entries { altered($0, entries: [$0.entries[0]] + $0.entries.dropFirst(2)) }),
        Case(name: "only the first entries, under a signature for all", code: 4603, tamper: entries { altered($0, entries: Array($0.entries.prefix(2))) }),
        Case(name: "a release of what nobody refused in the place of an entry", code: 4610, tamper: second { Message.Entry(entry: LogEntry(content: .release([.zero]), verdicts: [], received: $0.entry.received), block: nil, sensitive: []) }),
        Case(name: "a signature of nobody", code: 4603, tamper: entries { altered($0, signature: [UInt8](repeating: 7, count: 64)) }),
        Case(name: "another log hash", code: 4610, tamper: entries { altered($0, place: LogPlace(position: $0.place.position, hash: .zero)) }),
        Case(name: "entries of another scope", code: 1003, tamper: entries { altered($0, scope: Identifier(high: 1, low: 1)) }),
        Case(name: "entries of `shared` again", code: 1003, tamper: entries { altered($0, scope: BothEnds.shared) }),
        Case(name: "entries after another place", code: 1003, tamper: entries { altered($0, after: $0.after + 1) }),
        Case(name: "no entries where the log goes on", code: 1003, tamper: entries { altered($0, entries: [], signature: []) }),
        Case(
            name: "entries twice", code: 1003, isSpent: true, reads: true,
            tamper: { { message in if case .entries(let it) = message, it.scope == BothEnds.scope { [message, message] } else { [message] } } }),
        Case(
            name: "another digest, and states that do not add up to it", code: 4612, isSpent: true, reads: true,
            tamper: {
                { message in
                    switch message {
                    case .entries(let it) where it.scope == BothEnds.scope: [.entries(altered(it, digest: forged))]
                    case .compared(let it):
                        [
                            .compared(
                                Message.Compared(
                                    scope: it.scope, place: it.place,
                                    answers: it.answers.map { DigestBisection.Answer(count: $0.count + 1, digest: forged, records: []) }))
                        ]
                    case _: [message]
                    }
                }
            }),
    ]

    private static let forged = ScopeDigest(high: 7, low: 7)

    // MARK: - Greetings, receipts, donations

    private static func welcome(_ change: @escaping @Sendable (Message.Welcome) -> Message.Welcome) -> @Sendable () -> Tamper {
        { { message in if case .welcome(let welcome) = message { [.welcome(change(welcome))] } else { [message] } } }
    }

    private static func altered(
        _ it: Message.Welcome, version: UInt32 = Message.version, epoch: UInt64? = nil, key: Message.ServerKey? = nil, earlier: [Message.ServerKey]? = nil,
        scopes: [Message.ScopeStatus]? = nil, revoked: Bool? = nil, wipe: Message.WipeOrder? = nil
    ) -> Message.Welcome {
        Message.Welcome(
            version: version, leastVersion: version, schema: it.schema, leastSchema: it.leastSchema, leastReadSchema: it.leastReadSchema, epoch: epoch ?? it.epoch, time: it.time,
            role: it.role, serverKey: key ?? it.serverKey, scopes: scopes ?? it.scopes, revoked: revoked ?? it.revoked, earlierKeys: earlier ?? it.earlierKeys,
            compares: it.compares, wipe: wipe)
    }

    private static let stranger = SigningKey(seed: BothEnds.seed(90))

    private static func unendorsed(_ epoch: UInt64) -> Message.ServerKey {
        Message.ServerKey(epoch: epoch, device: BothEnds.author, key: stranger.publicKey, signature: [UInt8](repeating: 1, count: 64))
    }

    private static func receipt(_ change: @escaping @Sendable (Receipt) -> Receipt) -> @Sendable () -> Tamper {
        { { message in if case .receipt(let receipt) = message { [.receipt(change(receipt))] } else { [message] } } }
    }

    private static func altered(
        _ it: Receipt, epoch: UInt64? = nil, scope: Identifier? = nil, place: LogPlace? = nil, block: Hash256? = nil, verdicts: [Verdict]? = nil, signer: SigningKey? = nil
    ) -> Receipt {
        guard let signer else {
            return Receipt(
                epoch: epoch ?? it.epoch, scope: scope ?? it.scope, place: place ?? it.place, block: block ?? it.block, verdicts: verdicts ?? it.verdicts,
                received: it.received, signature: it.signature)
        }
        return Receipt(
            epoch: epoch ?? it.epoch, scope: scope ?? it.scope, place: place ?? it.place, block: block ?? it.block, verdicts: verdicts ?? it.verdicts,
            received: it.received, signer: signer)
    }

    static let said: [Case] = [
        Case(name: "a greeting of a version to come", code: 1001, tamper: welcome { altered($0, version: 99) }),
        Case(name: "a greeting under a key that the authority did not sign", code: 4601, tamper: welcome { altered($0, key: unendorsed($0.epoch)) }),
        Case(name: "a greeting of another epoch than its key's", code: 4601, tamper: welcome { altered($0, epoch: $0.epoch + 1) }),
        Case(name: "an earlier key that the authority did not sign", code: 4601, tamper: welcome { altered($0, earlier: [unendorsed(0)]) }),
        Case(
            name: "an order to wipe that somebody else signed", code: 4604,
            tamper: welcome {
                altered($0, revoked: true, wipe: Message.WipeOrder(to: Identifier(high: 0xde, low: 2), of: BothEnds.tenant, ordered: 5, serverKey: $0.serverKey, signer: stranger))
            }),
        Case(
            name: "an order to wipe another device", code: 4604,
            tamper: welcome {
                altered($0, revoked: true, wipe: Message.WipeOrder(to: first, of: BothEnds.tenant, ordered: 5, serverKey: $0.serverKey, signer: BothEnds.serverKey))
            }),
        Case(
            name: "an order to wipe a device that is not revoked", code: 4604,
            tamper: welcome {
                altered(
                    $0, revoked: false,
                    wipe: Message.WipeOrder(to: Identifier(high: 0xde, low: 2), of: BothEnds.tenant, ordered: 5, serverKey: $0.serverKey, signer: BothEnds.serverKey))
            }),
        Case(name: "a greeting twice", code: 1003, tamper: { { message in if case .welcome = message { [message, message] } else { [message] } } }),
        Case(
            name: "something before the greeting", code: 1003,
            tamper: { { message in if case .welcome = message { [.watch, message] } else { [message] } } }),
        Case(name: "a receipt that somebody else signed", code: 4603, isSpent: true, tamper: receipt { altered($0, signer: stranger) }),
        Case(name: "a receipt of another place", code: 4603, isSpent: true, tamper: receipt { altered($0, place: LogPlace(position: $0.place.position + 1, hash: $0.place.hash)) }),
        Case(name: "a receipt of another epoch", code: 4603, isSpent: true, tamper: receipt { altered($0, epoch: $0.epoch + 1, signer: BothEnds.serverKey) }),
        Case(name: "a receipt of other verdicts", code: 4603, isSpent: true, tamper: receipt { altered($0, verdicts: $0.verdicts.map { _ in .duplicate }) }),
        Case(name: "a receipt of more verdicts than changes", code: 1003, isSpent: true, tamper: receipt { altered($0, verdicts: $0.verdicts + [.accepted], signer: BothEnds.serverKey) }),
        Case(name: "a receipt of another block", code: 1003, isSpent: true, tamper: receipt { altered($0, block: .zero, signer: BothEnds.serverKey) }),
        Case(name: "a receipt of another scope", code: 1003, isSpent: true, tamper: receipt { altered($0, scope: Identifier(high: 1, low: 1), signer: BothEnds.serverKey) }),
        Case(name: "a receipt twice", code: 1003, isSpent: true, tamper: { { message in if case .receipt = message { [message, message] } else { [message] } } }),
        Case(
            name: "a refusal by a number that there is not", code: 4999, isNamed: true, isSpent: true, reads: true,
            tamper: {
                { message in
                    guard case .receipt(let it) = message else { return [message] }
                    return [
                        .pushRefused(
                            Message.PushRefusal(
                                scope: it.scope, block: it.block, code: Problem.Code(rawValue: 4999), end: Message.KnownStream(incarnation: 0, end: .beginning)))
                    ]
                }
            }),
        Case(
            name: "news that nobody asked for", code: 1003, isSpent: true, reads: true,
            tamper: { { message in if case .entries = message { [message, .news(Message.News(scopes: []))] } else { [message] } } }),
        Case(
            name: "an answer about an attachment that nobody asked for", code: 1003,
            tamper: {
                { message in
                    guard case .entries(let it) = message else { return [message] }
                    return [.attachment(.held(.init(scope: it.scope, hash: .zero, held: 0))), message]
                }
            }),
        Case(
            name: "an answer to a comparison that nobody asked for", code: 1003,
            tamper: {
                { message in
                    guard case .entries(let it) = message else { return [message] }
                    return [.settled(Message.Settled(scope: it.scope, place: it.place, digests: [], repaired: 0)), message]
                }
            }),
        Case(
            name: "what only devices say", code: 1003,
            tamper: { { message in if case .entries(let it) = message { [.pull(Message.Pull(scope: it.scope, cursor: it.place, credit: 1, ownIncarnation: 0))] } else { [message] } } }),
        Case(
            name: "a problem by a number that there is not", code: 4998, isNamed: true,
            tamper: { { message in if case .entries = message { [.problem(Problem(Problem.Code(rawValue: 4998), "nobody knows it"))] } else { [message] } } }),
    ]

    private static func donated(_ change: @escaping @Sendable (Message.Donated) -> [Message.Donated]) -> @Sendable () -> Tamper {
        { { message in
            guard case .donated(let donated) = message, donated.scope == BothEnds.scope, donated.isLast else { return [message] }
            return change(donated).map(Message.donated)
        } }
    }

    private static func altered(_ it: Message.Donated, scope: Identifier? = nil, place: SignedPlace? = nil) -> Message.Donated {
        Message.Donated(scope: scope ?? it.scope, contains: it.contains, isLast: it.isLast, place: place ?? it.place, end: it.end, isCopyReleased: it.isCopyReleased)
    }

    private static func answer(_ name: String, _ code: UInt32, isNamed: Bool = false, isSpent: Bool = false, _ tamper: @escaping @Sendable () -> Tamper) -> Case {
        Case(name: name, code: code, isNamed: isNamed, isSpent: isSpent, before: { try $0.store.renewEpoch(because: .restored, at: 3) }, tamper: tamper)
    }

    static let given: [Case] = [
        answer(
            "an answer to a donation that somebody else signed", 4603,
            donated { [altered($0, place: SignedPlace(epoch: $0.place.epoch, scope: $0.scope, place: $0.place.place, signer: stranger))] }),
        answer(
            "an answer to a donation of another place", 4603,
            donated {
                [altered($0, place: SignedPlace(epoch: $0.place.epoch, scope: $0.scope, place: LogPlace(position: 1 << 40, hash: .zero), signature: $0.place.signature))]
            }),
        answer("an answer to a donation of another scope", 1003, donated { [altered($0, scope: Identifier(high: 1, low: 1))] }),
        answer("an answer to a donation twice", 1003, isSpent: true, donated { [$0, $0] }),
        answer(
            "an answer to a donation of a further epoch, each time", 4030, isNamed: true,
            donated {
                [altered($0, place: SignedPlace(epoch: $0.place.epoch + 1, scope: $0.scope, place: $0.place.place, signer: BothEnds.serverKey))]
            }),
    ]

    @Test(arguments: pulled + said + given)
    func `what is hostile has its number, is counted, and costs nothing`(hostile: Case) throws {
        let scene = try Scene()
        let (ends, device) = (scene.ends, scene.device)
        try hostile.before(ends)
        let (cursor, unsent) = (try ends.laptops[1].replica.cursor, try device.state.unsentCount)
        #expect(unsent == 2)
        for time in 1...(hostile.isSpent ? 1 : 2) {
            do {
                try ends.sync(1, device.store, hostile: hostile.tamper())
                Issue.record("\(hostile.name): nothing was found")
                return
            } catch let failure as SyncRun.Failure {
                #expect(failure.problem?.rawValue == hostile.code, "\(failure.cause)")
            }
            #expect(Device.findings(try device.state).map(\.problem) == (hostile.isNamed ? [] : [hostile.code]))
            #expect(Device.findings(try device.state).map(\.count) == (hostile.isNamed ? [] : [Int64(time)]))
            #expect(try hostile.reads || ends.laptops[1].replica.cursor == cursor, "nothing of it was read")
            for id in scene.waiting { #expect(try ends.laptops[1].replica.record(id) != nil) }
            // What has no receipt waits; what was acknowledged before is on the server.
            let left = try device.state.unsentCount
            #expect(left == 2 || left == 0)
        }
        for laptop in [1, 0] { try ends.sync(laptop) }
        #expect(try device.state.unsentCount == 0)
        #expect(try ends.laptops[0].view == ends.laptops[1].view)
        #expect(try ends.laptops[0].view.count == 5)
        #expect(try ends.laptops[1].replica.confirmed.digest == ends.serverScope.digest)
    }

    @Test func `bytes that are no frame, and frames that are no message, have a number too`() {
        for error in [Conversation.Failure.framing(.tooLong(1 << 24)), .framing(.empty), .message(Problem(.malformed, ""))] {
            let failure = SyncRun.Failure(cause: .network(NetworkFailure(error)), acknowledged: 0)
            #expect(failure.problem == .malformed && failure.finding == .malformed)
        }
        let cut = SyncRun.Failure(cause: .network(NetworkFailure(Conversation.Failure.silence)), acknowledged: 0)
        #expect(cut.problem == nil && cut.finding == nil)
    }

    @Test func `every finding of a device has a number of its own in the specification`() {
        let zero = Identifier.zero
        let problems: [SyncProblem] = [
            .noCommonVersion, .forgedServerKey, .replacedServerKey, .forgedReceipt, .forgedOrder, .unexpected(""), .logDiffers(scope: zero, position: 1),
            .digestDiffers(scope: zero), .digestsContradict(scope: zero), .badEntry(scope: zero, position: 1, .damaged(DecodeError(.truncated, reading: "a block"))),
            .badEntry(scope: zero, position: 1, .badSignature), .badEntry(scope: zero, position: 1, .unknownAuthor), .badEntry(scope: zero, position: 1, .notTheBlock),
            .badEntry(scope: zero, position: 1, .missingBlock),
        ]
        let codes = problems.compactMap { $0.finding?.rawValue }
        #expect(Set(codes).count == problems.count)
        #expect(problems.allSatisfy { $0.code == $0.finding })
        #expect(SyncProblem.cut.code == nil && SyncProblem.server(Problem(.serverFull, "")).finding == nil && SyncProblem.server(Problem(.serverFull, "")).code == .serverFull)
    }
}
