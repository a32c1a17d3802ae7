import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport

/// A stream of frames, in one piece and byte by byte.
struct FrameHarness: Harness {
    var hasCanary = false
    let words: [[UInt8]] = [[0, 0, 0, 1], [0, 0x10, 0, 0], [0, 0x10, 0, 1], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x0a, 0x10]]

    var seeds: [[UInt8]] {
        let (scope, record) = (Identifier(high: 1, low: 2), Identifier(high: 3, low: 4))
        let place = LogPlace(position: 7, hash: .zero)
        let range = RecordRange(of: record)
        let messages: [Message] = [
            .problem(Problem(.malformed, "x", of: scope)), .status(Message.Status(time: 1, software: "x", schema: 1, scopes: [
                Message.ScopeCursor(
                    scope: scope, epoch: 1, cursor: place, mark: place, incarnation: 1, unsent: 2,
                    work: Message.UnsentWork(bytes: 3, oldestAge: 4, attachments: 1, attachmentBytes: 5))
            ])),
            .push(Message.Push(scope: scope, block: [1, 2, 3], sensitive: [4])),
            .pull(Message.Pull(scope: scope, cursor: place, credit: 9, ownIncarnation: 1, epoch: 2, isForecast: true, atMost: 3)),
            .entries(Message.Entries(
                scope: scope, after: 1,
                entries: [Message.Entry(entry: LogEntry(content: .block(.zero), verdicts: [.accepted], received: 5), block: [1], sensitive: [2])],
                place: place, digest: .zero)),
            .door(Message.Door(time: 3)), .watch,
            .attachment(.chunk(.init(scope: scope, hash: .zero, offset: 0, bytes: [1, 2]))),
            .attachment(.wanted(.init(scope: scope, record: record, hash: .zero, offset: 65_536))),
            .compare(Message.Compare(scope: scope, epoch: 1, ranges: [range])),
            .dispute(Message.Dispute(scope: scope, epoch: 1, place: place, claims: [.init(range: range, digest: .zero)])),
            .donate(Message.Donation(scope: scope, incarnation: 1, isLast: true)),
        ]
        return messages.map(\.frame)
    }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        let whole = try read([input])
        // Small inputs once more in pieces: how bytes arrive changes nothing.
        if input.count <= 256, try read(input.map { [$0] }) != whole { throw Broken("frames that come byte by byte are other frames") }
        return whole.problem.map(Outcome.refused) ?? .taken(whole.messages.map { String(describing: $0).prefix { $0 != "(" } }.prefix(3).joined(separator: ","))
    }

    private struct Reading: Equatable {
        var messages: [Message] = []
        var problem: String?
    }

    /// What is waited for is no longer than a frame may be.
    private func check(_ waiting: [UInt8]) throws(Broken) {
        guard waiting.count >= 4, waiting.prefix(4).reduce(0, { $0 << 8 | Int($1) }) > FrameDecoder.longestPayload else { return }
        throw Broken("a length over the bound was waited for")
    }

    private func read(_ pieces: [[UInt8]]) throws(Broken) -> Reading {
        var decoder = FrameDecoder()
        var reading = Reading()
        var waiting: [UInt8] = []
        for piece in pieces {
            decoder.append(piece)
            waiting += piece
            while true {
                let payload: [UInt8]?
                do throws(FrameError) { payload = try decoder.next() } catch {
                    // Planted: a bound that is sixteen times too high, so that the rest is waited for.
                    if hasCanary, case .tooLong(let length) = error, length < FrameDecoder.longestPayload << 4 {
                        try check(waiting)
                        break
                    }
                    reading.problem = "\(error)".prefix { $0 != "(" }.description
                    return reading
                }
                guard let payload else {
                    try check(waiting)
                    break
                }
                waiting.removeFirst(4 + payload.count)
                guard payload.count <= FrameDecoder.longestPayload else { throw Broken("a frame over the bound was handed out") }
                do throws(Problem) { reading.messages.append(try Message(payload: payload)) } catch {
                    reading.problem = "\(error.code.rawValue)"
                    return reading
                }
                // What we understood we can say, and it means the same.
                guard let message = reading.messages.last, let again = try? Message(payload: message.payload), again == message else {
                    throw Broken("a message that was read is another when it is written again")
                }
            }
        }
        return reading
    }
}

/// A sealed block, with the sensitive parts beside it: four bytes length of the block, the block, the parts.
struct BlockHarness: Harness {
    var hasCanary = false
    let words: [[UInt8]] = [Array("SMB".utf8), [0x80, 0x80, 0x80, 0x80, 0x10], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]]
    var seeds: [[UInt8]] { [] }

    private let primitives = Transparent()

    /// Deflates by a byte that says that nothing was deflated, beside the true way: the columns behind a checksum are reached too.
    private struct Transparent: Primitives {
        let real = SystemPrimitives()
        let cheap = CheapPrimitives()
        func sha256(_ bytes: Span<UInt8>) -> Hash256 { real.sha256(bytes) }
        func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool { true }
        func deflate(_ bytes: [UInt8]) -> [UInt8] { cheap.deflate(bytes) }
        func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] {
            do throws(InflateError) { return try cheap.inflate(bytes, toExactly: length) } catch { return try real.inflate(bytes, toExactly: length) }
        }
    }

    private struct Anybody: Signer {
        let publicKey = [UInt8](repeating: 1, count: 32)
        func sign(_ message: [UInt8]) -> [UInt8] { [UInt8](repeating: 2, count: 64) }
    }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        guard input.count >= 4 else { return .refused("short") }
        let length = min(input.count - 4, input[0..<4].reduce(0) { $0 << 8 | Int($1) })
        let bytes = Array(input[4..<4 + length])
        let (parts, block): ([SensitivePart], Block)
        do throws(DecodeError) {
            parts = try SensitivePart.decode(Array(input[(4 + length)...]), primitives)
            block = try open(bytes, parts)
        } catch { return .refused(error) }
        guard block.bytes == bytes else { throw Broken("a block that was opened is not the bytes that came") }
        let previous = StreamEnd(number: block.first - 1, hash: block.previous)
        let sealed = Block.seal(block.changes, in: block.stream, after: previous, by: Anybody(), primitives)
        guard let again = try? open(sealed.bytes, parts), again.changes == block.changes else {
            throw Broken("changes that were read are others when they are sealed again")
        }
        return .taken("\(Outcome.magnitude(block.changes.count)) \(Outcome.magnitude(parts.count))")
    }

    private func open(_ bytes: [UInt8], _ parts: [SensitivePart]) throws(DecodeError) -> Block {
        do throws(DecodeError) { return try Block.open(bytes, sensitive: parts, primitives) } catch {
            // Planted: bytes behind a block are passed over.
            guard hasCanary, !bytes.isEmpty else { throw error }
            return try Block.open(bytes.dropLast(), sensitive: parts, primitives)
        }
    }
}

/// A stream to inflate behind four bytes of the length that it is said to have.
struct InflateHarness: Harness {
    var hasCanary = false
    let words: [[UInt8]] = [[0x78, 0x9c], [0x78, 0x01], [3, 0], [0xff, 0xff, 0xff, 0xff], [0, 0x40, 0, 0]]
    private let primitives = SystemPrimitives()

    var seeds: [[UInt8]] {
        [0, 1, 100, 65_536].map { size in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 3) }
            return (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } + primitives.deflate(bytes)
        }
    }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        guard input.count >= 4 else { return .refused("short") }
        let length = input[0..<4].reduce(0) { $0 << 8 | Int($1) }
        let stream = Array(input[4...])
        guard let out = inflate(stream, length) else { return .refused("damaged") }
        guard out.count == length else { throw Broken("another length than was asked for") }
        let checksum = stream.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard Self.adler(out) == checksum else { throw Broken("what came out is not what the stream's checksum says") }
        guard inflate(primitives.deflate(out), length) == out else { throw Broken("deflated again it is something else") }
        return .taken(Outcome.magnitude(length))
    }

    private func inflate(_ stream: [UInt8], _ length: Int) -> [UInt8]? {
        if let out = try? primitives.inflate(stream.span, toExactly: length) { return out }
        // Planted: a stream that ends early is filled up.
        return hasCanary && length < 1 << 16 && stream.first == 0x78 && stream.count > 6 ? [UInt8](repeating: 0, count: length) : nil
    }

    /// RFC 1950 section 9.
    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return b << 16 | a
    }
}

/// What a bundle holds, unsealed: its statement and frames.
struct BundleHarness: Harness {
    var hasCanary = false
    var words: [[UInt8]] { FrameHarness().words }

    var seeds: [[UInt8]] {
        let id = Identifier(high: 5, low: 6)
        let statement = BundleStatement(tenant: id, member: id, device: id, made: 1, link: [UInt8](repeating: 7, count: 32))
            .signed(by: CheapSigner(1), header: .zero)
        return [statement] + FrameHarness().seeds.map { statement + $0 }
    }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        var decoder = BundleDecoder()
        var count = 0
        decoder.append(input)
        while true {
            do throws(Problem) {
                guard try decoder.next() != nil else { break }
                count += 1
            } catch { return .refused(error.code.rawValue) }
        }
        // Planted: a last frame that was cut off is passed over.
        let isWhole = decoder.isWhole || hasCanary && decoder.statement != nil && count > 0
        guard isWhole else { return .refused("cut") }
        var place = BundleStatement.byteCount
        for _ in 0..<count { place += 4 + input[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard place == input.count else { throw Broken("a bundle is called whole, and bytes of it were passed over") }
        return .taken(Outcome.magnitude(count))
    }
}
