import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// What a device can give back, whatever it has written since.
@Suite struct HeldLogTests {
    private static let scope = Voyage.scope

    /// A log as one device learns it, entry by entry.
    private struct Reading {
        var held = HeldLog(scope: HeldLogTests.scope)
        var place = LogPlace.beginning

        static func entry(_ number: Int) -> LogEntry {
            LogEntry(content: .block(Voyage.primitives.sha256(Array("block \(number)".utf8).span)), verdicts: [.accepted], received: Int64(number))
        }

        mutating func move(over entry: LogEntry) { place = LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, Voyage.primitives)) }

        /// One's own block: its receipt says all that the entry says.
        mutating func write(_ number: Int) {
            let entry = Self.entry(number)
            move(over: entry)
            guard case .block(let hash) = entry.content else { return }
            held.note(
                .receipted(
                    Receipt(epoch: 1, scope: HeldLogTests.scope, place: place, block: hash, verdicts: entry.verdicts, received: entry.received, signer: Voyage.serverKey)),
                Voyage.primitives)
            held.note(.learnt(entry, nil), Voyage.primitives)
        }

        /// Entries of others, with the server's word behind the last of them.
        mutating func read(_ numbers: Range<Int>) {
            for number in numbers {
                let entry = Self.entry(number)
                move(over: entry)
                held.note(.learnt(entry, nil), Voyage.primitives)
            }
            held.note(.proven(SignedPlace(epoch: 1, scope: HeldLogTests.scope, place: place, signer: Voyage.serverKey)), Voyage.primitives)
        }
    }

    private static func given(_ held: HeldLog) -> [LogEntry] { held.outlines(known: []).flatMap { outline in outline.wanted.map { outline.entries[$0] } } }

    @Test(arguments: [0, 1, 1_999, 2_000, 2_001, 4_100])
    func `what a colleague wrote is given back behind any number of one's own blocks, each entry once and proven`(_ own: Int) {
        var reading = Reading()
        for number in 0..<own { reading.write(number) }
        reading.read(own..<own + 2)
        for number in own + 2..<own + 5 { reading.write(number) }
        reading.read(own + 5..<own + 6)
        #expect(Set(Self.given(reading.held)) == Set((0..<own + 6).map(Reading.entry)))
        #expect(Self.given(reading.held).count == own + 6)
        for outline in reading.held.outlines(known: []).suffix(8) {
            let donation = Message.Donation(
                scope: Self.scope, before: outline.before, entries: outline.entries.map { Message.Entry(entry: $0, block: nil, sensitive: []) }, proof: outline.proof,
                incarnation: 1, isLast: false)
            #expect(donation.isProven(by: [Voyage.serverKey.publicKey], Voyage.primitives))
        }
    }

    @Test func `what fits no donation is counted, so that whoever holds it keeps it`() throws {
        var reading = Reading()
        reading.read(0..<Message.Donation.mostEntries)
        var sent = 0
        #expect(try reading.held.donate(known: [], incarnation: 1, barred: [], Voyage.primitives, block: { _ in nil }) { _ in sent += 1 } == 0)
        #expect(sent == 2)
        let known = reading.place
        reading.read(Message.Donation.mostEntries..<2 * Message.Donation.mostEntries + 1)
        let passedOver = try reading.held.donate(known: [], incarnation: 1, barred: [], Voyage.primitives, block: { _ in nil }) { _ in }
        #expect(passedOver == Message.Donation.mostEntries + 1)
        #expect(try reading.held.donate(known: [known], incarnation: 1, barred: [], Voyage.primitives, block: { _ in nil }) { _ in } == passedOver)
        #expect(try reading.held.donate(known: [reading.place], incarnation: 1, barred: [], Voyage.primitives, block: { _ in nil }) { _ in } == 0, "the log holds all of it")
    }

    @Test func `offered again is what lacks values, redacted or not, of changes that the log lacks`() throws {
        let primitives = Voyage.primitives
        let device = Clash.device(1)
        func block(_ number: UInt64, _ content: Content) -> Block {
            let change = Change(
                scope: Self.scope, stamp: Stamp(time: Int64(number), device: device), member: Identifier(high: 3, low: 1), schema: 1,
                edits: [Edit(record: Identifier(high: 4, low: number), type: 5, target: .field(1), content: content, supersedes: [])], primitives: primitives)
            return Block.seal([change], in: StreamName(device: device, incarnation: number, scope: Self.scope), after: .beginning, by: Voyage.key(1), primitives)
        }
        func words(_ number: UInt64) -> SensitiveValue { SensitiveValue(salt: Identifier(high: 77, low: number), value: .text("words of nobody")) }
        let leaves = (0..<2).map { SensitiveTree.leaf(words($0), primitives) }
        let bare = try (0..<2).map { number in try #require(block(UInt64(number), .sensitive(words(UInt64(number)))).withholding([leaves[number]], primitives)) }
        let read = [bare[0], block(2, .open(.int(1))), bare[1], block(3, .sensitive(words(3)))]
        var (held, place) = (HeldLog(scope: Self.scope), LogPlace.beginning)
        for block in read {
            let entry = LogEntry(content: .block(block.hash), verdicts: [.accepted], received: 5)
            place = LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, primitives))
            held.note(.learnt(entry, block), primitives)
        }
        held.note(.proven(SignedPlace(epoch: 1, scope: Self.scope, place: place, signer: Voyage.serverKey)), primitives)

        func offered(barred: Set<Hash256> = [], _ lacking: [Block]) throws -> [Hash256] {
            let lacking = Set(lacking.flatMap(\.changes).map(\.id))
            var donations: [Message.Donation] = []
            try held.donate(
                known: [], incarnation: 1, barred: barred, bareOnly: { lacking.contains($0) }, primitives, block: { hash in read.first { $0.hash == hash } }
            ) { donations.append($0) }
            #expect(donations.last?.isLast == true && donations.allSatisfy { $0.isProven(by: [Voyage.serverKey.publicKey], primitives) })
            let given = donations.flatMap(\.entries).filter { $0.block != nil }
            #expect(given.count { !$0.isBare } == barred.count && donations.count == (given.isEmpty ? 1 : 2))
            return given.compactMap { if case .block(let hash) = $0.entry.content { hash } else { nil } }
        }
        #expect(try offered(read) == bare.map(\.hash))
        #expect(try offered(barred: [leaves[0]], read) == bare.map(\.hash), "a role that gets no values gives both without them, and the server keeps both outside the log")
        #expect(try offered([bare[0]]) == [bare[0].hash])
        #expect(try offered([read[1], read[3]]).isEmpty)
    }
}
