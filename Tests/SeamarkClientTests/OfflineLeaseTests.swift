import SeamarkJournal
import SeamarkStore
import SeamarkTestSupport
import Synchronization
import Testing

@testable import SeamarkClient

/// Which clock counts, over every order in which a clock can be set.
@Suite struct OfflineLeaseTests {
    private static let day: Int64 = 86_400_000
    private static let whole = OfflineLease.days * day
    private let start: Int64 = 1_760_000_000_000

    @Test(arguments: [Int64(1), 3, 1000]) func `a lease ends after its days and not a moment before`(steps: Int64) {
        var lease = OfflineLease(now: start)
        for step in 1...steps { lease.look(at: start + (Self.whole - 1) * step / steps) }
        #expect(!lease.isOver && lease.left == 1 && lease.daysLeft == 0)
        lease.look(at: start + Self.whole)
        #expect(lease.isOver && lease.daysLeft == 0)
    }

    /// Real time goes on; the clock is set anew, forward or back, between two looks.
    @Test(arguments: UInt64(0)..<300) func `what was seen to pass is never taken back, however the clock is set`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var lease = OfflineLease(now: start)
        var (real, offset) = (Int64(0), Int64(0))
        for _ in 0..<60 {
            let step = Int64.random(in: 0..<2 * Self.day, using: &random)
            real += step
            let before = lease.passed
            lease.look(at: start + real + offset)
            #expect(lease.passed == before + step)
            if Bool.random(using: &random) {
                offset += Int64.random(in: -400 * Self.day...4 * Self.day, using: &random)
                lease.look(at: start + real + offset)
            }
            #expect(lease.passed >= real && lease.isOver == (lease.passed >= Self.whole))
        }
    }

    @Test func `in every order of looks, the clock's progress counts and its being set back does not`() {
        let moments: [Int64] = [-40, -1, 0, 1, 10, 29].map { $0 * Self.day }
        withEveryPermutation(of: moments) { order in
            var lease = OfflineLease(now: start)
            var (expected, last) = (Int64(0), Int64(0))
            for moment in order {
                expected += max(0, moment - last)
                last = moment
                lease.look(at: start + moment)
                #expect(lease.passed == expected)
            }
        }
    }

    @Test func `it comes back from the store as it went in, and no clock traps it`() {
        for clock in [Int64.min, -1, 0, start, .max] {
            var lease = OfflineLease(now: clock)
            for now in [Int64.min, .max, 0, .max, .min, start] {
                lease.look(at: now)
                #expect(lease.passed >= 0 && OfflineLease(lease.value) == lease)
            }
            #expect(lease.isOver)
        }
        for broken in [nil, .int(3), .group([]), .group([Value.Member(1, .int(-1)), Value.Member(2, .int(0))]), .group([Value.Member(1, .int(1))])] as [Value?] {
            #expect(OfflineLease(broken) == nil)
        }
    }

    // MARK: As a device counts it

    /// A device whose clock is set by the test.
    private struct Desk {
        let clock: Clock
        let laptop: Laptop

        final class Clock: Sendable {
            let time: Mutex<Int64>
            init(_ time: Int64) { self.time = Mutex(time) }
        }

        init(_ start: Int64) throws {
            clock = Clock(start)
            laptop = try Laptop("A")
        }

        /// Another command, at `time`.
        func look(at time: Int64) throws -> OfflineLease {
            clock.time.withLock { $0 = time }
            return try Device(store: try laptop.memory.open()) { [clock] in clock.time.withLock { $0 } }.lookAtLease()
        }
    }

    @Test func `commands one after the other count what passed, and one that sets the clock back first gains nothing that was seen`() throws {
        let desk = try Desk(start)
        #expect(try !desk.look(at: start).isOver)
        #expect(try desk.look(at: start + 29 * Self.day).daysLeft == 1)
        #expect(try desk.look(at: start - 300 * Self.day).daysLeft == 1)
        #expect(try desk.look(at: start - 299 * Self.day + 1).isOver)
        #expect(try desk.look(at: start - 900 * Self.day).isOver)
    }

    @Test func `looks within a minute write nothing, and still add up`() throws {
        let desk = try Desk(start)
        _ = try desk.look(at: start)
        let noted = try desk.laptop.memory.open().state.settings[.lease]
        for second in Int64(1)...59 { #expect(try desk.look(at: start + second * 1000).passed == second * 1000) }
        #expect(try desk.laptop.memory.open().state.settings[.lease] == noted)
        #expect(try desk.look(at: start + 60_000).passed == 60_000)
        #expect(try desk.laptop.memory.open().state.settings[.lease] != noted)
    }

    @Test(arguments: [Int64(1), 5, 20, 58])
    func `a clock that goes some minutes and is set back before it has gone an hour counts each time`(minutes: Int64) throws {
        let desk = try Desk(start)
        _ = try desk.look(at: start)
        for round in Int64(1)...26 {
            #expect(try desk.look(at: start + minutes * 60_000).passed == round * minutes * 60_000)
            #expect(try desk.look(at: start).passed == round * minutes * 60_000)
        }
    }

    @Test func `a store of an earlier program counts from its last complete sync, and not from an attempt`() throws {
        let desk = try Desk(start)
        try desk.laptop.device.store.transaction { transaction in
            try transaction.append(.contact(ServerContact(outcome: .complete, time: start - 20 * Self.day, serverTime: start)))
            try transaction.append(.contact(ServerContact(outcome: .unreachable, time: start - Self.day)))
        }
        #expect(try desk.look(at: start).daysLeft == 10)
        #expect(try desk.look(at: start + 10 * Self.day).isOver)
    }
}
