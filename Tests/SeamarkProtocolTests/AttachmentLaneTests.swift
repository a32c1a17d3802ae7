import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// The device's lane against a server in memory, over a line that can be cut after any frame.
@Suite struct AttachmentLaneTests {
    static let primitives = SystemPrimitives()
    static let key = SigningKey(seed: SecretBytes(copying: Array(repeating: 5, count: 32)))
    static let scope = Identifier(high: 1, low: 2)

    /// Both ends and the line between them.
    struct Crossing {
        enum End: Equatable { case done(AttachmentLane.Outcome), cut, failed(SyncProblem) }

        var here: [Hash256: [UInt8]] = [:]
        var server: [Hash256: [UInt8]] = [:]
        var whole: Set<Hash256> = []
        var receipts: [Hash256: AttachmentReceipt] = [:]
        /// Chunks that reached the other side, over all connections.
        var arrivedUp = 0
        var arrivedDown = 0
        /// Frames until the line is cut.
        var budget = Int.max
        var frames = 0
        /// Bytes until the line is cut, both ways; the rest of the frame that they end in never comes.
        var bytesUntilCut = Int.max
        /// Where each frame ended, of all that passed.
        var frameEnds: [Int] = []
        /// How many bytes may pass, and how many have, each frame in TLS records of its own.
        var limit: Int?
        var passed = 0
        var tamper: (AttachmentMessage) -> AttachmentMessage = { $0 }
        var refuse: [Problem.Code] = []
        /// Bytes handed to the decoder at a time.
        var piece = Int.max
        var reception = AttachmentReception()

        /// A frame over the line, as bytes; nil when the line is cut before it arrives.
        mutating func carried(_ message: AttachmentMessage) -> AttachmentMessage? {
            guard budget > 0 else { return nil }
            budget -= 1
            frames += 1
            let frame = Message.attachment(message).frame
            passed += frame.count + 22 * ((frame.count + 16_383) / 16_384)
            var decoder = FrameDecoder()
            var read: AttachmentMessage?
            let arriving = min(frame.count, bytesUntilCut)
            bytesUntilCut -= arriving
            guard arriving == frame.count else {
                decoder.append(Array(frame.prefix(arriving)))
                precondition((try? decoder.next()) == nil, "a part of a frame is not a frame yet")
                return nil
            }
            frameEnds.append((frameEnds.last ?? 0) + frame.count)
            var rest = frame[...]
            while !rest.isEmpty {
                decoder.append(Array(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
                guard let payload = try? decoder.next(), case .attachment(let it)? = try? Message(payload: payload) else { continue }
                precondition(rest.isEmpty, "a frame is whole with its last byte")
                read = it
            }
            precondition(read == message, "every message reads as it was written")
            return read
        }

        mutating func answer(_ message: AttachmentMessage) -> AttachmentMessage {
            func receipt(_ attachment: Attachment) -> AttachmentMessage {
                .held(.init(AttachmentReceipt(epoch: 1, scope: scope, attachment: attachment, received: 7, signer: key)))
            }
            switch message {
            case .offer(let offer):
                if let code = refuse.first {
                    refuse.removeFirst()
                    return .refused(.init(scope: offer.scope, hash: offer.attachment.hash, code: code))
                }
                reception.offered(offer)
                if whole.contains(offer.attachment.hash) { return receipt(offer.attachment) }
                return .held(.init(scope: offer.scope, hash: offer.attachment.hash, held: server[offer.attachment.hash]?.count ?? 0))
            case .chunk(let chunk):
                do {
                    let offer = try reception.place(chunk)
                    let held = server[chunk.hash]?.count ?? 0
                    if whole.contains(chunk.hash) { return receipt(offer.attachment) }
                    guard chunk.offset <= held else {
                        return .refused(.init(scope: chunk.scope, hash: chunk.hash, code: .chunkOutOfOrder, held: held))
                    }
                    if chunk.offset == held {
                        server[chunk.hash, default: []] += chunk.bytes
                        arrivedUp += 1
                    }
                    let now = server[chunk.hash]?.count ?? 0
                    guard now == offer.attachment.size else { return .held(.init(scope: chunk.scope, hash: chunk.hash, held: now)) }
                    guard Digest.sha256(server[chunk.hash] ?? []) == chunk.hash else {
                        server[chunk.hash] = nil
                        return .refused(.init(scope: chunk.scope, hash: chunk.hash, code: .attachmentMismatch))
                    }
                    whole.insert(chunk.hash)
                    return receipt(offer.attachment)
                } catch { return .refused(error) }
            case .wanted(let wanted):
                guard let bytes = server[wanted.hash], whole.contains(wanted.hash) else {
                    return .refused(.init(scope: wanted.scope, hash: wanted.hash, code: .attachmentNotHere))
                }
                let chunk = Array(bytes[wanted.offset..<min(bytes.count, wanted.offset + Attachment.chunk)])
                return .chunk(.init(scope: wanted.scope, hash: wanted.hash, offset: wanted.offset, bytes: chunk))
            case .held, .refused: preconditionFailure("no device says this")
            }
        }

        /// One connection. What is sent before the line is cut arrives; its answer may not.
        mutating func cross(uploads: [AttachmentLane.Item] = [], fetches: [AttachmentLane.Item] = []) -> End {
            reception = AttachmentReception()
            var lane = AttachmentLane(
                fetches: fetches.map { ($0, here[$0.attachment.hash]?.count ?? 0) }, uploads: uploads, serverKey: key.publicKey, primitives)
            var inbox: [AttachmentMessage] = []
            while true {
                var actions = lane.advance(room: room(lane))
                while !actions.isEmpty {
                    for action in actions where !carry(action, &lane, &inbox) { return .cut }
                    actions = lane.advance(room: room(lane))
                }
                if lane.isDone { return .done(lane.outcome) }
                guard !inbox.isEmpty, let came = carried(tamper(inbox.removeFirst())) else { return .cut }
                do {
                    for action in try lane.received(came) where !carry(action, &lane, &inbox) { return .cut }
                } catch { return .failed(error) }
            }
        }

        private func room(_ lane: AttachmentLane) -> Int { limit.map { max(0, $0 - passed - lane.owed) } ?? .max }

        private mutating func carry(_ action: AttachmentLane.Action, _ lane: inout AttachmentLane, _ inbox: inout [AttachmentMessage]) -> Bool {
            switch action {
            case .send(let message):
                guard let message = carried(message) else { return false }
                inbox.append(answer(message))
            case .sendChunk(let item, let offset):
                let all = here[item.attachment.hash] ?? []
                let bytes = Array(all[offset..<min(all.count, offset + Attachment.chunk)])
                guard let message = carried(tamper(.chunk(.init(scope: item.scope, hash: item.attachment.hash, offset: offset, bytes: bytes)))) else { return false }
                inbox.append(answer(message))
            case .keep(let item, let offset, let bytes):
                precondition((here[item.attachment.hash]?.count ?? 0) == offset, "chunks are kept in order")
                here[item.attachment.hash, default: []] += bytes
                arrivedDown += 1
            case .verify(let item):
                let matches = Digest.sha256(here[item.attachment.hash] ?? []) == item.attachment.hash
                if !matches { here[item.attachment.hash] = nil }
                for action in lane.verified(item, matches: matches) where !carry(action, &lane, &inbox) { return false }
            case .note(let item, let receipt): receipts[item.attachment.hash] = receipt
            }
            return true
        }
    }

    /// Fictitious bytes, other ones for each seed.
    static func content(_ size: Int, seed: UInt64 = 1) -> (bytes: [UInt8], item: AttachmentLane.Item) {
        var dice = SplitMix64(seed: seed)
        let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
        guard let attachment = Attachment(hash: Digest.sha256(bytes), size: Int64(size)) else { preconditionFailure("a size within bounds") }
        return (bytes, AttachmentLane.Item(scope: scope, record: Identifier(high: seed, low: 9), attachment: attachment))
    }

    @Test(arguments: [1, 65_535, 65_536, 65_537, 5 * 65_536, 400_000])
    func `an attachment of any length arrives whole, once, in both directions`(size: Int) {
        let (bytes, item) = Self.content(size)
        var crossing = Crossing()
        crossing.here[item.attachment.hash] = bytes
        guard case .done(let outcome) = crossing.cross(uploads: [item]) else {
            Issue.record("it did not finish")
            return
        }
        #expect(outcome.handedIn == [item] && outcome.refused.isEmpty)
        #expect(crossing.server[item.attachment.hash] == bytes)
        #expect(crossing.receipts[item.attachment.hash]?.isSigned(by: Self.key.publicKey, Self.primitives) == true)
        crossing.here = [:]
        guard case .done(let fetched) = crossing.cross(fetches: [item]) else {
            Issue.record("it did not finish")
            return
        }
        #expect(fetched.fetched == [item] && fetched.bytesFetched == size)
        #expect(crossing.here[item.attachment.hash] == bytes)
        guard case .done(let again) = crossing.cross(uploads: [item]) else {
            Issue.record("it did not finish")
            return
        }
        #expect(again.handedIn.isEmpty && again.heldAlready == [item], "what was fetched counts as handed in from here")
    }

    @Test func `a transfer that is cut after every single frame goes on where it stopped, and nothing that arrived is sent again`() {
        let (bytes, item) = Self.content(9 * Attachment.chunk + 100)
        let chunks = 10
        for cut in 1... {
            var crossing = Crossing()
            crossing.here[item.attachment.hash] = bytes
            crossing.budget = cut
            let first = crossing.cross(uploads: [item])
            crossing.budget = .max
            guard case .cut = first else {
                #expect(cut > 2 * chunks)
                break
            }
            guard case .done(let outcome) = crossing.cross(uploads: [item]) else {
                Issue.record("the second connection did not finish")
                return
            }
            #expect(outcome.handedIn + outcome.heldAlready == [item])
            #expect(crossing.server[item.attachment.hash] == bytes)
            #expect(crossing.arrivedUp == chunks, "cut after \(cut) frames: a chunk that had arrived was taken twice")
        }
        for cut in 1... {
            var crossing = Crossing()
            crossing.server[item.attachment.hash] = bytes
            crossing.whole = [item.attachment.hash]
            crossing.budget = cut
            let first = crossing.cross(fetches: [item])
            crossing.budget = .max
            guard case .cut = first else { break }
            guard case .done = crossing.cross(fetches: [item]) else {
                Issue.record("the second connection did not finish")
                return
            }
            #expect(crossing.here[item.attachment.hash] == bytes)
            #expect(crossing.arrivedDown == chunks, "cut after \(cut) frames: a chunk was fetched twice")
        }
    }

    @Test func `a line that is cut again and again costs at most what was under way, never the beginning`() {
        let (bytes, item) = Self.content(20 * Attachment.chunk)
        var crossing = Crossing()
        crossing.here[item.attachment.hash] = bytes
        var connections = 0
        while true {
            connections += 1
            crossing.budget = 7
            let end = crossing.cross(uploads: [item])
            if case .done = end { break }
            #expect(connections < 20, "no connection brought it further")
            guard connections < 20 else { return }
        }
        #expect(crossing.server[item.attachment.hash] == bytes && crossing.arrivedUp == 20)
    }

    @Test func `delivery byte by byte says the same`() {
        let (bytes, item) = Self.content(70_000)
        var crossing = Crossing()
        crossing.piece = 1
        crossing.here[item.attachment.hash] = bytes
        #expect(crossing.cross(uploads: [item]) != .cut)
        #expect(crossing.server[item.attachment.hash] == bytes)
    }

    @Test func `small ones go first, and one that is refused holds up no other`() {
        let large = Self.content(300_000, seed: 1)
        let small = Self.content(10, seed: 2)
        let middle = Self.content(70_000, seed: 3)
        var crossing = Crossing()
        for (bytes, item) in [large, small, middle] { crossing.here[item.attachment.hash] = bytes }
        crossing.refuse = [.attachmentOverQuota]
        guard case .done(let outcome) = crossing.cross(uploads: [large.item, small.item, middle.item]) else {
            Issue.record("it did not finish")
            return
        }
        #expect(outcome.refused == [AttachmentLane.Refusal(item: small.item, code: .attachmentOverQuota)])
        #expect(outcome.handedIn == [middle.item, large.item])
    }

    @Test func `how large an attachment may be is told with its refusal, and passed over where this one is not larger`() throws {
        let (_, item) = Self.content(100)
        for (limit, told) in [(nil, nil), (1, 1), (99, 99), (100, nil), (Attachment.largest, nil)] as [(Int?, Int?)] {
            var lane = AttachmentLane(fetches: [], uploads: [item], serverKey: Self.key.publicKey, Self.primitives)
            _ = lane.advance()
            _ = try lane.received(.refused(.init(scope: Self.scope, hash: item.attachment.hash, code: .attachmentTooLarge, limit: limit)))
            #expect(lane.outcome.refused == [AttachmentLane.Refusal(item: item, code: .attachmentTooLarge, limit: told)], "\(limit ?? -1)")
        }
    }

    @Test func `bytes that were altered on the way are refused with 4045, and sent again whole`() {
        let (bytes, item) = Self.content(3 * Attachment.chunk)
        var crossing = Crossing()
        crossing.here[item.attachment.hash] = bytes
        crossing.tamper = { message in
            guard case .chunk(let chunk) = message, chunk.offset == Attachment.chunk, chunk.bytes[7] == bytes[Attachment.chunk + 7] else { return message }
            var altered = chunk.bytes
            altered[7] ^= 1
            return .chunk(.init(scope: chunk.scope, hash: chunk.hash, offset: chunk.offset, bytes: altered))
        }
        guard case .done(let hopeless) = crossing.cross(uploads: [item]) else {
            Issue.record("it did not finish")
            return
        }
        #expect(hopeless.handedIn.isEmpty && hopeless.refused.map(\.code) == [.attachmentMismatch])
        #expect(crossing.server[item.attachment.hash] == nil)
        crossing.tamper = { $0 }
        guard case .done(let good) = crossing.cross(uploads: [item]) else {
            Issue.record("it did not finish")
            return
        }
        #expect(good.handedIn == [item])
    }

    @Test func `what is fetched and does not match its hash is thrown away and given up`() {
        let (bytes, item) = Self.content(2 * Attachment.chunk)
        var crossing = Crossing()
        crossing.server[item.attachment.hash] = bytes.map { $0 ^ 1 }
        crossing.whole = [item.attachment.hash]
        guard case .done(let outcome) = crossing.cross(fetches: [item]) else {
            Issue.record("it did not finish")
            return
        }
        #expect(outcome.fetched.isEmpty && outcome.refused.map(\.code) == [.attachmentMismatch])
        #expect(crossing.here[item.attachment.hash] == nil)
    }

    @Test func `a server that says what does not hold together is not believed`() {
        let (bytes, item) = Self.content(3 * Attachment.chunk)
        let other = Self.content(10, seed: 8).item
        let lies: [(String, (AttachmentMessage) -> AttachmentMessage?)] = [
            ("another attachment", { if case .held(let it) = $0 { .held(.init(scope: it.scope, hash: other.attachment.hash, held: 0)) } else { nil } }),
            ("half a chunk", { if case .held(let it) = $0 { .held(.init(scope: it.scope, hash: it.hash, held: 5)) } else { nil } }),
            ("more than there is", { if case .held(let it) = $0 { .held(.init(scope: it.scope, hash: it.hash, held: 4 * Attachment.chunk)) } else { nil } }),
            ("a chunk", { if case .held(let it) = $0 { .chunk(.init(scope: it.scope, hash: it.hash, offset: 0, bytes: [1])) } else { nil } }),
        ]
        for (what, lie) in lies {
            var crossing = Crossing()
            crossing.here[item.attachment.hash] = bytes
            crossing.tamper = { lie($0) ?? $0 }
            guard case .failed(.unexpected) = crossing.cross(uploads: [item]) else {
                Issue.record("\(what) was believed")
                continue
            }
        }
        var lane = AttachmentLane(fetches: [], uploads: [], serverKey: [], Self.primitives)
        #expect(throws: SyncProblem.self) { try lane.received(.held(.init(scope: Self.scope, hash: .zero, held: 0))) }
    }

    @Test func `what may pass is never passed over, whatever it is, and syncs one after the other bring everything`() {
        let sizes = [100, 30_000, Attachment.chunk + 1, 3 * Attachment.chunk]
        let all = sizes.enumerated().map { Self.content($1, seed: UInt64($0)) }
        var whole = Crossing()
        for (bytes, item) in all { whole.here[item.attachment.hash] = bytes }
        guard case .done = whole.cross(uploads: all.map(\.item)) else { return #expect(Bool(false), "it did not finish") }
        for limit in stride(from: 0, through: whole.passed + 10_000, by: 7919) {
            var crossing = Crossing()
            for (bytes, item) in all { crossing.here[item.attachment.hash] = bytes }
            var (before, rounds) = (-1, 0)
            while crossing.whole.count < all.count, crossing.arrivedUp > before {
                (before, crossing.passed, crossing.limit) = (crossing.arrivedUp, 0, limit)
                guard case .done(let outcome) = crossing.cross(uploads: all.map(\.item)) else { return #expect(Bool(false), "cut at \(limit)") }
                #expect(crossing.passed <= limit)
                #expect((outcome.shortfall == nil) == (crossing.whole.count == all.count))
                rounds += 1
            }
            #expect(crossing.whole.count == all.count || limit < Attachment.chunk + 2000, "with \(limit) bytes \(crossing.whole.count) came in \(rounds) syncs")
            // And back.
            var before2 = -1
            crossing.here = [:]
            var fetched: Set<Hash256> = []
            while fetched.count < crossing.whole.count, crossing.arrivedDown > before2 {
                (before2, crossing.passed) = (crossing.arrivedDown, 0)
                let wanted = all.map(\.item).filter { crossing.whole.contains($0.attachment.hash) && !fetched.contains($0.attachment.hash) }
                guard case .done(let outcome) = crossing.cross(fetches: wanted) else { return #expect(Bool(false), "cut at \(limit)") }
                #expect(crossing.passed <= limit)
                fetched.formUnion(outcome.fetched.map(\.attachment.hash))
            }
            #expect(fetched == crossing.whole || limit < Attachment.chunk + 2000)
        }
    }

    @Test func `what comes to wait while a lane goes on is handed in too, once, and what had no record is offered again`() throws {
        let (bytes, item) = Self.content(100)
        let (late, other) = Self.content(200, seed: 2)
        var crossing = Crossing()
        (crossing.here[item.attachment.hash], crossing.here[other.attachment.hash]) = (bytes, late)
        var lane = AttachmentLane(fetches: [], uploads: [item], serverKey: Self.key.publicKey, Self.primitives)
        func offered(_ actions: [AttachmentLane.Action]) -> [Hash256] {
            actions.compactMap { if case .send(.offer(let offer)) = $0 { offer.attachment.hash } else { nil } }
        }
        #expect(offered(lane.advance()) == [item.attachment.hash])
        lane.add(uploads: [item, other])
        _ = try lane.received(.refused(.init(scope: Self.scope, hash: item.attachment.hash, code: .noSuchAttachment)))
        #expect(offered(lane.advance()) == [other.attachment.hash])
        _ = try lane.received(.refused(.init(scope: Self.scope, hash: other.attachment.hash, code: .attachmentOverQuota)))
        #expect(lane.isDone && lane.outcome.refused.count == 2)
        lane.add(uploads: [item, other])
        #expect(offered(lane.advance()) == [item.attachment.hash], "its row may have come; the quota is what it was")
        _ = try lane.received(.refused(.init(scope: Self.scope, hash: item.attachment.hash, code: .noSuchAttachment)))
        #expect(lane.isDone && lane.outcome.refused.count == 2)
    }

    @Test func `no attachment counts as handed in without a receipt that names its hash`() {
        let (bytes, item) = Self.content(2 * Attachment.chunk)
        let other = Self.content(2 * Attachment.chunk, seed: 8).item.attachment
        let stranger = SigningKey(seed: SecretBytes(copying: Array(repeating: 6, count: 32)))
        func receipt(_ attachment: Attachment, scope: Identifier = Self.scope, by signer: SigningKey = Self.key) -> AttachmentReceipt {
            AttachmentReceipt(epoch: 1, scope: scope, attachment: attachment, received: 7, signer: signer)
        }
        let longer = Attachment(hash: item.attachment.hash, size: Int64(item.attachment.size) + 1)!
        let true_ = receipt(item.attachment)
        // Signed for something else, by somebody else, or for nothing: in the place of the true one.
        let receipts: [(String, AttachmentReceipt)] = [
            ("another attachment", receipt(other)), ("another size", receipt(longer)), ("another scope", receipt(item.attachment, scope: .zero)),
            ("another's key", receipt(item.attachment, by: stranger)),
            ("another's signature under its hash", AttachmentReceipt(epoch: 1, scope: Self.scope, attachment: item.attachment, received: 7, signature: receipt(other).signature)),
            ("another time than was signed", AttachmentReceipt(epoch: 1, scope: Self.scope, attachment: item.attachment, received: 8, signature: true_.signature)),
            ("another epoch than was signed", AttachmentReceipt(epoch: 2, scope: Self.scope, attachment: item.attachment, received: 7, signature: true_.signature)),
            ("no signature", AttachmentReceipt(epoch: 1, scope: Self.scope, attachment: item.attachment, received: 7, signature: [UInt8](repeating: 0, count: 64))),
        ]
        for (what, receipt) in receipts {
            // For the offer, and for the last chunk.
            for isHeldAlready in [true, false] {
                var crossing = Crossing()
                crossing.here[item.attachment.hash] = bytes
                crossing.tamper = { message in
                    guard case .held(let held) = message else { return message }
                    if case .partly = held.standing, !isHeldAlready { return message }
                    return .held(.init(receipt))
                }
                guard case .failed = crossing.cross(uploads: [item]) else {
                    Issue.record("a receipt of \(what) was believed")
                    continue
                }
                #expect(crossing.receipts.isEmpty, "\(what)")
                // It is offered again, and counts once the true receipt is there.
                crossing.tamper = { $0 }
                guard case .done(let outcome) = crossing.cross(uploads: [item]) else {
                    Issue.record("after \(what) it was not handed in")
                    continue
                }
                #expect(outcome.handedIn + outcome.heldAlready == [item] && crossing.receipts == [item.attachment.hash: true_])
            }
        }
        // A server that takes every chunk and says nothing of the whole.
        var silent = Crossing()
        silent.here[item.attachment.hash] = bytes
        silent.tamper = { message in
            guard case .held(let held) = message, case .wholly = held.standing else { return message }
            return .held(.init(scope: held.scope, hash: held.hash, held: Attachment.chunk))
        }
        guard case .failed = silent.cross(uploads: [item]) else {
            Issue.record("handed in without a receipt")
            return
        }
        #expect(silent.receipts.isEmpty)
    }

    @Test func `a chunk belongs to the last offer, at a chunk's place and of a chunk's length`() {
        let (_, item) = Self.content(2 * Attachment.chunk + 10)
        var reception = AttachmentReception()
        func code(_ offset: Int, _ count: Int, _ hash: Hash256? = nil) -> Problem.Code? {
            let chunk = AttachmentMessage.Chunk(scope: item.scope, hash: hash ?? item.attachment.hash, offset: offset, bytes: Array(repeating: 0, count: count))
            do {
                _ = try reception.place(chunk)
                return nil
            } catch { return error.code }
        }
        #expect(code(0, Attachment.chunk) == .chunkOutOfOrder, "without an offer")
        reception.offered(.init(scope: item.scope, record: item.record, attachment: item.attachment))
        #expect(code(0, Attachment.chunk) == nil)
        #expect(code(2 * Attachment.chunk, 10) == nil)
        for (offset, count) in [(0, 10), (0, Attachment.chunk - 1), (0, Attachment.chunk + 1), (5, Attachment.chunk), (2 * Attachment.chunk, 11), (2 * Attachment.chunk, 9), (3 * Attachment.chunk, 10)] {
            #expect(code(offset, count) == .chunkOfWrongLength, "\(count) bytes at \(offset)")
        }
        #expect(code(0, Attachment.chunk, .zero) == .chunkOutOfOrder)
    }

    @Test func `messages out of bounds are malformed`() {
        let held = AttachmentMessage.Held(scope: Self.scope, hash: .zero, held: 65_536)
        let good = Message.attachment(.held(held)).payload
        #expect((try? Message(payload: good)) == .attachment(.held(held)))
        let long = AttachmentMessage.Chunk(scope: Self.scope, hash: .zero, offset: 0, bytes: Array(repeating: 1, count: Attachment.chunk + 1))
        #expect(throws: Problem.self) { try Message(payload: Message.attachment(.chunk(long)).payload) }
        let empty = AttachmentMessage.Chunk(scope: Self.scope, hash: .zero, offset: 0, bytes: [])
        #expect(throws: Problem.self) { try Message(payload: Message.attachment(.chunk(empty)).payload) }
        let far = AttachmentMessage.Wanted(scope: Self.scope, record: Self.scope, hash: .zero, offset: Attachment.largest + 1)
        #expect(throws: Problem.self) { try Message(payload: Message.attachment(.wanted(far)).payload) }
        for cut in 1..<good.count {
            // Every beginning of a message is refused, or is another well-formed message: never a trap.
            _ = try? Message(payload: Array(good.prefix(cut)))
        }
    }
}
