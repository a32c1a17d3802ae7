import SeamarkCrypto
import SeamarkJournal
import SeamarkTestSupport
import Testing

@testable import SeamarkClient

/// What the key agent decides, with the time as an argument.
struct KeyShelfTests {
    private static let stores = (1...4).map { Identifier(high: 7, low: UInt64($0)) }

    private static func key(_ number: UInt64) -> [UInt8] { (0..<4).flatMap { part in (0..<8).map { UInt8(truncatingIfNeeded: (number &+ part) >> UInt64($0 * 8)) } } }

    /// All that was asked, on paper; what is kept is read off it from the end.
    private struct Bookkeeper {
        var kept: [(store: Identifier, key: [UInt8]?, from: UInt64, until: UInt64)] = []

        func key(of store: Identifier, at now: UInt64) -> [UInt8]? {
            guard let last = kept.last(where: { $0.store == store }), now < last.until else { return nil }
            return last.key
        }
    }

    @Test(arguments: UInt64(0)..<300)
    func `the agent gives out what was kept last, until its time and not a moment longer`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        var now = dice.next() % 1_000_000_000
        let start = now
        var shelf = KeyShelf(now: now)
        var book = Bookkeeper()
        for _ in 0..<200 {
            let store = Self.stores[Int(dice.next() % 4)]
            // Often to the very millisecond at which something ends.
            switch dice.next() % 4 {
            case 0: now += dice.next() % 9_000
            case 1 where shelf.nextEnd > now: now = shelf.nextEnd
            case 2 where shelf.nextEnd > now + 1: now = shelf.nextEnd - 1
            case _: break
            }
            let expected = book.key(of: store, at: now)
            switch dice.next() % 3 {
            case 0:
                let (key, seconds) = (Self.key(dice.next()), UInt32(dice.next() % 20 + 1))
                let answer = shelf.answer(.keep(store, seconds: seconds), bringing: SecretBytes(copying: key), now: now)
                #expect(answer.word == .done && answer.key == nil)
                book.kept.append((store, key, now, now + UInt64(seconds) * 1000))
            case 1:
                let answer = shelf.answer(.give(store), bringing: nil, now: now)
                #expect(answer.word == (expected == nil ? .nothing : .found))
                #expect(answer.key?.copy() == expected)
            case _:
                let answer = shelf.answer(.forget(store), bringing: nil, now: now)
                #expect(answer.word == (expected == nil ? .nothing : .done) && answer.key == nil)
                book.kept.append((store, nil, now, now))
            }
            let live = Self.stores.filter { book.key(of: $0, at: now) != nil }
            let hadOne = book.kept.contains { $0.key != nil }
            #expect(shelf.isOver(now: now) == (live.isEmpty && (hadOne || now >= start + KeyShelf.patience)))
            if let next = live.compactMap({ store in book.kept.last { $0.store == store }?.until }).min() { #expect(shelf.nextEnd == next) }
        }
    }

    @Test func `a key that has ended is overwritten, though nobody asks for it`() throws {
        var shelf = KeyShelf(now: 5)
        weak var kept: SecretBytes?
        do {
            let key = SecretBytes(copying: Self.key(9))
            kept = key
            #expect(shelf.answer(.keep(Self.stores[0], seconds: 2), bringing: key, now: 10).word == .done)
        }
        shelf.pass(to: 2_009)
        #expect(kept != nil)
        shelf.pass(to: 2_010)
        #expect(kept == nil)
    }

    @Test func `so many stores are kept and not one more, and one that is kept may be kept anew`() throws {
        var shelf = KeyShelf(now: 0)
        let all = (0...KeyShelf.mostKeys).map { Identifier(high: 1, low: UInt64($0)) }
        for store in all.dropLast() { #expect(shelf.answer(.keep(store, seconds: 9), bringing: SecretBytes(copying: Self.key(1)), now: 1).word == .done) }
        #expect(shelf.answer(.keep(all.last!, seconds: 9), bringing: SecretBytes(copying: Self.key(1)), now: 1).word == .full)
        #expect(shelf.answer(.keep(all[0], seconds: 9), bringing: SecretBytes(copying: Self.key(2)), now: 1).word == .done)
        #expect(shelf.answer(.keep(all[0], seconds: 9), bringing: nil, now: 1).word == .refused)
        #expect(shelf.answer(.keep(all[0], seconds: 9), bringing: SecretBytes(copying: [1]), now: 1).word == .refused)
        #expect(shelf.answer(.give(all[0]), bringing: nil, now: 1).key?.copy() == Self.key(2))
    }

    @Test func `an agent that gets no key ends after its patience`() {
        let shelf = KeyShelf(now: 100)
        #expect(!shelf.isOver(now: 99 + KeyShelf.patience) && shelf.isOver(now: 100 + KeyShelf.patience))
        #expect(shelf.nextEnd == 100 + KeyShelf.patience)
    }

    @Test func `requests come back as they were, and bytes that are none are refused for what is wrong with them`() throws {
        let store = Self.stores[2]
        let most = KeyAgentRequest.mostSeconds
        for request in [KeyAgentRequest.keep(store, seconds: 1), .keep(store, seconds: most), .give(store), .forget(store)] {
            let head = request.head
            #expect(head.count == KeyAgentRequest.headCount)
            #expect(try KeyAgentRequest(head: head) == request)
            for count in Array(0..<26) + [27, 58] {
                #expect(throws: KeyAgentRequest.Malformed.length) { try KeyAgentRequest(head: Array((head + [UInt8](repeating: 0, count: 32)).prefix(count))) }
            }
            for place in 0..<head.count {
                for bit in 0..<8 {
                    var other = head
                    other[place] ^= 1 << UInt8(bit)
                    let read = Result { () throws(KeyAgentRequest.Malformed) in try KeyAgentRequest(head: other) }
                    switch place {
                    case 0..<4: #expect(read == .failure(.magic))
                    case 4: #expect(read == .failure(.version))
                    // Another request, or none; never the same.
                    case _: #expect(read != .success(request))
                    }
                    if case .success(let read) = read { #expect(read.head == other) }
                }
            }
        }
        func seconds(_ what: UInt8, _ seconds: [UInt8]) -> [UInt8] { Array("SMKA".utf8) + [1, what] + store.bytes + seconds }
        #expect(throws: KeyAgentRequest.Malformed.seconds) { try KeyAgentRequest(head: seconds(1, [0, 0, 0, 0])) }
        #expect(throws: KeyAgentRequest.Malformed.seconds) { try KeyAgentRequest(head: seconds(1, [255, 255, 255, 255])) }
        #expect(throws: KeyAgentRequest.Malformed.seconds) { try KeyAgentRequest(head: KeyAgentRequest.keep(store, seconds: most + 1).head) }
        #expect(throws: KeyAgentRequest.Malformed.seconds) { try KeyAgentRequest(head: seconds(2, [0, 0, 0, 1])) }
        #expect(throws: KeyAgentRequest.Malformed.what) { try KeyAgentRequest(head: seconds(4, [0, 0, 0, 0])) }
    }
}
