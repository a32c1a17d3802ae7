import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// A server that was put back to an older copy, announced or not, and the devices that heal it.
@Suite struct RollbackTests {
    private func afloat(_ server: inout ModelServer, _ count: Int, number: Int) -> Voyage.Ship {
        SyncSessionTests.afloat(&server, count, number: number)
    }

    private func run(_ ship: inout Voyage.Ship, _ server: inout ModelServer, seed: UInt64 = 5) -> (end: Voyage.End, transcript: [String]) {
        SyncSessionTests.run(&ship, &server, seed: seed)
    }

    @Test func `a rollback that nobody announced is proven by a cursor, the epoch renewed, and the log healed by one who wrote none of it`() {
        var server = Voyage.server()
        var author = afloat(&server, 5, number: 1)
        let old = server
        #expect(run(&author, &server).end.isFinished)
        var reader = afloat(&server, 0, number: 2)
        let (lost, digest, place) = (server.state.applied, server.state.digest, server.place)
        #expect(lost.count == 5)
        // Files copied back: same epoch, and nobody says so.
        server = old
        let (end, transcript) = run(&reader, &server)
        #expect(end == .failed(.epochRenewed))
        #expect(transcript == ["<welcome", "adopt", ">status", ">donate 0", "<problem 4030"])
        #expect(server.epoch != old.epoch && server.log.isEmpty)
        let (healed, again) = run(&reader, &server)
        #expect(healed.isFinished)
        #expect(Array(again.prefix(8)) == ["<welcome", "adopt", ">donate 0", "<donated", ">donate 3", ">donate 0 last", "<donated", "<donated"])
        #expect(again.contains("rebuild"))
        #expect(server.state.applied == lost && server.state.digest == digest)
        #expect(server.place == place, "verdicts and times are those of the receipts, so the log hash is the same")
        #expect(reader.replicas[Voyage.scope]?.confirmed.digest == digest && reader.replicas[Voyage.scope]?.epoch == server.epoch)
        // The author sees the new epoch, has nothing to add, and renumbers nothing.
        let (third, third_transcript) = run(&author, &server)
        #expect(third.outcome?.renumbered.isEmpty == true && third.outcome?.rebuilt == [Voyage.scope])
        #expect(!third_transcript.contains(">push") && server.place == place)
        #expect(author.replicas[Voyage.scope]?.unsentCount == 0 && author.replicas[Voyage.scope]?.overlay.isEmpty == true)
    }

    @Test func `a log that grew past the cursor again is found out by the receipt's mark, before anything of it is read`() {
        var server = Voyage.server()
        let old = server
        var author = afloat(&server, 4, number: 1)
        #expect(run(&author, &server).end.isFinished)
        server = old
        var other = Voyage.Ship(2)
        #expect(Voyage.synced(&other, &server))
        var clash = Clash(seed: 40, Voyage.primitives)
        for step in 0..<12 { _ = other.capture(&clash, now: Int64(step)) }
        #expect(run(&other, &server).end.isFinished)
        #expect(server.place.position > author.replicas[Voyage.scope]?.mark.position ?? .max)
        #expect(run(&author, &server).end == .failed(.epochRenewed))
        #expect(run(&author, &server).end.isFinished)
        #expect(run(&other, &server).end.isFinished)
        #expect(server.state.applied.count == 16)
        #expect(author.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
        #expect(run(&author, &server).end.isFinished && other.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
    }

    /// Without an answer it would wait for one: a log that holds all that a Status says is answered by nothing.
    @Test func `a log that ended too early in the greeting, and holds everything again when the Status comes, is read on`() {
        for extra in 0..<2 {
            var server = Voyage.server()
            var author = afloat(&server, 5, number: 1)
            let old = server
            #expect(run(&author, &server).end.isFinished)
            var reader = afloat(&server, 0, number: 2)
            // A colleague may have handed in more meanwhile than this device has seen.
            var colleague = author
            var clash = Clash(seed: 31, Voyage.primitives)
            for step in 0..<extra { _ = colleague.capture(&clash, now: 90 + Int64(step)) }
            #expect(run(&colleague, &server).end.isFinished)
            let whole = server
            server = old
            var voyage = Voyage(seed: 5)
            voyage.beforeAnswer = { message, server in if case .status = message { server = whole } }
            #expect(voyage.sync(&reader, &server).isFinished)
            #expect(Array(voyage.transcript.prefix(5)) == ["<welcome", "adopt", ">status", ">donate 0", "<donated"])
            #expect(!voyage.transcript.contains("rebuild") && !voyage.transcript.contains(">donate 0 last"))
            #expect(reader.replicas[Voyage.scope]?.cursor == server.place && reader.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
        }
    }

    /// Two copies of one store, a renewed epoch, and a member who is not staffed when the older copy comes: it renumbers without reading the log anew.
    @Test func `a copy that renumbers where its member is not staffed still knows that it has to read the log anew`() {
        var server = Voyage.server()
        let old = server
        var copy = afloat(&server, 3, number: 1)
        var twin = copy
        #expect(run(&twin, &server).end.isFinished)
        server = old
        server.epoch = 9
        #expect(run(&twin, &server).end.isFinished)
        server.isStaffed = false
        let (end, transcript) = run(&copy, &server)
        #expect(end.isFinished && !transcript.contains("rebuild") && !transcript.contains("<problem 4090"))
        #expect(copy.replicas[Voyage.scope]?.epoch == 1, "what it has read is of the log that it read")
        #expect(run(&copy, &server).end.isFinished)
        server.isStaffed = true
        let (healed, again) = run(&copy, &server)
        #expect(healed.isFinished && again.contains("rebuild"))
        #expect(copy.replicas[Voyage.scope]?.epoch == 9 && copy.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
        #expect(copy.replicas[Voyage.scope]?.unsentCount == 0)
    }

    @Test(arguments: [true, false]) func `a claim that nothing proves keeps no copy of a removed member from handing in`(isReleased: Bool) {
        var server = Voyage.server()
        var ship = afloat(&server, 3, number: 1)
        let old = server
        #expect(run(&ship, &server).end.isFinished)
        server = old
        server.isStaffed = false
        var voyage = Voyage(seed: 5)
        voyage.hidesProofs = true
        voyage.releasesCopies = isReleased
        #expect(voyage.sync(&ship, &server).isFinished, "it waits for an answer that it has had")
        #expect(voyage.transcript.contains("<problem 4090") && voyage.transcript.contains(">donate 0 last"))
        #expect((ship.replicas[Voyage.scope] == nil) == isReleased)
    }

    @Test func `what was accepted once and is refused now is released by a new entry, and releases are handed in like blocks`() {
        var server = Voyage.server()
        let old = server
        var author = afloat(&server, 3, number: 1)
        server.closed = [Clash.record(0), Clash.record(1)]
        #expect(run(&author, &server).end.isFinished)
        #expect(server.state.refused.count == 3)
        server.release(Array(server.state.refused.keys.sorted()), received: 55)
        #expect(run(&author, &server).end.isFinished)
        #expect(server.state.applied.count == 3)
        // Back to the beginning, and the records are closed still: the device's blocks come with verdicts that refuse, then the release.
        var restored = old
        restored.epoch = 9
        restored.closed = server.closed
        #expect(run(&author, &restored).end.isFinished)
        #expect(restored.state.applied.count == 3 && restored.state.refused.isEmpty)
        #expect(author.replicas[Voyage.scope]?.overlay.isEmpty == true)
    }

    @Test func `what any life of the log accepted stays accepted, though the life that is given back first had refused the same block`() {
        var server = Voyage.server()
        let old = server
        var author = afloat(&server, 3, number: 1)
        // Whatever the author is told is lost again: its blocks reach each life of the log as if it were the first.
        let unsent = author
        server.closed = [Clash.record(0), Clash.record(1)]
        #expect(run(&author, &server).end.isFinished)
        var reader = afloat(&server, 0, number: 2)
        #expect(reader.replicas[Voyage.scope]?.confirmed.refused.count == 3)
        (server, author) = (old, unsent)
        server.epoch = 8
        #expect(run(&author, &server).end.isFinished && run(&reader, &server).end.isFinished)
        #expect(server.state.applied.count == 3)
        // The third life hears of both from the reader alone.
        server = old
        server.epoch = 9
        #expect(run(&reader, &server).end.isFinished)
        #expect(server.state.applied.count == 3 && server.state.refused.isEmpty)
    }

    @Test func `an announced restore that lost nothing is read anew, and nothing is handed in twice`() {
        var server = Voyage.server()
        var author = afloat(&server, 3, number: 1)
        #expect(run(&author, &server).end.isFinished)
        server.epoch = 77
        let (end, transcript) = run(&author, &server)
        #expect(end.outcome?.rebuilt == [Voyage.scope])
        #expect(Array(transcript.prefix(6)) == ["<welcome", "adopt", ">donate 0", "<donated", ">donate 0 last", "<donated"])
        #expect(!transcript.contains(">push"))
        #expect(server.log.count == 2)
    }

    @Test func `a donation that was altered, or that another server signed, is refused whole`() throws {
        var server = Voyage.server()
        let old = server
        var author = afloat(&server, 4, number: 1)
        #expect(run(&author, &server).end.isFinished)
        let reader = afloat(&server, 0, number: 2)
        var given: [Message.Donation] = []
        try reader.held.donate(known: [], incarnation: 1, barred: [], Voyage.primitives, block: { reader.blocks[$0] }) { given.append($0) }
        let first = try #require(given.first)
        let key = Voyage.serverKey.publicKey
        #expect(first.isProven(by: [key], Voyage.primitives))
        #expect(!first.isProven(by: [Voyage.key(3).publicKey], Voyage.primitives))
        func altered(_ entries: [Message.Entry], before: Hash256? = nil) -> Message.Donation {
            Message.Donation(
                scope: first.scope, before: before ?? first.before, entries: entries, proof: first.proof, incarnation: 1, isLast: false)
        }
        // A verdict, a time, an entry left out, another order, another beginning.
        let entry = try #require(first.entries.first)
        let accepted = LogEntry(content: entry.entry.content, verdicts: entry.entry.verdicts.map { _ in .refused(.finalised) }, received: entry.entry.received)
        let earlier = LogEntry(content: entry.entry.content, verdicts: entry.entry.verdicts, received: entry.entry.received - 1)
        for forged in [accepted, earlier] {
            let entries = [Message.Entry(entry: forged, block: entry.block, sensitive: entry.sensitive)] + first.entries.dropFirst()
            #expect(!altered(entries).isProven(by: [key], Voyage.primitives))
        }
        #expect(!altered(Array(first.entries.dropLast())).isProven(by: [key], Voyage.primitives))
        #expect(!altered(first.entries.reversed()).isProven(by: [key], Voyage.primitives))
        #expect(!altered(first.entries, before: server.place.hash).isProven(by: [key], Voyage.primitives))
        #expect(old.log.isEmpty)
    }

    @Test func `a device that cannot prove what it has read renews no epoch, loses nothing, reads anew and pushes what is lacking`() throws {
        for grows in [false, true] {
            var server = Voyage.server()
            let old = server
            var author = afloat(&server, 4, number: 1)
            #expect(run(&author, &server).end.isFinished)
            var reader = afloat(&server, 2, number: 2)
            let work = try #require(reader.replicas[Voyage.scope]).fresh.map(\.id)
            let lost = server.state.applied
            server = old
            if grows {
                var other = afloat(&server, 9, number: 3)
                #expect(run(&other, &server).end.isFinished)
            }
            // On the way nobody sees the server's signatures: the proof is not there, or is another tenant's.
            let epoch = server.epoch
            var voyage = Voyage(seed: 12)
            voyage.hidesProofs = true
            let end = voyage.sync(&reader, &server)
            #expect(end.isFinished && server.epoch == epoch, "\(end) \(voyage.transcript)")
            #expect(voyage.transcript.contains("<problem 4090") && voyage.transcript.contains("rebuild"))
            #expect(work.allSatisfy { server.state.applied.contains($0) } && reader.replicas[Voyage.scope]?.unsentCount == 0)
            #expect(lost.isSubset(of: server.state.applied), "what it can prove entry by entry is handed in all the same")
            #expect(reader.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
            // The author has receipts: where they are of another log, it proves that one went back.
            let first = run(&author, &server).end
            #expect(first.isFinished || first == .failed(.epochRenewed) && run(&author, &server).end.isFinished)
            #expect(author.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
        }
    }

    @Test func `the proof of a place travels only where the log is not where the device has read to`() throws {
        var server = Voyage.server()
        var author = afloat(&server, 2, number: 1)
        #expect(run(&author, &server).end.isFinished)
        func proof(_ server: ModelServer) -> PlaceProof? {
            var seen: PlaceProof?
            var (ship, copy) = (author, server)
            var voyage = Voyage(seed: 1)
            voyage.beforeAnswer = { message, _ in if case .status(let status) = message { seen = status.scopes.first?.proof } }
            _ = voyage.sync(&ship, &copy)
            return seen
        }
        #expect(proof(server) == nil)
        var reader = afloat(&server, 2, number: 2)
        #expect(run(&reader, &server).end.isFinished)
        let shown = try #require(proof(server))
        #expect(shown.place == author.replicas[Voyage.scope]?.mark && shown.isSigned(by: Voyage.serverKey.publicKey, Voyage.primitives))
    }

    /// Each way in which a device hears that its scope is not there: by the answer to a push, and, where nothing waits, to what it hands in.
    @Test(arguments: [true, false]) func `a scope that is younger than the copy is told as unknown, nothing of it is taken for handed in, and no copy goes`(waits: Bool) {
        var server = Voyage.server()
        var ship = afloat(&server, 3, number: 1)
        let old = server
        #expect(run(&ship, &server).end.isFinished)
        if waits {
            var clash = Clash(seed: 8, Voyage.primitives)
            _ = ship.capture(&clash, now: 90)
        } else {
            // Who wrote nothing of it, and pushes nothing.
            ship = afloat(&server, 0, number: 2)
        }
        let held = ship.replicas[Voyage.scope]?.history.count
        #expect(held == (waits ? 4 : 3))
        // The greeting leaves the scope out. Removed members' copies may go, and this one must not.
        server = old
        server.epoch = 9
        server.isStaffed = false
        func sync(knowing: Bool) -> (end: Voyage.End, transcript: [String]) {
            SyncSessionTests.run(&ship, &server, named: false, looksAtStatus: false, releasing: !knowing) { message in
                switch message {
                case .pushRefused(let it) where !knowing: .pushRefused(Message.PushRefusal(scope: it.scope, block: it.block, code: .unknownScope, end: it.end))
                case .donated(let it) where !knowing: .problem(Problem(.unknownScope, "no such scope", of: it.scope))
                case _: message
                }
            }
        }
        for round in 0..<2 {
            let (end, transcript) = sync(knowing: false)
            #expect(end.outcome?.unknown == [Voyage.scope] && end.outcome?.untaken == [Voyage.scope], "\(round): \(transcript)")
            #expect(end.outcome?.held == [] && end.outcome?.quarantined == 0 && end.outcome?.left == [], "\(round): \(transcript)")
            #expect(ship.replicas[Voyage.scope]?.history.count == held && ship.replicas[Voyage.scope]?.unsentCount == (waits ? 1 : 0))
        }
        // Known again, it is told as known.
        let (end, _) = sync(knowing: true)
        #expect(end.outcome?.unknown == [] && end.outcome?.untaken == [] && end.outcome?.held == (waits ? [Voyage.scope] : []))
    }

    @Test func `a sync that is cut while it hands in begins again and loses nothing`() {
        for budget in 1..<16 {
            var server = Voyage.server()
            let old = server
            var author = afloat(&server, 5, number: 1)
            #expect(run(&author, &server).end.isFinished)
            let lost = server.state.applied
            server = old
            server.epoch = 3
            _ = SyncSessionTests.run(&author, &server, budget: budget)
            #expect(run(&author, &server).end.isFinished)
            #expect(server.state.applied == lost && author.replicas[Voyage.scope]?.unsentCount == 0)
            #expect(author.replicas[Voyage.scope]?.cursor == server.place)
        }
    }
}

extension Voyage {
    /// A ship's first sync.
    static func synced(_ ship: inout Ship, _ server: inout ModelServer) -> Bool {
        var voyage = Voyage(seed: UInt64(ship.number) &+ 300)
        return voyage.sync(&ship, &server).isFinished
    }
}
