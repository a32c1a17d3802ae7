import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Blocks that no program of ours seals, handed in by an enrolled device over its own connection. Each is refused by its number, is counted,
/// leaves the conversation as it was, and costs nobody anything that was acknowledged.
@Suite struct HostileBlockTests {
    /// A device with one acknowledged block, and a colleague beside it.
    private struct Quay {
        let anna: Enrolment
        let ben: Enrolment
        let port: Int
        let scope: Identifier
        let shared: Identifier
        let laptop: Laptop
        let colleague: Laptop
        /// Anna's first block, in the log; and the next, which is not.
        let kept: Block
        let next: Block
        var benEnd = StreamEnd.beginning
        var acknowledged: UInt64

        init(port: Int, _ invitations: [InvitationLine]) throws {
            self.port = port
            (anna, ben) = (try Enrolment(port: port, invitations[0]), try Enrolment(port: port, invitations[1]))
            let welcome: Message.Welcome
            (laptop, welcome) = try anna.greeted(port: port)
            (colleague, _) = try ben.greeted(port: port)
            guard let engagement = welcome.engagement, let shared = welcome.shared else { throw RawSocket.Ended.refused }
            (scope, self.shared, acknowledged) = (engagement.scope, shared.scope, engagement.place.position)
            kept = try anna.block(scope, count: 3)
            next = try anna.block(scope, after: kept.end, count: 2)
            try laptop.send(.push(kept))
            guard case .receipt = try laptop.receive() else { throw RawSocket.Ended.refused }
            acknowledged += 1
        }

        /// The number that a push is refused with; nil when it is taken.
        func code(_ block: [UInt8], sensitive: [UInt8] = [], scope: Identifier? = nil, epoch: UInt64 = 0) throws -> Problem.Code? {
            try laptop.send(.push(Message.Push(scope: scope ?? self.scope, block: block, sensitive: sensitive, epoch: epoch)))
            switch try laptop.receive() {
            case .pushRefused(let refusal): return refusal.code
            case .receipt: return nil
            case let other: throw Unanswered(message: other)
            }
        }

        struct Unanswered: Error { let message: Message? }

        /// The colleague's honest work goes on beside it.
        mutating func colleagueGoesOn() throws {
            let block = try ben.block(scope, after: benEnd)
            try colleague.send(.push(block))
            guard case .receipt(let receipt) = try colleague.receive() else { throw RawSocket.Ended.refused }
            #expect(receipt.block == block.hash && receipt.verdicts == [.accepted])
            benEnd = block.end
            acknowledged += 1
        }

        /// What Anna has to hand in is taken on the same connection, and everybody's log holds what was acknowledged and nothing else.
        mutating func end() throws {
            #expect(try code(next.bytes) == nil, "the honest block is taken where the others were refused")
            acknowledged += 1
            let (reader, welcome) = try ben.greeted(port: port)
            let engagement = try #require(welcome.engagement)
            #expect(engagement.place.position == acknowledged)
            let end = try reader.readLog(engagement, reckoning: true)
            #expect(end.digest == engagement.digest && end.place == engagement.place)
            for laptop in [reader, laptop, colleague] { try laptop.close() }
        }
    }

    private func onQuay(_ body: @escaping @Sendable (inout Quay, Server) throws -> Void) async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
        try await blocking {
            var quay = try Quay(port: server.port, invitations)
            try body(&quay, server)
            try quay.end()
        }
        await server.stop()
        #expect(server.counts.faults == 0)
        #expect(server.counts.badFrames == 0, "a refused block is no bad frame")
        #expect(try yard.office.status().serving?.counts == server.counts, "status tells what was counted")
        #expect(try tenant.verify().holds)
    }

    @Test func `a block with any one byte altered is refused, and the same block whole is taken afterwards`() async throws {
        try await onQuay { quay, server in
            let (laptop, whole) = (quay.laptop, quay.next.bytes)
            // Many at once, as a device may send them; the answers come in order.
            for start in stride(from: 0, to: whole.count, by: 32) {
                let places = start..<min(start + 32, whole.count)
                for place in places {
                    var bytes = whole
                    bytes[place] ^= UInt8(1) << UInt8(place % 8)
                    try laptop.send(.push(Message.Push(scope: quay.scope, block: bytes, sensitive: [])))
                }
                for place in places {
                    guard case .pushRefused(let refusal) = try laptop.receive() else { throw RawSocket.Ended.refused }
                    #expect([.damagedBlock, .badSignature, .foreignStream, .unknownScope].contains(refusal.code), "byte \(place): \(refusal.code)")
                }
                try quay.colleagueGoesOn()
            }
            #expect(server.counts.refusedPushes == whole.count)
        }
    }

    @Test func `sensitive values with any one byte altered are refused, or are the same values`() async throws {
        try await onQuay { quay, server in
            let primitives = SystemPrimitives()
            let now = WallClock.system.now()
            var editing = RecordEditing(record: try .drawn(at: now), type: Catalogue.quote, state: nil, salt: { Identifier(high: 5, low: 6) })
            editing.create(at: now, handle: "Q-1")
            editing.set("text", .text("We call it the walk of shame (invented)."))
            let change = Change(
                scope: quay.scope, stamp: Stamp(time: now, device: quay.anna.enrolled.device), member: quay.anna.enrolled.member, schema: 1,
                edits: editing.edits, primitives: primitives)
            let block = Block.seal([change], in: quay.kept.stream, after: quay.kept.end, by: quay.anna.signing, primitives)
            let whole = SensitivePart.encode(block.sensitiveParts, primitives)
            try #require(!whole.isEmpty)
            var refused = 0
            for place in whole.indices {
                var bytes = whole
                bytes[place] ^= UInt8(1) << UInt8(place % 8)
                // A zlib stream has bits that mean nothing; what they say is the same.
                if let parts = try? SensitivePart.decode(bytes, primitives), parts == block.sensitiveParts { continue }
                #expect(try quay.code(block.bytes, sensitive: bytes) == .damagedBlock, "byte \(place)")
                refused += 1
            }
            for (name, sensitive) in [
                ("none of the values", []), ("one value twice", SensitivePart.encode(block.sensitiveParts + block.sensitiveParts, primitives)),
                ("another's leaf", SensitivePart.encode([.leaf(.zero)], primitives)), ("half of the values", Array(whole.prefix(whole.count / 2))),
                ("a length of a gigabyte", [0x80, 0x80, 0x80, 0x80, 4] + whole.dropFirst()),
                ("a hundred thousand bytes out of a few", Forgery.column { $0.varint(100_000); $0.raw(primitives.deflate([UInt8](repeating: 0, count: 100_000))) }),
            ] as [(String, [UInt8])] {
                #expect(try quay.code(block.bytes, sensitive: sensitive) == .damagedBlock, "\(name)")
                refused += 1
            }
            #expect(try quay.code(quay.next.bytes, sensitive: whole) == .damagedBlock, "values beside a block that has none")
            #expect(server.counts.refusedPushes == refused + 1)
            try quay.colleagueGoesOn()
        }
    }

    @Test func `blocks that are cut, lengthened, doubled or too long are damaged, whoever signed them`() async throws {
        try await onQuay { quay, server in
            let bytes = quay.next.bytes
            let half = bytes.count / 2
            var table: [(String, [UInt8])] = [
                ("a byte more", bytes + [0]), ("a signature more", bytes + bytes.suffix(64)), ("twice in one", bytes + bytes),
                ("behind its signature", Array(bytes.suffix(64)) + bytes), ("its halves changed over", Array(bytes[half...]) + Array(bytes[..<half])),
                ("backwards", bytes.reversed()), ("a million and one bytes", [UInt8](repeating: 0x53, count: Block.longest + 1)),
                ("nothing but zeros", [UInt8](repeating: 0, count: 500)),
            ]
            for count in [0, 1, 63, 64, 65, 100, half, bytes.count - 65, bytes.count - 64, bytes.count - 1] {
                table.append(("cut to \(count)", Array(bytes.prefix(count))))
            }
            for (name, bytes) in table {
                #expect(try quay.code(bytes) == .damagedBlock, "\(name)")
            }
            #expect(server.counts.refusedPushes == table.count)
            try quay.colleagueGoesOn()
        }
    }

    @Test func `signed blocks whose bytes break a bound or have a second form are damaged before they are held`() async throws {
        try await onQuay { quay, server in
            let anna = quay.anna
            let honest = try Forgery(of: quay.next)
            func one(
                _ edits: [Int] = [1], target: UInt64 = 18, value: [UInt8] = [0], references: [UInt8] = [0], others: [Identifier] = []
            ) -> Forgery {
                Forgery(
                    after: quay.kept.end, in: quay.kept.stream, member: anna.enrolled.member, edits: edits, target: target, value: value,
                    references: references, others: others)
            }
            func value(_ write: (inout ByteWriter) -> Void) -> Forgery { one(value: Forgery.column(write)) }
            let deep = (0..<17).reduce([UInt8(0)]) { inner, _ in [8, 1] + inner }
            let zip = SystemPrimitives().deflate(honest.inflated)
            let bomb = SystemPrimitives().deflate([UInt8](repeating: 0, count: 900_000))
            let (x, y) = (Identifier(high: 1, low: 1), Identifier(high: 1, low: 2))
            let heads: [(String, Forgery)] = [
                ("another magic", honest.altered { $0.magic = Array("SMB2".utf8) }),
                ("a schema beyond any", honest.altered { $0.schema = 1 << 32 }),
                ("number 0", honest.altered { $0.first = 0 }),
                ("a number beyond any stream", honest.altered { $0.first = 1 << 62 }),
                ("the first number after a block", honest.altered { $0.first = 1 }),
                ("a later number after nothing", honest.altered { $0.previous = .zero }),
                ("no changes", honest.altered { $0.count = 0 }),
                ("more changes than there are", honest.altered { $0.count += 1 }),
                ("fewer changes than there are", honest.altered { $0.count -= 1 }),
                ("a thousand and one changes", one([Int](repeating: 1, count: 1001))),
                ("a root for no values", honest.altered { $0.root = .zero; $0.sensitiveCount = 1 }),
                ("a count of values that no frame holds", honest.altered { $0.root = .zero; $0.sensitiveCount = 1 << 40 }),
            ]
            let inflating: [(String, Forgery)] = [
                ("columns said to be longer than they are", honest.altered { $0.saidLength = 5000 }),
                ("columns said to be shorter than they are", honest.altered { $0.saidLength = 20 }),
                ("columns of nothing", honest.altered { $0.saidLength = 0; $0.deflated = [] }),
                ("a megabyte and one byte", honest.altered { $0.saidLength = 1 << 20 | 1; $0.deflated = bomb }),
                ("the largest length there is", honest.altered { $0.saidLength = .max }),
                ("nearly a megabyte out of one thousand", honest.altered { $0.saidLength = 900_000; $0.deflated = bomb }),
                ("nearly a megabyte that is said to be little", honest.altered { $0.saidLength = 64; $0.deflated = bomb }),
                ("no zlib stream", honest.altered { $0.deflated = [UInt8](repeating: 7, count: 200) }),
                ("half a zlib stream", honest.altered { $0.deflated = Array(zip.prefix(zip.count / 2)) }),
                ("a zlib stream without its check", honest.altered { $0.deflated = zip.dropLast(4) }),
                ("bytes after the zlib stream", honest.altered { $0.deflated = zip + [1, 2, 3] }),
                ("two zlib streams", honest.altered { $0.deflated = zip + zip }),
            ]
            let columns: [(String, Forgery)] = [
                ("six columns", honest.altered { $0.columns.removeLast() }),
                ("eight columns", honest.altered { $0.columns.append([]) }),
                ("something left in a column", honest.altered { $0.columns[3].append(2) }),
                ("a change of no edits", one([0])),
                ("more edits than a change may have", one([4097])),
                ("more edits than a block may have", one([4096, 4096, 4096, 4096, 1])),
                ("a change longer than any may be", one([5], value: Forgery.column { Value.text(String(repeating: "x", count: 60_000)).write(to: &$0) })),
                ("a record that is not used", one().altered { $0.columns[1] += $0.columns[1].dropLast() + [1] }),
                ("a record listed twice", one([2]).altered { $0.columns[1] += $0.columns[1]; $0.columns[2] = [0, 2] }),
                ("a record that is not listed", one().altered { $0.columns[2] = [2] }),
                ("a record before the first", one().altered { $0.columns[2] = [1] }),
                ("half a record", one().altered { $0.columns[1].removeLast() }),
                ("target 1", one(target: 1)),
                ("a target beyond any field", one(target: 1 << 34)),
                ("a life that is a number", one(target: 0, value: [3, 2], references: [0, 0])),
                ("an element that is neither in nor out", one(target: 19, value: [3, 2, 3, 2])),
            ]
            let names: [(String, Forgery)] = [
                ("a change of its own future", one(references: [1, 0, 0])),
                ("a change before the block's first", one(references: [1, 2, 0])),
                ("a change that is not listed", one(references: [1, 1, 0])),
                ("names in the wrong order", one(references: [2, 1, 1, 1, 0], others: [x])),
                ("one name twice", one(references: [2, 1, 0, 1, 0], others: [x])),
                ("others in the wrong order of use", one(references: [2, 1, 0, 3, 0], others: [y, x])),
                ("another change listed twice", one(references: [2, 1, 0, 3, 1], others: [x, x])),
                ("another change that nobody names", one(others: [x])),
                ("more names than there are bytes", one(references: [0xff, 0xff, 0x7f])),
            ]
            let values: [(String, Forgery)] = [
                ("half a number", value { $0.varint(4); $0.raw([1, 2, 3]) }),
                ("not a number", value { $0.varint(4); $0.fixed64(Double.nan.bitPattern) }),
                ("minus zero", value { $0.varint(4); $0.fixed64((-0.0).bitPattern) }),
                ("damaged UTF-8", value { $0.varint(5); $0.blob([0xff, 0xfe]) }),
                ("a text that is too long", value { $0.varint(5); $0.blob([UInt8](repeating: 0x78, count: 65_537)) }),
                ("bytes that are too long", value { $0.varint(6); $0.blob([UInt8](repeating: 0x78, count: 65_537)) }),
                ("a list of more than there is", value { $0.varint(8); $0.varint(1 << 40) }),
                ("lists seventeen deep", value { $0.raw(deep) }),
                ("group members in the wrong order", value { $0.varint(9); $0.raw([2, 2, 0, 1, 0]) }),
                ("a kind that is none", value { $0.varint(10) }),
                ("a number that is longer than it need be", value { $0.raw([0x80, 0]) }),
                ("a sensitive value of which there is none", value { $0.varint(15) }),
            ]
            let table = heads + inflating + columns + names + values
            for (name, forgery) in table {
                #expect(try quay.code(forgery.bytes(signedBy: anna.signing)) == .damagedBlock, "\(name)")
            }
            #expect(server.counts.refusedPushes == table.count)
            try quay.colleagueGoesOn()
        }
    }

    @Test func `blocks of a wrong chain, signature, scope, author or stream have each their number`() async throws {
        try await onQuay { quay, server in
            let (anna, ben) = (quay.anna, quay.ben)
            let honest = try Forgery(of: quay.next)
            let again = try Forgery(of: quay.kept)
            func stream(device: Identifier? = nil, incarnation: UInt64 = 1, scope: Identifier? = nil) -> StreamName {
                StreamName(device: device ?? anna.enrolled.device, incarnation: incarnation, scope: scope ?? quay.scope)
            }
            let table: [(String, Forgery, SigningKey, Problem.Code)] = [
                ("after a block that is not there", honest.altered { $0.first += 1 }, anna.signing, .streamGap),
                ("far after", honest.altered { $0.first = 1 << 61 }, anna.signing, .streamGap),
                ("after another block", honest.altered { $0.previous = quay.next.hash }, anna.signing, .streamFork),
                ("in the place of one that is there", again.altered { $0.schema += 1 }, anna.signing, .streamFork),
                ("across one that is there", honest.altered { $0.first -= 1 }, anna.signing, .streamFork),
                ("an incarnation that does not begin at its beginning", honest.altered { $0.stream = stream(incarnation: 77) }, anna.signing, .streamGap),
                ("signed by a colleague", honest, ben.signing, .badSignature),
                ("signed by nobody known", honest, try SigningKey.generate(), .badSignature),
                ("of a colleague's device", honest.altered { $0.stream = stream(device: ben.enrolled.device) }, anna.signing, .foreignStream),
                ("of a colleague's device, signed by it", honest.altered { $0.stream = stream(device: ben.enrolled.device) }, ben.signing, .foreignStream),
                ("of a device that is none", honest.altered { $0.stream = stream(device: .zero) }, anna.signing, .foreignStream),
                ("in a colleague's name", honest.altered { $0.member = ben.enrolled.member }, anna.signing, .foreignStream),
                ("in nobody's name", honest.altered { $0.member = .zero }, anna.signing, .foreignStream),
                ("of another scope than the push", honest.altered { $0.stream = stream(scope: quay.shared) }, anna.signing, .unknownScope),
            ]
            for (name, forgery, key, code) in table {
                #expect(try quay.code(forgery.bytes(signedBy: key)) == code, "\(name)")
            }
            // Of a scope that is none here, said twice; and in an epoch that is not.
            let nowhere = honest.altered { $0.stream = stream(scope: Identifier(high: 9, low: 9)) }
            #expect(try quay.code(nowhere.bytes(signedBy: anna.signing), scope: nowhere.stream.scope) == .unknownScope)
            #expect(try quay.code(quay.next.bytes, epoch: 12345) == .epochRenewed)
            // A colleague's block as it was sealed, and one's own by a signature of zeros.
            #expect(try quay.code(ben.block(quay.scope).bytes) == .foreignStream)
            #expect(try quay.code(quay.next.content + [UInt8](repeating: 0, count: 64)) == .badSignature)
            #expect(server.counts.refusedPushes == table.count + 4)
            try quay.colleagueGoesOn()
        }
    }

    @Test func `blocks that come again, or before their turn, are taken once and in order`() async throws {
        try await onQuay { quay, server in
            let (anna, laptop) = (quay.anna, quay.laptop)
            let third = try anna.block(quay.scope, incarnation: 3, count: 2)
            let fourth = try anna.block(quay.scope, incarnation: 3, after: third.end)
            let fifth = try anna.block(quay.scope, incarnation: 3, after: fourth.end)
            var taken: [Hash256] = []
            // Without waiting for answers: backwards, then each twice.
            let order = [fifth, fourth, third, third, fifth, fourth, fourth, third, fifth, fifth]
            for block in order { try laptop.send(.push(block)) }
            var codes: [Problem.Code?] = []
            for _ in order {
                switch try laptop.receive() {
                case .receipt(let receipt):
                    codes.append(nil)
                    if !taken.contains(receipt.block) { taken.append(receipt.block) }
                    #expect(receipt.verdicts.allSatisfy { $0 == .accepted })
                case .pushRefused(let refusal): codes.append(refusal.code)
                case let other: throw Quay.Unanswered(message: other)
                }
            }
            #expect(codes == [.streamGap, .streamGap, nil, nil, .streamGap, nil, nil, nil, nil, nil])
            #expect(taken == [third, fourth, fifth].map(\.hash))
            quay.acknowledged += 3
            // The same changes sealed anew in another stream: in the log, and not applied again.
            let renumbered = Block.seal(
                third.changes, in: StreamName(device: anna.enrolled.device, incarnation: 4, scope: quay.scope), after: .beginning, by: anna.signing,
                SystemPrimitives())
            try laptop.send(.push(renumbered))
            guard case .receipt(let receipt) = try laptop.receive() else { throw RawSocket.Ended.refused }
            #expect(receipt.verdicts == [.duplicate, .duplicate])
            quay.acknowledged += 1
            #expect(server.counts.refusedPushes == 3)
            try quay.colleagueGoesOn()
        }
    }

    @Test func `what only a newer schema knows is kept and passed on, and refused where the schema is the present one`() async throws {
        try await onQuay { quay, server in
            let (anna, laptop) = (quay.anna, quay.laptop)
            var end = StreamEnd.beginning
            var sent: [[UInt8]] = []
            // A field, a type and a kind of value that this server does not know.
            for (target, value, type) in [(UInt64(2 * 5000), [3, 2], Catalogue.site.number), (2, [3, 2], UInt32(5000)), (2 * 5000, [40, 3, 1, 2, 3], 5000)] as [(UInt64, [UInt8], UInt32)] {
                for schema in [UInt64(Catalogue.version), UInt64(UInt32.max)] {
                    var forgery = Forgery(
                        after: end, in: StreamName(device: anna.enrolled.device, incarnation: 8, scope: quay.scope), member: anna.enrolled.member, edits: [1],
                        target: target, value: value)
                    forgery.schema = schema
                    let id = try Identifier.drawn(at: WallClock.system.now())
                    forgery.columns[1] = Forgery.column {
                        $0.varint(UInt64(type))
                        $0.identifier(id)
                    }
                    let bytes = forgery.bytes(signedBy: anna.signing)
                    try laptop.send(.push(Message.Push(scope: quay.scope, block: bytes, sensitive: [])))
                    guard case .receipt(let receipt) = try laptop.receive() else { throw RawSocket.Ended.refused }
                    let isNewer = schema > UInt64(Catalogue.version)
                    #expect(isNewer == (receipt.verdicts == [.accepted]), "\(type) \(target) \(schema): \(receipt.verdicts)")
                    quay.acknowledged += 1
                    end = StreamEnd(number: end.number + 1, hash: receipt.block)
                    sent.append(bytes)
                }
            }
            // A colleague gets them byte for byte.
            try quay.colleague.send(.pull(quay.scope))
            guard case .entries(let answer) = try quay.colleague.receive() else { throw RawSocket.Ended.refused }
            #expect(answer.entries.suffix(sent.count).map(\.block) == sent)
            #expect(server.counts.refusedPushes == 0)
            try quay.colleagueGoesOn()
        }
    }
}
