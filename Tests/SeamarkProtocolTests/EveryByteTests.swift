import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// The line is cut at every byte of what is not an ordinary sync: a first pull, a donation after a rollback, an attachment on its way up and
/// down. The next connections do the rest, with nothing lost and nothing twice.
@Suite struct EveryByteTests {
    /// Where to cut what ends its frames there: at each end of a frame and in the head of the next each byte, elsewhere every `stride`th;
    /// with `SEAMARK_EVERY_BYTE` in the environment each byte.
    private static func cuts(_ frameEnds: [Int], stride: Int) -> [Int] {
        guard let last = frameEnds.last else { return [] }
        if ProcessInfo.processInfo.environment["SEAMARK_EVERY_BYTE"] != nil { return Array(0..<last) }
        let near = Set(([0] + frameEnds).flatMap { Array($0 - 1..<$0 + 5) })
        return (0..<last).filter { near.contains($0) || $0 % stride == 0 }
    }

    /// Syncs until one gets to its end. Nil where none of so many does.
    private static func finished(_ ship: inout Voyage.Ship, _ server: inout ModelServer, seed: UInt64, attempts: Int = 4) -> SyncSession.Outcome? {
        for attempt in 0..<attempts {
            if let outcome = SyncSessionTests.run(&ship, &server, seed: seed &+ UInt64(attempt)).end.outcome { return outcome }
        }
        return nil
    }

    /// A whole conversation, and then the same cut at each place. `then` is given what both ends hold after the cut and may look at how it ended.
    private static func play(
        _ ship: Voyage.Ship, _ server: ModelServer, stride: Int, then check: (Int, Voyage.End, inout Voyage.Ship, inout ModelServer) -> Void
    ) -> Int {
        var whole = Voyage(seed: 5)
        var (one, other) = (ship, server)
        _ = whole.sync(&one, &other)
        let cuts = cuts(whole.frameEnds, stride: stride)
        for cut in cuts {
            var (ship, server) = (ship, server)
            var voyage = Voyage(seed: 5)
            voyage.bytesUntilCut = cut
            let end = voyage.sync(&ship, &server)
            check(cut, end, &ship, &server)
        }
        return cuts.count
    }

    /// Every block has one entry, and no change is applied by two.
    private static func holdsOnce(_ server: ModelServer) -> Bool {
        let blocks = server.log.compactMap { $0.block?.hash }
        return Set(blocks).count == blocks.count
    }

    @Test func `a first pull that is cut at any byte is read to its end by the next, and what was captured meanwhile goes up once`() {
        var server = Voyage.server()
        var author = SyncSessionTests.afloat(&server, 9)
        #expect(SyncSessionTests.run(&author, &server).end.isFinished)
        let (applied, place) = (server.state.applied, server.place)
        let count = Self.play(Voyage.Ship(2), server, stride: 31) { cut, end, ship, server in
            #expect(end == .failed(.cut) || end == .failed(.closedBeforeGreeting), "cut at \(cut): \(end)")
            let read = ship.replicas[Voyage.scope]?.cursor.position ?? 0
            var clash = Clash(seed: 5, Voyage.primitives)
            let captured = ship.capture(&clash, now: 90)
            guard let outcome = Self.finished(&ship, &server, seed: 300) else {
                Issue.record("cut at \(cut): the next sync does not get to its end")
                return
            }
            #expect(UInt64(outcome.pulledEntries) + read >= place.position, "cut at \(cut)")
            #expect(UInt64(outcome.pulledEntries) + read <= place.position + 1, "cut at \(cut): what was read is not read again")
            #expect(server.state.applied.count == applied.count + (captured == nil ? 0 : 1) && applied.isSubset(of: server.state.applied))
            #expect(Self.holdsOnce(server))
            #expect(ship.replicas[Voyage.scope]?.unsentCount == 0 && ship.replicas[Voyage.scope]?.cursor == server.place)
            #expect(ship.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
        }
        print("every byte: a first pull was cut \(count) times")
        #expect(count > 50)
    }

    @Test(arguments: [true, false])
    func `a donation after a rollback that is cut at any byte is made by the next, with nothing lost and nothing twice`(isAnnounced: Bool) {
        var server = Voyage.server()
        var author = SyncSessionTests.afloat(&server, 7)
        let old = server
        #expect(SyncSessionTests.run(&author, &server).end.isFinished)
        var reader = SyncSessionTests.afloat(&server, 0, number: 2)
        let (lost, digest) = (server.state.applied, server.state.digest)
        // Something of the reader's own waits, too.
        var clash = Clash(seed: 6, Voyage.primitives)
        let own = reader.capture(&clash, now: 80)
        #expect(own != nil && lost.count == 7)
        var restored = old
        if isAnnounced {
            restored.epoch = 9
        } else {
            // The first conversation finds it out, and the second hands in; the author's proof alone begins it.
            #expect(SyncSessionTests.run(&reader, &restored).end == .failed(.epochRenewed))
        }
        let count = Self.play(reader, restored, stride: 149) { cut, end, ship, server in
            #expect(end == .failed(.cut) || end == .failed(.closedBeforeGreeting), "cut at \(cut): \(end)")
            #expect(Self.finished(&ship, &server, seed: 400) != nil, "cut at \(cut)")
            #expect(lost.isSubset(of: server.state.applied) && server.state.applied.count == lost.count + 1, "cut at \(cut)")
            #expect(Self.holdsOnce(server), "cut at \(cut)")
            #expect(ship.replicas[Voyage.scope]?.unsentCount == 0 && ship.replicas[Voyage.scope]?.confirmed.digest == server.state.digest)
            // Who wrote them reads the same, and has nothing to add.
            var author = author
            let added = Self.finished(&author, &server, seed: 500)
            #expect(added?.pushedBlocks == 0 && author.replicas[Voyage.scope]?.confirmed.digest == server.state.digest, "cut at \(cut)")
        }
        #expect(digest != .zero)
        print("every byte: a donation (\(isAnnounced ? "announced" : "unannounced")) was cut \(count) times")
        #expect(count > 50)
    }

    @Test(arguments: [true, false])
    func `an attachment that is cut at any byte, up or down, goes on with the next, and no chunk that arrived is sent again`(isUp: Bool) {
        let (bytes, item) = AttachmentLaneTests.content(Attachment.chunk + 100)
        var start = AttachmentLaneTests.Crossing()
        if isUp {
            start.here[item.attachment.hash] = bytes
        } else {
            start.server[item.attachment.hash] = bytes
            start.whole = [item.attachment.hash]
        }
        let (uploads, fetches) = isUp ? ([item], []) : ([], [item])
        var whole = start
        guard case .done = whole.cross(uploads: uploads, fetches: fetches) else {
            Issue.record("it does not arrive at all")
            return
        }
        let cuts = Self.cuts(whole.frameEnds, stride: 4001)
        for cut in cuts {
            var crossing = start
            crossing.bytesUntilCut = cut
            guard case .cut = crossing.cross(uploads: uploads, fetches: fetches) else {
                // What goes up ends with the receipt; what comes down ends with its last chunk.
                Issue.record("cut at \(cut): it was not cut")
                return
            }
            #expect(isUp || crossing.here[item.attachment.hash] != bytes, "cut at \(cut)")
            let arrived = isUp ? crossing.arrivedUp : crossing.arrivedDown
            (crossing.bytesUntilCut, crossing.frames) = (.max, 0)
            guard case .done(let outcome) = crossing.cross(uploads: uploads, fetches: fetches) else {
                Issue.record("cut at \(cut): the next connection does not get to its end")
                return
            }
            #expect(outcome.refused.isEmpty && outcome.mismatches == 0, "cut at \(cut)")
            // A frame and its answer for each chunk that had not arrived, and for the offer.
            #expect(crossing.frames == 2 * (2 - arrived) + (isUp ? 2 : 0), "cut at \(cut): \(crossing.frames) frames")
            if isUp {
                #expect(crossing.server[item.attachment.hash] == bytes && crossing.whole == [item.attachment.hash], "cut at \(cut)")
                #expect(crossing.arrivedUp == 2, "cut at \(cut)")
                #expect(crossing.receipts[item.attachment.hash]?.isSigned(by: AttachmentLaneTests.key.publicKey, AttachmentLaneTests.primitives) == true)
            } else {
                #expect(crossing.here[item.attachment.hash] == bytes && crossing.arrivedDown == 2, "cut at \(cut)")
            }
        }
        print("every byte: an attachment on its way \(isUp ? "up" : "down") was cut \(cuts.count) times")
        #expect(cuts.count > 30)
    }
}
