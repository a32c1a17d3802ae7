import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// The byte stream in frames, and frames as messages.
@Suite struct FrameTests {
    static let payloads: [[UInt8]] = [[1], [2, 3], Array(repeating: 4, count: 300), [5], Array(repeating: 6, count: 70_000), Array(repeating: 7, count: 1 << 20)]

    @Test(arguments: [1, 3, 1000, 65_537, .max])
    func `frames come out whole, whatever pieces they come in`(piece: Int) throws {
        let payloads = piece < 1000 ? Array(Self.payloads.dropLast(2)) : Self.payloads
        let bytes = payloads.flatMap { FrameDecoder.frame($0) }
        var decoder = FrameDecoder()
        var found: [[UInt8]] = []
        var place = 0
        while place < bytes.count {
            let end = min(bytes.count, place &+ min(piece, bytes.count))
            decoder.append(Array(bytes[place..<end]))
            place = end
            while let payload = try decoder.next() { found.append(payload) }
        }
        #expect(found == payloads)
        #expect(decoder.pendingCount == 0)
        #expect(try decoder.next() == nil)
    }

    @Test func `an empty or too long frame is refused as soon as its length is known`() throws {
        var decoder = FrameDecoder()
        decoder.append([0, 0, 0])
        #expect(try decoder.next() == nil)
        decoder.append([0])
        #expect(throws: FrameError.empty) { try decoder.next() }
        for (length, error) in [(1, nil), ((1 << 20) - 1, nil), (1 << 20, nil), ((1 << 20) + 1, FrameError.tooLong((1 << 20) + 1)), (0xffff_ffff, .tooLong(0xffff_ffff))] as [(Int, FrameError?)] {
            var decoder = FrameDecoder()
            decoder.append([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) })
            if let error {
                #expect(throws: error) { try decoder.next() }
            } else {
                #expect(try decoder.next() == nil)
            }
        }
    }

    // MARK: - Messages

    static func messages(_ seed: UInt64) -> [Message] {
        var dice = SplitMix64(seed: seed)
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) } }
        func hash() -> Hash256 { Hash256(words: (dice.next(), dice.next(), dice.next(), dice.next())) }
        func place() -> LogPlace { LogPlace(position: dice.next() >> 2, hash: hash()) }
        func time() -> Int64 { [0, .min, .max, Int64(bitPattern: dice.next())].randomElement(using: &dice) ?? 0 }
        func small() -> Int { Int(dice.next() % 4) }
        func digest() -> ScopeDigest { ScopeDigest(high: dice.next(), low: dice.next()) }
        func stream() -> Message.KnownStream { Message.KnownStream(incarnation: dice.next(), end: StreamEnd(number: dice.next(), hash: hash())) }
        func verdicts() -> [Verdict] {
            (0..<small()).map { _ in [.accepted, .duplicate, .refused(.finalised), .refused(Refusal(rawValue: .max))].randomElement(using: &dice) ?? .accepted }
        }
        let key = Message.ServerKey(epoch: dice.next(), device: dice.identifier(), key: bytes(32), signature: bytes(71))
        let ended = Message.ServerKey(epoch: dice.next(), device: dice.identifier(), key: bytes(32), signature: bytes(70), farewell: bytes(64))
        let wipe = dice.chance(50) ? Message.WipeOrder(ordered: time(), serverKey: key, signature: bytes(64)) : nil
        let scopes = (0..<small()).map { number in
            Message.ScopeStatus(
                scope: dice.identifier(), kind: [.engagement, .published, .shared, nil][number], staffed: dice.chance(50), place: place(), digest: digest(),
                streams: (0..<small()).map { _ in stream() })
        }
        let entries = (0..<small()).map { _ in
            dice.chance(30)
                ? Message.Entry(
                    entry: LogEntry(content: .release((0..<small()).map { _ in dice.identifier() }), verdicts: [], received: time()), block: nil, sensitive: [])
                : Message.Entry(
                    entry: LogEntry(content: .block(hash()), verdicts: verdicts(), received: time()), block: dice.chance(50) ? bytes(80) : nil,
                    sensitive: bytes(small()))
        }
        /// Ascending and apart.
        func ranges() -> [RecordRange] {
            let ends = (0..<small() * 2).map { _ in dice.identifier() }.sorted()
            return stride(from: 0, to: ends.count, by: 2).map { RecordRange(first: ends[$0], last: ends[$0 + 1]) }
        }
        return [
            .problem(Problem(Problem.Code(rawValue: UInt32(truncatingIfNeeded: dice.next())), "é", of: dice.chance(50) ? dice.identifier() : nil, wipe: wipe)),
            .welcome(
                Message.Welcome(
                    version: 3, leastVersion: 1, schema: 7, leastSchema: 2, leastReadSchema: 1 + UInt32(small()), epoch: dice.next(), time: time(), role: .max, serverKey: key, scopes: scopes,
                    revoked: dice.chance(50),
                    bundleKey: dice.chance(50) ? Message.BundleKey(key: bytes(32), signature: bytes(70)) : nil, compares: dice.chance(50), wipe: wipe)),
            .status(
                Message.Status(
                    time: time(), software: "seamark/1", schema: 4,
                    scopes: (0..<small()).map { _ in
                        let scope = dice.identifier()
                        let proofs: [PlaceProof?] = [
                            nil, .place(SignedPlace(epoch: dice.next(), scope: scope, place: place(), signature: bytes(64))),
                            .receipt(
                                Receipt(
                                    epoch: dice.next(), scope: scope, place: place(), block: hash(), verdicts: verdicts(), received: time(),
                                    signature: bytes(64))),
                        ]
                        let attachments = UInt32(small())
                        let work = Message.UnsentWork(
                            bytes: dice.next() >> 2, oldestAge: dice.chance(50) ? UInt32(truncatingIfNeeded: dice.next()) : nil, attachments: attachments,
                            attachmentBytes: UInt64(attachments) * (1 + dice.next() % UInt64(SeamarkJournal.Attachment.largest)))
                        return Message.ScopeCursor(
                            scope: scope, epoch: dice.next(), cursor: place(), mark: place(), incarnation: dice.next(), unsent: dice.next(),
                            proof: proofs[Int(dice.next() % 3)], work: dice.chance(50) ? work : nil)
                    }, isWiped: dice.chance(50))),
            .compare(Message.Compare(scope: dice.identifier(), epoch: dice.next(), ranges: ranges(), list: UInt32(small()))),
            .compared(
                Message.Compared(
                    scope: dice.identifier(), place: place(),
                    answers: (0..<small()).map { _ in
                        DigestBisection.Answer(
                            count: dice.next(), digest: digest(),
                            records: (0..<small()).map { _ in RecordDigest(record: dice.identifier(), digest: digest()) })
                    })),
            .dispute(
                Message.Dispute(
                    scope: dice.identifier(), epoch: dice.next(), place: place(),
                    claims: ranges().map { Message.Dispute.Claim(range: $0, digest: digest()) })),
            .settled(Message.Settled(scope: dice.identifier(), place: place(), digests: (0..<small()).map { _ in digest() }, repaired: dice.next())),
            .push(Message.Push(scope: dice.identifier(), block: bytes(90), sensitive: bytes(small()))),
            .receipt(
                Receipt(
                    epoch: dice.next(), scope: dice.identifier(), place: place(), block: hash(), verdicts: verdicts(), received: time(), signature: bytes(64))),
            .pushRefused(Message.PushRefusal(scope: dice.identifier(), block: hash(), code: .streamFork, end: stream())),
            .pull(Message.Pull(scope: dice.identifier(), cursor: place(), credit: .max, ownIncarnation: dice.next())),
            .entries(Message.Entries(scope: dice.identifier(), after: dice.next(), entries: entries, place: place(), digest: digest())),
            .door(Message.Door(version: 1, leastVersion: 1, time: time())),
            .enrol(Message.Enrol(token: bytes(16), request: bytes(4096), signingKey: bytes(32), proof: bytes(64), deviceName: "a laptop")),
            .enrolled(
                Message.Enrolled(
                    tenant: dice.identifier(), tenantName: "T", member: dice.identifier(), memberName: "M", device: dice.identifier(), role: 1, letters: "AB",
                    certificate: bytes(50), authority: bytes(60), serverKey: key,
                    bundleKey: Message.BundleKey(key: bytes(32), signature: bytes(71)), earlierKeys: [ended, key])),
            .renew(Message.Renew(certificate: bytes(4096), request: bytes(4096), signingKey: bytes(32), proof: bytes(64))),
            .renewed(Message.Renewed(certificate: bytes(600))),
            .renewed(Message.Renewed(certificate: bytes(600), authority: bytes(400), words: [bytes(410), bytes(411)])),
        ]
    }

    @Test(arguments: UInt64(0)..<100)
    func `every message reads as it was written`(seed: UInt64) throws {
        for message in Self.messages(seed) { #expect(try Message(payload: message.payload) == message) }
    }

    @Test(arguments: UInt64(0)..<20)
    func `damaged messages are a problem of the sender's, or another message, and nothing falls over`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        for message in Self.messages(seed) {
            let payload = message.payload
            for _ in 0..<400 {
                var hurt = payload
                for _ in 0...(dice.next() % 3) {
                    guard !hurt.isEmpty else { break }
                    let place = Int(dice.next() % UInt64(hurt.count))
                    switch dice.next() % 3 {
                    case 0: hurt[place] = [0, 0x7f, 0x80, 0xff, UInt8(truncatingIfNeeded: dice.next())].randomElement(using: &dice) ?? 0
                    case 1: hurt.removeSubrange(place..<min(hurt.count, place + 3))
                    case _: hurt.insert(contentsOf: [0xff, 0xff, 0xff, 0xff, 0x0f], at: place)
                    }
                }
                if let read = try? Message(payload: hurt) { _ = read.payload }
            }
            for length in 0..<min(payload.count, 200) { _ = try? Message(payload: Array(payload[..<length])) }
        }
    }

    @Test func `ranges of records that are turned round, overlap, come out of order or are too many are malformed`() {
        func id(_ number: UInt64) -> Identifier { Identifier(high: 1, low: number) }
        func range(_ first: UInt64, _ last: UInt64) -> RecordRange { RecordRange(first: id(first), last: id(last)) }
        let many = (0..<65).map { range(UInt64($0) * 2, UInt64($0) * 2) }
        for wrong in [[range(2, 1)], [range(1, 3), range(3, 4)], [range(5, 6), range(1, 2)], [range(1, 1), range(1, 1)], many] {
            let compare = Message.compare(Message.Compare(scope: .zero, epoch: 1, ranges: wrong))
            #expect(throws: Problem.self) { try Message(payload: compare.payload) }
            let claims = wrong.map { Message.Dispute.Claim(range: $0, digest: .zero) }
            let dispute = Message.dispute(Message.Dispute(scope: .zero, epoch: 1, place: .beginning, claims: claims))
            #expect(throws: Problem.self) { try Message(payload: dispute.payload) }
        }
        let greedy = Message.compare(Message.Compare(scope: .zero, epoch: 1, ranges: [.all], list: 33))
        #expect(throws: Problem.self) { try Message(payload: greedy.payload) }
    }

    @Test func `fields of a wrong length are malformed, a frame of a kind unknown is unexpected`() {
        for count in [0, 31, 33, 64] {
            let wrong = Message.enrol(
                Message.Enrol(token: Array(repeating: 1, count: 16), request: [], signingKey: Array(repeating: 1, count: count), proof: Array(repeating: 1, count: 64), deviceName: ""))
            #expect(throws: Problem.self) { try Message(payload: wrong.payload) }
        }
        for count in [0, 15, 17] {
            let wrong = Message.enrol(
                Message.Enrol(token: Array(repeating: 1, count: count), request: [], signingKey: Array(repeating: 1, count: 32), proof: Array(repeating: 1, count: 64), deviceName: ""))
            #expect(throws: Problem.self) { try Message(payload: wrong.payload) }
        }
        for (certificate, request, key) in [(4097, 1, 32), (1, 4097, 32), (1, 1, 31)] {
            func bytes(_ count: Int) -> [UInt8] { Array(repeating: 1, count: count) }
            let wrong = Message.renew(
                Message.Renew(certificate: bytes(certificate), request: bytes(request), signingKey: bytes(key), proof: bytes(64)))
            #expect(throws: Problem.self) { try Message(payload: wrong.payload) }
        }
        // A receipt with a short signature; an empty frame body; field 99.
        let short = Receipt(epoch: 1, scope: .zero, place: .beginning, block: .zero, verdicts: [], received: 1, signature: [1])
        #expect(throws: Problem.self) { try Message(payload: Message.receipt(short).payload) }
        for payload in [[], [0x9a, 0x06, 0x00]] as [[UInt8]] {
            do {
                _ = try Message(payload: payload)
                Issue.record("read")
            } catch { #expect(error.code == .unexpected) }
        }
    }
}
