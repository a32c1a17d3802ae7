import SeamarkClient
@testable import SeamarkCommand
import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// The time that is left, and the line that says it.
struct PaceTests {
    @Test func `at an even pace the time left is what it will take, whatever the steps`() {
        for step in [1, 10, 100] {
            var pace = Pace()
            for now in stride(from: Int64(0), through: 20_000, by: step * 10) { pace.note(left: 100_000 - Int(now), at: now) }
            // A thousand a second.
            #expect(pace.secondsLeft(at: 20_000) == 80, "steps of \(step * 10)")
            #expect(pace.whole == 100_000 && pace.fraction == 0.2)
        }
    }

    @Test func `only what went lately counts, and a line that stands still takes longer with every second`() {
        var pace = Pace()
        for now in stride(from: 0, through: 10_000, by: 100) as StrideThrough<Int64> { pace.note(left: 1_000_000 - Int(now) * 50, at: now) }
        let fast = pace.secondsLeft(at: 10_000)
        for now in stride(from: 10_100, through: 40_000, by: 100) as StrideThrough<Int64> { pace.note(left: 500_000 - Int(now - 10_000), at: now) }
        #expect(fast == 10 && pace.secondsLeft(at: 40_000) == 470)
        let waits = (0...5).compactMap { pace.secondsLeft(at: 40_000 + $0 * 10_000) }
        #expect(waits.count == 6 && waits == waits.sorted() && Set(waits).count == 6, "\(waits)")
    }

    @Test func `nothing is said too early, where nothing moves, and of what nobody waits for`() {
        var pace = Pace()
        pace.note(left: 1000, at: 0)
        pace.note(left: 900, at: 300)
        #expect(pace.secondsLeft(at: 300) == nil && pace.secondsLeft(at: 500) == 5)
        var still = Pace()
        for now in [0, 1000, 60_000] as [Int64] { still.note(left: 10, at: now) }
        #expect(still.secondsLeft(at: 60_000) == nil)
        var endless = Pace()
        endless.note(left: 1_000_001, at: 0)
        endless.note(left: 1_000_000, at: 1000)
        #expect(endless.secondsLeft(at: 1000) == nil)
        endless.note(left: 0, at: 2000)
        #expect(endless.secondsLeft(at: 2000) == 0 && endless.fraction == 1)
    }

    @Test(arguments: UInt64(0)..<200)
    func `whatever comes and goes, no figure is negative and the whole is what is done and left`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        var pace = Pace()
        var (left, now, done) = (Int.random(in: 0...1000, using: &dice), Int64(0), 0)
        pace.note(left: left, at: 0)
        for _ in 0..<60 {
            now += Int64.random(in: 0...3000, using: &dice)
            let change = Int.random(in: -300...100, using: &dice)
            let next = max(0, left + change)
            done += max(0, left - next)
            left = next
            pace.note(left: left, at: now)
            #expect(pace.left == left && pace.done == done && (0...1).contains(pace.fraction))
            if let seconds = pace.secondsLeft(at: now) { #expect(seconds >= 0 && seconds <= Pace.mostSeconds && (seconds > 0 || left == 0)) }
        }
    }

    private static let scope = Identifier(high: 1, low: 1)
    private static let other = Identifier(high: 1, low: 2)
    private static let photo = Identifier(high: 2, low: 1)

    private func talker() -> SyncProgress { SyncProgress { scope, record in record != nil ? "EV-A001" : scope == Self.scope ? "baseline" : "a name that is much longer than anybody's line" } }

    private func progress(_ entries: Int, photo: Int? = nil, left: Int = 0, bytes: Int = 0, scopes: [Identifier] = [scope]) -> SyncRun.Progress {
        SyncRun.Progress(
            scopes: entries > 0 ? scopes.map { .init(id: $0, changesLeft: $0 == Self.scope ? 12 : 0, entriesLeft: entries) } : [],
            attachment: photo.map { .init(scope: Self.scope, record: Self.photo, size: 4_000_000, bytesLeft: $0) }, attachmentsLeft: left, attachmentBytesLeft: (photo ?? 0) + max(0, left - 1) * 2_000_000,
            bytesSent: bytes / 2, bytesReceived: bytes - bytes / 2)
    }

    @Test func `a line says of an engagement what is left in changes, entries, bytes and time, and of an attachment its bytes and all others`() {
        var talk = talker()
        _ = talk.line(progress(988), at: 0, room: 200)
        #expect(talk.line(progress(488, bytes: 50_000), at: 5000, room: 200)
            == "baseline [##########..........] 12 changes to send, 488 entries to fetch, 5 s left, about 50.0 KB more, 50.0 KB so far")
        #expect(talk.line(progress(238, bytes: 75_000, scopes: [Self.scope, Self.other]), at: 7500, room: 200).hasSuffix(", 3 s left, about 25.0 KB more, 75.0 KB so far, 1 more after it"))
        // The other one has a pace of its own.
        #expect(talk.line(progress(200, bytes: 80_000, scopes: [Self.other]), at: 8000, room: 200).hasPrefix("a name that is much lon… [###.................] 200 entries to fetch"))
        _ = talk.line(progress(0, photo: 4_000_000, left: 3), at: 9000, room: 200)
        #expect(talk.line(progress(0, photo: 3_000_000, left: 3), at: 10_000, room: 200)
            == "EV-A001 [#####...............] 1.0 MB of 4.0 MB, 3 s left, all 3: 7.0 MB, 7 s left")
    }

    @Test func `a line is as wide as its terminal at most, down to twenty columns, and keeps its name and how far it is`() {
        for room in 20...130 {
            var talk = talker()
            _ = talk.line(progress(988), at: 0, room: room)
            for line in [talk.line(progress(488, bytes: 50_000, scopes: [Self.scope, Self.other]), at: 5000, room: room), talk.line(progress(0, photo: 1_000_000, left: 3), at: 6000, room: room)] {
                #expect(TerminalText.width(line) <= room, "\(room): \(line)")
                #expect((line.hasPrefix("baseline") || line.hasPrefix("EV-A001")) && (line.contains("[") || line.contains("%")), "\(room): \(line)")
            }
        }
    }
}
